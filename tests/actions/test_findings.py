"""Findings: opened by the data, answered by the place, returned and extended from above, closed by the data alone."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from finding_cases import MAPPING, MATTER, OTHER, SOURCE, Heap, hand_in, settle, taken_in
from jizhun.delivery.actions import receive
from jizhun.delivery.rules.parsing import parse
from jizhun.evaluation import findings
from jizhun.evaluation.findings import answer, board, extend, history, look, one, send_back
from jizhun.evaluation.models import Finding, FindingStep, Remeasurement, Run
from jizhun.evaluation.rules.findings import Answer
from jizhun.kernel.bilingual import Refused
from jizhun.people.actions import verify_trail
from jizhun.people.models import AuditLine, Notice, User
from jizhun.people.rules import SYSTEM, Forbidden
from jizhun.regions.actions import Moved, tree

pytestmark = pytest.mark.usefixtures("world", "db")

COUNTY, NEAR, FAR = "990101", "990102", "990201"
HEAPS = [Heap(COUNTY, "2025-02", 28, 20), Heap(COUNTY, "2025-03", 28, 20), Heap(NEAR, "2025-03", 15, 15),
          Heap(FAR, "2025-03", 60, 1), Heap(COUNTY, "2025-03", 40, 2, OTHER)]
OPENED, ANSWERED, AGAIN = date(2025, 4, 1), date(2025, 4, 10), date(2025, 7, 1)


@pytest.fixture(scope="module")
def filled(world: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The cases, handed in once."""
    with django_db_blocker.unblock(), taken_in(tmp_path_factory.mktemp("lake"), HEAPS, "2025-06-30") as folder:
        yield folder


@pytest.fixture(autouse=True)
def cases(filled: Path, tmp_path: Path, settings: Any, db: None) -> Path:
    """A county where most were late in spring, one with too few cases to say anything, one where all is well."""
    return settle(filled, tmp_path, settings)


def user(name: str) -> User:
    return User.objects.get(username=name)


def said(until: date = date(2025, 5, 30)) -> Answer:
    return Answer("staff", "Two clerks were ill.", "One more clerk.", "Head of the hall", until)


def opened() -> Finding:
    """The one finding that the spring gives, as seen at the end of April."""
    (found,) = look(by=SYSTEM, source=SOURCE, as_of=date(2025, 4, 30), rules=["late"], on=OPENED).opened
    return found


def answered() -> Finding:
    found = opened()
    answer(by=SYSTEM, finding=found.pk, said=said(), on=ANSWERED)
    return found


def states() -> list[str]:
    return [one.state for one in board(within=tree().within("CN", timezone.localdate()))]


# -- looking ---------------------------------------------------------------------------------------


def test_a_place_beyond_the_threshold_becomes_a_finding_with_its_evidence_and_nobody_else():
    found = opened()
    assert (found.region, found.subject, found.round, found.forerunner, found.simulated) == (
        COUNTY, MATTER, 1, None, True)
    assert (found.numerator, found.denominator) == (16, 56)
    assert (found.first, found.last, found.as_of) == (date(2025, 2, 1), date(2025, 4, 30), date(2025, 4, 30))
    assert found.run.index == "on_time" and found.run.sql and found.run.parameters["by"] == "matter,county"
    assert found.sentence.en.startswith("Pine Jia District, “") and "40 were late; 28.5" in found.sentence.en
    assert found.body.zh == "松甲区人力资源和社会保障部门"
    assert Finding.objects.count() == 1 and one(found.pk).state == "opened"


def test_dates_count_in_working_days_of_the_place():
    standing = one(opened().pk)
    assert standing.dates.answer_by == date(2025, 4, 16), "ten working days; 4 April was a day off"
    assert standing.overdue(date(2025, 4, 16)) == 0 and standing.overdue(date(2025, 4, 18)) == 2


