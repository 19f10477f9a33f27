"""Pictures made on the server: data in, SVG out, which the page shows and ``?svg=name`` hands out as a file.

Colours come from the page's tokens by class, so a picture follows the theme; a file carries light colours of its own.
Every picture stands beside the table of the same data, so nobody depends on seeing it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor, log10

from django.http import HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

TILE, GAP = 64, 4
SHADES = 6
OWN_COLOURS = """
text{font-family:"PingFang SC","Noto Sans SC","Microsoft YaHei",sans-serif;fill:#1a1f27}
.fill-0{fill:#f2f6fb}.fill-1{fill:#d9e6f5}.fill-2{fill:#b3cdea}
.fill-3{fill:#6d9bd1}.fill-4{fill:#2f63a8}.fill-5{fill:#123a73}
.on-4,.on-5{fill:#fff}.fill-none{fill:#fff;stroke:#8a94a3;stroke-dasharray:3 3}
.soft{fill:#4a5462}.axis{stroke:#8a94a3;fill:none}
.line{stroke:#1b4b91;fill:none;stroke-width:2.5}.line-2{stroke:#8a94a3;fill:none;stroke-width:2;stroke-dasharray:6 4}
.area{fill:#d9e6f5}.bar{fill:#2f63a8}.dot{fill:#1b4b91}
"""


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture: ``name`` chooses it in ``?svg=name``."""

    name: str
    svg: SafeString


@dataclass(frozen=True, slots=True)
class TileShown:
    """One square of the tile map. ``shade`` 0 to 5, the deeper the more; None where there is no figure."""

    row: int
    column: int
    short: str
    value: str
    shade: int | None
    sentence: str
    href: str = ""


def tile_map(name: str, label: str, tiles: Sequence[TileShown]) -> Chart:
    """Every place a square of the same size, roughly where it lies: no border is drawn."""
    rows, columns = (1 + max(each) for each in zip(*((one.row, one.column) for one in tiles), strict=True))
    squares = format_html_join("", "{}", ((_tile(one),) for one in tiles))
    return Chart(name, _svg(label, columns * TILE, rows * TILE, squares, "tiles"))


def _tile(one: TileShown) -> SafeString:
    x, y, side = one.column * TILE + GAP // 2, one.row * TILE + GAP // 2, TILE - GAP
    shade = "none" if one.shade is None else str(one.shade)
    square = format_html(
        '<rect class="fill-{}" x="{}" y="{}" width="{}" height="{}" rx="3"/>'
        '<text class="on-{}" x="{}" y="{}" text-anchor="middle" font-size="17">{}</text>'
        '<text class="on-{}" x="{}" y="{}" text-anchor="middle" font-size="17" font-weight="650">{}</text>',
        shade, x, y, side, side, shade, x + side / 2, y + 25, one.short, shade, x + side / 2, y + 48, one.value)
    if not one.href:
        return format_html("<g><title>{}</title>{}</g>", one.sentence, square)
    return format_html('<a href="{}" aria-label="{}"><title>{}</title>{}</a>', one.href, one.sentence, one.sentence,
                       square)


def shade_of(value: float, least: float, most: float) -> int:
    """0 for the least to 5 for the most, in equal steps; the middle where all are the same."""
    if most <= least:
        return SHADES // 2
    return min(SHADES - 1, int((value - least) / (most - least) * SHADES))


def bounds(least: float, most: float) -> list[tuple[float, float]]:
    """From where to where each shade reaches."""
    step = (most - least) / SHADES
    return [(least + step * n, least + step * (n + 1)) for n in range(SHADES)]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name at the left, its value written at its end."""

    name: str
    value: float
    text: str
    strong: bool = False


def bars(name: str, label: str, rows: Sequence[Bar]) -> Chart:
    """Bars from zero, one below the other; their names get the room that the longest needs, within bounds."""
    names = 14 + min(max((_width(row.name) for row in rows), default=0), BAR_NAME_ROOM)
    texts = 16 + max((_width(row.text) for row in rows), default=0)
    most, line, width = max((row.value for row in rows), default=0) or 1, 26, 460
    room = width - names - texts
    drawn = format_html_join("", "{}", ((_bar(row, n * line, names, max(row.value / most * room, 1)),)
                                        for n, row in enumerate(rows)))
    return Chart(name, _svg(label, width, line * len(rows), drawn, "bars", image=True))


BAR_NAME_ROOM = 210
"""Before a bar, for its name; a longer one is cut: the picture is so narrow that it can be read on a telephone."""


def _width(text: str, size: float = 15) -> float:
    """About how wide a text is: a Chinese character is as wide as it is high, a Latin letter half of that."""
    return sum(size if ord(letter) > 0x2E80 else size * 0.56 for letter in text)


def _bar(row: Bar, y: float, left: float, length: float) -> SafeString:
    weight = "650" if row.strong else "400"
    return format_html(
        '<text x="{}" y="{}" text-anchor="end" font-size="15" font-weight="{}">{}</text>'
        '<rect class="bar" x="{}" y="{}" width="{}" height="16" rx="2"/>'
        '<text x="{}" y="{}" font-size="15" font-weight="{}">{}</text>',
        _n(left - 8), y + 18, weight, _cut(row.name, BAR_NAME_ROOM, 15), _n(left), y + 5, _n(length),
        _n(left + length + 8), y + 18, weight, row.text)


def lorenz(name: str, label: str, points: Iterable[tuple[float, float]], words: tuple[str, str]) -> Chart:
    """The Lorenz curve in a square with the line of equality. ``words``: of the axis across, of the axis upward."""
    side, edge = 320, 34
    at = [(edge + x * (side - edge - 8), side - edge - y * (side - edge - 8)) for x, y in points]
    way = " ".join(f"{x:.1f},{y:.1f}" for x, y in at)
    (left, bottom), (right, top) = at[0], at[-1]
    drawn = format_html(
        '<path class="area" d="M{} Z"/><path class="axis" d="M{},{} V{} H{}"/>'
        '<line class="line-2" x1="{}" y1="{}" x2="{}" y2="{}"/><polyline class="line" points="{}"/>'
        '<text class="soft" font-size="13" x="{}" y="{}" text-anchor="end">{}</text>'
        '<text class="soft" font-size="13" x="{}" y="{}">{}</text>',
        " L".join(f"{x:.1f},{y:.1f}" for x, y in at), left, top, bottom, right, left, bottom, right, top, way,
        right, bottom + 22, words[0], left + 8, top + 16, words[1])
    return Chart(name, _svg(label, side, side, drawn, "lorenz", image=True))


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One cell of a heat map: its shade 0 to 5 (None: no judgement), its value and a small second line."""

    shade: int | None
    value: str
    small: str = ""


HeatLine = tuple[str, Sequence[HeatCell | None]]
"""A row's name and its cells, None where there is nothing to tell."""


def heat_map(name: str, label: str, columns: Sequence[str], lines: Sequence[HeatLine]) -> Chart:
    """Rows by columns, each cell with its figure; the label on top, the names of the columns slanted below it."""
    wide, high, gap, size = 78, 40, 2, 14
    left = 24 + max((_width(row, size) for row, _ in lines), default=0)
    top = 52 + 0.65 * max((_width(column, size) for column in columns), default=0)
    drawn = [format_html('<text font-size="16" font-weight="600" x="12" y="24">{}</text>', label)]
    drawn += [format_html('<text font-size="14" transform="translate({} {}) rotate(-40)">{}</text>',
                          _n(left + (at + 0.4) * wide), _n(top - 8), column) for at, column in enumerate(columns)]
    for down, (row, cells) in enumerate(lines):
        y = top + down * high
        drawn.append(format_html('<text font-size="14" x="{}" y="{}" text-anchor="end">{}</text>',
                                 _n(left - 10), _n(y + 24), row))
        drawn += [_heat_cell(one, left + at * wide, y, wide - gap, high - gap) for at, one in enumerate(cells) if one]
    inside = format_html_join("", "{}", ((one,) for one in drawn))
    width = left + len(columns) * wide + 0.8 * top
    return Chart(name, _svg(label, width, top + len(lines) * high + gap, inside, "heat", image=True))


def _heat_cell(one: HeatCell, x: float, y: float, width: float, height: float) -> SafeString:
    shade = "none" if one.shade is None else one.shade
    return format_html(
        '<rect class="fill-{}" x="{}" y="{}" width="{}" height="{}" rx="2"/>'
        '<text class="on-{}" font-size="{}" x="{}" y="{}" text-anchor="middle">{}</text>'
        '<text class="on-{}" font-size="10.5" x="{}" y="{}" text-anchor="middle">{}</text>',
        shade, _n(x), _n(y), width, height, shade, 11 if one.shade is None else 13, _n(x + width / 2), _n(y + 18),
        one.value,
        shade, _n(x + width / 2), _n(y + 32), one.small)


MonthValue = tuple[str, float | None, float | None]
"""A month as 2025-07, its value, and that of the same month a year before."""


def month_line(name: str, label: str, points: Sequence[MonthValue], write: Callable[[float], str],
               begins: tuple[int, str] | None = None) -> Chart:
    """A value by month as a line, the year before dashed below it; a month without a figure leaves a gap.

    The scale runs from the least to the greatest value, which are written at its ends: it does not begin at zero.
    ``begins``: the place in the row at which something began, and its word: marked by an upright line.
    """
    known = [value for _, *both in points for value in both if value is not None]
    least, most = (min(known), max(known)) if known else (0.0, 1.0)
    ends = [write(most), write(least)] if most > least else [write(most)]
    width, height, top, bottom = 340, 120, 14, 94
    left, right = 10 + max(_width(text, 12) for text in ends), width - 10

    def at(n: int, value: float) -> tuple[float, float]:
        high = (value - least) / (most - least) if most > least else 0.5
        return left + (n + 0.5) / len(points) * (right - left), bottom - high * (bottom - top)

    columns = [before for _, _now, before in points], [now for _, now, _before in points]
    lines = [_broken_line([None if value is None else at(n, value) for n, value in enumerate(column)], style)
             for column, style in zip(columns, ("line-2", "line"), strict=True)]
    drawn = [*_month_scale(points, ends, left, right, top, bottom), *lines]
    if begins is not None:
        drawn.append(_upright(left + begins[0] / len(points) * (right - left), begins[1], top, bottom))
    return Chart(name, _svg(label, width, height, format_html_join("", "{}", ((one,) for one in drawn)), "months",
                            image=True))


def _month_scale(points: Sequence[MonthValue], ends: Sequence[str], left: float, right: float, top: int,
                 bottom: int) -> Iterator[SafeString]:
    heights = (top, bottom) if len(ends) > 1 else ((top + bottom) / 2,)
    for y, text in zip(heights, ends, strict=True):
        yield format_html(
            '<line class="axis" x1="{}" y1="{}" x2="{}" y2="{}" stroke-opacity="0.3"/>'
            '<text class="soft" font-size="12" x="{}" y="{}" text-anchor="end">{}</text>',
            _n(left), _n(y), _n(right), _n(y), _n(left - 5), _n(y + 4), text)
    for x, anchor, month in ((left, "start", points[0][0]), (right, "end", points[-1][0])):
        yield format_html('<text class="soft" font-size="12" x="{}" y="{}" text-anchor="{}">{}</text>', _n(x),
                          bottom + 20, anchor, month)


def _upright(x: float, text: str, top: int, bottom: int) -> SafeString:
    """A line across the picture where something began, with its word at the top."""
    return format_html(
        '<line class="axis" x1="{0}" y1="{1}" x2="{0}" y2="{2}" stroke-dasharray="2 3"/>'
        '<text class="soft" font-size="11" x="{3}" y="{4}" text-anchor="middle">{5}</text>',
        _n(x), top - 4, bottom + 6, _n(x), bottom + 20, text)


def _broken_line(spots: Sequence[tuple[float, float] | None], style: str) -> SafeString:
    """A line through what is there; what stands alone between gaps is a dot."""
    path, dots = [], []
    for before, spot, after in zip([None, *spots[:-1]], spots, [*spots[1:], None], strict=True):
        if spot is not None:
            path.append(f"{'L' if before else 'M'}{spot[0]:.1f},{spot[1]:.1f}")
            if before is None and after is None:
                dots.append((_n(spot[0]), _n(spot[1])))
    return format_html('<path class="{}" d="{}"/>{}', style, " ".join(path), format_html_join(
        "", '<circle class="dot" cx="{}" cy="{}" r="3"/>', dots))


@dataclass(frozen=True, slots=True)
class Steps:
    """One line of a step chart: from each day on the value holds; None ends it."""

    name: str
    points: Sequence[tuple[date, float | None]]


def step_chart(name: str, label: str, lines: Sequence[Steps], until: date, today: date | None = None, *,
               unit: str = "") -> Chart:
    """Values that hold from day to day, from zero; each line named at its end, its values written where they change.

    ``unit`` stands above the scale. ``today``: where it lies before ``until``, a line marks it; what stands behind
    is to come.
    """
    known = [value for line in lines for _, value in line.points if value is not None]
    first = min((day for line in lines for day, _ in line.points), default=until)
    frame = _Frame(first, until, ticks(max(known, default=0) or 1), max((_width(one.name, 14) for one in lines),
                                                                        default=0))
    taken: Spots = []
    steps = [_steps(line, frame, "line" if n == 0 else "line-2", taken) for n, line in enumerate(lines)]
    drawn = [*_scale(frame, unit), *([_marked(frame, today)] if today is not None and first < today < until else []),
             *reversed(steps)]  # the first line lies on top
    return Chart(name, _svg(label, frame.width, frame.height, format_html_join("", "{}", ((one,) for one in drawn)),
                            "steps", image=True))


def ticks(most: float) -> list[float]:
    """Round numbers from zero, the last not below ``most``: 0, 50, 100, 150, 200 for 163."""
    size = 10 ** floor(log10(most))
    step = next(size * part for part in (0.2, 0.25, 0.5, 1, 2, 2.5, 5) if most / (size * part) <= 5)
    return [round(step * n, 10) for n in range(ceil(most / step - 1e-9) + 1)]


NAME_ROOM = 112
"""Behind the end of a line, for its name; a longer one is cut."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where days and values lie in a step chart."""

    first: date
    until: date
    ticks: Sequence[float]
    names: float
    width: int = 460
    """So narrow that its letters can still be read on a telephone."""
    height: int = 250
    top: int = 26

    @property
    def left(self) -> float:
        return 14 + max(_width(f"{tick:g}", 13) for tick in self.ticks)

    @property
    def right(self) -> float:
        return self.width - 14 - min(max(self.names, 30), NAME_ROOM)

    @property
    def bottom(self) -> int:
        return self.height - 32

    def x(self, day: date) -> float:
        breadth = max((self.until - self.first).days, 1)
        return self.left + (day - self.first).days / breadth * (self.right - self.left)

    def y(self, value: float) -> float:
        return self.bottom - value / self.ticks[-1] * (self.bottom - self.top)


def _scale(frame: _Frame, unit: str) -> Iterator[SafeString]:
    """The values at the left, with faint lines, and their unit above; the days below."""
    yield format_html('<text class="soft" font-size="13" x="0" y="12">{}</text>', unit)
    for tick in frame.ticks:
        yield format_html(
            '<line class="axis" x1="{}" y1="{}" x2="{}" y2="{}" stroke-opacity="{}"/>'
            '<text class="soft" font-size="13" x="{}" y="{}" text-anchor="end">{}</text>',
            _n(frame.left), _n(frame.y(tick)), _n(frame.right), _n(frame.y(tick)), "0.3" if tick else "1",
            _n(frame.left - 6), _n(frame.y(tick) + 4), f"{tick:g}")
    ends = (frame.first, "start"), (frame.until, "end")
    for day, anchor in ends:
        yield _day_below(frame, day, day.isoformat(), anchor)
    for year in _years(frame):
        yield _day_below(frame, date(year, 1, 1), str(year), "middle")


def _day_below(frame: _Frame, day: date, text: str, anchor: str) -> SafeString:
    x = _n(frame.x(day))
    return format_html(
        '<line class="axis" x1="{}" y1="{}" x2="{}" y2="{}"/>'
        '<text class="soft" font-size="13" x="{}" y="{}" text-anchor="{}">{}</text>',
        x, frame.bottom, x, frame.bottom + 5, x, frame.bottom + 20, anchor, text)


def _years(frame: _Frame) -> list[int]:
    """Some years between the ends, as many as there is room for between the two days."""
    room = [year for year in range(frame.first.year + 1, frame.until.year + 1)
            if frame.left + 95 < frame.x(date(year, 1, 1)) < frame.right - 95]
    every = next((n for n in (1, 2, 5, 10, 20, 50) if len(room) <= n * 4), 100)
    return [year for year in room if year % every == 0]


def _marked(frame: _Frame, day: date) -> SafeString:
    x = frame.x(day)
    return format_html(
        '<line class="axis" x1="{}" y1="{}" x2="{}" y2="{}" stroke-dasharray="2 3"/>'
        '<text class="soft" font-size="12" x="{}" y="{}" text-anchor="{}">{}</text>',
        _n(x), frame.top - 8, _n(x), frame.bottom, _n(x - 4 if x > frame.width / 2 else x + 4), frame.top - 10,
        "end" if x > frame.width / 2 else "start", day.isoformat())


Spots = list[tuple[float, float]]
"""Where texts stand."""


def _steps(line: Steps, frame: _Frame, style: str, taken: Spots) -> SafeString:
    """The line itself, a value at each change, the name behind its end. ``taken``: where texts stand already."""
    path, texts, at = [], [], None
    for (day, value), (after, following) in zip(line.points, [*line.points[1:], (frame.until, None)], strict=True):
        if value is not None:
            start = f"{frame.x(day):.1f},{frame.y(value):.1f}"
            path.append(f"{'L' if at is not None else 'M'}{start} H{frame.x(after):.1f}")
            text = f"{value:g}"
            where = min(frame.x(day) + 4, frame.right - _width(text, 13)), frame.y(value) - 6
            if following is not None and following > value and frame.x(after) < where[0] + _width(text, 13):
                where = where[0], where[1] + 21  # below the line, which is about to rise through it
            if not _meets(where, taken, 6 + _width(text, 13)):  # what has no room, the table tells
                taken.append(where)
                texts.append((_n(where[0]), _n(where[1]), text))
        at = value
    end = frame.right + 8, frame.y(at or 0) + 5
    while _meets(end, taken, 30):
        end = end[0], end[1] + 18
    taken.append(end)
    named = format_html('<text font-size="14" x="{}" y="{}">{}</text>', _n(end[0]), _n(end[1]), _cut(line.name))
    values = format_html_join("", '<text class="soft" font-size="13" x="{}" y="{}">{}</text>', texts)
    return format_html('<path class="{}" d="{}"/>{}{}', style, " ".join(path), values, named)


def _cut(name: str, room: float = NAME_ROOM, size: float = 14) -> str:
    """As much of a name as there is room for."""
    while _width(name, size) > room:
        name = name.rstrip("…")[:-1] + "…"
    return name


def _meets(where: tuple[float, float], taken: Spots, breadth: float) -> bool:
    """Whether a text would stand on one that is there already."""
    return any(abs(where[0] - x) < breadth and abs(where[1] - y) < 14 for x, y in taken)


def _n(length: float) -> str:
    """A length with one decimal."""
    return f"{length:.1f}"


def _svg(label: str, width: float, height: float, inside: SafeString, style: str, *, image: bool = False) -> SafeString:
    """The whole picture. One without links inside is an image with one name."""
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="chart {}" viewBox="0 0 {} {}" role="{}" aria-label="{}">'
        "{}</svg>",
        style, width, height, "img" if image else "group", label, inside)


def as_svg(chart: Chart) -> HttpResponse:
    """The picture as a file of its own, with colours."""
    text = chart.svg.replace('">', f'"><style>{OWN_COLOURS}</style>', 1)
    response = HttpResponse(text, content_type="image/svg+xml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="jizhun-{chart.name}.svg"'
    return response
