"""The text of a standard by clauses, after GB/T 1.1: kinds, order, numbers made by the program. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from jizhun.kernel.bilingual import NO_WORDS, Bilingual

KINDS: Mapping[str, Bilingual] = {
    "foreword": Bilingual("前言", "Foreword"),
    "introduction": Bilingual("引言", "Introduction"),
    "scope": Bilingual("范围", "Scope"),
    "references": Bilingual("规范性引用文件", "Normative references"),
    "terms": Bilingual("术语和定义", "Terms and definitions"),
    "term": Bilingual("术语条目", "Term"),
    "symbols": Bilingual("符号和缩略语", "Symbols and abbreviated terms"),
    "clause": Bilingual("条款", "Clause"),
    "annex": Bilingual("附录", "Annex"),
    "annex_clause": Bilingual("附录条款", "Clause of an annex"),
    "bibliography": Bilingual("参考文献", "Bibliography"),
}
"""Kinds in the order in which GB/T 1.1 puts them. ``term`` stands in ``terms``, ``annex_clause`` in an annex."""

FIXED = ("foreword", "introduction", "scope", "references", "terms", "symbols", "bibliography")
"""Kinds that occur once, under a heading that is not chosen."""
REQUIRED = ("foreword", "scope", "references", "terms", "clause")
UNNUMBERED = ("foreword", "introduction", "bibliography")
DEEPEST = 5
"""Clauses are numbered to five levels: 5.1.2.3.4."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause. ``key`` is its stable name: numbers move, keys stay.

    ``level``: 1 for a chapter (5), 2 for 5.1 ...; in an annex 1 is A.1; annexes and fixed kinds are level 1, terms 2.
    ``body`` holds blocks divided by an empty line: a paragraph; a list whose lines begin with ``- `` or ``a) ``; a
    table whose lines begin with ``|`` (first line the head); a note that begins with ``注：`` or ``NOTE:``; an example
    ``示例：`` or ``EXAMPLE:``. ``{#key}`` in it stands for the number of another clause. In ``references`` and
    ``bibliography`` each line is one document: its number, two spaces or more, its title. A ``term``'s heading is the
    term, its body the definition. ``normative`` counts for annexes. ``proposes``: rows of proposed provisions, as the
    seeds write them (subject, measure, modality, value, unit, group), each with the sentence it was read from.
    """

    key: str
    kind: str
    level: int = 1
    heading: Bilingual = NO_WORDS
    body: Bilingual = NO_WORDS
    normative: bool = True
    proposes: tuple[Mapping[str, Any], ...] = ()

    @property
    def title(self) -> Bilingual:
        """The heading, or the fixed one of its kind."""
        return KINDS[self.kind] if self.kind in FIXED else self.heading


@dataclass(frozen=True, slots=True)
class Numbered:
    """A clause with its number as printed: ``5.1``, ``A`` for an annex, ``A.1``; "" for none."""

    clause: Clause
    number: str

    @property
    def label(self) -> Bilingual:
        """The number in words: 附录 A, Annex A, 5.1."""
        if self.clause.kind == "annex":
            return Bilingual(f"附录 {self.number}", f"Annex {self.number}")
        return Bilingual(self.number, self.number)


def numbered(clauses: Sequence[Clause]) -> list[Numbered]:
    """Every clause with its number: chapters 1, 2 ...; 5.1 ...; annexes A, B ...; A.1 ..."""
    counts = [0] * DEEPEST
    annex, done = 0, []
    for clause in clauses:
        if clause.kind in UNNUMBERED:
            done.append(Numbered(clause, ""))
            continue
        if clause.kind == "annex":
            annex, counts = annex + 1, [0] * DEEPEST
            done.append(Numbered(clause, letter(annex)))
            continue
        level = min(max(clause.level, 1), DEEPEST)
        counts = [*counts[:level - 1], counts[level - 1] + 1, *[0] * (DEEPEST - level)]
        number = ".".join(str(max(one, 1)) for one in counts[:level])
        done.append(Numbered(clause, f"{letter(annex)}.{number}" if annex else number))
    return done


def letter(place: int) -> str:
    """A, B ... Z, AA ... as annexes are lettered (I and O included, as GB/T 1.1 has them)."""
    name = ""
    while place > 0:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


LINK = re.compile(r"\{#([A-Za-z0-9_-]+)\}")


def links(clause: Clause) -> set[str]:
    """Keys of the clauses that this one refers to, in either language."""
    return {key for text in (clause.body.zh, clause.body.en, clause.heading.zh, clause.heading.en)
            for key in LINK.findall(text)}


def filled(text: str, labels: Mapping[str, str]) -> str:
    """The text with ``{#key}`` replaced by the number of that clause; an unknown key stays visible as ``?key?``."""
    return LINK.sub(lambda found: labels.get(found[1], f"?{found[1]}?"), text)


def labels_of(done: Sequence[Numbered], language: str) -> dict[str, str]:
    """Key -> number in words, for ``filled``."""
    return {one.clause.key: one.label.in_language(language) for one in done}


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a body. ``kind``: paragraph, list, table, note or example.

    ``lines``: the items of a list without their signs, else one text; ``rows``: of a table, the head first.
    ``ordered``: whether a list is lettered.
    """

    kind: str
    lines: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    ordered: bool = False


BULLET, LETTER = re.compile(r"[-–—•]\s+"), re.compile(r"[a-z0-9]{1,2}[)）]\s*")
NOTE = re.compile(r"(注\s*+\d*+\s*+[：:]|NOTE\s*+\d*+\s*+:)\s*")
EXAMPLE = re.compile(r"(示例\s*+\d*+\s*+[：:]|EXAMPLE\s*+\d*+\s*+:)\s*")


def blocks(body: str) -> Iterator[Block]:
    """The pieces of a body in their order."""
    for piece in re.split(r"\n\s*\n", body.strip()):
        lines = [line.strip() for line in piece.splitlines() if line.strip()]
        if lines:
            yield _block(lines)


def _block(lines: Sequence[str]) -> Block:
    if all(line.startswith("|") for line in lines):
        return Block("table", rows=tuple(_cells(line) for line in lines))
    for sign, ordered in ((BULLET, False), (LETTER, True)):
        if all(sign.match(line) for line in lines):
            return Block("list", tuple(line[found.end():] for line in lines if (found := sign.match(line))),
                         ordered=ordered)
    text = " ".join(lines)
    for sign, kind in ((NOTE, "note"), (EXAMPLE, "example")):
        if found := sign.match(text):
            return Block(kind, (text[found.end():],))
    return Block("paragraph", (text,))


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip("|").split("|"))


def documents_in(body: str) -> list[tuple[str, str]]:
    """The lines of a list of documents as (number, title)."""
    lines = (re.split(r"\s{2,}|\t", line.strip(), maxsplit=1) for line in body.splitlines() if line.strip())
    return [(one[0], one[1] if len(one) > 1 else "") for one in lines]


def section(clauses: Sequence[Clause], key: str) -> range:
    """Places of the clause ``key`` and of everything under it; an empty range where there is none."""
    at = next((place for place, one in enumerate(clauses) if one.key == key), len(clauses))
    end = at + 1
    while end < len(clauses) and _under(clauses[at], clauses[end]):
        end += 1
    return range(at, min(end, len(clauses)))


def _under(top: Clause, other: Clause) -> bool:
    if top.kind == "annex":
        return other.kind == "annex_clause"
    same_part = (top.kind == "annex_clause") == (other.kind == "annex_clause")
    return same_part and other.kind in ("clause", "term", "annex_clause") and other.level > top.level


def moved(clauses: Sequence[Clause], key: str, before: str) -> list[Clause]:
    """The clauses with ``key`` and all under it moved in front of ``before`` ("" to the end)."""
    taken = section(clauses, key)
    some = [clauses[place] for place in taken]
    rest = [one for place, one in enumerate(clauses) if place not in taken]
    at = next((place for place, one in enumerate(rest) if one.key == before), len(rest))
    return [*rest[:at], *some, *rest[at:]]


def plain(clause: Clause) -> dict[str, Any]:
    """The clause as it is kept (JSON)."""
    return {"key": clause.key, "kind": clause.kind, "level": clause.level,
            "heading": {"zh": clause.heading.zh, "en": clause.heading.en},
            "body": {"zh": clause.body.zh, "en": clause.body.en}, "normative": clause.normative,
            "proposes": [dict(one) for one in clause.proposes]}


def read_clause(kept: Mapping[str, Any]) -> Clause:
    """The clause that ``plain`` kept."""
    return Clause(kept["key"], kept["kind"], kept["level"], Bilingual(**kept["heading"]), Bilingual(**kept["body"]),
                  kept["normative"], tuple(kept["proposes"]))


def with_body(clause: Clause, zh: str, en: str) -> Clause:
    """The clause with other words."""
    return replace(clause, body=Bilingual(zh, en))


def shifted(clauses: Sequence[Clause], key: str, up: bool) -> list[Clause]:
    """The clauses with ``key`` and all under it moved past the sibling before or after it; as they are at an end."""
    inside = section(clauses, key)
    if not inside:
        return list(clauses)
    if up:
        before = _sibling_before(clauses, inside[0])
        return list(clauses) if before is None else moved(clauses, key, clauses[before].key)
    after = inside[-1] + 1
    if after >= len(clauses) or not _siblings(clauses[inside[0]], clauses[after]):
        return list(clauses)
    behind = section(clauses, clauses[after].key)[-1] + 1
    return moved(clauses, key, clauses[behind].key if behind < len(clauses) else "")


def _sibling_before(clauses: Sequence[Clause], at: int) -> int | None:
    """The place of the sibling that ends where this clause begins."""
    ends = (place for place in range(at - 1, -1, -1) if _siblings(clauses[place], clauses[at])
            and section(clauses, clauses[place].key)[-1] + 1 == at)
    return next(ends, None)


def _siblings(one: Clause, other: Clause) -> bool:
    """Whether two clauses may change places: of one kind, on one level."""
    return one.kind == other.kind and one.level == other.level
