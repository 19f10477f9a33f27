"""The faults planted in the guides of the fictional province are found, and one guide and all at once agree on them."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from jizhun import loading
from jizhun.guides.actions.checking import findings_of, findings_within
from jizhun.guides.rules.checks import Finding
from jizhun.people.rules import SYSTEM
from jizhun.regions.actions import tree

pytestmark = pytest.mark.usefixtures("planted", "db")
PROVINCE = "990000"


@pytest.fixture(scope="module")
def planted(world: None, django_db_blocker: Any) -> Iterator[None]:
    """The fictional province with its guides, service points and claims."""
    with django_db_blocker.unblock():
        list(loading.simulated_guides(by=SYSTEM))
        yield


def test_each_is_found_at_the_place_that_made_it() -> None:
    today = timezone.localdate()
    found = findings_within(regions=tree().within(PROVINCE, today), on=today)
    told = {(matter, place, one.kind) for (matter, place), some in found.items() for one in some}
    assert told >= {
        ("NB029-EX01", "990427", "refused"), ("NB050-EX01", "990328", "telephone"),
        ("NB049-EX01", "990203", "untranslated"), ("NB024-EX03", "990528", "hard_to_read"),
        ("NB029-EX01", "990629", "material_not_allowed"), ("NB050-EX01", "990625", "expired_basis"),
        ("NB049-EX08", "990126", "out_of_step"), ("NB021-EX02", "990402", "worse_than_above")}
    kinds = [kind for _, _, kind in told]
    assert [kinds.count(kind) for kind in ("telephone", "untranslated", "material_not_allowed", "refused")] == [1] * 4


def as_told(some: Any) -> set[tuple[str, ...]]:
    return {(one.kind, one.severity, one.field, one.item, one.sentence.zh, one.quote) for one in some}


@pytest.mark.parametrize(("matter", "place"), [
    ("NB029-EX01", "990427"), ("NB050-EX01", "990328"), ("NB024-EX03", "990528"), ("NB029-EX01", "990629"),
    ("NB050-EX01", "990625"), ("NB049-EX08", "990126"), ("NB021-EX02", "990402"), ("NB029-EX01", "330102"),
    ("NB018-EX01", "990301")])
def test_one_guide_and_all_at_once_say_the_same(matter: str, place: str) -> None:
    today = timezone.localdate()
    alone: list[Finding] = [one for one in findings_of(matter=matter, region=place, on=today)
                            if one.place == place and one.field != "points"]
    among = findings_within(regions=[place], on=today, matters=[matter])
    assert as_told(alone) == as_told(among.get((matter, place), ()))
