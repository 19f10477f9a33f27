"""Blueprints and forms: reproducible, equivalent, the least shown first, and a clear sentence where the bank lacks."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizhun.kernel.bilingual import Refused
from jizhun.training.rules.forms import (
    Blueprint,
    Candidate,
    Row,
    form,
    level_of,
    luck,
    read_blueprint,
    shuffled,
)

PLAIN: dict[str, Any] = {
    "rows": [{"topic": "limits", "count": 2, "worth": 3, "section": "a"},
             {"topic": "steps", "count": 1, "worth": 1, "section": "b"}],
    "sections": [{"code": "a", "name": {"zh": "时限", "en": "Limits"}, "pass_mark": 5000},
                 {"code": "b", "name": {"zh": "步骤", "en": "Steps"}}],
    "minutes": 30, "pass_mark": 6000}


def pool(*counts: tuple[str, int], **more: Any) -> list[Candidate]:
    named = [topic for topic, count in counts for _ in range(count)]
    return [Candidate(number, f"Q{number}", topic, **more) for number, topic in enumerate(named, 1)]


def test_a_blueprint_is_read_back_as_it_was_written() -> None:
    read = read_blueprint(PLAIN)
    assert (read.asked, read.worth) == (3, 7)
    assert read_blueprint(read.plain()) == read


@pytest.mark.parametrize(("change", "said"), [
    ({"rows": []}, "1 to 200 questions"), ({"minutes": 0}, "1 to 480 minutes"), ({"pass_mark": 10_001}, "0 and 100"),
    ({"sections": []}, "belongs to no section"), ({"minutes": "30"}, "needs its rows"),
    ({"rows": [{"count": 0, "section": "a"}]}, "1 to 200"), ({"rows": [*PLAIN["rows"], {"count": 1}]}, "no section"),
    ({"rows": [{"count": 1, "worth": 101, "section": "a"}, PLAIN["rows"][1]]}, "1 to 100 points"),
    ({"rows": [{"count": 1, "kind": "dance", "section": "a"}, PLAIN["rows"][1]]}, "no type or level “dance”"),
    ({"rows": PLAIN["rows"][:1]}, "“b” has no questions"),
    ({"sections": [PLAIN["sections"][0]] * 2}, "code of its own")])
def test_blueprints_that_cannot_be(change: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused, match=said):
        read_blueprint({**PLAIN, **change})


def test_the_row_that_cannot_be_filled_is_named() -> None:
    with pytest.raises(Refused, match="“Steps” asks for 1, there are 0"):
        form(read_blueprint(PLAIN), pool(("limits", 5)), "s")
    with pytest.raises(Refused, match=r"“Time limits” asks for 2, there are 1 .*Another 2 were shown too often"):
        form(read_blueprint(PLAIN), [*pool(("limits", 1), ("steps", 1)), Candidate(8, "Q8", "limits", seen=4),
                                     Candidate(9, "Q9", "limits", seen=5)], "s", ceiling=4)


def test_a_question_that_two_rows_want_goes_to_the_one_that_has_no_other() -> None:
    asked = Blueprint((Row(1), Row(1, topic="steps")), 10, 0)
    only = [Candidate(1, "Q1", "steps"), Candidate(2, "Q2", "limits", seen=99)]
    for seed in "abcdef":
        assert {one.version for one in form(asked, only, seed)} == {1, 2}


def test_the_least_shown_come_first() -> None:
    asked = Blueprint((Row(3),), 10, 0)
    some = [Candidate(number, f"Q{number}", seen=number) for number in range(10)]
    assert {one.version for one in form(asked, some, "s")} == {0, 1, 2}


def test_the_same_question_is_asked_in_its_newest_version_only() -> None:
    asked = Blueprint((Row(1),), 10, 0)
    assert form(asked, [Candidate(1, "Q", seen=0), Candidate(2, "Q", seen=7)], "s")[0].version == 2


def test_forms_are_about_equally_difficult() -> None:
    asked = Blueprint((Row(5),), 10, 0)
    some = [Candidate(number, f"Q{number}", difficulty=number * 500) for number in range(1, 21)]
    by_version = {one.version: one.difficulty or 0 for one in some}
    sums = [sum(by_version[one.version] for one in form(asked, some, str(seed))) for seed in range(40)]
    aim = 5 * sum(by_version.values()) / 20
    assert max(abs(one - aim) for one in sums) <= 500  # one step of difficulty; without balancing some 8,000
    assert len({tuple(sorted(one.version for one in form(asked, some, str(seed)))) for seed in range(40)}) > 20


def test_levels() -> None:
    assert [level_of(one) for one in (None, 8000, 7999, 5000, 4999)] == ["middle", "easy", "middle", "middle", "hard"]


@given(st.text(), st.lists(st.integers(0, 5), min_size=12, max_size=40), st.booleans())
def test_forms_keep_their_laws(seed: str, seen: list[int], shuffle: bool) -> None:
    asked = Blueprint((Row(3, 2, topic="even"), Row(2)), 10, 0, (), shuffle)
    some = [Candidate(at, f"Q{at}", "odd" if at % 2 else "even", seen=often) for at, often in enumerate(seen)]
    made = form(asked, some, seed)
    assert made == form(asked, list(reversed(some)), seed)
    assert len({one.version for one in made}) == 5
    assert sum(one.worth == 2 and one.version % 2 == 0 for one in made) == 3


@given(st.lists(st.integers()), st.text())
def test_shuffling_loses_nothing_and_can_be_done_again(things: list[int], seed: str) -> None:
    assert sorted(shuffled(things, seed)) == sorted(things)
    assert shuffled(things, seed, "a") == shuffled(things, seed, "a")


def test_luck_is_the_same_for_ever() -> None:
    assert luck("seed", "what", 1) == 14_818_959_204_410_550_892
