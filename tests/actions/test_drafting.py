"""A standard from the proposal to the library, act by act, against a real database."""

from dataclasses import replace

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from drafting_cast import (
    CITY,
    COUNTY,
    LIMIT,
    PROVINCE,
    TEXT,
    ballot_on,
    cast,
    clause,
    days,
    in_comments,
    in_review,
    opened,
    person,
    published,
    round_of,
    take,
    today,
    written,
)
from jizhun import loading
from jizhun.drafting.actions import ballots, comments, projects, publishing, texts
from jizhun.drafting.actions.reminding import remind
from jizhun.drafting.models import Ballot, CommentRow, Draft, Project, Voter
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.models import AuditLine, Notice
from jizhun.people.rules import SYSTEM, Forbidden
from jizhun.provisions.actions import promised, record
from jizhun.standards.actions import answer_reports, called_early, clauses_of, known, library, report, reviewed
from jizhun.standards.rules.library import CURRENT, UPCOMING

pytestmark = pytest.mark.usefixtures("world", "db")


class TestTheWayThrough:
    def test_a_local_standard_from_the_proposal_to_the_library(self) -> None:
        project = in_review()
        ballot = ballot_on(project)
        cast(ballot, "approve", "approve", "approve")
        assert ballots.close_ballot(by=person("province-editor"), ballot=ballot).outcome == "approved"
        texts.issue(by=person("province-editor"), project=project, label="approval")
        project = take(project, "approve")
        regulator = person("market-regulator")
        project = publishing.set_number(by=regulator, project=project, number="DB99/T 1—2026",
                                        effective_on=today() + days(30))
        seen = publishing.impact(project).fingerprint
        project = publishing.see_impact(by=person("province-editor"), project=project, seen=seen)
        project = publishing.publish(by=regulator, project=project)
        standard = known("DB99/T 1-2026")
        assert (project.stage, standard.region, standard.mark) == ("60", PROVINCE, "SIM")
        assert library().status(standard, today()) == UPCOMING
        assert library().status(standard, today() + days(30)) == CURRENT
        assert [one.number for one in clauses_of(standard.number)] == ["", "1", "2", "3", "4", "5"]
        assert [one.number for one in standard.cites] == ["GB/T 31596.3-2023"]
        proposed = project.proposed.get()
        assert (proposed.clause_number, proposed.row["value"], proposed.provision) == ("5", 2, None)

    def test_what_a_number_must_be(self) -> None:
        project = in_review()
        for wrong, why in (("DB98/T 1-2026", "98"), ("GB/T 1-2026", "地方标准"), ("DB99/T 1", "年份"), ("", "编号"),
                           ("DB9901/T 1-2026", "DB99")):
            with pytest.raises(Refused) as refused:
                publishing.set_number(by=person("market-regulator"), project=project, number=wrong,
                                      effective_on=today())
            assert why in refused.value.sentence.zh, wrong

    def test_a_number_is_given_once(self) -> None:
        first, second = opened(), opened(title_zh="另一项规范")
        regulator = person("market-regulator")
        publishing.set_number(by=regulator, project=first, number="DB99/T 7-2026", effective_on=today())
        with pytest.raises(Refused, match="taken"):
            publishing.set_number(by=regulator, project=second, number="DB99/T 7—2026", effective_on=today())
        assert publishing.next_number(second, 2026) == "DB99/T 8-2026"


