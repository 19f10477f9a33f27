"""Files of every kind become case records; every bad row keeps all its reasons. No database here."""

import csv
import gzip
import hashlib
import hmac
import io
import json
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jizhun.analytics.cases import COLUMNS, FAR_DAY, FAR_ORDINAL, FAR_SECOND
from jizhun.analytics.lake import Lake
from jizhun.delivery.ingest import Delivery, Progress, Received, Staging, ingest
from jizhun.delivery.ingest.sample import sample
from jizhun.delivery.rules.directory import Directory, Entry, Register
from jizhun.delivery.rules.parsing import parse
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.working_days import Calendar

MAPPING = """
extract_date: 2025-06-30
fields:
  case_key: id
  matter: matter
  region: region
  channel: {column: channel, values: {窗口: counter, 线上: online}}
  accepted_at: accepted
  closed_at: closed
  fee: fee
  rating: rating
"""
HEADER = ("id", "matter", "region", "channel", "accepted", "closed", "fee", "rating")
GOOD = ("1", "M1", "R1", "窗口", "2025-01-03 09:00:00", "2025-01-08 17:00:00", "12.50", "5")


def row(key: str, **changed: str) -> tuple[str, ...]:
    said = {**dict(zip(HEADER, GOOD, strict=True)), "id": key, **changed}
    return tuple(said.values())


def names(kind: str, *codes: str, **more: Any) -> list[Entry]:
    return [Entry(number, code, Bilingual(f"{kind}{code}", code), **more) for number, code in enumerate(codes, 1)]


GONE = Entry(9, "R9", Bilingual("旧县", "Old county"), last_day=(date(2025, 1, 31) - date(1970, 1, 1)).days,
             gone=Bilingual("R9 已撤销，今属 R1", "R9 has ended; its area is now R1"))
DIRECTORY = Directory(
    matters=Register(names("事项", "M1", "M2"), Bilingual("事项", "Matter")),
    regions=Register([*names("地区", "R1", "R2"), GONE], Bilingual("地区", "Region")),
    groups=Register(names("对象", "all"), Bilingual("服务对象", "Group")),
    calendars={0: Calendar("CN", estimate=True)},
)


def archive(members: dict[str, bytes], *, locked: bool = False) -> bytes:
    """A zip; ``locked`` sets the bits that say that a password is needed."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    whole = bytearray(target.getvalue())
    if locked:
        whole[6] |= 1
        whole[whole.find(b"PK\x01\x02") + 8] |= 1
    return bytes(whole)


def parquet(columns: dict[str, list[str]]) -> bytes:
    target = io.BytesIO()
    pq.write_table(pa.table(columns), target, use_dictionary=False)
    return target.getvalue()


def damaged(content: bytes) -> bytes:
    """The same file with its data torn up, its foot left whole."""
    return content[:100] + bytes(byte ^ 0x5A for byte in content[100:4000]) + content[4000:]


def sheet(cells: dict[tuple[int, int], str], *, chart_first: bool = False) -> bytes:
    """A workbook with cells by row and column, and a chart before its one sheet."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        drawn = book.add_chartsheet("Chart") if chart_first else None
        cases = book.add_worksheet("Cases")
        for (line, column), said in cells.items():
            cases.write(line, column, said)
        if drawn:
            chart = book.add_chart({"type": "line"})
            chart.add_series({"values": "=Cases!$A$1:$A$2"})
            drawn.set_chart(chart)
    return target.getvalue()


