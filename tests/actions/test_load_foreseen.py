"""What a load would touch is seen before it is taken, and nothing of it is kept by looking."""

import io
from collections.abc import Iterator
from datetime import date

import pytest
from django.core.management import call_command

import touched as made
from jizhun import loading
from jizhun.catalogue.models import Edition
from jizhun.impact.models import ImpactList
from jizhun.kernel.bilingual import Refused
from jizhun.loading.foreseeing import would_touch
from jizhun.people.rules import SYSTEM
from jizhun.provisions.models import MeasureRow
from jizhun.regions.actions import bump, versions
from jizhun.regions.models import Region, Succession

pytestmark = pytest.mark.usefixtures("world", "db")


def an_edition() -> Iterator[object]:
    yield made.edition()


def a_merger() -> Iterator[object]:
    held = Region.objects.in_bulk(field_name="code", id_list=[made.COUNTY, "990102"])
    yield Succession.objects.create(old=held[made.COUNTY], new=held["990102"], kind="merge", on=date(2027, 1, 1),
                                    source="test", mark="SIM")
    bump("regions")


def a_meaning() -> Iterator[object]:
    row = MeasureRow.objects.get(code="promised_limit")
    row.fields = {**row.fields, "name_en": "Another name"}
    row.save()
    yield bump("provisions")


@pytest.mark.parametrize(("load", "plant", "dependant"), [
    (an_edition, made.guide, "guide"), (a_merger, made.role, "role"), (a_meaning, made.value, "value")])
def test_a_load_is_looked_at_and_taken_back(load, plant, dependant):
    plant()
    before = versions("regions", "catalogue", "provisions")
    [listing] = would_touch(load)
    assert listing.counts[dependant] > 0
    assert versions("regions", "catalogue", "provisions") == before and not ImpactList.objects.exists()
    assert not Edition.objects.filter(code="next").exists() and not Succession.objects.filter(on="2027-01-01").exists()
    assert MeasureRow.objects.get(code="promised_limit").fields.get("name_en") != "Another name"


def test_the_same_data_again_would_touch_nothing():
    assert would_touch(lambda: loading.national(by=SYSTEM)) == []
    said = io.StringIO()
    call_command("load", "national", look=True, stdout=said)
    assert said.getvalue().strip() == "Nothing that is there would change."


def test_a_load_that_is_refused_is_refused_in_its_own_sentence(tmp_path):
    with pytest.raises(Refused):
        would_touch(lambda: loading.package(by=SYSTEM, folder=tmp_path / "nowhere"))
