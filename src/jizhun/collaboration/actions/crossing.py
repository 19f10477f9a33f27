"""Handling across regions: arrangements on record, and how each leg of received cases kept to its limit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from jizhun.analytics.cases import FAR_DAY
from jizhun.analytics.engines import DuckDB, Inputs
from jizhun.analytics.legs import COUNTS, FIRST, LEGS, NO_LIMIT, Limit, counted
from jizhun.catalogue.actions import catalogue
from jizhun.catalogue.models import Matter
from jizhun.collaboration.actions.areas import CODE, RIGHT, SIMULATED, YEARS, area_of, members
from jizhun.collaboration.models import CrossRegion
from jizhun.collaboration.rules.crossing import ACCEPT, HANDLE, MODES, Arrangement, in_time, read_legs
from jizhun.delivery.lakes import lake
from jizhun.drafting.actions.fitting import check_near
from jizhun.evaluation.inputs import calendars_of, data_date, day_number
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import parse_day
from jizhun.people.actions import allows, path_to, require, write_line
from jizhun.people.rules import Actor
from jizhun.regions.actions import tree, version
from jizhun.regions.models import Region


def arrangements() -> list[Arrangement]:
    """Every arrangement with its days, as recorded; of an area with the members of its first day."""
    return in_time([_fact(row) for row in CrossRegion.objects.all()])


def _fact(row: CrossRegion) -> Arrangement:
    places = [*row.regions, *(members(area_of(row.area), row.valid_from) if row.area else [])]
    return Arrangement(row.code, row.matter, row.mode, tuple(dict.fromkeys(places)), read_legs(row.legs),
                       row.valid_from, row.basis, mark=row.mark, simulated=row.simulated)


def arrange(*, by: Actor, code: str, matter: str, mode: str, legs: Sequence[Mapping[str, Any]], basis: Bilingual,
            regions: Sequence[str] = (), area: str = "", since: date | None = None) -> CrossRegion:
    """Put an arrangement on record: from ``since`` on each of the places accepts the matter for the others.

    ``by`` keeps collaboration at one of them. Refused without a paper, both legs, or two places.
    """
    day = since or timezone.localdate()
    places = list(dict.fromkeys([*regions, *(members(area_of(area), day) if area else [])]))
    held = [tree().place(one, day) for one in places]
    if len(held) < 2 or len({one.simulated for one in held}) > 1:
        raise Refused(zh="请选择至少两个地区；示例地区不能与真实地区放在一起。",
                      en="Choose two places at least; a fictional one never stands beside real ones.")
    if not any(allows(by=by, right=RIGHT, path=path_to(one)) for one in places):
        require(by=by, right=RIGHT, path=path_to(places[0]))
    catalogue().matter(matter)
    check_near(day, timezone.localdate(), YEARS)
    if CODE.fullmatch(code) is None or mode not in MODES or not (basis.zh.strip() or basis.en.strip()):
        raise Refused(zh="请填写代码、方式和依据文件。", en="Give a code, the mode, and the paper behind it.")
    read_legs(legs)
    with transaction.atomic():
        if CrossRegion.objects.filter(code=code).exists():
            raise Refused(zh=f"代码“{code}”已被使用。", en=f"The code “{code}” is taken.")
        made = CrossRegion.objects.create(
            code=code, matter=matter, mode=mode, regions=list(regions), area=area, legs=[dict(one) for one in legs],
            valid_from=day, basis_zh=basis.zh.strip() or basis.en.strip(), basis_en=basis.en.strip(),
            source=f"said here by {by.username}", mark=SIMULATED if held[0].simulated else "R",
            simulated=held[0].simulated, by=by.username)
        write_line(by=by, act="collaboration.arrange", subject=f"crossing:{code}", reason=made.basis_zh,
                   after={"matter": matter, "mode": mode, "places": places, "legs": made.legs, "from": day})
    return made


def load_arrangements(*, by: Actor, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert those that are not there yet, as reviewed text has them; returns how many."""
    return sum(_load(by, row) for row in rows)


