"""The official's workbook: one row a change point, one a paper, what may stand in each column, how to fill it in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.dating import FAR
from jizhun.provisions.interchange.notation import write
from jizhun.provisions.rules import Paper, Say

Cell = str | Decimal | date | None


@dataclass(frozen=True, slots=True)
class Column:
    """``key`` names it in every language; ``choices`` the list that it is chosen from, "" where it is typed freely."""

    key: str
    name: Bilingual
    width: int
    choices: str = ""
    kind: str = "text"
    required: bool = False

    @property
    def head(self) -> str:
        """What stands above it: both languages and the key by which it is found again."""
        return f"{self.name.zh}\n{self.name.en}\n[{self.key}]"


PROVISIONS, PAPERS, HELP, CODES = (
    Bilingual("规定", "Provisions"), Bilingual("文件", "Papers"), Bilingual("填写说明", "How to fill in"),
    Bilingual("代码", "Codes"))
COLUMNS = (
    Column("subject", Bilingual("服务", "Service"), 26, "subjects", required=True),
    Column("measure", Bilingual("指标", "Measure"), 22, "measures", required=True),
    Column("region", Bilingual("地区", "Place"), 18, "regions", required=True),
    Column("group", Bilingual("适用群体", "For whom"), 14, "groups"),
    Column("modality", Bilingual("规定性质", "Kind of say"), 14, "modalities"),
    Column("value", Bilingual("数值", "Value"), 30, required=True),
    Column("unit", Bilingual("单位", "Unit"), 14, "units"),
    Column("from", Bilingual("自", "From"), 12, kind="date", required=True),
    Column("until", Bilingual("文件有效期至", "Paper valid until"), 12, kind="date"),
    Column("document", Bilingual("文件代码", "Paper (code)"), 22),
    Column("clause_zh", Bilingual("条款", "Clause (Chinese)"), 16),
    Column("clause_en", Bilingual("条款（英文）", "Clause (English)"), 16),
    Column("mark", Bilingual("核实标记", "Mark"), 10, "marks"),
    Column("source", Bilingual("出处", "Where it can be read"), 30),
    Column("assessment", Bilingual("财政承受能力和风险评估", "Fiscal and risk assessment"), 20),
    Column("note_zh", Bilingual("备注", "Note (Chinese)"), 20),
    Column("note_en", Bilingual("备注（英文）", "Note (English)"), 20),
    Column("enforce", Bilingual("超限时", "When exceeded"), 12, "enforced"),
    Column("applies_to_new_from", Bilingual("新办自", "New cases from"), 12, kind="date"),
    Column("existing_until", Bilingual("原有至", "Existing cases until"), 12, kind="date"),
    Column("by", Bilingual("目标期限", "Target due by"), 12, kind="date"),
)
PAPER_COLUMNS = (
    Column("id", Bilingual("文件代码", "Code"), 26, required=True),
    Column("title_zh", Bilingual("标题", "Title (Chinese)"), 50, required=True),
    Column("title_en", Bilingual("标题（英文）", "Title (English)"), 40),
    Column("number", Bilingual("文号", "Number"), 22),
    Column("kind", Bilingual("种类", "Kind"), 14, "kinds"),
    Column("issuer_zh", Bilingual("发文机关", "Issued by"), 26),
    Column("issuer_en", Bilingual("发文机关（英文）", "Issued by (English)"), 26),
    Column("region", Bilingual("地区", "Place"), 14, "regions"),
    Column("published_on", Bilingual("公布日期", "Published on"), 12, kind="date"),
    Column("source", Bilingual("出处", "Where it can be read"), 40),
    Column("mark", Bilingual("核实标记", "Mark"), 10, "marks"),
)
CLOSED: Mapping[str, Mapping[str, str]] = {
    "modalities": {"floor": "最低标准", "cap": "上限", "band": "幅度", "exact": "统一标准", "target": "目标",
                   "delegated": "由下级制定"},
    "marks": {"V": "已读原文", "D": "由已读数值计算", "V-repo": "转引", "R": "未核实", "SIM": "模拟"},
    "enforced": {"limit": "按限额执行", "flag": "只提示"}}
"""Lists that are the same in every workbook, with their Chinese names; others (services, places, …) come with it."""
OPEN: Mapping[str, Mapping[str, str]] = {
    "kinds": {"law": "法律", "regulation": "行政法规", "rule": "规章", "normative": "规范性文件", "notice": "通知",
              "commitment": "公开承诺", "table": "汇总表"}}
"""Lists that are offered, beside which other words may stand too."""

INSTRUCTIONS = (
    Bilingual("每行是一个变更点：自这一天起，该地对该服务的该项指标规定了什么。已有记录不会改动；相同的行不会重复录入。",
              "Each row is a change point: from this day on, what this place says on this measure of this service. "
              "Nothing on record is changed; a row that is there already is not recorded again."),
    Bilingual("首行方括号中的字段名用于识别各列，请勿改动；列的次序可以调整，不用的列可以删去。",
              "The word in brackets in the first row tells a column; leave it. Columns may be moved, and those that "
              "are not used may be deleted."),
    Bilingual("带下拉列表的单元格以代码开头，后面的名称仅供阅读。",
              "Cells with a list begin with the code; the name after it is for reading only."),
    Bilingual("“文件”表写本次新增的文件；已收录的文件只需在“规定”表写其代码。",
              "Write papers that are new on the sheet “Papers”; of one that is on record the code is enough."),
    Bilingual("数值的写法：", "How values are written:"),
    Bilingual("2420 — 数（单位见单位一栏，不填为指标的单位）",
              "2420 — a number, in the unit of its column (empty: the measure's own)"),
    Bilingual("无 — 自这一天起无规定", "nothing — nothing from this day on"),
    Bilingual("{online, counter} — 一组代码（材料、渠道）",
              "{online, counter} — a set of codes (materials, channels)"),
    Bilingual('"电话12333" / "call 12333" — 中文和英文的文字',
              '"电话12333" / "call 12333" — words in Chinese and English'),
    Bilingual("0.9 * minimum_wage + 10; >= subsistence; <= 3000; round 1 up — 公式：倍数 × 指标 + 常数，"
              "不低于、不高于、取整（half_up 四舍五入、up 进、down 舍）",
              "0.9 * minimum_wage + 10; >= subsistence; <= 3000; round 1 up — a formula: times a measure plus a "
              "number, not below, not above, rounded (half_up, up, down)"),
    Bilingual("1 * minimum_wage; given tier:minimum_wage = 1 — 固定取某一档的公式",
              "1 * minimum_wage; given tier:minimum_wage = 1 — a formula that always reads one tier"),
    Bilingual("3 .. 12 — 幅度；一端可以不写，也可以是括号中的公式：(1 * subsistence) .. (1 * minimum_wage)",
              "3 .. 12 — a range; an end may be left out, or be a formula in brackets: (1 * subsistence) .. "
              "(1 * minimum_wage)"),
    Bilingual("tier minimum_wage: 1 = 2420; 2 = 2250 — 分档", "tier minimum_wage: 1 = 2420; 2 = 2250 — a value a tier"),
    Bilingual("by grade: 1..4 = 27; 5.. = 18 — 按等级取值的表；第一条符合的有效；* 表示任意",
              "by grade: 1..4 = 27; 5.. = 18 — a table by grade; the first row that fits speaks; * stands for any"),
)


def cells_of(say: Say) -> dict[str, Cell]:
    """A provision as the cells of its row, by the keys of COLUMNS; defaults stay empty."""
    cells: dict[str, Cell] = {
        "subject": say.subject, "measure": say.measure, "region": say.place, "group": say.group,
        "modality": say.modality, "value": say.value if isinstance(say.value, Decimal) else write(say.value),
        "unit": say.unit, "from": say.valid_from, "until": None if say.lapses_on == FAR else say.lapses_on,
        "document": say.paper.code if say.paper else "", "clause_zh": say.clause.zh, "clause_en": say.clause.en,
        "mark": say.mark, "source": say.source, "assessment": say.assessment, "note_zh": say.note.zh,
        "note_en": say.note.en, "enforce": "" if say.enforce == "limit" else say.enforce,
        "applies_to_new_from": say.applies_to_new_from,
        "existing_until": None if say.existing_until == FAR else say.existing_until, "by": say.reach_by}
    return {key: cell for key, cell in cells.items() if cell not in ("", None)}


def paper_cells(paper: Paper) -> dict[str, Cell]:
    """A paper as the cells of its row, by the keys of PAPER_COLUMNS."""
    cells: dict[str, Cell] = {
        "id": paper.code, "title_zh": paper.title.zh, "title_en": paper.title.en, "number": paper.number,
        "kind": paper.kind, "issuer_zh": paper.issuer.zh, "issuer_en": paper.issuer.en,
        "published_on": paper.published_on, "source": paper.source, "mark": paper.mark}
    return {key: cell for key, cell in cells.items() if cell not in ("", None)}
