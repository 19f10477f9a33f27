"""What an edition says, as plain data that JSON can hold: its table, its hash, and what the next one changes. Pure.

A content is a mapping: ``rows`` and ``columns`` are [code, zh, en] (the last of each is the total; without a second
dimension there is one column), ``indices`` hold ``cells`` row by row: [numerator, denominator, cases], "hidden" where
the number might tell about a person, or null where there was no case.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from jizhun.evaluation.rules import LEVELS, SMALLEST_PUBLISHED
from jizhun.evaluation.rules.suppression import Cell, hide_together
from jizhun.kernel.bilingual import Bilingual, Refused

Content = Mapping[str, Any]
Label = tuple[str, str, str]
"""(code, zh, en)"""
Triple = tuple[int, int, int]
"""(numerator, denominator, cases)"""
HIDDEN: Final = "hidden"
TOTAL: Final[Label] = ("", "合计", "Total")
PLACES: Final = ("region", *LEVELS)
DOWN: Final = ("item", "matter", *PLACES)
ACROSS: Final = ("", "month", "channel", *PLACES)
MOST_CELLS: Final = 1_500
"""A larger table takes a place of its own, or a coarser level."""
MOST_INDICES: Final = 6
MOST_SENTENCES: Final = 20


def checked_axes(down: str, across: str) -> tuple[str, ...]:
    """The dimensions of a table; raises Refused for what cannot stand there."""
    if down not in DOWN or across not in ACROSS or (down in PLACES and across in PLACES):
        raise Refused(zh="行可以是项目、事项或地区，列可以是地区、月份或渠道；地区只能用一次。",
                      en="Rows may be items, matters or places; columns places, months or channels; places once only.")
    return (down, across) if across else (down,)


# -- making ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Grid:
    """The figures of one index on the axes: (row code, column code) -> triple."""

    figures: Mapping[tuple[str, str], Triple]

    def inner(self, rows: Sequence[Label], columns: Sequence[Label], part: int) -> list[list[int]]:
        """One of the three numbers as a table without totals; 0 where there was no case."""
        return [[self.figures.get((row[0], column[0]), (0, 0, 0))[part] for column in columns] for row in rows]


def masked(grids: Sequence[Grid], rows: Sequence[Label], columns: Sequence[Label], *,
           kept: Iterable[tuple[str, str]] = (), smallest: int = SMALLEST_PUBLISHED,
           ) -> tuple[list[list[list[Any]]], dict[Cell, str]]:
    """The cells of each index with totals, and why each hidden one is: primary or secondary.

    ``kept``: (row, column) codes, "" for a total, that are to stay hidden because an earlier edition hid them.
    """
    if len(rows) * len(columns) > MOST_CELLS:
        raise Refused(zh=f"表格超过 {MOST_CELLS} 格，请选择更粗的层级或更小的地区。",
                      en=f"The table has more than {MOST_CELLS} cells: choose a coarser level or a smaller place.")
    down, across = [*rows, TOTAL], [*columns, TOTAL]
    at = {(row[0], column[0]): (i, j) for i, row in enumerate(down) for j, column in enumerate(across)}
    primary, secondary = hide_together(
        grids[0].inner(rows, columns, 2), [grid.inner(rows, columns, 1) for grid in grids], smallest=smallest,
        kept=frozenset(at[pair] for pair in kept if pair in at))
    why = {**dict.fromkeys(primary, "primary"), **dict.fromkeys(secondary, "secondary")}
    return [_cells(grid, rows, columns, why) for grid in grids], why


def _cells(grid: Grid, rows: Sequence[Label], columns: Sequence[Label], hidden: Mapping[Cell, str]) -> list[list[Any]]:
    parts = [_summed(grid.inner(rows, columns, part)) for part in range(3)]
    return [[HIDDEN if (i, j) in hidden else [part[i][j] for part in parts] if parts[2][i][j] else None
             for j in range(len(columns) + 1)] for i in range(len(rows) + 1)]


def _summed(inner: Sequence[Sequence[int]]) -> list[list[int]]:
    rows = [[*row, sum(row)] for row in inner]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


def canonical(content: Any) -> str:
    """JSON with sorted keys and no spaces: equal contents have equal texts."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def content_hash(content: Content, reason: Bilingual) -> str:
    """SHA-256 (hex) over everything that an edition says, and why it was made."""
    return hashlib.sha256(canonical([content, reason.zh, reason.en]).encode()).hexdigest()


# -- reading ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure of an edition. ``figure`` is None where there was no case; ``hidden`` where it is kept back."""

    row: Label
    column: Label
    figure: Triple | None
    hidden: bool

    @property
    def share(self) -> Fraction | None:
        """Exact; None where nothing is shown or there is nothing to divide by."""
        return Fraction(self.figure[0], self.figure[1]) if self.figure and self.figure[1] else None


