"""Files of every kind: which give the same cases, and which are refused."""

import gzip
import io
import json
import zipfile
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from ingest_desk import GOOD, HEADER, MAPPING, ROWS, Desk, row
from jizhun.kernel.bilingual import Refused


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


def test_a_header_without_end_is_refused_without_its_rows(desk: Desk) -> None:
    path = desk.write_text("a.csv", 'id,matter,region,"channel\n' + "SECRET,M1,R1,x\n" * 60_000)
    with pytest.raises(Refused, match="a quotation mark in it is never closed") as refused:
        desk.hand_in(path)
    assert "SECRET" not in str(refused.value)


@pytest.mark.parametrize("end", ["\r\n", "\r", "mixed"])
def test_lines_may_end_any_way_and_blank_ones_are_no_rows(desk: Desk, end: str) -> None:
    lines = [",".join(HEADER), *(",".join(map(str, row(f"k{n}"))) for n in range(3)), "", ",".join(map(str, row("k3")))]
    ends = ["\r\n", "\n", "\r", "\r\n", "\n", "\r\n"] if end == "mixed" else [end] * len(lines)
    text = "".join(line + after for line, after in zip(lines, ends, strict=True))
    received = desk.hand_in(desk.write_text("a.csv", text))
    assert (received.read, received.good, received.bad) == (4, 4, 0)
