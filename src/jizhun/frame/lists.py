"""Lists: a table whose order, columns and page stand in the address, and that is given away as it is seen."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.http import HttpRequest

from jizhun.frame.addresses import with_query
from jizhun.frame.tables import Cell, Column, Table, value_of

PAGE_ROWS = 50
CHOICE = "choose"
"""The column of the boxes by which rows are chosen: on every page, in no file."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's head: ``href`` sorts by it, ``order`` is how it is sorted now (ascending, descending or "")."""

    column: Column
    href: str
    order: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A column that may be shown or not."""

    column: Column
    shown: bool


@dataclass(frozen=True)
class Listing:
    """``table`` is this page of the list; ``whole`` all of it, for the files."""

    table: Table
    whole: Table
    headings: Sequence[Heading]
    choices: Sequence[Choice]
    kept: Sequence[tuple[str, str]]
    """What the address says besides the columns: it stays when columns are chosen."""
    first: int
    last: int
    found: int
    before: str = ""
    after: str = ""


def listing(request: HttpRequest, table: Table, page_rows: int = PAGE_ROWS) -> Listing:
    """The list that the address asks for: ``sort=key`` or ``-key``, ``column=key`` as often as wanted, ``page``."""
    order = request.GET.get("sort", "")
    shown = _shown(table, request.GET.getlist("column"))
    whole = _with_columns(_sorted(table, order), shown)
    page, pages = page_asked(request, len(table.rows), page_rows), pages_of(len(table.rows), page_rows)
    start = (page - 1) * page_rows
    rows = whole.rows[start:start + page_rows]
    return Listing(
        table=replace(whole, rows=rows), whole=without_choice(whole),
        headings=[_heading(request, column, order) for column in whole.columns],
        choices=[Choice(one, one in whole.columns) for one in table.columns if _optional(one)],
        kept=[(key, value) for key, values in request.GET.lists() if key not in ("column", "page") for value in values],
        first=start + 1 if rows else 0, last=start + len(rows), found=len(table.rows),
        before=with_query(request, page=page - 1) if page > 1 else "",
        after=with_query(request, page=page + 1) if page < pages else "")


def pages_of(found: int, page_rows: int) -> int:
    """How many pages so many rows fill; never none."""
    return max(1, -(-found // page_rows))


def page_asked(request: HttpRequest, found: int, page_rows: int) -> int:
    """The page that the address asks for, among those that there are; what is no number asks for the first."""
    text = request.GET.get("page", "")
    asked = int(text) if text.isdecimal() and len(text) < 9 else 1
    return min(max(asked, 1), pages_of(found, page_rows))


def _optional(column: Column) -> bool:
    return not column.is_head and column.key != CHOICE


def _shown(table: Table, wanted: Sequence[str]) -> list[int]:
    """Places of the columns to be shown: those wanted and those without which a row has no name; else all."""
    keys = {one.key for one in table.columns if _optional(one)}
    chosen = keys & set(wanted) or keys
    return [at for at, one in enumerate(table.columns) if not _optional(one) or one.key in chosen]


def _with_columns(table: Table, shown: Sequence[int]) -> Table:
    return replace(table, columns=[table.columns[at] for at in shown],
                   rows=[[row[at] for at in shown] for row in table.rows])


def without_choice(table: Table) -> Table:
    """The table without the boxes."""
    return _with_columns(table, [at for at, one in enumerate(table.columns) if one.key != CHOICE])


def _sorted(table: Table, order: str) -> Table:
    key = order.removeprefix("-")
    at = next((at for at, one in enumerate(table.columns) if one.key == key and key != CHOICE), None)
    if at is None:
        return table
    filled = [row for row in table.rows if value_of(row[at]) not in ("", None)]
    empty = [row for row in table.rows if value_of(row[at]) in ("", None)]  # last, whichever way it is sorted
    filled.sort(key=lambda row: _rank(row[at]), reverse=order.startswith("-"))
    return replace(table, rows=[*filled, *empty])


def _rank(cell: Cell | str) -> tuple[int, float, str]:
    """Numbers by their size, before words by their letters."""
    value = value_of(cell)
    if isinstance(value, int | float):
        return 0, float(value), ""
    return 1, 0.0, (cell if isinstance(cell, str) else cell.text).casefold()


def _heading(request: HttpRequest, column: Column, order: str) -> Heading:
    if column.key == CHOICE:
        return Heading(column, "", "")
    now = {column.key: "ascending", f"-{column.key}": "descending"}.get(order, "")
    following = f"-{column.key}" if now == "ascending" else column.key
    return Heading(column, with_query(request, sort=following, page=None), now)
