"""The sheets of the guides' workbook: which there are, their columns, what may be chosen, how to fill them in."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from jizhun.guides.rules.fields import FORMS, ITEM_KEYS, ROLES, Field
from jizhun.kernel.bilingual import Bilingual

TEXTS, HELP, ABOVE, FAULTS = "texts", "help", "above", "faults"
SHEETS: Final = {TEXTS: Bilingual("文字和选项", "Texts and choices"), HELP: Bilingual("填写说明", "How to fill in"),
                 ABOVE: Bilingual("上级内容", "What stands above"), FAULTS: Bilingual("错误", "Faults")}
KEY: Final = re.compile(r"\[([\w.]+)\]\s*\Z")
LOCK: Final = "🔒"
"""Begins a cell that nobody below may fill in; what it says is passed over."""
BACK: Final = Bilingual("撤回", "take back")
YES, NO = ("yes", Bilingual("是", "yes")), ("no", Bilingual("否", "no"))


@dataclass(frozen=True, slots=True)
class Column:
    """``field`` and ``part`` tell what it fills: a language of a text, a choice ("" part), or a key of an item.

    ``kind``: text, choice, number, flag, day. ``ours``: shown for reading only, and passed over.
    """

    key: str
    name: Bilingual
    width: int = 16
    kind: str = "text"
    options: tuple[tuple[str, Bilingual], ...] = ()
    ours: bool = False
    field: str = ""
    part: str = ""

    @property
    def head(self) -> str:
        """What stands above it: both languages and the key by which it is found again."""
        return f"{self.name.zh}\n{self.name.en}\n[{self.key}]"


MATTER, PLACE, VERSION, ACT, ID = "matter", "place", "version", "act", "id"
WHO: Final = (
    Column(MATTER, Bilingual("事项编码", "Matter (code)"), 14),
    Column("matter_name", Bilingual("事项", "Matter"), 24, ours=True),
    Column(PLACE, Bilingual("地区代码", "Place (code)"), 11),
    Column("place_name", Bilingual("地区", "Place"), 14, ours=True),
    Column(VERSION, Bilingual("导出时的版本", "Version when exported"), 10))
ITEM: Final = (
    Column("from", Bilingual("来自（上级的行不能改）", "From (rows from above cannot be changed)"), 16, ours=True),
    Column(ACT, Bilingual("操作", "Act"), 10, "choice", (("back", BACK),)),
    Column(ID, Bilingual("编号（本表内不重复）", "Id (its own within the list)"), 16))
FORM_WORDS: Final = dict(zip(FORMS, (
    Bilingual("原件", "original"), Bilingual("复印件", "copy"), Bilingual("原件和复印件", "original and copy"),
    Bilingual("电子材料", "electronic")), strict=True))
ROLE_WORDS: Final = dict(zip(ROLES, (
    Bilingual("咨询", "enquiry"), Bilingual("监督投诉", "supervision"), Bilingual("作风举报", "conduct"),
    Bilingual("其他", "other")), strict=True))
ITEM_COLUMNS: Final[Mapping[str, tuple[Bilingual, int, str]]] = {
    "zh": (Bilingual("中文", "Chinese"), 44, "text"), "en": (Bilingual("英文", "English"), 44, "text"),
    "role": (Bilingual("用途", "What for"), 14, "choice"), "phone": (Bilingual("电话", "Telephone"), 18, "text"),
    "hours_zh": (Bilingual("时间（中文）", "Hours (Chinese)"), 20, "text"),
    "hours_en": (Bilingual("时间（英文）", "Hours (English)"), 20, "text"),
    "channel": (Bilingual("渠道", "Channel"), 12, "text"), "form": (Bilingual("形式", "Form"), 14, "choice"),
    "copies": (Bilingual("份数", "Copies"), 8, "number"), "necessary": (Bilingual("必要", "Necessary"), 8, "flag"),
    "where_zh": (Bilingual("来源渠道（中文）", "Where to get it (Chinese)"), 24, "text"),
    "where_en": (Bilingual("来源渠道（英文）", "Where to get it (English)"), 24, "text"),
    "held_by_zh": (Bilingual("已持有的部门（中文）", "Body that holds it (Chinese)"), 20, "text"),
    "held_by_en": (Bilingual("已持有的部门（英文）", "Body that holds it (English)"), 20, "text"),
    "blank_form": (Bilingual("空表", "Blank form"), 24, "text"), "url": (Bilingual("网址", "Link"), 28, "text"),
    "material": (Bilingual("材料代码", "Material (code)"), 16, "text"),
    "days": (Bilingual("天数", "Days"), 8, "number"),
    "until": (Bilingual("截止日", "Until"), 12, "day"), "document": (Bilingual("文件代码", "Paper (code)"), 22, "text"),
    "clause_zh": (Bilingual("条款（中文）", "Clause (Chinese)"), 16, "text"),
    "clause_en": (Bilingual("条款（英文）", "Clause (English)"), 16, "text"),
    "source": (Bilingual("出处", "Where it can be read"), 28, "text"),
    "mark": (Bilingual("核实标记", "Mark"), 8, "text")}
OPTIONS: Final = {"form": tuple(FORM_WORDS.items()), "role": tuple(ROLE_WORDS.items())}


def text_columns(fields: Sequence[Field]) -> tuple[Column, ...]:
    """The columns of the sheet of texts and choices."""
    found = list(WHO)
    for one in fields:
        if one.kind == "text":
            found += [Column(f"{one.code}.{language}", Bilingual(f"{one.name.zh}（{zh}）", f"{one.name.en} ({en})"), 36,
                             field=one.code, part=language)
                      for language, zh, en in (("zh", "中文", "Chinese"), ("en", "英文", "English"))]
        elif one.kind == "choice":
            found.append(Column(one.code, one.name, 18, "choice", (*one.options, ("back", BACK)), field=one.code))
    return tuple(found)


def item_columns(one: Field) -> tuple[Column, ...]:
    """The columns of the sheet of one list."""
    keys = ITEM_KEYS[one.kind] or frozenset()
    return (*WHO, *ITEM, *(Column(key, name, width, kind, OPTIONS.get(key, (YES, NO) if kind == "flag" else ()),
                                  field=one.code, part=key)
                           for key, (name, width, kind) in ITEM_COLUMNS.items() if key in keys))


def sheet_of(code: str, name: Bilingual) -> str:
    """The name of a sheet: its code, by which it is found again, and what it is called in Chinese."""
    return f"{code} {name.zh}"[:31]


HOW_TO: Final = (
    Bilingual("每行一个事项和一个地方（“texts”表），或一个事项、一个地方的一项（其他表）。"
              "空单元格表示不改：已有内容保持不变。",
              "A row is one matter at one place (sheet “texts”), or one item of it (other sheets). An empty cell "
              "changes nothing: what is there stays."),
    Bilingual("首行方括号中的词用于识别各列，请勿改动；列可以调换次序，不用的列和工作表可以删去。",
              "The word in brackets in the first row tells a column; leave it. Columns may be moved; columns and "
              "sheets that are not used may be deleted."),
    Bilingual("灰色是上级的内容或说明，不能改；带“🔒”的格子由上级锁定。上级的全文见“above”表。",
              "Grey is what stands above or explains, and cannot be changed; cells with “🔒” are locked above. What "
              "stands above is on the sheet “above”."),
    Bilingual("撤回本地内容：文字或选项的格子里写“撤回”；列表中的一项在“操作”列选“撤回”；整列全部撤回时编号写“*”。",
              "To take local words back: write “take back” in the cell; for an item of a list choose it in the column "
              "“Act”; with the id “*” the whole list of the place is taken back."),
    Bilingual("列表的每一项靠编号认出：同一事项、地方和编号再次导入就是修改这一项。其他系统的编号可以直接用作编号。"
              "不写编号的，按文字自动生成。",
              "An item of a list is known by its id: the same matter, place and id again changes that item. The id of "
              "another system may serve as it is. Without an id one is made of the text."),
    Bilingual("一个地方已有的各项都写在表中时，按表中的次序排列；否则新的排在后面。",
              "Where all items of a place are in the sheet they stand in its order; otherwise new ones come last."),
    Bilingual("“导出时的版本”用来发现导出以后别人又发布了新版本：那样的行会退回。不写则不检查。",
              "“Version when exported” tells whether somebody has published since: such a row is refused. Empty: it is "
              "not looked at."),
    Bilingual("办结时限、收费、材料清单等来自规定，办理地点来自服务网点，都不在这里填写。",
              "Time limits, fees and lists of materials come from the provisions, and places from the service points: "
              "they are not filled in here."))
