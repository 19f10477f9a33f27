"""The region page: what a place promises beside the nation, what does not fit, what is on record."""

import csv
import io


def rows(response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_a_better_figure_is_called_better_and_a_missing_national_one_is_not_invented(reading):
    found = {(row["subject"], row["measure"]): row
             for row in rows(reading.get("/en/region/?region=310000&on=2026-11-23&csv=promises"))}
    pension = found["NB050", "Minimum basic pension of urban and rural residents"]
    assert pension["verdict"] == "better"
    assert (pension["here"], pension["everywhere"]) == ("1300 yuan a month", "163 yuan a month")
    wage = found["*", "Minimum monthly wage"]
    assert (wage["here"], wage["everywhere"], wage["verdict"]) == ("2740 yuan a month", "–", "only_here")
    assert wage["set_by"] == "310000"


def test_what_the_nation_only_limits_is_not_called_missing(reading):
    """The law gives the benefit a range and a longest duration: Shanghai's own values stand within them."""
    found = {(row["subject"], row["measure"]): row
             for row in rows(reading.get("/en/region/?region=310000&on=2026-11-23&csv=promises"))}
    amount = found["NB029-EX01", "Benefit amount"]
    assert amount["verdict"] == "within" and "Minimum monthly wage" in amount["everywhere"]


def test_a_promise_is_measured_by_the_limit_of_the_law_where_the_nation_made_none(reading):
    page = reading.get("/en/region/?region=990101&on=2025-06-01")
    found = {(row["subject"], row["measure"]): row
             for row in rows(reading.get("/en/region/?region=990101&on=2025-06-01&csv=promises"))}
    claim = found["NB029-EX01", "Committed time limit"]
    assert (claim["here"], claim["everywhere"], claim["verdict"]) == ("3 working days", "10 working days", "better")
    assert claim["set_by"] == "990000" and "Statutory time limit" in page.content.decode()


def test_papers_of_the_province_are_not_counted_as_the_district_s(reading):
    district = reading.get("/en/region/?region=310101&on=2026-11-23").context["coverage"]
    assert district[0][1] > 0 and district[1][1] == 0


def test_what_the_nation_has_reached_is_no_longer_called_better(reading):
    """Sichuan's 163 yuan of July 2024 were 40 more than the nation's; since July 2026 the nation has 163 as well."""
    def verdict(on):
        found = rows(reading.get(f"/en/region/?region=510000&on={on}&csv=promises"))
        return next(row["verdict"] for row in found if row["measure"].startswith("Minimum basic pension"))

    assert (verdict("2024-08-01"), verdict("2026-11-23")) == ("better", "equal")


def test_every_finding_names_its_service_and_measure(reading):
    page = reading.get("/en/region/?region=310000&on=2026-11-23")
    for subject, _address, measure, finding in page.context["findings"]:
        assert subject and measure and finding.sentence.en and finding.sentence.zh
    assert "Review point" in page.content.decode()


def test_coverage_shows_its_denominator_and_does_not_claim_to_know_the_world(reading):
    page = reading.get("/en/region/?region=310000&on=2026-11-23")
    (valued, own) = page.context["coverage"]
    assert valued[2] == own[2] == 81 and 0 < own[1] <= valued[1] < 81
    assert "not what a place has really adopted" in page.content.decode()


def test_a_merged_place_tells_where_it_came_from(reading):
    page = reading.get("/en/region/?region=370116").content.decode()
    assert "Came from" in page and "Laiwu" in page
    gone = reading.get("/en/region/?region=371200")
    assert gone.status_code in (400, 404) and "370116" in gone.content.decode()


def test_a_place_without_papers_says_that_the_gap_is_ours(reading):
    page = reading.get("/en/region/?region=640100&on=2020-06-01").content.decode()
    assert "not proof that nothing more is promised" in page


def test_the_nation_lists_its_provinces_and_no_fictional_one(reading):
    page = reading.get("/en/region/?region=CN").content.decode()
    below = page[page.index("places below"):]
    assert "Zhejiang" in below and "Sample Province" not in below


def test_the_nations_own_page_tells_what_it_promises_and_compares_it_with_nothing(reading):
    found = rows(reading.get("/en/region/?region=CN&on=2026-11-23&csv=promises"))
    assert {"10 working days", "at most 10 working days"} & {
        row["here"] for row in found if row["subject"] == "NB029-EX01"}
    assert all(row.keys() == {"subject", "measure", "here", "set_by"} for row in found)
    page = reading.get("/en/region/?region=CN&on=2026-11-23").content.decode()
    assert "What is promised in all of China" in page and "local paper" not in page
