"""Whether cases followed their procedure, as the public reads it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from jizhun import loading
from jizhun.people.rules import SYSTEM


@pytest.fixture
def with_cases(world: None, db: None, settings, tmp_path: Path) -> Iterator[None]:
    """A small simulated year with its steps, in a lake of its own."""
    settings.LAKE = settings.FILES = tmp_path
    loading.simulated_cases(by=SYSTEM, cases=4000)
    yield


def text(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def test_what_was_found_with_its_denominators(with_cases: None, reading: Client) -> None:
    listed = text(reading, "/en/results/followed/?region=990000")
    assert "Unemployment benefit claim" in listed and "simulated" in listed
    page = text(reading, "/en/results/followed/?region=990000&matter=NB029-EX01")
    for words in ("finished cases", "followed the procedure", "Where cases left the procedure", "skipped step",
                  "Where the time went", "Place by place", "Pine Sample City"):
        assert words in page
    assert "leader_sign" not in page and "<h2>Ways most gone</h2>" in page
    rows = reading.get("/en/results/followed/?region=990000&matter=NB029-EX01&csv=ways").content.decode("utf-8-sig")
    assert rows.splitlines()[0] == "way,deviates,cases,share" and "Accept" in rows


def test_simulated_cases_never_stand_under_a_real_place(with_cases: None, reading: Client) -> None:
    page = text(reading, "/en/results/followed/?region=330000")
    assert "No steps are on record here" in page and "Unemployment benefit claim" not in page


def test_a_matter_without_steps_is_named_by_its_name(with_cases: None, reading: Client) -> None:
    page = text(reading, "/en/results/followed/?region=990000&matter=NB017-EX01")
    assert "No steps of “State grant for secondary vocational students” are on record here." in page


def test_nothing_on_record_and_what_does_not_exist(world: None, db: None, settings, tmp_path: Path,
                                                   reading: Client) -> None:
    settings.LAKE = tmp_path
    assert "No steps are on record here" in text(reading, "/en/results/followed/?region=990000")
    assert reading.get("/en/results/followed/?region=990000&matter=NB999").status_code == 404
