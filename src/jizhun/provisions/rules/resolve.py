"""What is promised: the walk from the nation down to the asked place, and what does not fit.

Within one place the most specific subject and group speak, through their latest paper. Across
places the best speaks. The whole way is kept as steps, so that an answer can always be explained.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise, product
from typing import Literal, Self, cast

from jizhun.kernel.bilingual import Refused
from jizhun.provisions.rules.book import Book, LinesOfPlace, Say, dimensions
from jizhun.provisions.rules.concern import Concern, concern
from jizhun.provisions.rules.values import (
    Band,
    Cell,
    Cells,
    Direction,
    Formula,
    InForce,
    Measure,
    Quantity,
    Row,
    Said,
    Span,
    Table,
    Tiered,
    extremes,
    favour,
    joined,
    limited,
    rounded,
)

Effect = Literal["grants", "equal", "below", "limits", "limited", "off_uniform", "overruled", "lapsed",
                 "silent", "unknown"]


@dataclass(frozen=True, slots=True)
class Question:
    """What is promised for ``measure`` of ``subject``, at ``place``, to ``group``, on ``on``?

    ``since`` is the day on which the person's case or entitlement began (None: it begins now);
    ``facts`` fixes dimensions such as contribution_months or grade.
    """

    measure: str
    subject: str
    place: str
    on: date
    group: str = "all"
    since: date | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One place on the way down: what it says, what that comes to here, and what it does."""

    place: str
    say: Say | None
    value: InForce | None
    effect: Effect
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not fit. ``amount`` is how far off, in ``unit``; ``against`` what it meets.

    Kinds: below_standard_above, off_uniform, above_cap, cap_below_standard, delegated_missing, lapsed, target_missed;
    and as review points raised_without_assessment, beyond_list, beyond_recipients (these two only by ``checking``).
    ``to_be_checked`` is set while one of the papers behind it is unverified.
    """

    kind: str
    place: str
    say: Say | None
    against: Say | None
    amount: Decimal | None = None
    unit: str = ""
    items: tuple[str, ...] = ()
    since: date | None = None

    @property
    def to_be_checked(self) -> bool:
        if self.kind == "delegated_missing":  # silence may be ours: the paper may exist and not be on file
            return True
        return not all(say.verified for say in (self.say, self.against) if say is not None)

    def same_matter(self, other: "Finding") -> bool:
        return self.kind == other.kind and self.place == other.place


@dataclass(frozen=True, slots=True)
class Answer:
    """The value in force with the papers that won, the whole path and the findings."""

    question: Question
    measure: Measure
    value: InForce | Cells | None
    winners: tuple[Say, ...]
    path: tuple[Step, ...]
    findings: tuple[Finding, ...]

    @property
    def nearest(self) -> Say | None:
        """The winner of the nearest place; None where nothing won."""
        way = [step.place for step in self.path]
        return max(self.winners, key=lambda say: way.index(say.place), default=None)

    @property
    def unit(self) -> str:
        value = self.value.low if isinstance(self.value, Cells) else self.value
        return value.unit if isinstance(value, Quantity) else self.measure.unit


REMEMBERED = 200_000
"""Answers kept in a book before its memory starts afresh."""


def ask(book: Book, question: Question, *, remember: bool = True) -> Answer:
    """The answer to ``question``; raises Refused for a measure or place that does not exist.

    Between two days on which something changes all answers are the same, so they are remembered; not for who asks
    everything once (``remember`` false).
    """
    if question.facts or question.since is not None or not remember:
        return _fresh(book, question, concern(book, question.measure, question.subject))
    about = concern(book, question.measure, question.subject)
    stretch = (bisect_right(about.days, question.on), bisect_right(book.places.change_days, question.on))
    key = (question.measure, question.subject, question.place, question.group, stretch)
    held = book.memory.get(key)
    if held is None:
        if len(book.memory) > REMEMBERED:
            book.memory.clear()
        held = book.memory[key] = _fresh(book, question, about)
    answer = cast(Answer, held)
    return answer if answer.question.on == question.on else replace(answer, question=question)


def _fresh(book: Book, question: Question, about: Concern) -> Answer:
    measure = book.measures.get(question.measure)
    if measure is None:
        raise Refused(zh=f"没有名为“{question.measure}”的指标。",
                      en=f"There is no measure called “{question.measure}”.")
    way = _Way.of(book, question)
    if about.plain:
        return way.walk(measure, question.facts).answer()
    open_dimensions = way.open_dimensions(measure.code)
    if not open_dimensions:
        return way.walk(measure, question.facts).answer()
    return _over_cells(way, measure, open_dimensions)


def _over_cells(way: "_Way", measure: Measure, open_dimensions: dict[str, list[Span | str]]) -> Answer:
    """Answer every combination of the open dimensions and put the answers together."""
    names, facts = tuple(open_dimensions), way.question.facts
    cells, walks = [], []
    for combination in product(*open_dimensions.values()):
        chosen: dict[str, object] = dict(zip(names, map(_example, combination), strict=True))
        walk = way.walk(measure, {**facts, **chosen} if facts else chosen)
        walks.append(walk)
        cells.append(Cell(tuple(zip(names, combination, strict=True)), walk.value))
    return _put_together(way, measure, tuple(cells), walks)


def _put_together(way: "_Way", measure: Measure, cells: tuple[Cell, ...], walks: "list[_Walk]") -> Answer:
    low, high = extremes(measure.direction, (cell.value for cell in cells))
    value: InForce | Cells | None = Cells(cells, low, high)
    if all(cell.value == cells[0].value for cell in cells):
        value = cells[0].value
    winners = tuple({id(say): say for walk in walks for say in walk.winners}.values())
    findings: list[Finding] = []
    for found in (f for walk in walks for f in walk.findings):
        if not any(found.same_matter(kept) for kept in findings):
            findings.append(found)
    return Answer(way.question, measure, value, winners, _common_path(walks), tuple(findings))


def _common_path(walks: "list[_Walk]") -> tuple[Step, ...]:
    """One path for all cells: the most telling effect of each place, its value where all agree."""
    steps = []
    for versions in zip(*(walk.steps for walk in walks), strict=True):
        if all(step is versions[0] for step in versions):
            steps.append(versions[0])
            continue
        telling = min(versions, key=_how_telling)
        agreed = telling.value if all(step.value == telling.value for step in versions) else None
        steps.append(Step(telling.place, telling.say, agreed, telling.effect, telling.missing))
    return tuple(steps)


_BY_TELLING: tuple[Effect, ...] = ("grants", "below", "off_uniform", "overruled", "limited", "limits", "equal",
                                   "lapsed", "unknown", "silent")
_TELLING = {effect: place for place, effect in enumerate(_BY_TELLING)}


def _how_telling(step: Step) -> int:
    return _TELLING[step.effect]


def _example(part: Span | str) -> object:
    if isinstance(part, str):
        return part
    return part.low if part.low is not None else part.high


_Limits = tuple[tuple[str, Say | None, Say | None], ...]
"""Place, the say in force there, and the one that lapsed."""


@dataclass(frozen=True, slots=True)
class _Spoken:
    """Who speaks on a measure along the path: in force or lapsed at each place; duties not fulfilled; targets."""

    limits: _Limits
    unfulfilled: tuple[tuple[str, Say], ...] = ()
    """The place that should have spoken, and the duty that was laid on it."""
    targets: tuple[Say, ...] = ()
    silent: Mapping[str, Step] = field(default_factory=dict)
    """The step of each place that has nothing to say, whatever the facts."""


@dataclass(frozen=True, slots=True)
class _Way:
    """A question with its subject chain, groups and path looked up once."""

    book: Book
    question: Question
    subjects: tuple[str, ...]
    groups: tuple[str, ...]
    path: tuple[str, ...]
    said: dict[str, _Spoken] = field(default_factory=dict, compare=False)
    """Who speaks does not depend on the facts: it is found once for all cells of an answer."""

    @classmethod
    def of(cls, book: Book, question: Question) -> "_Way":
        subjects = book.subjects.chain(question.subject)
        groups = book.subjects.groups(question.group)
        return cls(book, question, subjects, groups, book.places.path(question.place, question.on))

    def walk(self, measure: Measure, facts: Mapping[str, object]) -> "_Walk":
        return _Walk(self, measure, facts, ()).run()

    def spoken(self, measure: str) -> _Spoken:
        """Who speaks on ``measure``, place by place."""
        found = self.said.get(measure)
        if found is None:
            found = self.said[measure] = self._spoken(measure)
        return found

    def _spoken(self, measure: str) -> _Spoken:
        of_subjects = [by_place for subject in self.subjects
                       if (by_place := self.book.lines.get((subject, measure))) is not None]
        lines = [[by_place[place] for by_place in of_subjects if place in by_place] for place in self.path]
        limits = tuple((place, *self._standing(at, "limit")) for place, at in zip(self.path, lines, strict=True))
        silent = {place: Step(place, lapsed, None, "lapsed" if lapsed else "silent")
                  for place, say, lapsed in limits if say is None}
        if not concern(self.book, measure, self.question.subject).asked:
            return _Spoken(limits, silent=silent)
        targets = (self._standing(at, "target")[0] for at in lines)
        return _Spoken(limits, tuple(self._unfulfilled(limits, lines)),
                       tuple(say for say in targets if say is not None), silent)

    def _unfulfilled(self, limits: _Limits, lines: list[list[LinesOfPlace]]) -> Iterator[tuple[str, Say]]:
        for number, at in enumerate(lines[:-1], 1):
            duty, _ = self._standing(at, "duty")
            if duty is not None and all(say is None for _, say, _ in limits[number:]):
                yield self.path[number], duty

    def _standing(self, lines: list[LinesOfPlace], slot: str) -> tuple[Say | None, Say | None]:
        """(the say in force, the most specific one that lapsed) in ``slot``; the most specific subject comes first."""
        question, lapsed = self.question, None
        for of_subject in lines:
            for group in self.groups:
                line = of_subject.get((group, slot))
                say = line.standing(question.on, question.since) if line else None
                if say is None or (say.value is None and say.modality != "delegated"):
                    continue
                if say.lapses_on >= question.on:
                    return say, lapsed
                lapsed = lapsed or say
        return None, lapsed

    def reach(self, measure: str, given: frozenset[str] = frozenset(),
              seen: frozenset[str] = frozenset()) -> Iterator[tuple[Say, frozenset[str]]]:
        """Every say in force on the path for ``measure`` and for what its values read.

        With each say come the names of the dimensions that the reading formula fixes for it.
        """
        for _, say, _ in self.spoken(measure).limits:
            if say is None:
                continue
            yield say, given
            for formula in say.formulas():
                fixed = given | {name for name, _ in formula.given}
                for code in set(formula.inputs()) - seen:
                    yield from self.reach(code, fixed, seen | {measure, code})

    def open_dimensions(self, measure: str) -> dict[str, list[Span | str]]:
        """Dimensions that neither the facts nor the place settle, with their parts."""
        found: dict[str, list[Said]] = {}
        for say, given in self.reach(measure):
            for name in dimensions(say.value):
                if name not in self.question.facts and name not in given:
                    found.setdefault(name, []).append(say.value)
        parts = {name: self._parts(name, values) for name, values in found.items()}
        return {name: some for name, some in parts.items() if some}

    def _parts(self, name: str, values: list[Said]) -> list[Span | str]:
        if name.startswith("tier:"):
            return list(self.possible_tiers(name[5:], [v for v in values if isinstance(v, Tiered)]))
        conditions = [dict(row.conditions).get(name) for table in values if isinstance(table, Table)
                      for row in table.rows]
        words = [c for c in conditions if isinstance(c, str)]
        return list(dict.fromkeys(words)) or _pieces([c for c in conditions if isinstance(c, Span)])

    def possible_tiers(self, scheme: str, values: list[Tiered]) -> tuple[str, ...]:
        """The tiers the asked place may be in; empty when its one tier is known."""
        on, book, place = self.question.on, self.book, self.question.place
        nearest = self.tier(scheme)
        below = book.schemes.get(scheme, frozenset())
        tiers = set(nearest.split("|")) if nearest else set()
        if not below.issubset(self.path):
            inside = (p for p in book.places.within(place, on) if p in below and p != place)
            tiers |= {t for p in inside for t in (book.tier_of(scheme, p, on) or "").split("|") if t}
        if len(tiers) == 1 and nearest:
            return ()
        if tiers and nearest:
            return tuple(sorted(tiers))
        return tuple(dict.fromkeys(tier for value in values for tier, _ in value.values))

    def tier(self, scheme: str) -> str | None:
        """The tier of the nearest place on the path that is in one ("1|2" where that is not known more exactly)."""
        for place in reversed(self.path):
            if tier := self.book.tier_of(scheme, place, self.question.on):
                return tier
        return None


def _pieces(spans: list[Span]) -> list[Span | str]:
    """Cut the number line at every span's ends, from the lowest low to the highest high."""
    cuts = sorted({s.low for s in spans if s.low is not None} | {s.high + 1 for s in spans if s.high is not None})
    open_low = any(s.low is None for s in spans)
    open_high = any(s.high is None for s in spans)
    pieces: list[Span | str] = [Span(low, high - 1) for low, high in pairwise(cuts)]
    if open_low and cuts:
        pieces.insert(0, Span(None, cuts[0] - 1))
    if open_high and cuts:
        pieces.append(Span(cuts[-1], None))
    return [p for p in pieces if isinstance(p, Span) and any(_covers(s, p) for s in spans)]


