"""The pages of impact with the cast: who sees what, the files, the forms, and publishing only what was seen."""

import csv
import io
from typing import Any

import pytest

import touched as made
from drafting_cast import person
from jizhun.impact.actions import see
from jizhun.impact.models import ImpactList
from jizhun.people.models import Notice
from jizhun.standards.actions import known, library

HOME, SEE = "/en/work/impact/", "/en/work/impact/see/"


def text(response: Any) -> str:
    return response.content.decode()


def listed() -> str:
    made.guide()
    made.asked()
    return f"{HOME}{see(by=person('province-editor'), change=made.provision()).token}/"


@pytest.mark.parametrize(("who", "status"), [
    ("province", 200), ("county", 200), ("clerk", 200), ("nation", 200), ("elsewhere", 403), ("stranger", 302)])
def test_who_sees_a_list(signed_in, who, status):
    assert signed_in(who).get(listed()).status_code == status


def test_the_list_says_who_has_to_act_on_what_and_why(signed_in):
    address = listed()
    page = text(signed_in("province").get(address))
    assert "Unemployment benefit claim" in page and "Pine Jia District" in page
    assert "Its own words name the old value" in page and "Service guides" in page
    below = text(signed_in("county").get(address))
    assert "Only what concerns the places of your roles is shown." in below and "Pine Yi District" not in below
    only = text(signed_in("province").get(f"{address}?kind=question"))
    assert "Q-touched" in only and "Its own words name the old value" not in only


def test_the_files_hold_all_of_it(signed_in):
    address, client = listed(), signed_in("province")
    plain = client.get(f"{address[:-1]}.json").json()
    rows = list(csv.DictReader(io.StringIO(text(client.get(f"{address}?csv=touched")).removeprefix("\ufeff"))))
    assert sum(plain["counts"].values()) == sum(int(one["n"]) for one in rows) and plain["moved"] is False
    assert {one["dependant"] for one in plain["touched"]} == set(plain["counts"])
    actors = list(csv.DictReader(io.StringIO(text(client.get(f"{address}?csv=actors")).removeprefix("\ufeff"))))
    assert sum(int(one["n"]) for one in actors) == sum(plain["counts"].values())
    assert b"<svg" in client.get(f"{address}?svg=map").content or b"<svg" in client.get(f"{address}?svg=who").content


def test_a_list_that_is_not_there(signed_in):
    assert signed_in("nation").get(f"{HOME}nothing/").status_code == 404
    assert signed_in("nation").get(f"{HOME}nothing.json").status_code == 404


def test_once_something_has_moved_on_the_page_says_so(signed_in):
    address = listed()
    assert "has moved since" in text(signed_in("province").get(address))
    made.value()
    assert "nothing can be published by it any more" in text(signed_in("province").get(address))


@pytest.mark.parametrize(("who", "kind", "said", "status"), [
    ("nation", "matter", {"code": made.MATTER}, 302), ("nation", "measure", {"code": "promised_limit"}, 302),
    ("nation", "region", {"code": "990101", "into": "990102", "what": "merge"}, 302),
    ("nation", "edition", {"older": "2021", "newer": "2023"}, 302), ("nation", "matter", {"code": "NB999"}, 400),
    ("nation", "matter", {}, 400), ("nation", "weather", {"code": "1"}, 400),
    ("province", "matter", {"code": made.MATTER}, 403), ("clerk", "matter", {"code": made.MATTER}, 403),
    ("nation", "day_off", {"region": "990000", "day": "2026-02-30"}, 400)])
def test_a_change_that_comes_with_a_load_is_looked_at(signed_in, who, kind, said, status):
    response = signed_in(who).post(HOME, {"kind": kind, **said})
    assert response.status_code == status and ImpactList.objects.count() == (status == 302)
    if status == 302:
        assert signed_in(who).get(response.url).status_code == 200


def test_the_form_leads_to_the_whole_list_and_a_forged_one_nowhere(signed_in):
    client = signed_in("province")
    form = {"subject": made.MATTER, "measure": "promised_limit", "region": made.PROVINCE, "modality": "floor",
            "value": "2", "unit": "working_day", "from": made.tomorrow().isoformat(), "document": "sim-limits-2025",
            "clause_zh": "一", "mark": "SIM", "source": "test"}
    made.guide()
    looked = client.post("/en/work/provisions/new/", {**form, "step": "look"})
    assert "What the change touches" in text(looked) and "Service guides" in text(looked)
    whole = client.post(SEE, {"impact_held": looked.context["impact_held"]})
    assert whole.status_code == 302 and "Pine Jia District" in text(client.get(whole.url))
    assert client.post(SEE, {"impact_held": "made up"}).status_code == 400
    assert client.get(SEE).status_code == 405
    other = client.post("/en/work/provisions/new/", {**form, "value": "1", "step": "record",
                                                     "seen": looked.context["seen"]})
    assert other.status_code == 200 and "Something else was recorded in the meantime" in text(other)
    done = client.post("/en/work/provisions/new/", {**form, "step": "record", "seen": looked.context["seen"]})
    assert done.status_code == 302
    (told,) = Notice.objects.filter(username="county-editor", about__startswith="impact:")
    assert signed_in("county").get(f"/en/{told.href}").status_code == 200


def test_a_standard_is_withdrawn_only_after_its_impact_was_seen(signed_in):
    made.gone_standard()
    cites = made.standard()
    client, address = signed_in("reviewer"), "/en/work/standards/"
    form = {"do": "review", "number": made.GONE, "verdict": "withdraw", "reason": "nobody needs it"}
    looked = client.post(address, form)
    assert looked.status_code == 200 and "What the withdrawal of" in text(looked)
    assert looked.context["impact_counts"].rows[0][1].plain == 1 and cites
    made.value()
    stale = client.post(address, {**form, "seen": "x"})
    assert "Something has moved on since it was seen" in text(stale)
    assert library().status(known(made.GONE), made.today()) == "current"
    assert client.post(address, {**form, "seen": looked.context["seen"]}).status_code == 302
    assert library().status(known(made.GONE), made.today()) == "withdrawn"
