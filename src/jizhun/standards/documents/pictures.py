"""A diagram as PNG, for papers that cannot show SVG."""

import typst

from jizhun.standards.rules.diagram import Picture, as_file

DOTS = 200.0
"""Dots per inch at the picture's own size: twice what a page of A4 needs."""


def as_png(picture: Picture) -> bytes:
    """The picture as a file of dots, drawn with the fonts of this machine."""
    svg = as_file(picture).replace("\\", "\\\\").replace('"', '\\"')
    page = (f'#set page(width: {picture.width:.1f}pt, height: {picture.height:.1f}pt, margin: 0pt)\n'
            f'#image(bytes("{svg}"), format: "svg", width: 100%)')
    made = typst.compile(page.encode(), format="png", ppi=DOTS)
    if not isinstance(made, bytes):
        raise TypeError("a diagram is one page")
    return made
