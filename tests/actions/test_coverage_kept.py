"""Coverage by the list of the day, what is kept of it on disk, and where places are weighed by their people."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from jizhun import loading
from jizhun.evaluation import coverage as computed
from jizhun.evaluation import keeping
from jizhun.evaluation.coverage import coverage, days_of_trend, no_list, over_time, recipients
from jizhun.guides.actions import listed
from jizhun.people.rules import SYSTEM
from jizhun.regions.actions import bump

TODAY = date(2026, 11, 1)


@pytest.fixture
def apart(world: None, db: None, settings, tmp_path: Path) -> Path:
    """A folder of its own, and nothing in memory, as in a new process."""
    settings.LAKE = tmp_path
    computed._HELD.clear()
    computed._recipients.cache_clear()
    return tmp_path / "kept"


def same(one, other) -> bool:
    return (one.matters, one.places) == (other.matters, other.places) and all(
        np.array_equal(one.cells[code], other.cells[code]) for code in one.cells)


def test_a_new_process_reads_what_another_one_computed(apart: Path) -> None:
    assert over_time(region="990000", days=[TODAY], compute=False) == {}
    found, serving = coverage(region="990000", on=TODAY), recipients(TODAY)
    assert found.share("law").of > 0 and serving
    computed._HELD.clear()
    computed._recipients.cache_clear()
    told = over_time(region="990000", days=[TODAY], compute=False)
    assert same(told[TODAY], found) and recipients(TODAY) == serving
    assert [one.suffix for one in (apart / "recipients").iterdir()] == [".json"]


def test_what_changed_since_is_computed_anew(apart: Path) -> None:
    before = coverage(region="990000", on=TODAY)
    list(loading.simulated_guides(by=SYSTEM))
    after = coverage(region="990000", on=TODAY)
    assert after.share("adopted").fits > before.share("adopted").fits
    assert len(list((apart / "coverage").iterdir())) == 2
    bump("guides.ledger")
    assert over_time(region="990000", days=[TODAY], compute=False) == {}


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 no archive", b"\x00" * 400])
def test_a_damaged_file_is_as_if_nothing_had_been_kept(apart: Path, damage: bytes) -> None:
    found = coverage(region="990000", on=TODAY)
    (file,) = (apart / "coverage").iterdir()
    file.write_bytes(damage)
    computed._HELD.clear()
    assert same(coverage(region="990000", on=TODAY), found)
    assert keeping.flags("coverage", ["never"]) is None


def test_a_disk_that_takes_nothing_costs_only_time(apart: Path, settings) -> None:
    settings.LAKE = Path("/dev/null")
    assert coverage(region="990000", on=TODAY).share("law").of > 0


def test_before_the_first_edition_nothing_is_due(apart: Path) -> None:
    first = date(2021, 4, 20)
    for on in (date(12, 1, 1), date(2021, 4, 19)):
        assert coverage(region="CN", on=on).share("law").fits == 0 and listed(region="CN", on=on) == ()
        assert coverage(region="CN", on=on).share("guide").value is None
        found = no_list("CN", on)
        assert found is not None and found.valid_from == first
    assert no_list("CN", first) is None
    begun = coverage(region="CN", on=first)
    assert begun.share("law").value == 1 and len(listed(region="CN", on=first)) == len(begun.matters)


def test_the_days_of_a_trend_end_with_the_day_itself() -> None:
    days = days_of_trend(date(2026, 3, 30), 4)
    assert days == [date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 30)]
    assert len(days_of_trend(TODAY)) == 12


def test_each_day_of_a_trend_is_counted_by_what_held_on_it(apart: Path) -> None:
    days = [date(2021, 4, 19), date(2021, 4, 20), TODAY]
    assert over_time(region="990000", days=days, compute=False) == {}
    told = over_time(region="990000", days=days, compute=True)
    assert [told[on].share("law").fits > 0 for on in days] == [False, True, True]
    assert set(over_time(region="990000", days=days, compute=False)) == set(days)