def test_looking_again_opens_nothing_twice():
    first = opened()
    again = look(by=SYSTEM, source=SOURCE, as_of=date(2025, 4, 30), rules=["late"], on=OPENED)
    assert (again.opened, again.known) == ([], 1) and list(Finding.objects.all()) == [first]
    with pytest.raises(DatabaseError), transaction.atomic():
        Finding.objects.create(**{name: value for name, value in Finding.objects.values().get().items()
                                  if name not in ("id", "opened_at")})


def test_whoever_has_to_answer_is_told_once():
    opened()
    told = Notice.objects.filter(about__startswith="finding:")
    assert sorted(told.values_list("username", flat=True)) == ["county-editor"]
    assert told.get().text.en.startswith("Please answer: Pine Jia") and told.get().href.startswith("work/rectif")


def test_simulated_cases_of_a_real_place_open_nothing(cases: Path):
    heap, mapping = Heap("330106", "2025-03", 40, 40), "330000"
    file = cases / "real.csv"
    file.write_text("\n".join(["case,matter,county,accepted,closed", *heap.rows()]), "utf-8")
    receive(by=SYSTEM, file=file, source="made-up", mapping=parse(
        MAPPING.format(until="2025-06-30", simulated="true").replace("990000", mapping)))
    looked = look(by=SYSTEM, source="made-up", as_of=date(2025, 4, 30), rules=["late"])
    assert (looked.opened, looked.left_out) == ([], 1) and not Finding.objects.exists()


@pytest.mark.parametrize("who", ["county-clerk", "county-clerk-elsewhere", "reviewer", "reader", "trainer"])
def test_only_who_may_compute_looks(who):
    with pytest.raises(Forbidden):
        look(by=user(who), source=SOURCE)
    assert not Finding.objects.exists()


def test_a_county_looks_at_itself_only():
    with pytest.raises(Forbidden):
        look(by=user("county-editor"), source=SOURCE)
    looked = look(by=user("county-editor"), source=SOURCE, region=COUNTY, as_of=date(2025, 4, 30), rules=["late"])
    assert [one.region for one in looked.opened] == [COUNTY]
    assert looked.opened[0].opened_on == timezone.localdate(), "a person looks today, whatever day is named"


def test_a_day_or_rule_that_there_is_not_is_said():
    with pytest.raises(Refused, match="The data reach to 2025-06-30"):
        look(by=SYSTEM, source=SOURCE, as_of=date(2025, 7, 1))
    with pytest.raises(Refused, match="There is no rule “lat”"):
        look(by=SYSTEM, source=SOURCE, rules=["lat"])
    with pytest.raises(Refused, match="no cases of a source"):
        look(by=SYSTEM, source="nobody")


def test_an_instance_may_have_rules_of_its_own(cases: Path, settings: Any):
    text = (settings.DATA_DIR / "evaluation" / "patterns.yaml").read_text("utf-8")
    (cases / "patterns.yaml").write_text(text.replace("code: late", "code: own-late"), "utf-8")
    assert "own-late" in findings.patterns()
    (cases / "patterns.yaml").write_text("patterns: 1", "utf-8")
    with pytest.raises(Refused, match=r"patterns\.yaml"):
        findings.patterns()


# -- answering -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "allowed"), [
    ("county-editor", True), ("county-clerk", False), ("province-editor", False), ("national-editor", False),
    ("reviewer", False), ("county-clerk-elsewhere", False)])
def test_the_place_itself_answers(who, allowed):
    found = opened()
    until = timezone.localdate()
    if not allowed:
        with pytest.raises(Forbidden, match="responsible place itself"):
            answer(by=user(who), finding=found.pk, said=said(until))
        assert one(found.pk).state == "opened"
    else:
        answer(by=user(who), finding=found.pk, said=said(until))
        assert one(found.pk).state == "answered" and one(found.pk).due == one(found.pk).dates.rectify_by
        assert Notice.objects.filter(username="city-editor", text_en__startswith="Answered").exists()


@pytest.mark.parametrize(("who", "allowed"), [
    ("province-editor", True), ("national-editor", True), ("reviewer", True), ("county-editor", False),
    ("county-clerk", False), ("statistician", False)])
