"""Rows that are not taken: each fault is found and told in its row, and costs no other row."""

import json
from datetime import date

import pytest

from ingest_desk import DIRECTORY, GOOD, HEADER, MAPPING, Desk, row
from jizhun.delivery.ingest import Delivery
from jizhun.delivery.ingest.sample import sample
from jizhun.delivery.rules.parsing import parse

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


def test_no_number_at_all_has_one_reason(desk: Desk) -> None:
    received = desk.hand_in(desk.write("a.csv", [row("1", fee="nan"), row("2", fee="1e400"), row("3", fee="0.001")]))
    assert [one["reasons_en"].count(";") for one in desk.rejects(received).values()] == [0, 0, 0]


def test_the_sample_goes_on_behind_a_quotation_mark_that_is_not_closed(desk: Desk) -> None:
    rows = ["id,matter,region,channel,accepted,closed,fee,rating", ",".join(row("1")), '"2,' + ",".join(GOOD[1:]),
            *(",".join(row(f"k{n}")) for n in range(30))]
    path = desk.write_text("a.csv", "\n".join(rows) + "\n")
    with desk.lake.staging("s") as folder:
        seen = sample(Delivery(path, parse(MAPPING), "town", 1, date(2025, 6, 30)), DIRECTORY, folder)
    assert len(seen.rows) == 20 and [one.row for one in seen.rows if one.reasons.en] == [3]


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
