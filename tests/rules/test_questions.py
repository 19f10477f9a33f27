"""Questions of every type: what is wrong with them, how answers are marked, what is shown before an answer is in."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.training.rules.questions import TYPES, WHOLE, check, faults, mark, number, to_answer
from jizhun.training.rules.sources import PROMISE, Source, Spoken, changed, holds, read_source


def words(text: str) -> dict[str, str]:
    return {"zh": f"中{text}", "en": text}


CHOICES = [{"id": "a", "text": words("5 days"), "right": True}, {"id": "b", "text": words("7 days"), "right": False},
           {"id": "c", "text": words("10 days"), "right": True}, {"id": "d", "text": words("15 days"), "right": False}]
SOUND: dict[str, dict[str, Any]] = {
    "single": {"stem": words("How long?"), "options": CHOICES[:2]},
    "multiple": {"stem": words("Which?"), "options": CHOICES},
    "true_false": {"stem": words("It is free."), "right": True},
    "numeric": {"stem": words("How many?"), "right": "10", "tolerance": "0.5", "unit": words("days")},
    "ordering": {"stem": words("Order."), "items": [{"id": one, "text": words(one)} for one in "abcd"]},
    "matching": {"stem": words("Match."), "extra": [{"id": "z", "right": words("nothing")}],
                 "pairs": [{"id": one, "left": words(f"l{one}"), "right": words(f"r{one}")} for one in "abc"]},
    "short_text": {"stem": words("Which paper?"), "accepted": [words("Form 7")]}}
SOUND["case"] = {"stem": words("A case."), "parts": [{**SOUND["single"], "id": "p", "type": "single"},
                                                     {**SOUND["numeric"], "id": "q", "type": "numeric"}]}
RIGHT: dict[str, Any] = {
    "single": "a", "multiple": ["c", "a"], "true_false": True, "numeric": "10.5", "ordering": list("abcd"),
    "matching": {one: one for one in "abc"}, "short_text": "ＦＯＲＭ 7。", "case": {"p": "a", "q": "9.5"}}


@pytest.mark.parametrize("kind", TYPES)
def test_a_sound_question_has_no_faults_and_its_right_answer_earns_everything(kind: str) -> None:
    assert faults(kind, SOUND[kind]) == []
    assert mark(kind, SOUND[kind], RIGHT[kind]) == WHOLE


@pytest.mark.parametrize("kind", TYPES)
def test_no_answer_and_an_answer_of_another_form_earn_nothing(kind: str) -> None:
    for answer in (None, 3.5, {"x": "y"}, [], "nothing of it", [["a"]]):
        assert mark(kind, SOUND[kind], answer) == 0


@pytest.mark.parametrize(("kind", "answer", "earned"), [
    ("multiple", ["a"], 5_000), ("multiple", ["a", "c", "b"], 5_000), ("multiple", list("abcd"), 0),
    ("multiple", ["b"], 0), ("numeric", "10.51", 0), ("numeric", "９．５", WHOLE), ("ordering", list("bcda"), 6_666),
    ("ordering", list("dcba"), 0), ("ordering", list("abc"), 0), ("matching", {"a": "a", "b": "z"}, 3_333),
    ("case", {"p": "a"}, 5_000), ("true_false", False, 0), ("true_false", 1, 0)])
def test_partly_right_answers(kind: str, answer: Any, earned: int) -> None:
    assert mark(kind, SOUND[kind], answer) == earned


@pytest.mark.parametrize(("kind", "change", "where"), [
    ("single", {"options": CHOICES}, "options"), ("single", {"options": CHOICES[:1]}, "options"),
    ("single", {"options": [CHOICES[0], {**CHOICES[1], "text": words("5 days")}]}, "options"),
    ("multiple", {"options": [CHOICES[1], CHOICES[3]]}, "options"), ("single", {"options": "ab"}, ""),
    ("true_false", {"right": "yes"}, "right"), ("numeric", {"right": "ten"}, "right"),
    ("numeric", {"tolerance": "-1"}, "tolerance"), ("ordering", {"items": [{"id": "a", "text": words("a")}]}, "items"),
    ("matching", {"pairs": []}, "pairs"), ("short_text", {"accepted": []}, "accepted"),
    ("case", {"parts": [{"id": "x", "type": "case", "stem": words("s"), "parts": []}]}, "parts.x"),
    ("case", {"parts": [{"id": "x", "type": "numeric", "stem": words("s"), "right": "?"}]}, "parts.x.right"),
    ("single", {"stem": {"zh": "只有中文", "en": " "}}, "stem")])
def test_what_is_wrong_is_said_where_it_is(kind: str, change: dict[str, Any], where: str) -> None:
    content = {**SOUND[kind], **change}
    assert where in [fault.where for fault in faults(kind, content)]
    with pytest.raises(Refused):
        check(kind, content)


def test_an_unknown_type_and_content_that_is_no_object_are_refused() -> None:
    assert "essay" in faults("essay", {})[0].why.en
    assert faults("single", ["stem"])


@pytest.mark.parametrize(("text", "value"), [("1,234.5", "1234.5"), ("１２", "12"), (" 3 ", "3"), ("1,23", None),
                                             ("1e5", None), ("", None), (True, None), (7, "7"), ("NaN", None)])
def test_numbers_as_people_type_them(text: Any, value: str | None) -> None:
    found = number(text)
    assert (str(found) if found is not None else None) == value


@pytest.mark.parametrize("kind", TYPES)
def test_nothing_that_is_shown_before_the_answer_tells_it(kind: str) -> None:
    shown = json.dumps(to_answer(kind, {**SOUND[kind], "explanation": words("because")}))
    for word in ('"right"', "because", "accepted", "tolerance", "Form 7"):
        assert word not in shown


@given(st.permutations("abcd"))
def test_an_order_earns_everything_only_when_it_is_right(order: list[str]) -> None:
    earned = mark("ordering", SOUND["ordering"], order)
    assert 0 <= earned <= WHOLE
    assert (earned == WHOLE) == (order == list("abcd"))


# -- sources ---------------------------------------------------------------------------------------

LIMIT = Source(PROMISE, ("m", "330100", "all", "promised_limit"), "17", "five", date(2026, 1, 1))


def said(now: str | None, since: date) -> Any:
    def ask(kind: str, key: tuple[str, ...], on: date) -> Spoken | None:
        if on < since:
            return Spoken("17", "five", Bilingual("5 个工作日", "5 working days"))
        return None if now is None else Spoken("18", now, Bilingual("3 个工作日", "3 working days"))

    return ask


@pytest.mark.parametrize("now", ["three", None])
def test_what_rests_on_a_source_holds_until_the_day_the_change_takes_effect(now: str | None) -> None:
    ask = said(now, date(2026, 7, 1))
    assert holds([LIMIT], ask, date(2026, 6, 30))
    assert not holds([LIMIT], ask, date(2026, 7, 1))
    (found,) = changed([LIMIT], ask, date(2026, 7, 1))
    assert (found.now.words.en if found.now else None) == ("3 working days" if now else None)


def test_another_paper_that_says_the_same_changes_nothing() -> None:
    assert holds([LIMIT], said("five", date(2026, 7, 1)), date(2026, 7, 1))


def test_a_source_reads_back_as_it_was_written_and_nothing_else_does() -> None:
    assert read_source(LIMIT.plain()) == LIMIT
    for row in ({}, None, {**LIMIT.plain(), "key": ["m"]}, {**LIMIT.plain(), "kind": "rumour"},
                {**LIMIT.plain(), "learned_on": "soon"}):
        with pytest.raises(Refused):
            read_source(row)
