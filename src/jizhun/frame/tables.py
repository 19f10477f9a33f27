"""Tables: the same rows as a page shows them and as CSV."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jizhun.frame.charts import Chart, as_svg

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, and perhaps a link, a sign (kept, breach, simulated) or a small second line.

    ``plain`` is what the CSV holds where that differs, e.g. the unrounded number.
    """

    text: str
    href: str = ""
    sign: str = ""
    small: str = ""
    plain: object = None


@dataclass(frozen=True, slots=True)
class Column:
    """``label`` is shown, ``key`` heads the CSV column; ``kind``: text, number, date, or head of the row."""

    key: str
    label: str
    kind: str = "text"

    @property
    def style(self) -> str:
        """The class of its cells."""
        return {"number": "num", "date": "nowrap"}.get(self.kind, "")

    @property
    def is_head(self) -> bool:
        return self.kind == "head"


@dataclass(frozen=True, slots=True)
class Shown:
    """A row as the template walks it."""

    cells: Sequence[tuple[Column, Cell]]
    total: bool = False


@dataclass(frozen=True)
class Table:
    """``name`` chooses this table in ``?csv=name``; ``rows`` hold a Cell or text per column.

    ``stacked``: on a small screen every row becomes a block with its columns' labels, for wide tables.
    """

    name: str
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell | str]]
    note: str = ""
    caption_hidden: bool = False
    stacked: bool = False
    totals: frozenset[int] = field(default_factory=frozenset)

    @property
    def shown(self) -> Iterator[Shown]:
        for index, row in enumerate(self.rows):
            cells = [one if isinstance(one, Cell) else Cell(one) for one in row]
            yield Shown(list(zip(self.columns, cells, strict=True)), index in self.totals)


def as_csv(table: Table) -> HttpResponse:
    """The table as a CSV file that spreadsheet programs open in the right encoding."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="jizhun-{table.name}.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(column.key for column in table.columns)
    for row in table.rows:
        writer.writerow(_plain(cell) for cell in row)
    return response


def _plain(cell: Cell | str) -> object:
    value = cell if isinstance(cell, str) else cell.text if cell.plain is None else cell.plain
    # A text that a spreadsheet would run as a formula is made harmless; numbers stay numbers.
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def show(request: HttpRequest, template: str, context: dict[str, Any],
         tables: Iterable[Table] = (), charts: Iterable[Chart] = ()) -> HttpResponse:
    """The page, or the one of its tables that ``?csv=`` names, or the picture that ``?svg=`` does."""
    for table in tables:
        if table.name == request.GET.get("csv"):
            return as_csv(table)
    for chart in charts:
        if chart.name == request.GET.get("svg"):
            return as_svg(chart)
    return render(request, template, context)
