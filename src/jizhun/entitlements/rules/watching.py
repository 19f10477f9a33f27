"""A rule over time: what a new version would do, and under which versions on record somebody loses, from which day on.

Days are those on which something begins or ends on the way from the nation to the place. Paths and measures in force
are handed in, so that this stays without a database.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from jizhun.entitlements.rules.assembling import Rule, standing, together
from jizhun.entitlements.rules.book import Cited, Entitlements, Result, Version, Working
from jizhun.entitlements.rules.widening import Loss, Person, Values, losses, nothing_on_record
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import FAR, day_after, day_in_words

PathOn = Callable[[str, date], Sequence[str]]
"""The places from the nation down to one, on a day; raises Refused where there is none."""
WARNED_DAYS = 183
"""How long before its last day a version is told of."""


@dataclass(frozen=True, slots=True)
class Losing:
    """From a day on somebody loses at a place, or its rule cannot be put together (``broken`` says why)."""

    day: date
    losses: tuple[Loss, ...] = ()
    broken: Bilingual | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody loses at a place, by what ``version`` says there; that place has to act."""

    entitlement: str
    version: Version
    losing: Losing

    @property
    def verified(self) -> bool:
        """Whether what the place says was read at its source; if not, that comes first."""
        return all(cited.verified for cited in cited_in(self.version))


@dataclass(frozen=True)
class Foreseen:
    """What recording a version would do on its first day and later.

    ``above`` is the rule that it is held against and ``before`` the one that counts there without it (None: none).
    ``fewer`` are those who would have less than they have there now; ``below`` places that say something of their own,
    under which somebody would lose.
    """

    version: Version
    rule: Rule
    above: Rule | None
    before: Rule | None
    losing: tuple[Losing, ...] = ()
    fewer: tuple[Loss, ...] = ()
    below: tuple[tuple[str, Losing], ...] = ()
    warnings: tuple[Bilingual, ...] = ()

    @property
    def losses(self) -> tuple[Loss, ...]:
        return tuple(loss for one in self.losing for loss in one.losses)


def cited_in(version: Version) -> Iterator[Cited]:
    """Every citation in a version."""
    yield from (one.cited for one in version.conditions)
    worked: list[Working | Result] = [*version.workings, *version.results]
    for part in worked:
        yield from (part.cited, *part.per_row.values())


# -- over time


def days_of_change(versions: Iterable[Version], first: date, last: date = FAR) -> tuple[date, ...]:
    """``first``, and the later days up to ``last`` on which one of the versions begins or has ended."""
    days = {one.valid_from for one in versions} | {day_after(one.valid_until) for one in versions
                                                   if one.valid_until < FAR}
    return (first, *sorted(day for day in days if first < day <= last))


def losing_at(book: Entitlements, code: str, place: str, path_on: PathOn, first: date, last: date = FAR,
              examples: Iterable[Person] = (), values: Values = nothing_on_record,
              only: Version | None = None) -> Iterator[Losing]:
    """When somebody loses at a place against what is above it, from ``first`` on; each stretch of days once.

    ``only``: by this version of the place, and not by another before or after it.
    """
    path = path_on(place, first)
    told: tuple[object, ...] = ()
    persons = list(examples)
    for day in days_of_change([one for one in book.versions[code] if one.place in path], first, last):
        try:
            path = path_on(place, day)
        except Refused:
            return  # the place is gone
        here, above = standing(book, code, path, day), standing(book, code, path[:-1], day)
        speaks = bool(here) and here[-1].place == place and only in (None, here[-1])
        if not speaks or not above or (here, above) == told:
            told = here, above
            continue
        told = here, above
        found = _losing(book, code, day, (above, here), persons, values)
        if found.losses or found.broken:
            yield found


Two = tuple[tuple[Version, ...], tuple[Version, ...]]


def _losing(book: Entitlements, code: str, day: date, two: Two, examples: Sequence[Person], values: Values) -> Losing:
    try:
        above, here = (together(book, code, versions) for versions in two)
        return Losing(day, losses(above, here, day, examples, values=values))
    except Refused as refused:
        return Losing(day, broken=refused.sentence)


def found_over_time(book: Entitlements, code: str, path_on: PathOn, today: date,
                    values_at: Callable[[str], Values]) -> Iterator[Found]:
    """Every place that says something of an entitlement and under which somebody loses now or later."""
    for place in dict.fromkeys(one.place for one in book.versions[code]):
        first = max(today, min(one.valid_from for one in book.versions[code] if one.place == place))
        try:
            top = len(path_on(place, first)) < 2
        except Refused:
            continue  # the place is gone, and with it whoever could lose there
        for losing in () if top else losing_at(book, code, place, path_on, first, values=values_at(place)):
            version = standing(book, code, path_on(place, losing.day), losing.day)[-1]
            yield Found(code, version, losing)


# -- a new version


def with_version(book: Entitlements, version: Version) -> Entitlements:
    """Everything on record, and one more version that was recorded last."""
    code = version.entitlement
    versions = sorted((*book.versions[code], version), key=lambda one: (one.valid_from, one.order))
    return Entitlements(book.facts, book.heads, {**book.versions, code: tuple(versions)})


