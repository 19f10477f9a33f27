"""The sheets of a rule's workbook: which there are, their columns, and what may be chosen in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from jizhun.entitlements.feel.tables import AGGREGATIONS, POLICIES
from jizhun.entitlements.rules.exchanging import SIMPLE
from jizhun.entitlements.rules.reading import BOUNDS
from jizhun.kernel.bilingual import Bilingual

NOTES, VERSION, RULE, MEASURES, OPTIONS, PAPERS, NAMES = (
    "notes 说明", "version 版本", "rule 规则", "measures 指标", "options 选项", "papers 文件", "names 名称")
TABLE: Final = "table"
"""What stands in A1 of the sheet of a decision table."""
WHEN, THEN = "when", "then"
TABLE_HEAD: Final = 3
"""Rows of a table's sheet above its own rows: what it is, the kinds of columns, what they are about."""


@dataclass(frozen=True, slots=True)
class Column:
    """``choices``: code -> words, for a drop-down list; ``listed``: the sheet that lists what may be chosen."""

    key: str
    label: Bilingual
    width: int = 16
    choices: Mapping[str, Bilingual] | None = None
    listed: str = ""


MARK_WORDS: Final = {
    "V": Bilingual("已读原文", "read at the source"), "V-repo": Bilingual("转引", "second-hand"),
    "D": Bilingual("由已读原文推出", "derived from read sources"), "R": Bilingual("未核实", "not verified"),
    "SIM": Bilingual("模拟", "simulated")}
BOUND_WORDS: Final = dict(zip(BOUNDS, (
    Bilingual("只能提高", "may only be raised"), Bilingual("不得超过", "may not be exceeded"),
    Bilingual("自行规定", "set freely")), strict=True))
KIND_WORDS: Final = {"condition": Bilingual("条件", "has to hold"),
                     "working": Bilingual("步骤", "worked out on the way"),
                     "result": Bilingual("待遇", "what one gets")}
KINDS: Final = {"condition": "conditions", "working": "workings", "result": "results"}
TYPE_WORDS: Final = dict(zip(SIMPLE, (
    Bilingual("数", "a number"), Bilingual("是否", "yes or no"), Bilingual("文字", "a text"),
    Bilingual("日期", "a day")),
    strict=True))
YES_WORDS: Final = {"yes": Bilingual("是", "the main result"), "no": Bilingual("否", "not the main one")}
POLICY_WORDS: Final = {
    "UNIQUE": Bilingual("恰有一行成立", "exactly one row holds"),
    "FIRST": Bilingual("取成立的第一行", "the first that holds"),
    "ANY": Bilingual("成立的各行结果相同", "all that hold say the same"),
    "COLLECT": Bilingual("汇总成立的各行", "all that hold, put together"),
    "RULE ORDER": Bilingual("按行的次序列出", "all that hold, as they stand")}
AGGREGATION_WORDS: Final = {
    "SUM": Bilingual("相加", "added up"), "MIN": Bilingual("取最小", "the smallest"),
    "MAX": Bilingual("取最大", "the largest"),
    "COUNT": Bilingual("计数", "counted")}
assert POLICY_WORDS.keys() <= POLICIES.keys() and AGGREGATIONS.keys() < AGGREGATION_WORDS.keys()

CITING_COLUMNS: Final = (
    Column("document", Bilingual("文件代码", "Paper (code)"), 26, listed=PAPERS),
    Column("clause_zh", Bilingual("条款（中文）", "Clause (Chinese)"), 20),
    Column("clause_en", Bilingual("条款（英文）", "Clause (English)"), 20),
    Column("mark", Bilingual("核实标记", "Mark"), 14, MARK_WORDS),
    Column("source", Bilingual("出处", "Where it can be read"), 24),
    Column("note_zh", Bilingual("备注（中文）", "Note (Chinese)"), 24),
    Column("note_en", Bilingual("备注（英文）", "Note (English)"), 24))
RULE_COLUMNS: Final = (
    Column("kind", Bilingual("类别", "Kind"), 14, KIND_WORDS), Column("name", Bilingual("名称", "Name"), 20),
    Column("zh", Bilingual("中文", "Chinese"), 28), Column("en", Bilingual("英文", "English"), 28),
    Column("is", Bilingual("表达式（有表的留空）", "Expression (empty where there is a table)"), 48),
    Column("type", Bilingual("类型（步骤）", "Type (workings)"), 14, TYPE_WORDS),
    Column("unit", Bilingual("单位（待遇）", "Unit (results)"), 14),
    Column("bound", Bilingual("地方可以（待遇）", "Places (results)"), 18, BOUND_WORDS),
    Column("main", Bilingual("主要（待遇）", "Main (results)"), 12, YES_WORDS),
    Column("none_zh", Bilingual("没有数值时（中文）", "Where there is no value (Chinese)"), 20),
    Column("none_en", Bilingual("没有数值时（英文）", "Where there is no value (English)"), 20), *CITING_COLUMNS)
