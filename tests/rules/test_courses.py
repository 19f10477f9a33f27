"""Courses, texts with marks, rosters, contests, needs and what stands beside training in the results."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from jizhun.kernel.bilingual import Refused
from jizhun.training.rules import contests, courses, ledger, marked, needs
from jizhun.training.rules.contests import Played, Scoring
from jizhun.training.rules.courses import Learned, taught
from jizhun.training.rules.ledger import Attended, Entry
from jizhun.training.rules.needs import Judged, Staff, Target, Unit

DATA = Path(__file__).parents[2] / "data" / "training"
WORDS = {"zh": "字", "en": "words"}
CASE: dict[str, Any] = {"stem": WORDS, "parts": [{"id": "a", "type": "true_false", "stem": WORDS, "right": True}]}


def unit(**more: Any) -> dict[str, Any]:
    return {"id": "a", "kind": "text", "title": WORDS, "body": WORDS, **more}


def course(*units: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": WORDS, "summary": WORDS, "requires": [], "units": list(units or [unit()]), **more}


@pytest.mark.parametrize(("content", "said"), [
    (course(unit(title={"zh": "字", "en": " "})), "a.title: Both"),
    (course(unit(), unit()), "units: Each unit needs an id"),
    (course(unit(kind="dance")), "no unit of the kind “dance”"),
    (course(unit(kind="picture", alt={"zh": "图", "en": ""}, hash="0" * 64)), "a.alt: Both"),
    (course(unit(kind="picture", alt=WORDS, hash="x")), "a.hash: Choose a picture"),
    (course(unit(kind="guide")), "a.matter: Choose the matter"),
    (course(unit(kind="case", matter="M", question=CASE)), "a.simulated: Only simulated"),
    (course(unit(kind="case", matter="M", simulated=True, question={"stem": WORDS, "parts": []})), "a.parts"),
    (course(requires=["one-course"]), "no condition of itself"), (course(units=[]), "1 to 20 units"),
    ({"name": WORDS}, "does not have the form"), (None, "does not have the form")])
def test_a_course_that_cannot_be_is_told_where_and_why(content: Any, said: str) -> None:
    with pytest.raises(Refused, match=said):
        courses.check("one-course", "clerk", content)


def test_sound_courses_and_their_code_and_role() -> None:
    assert courses.faults("one-course", "clerk", course()) == []
    assert [one.where for one in courses.faults("X", "wizard", course())] == ["code", "role"]


@pytest.mark.parametrize("file", sorted((DATA / "courses").glob("*.yaml")), ids=lambda file: file.stem)
def test_the_courses_that_ship_are_sound(file: Path) -> None:
    row = yaml.safe_load(file.read_text("utf-8"))
    assert courses.faults(row["code"], row["role"], {name: row[name] for name in (
        "name", "summary", "requires", "units")}) == []
    assert row["code"] == file.stem and 4 <= len(row["units"]) <= 8


def test_there_is_a_course_for_each_of_the_four_roles() -> None:
    roles = {yaml.safe_load(file.read_text("utf-8"))["role"] for file in (DATA / "courses").glob("*.yaml")}
    assert roles == {"clerk", "standards_officer", "assessor", "trainer"}


def test_a_version_goes_from_draft_to_use_and_is_not_accepted_twice() -> None:
    assert courses.state_of([]) == "draft"
    assert courses.state_of(["submit", "accept", "retire"]) == "retired"
    with pytest.raises(Refused, match="not possible now"):
        courses.state_of(["accept"])


def test_what_was_learned_counts_while_the_unit_says_the_same_and_its_sources_hold() -> None:
    one, other = unit(), unit(id="b")
    learned = [Learned("a", taught(one)), Learned("b", taught(other), holds=False)]
    assert courses.states([one, other, unit(id="c")], learned) == {"a": "done", "b": "changed", "c": "open"}
    assert courses.states([unit(body={"zh": "新", "en": "new"})], learned) == {"a": "changed"}
    assert taught({**one, "sources": [1]}) == taught(one)
    assert not courses.complete([one, other], learned) and courses.complete([one], learned)
    assert courses.first_open([one, other], courses.states([one, other], learned)) == "b"


# -- texts -----------------------------------------------------------------------------------------


def test_marks_are_read_into_blocks_and_nothing_becomes_markup() -> None:
    found = marked.blocks("One **two**\nthree\n\n## Head\n- a\n- **b** c\n\n1. x\n2. <b>y</b>")
    assert [block.kind for block in found] == ["paragraph", "heading", "list", "numbered"]
    assert [(span.text, span.strong) for span in found[0].lines[0]] == [("One ", False), ("two", True),
                                                                        (" three", False)]
    assert found[3].lines[1][0].text == "<b>y</b>" and len(found[2].lines) == 2
    assert marked.blocks("  ") == []


# -- rosters ---------------------------------------------------------------------------------------

HEAD = ["User name", "Unit", "Present", "Hours", "Test score"]
COLUMNS = {"username": 0, "unit": 1, "present": 2, "hours": 3, "score": 4}


def read(*rows: list[str]) -> ledger.Roster:
    return ledger.read_roster([HEAD, *rows], COLUMNS, hours=Decimal(3), users={"ann", "bob", "cyd"},
                              units={"990101": "990101", "Pine": "990101"})


def test_columns_are_known_by_their_heads_in_either_language() -> None:
    assert ledger.guess_columns(["成绩", " 用户名 ", "UNIT"]) == {"score": 0, "username": 1, "unit": 2}
    assert ledger.guess_columns(HEAD) == {**COLUMNS, "score": 4}
    with pytest.raises(Refused, match="which column is “Unit”"):
        ledger.check_columns({"username": 0})
    with pytest.raises(Refused, match="same column"):
        ledger.check_columns({"username": 0, "unit": 0})


def test_good_rows_take_the_events_hours_where_they_say_none() -> None:
    found = read(["ann", "Pine", "", "", "87.5"], [""] * 5, ["bob", "990101", "否", "2", ""])
    assert found.faults == ()
    assert found.rows == ((2, Attended("ann", "990101", True, Decimal(3), 8750)),
                          (4, Attended("bob", "990101", False, Decimal(0), None)))


@pytest.mark.parametrize(("row", "said"), [
    (["", "Pine", "", "", ""], "no user name"), (["dan", "Pine", "", "", ""], "no user called “dan”"),
    (["ann", "Moon", "", "", ""], "no unit “Moon”"), (["ann", "", "", "", ""], "No unit is given"),
    (["ann", "Pine", "perhaps", "", ""], "has to be yes or no"), (["ann", "Pine", "", "-1", ""], "Hours, “-1”"),
    (["ann", "Pine", "", "", "101"], "from 0 to 100")])
def test_each_fault_is_one_sentence_with_its_row(row: list[str], said: str) -> None:
    found = read(["bob", "Pine", "", "", ""], row)
    assert [one.row for one in found.faults] == [3] and said in found.faults[0].why.en
    assert [number for number, _ in found.rows] == [2]


def test_a_name_that_stands_there_twice_counts_once() -> None:
    found = read(["ann", "Pine", "", "", ""], ["ann", "Pine", "", "", "90"])
    assert [one.row for one in found.faults] == [3] and "row 2 already" in found.faults[0].why.en
    assert len(found.rows) == 1
    with pytest.raises(Refused, match="empty"):
        read()


def test_who_is_trained_was_there_passed_and_not_too_long_ago() -> None:
    def entry(name: str, on: date, matter: str = "M", present: bool = True, score: int | None = None) -> Entry:
        return Entry(on, matter, Attended(name, "990101", present, Decimal(2), score))

    rows = [entry("ann", date(2026, 1, 5)), entry("bob", date(2026, 1, 5), score=5_999),
            entry("cyd", date(2023, 1, 5)), entry("dan", date(2026, 1, 5), present=False),
            entry("eve", date(2026, 1, 5), "N", score=6_000), entry("fay", date(2027, 1, 5))]
    who = {"on": date(2026, 6, 1), "months": 24, "least": 6_000}
    assert ledger.trained(rows, **who) == {"ann", "eve"}  # type: ignore[arg-type]
    assert ledger.trained(rows, **who, matters={"N"}) == {"eve"}  # type: ignore[arg-type]


# -- contests --------------------------------------------------------------------------------------


def test_rounds_follow_one_another_by_day_week_and_month() -> None:
    start = date(2026, 1, 31)
    assert [one.start.isoformat() for one in contests.rounds(start, "daily", 2)] == ["2026-01-31", "2026-02-01"]
    weekly = contests.rounds(start, "weekly", 2)
    assert (weekly[0].until, weekly[1].start) == (date(2026, 2, 6), date(2026, 2, 7))
    assert [one.start.isoformat() for one in contests.rounds(start, "monthly", 3)] == [
        "2026-01-31", "2026-02-28", "2026-03-31"]
    assert contests.round_on(weekly, date(2026, 2, 7)) == 2 and contests.round_on(weekly, date(2027, 1, 1)) == 0
    with pytest.raises(Refused, match="rhythm “yearly”"):
        contests.rounds(start, "yearly", 1)


def test_a_round_draws_the_same_questions_for_the_same_seed_whatever_the_order_of_the_bank() -> None:
    codes = [f"q{n}" for n in range(20)]
    first = contests.draw("seed", 1, codes, 5)
    assert first == contests.draw("seed", 1, reversed(codes), 5) and len({*first}) == 5
    assert first != contests.draw("seed", 2, codes, 5) and first != contests.draw("other", 1, codes, 5)
    with pytest.raises(Refused, match="only 20"):
        contests.draw("seed", 1, codes, 21)


def test_points_are_shares_of_marks_and_a_clean_round_earns_more() -> None:
    how = Scoring(10, 5, 2)
    assert contests.points(how, [10_000, 10_000], 2) == 25
    assert contests.points(how, [10_000, 5_000], 2) == 15
    assert contests.points(how, [10_000], 2) == 10
    with pytest.raises(Refused, match="out of range"):
        contests.read_scoring({"points": 0, "clean": 0, "counted": 1})


def test_boards_say_ties_and_a_unit_is_its_best_people_divided_by_how_many_should_be() -> None:
    def played(name: str, unit: str, points: int, number: int = 1, on: date = date(2026, 1, 5)) -> Played:
        return Played(name, unit, "red" if unit == "U" else "", number, on, points)

    rows = [played("ann", "U", 30), played("bob", "U", 10), played("bob", "U", 20, 2, date(2026, 2, 2)),
            played("cyd", "U", 5), played("dan", "V", 40)]
    people = [(one.rank, one.key, one.tied) for one in contests.by_person(rows)]
    assert people == [(1, "dan", 1), (2, "ann", 2), (2, "bob", 2), (4, "cyd", 1)]
    how = Scoring(10, 0, 2)
    assert [(one.key, one.points, one.of) for one in contests.by_unit(rows, how)] == [("U", 30.0, 3), ("V", 20.0, 1)]
    assert [one.key for one in contests.by_team(rows, how)] == ["red"]
    assert [one.key for one in contests.by_person(contests.of_month(rows, "2026-02"))] == ["bob"]


# -- coverage, needs, effect -----------------------------------------------------------------------


def test_the_settings_that_ship_can_be_read_and_say_that_nothing_sets_them() -> None:
    found = needs.read_settings(yaml.safe_load((DATA / "targets.yaml").read_text("utf-8")))
    assert found.passes == 6_000 and {one.mark for one in found.targets.values()} == {"R"}
    for one in found.scorings.values():
        contests.read_scoring(one)
    with pytest.raises(Refused, match="not complete"):
        needs.read_settings({})


def test_coverage_counts_a_person_once_and_shows_of_how_many() -> None:
    target = Target("clerk", 0.5, 12, WORDS, "R")  # type: ignore[arg-type]
    staff = [Staff("ann", "clerk", "U"), Staff("ann", "clerk", "U"), Staff("bob", "clerk", "U"),
             Staff("cyd", "clerk", "V"), Staff("cyd", "trainer", "V")]
    found = needs.coverage(staff, {"clerk": {"ann", "zoe"}}, {"clerk": target})
    assert [(one.role, one.part, one.trained, one.staff, one.reached) for one in found] == [
        ("clerk", "U", 1, 2, True), ("clerk", "V", 0, 1, False), ("trainer", "V", 0, 1, None)]
    assert [(one.role, one.trained, one.staff) for one in needs.together(found)] == [("clerk", 1, 3), ("trainer", 0, 1)]


def test_needs_name_the_lowest_first_and_leave_few_cases_out() -> None:
    rows = [Judged("A", "M", 90, 100), Judged("B", "M", 50, 100), Judged("C", "M", 0, 5), Judged("D", "N", 96, 100)]
    found = needs.needs(rows, {"c1": {"M"}, "c2": {"N"}}, below=0.95, least_cases=30)
    assert [(one.judged.place, one.courses) for one in found] == [("B", ("c1",)), ("A", ("c1",))]


def units_that(trained: bool, changes: list[float], cases: int = 100) -> list[Unit]:
    return [Unit(f"{trained}{n}", trained, (80 * cases // 100, cases), (round((0.8 + change) * cases), cases))
            for n, change in enumerate(changes)]


def test_an_effect_is_a_difference_of_changes_with_its_interval() -> None:
    units = units_that(True, [0.1, 0.12, 0.08, 0.1, 0.11]) + units_that(False, [0.0, 0.02, -0.02, 0.01, 0.0])
    found = needs.effect(units, least_units=5, least_cases=30)
    assert found is not None and found.clear
    assert found.difference == pytest.approx(0.1) and found.low < 0.1 < found.high
    # Welch by hand: variances 0.00022 and 0.00022, 8 degrees of freedom, t = 2.306
    assert found.high - found.difference == pytest.approx(2.306 * (0.00022 / 5 * 2) ** 0.5, rel=0.01)


def test_nothing_is_told_of_few_units_or_few_cases() -> None:
    some = units_that(True, [0.1] * 5)
    assert needs.effect(some + units_that(False, [0.0] * 4), least_units=5, least_cases=30) is None
    assert needs.effect(some + units_that(False, [0.0] * 5, cases=10), least_units=5, least_cases=30) is None


def test_the_quantile_of_t_is_that_of_tables() -> None:
    assert needs.t_quantile(4) == pytest.approx(2.776, rel=0.01)
    assert needs.t_quantile(30) == pytest.approx(2.042, rel=0.001)
