"""The charts of a report as SVG: bars from zero with their figures at the end; the table has the same figures. Pure."""

from html import escape
from typing import Final

from jizhun.evaluation.reports.outline import Bar, Chart

WIDTH: Final = 640
LINE, HIGH, SIZE = 26, 15, 14
NAME_ROOM: Final = 270
FACES: Final = '"PingFang SC","Noto Sans SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif'
INK, BLUE, HAIR = "#1a1f27", "#2f63a8", "#8a94a3"


def width(text: str, size: float = SIZE) -> float:
    """About how wide a text is: a Chinese character is as wide as it is high, a Latin letter a little over half."""
    return sum(size if ord(letter) > 0x2E80 else size * 0.53 for letter in text)


def shape(chart: Chart) -> tuple[int, int]:
    """Width and height of the picture."""
    return WIDTH, LINE * len(chart.bars) + 8


def picture(chart: Chart, language: str) -> str:
    """The chart with colours of its own, in one language."""
    names = [one.name.in_language(language) for one in chart.bars]
    texts = [one.text.in_language(language) for one in chart.bars]
    left = 16 + min(max(map(width, names)), NAME_ROOM)
    room = WIDTH - left - max(map(width, texts)) - 24
    wide, high = shape(chart)
    bars = "".join(_bar(one, name, text, at * LINE + 4, left, room / chart.most)
                   for at, (one, name, text) in enumerate(zip(chart.bars, names, texts, strict=True)))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" viewBox="0 0 {wide} {high}" '
            f'font-family=\'{FACES}\' font-size="{SIZE}" fill="{INK}"><rect width="{wide}" height="{high}" '
            f'fill="#fff"/>{bars}<path d="M{left:.1f} 2 V{high - 2}" stroke="{HAIR}"/></svg>')


def _bar(bar: Bar, name: str, text: str, y: float, left: float, scale: float) -> str:
    base, length = y + HIGH - 2, 0.0 if bar.value is None else max(bar.value * scale, 1.0)
    drawn = f'<rect x="{left:.1f}" y="{y:.1f}" width="{length:.1f}" height="{HIGH}" fill="{BLUE}"/>' if length else ""
    return (f'<text x="{left - 8:.1f}" y="{base:.1f}" text-anchor="end">{escape(cut(name))}</text>{drawn}'
            f'<text x="{left + length + 8:.1f}" y="{base:.1f}">{escape(text)}</text>')


def cut(name: str, room: float = NAME_ROOM) -> str:
    """A name that is too long loses its end."""
    if width(name) <= room:
        return name
    while name and width(name + "…") > room:
        name = name[:-1]
    return name.rstrip() + "…"


def alternative(chart: Chart, language: str, number: int) -> str:
    """What is told of the picture to whoever cannot see it."""
    told = [f"{one.name.in_language(language)} {one.text.in_language(language)}" for one in chart.bars]
    title = chart.title.in_language(language)
    if language == "zh":
        return f"条形图：{title}；{'；'.join(told)}。数据见附表{number}。"
    return f"Bar chart: {title}; {'; '.join(told)}. The figures are in table {number}."