@dataclass
class Desk:
    """A lake of one's own, and a way to hand files in."""

    folder: Path
    number: int = 0
    seen: list[Progress] = field(default_factory=list)

    @property
    def lake(self) -> Lake:
        return Lake(self.folder / "lake")

    def hand_in(self, file: Path, mapping: str = MAPPING, source: str = "town", **more: Any) -> Received:
        self.number += 1
        read = parse(mapping, "mapping.yaml")
        delivery = Delivery(file, read, source, self.number, read.extract_date or date(2025, 6, 30), b"secret")
        rejects = self.folder / f"rejects-{self.number}.csv"
        with self.lake.staging(f"batch-{self.number}") as folder:
            return ingest(delivery, self.lake, DIRECTORY, Staging(folder, rejects, progress=self.seen.append, **more))

    def write(self, name: str, rows: Iterable[Sequence[str]], header: Sequence[str] = HEADER, encoding: str = "utf-8",
              delimiter: str = ",") -> Path:
        text = io.StringIO()
        csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows([header, *rows])
        path = self.folder / name
        path.write_bytes(text.getvalue().encode(encoding))
        return path

    def write_text(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_bytes(text.encode())
        return path

    def cases(self, columns: str = "*") -> list[tuple[Any, ...]]:
        return duckdb.execute(f"SELECT {columns} FROM {self.lake.relation()} ORDER BY case_key").fetchall()

    def case(self, key: str = "1") -> dict[str, Any]:
        found = duckdb.execute(f"SELECT * FROM {self.lake.relation()} WHERE case_key = '{key}'")
        return dict(zip([name for name, *_ in found.description or ()], found.fetchall()[0], strict=True))

    def rejects(self, received: Received) -> dict[int, dict[str, str]]:
        assert received.rejects is not None
        raw = received.rejects.read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf"), "spreadsheets must see that this is UTF-8"
        return {int(line["row"]): line for line in csv.DictReader(io.StringIO(raw.decode("utf-8-sig")))}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def at(text: str) -> int:
    return int((datetime.fromisoformat(text) - datetime(1970, 1, 1)).total_seconds())


def day(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def test_a_case_at_rest_is_all_integers_and_nothing_is_null(desk: Desk) -> None:
    desk.hand_in(desk.write("a.csv", [GOOD, row("2", closed="", fee="", rating="", channel="")]))
    calendar = Calendar("CN")
    one, two = desk.case("1"), desk.case("2")
    assert (one["matter"], one["region"], one["grp"], one["channel"], one["month"]) == (1, 1, 1, 2, 202501)
    assert (one["accepted_at"], one["closed_at"]) == (at("2025-01-03 09:00"), at("2025-01-08 17:00"))
    assert (one["accepted_day"], one["closed_day"]) == (day("2025-01-03"), day("2025-01-08"))
    assert one["accepted_wd"] == calendar.ordinal(date(2025, 1, 3))
    assert one["closed_wd"] - one["accepted_wd"] == calendar.between(date(2025, 1, 3), date(2025, 1, 8)) == 3
    assert (one["fee_cents"], one["rating"], one["accepted_is_wd"], one["batch"]) == (1250, 5, 1, 1)
    assert (two["closed_at"], two["closed_day"], two["closed_wd"]) == (FAR_SECOND, FAR_DAY, FAR_ORDINAL)
    assert (two["fee_cents"], two["rating"], two["channel"], two["visits"]) == (-1, 0, 0, -1)
    assert None not in one.values() and None not in two.values()
    described = duckdb.execute(f"DESCRIBE SELECT * FROM {desk.lake.relation()}").fetchall()
    types = {name: kind for name, kind, *_ in described}
    assert all(types[column.name] == column.sql for column in COLUMNS)


# -- every kind of file ----------------------------------------------------------------------------

ROWS = [row("1"), row("2", matter="M2", channel="线上"), row("3", closed="")]


def packed(path: Path, how: str) -> Path:
    if how == "gz":
        target = path.with_name(path.name + ".gz")
        target.write_bytes(gzip.compress(path.read_bytes()))
        return target
    if how == "zip":
        target = path.with_name(path.name + ".zip")
        with zipfile.ZipFile(target, "w") as archive:
            archive.write(path, path.name)
            archive.writestr("__MACOSX/x.csv", "")
            archive.writestr("readme.md", "")
        return target
    return path


def write_as(desk: Desk, kind: str) -> Path:
    path = desk.folder / f"a.{kind}"
    dicts = [dict(zip(HEADER, one, strict=True)) for one in ROWS]
    if kind == "jsonl":
        path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in dicts), "utf-8")
    elif kind == "parquet":
        times = [{**one, "accepted": datetime.fromisoformat(one["accepted"])} for one in dicts]
        pq.write_table(pa.Table.from_pylist(times), path)
    elif kind == "xlsx":
        with xlsxwriter.Workbook(str(path)) as book:
            sheet = book.add_worksheet("办件")
            sheet.write_row(0, 0, HEADER)
            for number, one in enumerate(ROWS, 1):
                sheet.write_row(number, 0, one)
                sheet.write_number(number, 0, int(one[0]))
                form = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
                sheet.write_datetime(number, 4, datetime.fromisoformat(one[4]), form)
    else:
        desk.write(path.name, ROWS, delimiter="\t" if kind == "tsv" else ",")
    return path


@pytest.mark.parametrize("how", ["plain", "gz", "zip"])
@pytest.mark.parametrize("kind", ["csv", "tsv", "jsonl", "parquet", "xlsx"])
def test_every_format_gives_the_same_cases(desk: Desk, kind: str, how: str) -> None:
    desk.hand_in(desk.write("plain.csv", ROWS))
    want = desk.cases("* EXCLUDE (batch, source)")
    received = desk.hand_in(packed(write_as(desk, kind), how), source="other")
    assert (received.read, received.good, received.bad) == (3, 3, 0)
    found = duckdb.execute(f"SELECT * EXCLUDE (batch, source) FROM {desk.lake.relation(sources=['other'])} "
                       "ORDER BY case_key").fetchall()
    assert found == want


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "|", "\t"])
def test_encoding_and_delimiter_are_found_out(desk: Desk, encoding: str, delimiter: str) -> None:
    file = desk.write("a.csv", ROWS, encoding=encoding, delimiter=delimiter)
    assert desk.hand_in(file).good == 3
    assert desk.cases("channel") == [(2,), (1,), (2,)]


def test_a_file_without_header_takes_its_names_from_the_mapping(desk: Desk) -> None:
    file = desk.write("a.csv", ROWS[1:], header=ROWS[0])
    assert desk.hand_in(file, MAPPING + f"header: [{', '.join(HEADER)}]\n").good == 3


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", b"", "the file is empty"),
        ("a.csv", b"id\n1\n", "no header"),
        ("a.csv.gz", gzip.compress(b"", mtime=0), "the file is empty"),
        ("a.csv.gz", gzip.compress(b"id,b\n1,2\n", mtime=0)[:-6], "damaged"),
        ("a.zip", archive({"a.csv": b"id,b\n1,2\n"}, locked=True), "has a password"),
        ("a.parquet", b"PAR1" + bytes(50) + b"PAR1", "not a Parquet file"),
        ("a.parquet", parquet({"id": ["1"], "file_row_number": ["1"]}), "cannot have a column called"),
        ("a.parquet", damaged(parquet({**dict.fromkeys(HEADER, ["x"] * 9000), "id": [str(n) for n in range(9000)]})),
         "the file cannot be read: .*unpacked.parquet"),
        ("a.xlsx", sheet({(1_048_575, 16_383): "x"}), "reaches as far as XFD1048576"),
        ("a.xlsx", sheet({}), "the file is empty"),
        ("a.jsonl", b"", "the file is empty"),
        ("a.jsonl", b'[{"id": 1},\n{"id": 2}]\n', "one object a line is expected"),
        ("a.csv", b"id,id,b\n", "names a column twice: id"),
        ("a.csv", b"a,b\n1,2\n", "the file has no column `id`"),
        ("a.docx", b"x", "does not tell its format"),
        ("a.parquet", b"x", "not a Parquet file"),
        ("a.xlsx", b"x", "not an XLSX file"),
        ("a.csv.gz", b"x", "damaged"),
        ("a.csv.zip", b"x", "damaged"),
        ("a.jsonl", b"[1]\n", "no JSON objects"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",  # packed bytes tell the time of packing
)
def test_a_file_that_cannot_be_read_is_refused(desk: Desk, name: str, content: bytes, says: str) -> None:
    (desk.folder / name).write_bytes(content)
    with pytest.raises(Refused, match=says):
        desk.hand_in(desk.folder / name)
    assert desk.lake.version() == -1 and not list((desk.folder / "lake" / "staging").iterdir())