class TestWhyNot:
    def test_a_proposal_says_what_it_lacks(self) -> None:
        with pytest.raises(Refused) as refused:
            take(opened(need_zh="", serves=[]), "submit")
        assert "必要性、涉及的服务项目或事项" in refused.value.sentence.zh

    def test_a_title_near_another_asks_for_a_reason(self) -> None:
        project = opened(title_zh="城乡居民基本养老保险服务规范")
        with pytest.raises(Refused, match="GB/T 31597-2022"):
            take(project, "submit")
        projects.describe(by=person("province-editor"), project=project, overlap_reason="细化到县级。")
        assert take(project, "submit").stage == "10"

    def test_comments_must_have_been_open_long_enough_and_answered(self) -> None:
        project = in_comments()
        said = comments.comment_for_body(by=person("county-editor"), consultation=round_of(project), region=COUNTY,
                                         text="三个工作日做不到。")
        open_ones = {check.code for step in projects.steps(by=person("province-editor"), project=project)
                     if step.way.act == "examine" for check in step.checks if not check.met}
        assert open_ones == {"consulted", "nothing_waiting", "all_disposed", "draft_issued"}
        comments.close_consultation(by=person("province-editor"), consultation=round_of(project))
        said.refresh_from_db()
        assert said.desk == PROVINCE
        comments.dispose(by=person("province-editor"), comments=[said], disposition="partly", answer="改为五个工作日。")
        texts.issue(by=person("province-editor"), project=project, label="review")
        assert take(project, "examine").stage == "40"

    def test_a_text_that_moved_on_must_be_issued_again(self) -> None:
        project = take(take(opened(), "submit"), "accept", "market-regulator")
        *_, last = written(project)
        texts.issue(by=person("province-editor"), project=project, label="comment")
        texts.save_clause(by=person("province-editor"), project=project, seen=texts.fingerprint(last),
                          clause=replace(last,
                                         body=Bilingual("应在5个工作日内办结。", "Settled within 5 working days.")))
        with pytest.raises(Refused, match="issue it again"):
            take(project, "consult")

    def test_a_failed_ballot_does_not_pass_and_a_second_may(self) -> None:
        project = in_review()
        ballot = ballot_on(project)
        votes = cast(ballot, "approve", "disapprove", "disapprove")
        assert ballots.close_ballot(by=person("province-editor"), ballot=ballot).outcome == "rejected"
        with pytest.raises(Refused, match="did not pass"):
            take(project, "approve")
        texts.issue(by=person("province-editor"), project=project, label="review")
        again = ballot_on(project)
        cast(again, "approve", "approve", "approve")
        ballots.close_ballot(by=person("province-editor"), ballot=again)
        texts.issue(by=person("province-editor"), project=project, label="approval")
        with pytest.raises(Refused, match="2 disapprovals"):
            take(project, "approve")
        for one in votes[1:]:
            ballots.answer_objection(by=person("province-editor"), vote=one, text="已改。")
        assert take(project, "approve").stage == "50"

    def test_impact_has_to_be_seen_anew_after_any_change(self) -> None:
        project = in_review()
        seen = publishing.impact(project).fingerprint
        project = publishing.see_impact(by=person("province-editor"), project=project, seen=seen)
        assert projects.facts_of(project).impact_seen
        texts.save_clause(by=person("province-editor"), project=project,
                          clause=clause("clause", "另有规定的除外。", "Unless said otherwise.",
                                        heading=("其他", "Other")))
        project.refresh_from_db()
        assert not projects.facts_of(project).impact_seen
        with pytest.raises(Refused, match="look at the impact list again"):
            publishing.see_impact(by=person("province-editor"), project=project, seen=seen)

    def test_the_impact_list_names_the_places_that_fall_below(self) -> None:
        record(by=SYSTEM,
               row={"subject": "NB029-EX01", "measure": "promised_limit", "region": COUNTY, "modality": "floor",
                               "value": 3, "unit": "working_day", "from": today() - days(400), "mark": "SIM",
                               "source": "a test"})
        project = opened()
        written(project)
        project.refresh_from_db()
        (finding,) = [one for one in publishing.impact(project).below if one.place == COUNTY]
        assert finding.kind == "below_standard_above"


