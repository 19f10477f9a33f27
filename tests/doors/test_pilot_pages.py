"""Pilots as officials and the public meet them: works, wrong place, stranger; in both languages."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone

from jizhun.frame.pilots import enough
from jizhun.loading.piloted import simulated_pilot_cases, simulated_pilots
from jizhun.people.models import User
from jizhun.people.rules import SYSTEM
from jizhun.pilots.actions.programmes import pilots, programme_of, stands
from jizhun.pilots.models import PilotApplication, PilotProgramme, Practice
from jizhun.pilots.rules.programmes import SELECTED
from pilot_cast import SHEET

SignedIn = Callable[[str], Client]
OPEN, DONE = "/en/work/pilots/programmes/sample-open/", "/en/work/pilots/programmes/sample-2025/"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


@pytest.fixture(scope="module")
def piloted(world: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The simulated programmes with their cases, made once."""
    from django.conf import settings

    before = settings.LAKE, settings.FILES
    settings.FILES = Path(tmp_path_factory.mktemp("files"))
    settings.LAKE = str(settings.FILES / "lake")
    with django_db_blocker.unblock(), transaction.atomic():
        point = transaction.savepoint()
        simulated_pilots(by=SYSTEM)
        simulated_pilot_cases(by=SYSTEM)
        yield
        transaction.savepoint_rollback(point)
    settings.LAKE, settings.FILES = before


@pytest.fixture
def acting(piloted: None, signed_in: SignedIn) -> Callable[[str], Client]:
    """A browser in which the login of this name has signed in."""
    def of(name: str) -> Client:
        client = signed_in("stranger")
        client.force_login(User.objects.get(username=name))
        return client
    return of


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def mine(region: str = "990101") -> PilotApplication:
    return next(one for one in pilots(programme_of("sample-2025")) if one.region == region)


# -- the public ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "shown"), [
    ("en", ("Pilot of standardising basic public services", "notice of October 2021", "Zhejiang", "North-east",
            "Standards of implementation in detail")),
    ("zh", ("海南日报", "浙江省", "东北", "应有尽有、承诺必达"))])
def test_the_pilot_of_2021_is_visible_as_history(reading, language, shown):
    assert "hrss-2021" in text(reading.get(f"/{language}/pilots/"))
    page = text(reading.get(f"/{language}/pilots/programmes/hrss-2021/"))
    assert [one for one in shown if one not in page] == []
    assert page.count("</tr>") == 8
    assert "after signing in" in text(reading.get("/en/pilots/programmes/hrss-2021/effect/"))


@pytest.mark.parametrize(("language", "shown"), [
    ("en", ("+6.8 percentage points", "95 % interval from +4.3 to +9.2", "an effect of +6.0 points was built into",
            "The interval holds it", "drawn by lot", "pilot begins")),
    ("zh", ("+6.8 个百分点", "95% 置信区间 +4.3 至 +9.2", "区间包含了它", "不是随机选出", "试点开始"))])
def test_did_it_work(piloted, reading, language, shown):
    page = text(reading.get(f"/{language}/pilots/programmes/sample-2025/effect/"))
    assert [one for one in shown if one not in page] == []
    rows = reading.get(f"/{language}/pilots/programmes/sample-2025/effect/", {"csv": "months"}).content.decode()
    assert rows.count("\n") == 19 and "2025-07" in rows
    svg = reading.get(f"/{language}/pilots/programmes/sample-2025/effect/", {"svg": "effect"})
    assert svg["Content-Type"].startswith("image/svg+xml") and b"line-2" in svg.content


@pytest.mark.parametrize("asked", [{"index": "nosuch"}, {"way": "nosuch"}, {"source": "nosuch"}])
def test_what_cannot_be_compared_is_a_sentence(piloted, reading, asked):
    page = text(reading.get("/en/pilots/programmes/sample-2025/effect/", asked))
    assert "Nothing to compare yet" in page and "There is no" in page


def test_practices_are_found_and_tell_adopters_and_the_effect_there(piloted, reading):
    found = text(reading.get("/en/pilots/", {"q": "same day"}))
    assert "sample-one-visit" in found and "sample-file-list" not in found
    page = text(reading.get("/en/pilots/practices/sample-one-visit/"))
    assert "places took it over" in page and "<dd>4</dd>" in page and "Cypress Wu County" in page
    assert "Nothing here says that it caused the change" in page
    for gone in ("pilots/practices/nosuch/", "pilots/programmes/nosuch/", "pilots/programmes/nosuch/effect/"):
        assert reading.get(f"/en/{gone}").status_code == 404