# -- bad rows --------------------------------------------------------------------------------------

FAULTS = {
    "2": ({"id": ""}, "case_key", "case_key (id): is empty"),
    "3": ({"matter": "M3"}, "matter", "matter (matter): no matter “M3”"),
    "4": ({"matter": " "}, "matter", "no matter"),
    "5": ({"region": ""}, "region", "region (region): is empty"),
    "6": ({"channel": "信鸽"}, "channel", "no channel “信鸽”"),
    "7": ({"accepted": ""}, "accepted_at", "accepted_at (accepted): is empty"),
    "8": ({"accepted": "2025-02-30 08:00:00"}, "accepted_at", "“2025-02-30 08:00:00” is not a time (format iso)"),
    "9": ({"accepted": "1999-12-31"}, "accepted_at", "is before 2000-01-01: not plausible"),
    "10": ({"accepted": "2025-07-01", "closed": ""}, "accepted_at", "is after the data date 2025-06-30"),
    "11": ({"closed": "2025-01-02 08:00:00"}, "closed_at", "is before the case was accepted"),
    "12": ({"closed": "2026-01-02"}, "closed_at", "is after the data date 2025-06-30"),
    "13": ({"fee": "free"}, "fee", "“free” is not a number"),
    "14": ({"fee": "-1"}, "fee", "is below 0"),
    "15": ({"fee": "0.001"}, "fee", "has a fraction of a cent"),
    "16": ({"fee": "nan"}, "fee", "is not a number"),
    "17": ({"fee": "1e300"}, "fee", "is implausibly large"),
    "18": ({"rating": "6"}, "rating", "no rating “6”"),
    "19": ({"region": "R9", "accepted": "2025-02-01", "closed": ""}, "region", "R9 has ended; its area is now R1"),
}


def test_every_planted_fault_is_found_and_told_with_field_value_and_reason(desk: Desk) -> None:
    rows = [row(key, **changed) for key, (changed, _, _) in FAULTS.items()]
    last = row("21", region="R9", accepted="2025-01-31", closed="")
    received = desk.hand_in(desk.write("a.csv", [*rows, row("20"), last]))
    assert (received.read, received.good, received.bad) == (20, 2, 18)
    told = desk.rejects(received)
    assert list(told) == list(range(2, 20)), "row numbers as a spreadsheet shows them"
    for number, (changed, name, says) in zip(told, FAULTS.values(), strict=True):
        assert says in told[number]["reasons_en"]
        assert told[number]["fields"] == name and told[number]["reasons_zh"].startswith(f"{name} (")
        assert {told[number][column] for column in changed} == {value for value in changed.values()}


def test_a_row_with_many_faults_carries_all_of_them(desk: Desk) -> None:
    bad = row("", matter="X", region="", channel="?", accepted="soon", closed="later", fee="-3", rating="9.5")
    told = desk.rejects(desk.hand_in(desk.write("a.csv", [GOOD, bad])))[3]
    assert told["fields"] == "case_key;matter;region;channel;rating;accepted_at;closed_at;fee"
    assert told["reasons_en"].count("; ") == told["reasons_zh"].count("；") == 7


def test_broken_lines_are_told_and_do_not_shift_the_row_numbers(desk: Desk) -> None:
    text = desk.write("a.csv", []).read_text("utf-8")
    good = ",".join(GOOD)
    lines = [good, "2,M1", "", good.replace("1,", "3,", 1) + ",extra", '"4"x,' + good[2:], good.replace("1,", ",", 1),
             good.replace("1,", "6,", 1)]
    file = desk.folder / "a.csv"
    file.write_bytes((text + "\n".join(lines) + "\n").encode() + b"7,\xff,R1,,2025-01-01,,,\n")
    received = desk.hand_in(file)
    told = desk.rejects(received)
    assert (received.read, received.good) == (7, 2)
    assert {number: line["reasons_en"] for number, line in told.items()} == {
        3: "whole row: 8 columns expected, 2 found",
        5: "whole row: 8 columns expected, 9 found",
        6: "whole row: a quotation mark is not closed properly",
        7: "case_key (id): is empty",
        9: "whole row: contains bytes that are not UTF-8",
    }


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_row_numbers_hold_over_pieces_with_blank_and_broken_lines(desk: Desk, kind: str) -> None:
    lines, bad = [], []
    for number in range(2 if kind == "csv" else 1, 60):
        one = row(str(number), matter="?" if number % 7 == 0 else "M1")
        text = ",".join(one) if kind == "csv" else json.dumps(dict(zip(HEADER, one, strict=True)))
        lines.append("" if number % 5 == 0 else "broken" if number % 6 == 0 else text)
        bad += [number] if number % 5 and (number % 7 == 0 or number % 6 == 0) else []
    file = desk.folder / f"a.{kind}"
    file.write_text("\n".join([",".join(HEADER)] * (kind == "csv") + lines) + "\n", "utf-8")
    for piece in (150, 10**9):
        assert list(desk.rejects(desk.hand_in(file, piece=piece, source=f"p{piece}"))) == bad


