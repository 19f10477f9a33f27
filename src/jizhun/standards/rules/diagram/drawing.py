"""A laid-out diagram as SVG: with classes for the page, or with colours of its own for a file."""

from collections.abc import Mapping
from html import escape

from jizhun.standards.rules.diagram.picture import Box, Frame, Picture, Stroke, Text

BAR = 3
OWN_COLOURS = """
text{font-family:"PingFang SC","Noto Sans SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif;fill:#1a1f27}
.fill-0{fill:#f2f6fb}.fill-1{fill:#d9e6f5}.fill-2{fill:#b3cdea}.fill-3{fill:#6d9bd1}.fill-5{fill:#123a73}
.soft{fill:#4a5462}.on-5{fill:#fff}.axis{stroke:#8a94a3;fill:none}.box{fill:#fff;stroke:#8a94a3}.bar{fill:#2f63a8}
.fill-none{fill:#fff;stroke:#8a94a3;stroke-dasharray:3 3}.tip{fill:#8a94a3}
"""
"""The light colours of the page, for a file that has no page around it."""


def as_svg(picture: Picture, links: Mapping[str, str]) -> str:
    """The picture for a page: classes only. ``links``: address by the key of a box."""
    linked = any(box.key in links for box in picture.boxes)
    role = "group" if linked else "img"  # links inside an image would be hidden from those who listen
    style = f"chart structure {'narrow' if picture.narrow else 'wide'}"
    return _svg(picture, f'class="{style}" role="{role}"', links, "")


def as_file(picture: Picture) -> str:
    """The picture as a file of its own, with light colours on white paper."""
    size = f'width="{_n(picture.width)}" height="{_n(picture.height)}" role="img"'
    return _svg(picture, size, {}, f'<style>{OWN_COLOURS}</style><rect width="100%" height="100%" fill="#fff"/>')


def _svg(picture: Picture, attributes: str, links: Mapping[str, str], before: str) -> str:
    label = escape(picture.label)
    inside = [*map(_frame, picture.frames), *map(_stroke, picture.strokes),
              *(_linked(box, links.get(box.key, "")) for box in picture.boxes)]
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(picture.width)} {_n(picture.height)}" '
            f'{attributes} aria-label="{label}"><title>{label}</title>{before}{"".join(inside)}</svg>')


def _frame(frame: Frame) -> str:
    return f'<rect class="fill-none" {_place(frame)} rx="3"/>'


def _stroke(stroke: Stroke) -> str:
    way = " ".join(f"{_n(x)},{_n(y)}" for x, y in stroke.points)
    return f'<polyline class="axis" points="{way}"/>' + (_tip(stroke) if stroke.arrow else "")


def _tip(stroke: Stroke) -> str:
    """The head of an arrow, at the end of its last piece."""
    (from_x, _), (x, y) = stroke.points[-2:]
    sides = ((x - 9, y - 5), (x - 9, y + 5)) if x > from_x else ((x - 5, y - 9), (x + 5, y - 9))
    return f'<polygon class="tip" points="{" ".join(f"{_n(a)},{_n(b)}" for a, b in ((x, y), *sides))}"/>'


def _linked(box: Box, href: str) -> str:
    """The box, as a link where there is an address; an empty cell leads nowhere, and has no edge to show the focus."""
    if not href or not box.fill:
        return f"<g>{_box(box)}</g>"
    said = escape(box.sentence)
    return f'<a href="{escape(href)}" aria-label="{said}"><title>{said}</title>{_box(box)}</a>'


def _box(box: Box) -> str:
    ground = f'<rect class="{box.fill}" {_place(box)} rx="2"/>' if box.fill else ""
    return ground + _bar(box) + "".join(_text(one, box.fill) for one in box.texts)


def _bar(box: Box) -> str:
    """How much of what should be is there, as a line along the foot of the box."""
    if not (box.bar and box.count and box.count.share):
        return ""
    return (f'<rect class="bar" x="{_n(box.x)}" y="{_n(box.y + box.h - BAR)}" width="{_n(box.w * box.count.share)}" '
            f'height="{BAR}"/>')


def _text(text: Text, fill: str) -> str:
    style = "on-5" if fill == "fill-5" else "on-3" if fill == "fill-3" else "soft" if text.soft else ""
    named = f' class="{style}"' if style else ""
    weight = ' font-weight="600"' if text.strong else ""
    anchor = "" if text.anchor == "start" else f' text-anchor="{text.anchor}"'
    return (f'<text{named} x="{_n(text.x)}" y="{_n(text.y)}" font-size="{text.size}"{weight}{anchor}>'
            f"{escape(text.words)}</text>")


def _place(box: Box | Frame) -> str:
    return f'x="{_n(box.x)}" y="{_n(box.y)}" width="{_n(box.w)}" height="{_n(box.h)}"'


def _n(length: float) -> str:
    """A length with at most one decimal."""
    return f"{length:.1f}".removesuffix(".0")
