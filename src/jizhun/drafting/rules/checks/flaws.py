"""A flaw of a draft, and the draft with everything that the checks ask of it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from jizhun.drafting.rules.text import KINDS, Block, Clause, Numbered, blocks, numbered
from jizhun.kernel.bilingual import Bilingual

ERROR, WARNING = "error", "warning"

NOT_TEXT = ("foreword", "introduction", "references", "bibliography")
"""Kinds that hold no requirements and cite nothing normatively."""
NUMBERED_BELOW = ("clause", "term", "annex_clause")


@dataclass(frozen=True, slots=True)
class Flaw:
    """What does not fit. ``clause`` is a key, "" for the whole draft; ``kind`` a word for tests and filters."""

    severity: str
    clause: str
    kind: str
    sentence: Bilingual


@dataclass(frozen=True)
class Draft:
    """The clauses with their numbers, their nesting and the languages that the draft is to have."""

    clauses: Sequence[Clause]
    languages: Sequence[str]

    @cached_property
    def numbered(self) -> list[Numbered]:
        """Every clause with its number."""
        return numbered(self.clauses)

    @cached_property
    def parents(self) -> list[int | None]:
        """For every clause the place of the one it stands under."""
        above: list[tuple[int, int]] = []
        done: list[int | None] = []
        for place, one in enumerate(self.clauses):
            depth = depth_of(one)
            while above and above[-1][0] >= depth:
                above.pop()
            done.append(above[-1][1] if above else None)
            above.append((depth, place))
        return done

    @cached_property
    def children(self) -> dict[int, list[int]]:
        """Places of the clauses directly under each."""
        done: dict[int, list[int]] = {}
        for place, parent in enumerate(self.parents):
            if parent is not None:
                done.setdefault(parent, []).append(place)
        return done

    @cached_property
    def informative(self) -> set[int]:
        """Places of informative annexes and of what stands under them."""
        done: set[int] = set()
        for place, (one, parent) in enumerate(zip(self.clauses, self.parents, strict=True)):
            if parent in done or (one.kind == "annex" and not one.normative):
                done.add(place)
        return done

    @cached_property
    def requirements(self) -> list[tuple[Numbered, str, list[Block]]]:
        """(clause, language, blocks) of all normative text: no notes, no examples, no informative annex."""
        return [(one, language, normative) for place, one in enumerate(self.numbered)
                if place not in self.informative and one.clause.kind not in NOT_TEXT
                for language in ("zh", "en")
                if (normative := normative_blocks(getattr(one.clause.body, language)))]

    @property
    def chinese(self) -> bool:
        return "zh" in self.languages


def normative_blocks(body: str) -> list[Block]:
    """The blocks that can hold a requirement."""
    return [one for one in blocks(body) if one.kind not in ("note", "example")]


def words_of(block: Block) -> str:
    """All words of a block, a line for an item or a row."""
    return "\n".join([*block.lines, *(" ".join(row) for row in block.rows)])


def depth_of(clause: Clause) -> int:
    """How deep it is nested: what stands in an annex is a level below it."""
    return clause.level + 1 if clause.kind == "annex_clause" else clause.level if clause.kind in NUMBERED_BELOW else 1


def where(one: Numbered) -> Bilingual:
    """The clause as a sentence names it: its number, else its title, else its key."""
    title = one.clause.title if one.clause.kind in KINDS else Bilingual("", "")
    label = one.label if one.number else title
    key = one.clause.key
    return Bilingual(label.zh or label.en or key, label.en or label.zh or key)


def flaw(severity: str, one: Numbered | None, kind: str, *, zh: str, en: str) -> Flaw:
    """A flaw of one clause; the sentence begins with its number."""
    if one is None:
        return Flaw(severity, "", kind, Bilingual(zh, en))
    label = where(one)
    return Flaw(severity, one.clause.key, kind, Bilingual(f"{label.zh}：{zh}", f"{label.en}: {en}"))