def test_broken_json_lines_are_told_with_their_line(desk: Desk) -> None:
    good = json.dumps(dict(zip(HEADER, GOOD, strict=True)))
    (desk.folder / "a.jsonl").write_text(f'{good}\n{{"id": \n\n[1]\n{{"id": "2"}}\n', "utf-8")
    told = desk.rejects(desk.hand_in(desk.folder / "a.jsonl"))
    assert [told[number]["reasons_en"] for number in (2, 4)] == ["whole row: not a JSON object"] * 2
    assert told[5]["fields"] == "matter;region;accepted_at"


def test_quoted_line_breaks_and_quotation_marks_are_part_of_the_value(desk: Desk) -> None:
    rows = [row('a "b"\nc'), row("2", matter="bad\nmatter"), row("3", matter="nope")]
    received = desk.hand_in(desk.write("a.csv", rows), piece=64)
    assert desk.cases("case_key") == [('a "b"\nc',)]
    assert list(desk.rejects(received)) == [3, 4]


def test_the_same_key_twice_keeps_the_first_and_names_it(desk: Desk) -> None:
    rows = [row("1"), row("2"), row("1", fee="9"), row("3", matter="?"), row("3"), row("1", fee="x")]
    for piece in (10**9, 200):
        received = desk.hand_in(desk.write("a.csv", rows), source=f"p{piece}", piece=piece)
        told = desk.rejects(received)
        assert (received.good, received.bad) == (3, 3)
        assert told[4]["reasons_en"] == "case_key: the same key as in row 2"
        assert list(told) == [4, 5, 7] and "fee" in told[7]["reasons_en"]


# -- replacing -------------------------------------------------------------------------------------


def test_a_corrected_batch_replaces_by_key_also_when_the_month_changed(desk: Desk) -> None:
    desk.hand_in(desk.write("a.csv", [row("1"), row("2"), row("3")]))
    desk.hand_in(desk.write("b.csv", [row("1")]), source="other")
    received = desk.hand_in(desk.write("c.csv", [row("2", fee="1"), row("3", accepted="2024-12-30"), row("4")]))
    assert received.replaced == 2
    assert sorted(desk.cases("source, case_key, batch, month, fee_cents")) == [
        ("other", "1", 2, 202501, 1250),
        ("town", "1", 1, 202501, 1250),
        ("town", "2", 3, 202501, 100),
        ("town", "3", 3, 202412, 1250),
        ("town", "4", 3, 202501, 1250),
    ]


def test_the_same_rows_again_replace_themselves(desk: Desk) -> None:
    file = desk.write("a.csv", ROWS)
    desk.hand_in(file)
    before = desk.cases("* EXCLUDE (batch)")
    assert desk.hand_in(file).replaced == 3
    assert desk.cases("* EXCLUDE (batch)") == before


def test_a_dry_run_counts_everything_and_keeps_nothing(desk: Desk) -> None:
    desk.hand_in(desk.write("a.csv", [row("1")]))
    version = desk.lake.version()
    received = desk.hand_in(desk.write("b.csv", [row("1"), row("2"), row("3", fee="x")]), dry_run=True)
    assert (received.good, received.bad, received.replaced, received.version) == (2, 1, 1, version)
    assert received.rejects is not None
    assert desk.lake.version() == version and desk.cases("case_key") == [("1",)]


def test_a_file_of_bad_rows_only_makes_no_version(desk: Desk) -> None:
    received = desk.hand_in(desk.write("a.csv", [row("1", matter="?")]))
    assert (received.good, received.bad) == (0, 1)
    assert desk.cases() == []


def test_a_bad_row_is_told_that_its_key_stood_before_too(desk: Desk) -> None:
    """Within a piece and across pieces: mended, it would be turned away a second time otherwise."""
    rows = [row("1"), row("1", fee="?"), row("2", fee="?"), row("2", fee="!"), *(row(f"f{n}") for n in range(3000)),
            row("1", fee="x"), row("f7", rating="9"), row("3", fee="?")]
    received = desk.hand_in(desk.write("a.csv", rows), piece=40_000)
    told = {number: one["reasons_en"].partition("; ")[2] for number, one in desk.rejects(received).items()}
    twin = "case_key: the same key as in row {}".format
    assert told == {3: twin(2), 4: "", 5: twin(4), 3006: twin(2), 3007: twin(13), 3008: ""}
    assert received.good == 3001 and received.bad == 6


def test_what_is_no_json_object_costs_its_own_line(desk: Desk) -> None:
    """Torn bytes, a control character, an array, a line beyond all measure: each is one rejected row, in its place."""
    one = json.dumps(dict(zip(HEADER, GOOD, strict=True))).encode()
    two = one.replace(b'"1"', b'"2"', 1)
    lines = [one, b'{"id": "\xff\xfe"}', b'{"id": "\x02"}', b"[1]", b'{"id": "' + b"x" * 17_000_000 + b'"}', b"", two]
    path = desk.folder / "a.jsonl"
    path.write_bytes(b"\n".join(lines))
    received = desk.hand_in(path)
    assert (received.read, received.good, received.bad) == (6, 2, 4)
    told = {number: row["reasons_en"].removeprefix("whole row: ") for number, row in desk.rejects(received).items()}
    no_json = "not a JSON object"
    assert told == {2: "contains bytes that are not UTF-8", 3: no_json, 4: no_json, 5: "too long"}


