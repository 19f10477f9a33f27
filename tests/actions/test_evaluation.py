"""Indices over received cases, the single cases behind them, runs that are kept, and the two commands."""

import csv
import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, models
from django.utils import translation

from jizhun import loading
from jizhun.catalogue.models import Item
from jizhun.delivery.actions import receive
from jizhun.delivery.rules.parsing import parse
from jizhun.evaluation.actions import cases, evaluate
from jizhun.evaluation.models import Run
from jizhun.evaluation.standing import bring, cuts_of
from jizhun.kernel.bilingual import Refused
from jizhun.people.rules import SYSTEM
from jizhun.provisions.actions import record
from jizhun.regions.models import Region
from worlds import ROOT

pytestmark = pytest.mark.django_db

REGIONS = """code,parent,name_zh,name_en,kind,level,root,valid_from,valid_until,source,mark
T,,国,Land,nation,0,T,,,own,R
T1,T,省,Province,province,1,T,,,own,R
T11,T1,市,City,prefecture,2,T,,,own,R
T111,T11,东县,East,county,3,T,,,own,R
T112,T11,西县,West,county,3,T,,,own,R
T12,T1,新市,New city,prefecture,2,T,,,own,R
T121,T12,南县,South,county,3,T,,,own,R
"""
CATALOGUE = """
source: own
mark: R
root: T
editions: [{code: T-1, name_zh: 单, name_en: List, valid_from: 2020-01-01}]
areas: [{code: T-A, name_zh: 领域, name_en: Area, categories: [{code: T-C, name_zh: 类, name_en: Category}]}]
items: [{code: T-I, category: T-C, name_zh: 项目, name_en: Item}]
matters: [{code: T-M, item: T-I, name_zh: 事项, name_en: Matter}, {code: T-N, item: T-I, name_zh: 另一事项, name_en: Other}]
"""
PROVISIONS = """
documents:
  - {id: paper, title_zh: 承诺书, title_en: A commitment, kind: commitment, published_on: 2023-12-01, valid_from: 2024-01-01, source: own, mark: R}
provisions:
  - {subject: T-M, measure: promised_limit, region: T, modality: floor, value: 5, unit: working_day, from: 2024-01-01, document: paper, clause_zh: 第三条, clause_en: Clause 3, mark: R, source: own}
  - {subject: T-M, measure: promised_limit, region: T12, modality: floor, value: 3, unit: working_day, from: 2024-01-01, document: paper, clause_zh: 第四条, clause_en: Clause 4, mark: R, source: own}
  - {subject: T-M, measure: fee, region: T, modality: floor, value: 0, unit: CNY, from: 2024-01-01, document: paper, mark: R, source: own}
"""
MAPPING = """
name_zh: 办件
name_en: Cases
within: T
calendar: CN
extract_date: 2024-07-31
fields:
  case_key: id
  matter: matter
  region: place
  accepted_at: accepted
  closed_at: closed
  fee: {column: fee, unit: yuan}
"""
ROWS = """id,matter,place,accepted,closed,fee
kept-east,T-M,T111,2024-06-17,2024-06-24,0
late-east,T-M,T111,2024-06-17,2024-06-25,0
paid-west,T-M,T112,2024-06-17,2024-06-18,10
late-south,T-M,T121,2024-07-01,2024-07-05,0
open-south,T-M,T121,2024-07-29,,
overdue-west,T-M,T112,2024-07-01,,
nothing-west,T-N,T112,2024-07-01,2024-07-30,
"""
VERDICTS = {"kept-east": "kept", "late-east": "broken", "paid-west": "broken", "late-south": "broken",
            "open-south": "open", "overdue-west": "overdue", "nothing-west": "no-promise"}
"""By hand: east may take five working days, south three; 10 yuan were asked where nothing may be."""


