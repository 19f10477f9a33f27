"""Across the country: the published figures of the minimum wage, the map, the ranking, and what is left out."""

import csv
import io
import xml.etree.ElementTree as ET
from datetime import date

import pytest

from jizhun.regions.actions import persons, tree

WAGES = "/en/across/?on=2024-01-01"


def rows(response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_the_published_inequality_of_the_minimum_wage_comes_out_to_every_digit(reading):
    found = {row["measure"]: float(row["value"]) for row in rows(reading.get(f"{WAGES}&csv=inequality"))}
    assert found["Mean"] == 2090
    assert found["Coefficient of variation"] == pytest.approx(0.0992620717, abs=5e-11)
    assert found["Gini coefficient"] == pytest.approx(0.0527859238, abs=5e-11)
    assert found["Theil T"] == pytest.approx(0.0047610923, abs=5e-11)
    assert found["of Theil T between the parts of the country"] == pytest.approx(0.0028525291, abs=5e-11)
    assert found["of Theil T within them"] == pytest.approx(0.0019085632, abs=5e-11)


def test_every_province_is_ranked_and_nothing_outside_the_list_or_made_up_is(reading):
    found = rows(reading.get(f"{WAGES}&csv=places"))
    figures = {row["place"]: row for row in found if row["value"]}
    assert len(figures) == 31
    assert (figures["Shanghai"]["rank"], figures["Shanghai"]["value"]) == ("1", "2690")
    assert {row["rank"] for row in found if row["value"] == "2490"} == {"2"}  # Jiangsu and Zhejiang share a rank
    assert "Sample Province" not in {row["place"] for row in found}
    page = reading.get(WAGES).content.decode()
    assert "Outside the list, and never counted as missing" in page and "Taiwan" in page


def test_the_title_says_what_is_found(reading):
    assert "Minimum monthly wage: from 1850 to 2690 yuan a month" in reading.get(WAGES).content.decode()


def test_the_least_favourable_value_of_a_place_can_stand_for_it(reading):
    found = {row["place"]: row["value"] for row in rows(reading.get(f"{WAGES}&end=low&csv=places"))}
    assert found["Shanghai"] == "2690" and found["Jiangsu"] == "2010"


@pytest.mark.parametrize("name", ["map", "ranking", "lorenz"])
def test_pictures_are_files_that_stand_on_their_own(reading, name):
    response = reading.get(f"{WAGES}&svg={name}")
    picture = ET.fromstring(response.content)
    assert response["Content-Type"].startswith("image/svg+xml")
    assert picture.tag.endswith("svg") and picture.attrib["aria-label"]
    assert "fill-5" in response.content.decode() and "<style>" in response.content.decode()


def test_the_map_says_the_same_sentence_to_the_eye_and_to_the_ear_and_leads_into_the_place(reading):
    picture = reading.get(WAGES).context["charts"]["map"].svg
    assert 'aria-label="Shanghai: 2690 yuan a month"><title>Shanghai: 2690 yuan a month</title>' in picture
    assert "region=310000" in picture
    assert "Taiwan: outside the list" in picture


def test_a_place_with_nothing_below_says_where_to_go(reading):
    page = reading.get("/en/across/?region=310101").content.decode()
    assert "There is nothing to compare below this place" in page
    assert "region=310000" in page


def test_fictional_places_are_compared_with_each_other_only(reading):
    found = rows(reading.get("/en/across/?region=990000&what=* minimum_wage&csv=places"))
    assert len(found) == 11 and all(row["place"].endswith("City") for row in found)


def test_what_nobody_below_speaks_on_is_not_answered_with_something_else(reading):
    page = reading.get("/en/across/?what=nothing at_all").content.decode()
    assert "Nothing below this place has been said on this" in page
    assert "Minimum monthly wage" in page  # what can be compared is offered


# -- over time -------------------------------------------------------------------------------------


def test_what_moved_the_inequality_sums_to_its_change(reading):
    address = "/en/across/?on=2026-11-01&since=2024-06-01"
    told = {row["cause"]: row for row in rows(reading.get(f"{address}&csv=moved"))}
    for measure in ("variation", "gini"):
        parts = [float(told[name][measure]) for name in (
            "change of standards", "change of performance", "change of population")]
        assert sum(parts) == pytest.approx(float(told["on the later day"][measure])
                                           - float(told["on the earlier day"][measure]), abs=1e-9)
        assert parts[1:] == [0, 0] and parts[0] != 0
    by_place = rows(reading.get(f"{address}&csv=movers"))
    assert sum(float(row["part"]) for row in by_place) == pytest.approx(
        float(told["change of standards"]["variation"]), abs=1e-6)
    assert all(row["before"] != row["after"] for row in by_place) and by_place


def test_where_nobody_changed_a_figure_nothing_moved(reading):
    page = reading.get(f"{WAGES}&since=2023-01-01").content.decode()
    assert "No figure was changed between these days." in page and "over the 15 places" in page


@pytest.mark.parametrize("since", ["2030-01-01", "soon"])
def test_a_day_to_compare_with_that_cannot_be_is_refused(reading, since):
    assert reading.get(f"{WAGES}&since={since}").status_code == 400


def test_provinces_weighed_by_their_people_stand_beside(reading):
    found = {row["measure"]: row for row in rows(reading.get(f"{WAGES}&csv=inequality"))}
    assert len(persons(tree().children("CN", date(2024, 1, 1)), date(2024, 1, 1))) == 31
    assert float(found["Gini coefficient"]["people"]) != float(found["Gini coefficient"]["value"])
    assert float(found["Theil L"]["value"]) > 0 and found["Greatest over least"]["people"] == ""
    page = reading.get(WAGES).content.decode()
    assert "By people: the population of" in page and "is not known." not in page
