"""Two fictional counties that end: one goes into a district that was there, another gets a new code."""

from datetime import date

from jizhun.people.rules import SYSTEM
from jizhun.provisions.actions import record
from jizhun.regions.actions import bump
from jizhun.regions.models import Region, RegionParent, Succession

END, TURN = date(2025, 12, 31), date(2026, 1, 1)
MERGED, INTO, RENAMED, NEW = "990191", "990101", "990192", "990193"
BENEFIT = "NB029-EX01"


def place(code: str, first: date | None = None) -> Region:
    days = {"valid_from": first} if first else {}
    made = Region.objects.create(code=code, name_zh=f"{code}县", name_en=f"County {code}", kind="county", level=3,
                                 root="CN", simulated=True, source="test", mark="SIM", **days)
    RegionParent.objects.create(region=made, parent=Region.objects.get(code="990100"), role="administrative",
                                source="test", mark="SIM", **days)
    return made


def make_counties() -> None:
    """Two counties as they were, and the code that one of them gets later."""
    place(MERGED)
    place(RENAMED)
    place(NEW, first=TURN)
    bump("regions")


def redraw() -> None:
    """One county goes into a district that was there, another gets a new code."""
    Region.objects.filter(code__in=(MERGED, RENAMED)).update(valid_until=END)
    # In two steps: PostgreSQL, which has not looked at tables as new as these, joins them for minutes in one.
    ended = list(Region.objects.filter(code__in=(MERGED, RENAMED)).values_list("pk", flat=True))
    RegionParent.objects.filter(region__in=ended).update(valid_until=END)
    for old, new, kind in ((MERGED, INTO, "merge"), (RENAMED, NEW, "rename")):
        Succession.objects.create(old=Region.objects.get(code=old), new=Region.objects.get(code=new), kind=kind,
                                  on=TURN, source="test", mark="SIM")
    bump("regions")


def promise(region: str, value: int, matter: str = BENEFIT) -> None:
    record(by=SYSTEM, documents_paper=True, row={
        "subject": matter, "measure": "promised_limit", "region": region, "modality": "floor", "value": value,
        "unit": "working_day", "from": "2025-02-01", "mark": "SIM", "source": "test"})


def merged() -> tuple[str, str]:
    """The county that is merged, having promised one day, and the district it goes into."""
    make_counties()
    promise(MERGED, 1)
    redraw()
    return MERGED, INTO
