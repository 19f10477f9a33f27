"""Rows written in the usual way are read by loops, the others by SQL: both have to say the same of every row."""

import json
import re
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import numpy as np
import pytest
import xlsxwriter

from ingest_desk import HEADER, MAPPING, Desk
from jizhun.delivery.ingest import loops
from jizhun.delivery.ingest.opening import opened
from jizhun.delivery.ingest.plain import is_usual
from jizhun.delivery.ingest.tap import Tap, Text
from jizhun.delivery.rules.parsing import parse

ROWS, PIECE = 21_000, 400_000
SAID: dict[str, tuple[list[str], list[str]]] = {
    "matter": (["M1", "M2", "事项M1"], ["M3", "", " M1", "m1"]),
    "region": (["R1", "R2", "R9"], ["R7", ""]),
    "channel": (["窗口", "线上", ""], ["信鸽", "counter"]),
    "accepted": (["2025-01-03 09:00:00", "2024-02-29", "2025-06-30 23:59:59"],
                 ["2025-02-29", "2025-01-03T09:00:00", "2025-01-03 09:00:00+08:00", "2025-01-03 9:00", "1999-12-31", "",
                  "2025-01-03 24:00:00", "2025-07-01", " 2025-01-03"]),
    "closed": (["", "2025-06-30 10:00:00", "2025-06-30"], ["2024-01-01", "soon", "2025-01-03 09:00", "2026-01-01"]),
    "fee": (["0", "12.50", "", "7.5"], ["-1", "0.001", "1e3", "￥5", "1,200", "free", "12345678901.25", "5.", ".5"]),
    "rating": (["5", "1", ""], ["6", "x", "5.0"]),
}


def made(seed: int) -> list[tuple[str, ...]]:
    """Rows most of which are usual; a few have the key of another, or none, or one with spaces."""
    dice = Random(seed)
    rows = []
    for number in range(ROWS):
        values = [dice.choice(usual if dice.random() < 0.97 else odd) for usual, odd in SAID.values()]
        key = dice.choice([f"k{number // 2}", "", f" k{number}", "沪人社1"]) if dice.random() < 0.02 else f"k{number}"
        rows.append((key, *values))
    return rows


def as_lines(folder: Path, rows: list[tuple[str, ...]]) -> Path:
    path = folder / "a.jsonl"
    path.write_text("".join(json.dumps(dict(zip(HEADER, one, strict=True))) + "\n" for one in rows), "utf-8")
    return path


def as_book(folder: Path, rows: list[tuple[str, ...]], **options: bool) -> Path:
    path = folder / f"{len(options)}.xlsx"
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet()
        for number, one in enumerate([HEADER, *rows]):
            sheet.write_row(number, 0, one)
    return path


def found(desk: Desk, file: Path, first: int, mapping: str = MAPPING) -> tuple[Any, ...]:
    """The cases of a file and its rejected rows with all reasons, rows counted from 0."""
    received = desk.hand_in(file, mapping, source=f"s{desk.number}", piece=PIECE)
    cases = duckdb.execute(f"SELECT * EXCLUDE (batch, source) FROM {desk.lake.relation()} "
                           f"WHERE source = 's{desk.number - 1}' ORDER BY case_key").fetchall()
    told = {int(row) - first: (one["reasons_zh"], one["reasons_en"].replace("row ", "")) for row, one
            in desk.rejects(received).items()}
    return received.good, received.bad, cases, told


def untwinned(told: dict[int, tuple[str, str]]) -> dict[int, str]:
    """The reasons; whether a bad row is also told that its key stood before depends on where pieces end."""
    return {row: re.sub("(; )?case_key: the same key as in.*", "", en) or "twin" for row, (_, en) in told.items()}


@pytest.mark.parametrize("mapping", [MAPPING, MAPPING.replace("case_key: id", (
    "case_key: {column: id, pseudonymise: keyed_hash}")), MAPPING + 'missing: ["5", "2025-06-30"]\n'])
def test_loops_and_sql_say_the_same_of_every_row(desk: Desk, mapping: str) -> None:
    rows = made(7)
    good, bad, cases, told = found(desk, as_lines(desk.folder, rows), 1, mapping)
    assert bad > 1000 and good > 5000
    books = as_book(desk.folder, rows), as_book(desk.folder, rows, constant_memory=True)
    for file in (desk.write("a.csv", rows), *books):
        other = found(desk, file, 2, mapping)
        assert other[:2] == (good, bad) and other[2] == cases
        assert untwinned(other[3]) == untwinned(told)


