"""From a mapping to SQL: what every row says, and everything that can be wrong with it."""

from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import duckdb
import pyarrow as pa

from jizhun.analytics.cases import DAY_SECONDS, EPOCH, FAR_DAY, FAR_SECOND
from jizhun.delivery.ingest import expressions
from jizhun.delivery.ingest.opening import quoted
from jizhun.delivery.rules.contract import FIELDS
from jizhun.delivery.rules.directory import (
    BETWEEN,
    NO_REASONS,
    Directory,
    Entry,
    Found,
    Register,
    choices,
    fixed,
    reasons_resolver,
    resolver,
)
from jizhun.delivery.rules.mapping import REJECT, FieldRule, Mapping

LOOKED_UP: Final = ("matter", "region", "group", "channel", "outcome", "rating", "transition", "accepting_region")
"""The fields whose faults are told first, in this order."""
LISTED: Final = ("code", "choice", "rating", "codes")
"""Kinds of fields that are looked up."""
BAD: Final = "numbered WHERE rid IN (SELECT rid FROM kept WHERE bad)"
"""The rows of the piece that were found bad."""
TIMES: Final = ("accepted_at", "decided_at", "closed_at", "due_at", "started_at", "ended_at", "rated_at",
                "forwarded_at")


@dataclass
class Lookup:
    """One column (or several) looked up: values already understood, and the table that holds them."""

    rule: FieldRule
    register: Register | None
    table: str
    known: dict[str, Found] = field(default_factory=dict)
    others: dict[str, int] = field(default_factory=dict)
    dated: bool = False


