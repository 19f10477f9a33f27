"""The shipped provisions: every row sourced and marked, and figures that agree with each other."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from jizhun.provisions.rules import Answer, Cells, Quantity, Question, ask
from jizhun.provisions.rules.reading import MARKS
from worlds import FAMILIES, PROVISIONS, ROOT, Row, read_yaml, seed_book, seed_entitlement_rows, seed_family
from worlds import every_seed as every

EARLIEST = date(1999, 1, 22)
TODAY = date(2026, 11, 24)
CLAIM, HARDSHIP, DISABILITY, DEATH = "NB029-EX01", "NB024-EX03", "NB030-EX11", "NB030-EX17"


def told(row: Row) -> str:
    return " ".join(str(row.get(name, "")) for name in ("id", "subject", "measure", "region", "from"))


def answer(measure: str, region: str, on: str, subject: str = "*", **facts: object) -> Answer:
    return ask(seed_book(), Question(measure, subject, region, date.fromisoformat(on), facts=facts))


def amount(measure: str, region: str, on: str, subject: str = "*", **facts: object) -> Decimal | None:
    value = answer(measure, region, on, subject, **facts).value
    assert not isinstance(value, Cells), value
    return value.amount if isinstance(value, Quantity) else None


def provisions(measure: str, region: str) -> list[Row]:
    return [row for _, row in every("provisions")
            if row["measure"] == measure and str(row["region"]) == region]


# --- every row -----------------------------------------------------------------------------------

@pytest.mark.parametrize("kind", ["documents", "provisions", "tiers"])
def test_every_row_has_a_mark_and_a_source(kind: str) -> None:
    for _, row in every(kind):
        assert row.get("mark") in MARKS and row.get("source"), told(row)


def test_documents_are_unique_and_every_reference_exists() -> None:
    documents = Counter(row["id"] for _, row in every("documents"))
    assert [code for code, count in documents.items() if count > 1] == []
    for _, row in every("provisions"):
        assert "document" not in row or row["document"] in documents, told(row)


def test_every_document_is_named_in_both_languages_and_used() -> None:
    used = {row.get("document") for _, row in every("provisions")} | set(cited(seed_entitlement_rows()))
    for _, row in every("documents"):
        assert row["title_zh"] and row["title_en"] and row["issuer_zh"] and row["issuer_en"], row["id"]
        assert row["id"] in used, row["id"]


def cited(part: object) -> Iterator[str]:
    """The papers that entitlement rules cite, in any part."""
    if isinstance(part, dict):
        yield from [part["document"]] if "document" in part else []
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from cited(one)


def test_a_title_that_was_not_read_wears_no_title_marks() -> None:
    for _, row in every("documents"):
        assert not ("未读" in row["title_zh"] and "《" in row["title_zh"]), row["id"]


def test_days_are_days_and_in_order() -> None:
    for _, row in every("provisions") + every("tiers"):
        assert isinstance(row["from"], date) and EARLIEST <= row["from"] <= TODAY, told(row)
        assert row.get("until") is None or row["until"] >= row["from"], told(row)


def test_a_document_that_ended_bounds_its_provisions() -> None:
    ends = {row["id"]: row.get("valid_until") for _, row in every("documents")}
    for _, row in every("provisions"):
        end = ends.get(row.get("document"))
        if end is not None:
            assert row["until"] == end, told(row)


def test_no_two_rows_speak_at_once() -> None:
    slot = {"delegated": "duty"}
    keys = Counter((row["subject"], row["measure"], str(row["region"]), row.get("group", "all"),
                    slot.get(row["modality"], "limit"), row["from"]) for _, row in every("provisions"))
    assert [key for key, count in keys.items() if count > 1] == []


def test_every_subject_is_in_the_catalogue() -> None:
    catalogue = ROOT / "data" / "catalogue"
    known = {row["code"] for row in read_yaml(catalogue / "items.yaml")["items"]} | {"*"}
    known |= {row["code"] for row in read_yaml(catalogue / "matters.yaml")["matters"]}
    assert sorted({row["subject"] for _, row in every("provisions")} - known) == []


def test_values_have_units() -> None:
    for _, row in every("provisions"):
        assert row["value"] in ("nothing", None) or row.get("unit"), told(row)


def test_notes_and_clauses_come_in_both_languages() -> None:
    for name in ("note", "clause"):
        assert [told(row) for _, row in every("provisions")
                if bool(row.get(f"{name}_zh")) != bool(row.get(f"{name}_en"))] == []


def test_the_reader_takes_every_row() -> None:
    assert sum(len(slots) for by_place in seed_book().lines.values() for slots in by_place.values()) > 150


def test_what_is_recalled_says_so() -> None:
    words = ("recall", "inferred", "not known", "no later figure", "not read")
    for _, row in every("provisions"):
        if row["mark"] == "R":
            said = f"{row['source']} {row.get('note_en', '')}".lower()
            assert any(word in said for word in words), told(row)


# --- labels --------------------------------------------------------------------------------------

def slugs() -> Iterator[str]:
    for _, row in every("provisions"):
        value = row["value"] if isinstance(row["value"], dict) else {}
        yield from value.get("set", ())
        for line in value.get("table", {}).get("rows", ()):
            yield from value["table"]["over"]
            yield from (word for name, word in line.items() if name != "value" and isinstance(word, str))


def test_every_slug_has_words_in_both_languages() -> None:
    labels = read_yaml(PROVISIONS / "labels.yaml")
    assert sorted(set(slugs()) - set(labels)) == []
    assert [slug for slug, words in labels.items() if not (words["zh"] and words["en"])] == []


# --- breadth -------------------------------------------------------------------------------------

def test_at_least_eight_families_and_all_provinces_speak() -> None:
    assert len([name for name in FAMILIES if seed_family(name).get("provisions")]) >= 8
    assert len({str(row["region"])[:2] for _, row in every("provisions") if str(row["region"]) != "CN"}) == 31


@pytest.mark.parametrize("name", FAMILIES)
def test_the_readme_counts_what_is_there(name: str) -> None:
    marks = Counter(row["mark"] for row in seed_family(name).get("provisions") or ())
    by_mark = (marks[mark] for mark in ("V", "D", "V-repo", "R"))
    counts = [len(seed_family(name)["documents"]), marks.total(), *by_mark]
    readme = (PROVISIONS / "README.md").read_text(encoding="utf-8")
    assert f"| {name} | " + " | ".join(map(str, counts)) + " |" in readme


def test_every_province_has_its_minimum_wage_of_2024() -> None:
    table = [row for row in seed_family("minimum_wage")["provisions"]
             if row["from"] == date(2024, 1, 1) and row["mark"] == "V" and row["measure"] == "minimum_wage"]
    assert len(table) == 32
    first = [first_tier(row) for row in table if str(row["region"]) != "440300"]
    assert (sum(first) / len(first), max(first), min(first)) == (2090, 2690, 1850)


def first_tier(row: Row) -> float:
    value = row["value"]
    return float(value["tiers"]["values"]["1"] if isinstance(value, dict) else value)


def test_tier_values_fall_from_the_first_down() -> None:
    for row in seed_family("minimum_wage")["provisions"]:
        if isinstance(row["value"], dict):
            values = list(row["value"]["tiers"]["values"].values())
            assert values == sorted(values, reverse=True) and len(set(values)) == len(values), told(row)


# --- figures that have to agree --------------------------------------------------------------------

@pytest.mark.parametrize(("region", "tier", "on", "expected"), [
    ("140000", "1", "2025-01-01", "1935"),  # Shanxi: 0.9 x 2150, the first tier everywhere
    ("140000", "3", "2025-08-01", "1935"),
    ("140000", "2", "2024-06-01", "1782"),  # 0.9 x 1980
    ("370800", "2", "2024-06-01", "1809"),  # Jining: 0.9 x 2010
    ("370800", "3", "2024-06-01", "1638"),  # 0.9 x 1820
    ("370800", "2", "2025-10-01", "1989"),  # 0.9 x 2210
    ("370800", "3", "2025-10-01", "1818"),  # 0.9 x 2020
    ("370811", None, "2026-11-10", "1989"),  # the seat is in the second tier
    ("430000", "1", "2023-04-01", "1737"),  # Hunan: 0.9 x 1930
])
def test_benefits_that_follow_the_minimum_wage(region: str, tier: str | None, on: str, expected: str) -> None:
    facts = {"tier:minimum_wage": tier} if tier else {}
    assert amount("benefit_amount", region, on, CLAIM, **facts) == Decimal(expected)


@pytest.mark.parametrize(("on", "month", "expected"), [
    ("2024-07-01", 12, 2255), ("2025-06-30", 13, 1804), ("2025-07-01", 25, 1650),
    ("2026-07-01", 1, 2340), ("2026-07-01", 24, 1872), ("2026-11-24", 30, 1690)])
def test_shanghai_amounts(on: str, month: int, expected: int) -> None:
    assert amount("benefit_amount", "310000", on, CLAIM, benefit_month=month) == expected


def test_shanghai_second_step_is_four_fifths_of_the_first() -> None:
    for row in provisions("benefit_amount", "310000"):
        first, second, _ = (line["value"] for line in row["value"]["table"]["rows"])
        assert second == Decimal("0.8") * first, told(row)


def test_shanghai_third_step_is_held_at_the_subsistence_line() -> None:
    floor = amount("subsistence", "310000", "2026-07-01")
    assert floor == 1690 and floor > Decimal("0.8") * 1872


@pytest.mark.parametrize(("months", "expected"), [
    (12, 2), (23, 2), (24, 4), (59, 8), (60, 10), (119, 18), (120, 20), (144, 24), (400, 24)])
def test_shanghai_months_stay_under_the_national_cap(months: int, expected: int) -> None:
    found = answer("benefit_months", "310000", "2026-09-01", CLAIM, contribution_months=months)
    assert isinstance(found.value, Quantity) and found.value.amount == expected
    assert [finding.kind for finding in found.findings if finding.kind == "above_cap"] == []


def test_unemployment_benefits_lie_inside_the_national_band() -> None:
    asked: tuple[tuple[str, dict[str, object]], ...] = (
        ("310000", {"benefit_month": 1}), ("140000", {"tier:minimum_wage": "1"}), ("440100", {}))
    for region, facts in asked:
        benefit = amount("benefit_amount", region, "2026-10-01", CLAIM, **facts)
        wage = amount("minimum_wage", region, "2026-10-01", "*", **facts)
        assert benefit is not None and wage is not None and benefit < wage


def test_guangdong_follows_its_order_of_2026() -> None:
    cities = ("440100", "440300", "440400", "440500")
    assert [amount("minimum_wage", city, "2026-08-31") for city in cities] == [2500, 2520, 2080, 1850]
    assert [amount("minimum_wage", city, "2026-09-01") for city in cities] == [2680, 2700, 2300, 2040]
    assert amount("benefit_amount", "440100", "2026-09-01", CLAIM) == Decimal("2412.0")


def test_what_was_not_read_is_not_made_up() -> None:
    assert amount("minimum_wage", "440200", "2026-08-31") == 1750
    assert amount("minimum_wage", "440200", "2026-09-01", **{"tier:minimum_wage": "4"}) is None
    assert amount("minimum_wage", "370102", "2025-10-01") is None


def test_death_grant_is_twenty_times_the_income_of_the_year_before() -> None:
    assert amount("death_grant", "CN", "2024-06-30", DEATH) == 1036420 == 20 * 51821
    assert amount("death_grant", "CN", "2022-06-30", DEATH) == 948240 == 20 * 47412
    assert amount("death_grant", "CN", "2023-06-30", DEATH) == 985660
    assert amount("death_grant", "CN", "2025-06-30", DEATH) == 1083760 == 20 * 54188
    assert amount("death_grant", "CN", "2026-12-31", DEATH) == 1130040 == 20 * 56502
    assert amount("death_grant", "CN", "2027-01-01", DEATH) is None


def test_disability_months_by_grade() -> None:
    def months(on: str) -> list[Decimal | None]:
        return [amount("injury_lump_months", "CN", on, DISABILITY, grade=grade) for grade in range(1, 11)]

    assert months("2026-01-01") == [27, 25, 23, 21, 18, 16, 13, 11, 9, 7]
    assert months("2010-12-31")[:3] == [24, 22, 20]


def test_the_national_pension_only_rises() -> None:
    series = [row["value"] for row in sorted(provisions("basic_pension", "CN"), key=lambda row: row["from"])]
    assert series == sorted(series) and series[0] == 55 and series[-1] == 163


def test_hengyang_county_has_three_layers() -> None:
    layers = [amount("basic_pension", region, "2018-06-01", "NB050") for region in ("CN", "430000", "430421")]
    assert layers == [88, 88 + 12, 88 + 12 + 3]


def test_no_place_is_left_standing_below_the_nation() -> None:
    for region in {str(row["region"]) for _, row in every("provisions") if row["measure"] == "basic_pension"}:
        for day in ("2022-07-01", "2023-07-01", "2024-07-01", "2025-07-01", "2026-11-24"):
            kinds = [finding.kind for finding in answer("basic_pension", region, day, "NB050").findings]
            assert "below_standard_above" not in kinds, (region, day)


def test_wuhan_subsidy_is_its_two_parts() -> None:
    found = amount("insurance_subsidy_amount", "420100", "2022-10-01", HARDSHIP)
    assert found == Decimal("448.80") + Decimal("224.39")


def test_guangdong_contribution_cap_is_three_times_the_average_wage() -> None:
    assert amount("contribution_base_cap", "440000", "2024-08-01") == 3 * 9167
    assert amount("contribution_base_floor", "440100", "2025-08-01") == 5510
    assert amount("contribution_base_floor", "440200", "2025-08-01") == 4775


# --- the walk in Jining ----------------------------------------------------------------------------

def test_jining_walk_from_paper_to_promise() -> None:
    on = "2026-11-10"
    assert amount("statutory_limit", "370811", on, CLAIM) == 10
    assert amount("promised_limit", "370811", on, CLAIM) == 0
    assert amount("fee", "370811", on, CLAIM) == 0
    assert amount("benefit_amount", "370811", on, CLAIM) == 1989
    materials = answer("materials", "370811", on, CLAIM).value
    assert materials == frozenset({
        "identity_or_social_security_card", "claim_form", "deemed_contribution_papers"})
    assert amount("promised_limit", "370811", "2026-10-31", CLAIM) is None


def test_nothing_lapsed_is_still_promised() -> None:
    assert amount("contribution_base_cap", "510000", "2026-01-01") is None
    found = answer("insurance_subsidy_rate", "310000", "2027-01-01", HARDSHIP)
    assert found.value is None and [finding.kind for finding in found.findings] == ["lapsed"]
