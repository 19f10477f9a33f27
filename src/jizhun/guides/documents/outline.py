"""A guide as a reader meets it: chapters, entries and lines, each in both languages; every product is made from it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from jizhun.guides.rules.claiming import Claim
from jizhun.guides.rules.guide import Guide
from jizhun.kernel.bilingual import NO_WORDS, Bilingual

Form = Literal["text", "lines", "steps", "bring", "contacts", "figure", "points", "missing"]

MARKS: Mapping[str, Bilingual] = {
    "V": Bilingual("已核对来源", "source read"), "D": Bilingual("已核对来源", "source read"),
    "V-repo": Bilingual("转引，未核实", "second-hand, not verified"), "R": Bilingual("未核实", "not verified"),
    "SIM": Bilingual("模拟", "simulated")}
"""How far words or a value may be trusted."""
DOT, ARROW = " · ", " → "
PERIOD = {"zh": "。", "en": "."}


@dataclass(frozen=True, slots=True)
class Words:
    """What codes are called: chapters, places, papers, recipient groups and coded elements by code, papers also by the
    address of their source; and what the place says of handling the matter."""

    chapters: Mapping[str, Bilingual]
    places: Mapping[str, Bilingual]
    papers: Mapping[str, Bilingual]
    sources: Mapping[str, Bilingual]
    groups: Mapping[str, Bilingual]
    labels: Mapping[str, Bilingual]
    matters: Mapping[str, Bilingual]
    item: Bilingual = NO_WORDS
    claim: Claim | None = None
    example: bool = False

    def place(self, code: str) -> Bilingual:
        return self.places.get(code) or Bilingual(code, code)

    def label(self, code: str) -> Bilingual:
        return self.labels.get(code) or Bilingual(code.replace("_", " "), code.replace("_", " "))


@dataclass(frozen=True, slots=True)
class Origin:
    """Where words or a value come from: the place that gives them, the paper and clause, how far they are verified."""

    place: Bilingual
    paper: Bilingual
    clause: Bilingual
    address: str
    mark: str

    @property
    def cited(self) -> Bilingual:
        """Paper and clause: 《失业保险条例》第十四条."""
        return Bilingual("".join(filter(None, (self.paper.zh or self.paper.en, self.clause.zh))),
                         ", ".join(filter(None, (self.paper.in_language("en"), self.clause.in_language("en")))))

    @property
    def words(self) -> Bilingual:
        """All of it on one line."""
        return joined((self.place, self.cited, MARKS.get(self.mark, NO_WORDS)), DOT, DOT)


@dataclass(frozen=True, slots=True)
class Stage:
    """One place on the way to a value: what its paper comes to there, or what it does where that is no value."""

    place: Bilingual
    value: Bilingual
    wins: bool
    origin: Origin


@dataclass(frozen=True, slots=True)
class Note:
    """A remark on a line with its label; ``address`` where it can be opened."""

    label: Bilingual
    text: Bilingual
    address: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said; ``phone`` to be called, ``address`` to be opened, ``origin`` where it has one of its own."""

    key: str
    text: Bilingual
    notes: tuple[Note, ...] = ()
    phone: str = ""
    address: str = ""
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A field: ``text`` for words, choices and figures (``unit`` beside a number), ``lines`` for lists. ``way`` leads
    from the nation to the value; ``mark`` is the least trusted of its origins."""

    code: str
    name: Bilingual
    form: Form
    text: Bilingual = NO_WORDS
    unit: Bilingual = NO_WORDS
    lines: tuple[Line, ...] = ()
    lead: Bilingual = NO_WORDS
    way: tuple[Stage, ...] = ()
    origins: tuple[Origin, ...] = ()
    mark: str = ""

    @property
    def whole(self) -> Bilingual:
        """Number and unit together."""
        return joined((self.text, self.unit), " ", " ")

    @property
    def stages(self) -> Bilingual:
        """The way in one line: 国家 10 个工作日 → 示例省 7 个工作日."""
        said = [joined((one.place, one.value), " ", " ") for one in self.way]
        return joined(said, ARROW, ARROW)


@dataclass(frozen=True, slots=True)
class Chapter:
    code: str
    name: Bilingual
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A guide laid out: ``promises`` are the figures read first, ``notices`` what has to be known before the rest."""

    guide: Guide
    place: Bilingual
    lead: Entry
    promises: tuple[Entry, ...]
    chapters: tuple[Chapter, ...]
    notices: tuple[Bilingual, ...]
    group: Bilingual = NO_WORDS
    example: bool = False

    @property
    def title(self) -> Bilingual:
        return self.guide.name

    @property
    def on(self) -> date:
        return self.guide.on

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Everything that is told, in order."""
        return (self.lead, *self.promises, *(one for chapter in self.chapters for one in chapter.entries))

    def of(self, code: str) -> Entry | None:
        return next((one for one in self.entries if one.code == code), None)


def joined(parts: Iterable[Bilingual], zh: str, en: str) -> Bilingual:
    """Texts side by side in each language; one that lacks a language stands in the other."""
    said = [one for one in parts if one.zh or one.en]
    return Bilingual(zh.join(one.in_language("zh") for one in said), en.join(one.in_language("en") for one in said))
