"""``jizhun truth`` counts what there is, by mark."""

import io
import json

import pytest
from django.core.management import call_command

from jizhun import loading
from jizhun.people.rules import SYSTEM
from jizhun.provisions.models import Provision


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
