"""A region may only widen: planted losers of each kind are found, and none where a rule only widens."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jizhun.entitlements.rules import Entitlements, Rule, read_all, rule_for
from jizhun.entitlements.rules.answering import Promised, decided
from jizhun.entitlements.rules.assembling import ELIGIBLE
from jizhun.entitlements.rules.book import Version
from jizhun.entitlements.rules.telling import loss_in_words
from jizhun.entitlements.rules.widening import Loss, Search, losses
from worlds import SmallPlaces, seed_entitlements, seed_places

DAY = date(2026, 11, 27)


def fact(code: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "type": kind, "label_zh": f"{code}（测）", "label_en": code, "question_zh": "？",
            "question_en": "?", **more}


KNOWN = [
    fact("paid", "number", unit="month", low=0, high=720), fact("wage", "number", low=0, high=100000, decimals=2),
    fact("unwilling", "boolean"), fact("disabled", "boolean"), fact("birth_date", "date"), fact("left_on", "date"),
    fact("kind", "choice",
         options=[{"code": "light", "zh": "轻", "en": "Light"}, {"code": "heavy", "zh": "重", "en": "Heavy"}])]
CITED = {"zh": "某", "en": "Some", "document": "a"}
NATION: dict[str, Any] = {
    "region": "CN", "from": "2000-01-01",
    "conditions": [{"name": "paid_enough", "holds": "paid >= 12", **CITED},
                   {"name": "against_will", "holds": "unwilling", **CITED},
                   {"name": "grown", "holds": 'today >= birth_date + duration("P18Y")', **CITED}],
    "workings": [{"name": "scale", **CITED, "table": {
        "inputs": ["paid"], "rows": [{"when": "< 60", "then": 12}, {"when": "[60..120)", "then": 18},
                                     {"when": ">= 120", "then": 24}]}}],
    "results": [{"name": "months", "unit": "month", "bound": "at_most", "is": "scale", **CITED},
                {"name": "amount", "unit": "CNY/month", "main": True, "is": "level + (if disabled then 100 else 0)",
                 **CITED},
                {"name": "insured", "unit": "boolean", "is": "paid >= 12", **CITED},
                {"name": "fee", "unit": "CNY", "bound": "free", "is": "50", **CITED},
                {"name": "first_day", "unit": "date", "is": "today", **CITED}],
    "measures": [{"name": "level", "measure": "benefit_amount", "subject": "A"}]}


def book_of(local: dict[str, Any]) -> Entitlements:
    head = {"code": "b", "name_zh": "某", "name_en": "Some", "subject": "A", "place_role": "place_of_insurance",
            "summary_zh": "某", "summary_en": "Some"}
    return read_all(KNOWN, [{**head, "versions": [NATION, {"region": "1", "from": "2020-01-01", **local}]}])


def two(local: dict[str, Any]) -> tuple[Rule, Rule]:
    """The nation's rule, and that of a place which says ``local``."""
    book = book_of(local)
    above, below = rule_for(book, "b", ["CN"], DAY), rule_for(book, "b", ["CN", "1"], DAY)
    assert above and below
    return above, below


def condition(name: str, holds: str) -> dict[str, Any]:
    return {"conditions": [{"name": name, "holds": holds, **CITED}]}


def result(name: str, text: str, **more: Any) -> dict[str, Any]:
    old = next(one for one in NATION["results"] if one["name"] == name)
    return {"results": [{**old, "is": text, **more}]}


def scale(*rows: tuple[str, int]) -> dict[str, Any]:
    table = {"inputs": ["paid"], "rows": [{"when": when, "then": then} for when, then in rows]}
    return {"workings": [{"name": "scale", **CITED, "table": table}]}


