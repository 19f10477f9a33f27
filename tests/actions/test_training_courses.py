"""Acts on courses: four eyes, what changed, what a learner has learned; the ledger, rosters, contests and coverage."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import DatabaseError, transaction
from django.utils import timezone

from certified import COVERS, described, issued
from jizhun.kernel.bilingual import Refused
from jizhun.loading.trained import simulated_training
from jizhun.people.models import AuditLine, Notice, User
from jizhun.people.rules import SYSTEM, Forbidden
from jizhun.provisions.actions import record
from jizhun.training.actions import certificates, contests, courses, ledger, needs
from jizhun.training.actions.bank import usable
from jizhun.training.models import (
    Attendance,
    Contest,
    ContestAnswer,
    CourseVersion,
    QuestionStep,
    TrainingEvent,
    UnitLearned,
)
from jizhun.training.rules.ledger import Attended
from jizhun.training.rules.needs import together

pytestmark = pytest.mark.usefixtures("world", "db")
MATTER, COUNTY, PROVINCE = "NB029-EX01", "990101", "990000"
WORDS = {"zh": "字", "en": "words"}
TEXT = {"id": "limit", "kind": "text", "title": WORDS, "body": WORDS,
        "sources": [{"kind": "promise", "key": [MATTER, COUNTY, "all", "promised_limit"]}]}
CASE = {"id": "case", "kind": "case", "title": WORDS, "matter": MATTER, "simulated": True,
        "question": {"stem": WORDS, "parts": [{"id": "v", "type": "true_false", "stem": WORDS, "right": True}]}}


def user(name: str) -> User:
    return User.objects.get(username=name)


def written(*units: dict[str, Any], by: str = "trainer", code: str = "limits", **more: Any) -> CourseVersion:
    content = {"name": WORDS, "summary": WORDS, "requires": [], "units": list(units or [TEXT, CASE])}
    return courses.save_course(by=user(by), code=code, role="clerk", region=PROVINCE,
                               content={**content, **more})


def used(*units: dict[str, Any], **more: Any) -> CourseVersion:
    made = written(*units, **more)
    courses.act_on_course(by=user("trainer"), version=made, act="submit")
    courses.act_on_course(by=user("reviewer"), version=made, act="accept")
    return CourseVersion.objects.get(pk=made.pk)


# -- courses ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["county-clerk", "reviewer", "county-editor", "reader"])
def test_only_trainers_write_courses(who: str) -> None:
    with pytest.raises(Forbidden):
        written(by=who)


def test_a_course_is_reviewed_by_somebody_else_and_its_author_is_told() -> None:
    made = written()
    with pytest.raises(Forbidden):
        courses.act_on_course(by=user("county-clerk"), version=made, act="submit")
    courses.act_on_course(by=user("trainer"), version=made, act="submit")
    with pytest.raises(Forbidden):
        courses.act_on_course(by=user("trainer"), version=made, act="accept")
    with pytest.raises(Refused, match="Say why"):
        courses.act_on_course(by=user("reviewer"), version=made, act="return")
    courses.act_on_course(by=user("reviewer"), version=made, act="accept")
    assert made.state == "accepted" and courses.in_use()["limits"].number == 1
    assert Notice.objects.filter(username="trainer", text_en__contains="in use").exists()
    assert AuditLine.objects.filter(subject=str(made)).count() == 3


def test_whoever_may_do_both_still_does_not_review_their_own() -> None:
    made = courses.save_course(by=SYSTEM, code="own", role="clerk", region=PROVINCE, content=written().content)
    courses.act_on_course(by=SYSTEM, version=made, act="submit")
    with pytest.raises(Forbidden, match="somebody else"):
        courses.act_on_course(by=SYSTEM, version=made, act="accept")


@pytest.mark.parametrize(("unit", "said"), [
    ({**TEXT, "kind": "guide", "matter": "moon"}, "moon"),
    ({**TEXT, "kind": "rule", "entitlement": "moon"}, "no benefit “moon”"),
    ({**TEXT, "sources": [{"kind": "promise", "key": [MATTER, COUNTY, "all", "benefit_months"]}]}, "says nothing"),
    ({**TEXT, "kind": "picture", "alt": WORDS, "hash": "0" * 64}, "lost")])
def test_units_name_what_exists(unit: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused, match=said):
        written(unit)
    assert not CourseVersion.objects.filter(course__code="limits").exists()


def test_versions_stay_said_and_two_writers_get_a_stated_conflict() -> None:
    made = written()
    with pytest.raises(DatabaseError), transaction.atomic():
        CourseVersion.objects.filter(pk=made.pk).update(number=9)
    content = {name: made.content[name] for name in ("name", "summary", "requires", "units")}
    again = courses.save_course(by=user("trainer"), code="limits", role="clerk", region=PROVINCE, content=content,
                                seen=1)
    assert again.number == 2
    with pytest.raises(Refused, match="newer version since"):
        courses.save_course(by=user("trainer"), code="limits", role="clerk", region=PROVINCE, content=content, seen=1)
    with pytest.raises(Refused, match="another course's"):
        courses.save_course(by=user("trainer"), code="limits", role="assessor", region=PROVINCE, content=content)


def better_limit() -> None:
    record(by=SYSTEM, row={"subject": MATTER, "measure": "promised_limit", "region": COUNTY, "value": 1, "mark": "SIM",
                           "unit": "working_day", "from": timezone.localdate(), "source": "a test"})


def test_a_unit_says_that_its_source_has_changed_and_the_learner_is_to_look_again() -> None:
    made, clerk, today = used(), user("county-clerk"), timezone.localdate()
    courses.learn(by=clerk, version=made, unit="limit", region=COUNTY)
    assert courses.changed_units(made, today) == {}
    assert courses.progress(username=clerk.username, some=[made], on=today)["limits"].states["limit"] == "done"
    better_limit()
    (changed,) = courses.changed_units(made, today)["limit"]
    assert changed.now is not None and "1 working day" in changed.now.words.en
    assert courses.progress(username=clerk.username, some=[made], on=today)["limits"].states["limit"] == "changed"


def test_a_case_is_marked_and_units_that_stay_the_same_need_not_be_learned_again() -> None:
    made, clerk, today = used(), user("county-clerk"), timezone.localdate()
    kept = courses.learn(by=clerk, version=made, unit="case", region=COUNTY, answer={"v": True})
    assert kept.mark == 10_000 and kept.sources[0]["kind"] == "steps" and kept.sources[0]["key"] == [MATTER, COUNTY]
    courses.learn(by=clerk, version=made, unit="limit", region=COUNTY)
    assert courses.learners([made], today) == {"limits": {"county-clerk"}}
    newer = used({**TEXT, "body": {"zh": "新", "en": "new"}}, CASE)
    found = courses.progress(username=clerk.username, some=[newer], on=today)["limits"]
    assert found.states == {"limit": "changed", "case": "done"} and found.next == "limit" and not found.complete
    assert courses.learners([newer], today) == {"limits": set()}


def test_what_comes_first_is_learned_first() -> None:
    first, clerk = used(TEXT, code="first"), user("county-clerk")
    second = used(CASE, code="second", requires=["first"])
    with pytest.raises(Refused, match="First learn: words"):
        courses.learn(by=clerk, version=second, unit="case", region=COUNTY)
    courses.learn(by=clerk, version=first, unit="limit", region=COUNTY)
    assert courses.learn(by=clerk, version=second, unit="case", region=COUNTY).mark == 0


def test_nobody_learns_what_is_not_in_use_or_for_a_place_without_a_role() -> None:
    with pytest.raises(Refused, match="not in use"):
        courses.learn(by=user("county-clerk"), version=written(), unit="limit", region=COUNTY)
    made = used(code="other")
    with pytest.raises(Forbidden):
        courses.learn(by=user("county-clerk-elsewhere"), version=made, unit="limit", region=COUNTY)
    with pytest.raises(Refused, match="no such unit"):
        courses.learn(by=user("county-clerk"), version=made, unit="moon", region=COUNTY)
    assert not UnitLearned.objects.exists()


def test_pictures_are_kept_by_hash_and_are_pictures(tmp_path: Path, settings: Any) -> None:
    settings.FILES = tmp_path
    digest = courses.keep_picture(by=user("trainer"), region=PROVINCE, name="x.png",
                                  content=b"\x89PNG\r\n\x1a\n" + b"0" * 20)
    assert courses.picture(digest)[1] == "image/png"
    with pytest.raises(Refused, match="PNG, JPEG or WebP"):
        courses.keep_picture(by=user("trainer"), region=PROVINCE, name="x.png", content=b"<svg/>")


def test_the_courses_that_ship_are_in_use_and_loading_again_changes_nothing() -> None:
    assert {"window-clerk", "standards-officer", "assessor", "trainer"} <= {*courses.in_use()}
    assert courses.load(by=SYSTEM, folder=django_settings.DATA_DIR / "training" / "courses") == 0
    assert all(not courses.changed_units(one, timezone.localdate()) for one in courses.in_use().values())


# -- ledger ----------------------------------------------------------------------------------------


def event(by: str = "trainer", **more: Any) -> TrainingEvent:
    said = {"kind": "class", "region": PROVINCE, "topic_zh": "培训", "on": timezone.localdate() - timedelta(days=3),
            "hours": Decimal(3), "organisation": "Centre", "trainer": "Somebody", "matter": MATTER}
    return ledger.enter_event(by=user(by), **{**said, **more})


def present(name: str, unit: str = COUNTY, score: int | None = None, there: bool = True) -> Attended:
    return Attended(name, unit, there, Decimal(3), score)


@pytest.mark.parametrize(("more", "said"), [
    ({"kind": "party"}, "kind “party”"), ({"topic_zh": " "}, "the topic in Chinese"),
    ({"trainer": ""}, "the trainer"),
    ({"on": date(2100, 1, 1)}, "still to come"), ({"hours": Decimal(0)}, "more than 0"),
    ({"matter": "moon"}, "no matter “moon”"), ({"course": "moon"}, "no course “moon”")])
def test_events_that_cannot_be(more: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused, match=said):
        event(**more)


def test_the_last_row_about_somebody_counts_and_the_same_rows_are_entered_once() -> None:
    made = event()
    with pytest.raises(Forbidden):
        ledger.record_attendance(by=user("county-editor"), event=made, rows=[present("county-clerk")])
    rows = [present("county-clerk", score=5_000), present("county-editor")]
    assert ledger.record_attendance(by=user("trainer"), event=made, rows=rows) == 2
    assert ledger.record_attendance(by=user("trainer"), event=made, rows=rows) == 0
    assert ledger.record_attendance(by=user("trainer"), event=made, rows=[present("county-clerk", score=9_000)]) == 1
    assert [(one.username, one.score) for one in ledger.attended(made)] == [("county-clerk", 9_000),
                                                                            ("county-editor", None)]


def test_a_roster_is_looked_at_first_and_only_good_rows_are_entered() -> None:
    made, columns = event(), {"username": 0, "unit": 1}
    rows = [["用户名", "单位"], ["county-clerk", "松甲区"], ["nobody", COUNTY], ["county-editor", "Moon"],
            ["county-clerk-elsewhere", "990201"]]
    found = ledger.look_at_roster(by=user("trainer"), event=made, rows=rows, columns=columns)
    assert [one.row for one in found.faults] == [3, 4] and not Attendance.objects.exists()
    with pytest.raises(Forbidden):
        ledger.take_roster(by=user("county-clerk"), event=made, rows=rows, columns=columns)
    assert ledger.take_roster(by=user("trainer"), event=made, rows=rows, columns=columns) == 2
    assert {one.unit for one in ledger.attended(made)} == {COUNTY, "990201"}


def covered_clerks(**more: Any) -> tuple[int, int]:
    rows = ledger.covered(region=PROVINCE, on=timezone.localdate(), **more)
    (one,) = [one for one in together(rows) if one.role == "clerk"]
    return one.trained, one.staff


def test_coverage_counts_the_ledger_courses_and_certificates() -> None:
    assert covered_clerks() == (0, 2)
    ledger.record_attendance(by=user("trainer"), event=event(), rows=[present("county-clerk", score=5_999)])
    assert covered_clerks() == (0, 2)
    ledger.record_attendance(by=user("trainer"), event=event(), rows=[present("county-clerk", score=6_000)])
    assert covered_clerks() == (1, 2)
    assert covered_clerks(item="NB029") == (1, 2) and covered_clerks(item="NB049") == (0, 2)
    described(covers=COVERS[:1])
    kept = issued("county-clerk-elsewhere", region="990201")
    assert covered_clerks() == (2, 2) and covered_clerks(item="NB029") == (2, 2)
    certificates.revoke(by=user("trainer"), number=kept.number, reason="test")
    assert covered_clerks() == (1, 2)
    made = used(CASE, code="short")
    courses.learn(by=user("county-clerk-elsewhere"), version=made, unit="case", region="990201", answer={"v": True})
    assert covered_clerks(item="NB029") == (2, 2)


# -- contests and the simulated province -----------------------------------------------------------


@pytest.fixture
def simulated() -> Iterator[int]:
    yield simulated_training(by=SYSTEM)


def test_the_simulated_province_trains_and_making_it_again_changes_nothing(simulated: int) -> None:
    assert simulated == 5 and simulated_training(by=SYSTEM) == 0
    assert all(one.simulated for one in TrainingEvent.objects.all())
    trained, staff = covered_clerks()
    assert staff > 100 and 0 < trained < staff


def contest_of_the_province() -> Contest:
    return Contest.objects.get(seed="sim-drill")


def test_taking_part_is_ones_own_and_names_stand_on_boards_only_by_consent(simulated: int) -> None:
    contest, clerk = contest_of_the_province(), user("county-clerk")
    with pytest.raises(Forbidden):
        contests.take_part(by=clerk, contest=contest, unit="990201")
    with pytest.raises(Refused, match="Join the contest first"):
        contests.answer_round(by=clerk, contest=contest, answers={})
    contests.take_part(by=clerk, contest=contest, unit=COUNTY)
    held = contests.open_round(contest=contest, on=timezone.localdate())
    right = {one.pk: one.content["right"] for one in contests.asked_in(held)}
    given = contests.answer_round(by=clerk, contest=contest, answers=right)
    assert [one.mark for one in given] == [10_000] * 4
    with pytest.raises(Refused, match="handed in this round already"):
        contests.answer_round(by=clerk, contest=contest, answers={})
    lines = contests.board(contest=contest, sort="person")
    entries = contests.entries_of(contest)
    assert {one.name for one in lines if one.name} == {
        name for name in {row.username for row in contests.played(contest)} if entries[name].named}
    assert not any(one.name == "county-clerk" for one in lines)
    own = [one for one in contests.board(contest=contest, sort="person", viewer="county-clerk") if one.own]
    assert [(one.name, one.points) for one in own] == [("county-clerk", 45)]
    contests.take_part(by=clerk, contest=contest, unit=COUNTY, joins=False)
    assert not any(one.own for one in contests.board(contest=contest, sort="person", viewer="county-clerk"))


def test_a_round_keeps_its_questions_and_asks_only_accepted_ones_that_hold(simulated: int) -> None:
    contest, today = contest_of_the_province(), timezone.localdate()
    assert contests.open_round(contest=contest, on=today).pk == contests.open_round(contest=contest, on=today).pk
    one = usable(region=PROVINCE, on=today, topics=["drill"])[0]
    QuestionStep.objects.create(version=one.version, act="retired", by="x")
    assert one.question.code not in {each.question.code for each in usable(region=PROVINCE, on=today, topics=["drill"])}
    with pytest.raises(Refused, match="No round is open"):
        contests.open_round(contest=contest, on=contest.first - timedelta(days=1))
    with pytest.raises(DatabaseError), transaction.atomic():
        ContestAnswer.objects.update(mark=10_000)


@pytest.mark.parametrize(("more", "said"), [
    ({"name_en": ""}, "name in both languages"), ({"questions": 31}, "1 to 30 questions"),
    ({"scoring": "wild"}, "no scoring “wild”"), ({"rhythm": "yearly"}, "rhythm “yearly”")])
def test_contests_that_cannot_be(more: dict[str, Any], said: str) -> None:
    how: dict[str, Any] = {"region": PROVINCE, "name_zh": "赛", "name_en": "C", "rhythm": "daily", "count": 3,
                           "first": date(2026, 1, 1), "questions": 4, "seed": "s"}
    with pytest.raises(Refused, match=said):
        contests.set_up(by=user("trainer"), **{**how, **more})
    with pytest.raises(Forbidden):
        contests.set_up(by=user("county-clerk"), **how)


def test_needs_ask_evaluation_and_refuse_a_source_without_cases() -> None:
    with pytest.raises(Refused):
        needs.needs_found(region=PROVINCE, source="moon")
