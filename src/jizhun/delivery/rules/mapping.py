"""A mapping: how anybody's table becomes case records. Read by ``parsing``, run by ``ingest``."""

import hashlib
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from jizhun.analytics.cases import CHANNELS, OUTCOMES
from jizhun.delivery.rules.contract import ASPECT, HOWS, RATINGS, TRANSITIONS, YES_OR_NO, ContractField
from jizhun.delivery.rules.marked import Problems, nearest
from jizhun.kernel.bilingual import Bilingual, Refused

FORMATS: Final = ("csv", "tsv", "jsonl", "parquet", "xlsx")
REJECT: Final = "reject"
KEEP: Final = "keep"
REJECT_COLUMNS: Final = ("row", "fields", "reasons_zh", "reasons_en")
"""What a file of rejected rows has before the file's own columns: mended, it can be handed in as it is."""
NAMED_FORMATS: Final = ("iso", "epoch", "epoch_ms", "excel")
CHOICES: Final[Table[str, Table[str, int]]] = {
    "channel": CHANNELS, "outcome": OUTCOMES, "rating": RATINGS, "transition": TRANSITIONS, "grade": RATINGS,
    "how": HOWS, "has_text": YES_OR_NO, "anonymous": YES_OR_NO,
    ASPECT: {word: number for word, number in RATINGS.items() if number < 6}}
DEFAULTS: Final[Table[str, str]] = {
    "group": "all",
    "channel": "unknown",
    "outcome": "unknown",
    "rating": "none",
    "transition": "complete",
    "grade": "none",
    "how": "active",
    "has_text": "no",
    "anonymous": "no",
    ASPECT: "none",
}
"""What an absent value stands for, where it need not be a fault."""


def listed_under(field: str) -> str:
    """Where ``CHOICES`` and ``DEFAULTS`` have a field: all aspects are graded alike."""
    return ASPECT if field.startswith(ASPECT) else field


EARLIEST: Final = date(2000, 1, 1)
"""Where working days begin to be counted."""


@dataclass(frozen=True, slots=True)
class FieldRule:
    """How one field of the contract is filled. ``line`` is where the mapping says so."""

    about: ContractField
    line: int
    columns: tuple[str, ...] = ()
    constant: str | None = None
    join: str = "-"
    formats: tuple[str, ...] = ("iso",)
    values: Table[str, str] = field(default_factory=dict)
    by: Literal["code", "name"] = "code"
    other: str = REJECT
    missing: str = REJECT
    cents: int = 100
    binds: bool = False
    end_of_day: bool = True
    pseudonymise: bool = False


@dataclass(frozen=True, slots=True)
class SpanRule:
    """Where stopped clocks stand: a pair of columns, or one column that lists ``start/end;start/end``."""

    line: int
    start: str = ""
    end: str = ""
    column: str = ""
    formats: tuple[str, ...] = ("iso",)
    last_day: bool = False


@dataclass(frozen=True, slots=True)
class StepRule:
    """One step of the procedure with the columns of its first and last day."""

    name: str
    line: int
    start: str
    end: str = ""
    formats: tuple[str, ...] = ("iso",)


@dataclass(frozen=True, slots=True)
class EventColumn:
    """A column made for a case from its events: what ``column`` says in the first or last of those events."""

    name: str
    line: int
    column: str
    of: tuple[str, ...] = ()
    take: Literal["first", "last"] = "first"


