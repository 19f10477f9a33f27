"""Examinations from opening to appeal: rights, forms, saving by order, time, marking, results with small cells hid."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from jizhun.kernel.bilingual import Refused
from jizhun.people.models import AuditLine, Notice, User
from jizhun.people.rules import Forbidden, canonical
from jizhun.training.actions import exams, results, sittings
from jizhun.training.actions.experience import items_of
from jizhun.training.actions.pool import pool
from jizhun.training.actions.sittings import Sent
from jizhun.training.actions.sources import source
from jizhun.training.models import Exam, Experience, Marking, Question, SavedAnswer, Sitting
from jizhun.training.rules.sittings import Given
from training_bank import CONTENT, REGION, bank, blueprint, opened, question, right_answer

pytestmark = pytest.mark.usefixtures("world", "db")
CLERK, ELSEWHERE = "county-clerk", "county-clerk-elsewhere"


def user(name: str) -> User:
    return User.objects.get(username=name)


def sat(exam: Exam, who: str = CLERK) -> Sitting:
    return sittings.begin(by=user(who), exam=exam, browser=f"of {who}", honest=True)


def paper(one: Sitting, browser: str = "") -> sittings.Paper:
    return sittings.go_on(by=user(one.username), sitting=one, browser=browser or f"of {one.username}")


def save(one: Sitting, *sent: Sent, place: int = 1, **more: Any) -> sittings.Kept:
    return sittings.save(by=user(one.username), sitting=one.pk, place=place, answers=sent, **more)


def typed(one: Sitting, number: int = 1) -> Any:
    return SavedAnswer.objects.get(sitting=one, number=number).answer


def answer_all(one: Sitting, right: int = 99) -> None:
    """The first so many right, the others not at all."""
    asked = paper(one).questions[:right]
    save(one, *(Sent(each.number, each.number, right_answer(each, CONTENT[each.kind])) for each in asked))


def moved(one: Sitting, **back: float) -> Sitting:
    """The same sitting as if it had begun earlier."""
    Sitting.objects.filter(pk=one.pk).update(begun_at=one.begun_at - timedelta(**back))
    one.refresh_from_db()
    return one


# -- blueprints, exams, who may sit ----------------------------------------------------------------


@pytest.mark.parametrize(("who", "may"), [("trainer", True), ("reviewer", False), (CLERK, False),
                                          ("province-editor", False)])
def test_trainers_write_blueprints_and_open_exams(who: str, may: bool) -> None:
    bank()
    version = blueprint()
    act = {"by": user(who), "version": version, "kind": "practice", "region": REGION, "opens": timezone.now(),
           "closes": timezone.now() + timedelta(hours=1)}
    if may:
        made = exams.open_exam(**act)
        assert AuditLine.objects.filter(subject=str(made), act="training.open_exam").exists()
        assert exams.change_blueprint(by=user(who), blueprint=version.blueprint,
                                      content={**version.content, "minutes": 40}).number == 2
        with pytest.raises(Refused, match="Nothing was changed"):
            exams.change_blueprint(by=user(who), blueprint=version.blueprint,
                                   content={**version.content, "minutes": 40})
        with pytest.raises(DatabaseError), transaction.atomic():
            Exam.objects.filter(pk=made.pk).update(attempts=9)
    else:
        with pytest.raises(Forbidden):
            exams.open_exam(**act)


def test_an_exam_that_the_bank_cannot_fill_is_not_opened() -> None:
    bank(("single",))
    with pytest.raises(Refused, match="asks for 8, there are 1"):
        opened()


def test_who_may_sit() -> None:
    bank()
    county = opened(region="990101", role="clerk")
    assert exams.sits_by(county, user(CLERK)) is not None
    assert [exams.sits_by(county, user(who)) for who in (ELSEWHERE, "county-editor", "reader")] == [None] * 3
    assert [one.username for one in exams.sitters(county)] == [CLERK]
    assert exams.exams_for(user(CLERK)) == [county] and exams.exams_for(user(ELSEWHERE)) == []
    with pytest.raises(Forbidden):
        sat(county, ELSEWHERE)


def test_only_accepted_questions_that_still_hold_are_asked() -> None:
    now, past = date(2026, 1, 1), date(2020, 1, 1)
    held = source(kind="promise", key=("NB029-EX01", "990101", "", "promised_limit"), on=now).plain()
    question("single", "held", sources=[held])
    question("single", "changed", sources=[{**held, "fingerprint": "another"}])
    question("single", "waits", accepted=False)
    question("single", "elsewhere", region="330000")
    assert [one.question for one in pool(region=REGION, on=now)] == ["held"]
    assert pool(region=REGION, on=past) == []  # on that day the source said nothing yet


# -- sitting ---------------------------------------------------------------------------------------


def test_a_sitting_from_beginning_to_mark_with_every_type() -> None:
    bank()
    one = sat(opened())
    assert {each.kind for each in paper(one).questions} == {*CONTENT}
    answer_all(one)
    marking = sittings.submit(by=user(CLERK), sitting=one)
    assert (marking.points, marking.worth, marking.mark, marking.passed) == (1600, 16, 10_000, True)
    assert [line.act for line in AuditLine.objects.filter(subject=str(one))] == ["training.begin", "training.submit"]
    with pytest.raises(Refused, match="handed in already"):
        sittings.submit(by=user(CLERK), sitting=one)
    assert save(one, Sent(1, 99, {"": ["1"]})).state == "submitted"
    with pytest.raises(DatabaseError), transaction.atomic():
        Marking.objects.update(points=0)


def test_beginning_has_its_conditions() -> None:
    bank()
    exam = opened(attempts=1)
    with pytest.raises(Refused, match="answer by yourself"):
        sittings.begin(by=user(CLERK), exam=exam, browser="", honest=False)
    one = sat(exam)
    with pytest.raises(Refused, match="go on with it"):
        sat(exam)
    sittings.submit(by=user(CLERK), sitting=one)
    with pytest.raises(Refused, match="1 attempts there are"):
        sat(exam)


def test_forms_of_different_people_differ_and_what_was_shown_is_counted() -> None:
    for number in range(12):
        question("single", f"Q{number}")
    exam = opened(4)
    forms = [{each["version"] for each in sat(exam, who).form} for who in (CLERK, ELSEWHERE, "reader")]
    assert len(forms[0] | forms[1] | forms[2]) == 12
    assert {one.shown for one in Experience.objects.all()} == {1}


def test_saving_is_done_by_order_and_twice_is_once() -> None:
    bank()
    one = sat(opened())
    save(one, Sent(1, 5, {"": ["new"]}))
    kept = save(one, Sent(1, 3, {"": ["late"]}), Sent(2, 4, {"": ["other"]}))
    assert kept.state == "running" and not kept.elsewhere
    assert (typed(one), typed(one, 2)) == ({"": ["new"]}, {"": ["other"]})
    save(one, Sent(1, 5, {"": ["new"]}))
    assert SavedAnswer.objects.filter(sitting=one).count() == 2
    with pytest.raises(Refused, match="no question 9"):
        save(one, Sent(9, 6, {}))
    with pytest.raises(Refused, match="not yours"):
        sittings.save(by=user(ELSEWHERE), sitting=one.pk, place=1, answers=[])


def test_the_newest_place_goes_on_and_the_other_is_told() -> None:
    bank()
    one = sat(opened())
    assert paper(one).place == 1
    second = paper(one, "another browser")
    assert second.place == 2 and paper(one, "another browser").place == 2
    save(one, Sent(1, 1, {"": ["from the second"]}), place=2)
    told = save(one, Sent(1, 900, {"": ["from the first"]}), Sent(2, 901, {"": ["only here"]}), place=1)
    assert told.elsewhere and told.state == "running"
    assert (typed(one), typed(one, 2)) == ({"": ["from the second"]}, {"": ["only here"]})
    assert [note.kind for note in sittings.notes_of(one)] == ["elsewhere"]
    save(one, Sent(3, 1, {"": ["x"]}), place=77)  # nobody is ahead of the newest place
    assert SavedAnswer.objects.get(sitting=one, number=3).order == 2_000_000_001


def test_leaving_the_page_is_noted_and_costs_nothing() -> None:
    bank()
    one = sat(opened())
    for _ in range(3):
        save(one, left_page=1)
    answer_all(one)
    assert sittings.submit(by=user(CLERK), sitting=one).passed
    assert [note.kind for note in sittings.notes_of(one)] == ["left"] * 3


def test_everything_saved_counts_when_time_runs_out() -> None:
    bank()
    one = sat(opened())
    answer_all(one, right=4)
    moved(one, minutes=31)
    assert save(one, Sent(5, 50, {"": ["too late"]})).state == "expired"
    told = results.outcome(one)
    assert told is not None and told.last.points == 800 and told.sitting.submitted_at is None
    assert results.outcome(one).last == told.last  # type: ignore[union-attr]
    assert AuditLine.objects.filter(subject=str(one), act="training.time_up", actor="system").count() == 1


def test_extra_time_breaks_and_large_type() -> None:
    bank()
    exam = opened(kind="examination")
    with pytest.raises(Refused, match="may not sit"):
        exams.accommodate(by=user("trainer"), exam=exam, username="nobody", given=Given(25), reason="need")
    with pytest.raises(Forbidden):
        exams.accommodate(by=user(CLERK), exam=exam, username=CLERK, given=Given(25), reason="need")
    exams.accommodate(by=user("trainer"), exam=exam, username=CLERK, given=Given(50, 10, True), reason="decided")
    one = sat(exam)
    assert (one.seconds, one.breaks, one.large) == (2700, 600, True)
    assert sat(exam, ELSEWHERE).seconds == 1800
    assert exams.settled_at(exam) == exam.closes + timedelta(seconds=2700 + 600 + 30)
    sittings.rest(by=user(CLERK), sitting=one, begin=True)
    Sitting.objects.filter(pk=one.pk).update(paused_at=timezone.now() - timedelta(minutes=4))
    again = sittings.rest(by=user(CLERK), sitting=one, begin=False)
    assert 240 <= again.rested <= 245
    with pytest.raises(Refused, match="no time left for breaks"):
        sittings.rest(by=user(ELSEWHERE), sitting=Sitting.objects.get(username=ELSEWHERE), begin=True)


# -- afterwards ------------------------------------------------------------------------------------


def test_an_examination_tells_the_mark_at_once_and_the_answers_when_it_has_closed() -> None:
    bank()
    one = sat(opened(kind="examination"))
    sittings.submit(by=user(CLERK), sitting=one)
    told = results.outcome(one)
    assert told is not None and told.told.mark and not told.told.answers and told.answered == []
    with pytest.raises(Refused, match="once the right answers are told"):
        results.appeal(by=user(CLERK), sitting=one, number=1, text="But")


def test_an_upheld_appeal_marks_everybody_again_and_keeps_both_marks() -> None:
    bank(("single",))
    exam = opened(1)
    mine, theirs, third = sat(exam), sat(exam, ELSEWHERE), sat(exam, "reader")
    for one, text in ((mine, "7 days"), (theirs, "7 days"), (third, "15 days")):
        (asked,) = paper(one).questions
        chosen = next(each["id"] for each in asked.shown["options"] if each["text"]["en"] == text)
        save(one, Sent(1, 1, {"": [chosen]}))
        assert sittings.submit(by=user(one.username), sitting=one).points == 0
    made = results.appeal(by=user(CLERK), sitting=mine, number=1, text="The city allows seven.")
    with pytest.raises(Refused, match="appealed about this question already"):
        results.appeal(by=user(CLERK), sitting=mine, number=1, text="Again")
    with pytest.raises(Forbidden):
        results.decide(by=user("trainer"), appeal=made, correction="accept", reason="Right")
    with pytest.raises(Refused, match="Give the reason"):
        results.decide(by=user("reviewer"), appeal=made, correction="accept", reason=" ")
    results.decide(by=user("reviewer"), appeal=made, correction="accept", reason="It does.")
    assert [[each.points for each in one.markings.order_by("number")] for one in (mine, theirs, third)] == [
        [0, 200], [0, 200], [0]]
    assert Notice.objects.filter(username=CLERK, about=str(made), text_en__contains="right too").exists()
    with pytest.raises(Refused, match="answered already"):
        results.decide(by=user("reviewer"), appeal=made, correction="", reason="No")
    other = results.appeal(by=user("reader"), sitting=third, number=1, text="Fifteen")
    results.decide(by=user("reviewer"), appeal=other, correction="free", reason="It cannot be told.")
    assert [one.markings.count() for one in (mine, theirs, third)] == [2, 2, 2]


def test_small_groups_are_hidden_in_results() -> None:
    bank(("single", "true_false"))
    exam = opened(2)
    people = [User.objects.create(username=f"p{number}") for number in range(13)]
    for number, person in enumerate(people):
        person.grants.create(role="clerk", region="990101" if number < 7 else "990201" if number < 11 else "990102",
                             valid_from=date(2020, 1, 1))
        one = sat(exam, person.username)
        answer_all(one, right=number % 3)
        sittings.submit(by=person, sitting=one)
    told = results.results(exam)
    assert told.whole.sat == 13 and told.spread is not None and sum(told.spread) == 13
    lines = {one.key: one for one in told.places}
    assert (lines["990102"].sat, lines["990102"].passed, lines["990102"].mean) == (None, None, None)
    # The hidden place cannot be reckoned from the total: a second number is hidden beside it.
    assert sum(one.sat is None for one in told.places) >= 2
    assert all(item.number == 13 and item.suppressed for _, item in told.items)  # under twenty nothing more is told
    few = opened(1, code="B2")
    sittings.submit(by=user(CLERK), sitting=sat(few))
    assert (results.results(few).spread, results.results(few).whole.mean) == (None, None)


def test_what_is_kept_of_an_answer_is_the_form_that_was_typed() -> None:
    bank(("multiple",))
    one = sat(opened(1))
    save(one, Sent(1, 1, {"": ["2", "1"], "empty": [""]}))
    assert canonical(typed(one)) == '{"":["2","1"]}'


def test_from_twenty_sittings_on_a_question_s_figures_are_told_on_results_and_of_the_question() -> None:
    bank(("single", "true_false"))
    exam = opened(2, kind="examination")
    for number in range(20):
        person = User.objects.create(username=f"q{number}")
        person.grants.create(role="clerk", region="990101", valid_from=date(2020, 1, 1))
        one = sat(exam, person.username)
        answer_all(one, right=2 if number < 10 else 0)
        sittings.submit(by=person, sitting=one)
    told = results.results(exam)
    (item,) = [item for version, item in told.items if version.kind == "single"]
    assert (item.number, item.difficulty, item.upper_lower, item.point_biserial) == (20, 0.5, 1.0, 1.0)
    assert item.chosen[0].number == 10 and told.reliability.alpha == 1.0
    assert items_of(Question.objects.get(code="Q-single")) == [(1, item)]