def test_any_key_of_a_json_object_can_be_named(desk: Desk) -> None:
    odd = ('a"b', "a\\b", "$", "", "a.b", "a/b", "a~b", "0", "件 号")
    for key in odd:
        said = {**dict(zip(HEADER, GOOD, strict=True)), "id": "none", key: "mine"}
        path = desk.write_text("a.jsonl", json.dumps(said) + "\n")
        mapping = MAPPING.replace("case_key: id", f"case_key: {json.dumps(key)}")
        received = desk.hand_in(path, mapping, source=f"s{odd.index(key)}")
        assert received.good == 1 and ("mine",) in desk.cases("case_key")


def test_the_first_sheet_with_cells_is_read_past_a_chart(desk: Desk) -> None:
    cells = {(line, at): said for line, row_ in enumerate((HEADER, GOOD)) for at, said in enumerate(row_)}
    (desk.folder / "a.xlsx").write_bytes(sheet(cells, chart_first=True))
    assert desk.hand_in(desk.folder / "a.xlsx").good == 1


def test_a_column_without_a_name_goes_by_its_number(desk: Desk) -> None:
    path = desk.write("a.csv", [(*row("1"), "x", "y"), (*row("2", fee="?"), "x", "y")], header=(*HEADER, "", ""))
    received = desk.hand_in(path)
    assert received.good == 1 and desk.rejects(received)[3]["(9)"] == "x"
    assert any("(9), (10)" in one.en for one in received.notices)


def test_utf_16_is_known_without_its_mark(desk: Desk) -> None:
    for encoding in ("utf-16-le", "utf-16-be"):
        assert desk.hand_in(desk.write("a.csv", [row("1")], encoding=encoding), source=encoding).good == 1


def test_an_offset_that_exists_nowhere_is_no_time(desk: Desk) -> None:
    times = [row("1", accepted="2025-01-03T09:00:00+08:00"), row("2", accepted="2025-01-03T09:00:00+99:99"),
             row("3", accepted="2025-01-03T09:00:00-25:00"), row("4", accepted="2025-01-03T01:00:00Z")]
    received = desk.hand_in(desk.write("a.csv", times))
    assert desk.cases("case_key") == [("1",), ("4",)] and set(desk.rejects(received)) == {3, 4}
    assert len(set(desk.cases("accepted_at"))) == 1


def test_a_constant_day_out_of_range_is_told_for_every_row(desk: Desk) -> None:
    mapping = MAPPING.replace("accepted_at: accepted", "accepted_at: {constant: 2999-01-01}")
    received = desk.hand_in(desk.write("a.csv", [row("1"), row("2")]), mapping)
    told = desk.rejects(received)
    assert received.bad == 2 and "accepted_at (constant): is after the data date" in told[2]["reasons_en"]


def test_no_number_at_all_has_one_reason(desk: Desk) -> None:
    received = desk.hand_in(desk.write("a.csv", [row("1", fee="nan"), row("2", fee="1e400"), row("3", fee="0.001")]))
    assert [one["reasons_en"].count(";") for one in desk.rejects(received).values()] == [0, 0, 0]


@pytest.mark.parametrize(("form", "wrong"), [
    ("epoch", ("1e300", "nan", "inf", "-1e18", "1736500000000")), ("epoch_ms", ("1e300", "1e18")),
    ("excel", ("1e300", "nan", "1e12")), ("iso", ("12025-01-01", "290000-01-01", "0001-01-01 (BC)"))])
def test_a_number_that_is_no_time_costs_its_row(desk: Desk, form: str, wrong: tuple[str, ...]) -> None:
    """In the sample that is shown first, too."""
    good = {"epoch": "1735866000", "epoch_ms": "1735866000000", "excel": "45660.5", "iso": "2025-01-03"}[form]
    mapping = MAPPING.replace("accepted_at: accepted", f"accepted_at: {{column: accepted, format: {form}}}")
    path = desk.write("a.csv", [row("1", accepted=good), *(row(f"w{n}", accepted=one) for n, one in enumerate(wrong))])
    read = parse(mapping)
    with desk.lake.staging("s") as folder:
        seen = sample(Delivery(path, read, "town", 1, date(2025, 6, 30)), DIRECTORY, folder)
    assert [bool(one.reasons.en) for one in seen.rows] == [False, *(True for _ in wrong)]
    received = desk.hand_in(path, mapping)
    assert (received.good, received.bad) == (1, len(wrong))


def test_the_sample_goes_on_behind_a_quotation_mark_that_is_not_closed(desk: Desk) -> None:
    rows = ["id,matter,region,channel,accepted,closed,fee,rating", ",".join(row("1")), '"2,' + ",".join(GOOD[1:]),
            *(",".join(row(f"k{n}")) for n in range(30))]
    path = desk.write_text("a.csv", "\n".join(rows) + "\n")
    with desk.lake.staging("s") as folder:
        seen = sample(Delivery(path, parse(MAPPING), "town", 1, date(2025, 6, 30)), DIRECTORY, folder)
    assert len(seen.rows) == 20 and [one.row for one in seen.rows if one.reasons.en] == [3]


def test_a_header_without_end_is_refused_without_its_rows(desk: Desk) -> None:
    path = desk.write_text("a.csv", 'id,matter,region,"channel\n' + "SECRET,M1,R1,x\n" * 60_000)
    with pytest.raises(Refused, match="a quotation mark in it is never closed") as refused:
        desk.hand_in(path)
    assert "SECRET" not in str(refused.value)


