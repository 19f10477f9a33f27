"""The cover as words at their places on an A4 page, for the printers that draw pages. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from jizhun.drafting.documents.layout import Line, Piece, clean, said, width
from jizhun.drafting.rules.cover import LABELS, Cover
from jizhun.kernel.bilingual import COMMA, Bilingual

LEFT, RIGHT, TOP, BOTTOM = 25, 20, 25, 20
"""Margins of the pages after the cover, in millimetres."""
WIDE = 210 - LEFT - RIGHT
POINTS = 72 / 25.4
LEADING = 1.3
"""Height of a line on the cover, in sizes of its letters."""
NOT_REAL = Bilingual("示例，非真实标准", "Example, not a real standard")
WARNING = f"{NOT_REAL.zh} / {NOT_REAL.en}"
ISSUED, EFFECTIVE = Bilingual("{} 发布", "Issued {}"), Bilingual("{} 实施", "Effective {}")
REPLACES, BY = Bilingual("代替 {}", "Replaces {}"), Bilingual("发布", "Issued by")
NO_DAY = "XXXX-XX-XX"


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph of the cover: ``size`` and ``before`` (space above it) in points, ``spread`` between letters."""

    line: Line
    size: float
    sans: bool = True
    bold: bool = False
    before: float = 0
    spread: float = 0


@dataclass(frozen=True, slots=True)
class Spot:
    """Paragraphs that begin ``x`` and ``y`` millimetres from the corner of the page; without any, a rule."""

    x: float
    y: float
    wide: float
    align: str = "left"
    parts: tuple[Part, ...] = ()


def long_dash(number: str) -> str:
    """A number as covers print it."""
    head, dash, year = clean(number).rpartition("-")
    return f"{head}—{year}" if dash else year


def sign_of(number: str) -> str:
    """The sign of the kind of standard: GB, DB99, T/CAS."""
    head = clean(number).split(" ")[0]
    return re.sub(r"(?<=.)/[TZ]$", "", head) if not re.search(r"\d{5}", head) else ""


def day(words: Bilingual, on: date | None, language: str) -> Line:
    """2026-01-01 发布; the day left open while not known."""
    return own(words.in_language(language).format(on.isoformat() if on else NO_DAY), language)


def own(text: str, language: str) -> Line:
    """A line of the program's own words, or of a number."""
    return Line((Piece(text),), language)


def replaced(cover: Cover, language: str) -> str:
    """代替 ... or "" if it replaces nothing."""
    numbers = COMMA.in_language(language).join(long_dash(one) for one in cover.replaces)
    return REPLACES.in_language(language).format(numbers) if numbers else ""


def draft_label(cover: Cover, language: str) -> str:
    """（征求意见稿）; "" once published."""
    if cover.label == "published":
        return ""
    words = LABELS.get(cover.label, Bilingual(cover.label, cover.label)).in_language(language)
    return f"（{clean(words)}）" if language == "zh" else f"({clean(words)})"


def running(cover: Cover) -> tuple[str, str]:
    """The running header: the warning on an example (else ""), the number."""
    return WARNING if cover.simulated else "", clean(cover.printed_number)


def full_title(cover: Cover, language: str) -> str:
    """Number and title, for the properties of a file."""
    return f"{clean(cover.printed_number)} {said(cover.title, language).text}".strip()


def fitting(text: str, sizes: Sequence[float], lines: int, wide: float = WIDE) -> float:
    """The largest of the sizes at which the text fits into so many lines."""
    needed = (width(text) / 2 * size <= wide * POINTS * lines * 0.95 for size in sizes)
    return next((size for size, fits in zip(sizes, needed, strict=True) if fits), sizes[-1])


def spots(cover: Cover, language: str) -> list[Spot]:
    """Everything on the cover, in the order in which it is read."""
    number = [Part(own(clean(cover.printed_number), language), 14),
              Part(own(replaced(cover, language), language), 10.5, sans=False, before=2)]
    warning = [Part(own(WARNING, language), 12)] if cover.simulated else []
    return [*_head(cover, language), _spot(LEFT, 67, WIDE, "right", number), Spot(LEFT, 85, WIDE),
            _spot(LEFT, 89, WIDE, "center", warning), _spot(LEFT, 112, WIDE, "center", _titles(cover, language)),
            *_foot(cover, language)]


def _spot(x: float, y: float, wide: float, align: str, parts: Sequence[Part]) -> Spot:
    return Spot(x, y, wide, align, tuple(one for one in parts if one.line.text) or (Part(own(" ", "zh"), 6),))


def _head(cover: Cover, language: str) -> list[Spot]:
    classes = [Part(own(f"{name} {clean(value)}", language), 10.5)
               for name, value in (("ICS", cover.ics), ("CCS", cover.ccs)) if value]
    sign, banner = sign_of(cover.number), said(cover.banner, language)
    size = fitting(banner.text, (28, 22, 16, 12), 1)
    room = (WIDE * POINTS / size - len(banner.text)) / max(len(banner.text), 1) * size
    spread = max(min(room * 0.8, size * 0.6), 0) if banner.language == "zh" else 0
    return [_spot(LEFT, 20, 80, "left", classes),
            _spot(105, 18, 210 - RIGHT - 105, "right",
                  [Part(own(sign, "en"), fitting(sign * 2, (46, 30, 18), 1, 85), sans=False, bold=True)]),
            _spot(LEFT, 48, WIDE, "center", [Part(banner, size, spread=round(spread, 1), bold=language == "en")])]


def _titles(cover: Cover, language: str) -> list[Part]:
    title, other = said(cover.title, language), said(cover.title, "en" if language == "zh" else "zh")
    parts = [Part(title, fitting(title.text, (26, 20, 14, 10.5), 4), bold=language == "en")]
    if other.text != title.text:
        parts.append(Part(other, fitting(other.text, (15, 12, 9), 4), sans=False, before=14))
    parts.append(Part(said(cover.adoption, language), 12, sans=False, before=14))
    parts.append(Part(own(draft_label(cover, language), language), 15, sans=False, before=24))
    return parts


def _foot(cover: Cover, language: str) -> list[Spot]:
    dates = [_spot(LEFT, 246, 80, "left", [Part(day(ISSUED, cover.published_on, language), 14)]),
             _spot(210 - RIGHT - 80, 246, 80, "right", [Part(day(EFFECTIVE, cover.effective_on, language), 14)]),
             Spot(LEFT, 255, WIDE)]
    names = _rows([said(one, language) for one in cover.issuers])
    if not names:
        return dates
    room = 26 * POINTS / LEADING / len(names)
    longest = max(names, key=lambda one: width(one.text)).text
    size = min(room, fitting(longest, (16, 12, 9, 7), 1, WIDE - 35))
    by, issuers = Part(own(BY.in_language(language), language), min(size, 14)), [Part(one, size) for one in names]
    if language == "en":
        return [*dates, _spot(LEFT, 259, 30, "left", [by]), _spot(LEFT + 30, 259, WIDE - 30, "right", issuers)]
    return [*dates, _spot(LEFT, 259, WIDE - 30, "center", issuers), _spot(210 - RIGHT - 25, 259, 25, "right", [by])]


def _rows(names: Sequence[Line]) -> list[Line]:
    """The issuers in at most four lines, several in one where there are more."""
    each = -(-len(names) // 4) or 1
    rows = [names[at:at + each] for at in range(0, len(names), each)]
    return [Line(tuple(Piece(("\u3000" if at else "") + one.text) for at, one in enumerate(row)), row[0].language)
            for row in rows]
