"""What does not fit from one day to another: which finding begins when, how long it stands, and where it holds.

Nothing is asked day by day: a place is asked on the days on which something on its own way changes, and only places
that speak, that are in a tier, or that were told to speak are asked; all others stand as the nearest of these does.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise

from jizhun.kernel.bilingual import Refused
from jizhun.kernel.dating import FAR, day_before, months_later
from jizhun.provisions.rules.book import Book, LinesOfPlace, Say
from jizhun.provisions.rules.concern import Concern, concern, tier_days
from jizhun.provisions.rules.resolve import Answer, Finding, Question, ask

WARNED_MONTHS = 6
"""So long before it must be acted on a finding is called due."""
REVIEW_POINTS = frozenset({"raised_without_assessment", "beyond_list", "beyond_recipients"})
"""Not too little, but more than the standard above without the record that it asks for."""

Listed = Callable[[str, str, date], bool | None]
"""(subject, place, day) -> whether the list in force there holds it; None where there is no list, or no item."""


def no_list(subject: str, place: str, on: date) -> bool | None:
    """For whoever knows of no list."""
    return None


def every_place(place: str) -> bool:
    """For whoever leaves no place out."""
    return True


@dataclass(frozen=True, slots=True)
class Checked:
    """A finding from its first day to its last.

    ``finding`` is as it stands on the first day of it that was asked for; ``begins`` may lie before that. ``ends``: its
    last day, FAR where no end is in sight. ``steps``: later days on which the gap becomes another. ``holds_at``: the
    places at which it was found. ``effect``: how many places at the bottom of the tree it concerns.
    """

    subject: str
    measure: str
    group: str
    finding: Finding
    begins: date
    ends: date
    steps: tuple[tuple[date, Decimal | None], ...]
    holds_at: tuple[str, ...]
    effect: int

    @property
    def act_by(self) -> date:
        """The day by which somebody must have acted: before a paper ends, or when the upper value rises."""
        say, against = self.finding.say, self.finding.against
        if self.finding.kind == "lapsed" and say is not None:
            return say.lapses_on
        if against is not None and against.reach_by is not None:
            return against.reach_by
        return self.begins

    @property
    def warned_from(self) -> date:
        """From this day on it is called due."""
        return months_later(self.act_by, -WARNED_MONTHS)

    @property
    def say(self) -> Say | None:
        """The provision to look at: the one that does not fit, else the one that asks for it."""
        return self.finding.say or self.finding.against


def findings_over(book: Book, region: str, first: date, last: date, *, listed: Listed = no_list,
                  counts: Callable[[str], bool] = every_place) -> list[Checked]:
    """Everything that does not fit in ``region`` or below it on any day from ``first`` to ``last``.

    What places above say is looked at where it holds in the region. ``counts``: whether a place is looked at at all.
    The widest effect comes first. Raises Refused for a period that ends before it begins, or a place that never exists
    in it.
    """
    if last < first:
        raise Refused(zh=f"最后一天 {last} 早于第一天 {first}。",
                      en=f"The last day {last} is before the first day {first}.")
    period = _Period.of(book, region, first, last, counts)
    found = [one for subject, measure in sorted(book.lines) if measure in book.measures
             for one in _Check(period, subject, measure, listed).run()]
    return sorted(found, key=lambda one: (-one.effect, one.begins, one.finding.place, one.subject, one.measure))


@dataclass(frozen=True, slots=True)
class _Period:
    """From day to day, with the places of a region and the days on which their tree changes."""

    book: Book
    first: date
    last: date
    region: str
    inside: Mapping[str, date]
    """Each place that lies in the region on some day, with the first such day."""
    epochs: tuple[date, ...]
    counts: Callable[[str], bool]
    counted: dict[tuple[str, date], int] = field(default_factory=dict)

    @classmethod
    def of(cls, book: Book, region: str, first: date, last: date, counts: Callable[[str], bool]) -> "_Period":
        epochs = tuple(day for day in book.places.change_days if first < day <= last)
        inside: dict[str, date] = {}
        for day in (first, *epochs):
            for place in filter(counts, _within(book, region, day)):
                inside.setdefault(place, day)
        if not inside:
            book.places.path(region, first)  # says why
        return cls(book, first, last, region, inside, epochs, counts)

    def path(self, place: str, on: date) -> tuple[str, ...]:
        """The path of a place on a day; () on a day on which it does not exist."""
        return _path(self.book, place, on)

    def ends_of(self, place: str) -> int:
        """How many places at the bottom of the tree lie in ``place`` when the period begins (or it does)."""
        on = self.inside.get(place, self.first)
        if (place, on) not in self.counted:
            some = [self.path(one, on) for one in self.book.places.within(place, on)]
            above = {path[-2] for path in some if len(path) > 1}
            self.counted[place, on] = sum(path[-1] not in above and self.counts(path[-1]) for path in some)
        return self.counted[place, on]


def _within(book: Book, region: str, on: date) -> Iterable[str]:
    return book.places.within(region, on) if _path(book, region, on) else ()


def _path(book: Book, place: str, on: date) -> tuple[str, ...]:
    try:
        return book.places.path(place, on)
    except Refused:
        return ()


Key = tuple[str, str, str]
"""What makes two findings at a place one: the kind, who must act, and whom it meets."""


@dataclass(frozen=True, slots=True)
class _Spell:
    """One finding at one asked place: what it was on each day on which anything changed, and its last day."""

    begins: date
    ends: date
    seen: tuple[tuple[date, Finding], ...]

    @property
    def finding(self) -> Finding:
        return self.seen[0][1]

    @property
    def steps(self) -> tuple[tuple[date, Decimal | None], ...]:
        """Later days on which the gap is another than before."""
        return tuple((day, now.amount) for (_, before), (day, now) in pairwise(self.seen)
                     if now.amount != before.amount)

    @property
    def alike(self) -> tuple[object, ...]:
        """Spells at several places that agree in this are told as one."""
        one = self.finding
        return one.kind, one.place, id(one.say), id(one.against), one.amount, self.begins, self.ends, self.steps


def _began(key: Key, first: date, earlier: Sequence[date], found_on: Callable[[date], Mapping[Key, Finding]]) -> date:
    """The first day of a finding that stands when the period begins; ``earlier``: days of change, the latest first."""
    for day in earlier:
        if key not in found_on(day):
            break
        first = day
    return first


@dataclass(frozen=True, slots=True)
class _Check:
    """One measure of one subject, looked at over a period."""

    period: _Period
    subject: str
    measure: str
    listed: Listed

    @property
    def book(self) -> Book:
        return self.period.book

    @property
    def about(self) -> Concern:
        return concern(self.book, self.measure, self.subject)

    def run(self) -> Iterator[Checked]:
        """What was found, each thing once with all places at which it holds."""
        asked = self._asked()
        for group in self._groups(asked):
            together: dict[tuple[object, ...], list[tuple[str, _Spell]]] = {}
            of_group = [place for place in asked if self._speaks_to(group, place)]
            for place in of_group:
                for spell in self._spells(Question(self.measure, self.subject, place, self.period.first, group)):
                    together.setdefault(spell.alike, []).append((place, spell))
            if together:
                reach = self._effects(of_group)
                yield from filter(None, (self._checked(some, group, reach) for some in together.values()))

    def _checked(self, some: Sequence[tuple[str, _Spell]], group: str, reach: Mapping[str, int]) -> Checked | None:
        """One finding of all these places; None where every place that it could concern has its own word."""
        spell = some[0][1]
        effect = sum(reach[place] for place, _ in some)
        if not effect and spell.finding.kind == "delegated_missing":
            return None
        begun = replace(spell.finding, since=spell.begins)
        return Checked(self.subject, self.measure, group, begun, spell.begins, spell.ends, spell.steps,
                       tuple(place for place, _ in some), effect)

    # -- who is asked --------------------------------------------------------------------------------

    def _asked(self) -> list[str]:
        """Places in the region that may differ from those above them; the region itself for what holds from above."""
        period, telling = self.period, self.about.places
        own = [place for place in period.inside if place in telling]
        told = [place for upper in self._told_others() for place in self._directly_below(upper)]
        since = period.inside.get(period.region)
        above = [period.region] if since is not None and telling & {*period.path(period.region, since)} else []
        return sorted({*own, *told, *above} & period.inside.keys())

    def _told_others(self) -> list[str]:
        """Places that laid it on those directly below to speak."""
        if not self.about.asked:
            return []
        return [place for subject in self._chain for place, slots in self._lines(subject, self.measure).items()
                if any(slot == "duty" for _, slot in slots)]

    def _directly_below(self, upper: str) -> Iterator[str]:
        for place, since in self.period.inside.items():
            if self.period.path(place, since)[-2:-1] == (upper,):
                yield place

    def _groups(self, asked: Sequence[str]) -> list[str]:
        """Everybody, and each group for which anybody on the way of these places has a word of its own."""
        found = {group for lines in self._all_lines() for slots in lines.values() for group, _ in slots}
        return ["all", *sorted(found - {"all"})] if asked else []

    def _speaks_to(self, group: str, place: str) -> bool:
        if group == "all":
            return True
        path = self.period.path(place, self.period.inside[place])
        return any(spoken == group for lines in self._all_lines() for upper in path
                   for spoken, _ in lines.get(upper, {}))

    @property
    def _chain(self) -> tuple[str, ...]:
        return self.book.subjects.chain(self.subject)

    def _lines(self, subject: str, measure: str) -> Mapping[str, LinesOfPlace]:
        return self.book.lines.get((subject, measure), {})

    def _all_lines(self) -> list[Mapping[str, LinesOfPlace]]:
        found = (self._lines(subject, measure) for subject in self._chain for measure in sorted(self.about.measures))
        return [lines for lines in found if lines]

    # -- when ----------------------------------------------------------------------------------------

    def _days(self, place: str) -> list[date]:
        """Every day on which an answer at the place may change, ever; within the period also with its path."""
        paths = [self.period.path(place, day) for day in (self.period.first, *self.period.epochs)]
        on_way = {upper for path in paths for upper in path}
        days = {day for lines in self._all_lines() for upper in on_way & lines.keys()
                for line in lines[upper].values() for day in line.change_days()}
        days.update(day for day, (before, now) in zip(self.period.epochs, pairwise(paths), strict=True)
                    if before != now or self.about.tiered)
        for scheme in self.about.schemes:
            for other in self.book.schemes.get(scheme, ()):
                if other in on_way or place in self.period.path(other, self.period.first):
                    days.update(tier_days(self.book, scheme, other))
        return sorted(days)

    def _spells(self, question: Question) -> list[_Spell]:
        """What is found at one place from the first to the last day of the period."""
        first, days = self.period.first, self._days(question.place)
        found_on = cache(lambda day: self._found(replace(question, on=day)))
        open_ones: dict[Key, list[tuple[date, Finding]]] = {}
        closed: list[tuple[Key, date, list[tuple[date, Finding]]]] = []
        for day in (first, *(one for one in days if first < one <= self.period.last)):
            now = found_on(day)
            for key in open_ones.keys() - now.keys():
                closed.append((key, day_before(day), open_ones.pop(key)))
            for key, finding in now.items():
                open_ones.setdefault(key, []).append((day, finding))
        closed += [(key, FAR, seen) for key, seen in open_ones.items()]
        earlier = [day for day in reversed(days) if day <= first]
        return [_Spell(seen[0][0] if seen[0][0] != first else _began(key, first, earlier, found_on), ends, tuple(seen))
                for key, ends, seen in closed]

    def _found(self, question: Question) -> dict[Key, Finding]:
        """What does not fit on one day; nothing on a day on which the place does not exist."""
        if not self.period.path(question.place, question.on):
            return {}
        answer = ask(self.book, question, remember=False)
        found: dict[Key, Finding] = {}
        ran_out = {one.place for one in answer.findings if one.kind == "lapsed"}
        for one in (*answer.findings, *self._beyond(answer)):
            twice = one.kind == "delegated_missing" and one.place in ran_out
            if self._belongs(one, question.group) and not twice:
                found.setdefault((one.kind, one.place, one.against.place if one.against else ""), one)
        return found

    def _belongs(self, finding: Finding, group: str) -> bool:
        """Whether it is told here: not where a broader subject or a wider group tells the same."""
        says = [say for say in (finding.say, finding.against) if say is not None]
        own_subject = any(say.subject == self.subject for say in says)
        return own_subject and (group == "all" or any(say.group == group for say in says))

    # -- more than asked for -------------------------------------------------------------------------

    def _beyond(self, answer: Answer) -> Iterator[Finding]:
        """What the place itself gives beyond the list, or to more people, with no record of the assessment for it."""
        if not answer.path or len(answer.path) == 1 or answer.measure.kind != "benefit":
            return
        *above, own = answer.path
        say = own.say
        if say is None or say.modality == "cap" or say.assessment or own.value is None:
            return
        on_list = self.listed(self.subject, own.place, answer.question.on)
        if on_list is False:
            yield Finding("beyond_list", own.place, say, None)
        elif on_list and not any(step.say for step in above):
            narrower = self._said_of_fewer(answer.question, [step.place for step in above])
            if narrower is not None:
                yield Finding("beyond_recipients", own.place, say, narrower)

    def _said_of_fewer(self, question: Question, above: Sequence[str]) -> Say | None:
        """What a place above says of a group that does not take in the asked one."""
        for subject in self._chain:
            for place in above:
                for (_, slot), line in self._lines(subject, self.measure).get(place, {}).items():
                    say = line.standing(question.on, None) if slot == "limit" else None
                    if say is not None and say.value is not None and say.lapses_on >= question.on:
                        return say
        return None

    # -- for how many --------------------------------------------------------------------------------

    def _effects(self, asked: Sequence[str]) -> dict[str, int]:
        """For each asked place the places at the bottom that stand as it does: those of no asked place between."""
        reach = {place: self.period.ends_of(place) for place in asked}
        nearest = {place: next((upper for upper in reversed(self.period.path(place, self.period.inside[place])[:-1])
                                if upper in reach), None) for place in asked}
        whole = dict(reach)
        for place, upper in nearest.items():
            if upper is not None:
                reach[upper] -= whole[place]
        return {place: max(number, 0) for place, number in reach.items()}
