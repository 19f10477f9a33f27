"""A standards system as a tree of nodes, each with the standards that should be in it. Pure.

A line names its standard by number, or only by title while it is to be made; the standard that is then published at
the system's own place, of that kind and under that title, fills it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused
from jizhun.standards.rules.library import CURRENT, KINDS, OBJECTS, UPCOMING, Library, Standard

LAYERED, SEQUENCE, MATRIX = "layered", "sequence", "matrix"
FORMS: Mapping[str, Bilingual] = {
    LAYERED: Bilingual("层次结构", "Layered structure"),
    SEQUENCE: Bilingual("序列结构", "Sequence structure"),
    MATRIX: Bilingual("矩阵结构", "Matrix structure"),
}
"""The three forms of structure diagram in GB/T 13016."""


@dataclass(frozen=True, slots=True)
class Node:
    """A box of the structure diagram: ``code`` is its number in the system (``301``), ``parent`` "" for the top."""

    code: str
    parent: str
    name: Bilingual
    about: Bilingual = NO_WORDS


@dataclass(frozen=True, slots=True)
class Entry:
    """One line that should be in a node: an existing standard by ``number``, or one to be made by ``title``.

    ``kind`` is the level at which it should stand (宜定级别); ``plan_year`` when it is to be made (0: not planned).
    ``serves``: items or matters it should serve.
    """

    node: str
    number: str = ""
    title: Bilingual = NO_WORDS
    kind: str = "national"
    object_class: str = "service"
    serves: tuple[str, ...] = ()
    plan_year: int = 0
    basis: Bilingual = NO_WORDS
    mark: str = "R"


@dataclass(frozen=True)
class Framework:
    """One system: nodes in their order, entries, and the explanation that goes with the tables."""

    code: str
    name: Bilingual
    nodes: Sequence[Node]
    entries: Sequence[Entry]
    explanation: Bilingual = NO_WORDS
    region: str = "CN"
    source: str = ""
    mark: str = "R"

    def children(self, code: str) -> list[Node]:
        """The nodes directly below ``code`` ("" for the top), in their order."""
        return [node for node in self.nodes if node.parent == code]

    def below(self, code: str) -> set[str]:
        """``code`` and all nodes under it."""
        found, open_ends = {code}, [code]
        while open_ends:
            fresh = [node.code for node in self.children(open_ends.pop())]
            found.update(fresh)
            open_ends += fresh
        return found

    def walk(self, code: str = "", depth: int = 0) -> Iterator[tuple[Node, int]]:
        """Every node with its depth, parents before children."""
        for node in self.children(code):
            yield node, depth
            yield from self.walk(node.code, depth + 1)


def make_framework(code: str, name: Bilingual, nodes: Iterable[Node], entries: Iterable[Entry],
                   explanation: Bilingual = NO_WORDS, region: str = "CN", source: str = "",
                   mark: str = "R") -> Framework:
    """The system, checked: Refused for a code used twice, an unknown parent, a circle, an entry in no node."""
    made = Framework(code, name, tuple(nodes), tuple(entries), explanation, region, source, mark)
    codes = [node.code for node in made.nodes]
    for node in made.nodes:
        if codes.count(node.code) > 1:
            raise Refused(zh=f"节点“{node.code}”出现两次。", en=f"The node “{node.code}” is there twice.")
        if node.parent and node.parent not in codes:
            raise Refused(zh=f"节点“{node.code}”的上级“{node.parent}”不存在。",
                          en=f"There is no node “{node.parent}” above “{node.code}”.")
    if lost := set(codes) - {node.code for node, _ in made.walk()}:
        raise Refused(zh=f"节点“{min(lost)}”的上级成环。", en=f"The nodes above “{min(lost)}” form a circle.")
    for entry in made.entries:
        if entry.node not in codes:
            raise Refused(zh=f"没有节点“{entry.node}”。", en=f"There is no node “{entry.node}”.")
    return made


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the detail table: the entry and the standard that fills it (None: to be made)."""

    place: int
    system_number: str
    node: Node
    entry: Entry
    standard: Standard | None
    status: str = ""

    @property
    def have(self) -> bool:
        """Whether the standard exists and holds (or is published and about to)."""
        return self.standard is not None and self.status in (CURRENT, UPCOMING)

    @property
    def to_make(self) -> bool:
        """Whether it waits to be made: it names no number, and nothing fills it."""
        return not self.have and not self.entry.number

    @property
    def kind(self) -> str:
        return self.standard.kind if self.standard else self.entry.kind

    @property
    def object_class(self) -> str:
        return self.standard.object_class if self.standard else self.entry.object_class

    @property
    def title(self) -> Bilingual:
        return self.standard.title if self.standard else self.entry.title