@contextmanager
def numbering_from(number: int, *models_: type[models.Model]) -> Iterator[None]:
    """New rows of these models have primary keys above ``number``; a rolled-back test leaves no trace of it."""
    tables = [model._meta.db_table for model in models_]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany("DELETE FROM sqlite_sequence WHERE name = %s", [(table,) for table in tables])
            cursor.executemany("INSERT INTO sqlite_sequence VALUES (%s, %s)", [(table, number) for table in tables])
            yield
            return
        sequences = [f"pg_get_serial_sequence('{table}', 'id')" for table in tables]
        before = [cursor.execute(f"SELECT nextval({one})").fetchone()[0] for one in sequences]
        for one in sequences:
            cursor.execute(f"SELECT setval({one}, {number})")
        yield
        for one, last in zip(sequences, before, strict=True):
            cursor.execute(f"SELECT setval({one}, {last})")


@pytest.fixture(autouse=True)
def land(tmp_path: Path, settings: Any, request: pytest.FixtureRequest) -> Iterator[None]:
    """A small land with its promises and seven cases; its parameter says from which number its rows are numbered."""
    with numbering_from(*getattr(request, "param", (0,))):
        _make_land(tmp_path, settings)
        yield


def _make_land(tmp_path: Path, settings: Any) -> None:
    settings.LAKE, settings.FILES = tmp_path / "lake", tmp_path / "files"
    folder = tmp_path / "package"
    (folder / "provisions").mkdir(parents=True)
    texts = {"package.yaml": "code: T\nname_zh: 国\nname_en: Land\n", "regions.csv": REGIONS,
             "catalogue.yaml": CATALOGUE, "provisions/all.yaml": PROVISIONS,
             "measures.yaml": (ROOT / "data" / "measures.yaml").read_text("utf-8")}
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    list(loading.package(by=SYSTEM, folder=folder))
    (tmp_path / "cases.csv").write_text(ROWS, "utf-8")
    receive(by=SYSTEM, file=tmp_path / "cases.csv", mapping=parse(MAPPING), source="land")


def shares(by: str, index: str = "conformance", **more: Any) -> dict[tuple[str, ...], tuple[int, int, int]]:
    result = evaluate(index=index, source="land", by=by, **more)
    return {tuple(code for code, _ in row.labels): (row.figure.numerator, row.figure.denominator, row.figure.cases)
            for row in result.rows}


def test_each_case_has_the_verdict_worked_out_by_hand() -> None:
    assert {row.key: row.verdict for row in cases(source="land")} == VERDICTS


def test_conformance_by_place_at_every_level() -> None:
    assert shares("county") == {("T111",): (1, 2, 2), ("T112",): (0, 1, 3), ("T121",): (0, 1, 2)}
    assert shares("prefecture") == {("T11",): (1, 3, 5), ("T12",): (0, 1, 2)}
    assert shares("province") == {("T1",): (1, 4, 7)} and shares("nation") == {("T",): (1, 4, 7)}


def test_by_matter_and_month_and_item() -> None:
    assert shares("matter,month") == {("T-M", "2024-06"): (1, 3, 3), ("T-M", "2024-07"): (0, 1, 3),
                                      ("T-N", "2024-07"): (0, 0, 1)}
    assert shares("item") == {("T-I",): (1, 4, 7)}


@pytest.mark.parametrize("land", [(163_000, Region, Item)], indirect=True)
def test_large_primary_keys_are_counted_like_small_ones() -> None:
    assert shares("region,month") == {
        ("T1", "2024-06"): (1, 3, 3), ("T1", "2024-07"): (0, 1, 4)}
    assert shares("county,item,group") == {
        (county, "T-I", "all"): figure for (county,), figure in shares("county").items()}


def test_each_index_of_the_same_cases() -> None:
    totals = {code: evaluate(index=code, source="land").total for code in (
        "conformance.promised_limit", "conformance.fee", "on_time", "overdue_open", "no_promise")}
    assert {code: (one.numerator, one.denominator) for code, one in totals.items()} == {
        "conformance.promised_limit": (2, 4), "conformance.fee": (3, 4), "on_time": (1, 5), "overdue_open": (1, 2),
        "no_promise": (1, 7)}


def test_a_region_and_a_period_cut_out_their_cases() -> None:
    assert shares("county", region="T12") == {("T121",): (0, 1, 2)}
    assert shares("", first=date(2024, 6, 1), last=date(2024, 6, 30)) == {(): (1, 3, 3)}
    assert [row.key for row in cases(source="land", region="T12", verdict="broken")] == ["late-south"]