def foresee(book: Entitlements, version: Version, path_on: PathOn, today: date, examples: Iterable[Person] = (),
            values_at: Callable[[str], Values] = lambda place: nothing_on_record, whole: bool = True) -> Foreseen:
    """What a version would do. ``whole``: also to those who have more there now, and to places below.

    Raises Refused where the rule cannot be put together, or no place says who is entitled.
    """
    code, place, first = version.entitlement, version.place, version.valid_from
    version = replace(version, order=1 + max((one.order for one in book.versions[code]), default=0))
    path, persons = path_on(place, first), list(examples)
    after = with_version(book, version)
    rule = _rule(after, code, path, first)
    if rule is None:
        raise Refused(zh="上级没有规则，这里也没有写条件。",
                      en="There is no rule above, and none here says who is entitled.")
    above, before = _rule(book, code, path[:-1], first), _rule(book, code, path, first)
    values = values_at(place)
    found = Foreseen(version, rule, above, before, tuple(
        losing_at(after, code, place, path_on, first, version.valid_until, persons, values, version)))
    if not whole:
        return found
    less = losses(before, rule, first, persons, values=values) if before and before.nearest == place else ()
    return replace(found, fewer=tuple(one for one in less if one.kind in ("circle", "less")),
                   below=tuple(_losing_below(after, version, path_on, values_at)),
                   warnings=tuple(_warnings(after, version, path_on, today)))


def _rule(book: Entitlements, code: str, path: Sequence[str], day: date) -> Rule | None:
    versions = standing(book, code, path, day)
    return together(book, code, versions) if versions else None


def _losing_below(book: Entitlements, version: Version, path_on: PathOn,
                  values_at: Callable[[str], Values]) -> Iterator[tuple[str, Losing]]:
    """The places below that say something of their own, with the first day on which somebody would lose there."""
    code, first = version.entitlement, version.valid_from
    for place in dict.fromkeys(one.place for one in book.versions[code] if one.place != version.place):
        try:
            below = version.place in path_on(place, first)
        except Refused:
            continue
        if below:
            losing = losing_at(book, code, place, path_on, first, version.valid_until, values=values_at(place))
            one = next(losing, None)
            if one is not None:
                yield place, one


def _warnings(book: Entitlements, version: Version, path_on: PathOn, today: date) -> Iterator[Bilingual]:
    """What one should know of the days before, between and after."""
    later = [one.valid_from for one in book.versions[version.entitlement] if one.place == version.place
             and version.valid_from < one.valid_from <= version.valid_until]
    if version.valid_from < today:
        yield Bilingual("生效日在今天之前：此前按旧规则给出的回答会与现在不同，应补发的请补发。",
                        "It begins before today: answers since then would be otherwise, and back-payments may be due.")
    if not all(cited.verified for cited in cited_in(version)):
        yield Bilingual("有的条款未核实，公众看到时会注明。", "Some clauses are not verified; the public is told so.")
    if version.new_from is not None:
        yield _for_whom(book, version)
    if later:
        day = day_in_words(min(later))
        yield Bilingual(f"{day.zh}起，已有记录的本地后一版本代替它。",
                        f"From {day.en} on a later version of this place, already on record, counts instead.")
    if version.valid_until < FAR:
        yield _after_lapse(book, version, path_on)


def _for_whom(book: Entitlements, version: Version) -> Bilingual:
    """Whom a version leaves with the one before; what is foreseen is of the others."""
    label = book.facts[book.heads[version.entitlement].anchor].label
    first, last = day_in_words(version.new_from or version.valid_from), day_in_words(version.existing_until)
    if version.existing_until == FAR:
        return Bilingual(f"只对“{label.zh}”在{first.zh}及以后的人适用，其他人仍按前一版本。",
                         f"It counts only for whoever has “{label.en}” on or after {first.en}; "
                         "the others keep the version before.")
    return Bilingual(f"只对“{label.zh}”在{first.zh}及以后的人适用，其他人到{last.zh}仍按前一版本。",
                     f"It counts only for whoever has “{label.en}” on or after {first.en}; "
                     f"the others keep the version before until {last.en}.")


def _after_lapse(book: Entitlements, version: Version, path_on: PathOn) -> Bilingual:
    """What counts there when the version has run out."""
    last, next_day = day_in_words(version.valid_until), day_after(version.valid_until)
    there = standing(book, version.entitlement, path_on(version.place, next_day), next_day)
    if there and there[-1].place == version.place:
        since = day_in_words(there[-1].valid_from)
        return Bilingual(f"{last.zh}后失效；其后本地自{since.zh}起的版本重新适用。",
                         f"It lapses after {last.en}; then the version of this place since {since.en} counts again.")
    if there:
        return Bilingual(f"{last.zh}后失效；其后只适用上级规则。",
                         f"It lapses after {last.en}; then only the rule above counts.")
    return Bilingual(f"{last.zh}后失效；其后没有规则。", f"It lapses after {last.en}; then there is no rule.")
