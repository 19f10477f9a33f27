"""The making of standards at the workbench, with a cast: who sees what, who may send what, and wrong input."""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from docx import Document

from drafting_cast import CITY, COUNTY, PROVINCE, ballot_on, days, in_review, opened, person, published, today, written
from jizhun.drafting.actions import comments, projects, texts
from jizhun.drafting.models import Ballot, Consultation, Project
from jizhun.kernel.bilingual import Bilingual
from jizhun.people.models import User
from jizhun.standards.actions import report_clusters

pytestmark = pytest.mark.usefixtures("world", "db")

SignedIn = Callable[[str], Client]


def login(name: str) -> Client:
    """A browser of this demonstration login."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.get(username=name))
    return client


def at(name: str, *args: object) -> str:
    with override("en"):
        return reverse(name, args=args)


@pytest.fixture
def editor() -> Client:
    return login("province-editor")


@pytest.fixture
def project() -> Project:
    """A project of the province in the stage of comments, its round open since a month ago."""
    editor, begun = person("province-editor"), today() - days(90)
    one = projects.take(by=editor, project=opened(on=begun), act="submit", on=begun)
    one = projects.take(by=person("market-regulator"), project=one, act="accept", on=begun)
    written(one)
    draft = texts.issue(by=editor, project=one, label="comment", on=today() - days(33))
    one = projects.take(by=editor, project=one, act="consult", on=today() - days(32))
    comments.open_consultation(by=person("province-editor"), project=one, draft=draft, opens_on=today() - days(31),
                               closes_on=today(), bodies=[CITY, COUNTY], announced="website")
    return one


def asked(project: Project) -> Consultation:
    return project.consultations.get()


def said(project: Project, text: str = "Two days are too short.", region: str = PROVINCE, **more: Any) -> Any:
    """A comment that has arrived at the province."""
    return comments.comment_for_body(by=person("province-editor"), consultation=asked(project), region=region,
                                     text=text,
                                     **more)


class TestWhoSees:
    @pytest.mark.parametrize("name, status", [
        ("province-editor", 200), ("national-editor", 200), ("market-regulator", 200), ("committee-1", 200),
        ("county-standards", 200), ("county-clerk", 200), ("reviewer", 200), ("reader", 403), ("trainer", 403)])
    def test_the_board_is_for_those_who_make_review_or_apply_standards(self, name: str, status: int):
        assert login(name).get(at("projects")).status_code == status

    def test_a_stranger_is_asked_to_sign_in(self, project: Project):
        for address in (at("projects"), at("project", project.code), at("text", project.code), at("desk")):
            assert Client().get(address).status_code == 302

    def test_a_county_sees_the_province_s_project_and_is_offered_no_step(self, project: Project):
        page = login("county-standards").get(at("project", project.code)).content.decode()
        assert "Somebody else takes this step" in page and 'name="do"' not in page

    def test_a_project_of_a_city_is_not_seen_in_another_city(self):
        one = projects.open_project(by=person("city-standards"), procedure="local", region=CITY, title_zh="市级规范")
        assert login("county-clerk-elsewhere").get(at("project", one.code)).status_code == 404
        assert login("county-clerk").get(at("project", one.code)).status_code == 200
        assert "市级规范" not in login("county-clerk-elsewhere").get(at("projects")).content.decode()

    def test_an_unknown_project_is_not_found(self, editor: Client):
        assert editor.get(at("project", "P1-1")).status_code == 404
        assert editor.get(at("draft", "P1-1", 1)).status_code == 404


class TestAProject:
    def test_a_proposal_comes_back_with_what_was_typed_and_one_sentence(self, editor: Client):
        sent = {"procedure": "local", "region": PROVINCE, "title_zh": "某规范", "serves": "NB999", "need_zh": "保留我"}
        page = editor.post(at("project-new"), sent)
        assert page.status_code == 400
        assert "NB999" in page.content.decode() and "保留我" in page.content.decode()
        assert not Project.objects.filter(title_zh="某规范").exists()

    def test_every_step_says_why_not(self, project: Project, editor: Client):
        page = editor.get(at("project", project.code)).content.decode()
        assert "A round of comments is open" in page
        assert "No draft for review is issued yet." in page
        assert re.search(r'id="step-examine".*?Possible once every point above is met', page, re.S)

    def test_a_refused_step_keeps_the_reason_that_was_typed(self, project: Project, editor: Client):
        page = editor.post(at("project-act", project.code), {"do": "stop", "reason": "x"})
        assert page.status_code == 400
        assert "Close the round of comments first." in page.content.decode()

    def test_an_act_by_somebody_without_the_right_is_forbidden(self, project: Project):
        page = login("county-standards").post(at("project-act", project.code), {"do": "issue", "label": "review"})
        assert page.status_code == 403
        assert project.drafts.count() == 1

    @pytest.mark.parametrize("sent, sentence", [
        ({"do": "nonsense"}, "not possible while"),
        ({"do": "number", "number": "DB99/T 1-2026", "effective_on": "2026-02-30"}, "not a date"),
        ({"do": "hand", "username": "nobody-here"}, "There is no user"),
        ({"do": "ballot", "question": "Q", "rule": "committee", "closes_on": "2020-01-01"}, "before today"),
        ({"do": "evidence", "kind": "meeting", "text": ""}, "Write what happened"),
    ])
    def test_wrong_input_is_answered_by_a_sentence(self, project: Project, editor: Client, sent: dict[str, str],
                                                   sentence: str):
        who = login("market-regulator") if sent["do"] == "number" else editor
        page = who.post(at("project-act", project.code), sent)
        assert page.status_code == 400 and sentence in page.content.decode()

    def test_history_counts_the_days_and_names_who(self, project: Project, editor: Client):
        page = editor.get(at("project", project.code) + "?tab=history").content.decode()
        assert "market-regulator" in page and "drafting.accept" in page
        sheet = editor.get(at("project", project.code) + "?tab=history&csv=stays")
        assert sheet["Content-Type"].startswith("text/csv") and sheet.content.decode().count("\n") == 5


class TestTheText:
    def test_a_clause_is_saved_and_a_stale_one_is_not(self, project: Project, editor: Client):
        last = project.text.facts()[-1]
        address = at("clause", project.code, last.key)
        sent = {"seen": texts.fingerprint(last), "level": "1", "heading_zh": "时限", "heading_en": "Limit",
                "body_zh": "应在3个工作日内办结。", "body_en": "Within 3 working days."}
        assert editor.post(address, sent).status_code == 302
        page = editor.post(address, {**sent, "body_zh": "别的文字"})
        assert page.status_code == 400
        assert "别的文字" in page.content.decode()  # the typed words stay
        assert "has changed this clause" in page.content.decode()
        project.text.refresh_from_db()
        assert project.text.facts()[-1].body.zh == "应在3个工作日内办结。"

    def test_it_is_saved_as_it_is_typed(self, project: Project, editor: Client):
        last = project.text.facts()[-1]
        address = at("clause", project.code, last.key)
        sent = {"seen": texts.fingerprint(last), "heading_zh": "时限", "body_zh": "新"}
        told = editor.post(address, sent, headers={"accept": "application/json"}).json()
        assert told["seen"] != sent["seen"]
        assert editor.post(address, sent, headers={"accept": "application/json"}).status_code == 409

    def test_promises_are_offered_as_proposed_provisions(self, project: Project, editor: Client):
        last = project.text.facts()[-1]
        texts.save_clause(by=person("province-editor"), project=project, clause=replace(last, proposes=()),
                          seen=texts.fingerprint(last))
        page = editor.get(at("clause", project.code, last.key)).content.decode()
        assert "应在受理之日起2个工作日内办结。" in page and "Mark as proposed" in page

    def test_a_word_file_is_looked_at_before_it_is_taken_in(self, project: Project, editor: Client):
        made = Document()
        made.add_heading("范围", 1)
        made.add_paragraph("本文件规定了某事。")
        made.add_heading("基本要求", 1)
        made.add_paragraph("应做到某事。")
        content = io.BytesIO()
        made.save(content)
        file = io.BytesIO(content.getvalue())
        file.name = "draft.docx"
        page = editor.post(at("text-import", project.code), {"file": file}).content.decode()
        assert "2 clauses read" in page
        assert len(project.text.facts()) == 6
        held = re.search(r'name="held" value="([^"]+)"', page)
        assert held is not None
        editor.post(at("text-import", project.code), {"step": "take", "held": held[1]})
        project.text.refresh_from_db()
        assert [one.kind for one in project.text.facts()] == ["scope", "clause"]

    @pytest.mark.parametrize("name, content",
                             [("a.docx", b"no archive"), ("a.xlsx", b"PK\x03\x04"), ("a.doc", b"\xd0\xcf\x11\xe0")])
    def test_a_file_that_is_none_is_refused_in_a_sentence(self, project: Project, editor: Client, name: str,
                                                          content: bytes):
        file = io.BytesIO(content)
        file.name = name
        page = editor.post(at("text-import", project.code), {"file": file})
        assert page.status_code == 400 and name in page.content.decode()

    def test_drafts_are_compared_and_taken_away(self, project: Project, editor: Client):
        last = project.text.facts()[-1]
        texts.save_clause(by=person("province-editor"), project=project, seen=texts.fingerprint(last),
                          clause=replace(last, body=Bilingual("应在4个工作日内办结。", last.body.en)))
        page = editor.get(at("redline", project.code)).content.decode()
        assert "<ins>" in page and "Reworded 1" in page
        for form, start in (("docx", b"PK"), ("pdf", b"%PDF"), ("xml", b"<?xml"), ("xlsx", b"PK")):
            assert editor.get(at("draft-file", project.code, 1, form)).content.startswith(start)
        assert editor.get(at("draft-file", project.code, 9, "pdf")).status_code == 404
        assert editor.get(at("draft-file", project.code, 1, "exe")).status_code == 404


class TestComments:
    def test_the_table_shows_what_arrived_and_answers_many_at_once(self, project: Project, editor: Client):
        ones = [said(project, f"Comment {number} <b>bold</b>") for number in range(3)]
        address = at("resolution", project.code)
        page = editor.get(address).content.decode()
        assert "to be answered <span class=\"num\">3</span>" in page and "&lt;b&gt;bold" in page
        wrong = editor.post(address, {"choose": [one.seq for one in ones], "do": "dispose", "disposition": "noted",
                                      "answer": ""})
        assert wrong.status_code == 400 and "Give the reason" in wrong.content.decode()
        editor.post(address, {"choose": [one.seq for one in ones], "do": "dispose", "disposition": "rejected",
                              "answer": "No."})
        assert project.comments.filter(disposition="rejected").count() == 3

    def test_nearly_the_same_comments_stand_beside_each_other(self, project: Project, editor: Client):
        said(project, "山区乡镇人口少，建议允许相邻乡镇合设一个网点。")
        said(project, "山区的乡镇人口少，建议允许相邻的乡镇合设一个网点")
        assert 'nearly the same: <a href="#C-2">' in editor.get(at("resolution", project.code)).content.decode()

    def test_somebody_below_may_read_and_not_answer(self, project: Project):
        one = said(project)
        client = login("county-standards")
        assert "Answer the chosen ones" not in client.get(at("resolution", project.code)).content.decode()
        sent = {"choose": [one.seq], "do": "dispose", "disposition": "noted", "answer": "x"}
        assert client.post(at("resolution", project.code), sent).status_code == 403

    @pytest.mark.parametrize("form", ["cn.xlsx", "cn.docx", "iso.xlsx", "iso.docx"])
    def test_a_table_goes_out_and_comes_back_unchanged(self, project: Project, editor: Client, form: str):
        said(project, "=1+1", clause=project.text.facts()[-1].key, quote="2个工作日", kind="ed")
        file = io.BytesIO(editor.get(at("comment-file", project.code, form)).content)
        file.name = form
        page = editor.post(at("comment-table", project.code), {"file": file}).content.decode()
        assert re.search(r"unchanged</dt><dd>1<.*conflicts</dt><dd>0<", page, re.S)

    def test_my_desk_puts_together_what_counties_say(self, project: Project):
        comments.comment_for_body(by=person("county-editor"), consultation=asked(project), region=COUNTY,
                                  text="Too short.")
        city = login("city-standards")
        (one,) = project.comments.all()
        assert "Too short." in city.get(at("desk")).content.decode()
        assert "Too short." not in login("county-clerk-elsewhere").get(at("desk")).content.decode()
        assert login("county-clerk").post(at("desk"), {"choose": [one.pk], "desk": CITY}).status_code == 403
        city.post(at("desk"), {"choose": [one.pk], "desk": CITY, "do": "together", "text": "Counties: too short."})
        one.refresh_from_db()
        assert one.merged_into is not None and one.merged_into.desk == PROVINCE


class TestBallots:
    @pytest.fixture
    def ballot(self) -> Iterator[Ballot]:
        yield ballot_on(in_review())

    def test_the_rule_is_shown_with_the_present_count(self, ballot: Ballot):
        page = login("committee-1").get(at("ballot", ballot.pk)).content.decode()
        assert "at least 3/4 of the electorate" in page and "0 of 3" in page and "Your vote" in page
        assert "Your vote" not in login("province-editor").get(at("ballot", ballot.pk)).content.decode()

    def test_a_disapproval_needs_a_reason(self, ballot: Ballot):
        voter = ballot.voters.first()
        assert voter is not None
        page = login("committee-1").post(at("ballot", ballot.pk),
                                         {"do": "vote", "voter": voter.pk, "position": "disapprove"})
        assert page.status_code == 400 and "needs a reason" in page.content.decode()

    def test_nobody_votes_for_somebody_else(self, ballot: Ballot):
        other = ballot.voters.last()
        assert other is not None
        for name, status in (("committee-1", 400), ("province-editor", 403), ("county-standards", 404)):
            sent = {"do": "vote", "voter": other.pk, "position": "approve"}
            assert login(name).post(at("ballot", ballot.pk), sent).status_code == status


def test_a_filing_that_is_overdue_is_marked_until_it_is_made():
    project = published()
    Project.objects.filter(pk=project.pk).update(due_on=today() - days(1))
    board = login("province-editor").get(at("projects")).content.decode()
    assert re.search(r'class="sign breach">[^<]*</span>', board)
    projects.record_evidence(by=person("market-regulator"), project=project, kind="filed", text="2026 年第 1 号")
    assert 'class="sign breach"' not in login("province-editor").get(at("projects")).content.decode()


class TestFeedback:
    def test_a_clerk_reports_and_is_answered(self):
        clerk, number = login("county-clerk"), "GB/T 31597-2022"
        sent = {"number": number, "clause": "", "region": COUNTY, "text": "The form asked for is not in the system."}
        assert clerk.post(at("standard-report"), sent).status_code == 302
        (cluster,) = report_clusters(number=number)
        nation = login("national-editor")
        assert "not in the system" in nation.get(at("standards-work")).content.decode()
        nation.post(at("standards-work"), {"do": "answer", "report": [one.pk for one in cluster.reports],
                                           "outcome": "look", "text": "Looked at with the next review."})
        (cluster,) = report_clusters(number=number)
        assert cluster.open == 0 and "Looked at" in clerk.get(at("workbench")).content.decode()

    @pytest.mark.parametrize("sent, sentence", [
        ({"number": "GB/T 99999-2099"}, "There is no"), ({"text": " "}, "cannot be done"),
        ({"clause": "nowhere"}, "no number of a clause"), ({"number": "DB51/T 3044-2023"}, "does not hold at")])
    def test_what_is_no_report(self, sent: dict[str, str], sentence: str):
        whole = {"number": "GB/T 31597-2022", "clause": "", "region": COUNTY, "text": "x", **sent}
        page = login("county-clerk").post(at("standard-report"), whole)
        assert page.status_code == 400 and sentence in page.content.decode()

    def test_a_clause_is_named_by_its_number_where_the_text_is_not_held(self):
        number = "GB/T 31597-2022"
        form = login("county-clerk").get(at("standard-report"), {"number": number}).content.decode()
        assert 'name="clause"' in form and "for example 5.3.2" in form
        for text in ("The window is closed on that day.", "No second window can be opened."):
            sent = {"number": number, "clause": "5.3.2", "region": COUNTY, "text": text}
            assert login("county-clerk").post(at("standard-report"), sent).status_code == 302
        page = login("county-clerk").get(at("standard", number)).content.decode()
        assert "5.3.2" in page and "2 reports from practice" in page

    def test_what_practice_asks_for_stands_on_the_public_clock(self):
        number = "GB/T 31597-2022"
        sent = {"number": number, "clause": "", "region": COUNTY, "text": "x y"}
        login("county-clerk").post(at("standard-report"), sent)
        (cluster,) = report_clusters(number=number)
        before = Client(headers={"accept-language": "en"}).get(at("reviews"), {"state": "parent"}).content.decode()
        login("national-editor").post(at("standards-work"), {
            "do": "answer", "report": [one.pk for one in cluster.reports], "outcome": "look", "text": "Looked at."})
        after = Client(headers={"accept-language": "en"}).get(at("reviews"), {"state": "parent"}).content.decode()
        assert "ask for a review or a revision: 1" in after and "ask for a review or a revision" not in before

    def test_a_review_needs_the_right_and_a_reason(self):
        sent = {"do": "review", "number": "GB/T 16733-1997", "verdict": "revise", "reason": "Older than the law."}
        assert login("province-editor").post(at("standards-work"), sent).status_code == 403
        assert login("reviewer").post(at("standards-work"), sent).status_code == 403  # not of the nation


class TestHostileInput:
    """What once ended in a crash, or in words lost."""

    @pytest.mark.parametrize("vote", ["abc", "²", "9" * 5000, "", "-1"])
    def test_an_answer_to_no_vote(self, editor: Client, vote: str):
        ballot = ballot_on(in_review())
        assert editor.post(at("ballot", ballot.pk), {"do": "answer", "vote": vote, "text": "x"}).status_code == 400

    @pytest.mark.parametrize("sent", [
        {"opens_on": "9999-12-31", "closes_on": "9999-12-31"}, {"opens_on": "0001-01-01", "closes_on": "2026-12-31"}])
    def test_a_round_outside_of_time(self, project: Project, editor: Client, sent: dict[str, str]):
        comments.close_consultation(by=person("province-editor"), consultation=asked(project))
        draft = project.drafts.get()
        page = editor.post(at("project-act", project.code),
                           {"do": "round", "draft": draft.pk, "announced": "x", **sent})
        assert page.status_code == 400

    @pytest.mark.parametrize("value", ["sNaN", "NaN", "Infinity", "1e400", "x" * 5000])
    def test_a_value_that_is_no_number(self, project: Project, editor: Client, value: str):
        last = project.text.facts()[-1]
        sent = {"do": "mark", "seen": texts.fingerprint(last), "subject": "NB029-EX01", "measure": "promised_limit",
                "modality": "floor", "unit": "working_day", "value": value, "sentence": "x"}
        assert editor.post(at("clause", project.code, last.key), sent).status_code == 400

    @pytest.mark.parametrize("address", [
        "text/new/?level=" + "9" * 5000, "text/new/?kind=nonsense", "changes/?before=" + "9" * 5000,
        "comments/?page=-1",
        "comments/?clause=nowhere&type=zz", "drafts/0/", "changes/?after=-1"])
    def test_addresses_typed_by_hand(self, project: Project, editor: Client, address: str):
        assert editor.get(at("project", project.code) + address).status_code in (200, 404)

    def test_a_zero_byte_is_refused_everywhere(self, project: Project, editor: Client):
        for page in (editor.post(at("project-act", project.code), {"do": "remark", "text": "a\0b"}),
                     editor.get(at("resolution", project.code) + "?q=%00"), editor.get("/en/work/projects/a%00b/")):
            assert page.status_code == 400 and "zero byte" in page.content.decode()

    def test_a_clause_removed_while_it_was_written_keeps_the_words(self, project: Project, editor: Client):
        last = project.text.facts()[-1]
        texts.remove_clause(by=person("province-editor"), project=project, key=last.key, seen=texts.fingerprint(last))
        sent = {"kind": "clause", "seen": texts.fingerprint(last), "body_zh": "还在的文字", "heading_zh": "题"}
        page = editor.post(at("clause", project.code, last.key), sent)
        assert page.status_code == 400 and "还在的文字" in page.content.decode()
        assert f'action="{at("clause-new", project.code)}"' in page.content.decode()
        told = editor.post(at("clause", project.code, last.key), sent, headers={"accept": "application/json"})
        assert told.status_code == 409 and "conflict" in told.json()

    def test_marking_a_sentence_does_not_bring_old_words_back(self, project: Project, editor: Client):
        last = project.text.facts()[-1]
        stale = texts.fingerprint(last)
        texts.save_clause(by=person("province-editor"), project=project, seen=stale,
                          clause=replace(last, body=Bilingual("新文字。", "New.")))
        sent = {"do": "mark", "seen": stale, "subject": "NB029-EX01", "measure": "promised_limit", "modality": "floor",
                "unit": "working_day", "value": "2", "sentence": "x"}
        page = editor.post(at("clause", project.code, last.key), sent)
        assert page.status_code == 400 and "新文字。" in page.content.decode()
        assert f"{last.body.zh}</textarea>" not in page.content.decode()

    def test_taking_back_one_of_two_proposals_leaves_the_other(self, project: Project, editor: Client):
        last = project.text.facts()[-1]
        row = dict(last.proposes[0])
        kept = texts.save_clause(by=person("province-editor"), project=project, seen=texts.fingerprint(last),
                                 clause=replace(last, proposes=(row, {**row, "value": 5})))
        sent = {"seen": texts.fingerprint(kept), "heading_zh": "时限", "heading_en": "Limit", "body_zh": kept.body.zh,
                "body_en": kept.body.en, "level": "1", "drop": "0"}
        assert editor.post(at("clause", project.code, kept.key), sent).status_code == 302
        project.text.refresh_from_db()
        assert [one["value"] for one in project.text.facts()[-1].proposes] == [5]

    def test_what_was_looked_at_for_one_project_is_not_taken_into_another(self, project: Project, editor: Client):
        other = opened(title_zh="另一项")
        made = io.BytesIO(editor.get(at("draft-file", project.code, 1, "xlsx")).content)
        made.name = "text.xlsx"
        page = editor.post(at("text-import", project.code), {"file": made}).content.decode()
        held = re.search(r'name="held" value="([^"]+)"', page)
        assert held is not None
        assert editor.post(at("text-import", other.code), {"step": "take", "held": held[1]}).status_code == 400
        assert not other.text.facts()

    def test_the_table_of_another_project_answers_nothing_here(self, project: Project, editor: Client):
        said(project, "同意")
        file = io.BytesIO(editor.get(at("comment-file", project.code, "cn.xlsx")).content)
        file.name = "cn.xlsx"
        other = opened(title_zh="另一项")
        page = editor.post(at("comment-table", other.code), {"file": file})
        assert page.status_code == 400 and "another project" in page.content.decode()

    @pytest.mark.parametrize("who", ["county-standards", "county-clerk", "committee-1", "reviewer"])
    def test_what_is_held_back_is_for_those_who_draft(self, project: Project, who: str):
        one = comments.comment_as_public(consultation=asked(project), text="尚未公开的话", address="192.0.2.4",
                                         clause=project.text.facts()[-1].key)
        client = login(who)
        for address in (at("resolution", project.code) + "?state=held",
                        at("resolution", project.code) + "?state=hidden",
                        at("clause", project.code, one.clause)):
            assert "尚未公开的话" not in client.get(address).content.decode()

    @pytest.mark.parametrize("who", ["reader", "trainer", "statistician"])
    def test_who_has_nothing_to_do_with_standards_sees_no_project(self, project: Project, who: str):
        assert login(who).get(at("project", project.code)).status_code == 404

    def test_an_answer_without_a_report_says_so(self):
        sent = {"do": "answer", "outcome": "look", "text": "x"}
        page = login("national-editor").post(at("standards-work"), sent)
        assert page.status_code == 400 and "Choose the reports first" in page.content.decode()
