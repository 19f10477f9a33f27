"""How far a measure has come: its state in words, the forecast at the present pace, the assessment at the end. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Final

from jizhun.kernel.bilingual import NO_WORDS, Bilingual
from jizhun.planning.rules.plan import HIGHER, Measure, Milestone

REACHED, ON_COURSE, BEHIND, STILL = "reached", "on_course", "behind", "still"
OPEN, UNKNOWN, MISSED = "open", "unknown", "missed"


@dataclass(frozen=True, slots=True)
class State:
    """A state with its sign, so that it is never told by colour alone."""

    code: str
    sign: str
    name: Bilingual
    text: Bilingual


STATES: Mapping[str, State] = {one.code: one for one in (
    State(STILL, "■", Bilingual("停滞", "Standing still"), Bilingual(
        "尚未达到，近一年没有向目标靠近。", "Not there yet, and no nearer to the goal than a year ago.")),
    State(BEHIND, "▼", Bilingual("滞后", "Behind"), Bilingual(
        "按现有速度，到期达不到目标。", "At the present pace the goal is missed on its day.")),
    State(MISSED, "▽", Bilingual("未达到", "Not reached"), Bilingual(
        "期满时没有达到目标。", "The goal was not reached when the period ended.")),
    State(OPEN, "◇", Bilingual("未达到，速度不明", "Not there, pace not known"), Bilingual(
        "尚未达到；只有一个时点的数据，速度无法计算。",
        "Not there yet; data of one day only, so that its pace cannot be told.")),
    State(ON_COURSE, "▲", Bilingual("按期", "On course"), Bilingual(
        "按现有速度，到期能达到目标。", "At the present pace the goal is reached by its day.")),
    State(REACHED, "●", Bilingual("已达到", "Reached"), Bilingual("目标已达到。", "The goal is reached.")),
    State(UNKNOWN, "○", Bilingual("无数据", "No data"), Bilingual(
        "没有可以计算的数据，不作判断。", "There are no data to compute it from: nothing is judged.")))}
"""In the order in which they ask for attention."""

RULE: Final = Bilingual(
    "预测规则：速度 =（现值 − 一年前的值）÷ 相隔天数（不早于基线日）；到期值 = 现值 + 速度 × 剩余天数"
    "，比例不超出 0%—100%。假定速度不变：不计已知的计划、季节和最后一段更难的情况，因此只是提示，不是预测结论。",
    "Rule of the forecast: pace = (value now − value a year ago) / days between (from the baseline on where that is "
    "later); value on the day = value now + pace x days left, shares kept within 0 to 100 %. It assumes that the pace "
    "stays as it is: known plans, seasons and a harder last stretch are not counted. It is a hint, no prediction.")


@dataclass(frozen=True, slots=True)
class Gap:
    """What is lacking: at a place, of a subject (a matter, item, standard or role), in units of the numerator."""

    place: str
    subject: str
    lacks: int = 1


@dataclass(frozen=True, slots=True)
class Reading:
    """An indicator at a place on a day. ``value`` None: no data, ``why`` says so; else ``why`` may say what it leaves
    out. ``fits`` of ``of`` where it is a share. ``gaps``: what is lacking, in full, where that can be told."""

    on: date
    value: float | None = None
    fits: int | None = None
    of: int | None = None
    why: Bilingual = NO_WORDS
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Forecast:
    """``per_year``: the pace; ``on_due``: the value on the deadline; ``reached_on``: the day, None where never."""

    per_year: float
    on_due: float
    reached_on: date | None


@dataclass(frozen=True, slots=True)
class Progress:
    """A measure at a place: what it is now and was then, its state, its forecast, the next milestone."""

    measure: Measure
    now: Reading
    then: Reading | None
    state: str
    forecast: Forecast | None = None
    milestone: Milestone | None = None
    late: tuple[Milestone, ...] = ()


FAR_YEARS: Final = 100


def better(one: float, other: float, direction: str) -> bool:
    """Whether one value is at least as good as another."""
    return one >= other if direction == HIGHER else one <= other


def then_of(measure: Measure, on: date) -> date:
    """The day against which the pace is told: a year before, never before the baseline."""
    return max(measure.baseline, on - timedelta(days=365))


def forecast(now: Reading, then: Reading | None, measure: Measure, direction: str, share: bool) -> Forecast | None:
    """The straight line through then and now; None where either is not known or they are one day."""
    if now.value is None or then is None or then.value is None or now.on <= then.on:
        return None
    a_day = (now.value - then.value) / (now.on - then.on).days
    value = now.value + a_day * max((measure.due - now.on).days, 0)
    value = min(max(value, 0.0), 1.0) if share else max(value, 0.0)
    return Forecast(a_day * 365, value, _reached_on(now, measure, a_day, direction))


def _reached_on(now: Reading, measure: Measure, a_day: float, direction: str) -> date | None:
    assert now.value is not None
    if better(now.value, measure.goal, direction):
        return now.on
    towards = a_day if direction == HIGHER else -a_day
    if towards <= 0:
        return None
    days = ceil(abs(measure.goal - now.value) / towards - 1e-9)
    return now.on + timedelta(days=days) if days <= FAR_YEARS * 365 else None


def progress(measure: Measure, now: Reading, then: Reading | None, direction: str, share: bool,
             closed: bool = False) -> Progress:
    """Everything that is told of a measure; ``closed``: the period is over and ``now`` is its last day."""
    if now.value is None:
        return Progress(measure, now, then, UNKNOWN)
    late = tuple(one for one in measure.milestones if one.on <= now.on and not better(now.value, one.value, direction))
    ahead = next((one for one in measure.milestones if one.on > now.on), None)
    if better(now.value, measure.goal, direction):
        return Progress(measure, now, then, REACHED)
    if closed:
        return Progress(measure, now, then, MISSED, late=late)
    told = forecast(now, then, measure, direction, share)
    return Progress(measure, now, then, _state(told, measure, direction, now.on), told, ahead, late)


def _state(told: Forecast | None, measure: Measure, direction: str, on: date) -> str:
    if told is None:
        return OPEN
    if not (told.per_year > 0 if direction == HIGHER else told.per_year < 0):
        return STILL
    in_time = told.reached_on is not None and told.reached_on <= measure.due and on <= measure.due
    return ON_COURSE if in_time else BEHIND


# -- together --------------------------------------------------------------------------------------


def tally(found: Iterable[Progress]) -> dict[str, int]:
    """How many measures are in each state, in the order of the states; those that occur."""
    states = [one.state for one in found]
    return {code: states.count(code) for code in STATES if code in states}


def gravest(found: Iterable[Progress]) -> str:
    """The state of several together: the one that asks most for attention; what has no data speaks only alone."""
    states = {one.state for one in found}
    return next((code for code in STATES if code in states and code != UNKNOWN), UNKNOWN)


def verdict(found: Sequence[Progress]) -> Bilingual:
    """The closing assessment of a target in a sentence, from what could be computed."""
    known = [one for one in found if one.state != UNKNOWN]
    reached = sum(one.state == REACHED for one in known)
    if not known:
        return Bilingual("无数据：没有一项措施可以计算，不作判断。",
                         "No data: none of its measures can be computed, so nothing is judged.")
    left = Bilingual(f"，另有 {len(found) - len(known)} 项无数据", f"; {len(found) - len(known)} more have no data") \
        if len(known) < len(found) else NO_WORDS
    return Bilingual(f"按现有数据计算：{len(known)} 项措施中 {reached} 项达到{left.zh}。",
                     f"As computed on the data there are: {reached} of {len(known)} measures reached{left.en}.")
