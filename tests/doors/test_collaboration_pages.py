"""Collaboration as officials and the public meet it: works, wrong place, stranger; in both languages."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from docx import Document
from python_calamine import CalamineWorkbook

from jizhun.collaboration.actions import areas
from jizhun.collaboration.models import CollaborationArea, Recognition
from jizhun.people.models import User
from joint_cast import published_in_pine
from redrawn import merged

SignedIn = Callable[[str], Client]
PINE, CYPRESS = "990100", "990200"
PAIR = {"with": [PINE, CYPRESS]}


@pytest.fixture
def city(signed_in: SignedIn) -> Client:
    """The editor of Pine Sample City."""
    client = signed_in("stranger")
    client.force_login(User.objects.get(username="city-editor"))
    return client


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


# -- the public ------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
def test_places_stand_side_by_side(reading, language):
    page = text(reading.get(f"/{language}/compare/", {**PAIR, "subject": "NB029-EX01"}))
    shown = {"en": ("3 working days → 2 working days (−33.3 %)", "better · the best", "Simulated"),
             "zh": ("3 个工作日→2 个工作日（−33.3%）", "更优 · 最优", "模拟数据")}[language]
    assert [one for one in shown if one not in page] == []


def test_the_form_stands_there_before_anything_is_asked(reading):
    page = text(reading.get("/en/compare/"))
    assert "Choose from 2 to 8 places" in page and "Yangtze River Delta" in page and page.count('name="with"') == 4


@pytest.mark.parametrize(("asked", "told"), [
    ([PINE], "from 2 to 8"), ([PINE, "110000"], "fictional"), ([PINE, "nowhere at all"], "is no place"),
    ([PINE, PINE], "twice"), (["110000", "810000"], "not meant for")])
def test_what_cannot_be_compared_is_answered_by_a_sentence(reading, asked, told):
    response = reading.get("/en/compare/", {"with": asked})
    assert response.status_code == 400 and told in text(response)
    assert f'value="{asked[0]}"' in text(response)


def test_a_subject_of_which_nothing_is_on_record_is_not_found(reading):
    assert reading.get("/en/compare/", {**PAIR, "subject": "NB999"}).status_code == 404
    assert reading.get("/en/compare/file.exe", PAIR).status_code == 404


def test_everything_comes_as_a_workbook(reading):
    response = reading.get("/en/compare/file.xlsx", PAIR)
    assert f"jizhun-{PINE}-{CYPRESS}" in response["Content-Disposition"]
    book = CalamineWorkbook.from_filelike(BytesIO(response.content))
    assert book.sheet_names == ["Summary", "Every line", "To be the same"]
    lines = book.get_sheet_by_name("Every line").to_python()
    found = next(row for row in lines if row[1] == "NB029-EX01" and row[2] == "Committed time limit")
    assert found[3] == 1 and found[4:8] == ["3 working days", "compared with · to be checked", "2 working days",
                                            "better · the best · to be checked"]
    assert any("3 working days → 2 working days" in str(row[3]) for row in
               book.get_sheet_by_name("To be the same").to_python() if len(row) > 3)
    assert any("Simulated" in str(row[0]) for row in lines[:5])


def test_what_differs_comes_as_a_word_file(reading):
    made = Document(BytesIO(reading.get("/zh/compare/file.docx", PAIR).content))
    words = [one.text for one in made.paragraphs]
    assert any("失业保险金申领" in one for one in words) and any("模拟数据" in one for one in words)
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    assert any(one.startswith("3 个工作日") for one in cells) and any("更优" in one for one in cells)


@pytest.mark.parametrize(("language", "shown"), [
    ("en", ("Employees&#x27; basic pension insurance moves with the person", "source read", "5 working days")),
    ("zh", ("职工基本养老保险关系随同转移", "来源已读", "5 个工作日"))])
def test_moved_what_carries_over(reading, language, shown):
    page = text(reading.get(f"/{language}/moving/", {"from": "990101", "to": "990201"}))
    assert [one for one in shown[:1] + shown[2:] if one not in page] == []
    assert "/guides/NB049-EX09/?region=990201" in page


def test_a_move_within_one_place_is_answered_by_a_sentence(reading):
    response = reading.get("/en/moving/", {"from": "990100", "to": "990101"})
    assert response.status_code == 400 and "lies within the other" in text(response)


def test_the_register_shows_what_concerns_the_place(reading):
    whole = text(reading.get("/en/recognition/", {"region": "990100"}))
    assert "Recognition as a person in employment hardship (simulated)" in whole
    elsewhere = text(reading.get("/en/recognition/", {"region": "110000"}))
    assert "simulated" not in elsewhere.split("<main")[1]
    one = text(reading.get("/en/recognition/", {"region": "990100", "line": "sample-hardship"}))
    assert "Where the guides still differ" in one


# -- officials -------------------------------------------------------------------------------------

AREA = {"name_zh": "两市协同区", "code": "two-cities", "regions": f"{PINE} {CYPRESS}"}


def test_an_area_is_proposed_joined_and_left(city, signed_in):
    assert city.post("/en/work/collaboration/", AREA).status_code == 302
    area = CollaborationArea.objects.get(code="two-cities")
    page = "/en/work/collaboration/areas/two-cities/"
    assert "Invited, answer waited for: Cypress Sample City." in text(city.get(page))
    assert city.post(page, {"act": "join", "region": CYPRESS}).status_code == 403
    province = signed_in("province")
    assert "Join for Cypress Sample City" in text(province.get(page))
    assert province.post(page, {"act": "join", "region": CYPRESS}).status_code == 302
    assert areas.members(area) == [PINE, CYPRESS]
    refused = province.post(page, {"act": "leave", "region": CYPRESS, "reason": ""})
    assert refused.status_code == 400 and "Say why." in text(refused)
    assert province.post(page, {"act": "form", "name_zh": "联席会议"}).status_code == 302
    assert "联席会议" in text(province.get(page))


@pytest.mark.parametrize("who", ["clerk", "reviewer", "reader", "county"])
def test_whoever_does_not_keep_collaboration_there_reads_only(signed_in, who):
    client = signed_in(who)
    assert client.get("/en/work/collaboration/").status_code == 200
    assert client.post("/en/work/collaboration/", AREA).status_code == 403
    page = text(client.get("/en/work/collaboration/areas/sample-pine-cypress/"))
    assert "Invite a place" not in page
    line = {"code": "x-1", "kind": "result", "what_zh": "甲", "basis_zh": "乙", "regions": f"{PINE} {CYPRESS}"}
    assert client.post("/en/work/collaboration/register/", line).status_code == 403
    assert client.post("/en/work/collaboration/register/sample-hardship/end/", {"reason": "x"}).status_code == 403


def test_a_stranger_signs_in_first(signed_in):
    for page in ("", "register/", "areas/sample-pine-cypress/"):
        assert "/sign-in/" in signed_in("stranger").get(f"/en/work/collaboration/{page}")["Location"]


def test_the_wrong_method_and_a_wrong_area_are_refused(city):
    assert city.get("/en/work/collaboration/cost/").status_code == 405
    assert city.get("/en/work/collaboration/areas/no-such/").status_code == 400
    assert city.post("/en/work/collaboration/areas/sample-pine-cypress/", {"act": "sell"}).status_code == 400


def test_a_line_is_put_on_the_register_and_ended(city):
    line = {"code": "two-proof", "kind": "material", "what_zh": "毕业证明", "basis_zh": "备忘录",
            "area": "sample-pine-cypress", "matters": "NB023-EX01", "since": "2026-01-01"}
    assert city.post("/en/work/collaboration/register/", line).status_code == 302
    assert Recognition.objects.get(code="two-proof").simulated
    wrong = city.post("/en/work/collaboration/register/", {**line, "code": "two-more", "basis_zh": ""})
    assert wrong.status_code == 400 and "by which paper" in text(wrong) and 'value="毕业证明"' in text(wrong)
    assert city.post("/en/work/collaboration/register/two-proof/end/", {"reason": "到期"}).status_code == 302
    assert "毕业证明" not in text(city.get("/zh/work/collaboration/register/"))


# -- joint standards -------------------------------------------------------------------------------


def test_a_project_is_made_joint_approved_and_seen(signed_in, city):
    province = signed_in("province")
    project = published_in_pine()
    page = "/en/work/collaboration/areas/sample-pine-cypress/"
    assert project.code in text(province.get(page)) and "Make a project a joint standard" not in text(city.get(page))
    wrong = province.post(page, {"act": "joint", "project": project.code})
    assert wrong.status_code == 400 and "another member approves too" in text(wrong)
    assert city.post(page, {"act": "joint", "project": project.code, "regions": [CYPRESS]}).status_code == 403
    assert province.post(page, {"act": "joint", "project": project.code, "regions": [CYPRESS]}).status_code == 302
    one = f"/en/work/collaboration/joint/{project.code}/"
    assert "not approved yet" in text(city.get(one)) and "Approve it for a place" not in text(city.get(one))
    regulator = signed_in("stranger")
    regulator.force_login(User.objects.get(username="market-regulator"))
    asked = {"act": "approve", "region": CYPRESS, "number": "DB9902/T 1-2026"}
    assert city.post(one, asked).status_code == 403
    bad = regulator.post(one, {**asked, "number": "DB9901/T 1-2026"})
    assert bad.status_code == 400 and "begins with DB9902" in text(bad)
    assert regulator.post(one, asked).status_code == 302
    shown = text(city.get(one))
    assert "approved by 2 of 2 places" in shown and "DB9902/T 1-2026" in shown and "as agreed" in shown
    assert "2 / 2" in text(city.get(page))
    assert city.get("/en/work/collaboration/joint/P0000-0000/").status_code == 400


# -- successions -----------------------------------------------------------------------------------


def test_a_merged_county_s_promise_is_decided_on(signed_in, city):
    old, new = merged()
    assert f"County {old} {old} merged into" in text(city.get("/en/work/collaboration/successions/"))
    page = f"/en/work/collaboration/successions/{old}/{new}/"
    assert "1 to be decided" in text(city.get(page)) and "the old place did better" in text(city.get(page))
    asked = {"act": "carry", "thing": "promise NB029-EX01/promised_limit/all"}
    bad = city.post(page, asked)
    assert bad.status_code == 400 and "Say why." in text(bad)
    for who in ("clerk", "elsewhere", "reviewer"):
        assert signed_in(who).post(page, {**asked, "reason": "x"}).status_code == 403
        assert "Carry it over" not in text(signed_in(who).get(page))
    assert city.post(page, {**asked, "reason": "就高不就低"}).status_code == 302
    assert "carried over" in text(city.get(page)) and "就高不就低" in text(city.get(page))
    assert city.get("/en/work/collaboration/successions/990101/990102/").status_code == 400


# -- across regions --------------------------------------------------------------------------------


def test_an_arrangement_is_put_on_record(city, signed_in):
    page = "/en/work/collaboration/crossing/"
    assert "Takes the papers in and passes them on (simulated)" in text(city.get(page))
    asked = {"code": "two-ways", "matter": "NB021-EX02", "mode": "online", "area": "sample-pine-cypress",
             "accept_limit": "1", "handle_limit": "2", "unit": "working_day", "basis_zh": "备忘录"}
    bad = city.post(page, {**asked, "handle_limit": "soon"})
    assert bad.status_code == 400 and "whole number" in text(bad) and 'value="soon"' in text(bad)
    assert city.post(page, asked).status_code == 302 and "two-ways" in text(city.get(page))
    for who in ("clerk", "reviewer", "reader"):
        assert signed_in(who).post(page, {**asked, "code": "three"}).status_code == 403
        assert "Put it on record" not in text(signed_in(who).get(page))