PLANTED = [
    pytest.param(condition("paid_enough", "paid >= 24"), "circle", "", {"paid"}, id="a higher threshold"),
    pytest.param(condition("more", "kind = \"heavy\""), "circle", "", {"kind"}, id="a condition more"),
    pytest.param(condition("grown", 'today >= birth_date + duration("P20Y")'), "circle", "", {"birth_date"},
                 id="an age"),
    pytest.param(condition("paid_enough", "paid >= 12 and left_on > date(\"2026-11-01\")"), "circle", "", {"left_on"},
                 id="a day"),
    pytest.param(condition("paid_enough", "paid >= 12 and not(disabled and paid = 719)"), "circle", "",
                 {"disabled", "paid"}, id="one in seven hundred"),
    pytest.param(result("amount", "level"), "less", "amount", {"disabled"}, id="a supplement left out"),
    pytest.param(result("amount", "if paid >= 24 then level + 100 else null"), "less", "amount", {"paid"},
                 id="nothing where something was due"),
    pytest.param(result("amount", "0.9 * (level + 200)"), "less", "amount", set(), id="a share of a large level"),
    pytest.param(result("insured", "paid >= 13"), "less", "insured", {"paid"}, id="a cover lost"),
    pytest.param(scale(("< 60", 12), ("[60..120)", 18), (">= 120", 30)), "more_than_allowed", "months", {"paid"},
                 id="above the cap"),
    pytest.param(scale(("< 60", 12), (">= 60", 18), (">= 120", 24)), "broken", "", {"paid"}, id="two rows at once"),
]


@pytest.mark.parametrize(("local", "kind", "name", "matter"), PLANTED)
def test_a_planted_loser_is_found_and_told_by_the_facts_that_matter(local, kind, name, matter):
    above, below = two(local)
    found = [one for one in losses(above, below, DAY) if one.kind == kind]
    assert [one.result.name if one.result else "" for one in found] == [name]
    assert matter <= found[0].person.keys()
    assert not found[0].person.keys() & {"wage", "kind", "left_on"} - matter  # what nobody asks is not told
    assert loses(found[0], above, below)


def loses(loss: Loss, above: Rule, below: Rule) -> bool:
    """Whether the person, as told, loses that by the rules themselves; other facts at their simplest values."""
    search = Search(above, below, DAY)
    person = {code: loss.person.get(code, values[0]) for code, values in search.values.items()}
    return (loss.kind, loss.result) in [(one.kind, one.result) for one in search.losses_of(person)]


ONLY_WIDER = [
    pytest.param(condition("paid_enough", "paid >= 6"), id="a lower threshold"),
    pytest.param(condition("paid_enough", "paid >= 12 or disabled"), id="others too"),
    pytest.param({"repeals": ["against_will"]}, id="a condition less"),
    pytest.param(result("amount", "level + (if disabled then 150 else 10)"), id="more for everybody"),
    pytest.param(result("amount", "max(level + (if disabled then 100 else 0), 500)"), id="a floor"),
    pytest.param(scale(("< 60", 3), ("[60..120)", 6), (">= 120", 24)), id="under the cap"),
    pytest.param(result("fee", "0", bound="free"), id="what places set freely"),
    pytest.param(result("first_day", 'today + duration("P1D")'), id="a day is neither more nor less"),
    pytest.param({"results": [{"name": "extra", "unit": "CNY", "is": "0", **CITED}]}, id="something of its own"),
    pytest.param({"note_zh": "无"}, id="nothing"),
]


@pytest.mark.parametrize("local", ONLY_WIDER)
def test_nobody_is_found_where_a_rule_only_widens(local):
    assert losses(*two(local), DAY) == ()


@settings(max_examples=25)
@given(threshold=st.integers(1, 700), step=st.integers(-200, 200), more=st.integers(-50, 50))
def test_who_loses_follows_from_threshold_and_amount(threshold, step, more):
    """Narrower by ``step`` months or lower by ``more`` yuan: somebody loses, and only then."""
    high = max(0, min(720, threshold + step))
    book = book_of({**condition("paid_enough", f"paid >= {high}"),
                    **result("amount", f"level + {more} + (if disabled then 100 else 0)")})
    above = rule_for(book_of(condition("paid_enough", f"paid >= {threshold}")), "b", ["CN", "1"], DAY)
    below = rule_for(book, "b", ["CN", "1"], DAY)
    assert above and below
    kinds = {one.kind for one in losses(above, below, DAY, tries=600)}
    assert kinds == ({"circle"} if high > threshold else set()) | ({"less"} if more < 0 else set())


def test_an_example_is_tried_first_and_its_neighbours_after_it():
    """Five facts have to come together: made-up persons may miss it, the example does not."""
    above, below = two(condition("paid_enough", 'paid >= 12 and not(paid = 333 and wage = 4321.09 and disabled)'))
    example = {"paid": Decimal(333), "wage": Decimal("4321.08"), "disabled": True, "unwilling": True,
               "birth_date": date(1980, 1, 1)}
    found = losses(above, below, DAY, [example], tries=400)
    assert [one.kind for one in found] == ["circle"]
    assert found[0].person["wage"] == Decimal("4321.09")