def test_at_an_earlier_data_date_later_closings_have_not_happened() -> None:
    earlier = {row.key: row.verdict for row in cases(source="land", as_of=date(2024, 6, 24))}
    assert earlier == {"kept-east": "kept", "late-east": "open", "paid-west": "broken"}
    assert shares("", as_of=date(2024, 6, 24)) == {(): (1, 2, 3)}


def test_a_single_case_shows_promise_clause_and_what_happened() -> None:
    (row,) = cases(source="land", verdict="broken", measure="promised_limit", region="T121")
    judged = {one.measure: one for one in row.measures}["promised_limit"]
    assert (judged.promise, judged.actual, judged.unit, judged.verdict) == (3, 4, "working_day", "broken")
    assert judged.provision is not None and judged.provision.clause_en == "Clause 4"
    assert judged.provision.document is not None and judged.provision.document.title_en == "A commitment"


def test_the_drill_down_has_as_many_cases_as_the_figure() -> None:
    verdicts = evaluate(index="conformance", source="land").total.verdicts
    for number, verdict in enumerate(("no-promise", "kept", "open", "overdue", "broken")):
        assert len(cases(source="land", verdict=verdict)) == verdicts[number]


def test_a_run_keeps_what_is_needed_to_make_it_again_and_is_not_made_twice(tmp_path: Path) -> None:
    run = evaluate(index="conformance", source="land", by="county").run
    assert "promised AS (" in run.sql and (run.engine, run.cases) == ("duckdb", 7)
    assert run.engine_version and run.lake_version >= 0 and len(run.limits_hash) == 64
    assert evaluate(index="conformance", source="land", by="county").run == run
    assert evaluate(index="on_time", source="land", by="county").run != run
    more = tmp_path / "more.csv"
    more.write_text(ROWS.splitlines()[0] + "\nnew,T-M,T111,2024-06-17,2024-06-18,0\n", "utf-8")
    receive(by=SYSTEM, file=more, mapping=parse(MAPPING), source="land")
    again = evaluate(index="conformance", source="land", by="county")
    assert again.run != run and again.total.cases == 8
    assert Run.objects.count() == 3


@pytest.mark.parametrize("wrong", [
    {"index": "conform"}, {"by": "weather"}, {"region": "T999"}, {"source": "sea"},
    {"first": date(2024, 7, 1), "last": date(2024, 6, 1)}, {"first": date(2030, 1, 1)}])
