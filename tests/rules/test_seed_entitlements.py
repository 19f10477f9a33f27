"""The shipped entitlement rules: every part sourced and told in both languages, and every rule fit to run."""

import csv
from collections.abc import Iterator
from typing import Any

import pytest

from jizhun.entitlements.dmn import read_model, write_model
from jizhun.entitlements.dmn.population import population
from jizhun.entitlements.feel.sql import DIALECTS, Sql
from jizhun.entitlements.rules import Rule, Version, read_all, rule_for, spelled_out
from jizhun.entitlements.rules.book import Cited, Condition, Result, Working
from jizhun.entitlements.rules.promising import ROLES
from jizhun.kernel.bilingual import Bilingual, Refused
from published import faults
from worlds import ENTITLEMENTS, ROOT, all_measures, every_seed, read_yaml, seed_entitlements

BOOK, MEASURES = seed_entitlements(), all_measures()
VERSIONS = [version for versions in BOOK.versions.values() for version in versions]


def told(version: Version) -> str:
    return f"{version.entitlement} {version.place} {version.valid_from}"


def rule_of(version: Version) -> Rule:
    """The rule on the first day of a version, for whom the version counts."""
    path = ("CN",) if version.place == "CN" else ("CN", version.place)
    rule = rule_for(BOOK, version.entitlement, path, version.valid_from, version.new_from)
    assert rule is not None and version in rule.versions, told(version)
    return rule


def both(words: Bilingual) -> bool:
    return bool(words.zh and words.en)


def cited(rule: Rule) -> Iterator[tuple[str, Cited]]:
    """Every citation of a rule: of its parts and of the rows of their tables."""
    parts: list[Condition | Result | Working] = [*rule.conditions, *rule.results, *rule.workings]
    for part in parts:
        yield part.name, part.cited
        for number, one in getattr(part, "per_row", {}).items():
            yield f"{part.name} {number}", one


# -- every part

def test_the_entitlements_asked_for_are_there() -> None:
    assert len(BOOK.heads) >= 25
    assert {version.place for version in VERSIONS} >= {"CN", "310000", "440300", "120000", "420100", "610100"}


def test_heads_and_facts_are_told_in_both_languages() -> None:
    for head in BOOK.heads.values():
        assert both(head.name) and both(head.summary) and head.life_event and head.place_role in ROLES, head.code
    for fact in BOOK.facts.values():
        assert both(fact.label) and both(fact.question) and both(fact.why), fact.code
        assert bool(fact.help.zh) == bool(fact.help.en) and all(both(words) for _, words in fact.options), fact.code


@pytest.mark.parametrize("version", VERSIONS, ids=told)
def test_every_part_cites_a_paper_and_a_clause_in_both_languages(version: Version) -> None:
    papers = {row["id"] for _, row in every_seed("documents")}
    rule = rule_of(version)
    for name, one in cited(rule):
        assert one.document in papers and both(one.clause), (told(version), name)
        assert bool(one.note.zh) == bool(one.note.en), (told(version), name)
    for result in rule.results:
        assert bool(result.none.zh) == bool(result.none.en) and all(both(words) for _, words in result.options)


def test_what_is_not_verified_says_why() -> None:
    for version in VERSIONS:
        for name, one in cited(rule_of(version)):
            if one.mark == "R":
                assert both(one.note) or both(version.note) or "未读到" in one.clause.zh, (told(version), name)


def test_codes_exist_in_the_catalogue_the_measures_and_the_regions() -> None:
    catalogue = ROOT / "data" / "catalogue"
    subjects = {row["code"] for row in read_yaml(catalogue / "items.yaml")["items"]}
    subjects |= {row["code"] for row in read_yaml(catalogue / "matters.yaml")["matters"]}
    assert {head.subject for head in BOOK.heads.values()} <= subjects
    inputs = [one for version in VERSIONS for one in version.measures]
    assert {one.measure for one in inputs} <= MEASURES.keys()
    assert {one.subject for one in inputs} <= subjects | {"*"}
    with (ROOT / "data" / "regions" / "regions.csv").open(encoding="utf-8") as file:
        regions = {row["code"] for row in csv.DictReader(file)}
    assert {version.place for version in VERSIONS} <= regions | {"CN"}