def _covers(span: Span, piece: Span) -> bool:
    point = piece.low if piece.low is not None else piece.high
    return point is not None and span.holds(point)


class _Walk:
    """One walk down the path for one measure with all dimensions settled."""

    __slots__ = ("ceiling", "ceiling_say", "facts", "findings", "lock", "measure", "stack", "steps", "value",
                 "way", "winners")

    def __init__(self, way: _Way, measure: Measure, facts: Mapping[str, object], stack: tuple[str, ...]) -> None:
        self.way, self.measure, self.facts = way, measure, facts
        self.stack = (*stack, measure.code)
        self.value: InForce | None = None
        self.winners: list[Say] = []
        self.lock: Say | None = None
        self.ceiling: InForce | None = None
        self.ceiling_say: Say | None = None
        self.steps: list[Step] = []
        self.findings: list[Finding] = []

    def run(self) -> Self:
        """Walk down; what it came to stands in ``value``, ``winners``, ``steps`` and ``findings``."""
        spoken = self.way.spoken(self.measure.code)
        for place, say, lapsed in spoken.limits:
            if say is None:
                self.steps.append(spoken.silent[place])
                if lapsed is not None:
                    self._find("lapsed", place, lapsed, None)
            else:
                self._at(place, say)
        for place, duty in spoken.unfulfilled:
            self._find("delegated_missing", place, None, duty)
        for target in spoken.targets:
            self._target(target)
        return self

    def answer(self) -> Answer:
        """The same as an answer."""
        return Answer(self.way.question, self.measure, self.value, tuple(self.winners), tuple(self.steps),
                      tuple(self.findings))

    def _at(self, place: str, say: Say) -> None:
        if self.measure.direction == "none":
            self._nearest(place, say)
        elif isinstance(say.value, Band):
            self._band(place, say, say.value)
        else:
            self._speak(place, say)

    def _nearest(self, place: str, say: Say) -> None:
        value, missing = self._come_to(say.value, say)
        if value is None:
            self.steps.append(Step(place, say, None, "unknown", missing))
            return
        self.value, self.winners = value, [say]
        self.steps.append(Step(place, say, value, "grants", missing))

    def _band(self, place: str, say: Say, band: Band) -> None:
        low, missing = self._come_to(band.low, say)
        high, more = self._come_to(band.high, say)
        effect: Effect = "limits"
        if low is not None:
            effect = self._floor(place, say, low)
        if high is not None:
            self._cap(place, say, high)
        known = low is not None or high is not None
        self.steps.append(Step(place, say, low, effect if known else "unknown", missing + more))

    def _speak(self, place: str, say: Say) -> None:
        value, missing = self._come_to(say.value, say)
        if value is None:
            self.steps.append(Step(place, say, None, "unknown" if missing else "silent", missing))
            return
        effect = self._cap(place, say, value) if say.modality == "cap" else self._floor(place, say, value)
        if say.modality == "exact" and self.lock is None:
            self.lock = say
        self.steps.append(Step(place, say, value, effect, missing))

    def _floor(self, place: str, say: Say, value: InForce) -> Effect:
        if self.lock is not None:
            return self._under_lock(place, say, value)
        offered = self._under_ceiling(place, say, value)
        if self.value is None:
            self.value, self.winners = offered, [say]
            return "grants" if offered == value else "limited"
        compared = favour(self._direction, offered, self.value)
        if compared == 0:
            self.winners.append(say)
            return "equal" if offered == value else "limited"
        if compared is None or compared < 0:
            self._find("below_standard_above", place, say, self.winners[0], offered, self.value)
        return self._better(say, offered, compared) or "below"

    def _better(self, say: Say, offered: InForce, compared: int | None) -> Effect | None:
        """Take over what is better; sets that overlap win together."""
        if (compared is not None and compared < 0) or self.value is None:
            return None
        if compared is not None:
            self._review_raise(say)
        before = self.value
        self.value = joined(self._direction, self.value, offered)
        if self.value == before:
            return None
        self.winners = [say] if self.value == offered and compared == 1 else [*self.winners, say]
        return "grants"

    def _review_raise(self, say: Say) -> None:
        """A benefit above the standard above needs its fiscal and risk assessment on file.

        Inside a band the level above leaves the choice to the level below: that is no raise.
        """
        if self.measure.kind == "benefit" and not say.assessment and self.winners[0].modality != "band":
            self._find("raised_without_assessment", say.place, say, self.winners[0])

    def _under_lock(self, place: str, say: Say, value: InForce) -> Effect:
        if self.value is not None and favour(self._direction, value, self.value) == 0:
            self.winners.append(say)
            return "equal"
        self._find("off_uniform", place, say, self.lock, value, self.value)
        return "off_uniform"

    def _under_ceiling(self, place: str, say: Say, value: InForce) -> InForce:
        if self.ceiling is None or self.ceiling_say is None or self.ceiling_say.place == place:
            return value
        clipped = limited(self._direction, value, self.ceiling)
        if clipped == value:
            return value
        self._find("above_cap", place, say, self.ceiling_say, value, self.ceiling)
        return clipped if self.ceiling_say.enforce == "limit" else value

    def _cap(self, place: str, say: Say, value: InForce) -> Effect:
        if self.value is not None and (favour(self._direction, self.value, value) or 0) > 0:
            self._find("cap_below_standard", place, say, self.winners[0], value, self.value)
            return "overruled"
        tighter = self.ceiling is None or (favour(self._direction, self.ceiling, value) or 0) > 0
        if tighter:
            self.ceiling, self.ceiling_say = value, say
        return "limits"

    @property
    def _direction(self) -> Direction:
        return self.measure.direction

    def _target(self, target: Say) -> None:
        wanted, _ = self._come_to(target.value, target)
        due = target.reach_by is not None and self.way.question.on > target.reach_by
        if wanted is None or not due:
            return
        if self.value is None or (favour(self._direction, self.value, wanted) or 0) < 0:
            self._find("target_missed", self.way.path[-1], self.winners[0] if self.winners else None, target,
                       self.value, wanted)

    def _find(self, kind: str, place: str, say: Say | None, against: Say | None,
              value: InForce | None = None, other: InForce | None = None) -> None:
        amount, unit, items = _gap(value, other)
        self.findings.append(Finding(kind, place, say, against, amount, unit, items))

    # what a value as said comes to, here and today

    def _come_to(self, said: object, say: Say) -> tuple[InForce | None, tuple[str, ...]]:
        """The value in force of what is said, and the inputs that were missing for it."""
        if isinstance(said, Decimal):
            return Quantity(said, say.unit), ()
        if isinstance(said, Formula):
            return self._formula(said, say)
        if isinstance(said, Tiered):
            amount = dict(said.values).get(self._tier_for(said))
            return (None if amount is None else Quantity(amount, say.unit)), ()
        if isinstance(said, Table):
            row: Row | None = next((r for r in said.rows if r.holds(self.facts)), None)
            return (None, ()) if row is None else self._come_to(row.value, say)
        return said, ()  # type: ignore[return-value]

    def _tier_for(self, said: Tiered) -> str:
        given = self.facts.get(said.dimension)
        return str(given) if given is not None else self.way.tier(said.scheme) or ""

    def _formula(self, formula: Formula, say: Say) -> tuple[InForce | None, tuple[str, ...]]:
        base, missing = self._operand(formula.of, formula.given)
        if base is None:
            return None, missing
        amount = formula.times * base + formula.plus
        low, no_low = self._operand(formula.at_least, formula.given)
        high, no_high = self._operand(formula.at_most, formula.given)
        if low is not None:
            amount = max(amount, low)
        if high is not None:
            amount = min(amount, high)
        amount = rounded(amount, formula.round_to, formula.round_mode)
        return Quantity(amount, say.unit), missing + no_low + no_high

    def _operand(self, operand: Decimal | str | None,
                 given: tuple[tuple[str, str], ...]) -> tuple[Decimal | None, tuple[str, ...]]:
        if not isinstance(operand, str):
            return operand, ()
        if operand in self.stack:
            raise no_circle((*self.stack, operand))
        measure = self.way.book.measures.get(operand)
        if measure is None:
            return None, (operand,)
        facts = {**self.facts, **dict(given)} if given else self.facts
        value = _Walk(self.way, measure, facts, self.stack).run().value
        return (value.amount, ()) if isinstance(value, Quantity) else (None, (operand,))


def no_circle(stack: tuple[str, ...]) -> Refused:
    """The refusal of formulas that lead back to the last measure of ``stack``."""
    way = " → ".join(stack[stack.index(stack[-1]):])
    return Refused(zh=f"公式互相引用成环：{way}。", en=f"Formulas refer to each other in a circle: {way}.")


def _gap(value: InForce | None, other: InForce | None) -> tuple[Decimal | None, str, tuple[str, ...]]:
    if isinstance(value, Quantity) and isinstance(other, Quantity) and value.unit == other.unit:
        return abs(value.amount - other.amount), value.unit, ()
    if isinstance(value, frozenset) and isinstance(other, frozenset):
        return None, "", tuple(sorted(value ^ other))
    return None, "", ()
