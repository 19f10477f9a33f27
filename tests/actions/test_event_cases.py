"""Case records out of a log of events: by mapping only, from XES or any table with a row an event."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from following import DIRECTORY, written
from jizhun.analytics.cases import FAR_DAY
from jizhun.analytics.lake import Lake
from jizhun.delivery.ingest import Delivery, Received, Staging, ingest
from jizhun.delivery.ingest.sample import sample
from jizhun.delivery.rules.parsing import parse
from jizhun.kernel.bilingual import Refused

MAPPING = """
extract_date: 2025-12-31
events:
  case: case
  step: step
  columns:
    began: {column: at, of: [accept], take: first}
    ended: {column: at, of: [decide, "quit, at once"], take: last}
    where: {column: place}
fields: {case_key: case, matter: {constant: M1}, region: where, accepted_at: began, closed_at: ended}
"""
EVENTS = [("k1", "apply", "2025-01-01", "R1"), ("k2", "accept", "2025-01-05", "R2"),
          ("k1", "accept", "2025-01-03", "R2"), ("k1", "decide", "2025-01-08", "R1"),
          ("k1", "accept", "2025-01-09", "R1"), ("k1", "decide", "2025-01-07", "R1"),
          ("k3", "apply", "2025-01-05", "R1"), ("k4", "accept", "2025-01-06", "R1"),
          ("k4", "quit, at once", "2025-01-06", "R1")]
"""Of k1 the last decision in the file counts, not the latest; k2 is open; k3 was never accepted."""
HEAD = ("case", "step", "at", "place")


def delivery(file: Path, text: str = MAPPING) -> Delivery:
    return Delivery(file, parse(text), "town", 1, date(2025, 12, 31))


def take_in(folder: Path, file: Path, text: str = MAPPING) -> Received:
    lake = Lake(folder / "lake")
    with lake.staging("b") as staged:
        return ingest(delivery(file, text), lake, DIRECTORY, Staging(staged, folder / "rejects.csv"))


def stored(folder: Path) -> list[tuple[Any, ...]]:
    columns = "case_key, region, accepted_day - 20089, CASE WHEN closed_day = ? THEN NULL ELSE closed_day - 20089 END"
    return duckdb.execute(f"SELECT {columns} FROM {Lake(folder / 'lake').relation()} ORDER BY 1", [FAR_DAY]).fetchall()


EXPECTED = [("k1", 1, 2, 6), ("k2", 2, 4, None), ("k4", 1, 5, 5)]
"""Key, place of the first event, and the days of acceptance and closing, counted from New Year."""


def as_xes(file: Path) -> Path:
    """The same events as the standard's XML, traces in the order of their first event."""
    traces = {case: [row for row in EVENTS if row[0] == case] for case in dict.fromkeys(row[0] for row in EVENTS)}
    told = "".join(
        f'<trace><string key="concept:name" value="{case}"/>' + "".join(
            f'<event><string key="concept:name" value="{step}"/><date key="time:timestamp" value="{at}"/>'
            f'<string key="place" value="{place}"/></event>' for _, step, at, place in rows) + "</trace>"
        for case, rows in traces.items())
    file.write_text(f'<?xml version="1.0"?><log xes.version="1.0">{told}</log>', "utf-8")
    return file


def test_cases_are_put_together_from_the_first_and_last_of_the_events_asked_for(tmp_path: Path) -> None:
    received = take_in(tmp_path, written(tmp_path / "log.csv", EVENTS, HEAD))
    assert (received.read, received.good, received.bad) == (4, 3, 1)
    assert stored(tmp_path) == EXPECTED
    with (tmp_path / "rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        (bad,) = csv.DictReader(file)
    assert bad["case"] == "k3" and "accepted_at" in bad["fields"]


def test_xes_gives_the_same_cases_as_a_table(tmp_path: Path) -> None:
    text = MAPPING.replace("case: case", 'case: "case:concept:name"').replace("step: step", 'step: "concept:name"')
    text = text.replace("column: at", 'column: "time:timestamp"')
    text = text.replace("case_key: case", 'case_key: "case:concept:name"')
    assert take_in(tmp_path, as_xes(tmp_path / "log.xes"), text).good == 3
    assert stored(tmp_path) == EXPECTED


def test_the_first_rows_can_be_looked_at_before_anything_is_taken_in(tmp_path: Path) -> None:
    found = sample(delivery(written(tmp_path / "log.csv", EVENTS, HEAD)), DIRECTORY, tmp_path)
    assert [row.values["case_key"].text for row in found.rows] == ["k1", "k2", "k3", "k4"] and found.bad == 1


def test_a_line_that_is_no_event_refuses_the_file_because_a_case_would_lack_it(tmp_path: Path) -> None:
    file = written(tmp_path / "log.csv", [*EVENTS, ("k9", "accept")], HEAD)
    with pytest.raises(Refused, match="row 11 is no event"):
        take_in(tmp_path, file)
    assert Lake(tmp_path / "lake").files() == []


@pytest.mark.parametrize(("wrong", "right", "says"), [
    ("column: place", "column: plaice", "line 9: the file has no column `plaice`; did you mean `place`?"),
    ("take: last", "take: latest", "line 8: `take` cannot be “latest”; use one of first, last; did you mean `last`?"),
    ("{column: place}", "{of: [accept]}", "line 9: `where` needs a `column`."),
    ("  step: step\n", "", "line 3: `events` needs the columns `case` and `step`, and `columns`."),
    ("    where:", "    case:", "line 3: `case` is the case's own column already."),
    ("region: where", "region: whereabouts", "the file has no column `whereabouts`; did you mean `where`?"),
])
def test_what_is_wrong_with_the_mapping_is_told_with_its_line(
        tmp_path: Path, wrong: str, right: str, says: str) -> None:
    with pytest.raises(Refused) as refused:
        take_in(tmp_path, written(tmp_path / "log.csv", EVENTS, HEAD), MAPPING.replace(wrong, right))
    assert says in refused.value.sentence.en