def detail_lines(framework: Framework, library: Library, on: date) -> list[Line]:
    """The detail table: every entry in the order of the tree, with its number in the system (``301.2``)."""
    lines: list[Line] = []
    titled = _by_title(framework, library)
    for node, _ in framework.walk():
        for at, entry in enumerate((one for one in framework.entries if one.node == node.code), 1):
            standard = library.resolve(entry.number, on) if entry.number else _made_since(
                titled.get((entry.kind, title_key(entry.title.zh)), ()), library, on)
            lines.append(Line(len(lines) + 1, f"{node.code}.{at}", node, entry, standard,
                              library.status(standard, on) if standard else ""))
    return lines


NOT_SAID = re.compile(r"[\W_]+")


def title_key(title: str) -> str:
    """A title as it is compared: without spaces, marks and book-title signs, wide letters as narrow ones."""
    return NOT_SAID.sub("", unicodedata.normalize("NFKC", title)).casefold()


def _by_title(framework: Framework, library: Library) -> dict[tuple[str, str], list[Standard]]:
    """Kind and title -> the standards that could fill a line of the system: those of its own place."""
    found: dict[tuple[str, str], list[Standard]] = {}
    for one in library.by_number.values():
        if one.region == framework.region:
            found.setdefault((one.kind, title_key(one.title.zh)), []).append(one)
    return found


def _made_since(some: Sequence[Standard], library: Library, on: date) -> Standard | None:
    """What was made for a line that names no number: the standard that holds, or is about to; the latest of several."""
    there = [one for one in some if library.status(one, on) in (CURRENT, UPCOMING)]
    return max(there, key=lambda one: (library.status(one, on) == CURRENT, one.published_on or date.min), default=None)


def line_for(lines: Iterable[Line], kind: str, title: str) -> Line | None:
    """The line that a standard of this kind and Chinese title is made for."""
    key = title_key(title)
    return next((one for one in lines if not one.entry.number
                 and (one.entry.kind, title_key(one.entry.title.zh)) == (kind, key)), None)


def planned(framework: Framework, years: Mapping[tuple[str, str], int]) -> Framework:
    """The system with the years decided since: (node, Chinese title) -> year, 0 for a line taken off the plan."""
    return replace(framework, entries=tuple(
        replace(one, plan_year=years.get((one.node, one.title.zh), one.plan_year)) for one in framework.entries))


@dataclass(frozen=True, slots=True)
class Count:
    """How many there should be and how many there are."""

    should: int = 0
    have: int = 0

    @property
    def share(self) -> float | None:
        """have / should; None where nothing should be."""
        return self.have / self.should if self.should else None


def counted(lines: Iterable[Line]) -> Count:
    """Should and have of these lines."""
    some = list(lines)
    return Count(len(some), sum(line.have for line in some))


@dataclass(frozen=True)
class Statistics:
    """The statistics table: by kind and by object class, each with a total."""

    by_kind: Mapping[str, Count]
    by_object: Mapping[str, Count]
    total: Count


def statistics(lines: Sequence[Line]) -> Statistics:
    """Counts of the detail table, in the rows of GB/T 13016."""
    return Statistics(
        {kind: counted(line for line in lines if line.kind == kind) for kind in KINDS},
        {one: counted(line for line in lines if line.object_class == one) for one in OBJECTS}, counted(lines))


def by_node(framework: Framework, lines: Sequence[Line]) -> dict[str, Count]:
    """Should and have of each node with everything under it."""
    return {node.code: counted(line for line in lines if line.node.code in inside)
            for node in framework.nodes for inside in [framework.below(node.code)]}