MEASURE_COLUMNS: Final = (
    Column("name", Bilingual("名称", "Name"), 20), Column("measure", Bilingual("指标", "Measure"), 28, listed=NAMES),
    Column("subject", Bilingual("项目或事项", "Item or matter"), 16),
    Column("given", Bilingual("取值维度（每行一个：维度 = 事实或值）", "By (one a line: dimension = fact or value)"),
           36),
    Column("day", Bilingual("以哪个日期为准（事实；空为所问日期）", "On the day in (a fact; empty: the asked day)"),
           24))
OPTION_COLUMNS: Final = (
    Column("result", Bilingual("待遇", "Result"), 20), Column("code", Bilingual("代码", "Code"), 20),
    Column("zh", Bilingual("中文", "Chinese"), 28), Column("en", Bilingual("英文", "English"), 28))
VERSION_FIELDS: Final = {
    "entitlement": Bilingual("待遇代码", "Entitlement"), "region": Bilingual("地区代码", "Place (code)"),
    "from": Bilingual("生效日", "Holds from"), "until": Bilingual("最后一日（空为长期）", "Last day (empty: open)"),
    "document": Bilingual("文件代码", "Paper (code)"), "clause_zh": Bilingual("条款（中文）", "Clause (Chinese)"),
    "clause_en": Bilingual("条款（英文）", "Clause (English)"), "mark": Bilingual("核实标记", "Mark"),
    "source": Bilingual("出处", "Where it can be read"),
    "new_from": Bilingual("新办自（空为对所有人）", "New cases from (empty: for everybody)"),
    "existing_until": Bilingual("原有至（空为一直）", "Existing cases until (empty: for good)")}

HOW_CELLS: Final = Bilingual(
    "when 单元格：12（等于）、< 12、>= 12、[12..60)（从 12 到不足 60）、\"heavy\"（选项代码加引号）、true、false、"
    "用逗号列出几个、not(…)，- 表示不限。",
    "A “when” cell: 12 (equal), < 12, >= 12, [12..60) (12 to under 60), \"heavy\" (a choice in quotes), true, false, "
    "several with commas, not(…); - means whatever it is.")
HOW_EXPRESSIONS: Final = Bilingual(
    "表达式：+ - * /、and、or、not(…)、if … then … else …、min(…)、max(…)、floor(…)、round half up(…, 2)、"
    "date(\"2026-01-01\")。if 用作一部分时要加括号。",
    "Expressions: + - * /, and, or, not(…), if … then … else …, min(…), max(…), floor(…), round half up(…, 2), "
    "date(\"2026-01-01\"). An “if” inside another expression stands in brackets.")
HOW_TO: Final = (
    Bilingual("本工作簿是一条待遇规则：改动单元格后上传，平台先说明会有什么变化，再由您决定是否录入。",
              "This workbook is the rule of a benefit: change cells and upload it. What would change is shown before "
              "anything is recorded."),
    Bilingual("“rule 规则”每行一个部分：条件、步骤或待遇。删去一行条件就是取消它；上级的待遇不能删。",
              "“rule” has a row for each part: a condition, a working or a result. Deleting a condition drops it; "
              "results from above cannot be deleted."),
    Bilingual("每张决策表有自己的工作表：第 2 行是列的类别（when、then 和引用），第 3 行写每一列问的是什么，"
              "第 4 行起是规则。可以插入或删除行和 when 列。",
              "Each decision table has a sheet of its own: row 2 says what a column is (when, then, citation), row 3 "
              "what it asks, and the rows from 4 on are the rules. Rows and “when” columns may be added or deleted."),
    HOW_CELLS, HOW_EXPRESSIONS,
    Bilingual("可以读取的名称列在“names 名称”；新名称只能用字母、数字和下划线。单元格都是文本，Excel 不会改写。",
              "The names that can be read are listed in “names”; a new name holds letters, digits and underscores. "
              "All cells are text, so that Excel changes nothing."),
    Bilingual("引用：改动的部分若不写文件，就以上传后填写的文件为依据；每行自己的文件、条款、标记请一起填写。",
              "Citations: a changed part without a paper of its own rests on the paper that you name after the "
              "upload. Fill in paper, clause and mark of a row together."))