class TestWords:
    def test_two_writers_see_each_other(self) -> None:
        project = opened()
        *_, last = written(project)
        seen = texts.fingerprint(last)
        editor = person("province-editor")
        first = replace(last, body=Bilingual("甲的文字。", "A's words."))
        texts.save_clause(by=editor, project=project, clause=first, seen=seen)
        with pytest.raises(texts.Conflict) as conflict:
            texts.save_clause(by=editor, project=project, clause=replace(last, body=Bilingual("乙", "B")), seen=seen)
        assert conflict.value.theirs == first

    def test_numbers_follow_when_clauses_move_and_comments_stay(self) -> None:
        project = in_comments()
        limit = project.text.facts()[-1]
        said = comments.comment_for_body(by=person("county-editor"), consultation=round_of(project), region=COUNTY,
                                         text="太短", clause=limit.key, quote="2个工作日")
        texts.move_clause(by=person("province-editor"), project=project, key=limit.key,
                          before=project.text.facts()[4].key)
        project.text.refresh_from_db()
        assert texts.number_of(project.text.facts(), said.clause) == "4" and said.clause_number == "5"

    def test_a_proposed_provision_must_be_one_that_could_be_recorded(self) -> None:
        project = opened()
        wrong = clause("clause", "x", "x", heading=("时限", "Limit"), proposes=({**LIMIT, "unit": "CNY"},))
        with pytest.raises(Refused):
            texts.save_clause(by=person("province-editor"), project=project, clause=wrong)

    def test_an_issued_draft_never_changes(self) -> None:
        project = opened()
        written(project)
        draft = texts.issue(by=person("province-editor"), project=project, label="comment")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE jizhun_draft SET label = 'review' WHERE id = %s", [draft.pk])
        assert len(Draft.objects.get(pk=draft.pk).clauses) == len(TEXT)


class TestComments:
    def test_what_a_county_says_is_put_together_step_by_step_and_answered_at_the_root(self) -> None:
        project = in_comments()
        county, city = person("county-editor"), person("city-standards")
        ones = [comments.comment_for_body(by=county, consultation=round_of(project), region=COUNTY, text=text)
                for text in ("三天太短", "三天实在太短")]
        assert {one.desk for one in ones} == {CITY}
        together = comments.consolidate(by=city, comments=ones, desk=CITY, text="县级反映三天太短，建议五天。")
        assert (together.desk, together.region) == (PROVINCE, CITY)
        comments.dispose(by=person("province-editor"), comments=[together], disposition="accepted", answer="改为五天。")
        assert Notice.objects.filter(username="county-editor", text_zh__contains="采纳").count() == 2
        with pytest.raises(Refused, match="speaks through another"):
            comments.dispose(by=person("province-editor"), comments=[ones[0]], disposition="noted", answer="x")

    def test_the_public_is_held_until_looked_at_and_limited(self) -> None:
        project = in_comments()
        said = comments.comment_as_public(consultation=round_of(project), text="希望可以网上办", address="192.0.2.1",
                                          notify="somebody@example.org")
        assert said.state == "held" and "192.0.2.1" not in said.sender
        shown = comments.moderate(by=person("province-editor"), comment=said, show=True)
        assert shown.state == "shown"
        with pytest.raises(Refused, match="why"):
            comments.moderate(by=person("province-editor"), comment=said, show=False)
        with pytest.raises(comments.TooMany):
            for _ in range(comments.AN_HOUR):
                comments.comment_as_public(consultation=round_of(project), text="又一条", address="192.0.2.1")
        assert comments.comment_as_public(consultation=round_of(project), text="别处", address="192.0.2.2").seq

    def test_nothing_said_is_lost(self) -> None:
        project = in_comments()
        for number in range(3):
            comments.comment_for_body(by=person("county-editor"), consultation=round_of(project), region=COUNTY,
                                      text=f"意见 {number}")
        comments.close_consultation(by=person("province-editor"), consultation=round_of(project))
        assert len(projects.comments_of(project)) == 3 == CommentRow.objects.filter(project=project).count()

    def test_a_round_that_began_before_today_was_announced_somewhere(self) -> None:
        project = take(take(opened(), "submit"), "accept", "market-regulator")
        written(project)
        draft = texts.issue(by=person("province-editor"), project=project, label="comment")
        project = take(project, "consult")
        with pytest.raises(Refused, match="announced"):
            comments.open_consultation(by=person("province-editor"), project=project, draft=draft,
                                       opens_on=today() - days(40), closes_on=today())


