"""The dashboard: its figures are those of an evaluation, and everybody sees their own places only."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client, override_settings

from jizhun import loading
from jizhun.delivery.models import Source
from jizhun.evaluation.actions import data_date, evaluate
from jizhun.evaluation.overview import Overview, overview
from jizhun.evaluation.standing import bring, cuts_of
from jizhun.kernel.bilingual import Refused
from jizhun.people.models import User
from jizhun.people.rules import SYSTEM, Forbidden

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
    rated = {row.labels[0][0]: row.figure.cases for row in evaluate(
        index="conformance", source="simulated", by="rating", region="990000").rows}
    assert shown.ratings.default == rated["9"] > 0 and shown.ratings.valid == sum(
        n for grade, n in rated.items() if grade in "12345")
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
                  "On the map", "No pilot regions are on record"):
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
