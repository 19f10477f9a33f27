"""What a diagram is made of, and how much room its texts need, estimated without any font."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from jizhun.kernel.bilingual import Bilingual
from jizhun.standards.rules.framework import FORMS, Count, Framework

MARGIN, GAP = 12, 8
NARROW = 358
"""Width of a phone of 390 px less the page's margins: a narrow picture is shown in its true size."""

LATIN, WIDE_FROM = 0.55, 0x2010
"""A Latin letter is about so many em wide; from the dashes and quotation marks on, one em, as in Chinese type."""
PIECE = re.compile(r"[（《“「]*(?:[^\s‐-\uffff]+|[‐-\uffff])[，。、；：！？）》”」]*|\S")
"""What stays together at the end of a line: a Latin word, a Chinese character with its punctuation."""

SENTENCE = Bilingual("{name}：{form}图。{nodes}个节点，应有标准{should}项，现有{have}项。",
                     "{name}: {form}. {nodes} nodes; {should} standards should be there, {have} are.")


@dataclass(frozen=True, slots=True)
class Text:
    """One line of letters; ``x`` is its start, middle or end (``anchor``), ``y`` the line on which it stands."""

    words: str
    x: float
    y: float
    size: int
    strong: bool = False
    anchor: str = "start"
    soft: bool = False

    @property
    def reach(self) -> tuple[float, float]:
        """From where to where it goes across, by the estimate."""
        wide = width_of(self.words, self.size)
        left = self.x - {"start": 0.0, "middle": wide / 2, "end": wide}[self.anchor]
        return left, left + wide


@dataclass(frozen=True, slots=True)
class Box:
    """A box with its texts. ``key`` leads to a link: a node's code, ``301/national`` for a cell, "" for the system
    and the sum of all, "*" for the head of a column.

    ``fill`` is the class of its ground; "" draws none. ``count`` with ``bar``: its share is drawn along the foot.
    """

    key: str
    x: float
    y: float
    w: float
    h: float
    texts: tuple[Text, ...]
    fill: str = "box"
    count: Count | None = None
    bar: bool = False
    where: str = ""

    @property
    def sentence(self) -> str:
        """The box for those who cannot see it; a cell with ``where`` it stands."""
        return " ".join((self.where, *(one.words for one in self.texts))).strip()


@dataclass(frozen=True, slots=True)
class Frame:
    """The broken line that GB/T 13016 draws around the standards of one sub-system."""

    x: float
    y: float
    w: float
    h: float


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line from point to point, with a head where it leads from step to step."""

    points: tuple[tuple[float, float], ...]
    arrow: bool = False


@dataclass(frozen=True)
class Picture:
    """One diagram, laid out. ``label`` says in a sentence what it shows."""

    form: str
    label: str
    width: float
    height: float
    boxes: Sequence[Box]
    frames: Sequence[Frame] = ()
    strokes: Sequence[Stroke] = ()
    narrow: bool = False


@dataclass
class Canvas:
    """Where a layout puts its boxes."""

    boxes: list[Box] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    strokes: list[Stroke] = field(default_factory=list)

    def finish(self, form: str, label: str, width: float, narrow: bool) -> Picture:
        """The picture, as high as what is on it."""
        things: list[Box | Frame] = [*self.boxes, *self.frames]
        height = max(one.y + one.h for one in things) + MARGIN
        return Picture(form, label, width, height, tuple(self.boxes), tuple(self.frames), tuple(self.strokes), narrow)


def figure(count: Count) -> str:
    """have/should, a dash where nothing should be."""
    return f"{count.have}/{count.should}" if count.should else "–"


def label_of(framework: Framework, form: str, total: Count, language: str) -> str:
    """The sentence that stands for the whole picture."""
    name, kind = framework.name.in_language(language), FORMS[form].in_language(language)
    kind = kind if language.startswith("zh") else kind.lower()
    return SENTENCE.in_language(language).format(name=name, form=kind, nodes=len(framework.nodes),
                                                 should=total.should, have=total.have)


def width_of(text: str, size: float) -> float:
    """About how wide a text is."""
    return sum(size if ord(letter) >= WIDE_FROM else size * LATIN for letter in text)


def wrapped(text: str, room: float, size: float, first: float | None = None) -> tuple[str, ...]:
    """The text in lines that fit the room, the first perhaps in less; a word longer than a whole line is cut."""
    lines: list[str] = []
    line, left = "", room if first is None else first
    for found in PIECE.finditer(text):
        space = " " if line and text[found.start() - 1].isspace() else ""
        if line and width_of(line + space + found.group(), size) > left:
            lines.append(line)
            line, space, left = "", "", room
        for letter in space + found.group():
            if line and width_of(line + letter, size) > left:
                lines.append(line)
                line, left = "", room
            line += letter
    return (*lines, line)


def flowed(pieces: Sequence[str], room: float, size: float) -> tuple[str, ...]:
    """Pieces with points between, in lines that fit; a piece is parted only where it is longer than a line."""
    lines: list[str] = []
    for piece in pieces:
        longer = f"{lines[-1]} · {piece}" if lines else piece
        if lines and width_of(longer, size) <= room:
            lines[-1] = longer
        else:
            lines += wrapped(piece, room, size)
    return tuple(lines)
