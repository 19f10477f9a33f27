"""The question bank against a real database: drafted, reviewed by a second person, suspended, redrafted, told."""

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from jizhun.kernel.bilingual import Refused
from jizhun.people.models import AuditLine, Notice, User
from jizhun.people.rules import SYSTEM, Forbidden
from jizhun.provisions.actions import record
from jizhun.training.actions import bank
from jizhun.training.models import Question, QuestionVersion

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

ON, CHANGE = date(2026, 9, 1), date(2026, 10, 1)
MATTER, COUNTY, CITY = "NB029-EX01", "990101", "990100"
FASTER = {"subject": MATTER, "measure": "promised_limit", "region": CITY, "value": 2, "unit": "working_day",
          "from": CHANGE, "mark": "SIM", "source": "a test"}
STEM = {"zh": "收费吗？", "en": "Is there a fee?"}
FREE = {"stem": STEM, "right": False}


def who(name: str) -> User:
    return User.objects.get(username=name)


def drafted(kind: str = "numeric", **more: Any) -> Any:
    options = {"region": COUNTY, "matters": [MATTER], "kinds": [kind], "on": ON, **more}
    return [one for one in bank.draft_questions(by=who("trainer"), **options)]


def kept(kind: str = "numeric", measure: str = "promised_limit") -> Question:
    """A drafted question on the time limit, in use since it was accepted."""
    draft = next(one for one in drafted(kind) if one.sources[0].key[-1] == measure)
    (question,) = bank.keep_drafts(by=who("trainer"), made=[draft])
    bank.submit(by=who("trainer"), question=question)
    bank.accept(by=who("reviewer"), question=question)
    return question


class TestDrafting:
    def test_the_right_answer_is_what_the_engine_says_there_that_day(self) -> None:
        limit = next(one for one in drafted() if one.sources[0].key[-1] == "promised_limit")
        assert (limit.content["right"], limit.simulated, limit.region) == ("3", True, COUNTY)
        assert limit.sources[0].learned_on == ON

    def test_cases_are_answered_by_the_rule_and_one_of_two_is_not_entitled(self) -> None:
        found = drafted("case")
        rights = [one.content["parts"][0]["right"] for one in found]
        assert sorted(rights) == [False, True]
        assert {one.sources[0].kind for one in found} == {"rule"}

    def test_a_draft_is_kept_once(self) -> None:
        made = drafted()
        assert len(bank.keep_drafts(by=who("trainer"), made=made)) == len(made) > 1
        assert bank.keep_drafts(by=who("trainer"), made=drafted()) == []
        assert AuditLine.objects.filter(act="training.question").count() == len(made)

    @pytest.mark.parametrize("change", [{"kinds": ["essay"]}, {"matters": ["NB000-EX99"]}, {"region": "999999"},
                                        {"most": 0}, {"standards": ["GB/T 0"]}])
    def test_what_does_not_exist_is_refused_in_a_sentence(self, change: dict[str, Any]) -> None:
        with pytest.raises(Refused):
            drafted(**change)

    @pytest.mark.parametrize("name", ["reviewer", "county-editor", "county-clerk", "reader"])
    def test_only_trainers_draft(self, name: str) -> None:
        with pytest.raises(Forbidden):
            bank.draft_questions(by=who(name), region=COUNTY, matters=[MATTER])

    def test_a_trainer_drafts_for_their_own_places_only(self) -> None:
        with pytest.raises(Forbidden):
            drafted(region="330100")