def _load(by: Actor, row: Mapping[str, Any]) -> int:
    catalogue().matter(row["matter"])
    read_legs(row["legs"])
    since = row["from"] if isinstance(row["from"], date) else parse_day(str(row["from"]))
    _kept, new = CrossRegion.objects.get_or_create(code=row["code"], defaults={
        "matter": row["matter"], "mode": row["mode"], "regions": [str(one) for one in row.get("regions") or ()],
        "area": row.get("area", ""), "legs": row["legs"], "valid_from": since, "basis_zh": row["basis_zh"],
        "basis_en": row["basis_en"], "source": row["source"], "mark": row["mark"],
        "simulated": row["mark"] == SIMULATED, "by": by.username})
    return int(new)


# -- how each leg was kept -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LegResult:
    """One leg of one matter between two places; ``who``: the place whose move it is, or was."""

    matter: str
    came_from: str
    region: str
    leg: str
    counts: Mapping[str, int]

    @property
    def who(self) -> str:
        return self.came_from if self.leg == ACCEPT else self.region

    @property
    def conformance(self) -> float | None:
        """Done in time, of all that had a limit and are done or late; None where there are none."""
        judged = self.counts["kept"] + self.counts["broken"] + self.counts["overdue"]
        return self.counts["kept"] / judged if judged else None


def legs_of(*, source: str, as_of: date | None = None) -> list[LegResult]:
    """Each leg of the cases of a source that were accepted in one place and handled in another, at its data date.

    A case counts under the limits of the day on which it was accepted. None where the source has no such cases.
    """
    files = lake().files(sources=[source])
    if not files:
        return []
    day = as_of or data_date(source)
    names, matters = dict(Region.objects.values_list("pk", "code")), dict(Matter.objects.values_list("pk", "code"))
    pairs = DuckDB().rows("SELECT DISTINCT matter, came_from, region FROM cases WHERE came_from > 0",
                          Inputs(files)).to_pylist()
    limits = _limits([(row["matter"], row["came_from"], row["region"]) for row in pairs], matters, names)
    found = counted(files, limits, day_number(day), _ordinal(source, day))
    return [LegResult(matters[matter], names[came], names[region], ACCEPT if leg == FIRST else HANDLE, counts)
            for (matter, came, region, leg), counts in sorted(found.items())]


def _limits(pairs: Sequence[tuple[int, int, int]], matters: Mapping[int, str], names: Mapping[int, str]
            ) -> list[Limit]:
    """The limits of every arrangement that covers a pair of places, each until a later one begins."""
    held = arrangements()
    found: list[Limit] = []
    for matter, came, region in pairs:
        fitting = sorted((one for one in held if one.matter == matters.get(matter)
                          and _covers(one, names[came], names[region])), key=lambda one: one.since)
        for at, one in enumerate(fitting):
            later = [day_number(other.since) - 1 for other in fitting[at + 1:at + 2]]
            last = min(day_number(one.until), FAR_DAY, *later)
            found.append(Limit(matter, came, region, day_number(one.since), last, _days(one),
                               all(leg.unit == "working_day" for leg in one.legs if leg.limit is not None)))
    return found


def _days(one: Arrangement) -> tuple[int, int]:
    first, second = (one.leg(code).limit for code in (ACCEPT, HANDLE))
    return NO_LIMIT if first is None else first, NO_LIMIT if second is None else second


def _covers(one: Arrangement, came: str, region: str) -> bool:
    """Whether both places lie in different places of the arrangement."""
    out, into = ({place for place in one.places if place in _way(code)} for code in (came, region))
    return bool(out) and bool(into) and out != into


def _way(code: str) -> tuple[str, ...]:
    place = tree().known(code)
    return tree().path(code, min(place.valid_until, max(place.valid_from, timezone.localdate())))


def _ordinal(source: str, day: date) -> int:
    """The working-day ordinal of the data date in the calendar of the source's places."""
    calendars = list(calendars_of(source, version("regions")).values())
    return calendars[0].ordinal(day) if calendars else 0


__all__ = ["COUNTS", "LEGS", "LegResult", "arrange", "arrangements", "legs_of", "load_arrangements"]
