"""XES event logs (IEEE 1849) as tables, read in one stream: a row an event, a column an attribute.

Attributes of events bear their key as name, those of the trace around them have ``case:`` before it. Only what a
mapping asks for is read. A document type is refused, and with it every trick that entities can play.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final
from xml.parsers.expat import ExpatError, ParserCreate

import pyarrow as pa
import pyarrow.parquet as pq

from jizhun.delivery.ingest.tap import PART, Tap
from jizhun.delivery.rules.mapping import FORMATS
from jizhun.kernel.bilingual import Refused

OF_THE_CASE: Final = "case:"
ROWS: Final = 100_000
"""Events that are held before they are written."""
SUFFIXES: Final = (*FORMATS, "xes", "xml")
STANDARD: Final = """
name_zh: 事件日志（XES）
name_en: Event log (XES)
fields:
  case_key: case:concept:name
  step: concept:name
  ended_at: time:timestamp
  transition: {column: "lifecycle:transition", other: other}
  role: org:role
"""
"""How a log is read that keeps to the standard's extensions (concept, time, lifecycle, organizational)."""
OPTIONAL: Final = ("transition", "role")
"""What such a log may lack."""


def is_xml(path: Path) -> bool:
    """Whether a file, unpacked, starts as XML does."""
    if not path.is_file():
        return False
    with closing(Tap(path, SUFFIXES)) as tap:
        return tap.read(1000).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


def as_table(path: Path, columns: Iterable[str], target: Path) -> set[str]:
    """Write the events of a log as Parquet with those of ``columns`` that occur, and give their names.

    Refused where it is not XML, not XES, or has a document type.
    """
    wanted = tuple(columns)
    events = _Events(wanted)
    with closing(Tap(path, SUFFIXES)) as tap:
        whole = pa.schema([pa.field(name, pa.string()) for name in wanted])
        beside = target.with_suffix(".whole")
        with pq.ParquetWriter(beside, whole) as writer:
            for rows in _parts(tap, events):
                writer.write_table(pa.table(list(map(pa.array, zip(*rows, strict=True))), schema=whole))
    seen = [name for name, told in zip(wanted, events.told, strict=True) if told]
    if not seen:
        listed = ", ".join(wanted)
        raise Refused(zh=f"日志中没有任何事件带有所要的属性：{listed}。",
                      en=f"no event of the log has any of the attributes that are read: {listed}.")
    if len(seen) < len(wanted):
        _narrow(beside, seen, target)
    else:
        beside.rename(target)
    return set(seen)


def _narrow(whole: Path, columns: Sequence[str], target: Path) -> None:
    """Only these columns of a file; where there are none, a file without rows."""
    schema = pa.schema([pa.field(name, pa.string()) for name in columns])
    with pq.ParquetFile(whole) as file, pq.ParquetWriter(target, schema) as writer:
        for batch in file.iter_batches(columns=list(columns)):
            writer.write_batch(batch)
    whole.unlink()


def _parts(tap: Tap, events: "_Events") -> Iterator[list[list[str | None]]]:
    """The events as rows, so many at a time."""
    try:
        while block := tap.read(PART):
            events.parser.Parse(block, False)
            while len(events.rows) >= ROWS:
                yield events.rows
                events.rows = []
        events.parser.Parse(b"", True)
    except ExpatError as error:
        raise Refused(zh=f"第 {error.lineno} 行不是 XML。", en=f"line {error.lineno} is not XML.") from None
    if events.rows:
        yield events.rows


class _Events:
    """Listens to the parser. ``rows``: events found so far, ``told``: whether each column ever held anything."""

    def __init__(self, wanted: tuple[str, ...]) -> None:
        self.rows: list[list[str | None]] = []
        self.told = [False] * len(wanted)
        self.parser = ParserCreate()
        self.parser.StartDoctypeDeclHandler = _no_doctype
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._handlers(wanted)

    def _handlers(self, wanted: tuple[str, ...]) -> tuple[Callable[[str, dict[str, str]], None], Callable[[str], None]]:
        """Called for every tag of the file: closures, because attributes of an object would cost as much again.

        What is deeper than an attribute of an event or a trace (lists, attributes of attributes) is passed over.
        """
        of_event = {name: at for at, name in enumerate(wanted)}
        of_trace = {name.removeprefix(OF_THE_CASE): at for name, at in of_event.items() if name.startswith(OF_THE_CASE)}
        depth, event_depth, trace_depth = 0, -1, -1
        trace: list[str | None] = [None] * len(wanted)
        row: list[str | None] = trace
        told = self.told

        def start(name: str, said: dict[str, str]) -> None:
            nonlocal depth, event_depth, trace_depth, row, trace
            depth += 1
            if depth == event_depth + 1 or depth == trace_depth + 1:
                inside = event_depth > 0
                if not inside and name == "event":
                    event_depth, row = depth, trace.copy()
                elif (at := (of_event if inside else of_trace).get(said.get("key", ""))) is not None:
                    (row if inside else trace)[at] = said.get("value")
                    told[at] = True
            elif depth == 2 and name in ("trace", "event"):
                trace = [None] * len(wanted)
                trace_depth, event_depth, row = (2, -1, trace) if name == "trace" else (-1, 2, trace)
            elif depth == 1 and name != "log":
                raise _no_log()

        def end(_name: str) -> None:
            nonlocal depth, event_depth, trace_depth
            if depth == event_depth:
                self.rows.append(row)
                event_depth = -1
            elif depth == trace_depth:
                trace_depth = -1
            depth -= 1

        return start, end


def _no_doctype(*_said: Any) -> None:
    raise Refused(zh="XES 文件不应含有文档类型声明（DOCTYPE）。", en="an XES file has no document type (DOCTYPE).")


def _no_log() -> Refused:
    return Refused(zh="这不是 XES 事件日志：最外层应为 <log>。",
                   en="this is no XES event log: its outermost tag is <log>.")