def test_what_cannot_be_computed_is_refused_in_one_sentence(wrong: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        evaluate(**{"index": "conformance", "source": "land", **wrong})
    assert refused.value.sentence.zh and refused.value.sentence.en.count("\n") == 0


@pytest.mark.parametrize("wrong", [{"verdict": "good"}, {"measure": "weather"}, {"matter": "X"}, {"region": "T999"}])
def test_cases_that_cannot_be_listed_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        cases(source="land", **wrong)


def test_the_commands_print_what_the_acts_give(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("evaluate", "--source", "land", "--by", "county", "--format", "json")
    told = json.loads(capsys.readouterr().out)
    assert told["total"]["value"] == 0.25 and [row["region"] for row in told["rows"]] == ["T111", "T112", "T121"]
    assert [told["total"][one] for one in ("kept", "broken", "open", "overdue", "no_promise")] == [1, 3, 1, 1, 1]
    call_command("evaluate", "--source", "land", "--by", "county", "--format", "csv")
    assert [row["cases"] for row in csv.DictReader(io.StringIO(capsys.readouterr().out))] == ["2", "3", "2"]
    call_command("evaluate", "--source", "land", "--sql")
    assert "25.00%" in (out := capsys.readouterr().out) and "WITH" in out
    call_command("cases", "--source", "land", "--verdict", "overdue", "--format", "json")
    assert [row["case"] for row in json.loads(capsys.readouterr().out)] == ["overdue-west"]
    call_command("cases", "--source", "land", "--verdict", "no-promise")
    assert "nothing-west" in capsys.readouterr().out


# -- where counts come from ----------------------------------------------------------------------------

EVERY_WAY = [("", "conformance"), ("county", "conformance"), ("item,province", "on_time"), ("matter,month", "no_promise"),
             ("group", "conformance"), ("channel,month", "overdue_open"), ("county", "lateness.promised_limit"),
             ("prefecture,item", "on_time.promised_limit")]
PERIODS: list[dict[str, Any]] = [{}, {"first": date(2024, 7, 1)}, {"last": date(2024, 6, 30)}, {"region": "T11"}]


@pytest.mark.parametrize("more", PERIODS)
def test_kept_cuts_compiled_loops_and_sql_give_the_same(more: dict[str, Any]) -> None:
    by_sql = {way: shares(*way, engine_name="duckdb", **more) for way in EVERY_WAY}
    assert {way: shares(*way, engine_name="compiled", **more) for way in EVERY_WAY} == by_sql
    bring(source="land", as_of=date(2024, 7, 31))
    assert {way: shares(*way, engine_name="auto", **more) for way in EVERY_WAY} == by_sql
    assert set(Run.objects.values_list("engine", flat=True)) == {"duckdb", "compiled", "cuts"}


def test_days_late_are_added_up_over_closed_and_open_cases() -> None:
    """By hand: 25 June is a day late, 5 July too; what came on 1 July has used 22 of 5 working days on 31 July."""
    assert shares("county", "lateness.promised_limit") == {
        ("T111",): (1, 1, 2), ("T112",): (17, 1, 3), ("T121",): (1, 1, 2)}


def test_cuts_that_do_not_hold_any_more_are_not_asked(tmp_path: Path) -> None:
    bring(source="land", as_of=date(2024, 7, 31))
    assert evaluate(index="conformance", source="land").run.engine == "cuts"
    for more in ({"first": date(2024, 6, 2)}, {"as_of": date(2024, 7, 30)}, {"by": "group,channel"}):
        assert evaluate(index="conformance", source="land", **more).run.engine == "duckdb"
    (tmp_path / "more.csv").write_text(ROWS.splitlines()[0] + "\nnew-east,T-M,T111,2024-07-02,2024-07-04,0\n", "utf-8")
    receive(by=SYSTEM, file=tmp_path / "more.csv", mapping=parse(MAPPING), source="land")
    assert evaluate(index="conformance", source="land").run.engine == "duckdb"
    brought = bring(source="land", as_of=date(2024, 7, 31))
    assert (brought.files, brought.rows) == (1, 1)
    assert evaluate(index="conformance", source="land").total.cases == 8


def test_files_of_former_standings_go_after_a_day() -> None:
    kept = bring(source="land", as_of=date(2024, 7, 31)).standing
    folder = cuts_of("land").folder
    fresh, old = folder / "former-item.parquet", folder / "older-item.parquet"
    for file in (fresh, old):
        file.touch()
    os.utime(old, (0, 0))
    assert bring(source="land", as_of=date(2024, 7, 31)).standing == kept
    assert fresh.exists() and not old.exists()


def test_a_new_promise_brings_the_cuts_up_to_date_where_it_holds() -> None:
    """From July on two working days are promised in the city: only July's file is counted anew."""
    bring(source="land", as_of=date(2024, 7, 31))
    before = shares("month", "conformance.promised_limit")
    record(by=SYSTEM, paper={
        "id": "later", "title_zh": "新承诺", "title_en": "A later commitment", "kind": "commitment", "region": "T11",
        "published_on": date(2024, 6, 28), "valid_from": date(2024, 7, 1), "source": "own", "mark": "R"},
        row={"subject": "T-M", "measure": "promised_limit", "region": "T11", "modality": "floor", "value": 2,
             "unit": "working_day", "from": date(2024, 7, 1), "document": "later", "mark": "R", "source": "own"})
    assert evaluate(index="conformance", source="land").run.engine == "duckdb", "the promises have changed"
    assert bring(source="land", as_of=date(2024, 7, 31)).files == 1
    after = shares("month", "conformance.promised_limit")
    assert after == shares("month", "conformance.promised_limit", engine_name="duckdb")
    assert after == before | {("2024-07",): (0, 1, 4)}


def test_the_command_brings_every_source_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    with translation.override("en"):
        call_command("cuts")
        call_command("cuts", "--source", "land")
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("land: ")]
    assert told[0].startswith("land: 7 cases in 2 files counted anew, 7 in all") and "0 cases in 0 files" in told[1]
