"""How a value came to be: the picture from zero beside the nation, and every value with its source."""

import csv
import io
import re
from datetime import date
from xml.etree import ElementTree

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from jizhun.frame.charts import Steps, step_chart, ticks
from jizhun.people.rules import SYSTEM
from jizhun.provisions.actions import record

PAGE, PENSION = "/en/history/", "what=NB050+basic_pension"


def rows_of(reading, query: str) -> list[dict[str, str]]:
    content = reading.get(f"{PAGE}?{query}&csv=history").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


def test_every_value_tells_day_paper_clause_mark_source_and_what_the_nation_gave(reading):
    rows = rows_of(reading, f"{PENSION}&region=510000&on=2026-11-27")
    told = {row["from"]: row for row in rows}
    assert [row["from"] for row in rows] == sorted(told, reverse=True)
    assert {key: told["2025-07-01"][key] for key in ("value", "nation", "set_by", "mark")} == {
        "value": "163 yuan a month", "nation": "143 yuan a month", "set_by": "510000", "mark": "V"}
    assert "sz12333.net.cn" in told["2024-07-01"]["source"] and told["2024-07-01"]["paper"]
    assert told["2009-09-01"]["mark"] == "R" and told["2009-09-01"]["set_by"] == "CN"
    assert rows_of(reading, "what=NB029-EX01+statutory_limit&region=CN")[0]["clause"]


def test_the_picture_starts_at_zero_names_both_lines_and_is_given_away(reading):
    address = f"{PAGE}?{PENSION}&region=510000&on=2026-11-27"
    page = reading.get(address)
    assert "from 55 to 163 yuan a month since 2009-09-01" in page.content.decode()
    drawn = reading.get(f"{address}&svg=history")
    root = ElementTree.fromstring(drawn.content.decode())
    texts = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"0", "200", "163", "143", "Sichuan", "China", "2026-11-27"} <= set(texts)
    assert root.get("role") == "img" and "from day to day" in (root.get("aria-label") or "")
    assert "On 2026-11-27 this is what holds in the whole nation." in page.content.decode()
    earlier = reading.get(f"{PAGE}?{PENSION}&region=510000&on=2025-01-01").content.decode()
    assert "the nation&#x27;s value is 123" in earlier


def test_what_is_known_to_come_stands_behind_the_chosen_day(reading):
    page = reading.get(f"{PAGE}?what=*+minimum_wage&region=440100&on=2025-01-01")
    assert page.context["to_come"] == 2
    rows = page.context["table"].rows
    assert [(row[0].plain, row[0].small) for row in rows][:3] == [
        ("2026-09-01", "to come"), ("2025-03-01", "to come"), ("2024-01-01", "")]
    assert "2300 yuan a month since 2021-12-01" in page.content.decode()
    drawn = page.context["chart"].svg
    assert ">2025-01-01<" in drawn and ">2027-03-01<" in drawn and 'stroke-dasharray="2 3"' in drawn


def test_a_value_that_ends_ends_its_line_and_says_so(reading):
    with transaction.atomic():
        for value, first in ((5, "2025-01-01"), (6, "2025-06-01"), (None, "2026-01-01")):
            record(by=SYSTEM, row={"subject": "NB023-EX01", "measure": "visits", "region": "990101", "value": value,
                                   "unit": "times", "from": first, "mark": "SIM", "source": "a test"},
                   documents_paper=True)
    page = reading.get(f"{PAGE}?what=NB023-EX01+visits&region=990101&on=2026-06-01")
    assert [(row[0].plain, row[1]) for row in page.context["table"].rows] == [
        ("2026-01-01", "nothing"), ("2025-06-01", "6 visits"), ("2025-01-01", "5 visits")]


def test_a_value_that_several_papers_say_is_not_told_to_have_ended(reading):
    assert all(row["value"] != "nothing" for row in rows_of(reading, f"{PENSION}&region=510000&on=2026-11-27"))
    assert rows_of(reading, f"{PENSION}&region=CN&on=2026-11-27")[0].keys() >= {"from", "value", "paper"}
    assert "nation" not in rows_of(reading, f"{PENSION}&region=CN&on=2026-11-27")[0]