@dataclass(frozen=True, slots=True)
class EventRule:
    """How cases are put together from a file with a row an event: the columns that tell case and step."""

    line: int
    case: str
    step: str
    made: tuple[EventColumn, ...]

    def columns(self) -> dict[str, int]:
        """Every column of the events' own file, with its line."""
        return {**{one.column: one.line for one in self.made}, self.case: self.line, self.step: self.line}


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole mapping file, checked. ``early_close`` is in seconds; None keeps such a case however early."""

    file: str
    text: str
    name: Bilingual
    fields: Table[str, FieldRule]
    format: str = ""
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    header: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    time_zone: str = "Asia/Shanghai"
    extract_date: date | None = None
    within: str = "CN"
    calendar: str = "CN"
    spans: tuple[SpanRule, ...] = ()
    steps: tuple[StepRule, ...] = ()
    ignore: Table[str, int] = field(default_factory=dict)
    earliest: date = EARLIEST
    early_close: int | None = 0
    simulated: bool = False
    events: EventRule | None = None

    def digest(self, as_of: date | None = None) -> str:
        """What makes two readings of one file the same: the mapping's text, and a data day stated beside it."""
        return hashlib.sha256(f"{self.text}\0{as_of or ''}".encode()).hexdigest()

    def columns(self) -> dict[str, int]:
        """Every column that the mapping names, with the first line that does."""
        named: dict[str, int] = {}
        for rule in self.fields.values():
            for column in rule.columns:
                named.setdefault(column, rule.line)
        for span in self.spans:
            for column in filter(None, (span.start, span.end, span.column)):
                named.setdefault(column, span.line)
        for step in self.steps:
            for column in filter(None, (step.start, step.end)):
                named.setdefault(column, step.line)
        return named

    def shown(self) -> dict[str, int]:
        """Columns that may show a hidden key beside hiding it, with the last line that names each.

        A part of a key of several columns may be a code too (the place in it, say): that is no key in clear.
        """
        single = any(rule.pseudonymise and len(rule.columns) == 1 for rule in self.fields.values())
        plain = {column: rule.line for rule in self.fields.values() if not rule.pseudonymise
                 and (single or rule.about.kind not in ("code", "choice")) for column in rule.columns}
        spans = {column: span.line for span in self.spans for column in (span.start, span.end, span.column) if column}
        return plain | spans | {column: step.line for step in self.steps for column in (step.start, step.end) if column}

    def kept(self) -> frozenset[str]:
        """Columns whose own texts go to the lake: keys and words; of the others only numbers and codes do."""
        return frozenset(c for rule in self.fields.values() if rule.about.kind in ("key", "word") for c in rule.columns)

    def unkept(self) -> frozenset[str]:
        """Columns of free text: looked at where they come in, kept nowhere."""
        return frozenset(c for rule in self.fields.values() if rule.about.kind == "text" for c in rule.columns)

    def pseudonymised(self) -> frozenset[str]:
        """Columns whose values never leave the door in clear."""
        return frozenset(c for rule in self.fields.values() if rule.pseudonymise for c in rule.columns)


def check_columns(mapping: Mapping, present: tuple[str, ...]) -> None:
    """Refuse, naming the line, when the mapping names a column that the file does not have."""
    check_named(mapping.file, mapping.columns(), present)


def check_named(file: str, named: Table[str, int], present: tuple[str, ...]) -> None:
    """The same for columns named anywhere, each with its line in the mapping ``file``."""
    problems = Problems(file)
    for column, line in named.items():
        if column not in present:
            _complain_of_column(problems, column, line, present)
    problems.raise_any()


def _complain_of_column(problems: Problems, column: str, line: int, present: tuple[str, ...]) -> None:
    meant = nearest(column, present)
    listed = ", ".join(present[:40])
    problems.add(
        line,
        zh=f"文件中没有列 `{column}`{f'；是否指 `{meant}`？' if meant else '。'}文件有：{listed}。",
        en=f"the file has no column `{column}`{f'; did you mean `{meant}`?' if meant else '.'} It has: {listed}.",
    )


def refuse_identifiers(mapping: Mapping, suspicious: Table[str, Bilingual]) -> None:
    """Refuse when a column looks like personal data and the mapping neither ignores nor pseudonymises it."""
    named, hidden = mapping.columns(), mapping.pseudonymised()
    said = [
        (named.get(column), column, looks)
        for column, looks in suspicious.items()
        if column not in mapping.ignore and column not in hidden
    ]
    if not said:
        return
    raise Refused(
        zh="\n".join(
            f"{_at_zh(mapping, line)}列 `{column}` 看起来是{looks.zh}：请列入 `ignore`，"
            "或（仅限办件编号）写明 `pseudonymise: keyed_hash`。"
            for line, column, looks in said
        ),
        en="\n".join(
            f"{_at_en(mapping, line)}the column `{column}` looks like {looks.en}: list it under "
            "`ignore`, or (for the case key) say `pseudonymise: keyed_hash`."
            for line, column, looks in said
        ),
    )


def _at_zh(mapping: Mapping, line: int | None) -> str:
    return f"{mapping.file} 第 {line} 行：" if line else f"{mapping.file}："


def _at_en(mapping: Mapping, line: int | None) -> str:
    return f"{mapping.file} line {line}: " if line else f"{mapping.file}: "
