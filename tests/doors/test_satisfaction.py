"""What people say, as the public reads it, and negative ratings as each of the cast works on them."""

import csv
import json
from collections.abc import Callable, Iterator
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from jizhun import loading
from jizhun.evaluation.models import NegativeRating
from jizhun.evaluation.negatives import item
from jizhun.loading.examples import simulated_rectification
from jizhun.people.rules import SYSTEM
from worlds import ROOT

PAGE = "/en/results/satisfaction/?region=990000"


@pytest.fixture
def with_ratings(guided_world: None, db: None, settings, tmp_path: Path) -> Iterator[None]:
    """A small simulated year with its ratings, in a lake of its own."""
    settings.LAKE = settings.FILES = tmp_path
    loading.simulated_cases(by=SYSTEM, cases=8000)
    yield


def text(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def rows(client: Client, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(client.get(address).content.decode("utf-8-sig"))))


# -- the public ------------------------------------------------------------------------------------


def test_the_distribution_comes_first_and_every_rate_has_its_denominator(with_ratings: None, reading: Client) -> None:
    page = text(reading, PAGE)
    assert "simulated" in page and page.index("Grades given") < page.index("Every rate") < page.index("Place by place")
    rates = {row["rate"]: row for row in rows(reading, f"{PAGE}&csv=rates")}
    grades = {row["grade"]: int(row["ratings"]) for row in rows(reading, f"{PAGE}&csv=grades")}
    assert sum(grades.values()) == int(rates["Positive"]["of"]) == int(rates["Negative"]["of"])
    assert grades["1"] + grades["2"] == int(rates["Negative"]["part"]) == NegativeRating.objects.count()
    praised = int(rates["Given by a person"]["of"]) - int(rates["Given by a person"]["part"])
    assert praised == sum(int(row["default"]) for row in rows(reading, f"{PAGE}&csv=place")) > 0
    assert int(rates["Rated"]["of"]) == sum(int(row["cases"]) for row in rows(reading, f"{PAGE}&csv=who-channel"))


def test_every_table_adds_up_to_the_same_ratings(with_ratings: None, reading: Client) -> None:
    totals = {name: sum(int(row["valid"]) for row in rows(reading, f"{PAGE}&csv={name}"))
              for name in ("place", "matter", "channel", "group", "month")}
    assert len(set(totals.values())) == 1, totals


def test_a_matter_and_a_period_narrow_it_down(with_ratings: None, reading: Client) -> None:
    whole = sum(int(row["valid"]) for row in rows(reading, f"{PAGE}&csv=place"))
    one = sum(int(row["valid"]) for row in rows(reading, f"{PAGE}&matter=NB049-EX07&csv=place"))
    quarter = sum(int(row["valid"]) for row in rows(reading, f"{PAGE}&period=2025Q1&csv=place"))
    assert 0 < one < whole and 0 < quarter < whole
    assert reading.get(f"{PAGE}&matter=NB999").status_code == 404 and reading.get(f"{PAGE}&period=x").status_code == 400
    assert "Told for all matters together" in text(reading, f"{PAGE}&matter=NB049-EX07")


def test_simulated_ratings_never_stand_under_a_real_place(with_ratings: None, reading: Client) -> None:
    page = text(reading, "/en/results/satisfaction/?region=330000")
    assert "No ratings are on record here" in page and "Sample Province" in page and "Grades given" not in page


def test_groups_stand_beside_everybody_else_and_points_with_their_distance(with_ratings: None,
                                                                           reading: Client) -> None:
    address = "/en/results/inclusion/?region=990000"
    page = text(reading, address)
    assert "aged 60 or over, share served online" in page and "95 % interval" in page
    ways = {row["group"]: row for row in rows(reading, f"{address}&csv=ways")}
    assert float(ways["resident-60"]["online"]) < float(ways["all"]["online"]) and "disabled" in ways
    gaps = [row for row in rows(reading, f"{address}&csv=gaps") if row["group"] == "resident-60"]
    assert float(gaps[0]["difference"]) == pytest.approx(float(gaps[0]["one"]) - float(gaps[0]["other"]))
    points = {row["what"]: int(row["n"]) for row in rows(reading, f"{address}&csv=points")}
    assert points["on record"] >= points["with coordinates"] > 0 and "as the crow flies" in page
    assert "No cases are on record here" in text(reading, "/en/results/inclusion/?region=330000")