KILLED = """
import sys, time
from datetime import date
from pathlib import Path
import jizhun.delivery.ingest.merging as merging
sys.path.insert(0, {here!r})
from test_ingest import Desk, row
slow = merging.Merge.change
def change(self, present):
    done = slow(self, present)
    print("ready", flush=True)
    time.sleep(60)
    return done
merging.Merge.change = change
desk = Desk(Path({folder!r}), number=7)
desk.hand_in(desk.write("b.csv", [row("1", fee="9"), row("2")]))
"""


def test_an_ingest_killed_before_its_commit_leaves_the_old_state_whole(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.hand_in(desk.write("a.csv", [row("1")]))
    before = desk.cases()
    code = KILLED.format(here=str(Path(__file__).parent), folder=str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None and writer.stdout.readline() == b"ready\n"
        writer.send_signal(signal.SIGKILL)
    assert desk.cases() == before and Lake(tmp_path / "lake").version() == 1
    received = desk.hand_in(tmp_path / "b.csv")
    assert (received.good, received.replaced) == (2, 1)
    assert list((tmp_path / "lake" / "staging").iterdir()) == []


# -- times, due, stopped clocks --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "text", "want"),
    [
        ("iso", "2025-01-03T09:00:00", "2025-01-03 09:00"),
        ("iso", "2025-01-03", "2025-01-03 00:00"),
        ("iso", "2025/1/3 9:00", "2025-01-03 09:00"),
        ("iso", "2025-01-03T01:00:00Z", "2025-01-03 09:00"),
        ("iso", "2025-01-02T20:00-05:00", "2025-01-03 09:00"),
        ("iso", "2025-01-03T09:00:00.999+08:00", "2025-01-03 09:00"),
        ('"%Y年%m月%d日 %H时"', "2025年1月3日 9时", "2025-01-03 09:00"),
        ('"%d/%m/%Y %I:%M %p"', "03/01/2025 09:00 AM", "2025-01-03 09:00"),
        ('"%Y%m%d%H%M%S"', "20250103090000", "2025-01-03 09:00"),
        ('"%Y-%m-%dT%H:%M:%S%z"', "2025-01-03T01:00:00+0000", "2025-01-03 09:00"),
        ("epoch", "1735866000", "2025-01-03 09:00"),
        ("epoch_ms", "1735866000000", "2025-01-03 09:00"),
        ("excel", "45660.375", "2025-01-03 09:00"),
    ],
)
def test_times_are_read_as_the_mapping_says_and_kept_as_local_wall_clock(
    desk: Desk, form: str, text: str, want: str
) -> None:
    mapping = MAPPING.replace("accepted_at: accepted", f"accepted_at: {{column: accepted, format: {form}}}")
    received = desk.hand_in(desk.write("a.csv", [row("1", accepted=text)]), mapping)
    assert received.good == 1, desk.rejects(received)
    assert desk.case()["accepted_at"] == at(want)


def test_several_formats_are_tried_in_their_order(desk: Desk) -> None:
    mapping = MAPPING.replace("accepted_at: accepted", 'accepted_at: {column: accepted, formats: ["%d.%m.%Y", iso]}')
    desk.hand_in(desk.write("a.csv", [row("1", accepted="03.01.2025"), row("2")]), mapping)
    assert desk.cases("accepted_day") == [(day("2025-01-03"),)] * 2


@pytest.mark.parametrize(("whole", "want"), [("end", "2025-01-06 23:59:59"), ("start", "2025-01-06 00:00:00")])
def test_a_due_day_without_a_clock_lasts_until_its_end(desk: Desk, whole: str, want: str) -> None:
    mapping = MAPPING + f"  due_at: {{column: due, role: promise, whole_day: {whole}}}\n"
    rows = [(*GOOD, "2025-01-06"), (*row("2"), "2025-01-06 12:00:00"), (*row("3"), "")]
    desk.hand_in(desk.write("a.csv", rows, header=(*HEADER, "due")), mapping)
    assert desk.cases("due_at, due_binds") == [(at(want), 1), (at("2025-01-06 12:00"), 1), (FAR_SECOND, 0)]


SPANS = MAPPING + "suspended: {column: spans, end_is: %s}\n"


@pytest.mark.parametrize(
    ("spans", "end_is", "days", "working"),
    [
        ("", "resumed", 0, 0),
        ("2025-01-06/2025-01-08", "resumed", 2, 2),
        ("2025-01-06/2025-01-08", "last_day", 3, 3),
        ("2025-01-06/2025-01-08;2025-01-07/2025-01-09", "resumed", 3, 3),
        ("2025-01-06/2025-01-10;2025-01-07/2025-01-08;2025-01-09/2025-01-13", "resumed", 7, 5),
        ("2024-12-01/2025-01-06", "resumed", 3, 1),
        ("2025-01-20/2025-03-01", "resumed", 1, 1),
        ("2025-01-25/2025-02-10", "resumed", 0, 0),
        ("2025-01-17/", "resumed", 4, 2),
    ],
)
def test_stopped_days_are_merged_and_counted_inside_the_case(
    desk: Desk, spans: str, end_is: str, days: int, working: int
) -> None:
    """Accepted Friday 3 January, closed Tuesday 21 January 2025; the days before the Spring Festival."""
    one = (*row("1", closed="2025-01-21"), spans)
    received = desk.hand_in(desk.write("a.csv", [one, (*row("2"), "")], header=(*HEADER, "spans")), SPANS % end_is)
    assert received.good == 2, desk.rejects(received)
    assert (desk.case()["stopped_days"], desk.case()["stopped_wd"]) == (days, working)
    assert desk.case("2")["stopped_days"] == 0


def test_an_open_span_of_an_open_case_runs_to_the_data_day(desk: Desk) -> None:
    one = (*row("1", accepted="2025-06-02", closed=""), "2025-06-20/")
    desk.hand_in(desk.write("a.csv", [one], header=(*HEADER, "spans")), SPANS % "resumed")
    assert (desk.case()["stopped_days"], desk.case()["stopped_wd"]) == (10, 6)


def test_spans_from_columns_and_what_is_wrong_with_them(desk: Desk) -> None:
    mapping = MAPPING + "suspended: {start: s, end: e}\nsteps: [{name: 受理, start: s, end: e}]\n"
    rows = [(*row("1"), "2025-01-06", "2025-01-07"), (*row("2"), "2025-01-07", "2025-01-06"), (*row("3"), "x", "")]
    received = desk.hand_in(desk.write("a.csv", rows, header=(*HEADER, "s", "e")), mapping)
    told = desk.rejects(received)
    assert desk.case()["stopped_days"] == 1
    assert json.loads(desk.case()["steps"]) == [["受理", day("2025-01-06"), day("2025-01-07")]]
    assert "“2025-01-07 / 2025-01-06” is not a period" in told[3]["reasons_en"]
    assert told[4]["fields"] == "suspended;steps"


def test_a_case_closed_before_it_was_accepted_may_be_kept_and_is_counted(desk: Desk) -> None:
    file = desk.write("a.csv", [row("1", accepted="2025-01-03 09:00:30", closed="2025-01-03 09:00:00")])
    assert desk.hand_in(file, MAPPING + "closed_before_accepted: 29\n").good == 0
    received = desk.hand_in(file, MAPPING + "closed_before_accepted: 30\n")
    assert received.good == 1 and "1 rows were closed before" in received.notices[0].en


def test_working_days_that_nobody_published_are_called_estimates(desk: Desk) -> None:
    told = desk.hand_in(desk.write("a.csv", [row("1", accepted="2003-12-30", closed="2004-01-05")])).notices
    assert any("2003-12-30" in one.en and "estimated" in one.en for one in told)
    assert not desk.hand_in(desk.write("b.csv", [row("1")])).notices


# -- personal data ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "looks"),
    [
        (["11010519491231002X"], "a resident identity number"),
        (["13800138000", "13912345678"], "a mobile number"),
        (["reach me at a.b@example.org"], "an e-mail address"),
        ([f"He said that the lamp in front of number {n} has been dark for a week now" for n in range(3)], "free text"),
    ],
)
def test_columns_that_look_personal_are_refused_unless_ignored(desk: Desk, values: list[str], looks: str) -> None:
    file = desk.write("a.csv", [(*row(str(n)), value) for n, value in enumerate(values)], header=(*HEADER, "note"))
    with pytest.raises(Refused, match=f"the column `note` looks like {looks}"):
        desk.hand_in(file)
    received = desk.hand_in(file, MAPPING + "ignore: [note]\n")
    assert received.good == len(values)