def test_persons_are_mended_until_the_rule_above_entitles_them():
    """Conditions so narrow that chance alone would hardly meet them all."""
    narrow = {"conditions": [
        {"name": "paid_enough", "holds": "paid = 37 or paid = 41", **CITED},
        {"name": "earns", "holds": "wage in [4321.09..4321.10]", **CITED},
        {"name": "hard_work", "holds": 'kind = "heavy"', **CITED},
        {"name": "born", "holds": 'birth_date in [date("1966-03-01")..date("1966-03-02")]', **CITED}]}
    above = rule_for(book_of(narrow), "b", ["CN", "1"], DAY)
    less = {**narrow, "results": [{**NATION["results"][1], "is": "level"}]}
    below = rule_for(book_of(less), "b", ["CN", "1"], DAY)
    assert above and below
    assert [one.kind for one in losses(above, below, DAY)] == ["less"]


def test_measures_in_force_are_what_both_rules_are_worked_out_by():
    """With the level of the place nobody loses; made-up levels would say otherwise."""
    above, below = two(result("amount", "if level > 2000 then level - 1 else level + 100"))
    assert [one.kind for one in losses(above, below, DAY)] == ["less"]
    assert losses(above, below, DAY, values=lambda wanted, on, given: Decimal(1800)) == ()


def test_a_measure_that_only_one_rule_reads_is_not_made_up():
    local = {**result("amount", "own + (if disabled then 100 else 0)"),
             "measures": [{"name": "own", "measure": "benefit_amount", "subject": "B"}]}
    above, below = two(local)
    found = losses(above, below, DAY, values=lambda wanted, on, given: Decimal(900) if wanted.subject == "A" else None)
    assert [(one.kind, one.below) for one in found] == [("less", None)]


def test_words_name_who_loses_and_what():
    above, below = two(result("amount", "level"))
    (loss,) = losses(above, below, DAY, values=lambda wanted, on, given: Decimal(1500))
    words = loss_in_words(loss, above.facts)
    assert "1,600 yuan a month above, 1,500 yuan a month here" in words.en and "disabled: yes" in words.en
    assert "上级每月 1,600 元，这里每月 1,500 元" in words.zh
    (loss,) = losses(*two(result("amount", "level - 1 + (if disabled then 100 else 0)")), DAY)
    assert "disabled" not in loss.person


# -- the shipped rules

REGIONAL = [version for versions in seed_entitlements().versions.values() for version in versions
            if version.place != "CN"]


@pytest.mark.parametrize("version", REGIONAL, ids=lambda one: f"{one.entitlement}-{one.place}")
def test_what_is_said_of_the_shipped_regional_rules_is_so(version: Version):
    """Whatever is found, the rules themselves say it of that person, run without the search."""
    places, book = SmallPlaces(seed_places()), seed_entitlements()
    path = places.path(version.place, version.valid_from)
    above = rule_for(book, version.entitlement, path[:-1], version.valid_from)
    here = rule_for(book, version.entitlement, path, version.valid_from)
    assert above and here and here.nearest == version.place
    for loss in losses(above, here, version.valid_from):
        search = Search(above, here, version.valid_from)
        person = {code: loss.person.get(code, values[0]) for code, values in search.values.items()}
        high, low = (decided(rule, version.valid_from, person, made_up(search)) for rule in (above, here))
        assert high[ELIGIBLE] is True
        assert loss.kind in ("less", "more_than_allowed") and loss.result and low[ELIGIBLE] is True
        assert (high[loss.result.name] > low[loss.result.name]) == (loss.kind == "less")  # type: ignore[operator]


def made_up(search: Search) -> Any:
    """What the search makes of measures where nothing is on record."""
    return lambda wanted, on, given: Promised(Decimal(1000) if wanted in search.shared else None)


def test_the_months_of_xi_an_reach_less_far_and_the_search_says_for_whom():
    """Its own months are shorter than the nation allows, so for some the way to the statutory age is open again."""
    places, book = SmallPlaces(seed_places()), seed_entitlements()
    path = places.path("610100", DAY)
    above, here = rule_for(book, "unemployment_benefit", path[:-1], DAY), rule_for(book, "unemployment_benefit", path,
                                                                                   DAY)
    assert above and here
    found = losses(above, here, DAY)
    assert [(one.kind, one.result.name) for one in found if one.result] == [("less", "extension_months")]
    assert {"birth_date", "contribution_months"} <= found[0].person.keys()