class TestTheLoop:
    def test_reports_lead_to_a_revision_that_begins_with_the_old_text_and_its_keys(self) -> None:
        project = published()
        number, key = project.number, project.text.facts()[-1].key
        one = report(by=person("county-clerk"), number=number, region=COUNTY, clause=key, text="两天做不到。")
        answer_reports(by=person("province-editor"), reports=[one], outcome="revise", text="将修订。")
        assert list(called_early()) == [number]
        again = opened(procedure="local_revision", title_zh=project.title_zh, revises=number)
        clauses = texts.start_text(by=person("province-editor"), project=again)
        assert [one.key for one in clauses] == [one.key for one in project.text.facts()]
        reviewed(by=SYSTEM, standard=known(number), verdict="revise", reason="按反馈修订。", on=today() + days(0))
        assert called_early() == {}

    def test_a_withdrawn_standard_stays_withdrawn_after_a_load(self) -> None:
        reviewed(by=SYSTEM, standard=known("GB/T 16733-1997"), verdict="withdraw", reason="试验。")
        list(loading.national(by=SYSTEM))
        assert library().status(known("GB/T 16733-1997"), today()) == "withdrawn"

    def test_everybody_whose_move_it_is_is_reminded_once(self) -> None:
        project = take(opened(on=today() - days(90)), "submit")
        Project.objects.filter(pk=project.pk).update(due_on=today() - days(1))
        assert remind() >= 1
        notice = Notice.objects.get(username="market-regulator", about=projects.about(project))
        assert "overdue since" in notice.text_en
        assert remind() == 0
        assert not Notice.objects.filter(username="county-standards", about=projects.about(project)).exists()

    def test_a_notice_goes_out_once_to_the_address_that_was_left(self, settings, mailoutbox) -> None:
        settings.EMAIL_CONFIGURED = True
        project = in_comments()
        said = comments.comment_as_public(consultation=round_of(project), text="希望网上办", address="192.0.2.3",
                                          notify="somebody@example.org")
        comments.moderate(by=person("province-editor"), comment=said, show=True)
        comments.dispose(by=person("province-editor"), comments=[said], disposition="accepted", answer="已写入。")
        for _ in range(2):
            call_command("remind", mail=True)
        (mail,) = mailoutbox
        assert mail.to == ["somebody@example.org"] and "已写入" in mail.body


class TestPolicy:
    def test_a_normative_document_puts_its_values_in_force_and_cites_the_standard(self) -> None:
        standard = published()
        project = opened(procedure="normative", title_zh="关于执行失业保险金申领时限的通知", title_en="Notice",
                         on=today() - days(20))
        written(project)
        editor = person("province-editor")
        draft = texts.issue(by=editor, project=project, label="comment", on=today() - days(12))
        project = take(project, "consult", ago=11)
        comments.open_consultation(by=editor, project=project, draft=draft, opens_on=today() - days(10),
                                   closes_on=today(),
                                   announced="网站")
        comments.close_consultation(by=editor, consultation=round_of(project))
        texts.issue(by=editor, project=project, label="review")
        project = take(project, "examine")
        projects.record_evidence(by=editor, project=project, kind="legally_reviewed", text="法规处：合法。")
        texts.issue(by=editor, project=project, label="approval")
        project = take(project, "approve")
        projects.record_evidence(by=editor, project=project, kind="meeting", text="厅务会审议通过。")
        project = publishing.set_number(by=editor, project=project, number="示人社规〔2026〕1号", effective_on=today(),
                                        valid_until=today() + days(150))
        project = publishing.see_impact(by=editor, project=project, seen=publishing.impact(project).fingerprint)
        publishing.publish(by=editor, project=project)
        (answer,) = promised(matter="NB029-EX01", region=COUNTY, on=today(), measure="promised_limit")
        assert answer.winners[0].paper is not None and answer.winners[0].paper.number == "示人社规〔2026〕1号"
        assert [one.number for one in publishing.lapsing(regions=[PROVINCE], on=today())] == ["示人社规〔2026〕1号"]
        assert standard.proposed.get().provision == answer.winners[0].key


