"""The directory of everything a delivery is looked up in, drawn from the tree of places and the catalogue."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from jizhun.analytics.cases import EPOCH
from jizhun.catalogue.models import Group, Matter
from jizhun.delivery.rules.directory import Directory, Entry, Register
from jizhun.delivery.rules.reviewing import Catalogue, read_categories
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import BEGINNING, FAR
from jizhun.kernel.texts import yaml_of
from jizhun.kernel.working_days import Calendar
from jizhun.regions.actions import tree
from jizhun.regions.models import Region, RegionDayOff
from jizhun.regions.rules import Place, Tree

OwnDays = Mapping[date, bool]


def directory(within: str, calendar: str) -> Directory:
    """Matters of the list that ``within`` belongs to, places in it, groups; Refused when there is no such list."""
    places = tree()
    root = places.known(within).root
    matters = [
        Entry(pk, code, Bilingual(zh, en))
        for pk, code, zh, en in Matter.objects.filter(item__root=root).values_list(
            "pk", "code", "name_zh", "name_en"
        )
    ]
    if not matters:
        raise Refused(
            zh=f"“{root}”尚未载入服务目录，请先 jizhun load。",
            en=f"No catalogue is loaded for “{root}”; run jizhun load first.",
        )
    numbers = _calendar_numbers(places)
    inside = list(_regions(places, within, numbers))
    outside = {code: places.known(code).name for code in Region.objects.values_list("code", flat=True)}
    for entry in inside:
        del outside[entry.code]
    return Directory(
        matters=Register(matters, Bilingual("事项", "Matter")),
        regions=Register(inside, Bilingual("地区", "Region"), outside),
        groups=Register(
            [
                Entry(pk, code, Bilingual(zh, en))
                for pk, code, zh, en in Group.objects.values_list("pk", "code", "name_zh", "name_en")
            ],
            Bilingual("服务对象", "Group"),
        ),
        calendars=_calendars(calendar, numbers),
    )


def reason_catalogue() -> Catalogue:
    """What people find fault with, as the data says."""
    return _reasons(settings.DATA_DIR / "satisfaction" / "reasons.yaml")


@lru_cache(maxsize=4)
def _reasons(file: Path) -> Catalogue:
    return read_categories(yaml_of(file.read_bytes(), file.name), file.name)


def _regions(places: Tree, within: str, numbers: Mapping[str, int]) -> Iterator[Entry]:
    for pk, code in Region.objects.values_list("pk", "code"):
        place = places.known(code)
        path = places.path(
            code, place.valid_until if place.valid_until < FAR else max(place.valid_from, date.today())
        )
        if within in path:
            yield Entry(
                number=pk,
                code=code,
                name=place.name,
                above=path[:-1],
                first_day=_day(place.valid_from),
                last_day=_day(place.valid_until),
                gone=_gone(places, place),
                calendar=next((numbers[above] for above in reversed(path) if above in numbers), 0),
            )


def _day(day: date) -> int:
    return 0 if day == BEGINNING else (day - EPOCH).days


def _gone(places: Tree, place: Place) -> Bilingual:
    """Why a case cannot lie in this place on a day on which it did not exist."""
    if place.valid_until < FAR:
        try:
            places.place(place.code, FAR)
        except Refused as refused:
            return refused.sentence
    return Bilingual(
        f"{place.code} {place.name.zh} 自 {place.valid_from} 起才存在",
        f"{place.code} {place.name.en} exists only since {place.valid_from}",
    )


def _calendar_numbers(places: Tree) -> dict[str, int]:
    """Places with days off of their own, each with the number of its calendar; 0 is the country's."""
    codes = RegionDayOff.objects.order_by("region__code").values_list("region__code", flat=True).distinct()
    return {code: number for number, code in enumerate(codes, 1)}


def _calendars(calendar: str, numbers: Mapping[str, int]) -> dict[int, Calendar]:
    country, _, part = calendar.partition("-")
    return {0: Calendar(country, part, estimate=True)} | {
        number: Calendar(country, part, own=_own_days(code), estimate=True)
        for code, number in numbers.items()
    }


def _own_days(code: str) -> OwnDays:
    """Days that the place or one above it declared; the nearest speaks."""
    places = tree()
    path = places.path(code, min(places.known(code).valid_until, date.today()))
    rows = RegionDayOff.objects.filter(region__code__in=path).values_list("region__code", "day", "working")
    return {day: working for _, day, working in sorted(rows, key=lambda row: path.index(row[0]))}
