"""A plan's measures over time: a line each from its baseline to its deadline, milestones on it, today across."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from jizhun.frame.charts import Chart


@dataclass(frozen=True, slots=True)
class Span:
    """A row: its name, its days, its milestones, the day on which the goal is reached at the present pace (None: not
    told). ``text`` stands at its end: the state in a word with its sign."""

    name: str
    start: date
    due: date
    milestones: Sequence[date]
    reached_on: date | None
    text: str


LINE, WIDTH, TOP, EDGE = 44, 460, 30, 8
"""So narrow that its letters can still be read on a telephone: names stand above their lines."""
Across = Callable[[date], float]


def timeline(name: str, label: str, rows: Sequence[Span], today: date, until: date) -> Chart:
    """The picture; years stand at the top, a dashed line is today, a ring is where the present pace leads."""
    first = min((one.start for one in rows), default=today)
    last = max([until, *(one.due for one in rows)])
    whole, height = max((last - first).days, 1), TOP + LINE * len(rows) + EDGE

    def x(day: date) -> float:
        return EDGE + min(max((day - first).days / whole, 0.0), 1.0) * (WIDTH - 2 * EDGE)

    drawn = [*_years(first, last, x, height)]
    if first <= today <= last:
        drawn.append(format_html('<line class="line-2" x1="{}" y1="{}" x2="{}" y2="{}"/>', _n(x(today)), TOP - 6,
                                 _n(x(today)), height - EDGE))
    drawn += [_row(one, TOP + LINE * n, x, last) for n, one in enumerate(rows)]
    inside = format_html_join("", "{}", ((one,) for one in drawn))
    return Chart(name, format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="chart timeline" viewBox="0 0 {} {}" role="img" '
        'aria-label="{}">{}</svg>', WIDTH, height, label, inside))


def _n(value: float) -> str:
    return f"{value:.1f}"


def _years(first: date, last: date, x: Across, height: int) -> Iterator[SafeString]:
    begun = first.year + (x(date(first.year + 1, 1, 1)) < EDGE + 40 and first.year < last.year)
    for year in range(begun, last.year + 1):
        day = max(date(year, 1, 1), first)
        yield format_html('<line class="axis" x1="{}" y1="{}" x2="{}" y2="{}" stroke-opacity="0.3"/>'
                          '<text class="soft" font-size="13" x="{}" y="16">{}</text>', _n(x(day)), TOP - 8,
                          _n(x(day)), height - EDGE, _n(x(day) + 3), year)


def _row(one: Span, top: int, x: Across, last: date) -> SafeString:
    y = top + 30
    marks = format_html_join("", '<path class="bar" d="M{},{} l5,5 l-5,5 l-5,-5 Z"/>',
                             ((_n(x(day)), y - 5) for day in one.milestones))
    ring = format_html('<circle class="line" cx="{}" cy="{}" r="6"/>', _n(x(one.reached_on)), y) \
        if one.reached_on is not None and one.reached_on <= last else ""
    return format_html(
        '<text x="{}" y="{}" font-size="14">{}</text><text class="soft" x="{}" y="{}" text-anchor="end" '
        'font-size="13">{}</text><line class="line" x1="{}" y1="{}" x2="{}" y2="{}"/>'
        '<circle class="dot" cx="{}" cy="{}" r="4"/>{}{}',
        EDGE, top + 16, _short(one.name), WIDTH - EDGE, top + 16, one.text, _n(x(one.start)), y, _n(x(one.due)), y,
        _n(x(one.due)), y, marks, ring)


def _short(name: str) -> str:
    most = 20 if any(ord(letter) > 0x2E80 for letter in name) else 40
    return name if len(name) <= most else name[:most - 1] + "…"