def test_means_of_fewer_than_three_real_places_are_not_told():
    assert [enough(0.9, 2, False), enough(0.9, 3, False), enough(0.9, 1, True)] == [None, 0.9, 0.9]


# -- officials -------------------------------------------------------------------------------------


def test_strangers_sign_in_first_and_others_do_not_see_what_is_not_theirs(acting, signed_in):
    held = mine()
    for page in ("/en/work/pilots/", OPEN, f"/en/work/pilots/applications/{held.pk}/"):
        assert signed_in("stranger").get(page).status_code == 302
    elsewhere = acting("county-clerk-elsewhere")
    assert elsewhere.get(f"/en/work/pilots/applications/{held.pk}/").status_code == 403
    assert elsewhere.get(f"/en/work/pilots/applications/{held.pk}/202509/").status_code == 403
    assert elsewhere.get(DONE).status_code == 200
    assert f"applications/{held.pk}/" not in text(elsewhere.get(DONE))
    assert acting("province-editor").get("/en/work/pilots/applications/999999/").status_code == 404


def test_from_application_to_verdict_and_practice(acting):
    county, expert, province = (acting(name) for name in ("county-editor", "outside-assessor", "province-editor"))
    told = {"region": "990101", "kind": "comprehensive", "why": "时限", "base": "指南", "will": "细化"}
    assert county.post(OPEN, {**told, "why": ""}).status_code == 400
    page = county.post(OPEN, told)["Location"]
    assert "Assess the application" not in text(county.get(page)) and "Decide on" not in text(county.get(page))
    assert county.post(page, {"act": "decide", "chosen": "yes", "reason": "x"}).status_code == 403

    assert expert.post(page, {"act": "score", "c-base": "31", "c-plan": "1", "c-use": "1", "opinion": "好"}
                       ).status_code == 400
    assert expert.post(page, {"act": "score", "c-base": "30", "c-plan": "40", "c-use": "30", "opinion": "好"}
                       ).status_code == 302
    assert "Points and balance propose: Pine Jia District" in text(province.get(OPEN))
    assert province.post(page, {"act": "decide", "chosen": "yes", "reason": "得分最高"}).status_code == 302

    programme = programme_of("sample-open")
    plan = "\n".join(f"{n} | *任务{n} | 综合科 | {programme.ends_on}" for n in (1, 2, 3))
    assert county.post(page, {"act": "plan", "goals": "目标", "tasks": "1 | x"}).status_code == 400
    assert county.post(page, {"act": "plan", "goals": "目标", "tasks": plan}).status_code == 302
    month = timezone.localdate().strftime("%Y%m")
    said = {"act": "month", "month": month, "t-t1": "50", "t-t2": "0", "t-t3": "0", "done": "清单已列", "links": ""}
    files = [SimpleUploadedFile("图.png", PNG), SimpleUploadedFile("表.csv", "事项,状态\n<b>甲</b>,完成\n".encode())]
    assert county.post(page, {**said, "t-t1": "150"}).status_code == 400
    assert county.post(page, {**said, "file": files}).status_code == 302
    assert "16.6 %" in text(county.get(page)) and "see them (2)" in text(county.get(page))

    seen = county.get(f"{page}{month}/")
    assert "&lt;b&gt;甲&lt;/b&gt;" in text(seen) and "<b>甲" not in text(seen)
    picture = re.search(r'<img src="([^"]+)"', text(seen))
    assert picture is not None and county.get(picture[1])["Content-Type"] == "image/png"
    assert "sandbox" in county.get(picture[1])["Content-Security-Policy"]
    assert expert.post(page, {"act": "assess", "stage": "mid", "opinion": "好", "advice": "go_on"}).status_code == 400
    sheet = {f"i-{name}": value for name, value in SHEET.items()}
    assert expert.post(page, {"act": "assess", "stage": "mid", "opinion": "好", "advice": "go_on", **sheet}
                       ).status_code == 302
    assert province.post(page, {"act": "verdict", "stage": "mid", "verdict": "stop"}).status_code == 400
    assert province.post(page, {"act": "verdict", "stage": "mid", "verdict": "go_on"}).status_code == 302
    assert "goes on" in text(county.get(page))
    card = {"act": "practice", "code": "one-list", "title_zh": "一张清单", "matters": "NB029-EX01",
            **{f"{name}_zh": "略" for name in ("problem", "done", "conditions", "cost")}}
    assert county.post(page, card).status_code == 302
    held = Practice.objects.get(code="one-list")
    assert held.application is not None and stands(held.application) == SELECTED
    taken = "/en/work/pilots/practices/one-list/"
    today = timezone.localdate().isoformat()
    assert acting("city-editor").post(taken, {"region": "990102", "since": today}).status_code == 302
    assert acting("reader").post(taken, {"region": "990103", "since": today}).status_code == 403
    assert "<dd>1</dd>" in text(county.get(taken))


