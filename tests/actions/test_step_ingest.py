"""Event logs of every kind become steps; a case with anything wrong in it is not taken, and every row tells why."""

import csv
import gzip
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from following import DIRECTORY, LOG, take_in, written
from jizhun.analytics.following.steps import BETWEEN, STEPS
from jizhun.analytics.lake import Lake
from jizhun.delivery.ingest import Delivery, Staging, ingest
from jizhun.delivery.ingest.steps import MOST_NAMES
from jizhun.delivery.ingest.xes import STANDARD
from jizhun.delivery.rules.parsing import parse, parse_steps
from jizhun.kernel.bilingual import Refused

HEAD = ("case", "step", "started", "ended", "place")
GOOD = [("k1", "accept", "2025-01-03 09:00:00", "2025-01-03 10:00:00", "R1"),
        ("k1", "decide", "2025-01-06 09:00:00", "2025-01-06 09:30:00", "R1"),
        ("k2", "accept", "2025-02-03 09:00:00", "2025-02-03 10:00:00", "R2")]
OF_CASES = """
fields: {case_key: id, matter: matter, region: region, accepted_at: accepted, closed_at: closed}
extract_date: 2025-12-31
"""
SHORT = "fields: {case_key: case, step: step, ended_at: ended}\nextract_date: 2025-12-31\n"


def stored(folder: Path, columns: str = "case_key, nth, step, previous") -> list[tuple[Any, ...]]:
    relation = Lake(folder / "lake", STEPS).relation()
    return duckdb.execute(f"SELECT {columns} FROM {relation} ORDER BY case_key, nth").fetchall()


