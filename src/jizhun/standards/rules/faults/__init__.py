"""What is amiss in a library of standards on a day: faults, gaps and what should be looked at. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from jizhun.kernel.bilingual import Bilingual
from jizhun.standards.rules.faults.fault import (
    FAULT,
    FAULT_KINDS,
    GAP,
    LOOK,
    SEVERITIES,
    Fault,
    by_gravity,
    mender,
    number_key,
)
from jizhun.standards.rules.faults.gaps import LEVELS, missing_entries, not_replaced, unserved
from jizhun.standards.rules.faults.mandatory import Limits, below_mandatory, mandatory_replaced
from jizhun.standards.rules.faults.overlaps import clause_overlaps, compared, overlaps
from jizhun.standards.rules.faults.references import (
    circular_references,
    dead_references,
    downward_references,
    unknown_references,
)
from jizhun.standards.rules.framework import Framework
from jizhun.standards.rules.graph import PathOf, code_path
from jizhun.standards.rules.library import Library, StandardClause

__all__ = [
    "FAULT",
    "FAULT_KINDS",
    "GAP",
    "LEVELS",
    "LOOK",
    "SEVERITIES",
    "Fault",
    "Limits",
    "below_mandatory",
    "by_gravity",
    "circular_references",
    "clause_overlaps",
    "compared",
    "dead_references",
    "downward_references",
    "faults",
    "mandatory_replaced",
    "mender",
    "missing_entries",
    "not_replaced",
    "number_key",
    "overlaps",
    "unknown_references",
    "unserved",
]


def faults(library: Library, frameworks: Iterable[Framework], *, on: date,
           subjects: Mapping[str, Bilingual] | None = None, kinds: Sequence[str] = LEVELS,
           path: Sequence[str] = ("CN",), limits: Limits | None = None,
           clauses: Mapping[str, Sequence[StandardClause]] | None = None,
           names: Mapping[str, Bilingual] | None = None, path_of: PathOf = code_path) -> list[Fault]:
    """All that is found, by gravity, then by number. ``names``: words for subjects and measures of ``limits``."""
    return by_gravity([
        *below_mandatory(library, limits or {}, on, {**(subjects or {}), **(names or {})}),
        *mandatory_replaced(library, on),
        *dead_references(library, on),
        *unknown_references(library, on),
        *downward_references(library, on, path_of),
        *circular_references(library, on),
        *overlaps(library, on, path_of=path_of),
        *clause_overlaps(clauses or {}, library, on, path_of=path_of),
        *not_replaced(library, on),
        *unserved(library, subjects or {}, on, kinds, path),
        *(fault for framework in frameworks for fault in missing_entries(framework, library, on)),
    ])
