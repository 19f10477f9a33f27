"""Recommended standards against mandatory ones: Standardization Law, article 21. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from jizhun.kernel.bilingual import Bilingual
from jizhun.standards.rules.faults.fault import FAULT, LOOK, Fault, mender
from jizhun.standards.rules.graph import LIVE
from jizhun.standards.rules.library import CURRENT, Library, Standard

HIGHER, LOWER = "higher", "lower"
Limit = tuple[Decimal | int, str]
"""A value that a standard promises, and which way is better for the citizen: ``higher`` or ``lower``."""

Key = tuple[str, ...]
"""Subject, measure, and whatever else has to be the same for two values to be compared: group, unit."""

Limits = Mapping[str, Mapping[Key, Limit]]
"""Number of a standard -> key -> what its clauses promise there."""

Named = Mapping[str, Bilingual]
"""Words for the codes of subjects and measures; a code without words stands for itself."""


def below_mandatory(library: Library, limits: Limits, on: date, names: Named | None = None) -> list[Fault]:
    """Recommended standards that promise less than a current mandatory national one on the same subject and measure,
    for the same group, in the same unit.

    Compared with the strictest mandatory one, in the direction that it gives. A standard not yet in force is for a
    look: it can still be mended.
    """
    strictest = _strictest(library, limits, on)
    found = []
    for number, promises in limits.items():
        one = library.by_number.get(number)
        if one is None or one.mandatory or library.status(one, on) not in LIVE:
            continue
        for key, (value, _) in promises.items():
            if key in strictest and _worse(value, *strictest[key][1]):
                found.append(_below(one, value, *strictest[key], key, names or {},
                                    FAULT if library.status(one, on) == CURRENT else LOOK))
    return found


def _worse(value: Decimal | int, than: Decimal | int, direction: str) -> bool:
    return value < than if direction == HIGHER else value > than


def _strictest(library: Library, limits: Limits, on: date) -> dict[Key, tuple[str, Limit]]:
    """Key -> the mandatory standard that promises most, and its promise."""
    found: dict[Key, tuple[str, Limit]] = {}
    for number in sorted(limits):
        one = library.by_number.get(number)
        if one is None or not one.mandatory or library.status(one, on) != CURRENT:
            continue
        for key, limit in limits[number].items():
            if key not in found or _worse(found[key][1][0], *limit):
                found[key] = (number, limit)
    return found


def _below(one: Standard, value: Decimal | int, number: str, limit: Limit, key: Key, names: Named,
           severity: str) -> Fault:
    subject, measure = (names.get(code, Bilingual(code, code)) for code in key[:2])
    return Fault("below_mandatory", severity, (one.number, number), mender(one), Bilingual(
        f"“{subject.zh}”的“{measure.zh}”：{one.number} 为 {value}，强制性国家标准 {number} 为 {limit[0]}；"
        "推荐性标准不得低于强制性国家标准（《标准化法》第二十一条）。",
        f"“{measure.en}” of “{subject.en}”: {one.number} has {value}, the mandatory {number} has {limit[0]}; a "
        "recommended standard may not be below a mandatory national one (Standardization Law, article 21)."))


def mandatory_replaced(library: Library, on: date) -> Iterator[Fault]:
    """Recommended standards that take the place of a mandatory one."""
    for one in library.by_number.values():
        if one.mandatory or library.status(one, on) not in LIVE:
            continue
        for before in (library.by_number.get(number) for number in dict.fromkeys(one.replaces)):
            if before and before.mandatory:
                yield Fault("mandatory_replaced", LOOK, (one.number, before.number), mender(one), Bilingual(
                    f"{one.number} 为推荐性标准，代替强制性国家标准 {before.number}；请核对原有要求是否仍须强制。",
                    f"{one.number} is recommended and replaces the mandatory {before.number}; see whether what that "
                    "one required must still bind."))
