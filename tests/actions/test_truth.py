"""``jizhun truth`` counts what there is, by mark."""

import io
import json

import pytest
from django.core.management import call_command

from jizhun import loading
from jizhun.guides.models import LayerVersion
from jizhun.people.rules import SYSTEM
from jizhun.provisions.models import Provision
from jizhun.standards.actions import library


def counted() -> dict[str, dict[str, int]]:
    said = io.StringIO()
    call_command("truth", json=True, stdout=said)
    return {row["what"]["en"]: row for row in json.loads(said.getvalue())}


@pytest.mark.django_db
def test_every_provision_is_counted_once_and_simulated_ones_apart() -> None:
    assert counted()["provisions"]["verified"] == 0
    list(loading.national(by=SYSTEM))
    real = counted()["provisions"]
    assert real["verified"] + real["unverified"] == Provision.objects.count()
    assert real["verified"] == Provision.objects.filter(mark__in=["V", "D"]).count() > 100
    assert real["simulated"] == 0
    list(loading.simulated_places(by=SYSTEM))
    assert counted()["provisions"]["simulated"] == Provision.objects.filter(mark="SIM").count() > 20


@pytest.mark.django_db
def test_standards_are_counted_by_their_marks() -> None:
    list(loading.national(by=SYSTEM))
    row, marks = counted()["standards"], [one.mark for one in library().by_number.values()]
    assert row["verified"] == marks.count("V") > 60
    assert row["verified"] + row["unverified"] == len(marks) > 100
    assert counted()["lines of standards systems"]["verified"] == 0  # our own proposals, all of them


@pytest.mark.django_db
def test_fields_of_guides_are_counted_by_their_marks() -> None:
    list(loading.national(by=SYSTEM))
    marks = [said["mark"] for fields in LayerVersion.objects.filter(sort="guide").values_list("fields", flat=True)
             for said in fields.values()]
    row = counted()["fields of service guides"]
    assert row["verified"] == sum(mark in ("V", "D") for mark in marks) > 900
    assert row["verified"] + row["unverified"] == len(marks) and row["simulated"] == 0
    assert counted()["ledger of the list"]["simulated"] == 0