# -- officials -------------------------------------------------------------------------------------


def rating_of(place: str) -> NegativeRating:
    """A negative rating at this place, made where the year has none there."""
    found = NegativeRating.objects.filter(region=place).first()
    return found or NegativeRating.objects.create(source="simulated", review_key=f"x{place}", region=place, grade=1,
                                                  channel="counter", rated_on=date(2025, 3, 3), simulated=True)


@pytest.mark.parametrize(("who", "status"), [
    ("clerk", 200), ("county", 200), ("province", 200), ("nation", 200), ("elsewhere", 404), ("reader", 404),
    ("stranger", 302)])
def test_one_rating_is_seen_by_who_handles_it_or_works_above(
        with_ratings: None, signed_in: Callable[[str], Client], who: str, status: int) -> None:
    one = rating_of("990101")
    assert signed_in(who).get(f"/en/work/ratings/{one.pk}/").status_code == status
    board = signed_in(who).get("/en/work/ratings/?region=990101").status_code
    assert board == {200: 200, 404: 403, 302: 302}[status]


def test_the_clerk_works_it_through_on_the_page(with_ratings: None, signed_in: Callable[[str], Client]) -> None:
    one, clerk = rating_of("990101"), signed_in("clerk")
    address = f"/en/work/ratings/{one.pk}/"
    assert "Take up" in text(clerk, address)
    for n, sent in enumerate(({"do": "take_up"}, {"do": "answer", "text": "one more counter"},
                              {"do": "call_back", "answer": "satisfied"}, {"do": "close"})):
        assert clerk.post(address, {**sent, "seen": n}).status_code == 302, sent
    page = text(clerk, address)
    assert "one more counter" in page and "reached, satisfied" in page and "It is closed." in page
    assert f">{one.pk}</a>" in text(clerk, "/en/work/ratings/?region=990101&show=closed")


def test_what_is_wrong_is_said_on_the_page_and_what_was_typed_stays(
        with_ratings: None, signed_in: Callable[[str], Client]) -> None:
    one, clerk = rating_of("990101"), signed_in("clerk")
    address = f"/en/work/ratings/{one.pk}/"
    answer = clerk.post(address, {"do": "appeal", "text": "wrong counter, ask 13912345678", "seen": "0"})
    page = answer.content.decode()
    assert answer.status_code == 400 and "telephone number" in page and "wrong counter, ask 13912345678" in page
    assert clerk.post(address, {"do": "decide", "answer": "upheld", "text": "x"}).status_code in (400, 403)
    assert clerk.post(address, {"do": "nonsense"}).status_code == 400
    clerk.post(address, {"do": "take_up", "seen": "0"})
    assert "meanwhile" in clerk.post(address, {"do": "answer", "text": "x", "seen": "0"}).content.decode()


def test_an_appeal_waits_for_the_province_and_says_so_to_the_county(
        with_ratings: None, signed_in: Callable[[str], Client]) -> None:
    one = rating_of("990101")
    address = f"/en/work/ratings/{one.pk}/"
    assert signed_in("clerk").post(address, {"do": "appeal", "text": "wrong counter"}).status_code == 302
    assert "somebody at Pine Sample City or higher" in text(signed_in("county"), address)
    assert "appeals about ratings undecided" in text(signed_in("province"), "/en/work/")
    assert signed_in("county").post(address, {"do": "decide", "answer": "upheld", "text": "x"}).status_code == 403
    sent = {"do": "decide", "answer": "refused", "text": "ticket fits"}
    assert signed_in("province").post(address, sent).status_code == 302
    assert item(one).may_follow == ("take_up",)


def test_the_board_lists_what_is_overdue_first(with_ratings: None, signed_in: Callable[[str], Client]) -> None:
    simulated_rectification(by=SYSTEM)
    assert simulated_rectification(by=SYSTEM) == 0, "again changes nothing"
    rating_of("990101")
    client = signed_in("province")
    listed = rows(client, "/en/work/ratings/?region=990000&show=all&csv=ratings")
    states = [row["state"] for row in listed]
    assert len(listed) == NegativeRating.objects.count() and "open and overdue" in states
    last = max(n for n, state in enumerate(states) if state == "open and overdue")
    assert set(states[: last + 1]) == {"open and overdue"}