class TestReview:
    def test_a_second_person_accepts(self) -> None:
        assert bank.held_question(kept(), on=ON).standing.usable

    def test_nobody_accepts_their_own(self) -> None:
        question = bank.keep_drafts(by=SYSTEM, made=drafted()[:1])[0]
        bank.submit(by=SYSTEM, question=question)
        with pytest.raises(Refused, match="somebody else"):
            bank.accept(by=SYSTEM, question=question)

    def test_the_trainer_has_no_right_to_accept_and_the_reviewer_none_to_write(self) -> None:
        question = bank.keep_drafts(by=who("trainer"), made=drafted()[:1])[0]
        with pytest.raises(Forbidden):
            bank.submit(by=who("reviewer"), question=question)
        bank.submit(by=who("trainer"), question=question)
        with pytest.raises(Forbidden):
            bank.accept(by=who("trainer"), question=question)

    def test_what_is_returned_says_why_to_its_author_and_comes_again_as_a_new_version(self) -> None:
        question = bank.record_question(by=who("trainer"), region=COUNTY, kind="true_false", content=FREE)
        bank.submit(by=who("trainer"), question=question)
        with pytest.raises(Refused, match="reason"):
            bank.send_back(by=who("reviewer"), question=question, reason=" ")
        bank.send_back(by=who("reviewer"), question=question, reason="Which fee?")
        assert "Which fee?" in Notice.objects.get(username="trainer").text_en
        with pytest.raises(Refused, match="Nothing was changed"):
            bank.record_version(by=who("trainer"), question=question, kind="true_false", content=FREE)
        bank.record_version(by=who("trainer"), question=question, kind="true_false", content={**FREE, "right": True})
        held = bank.held_question(question, on=ON)
        assert (held.standing.state, held.version.number) == ("draft", 2)

    def test_a_retired_question_is_neither_asked_nor_written_any_more(self) -> None:
        question = kept()
        bank.retire(by=who("trainer"), question=question, reason="not needed")
        assert bank.usable(region=COUNTY, on=ON) == []
        with pytest.raises(Refused, match="retired"):
            bank.record_version(by=who("trainer"), question=question, kind="true_false", content=FREE)

    def test_a_faulty_question_is_not_kept(self) -> None:
        with pytest.raises(Refused):
            bank.record_question(by=who("trainer"), region=COUNTY, kind="single", content=FREE)
        with pytest.raises(Refused, match="no topic"):
            bank.record_question(by=who("trainer"), region=COUNTY, kind="true_false", content=FREE, topic="x")
        assert not Question.objects.exists()

    def test_versions_stay_as_they_were_asked(self) -> None:
        kept()
        with pytest.raises(DatabaseError), transaction.atomic():
            QuestionVersion.objects.update(kind="single")


class TestSuspension:
    def test_it_is_suspended_on_the_day_of_the_change_with_the_old_and_the_new_words(self) -> None:
        question = kept()
        record(by=SYSTEM, row=FASTER)
        before = bank.held_question(question, on=ON).standing
        assert (before.usable, before.ends_on) == (True, CHANGE)
        after = bank.held_question(question, on=CHANGE).standing
        assert (after.state, after.since) == ("suspended", CHANGE)
        assert [one.now.words.en for one in after.changes if one.now] == ["2 working days"]
        assert bank.usable(region=COUNTY, on=CHANGE) == [] and len(bank.usable(region=COUNTY, on=ON)) == 1

    @pytest.mark.parametrize("kind", ["numeric", "single", "true_false"])
    def test_redrafted_out_of_the_new_value_it_goes_to_review_and_counts_again(self, kind: str) -> None:
        question = kept(kind)
        with pytest.raises(Refused, match="nothing to redraft"):
            bank.redraft(by=who("trainer"), question=question, on=ON)
        record(by=SYSTEM, row=FASTER)
        version = bank.redraft(by=who("trainer"), question=question, on=CHANGE)
        assert "2 working days" in version.content["explanation"]["en"] and version.number == 2
        assert bank.held_question(question, on=CHANGE).standing.state == "suspended"
        bank.accept(by=who("reviewer"), question=question)
        assert bank.held_question(question, on=CHANGE).standing.usable

    def test_what_a_person_wrote_is_not_redrafted(self) -> None:
        question = bank.record_question(by=who("trainer"), region=COUNTY, kind="true_false", content=FREE)
        with pytest.raises(Refused, match="editor"):
            bank.redraft(by=who("trainer"), question=question)

    def test_authors_are_told_once_before_and_once_when_it_is_so(self) -> None:
        kept()
        record(by=SYSTEM, row=FASTER)
        assert bank.sweep(on=date(2026, 8, 1)) == bank.Swept(0, 0, 0)
        assert bank.sweep(on=date(2026, 9, 15)) == bank.Swept(0, 1, 1)
        assert bank.sweep(on=date(2026, 9, 16)) == bank.Swept(0, 1, 0)
        assert bank.sweep(on=CHANGE) == bank.Swept(1, 0, 1)
        assert bank.sweep(on=date(2026, 11, 1)) == bank.Swept(1, 0, 0)
        assert [one.username for one in Notice.objects.all()] == ["trainer", "trainer"]


def test_a_question_of_the_city_is_asked_in_its_counties_and_not_elsewhere() -> None:
    question = bank.record_question(by=who("trainer"), region=CITY, kind="true_false", content=FREE)
    bank.submit(by=who("trainer"), question=question)
    bank.accept(by=who("reviewer"), question=question)
    assert [one.question for one in bank.usable(region=COUNTY, on=ON)] == [question]
    assert bank.usable(region="990201", on=ON) == [] == bank.usable(region=COUNTY, on=ON, topics=["limits"])
