"""Questions drafted out of facts: right by the facts, wrong answers that are wrong, the same for the same seed."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizhun.kernel.bilingual import Bilingual
from jizhun.provisions.rules import Quantity
from jizhun.training.rules.drafting import (
    About,
    Cited,
    Clause,
    Facts,
    Listed,
    Person,
    Promise,
    Stage,
    Way,
    drafts,
    spread,
    wrong_numbers,
)
from jizhun.training.rules.questions import TYPES, faults, mark
from jizhun.training.rules.sources import CLAUSE, PROMISE, RULE, STEPS, Source


def said(text: str) -> Bilingual:
    return Bilingual(f"中{text}", text)


def days(number: int | str, unit: str = "working_day") -> Quantity:
    return Quantity(Decimal(number), unit)


HERE = About("M1", said("Benefit claim"), "330100", said("Hangzhou"))
PAPER = Cited(Bilingual("《办法》", "Measures"), "1号", Bilingual("第三条", "Article 3"))


def source(kind: str, *key: str) -> Source:
    return Source(kind, key, "1", "f", date(2026, 1, 1))


def promise(matter: str, value: int, *others: int) -> Promise:
    about = replace(HERE, matter=matter, name=said(matter))
    return Promise(about, "promised_limit", said("Time limit"), days(value), PAPER,
                   source(PROMISE, matter, "330100", "all", "promised_limit"), tuple(days(one) for one in others))


LIMITS = [promise("M1", 5, 7, 10, 15, 20, 5), promise("M2", 3), promise("M3", 10, 3)]
MATERIALS = Listed(HERE, "materials", said("Materials"), (said("Form"), said("Card")),
                   (said("Diploma"), said("Photo"), said("Deed")), PAPER, source(PROMISE, "M1", "330100", "all", "m"))
WAY = Way(HERE, (Stage(said("Apply"), said("Applicant")), Stage(said("Accept"), said("Intake")),
                 Stage(said("Examine"), said("Examiner")), Stage(said("Decide"), said("Approver"))),
          (said("Applicant"), said("Payer")), source(STEPS, "M1", "330100"))
ENTITLED = Person(HERE, date(2026, 9, 1), "b", said("Benefit"), ((said("Months paid"), said("12")),), True,
                  said("because"), (source(RULE, "b", "330100"),), Quantity(Decimal("1350.5"), "CNY/month"),
                  said("Sum"))
MISSED = replace(ENTITLED, entitled=False, amount=None)
CLAUSES = [Clause("330100", said("DB33/T 1"), str(at), said(f"h{at}"), said(f"text {at}"),
                  tuple(said(f"text {other}") for other in range(4) if other != at),
                  source(CLAUSE, "DB33/T 1", f"c{at}")) for at in range(4)]
FACTS = Facts(LIMITS, [MATERIALS], [WAY], [ENTITLED, MISSED], CLAUSES)


def made(kind: str, rule: str, facts: Facts = FACTS, seed: str = "1") -> list[Any]:
    return [one for one in drafts(facts, [kind], seed) if one.rule == rule]


def texts(options: list[dict[str, Any]], right: bool) -> list[str]:
    return [one["text"]["en"] for one in options if one["right"] is right]


def test_every_recipe_makes_sound_questions_in_both_languages_with_why_and_what_they_rest_on() -> None:
    found = drafts(FACTS, TYPES, "1")
    assert {one.kind for one in found} == {*TYPES}
    for one in found:
        assert faults(one.kind, one.content) == [] and one.sources
        assert one.content["explanation"]["zh"] and one.content["explanation"]["en"]
    assert len({one.key for one in found}) == len(found)


def test_the_right_answer_is_what_the_place_promises_and_the_paper_is_named() -> None:
    (numeric, *_) = made("numeric", "promise.numeric")
    assert mark("numeric", numeric.content, "5") == 10_000 and mark("numeric", numeric.content, "6") == 0
    assert numeric.content["explanation"] == {"zh": "依据《办法》（1号）第三条：5 个工作日。",
                                              "en": "Measures (1号), Article 3: 5 working days."}
    assert "working days" in numeric.content["stem"]["en"] and "中Hangzhou" in numeric.content["stem"]["zh"]
    (paper, *_) = made("short_text", "promise.short_text")
    assert all(mark("short_text", paper.content, answer) for answer in ("《办法》", "办法", "measures", "1号"))


def test_wrong_choices_are_other_places_and_old_values_and_neighbours_only_where_those_run_out() -> None:
    first, second, third = made("single", "promise.single")
    assert texts(first.content["options"], True) == ["5 working days"]
    assert {*texts(first.content["options"], False)} < {f"{one} working days" for one in (7, 10, 15, 20)}
    assert len(texts(second.content["options"], False)) == 3  # nobody else promises anything
    assert "3 working days" in texts(third.content["options"], False)


@given(st.integers(0, 400), st.lists(st.integers(0, 400), max_size=8), st.sampled_from(
    ["working_day", "CNY/month", "percent", "CNY"]), st.integers())
def test_wrong_numbers_are_never_right_and_never_alike(right: int, others: list[int], unit: str, seed: int) -> None:
    found = wrong_numbers(days(right, unit), [days(one, unit) for one in others], Random(seed))
    assert len(found) == 3 == len({*found}) and Decimal(right) not in found
    real = {Decimal(one) for one in others} - {Decimal(right)}
    assert len({*found} & real) == min(3, len(real))
    assert all(one > 0 for one in {*found} - real)


def test_a_number_in_another_unit_is_no_wrong_answer() -> None:
    assert Decimal(99) not in wrong_numbers(days(5), [days(99, "calendar_day")], Random(1))


def test_what_is_claimed_true_is_true_and_what_is_claimed_false_is_not() -> None:
    found = [one for seed in "123456789" for one in made("true_false", "promise.true_false", seed=seed)]
    assert {one.content["right"] for one in found} == {True, False}
    for one in found:
        right = {"M1": "is 5 working", "M2": "is 3 working", "M3": "is 10 working"}[one.matter]
        assert (right in one.content["stem"]["en"]) is one.content["right"]


def test_materials_steps_posts_and_limits() -> None:
    (several,) = made("multiple", "list.multiple")
    assert {*texts(several.content["options"], True)} == {"Form", "Card"}
    assert len(texts(several.content["options"], False)) == 2
    (order,) = made("ordering", "steps.ordering")
    assert [one["text"]["en"] for one in order.content["items"]] == ["Apply", "Accept", "Examine", "Decide"]
    (posts,) = made("matching", "steps.matching")
    assert [one["right"]["en"] for one in posts.content["extra"]] == ["Payer"]
    (limits,) = made("matching", "promise.matching")
    assert {(one["left"]["en"], one["right"]["en"]) for one in limits.content["pairs"]} == {
        ("M1", "5 working days"), ("M2", "3 working days"), ("M3", "10 working days")}
    assert {one.key[0] for one in limits.sources} == {"M1", "M2", "M3"}


def test_a_case_asks_whether_and_how_much_and_says_the_day() -> None:
    (yes,), (no,) = made("case", "rule.case.yes"), made("case", "rule.case.no")
    assert mark("case", yes.content, {"entitled": True, "amount": "1350.50"}) == 10_000
    assert "2026-09-01" in yes.content["stem"]["en"] and "Months paid: 12" in yes.content["stem"]["en"]
    assert mark("case", no.content, {"entitled": False}) == 10_000 and len(no.content["parts"]) == 1


def test_a_clause_beside_what_other_clauses_say() -> None:
    first = made("single", "clause.single")[0]
    assert texts(first.content["options"], True) == ["text 0"]
    assert len(first.content["options"]) == 4


def test_the_same_seed_makes_the_same_and_another_one_others() -> None:
    assert drafts(FACTS, TYPES, "7") == drafts(FACTS, TYPES, "7")
    assert [one.content for one in drafts(FACTS, ["single"], "7")] != [
        one.content for one in drafts(FACTS, ["single"], "8")]


def test_nothing_is_made_of_too_little() -> None:
    short = replace(WAY, stages=WAY.stages[:2])
    alike = replace(WAY, stages=(WAY.stages[0], WAY.stages[0], WAY.stages[1]))
    none = replace(MATERIALS, others=())
    assert drafts(Facts(LIMITS[:1], [none], [short]), ["ordering", "multiple"], "1") == []
    assert made("ordering", "steps.ordering", Facts(ways=[alike])) == []
    assert made("matching", "promise.matching", Facts(LIMITS[:2])) == []


@pytest.mark.parametrize("most", [1, 4, 100])
def test_a_few_are_taken_of_every_recipe_in_turn(most: int) -> None:
    found = drafts(FACTS, TYPES, "1")
    taken = spread(found, most)
    assert len(taken) == min(most, len(found))
    assert len({one.rule for one in taken}) == min(most, len({one.rule for one in found}))
