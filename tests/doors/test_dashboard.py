"""The dashboard: its figures are those of an evaluation, and everybody sees their own places only."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import transaction
from django.test import Client, override_settings

from jizhun import loading
from jizhun.analytics import inequality
from jizhun.delivery.models import Source
from jizhun.evaluation.actions import data_date, evaluate
from jizhun.evaluation.depth import depth
from jizhun.evaluation.overview import Overview, overview
from jizhun.evaluation.rules.composite import weighted_sum
from jizhun.evaluation.said import said
from jizhun.evaluation.satisfaction import satisfaction
from jizhun.evaluation.standing import Span, bring, cuts_of
from jizhun.evaluation.summing import Summing
from jizhun.kernel.bilingual import Refused
from jizhun.people.models import User
from jizhun.people.rules import SYSTEM, Forbidden
from jizhun.regions.actions import bump, persons
from jizhun.regions.models import Population

TODAY = date(2026, 11, 1)
PUBLIC, WORK = "/en/dashboard/", "/en/work/dashboard/"


@pytest.fixture(scope="module")
def year(world: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small simulated year in a lake of its own, with its kept counts; made once, taken back afterwards."""
    folder = tmp_path_factory.mktemp("lake")
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(LAKE=folder, FILES=folder):
        point = transaction.savepoint()
        loading.simulated_cases(by=SYSTEM, cases=6000)
        bring(source="simulated", as_of=data_date("simulated"))
        yield folder
        transaction.savepoint_rollback(point)


@pytest.fixture
def with_cases(year: Path, db: None, settings) -> None:
    """That year, for one test."""
    settings.LAKE = settings.FILES = year


