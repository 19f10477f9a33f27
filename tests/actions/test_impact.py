"""What a change of promises does to guides and procedures, before it is recorded."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from jizhun.guides import actions as guides
from jizhun.impact.actions import reached
from jizhun.people.models import User
from jizhun.procedures import actions as procedures
from jizhun.provisions.actions import foreseen

pytestmark = pytest.mark.usefixtures("world", "db")
MATTER, COUNTY, PROVINCE = "NB029-EX01", "990101", "990000"


def row(measure: str, value: Any, unit: str | None = "working_day") -> dict[str, Any]:
    said = {"subject": MATTER, "measure": measure, "region": PROVINCE, "modality": "floor", "value": value,
            "from": (timezone.localdate() + timedelta(1)).isoformat(), "document": "sim-limits-2025", "mark": "SIM",
            "source": "test", "clause_zh": "一", "clause_en": "1"}
    return said | ({"unit": unit} if unit else {})


def touched(measure: str, value: Any, unit: str | None = "working_day") -> list[tuple[str, str, str]]:
    found = reached(effects=[foreseen(row=row(measure, value, unit))])
    return [(one.sort, one.place, one.why.en) for one in found.touched]


def write(region: str, **fields: Any) -> None:
    guides.record(by=User.objects.get(username="province-editor"), sort="guide", matter=MATTER, region=region,
                  fields=fields)


def test_steps_that_are_longer_than_the_new_limit() -> None:
    found = touched("promised_limit", 2)
    assert ("procedure", PROVINCE) in [one[:2] for one in found]
    assert "is longer than the promised limit, 2 working days" in next(one[2] for one in found if one[0] == "procedure")


def test_a_county_with_longer_steps_of_its_own_is_named() -> None:
    whole = procedures.procedure(matter=MATTER, region=COUNTY, on=timezone.localdate())
    steps = [dict(one) for one in whole.whole.content("steps")]
    next(one for one in steps if one["id"] == "examine")["limit"] = {"amount": 9, "unit": "working_day"}
    procedures.record(by=User.objects.get(username="county-editor"), matter=MATTER, region=COUNTY,
                      fields={"steps": steps})
    assert {place for sort, place, _why in touched("promised_limit", 2) if sort == "procedure"} == {PROVINCE, COUNTY}


def test_words_that_name_the_old_value() -> None:
    write(COUNTY, delivery={"zh": "3 个工作日内寄出", "en": "Posted within 3 working days"})
    write("990102", delivery={"zh": "当天寄出", "en": "Posted on the same day"})
    assert [place for sort, place, _why in touched("promised_limit", 2) if sort == "guide"] == [COUNTY]


def test_notes_on_materials_no_longer_asked_for() -> None:
    write(COUNTY, material_notes=[{"id": "claim_form", "zh": "窗口填写", "en": "Filled in at the counter"}])
    found = touched("materials", {"set": ["identity_or_social_security_card"]}, None)
    assert ("guide", COUNTY, "It explains materials that are no longer asked for: Claim form.") in found


def test_guides_that_show_it_by_themselves_are_only_counted() -> None:
    found = reached(effects=[foreseen(row=row("fee", 0, "CNY"))])
    assert found.follow > 90 and not found.touched