def test_a_place_above_returns_and_extends(who, allowed):
    found = answered()
    acts = [lambda: send_back(by=user(who), finding=found.pk, reason="Say which counters."),
            lambda: extend(by=user(who), finding=found.pk, until=date(2030, 1, 1), reason="The hall is rebuilt.")]
    for act in acts:
        if allowed:
            act()
        else:
            with pytest.raises(Forbidden, match="place above"):
                act()
    standing = one(found.pk)
    assert standing.state == ("returned" if allowed else "answered")
    assert (standing.due == date(2030, 1, 1)) is allowed
    if allowed:
        assert [step.reason for step in history(found)][2:] == ["Say which counters.", "The hall is rebuilt."]


def test_a_return_and_an_extension_need_a_reason():
    found = answered()
    for act in (lambda: send_back(by=SYSTEM, finding=found.pk, reason=" "),
                lambda: extend(by=SYSTEM, finding=found.pk, until=date(2030, 1, 1), reason="")):
        with pytest.raises(Refused, match="Fill in: reason"):
            act()


def test_two_who_act_at_once_get_a_stated_conflict():
    found = opened()
    answer(by=SYSTEM, finding=found.pk, said=said(), on=ANSWERED, seen=1)
    with pytest.raises(Moved):
        answer(by=SYSTEM, finding=found.pk, said=said(), on=ANSWERED, seen=1)
    with pytest.raises(Refused, match="not possible while"):
        answer(by=SYSTEM, finding=found.pk, said=said(), on=ANSWERED)


# -- closed by data --------------------------------------------------------------------------------


def test_before_any_case_since_the_answer_nothing_is_measured():
    found = answered()
    looked = look(by=SYSTEM, source=SOURCE, as_of=date(2025, 4, 10), rules=["late"], on=AGAIN)
    assert not looked.remeasured and one(found.pk).state == "answered"


def test_old_cases_do_not_close_it_and_too_few_new_ones_do_not_either(cases: Path):
    found = answered()
    hand_in(cases, [Heap(COUNTY, "2025-05", 19)], "2025-07-31")
    looked = look(by=SYSTEM, source=SOURCE, rules=["late"], on=AGAIN)
    assert looked.remeasured == {"few": 1} and one(found.pk).state == "answered"
    row = Remeasurement.objects.get()
    assert (row.first, row.last, row.numerator, row.denominator) == (date(2025, 4, 11), date(2025, 7, 31), 19, 19)


def test_enough_new_cases_in_time_close_it(cases: Path):
    found = answered()
    hand_in(cases, [Heap(COUNTY, "2025-05", 28, 2)], "2025-07-31")
    looked = look(by=SYSTEM, source=SOURCE, rules=["late"], on=AGAIN)
    assert looked.closed == [found] and one(found.pk).state == "closed" and one(found.pk).overdue(AGAIN) == 0
    last = history(found)[-1]
    assert last.remeasurement.run.figures and (last.remeasurement.numerator, last.remeasurement.denominator) == (26, 28)
    assert Notice.objects.filter(username="county-editor", text_en__startswith="Re-measured and met").exists()


def test_still_off_stays_open_every_time_with_its_row(cases: Path):
    found = answered()
    hand_in(cases, [Heap(COUNTY, "2025-05", 28, 10)], "2025-07-31")
    for _ in range(2):  # the same figures again are no news
        look(by=SYSTEM, source=SOURCE, rules=["late"], on=AGAIN)
    assert [step.act for step in history(found)] == ["open", "answer", "remeasure"]
    assert one(found.pk).state == "remeasured" and one(found.pk).overdue(date(2025, 12, 31)) > 0
    hand_in(cases, [Heap(COUNTY, "2025-08", 100)], "2025-09-30")
    assert look(by=SYSTEM, source=SOURCE, rules=["late"], on=date(2025, 10, 1)).closed == [found]
    assert [row.verdict for row in Remeasurement.objects.order_by("pk")] == ["off", "met"]


