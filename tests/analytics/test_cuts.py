"""Cuts brought up to date step by step are what a count over every case gives, whatever has happened in between."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from jizhun.analytics.cases import FAR_DAY
from jizhun.analytics.compiled import NotHere
from jizhun.analytics.cuts import EVERY, LATTICE, Brought, Cuts, node_of
from jizhun.analytics.engines import DuckDB, Inputs
from jizhun.analytics.facts import fact_steps, from_table
from jizhun.analytics.lake import LakeFile
from jizhun.analytics.plan import WHOLE, Clock, Plan
from jizhun.analytics.reference import Case, Promise
from jizhun.analytics.sql import text
from jizhun.kernel.working_days import Calendar
from judging import days, lake_files, small_tables

CALENDAR = Calendar("CN")
AS_OF = date(2025, 3, 31)
PROMISES = tuple(
    Promise(matter, region, date(2024, 1, 1), date(2026, 12, 31),
            {"statutory_limit": 20, "promised_limit": 3 + matter + region, "fee": 0, "visits": 1})
    for matter in (11, 12, 21) for region in (1, 2, 3))


def some_cases(first: date, number: int, batch: str) -> list[Case]:
    """Cases of three matters in three places; one in five is open, one in seven asks for a fee."""
    return [Case(f"{batch}-{n}", (11, 12, 21)[n % 3], 1 + n % 3, datetime(2025, 1, 1) + timedelta(
                 days=(first - date(2025, 1, 1)).days + n % 20, hours=9),
                 None if n % 5 == 0 else datetime(2025, 1, 1) + timedelta(
                     days=(first - date(2025, 1, 1)).days + n % 20 + n % 11, hours=16),
                 extended=n % 4, fee=500 if n % 7 == 0 else 0, visits=n % 3, group=1 + n % 2, channel=n % 4)
            for n in range(number)]


class Town:
    """A lake that changes, and the cuts beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.cuts = folder, Cuts(folder / "cuts", "town")
        self.months: dict[str, list[LakeFile]] = {}
        self.cases: dict[str, list[Case]] = {}
        self.promises: Sequence[Promise] = PROMISES
        self.as_of, self.limits, self.version = AS_OF, "first", 0
        self.clocks: tuple[tuple[str, Clock], ...] = ()

    def write(self, batch: str, cases: list[Case]) -> None:
        """A batch as files of its own, in place of those that it had."""
        self.version += 1
        folder = self.folder / f"{batch}-{self.version}"
        self.cases[batch] = cases
        self.months[batch] = [renamed(file, f"{batch}-{self.version}")
                              for file in lake_files(folder, cases, CALENDAR, self.as_of)]

    @property
    def inputs(self) -> Inputs:
        everything = [case for batch in self.cases.values() for case in batch]
        tables = small_tables(self.promises, everything, CALENDAR, self.as_of)
        return Inputs([file for files in self.months.values() for file in files], tables)

    @property
    def plan(self) -> Plan:
        return Plan(EVERY, (), -FAR_DAY, FAR_DAY, days(self.as_of), clocks=self.clocks)

    def bring(self) -> Brought:
        return self.cuts.bring(self.plan, self.inputs, limits=self.limits, threads=1)

    def is_as_counted_anew(self) -> None:
        """Every node of the lattice, and sums over them, equal the SQL over all cases."""
        standing = self.cuts.standing()
        assert standing is not None
        for question in LATTICE.values():
            for by in (question.by, question.by[1:], ("month",), ()):
                asked = replace(self.plan, by=tuple(by), verdicts=question.verdicts)
                table = DuckDB(threads=1).rows(text(fact_steps(asked)), self.inputs)
                expected = from_table(table, asked.by, asked.verdicts).summed(asked.by)
                assert self.cuts.facts(standing, by, question.verdicts).rows() == expected.rows(), by


def renamed(file: LakeFile, name: str) -> LakeFile:
    """As in the lake, where no two files have the same name."""
    target = Path(file.path).with_name(f"{name}-{file.month}.parquet")
    Path(file.path).rename(target)
    return replace(file, path=str(target))


@pytest.fixture
def town(tmp_path: Path) -> Town:
    found = Town(tmp_path)
    found.write("january", some_cases(date(2025, 1, 2), 70, "january"))
    found.write("march", some_cases(date(2025, 3, 1), 60, "march"))
    assert found.bring().rows == 130
    found.is_as_counted_anew()
    return found


