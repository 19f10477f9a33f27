"""Entitlements as known on one day: the facts that may be asked, and who decides what, where and from when.

An entitlement is written in versions. A version of the nation has every condition and result; a version of a region
only those that it changes or adds. Which of them apply to a person is worked out in ``assembling``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from jizhun.entitlements.dmn.model import DecisionTable, Text
from jizhun.kernel.bilingual import NO_WORDS, Bilingual
from jizhun.kernel.dating import FAR

FactType = Literal["number", "boolean", "choice", "date"]
Bound = Literal["raise", "at_most", "free"]
VERIFIED = frozenset({"V", "D"})


@dataclass(frozen=True, slots=True)
class Fact:
    """Something about a person or household that a rule asks.

    ``low`` and ``high`` bound a number, ``decimals`` are its digits behind the point; ``options`` are the choices.
    """

    code: str
    type: FactType
    label: Bilingual
    question: Bilingual
    help: Bilingual = NO_WORDS
    why: Bilingual = NO_WORDS
    unit: str = ""
    low: int | None = None
    high: int | None = None
    decimals: int = 0
    options: tuple[tuple[str, Bilingual], ...] = ()


@dataclass(frozen=True, slots=True)
class Cited:
    """The clause that says so: a document by its code, the words for the place in it, and how far it was verified."""

    document: str
    clause: Bilingual
    mark: str = "R"
    source: str = ""
    note: Bilingual = NO_WORDS

    @property
    def verified(self) -> bool:
        return self.mark in VERIFIED


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that has to hold; an expression over facts, measures and workings."""

    name: str
    holds: str
    words: Bilingual
    cited: Cited


@dataclass(frozen=True, slots=True)
class Working:
    """Something worked out on the way (an age, a wage between bounds), by name, for conditions and results to read.

    ``per_row`` holds the citation of each row of a table that has its own.
    """

    name: str
    logic: Text | DecisionTable
    type: str
    words: Bilingual
    cited: Cited
    per_row: Mapping[int, Cited] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """What one is entitled to. ``unit`` as for measures (CNY/month, month, ...) or ``date``, ``text`` (with
    ``options``), ``boolean``, ``age_months`` (an age in months) or ``year_month`` (year x 12 + month - 1).

    ``bound`` says what a region may do with it: raise it only, stay at or under it, or set it freely. ``per_row``
    holds the citation of each row of a table that has its own. ``none`` is what to say where there is no value.
    """

    name: str
    logic: Text | DecisionTable
    unit: str
    words: Bilingual
    cited: Cited
    bound: Bound = "raise"
    main: bool = False
    per_row: Mapping[int, Cited] = field(default_factory=dict)
    options: tuple[tuple[str, Bilingual], ...] = ()
    none: Bilingual = NO_WORDS


@dataclass(frozen=True, slots=True)
class MeasureInput:
    """A measure in force at the place and day, read by ``name``; facts a table of it asks for are passed on.

    ``place`` names another role of place where not the asked place counts; ``given`` fixes or renames facts:
    (dimension, fact code or constant).
    """

    name: str
    measure: str
    subject: str
    given: tuple[tuple[str, str], ...] = ()
    on: str = ""
    """A fact that holds the day that counts; "" for the asked day."""


@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """What one place says of one entitlement from one day on.

    ``repeals`` lists conditions that the place drops. ``new_from`` and ``existing_until`` keep cohorts: who became
    entitled (``anchor`` of the head) before ``new_from`` keeps the version before, up to ``existing_until``.
    """

    entitlement: str
    place: str
    valid_from: date
    valid_until: date = FAR
    conditions: tuple[Condition, ...] = ()
    results: tuple[Result, ...] = ()
    workings: tuple[Working, ...] = ()
    measures: tuple[MeasureInput, ...] = ()
    repeals: tuple[str, ...] = ()
    new_from: date | None = None
    existing_until: date = FAR
    order: int = 0
    recorded_on: date = date(1, 1, 1)
    note: Bilingual = NO_WORDS


@dataclass(frozen=True, slots=True)
class Head:
    """An entitlement as such. ``anchor`` is the fact whose day says which version counts; "" for the asked day.

    ``subject`` is the matter or item of the catalogue; ``payers`` who bears the cost, each (payer, percent).
    """

    code: str
    name: Bilingual
    subject: str
    place_role: str
    summary: Bilingual
    kind: str = "money"
    anchor: str = ""
    payers: tuple[tuple[str, int], ...] = ()
    payers_in: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = ()
    """Other shares in some regions (and what lies below them)."""
    layers: str = ""
    """The measure whose layers are paid by whoever added them: the nation's by ``payers``, a province's by it, ..."""
    life_event: str = ""
    stale_after_months: int = 0
    """After so many months without a new value an answer says that it may be out of date; 0: never."""


@dataclass(frozen=True, slots=True, eq=False)
class Entitlements:
    """Everything there is, as the rules read it."""

    facts: Mapping[str, Fact]
    heads: Mapping[str, Head]
    versions: Mapping[str, tuple[Version, ...]]
    """By entitlement; within one, in the order of the days they start and of their recording."""
