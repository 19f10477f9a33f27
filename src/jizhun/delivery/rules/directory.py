"""Look-ups from what a record says to what the catalogue and the tree of places know."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from jizhun.analytics.cases import FAR_DAY, largest_in
from jizhun.analytics.rating.reviews import mask_of
from jizhun.delivery.rules.contract import ContractField
from jizhun.delivery.rules.mapping import CHOICES, REJECT, FieldRule, listed_under
from jizhun.delivery.rules.marked import nearest
from jizhun.delivery.rules.reviewing import Category
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.working_days import Calendar

BETWEEN = "\x1f"
"""Stands between the parts of a value that comes from several columns."""


SUGGESTED = 20
"""Unknown values for which the nearest known one is looked up, which takes its time."""
NOTHING = Bilingual("", "")


@dataclass(frozen=True, slots=True)
class Entry:
    """A matter, place or group under its number at rest. Days count from 1970-01-01, both included.

    ``above`` are the codes over it, the top first; ``gone`` says what stands in its stead.
    """

    number: int
    code: str
    name: Bilingual
    above: tuple[str, ...] = ()
    first_day: int = 0
    last_day: int = FAR_DAY
    gone: Bilingual = NOTHING
    calendar: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """What one value of a column means: an entry, or the reason why it means nothing."""

    entry: Entry | None
    reason: Bilingual | None = None
    other: bool = False


@dataclass(frozen=True)
class Register:
    """All entries of one kind, by code and by either name."""

    entries: Sequence[Entry]
    what: Bilingual
    outside: Mapping[str, Bilingual] = field(default_factory=dict)
    """Codes that exist, with their names, but not within what the mapping is about."""

    @cached_property
    def by_code(self) -> Mapping[str, Entry]:
        """Code -> entry."""
        return {entry.code: entry for entry in self.entries}

    @cached_property
    def by_name(self) -> Mapping[str, tuple[Entry, ...]]:
        """Name in either language, folded -> entries that bear it."""
        found: dict[str, dict[int, Entry]] = {}
        for entry in self.entries:
            for name in {fold(entry.name.zh), fold(entry.name.en)} - {""}:
                found.setdefault(name, {})[entry.number] = entry
        return {name: tuple(entries.values()) for name, entries in found.items()}

    def named(self, parts: Sequence[str]) -> tuple[Entry, ...]:
        """Entries that bear the last part as their name and lie below bearers of the earlier ones."""
        found = self.by_name.get(fold(parts[-1]), ())
        if len(parts) == 1 or len(found) < 2:
            return found
        upper = [{entry.code for entry in self.by_name.get(fold(part), ())} for part in parts[:-1]]
        return tuple(entry for entry in found if all(codes & {*entry.above} for codes in upper))


@dataclass(frozen=True)
class Directory:
    """Everything a delivery is looked up in."""

    matters: Register
    regions: Register
    groups: Register
    calendars: Mapping[int, Calendar]
    """Calendar number -> working days; 0 is the country's, the others belong to places with days of their own."""
    categories: tuple[Category, ...] = ()
    """What people find fault with; only ratings are looked up in it."""

    def digest(self) -> str:
        """What makes two readings of one file by one mapping the same: SHA-256 of all that words are looked up in."""
        registers = [(sorted(map(repr, one.entries)), sorted(one.outside)) for one in
                     (self.matters, self.regions, self.groups)]
        calendars = [(number, one.version) for number, one in sorted(self.calendars.items())]
        told = (registers, calendars, self.categories) if self.categories else (registers, calendars)
        return hashlib.sha256(repr(told).encode()).hexdigest()


def fold(name: str) -> str:
    """The form in which names are compared: no case, single spaces."""
    return " ".join(name.casefold().split())


def resolver(rule: FieldRule, register: Register | None) -> Callable[[str], Found]:
    """The function that turns one value (parts joined by ``BETWEEN``) into its entry or a reason.

    Refused when the mapping's own targets (``values``, ``other``, ``missing``, ``constant``) are unknown; so does
    the function when the lake has no room for an entry's number.
    """
    if register is None:
        register = choices(rule.about)
    targets = {**{said: _target(rule, register, code) for said, code in rule.values.items()}}
    folded = {fold(said): entry for said, entry in targets.items()}
    unknown: list[str] = []
    other = None if rule.other == REJECT else _target(rule, register, rule.other)

    def resolve(value: str) -> Found:
        parts = [part.strip() for part in value.split(BETWEEN)]
        listed = folded.get(fold(" ".join(parts))) or folded.get(fold(parts[-1]))
        if listed:
            return Found(listed)
        found = _direct(rule, register, parts)
        if len(found) == 1:
            return Found(_held(rule, register, found[0]))
        if other:
            return Found(other, other=True)
        unknown.append(value)
        return Found(None, _why_not(rule, register, parts, len(found), near=len(unknown) <= SUGGESTED))

    return resolve