def test_every_fact_is_asked_by_some_rule() -> None:
    asked = {code for version in VERSIONS for code in rule_of(version).facts}
    assert set(BOOK.facts) - asked == set()


def test_every_rule_has_one_main_result() -> None:
    for version in VERSIONS:
        assert [one.main for one in rule_of(version).results].count(True) == 1, told(version)


def test_a_place_ends_where_its_paper_ends() -> None:
    ends = {row["id"]: row.get("valid_until") for _, row in every_seed("documents")}
    for version in VERSIONS:
        if version.place != "CN":
            papers = {one.cited.document for one in version.results} | {one.cited.document for one in version.workings}
            assert {ends[paper] for paper in papers} <= {None, version.valid_until}, told(version)


# -- every rule

@pytest.mark.schemas
@pytest.mark.parametrize("version", VERSIONS, ids=told)
def test_every_rule_is_valid_as_dmn(version: Version) -> None:
    assert faults("dmn/DMN13.xsd", write_model(rule_of(version).model)) == ""


@pytest.mark.parametrize("version", VERSIONS, ids=told)
def test_every_rule_reads_back_from_dmn(version: Version) -> None:
    model = rule_of(version).model
    assert read_model(write_model(model)) == model


KINDS: dict[str, Any] = {"number": "number", "boolean": "boolean", "choice": "string", "date": "date"}


def columns(rule: Rule) -> dict[str, Sql]:
    """A column for each fact and measure, with its bounds."""
    found = {"today": Sql("DATE '2026-11-10'", "date", nullable=False)}
    for fact in rule.facts.values():
        den = 10 ** fact.decimals
        found[fact.code] = Sql(fact.code, KINDS[fact.type], den, (fact.low or 0) * den, (fact.high or 10**8) * den)
    highest = {one.name: 10**4 if MEASURES[one.measure].unit == "percent" else 10**9 for one in rule.measures}
    return found | {name: Sql(name, "number", 100, 0, high) for name, high in highest.items()}


@pytest.mark.parametrize("version", VERSIONS, ids=told)
def test_every_rule_can_be_counted_for_a_population(version: Version) -> None:
    rule = rule_of(version)
    wanted = [*(one.name for one in rule.conditions), *(one.name for one in rule.results)]
    for dialect in DIALECTS.values():
        steps = population(rule.lowered, wanted, columns(rule), source="people", dialect=dialect)
        assert {name for name, _ in steps.columns} == set(wanted)


# -- workings written once

FACT = {"code": "n", "type": "number", "label_zh": "数", "label_en": "Number", "question_zh": "数？",
        "question_en": "Number?"}


def sample(uses: list[str], workings: list[dict[str, Any]]) -> dict[str, Any]:
    version = {"region": "CN", "from": "2025-01-01", "uses": uses, "workings": workings,
               "conditions": [{"name": "c", "holds": "double > 2", "zh": "条件", "en": "Condition"}]}
    return {"code": "e", "name_zh": "名", "name_en": "Name", "summary_zh": "简", "summary_en": "Short",
            "subject": "*", "place_role": "employer", "versions": [version]}


DOUBLE = {"name": "double", "is": "2 * n", "zh": "两倍", "en": "Double"}


def test_shared_workings_come_before_the_version_s_own() -> None:
    row = sample(["twice"], [{"name": "more", "is": "double + 1", "zh": "多", "en": "More"}])
    [head] = spelled_out([row], [{"use": "twice", "workings": [DOUBLE]}])
    version = read_all([FACT], [head]).versions["e"][0]
    assert [one.name for one in version.workings] == ["double", "more"]
    assert row["versions"][0]["uses"] == ["twice"], "the row given is left as it was"


def test_shared_workings_that_are_not_there_are_refused() -> None:
    with pytest.raises(Refused) as refusal:
        spelled_out([sample(["thrice"], [])], [{"use": "twice", "workings": [DOUBLE]}])
    assert refusal.value.sentence.en == "e CN: there are no shared workings “thrice”."


def test_the_seeds_share_the_retirement_age() -> None:
    shared = {row["use"] for row in read_yaml(ENTITLEMENTS / "shared.yaml")}
    used = {use for path in ENTITLEMENTS.glob("*.yaml") if path.stem not in ("facts", "shared")
            for row in read_yaml(path) for version in row["versions"] for use in version.get("uses") or ()}
    assert used == shared
