"""Ways in which the rules of the making of standards were cheated once; each is refused by a sentence now."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml

from drafting_cast import (
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
from jizhun.drafting.actions import ballots, comments, projects, publishing, texts
from jizhun.drafting.interchange.comment_tables import Head, iso_xlsx, read_comments
from jizhun.drafting.models import Project, Proposed
from jizhun.drafting.rules.merging import Changes, compare
from jizhun.drafting.rules.remarks import Comment
from jizhun.drafting.rules.text import Clause
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import FAR, months_later
from jizhun.people.actions import revoke
from jizhun.people.models import Grant, User
from jizhun.people.rules import SYSTEM, Forbidden
from jizhun.provisions.models import Provision
from jizhun.standards import actions as standards
from jizhun.standards.models import StandardRow

pytestmark = pytest.mark.usefixtures("world", "db")
EDITOR, REGULATOR = "province-editor", "market-regulator"


def approved() -> Project:
    """A project that lies with the regulator."""
    project = in_review()
    cast(ballot_on(project), "approve", "approve", "approve")
    ballots.close_ballot(by=person(EDITOR), ballot=project.ballots.get())
    texts.issue(by=person(EDITOR), project=project, label="approval")
    return take(project, "approve")


class TestTheLibrary:
    @pytest.mark.parametrize("spoil", ["title_en", "own reference"])
    def test_what_the_library_could_not_read_is_not_published(self, spoil: str) -> None:
        project = approved()
        project = publishing.set_number(by=person(REGULATOR), project=project, number="DB99/T 9-2026",
                                        effective_on=today())
        if spoil == "title_en":
            Project.objects.filter(pk=project.pk).update(title_en="")
        else:
            facts = project.text.facts()
            facts[2] = replace(facts[2], body=Bilingual("DB99/T 9-2026  自己", "DB99/T 9-2026  itself"))
            project.text.clauses = [texts.plain(one) for one in facts]
            project.text.save()
        project.refresh_from_db()
        project = publishing.see_impact(by=person(EDITOR), project=project, seen=publishing.impact(project).fingerprint)
        with pytest.raises(Refused, match="text has errors"):
            publishing.publish(by=person(REGULATOR), project=project)
        assert standards.library().find("DB99/T 9-2026") is None

    def test_one_damaged_row_does_not_take_the_library_with_it(self) -> None:
        StandardRow.objects.create(number="DB99/T 8-2026", kind="local", region=PROVINCE, fields={"number": "nonsense"})
        standards.bump(standards.ROOM)
        assert len(standards.library().by_number) > 100

    @pytest.mark.parametrize("number", ["GB/T 20001", "GB/T 1.1-2020", "GB/T 31597-2022"])
    def test_nobody_supersedes_what_others_are_responsible_for(self, number: str) -> None:
        with pytest.raises(Refused, match="cannot be revised here"):
            opened(revises=number)
        with pytest.raises(Refused, match="cannot be revised here"):
            projects.open_project(by=person("county-standards"), procedure="internal", region=COUNTY, title_zh="x",
                                  revises=number)

    def test_an_undated_number_revises_the_edition_that_it_means(self) -> None:
        project = published()
        again = opened(procedure="local_revision", revises="DB99/T 5", title_zh=project.title_zh)
        assert again.revises == "DB99/T 5-2026"

    def test_no_list_says_anew_or_supersedes_what_was_published_here(self, tmp_path: Path) -> None:
        published()
        row = {"number": "DB99/T 5-2026", "kind": "local", "region": PROVINCE, "title_zh": "x", "title_en": "x",
               "object_class": "service", "mark": "R", "source": "x"}
        other = {**row, "number": "DB99/T 6-2027", "replaces": ["DB99/T 5-2026"]}
        for one in (row, other):
            (tmp_path / "library.yaml").write_text(yaml.safe_dump({"standards": [one]}, allow_unicode=True), "utf-8")
            with pytest.raises(Refused, match="came with"):
                standards.load(by=SYSTEM, folder=tmp_path, owner="XX")

    def test_a_number_given_to_a_stopped_project_is_free_again(self) -> None:
        first = opened()
        publishing.set_number(by=person(REGULATOR), project=first, number="DB99/T 70-2026", effective_on=today())
        take(first, "stop", reason="x")
        second = publishing.set_number(by=person(REGULATOR), project=opened(title_zh="别的"), number="DB99/T 70-2026",
                                       effective_on=today())
        assert second.number == "DB99/T 70-2026"

    @pytest.mark.parametrize("number", ["DB99/T 777-2026", "GB/T 1-2026", "Q/X 4", "x"])
    def test_an_in_house_standard_is_numbered_as_such(self, number: str) -> None:
        project = projects.open_project(by=person("county-standards"), procedure="internal", region=COUNTY,
                                        title_zh="x")
        with pytest.raises(Refused):
            publishing.set_number(by=person("county-standards"), project=project, number=number, effective_on=today())
        kept = publishing.set_number(by=person("county-standards"), project=project, number="q/x 4—2026",
                                     effective_on=today())
        assert kept.number == "Q/X 4-2026"


class TestVoting:
    def test_a_body_votes_by_its_own_people_only(self) -> None:
        project = in_review()
        draft = projects.examined(project)
        assert draft is not None
        ballot = ballots.open_ballot(by=person(EDITOR), project=project, draft=draft, question=Bilingual("问", "Q"),
                                     rule="committee", closes_on=today(), bodies=[COUNTY],
                                     usernames=["committee-1", "committee-2"])
        own, _other, body = ballot.voters.order_by("region", "username")
        assert ballots.voters_for(by=person("committee-1"), ballot=ballot) == [own]
        assert ballots.voters_for(by=person("county-standards"), ballot=ballot) == [body]
        assert ballots.voters_for(by=person(EDITOR), ballot=ballot) == []

    @pytest.mark.parametrize("rule, members, sentence", [
        ("majority", 3, "is not voted on by “Simple majority”"), ("committee", 2, "needs at least 3"),
        ("none", 3, "is not voted on by “none”")])
    def test_the_procedure_says_by_which_rule_and_how_many(self, rule: str, members: int, sentence: str) -> None:
        project = in_review()
        with pytest.raises(Refused, match=sentence):
            ballots.open_ballot(by=person(EDITOR), project=project, draft=projects.examined(project), rule=rule,
                                question=Bilingual("问", "Q"), closes_on=today(),
                                usernames=["committee-1", "committee-2", "committee-3"][:members])

    def test_nothing_is_decided_while_it_is_still_commented_on(self) -> None:
        project = in_comments()
        draft = texts.issue(by=person(EDITOR), project=project, label="review")
        with pytest.raises(Refused, match="in the stage Review"):
            ballots.open_ballot(by=person(EDITOR), project=project, draft=draft, rule="committee", closes_on=today(),
                                question=Bilingual("问", "Q"), usernames=["committee-1", "committee-2", "committee-3"])
        with pytest.raises(Refused, match="in the stage Review"):
            projects.record_evidence(by=person(EDITOR), project=project, kind="meeting", text="11 月 3 日，通过")

    def test_a_grant_that_has_ended_votes_no_more(self) -> None:
        ballot = ballot_on(in_review())
        revoke(by=SYSTEM, grant=Grant.objects.get(user=person("committee-2")), reason="x")
        voter = ballot.voters.get(username="committee-2")
        with pytest.raises(Forbidden):
            ballots.vote(by=person("committee-2"), voter=voter, position="approve")

    def test_a_verdict_on_a_draft_is_final(self) -> None:
        project = in_review()
        ballot = ballot_on(project)
        cast(ballot, "disapprove", "disapprove", "disapprove")
        ballots.close_ballot(by=person(EDITOR), ballot=ballot)
        projects.record_evidence(by=person(EDITOR), project=project, kind="meeting", text="改为通过。")
        texts.issue(by=person(EDITOR), project=project, label="approval")
        with pytest.raises(Refused, match="did not pass this draft"):
            take(project, "approve")

    @pytest.mark.parametrize("kind, on, verdict", [
        ("meeting", date(1900, 1, 1), "passed"), ("meeting", None, "banana"), ("filed", None, "passed"),
        ("nonsense", None, "passed")])
    def test_what_cannot_have_happened_is_not_recorded(self, kind: str, on: date | None, verdict: str) -> None:
        who = REGULATOR if kind == "filed" else EDITOR
        with pytest.raises(Refused):
            projects.record_evidence(by=person(who), project=in_review(), kind=kind, text="x", on=on, verdict=verdict)

    def test_a_legal_review_counts_for_the_draft_it_saw_and_its_last_word(self) -> None:
        project = opened(procedure="normative")
        written(project)
        with pytest.raises(Refused, match="No draft"):
            projects.record_evidence(by=person(EDITOR), project=project, kind="legally_reviewed", text="x")
        texts.issue(by=person(EDITOR), project=project, label="comment")
        for verdict, counts in (("passed", True), ("failed", False), ("passed", True)):
            projects.record_evidence(by=person(EDITOR), project=project, kind="legally_reviewed", text="x",
                                     verdict=verdict)
            assert ("legally_reviewed" in projects.facts_of(project).evidence) is counts
        texts.save_clause(by=person(EDITOR), project=project, clause=TEXT[4])
        texts.issue(by=person(EDITOR), project=project, label="comment")
        assert "legally_reviewed" not in projects.facts_of(project).evidence


class TestWhatWasApprovedIsPublished:
    def test_nothing_changes_while_it_lies_with_whoever_approves(self) -> None:
        project = approved()
        last = project.text.facts()[-1]
        acts = [
            lambda: texts.save_clause(by=person(EDITOR), project=project, clause=last, seen=texts.fingerprint(last)),
            lambda: projects.describe(by=person(EDITOR), project=project, title_zh="别的"),
            lambda: texts.issue(by=person(EDITOR), project=project, label="approval")]
        for act in acts:
            with pytest.raises(Refused, match="lies with whoever approves"):
                act()

    def test_another_draft_issued_does_not_stand_for_the_one_asked_for(self) -> None:
        project = in_review()
        cast(ballot_on(project), "approve", "approve", "approve")
        ballots.close_ballot(by=person(EDITOR), ballot=project.ballots.get())
        texts.issue(by=person(EDITOR), project=project, label="approval")
        texts.save_clause(by=person(EDITOR), project=project,
                          clause=clause("clause", "另加。", "More.", heading=("加", "More")))
        texts.issue(by=person(EDITOR), project=project, label="comment")
        with pytest.raises(Refused, match="issue it again"):
            take(project, "approve")

    def test_a_text_that_was_sent_back_is_asked_about_anew(self) -> None:
        project = take(in_review(), "send_back", reason="重写")
        texts.save_clause(by=person(EDITOR), project=project,
                          clause=clause("clause", "新。", "New.", heading=("新", "New")))
        texts.issue(by=person(EDITOR), project=project, label="comment")
        project = take(project, "consult")
        texts.issue(by=person(EDITOR), project=project, label="review")
        with pytest.raises(Refused, match="so far 0"):
            take(project, "examine")

    def test_a_round_does_not_begin_before_its_draft(self) -> None:
        project = take(take(opened(), "submit"), "accept", REGULATOR)
        written(project)
        draft = texts.issue(by=person(EDITOR), project=project, label="comment")
        project = take(project, "consult")
        for first, last in ((today() - days(30), today()), (date(9999, 6, 1), FAR)):
            with pytest.raises(Refused):
                comments.open_consultation(by=person(EDITOR), project=project, draft=draft, opens_on=first,
                                           closes_on=last, announced="x")

    def test_impact_covers_title_and_validity(self) -> None:
        project = in_review()
        project = publishing.see_impact(by=person(EDITOR), project=project, seen=publishing.impact(project).fingerprint)
        projects.describe(by=person(EDITOR), project=project, title_zh="别的名称")
        project.refresh_from_db()
        assert not projects.facts_of(project).impact_seen


class TestProposals:
    def test_a_proposal_is_cited_as_it_is_or_not_at_all(self) -> None:
        one = published().proposed.get()
        paper = {"id": "notice-x", "title_zh": "通知", "title_en": "Notice", "kind": "normative", "region": PROVINCE,
                 "published_on": today(), "valid_from": today(), "source": "x", "mark": "SIM"}
        row = {name: value for name, value in one.row.items() if name != "sentence"}
        row |= {"from": today(), "document": "notice-x", "mark": "SIM", "source": "x"}
        before = Provision.objects.count()
        for wrong in ({**row, "region": COUNTY}, {**row, "value": 1}, {**row, "subject": "NB029"},
                      {**row, "group": "disabled"}, {**row, "modality": "cap"}):
            with pytest.raises(Refused, match="not what the standard proposes"):
                publishing.cite(by=person(EDITOR), proposed=one, row=wrong, paper=paper)
        with pytest.raises(Forbidden):
            publishing.cite(by=person("county-editor"), proposed=one, row=row, paper=paper)
        assert Provision.objects.count() == before
        kept = publishing.cite(by=person(EDITOR), proposed=one, row=row, paper=paper)
        assert Proposed.objects.get(pk=one.pk).provision == kept.pk
        with pytest.raises(Refused, match="in force already"):
            publishing.cite(by=person(EDITOR), proposed=one, row=row)

    @pytest.mark.parametrize("more", [{"region": "510000"}, {"mark": "V"}, {"from": "0001-01-01"}, {"sentence": ["x"]}])
    def test_a_proposal_speaks_for_no_other_place_day_or_source(self, more: dict[str, object]) -> None:
        wrong = clause("clause", "x", "x", heading=("时限", "Limit"), proposes=({**LIMIT, **more},))
        with pytest.raises(Refused):
            texts.save_clause(by=person(EDITOR), project=opened(), clause=wrong)

    def test_a_withdrawn_standard_proposes_nothing_any_more(self) -> None:
        project = published()
        assert publishing.still_proposes(project.number)
        standards.reviewed(by=SYSTEM, standard=standards.known(project.number), verdict="withdraw", reason="x")
        assert not publishing.still_proposes(project.number)
        one = project.proposed.get()
        with pytest.raises(Refused, match="does not hold any more"):
            publishing.cite(by=person(EDITOR), proposed=one, row=one.row)

    def test_what_standards_promise_is_compared_in_its_unit_and_for_its_group(self) -> None:
        project = published()
        one = project.proposed.get()
        (key,) = publishing.promised_by_standards()[project.number]
        assert key == (one.row["subject"], one.row["measure"], "all", one.row.get("unit", ""))
        one.row |= {"modality": "cap"}
        one.save()
        assert project.number not in publishing.promised_by_standards()


class TestComments:
    def test_nothing_comes_into_a_round_that_has_been_closed(self) -> None:
        project = in_comments()
        stale = round_of(project)
        comments.close_consultation(by=person(EDITOR), consultation=stale)
        stale.closed_on = None  # as a page that was opened before still has it
        with pytest.raises(Refused, match="does not take comments"):
            comments.comment_as_public(consultation=stale, text="晚了", address="192.0.2.7")
        with pytest.raises(Refused, match="does not take comments"):
            comments.comment_for_body(by=person("county-editor"), consultation=stale, region=COUNTY, text="晚了")

    def test_several_are_hidden_together_or_not_at_all(self) -> None:
        project = in_comments()
        public = comments.comment_as_public(consultation=round_of(project), text="一", address="192.0.2.8")
        body = comments.comment_for_body(by=person(EDITOR), consultation=round_of(project), region=PROVINCE, text="二")
        with pytest.raises(Refused):
            comments.moderate_all(by=person(EDITOR), comments=[public, body], show=False, reason="x")
        public.refresh_from_db()
        assert public.state == "held"

    def test_a_table_keeps_numbers_and_lines_and_is_taken_in_once(self) -> None:
        project = in_comments()


        made = [Comment("", "", "5", "", "te", "时限太短。", body="某会", line="12", paragraph="第2段"),
                Comment("", "", "99", "", "te", "没有这一条。", body="某会")]
        content = iso_xlsx(Head(project.title), made, "en")
        for number in (2, 0):
            before = [row.fact() for row in projects.comments_of(project)]
            changes = compare(before, read_comments(content, "a.xlsx"))
            assert comments.take_in_table(by=person(EDITOR), project=project, changes=changes) == number
        first, second = project.comments.all()
        assert (first.clause, first.clause_number, first.line, first.paragraph) == (
            project.text.facts()[-1].key, "5", "12", "第2段")
        assert (second.clause, second.clause_number) == ("", "99")


class TestNothingStuck:
    def test_a_standard_withdrawn_elsewhere_does_not_hold_its_project(self) -> None:
        project = published()
        projects.record_evidence(by=person(REGULATOR), project=project, kind="filed", text="已备案。")
        project = take(project, "review")
        standards.reviewed(by=SYSTEM, standard=standards.known(project.number), verdict="withdraw", reason="x")
        assert take(project, "withdraw", REGULATOR, reason="随之废止").stage == "95"

    def test_two_people_do_not_overwrite_each_other_s_proposal(self) -> None:
        project = opened()
        seen = projects.described(project)
        projects.describe(by=person(EDITOR), project=project, seen=seen, need_zh="甲写的。")
        with pytest.raises(Refused, match="Somebody has changed the proposal"):
            projects.describe(by=person(EDITOR), project=project, seen=seen, need_zh="乙写的。")
        project.refresh_from_db()
        assert project.need_zh == "甲写的。"

    @pytest.mark.parametrize("key, kind, level", [("new", "clause", 1), ("import", "clause", 1), ("a b", "clause", 1),
                                                  ("s", "scope", 3)])
    def test_a_clause_is_called_so_that_its_page_can_be_opened(self, key: str, kind: str, level: int) -> None:
        with pytest.raises(Refused):
            texts.take_in(by=person(EDITOR), project=opened(), clauses=[Clause(key, kind, level)], seen=0)

    def test_an_element_that_stands_once_is_taken_in_once(self) -> None:
        twice = [Clause("a", "scope", 1), Clause("b", "scope", 1)]
        with pytest.raises(Refused, match="there twice"):
            texts.take_in(by=person(EDITOR), project=opened(), clauses=twice, seen=0)

    def test_days_never_run_out_of_time(self) -> None:
        assert months_later(date(9999, 12, 1), 60) == FAR

    def test_an_unknown_kind_opens_nothing(self) -> None:
        with pytest.raises(Refused, match="is not for"):
            opened(kind="normative")




@pytest.mark.parametrize("act", [
    lambda by: comments.dispose(by=by, comments=[], disposition="noted", answer="x"),
    lambda by: comments.pass_on(by=by, comments=[], desk=COUNTY),
    lambda by: comments.moderate_all(by=by, comments=[], show=True)])
def test_nothing_chosen_is_nothing_done(act: Callable[[User], object]) -> None:
    with pytest.raises(Refused, match="Choose the comments first"):
        act(person(EDITOR))


def test_a_table_is_not_taken_into_another_project_s_round() -> None:
    one, other = in_comments(), in_comments()
    with pytest.raises(Refused, match="not of this project"):
        comments.take_in_table(by=person(EDITOR), project=one, consultation=round_of(other),
                               changes=Changes())
