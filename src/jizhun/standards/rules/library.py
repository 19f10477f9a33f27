"""What is known of standards: their numbers, kinds and lives, and what they say of one another. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused
from jizhun.kernel.numbering import StandardNumber, parse_standard

NATIONAL, INDUSTRY, LOCAL, GROUP, INTERNAL = "national", "industry", "local", "group", "internal"
KINDS: Mapping[str, Bilingual] = {
    NATIONAL: Bilingual("国家标准", "National standard"),
    INDUSTRY: Bilingual("行业标准", "Industry standard"),
    LOCAL: Bilingual("地方标准", "Local standard"),
    GROUP: Bilingual("团体标准", "Social organization standard"),
    INTERNAL: Bilingual("内部标准", "In-house standard"),
}
"""Kinds from above to below. In-house standards are an organisation's documents, outside the statutory kinds."""

DRAFT, UPCOMING, CURRENT, SUPERSEDED, WITHDRAWN = "draft", "upcoming", "current", "superseded", "withdrawn"
STATUSES: Mapping[str, Bilingual] = {
    DRAFT: Bilingual("制定中", "Draft"),
    UPCOMING: Bilingual("即将实施", "Published, not yet in force"),
    CURRENT: Bilingual("现行", "Current"),
    SUPERSEDED: Bilingual("被代替", "Superseded"),
    WITHDRAWN: Bilingual("废止", "Withdrawn"),
}

OBJECTS: Mapping[str, Bilingual] = {
    "basic": Bilingual("基础标准", "Basic"),
    "method": Bilingual("方法标准", "Methods"),
    "service": Bilingual("产品、过程、服务标准", "Products, processes, services"),
    "part": Bilingual("零部件、元器件标准", "Parts"),
    "material": Bilingual("原材料标准", "Materials"),
    "safety": Bilingual("安全、卫生、环保标准", "Safety, health, environment"),
    "other": Bilingual("其他", "Other"),
}
"""The classes of objects in the statistics table of GB/T 13016."""

DEGREES: Mapping[str, Bilingual] = {
    "IDT": Bilingual("等同采用", "identical"),
    "MOD": Bilingual("修改采用", "modified"),
    "NEQ": Bilingual("非等效采用", "not equivalent"),
}


@dataclass(frozen=True, slots=True)
class Cite:
    """One standard names another: ``number`` may be undated; ``normative`` False is for information only."""

    number: str
    normative: bool = True
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Adoption:
    """An international standard taken over, and how closely (IDT, MOD, NEQ)."""

    number: str
    degree: str


@dataclass(frozen=True, slots=True)
class StandardClause:
    """One clause of a text that we hold; ``key`` stays when the number moves. ``number`` is as printed."""

    key: str
    number: str
    heading: Bilingual
    body: Bilingual


@dataclass(frozen=True, slots=True)
class Standard:
    """One standard. Days are None where they are not known; ``region`` is where it holds (``CN`` or a place's code).

    ``number`` is written as ``kernel.numbering`` writes it; an in-house standard or a draft may have a number of its
    own form. ``ended_on`` is the day from which it no longer holds where nothing replaced it.
    """

    number: str
    kind: str
    title: Bilingual
    region: str = "CN"
    published_on: date | None = None
    effective_on: date | None = None
    ended_on: date | None = None
    in_drafting: bool = False
    object_class: str = "service"
    ics: str = ""
    ccs: str = ""
    adopts: tuple[Adoption, ...] = ()
    issuer: Bilingual = NO_WORDS
    custodian: Bilingual = NO_WORDS
    scope: Bilingual = NO_WORDS
    serves: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    cites: tuple[Cite, ...] = ()
    source: str = ""
    mark: str = "R"
    note: Bilingual = NO_WORDS

    @property
    def parsed(self) -> StandardNumber | None:
        """The number in its parts; None for an in-house standard's own number."""
        try:
            return parse_standard(self.number)
        except Refused:
            return None

    @property
    def mandatory(self) -> bool:
        """Whether it binds by itself: a national standard without /T or /Z."""
        parsed = self.parsed
        return parsed is not None and parsed.issuer == "GB" and not parsed.status

    @property
    def year(self) -> int | None:
        """The year of publication: of the day, else of the number."""
        return self.published_on.year if self.published_on else (parsed.year if (parsed := self.parsed) else None)


def undated(number: str) -> str:
    """A number without its year, the same for all editions; what is no statutory number stays as it is."""
    try:
        return parse_standard(number).undated
    except Refused:
        return number


@dataclass(frozen=True)
class Library:
    """All standards by number, with what replaces and cites what."""

    by_number: Mapping[str, Standard]
    replaced_by: Mapping[str, tuple[Standard, ...]] = field(default_factory=dict)
    cited_by: Mapping[str, tuple[Standard, ...]] = field(default_factory=dict)
    editions: Mapping[str, tuple[Standard, ...]] = field(default_factory=dict)
    """Undated number -> its editions, the latest first."""

    def find(self, number: str) -> Standard | None:
        """The standard of this number; for an undated one its latest edition."""
        editions = self.editions.get(number)
        return self.by_number.get(number) or (editions[0] if editions else None)

    def resolve(self, number: str, on: date) -> Standard | None:
        """Which standard a reference means on that day: a dated one itself, an undated one the edition in force."""
        if number in self.by_number:
            return self.by_number[number]
        editions = self.editions.get(number, ())
        return next((one for one in editions if self.status(one, on) == CURRENT), editions[0] if editions else None)

    def successors(self, standard: Standard, on: date) -> tuple[Standard, ...]:
        """Those that replaced it and are in force on that day."""
        return tuple(one for one in self.replaced_by.get(standard.number, ())
                     if not one.in_drafting and (one.effective_on is None or one.effective_on <= on))

    def status(self, standard: Standard, on: date) -> str:
        """draft, upcoming, current, superseded or withdrawn on that day."""
        published = standard.published_on or (date(standard.year, 1, 1) if standard.year else None)
        if standard.in_drafting or (published and published > on):
            return DRAFT
        if self.successors(standard, on):
            return SUPERSEDED
        if standard.ended_on and standard.ended_on <= on:
            return WITHDRAWN
        return UPCOMING if standard.effective_on and standard.effective_on > on else CURRENT


def make_library(standards: Iterable[Standard]) -> Library:
    """The library over these standards."""
    by_number = {one.number: one for one in standards}
    replaced, cited, editions = {}, {}, {}  # type: ignore[var-annotated]
    for one in by_number.values():
        editions.setdefault(undated(one.number), []).append(one)
        for number in one.replaces:
            replaced.setdefault(number, []).append(one)
        for cite in one.cites:
            cited.setdefault(cite.number, []).append(one)
    for same in editions.values():
        same.sort(key=lambda one: (one.year or 0, one.number), reverse=True)
    return Library(by_number, _frozen(replaced), _frozen(cited), _frozen(editions))


def _frozen(lists: Mapping[str, list[Standard]]) -> dict[str, tuple[Standard, ...]]:
    return {key: tuple(values) for key, values in lists.items()}
