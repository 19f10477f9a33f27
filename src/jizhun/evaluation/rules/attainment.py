"""Attainment (对标达标): whose word counts item by item, points, knock-outs, differences, and how all places stand.

Pure: sheets, words and days are arguments.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from statistics import quantiles

from jizhun.evaluation.rules.sheets import (
    CHECK,
    COMPUTED,
    NOT_APPLICABLE,
    SAMPLE,
    SELF,
    VOICES,
    Item,
    Sheet,
    knocked,
    points,
)
from jizhun.kernel.bilingual import Refused

Values = Mapping[str, Mapping[str, str]]
"""Voice -> item -> kept value."""


@dataclass(frozen=True, slots=True)
class Line:
    """One item of one place: what each voice says, whose word counts (``voice``; "" for nobody's), what it earns."""

    item: Item
    said: Mapping[str, str]
    voice: str
    value: str
    points: Decimal
    knocked: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How a place stands: ``of`` are the points that apply; ``knocked`` and ``unsaid`` name items."""

    lines: tuple[Line, ...]
    points: Decimal
    of: Decimal
    attained: bool
    knocked: tuple[str, ...]
    unsaid: tuple[str, ...]

    @property
    def share(self) -> Decimal:
        """Points of those that apply; nothing where nothing applies."""
        return self.points / self.of if self.of else Decimal(0)


def standing(sheet: Sheet, values: Values, order: Sequence[str] | None = None) -> Standing:
    """The place's standing when words count in ``order`` (default: the sheet's own)."""
    lines = tuple(_line(item, values, order or sheet.order) for item in sheet.items)
    applying = [one for one in lines if one.value != NOT_APPLICABLE]
    earned, of = (sum(numbers, Decimal(0)) for numbers in ([one.points for one in applying],
                                                            [one.item.points for one in applying]))
    out = tuple(one.item.code for one in lines if one.knocked)
    enough = bool(of) and earned >= sheet.pass_share * of
    return Standing(lines, earned, of, enough and not out, out, tuple(one.item.code for one in lines if not one.value))


def _line(item: Item, values: Values, order: Sequence[str]) -> Line:
    said = {voice: value for voice in VOICES if (value := values.get(voice, {}).get(item.code, ""))}
    voice = next((one for one in order if one in said), "")
    value = said.get(voice, "")
    return Line(item, said, voice, value, points(item, value), knocked(item, value))


# -- differences -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Difference:
    """An item on which two voices differ; ``points``: what the first earns more than the second (or less)."""

    item: Item
    value: str
    other: str
    points: Decimal


def differences(sheet: Sheet, values: Values, one: str = SELF, other: str = COMPUTED) -> list[Difference]:
    """Items on which both voices spoke and differ by more than the tolerance, the dearest first."""
    pairs = [(item, values.get(one, {}).get(item.code, ""), values.get(other, {}).get(item.code, ""))
             for item in sheet.items]
    found = [Difference(item, mine, theirs, points(item, mine) - points(item, theirs))
             for item, mine, theirs in pairs if mine and theirs and _differ(item, mine, theirs)]
    return sorted(found, key=lambda one: -abs(one.points))


def _differ(item: Item, one: str, other: str) -> bool:
    if item.rule == "yes_no" or NOT_APPLICABLE in (one, other):
        return one != other
    return abs(Decimal(one) - Decimal(other)) > item.tolerance


# -- who may say what, and when --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stages:
    """The days of a round: the last day of self-assessment, of checks and of the sample."""

    opens: date
    self_until: date
    check_until: date
    sample_until: date

    def __post_init__(self) -> None:
        if not self.opens <= self.self_until <= self.check_until <= self.sample_until:
            raise Refused(zh="自评、核查、抽查的截止日期应依次在后，且不早于开始日期。",
                          en="Self-assessment, check and sample end one after the other, none before the round opens.")

    def until(self, voice: str) -> date:
        """The last day of a voice."""
        return {SELF: self.self_until, CHECK: self.check_until, SAMPLE: self.sample_until}[voice]


@dataclass(frozen=True, slots=True)
class Ground:
    """What is known of a place in a round when somebody wants to speak."""

    stages: Stages
    published: bool
    drawn: bool
    self_by: frozenset[str] = frozenset()
    check_by: frozenset[str] = frozenset()
    assessed: bool = False


def check_may_say(voice: str, ground: Ground, by: str, on: date) -> None:
    """Raises Refused where this voice is not to be heard now, or not from this person."""
    if voice not in (SELF, CHECK, SAMPLE):
        raise Refused(zh=f"没有“{voice}”这种评分。", en=f"There is no assessment called “{voice}”.")
    if ground.published:
        raise Refused(zh="结果已经公布，不能再改。", en="The results are published: nothing is changed any more.")
    if on < ground.stages.opens:
        raise Refused(zh=f"本轮自 {ground.stages.opens} 开始。", en=f"The round opens on {ground.stages.opens}.")
    if on > ground.stages.until(voice):
        raise Refused(zh=f"“{VOICES[voice].zh}”已于 {ground.stages.until(voice)} 截止。",
                      en=f"The {VOICES[voice].en} ended on {ground.stages.until(voice)}.")
    if voice != SELF and on <= ground.stages.self_until:
        raise Refused(zh=f"自评于 {ground.stages.self_until} 截止后才能核查。",
                      en=f"Checks begin after the self-assessment has ended on {ground.stages.self_until}.")
    if voice != SELF and not ground.assessed:
        raise Refused(zh="该地尚未自评。", en="The place has not assessed itself yet.")
    if voice == SAMPLE and not ground.drawn:
        raise Refused(zh="该地没有被抽中。", en="The place was not drawn for the sample.")
    before = ground.self_by | (ground.check_by if voice == SAMPLE else frozenset())
    if voice != SELF and by in before:
        raise Refused(zh="自评人不能核查，核查人不能抽查同一个地方。",
                      en="Who has assessed or checked a place does not check it again.")


# -- how all places stand --------------------------------------------------------------------------

BINS = 10


@dataclass(frozen=True)
class Spread:
    """Shares of points over places, in tenths (the last holds 100 %); quartiles are None for fewer than two."""

    bins: tuple[int, ...]
    least: Decimal | None
    quartiles: tuple[float, float, float] | None
    most: Decimal | None
    attained: int
    places: int
    knocked: Mapping[str, int] = field(default_factory=dict)


def spread(standings: Sequence[Standing]) -> Spread:
    """The distribution, which is looked at before any order of places."""
    shares = [one.share for one in standings]
    bins = [0] * BINS
    for share in shares:
        bins[min(int(share * BINS), BINS - 1)] += 1
    out: dict[str, int] = {}
    for one in standings:
        for code in one.knocked:
            out[code] = out.get(code, 0) + 1
    first, middle, third = quantiles(map(float, shares), n=4, method="inclusive") if len(shares) > 1 else (0, 0, 0)
    return Spread(tuple(bins), min(shares, default=None), (first, middle, third) if len(shares) > 1 else None,
                  max(shares, default=None), sum(one.attained for one in standings), len(shares), out)


def ranks(shares: Mapping[str, Decimal]) -> dict[str, int]:
    """Place -> its rank by share; equals share one rank, and the next is as many places further down."""
    first: dict[Decimal, int] = {}
    for place, share in enumerate(sorted(shares.values(), reverse=True), 1):
        first.setdefault(share, place)
    return {code: first[share] for code, share in shares.items()}