def labels(content: Content, axis: str) -> list[Label]:
    """The labels of ``rows`` or ``columns``, the total last; without a second dimension the one column."""
    found = [(str(code), str(zh), str(en)) for code, zh, en in content[axis]]
    return [*found, TOTAL] if axis == "rows" or content["across"] else [TOTAL]


def shown(content: Content, index: str) -> Iterator[Shown]:
    """The figures of one index, row by row with their totals."""
    cells = next(one["cells"] for one in content["indices"] if one["code"] == index)
    rows, columns = labels(content, "rows"), labels(content, "columns")
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            cell = cells[i][j if content["across"] else -1]
            hidden = cell == HIDDEN
            yield Shown(row, column, None if hidden or cell is None else (cell[0], cell[1], cell[2]), hidden)


def both(text: Mapping[str, str]) -> Bilingual:
    """A text of a content."""
    return Bilingual(text["zh"], text["en"])


# -- what changed ----------------------------------------------------------------------------------


def changes(before: Content, after: Content) -> list[Bilingual]:
    """What the later of two editions says otherwise, in sentences; figures that are kept back are told without numbers.

    Totals first, then what changed most; at most ``MOST_SENTENCES`` single figures, then how many more.
    """
    found = [one for index in after["indices"] for one in _figures(before, after, index)]
    figures = [one.said for one in sorted(found, key=lambda one: one.rank)]
    told = [*_about(before, after), *figures[:MOST_SENTENCES]]
    if len(figures) > MOST_SENTENCES:
        rest = len(figures) - MOST_SENTENCES
        told.append(Bilingual(f"另有 {rest} 个数字有变化，见机器可读文件。",
                              f"{rest} more figures changed: see the machine-readable files."))
    return told or [Bilingual("数字没有变化。", "No figure changed.")]


def _about(before: Content, after: Content) -> Iterator[Bilingual]:
    if before["as_of"] != after["as_of"]:
        yield Bilingual(f"数据日期由 {before['as_of']} 改为 {after['as_of']}。",
                        f"The data date is {after['as_of']}; it was {before['as_of']}.")
    old, new = before["quality"]["grade"], after["quality"]["grade"]
    if old != new:
        yield Bilingual(f"数据质量由 {old} 级变为 {new} 级。", f"The grade of the data is {new}; it was {old}.")
    engines = [one["indices"][0]["run"] for one in (before, after)]
    versions = [f"{one['engine']} {one['engine_version']}" for one in engines]
    if versions[0] != versions[1]:
        yield Bilingual(f"计算引擎由 {versions[0]} 变为 {versions[1]}。",
                        f"The engine is {versions[1]}; it was {versions[0]}.")


@dataclass(frozen=True, slots=True)
class _Changed:
    """One figure that changed; ``rank`` sorts totals before single cells, great changes before small ones."""

    rank: tuple[int, float]
    said: Bilingual


def _figures(before: Content, after: Content, index: Mapping[str, Any]) -> Iterator[_Changed]:
    code, name = index["code"], both(index["name"])
    if code not in [one["code"] for one in before["indices"]]:
        return
    old = {(one.row[0], one.column[0]): one for one in shown(before, code)}
    new = {(one.row[0], one.column[0]): one for one in shown(after, code)}
    for key in [*new, *(key for key in old if key not in new)]:
        one, other = old.get(key), new.get(key)
        about, was, now = other or one, _figure(one), _figure(other)
        if about is not None and was != now:
            where = _where(about, name)
            yield _Changed(_rank(about, one, other), Bilingual(f"{where.zh}：{was.zh} → {now.zh}。",
                                                               f"{where.en}: {was.en} → {now.en}."))


def _rank(about: Shown, one: Shown | None, other: Shown | None) -> tuple[int, float]:
    totals = (about.row == TOTAL) + (about.column == TOTAL)
    shares = [said.share for said in (one, other) if said is not None and said.share is not None]
    return -totals, -float(abs(shares[0] - shares[1])) if len(shares) > 1 else -1.0


def _where(one: Shown, name: Bilingual) -> Bilingual:
    parts = [one.row, *([one.column] if one.column != TOTAL or one.row == TOTAL else [])]
    named = [part for part in parts if part != TOTAL] or [TOTAL]
    return Bilingual("，".join([*(part[1] for part in named), name.zh]),
                     ", ".join([*(part[2] or part[1] for part in named), name.en]))


def _figure(one: Shown | None) -> Bilingual:
    if one is None or (one.figure is None and not one.hidden):
        return Bilingual("无办件", "no case")
    if one.figure is None:
        return Bilingual("不公布", "not shown")
    value, (numerator, denominator, _) = one.share, one.figure
    if value is None:
        return Bilingual("无可判定办件", "no judged case")
    percent = f"{float(value * 10_000 // 1) / 100:.2f}"
    return Bilingual(f"{percent}%（{numerator:,}／{denominator:,}）", f"{percent} % ({numerator:,} of {denominator:,})")
