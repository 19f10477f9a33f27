"""The two templates, ISO's commenting form and China's 意见汇总处理表: their head, columns and closing explanation."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from jizhun.drafting.rules.remarks import Comment
from jizhun.kernel.bilingual import COLON, NO_WORDS, Bilingual, Refused
from jizhun.kernel.texts import storable


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above and below the table. Numbers of bodies are None where nobody has counted them.

    ``sent``: asked for comments; ``replied``: wrote back; ``commented``: wrote back with comments.
    """

    title: Bilingual
    number: str = ""
    project: str = ""
    drafters: Bilingual = NO_WORDS
    day: date | None = None
    sent: int | None = None
    replied: int | None = None
    commented: int | None = None

    @property
    def without_reply(self) -> int | None:
        return None if self.sent is None or self.replied is None else self.sent - self.replied

    def check(self) -> None:
        """Refused where fewer were asked than replied, or fewer replied than commented."""
        counted = [one for one in (self.commented, self.replied, self.sent) if one is not None]
        if counted != sorted(counted) or min(counted, default=0) < 0:
            raise Refused(
                zh=f"单位数不一致：发送 {self.sent}、回函 {self.replied}、有意见 {self.commented}。",
                en=f"the numbers of bodies contradict each other: asked {self.sent}, replied {self.replied}, "
                f"with comments {self.commented}.")


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``words``: other headers by which it is known, as ``plain_header`` makes them.

    ``chars`` is its width in a spreadsheet, ``cm`` in a Word file. ``own``: not of the template, ours.
    """

    field: str
    header: Bilingual
    chars: float
    cm: float = 0.0
    words: tuple[str, ...] = ()
    own: bool = False


KEY = Column("key", Bilingual("系统编号", "System No."), 10, own=True)
CLAUSE = Column("clause", Bilingual("条款标识", "Clause key"), 12, own=True)
QUOTE = Column("quote", Bilingual("所指原文", "Quoted words"), 28, own=True)
REGION = Column("region", Bilingual("地区", "Place"), 10, own=True)
MADE_ON = Column("made_on", Bilingual("提出日期", "Day"), 12, own=True)
DISPOSITION = Column("disposition", Bilingual("处理代码", "Disposition code"), 12, own=True)
OWN_TYPE = Column("type", Bilingual("意见类型", "Type of comment"), 9, own=True)
OWN_PROPOSED = Column("proposed", Bilingual("修改建议", "Proposed change"), 30, own=True)
SYSTEM = Column("system", Bilingual("系统信息（勿改）", "System data (keep)"), 0, 2.1, own=True)

ISO: Final = (
    Column("body", Bilingual("提出方（MB/NC）", "MB/NC"), 14, 2.2,
           ("mb", "memberbody", "提出方", "提出单位", "成员体", "国家成员体", "国家成员体国家委员会")),
    Column("line", Bilingual("行号", "Line number (e.g. 17)"), 8, 1.6, ("line", "lineno", "linenumber")),
    Column("number", Bilingual("章/条（如 3.1）", "Clause/ Subclause (e.g. 3.1)"), 11, 2.0,
           ("clause", "clausesubclause", "clausenosubclausenoannex", "subclause", "章条", "章条编号", "标准章条编号")),
    Column("paragraph", Bilingual("段/图/表（如 表 1）", "Paragraph/ Figure/ Table (e.g. Table 1)"), 12, 2.0,
           ("paragraph", "paragraphfiguretable", "paragraphfiguretablenote", "段图表", "段落图表")),
    Column("type", Bilingual("意见类型（ge/te/ed）", "Type of comment (ge/te/ed)"), 10, 1.9,
           ("typeofcomment", "commenttype", "type", "意见类型", "类型")),
    Column("text", Bilingual("意见（含理由）", "Comments"), 46, 6.4,
           ("comment", "comments", "commentbythemb", "意见", "意见内容")),
    Column("proposed", Bilingual("修改建议", "Proposed change"), 36, 4.9,
           ("proposedchange", "proposedchangebythemb", "建议修改", "建议修改内容", "修改建议")),
    Column("answer", Bilingual("秘书处意见", "Observations of the secretariat"), 36, 4.1,
           ("observationsofthesecretariat", "secretariatobservations", "secretariatobservation",
            "secretariatobservationsoneachcommentsubmitted", "秘书处处理意见", "秘书处意见")),
)
CN: Final = (
    Column("ordinal", Bilingual("序号", "No."), 6, 1.5, ("序号", "no", "编号")),
    Column("number", Bilingual("标准章条编号", "Clause"), 12, 2.3,
           ("章条编号", "章条号", "章节编号", "条款编号", "clausenumber", "clauseno")),
    Column("text", Bilingual("意见内容", "Comment"), 58, 9.5,
           ("意见", "意见或建议", "意见和建议", "修改意见内容", "comments")),
    Column("body", Bilingual("提出单位", "Submitted by"), 20, 3.4,
           ("提出单位个人", "提出单位或个人", "单位", "提出人", "submittedby", "body")),
    Column("answer", Bilingual("处理意见", "Disposition"), 40, 6.4,
           ("处理意见及理由", "处理结果", "处理情况", "处理意见和理由", "dispositionandreason")),
    Column("remark", Bilingual("备注", "Remarks"), 12, 2.0, ("备注", "remark")),
)
TEMPLATES: Final[Mapping[str, Sequence[Column]]] = {
    "iso_xlsx": (*ISO, KEY, CLAUSE, QUOTE, REGION, MADE_ON, DISPOSITION),
    "iso_docx": (*ISO, SYSTEM),
    "cn_xlsx": (*CN, KEY, OWN_TYPE, OWN_PROPOSED, CLAUSE, QUOTE, REGION, MADE_ON, DISPOSITION),
    "cn_docx": (*CN, SYSTEM),
}
REQUIRED: Final = {"cn": ("number", "text", "body", "answer"), "iso": ("number", "type", "text", "proposed")}
"""Columns by which a template is recognised; China's first, since ours to the right of it would do for ISO's."""
TITLES: Final = {
    "iso": Bilingual("标准草案意见表（含秘书处意见）", "Template for comments and secretariat observations"),
    "cn": Bilingual("征求意见稿意见汇总处理表", "Comments on the draft and their disposition"),
}
ASIDE, NO_LETTER = re.compile(r"[(（].*?[)）]"), re.compile(r"[\W\d_]+")


def plain_header(written: str) -> str:
    """A header without what differs from copy to copy: brackets, footnote signs, blanks, capitals."""
    return NO_LETTER.sub("", ASIDE.sub("", written)).lower()


def known(template: str) -> dict[str, Column]:
    """The columns of a template by every header that stands for them."""
    found: dict[str, Column] = {}
    for column in TEMPLATES[template]:
        for word in (*(plain_header(one) for one in (column.header.zh, column.header.en)), *column.words):
            found.setdefault(word, column)
    return found


def head_lines(kind: str, head: Head, language: str) -> list[tuple[str, str]]:
    """Label and words of the boxes above the table; ``""`` is left for the hand."""
    day = head.day.isoformat() if head.day else ""
    title, drafters = head.title.in_language(language), head.drafters.in_language(language)
    if kind == "iso":
        boxes = [(Bilingual("日期", "Date"), day), (Bilingual("文件", "Document"), f"{head.number} {title}".strip()),
                 (Bilingual("项目", "Project"), head.project)]
    else:
        boxes = [(Bilingual("标准名称", "Title of the standard"), title),
                 (Bilingual("标准项目编号/计划号", "Project number"), head.project or head.number),
                 (Bilingual("起草单位", "Drafted by"), drafters), (Bilingual("承办人", "Handled by"), ""),
                 (Bilingual("日期", "Date"), day)]
    return [(label.in_language(language), storable(words)) for label, words in boxes]


def labelled(box: tuple[str, str], language: str) -> str:
    """Label and words of a box in one line."""
    return COLON.in_language(language).join(box)


def explanation(head: Head, comments: Sequence[Comment], language: str) -> list[str]:
    """The lines that close China's form: how many were asked and replied, what became of the comments."""
    head.check()
    counted = ((Bilingual("发送“征求意见稿”的单位数", "Bodies to which the draft was sent"), head.sent),
               (Bilingual("收到“征求意见稿”后，回函的单位数", "Bodies that replied"), head.replied),
               (Bilingual("收到“征求意见稿”后，回函并有建议或意见的单位数", "Bodies that replied with comments"),
                head.commented),
               (Bilingual("没有回函的单位数", "Bodies that did not reply"), head.without_reply))
    lines = [f"{place}. {_counted(what, number, language)}" for place, (what, number) in enumerate(counted, 1)]
    return [Bilingual("说明：", "Explanation:").in_language(language), *lines,
            f"{len(lines) + 1}. {_outcome(comments, language)}"]


def _counted(what: Bilingual, number: int | None, language: str) -> str:
    shown = "____" if number is None else str(number)
    return f"{what.zh}：{shown} 个；" if language.startswith("zh") else f"{what.en}: {shown};"


def _outcome(comments: Sequence[Comment], language: str) -> str:
    parts = list(_outcomes(Counter(one.disposition for one in comments)))
    if language.startswith("zh"):
        return f"意见共 {len(comments)} 条：" + "，".join(f"{what.zh} {number} 条" for what, number in parts) + "。"
    return f"Comments: {len(comments)} in all; " + ", ".join(f"{what.en} {number}" for what, number in parts) + "."


def _outcomes(counts: Counter[str]) -> Iterator[tuple[Bilingual, int]]:
    """The three outcomes always; noted and unanswered where there are any."""
    yield Bilingual("采纳", "accepted"), counts["accepted"]
    yield Bilingual("部分采纳", "accepted in part"), counts["partly"]
    yield Bilingual("不采纳", "not accepted"), counts["rejected"]
    for code, words in (("noted", Bilingual("已知悉", "noted")), ("", Bilingual("尚未处理", "not answered yet"))):
        if counts[code]:
            yield words, counts[code]
