"""Is anybody left behind? Groups with needs of their own beside everybody else: how served, which promises kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from jizhun.analytics.cases import CHANNELS
from jizhun.catalogue.models import Group
from jizhun.evaluation.actions import Result, evaluate
from jizhun.evaluation.rules.inclusion import Gap, Reach, Served, Ways, gap, reach, read_ways, served
from jizhun.guides.actions.points import points_within
from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.texts import yaml_of
from jizhun.regions.actions import tree

INDEX = "conformance"


@dataclass(frozen=True)
class GroupRow:
    """One group beside everybody else: how it was served, and the gaps in being online and in kept promises."""

    code: str
    name: Bilingual
    own: Served
    others: Served
    online: Gap
    kept: Gap


@dataclass(frozen=True)
class Inclusion:
    """Everybody, every group with cases (those with needs of their own first), and how far service points lie."""

    whole: Served
    groups: tuple[GroupRow, ...]
    looked_at: tuple[str, ...]
    reach: Reach
    result: Result


def inclusion(*, source: str, region: str | None = None, first: date | None = None,
              last: date | None = None) -> Inclusion:
    """How groups were served among the cases of ``source`` accepted from ``first`` to ``last`` in ``region``.

    A group is its own name and all narrower ones; it stands beside all other cases, so that nobody is compared with
    themselves. Raises Refused like ``evaluate``.
    """
    result = evaluate(index=INDEX, source=source, by="group,channel", region=region, first=first, last=last)
    ways = _ways()
    rows = [(row.labels[0][0], row.labels[1][0], row.figure.cases, row.figure.numerator, row.figure.denominator)
            for row in result.rows]
    names = {code: Bilingual(zh, en) for code, zh, en in Group.objects.values_list("code", "name_zh", "name_en")}
    wider = _wider()
    present = {wide for group, *_ in rows for wide in wider[group] if wide != "all"}
    present -= {wide for wide in present - {*ways.groups} if _says_nothing_more(wide, rows, wider)}
    ordered = [one for one in ways.groups if one in present] + sorted(present - {*ways.groups})
    return Inclusion(served((row[1:] for row in rows), ways), tuple(_row(code, names[code], rows, wider, ways)
                                                                   for code in ordered),
                     ways.groups, _reach(region), result)


Row = tuple[str, str, int, int, int]


def _row(code: str, name: Bilingual, rows: Sequence[Row], wider: Mapping[str, tuple[str, ...]],
         ways: Ways) -> GroupRow:
    own = served((row[1:] for row in rows if code in wider[row[0]]), ways)
    others = served((row[1:] for row in rows if code not in wider[row[0]]), ways)
    return GroupRow(code, name, own, others, gap(own.online, others.online), gap(own.kept, others.kept))


def _says_nothing_more(wide: str, rows: Sequence[Row], wider: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a group holds just the cases of one narrower group."""
    return len({row[0] for row in rows if wide in wider[row[0]]}) == 1 and all(row[0] != wide for row in rows)


def _wider() -> dict[str, tuple[str, ...]]:
    """Each group with all those it lies in, itself first."""
    above = dict(Group.objects.values_list("code", "parent"))
    found = {}
    for code in above:
        way, at = [code], above[code]
        while at:
            way.append(at)
            at = above.get(at, "")
        found[code] = tuple(way)
    return found


def _ways() -> Ways:
    file = Path(settings.DATA_DIR) / "satisfaction" / "inclusion.yaml"
    return read_ways(yaml_of(file.read_bytes(), file.name), file.name,
                     Group.objects.values_list("code", flat=True), CHANNELS)


def _reach(region: str | None) -> Reach:
    """The service points on record within a place."""
    held, today = tree(), timezone.localdate()
    codes = held.within(region, today) if region else held.existing(today)
    wanted = held.known(region).simulated if region else False
    return reach(points_within(places=[code for code in codes if held.known(code).simulated == wanted], on=today))


__all__ = ["GroupRow", "Inclusion", "inclusion"]