@pytest.mark.parametrize("value", ["11010519491231002X", "write to a.b@example.org"])
def test_one_identity_number_far_down_the_file_is_enough(desk: Desk, value: str) -> None:
    """Every row is looked at, in every piece, and nothing of the file has been stored by then."""
    rows = [(*row(str(n)), "") for n in range(25_000)] + [(*row("last"), value)]
    file = desk.write("a.csv", rows, header=(*HEADER, "note"))
    with pytest.raises(Refused, match="the column `note` looks like"):
        desk.hand_in(file, piece=400_000)
    assert desk.lake.files() == []


def test_ignored_values_are_not_even_in_the_reject_file(desk: Desk) -> None:
    file = desk.write("a.csv", [(*row("1", matter="?"), "13800138000")], header=(*HEADER, "phone"))
    told = desk.rejects(desk.hand_in(file, MAPPING + "ignore: [phone]\n"))[2]
    assert told["phone"] == "" and told["channel"] == "窗口"


def test_a_pseudonymised_key_is_an_hmac_and_never_leaves_in_clear(desk: Desk) -> None:
    mapping = MAPPING.replace("case_key: id", "case_key: {columns: [id, channel], pseudonymise: keyed_hash}")
    person = "11010519491231002X"
    received = desk.hand_in(desk.write("a.csv", [row(person), row("2", fee="x")]), mapping)
    want = [hmac.new(b"secret", f"{key}-窗口".encode(), hashlib.sha256).hexdigest()[:32] for key in (person, "2")]
    assert desk.cases("case_key") == [(want[0],)]
    assert desk.rejects(received)[3]["id"] == want[1]
    everything = b"".join(path.read_bytes() for path in desk.lake.folder.rglob("*") if path.is_file())
    assert person.encode() not in everything


# -- laws ------------------------------------------------------------------------------------------

starts = st.datetimes(datetime(2024, 1, 1), datetime(2025, 6, 29))
case = st.tuples(st.sampled_from(["M1", "M2", "M3", ""]), st.sampled_from(["R1", "R2", "R9"]), starts,
                 st.none() | st.integers(-5, 400), st.sampled_from(["", "0", "3.20", "x"]),
                 st.lists(st.tuples(st.integers(-30, 400), st.integers(0, 60)), max_size=4))


