"""The contracts: what a case record, a step of a case and a rating may say, whichever file they come from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from jizhun.analytics.cases import DEFAULT_PRAISE
from jizhun.kernel.bilingual import Bilingual

Kind = Literal["key", "code", "choice", "time", "money", "count", "rating", "word", "codes", "text"]
"""``codes``: several words of a closed list in one column; ``text``: free text, which is looked at and not kept."""


@dataclass(frozen=True, slots=True)
class ContractField:
    """One thing a record may say. ``column`` is its name in the lake, if it gets there: a transition does not."""

    name: str
    kind: Kind
    label: Bilingual
    column: str
    required: bool = False


_FIELDS: Final = (
    ContractField("case_key", "key", Bilingual("办件编号", "Case key"), "case_key", required=True),
    ContractField("matter", "code", Bilingual("事项", "Matter"), "matter", required=True),
    ContractField("region", "code", Bilingual("地区", "Region"), "region", required=True),
    ContractField("group", "code", Bilingual("服务对象", "Recipient group"), "grp"),
    ContractField("channel", "choice", Bilingual("办理渠道", "Channel"), "channel"),
    ContractField("outcome", "choice", Bilingual("办理结果", "Outcome"), "outcome"),
    ContractField("accepted_at", "time", Bilingual("受理时间", "Accepted"), "accepted_at", required=True),
    ContractField("decided_at", "time", Bilingual("决定时间", "Decided"), "decided_at"),
    ContractField("closed_at", "time", Bilingual("办结时间", "Closed"), "closed_at"),
    ContractField("due_at", "time", Bilingual("应办结时间", "Due"), "due_at"),
    ContractField("fee", "money", Bilingual("收费", "Fee"), "fee_cents"),
    ContractField("amount", "money", Bilingual("待遇金额", "Benefit amount"), "amount_cents"),
    ContractField("visits", "count", Bilingual("到现场次数", "Visits"), "visits"),
    ContractField("materials", "count", Bilingual("材料份数", "Materials"), "materials"),
    ContractField("extended", "count", Bilingual("批准延长", "Approved extension"), "extended"),  # in the limit's unit
    ContractField("rating", "rating", Bilingual("评价", "Rating"), "rating"),
    ContractField("accepting_region", "code", Bilingual("受理地", "Place of acceptance"), "came_from"),
    ContractField("forwarded_at", "time", Bilingual("转办时间", "Passed on"), "forwarded_at"),
)
FIELDS: Final[Mapping[str, ContractField]] = {field.name: field for field in _FIELDS}
"""Field name -> field. Suspended periods and steps are lists and stand beside these in a mapping."""

_STEP_FIELDS: Final = (
    ContractField("case_key", "key", Bilingual("办件编号", "Case key"), "case_key", required=True),
    ContractField("step", "word", Bilingual("环节", "Step"), "step", required=True),
    ContractField("started_at", "time", Bilingual("开始时间", "Started"), "started_at"),
    ContractField("ended_at", "time", Bilingual("完成时间", "Ended"), "ended_at"),
    ContractField("transition", "choice", Bilingual("事件类型", "Transition"), "transition"),
    ContractField("role", "word", Bilingual("岗位", "Role"), "role"),
    ContractField("matter", "code", Bilingual("事项", "Matter"), "matter"),
    ContractField("region", "code", Bilingual("地区", "Region"), "region"),
)
STEP_FIELDS: Final[Mapping[str, ContractField]] = {field.name: field for field in _STEP_FIELDS}
"""What a row of an event log may say. Where it does not tell matter and region, the case record does."""

TRANSITIONS: Final[Mapping[str, int]] = {"complete": 0, "start": 1, "other": 2}
"""What a row of an event log tells of its step: that it ended, that it started, or neither."""

_REVIEW_FIELDS: Final = (
    ContractField("review_key", "key", Bilingual("评价编号", "Rating key"), "review_key", required=True),
    ContractField("case_key", "key", Bilingual("办件编号", "Case key"), "case_key"),
    ContractField("visit_key", "key", Bilingual("到场编号", "Visit key"), "visit_key"),
    ContractField("matter", "code", Bilingual("事项", "Matter"), "matter"),
    ContractField("region", "code", Bilingual("地区", "Region"), "region"),
    ContractField("group", "code", Bilingual("服务对象", "Recipient group"), "grp"),
    ContractField("channel", "choice", Bilingual("评价渠道", "Channel"), "channel"),
    ContractField("rated_at", "time", Bilingual("评价时间", "Rated"), "rated_at", required=True),
    ContractField("grade", "choice", Bilingual("评价等级", "Grade"), "grade", required=True),
    ContractField("how", "choice", Bilingual("评价方式", "How it was given"), "how"),
    ContractField("reasons", "codes", Bilingual("评价原因", "Reasons"), "reasons"),
    ContractField("text", "text", Bilingual("评价文字", "Text"), "has_text"),
    ContractField("has_text", "choice", Bilingual("是否有文字", "Whether there is a text"), "has_text"),
    ContractField("anonymous", "choice", Bilingual("是否匿名", "Whether anonymous"), "anonymous"),
)
ASPECT: Final = "aspect_"
"""Before the code of a category: the field that holds the grade of this single aspect."""


def review_fields(aspects: Mapping[str, Bilingual]) -> dict[str, ContractField]:
    """What a row of ratings may say; ``aspects`` (code -> name) are those that may have a grade of their own."""
    own = (ContractField(f"{ASPECT}{code}", "choice", name, "aspects") for code, name in aspects.items())
    return {field.name: field for field in (*_REVIEW_FIELDS, *own)}


HOWS: Final[Mapping[str, int]] = {"active": 1, "invited": 2, "default": 3}
"""A person rated of their own accord, or when asked to; or a system counted praise when nobody rated."""
YES_OR_NO: Final[Mapping[str, int]] = {"no": 0, "yes": 1}

MONEY_UNITS: Final[Mapping[str, int]] = {
    "yuan": 100,
    "fen": 1,
    "wan_yuan": 1_000_000,
    "dollar": 100,
    "cent": 1,
}
"""Cents (fen) in one unit of what a column holds."""

RATINGS: Final[Mapping[str, int]] = {"none": 0, "1": 1, "2": 2, "3": 3, "4": 4, "5": 5, "default": DEFAULT_PRAISE}
"""5 is best; ``default`` is praise that a system counted when nobody rated."""

LARGEST: Final[Mapping[str, int]] = {"money": 10**15, "count": 32_000}
"""Beyond this a number (of cents, of pieces) is not believed. The lake has room for both."""
