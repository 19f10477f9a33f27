"""Comment tables as spreadsheets. Every cell is a text: nothing in it is ever a formula, a number or a date."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

from jizhun.drafting.interchange.cells import Said, answer_cell, cleaned
from jizhun.drafting.interchange.layout import (
    TEMPLATES,
    TITLES,
    Column,
    Head,
    explanation,
    head_lines,
    labelled,
)
from jizhun.drafting.rules.remarks import DISPOSITIONS, TYPES, Comment
from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.workbooks import finished, line_count, new_book, offer, print_across

FULL: Final = 32_000
"""UTF-16 units in one cell; spreadsheets hold 32,767. What is longer goes on in a further column."""
TALLEST: Final = 400
GREY, LINE = "#ECECEC", "#8C8C8C"
Values = Mapping[str, str]


def iso_xlsx(head: Head, comments: Sequence[Comment], language: str) -> bytes:
    """The comments in ISO's commenting form, our own columns to the right of it."""
    rows = [_iso_values(cleaned(one), language) for one in comments]
    return _workbook("iso", head, rows, [], language)


def cn_xlsx(head: Head, comments: Sequence[Comment], language: str) -> bytes:
    """The comments in China's 意见汇总处理表, our own columns to the right of it."""
    rows = [_cn_values(place, cleaned(one), language) for place, one in enumerate(comments, 1)]
    return _workbook("cn", head, rows, explanation(head, comments, language), language)


def _iso_values(fields: dict[str, str], language: str) -> Values:
    return {**fields, "answer": "".join(answer_cell(fields["disposition"], fields["answer"], language))}


def _cn_values(place: int, fields: dict[str, str], language: str) -> Values:
    said = Said(text=fields["text"], proposed=fields["proposed"])
    return {**_iso_values(fields, language), "ordinal": str(place), "text": "\n".join(said.lines(language))}