def rejected(folder: Path) -> dict[int, str]:
    """Row -> the English reasons."""
    with (folder / "rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        return {int(row["row"]): row["reasons_en"] for row in csv.DictReader(file)}


def with_cases(folder: Path, *rows: Sequence[str]) -> None:
    """Cases of the same source in the same lake."""
    file = written(folder / "cases.csv", rows, ("id", "matter", "region", "accepted", "closed"))
    lake, mapping = Lake(folder / "lake"), parse(OF_CASES)
    delivery = Delivery(file, mapping, "town", 1, date(2025, 12, 31))
    with lake.staging("cases") as staged:
        ingest(delivery, lake, DIRECTORY, Staging(staged, folder / "c.csv"))


def test_steps_are_numbered_beside_the_one_before_with_the_whole_way_on_the_first(tmp_path: Path) -> None:
    received = take_in(tmp_path, written(tmp_path / "log.csv", reversed(GOOD), HEAD))
    assert (received.read, received.good, received.bad, received.rejects) == (3, 3, 0, None)
    assert stored(tmp_path) == [("k1", 1, "accept", ""), ("k1", 2, "decide", "accept"), ("k2", 1, "accept", "")]
    assert stored(tmp_path, "trace") == [(f"accept{BETWEEN}decide",), ("",), ("accept",)]
    assert stored(tmp_path, "is_last, done, matter, region, month") == [
        (0, 1, 1, 1, 202501), (1, 1, 1, 1, 202501), (1, 1, 1, 2, 202502)]
    assert received.notices[0].en == "3 steps of 2 cases."


@pytest.mark.parametrize(("change", "reason"), [
    ({"step": ""}, "step (step): is empty"), ({"ended": "soon"}, "ended_at (ended): “soon” is not a time"),
    ({"ended": "2024-12-31 08:00:00"}, "is before the start"), ({"place": "R7"}, "no place"),
    ({"started": "", "ended": ""}, "is empty, and so is the end"), ({"step": "x" * 121}, "is not a name"),
    ({"ended": "2026-03-01 08:00:00"}, "is after the data date"), ({"step": "a\x1fb"}, "is not a name")])
def test_one_wrong_row_and_the_whole_case_is_rejected_each_row_with_its_reason(
        tmp_path: Path, change: dict[str, str], reason: str) -> None:
    wrong = tuple({**dict(zip(HEAD, GOOD[1], strict=True)), **change}.values())
    others = [(key, *GOOD[2][1:]) for key in ("k2", "k3", "k4")]
    received = take_in(tmp_path, written(tmp_path / "log.csv", [GOOD[0], wrong, *others], HEAD))
    assert (received.read, received.good, received.bad) == (5, 3, 2)
    assert [key for key, *_ in stored(tmp_path)] == ["k2", "k3", "k4"]
    told = rejected(tmp_path)
    assert told[2] == "the whole case is rejected: its row 3 is wrong"
    assert reason.replace("no place", "no region “R7”") in told[3] and set(told) == {2, 3}


def test_a_mended_reject_file_can_be_handed_in_as_it_is(tmp_path: Path) -> None:
    wrong = (*GOOD[1][:3], "soon", "R1")
    take_in(tmp_path, written(tmp_path / "log.csv", [GOOD[0], wrong, GOOD[2]], HEAD))
    mended = tmp_path / "mended.csv"
    mended.write_text((tmp_path / "rejects.csv").read_text("utf-8-sig").replace("soon", GOOD[1][3]), "utf-8")
    assert take_in(tmp_path, mended).good == 2
    assert [key for key, *_ in stored(tmp_path)] == ["k1", "k1", "k2"]


def test_a_case_handed_in_again_is_replaced_whole_whatever_month_it_was_in(tmp_path: Path) -> None:
    take_in(tmp_path, written(tmp_path / "log.csv", GOOD, HEAD))
    later = [("k1", "accept", "2025-03-03 09:00:00", "2025-03-03 10:00:00", "R1")]
    received = take_in(tmp_path, written(tmp_path / "again.csv", later, HEAD))
    assert received.replaced == 2
    assert stored(tmp_path, "case_key, month") == [("k1", 202503), ("k2", 202502)]


def test_without_matter_and_place_the_case_record_tells_them_and_whether_it_is_finished(tmp_path: Path) -> None:
    with_cases(tmp_path, ("k1", "M2", "R2", "2025-01-02", "2025-01-07"), ("k2", "M1", "R1", "2025-02-01", ""))
    log = [("k1", "a", "2025-01-03"), ("k2", "a", "2025-02-03"), ("k3", "a", "2025-02-03")]
    received = take_in(tmp_path, written(tmp_path / "log.csv", log, ("case", "step", "ended")), SHORT)
    assert stored(tmp_path, "case_key, matter, region, done, accepted_day") == [
        ("k1", 2, 2, 1, 20090), ("k2", 1, 1, 0, 20120)]
    assert received.bad == 1 and "has not been handed in" in rejected(tmp_path)[4]


def test_a_step_without_an_end_has_not_ended_where_ends_are_recorded(tmp_path: Path) -> None:
    take_in(tmp_path, written(tmp_path / "log.csv", [(*GOOD[0][:3], "", "R1")], HEAD))
    assert stored(tmp_path, "ended_at > started_at, used_hours, used_wd") == [(True, -1, -1)]
    (tmp_path / "one").mkdir()
    only = LOG.replace(", ended_at: ended", "")
    take_in(tmp_path / "one", written(tmp_path / "log.csv", GOOD[:1], HEAD), only)
    assert stored(tmp_path / "one", "ended_at - started_at, used_hours") == [(0, 0)]


def test_starts_and_ends_on_rows_of_their_own_become_steps(tmp_path: Path) -> None:
    """A start right before an end of the same step is one with it; what is neither is set aside and told."""
    mapping = SHORT.replace("ended_at: ended}", "ended_at: ended, transition: {column: what, other: other}, "
                                                "matter: {constant: M1}, region: {constant: R1}}")
    rows = [("k", "a", "2025-01-03 09:00", "start"), ("k", "b", "2025-01-03 09:30", "start"),
            ("k", "a", "2025-01-03 10:00", "complete"), ("k", "a", "2025-01-03 11:00", "COMPLETE"),
            ("k", "a", "2025-01-03 10:30", "assign")]
    received = take_in(tmp_path, written(tmp_path / "log.csv", rows, ("case", "step", "ended", "what")), mapping)
    assert stored(tmp_path, "step, again, used_hours") == [("a", 0, 1), ("b", 0, -1), ("a", 1, -1)]
    assert any("tell neither" in notice.en for notice in received.notices)


def test_words_of_the_file_may_stand_for_codes_of_the_procedure(tmp_path: Path) -> None:
    mapping = LOG.replace("step: step", "step: {column: step, values: {受理登记: accept}}")
    take_in(tmp_path, written(tmp_path / "log.csv", [("k1", " 受理登记 ", *GOOD[0][2:])], HEAD), mapping)
    assert stored(tmp_path, "step") == [("accept",)]


def test_who_did_a_step_is_kept_only_as_a_role_and_identity_numbers_are_refused(tmp_path: Path) -> None:
    rows = [(*GOOD[0], "11010519491231002X")]
    with pytest.raises(Refused, match="resident identity number"):
        take_in(tmp_path, written(tmp_path / "log.csv", rows, (*HEAD, "clerk")))
    mapping = LOG.replace("step: step", "step: step, role: clerk")
    with pytest.raises(Refused, match="resident identity number"):
        take_in(tmp_path, written(tmp_path / "log.csv", rows, (*HEAD, "clerk")), mapping)
    assert stored(tmp_path) == []
    hidden = LOG.replace("case_key: case", "case_key: {column: case, pseudonymise: keyed_hash}") + "ignore: [clerk]\n"
    take_in(tmp_path, written(tmp_path / "log.csv", rows, (*HEAD, "clerk")), hidden)
    ((key,),) = stored(tmp_path, "case_key")
    assert len(key) == 32 and key != "k1"


def test_a_column_with_thousands_of_names_holds_no_steps(tmp_path: Path) -> None:
    rows = [(f"k{n}", f"step {n}", *GOOD[0][2:]) for n in range(MOST_NAMES + 1)]
    with pytest.raises(Refused, match="no names of steps"):
        take_in(tmp_path, written(tmp_path / "log.csv", rows, HEAD))


@pytest.mark.parametrize(("mapping", "says"), [
    ("fields: {case_key: case, ended_at: ended}\n", "lacks `step`"),
    ("fields: {case_key: case, step: step}\n", "needs `started_at` or `ended_at`"),
    ("fields: {case_key: case, step: step, ended_at: ended, fee: x}\n", "does not belong in a step record"),
    (SHORT.replace("step: step", "step: stage"), "no column `stage`")])
def test_a_mapping_that_does_not_fit_is_told_with_its_line(tmp_path: Path, mapping: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        take_in(tmp_path, written(tmp_path / "log.csv", GOOD, HEAD), mapping)


def test_a_rehearsal_keeps_nothing_but_tells_everything(tmp_path: Path) -> None:
    wrong = (*GOOD[1][:3], "soon", "R1")
    received = take_in(tmp_path, written(tmp_path / "log.csv", [GOOD[0], wrong, GOOD[2]], HEAD), dry_run=True)
    assert (received.good, received.bad) == (1, 2) and set(rejected(tmp_path)) == {2, 3}
    assert Lake(tmp_path / "lake", STEPS).version() == -1


# -- XES -------------------------------------------------------------------------------------------

XES = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <global scope="event"><string key="concept:name" value="nothing"/></global>
  <trace>
    <string key="concept:name" value="k1"><string key="concept:name" value="deep"/></string>
    <event>
      <string key="concept:name" value="受理"/><string key="org:resource" value="A person"/>
      <string key="org:role" value="intake"/><date key="time:timestamp" value="2025-01-03T01:00:00.000+00:00"/>
      <list key="more"><values><string key="concept:name" value="other"/></values></list>
    </event>
    <event>
      <string key="concept:name" value="决定"/><date key="time:timestamp" value="2025-01-06T09:30:00+08:00"/>
      <string key="lifecycle:transition" value="complete"/>
    </event>
  </trace>
  <trace><string key="concept:name" value="k2"/></trace>
</log>
"""


def take_in_xes(folder: Path, content: bytes, name: str = "log.xes") -> Any:
    with_cases(folder, ("k1", "M1", "R1", "2025-01-02", "2025-01-07"))
    (folder / name).write_bytes(content)
    return take_in(folder, folder / name, STANDARD)


@pytest.mark.parametrize("name", ["log.xes", "log.xes.gz"])
def test_a_standard_xes_log_needs_no_mapping_of_its_own(tmp_path: Path, name: str) -> None:
    content = XES.encode()
    received = take_in_xes(tmp_path, gzip.compress(content) if name.endswith("gz") else content, name)
    assert (received.read, received.bad) == (2, 0)
    assert stored(tmp_path, "step, previous, role, used_days, used_wd, used_hours") == [
        ("受理", "", "intake", 0, 0, 0), ("决定", "受理", "", 3, 1, 73)]


def test_an_xes_log_without_roles_and_transitions_is_read_too(tmp_path: Path) -> None:
    content = "\n".join(line for line in XES.splitlines() if "lifecycle" not in line and "org:role" not in line)
    content = content.replace("<list", '<date key="time:timestamp" value="2025-01-03T01:00:00Z"/><list')
    assert take_in_xes(tmp_path, content.encode()).good == 2
    assert stored(tmp_path, "role") == [("",), ("",)]


@pytest.mark.parametrize(("content", "says"), [
    ('<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "aaaa">]><log>&a;</log>', "DOCTYPE"),
    ("<log><trace>", "is not XML"), ("<html><body/></html>", "no XES event log"),
    ("<log><trace><event/></trace></log>", "no event of the log"), ("<log/>", "no event of the log"),
    ('<log><trace><event><string key="concept:name" value="a"/></event></trace></log>', "no column `time:timestamp`")])
def test_what_is_no_xes_is_refused_in_a_sentence(tmp_path: Path, content: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        take_in_xes(tmp_path, content.encode())
    assert stored(tmp_path) == []


def test_an_event_of_no_case_is_rejected_by_its_number(tmp_path: Path) -> None:
    stray = XES.replace("<trace><string key=\"concept:name\" value=\"k2\"/></trace>", """<event>
      <string key="concept:name" value="x"/><date key="time:timestamp" value="2025-01-03T01:00:00Z"/></event>""")
    received = take_in_xes(tmp_path, stray.encode())
    assert (received.good, received.bad) == (2, 1) and "is empty" in rejected(tmp_path)[3]


def test_the_standard_mapping_can_be_read() -> None:
    assert parse_steps(STANDARD).columns().keys() >= {"case:concept:name", "time:timestamp"}
