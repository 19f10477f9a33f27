"""What a fault in the system of standards is, who can mend it, and which comes first. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.numbering import parse_standard
from jizhun.standards.rules.library import INDUSTRY, KINDS, NATIONAL, Standard

FAULT, GAP, LOOK = "fault", "gap", "look"
SEVERITIES: Mapping[str, Bilingual] = {
    FAULT: Bilingual("差错", "Fault"),
    GAP: Bilingual("缺口", "Gap"),
    LOOK: Bilingual("待核对", "To be looked at"),
}
"""By gravity. ``look`` is what a person has to judge."""

FAULT_KINDS: Mapping[str, Bilingual] = {
    "below_mandatory": Bilingual("低于强制性国家标准", "Below a mandatory national standard"),
    "dead_reference": Bilingual("引用已失效标准", "Cites a standard no longer in force"),
    "downward_reference": Bilingual("引用下级标准", "Cites a standard that stands lower"),
    "overlap": Bilingual("名称相近", "Titles alike"),
    "clause_overlap": Bilingual("条款相近", "Clauses alike"),
    "circular_reference": Bilingual("循环引用", "Circular references"),
    "unserved": Bilingual("缺少标准", "No standard"),
    "missing_entries": Bilingual("应有未有", "Should exist and does not"),
    "not_replaced": Bilingual("废止后无替代", "Withdrawn and not replaced"),
    "mandatory_replaced": Bilingual("推荐性代替强制性", "Recommended replaces mandatory"),
    "unknown_reference": Bilingual("引用的标准不在库中", "Cites a standard not in the library"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One finding. ``subjects``: numbers of standards, codes of items or nodes, the one to be mended first.

    ``place``: the region whose office can mend it. ``level``: the kind of standard that is lacking (unserved).
    ``framework``: the system that a node belongs to. ``score`` and ``clauses`` (key, key, score) are about likeness.
    """

    kind: str
    severity: str
    subjects: tuple[str, ...]
    place: str
    sentence: Bilingual
    score: float | None = None
    level: str = ""
    framework: str = ""
    clauses: tuple[tuple[str, str, float], ...] = ()


def mender(standard: Standard) -> str:
    """The region that can mend a standard: the nation for national and industry ones, else where it holds."""
    return "CN" if standard.kind in (NATIONAL, INDUSTRY) else standard.region


def by_gravity(faults: Iterable[Fault]) -> list[Fault]:
    """Faults, then gaps, then what is to be looked at; in each by number."""
    order = {one: place for place, one in enumerate(SEVERITIES)}
    kinds = {one: place for place, one in enumerate(FAULT_KINDS)}
    return sorted(faults, key=lambda one: (order[one.severity], [number_key(each) for each in one.subjects],
                                           kinds[one.kind], one.level, one.framework))


def number_key(text: str) -> tuple[object, ...]:
    """Sorts statutory numbers as numbers, and what is none after them as text."""
    try:
        return (0, parse_standard(text).sort_key)
    except Refused:
        return (1, text)


def kind_in_words(kind: str) -> Bilingual:
    """A kind inside a sentence: 国家标准, national standard."""
    return Bilingual(KINDS[kind].zh, KINDS[kind].en[0].lower() + KINDS[kind].en[1:])