@dataclass
class Reader:
    """Everything that depends on mapping, directory and data day but not on the piece being read."""

    mapping: Mapping
    directory: Directory
    columns: tuple[str, ...]
    data_day: date
    key: bytes = b""
    lookups: dict[str, Lookup] = field(default_factory=dict)
    offsets: frozenset[str] = frozenset()
    padded: bool = True
    trusting: bool = False
    """No new values are expected: pieces are read without looking for them first, and read again if there were any."""

    def __post_init__(self) -> None:
        registers = {
            "matter": self.directory.matters,
            "region": self.directory.regions,
            "group": self.directory.groups,
            "accepting_region": self.directory.regions,
        }
        for name in dict.fromkeys((*LOOKED_UP, *self.mapping.fields)):
            rule = self.mapping.fields.get(name)
            if rule and rule.about.kind in LISTED:
                self.lookups[name] = Lookup(rule, registers.get(name), f"look_{name}")
        self._doubtful = False
        several, plain = reasons_resolver, self.directory.categories
        self._resolvers = {
            name: several(one.rule, plain) if one.rule.about.kind == "codes" else resolver(one.rule, one.register)
            for name, one in self.lookups.items()}
        self._fixed = {name: NO_REASONS if one.rule.about.kind == "codes" else fixed(one.rule, one.register)
                       for name, one in self.lookups.items()}

    # -- the file's columns ----------------------------------------------------------------------------

    def column(self, name: str) -> str:
        """A column of the file by the name it has in ``raw``."""
        return f"c{self.columns.index(name)}"

    def value(self, rule: FieldRule) -> str:
        """What a rule's columns say, as one text; parts of a looked-up value stay apart."""
        between = BETWEEN if rule.about.kind in LISTED else rule.join
        return expressions.joined([self.column(name) for name in rule.columns], between)

    def fixed(self, name: str) -> Entry | None:
        """What an absent value of a looked-up field stands for, or its constant; None: it is a fault."""
        return self._fixed[name]

    def entry(self, name: str, number: int) -> Entry | None:
        """The matter, place, group or word that a field's number stands for."""
        register = self.lookups[name].register or choices(self.lookups[name].rule.about)
        return next((one for one in register.entries if one.number == number), None)

    def time_columns(self) -> set[str]:
        """Columns that may hold ISO times, as named in ``raw``."""
        rules = [r for r in self.mapping.fields.values() if r.about.kind == "time" and "iso" in r.formats]
        named = {column for rule in rules for column in rule.columns}
        for span in self.mapping.spans:
            named |= {one for one in (span.start, span.end) if one}
        for step in self.mapping.steps:
            named |= {one for one in (step.start, step.end) if one}
        return {self.column(name) for name in named}

    def seconds(self, column: str, formats: Sequence[str], *, end_of_day: bool = False) -> str:
        """Local seconds of a column of ``raw``."""
        return expressions.seconds(
            column,
            formats,
            self.mapping.time_zone,
            offsets=column in self.offsets or column not in self.time_columns(),
            end_of_day=end_of_day,
        )

    # -- before each piece -----------------------------------------------------------------------------

    def prepare(self, con: duckdb.DuckDBPyConnection) -> None:
        """Look at the piece once: which times carry offsets, which values are new to the look-ups."""
        times = sorted(self.time_columns())
        keys = [self.value(rule) for rule in self.keys().values() if rule.columns]
        blank = " OR ".join(f"{key} < '!' OR suffix({key}, ' ')" for key in keys)  # empty, or a space at an end
        asked = [f"bool_or({blank})"]
        asked += [f"bool_and({expressions.is_wall_clock(column)})" for column in times]
        padded, *plain = con.execute(f"SELECT {', '.join(asked)} FROM raw").fetchall()[0]
        self.padded = bool(padded)
        odd = [column for column, all_plain in zip(times, plain, strict=True) if not all_plain]
        self.offsets = frozenset(column for column in odd if _any_offset(con, column))
        for name, lookup in self.lookups.items():
            if lookup.rule.columns and not self._trusted(lookup):
                self._understand(con, name, lookup)
        self.trusting = not self._doubtful

    def _trusted(self, lookup: Lookup) -> bool:
        """Values that count as “other” have to be counted, so they are looked at in every piece."""
        return self.trusting and lookup.rule.other == REJECT

    def learn(self, con: duckdb.DuckDBPyConnection) -> bool:
        """Whether rows were called bad only because their values were new: then the piece has to be read again.

        A file that surprised once is not trusted any more.
        """
        learned = False
        for name, lookup in self.lookups.items():
            if lookup.rule.columns and self._trusted(lookup):
                learned = self._understand(con, name, lookup, BAD) or learned
        self._doubtful = self._doubtful or learned
        self.trusting = not self._doubtful
        return learned

    def _understand(self, con: duckdb.DuckDBPyConnection, name: str, lookup: Lookup, rows: str = "raw") -> bool:
        """Make the look-up table from the values that occur; whether any of them was new."""
        counted = con.execute(
            f"SELECT value, count(*) FROM (SELECT {self.value(lookup.rule)} AS value FROM {rows}) "
            "WHERE value IS NOT NULL GROUP BY value"
        ).fetchall()
        if all(value in lookup.known for value, _ in counted) and rows == BAD:
            return False
        for value, number in counted:
            found = lookup.known.get(value)
            if found is None:
                found = lookup.known[value] = self._resolvers[name](value)
            if found.other:
                lookup.others[value] = lookup.others.get(value, 0) + number
        lookup.dated = any(
            found.entry and (found.entry.first_day > 0 or found.entry.last_day < FAR_DAY)
            for found in lookup.known.values()
        )
        con.register("looked", _lookup_table(lookup.known))
        con.execute(f"CREATE OR REPLACE TEMP TABLE {lookup.table} AS SELECT * FROM looked")
        con.unregister("looked")
        return True

    # -- what a row says -------------------------------------------------------------------------------

    def read_sql(self, source: str, *, telling: bool = False) -> str:
        """A query over ``source`` (raw with rid): every field as a number or NULL, beside the texts.

        ``telling``: with what is needed to say what is wrong, which the many good rows do without.
        """
        said = [f"{self.key_sql(name)} AS {name}" for name in self.keys()]
        said += [self._looked_up(name) for name in self.lookups]
        said += [self._told(name) for name, one in self.lookups.items() if telling and one.rule.columns]
        said += [f"{self._time(name)} AS {name}" for name in TIMES if name in self.mapping.fields]
        said += [self._number(rule) for rule in self.mapping.fields.values() if rule.about.kind in ("money", "count")]
        said += [f"{self._word(rule)} AS {name}" for name, rule in self.words().items()]
        said += [self._steps()] if self.mapping.steps else []
        said += ["span_zh", "span_en"] if self.mapping.spans else []
        joins = " ".join(
            f"LEFT JOIN {one.table} ON {one.table}.value = {self.value(one.rule)}"
            for one in self.lookups.values()
            if one.rule.columns
        )
        spans = "LEFT JOIN span_faults USING (rid)" if self.mapping.spans else ""
        return f"SELECT source.*, {', '.join(said)} FROM {source} AS source {joins} {spans}"

    def keys(self) -> dict[str, FieldRule]:
        """The fields that hold keys: the first is that of the row itself."""
        return {name: rule for name, rule in self.mapping.fields.items() if rule.about.kind == "key"}

    def key_sql(self, name: str = "case_key") -> str:
        """A key as it goes to the lake."""
        rule = self.mapping.fields[name]
        if rule.constant is not None:
            return quoted(rule.constant)
        plain = f"nullif(trim({self.value(rule)}), '')" if self.padded else self.value(rule)
        return expressions.keyed_hash(plain, self.key) if rule.pseudonymise else plain

    def _looked_up(self, name: str) -> str:
        lookup, entry = self.lookups[name], self._fixed[name]
        number = "NULL" if entry is None else str(entry.number)
        if not lookup.rule.columns:
            extra = f", {entry.calendar if entry else 0} AS calendar" if name == "region" else ""
            return f"{number} AS {as_column(name)}{extra}"
        said = f"{lookup.table}.number AS {as_column(name)}"
        if entry is not None:
            said = f"CASE WHEN {self.value(lookup.rule)} IS NULL THEN {number} ELSE {lookup.table}.number END"
            said += f" AS {as_column(name)}"
        if name == "region":
            said += f", coalesce({lookup.table}.calendar, {entry.calendar if entry else 0}) AS calendar"
        if lookup.dated:
            said += f", {lookup.table}.first_day AS {name}_first, {lookup.table}.last_day AS {name}_last"
        return said

    def _told(self, name: str) -> str:
        table = self.lookups[name].table
        return ", ".join(f"{table}.{one} AS {name}_{one}" for one in ("zh", "en", "gone_zh", "gone_en"))

    def _time(self, name: str) -> str:
        rule = self.mapping.fields[name]
        late = name == "due_at" and rule.end_of_day
        if rule.constant is not None:
            return self.seconds(quoted(rule.constant), rule.formats, end_of_day=late)
        return self.seconds(self.column(rule.columns[0]), rule.formats, end_of_day=late)

    def told_elsewhere(self, name: str) -> bool:
        """Whether a row may leave a field empty: because the case that it names tells it, or because a case that is
        accepted where it is handled came from nowhere else."""
        if name == "accepting_region":
            return True
        return "review_key" in self.mapping.fields and self.lookups[name].rule.about.kind == "code"

    def words(self) -> dict[str, FieldRule]:
        """The fields whose own words are kept."""
        return {name: rule for name, rule in self.mapping.fields.items() if rule.about.kind == "word"}

    def _word(self, rule: FieldRule) -> str:
        """A word as it is kept: without spaces around it, under another name where the mapping gives one."""
        if rule.constant is not None:
            return quoted(rule.constant)
        text = f"nullif(trim({self.value(rule)}), '')"
        if not rule.values:
            return text
        named = " ".join(f"WHEN {quoted(said)} THEN {quoted(code)}" for said, code in rule.values.items())
        return f"CASE {text} {named} ELSE {text} END"

    def moment(self) -> str:
        """The time on which a place or matter has to be there."""
        times = [name for name in ("accepted_at", "started_at", "ended_at", "rated_at") if name in self.mapping.fields]
        return f"coalesce({', '.join(times)})"

    def _number(self, rule: FieldRule) -> str:
        text = quoted(rule.constant) if rule.constant is not None else self.column(rule.columns[0])
        if rule.about.kind == "money":
            return f"{expressions.cents(text, rule.cents)} AS {rule.about.name}"
        return f"{expressions.count(text)} AS {rule.about.name}"

    def _steps(self) -> str:
        parts = []
        for step in self.mapping.steps:
            start = f"({self.seconds(self.column(step.start), step.formats)} // {DAY_SECONDS})"
            end = str(FAR_DAY)
            if step.end:
                end = f"coalesce({self.seconds(self.column(step.end), step.formats)} // {DAY_SECONDS}, {FAR_DAY})"
            parts.append(f"'[' || to_json({quoted(step.name)}) || ',' || {start} || ',' || {end} || ']'")
        listed = f"concat_ws(',', {', '.join(parts)})"
        return f"CASE WHEN {listed} = '' THEN '' ELSE '[' || {listed} || ']' END AS steps"

    def end_second(self) -> int:
        """The last second of the data day."""
        return ((self.data_day - EPOCH).days + 1) * DAY_SECONDS - 1

    # -- what goes to the lake -------------------------------------------------------------------------

    def numbers_sql(self, source: str, bad: str) -> str:
        """Over ``source``: the integers that are sorted and stored, and whether the row is ``bad``."""
        said = [
            "rid",
            f"coalesce({bad}, false) AS bad",
            "case_key",
            "matter::SMALLINT AS matter",
            "region::INTEGER AS region",
            "calendar",
            "accepted_at",
            f"(accepted_at // {DAY_SECONDS})::INTEGER AS accepted_day",
        ]
        for name in ("decided_at", "closed_at", "due_at", "forwarded_at"):
            if name in self.mapping.fields:
                said.append(f"coalesce({name}, {FAR_SECOND}) AS {name}")
        for name, day in (("decided_at", "decided_day"), ("closed_at", "closed_day"),
                          ("forwarded_at", "forwarded_day")):
            if name in self.mapping.fields:
                said.append(
                    f"CASE WHEN {name} IS NULL THEN {FAR_DAY} "
                    f"ELSE greatest({name}, accepted_at) // {DAY_SECONDS} END::INTEGER AS {day}"
                )
        said += [f"{as_column(name)}::SMALLINT AS {FIELDS[name].column}" for name in ("group",) if name in self.lookups]
        said += ["CASE WHEN accepting_region IS NULL OR accepting_region = region THEN 0 ELSE accepting_region END"
                 "::INTEGER AS came_from"] if "accepting_region" in self.lookups else []
        said += [f"{name}::TINYINT AS {name}" for name in ("channel", "outcome", "rating") if name in self.lookups]
        said += [
            self._stored_number(rule)
            for rule in self.mapping.fields.values()
            if rule.about.kind in ("money", "count")
        ]
        said += ["steps"] if self.mapping.steps else []
        return f"SELECT {', '.join(said)} FROM ({self.read_sql(source)})"

    def _stored_number(self, rule: FieldRule) -> str:
        absent = 0 if rule.about.name == "extended" else -1
        kind = "BIGINT" if rule.about.kind == "money" else "SMALLINT"
        return f"coalesce(TRY_CAST({rule.about.name} AS {kind}), {absent})::{kind} AS {rule.about.column}"


