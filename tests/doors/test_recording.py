"""Recording a provision at the workbench: who may, what is shown first, what is refused, what is kept."""

from datetime import date

import pytest

from jizhun.people.models import AuditLine
from jizhun.provisions.actions import promised
from jizhun.provisions.models import Document, Provision

FORM = {
    "subject": "NB029-EX01", "measure": "promised_limit", "region": "990101", "modality": "floor", "value": "2",
    "unit": "working_day", "from": "2027-01-01", "document": "new",
    "title_zh": "松甲区关于失业保险金办理时限的公开承诺（模拟）", "number": "",
    "published_on": "2026-12-20", "source": "made up for this test", "mark": "SIM", "step": "look"}
NEW = "/en/work/provisions/new/"


def in_force(region: str, on: date = date(2027, 2, 1)) -> str:
    (answer,) = promised(matter="NB029-EX01", region=region, on=on, measure="promised_limit")
    return str(answer.value)


def recorded(client, **changes: str):
    """Look first, then record with what was seen."""
    looked = client.post(NEW, {**FORM, **changes})
    return client.post(NEW, {**FORM, **changes, "step": "record", "seen": looked.context["seen"]})


@pytest.mark.parametrize(("who", "status"), [
    ("county", 200), ("province", 200), ("nation", 200), ("clerk", 403), ("reviewer", 403), ("reader", 403)])
def test_only_editors_of_the_place_may_record(signed_in, who, status):
    client = signed_in(who)
    assert client.get("/en/work/provisions/").status_code == (200 if who == "reviewer" else status)
    assert client.post(NEW, FORM).status_code == status


def test_a_county_editor_cannot_record_for_another_place(signed_in):
    assert signed_in("county").post(NEW, {**FORM, "region": "990201"}).status_code == 403
    assert signed_in("county").post(NEW, {**FORM, "region": "990000"}).status_code == 403
    assert Provision.objects.filter(source="made up for this test").count() == 0


def test_strangers_are_led_to_sign_in(signed_in):
    assert signed_in("stranger").post(NEW, FORM).url.startswith("/en/work/sign-in/")


def test_what_it_would_change_is_seen_before_anything_is_kept(signed_in):
    before = Provision.objects.count()
    page = signed_in("county").post(NEW, FORM)
    (line,) = page.context["change_table"].rows
    assert line[2:4] == ["3 working days", "2 working days"]
    assert Provision.objects.count() == before
    assert "Record it" in page.content.decode()


def test_recording_supersedes_from_its_day_and_not_before(signed_in):
    assert recorded(signed_in("county")).status_code == 302
    assert "amount=Decimal('2')" in in_force("990101")
    assert "amount=Decimal('3')" in in_force("990101", date(2026, 12, 31))
    assert Document.objects.get(title_zh=FORM["title_zh"]).region == "990101"
    assert [line.act for line in AuditLine.objects.order_by("-pk")[:2]] == ["provision.record", "provision.paper"]


def test_a_rise_of_the_province_is_seen_in_every_county_that_it_carries(signed_in):
    page = signed_in("province").post(NEW, {**FORM, "region": "990000", "value": "1"})
    assert len(page.context["effect"].places) > 50
    assert "and" in page.content.decode() and "more" in page.content.decode()


def test_less_than_the_standard_above_is_refused_with_the_sentence(signed_in):
    refused = recorded(signed_in("county"), value="8")
    assert refused.status_code == 400
    assert "is below the standard above" in refused.content.decode()
    assert Document.objects.filter(title_zh=FORM["title_zh"]).count() == 0  # nothing half-done


def test_less_than_the_standard_above_is_kept_where_the_paper_really_says_so(signed_in):
    assert recorded(signed_in("county"), value="8", documents_paper="1").status_code == 302
    assert "amount=Decimal('3')" in in_force("990101")  # the standard above goes on to hold
    (answer,) = promised(matter="NB029-EX01", region="990101", on=date(2027, 2, 1), measure="promised_limit")
    assert [one.kind for one in answer.findings] == ["below_standard_above"]


def test_what_was_seen_must_still_be_true(signed_in):
    client = signed_in("county")
    seen = client.post(NEW, FORM).context["seen"]
    assert recorded(signed_in("province"), region="990000", value="2", title_zh="省级（模拟）").status_code == 302
    again = client.post(NEW, {**FORM, "step": "record", "seen": seen})
    assert again.status_code == 200 and "recorded in the meantime" in again.content.decode()
    assert Provision.objects.filter(region="990101", source="made up for this test").count() == 0


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"subject": ""}, "Choose a service."),
    ({"from": "2027-02-30"}, "2027-02-30"),
    ({"value": "soon"}, "soon"),
    ({"region": "123456"}, "123456"),
    ({"measure": "kindness"}, "kindness"),
    ({"title_zh": ""}, "Say the paper"),
    ({"unit": "fortnight"}, "fortnight"),
])
def test_each_fault_is_told_and_nothing_typed_is_lost(signed_in, changes, sentence):
    page = signed_in("nation").post(NEW, {**FORM, **changes})
    text = page.content.decode()
    assert page.status_code in (400, 404)
    assert sentence in text
    if page.status_code == 400:
        assert FORM["title_zh"] in text or "title_zh" in changes


@pytest.mark.parametrize("asked", ["abc", "-1", "9" * 5000, "99999999"])
def test_a_provision_that_does_not_exist_leads_to_an_empty_form(signed_in, asked):
    page = signed_in("county").get(NEW, {"supersede": asked})
    assert page.status_code == 200 and '<option value="990101" selected>' in page.content.decode()


def test_a_row_leads_to_the_form_that_supersedes_it(signed_in):
    page = signed_in("province").get("/en/work/provisions/?q=NB029-EX01")
    href = page.context["table"].rows[0][-1].href
    form = signed_in("province").get(f"{href}").content.decode()
    assert 'value="NB029-EX01" selected' in form
