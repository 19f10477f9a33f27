"""The references around a standard as a picture: what cites it at the left, what it cites at the right."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from jizhun.frame.charts import Chart
from jizhun.frame.tags import words
from jizhun.standards.rules.graph import Picture, Placed

WIDTH, NARROW = 880, 358
BOX, HIGH, GAP, HEAD = 224, 48, 10, 28
SIZE, SMALL = 14, 12
LETTER = 0.56
"""A Latin letter is about so many em wide; a Chinese character one em."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a box stands."""

    node: Placed
    x: float
    y: float
    w: float


def citing_chart(picture: Picture, links: Mapping[str, str], *, narrow: bool = False) -> Chart:
    """The picture: three columns, or on a phone one below the other. ``links``: address by number."""
    spots = {spot.node.number: spot for spot in (_stacked(picture) if narrow else _beside(picture))}
    height = max(spot.y + HIGH for spot in spots.values()) + 4
    wide = NARROW if narrow else WIDTH
    drawn = [*_edges(picture, spots, narrow), *_titles(spots, narrow),
             *(_box(spot, links.get(spot.node.number, "")) for spot in spots.values())]
    svg = format_html('<svg xmlns="http://www.w3.org/2000/svg" class="chart structure {}" viewBox="0 0 {} {}" '
                      'role="{}" aria-label="{}">{}</svg>', "narrow" if narrow else "wide citing", wide,
                      f"{height:.0f}", "group" if links else "img", _label(picture),
                      format_html_join("", "{}", ((one,) for one in drawn)))
    return Chart("references-narrow" if narrow else "references", svg)


def _label(picture: Picture) -> str:
    number = next(node.number for node in picture.nodes if node.column == 0)
    sides = [sum(node.column == side for node in picture.nodes) for side in (-1, 1)]
    return _("%(number)s: cited by %(before)s, cites %(after)s") % {
        "number": number, "before": sides[0], "after": sides[1]}


def _columns(picture: Picture) -> dict[int, list[Placed]]:
    """Those that there are, from the left."""
    there = sorted({node.column for node in picture.nodes})
    return {column: [node for node in picture.nodes if node.column == column] for column in there}


def _beside(picture: Picture) -> Iterator[Spot]:
    """Each column in the middle of the height."""
    columns = _columns(picture)
    room = max(len(nodes) for nodes in columns.values()) * (HIGH + GAP)
    for at_column, nodes in enumerate(columns.values()):
        top = HEAD + (room - len(nodes) * (HIGH + GAP)) / 2
        left = at_column * (WIDTH - BOX - 2) / 2 + 1
        yield from (Spot(node, left, top + at * (HIGH + GAP), BOX) for at, node in enumerate(nodes))


def _stacked(picture: Picture) -> Iterator[Spot]:
    """One group below the other; the lines run at the left."""
    y: float = 0
    for column, nodes in _columns(picture).items():
        y += HEAD if nodes and column else 0
        for node in nodes:
            yield Spot(node, 1 if column == 0 else 34, y, NARROW - (2 if column == 0 else 35))
            y += HIGH + GAP
        y += 8


def _titles(spots: Mapping[str, Spot], narrow: bool) -> Iterator[SafeString]:
    """What each side means, above its first box."""
    said = {-1: _("Cites it"), 1: _("It cites")}
    for column, text in said.items():
        some = [spot for spot in spots.values() if spot.node.column == column]
        if some:
            yield format_html('<text class="soft" font-size="{}" x="{}" y="{}">{}</text>', SIZE, some[0].x,
                              f"{min(spot.y for spot in some) - 8:.0f}", text)


def _edges(picture: Picture, spots: Mapping[str, Spot], narrow: bool) -> Iterator[SafeString]:
    """From the citing standard to the cited one; a broken line is for information only."""
    for edge in picture.edges:
        start, end = spots[edge.citing], spots[edge.cited]
        if start.node.column != end.node.column:
            way, tip = _turn(start, end) if narrow else _across(start, end)
            dashes = "" if edge.normative else "5 4"
            yield format_html('<path class="axis" stroke-dasharray="{}" d="{}"/>'
                              '<polygon class="tip soft" points="{}"/>', dashes, way, tip)


def _across(start: Spot, end: Spot) -> tuple[str, str]:
    from_x, from_y, to_x, to_y = start.x + start.w, start.y + HIGH / 2, end.x, end.y + HIGH / 2
    middle = (from_x + to_x) / 2
    return (f"M{from_x:.0f},{from_y:.0f} C{middle:.0f},{from_y:.0f} {middle:.0f},{to_y:.0f} {to_x - 8:.0f},{to_y:.0f}",
            _tip(to_x, to_y))


def _turn(start: Spot, end: Spot) -> tuple[str, str]:
    """Along the left edge: from a box above down to the standard, or from the standard down to a box."""
    if end.node.column == 0:
        return (f"M{start.x:.0f},{start.y + HIGH / 2:.0f} H14 V{end.y - 8:.0f}",
                f"14,{end.y:.0f} 9,{end.y - 9:.0f} 19,{end.y - 9:.0f}")
    return f"M14,{start.y + HIGH:.0f} V{end.y + HIGH / 2:.0f} H{end.x - 8:.0f}", _tip(end.x, end.y + HIGH / 2)


def _tip(x: float, y: float) -> str:
    return f"{x:.0f},{y:.0f} {x - 9:.0f},{y - 5:.0f} {x - 9:.0f},{y + 5:.0f}"


def _box(spot: Spot, href: str) -> SafeString:
    node = spot.node
    title = words(node.standard.title) if node.standard else _("not in the library")
    title = f"{_('simulated')} · {title}" if node.standard and node.standard.mark == "SIM" else title
    ground = "fill-1" if node.column == 0 else "box axis" if node.standard else "fill-none"
    drawn = format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="3"/><text x="{}" y="{}" font-size="{}" '
        'font-weight="600">{}</text><text class="soft" x="{}" y="{}" font-size="{}">{}</text>',
        ground, f"{spot.x:.0f}", f"{spot.y:.0f}", f"{spot.w:.0f}", HIGH, f"{spot.x + 10:.0f}", f"{spot.y + 20:.0f}",
        SIZE, node.number, f"{spot.x + 10:.0f}", f"{spot.y + 38:.0f}", SMALL, cut(title, spot.w - 20, SMALL))
    said = f"{node.number} {title}"
    if not href:
        return format_html("<g><title>{}</title>{}</g>", said, drawn)
    return format_html('<a href="{}" aria-label="{}"><title>{}</title>{}</a>', href, said, said, drawn)


def cut(text: str, room: float, size: float) -> str:
    """As much of the text as fits, by an estimate without any font."""
    used = 0.0
    for at, letter in enumerate(text):
        used += size if ord(letter) > 0x2E80 else size * LETTER
        if used > room - size:
            return text[:at].rstrip() + "…" if at < len(text) - 1 else text
    return text
