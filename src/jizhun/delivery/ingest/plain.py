"""The many rows that are written in the usual way, read by compiled loops; the others are left to SQL.

``Fields`` says where each field of a piece stands. ``Plain`` reads those rows of it about which there is no doubt:
known codes, ISO times, short numbers, nothing that looks like a person. All the others, and all rows of a mapping that
asks for more than that, go the way that tells every reason.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jizhun.analytics.cases import DAY_SECONDS, EPOCH, FAR_DAY, FAR_SECOND
from jizhun.delivery.ingest import expressions, loops
from jizhun.delivery.ingest.days import Days, sort_number
from jizhun.delivery.ingest.faults import LATEST_DUE
from jizhun.delivery.ingest.opening import ignored
from jizhun.delivery.ingest.reading import LISTED, TIMES, Lookup, Reader
from jizhun.delivery.ingest.splitting import Fields, keep_texts
from jizhun.delivery.rules.contract import FIELDS
from jizhun.delivery.rules.directory import Entry
from jizhun.delivery.rules.mapping import FieldRule, Mapping

THREADS: Final = 2
"""Parts of a piece that are read side by side: the loops hold no lock."""
AT_ONCE: Final = 65_536
"""Rows that one of them reads at a time: few enough that their text is still at hand for the next column."""
BATCH: Final = 122_880
"""Rows that one thread takes at a time."""
MONEY_DIGITS, COUNT_DIGITS = 8, 4
"""More digits are left to SQL, which knows what is too large."""
DECIMALS: Final = {1: 0, 100: 2}
"""Cents in the unit -> decimals that a sum may have."""
SMALL: Final = {"matter": pa.int16(), "region": pa.int32(), "group": pa.int16(), "channel": pa.int8(),
                "outcome": pa.int8(), "rating": pa.int8()}

CROSSING: Final = frozenset({"accepting_region", "forwarded_at"})
"""What only cases say that cross regions."""

Whole = NDArray[np.int64]
Marks = NDArray[np.bool_]


def is_usual(mapping: Mapping) -> bool:
    """Whether a mapping asks for nothing that the loops do not know."""
    if mapping.spans or mapping.steps or mapping.events or CROSSING & mapping.fields.keys():
        return False
    return all(name in FIELDS and _is_usual(rule) for name, rule in mapping.fields.items())


def _is_usual(rule: FieldRule) -> bool:
    kind = rule.about.kind
    if kind in LISTED:
        return len(rule.columns) <= 1 and kind != "codes"
    if len(rule.columns) != 1 or rule.constant is not None:
        return False
    return {"time": rule.formats[:1] == ("iso",), "money": rule.cents in DECIMALS}.get(kind, kind in ("key", "count"))


@dataclass
class Words:
    """The values of a column that are understood so far, ready to be looked up."""

    size: int
    text: NDArray[np.uint8]
    bounds: Whole
    slots: NDArray[np.int32]
    told: Whole

    @classmethod
    def of(cls, lookup: Lookup) -> "Words":
        """``told`` has number, calendar, first and last day; of what means nothing, or only “other”, no day at all."""
        known = dict(lookup.known)
        texts = [value.encode() for value in known]
        bounds = np.cumsum([0, *map(len, texts)], dtype=np.int64)
        text = np.frombuffer(b"".join(texts) or b"\0", np.uint8)
        slots = np.empty(1 << (2 * len(texts) + 1).bit_length(), np.int32)
        loops.fill_slots(text, bounds, slots)
        entries = [None if one.other else one.entry for one in known.values()]
        return cls(len(known), text, bounds, slots, np.array([*map(_told, entries), NEVER], np.int64))


NEVER: Final = (0, 0, 1, 0)
"""An entry that holds on no day."""


def _told(entry: Entry | None) -> tuple[int, int, int, int]:
    return (entry.number, entry.calendar, entry.first_day, entry.last_day) if entry else NEVER


@dataclass
class Plain:
    """Reads the plain rows of each piece, in the order in which they are stored."""

    reader: Reader
    words: dict[str, Words] = field(default_factory=dict)
    days: Days | None = None
    table: pa.Table = None

    def read(self, con: duckdb.DuckDBPyConnection, piece: Fields) -> None:
        """Make the tables ``plain`` of the rows without doubt and ``raw`` of the texts of all others."""
        sure = np.ones(piece.rows, np.bool_)
        self.days = self.days or Days.of(con)
        read = self._read(piece, sure)
        doubtful, rows = np.flatnonzero(~sure), np.flatnonzero(sure)
        rows = loops.ordered(read["sorting"][rows], rows)
        columns = {name: pa.array(values.take(rows)) for name, values in read.items()}
        columns |= {"rid": pa.array(rows, pa.int64()), "bad": pa.array(np.zeros(len(rows), np.bool_)),
                    "case_key": self._keys(con, piece, rows)}
        self.table = pa.table(columns)
        con.register("plain", pa.Table.from_batches(self.table.to_batches(BATCH), self.table.schema))
        con.execute("DROP TABLE IF EXISTS raw")
        keep_texts(con, piece, doubtful, ignored(self.reader.columns, self.reader.mapping), "CREATE TABLE raw AS")

    def _read(self, piece: Fields, sure: Marks) -> dict[str, Any]:
        """``_columns`` of several parts of the piece side by side."""
        bounds = [*range(0, piece.rows, AT_ONCE), piece.rows]
        for name, lookup in self.reader.lookups.items():
            self._words(name, lookup)
        with ThreadPoolExecutor(THREADS) as threads:
            parts = list(threads.map(lambda span: self._columns(piece.part(*span), sure[slice(*span)]),
                                     pairwise(bounds)))
        return {name: np.concatenate([part[name][0] for part in parts], dtype=kind.to_pandas_dtype(), casting="unsafe")
                for name, (_, kind) in parts[0].items()}

    def _keys(self, con: duckdb.DuckDBPyConnection, piece: Fields, rows: Whole) -> pa.Array:
        rule = self.reader.mapping.fields["case_key"]
        keys = piece.texts(self._at(rule), np.arange(piece.rows)).take(pa.array(rows))  # first as they stand in memory
        if not rule.pseudonymise:
            return keys
        con.register("keys", pa.table({"key": keys}))
        hidden = con.sql(f"SELECT {expressions.keyed_hash('key', self.reader.key)} AS key FROM keys")
        return hidden.to_arrow_table().column(0).cast(pa.string())

    def _at(self, rule: FieldRule) -> int:
        return self.reader.columns.index(rule.columns[0])

    def _columns(self, piece: Fields, sure: Marks) -> dict[str, tuple[Any, pa.DataType]]:
        """Every number that a row says; rows about which there is any doubt are marked in ``sure``."""
        fields, found = self.reader.mapping.fields, dict[str, tuple[Any, pa.DataType]]()
        self._check_texts(piece, sure)
        seconds = {name: self._time(piece, fields[name], sure) for name in TIMES if name in fields}
        self._check_order(seconds, sure)
        found["accepted_at"] = seconds["accepted_at"], pa.int64()
        found["accepted_day"] = seconds["accepted_at"] // DAY_SECONDS, pa.int32()
        for name in ("decided", "closed"):
            if f"{name}_at" in seconds:
                at = seconds[f"{name}_at"]
                day = np.where(at == FAR_SECOND, FAR_DAY, np.maximum(at, seconds["accepted_at"]) // DAY_SECONDS)
                found |= {f"{name}_at": (at, pa.int64()), f"{name}_day": (day, pa.int32())}
        if "closed_at" not in seconds:
            found["closed_day"] = np.full(piece.rows, FAR_DAY), pa.int32()
        if "due_at" in seconds:
            found["due_at"] = seconds["due_at"], pa.int64()
        for name, lookup in self.reader.lookups.items():
            found |= self._looked_up(piece, name, lookup, found["accepted_day"][0], sure)
        for rule in fields.values():
            if rule.about.kind in ("money", "count"):
                found[rule.about.column] = self._number(piece, rule, sure)
        return found | self._dated({name: values for name, (values, _) in found.items()}, found.pop("calendar")[0])

    def _dated(self, said: dict[str, Whole], calendar: Whole) -> dict[str, tuple[Any, pa.DataType]]:
        """What the table of days says of each row's days, and where the row belongs in the file."""
        assert self.days
        on = self.days.at(calendar, said["accepted_day"])
        found = {"month": (self.days.month[on], pa.int32()), "accepted_wd": (self.days.wd[on], pa.int16()),
                 "worked": (self.days.worked[on], pa.int8()),
                 "sorting": (sort_number(self.days.place[on], said["matter"], said["region"]), pa.int64())}
        for name in ("decided", "closed"):
            if f"{name}_at" in said:
                found[f"{name}_wd"] = self.days.wd[self.days.at(calendar, said[f"{name}_day"])], pa.int16()
        return found

    def _check_texts(self, piece: Fields, sure: Marks) -> None:
        """Keys, and whatever columns else might hold a person."""
        mapping = self.reader.mapping
        loops.trimmed(*piece.column(self._at(mapping.fields["case_key"])), sure)
        harmless = {*mapping.ignore, *mapping.pseudonymised(), *(mapping.columns().keys() - mapping.kept())}
        for at, name in enumerate(self.reader.columns):
            if name not in harmless:
                loops.impersonal(*piece.column(at), sure)

    def _time(self, piece: Fields, rule: FieldRule, sure: Marks) -> Whole:
        name = rule.about.name
        first = (self.reader.mapping.earliest - EPOCH).days * DAY_SECONDS
        last = LATEST_DUE if name == "due_at" else self.reader.end_second()
        late = DAY_SECONDS - 1 if name == "due_at" and rule.end_of_day else 0
        found = np.empty(piece.rows, np.int64)
        loops.times(*piece.column(self._at(rule)), np.array((first, last)), late, rule.about.required, found, sure)
        return found

    def _check_order(self, seconds: dict[str, Whole], sure: Marks) -> None:
        allowed = self.reader.mapping.early_close
        for name in ("decided_at", "closed_at"):
            if name in seconds and allowed is not None:
                sure &= seconds[name] + allowed >= seconds["accepted_at"]

    def _looked_up(self, piece: Fields, name: str, lookup: Lookup, day: Whole,
                   sure: Marks) -> dict[str, tuple[Any, pa.DataType]]:
        empty = np.array(_told(self.reader.fixed(name)), np.int64)
        numbers, calendars = np.full(piece.rows, empty[0], np.int32), np.full(piece.rows, empty[1], np.int32)
        if lookup.rule.columns:
            one = self._words(name, lookup)
            loops.look_up_entries(*piece.column(self._at(lookup.rule)), one.text, one.bounds, one.slots, one.told,
                                  empty, day, numbers, calendars, sure)
        column = FIELDS[name].column
        return {column: (numbers, SMALL[name])} | ({"calendar": (calendars, pa.int32())} if name == "region" else {})

    def _words(self, name: str, lookup: Lookup) -> Words:
        if name not in self.words or self.words[name].size != len(lookup.known):
            self.words[name] = Words.of(lookup)
        return self.words[name]

    def _number(self, piece: Fields, rule: FieldRule, sure: Marks) -> tuple[Whole, pa.DataType]:
        money, found = rule.about.kind == "money", np.empty(piece.rows, np.int64)
        absent = 0 if rule.about.name == "extended" else -1
        longest, places = (MONEY_DIGITS, DECIMALS[rule.cents]) if money else (COUNT_DIGITS, 0)
        loops.numbers(*piece.column(self._at(rule)), longest, places, absent, found, sure)
        return found, pa.int64() if money else pa.int16()
