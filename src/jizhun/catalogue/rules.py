"""The catalogue as facts: editions, items, matters, groups; what belongs to what and what changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from jizhun.kernel.bilingual import Bilingual, Refused

GENERAL = "*"
"""The subject of general parameters such as the minimum wage, which belong to no item."""
EVERYBODY = "all"
VERIFIED_MARKS = frozenset({"V", "D"})
COLUMNS = ("number", "name", "category", "recipients", "content", "standard", "payer", "lead")
"""What an edition says of an item: its number, name and category, and the list's five columns."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one edition says of one item. Empty words mean that the text was not to be had."""

    item: str
    number: int
    name: Bilingual
    category: str
    recipients: Bilingual
    content: Bilingual
    standard: Bilingual
    payer: Bilingual
    lead: Bilingual
    source: str
    mark: str
    in_field: bool = False

    @property
    def verified(self) -> bool:
        return self.mark in VERIFIED_MARKS


@dataclass(frozen=True, slots=True)
class Matter:
    """A concrete matter under an item; ``example`` marks an own working split (示例拆分)."""

    code: str
    item: str
    name: Bilingual
    kind: str
    source: str
    mark: str
    example: bool = True


@dataclass(frozen=True, slots=True)
class Group:
    """A recipient group; a lower ``precedence`` speaks first where a person belongs to several."""

    code: str
    name: Bilingual
    parent: str
    precedence: int


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two editions. ``kind``: added, removed, or the column that changed."""

    item: str
    kind: str
    before: Bilingual | None
    after: Bilingual | None


@dataclass(frozen=True)
class Catalogue:
    """All items, matters and groups, and each edition's entries: edition -> item -> Entry."""

    editions: Mapping[str, Mapping[str, Entry]]
    items: Mapping[str, Bilingual]
    matters: Mapping[str, Matter]
    wider: Mapping[str, Group]
    _chains: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    _groups: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    def chain(self, matter: str) -> tuple[str, ...]:
        """From the matter to its item to the general parameters; raises Refused for an unknown code."""
        held = self._chains.get(matter)
        if held is None:
            held = self._chains[matter] = self._chain(matter)
        return held

    def _chain(self, code: str) -> tuple[str, ...]:
        if code == GENERAL:
            return (GENERAL,)
        if code in self.matters:
            return (code, self.matters[code].item, GENERAL)
        if code in self.items:
            return (code, GENERAL)
        raise unknown(code, [*self.matters, *self.items], Bilingual("事项或项目", "matter or item"))

    def groups(self, asked: str) -> tuple[str, ...]:
        """The group and every wider one, the most specific first, ending with everybody.

        ``asked`` may name several, separated by commas: then precedence decides who speaks first.
        """
        held = self._groups.get(asked)
        if held is None:
            held = self._groups[asked] = self._widen(asked)
        return held

    def _widen(self, asked: str) -> tuple[str, ...]:
        found: dict[str, int] = {}
        for code in filter(None, (part.strip() for part in asked.split(","))):
            while code and code != EVERYBODY:
                group = self.wider.get(code)
                if group is None:
                    raise unknown(code, self.wider, Bilingual("人群", "group"))
                found[code] = group.precedence
                code = group.parent
        return (*sorted(found, key=lambda code: (found[code], code)), EVERYBODY)

    def matters_of(self, item: str) -> tuple[Matter, ...]:
        """The matters of an item in the order of their codes."""
        return tuple(m for _, m in sorted(self.matters.items()) if m.item == item)

    def entry(self, item: str, edition: str) -> Entry | None:
        """What ``edition`` says of ``item``; None where it is not in that edition."""
        if edition not in self.editions:
            raise unknown(edition, self.editions, Bilingual("版本", "edition"))
        return self.editions[edition].get(item)

    def name(self, code: str) -> Bilingual:
        """The name of an item or matter."""
        matter = self.matters.get(code)
        return matter.name if matter else self.items[self.chain(code)[0]]

    def difference(self, before: str, after: str) -> tuple[Change, ...]:
        """What changed from one edition to another, in the order of the later numbers."""
        old, new = self.editions[before], self.editions[after]
        codes = sorted({*old, *new}, key=lambda code: (new.get(code) or old[code]).number)
        return tuple(change for code in codes for change in _changes(code, old.get(code), new.get(code)))


def _changes(code: str, old: Entry | None, new: Entry | None) -> Iterable[Change]:
    if old is None or new is None:
        yield Change(code, "added" if old is None else "removed", old and old.name, new and new.name)
        return
    for column in COLUMNS:
        one, other = getattr(old, column), getattr(new, column)
        if one != other:
            yield Change(code, column, _words(one), _words(other))


def _words(value: object) -> Bilingual:
    return value if isinstance(value, Bilingual) else Bilingual(str(value), str(value))


def unknown(code: str, known: Iterable[str], what: Bilingual) -> Refused:
    """The refusal of a code, with the nearest one that exists."""
    near = get_close_matches(code, list(known), n=1, cutoff=0.6)
    zh, en = (f"是不是“{near[0]}”？", f" Did you mean “{near[0]}”?") if near else ("", "")
    return Refused(zh=f"没有代码为“{code}”的{what.zh}。{zh}", en=f"There is no {what.en} “{code}”.{en}")