@pytest.mark.parametrize("query", ["what=nosuch", "what=NB050+nosuch&region=510000", "what=%00", "what=NB001+fee"])
def test_what_is_not_on_record_offers_what_is(reading, query):
    page = reading.get(f"{PAGE}?{query}")
    if page.status_code == 200:
        assert "No value is on record for this here" in page.content.decode() and page.context["choices"]
    else:
        assert page.status_code == 400


def test_without_a_name_the_minimum_wage_is_shown_and_every_choice_opens(reading):
    page = reading.get(f"{PAGE}?region=310000&on=2026-11-27")
    assert page.context["chosen"].measure == "minimum_wage" and "should have been renewed" not in page.content.decode()
    assert "renewed by 2026-01-01" in reading.get(f"{PAGE}?region=110000&on=2026-11-27").content.decode()
    for choice in page.context["choices"]:
        assert reading.get(PAGE, {"what": choice.value, "region": "310000"}).status_code == 200, choice.value
        assert reading.get("/zh/history/", {"what": choice.value, "region": "310000"}).status_code == 200, choice.value


def test_the_place_and_the_item_lead_to_it(reading):
    place = reading.get("/en/region/?region=510000&on=2026-11-27").content.decode()
    item = reading.get("/en/items/NB050/?region=510000&on=2026-11-27&tab=history").content.decode()
    address = re.search(r'href="(/en/history/\?[^"]*NB050\+basic_pension[^"]*)"', item)
    assert address and address[1] in place
    assert reading.get(address[1].replace("&amp;", "&")).context["chosen"].measure == "basic_pension"


# -- the picture itself ----------------------------------------------------------------------------------


@given(st.floats(0.0001, 1e9))
def test_the_scale_starts_at_zero_reaches_the_largest_and_is_short(most):
    scale = ticks(most)
    assert scale[0] == 0 and scale[-1] >= most * (1 - 1e-6) and len(scale) <= 7
    assert scale == sorted(set(scale))


def heights(svg: str) -> list[float]:
    """Where each horizontal piece of the first line lies."""
    path = re.search(r'class="line" d="([^"]+)"', svg)
    assert path
    return [float(one) for one in re.findall(r",(\d+\.\d)", path[1])]


def test_twice_the_value_stands_twice_as_high_above_the_zero_line():
    days = [date(2020, 1, 1), date(2021, 1, 1), date(2022, 1, 1)]
    svg = str(step_chart("s", "label", [Steps("here", list(zip(days, (10.0, 20.0, 0.0), strict=True)))],
                         date(2023, 1, 1)).svg)
    ten, twenty, zero = heights(svg)
    assert zero - twenty == pytest.approx(2 * (zero - ten), abs=0.2)
    lines = [float(one) for one in re.findall(r'<line class="axis" x1="[\d.]+" y1="([\d.]+)"', svg)]
    assert lines[0] == lines[-1] == zero  # the zero of the scale, where the ticks of the days stand


def test_the_scale_names_its_unit_and_no_value_stands_where_the_line_rises_through_it():
    steps = Steps("here", [(date(2020, 1, 1), 100.0), (date(2020, 3, 1), 190.0)])
    svg = str(step_chart("s", "label", [steps], date(2026, 1, 1), unit="yuan a month").svg)
    assert ">yuan a month</text>" in svg
    at = {text: float(y) for y, text in re.findall(r'y="([\d.]+)">(\d+)</text>', svg) if text in ("100", "190")}
    low, high = heights(svg)
    assert at["100"] > low and at["190"] < high  # below the line that is about to rise, above the other


def test_a_long_name_is_cut_and_a_gap_breaks_the_line():
    points = [(date(2020, 1, 1), 5.0), (date(2021, 1, 1), None), (date(2022, 1, 1), 7.0)]
    svg = str(step_chart("s", "label", [Steps("Xinjiang Production and Construction Corps", points)],
                         date(2023, 1, 1)).svg)
    path = re.search(r'class="line" d="([^"]+)"', svg)
    assert path and path[1].count("M") == 2 and "…<" in svg