def as_column(name: str) -> str:
    """A field's name as SQL can bear it: ``group`` is a word of its own there."""
    return f'"{name}"' if name == "group" else name


def _any_offset(con: duckdb.DuckDBPyConnection, column: str) -> bool:
    """Whether any time in the column says how far it is from UTC."""
    return bool(con.execute(f"SELECT bool_or({expressions.has_offset(column)}) FROM raw").fetchall()[0][0])


def _lookup_table(known: Table[str, Found]) -> pa.Table:
    """The understood values as a table: the number they mean, or the reason why they mean nothing."""
    entries = [found.entry for found in known.values()]
    reasons = [found.reason for found in known.values()]
    return pa.table(
        {
            "value": pa.array(list(known), pa.string()),
            "number": pa.array([one.number if one else None for one in entries], pa.int32()),
            "first_day": pa.array([one.first_day if one else None for one in entries], pa.int32()),
            "last_day": pa.array([one.last_day if one else None for one in entries], pa.int32()),
            "gone_zh": pa.array([one.gone.zh if one else None for one in entries], pa.string()),
            "gone_en": pa.array([one.gone.en if one else None for one in entries], pa.string()),
            "calendar": pa.array([one.calendar if one else None for one in entries], pa.int32()),
            "zh": pa.array([one.zh if one else None for one in reasons], pa.string()),
            "en": pa.array([one.en if one else None for one in reasons], pa.string()),
        }
    )
