"""Tables: the same rows as a page shows them, as CSV and as a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jizhun.frame.charts import Chart, as_svg
from jizhun.kernel.workbooks import LONGEST_NAME, finished, new_book

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, and perhaps a link, a sign (kept, breach, simulated) or a small second line.

    ``plain`` is what the files hold where that differs, e.g. the unrounded number. ``choose``: instead of a text a
    box by which the row is chosen, with this value.
    """

    text: str
    href: str = ""
    sign: str = ""
    small: str = ""
    plain: object = None
    choose: str = ""


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


def as_xlsx(table: Table) -> HttpResponse:
    """The table as a spreadsheet: numbers as numbers, the head frozen, texts never taken for formulas."""
    book = new_book()
    sheet, bold = book.add_worksheet(table.name[:LONGEST_NAME]), book.add_format({"bold": True})
    sheet.write_row(0, 0, [column.label for column in table.columns], bold)
    for number, row in enumerate(table.rows, 1):
        sheet.write_row(number, 0, [value_of(cell) for cell in row])
    sheet.freeze_panes(1, 0)
    sheet.autofit()
    response = HttpResponse(finished(book), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="jizhun-{table.name}.xlsx"'
    return response


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def value_of(cell: Cell | str) -> object:
    """What the files hold of a cell."""
    return cell if isinstance(cell, str) else cell.text if cell.plain is None else cell.plain


def _plain(cell: Cell | str) -> object:
    value = value_of(cell)
    # A text that a spreadsheet would run as a formula is made harmless; numbers stay numbers.
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def show(request: HttpRequest, template: str, context: dict[str, Any],
         tables: Iterable[Table] = (), charts: Iterable[Chart] = (), status: int = 200) -> HttpResponse:
    """The page, or the one of its tables that ``?csv=`` or ``?xlsx=`` names, or the picture that ``?svg=`` does."""
    for table in tables:
        if table.name == request.GET.get("csv"):
            return as_csv(table)
        if table.name == request.GET.get("xlsx"):
            return as_xlsx(table)
    for chart in charts:
        if chart.name == request.GET.get("svg"):
            return as_svg(chart)
    return render(request, template, context, status=status)
