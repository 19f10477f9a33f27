"""Plans as officials and the public meet them: works, wrong place, stranger; in both languages; files."""

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfReader

from jizhun.people.models import User
from jizhun.planning.models import Adjustment, OutsideFact, OwnPlan
from jizhun.planning.rules.progress import STATES

PROVINCE, CITY, PLAN = "990000", "990100", "successor-2030"


def text(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def city(signed_in):
    client = signed_in("stranger")
    client.force_login(User.objects.get(username="city-editor"))
    return client


# -- the public ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "shown"), [
    ("en", ("Successor plan 2026 to 2030 (working proposal)", "Periods that have ended", "Closing assessment",
            "Simulated")), ("zh", ("接续规划", "已结束的规划期", "期末评估", "模拟"))])
def test_the_plans_of_a_place(reading, language, shown):
    page = text(reading.get(f"/{language}/planning/", {"region": PROVINCE}))
    assert [one for one in shown if one.lower() not in page.lower()] == []
    assert "200 national" not in page


@pytest.mark.parametrize("by", ["target", "task", "unit", "due", "region"])
def test_the_board_by_everything_and_as_csv(reading, by):
    page = text(reading.get(f"/en/planning/{PLAN}/", {"region": PROVINCE, "by": by}))
    assert "Standing still" in page or by == "region"
    assert any(one.sign in page for one in STATES.values())
    name = "places" if by == "region" else "board-0"
    file = reading.get(f"/en/planning/{PLAN}/", {"region": PROVINCE, "by": by, "csv": name})
    assert file["Content-Type"].startswith("text/csv") and len(file.content.decode().splitlines()) > 1


def test_a_period_that_ended_is_no_wall_of_overdue_lines(reading):
    page = text(reading.get("/en/planning/hrss-2025/", {"region": PROVINCE}))
    assert "closing assessment" in page and "nothing of it is overdue" in page and "Goes on as" in page
    assert "Behind" not in page and "milestone missed" not in page and "Not reached" in page


def test_the_timeline_has_its_table_and_is_a_file(reading):
    page = reading.get(f"/en/planning/{PLAN}/", {"region": PROVINCE})
    assert "<svg" in page.content.decode() and 'id="timeline"' in page.content.decode()
    svg = reading.get(f"/en/planning/{PLAN}/", {"region": PROVINCE, "svg": "timeline"})
    assert svg["Content-Type"].startswith("image/svg")
    rows = reading.get(f"/en/planning/{PLAN}/", {"region": PROVINCE, "csv": "days"}).content.decode().splitlines()
    assert len(rows) == 1 + svg.content.decode().count('class="dot"')


def test_a_measure_is_drilled_down_and_says_what_is_no_data(reading):
    page = text(reading.get(f"/en/planning/{PLAN}/guides/", {"region": "330000"}))
    assert "No guide of the place" in page and "nothing is judged" in page and "0.0\N{NO-BREAK SPACE}%" not in page
    page = text(reading.get(f"/en/planning/{PLAN}/known/", {"region": PROVINCE}))
    assert "without evidence no figure is shown" in page and "Report a fact" not in page


@pytest.mark.parametrize(("address", "status"), [
    ("nosuch/", 404), (f"{PLAN}/nosuch/", 400), (f"{PLAN}/?by=nothing", 400), ("nosuch/report.pdf", 404)])
def test_what_there_is_not(reading, address, status):
    assert reading.get(f"/en/planning/{address}").status_code == status


def test_the_calendar_is_one_that_programs_read(reading):
    response = reading.get("/en/planning/calendar.ics", {"region": PROVINCE})
    body = response.content.decode()
    assert response["Content-Type"].startswith("text/calendar") and body.startswith("BEGIN:VCALENDAR\r\n")
    assert body.count("BEGIN:VEVENT") == body.count("END:VEVENT") == body.count("UID:") == body.count("DTSTAMP:") > 15
    assert all(len(line.encode()) <= 75 for line in body.split("\r\n"))
    assert body == reading.get("/en/planning/calendar.ics", {"region": PROVINCE}).content.decode()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_paper_for_a_meeting_is_one_tagged_page(reading, language):
    response = reading.get(f"/{language}/planning/{PLAN}/report.pdf", {"region": PROVINCE})
    paper = PdfReader(BytesIO(response.content))
    assert len(paper.pages) == 1 and "/StructTreeRoot" in paper.trailer["/Root"]
    assert {"en": "Sample Province", "zh": "示例省"}[language] in paper.pages[0].extract_text()