def test_what_waits_is_told_on_the_first_page(acting):
    waits = text(acting("outside-assessor").get("/en/work/"))
    assert "Hand in the sheet (final assessment): Pine Jia District" in waits
    county, province = acting("county-editor"), acting("province-editor")
    county.post(OPEN, {"region": "990101", "kind": "comprehensive", "why": "a", "base": "b", "will": "c"})
    assert "Assess the application: Pine Jia District" in text(acting("outside-assessor").get("/en/work/"))
    assert "Decide on the application" not in text(province.get("/en/work/"))  # nobody has scored it yet
    assert "Assess the application" not in text(county.get("/en/work/"))


def test_a_picture_is_shown_by_what_its_bytes_say_and_anything_else_is_only_kept(acting):
    held, county = mine(), acting("county-editor")
    report = held.reports.get(month=202509)
    page = f"/en/work/pilots/applications/{held.pk}/202509/{report.evidence[0]['hash']}/"
    kept = county.get(page, {"show": "1"})
    assert kept["Content-Type"] == "application/octet-stream" and kept["X-Content-Type-Options"] == "nosniff"
    assert "attachment" in kept["Content-Disposition"]
    assert county.get(page.replace(report.evidence[0]["hash"], "0" * 64)).status_code == 404
    assert county.get(f"/en/work/pilots/applications/{held.pk}/202507/").status_code == 404


def test_an_assessor_with_an_interest_is_told_so(acting):
    page, expert = f"/en/work/pilots/applications/{mine().pk}/", acting("outside-assessor")
    assert "Hand in the sheet" in text(expert.get(page))
    assert expert.post(page, {"act": "interest", "reason": "曾任顾问"}).status_code == 302
    assert "You have declared an interest" in text(expert.get(page))
    assert "Hand in the sheet" not in text(expert.get(page))
    assert expert.post(page, {"act": "nosuch"}).status_code == 400


def test_a_programme_is_opened_on_the_page(acting):
    province = acting("province-editor")
    fields = {"code": "new-one", "name_zh": "新试点", "organiser": "990000", "kinds": ["comprehensive"],
              "levels": ["3"], "wanted": "2", "assessors": "2", "sheet": "pilot-example", "jobs": "清单\n标准",
              "criteria": "基础 | 40\n方案 | 60", "applies_from": "2026-01-01", "applies_until": "2026-02-01",
              "starts": "2026-03-01", "ends": "2027-02-28", "mid": "2026-09-01", "final": "2027-02-28"}
    for name, wrong in (("criteria", "基础"), ("mid", "2028-01-01"), ("code", "Ä"), ("wanted", "many")):
        assert province.post("/en/work/pilots/", {**fields, name: wrong}).status_code == 400
    assert province.post("/en/work/pilots/", fields)["Location"].endswith("/programmes/new-one/")
    made = PilotProgramme.objects.get(code="new-one")
    assert [one["points"] for one in made.criteria] == [40, 60] and made.simulated
    assert acting("county-clerk").post("/en/work/pilots/", {**fields, "code": "other"}).status_code == 403
    effect = "/en/work/pilots/programmes/new-one/effect/"
    assert province.post(effect, {"way": "picked", "places": "990601", "reason": "相近"}).status_code == 302
    assert province.post(effect, {"way": "picked", "places": "nowhere", "reason": "相近"}).status_code == 400
    assert acting("county-editor").post(effect, {"way": "all", "reason": "x"}).status_code == 403
