"""A model as named SQL steps: every person of a table through the same trees, month by month if need be.

A step is a SELECT over the one before it; it adds the decisions that can be worked out by then. What does not depend
on the month is worked out once; what does gets a column per month (``amount_1`` … ``amount_12``).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from jizhun.entitlements.dmn.lowering import Lowered
from jizhun.entitlements.dmn.running import known
from jizhun.entitlements.feel.sql import DUCKDB, Dialect, Scope, Sql, written
from jizhun.entitlements.feel.values import Fault
from jizhun.kernel.bilingual import Bilingual


@dataclass(frozen=True, slots=True)
class Step:
    """One named SELECT."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Population:
    """The steps, and where each decision wanted is found: by name, or (name, month) counted from 1."""

    steps: tuple[Step, ...]
    columns: Mapping[tuple[str, int], Sql]

    def text(self) -> str:
        """All steps as one statement."""
        parts = ",\n".join(f"{step.name} AS (\n  {step.text}\n)" for step in self.steps)
        return f"WITH {parts}\nSELECT * FROM {self.steps[-1].name}"


def population(lowered: Lowered, decisions: Iterable[str], columns: Scope, *, source: str, keep: Sequence[str] = (),
               months: Sequence[Mapping[str, Sql]] = (), dialect: Dialect = DUCKDB) -> Population:
    """SQL for ``decisions`` of every row of ``source``.

    ``columns`` tells of each input the column that holds it; ``months`` of each month the inputs that differ in it.
    ``keep`` are columns handed on as they are. Raises Fault for what cannot be counted exactly.
    """
    wanted = [known(lowered, name) for name in decisions]
    varying = _varying(lowered, months)
    needed = _needed(lowered, wanted)
    layers = _layers(lowered, needed)
    functions = {name: ([one for one, _ in function.parameters], function.body) for name,
                 function in lowered.functions.items()}
    found: dict[tuple[str, int], Sql] = {}
    steps: list[Step] = []
    carried = dict.fromkeys([*keep, *_read_columns(columns, months)])
    for number, layer in enumerate(layers, 1):
        new: list[str] = []
        for name in layer:
            for month in range(1, len(months) + 1) if name in varying else (0,):
                sql = _decision(lowered, name, month, _scope(columns, months, found, month), dialect, functions)
                column = f"{name}_{month}" if month else name
                new.append(f"{sql.text} AS {quoted(column)}")
                found[name, month] = replace(sql, text=quoted(column))
        steps.append(Step(f"step_{number}",
                          f"SELECT {', '.join([*carried, *new])} FROM {steps[-1].name if steps else source}"))
        carried.update(dict.fromkeys(quoted(f"{name}_{month}" if month else name)
                                     for name, month in found if name in layer))
    places = {(name, month): sql for (name, month), sql in found.items() if name in wanted}
    final = [*keep, *(sql.text for sql in places.values())]
    steps.append(Step("result", f"SELECT {', '.join(final)} FROM {steps[-1].name}"))
    return Population(tuple(steps), places)


def quoted(name: str) -> str:
    """A column name that cannot be taken for anything else."""
    return name if name.isidentifier() and name.isascii() else '"' + name.replace('"', '""') + '"'


def _decision(lowered: Lowered, name: str, month: int, scope: Scope, dialect: Dialect, functions: object) -> Sql:
    try:
        return written(lowered.decisions[name], scope, dialect, functions)  # type: ignore[arg-type]
    except Fault as fault:
        fault.found_in(Bilingual(f"决策“{name}”", f"decision “{name}”"), "")
        raise


def _scope(columns: Scope, months: Sequence[Mapping[str, Sql]], found: Mapping[tuple[str, int], Sql],
           month: int) -> dict[str, Sql]:
    """What a decision of a month reads: its own month's columns before those of no month."""
    scope = {**columns, **(months[month - 1] if month else {})}
    scope.update({name: sql for (name, of), sql in found.items() if of == 0})
    scope.update({name: sql for (name, of), sql in found.items() if of == month})
    return scope


def _read_columns(columns: Scope, months: Sequence[Mapping[str, Sql]]) -> list[str]:
    """The plain columns behind the inputs; constants need not be carried."""
    pieces = [*columns.values(), *(sql for month in months for sql in month.values())]
    return list(dict.fromkeys(one.text for one in pieces if one.text.isidentifier() or one.text.startswith('"')))


def _varying(lowered: Lowered, months: Sequence[Mapping[str, Sql]]) -> set[str]:
    """The decisions that differ from month to month: those that read, themselves or through others, what differs."""
    varying = {name for month in months for name in month}
    for name in lowered.order:
        if lowered.reads(name) & varying:
            varying.add(name)
    return varying & lowered.decisions.keys()


def _needed(lowered: Lowered, wanted: Sequence[str]) -> set[str]:
    found, waiting = set(wanted), list(wanted)
    while waiting:
        more = (lowered.reads(waiting.pop()) & lowered.decisions.keys()) - found
        found |= more
        waiting += more
    return found


def _layers(lowered: Lowered, needed: set[str]) -> list[list[str]]:
    """Decisions by how many steps they need."""
    depth: dict[str, int] = {}
    for name in lowered.order:
        if name in needed:
            depth[name] = 1 + max((depth[one] for one in lowered.reads(name) if one in depth), default=0)
    return [[name for name in lowered.order if depth.get(name) == level]
            for level in range(1, max(depth.values(), default=0) + 1)]


__all__ = ["Population", "Step", "population", "quoted"]