def every_act(project: Project, who: str):
    """Each act of the room as somebody would try it, by name."""
    by, draft = person(who), texts.issue(by=person("province-editor"), project=project, label="comment")
    last = project.text.facts()[-1]
    row = project.consultations.first()
    said = project.comments.first()
    ballot = project.ballots.first()
    vote = ballot.voters.first().votes.first()
    return {
        "open": lambda: projects.open_project(by=by, procedure="local", region=PROVINCE, title_zh="x"),
        "describe": lambda: projects.describe(by=by, project=project, title_en="x"),
        **{act: (lambda act=act: projects.take(by=by, project=project, act=act, reason="x"))
           for act in ("redraft", "examine", "stop")},
        "hand to": lambda: projects.hand_to(by=by, project=project, username="reader"),
        "evidence": lambda: projects.record_evidence(by=by, project=project, kind="meeting", text="x"),
        "save": lambda: texts.save_clause(by=by, project=project, clause=last, seen=texts.fingerprint(last)),
        "remove": lambda: texts.remove_clause(by=by, project=project, key=last.key, seen=texts.fingerprint(last)),
        "move": lambda: texts.move_clause(by=by, project=project, key=last.key),
        "take in": lambda: texts.take_in(by=by, project=project, clauses=[last], seen=project.text.version),
        "start": lambda: texts.start_text(by=by, project=project),
        "issue": lambda: texts.issue(by=by, project=project, label="comment"),
        "open round": lambda: comments.open_consultation(by=by, project=project, draft=draft, closes_on=today()),
        "close round": lambda: comments.close_consultation(by=by, consultation=row),
        "moderate": lambda: comments.moderate(by=by, comment=said, show=True),
        "dispose": lambda: comments.dispose(by=by, comments=[said], disposition="noted", answer="x"),
        "table": lambda: comments.take_in_table(by=by, project=project, changes=None),  # type: ignore[arg-type]
        "open ballot": lambda: ballots.open_ballot(by=by, project=project, draft=draft, question=Bilingual("x", "x"),
                                                   rule="committee", closes_on=today(), usernames=["committee-1"]),
        "answer": lambda: ballots.answer_objection(by=by, vote=vote, text="x"),
        "close ballot": lambda: ballots.close_ballot(by=by, ballot=ballot),
        "number": lambda: publishing.set_number(by=by, project=project, number="DB99/T 1-2026", effective_on=today()),
        "see impact": lambda: publishing.see_impact(by=by, project=project, seen=""),
        "vote": lambda: ballots.vote(by=by, voter=ballot.voters.first(), position="approve"),
        "province's desk": lambda: comments.pass_on(by=by, comments=[said], desk=PROVINCE),
        "consolidate": lambda: comments.consolidate(by=by, comments=[said], desk=PROVINCE, text="x"),
        "comment for the province": lambda: comments.comment_for_body(by=by, consultation=row, region=PROVINCE,
                                                                      text="x"),
    }


@pytest.mark.parametrize("who", ["county-standards", "county-editor", "city-standards", "county-clerk", "reader",
                                 "county-clerk-elsewhere"])
def test_who_works_below_cannot_move_the_province_s_project(who: str) -> None:
    project = in_comments()
    comments.comment_as_public(consultation=round_of(project), text="一条", address="192.0.2.9")
    cast(ballot_on_early(project), "disapprove")
    before = (project.stage, project.text.version, AuditLine.objects.filter(actor=who).count())
    went = []
    for name, act in every_act(project, who).items():
        try:
            act()
            went.append(name)
        except Forbidden:
            continue
    project.refresh_from_db()
    assert went == []
    assert (project.stage, project.text.version, AuditLine.objects.filter(actor=who).count()) == before


def ballot_on_early(project: Project) -> Ballot:
    """A ballot with one voter, set down as it is kept: what nobody may do needs no rule met."""
    made = Ballot.objects.create(project=project, draft=project.drafts.first(), question_zh="问", rule="committee",
                                 opens_on=today(), closes_on=today() + days(3))
    Voter.objects.create(ballot=made, name="committee-1", username="committee-1")
    return made


def test_who_approves_does_not_draft_and_who_drafts_does_not_approve() -> None:
    project = take(opened(), "submit")
    with pytest.raises(Forbidden):
        take(project, "accept", "province-editor")
    with pytest.raises(Forbidden):
        texts.start_text(by=person("market-regulator"), project=project)