# -- the command line ------------------------------------------------------------------------------


def test_reviews_and_satisfaction_from_the_command_line(with_ratings: None, tmp_path: Path, capsys) -> None:
    file = tmp_path / "r.csv"
    file.write_text("id,visit,place,channel,at,grade,words\nr1,v1,990101,counter,2025-03-03,1,排队太久\n"
                    "r2,v2,990101,counter,2025-03-03,8,\n", "utf-8")
    mapping = ROOT / "examples" / "ratings" / "mapping.yaml"
    options = {"mapping": mapping, "source": "window", "json": True}
    call_command("reviews", file, **options)
    told = json.loads(capsys.readouterr().out)
    assert (told["good"], told["bad"], told["opened"], told["withdrawn"]) == (1, 1, 1, 0)
    call_command("reviews", file, **options)
    assert json.loads(capsys.readouterr().out)["repeated"] is True
    assert NegativeRating.objects.get(source="window").reasons == ["efficiency"]
    call_command("satisfaction", region="990101", source="window", format="json")
    found = json.loads(capsys.readouterr().out)
    assert found["grades"] == {"5": 0, "4": 0, "3": 0, "2": 0, "1": 1} and found["cases"] is None
    call_command("satisfaction", region="990000", source="simulated", sql=True)
    plain = capsys.readouterr().out
    assert "simulated" in plain and "Given by a person" in plain and "CREATE TEMP TABLE rated_once" in plain


# -- the clock of a place, on its page ---------------------------------------------------------------

CLOCKS = "/en/work/ratings/clocks/?region="
LIMIT = {"amount": "3", "unit": "working_day", "since": "rated", "until": "rectified", "from": "2025-01-01",
         "source": "the county's own rule"}


def test_a_county_sets_its_own_limit_and_ratings_follow_it(with_ratings: None,
                                                           signed_in: Callable[[str], Client]) -> None:
    rating = rating_of("990101")
    client = signed_in("county")
    assert "It is that of" in text(client, CLOCKS + "990101"), "so far the city's"
    assert client.post(CLOCKS + "990101", LIMIT).status_code == 302
    page = text(client, CLOCKS + "990101")
    assert "Holds today: 3 working days, from “rated” until “rectified”" in page and "It is that of" not in page
    found = item(rating)
    assert found.clock is not None and (found.clock.region, found.clock.limit.amount) == ("990101", 3)


@pytest.mark.parametrize(("change", "said"), [
    ({"amount": "0"}, "between 1 and 366"), ({"amount": "three"}, "between 1 and 366"),
    ({"amount": "99999999999"}, "between 1 and 366"), ({"source": " "}, "Name the paper"),
    ({"from": "2025-02-30"}, "2025-02-30"), ({"unit": "moons"}, "not right"),
    ({"since": "closed", "until": "rated"}, "ends at a later stage")])
def test_a_limit_that_is_none_is_refused_in_a_sentence_and_stays_typed(
        guided_world: None, db: None, signed_in: Callable[[str], Client], change: dict[str, str], said: str) -> None:
    answer = signed_in("county").post(CLOCKS + "990101", {**LIMIT, **change})
    page = " ".join(answer.content.decode().split())
    assert answer.status_code == 400 and said in page
    assert "the county" in page or "source" in change


def test_the_same_limit_twice_is_said_to_be_there(guided_world: None, db: None,
                                                  signed_in: Callable[[str], Client]) -> None:
    client = signed_in("county")
    assert client.post(CLOCKS + "990101", LIMIT).status_code == 302
    assert "on record already" in client.post(CLOCKS + "990101", LIMIT).content.decode()


@pytest.mark.parametrize(("who", "sees", "sets"), [
    ("clerk", 200, 403), ("county", 200, 302), ("elsewhere", 403, 403), ("nation", 200, 302), ("reader", 403, 403),
    ("province", 200, 302), ("stranger", 302, 302)])
def test_who_sees_and_sets_limits(guided_world: None, db: None, signed_in: Callable[[str], Client], who: str,
                                  sees: int, sets: int) -> None:
    client = signed_in(who)
    assert client.get(CLOCKS + "990101").status_code == sees
    assert client.post(CLOCKS + "990101", LIMIT).status_code == sets
