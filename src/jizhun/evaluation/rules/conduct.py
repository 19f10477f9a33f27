"""Conduct evidence (体验、暗访、督办): what was seen beside what was promised, and points closed one by one. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.workflow import Transition, Workflow
from jizhun.provisions.rules.resolve import Answer
from jizhun.provisions.rules.values import DAY_UNITS, Measure, Quantity, favour

KINDS: Final[Mapping[str, Bilingual]] = {
    "walk": Bilingual("走流程体验", "walk-through"), "visit": Bilingual("明察暗访", "unannounced visit"),
    "notice": Bilingual("督办通知", "supervision notice")}
FITS: Final[Mapping[str, Bilingual]] = {
    "kept": Bilingual("符合承诺", "as promised"), "broken": Bilingual("不符合承诺", "not as promised"),
    "nothing": Bilingual("当日没有承诺", "nothing was promised that day"),
    "beside": Bilingual("无法比较", "cannot be compared"), "": Bilingual("", "")}

INSPECT, REPORT = "evaluation.inspect", "evaluation.report"
LEDGER: Final = Workflow(
    states={"open": Bilingual("待整改", "to be put right"),
            "answered": Bilingual("已答复，待复核", "answered, to be re-checked"),
            "closed": Bilingual("已销号", "closed")},
    acts={"answer": Bilingual("答复", "answer"), "confirm": Bilingual("复核通过并销号", "re-check: put right, close"),
          "send_back": Bilingual("复核不通过", "re-check: not put right"), "reopen": Bilingual("重新立项", "reopen")},
    transitions=(Transition("open", "answer", "answered", REPORT), Transition("answered", "confirm", "closed", INSPECT),
                 Transition("answered", "send_back", "open", INSPECT), Transition("closed", "reopen", "open", INSPECT)))
"""A point of the ledger: the place answers, whoever inspects looks again and closes it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of one measure: the observed value as kept, what was promised in words, whether it fits."""

    measure: str
    observed: str
    unit: str
    promised: Bilingual
    fits: str


def observed(measure: Measure, typed: str, unit: str = "") -> Quantity | frozenset[str]:
    """A typed value of a measure: a number in its unit (days may be of either kind), or codes for a set."""
    if measure.unit == "set":
        codes = frozenset(one.strip() for one in typed.replace("，", ",").replace("、", ",").split(",") if one.strip())
        if codes:
            return codes
    try:
        number = Decimal(typed.strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if measure.unit in ("set", "text") or not number.is_finite() or not 0 <= number <= 1_000_000_000:
        raise Refused(zh=f"“{measure.name.zh}”的所见值“{typed[:40]}”不能识别。",
                      en=f"“{measure.name.en}”: the observed value “{typed[:40]}” cannot be read.")
    wanted = unit or measure.unit
    if wanted != measure.unit and not {wanted, measure.unit} <= set(DAY_UNITS):
        raise Refused(zh=f"“{measure.name.zh}”不能以“{wanted}”计。", en=f"“{measure.name.en}” is not in “{wanted}”.")
    return Quantity(number, wanted)


def fits(seen: Quantity | frozenset[str], answer: Answer) -> str:
    """Whether what was seen is as good as what was promised that day: a code of ``FITS``."""
    promise = answer.value
    if promise is None:
        return "nothing"
    if type(seen) is not type(promise) or answer.measure.direction == "none":
        return "beside"
    try:
        better = favour(answer.measure.direction, seen, promise)
    except ValueError:  # units that have nothing to do with one another
        return "beside"
    return "kept" if better is not None and better >= 0 else "broken"


# -- points of the ledger --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Taken:
    """One act on a point: what, when, by whom."""

    act: str
    on: date
    by: str


def state_of(acts: Sequence[Taken]) -> str:
    """Where a point stands after these acts in their order."""
    state = LEDGER.first
    for one in acts:
        state = LEDGER.take(state, one.act).to
    return state


def overdue_days(state: str, due: date | None, on: date) -> int:
    """How many days a point is past its day without an answer; 0 where it is not, or waits for the re-check."""
    return (on - due).days if state == "open" and due is not None and on > due else 0


def check_act(acts: Sequence[Taken], act: str, by: str) -> str:
    """The state after ``act``; Refused where it is not possible, or where somebody would re-check the own answer."""
    state = state_of(acts)
    to = LEDGER.take(state, act).to
    if act in ("confirm", "send_back") and acts and acts[-1].by == by:
        raise Refused(zh="不能复核自己的答复。", en="Nobody re-checks an answer of their own.")
    return to
