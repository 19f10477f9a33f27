"""What the public pages say: true counts, promises with their way, differences of editions."""

import csv
import io
from html import unescape

import pytest

from jizhun.evaluation.indices import INDICES
from jizhun.evaluation.indices.formulas import FORMULAS, TOPICS, formula_of


def text(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def rows(response) -> list[dict[str, str]]:
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_home_counts_the_edition_of_the_day(reading):
    now = reading.get("/en/").context["areas"]
    then = reading.get("/en/?on=2022-01-01").context["areas"]
    assert (len(now), sum(area.count for area in now)) == (9, 81)
    assert (len(then), sum(area.count for area in then)) == (9, 80)
    assert [area.count for area in then] == [9, 9, 12, 16, 4, 3, 14, 4, 9]


def test_home_before_any_edition_says_so(reading):
    assert "No list of services is in force here on this day" in text(reading.get("/en/?on=2020-01-01"))


@pytest.mark.parametrize("query", ["失业", "shiye", "unemployment"])
def test_search_finds_unemployment_insurance(reading, query):
    assert "/en/items/NB029/" in text(reading.get("/en/", {"q": query}))


def test_search_without_result_says_what_to_do(reading):
    assert "Nothing fits" in text(reading.get("/en/?q=xyzxyz"))


def test_the_list_can_be_taken_away(reading):
    found = rows(reading.get("/en/services/?csv=services"))
    assert len(found) == 81
    assert {"code": "NB029", "number": "30"}.items() <= next(one for one in found if one["code"] == "NB029").items()


@pytest.mark.parametrize(("language", "name"), [("zh", "全国"), ("en", "China")])
def test_the_whole_country_is_a_place_that_can_be_chosen_by_the_name_it_bears_here(reading, language, name):
    response = reading.get(f"/{language}/across/", {"place": name, "on": "2024-01-01"})
    assert response.status_code == 302 and "region=CN" in response.url and "on=2024-01-01" in response.url


def test_item_page_shows_the_promise_with_its_way(reading):
    page = text(reading.get("/en/items/NB029/?region=330100"))
    assert "10" in page
    assert "Regulation on the Handling of Social Insurance" in page
    assert "no rule of its own on record" in page
    assert "source read" in page


def test_item_page_tells_a_local_rule_and_where_it_is_unverified(reading):
    response = reading.get("/en/items/NB029/?region=310000&on=2026-11-23")
    (section,) = (one for one in response.context["sections"] if one.code == "NB029-EX01")
    amount = next(one for one in section.promises if one.measure.code == "benefit_amount")
    assert amount.figure.text == "1690–2340"
    assert amount.mark == "V-repo"
    assert "second-hand, not verified" in text(response)


def test_promises_can_be_taken_away(reading):
    found = rows(reading.get("/en/items/NB029/?region=330100&csv=promises"))
    claim = next(one for one in found if (one["subject"], one["measure"]) == ("NB029-EX01", "statutory_limit"))
    assert claim["value"] == "10 working days"
    assert claim["place"] == "CN"
    assert claim["clause"]
    assert claim["source"]


def test_an_item_without_values_is_an_honest_gap(reading):
    assert "a gap in our records" in text(reading.get("/en/items/NB074/"))


def test_item_that_came_later_is_not_in_the_earlier_edition(reading):
    page = text(reading.get("/en/items/NB081/?on=2022-01-01"))
    assert "This item is not in the edition in force on this day." in page


def test_editions_side_by_side(reading):
    page = text(reading.get("/en/editions/"))
    assert "From the 2021 to the 2023 edition: 80 items became 81" in page
    changes = rows(reading.get("/en/editions/?csv=changes"))
    assert [one["kind"] for one in changes].count("level raised") == 3
    assert changes[0] == {"item": "NB081", "kind": "new", "words": ""}


def test_every_public_page_opens_in_both_languages(reading):
    for language in ("zh", "en"):
        for path in ("", "services/", "items/NB029/", "editions/", "results/", "method/", "accessibility/", "display/"):
            assert reading.get(f"/{language}/{path}").status_code == 200, path


# -- how it came to be so ------------------------------------------------------------------------------


def test_history_tells_each_value_with_its_day_place_and_paper(reading):
    """The nation's minimum pension rose step by step; Sichuan gave more for a while, then the nation drew level."""
    page = reading.get("/en/items/NB050/?region=510000&on=2026-11-23&tab=history")
    (past,) = [one for one in page.context["pasts"] if one.measure.en.startswith("Minimum basic")]
    told = [(row[0].plain, row[1], row[2].plain) for row in past.table.rows]
    assert told[0] == ("2024-07-01", "163 yuan a month", "510000") and len(told) == 8
    assert [row[0] for row in told] == sorted((row[0] for row in told), reverse=True)
    assert ("2009-09-01", "55 yuan a month", "CN") in told
    assert past.chart is not None and past.chart.name in text(page) and "What is promised in" not in text(page)


def test_history_ends_on_the_chosen_day_and_comes_as_csv_and_svg(reading):
    address = "/en/items/NB050/?region=CN&on=2015-06-01&tab=history"
    (past,) = [one for one in reading.get(address).context["pasts"] if one.measure.en.startswith("Minimum basic")]
    assert [row[1] for row in past.table.rows] == ["70 yuan a month", "55 yuan a month"]
    assert ">70<" in reading.get(f"{address}&svg={past.chart.name}").content.decode()
    assert "55 yuan a month" in reading.get(f"{address}&csv={past.table.name}").content.decode()


def test_an_item_without_a_past_says_that_the_gap_is_ours(reading):
    assert "a gap in our records" in text(reading.get("/en/items/NB001/?region=CN&tab=history"))


def test_every_item_has_a_history_page(reading):
    for number in range(1, 82):
        assert reading.get(f"/en/items/NB{number:03}/?region=330100&tab=history").status_code == 200, number


# -- what changed lately -------------------------------------------------------------------------------


def test_home_tells_what_began_to_hold_here_in_the_last_month(reading):
    """A rise of the nation is news everywhere for a month; one of Sichuan is news in Sichuan alone."""
    def changes(region, on):
        return [(one.item, one.on.isoformat(), one.says.split(": ")[-1]) for one in
                reading.get(f"/en/?region={region}&on={on}").context["changes"]]

    assert ("NB050", "2026-07-26", "163 yuan a month") in changes("330100", "2026-08-10")
    assert changes("330100", "2026-09-20") == []
    sichuan = ("NB050", "2024-07-01", "163 yuan a month")
    assert sichuan in changes("510000", "2024-07-20") and sichuan not in changes("330000", "2024-07-20")
    assert reading.get("/en/?region=330100&on=2026-08-10&q=失业").context["changes"] == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_method_page_tells_every_index_with_its_formula(reading, language):
    page = unescape(text(reading.get(f"/{language}/method/")))
    for index in INDICES.values():
        assert index.name.in_language(language) in page and formula_of(index) in page
    for one in FORMULAS.values():
        told = (one.name, one.text, one.source)
        assert one.formula in page and all(words.in_language(language) in page for words in told), one.code
    table = rows(reading.get("/en/method/?csv=inequality"))
    assert [one["index"] for one in table][3] == "Gini coefficient" and len(table) == len(TOPICS[0].formulas)