def test_nothing_new_counts_nothing_anew(town: Town) -> None:
    assert (town.bring().files, town.bring().rows) == (0, 0)
    town.is_as_counted_anew()


def test_a_new_batch_costs_its_own_files_only(town: Town) -> None:
    town.write("more", some_cases(date(2025, 2, 20), 30, "more"))
    assert town.bring().rows == 30
    town.is_as_counted_anew()


def test_closings_after_the_data_date_are_not_for_cuts(town: Town) -> None:
    town.as_of = date(2025, 3, 20)
    with pytest.raises(NotHere):
        town.bring()


def test_a_correction_of_cases_three_months_back_counts_their_month_anew(town: Town) -> None:
    corrected = [replace(case, fee=0, closed=case.accepted + timedelta(days=2)) for case in town.cases["january"]]
    town.write("january", corrected)
    assert town.bring().rows == 70
    town.is_as_counted_anew()


def test_open_cases_cross_their_limit_without_any_file_changing(town: Town) -> None:
    before = town.cuts.facts(town.bring().standing, (), (WHOLE,)).states(WHOLE)[0].tolist()
    town.as_of = date(2025, 6, 30)
    assert town.bring().files == 0
    after = town.cuts.facts(town.bring().standing, (), (WHOLE,)).states(WHOLE)[0].tolist()
    assert after[2] < before[2] and after[3] > before[3] and sum(after) == sum(before)
    town.is_as_counted_anew()


def test_a_changed_promise_counts_the_months_in_which_it_holds_and_no_other(town: Town) -> None:
    stricter = [replace(one, last=date(2025, 2, 28)) for one in PROMISES if one.matter == 11]
    stricter += [replace(one, first=date(2025, 3, 1), values={**one.values, "promised_limit": 1})
                 for one in PROMISES if one.matter == 11]
    town.promises = [*(one for one in PROMISES if one.matter != 11), *stricter]
    town.limits = "second"
    assert town.bring().rows == 60
    town.is_as_counted_anew()
    town.promises, town.limits = PROMISES, "third"
    assert town.bring().rows == 60
    town.is_as_counted_anew()


def test_a_table_of_promises_that_says_the_same_under_another_name_counts_nothing(town: Town) -> None:
    town.promises, town.limits = PROMISES[::-1], "written again"
    brought = town.bring()
    assert brought.files == 0 and brought.standing.limits == "written again"


def test_another_way_of_counting_days_counts_everything_anew(town: Town) -> None:
    town.clocks = (("promised_limit", Clock(first_day_counts=True)),)
    assert town.bring().rows == 130
    town.is_as_counted_anew()


def test_places_are_rolled_up_and_left_out_when_asked(town: Town) -> None:
    places = pa.table({"region": pa.array([1, 2], pa.int32()), "place": pa.array([9, 9], pa.int32())})
    standing = town.bring().standing
    found = town.cuts.facts(standing, ("region",), EVERY, places=places, first_month=202503, last_month=202503)
    expected = [case for case in town.cases["march"] if case.region in (1, 2)]
    assert found.codes["region"].tolist() == [9] and found.n.tolist() == [len(expected)]


def test_the_smallest_node_answers_and_what_none_tells_is_said() -> None:
    assert [node_of(by, (WHOLE,)) for by in ((), ("item", "month"), ("matter",), ("group",), ("channel", "item"))] == [
        "county", "item", "matter", "group", "channel"]
    for by, verdicts in ((("group", "channel"), (WHOLE,)), (("group",), EVERY), (("source",), ())):
        with pytest.raises(KeyError):
            node_of(by, verdicts)


def test_what_no_standing_names_is_swept_and_readers_of_the_old_one_keep_their_time(town: Town) -> None:
    town.write("january", town.cases["january"][:50])
    town.bring()
    assert town.cuts.sweep(older_than=0) == []
    assert {file.name.split("-")[-1] for file in town.cuts.sweep(older_than=1e12)} == {
        "open.parquet", *(f"{node}.parquet" for node in LATTICE)}
    town.is_as_counted_anew()


def test_a_standing_of_another_form_is_made_anew(town: Town) -> None:
    kept = town.cuts.folder / "standing.json"
    kept.write_text(kept.read_text("utf-8").replace('"form": "', '"form": "0.'), "utf-8")
    assert town.cuts.standing() is None and town.bring().rows == 130
