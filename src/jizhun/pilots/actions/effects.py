"""Did it work? The values of an index by place and month, pilots against comparison places, before and after.

Figures come from ``evaluation`` (kept facts where they hold); the arithmetic is ``rules.effect``.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from jizhun.delivery.models import Source
from jizhun.evaluation.actions import Result, Row, evaluate_for_page, sources
from jizhun.evaluation.indices import INDICES, Index, find
from jizhun.evaluation.rules import LEVELS
from jizhun.evaluation.rules.overview import Alike, most_alike
from jizhun.kernel.bilingual import Refused
from jizhun.people.actions import path_to, require, write_line
from jizhun.people.rules import Actor
from jizhun.pilots.actions.programmes import MANAGE, about, applications, pilots, stands
from jizhun.pilots.models import ComparisonChoice, PilotApplication, PilotProgramme, PracticeAdoption
from jizhun.pilots.rules.effect import Effect, Series, effect
from jizhun.pilots.rules.programmes import SELECTED
from jizhun.pilots.rules.simulated import number
from jizhun.regions.actions import tree

ALL, SIMILAR, PICKED = ComparisonChoice.ALL, ComparisonChoice.SIMILAR, ComparisonChoice.PICKED
ALIKE_EACH, MOST_PICKED, LONGEST = 5, 200, 2_000
INDEX = "conformance"
LEVEL_NAMES = {level: name for name, level in LEVELS.items()}


# -- what can be asked -----------------------------------------------------------------------------


def indices() -> dict[str, Index]:
    """The indices that are shares of cases: the higher, the better."""
    return {code: one for code, one in INDICES.items() if code.split(".")[0] in ("conformance", "on_time")}


def offered(programme: PilotProgramme) -> list[Source]:
    """The sources whose cases lie in the organiser's place; the programme's own first."""
    held, known = tree(), sources()
    found = [one for one in Source.objects.filter(code__in=known) if one.simulated == programme.simulated
             and one.region in held and programme.organiser in held.path(one.region, programme.starts_on)]
    return sorted(found, key=lambda one: (one.code != programme.source_code, -known[one.code], one.code))


def choice_of(programme: PilotProgramme) -> ComparisonChoice | None:
    """What the organiser chose last; None: all others."""
    return programme.comparisons.order_by("-pk").first()


def choose_comparison(*, by: Actor, programme: PilotProgramme, way: str, places: Sequence[str],
                      reason: str) -> ComparisonChoice:
    """Choose with whom the pilots are compared, and say why; the choice before stays on record."""
    require(by=by, right=MANAGE, path=path_to(programme.organiser))
    if way not in (ALL, SIMILAR, PICKED) or not reason.strip() or len(reason) > LONGEST:
        raise Refused(zh="请选择对照方式并写明理由。", en="Choose the way of comparison and say why.")
    known = [tree().known(one).code for one in dict.fromkeys(places)] if way == PICKED else []
    own = {one.region for one in pilots(programme)}
    if way == PICKED and (not known or len(known) > MOST_PICKED or own & {*known}):
        raise Refused(zh="请列出对照地区，其中不能有试点地区。",
                      en="Name the comparison places; none of them is a pilot.")
    with transaction.atomic():
        made = ComparisonChoice.objects.create(programme=programme, way=way, places=known, reason=reason.strip(),
                                               by=by.username)
        write_line(by=by, act="pilots.compare", subject=about(programme), reason=reason.strip(),
                   after={"way": way, "places": known})
    return made


# -- values by place and month ---------------------------------------------------------------------


@dataclass(frozen=True)
class Values:
    """Place -> month -> share, of one index at one level. ``small``: months of places left out for too few cases."""

    index: Index
    source: Source
    level: int
    series: Mapping[str, Series]
    small: int
    result: Result

    @property
    def end(self) -> int:
        """The last month that the data tell in full."""
        day = self.result.as_of
        whole = (day + timedelta(days=1)).day == 1
        return number(day.year * 100 + day.month) - (0 if whole else 1)


def values(*, index: str, source: str, level: int, simulated: bool) -> Values:
    """The series of every place at a level. Raises Refused for an unknown index or source, or no cases."""
    held = Source.objects.filter(code=source).first()
    if held is None or held.simulated != simulated:
        raise Refused(zh="没有可用于该试点的办件来源。", en="There is no source of cases for this programme.")
    if index not in indices():
        raise Refused(zh=f"没有“{index}”这项可比指标。", en=f"There is no index “{index}” to compare.")
    result = evaluate_for_page(index=index, source=source, by=f"{LEVEL_NAMES[level]},month")
    told = [row for row in result.rows if row.figure.value is not None]
    kept = [row for row in told if simulated or not row.figure.small]
    return Values(find(index), held, level, _series(kept, level, simulated), len(told) - len(kept), result)


def _series(rows: Iterable[Row], level: int, simulated: bool) -> dict[str, dict[int, float]]:
    held, found = tree(), dict[str, dict[int, float]]()
    for row in rows:
        (code, _), (month, _) = row.labels
        if code in held and held.known(code).simulated == simulated and held.level(code) <= level:
            assert row.figure.value is not None
            found.setdefault(code, {})[number(int(month.replace("-", "")))] = row.figure.value
    return found


# -- comparison places -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Compared:
    """The two groups. ``touched``: places kept out because they were pilots elsewhere or took a practice over in the
    time looked at; ``alike``: pilot -> the places it is like, where similar ones were asked for."""

    pilots: Sequence[str]
    others: Sequence[str]
    touched: Sequence[str]
    alike: Mapping[str, Sequence[Alike]]


def level_of(found: Sequence[PilotApplication]) -> int:
    """The level at which most of the pilots are: only these are compared."""
    counts = Counter(tree().level(one.region) for one in found)
    return min(max(counts.most_common(1)[0][0], 1), 3) if counts else 3


def compared(programme: PilotProgramme, told: Values, way: str, places: Sequence[str]) -> Compared:
    """The pilots, and with whom they are compared."""
    own = [one.region for one in pilots(programme) if tree().level(one.region) == told.level]
    day = programme.starts_on
    inside = {code for one in pilots(programme) for code in tree().within(one.region, day)}
    touched = _touched(programme)
    free = [code for code in told.series if code not in inside and programme.organiser in tree().path(code, day)]
    others, alike = [one for one in free if one not in touched], dict[str, Sequence[Alike]]()
    if way == PICKED:
        others = [one for one in others if one in set(places)]
    if way == SIMILAR:
        others, alike = _similar(programme, told, own, others)
    return Compared([one for one in own if one in told.series], others, sorted(touched & {*free}), alike)


def _touched(programme: PilotProgramme) -> set[str]:
    """Places that were pilots of another programme in these days, or took a practice of this one over before its end.
    """
    others = PilotProgramme.objects.filter(starts_on__lte=programme.ends_on, ends_on__gte=programme.starts_on).exclude(
        pk=programme.pk)
    elsewhere = {one.region for other in others for one in applications(other) if stands(one) == SELECTED}
    adopted = PracticeAdoption.objects.filter(practice__application__programme=programme,
                                              since__lte=programme.ends_on)
    return elsewhere | set(adopted.values_list("region", flat=True))


def _similar(programme: PilotProgramme, told: Values, own: Sequence[str], free: Sequence[str]
             ) -> tuple[list[str], dict[str, Sequence[Alike]]]:
    """For every pilot the places most like it in what and how much they handled before it began."""
    until = programme.starts_on - timedelta(days=1)
    rows = evaluate_for_page(index=INDEX, source=told.source.code, by=f"item,{LEVEL_NAMES[told.level]}",
                             last=until).rows
    mixes: dict[str, dict[int, int]] = {}
    items: dict[str, int] = {}
    for row in rows:
        (item, _), (code, _) = row.labels
        mixes.setdefault(code, {})[items.setdefault(item, len(items))] = row.figure.cases
    names = [*free]
    others = {at: mixes[code] for at, code in enumerate(names) if code in mixes}
    alike = {code: most_alike(mixes[code], others, most=ALIKE_EACH) for code in own if code in mixes}
    return sorted({names[one.place] for found in alike.values() for one in found}), {**alike}


# -- the answer ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Worked:
    """The effect with everything it rests on. ``known``: the effect built into simulated cases, None otherwise."""

    programme: PilotProgramme
    values: Values
    way: str
    choice: ComparisonChoice | None
    compared: Compared
    effect: Effect
    known: float | None
    start: int
    end: int

    @property
    def recovers(self) -> bool | None:
        """Whether the interval holds the known effect."""
        return None if self.known is None else self.effect.effect.low <= self.known <= self.effect.effect.high


def did_it_work(*, programme: PilotProgramme, index: str = INDEX, source: str = "", way: str = "") -> Worked:
    """Pilots against comparison places on an index. Raises Refused where there is too little to tell.

    ``way`` "": as the organiser chose, all others where nothing was chosen.
    """
    choices = offered(programme)
    if not choices or (source and source not in {one.code for one in choices}):
        raise Refused(zh="没有可用于该试点的办件来源。", en="There is no source of cases for this programme.")
    chosen = choice_of(programme)
    told = values(index=index, source=source or choices[0].code, level=level_of(pilots(programme)),
                  simulated=programme.simulated)
    by_way = way or (chosen.way if chosen else ALL)
    if by_way not in (ALL, SIMILAR, PICKED):
        raise Refused(zh=f"没有“{by_way}”这种对照方式。", en=f"There is no way “{by_way}” to compare.")
    groups = compared(programme, told, by_way, chosen.places if chosen else [])
    start, end = _months(programme, told)
    found = effect(pilots={code: told.series[code] for code in groups.pilots},
                   others={code: told.series[code] for code in groups.others}, start=start, end=end)
    return Worked(programme, told, by_way, chosen, groups, found, _known(programme, told), start, end)


def _months(programme: PilotProgramme, told: Values) -> tuple[int, int]:
    """The first month of the pilot, and the last that is looked at: of the pilot, or of the data."""
    first, last = (number(day.year * 100 + day.month) for day in (programme.starts_on, programme.ends_on))
    end = min(last, told.end)
    if end < first:
        raise Refused(zh=f"办件数据截至 {told.result.as_of}，试点期内还没有完整的月份。",
                      en=f"The cases end on {told.result.as_of}: no month of the pilot is told in full yet.")
    return first, end


def _known(programme: PilotProgramme, told: Values) -> float | None:
    """The effect that was built in: of these cases and this index only."""
    said = programme.known
    mine = bool(said) and told.source.code == programme.source_code and told.index.code == said["index"]
    return float(said["value"]) if mine else None


def change_of(series: Series, start: int, end: int) -> tuple[float | None, float | None]:
    """A place's means before and after; None for a side without months."""
    before = [value for month, value in series.items() if month < start]
    after = [value for month, value in series.items() if start <= month <= end]
    return (sum(before) / len(before) if before else None), (sum(after) / len(after) if after else None)