def text(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def look(place: str, **more: object) -> Overview:
    return overview(**{"by": None, "place": place, "source": "simulated", "on": TODAY, **more})  # type: ignore[arg-type]


def test_figures_are_those_of_an_evaluation(with_cases: None) -> None:
    shown = look("990000")
    assert shown.kept and shown.span.first == 202501 and shown.span.last == 202512
    rows = {row.labels[0][0]: row.figure for row in evaluate(
        index="conformance", source="simulated", by="prefecture", region="990000").rows}
    assert {one.place.code: one.figure.verdicts for one in shown.places} == {
        code: figure.verdicts for code, figure in rows.items()}
    assert shown.total.denominator == sum(one.denominator for one in rows.values())
    assert sum(point.of for point in shown.trend) == shown.total.denominator
    assert [one.rank for one in shown.places] == sorted(one.rank or 0 for one in shown.places)
    assert shown.said.handed_in
    assert sum(row.figure.cases for row in shown.heat) == shown.total.cases


@pytest.mark.parametrize(("place", "first", "last"), [
    ("990000", None, None), ("990100", date(2025, 4, 1), date(2025, 9, 30)), ("990101", None, None)])
def test_without_kept_counts_the_same_is_counted_from_the_cases(with_cases: None, place: str, first: date | None,
                                                                last: date | None) -> None:
    kept = look(place, first=first, last=last)
    kept_in = cuts_of("simulated").folder / "standing.json"
    aside = kept_in.rename(kept_in.with_suffix(".aside"))
    counted = look(place, first=first, last=last)
    aside.rename(kept_in)
    assert kept.kept and not counted.kept
    assert replace(kept, kept=False) == counted


def test_the_same_months_of_the_year_before_or_no_data(with_cases: None) -> None:
    shown = look("990000", first=date(2025, 10, 1), last=date(2025, 12, 31))
    assert (shown.year_before.first, shown.year_before.last) == (202410, 202412)
    assert shown.total_before.cases == 0 and shown.total_before.value is None
    assert [point.before for point in shown.trend] == [None] * 12


def test_a_county_has_months_instead_of_places_and_others_beside_it(with_cases: None) -> None:
    shown = look("990101")
    assert shown.places == () and shown.distribution is None and shown.apart is None
    assert {row.labels[1][0] for row in shown.heat} <= {f"2025-{month:02d}" for month in range(1, 13)}
    assert {one.place.code for one in shown.neighbours.named} <= {
        "990102", "990103", "990184", *(f"9901{n}" for n in range(25, 30))}
    assert shown.neighbours.beside is not None and shown.neighbours.unnamed == 0
    assert all(one.alike is not None and one.alike.score >= 0.5 for one in shown.similar.named)


@pytest.mark.parametrize(("more", "sentence"), [
    ({"source": "nobody"}, "no source “nobody”"), ({"place": "999999"}, "999999"),
    ({"place": "330100"}, "fictional places only"), ({"first": date(2027, 1, 1)}, "none yet for this period"),
    ({"first": date(2025, 1, 15)}, "whole months"), ({"bar": 7.0}, "0 to 100"),
    ({"first": date(2025, 3, 1), "last": date(2025, 2, 28)}, "before the first")])
def test_what_cannot_be_shown_is_refused_in_one_sentence(with_cases: None, more: dict, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        look(**{"place": "990000", **more})


def test_real_cases_are_for_officials_within_their_places(with_cases: None) -> None:
    def cast(name: str) -> User:
        return User.objects.get(username=name)

    assert look("990101", by=cast("county-editor")).total.cases > 0
    assert look("990000", by=cast("national-editor")).total.cases > 0
    for place in ("990100", "990102"):
        with pytest.raises(Forbidden):
            look(place, by=cast("county-editor"))
    Source.objects.filter(code="simulated").update(simulated=False)
    with pytest.raises(Refused, match="real ones for real places only"):
        look("990000")


def test_places_outside_ones_own_are_counted_without_their_names(with_cases: None) -> None:
    shown = look("990101", by=User.objects.get(username="county-editor"))
    everybody = look("990101")
    assert shown.neighbours.named == () and shown.neighbours.unnamed == everybody.neighbours.beside.others  # type: ignore
    assert shown.neighbours.beside == everybody.neighbours.beside


def test_the_public_page_tells_every_figure_and_what_is_behind_it(with_cases: None, reading: Client) -> None:
    page = text(reading, f"{PUBLIC}?region=990000")
    for words in ("simulated", "Coverage", "Implementation", "Equality", "Satisfaction", "Data date",
                  "default praise, never counted", "K / (K + B)", "SELECT", "no data for the year before", "Recipients",
                  "On the map", "Pilot cities of the Sample Province"):
        assert words in page, words
    assert page.index("How many places lie where") < page.index("In order")
    assert 'href="?region=990100"' in page and "item=NB" in page
    rows = reading.get(f"{PUBLIC}?region=990000&csv=ranking").content.decode("utf-8-sig").splitlines()
    assert rows[0] == "rank,place,share,kept,judged,cases,year_before,code" and len(rows) == 12
    for name in ("map", "distribution", "heat", "conformance", "equality", "satisfaction"):
        assert b"<svg" in reading.get(f"{PUBLIC}?region=990000&svg={name}").content, name


def test_nothing_simulated_stands_under_a_real_place(with_cases: None, reading: Client) -> None:
    page = text(reading, f"{PUBLIC}?region=330000")
    assert "No dashboard is open to everybody here" in page and "Sample Province" in page and "98." not in page


@pytest.mark.parametrize("query", ["source=nobody", "period=2025-13", "period=last", "bar=high", "bar=NaN", "bar=101",
                                   "region=nowhere", "period=2030"])
def test_bad_input_is_one_sentence(with_cases: None, reading: Client, query: str) -> None:
    region = "" if "region" in query else "region=990000&"
    answer = reading.get(f"{PUBLIC}?{region}{query}")
    assert answer.status_code == 400 and answer.content.decode().count("<h1>") == 1


def test_a_period_without_cases_says_so(with_cases: None, reading: Client) -> None:
    page = text(reading, f"{PUBLIC}?region=990000&period=2019")
    assert "No cases are on record here for these days" in page


def test_officials_see_their_own_places(with_cases: None, signed_in: Callable[[str], Client]) -> None:
    county = signed_in("county")
    assert "Pine Jia District" in text(county, WORK)
    assert county.get(f"{WORK}?region=990102").status_code == 403
    assert county.get(f"{WORK}?region=990000").status_code == 403
    nation = signed_in("nation")
    assert "No cases are on record here" in text(nation, WORK) and "?region=990000" in text(nation, WORK)
    assert "Implementation" in text(nation, f"{WORK}?region=990000")
    assert nation.get(WORK, {"place": "songyangshi"})["Location"].endswith("region=990100")
    assert nation.get(WORK, {"place": "xyzxyz"}).status_code == 400
    assert signed_in("stranger").get(WORK).status_code == 302


def test_nothing_on_record(world: None, db: None, settings, tmp_path: Path, reading: Client) -> None:
    settings.LAKE = tmp_path
    assert "No dashboard is open to everybody here" in text(reading, f"{PUBLIC}?region=990000")


# -- what people say, as it was handed in ----------------------------------------------------------


def test_satisfaction_is_that_of_the_ratings_handed_in(with_cases: None) -> None:
    shown = look("990000")
    told = satisfaction(source="simulated", region="990000", first=date(2025, 1, 1), last=date(2025, 12, 31))
    whole = told.rated.whole
    assert (shown.ratings.grades, shown.ratings.default) == (whole.grades, whole.default) and whole.default > 0
    assert sum(point.of for point in shown.ratings_trend) == whole.valid > 0
    assert shown.ratings.cases == shown.total.cases - shown.total.verdicts[2] - shown.total.verdicts[3]
    assert shown.said.who is not None and 0 < shown.said.who.apart < 1
    assert sum(one.of_ratings.fits for one in shown.said.who.groups) == whole.valid


def test_a_source_without_ratings_of_its_own_has_the_column_of_its_cases(with_cases: None, settings,
                                                                         tmp_path: Path) -> None:
    summing, span = Summing.of("simulated"), Span(202501, 202512)
    rated = {row.labels[0][0]: row.figure.cases for row in evaluate(
        index="conformance", source="simulated", by="rating", region="990000").rows}
    handed_in = said(summing, region="990000", span=span, simulated=True)
    aside = (settings.LAKE / "reviews").rename(tmp_path / "reviews")
    try:
        found = said(summing, region="990000", span=span, simulated=True)
    finally:
        aside.rename(settings.LAKE / "reviews")
    assert handed_in.handed_in and not found.handed_in
    assert found.whole.default == rated["9"] and found.whole.valid == sum(
        n for grade, n in rated.items() if grade in "12345")


def test_few_real_ratings_are_not_told(with_cases: None, reading: Client) -> None:
    summing = Summing.of("simulated")
    county = said(summing, region="990101", span=Span(202501, 202501), simulated=False)
    assert county.whole.valid < 40 and county.hidden and county.who is None
    assert not said(summing, region="990101", span=Span(202501, 202501), simulated=True).hidden


# -- weighed by people -----------------------------------------------------------------------------


def test_targets_weighed_by_people_stand_beside_those_counted_once(with_cases: None, reading: Client) -> None:
    shown = look("990000")
    people = {code: one.number for code, one in persons([one.place.code for one in shown.places], TODAY).items()}
    by_hand = sum((one.value or 0) * people[one.place.code] for one in shown.places) / sum(people.values())
    assert shown.weighed.conformance is not None and shown.weighed.conformance.value == pytest.approx(by_hand)
    assert shown.weighed.unknown == 0 and shown.weighed.apart is not None and shown.apart is not None
    assert shown.weighed.apart.variation != shown.apart.variation and shown.weighed.apart.weighted
    once, weighed = (text(reading, f"{PUBLIC}?region=990000{more}") for more in ("", "&weigh=people"))
    assert "weighed by people, 11 places" in once and "each counted once" in once
    assert "places weighed by their people" in weighed and "each place counted once" in weighed
    assert reading.get(f"{PUBLIC}?region=990000&weigh=gold").status_code == 400


def test_where_populations_are_not_known_it_is_said_for_how_many(with_cases: None, reading: Client) -> None:
    Population.objects.filter(region__code__in=["991100", "990101"]).delete()
    bump("regions")
    bring(source="simulated", as_of=data_date("simulated"))
    shown = look("990000")
    assert shown.weighed.conformance is not None and shown.weighed.conformance.unknown == shown.weighed.unknown == 2
    assert "population not known for 2 places" in text(reading, f"{PUBLIC}?region=990000&weigh=people")
    Population.objects.all().delete()
    assert look("990000").weighed.apart is None
    page = text(reading, f"{PUBLIC}?region=990000&weigh=people")
    assert "the populations of the places below are not known" in page


# -- sets of places --------------------------------------------------------------------------------


def test_pilot_places_stand_beside_the_others(with_cases: None, reading: Client) -> None:
    (found,) = look("990000").sets
    by_code = {one.place.code: one.figure for one in look("990000").places}
    assert found.set.code == "pilot-simulated" and not found.holds_here and found.inside and found.outside
    assert found.inside.denominator == sum(by_code[code].denominator for code in found.set.members)
    assert found.inside.denominator + found.outside.denominator == look("990000").total.denominator
    city, county = look("990200").sets[0], look("990101").sets[0]
    assert {one.place.code for one in city.others.named} == found.set.members and not city.holds_here
    assert county.holds_here and {one.place.code[:4] for one in county.others.named} == {"9901", "9903", "9907"}
    page = text(reading, f"{PUBLIC}?region=990100")
    assert "Pilot cities of the Sample Province (simulated)" in page and "This place belongs to it." in page
    assert "Pilot provinces of standardising" not in page


# -- in depth, and all as one ----------------------------------------------------------------------


def test_what_lies_between_and_within_sums_to_the_whole(with_cases: None, reading: Client) -> None:
    found = depth(by=None, place="990000", source="simulated", on=TODAY)
    assert len(found.first.units) == 11 and len(found.second.units) > 80 and found.second.unknown == 0
    assert {one.above for one in found.second.units} <= {(one.place.code,) for one in found.first.units}
    rows = table(reading, "equality/?region=990000", "between")
    t, values = [float(row["t"]) for row in rows], found.second.values
    assert sum(t[:2]) == pytest.approx(inequality.theil(values)) and [row["l"] for row in rows[2:]] == [""] * 3
    assert sum(t[2:]) == pytest.approx(inequality.gini(values))
    parts = table(reading, "equality/?region=990000", "groups")
    assert sum(float(row["within"]) for row in parts) == pytest.approx(t[1])
    weighed = table(reading, "equality/?region=990000&weigh=people", "between")
    assert sum(float(row["t"]) for row in weighed[:2]) == pytest.approx(
        inequality.theil(values, found.second.weights))


def test_a_city_has_one_level_and_a_county_none(with_cases: None, reading: Client) -> None:
    city = text(reading, f"{PUBLIC}equality/?region=990100")
    assert "places directly below, each once" in city and "places below these, each once" not in city
    assert "Between and within" not in city and "2025-Q4" in city
    assert "Nothing to compare" in text(reading, f"{PUBLIC}equality/?region=990101")


def test_whether_places_draw_nearer_is_told_by_whole_quarters(with_cases: None) -> None:
    over = depth(by=None, place="990000", source="simulated", on=TODAY).over
    assert over is not None and (over.periods, over.months) == ((202501, 202504, 202507, 202510), 3)
    assert over.sigma is not None and len(over.sigma.by_year) == 4 and over.beta is not None
    assert over.beta.years == pytest.approx(0.75) and over.places == 11


def test_the_composite_states_its_choices_and_how_firm_they_are(with_cases: None, reading: Client) -> None:
    page = text(reading, f"{PUBLIC}composite/?region=990000")
    assert "Made comparable by range" in page and "nobody has set them" in page
    rows = table(reading, "composite/?region=990000", "ranking")
    assert [int(row["rank"]) for row in rows] == sorted(int(row["rank"]) for row in rows) and len(rows) > 2
    values = np.array([[float(row[name]) for name in ("coverage", "conformance", "satisfaction")] for row in rows])
    by_hand = weighted_sum(values, [1, 1, 1], (True,) * 3, "minmax")
    assert [float(row["score"]) for row in rows] == pytest.approx(by_hand.tolist(), abs=1e-4)
    weights = table(reading, "composite/?region=990000&weights=own&w_coverage=2&w_conformance=1&w_satisfaction=1",
                    "weights")
    assert [float(row["weight"]) for row in weights] == [0.5, 0.25, 0.25]
    entropy = table(reading, "composite/?region=990000&weights=entropy&method=topsis", "weights")
    assert sum(float(row["weight"]) for row in entropy) == pytest.approx(1)


@pytest.mark.parametrize("query", ["weights=x", "method=x", "normal=x", "weights=own&w_coverage=many",
                                   "weights=own&w_coverage=-1", "weigh=x"])
def test_a_composite_that_cannot_be_is_refused(with_cases: None, reading: Client, query: str) -> None:
    assert reading.get(f"{PUBLIC}composite/?region=990000&{query}").status_code == 400


def test_weights_that_are_all_nothing_are_answered_on_the_page(with_cases: None, reading: Client) -> None:
    page = text(reading, f"{PUBLIC}composite/?region=990000&weights=own&w_coverage=0&w_conformance=0&w_satisfaction=0")
    assert "none below zero and not all zero" in page


@pytest.mark.parametrize("page", ["equality/", "composite/"])
def test_officials_see_these_pages_of_their_own_places(with_cases: None, signed_in: Callable[[str], Client],
                                                       page: str) -> None:
    county = signed_in("county")
    assert county.get(f"{WORK}{page}?region=990100").status_code == 403
    assert signed_in("nation").get(f"{WORK}{page}?region=990000").status_code == 200
    assert signed_in("stranger").get(f"{WORK}{page}").status_code == 302


def table(client: Client, page: str, name: str) -> list[dict[str, str]]:
    answer = client.get(f"{PUBLIC}{page}&csv={name}")
    return list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
