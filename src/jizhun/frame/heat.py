"""The heat table: what by where, each cell the share of cases whose every promise was kept, with its number."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from jizhun.analytics.plan import NOT_JUDGED
from jizhun.evaluation.actions import Row
from jizhun.evaluation.rules import SMALLEST_PUBLISHED, Figure
from jizhun.frame.charts import Chart, HeatCell, heat_map
from jizhun.frame.tables import Cell, Column, Table
from jizhun.frame.tags import count, share, words
from jizhun.kernel.bilingual import Bilingual

BOUNDS = (0.995, 0.99, 0.97, 0.95, 0.9)
"""From which share of kept promises on a cell is the lightest, the second lightest, ...; below all: the deepest."""
SCALE = ("≥ 99.5 %", "99–99.5 %", "97–99 %", "95–97 %", "90–95 %", "< 90 %")

Label = tuple[str, Bilingual]
Address = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Square:
    """One cell. ``small``: too few cases to be published."""

    figure: Figure
    href: str
    small: bool

    @property
    def judged(self) -> int:
        return self.figure.denominator

    @property
    def value(self) -> float | None:
        return self.figure.value

    @property
    def shade(self) -> int:
        """0 lightest: nearly all kept … 5 deepest: more than a tenth broken."""
        value = self.figure.value or 0.0
        return next((shade for shade, bound in enumerate(BOUNDS) if value >= bound), len(BOUNDS))


@dataclass(frozen=True, slots=True)
class Head:
    """A row's or column's name, and where it leads."""

    code: str
    name: Bilingual
    href: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row of cells; None where there was no case."""

    head: Head
    squares: Sequence[Square | None]


@dataclass(frozen=True, slots=True)
class Heat:
    """The whole picture, as the template walks it."""

    caption: str
    corner: str
    columns: Sequence[Head]
    lines: Sequence[Line]
    scale: Sequence[str] = field(default=SCALE)


@dataclass(frozen=True, slots=True)
class Axes:
    """Where the names and cells of a heat table lead: functions from codes to addresses."""

    row: Address
    column: Address
    cell: Address


def hidden(figure: Figure, simulated: bool) -> bool:
    """Whether a figure might tell about a person; simulated cases tell about nobody."""
    return figure.small and not simulated


def heat(rows: Sequence[Row], caption: str, corner: str, axes: Axes, simulated: bool) -> Heat:
    """Rows by two dimensions, the first down and the second across."""
    down = _heads((row.labels[0] for row in rows), axes.row)
    across = _heads((row.labels[1] for row in rows), axes.column)
    found = {(row.labels[0][0], row.labels[1][0]): row.figure for row in rows}
    lines = [Line(head, [_square(found.get((head.code, one.code)), axes.cell(head.code, one.code), simulated)
                         for one in across]) for head in down]
    return Heat(caption, corner, across, lines)


def _heads(labels: Iterable[Label], address: Address) -> list[Head]:
    return [Head(code, name, address(code)) for code, name in sorted(dict(labels).items())]


def _square(figure: Figure | None, href: str, simulated: bool) -> Square | None:
    return Square(figure, href, hidden(figure, simulated)) if figure else None


def as_chart(shown: Heat, simulated: bool) -> Chart:
    """The same table as a picture of its own, which says so where its cases are simulated."""
    caption = f"{shown.caption} ({_('simulated')})" if simulated else shown.caption
    lines = [(words(line.head.name), [_cell(one) for one in line.squares]) for line in shown.lines]
    return heat_map("heat", caption, [words(one.name) for one in shown.columns], lines)


def _cell(one: Square | None) -> HeatCell | None:
    if one is None:
        return None
    if one.small:
        return HeatCell(None, "", _("under 10"))
    if not one.judged:
        return HeatCell(None, _("no promise"), count(one.figure.cases))
    return HeatCell(one.shade, share(one.value), count(one.judged))


def as_table(rows: Sequence[Row], down: str, across: str, simulated: bool) -> Table:
    """The same figures one below the other, for the CSV; small cells keep their counts to themselves."""
    columns = [Column(f"{down}_code", _("Code")), Column(down, _("Name")), Column(f"{across}_code", _("Code")),
               Column(across, _("Name")), *(Column(key, key, "number") for key in
               ("cases", "kept", "judged", "share", "open_overdue", "no_promise"))]
    return Table("results", _("Results"), columns, [
        [*_names(row), *_numbers(row.figure, hidden(row.figure, simulated))] for row in rows])


def _names(row: Row) -> list[Cell | str]:
    return [text for code, name in row.labels for text in (code, words(name))]


def _numbers(figure: Figure, small: bool) -> list[Cell | str]:
    if small:
        return [_("fewer than %(n)s") % {"n": SMALLEST_PUBLISHED}, "", "", "", "", ""]
    value, none = figure.value, figure.verdicts[NOT_JUDGED]
    numbers = (figure.cases, figure.numerator, figure.denominator)
    return [*(Cell(str(number), plain=number) for number in numbers),
            Cell(share(value), plain="" if value is None else round(value, 6)),
            Cell(str(figure.overdue), plain=figure.overdue), Cell(str(none), plain=none)]
