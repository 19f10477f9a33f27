"""A lake of one's own and a way to hand files of cases in, with rows that are right, spoilt or made up."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
from hypothesis import strategies as st

from jizhun.analytics.lake import Lake
from jizhun.delivery.ingest import Delivery, Progress, Received, Staging, ingest
from jizhun.delivery.rules.directory import Directory, Entry, Register
from jizhun.delivery.rules.parsing import parse
from jizhun.kernel.bilingual import Bilingual
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
SPANS = MAPPING + "suspended: {column: spans, end_is: %s}\n"


def row(key: str, **changed: str) -> tuple[str, ...]:
    said = {**dict(zip(HEADER, GOOD, strict=True)), "id": key, **changed}
    return tuple(said.values())


ROWS = [row("1"), row("2", matter="M2", channel="线上"), row("3", closed="")]


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


def at(text: str) -> int:
    return int((datetime.fromisoformat(text) - datetime(1970, 1, 1)).total_seconds())


def day(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


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
