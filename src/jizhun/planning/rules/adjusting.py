"""Adjusting the list: what a proposal needs before it is decided, and the yearly check against new editions. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.dating import months_later

KINDS: Final[Mapping[str, Bilingual]] = {
    "add": Bilingual("增加项目", "Add an item"),
    "raise": Bilingual("提高标准", "Raise the level"),
    "widen": Bilingual("扩大对象", "Widen the recipients"),
    "remove": Bilingual("取消项目", "Take an item out"),
    "reword": Bilingual("规范表述", "Put the wording right")}
COSTLY: Final = frozenset({"add", "raise", "widen"})
FISCAL, RISK, DECIDED = "fiscal", "risk", "decided"
ASSESSMENTS: Final[Mapping[str, Bilingual]] = {
    FISCAL: Bilingual("财政承受能力评估", "Fiscal-capacity assessment"),
    RISK: Bilingual("风险评估和论证", "Risk assessment and examination")}
PASSED, FAILED, ACCEPTED, REJECTED = "passed", "failed", "accepted", "rejected"
VERDICTS: Final[Mapping[str, Bilingual]] = {
    PASSED: Bilingual("通过", "passed"), FAILED: Bilingual("未通过", "not passed"),
    ACCEPTED: Bilingual("采纳", "accepted"), REJECTED: Bilingual("不采纳", "not accepted")}
BASIS: Final = Bilingual(
    "发改社会〔2021〕443号：超出国家范围的须事先论证和风险评估，并做财政承受能力评估。",
    "Document 443 of 2021: what goes beyond the national scope is examined and assessed for its risks first, and its "
    "fiscal capacity is assessed.")
EVERY_MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class Step:
    """What was done to a proposal: ``act`` fiscal, risk or decided."""

    act: str
    verdict: str
    on: date


def needed(kind: str, beyond: bool) -> tuple[str, ...]:
    """The assessments that a proposal needs before it can be accepted."""
    return (FISCAL, RISK) if beyond else (FISCAL,) if kind in COSTLY else ()


def standing(steps: Sequence[Step]) -> dict[str, Step]:
    """The newest step of each kind."""
    return {one.act: one for one in steps}


def lacking(kind: str, beyond: bool, steps: Sequence[Step]) -> tuple[str, ...]:
    """The assessments that are needed and have not been passed."""
    held = standing(steps)
    return tuple(act for act in needed(kind, beyond) if act not in held or held[act].verdict != PASSED)


def is_decided(steps: Sequence[Step]) -> bool:
    """Whether it has been accepted or not."""
    return DECIDED in standing(steps)


@dataclass(frozen=True, slots=True)
class Checked:
    """The yearly check: when it is due next, what an edition changes that no proposal takes up."""

    due: date | None
    overdue: bool
    open: tuple[tuple[str, str], ...]


def yearly(*, last: date | None, since: date, on: date, changes: Sequence[tuple[str, str]],
           taken_up: Collection[tuple[str, str]]) -> Checked:
    """``changes``: (item, kind) of the newest edition against the one before; ``taken_up``: those with a proposal."""
    due = months_later(last or since, EVERY_MONTHS)
    return Checked(due, due < on, tuple(one for one in changes if one not in taken_up))
