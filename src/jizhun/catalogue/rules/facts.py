"""The facts of the catalogue: editions, areas, categories, items, what an edition says of an item, matters, groups."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.dating import FAR

GENERAL = "*"
"""The subject of general parameters such as the minimum wage, which belong to no item."""
GENERAL_NAME = Bilingual("通用参数", "General parameters")
EVERYBODY = "all"
"""The group at the top of the taxonomy."""
LAST = 999
"""The precedence of everybody: nobody speaks later."""

MARKS = ("V", "V-repo", "D", "R", "SIM")
"""V read at the source · V-repo second-hand · D derived by arithmetic · R recalled · SIM simulated."""
VERIFIED_MARKS = frozenset({"V", "D"})

COLUMNS = ("recipients", "content", "standard", "payer", "lead")
"""The five columns of a national list."""

KINDS: Mapping[str, Bilingual] = {
    "permit": Bilingual("行政许可", "Permit"),
    "grant": Bilingual("行政给付", "Benefit"),
    "confirmation": Bilingual("行政确认", "Confirmation"),
    "adjudication": Bilingual("行政裁决", "Adjudication"),
    "award": Bilingual("行政奖励", "Award"),
    "other_power": Bilingual("其他行政权力", "Other power"),
    "public_service": Bilingual("公共服务", "Public service"),
    "enforcement": Bilingual("监察执法", "Enforcement"),
    "dispute": Bilingual("争议处理", "Dispute resolution"),
}
"""Kinds of matters; the last two are beside the official kinds. Which kind a matter has is our own reading."""
NOT_GOVERNMENT_SERVICE = frozenset({"dispute"})
"""Arbitration and mediation are decided by bodies of their own, not handled as a government service."""

ANNOUNCED: Mapping[str, Bilingual] = {
    "added": Bilingual("新增项目", "item added"),
    "removed": Bilingual("取消项目", "item removed"),
    "level_raised": Bilingual("提高标准", "level raised"),
    "recipients_widened": Bilingual("扩大对象", "recipients widened"),
    "wording_tidied": Bilingual("规范表述", "wording tidied"),
    "lead_changed": Bilingual("调整牵头单位", "lead changed"),
}
"""What a published notice of a new edition says happened to an item."""


NO_WORDS = Bilingual("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourced:
    """Something taken from somewhere: ``source`` an address or document, ``basis`` the paper and clause in words."""

    source: str = ""
    basis: Bilingual = NO_WORDS
    mark: str = "R"

    @property
    def verified(self) -> bool:
        """Whether it was read at its source, or follows from what was by arithmetic."""
        return self.mark in VERIFIED_MARKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Named(Sourced):
    """Something with a code and a name in both languages."""

    code: str
    name: Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement(Sourced):
    """What was published of a change between editions: ``count`` items, of which ``items`` are named."""

    kind: str
    count: int
    items: tuple[str, ...] = ()

    @property
    def unnamed(self) -> int:
        """Items that changed without our knowing which."""
        return self.count - len(self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition(Named):
    """One edition of a list. ``based_on``: the code of the edition that it replaces.

    ``number_mark``: how far the numbers and the order of its items may be trusted.
    """

    number: str = ""
    published_on: date | None = None
    valid_from: date | None = None
    valid_until: date = FAR
    root: str = "CN"
    based_on: str = ""
    number_mark: str = "R"
    announced: tuple[Announcement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Area(Named):
    """A service area, in the order of the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Category(Named):
    """A service category within an area, in the order of the list."""

    area: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item(Named):
    """A service item: the same code through all editions. ``in_field``: in the field that this list serves."""

    root: str = "CN"
    in_field: bool = False


@dataclass(frozen=True, slots=True)
class Told(Bilingual):
    """One column's words with their own source. ``carried_from``: the edition they stand in, if it is another."""

    source: str = ""
    basis: Bilingual = NO_WORDS
    mark: str = "R"
    carried_from: str = ""

    @property
    def verified(self) -> bool:
        """Whether the words follow a source that was read."""
        return self.mark in VERIFIED_MARKS


NOTHING = Told("", "")
"""A column whose words were not to be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Sourced):
    """What one edition says of one item; source and mark are those of its name there."""

    item: str
    number: int
    name: Bilingual
    category: str
    number_mark: str = "R"
    in_field: bool = False
    columns: Mapping[str, Told] = field(default_factory=dict)

    @property
    def recipients(self) -> Told:
        """Who it is for."""
        return self.column("recipients")

    @property
    def content(self) -> Told:
        """What is given or done."""
        return self.column("content")

    @property
    def standard(self) -> Told:
        """How much, how well, how fast."""
        return self.column("standard")

    @property
    def payer(self) -> Told:
        """Who pays."""
        return self.column("payer")

    @property
    def lead(self) -> Told:
        """Who leads."""
        return self.column("lead")

    def column(self, name: str) -> Told:
        """One of the five columns; without words where they were not to be had."""
        return self.columns.get(name, NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter(Named):
    """A concrete matter under an item; ``example`` marks our own working split (示例拆分)."""

    item: str
    kind: str = ""
    example: bool = True
    note: Bilingual = NO_WORDS

    @property
    def government_service(self) -> bool:
        """False for arbitration and mediation."""
        return self.kind not in NOT_GOVERNMENT_SERVICE


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Named):
    """A recipient group; a lower ``precedence`` speaks first where a person belongs to several."""

    parent: str = ""
    precedence: int = 100


@dataclass(slots=True)
class Content:
    """All facts of a catalogue, each by its code; entries by edition, then item, in the order of their numbers."""

    editions: dict[str, Edition] = field(default_factory=dict)
    areas: dict[str, Area] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    entries: dict[str, dict[str, Entry]] = field(default_factory=dict)
    matters: dict[str, Matter] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