# -- officials -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "status"), [("province", 200), ("county", 403), ("clerk", 403), ("stranger", 302)])
def test_who_changes_a_province_s_plan(signed_in, who, status):
    assert signed_in(who).get(f"/en/work/planning/own/{PLAN}/", {"region": PROVINCE}).status_code == status


def test_a_city_raises_a_goal_and_is_refused_less(city):
    sent = {"act": "change", "measure": "kept", "region": CITY, "reason": "city plan", "goal": "98 %", "seen": "0",
            "due": "2028-12-31"}
    less = city.post(f"/en/work/planning/own/{PLAN}/?region={CITY}", {**sent, "goal": "90 %"})
    assert less.status_code == 400 and "never for less" in text(less) and 'value="90 %"' in text(less)
    assert city.post(f"/en/work/planning/own/{PLAN}/?region={CITY}", sent).status_code == 302
    assert OwnPlan.objects.get().content["changes"] == [{"code": "kept", "goal": 0.98}]
    assert "set by Pine Sample City" in text(city.get(f"/en/planning/{PLAN}/", {"region": CITY}))
    odd = city.post(f"/en/work/planning/own/{PLAN}/?region={CITY}", {**sent, "goal": "much"})
    assert odd.status_code == 400 and "is no goal" in text(odd)


def test_a_city_adds_a_measure_of_its_own(city):
    sent = {"act": "add", "code": "hotline", "name_zh": "热线", "target": "coverage", "indicator": "coverage.guide",
            "items": "nb026", "goal": "100%", "due": "2027-06-30", "responsible_zh": "市局", "reason": "own"}
    assert city.post(f"/en/work/planning/own/{PLAN}/?region={CITY}", sent).status_code == 302
    assert "热线" in text(city.get(f"/zh/planning/{PLAN}/hotline/", {"region": CITY}))
    assert city.post(f"/en/work/planning/own/{PLAN}/?region={CITY}", {**sent, "indicator": "typed"}).status_code == 400


def test_a_fact_needs_its_file_which_only_its_keepers_get(city, signed_in):
    address = f"/en/work/planning/facts/{PLAN}/known/?region={CITY}"
    sent = {"on": "2026-06-01", "value": "2", "source_zh": "通知"}
    bare = city.post(address, sent)
    assert bare.status_code == 400 and "needs a file" in text(bare)
    done = city.post(address, {**sent, "file": SimpleUploadedFile("event.pdf", b"%PDF-1.4 one")})
    digest = OutsideFact.objects.get().evidence[0]["hash"]
    assert done.status_code == 302 and digest[:12] in text(city.get(f"/en/planning/{PLAN}/known/", {"region": CITY}))
    assert city.get(f"/en/work/planning/evidence/{digest}/").content == b"%PDF-1.4 one"
    assert signed_in("clerk").get(f"/en/work/planning/evidence/{digest}/").status_code == 404
    assert signed_in("stranger").get(f"/en/work/planning/evidence/{digest}/").status_code == 302


def test_a_proposal_goes_through_its_assessments(city, signed_in):
    made = city.post(f"/en/work/planning/adjusting/?region={CITY}", {
        "item": "NB050", "kind": "raise", "text_zh": "提高", "beyond": "1", "region": CITY})
    one = Adjustment.objects.get()
    address = f"/en/work/planning/adjusting/{one.pk}/"
    assert made["Location"] == address
    page = text(city.get(address))
    assert "Still lacking" in page and "what hangs on it here" in page and ">Decide<" not in page
    for kind in ("fiscal", "risk"):
        sent = city.post(address, {"act": "assess", "kind": kind, "passed": "1", "text": "bearable",
                                   "file": SimpleUploadedFile("a.pdf", b"%PDF-1.4 " + kind.encode())})
        assert sent.status_code == 302
    province = signed_in("province")
    seen = re.search(r'name="seen" value="(\w+)"', province.get(address).content.decode())
    assert seen is not None
    decided = province.post(address, {"act": "decide", "accept": "1", "text": "yes", "seen": seen[1]})
    assert decided.status_code == 302 and "accepted" in text(city.get(address))
    assert signed_in("elsewhere").get(address).status_code == 403


def test_the_workbench_says_what_waits(signed_in):
    page = text(signed_in("county").get("/en/work/planning/"))
    assert "What stands still" in page and "Report a fact" in page
    assert signed_in("stranger").get("/en/work/planning/").status_code == 302
