"""The catalogue: what belongs to what, who speaks for whom, what an edition says, what changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from jizhun.catalogue.rules import near
from jizhun.catalogue.rules.difference import Change, changes
from jizhun.catalogue.rules.facts import (
    EVERYBODY,
    GENERAL,
    GENERAL_NAME,
    Announcement,
    Area,
    Category,
    Content,
    Edition,
    Entry,
    Group,
    Item,
    Matter,
)
from jizhun.kernel.bilingual import Bilingual


@dataclass(frozen=True)
class Catalogue:
    """All facts of the catalogue, indexed for asking; immutable. Unknown codes are Refused with the nearest one."""

    content: Content
    _chains: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    _groups: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    # -- tables ----------------------------------------------------------------------------------

    @property
    def editions(self) -> Mapping[str, Mapping[str, Entry]]:
        """Edition -> item -> what it says of it."""
        return self.content.entries

    @cached_property
    def items(self) -> Mapping[str, Bilingual]:
        """Item -> its name in the latest edition that has it."""
        names = {code: one.name for code, one in self.content.items.items()}
        for edition in self.in_order:
            names |= {code: entry.name for code, entry in self.editions[edition.code].items()}
        return names

    @property
    def matters(self) -> Mapping[str, Matter]:
        """Matter code -> matter."""
        return self.content.matters

    @property
    def wider(self) -> Mapping[str, Group]:
        """Group code -> group."""
        return self.content.groups

    @cached_property
    def in_order(self) -> tuple[Edition, ...]:
        """All editions, the earliest first."""
        return tuple(sorted(self.content.editions.values(),
                            key=lambda one: (one.valid_from or date.min, one.code)))

    # -- subjects --------------------------------------------------------------------------------

    def name_of(self, subject: str) -> Bilingual:
        """The words for an item, a matter or the general parameters; the code itself where nobody knows it."""
        if subject == GENERAL:
            return GENERAL_NAME
        if subject in self.matters:
            return self.matters[subject].name
        return self.items.get(subject, Bilingual(subject, subject))

    def chain(self, matter: str) -> tuple[str, ...]:
        """From the matter (or item, or ``*``) to its item to the general parameters."""
        held = self._chains.get(matter)
        if held is None:
            held = self._chains[matter] = self._chain(matter)
        return held

    def _chain(self, code: str) -> tuple[str, ...]:
        if code == GENERAL:
            return (GENERAL,)
        if code in self.content.matters:
            return (code, self.content.matters[code].item, GENERAL)
        if code in self.content.items:
            return (code, GENERAL)
        raise near.unknown(code, [*self.content.items, *self.content.matters], near.SUBJECT)

    def matter(self, code: str) -> Matter:
        """The matter under this code."""
        if code not in self.content.matters:
            raise near.unknown(code, self.content.matters, near.SUBJECT)
        return self.content.matters[code]

    @cached_property
    def _of_items(self) -> Mapping[str, tuple[Matter, ...]]:
        found: dict[str, list[Matter]] = {}
        for _, matter in sorted(self.content.matters.items()):
            found.setdefault(matter.item, []).append(matter)
        return {item: tuple(matters) for item, matters in found.items()}

    def matters_of(self, item: str) -> tuple[Matter, ...]:
        """The matters of an item in the order of their codes."""
        return self._of_items.get(item, ())

    def name(self, code: str) -> Bilingual:
        """The name of an item or matter."""
        matter = self.content.matters.get(code)
        return matter.name if matter else self.items[self.chain(code)[0]]

    # -- groups ----------------------------------------------------------------------------------

    def groups(self, asked: str | Iterable[str]) -> tuple[str, ...]:
        """The groups asked for and every wider one, the most specific first, ending with everybody.

        Several may be given, in a row or with commas between them: then precedence decides who speaks first.
        """
        key = asked if isinstance(asked, str) else ",".join(asked)
        held = self._groups.get(key)
        if held is None:
            held = self._groups[key] = self._widen(key)
        return held

    def _widen(self, asked: str) -> tuple[str, ...]:
        found: dict[str, int] = {}
        for code in filter(None, (part.strip() for part in asked.split(","))):
            for group in self.up(code):
                found[group.code] = group.precedence
        found.pop(EVERYBODY, None)
        return (*sorted(found, key=lambda code: (found[code], code)), EVERYBODY)

    def up(self, group: str) -> tuple[Group, ...]:
        """The group, the one around it, and so on to the widest."""
        if group not in self.content.groups:
            if group == EVERYBODY:
                return ()
            raise near.unknown(group, self.content.groups, near.GROUP)
        one = self.content.groups[group]
        return (one, *self.up(one.parent)) if one.parent else (one,)

    # -- editions --------------------------------------------------------------------------------

    def edition(self, code: str) -> Edition:
        """The edition under this code."""
        if code not in self.content.editions:
            raise near.unknown(code, self.content.editions, near.EDITION)
        return self.content.editions[code]

    def edition_on(self, on: date, root: str = "CN") -> Edition | None:
        """The edition of that country's list in force on the day; None before the first and after the last."""
        begun = [one for one in self.in_order if one.root == root and one.valid_from and one.valid_from <= on]
        return begun[-1] if begun and on <= begun[-1].valid_until else None

    def first_edition(self, root: str) -> Edition | None:
        """The earliest edition of that country's list that says from when it holds; None where none is on record."""
        return next((one for one in self.in_order if one.root == root and one.valid_from), None)

    def listed(self, item: str, on: date) -> bool:
        """Whether the edition of the day has the item; always, where that country's list has no editions on record."""
        root = self.content.items[item].root if item in self.content.items else ""
        if self.first_edition(root) is None:
            return True
        edition = self.edition_on(on, root)
        return edition is not None and item in self.editions[edition.code]

    def entry(self, item: str, edition: str) -> Entry | None:
        """What ``edition`` says of ``item``; None where it is not in that edition."""
        return self.editions.get(self.edition(edition).code, {}).get(item)

    def item(self, code: str, edition: str) -> Entry:
        """What ``edition`` says of the item; refused where it has no such item."""
        entry = self.entry(code, edition)
        if entry is None:
            raise near.unknown(code, self.editions[edition], near.ITEM)
        return entry

    def in_field(self) -> tuple[Item, ...]:
        """The items of the field that the list serves here, by code."""
        return tuple(one for _, one in sorted(self.content.items.items()) if one.in_field)

    def outline(self, edition: str) -> tuple[tuple[Area, tuple[tuple[Category, tuple[Entry, ...]], ...]], ...]:
        """Areas with their categories with their entries, in the order of the list; empty ones are left out."""
        entries = sorted(self.editions.get(self.edition(edition).code, {}).values(), key=lambda one: one.number)
        found: dict[str, dict[str, list[Entry]]] = {}
        for entry in entries:
            area = self.content.categories[entry.category].area
            found.setdefault(area, {}).setdefault(entry.category, []).append(entry)
        return tuple((area, tuple((category, tuple(found[area.code][category.code]))
                                  for category in self.content.categories.values()
                                  if category.code in found[area.code]))
                     for area in self.content.areas.values() if area.code in found)

    def difference(self, before: str, after: str) -> tuple[Change, ...]:
        """What changed from one edition to another, in the order of the later numbers."""
        older, newer = self.edition(before), self.edition(after)
        return changes(self.editions[older.code], self.editions[newer.code], self._since(older, newer))

    def announced(self, before: str, after: str) -> tuple[Announcement, ...]:
        """The published counts of changes between the editions, also of items that nobody named."""
        return tuple(one for edition in self._since(self.edition(before), self.edition(after))
                     for one in edition.announced)

    def _since(self, older: Edition, newer: Edition) -> tuple[Edition, ...]:
        """The editions after ``older`` up to ``newer``; none where the one does not lead to the other."""
        found: list[Edition] = []
        while newer.code != older.code and newer.code not in {one.code for one in found}:
            found.insert(0, newer)
            if newer.based_on not in self.content.editions:
                return ()
            newer = self.content.editions[newer.based_on]
        return tuple(found)