SEVERAL = re.compile(r"[;；,，、|]")
"""Between reasons that stand in one column."""
NO_REASONS = Entry(0, "", NOTHING)


def reasons_resolver(rule: FieldRule, categories: Sequence[Category]) -> Callable[[str], Found]:
    """The function that turns a list of reasons into their bits; Refused where the mapping means an unknown one."""
    known = {fold(word): one.number for one in categories for word in (one.code, one.name.zh, one.name.en)}
    for said, code in rule.values.items():
        if fold(code) not in known:
            listed = ", ".join(one.code for one in categories)
            raise Refused(zh=f"映射第 {rule.line} 行：没有原因“{code}”，可用：{listed}。",
                          en=f"mapping line {rule.line}: there is no reason “{code}”; use one of {listed}.")
        known[fold(said)] = known[fold(code)]

    def resolve(value: str) -> Found:
        words = [word for word in (part.strip() for part in SEVERAL.split(value)) if word]
        odd = next((word for word in words if fold(word) not in known), None)
        if odd is not None:
            return Found(None, Bilingual(f"没有原因“{odd}”", f"no reason “{odd}”"))
        return Found(Entry(mask_of(known[fold(word)] for word in words), value, NOTHING))

    return resolve


def fixed(rule: FieldRule, register: Register | None) -> Entry | None:
    """The entry of the rule's constant, or of an absent value; None when an absent value is a fault."""
    said = rule.constant if rule.constant is not None else rule.missing
    return None if said == REJECT else _target(rule, register or choices(rule.about), said)


def _direct(rule: FieldRule, register: Register, parts: Sequence[str]) -> tuple[Entry, ...]:
    if rule.by == "name":
        return register.named(parts)
    entry = register.by_code.get(parts[-1]) or register.by_code.get(fold(parts[-1]))
    return (entry,) if entry else ()


def choices(about: ContractField) -> Register:
    """A closed list of words as a register, so that channels are looked up like places."""
    listed = CHOICES[listed_under(about.name)]
    return Register([Entry(number, word, Bilingual(word, word)) for word, number in listed.items()], about.label)


def _target(rule: FieldRule, register: Register, code: str) -> Entry:
    entry = register.by_code.get(code)
    if entry is None:
        raise Refused(
            zh=f"映射第 {rule.line} 行：没有代码为“{code}”的{register.what.zh}。",
            en=f"mapping line {rule.line}: there is no {register.what.en.lower()} with the code “{code}”.",
        )
    return _held(rule, register, entry)


def _held(rule: FieldRule, register: Register, entry: Entry) -> Entry:
    """The entry; Refused where its number is greater than the lake's column holds."""
    if rule.about.kind == "code" and entry.number > (most := largest_in(rule.about.column)):
        raise Refused(
            zh=f"{register.what.zh}“{entry.code}”在数据库中的编号 {entry.number} 超出办件库能存的 {most}。",
            en=f"The {register.what.en.lower()} “{entry.code}” has the number {entry.number} in the database; the lake "
               f"of cases holds numbers up to {most}.",
        )
    return entry


def _why_not(
    rule: FieldRule, register: Register, parts: Sequence[str], number: int, *, near: bool
) -> Bilingual:
    said = " / ".join(parts)
    what_zh, what_en = register.what.zh, register.what.en.lower()
    if number > 1:
        return Bilingual(
            f"“{said}”对应 {number} 个{what_zh}，无法确定",
            f"“{said}” is the name of {number} entries ({what_en})",
        )
    if parts[-1] in register.outside:
        name = register.outside[parts[-1]]
        return Bilingual(f"“{said}”（{name.zh}）不在本映射所说的范围内",
                         f"“{said}” ({name.en}) is not within what the mapping is about")
    known = register.by_name if rule.by == "name" else register.by_code
    meant = nearest(fold(parts[-1]) if rule.by == "name" else parts[-1], tuple(known)) if near else None
    named = register.by_code[meant].name if meant and rule.by == "code" else NOTHING
    beside = named if named.zh != meant else NOTHING
    return Bilingual(
        f"没有{what_zh}“{said}”" + (f"（最接近的是“{meant}”{beside.zh}）" if meant else ""),
        f"no {what_en} “{said}”" + (f" (nearest: “{meant}”{' ' if beside.en else ''}{beside.en})" if meant else ""),
    )