def test_a_row_of_the_loops_is_named_by_its_number_and_kept_as_it_was(desk: Desk) -> None:
    rows = [(f"k{number}", "M1", "R1", "窗口", "2025-01-03", "", "0", "5") for number in range(ROWS)]
    rows[20_900] = (*rows[20_900][:6], "free", "5")
    rows[20_950] = rows[20_800]
    received = desk.hand_in(desk.write("a.csv", rows), piece=PIECE)
    told = desk.rejects(received)
    assert list(told) == [20_902, 20_952] and told[20_902]["fee"] == "free"
    assert told[20_952]["reasons_en"] == "case_key: the same key as in row 20802" and told[20_952]["id"] == "k20800"
    assert received.good == ROWS - 2


def test_a_row_that_came_in_a_piece_whose_months_were_still_being_written_is_met_again(desk: Desk) -> None:
    rows = [(f"k{number}", "M1", "R1", "窗口", f"2025-{number % 6 + 1:02}-03", "", "0", "5") for number in range(ROWS)]
    rows[20_000] = rows[15_000]
    received = desk.hand_in(desk.write("a.csv", rows), piece=PIECE // 2)
    assert [told["reasons_en"] for told in desk.rejects(received).values()] == [
        "case_key: the same key as in row 15002"]
    assert received.good == ROWS - 1 == sum(file.rows for file in desk.lake.files())


def test_rows_are_put_in_the_order_of_their_keys_and_stay_as_they_stood_where_those_are_the_same() -> None:
    keys = np.random.default_rng(1).integers(0, 2**40, 5000) & ~(0xFFF << 9)
    keys[1::2] = keys[::2]
    rows = np.arange(7, 5007)
    assert list(loops.ordered(keys, rows)) == list(rows[np.argsort(keys, kind="stable")])
    assert list(loops.ordered(keys[:0], rows[:0])) == []
    assert list(loops.ordered(np.zeros(3, int), rows[:3])) == [7, 8, 9]


def test_a_record_that_is_longer_than_its_piece_is_taken_whole(desk: Desk) -> None:
    record = b'"' + b"a\n" * 5000 + b'",b\n'
    file = desk.folder / "long.csv"
    file.write_bytes(record + b"c,d\n")
    with closing(Tap(file, ("csv",))) as tap:
        text = Text(tap, "utf-8", quoted=True, part=100)
        assert [(one.text.tobytes(), one.lines) for one in iter(lambda: text.take(300), None)] == [
            (record + b"c,d\n", 5002)]


def test_months_lie_sorted_whichever_way_their_rows_were_read(desk: Desk) -> None:
    desk.hand_in(desk.write("a.csv", made(3)), piece=PIECE)
    for file in desk.lake.files():
        rows = duckdb.execute(f"SELECT matter, region, accepted_day FROM read_parquet('{file.path}')").fetchall()
        assert rows == sorted(rows) and len(rows) == file.rows


@pytest.mark.parametrize(("line", "by_loops"), [
    ("k,M1,R1,窗口,2025-01-03,,0,5", True), ('"k",M1,"R1",,2025-01-03,,,', True),
    ('"k""1",M1,R1,,2025-01-03,,,', False), ("k,M1", False), ("k,M1,R1,\x00,2025-01-03,,,", False), ("", False)])
def test_only_a_piece_of_plain_lines_is_read_by_loops(desk: Desk, line: str, by_loops: bool) -> None:
    plain = ["k,M1,R1,窗口,2025-01-03,,0,5"] * 9000
    file = desk.write_text("a.csv", "\n".join([",".join(HEADER), *plain, line, *plain[:10]]) + "\n")
    mapping = parse(MAPPING)
    with duckdb.connect() as con, opened(con, file, mapping, desk.folder, piece=5 * 10**4, plain=True) as table:
        told = [(piece.fields is not None, piece.rows + len(piece.gaps)) for piece in table.pieces]
    assert [by for by, _ in told[:2]] == [False, True] and len(told) > 2 and told[-1][0] is by_loops
    assert sum(rows for _, rows in told) == 9011


def test_what_the_loops_do_not_know_is_left_to_sql() -> None:
    assert is_usual(parse(MAPPING))
    for said, instead in (("accepted_at: accepted", "accepted_at: {column: accepted, format: '%Y%m%d'}"),
                          ("fee: fee", "fee: {column: fee, unit: wan_yuan}"),
                          ("case_key: id", "case_key: {columns: [id, region]}")):
        assert said in MAPPING and not is_usual(parse(MAPPING.replace(said, instead)))
    assert not is_usual(parse(MAPPING + "suspended: {column: spans, end_is: last_day}\n"))