def test_a_returned_answer_does_not_count(cases: Path):
    found = answered()
    send_back(by=SYSTEM, finding=found.pk, reason="Say which counters.", on=date(2025, 4, 20))
    hand_in(cases, [Heap(COUNTY, "2025-05", 28)], "2025-07-31")
    assert not look(by=SYSTEM, source=SOURCE, rules=["late"], on=AGAIN).remeasured
    assert one(found.pk).state == "returned"


def test_what_was_closed_does_not_come_back_for_its_old_cases_but_for_new_ones_with_its_forerunner(cases: Path):
    found = answered()
    hand_in(cases, [Heap(COUNTY, "2025-05", 28)], "2025-05-31")
    look(by=SYSTEM, source=SOURCE, as_of=date(2025, 5, 31), rules=["late"], on=date(2025, 6, 2))
    assert one(found.pk).state == "closed"
    assert look(by=SYSTEM, source=SOURCE, as_of=date(2025, 5, 31), rules=["late"], on=date(2025, 6, 3)).opened == []
    hand_in(cases, [Heap(COUNTY, "2025-06", 60, 60)], "2025-08-31")
    (again,) = look(by=SYSTEM, source=SOURCE, as_of=date(2025, 7, 31), rules=["late"], on=AGAIN).opened
    assert (again.round, again.forerunner) == (2, found) and sorted(states()) == ["closed", "opened"]
    assert again.first == date(2025, 5, 1), "the window begins after the answer that closed the first one"


def test_the_window_of_a_new_finding_leaves_out_what_was_before_the_answer(cases: Path):
    """Spring was bad, May good, June bad: in June only what came after the answer counts."""
    found = answered()
    hand_in(cases, [Heap(COUNTY, "2025-05", 28)], "2025-05-31")
    look(by=SYSTEM, source=SOURCE, as_of=date(2025, 5, 31), rules=["late"], on=date(2025, 6, 1))
    assert one(found.pk).state == "closed"
    hand_in(cases, [Heap(COUNTY, "2025-06", 28, 28)], "2025-08-31")
    (again,) = look(by=SYSTEM, source=SOURCE, as_of=date(2025, 6, 30), rules=["late"], on=AGAIN).opened
    assert again.first == date(2025, 4, 11) and again.numerator == 28


# -- kept ------------------------------------------------------------------------------------------


def test_every_act_is_on_the_trail_and_no_row_can_be_changed(cases: Path):
    found = answered()
    acts = list(AuditLine.objects.filter(subject=f"finding:{found.pk}").values_list("act", flat=True).order_by("seq"))
    assert acts == ["evaluation.open_finding", "evaluation.answer_finding"] and verify_trail() is None
    for rows in (Finding.objects.all(), FindingStep.objects.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(by="somebody else")
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.first().delete()


def test_reminders_go_to_the_place_then_also_above_and_once():
    opened()
    Notice.objects.all().delete()
    assert findings.remind(on=date(2025, 4, 8)) == 0
    assert findings.remind(on=date(2025, 4, 10)) == 1 and findings.remind(on=date(2025, 4, 11)) == 0
    assert findings.remind(on=date(2025, 4, 17)) == 2, "the county, and the nearest place above it"
    assert {one.username for one in Notice.objects.all()} == {"county-editor", "city-editor"}


def test_the_board_has_what_is_overdue_longest_first_and_only_the_places_asked_for(cases: Path):
    hand_in(cases, [Heap(FAR, "2025-06", 60, 60)], "2025-08-31")
    first = opened()
    (second,) = look(by=SYSTEM, source=SOURCE, as_of=date(2025, 6, 30), region=FAR, rules=["late"], on=AGAIN).opened
    everywhere = tree().within("CN", timezone.localdate())
    assert [one.finding for one in board(within=everywhere)] == [first, second]
    assert [one.finding for one in board(within={FAR})] == [second]
    assert [one.finding for one in board(within=everywhere, on=date(2025, 7, 2), overdue=True)] == [first]
    assert board(within=everywhere, state="closed") == [] and board(within=everywhere, pattern="visits") == []
    assert Run.objects.count() >= 2
