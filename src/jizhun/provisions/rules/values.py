"""What can be promised: measures, values as papers state them, and how two values compare.

Everything here is plain data. A value *as said* may be a number, a set, a text, a formula on other
measures, a table over typed dimensions, a value per tier, or a band. A value *in force* is a
``Quantity``, a set or a text; where a dimension is left open it is a ``Cells``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple

from jizhun.kernel.bilingual import Bilingual

Direction = Literal["higher", "lower", "superset", "subset", "none"]
ROUNDINGS = {"half_up": ROUND_HALF_UP, "up": ROUND_CEILING, "down": ROUND_FLOOR}
DAY_UNITS = ("working_day", "calendar_day")


@dataclass(frozen=True, slots=True)
class Measure:
    """A thing that can be promised, and which way is better for the citizen.

    ``kind`` is process, quality, benefit or parameter; ``anchor`` names the event whose day binds
    (accepted, decided, payment_month, death, ...); ``place_role`` the place that counts
    (accepting_office, place_of_insurance, household_registration, usual_residence, employer).
    ``cut_off`` is the hour after which a submission counts as the next day's (None: midnight).
    ``expected_every``: months within which a new value must come, because the paper with the code
    ``expected_by`` says so; None: nothing is claimed.
    """

    code: str
    name: Bilingual
    unit: str
    kind: str
    direction: Direction
    anchor: str = "accepted"
    place_role: str = "accepting_office"
    first_day_counts: bool = False
    cut_off: int | None = None
    expected_every: int | None = None
    expected_by: str = ""


class Quantity(NamedTuple):
    """A number with its unit; the unit belongs to the value, never to the matter."""

    amount: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Formula:
    """``times x of + plus``, not below ``at_least``, not above ``at_most``, then rounded.

    ``of`` and the two bounds are numbers or codes of measures in force at the asked place and day.
    """

    times: Decimal
    of: Decimal | str
    plus: Decimal = Decimal(0)
    at_least: Decimal | str | None = None
    at_most: Decimal | str | None = None
    round_to: Decimal | None = None
    round_mode: str = "half_up"
    given: tuple[tuple[str, str], ...] = ()
    """Dimensions that the paper fixes for what it reads, e.g. always the first tier's minimum wage."""

    def inputs(self) -> tuple[str, ...]:
        """Codes of the measures that the formula reads."""
        return tuple(x for x in (self.of, self.at_least, self.at_most) if isinstance(x, str))


@dataclass(frozen=True, slots=True)
class Tiered:
    """A value for each tier of a scheme; which tier a place is in is assigned and dated elsewhere."""

    scheme: str
    values: tuple[tuple[str, Decimal], ...]

    @property
    def dimension(self) -> str:
        return f"tier:{self.scheme}"


class Span(NamedTuple):
    """Whole numbers from ``low`` to ``high``, both included; None is open."""

    low: int | None
    high: int | None

    def holds(self, value: object) -> bool:
        number = Decimal(str(value))
        return (self.low is None or number >= self.low) and (self.high is None or number <= self.high)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: all conditions must hold. A condition is a Span or one exact word."""

    conditions: tuple[tuple[str, Span | str], ...]
    value: "Decimal | Formula"

    def holds(self, facts: Mapping[str, object]) -> bool:
        return all(_meets(condition, facts.get(name)) for name, condition in self.conditions)


def _meets(condition: Span | str, fact: object) -> bool:
    if fact is None:
        return False
    return condition.holds(fact) if isinstance(condition, Span) else condition == str(fact)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows over typed dimensions; the first row that holds speaks, none that holds is silence."""

    over: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """From a least favourable to a most favourable value; an end may be open."""

    low: "Decimal | Formula | None"
    high: "Decimal | Formula | None"


Said = Decimal | Formula | Tiered | Table | Band | frozenset[str] | Bilingual | None
InForce = Quantity | frozenset[str] | Bilingual


@dataclass(frozen=True, slots=True)
class Cell:
    """One combination of open dimensions and the value in force there."""

    conditions: tuple[tuple[str, Span | str], ...]
    value: InForce | None


@dataclass(frozen=True, slots=True)
class Cells:
    """A value that depends on facts nobody gave: every combination with its value.

    ``low`` and ``high`` are the least and the most favourable of them.
    """

    cells: tuple[Cell, ...]
    low: InForce | None
    high: InForce | None


def rounded(amount: Decimal, to: Decimal | None, mode: str) -> Decimal:
    """``amount`` as a whole multiple of ``to``; unchanged without ``to``."""
    if to is None:
        return amount
    return (amount / to).quantize(Decimal(1), rounding=ROUNDINGS[mode]) * to


def favour(direction: Direction, one: InForce, other: InForce) -> int | None:
    """1 when ``one`` is better for the citizen than ``other``, 0 equal, -1 worse, None not comparable.

    A number of calendar days is never longer than the same number of working days; otherwise five
    working days are taken as seven calendar days.
    """
    if isinstance(one, Quantity) and isinstance(other, Quantity):
        return _favour_of_numbers(direction, one, other)
    if isinstance(one, frozenset) and isinstance(other, frozenset):
        return _favour_of_sets(direction, one, other)
    return 0 if one == other else None


def _favour_of_numbers(direction: Direction, one: Quantity, other: Quantity) -> int | None:
    sign = _sign_of_difference(one, other)
    if direction == "higher":
        return sign
    return -sign if direction == "lower" else (0 if sign == 0 else None)


def _sign_of_difference(one: Quantity, other: Quantity) -> int:
    if one.unit == other.unit:
        return (one.amount > other.amount) - (one.amount < other.amount)
    if (one.unit, other.unit) == ("calendar_day", "working_day"):
        return _calendar_against_working(one.amount, other.amount)
    if (one.unit, other.unit) == ("working_day", "calendar_day"):
        return -_calendar_against_working(other.amount, one.amount)
    raise ValueError(f"{one.unit} and {other.unit} cannot be compared")


def _calendar_against_working(calendar: Decimal, working: Decimal) -> int:
    if calendar <= working:
        return -1 if working else 0
    as_calendar = working * 7 / 5
    return (calendar > as_calendar) - (calendar < as_calendar)


def _favour_of_sets(direction: Direction, one: frozenset[str], other: frozenset[str]) -> int | None:
    if one == other:
        return 0
    larger = 1 if direction == "superset" else -1
    if one > other:
        return larger
    return -larger if one < other else None


def joined(direction: Direction, one: InForce, other: InForce) -> InForce:
    """The best of both: the better number; channels together; materials asked for by both."""
    if isinstance(one, frozenset) and isinstance(other, frozenset):
        return one | other if direction == "superset" else one & other
    return other if (favour(direction, other, one) or 0) > 0 else one


def limited(direction: Direction, value: InForce, ceiling: InForce) -> InForce:
    """``value``, but not more favourable than ``ceiling``."""
    if isinstance(value, frozenset) and isinstance(ceiling, frozenset):
        return value & ceiling if direction == "superset" else value | ceiling
    return ceiling if (favour(direction, value, ceiling) or 0) > 0 else value


def extremes(direction: Direction, values: Iterable[InForce | None]) -> tuple[InForce | None, InForce | None]:
    """The least and the most favourable of ``values``; nothing promised is least favourable."""
    known = list(values)
    low = high = None
    for value in (v for v in known if v is not None):
        low = value if low is None or (favour(direction, value, low) or 0) < 0 else low
        high = value if high is None or (favour(direction, value, high) or 0) > 0 else high
    return (None if None in known else low), high