def pieces(text: str) -> list[str]:
    """The text cut into what one cell holds."""
    if len(text) * 2 <= FULL:
        return [text]
    parts, start, size = [], 0, 0
    for place, sign in enumerate(text):
        width = 2 if sign > "\uffff" else 1
        if size + width > FULL:
            parts.append(text[start:place])
            start, size = place, 0
        size += width
    return [*parts, text[start:]]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The sheet in the making: its visible columns are those of the template."""

    sheet: Any
    style: Callable[..., Any]
    columns: Sequence[Column]
    language: str

    @property
    def last(self) -> int:
        """The last column of the template itself."""
        return sum(not one.own for one in self.columns) - 1


def _workbook(kind: str, head: Head, rows: Sequence[Values], closing: Sequence[str], language: str) -> bytes:
    book = new_book()
    book.set_properties({"title": TITLES[kind].in_language(language), "subject": head.number})
    made = _Sheet(book.add_worksheet(Bilingual("意见", "Comments").in_language(language)), _styles(book, language),
                  TEMPLATES[f"{kind}_xlsx"], language)
    top = _write_head(made, kind, head)
    _write_header(made, top)
    _write_rows(made, top, rows)
    _write_closing(made, top + len(rows) + 1, closing)
    _page(made, top, top + len(rows) + bool(closing))
    return finished(book, growing=True)


def _styles(book: Any, language: str) -> Callable[..., Any]:
    """Cell formats by what differs from a plain text cell."""
    chinese, made = language.startswith("zh"), {}
    base = {"font_name": "宋体" if chinese else "Arial", "font_size": 10 if chinese else 9, "valign": "top",
            "text_wrap": True, "num_format": "@"}

    def style(**more: Any) -> Any:
        key = tuple(sorted(more.items()))
        if key not in made:
            made[key] = book.add_format({**base, **more})
        return made[key]

    return style


def _write_head(made: _Sheet, kind: str, head: Head) -> int:
    """Title and boxes; the row in which the header of the table stands."""
    title = made.style(bold=True, font_size=15, align="center", valign="vcenter",
                       font_name="黑体" if made.language.startswith("zh") else "Arial")
    made.sheet.merge_range(0, 0, 0, made.last, TITLES[kind].in_language(made.language), title)
    made.sheet.set_row(0, 30)
    places, row = _boxes(kind), 0
    for (row, first, last), box in zip(places, head_lines(kind, head, made.language), strict=True):
        made.sheet.merge_range(row, first, row, last, "", made.style(valign="vcenter"))
        made.sheet.write_string(row, first, labelled(box, made.language), made.style(valign="vcenter"))
        made.sheet.set_row(row, 30)
    return row + 1


def _boxes(kind: str) -> Sequence[tuple[int, int, int]]:
    """Row, first and last column of each box."""
    if kind == "iso":
        return (1, 0, 2), (1, 3, 5), (1, 6, 7)
    return (1, 0, 2), (1, 3, 5), (2, 0, 2), (2, 3, 4), (3, 0, 2)


def _write_header(made: _Sheet, top: int) -> None:
    shared = {"bold": True, "align": "center", "valign": "vcenter", "border": 1, "border_color": LINE}
    for place, column in enumerate(made.columns):
        style = made.style(**shared, **({"bg_color": GREY} if column.own else {"bg_color": "#DCE6F1"}))
        made.sheet.write_string(top, place, column.header.in_language(made.language), style)
        made.sheet.set_column(place, place, column.chars, made.style())
    made.sheet.set_row(top, 44)


def _write_rows(made: _Sheet, top: int, rows: Sequence[Values]) -> None:
    plain = made.style(border=1, border_color=LINE)
    own = made.style(border=1, border_color=LINE, font_color="#595959", bg_color="#F7F7F7")
    further = _Further(made, top)
    cells = [(place, column.field, own if column.own else plain) for place, column in enumerate(made.columns)]
    for row, values in enumerate(rows, top + 1):
        made.sheet.set_row(row, _height(made, values))
        for place, field, style in cells:
            first, *more = pieces(values.get(field, ""))
            made.sheet.write_string(row, place, first, style)
            for number, piece in enumerate(more, 2):
                made.sheet.write_string(row, further.place(made.columns[place], number), piece, own)


def _height(made: _Sheet, values: Values) -> float:
    """Points that the tallest visible cell needs: not every program finds that out by itself."""
    wider, line = (1.1, 14.0) if made.language.startswith("zh") else (1.2, 12.0)
    visible = made.columns[:made.last + 1]
    return min(4 + line * max(_lines(values.get(one.field, ""), one.chars * wider) for one in visible), TALLEST)


def _lines(text: str, chars: float) -> int:
    """Lines that a text takes in a column; Chinese signs are two wide."""
    if len(text) > 10_000:
        return 99
    return line_count(text, chars)


class _Further:
    """Columns on the far right, made when a text is too long for its cell."""

    def __init__(self, made: _Sheet, top: int) -> None:
        self.made, self.top = made, top
        self.free, self.places = count(len(made.columns)), dict[tuple[str, int], int]()

    def place(self, column: Column, number: int) -> int:
        """Where the ``number``-th piece of this column's texts goes."""
        key = column.field, number
        if key not in self.places:
            self.places[key] = next(self.free)
            sign = Bilingual(f"［续 {number}］", f"[cont. {number}]").in_language(self.made.language)
            self.made.sheet.write_string(self.top, self.places[key],
                                         f"{column.header.in_language(self.made.language)} {sign}",
                                         self.made.style(bold=True, border=1, bg_color=GREY))
            self.made.sheet.set_column(self.places[key], self.places[key], 20, self.made.style())
        return self.places[key]


def _write_closing(made: _Sheet, row: int, closing: Sequence[str]) -> None:
    if closing:
        made.sheet.merge_range(row, 0, row, made.last, "", made.style(border=1, border_color=LINE))
        made.sheet.write_string(row, 0, "\n".join(closing), made.style(border=1, border_color=LINE))
        made.sheet.set_row(row, 15 * len(closing) + 6)


def _page(made: _Sheet, top: int, last: int) -> None:
    """Landscape A4, one page wide, the header on every page; lists where a code is wanted."""
    sheet, zh = made.sheet, made.language.startswith("zh")
    print_across(sheet, top)
    sheet.set_margins(left=0.45, right=0.45, top=0.5, bottom=0.7)
    sheet.print_area(0, 0, max(last, top + 1), made.last)
    sheet.freeze_panes(top + 1, 0)
    sheet.set_footer("&C第 &P 页 共 &N 页" if zh else "&CPage &P of &N")
    for field, codes in (("type", TYPES), ("disposition", DISPOSITIONS)):
        for place in _places(made.columns, field):
            offer(sheet, list(codes), top + 1, max(last, top + 1), place, strict="warning")


def _places(columns: Sequence[Column], field: str) -> Iterator[int]:
    return (place for place, one in enumerate(columns) if one.field == field)