def written(number: int, one: Any) -> tuple[str, ...]:
    matter, region, start, hours, fee, spans = one
    closed = "" if hours is None else f"{start + timedelta(hours=hours):%Y-%m-%d %H:%M:%S}"
    listed = ";".join(f"{start.date() + timedelta(days=a)}/{start.date() + timedelta(days=a + n)}" for a, n in spans)
    return (*row(f"k{number}", matter=matter, region=region, accepted=f"{start:%Y-%m-%d %H:%M:%S}", closed=closed,
                 fee=fee), listed)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(case, min_size=1, max_size=25), st.randoms(use_true_random=False), st.integers(60, 2000))
def test_order_and_pieces_and_parts_of_a_file_do_not_matter(
    tmp_path_factory: pytest.TempPathFactory, cases: list[Any], shuffler: Any, piece: int
) -> None:
    rows = [written(number, one) for number, one in enumerate(cases)]
    shuffled = [*rows]
    shuffler.shuffle(shuffled)
    found = []
    for parts, size in (([rows], 10**9), ([shuffled], piece), ([rows[::2], rows[1::2]], 10**9)):
        desk = Desk(tmp_path_factory.mktemp("desk"))
        received = [desk.hand_in(desk.write("a.csv", part, header=(*HEADER, "spans")), SPANS % "resumed", piece=size)
                    for part in parts if part]
        found.append((sum(one.good for one in received), sum(one.bad for one in received),
                      desk.cases("* EXCLUDE (batch)")))
    assert found[0] == found[1] == found[2]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case.filter(lambda one: one[0] in ("M1", "M2") and one[1] != "R9" and one[4] != "x" and (one[3] or 0) >= 0))
def test_stopped_days_are_the_days_that_lie_in_a_span(tmp_path_factory: pytest.TempPathFactory, one: Any) -> None:
    """Counted day by day: a day counts as stopped if it is after the case's first day and inside any (start, end]."""
    desk = Desk(tmp_path_factory.mktemp("desk"))
    if desk.hand_in(desk.write("a.csv", [written(1, one)], header=(*HEADER, "spans")), SPANS % "resumed").bad:
        return
    _, _, start, hours, _, spans = one
    first, end = start.date(), date(2025, 6, 30)
    last = min(end, (start + timedelta(hours=hours)).date() if hours is not None else end)
    inside = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    stopped = [d for d in inside if any(a < (d - first).days <= a + n for a, n in spans)]
    calendar = Calendar("CN", estimate=True)
    assert desk.case("k1")["stopped_days"] == len(stopped)
    assert desk.case("k1")["stopped_wd"] == sum(calendar.is_working(d) for d in stopped)


@pytest.mark.parametrize("piece", [3_000, 1_000_000])
def test_a_quotation_mark_that_is_never_closed_costs_its_own_row_and_no_other(desk: Desk, piece: int) -> None:
    """It used to swallow every row after it, without a word."""
    lines = [",".join(map(str, row(f"k{n}"))) for n in range(400)]
    lines[100] = '"' + lines[100]
    lines[250] = lines[250] + ',"'
    text = "\n".join([",".join(HEADER), *lines]) + "\n"
    received = desk.hand_in(desk.write_text("a.csv", text), piece=piece)
    assert (received.read, received.good, received.bad) == (400, 398, 2)
    assert sorted(desk.rejects(received)) == [102, 252]


def test_an_unclosed_quotation_mark_costs_one_row_of_a_file_longer_than_the_readers_buffer(desk: Desk) -> None:
    """There the reader names the place of the line before."""
    lines = [",".join(map(str, row(f"k{n}"))) for n in range(90_000)]
    lines[1_000] = lines[1_000].replace(",", ',"', 2)
    lines[1_000] = lines[1_000].replace('"', "", 1)
    received = desk.hand_in(desk.write_text("a.csv", "\n".join([",".join(HEADER), *lines]) + "\n"))
    assert (received.read, received.good, received.bad) == (90_000, 89_999, 1)
    assert sorted(desk.rejects(received)) == [1_002]


@pytest.mark.parametrize("at", [2, 3])
def test_an_unclosed_quotation_mark_near_an_end_without_a_line_end_loses_nothing(desk: Desk, at: int) -> None:
    lines = [",".join(map(str, row(f"k{n}"))) for n in range(4)]
    lines[at] = '"' + lines[at]
    received = desk.hand_in(desk.write_text("a.csv", "\n".join([",".join(HEADER), *lines])))
    assert (received.read, received.good, received.bad) == (4, 3, 1)
    assert sorted(desk.rejects(received)) == [at + 2]


@pytest.mark.parametrize("end", ["\r\n", "\r", "mixed"])
def test_lines_may_end_any_way_and_blank_ones_are_no_rows(desk: Desk, end: str) -> None:
    lines = [",".join(HEADER), *(",".join(map(str, row(f"k{n}"))) for n in range(3)), "", ",".join(map(str, row("k3")))]
    ends = ["\r\n", "\n", "\r", "\r\n", "\n", "\r\n"] if end == "mixed" else [end] * len(lines)
    text = "".join(line + after for line, after in zip(lines, ends, strict=True))
    received = desk.hand_in(desk.write_text("a.csv", text))
    assert (received.read, received.good, received.bad) == (4, 4, 0)


def test_progress_tells_rows_pace_and_time_left(desk: Desk) -> None:
    desk.hand_in(desk.write("a.csv", [row(str(n)) for n in range(200)]), piece=2000)
    assert len(desk.seen) > 3 and desk.seen[-1].rows == 200 and desk.seen[-1].share == 1.0
    assert [one.share for one in desk.seen] == sorted(one.share for one in desk.seen)
    assert desk.seen[0].rows_per_second > 0 and desk.seen[0].seconds_left is not None
