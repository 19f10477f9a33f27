"""What there should be and is not: items without a standard, systems with empty lines, standards nothing replaced."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from jizhun.kernel.bilingual import NO_WORDS, Bilingual
from jizhun.kernel.dating import day_in_words
from jizhun.standards.rules.faults.fault import GAP, LOOK, Fault, kind_in_words, mender
from jizhun.standards.rules.framework import Framework, Line, detail_lines
from jizhun.standards.rules.graph import LIVE
from jizhun.standards.rules.library import (
    CURRENT,
    INDUSTRY,
    LOCAL,
    NATIONAL,
    STATUSES,
    WITHDRAWN,
    Library,
    Standard,
)

LEVELS = (NATIONAL, INDUSTRY, LOCAL)
"""The levels at which an item is asked for when nothing else is said."""


def unserved(library: Library, subjects: Mapping[str, Bilingual], on: date, kinds: Sequence[str] = LEVELS,
             path: Sequence[str] = ("CN",)) -> list[Fault]:
    """Items or matters without a current standard of a kind, seen from the last place of ``path`` (nation first).

    Local standards count from every place of the path below the nation; asked from the nation there are none. A
    standard that serves an item serves its matters; an item of which one matter is served is not without a standard.
    What lacks a national or an industry standard can be mended at the top only.
    """
    found: list[Fault] = []
    for kind in kinds:
        if kind == LOCAL and len(path) < 2:
            continue
        places = set(path[1:] if kind == LOCAL else path)
        serving = [one for one in library.by_number.values()
                   if one.kind == kind and one.region in places and library.status(one, on) in LIVE]
        in_force = _codes(one for one in serving if library.status(one, on) == CURRENT)
        found += [_unserved(code, name, kind, path[-1] if kind == LOCAL else path[0],
                            [one for one in serving if _serves(one, code)])
                  for code, name in subjects.items() if not (_family(code) & in_force or code in _items(in_force))]
    return found


def _codes(standards: Iterable[Standard]) -> set[str]:
    return {code for one in standards for code in one.serves}


def _family(code: str) -> set[str]:
    """A code and the item it belongs to: a matter is written as its item, a hyphen and more (``NB029-EX01``)."""
    return {code, code.partition("-")[0]}


def _items(codes: Iterable[str]) -> set[str]:
    return {code.partition("-")[0] for code in codes}


def _serves(standard: Standard, code: str) -> bool:
    return bool(_family(code) & set(standard.serves)) or code in _items(standard.serves)


def _unserved(code: str, name: Bilingual, kind: str, place: str, coming: Sequence[Standard]) -> Fault:
    words = kind_in_words(kind)
    numbers = sorted(one.number for one in coming)
    zh = f"（{'、'.join(numbers)} 尚未实施）" if numbers else ""
    en = f" ({', '.join(numbers)} not yet in force)" if numbers else ""
    return Fault("unserved", GAP, (code, *numbers), place, Bilingual(
        f"“{name.in_language('zh') or code}”没有现行的{words.zh}{zh}。",
        f"No current {words.en} serves “{name.in_language('en') or code}”{en}."), level=kind)


def missing_entries(framework: Framework, library: Library, on: date) -> list[Fault]:
    """For each node of a system: how many standards it should have, how many it has, and which are lacking."""
    lines: dict[str, list[Line]] = {}
    for line in detail_lines(framework, library, on):
        lines.setdefault(line.node.code, []).append(line)
    return [_missing(framework, some) for some in lines.values() if not all(line.have for line in some)]


def _missing(framework: Framework, lines: Sequence[Line]) -> Fault:
    node, lacking = lines[0].node, [line for line in lines if not line.have]
    numbers = tuple(line.entry.number for line in lacking if line.entry.number)
    have = len(lines) - len(lacking)
    return Fault("missing_entries", GAP, (node.code, *numbers), framework.region, Bilingual(
        f"{node.code}“{node.name.in_language('zh')}”应有 {len(lines)} 项，现有 {have} 项，缺："
        f"{'、'.join(_lacking(line).zh for line in lacking)}。",
        f"{node.code} “{node.name.in_language('en')}” should hold {len(lines)} and holds {have}; lacking: "
        f"{', '.join(_lacking(line).en for line in lacking)}."), framework=framework.code)


def _lacking(line: Line) -> Bilingual:
    """What is lacking, with the state of the standard that once filled the line."""
    title = Bilingual(line.title.in_language("zh"), line.title.in_language("en"))
    if line.entry.number:
        title = Bilingual(f"{line.entry.number} {title.zh}".strip(), f"{line.entry.number} {title.en}".strip())
    state = STATUSES.get(line.status, NO_WORDS)
    return Bilingual(f"{title.zh}（{state.zh}）", f"{title.en} ({state.en.lower()})") if state.zh else title


def not_replaced(library: Library, on: date) -> Iterator[Fault]:
    """Withdrawn standards that nothing replaced, whose items no current standard of the same kind and place serves."""
    in_force: dict[tuple[str, str], set[str]] = {}
    for one in library.by_number.values():
        if library.status(one, on) == CURRENT:
            in_force.setdefault((one.kind, one.region), set()).update(one.serves)
    for one in library.by_number.values():
        left = sorted(set(one.serves) - in_force.get((one.kind, one.region), set()))
        if left and library.status(one, on) == WITHDRAWN and one.ended_on:
            when, kind = day_in_words(one.ended_on), kind_in_words(one.kind)
            yield Fault("not_replaced", LOOK, (one.number, *left), mender(one), Bilingual(
                f"{one.number} 已于{when.zh}废止，没有替代；{'、'.join(left)} 目前没有同级的现行{kind.zh}。",
                f"{one.number} was withdrawn on {when.en} and not replaced; no current {kind.en} of its place serves "
                f"{', '.join(left)}."))
