"""References that do not hold: to what is no longer in force, to what we do not know, downward, in a circle."""

from collections.abc import Iterator
from datetime import date

from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.dating import day_in_words
from jizhun.standards.rules.faults.fault import FAULT, LOOK, Fault, kind_in_words, mender, number_key
from jizhun.standards.rules.graph import PathOf, by_its_number, circles, code_path, rank
from jizhun.standards.rules.library import (
    CURRENT,
    GROUP,
    INDUSTRY,
    LOCAL,
    NATIONAL,
    SUPERSEDED,
    WITHDRAWN,
    Library,
    Standard,
)

TO_BE_JUDGED = {(NATIONAL, INDUSTRY), (LOCAL, GROUP)}
"""Downward references that are usual (GB/T 1.1 lists industry standards among what may be cited): for a look only."""

CITES, MENTIONS = Bilingual("规范性引用", "cites"), Bilingual("资料性引用", "mentions")


def _citing(library: Library, on: date) -> Iterator[tuple[Standard, str, bool]]:
    """Current standard, number that it cites, and whether normatively; each number once."""
    for one in library.by_number.values():
        if library.status(one, on) == CURRENT:
            cited = dict.fromkeys((cite.number for cite in one.cites), False)
            cited |= {cite.number: True for cite in one.cites if cite.normative}
            yield from ((one, number, normative) for number, normative in cited.items())


def _dead(library: Library, number: str, on: date) -> Standard | None:
    """The standard no longer in force that a reference means; None where it means one that is, or none we know."""
    meant = library.resolve(number, on)
    if meant is None or library.status(meant, on) == CURRENT:
        return None
    # Of an undated number the latest edition may still be a draft: then the last one that held is meant.
    editions = (meant,) if number in library.by_number else library.editions.get(number, (meant,))
    return next((one for one in editions if library.status(one, on) in (SUPERSEDED, WITHDRAWN)), None)


def dead_references(library: Library, on: date) -> list[Fault]:
    """Current standards that cite one no longer in force: a fault where normatively, else for a look."""
    found = []
    for one, number, normative in _citing(library, on):
        if dead := _dead(library, number, on):
            verb, fate = CITES if normative else MENTIONS, _fate(library, dead, on)
            found.append(Fault("dead_reference", FAULT if normative else LOOK, (one.number, dead.number), mender(one),
                               Bilingual(f"{one.number} {verb.zh}了 {number}，{fate.zh}。",
                                         f"{one.number} {verb.en} {number}, {fate.en}.")))
    return found


def _fate(library: Library, dead: Standard, on: date) -> Bilingual:
    """What became of a standard: 该标准已于…被…代替, which was superseded by ... on ..."""
    after = library.successors(dead, on)
    days = [day for one in after if (day := one.effective_on or one.published_on)]
    ended = min(days, default=None) if after else dead.ended_on
    when = Bilingual(f"于{day_in_words(ended).zh}", f" on {ended}") if ended else Bilingual("", "")
    if not after:
        return Bilingual(f"该标准已{when.zh}废止", f"which was withdrawn{when.en}")
    by = sorted(one.number for one in after)
    now = sorted(_heirs(library, dead, on) - set(by))
    zh, en = (f"，现行的是 {'、'.join(now)}", f"; in force now: {', '.join(now)}") if now else ("", "")
    return Bilingual(f"该标准已{when.zh}被 {'、'.join(by)} 代替{zh}",
                     f"which was superseded by {', '.join(by)}{when.en}{en}")


def _heirs(library: Library, dead: Standard, on: date) -> set[str]:
    """The current standards at the end of what replaced it, and what replaced that."""
    seen, open_ends = {dead.number}, [dead]
    while open_ends:
        fresh = [one for one in library.successors(open_ends.pop(), on) if one.number not in seen]
        seen.update(one.number for one in fresh)
        open_ends += fresh
    return {number for number in seen if library.status(library.by_number[number], on) == CURRENT}


def unknown_references(library: Library, on: date) -> list[Fault]:
    """Current standards that cite a number which the library does not have."""
    return [Fault("unknown_reference", LOOK, (one.number, number), mender(one), Bilingual(
                f"{one.number} 引用的 {number} 不在标准库中。",
                f"{one.number} cites {number}, which is not in the library."))
            for one, number, _ in _citing(library, on) if library.resolve(number, on) is None]


def downward_references(library: Library, on: date, path_of: PathOf = code_path) -> list[Fault]:
    """Current standards that cite one that stands lower; of one not in the library its number says where it stands."""
    found = []
    for one, number, normative in _citing(library, on):
        cited = library.resolve(number, on) or by_its_number(number)
        if cited and rank(cited, on, path_of) > rank(one, on, path_of):
            usual = (one.kind, cited.kind) in TO_BE_JUDGED
            found.append(_downward(one, cited, number, LOOK if usual or not normative else FAULT, normative))
    return found


def _downward(one: Standard, cited: Standard, number: str, severity: str, normative: bool) -> Fault:
    upper, lower = kind_in_words(one.kind), kind_in_words(cited.kind)
    verb = CITES if normative else MENTIONS
    return Fault("downward_reference", severity, (one.number, number), mender(one), Bilingual(
        f"{one.number}（{upper.zh}）{verb.zh}了层级较低的 {number}（{lower.zh}）。",
        f"{one.number} ({upper.en}) {verb.en} {number} ({lower.en}), which stands lower."))


def circular_references(library: Library, on: date) -> list[Fault]:
    """Current standards that cite one another normatively in a circle; the highest comes first."""
    return [Fault("circular_reference", LOOK, circle, mender(library.by_number[circle[0]]), Bilingual(
                f"{'、'.join(circle)} 规范性引用成环。",
                f"{', '.join(circle)} cite one another normatively in a circle."))
            for circle in (tuple(sorted(some, key=number_key)) for some in circles(library, on))]
