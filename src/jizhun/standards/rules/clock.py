"""The review clock: when each standard is due for its periodic review, and what may call for one before. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from jizhun.kernel.bilingual import NO_WORDS, Bilingual
from jizhun.kernel.dating import day_in_words, months_later
from jizhun.standards.rules.graph import PathOf, code_path, stands_above
from jizhun.standards.rules.library import CURRENT, DRAFT, Library, Standard, undated

REVIEW_YEARS = 5
"""Standardization Law, article 29: the time between reviews is generally not over five years."""
NOTICE_MONTHS = 6

KEEP, REVISE, WITHDRAW = "keep", "revise", "withdraw"
VERDICTS: Mapping[str, Bilingual] = {
    KEEP: Bilingual("继续有效", "Keep"),
    REVISE: Bilingual("修订", "Revise"),
    WITHDRAW: Bilingual("废止", "Withdraw"),
}

FINE, NOTICE, OVERDUE, UNKNOWN, REVISING = "fine", "notice", "overdue", "unknown", "revising"
STATES: Mapping[str, Bilingual] = {
    OVERDUE: Bilingual("超期未复审", "Review overdue"),
    NOTICE: Bilingual("六个月内到期", "Due within six months"),
    REVISING: Bilingual("修订或废止办理中", "Being revised or withdrawn"),
    UNKNOWN: Bilingual("日期不明", "Day not known"),
    FINE: Bilingual("未到期", "Not due yet"),
}
"""The states in the order in which they ask for attention."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A review that took place: of which standard, on which day, with which verdict and why."""

    number: str
    on: date
    verdict: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ParentChange:
    """Something above a standard that changed. ``how``: superseded, withdrawn or published; ``on`` None: day unknown.

    ``by``: the numbers that took its place.
    """

    number: str
    how: str
    on: date | None
    by: tuple[str, ...] = ()
    sentence: Bilingual = NO_WORDS


@dataclass(frozen=True, slots=True)
class Clock:
    """Where a standard stands: ``days`` are left until it is due, fewer than none when it is overdue.

    ``by_year``: only the year of the standard is known, so it is due at the year's end. ``last``: the last review.
    ``called``: answers to reports from practice that ask for a review or a revision, since the last review.
    """

    standard: Standard
    due: date | None
    state: str
    days: int | None
    parent_changed: tuple[ParentChange, ...] = ()
    by_year: bool = False
    last: Reviewed | None = None
    called: int = 0

    @property
    def look_again(self) -> bool:
        """Whether something above it changed or practice asks for it, so that it is looked at before it is due."""
        return bool(self.parent_changed or self.called)

    @property
    def notice(self) -> date | None:
        """The day from which whoever has to review it is given notice."""
        return notice_on(self.due) if self.due else None

    @property
    def reasons(self) -> list[Bilingual]:
        """Why to look before it is due, in sentences."""
        asked = Bilingual(f"实施反馈的答复中有 {self.called} 条要求提前复审或修订。",
                          f"Answers to reports from practice ask for a review or a revision: {self.called}.")
        return [*(one.sentence for one in self.parent_changed), *([asked] if self.called else [])]


def started_on(standard: Standard) -> date | None:
    """The day from which the clock runs: in force, else published, else the last day of the number's year."""
    known = standard.effective_on or standard.published_on
    if known or standard.year is None:
        return known
    return date(standard.year, 12, 31)


def by_year(standard: Standard) -> bool:
    """Whether only the year of a standard is known."""
    return standard.effective_on is None and standard.published_on is None and standard.year is not None


def due_on(standard: Standard, reviews: Iterable[Reviewed]) -> date | None:
    """Five years after it came into force, or after the last review that kept it; None where no day is known."""
    start = started_on(standard)
    days = [one.on for one in reviews if one.number == standard.number and one.verdict == KEEP]
    since = max([*days, start] if start else days, default=None)
    return months_later(since, 12 * REVIEW_YEARS) if since else None


def who_reviews(standard: Standard) -> Bilingual:
    """The body that has the review on its desk: who keeps the standard, else who issued it."""
    return standard.custodian if standard.custodian.zh else standard.issuer


def notice_on(due: date) -> date:
    """The day from which notice is given: six months before."""
    return months_later(due, -NOTICE_MONTHS)


def clocks(library: Library, reviews: Iterable[Reviewed], on: date, path_of: PathOf = code_path,
           called: Mapping[str, int] | None = None) -> list[Clock]:
    """Every current standard with its clock: overdue first, then by what asks for attention; the soonest first.

    ``called``: number -> how many answers to reports ask for a review.
    """
    own: dict[str, list[Reviewed]] = {}
    for review in reviews:
        if review.on <= on:
            own.setdefault(review.number, []).append(review)
    serving = _serving(library)
    current = [one for one in library.by_number.values() if library.status(one, on) == CURRENT]
    found = [replace(_clock(library, one, own.get(one.number, ()), on, path_of, serving),
                     called=(called or {}).get(one.number, 0)) for one in current]
    return sorted(found, key=_attention)


def _attention(clock: Clock) -> tuple[float, date, str]:
    place: float = list(STATES).index(clock.state)
    if clock.state == FINE and clock.look_again:
        place = 1.5
    return place, clock.due or date.max, clock.standard.number


def _clock(library: Library, standard: Standard, own: Sequence[Reviewed], on: date, path_of: PathOf,
           serving: Mapping[str, Sequence[Standard]]) -> Clock:
    last = max(own, key=lambda one: one.on, default=None)
    due = due_on(standard, own)
    since = last.on if last else started_on(standard)
    changes = parent_changes(library, standard, since, on, path_of, serving) if since else ()
    kept = any(one.verdict == KEEP for one in own)
    return Clock(standard, due, _state(library, standard, due, last, on), (due - on).days if due else None,
                 changes, by_year(standard) and not kept, last)


def _state(library: Library, standard: Standard, due: date | None, last: Reviewed | None, on: date) -> str:
    if _in_hand(library, standard, last, on):
        return REVISING
    if due is None:
        return UNKNOWN
    if due < on:
        return OVERDUE
    return NOTICE if notice_on(due) <= on else FINE


def _in_hand(library: Library, standard: Standard, last: Reviewed | None, on: date) -> bool:
    """Whether a draft is to replace it, or its last review said so; a verdict without deeds lapses like any review."""
    if any(library.status(one, on) == DRAFT for one in library.replaced_by.get(standard.number, ())):
        return True
    return last is not None and last.verdict != KEEP and on <= months_later(last.on, 12 * REVIEW_YEARS)


def _serving(library: Library) -> dict[str, list[Standard]]:
    """Item or matter -> the standards that serve it."""
    found: dict[str, list[Standard]] = {}
    for one in library.by_number.values():
        for code in one.serves:
            found.setdefault(code, []).append(one)
    return found


def parent_changes(library: Library, standard: Standard, since: date, on: date, path_of: PathOf = code_path,
                   serving: Mapping[str, Sequence[Standard]] | None = None) -> tuple[ParentChange, ...]:
    """What changed after ``since`` and up to ``on`` among the standards that this one rests on.

    Those are what it cites normatively, and what stands above it and serves the same items. Where only the year of a
    change is known, it counts if that is a later year than that of ``since``: no false alarm. ``serving`` saves
    looking through the library each time.
    """
    served = _serving(library) if serving is None else serving
    above = {one.number: one for code in standard.serves for one in served.get(code, ())
             if stands_above(one, standard, on, path_of)}
    parents = {one.number: one for one in _rests_on(library, standard)} | above
    ended = [change for one in parents.values() for change in _ended(library, one, since, on)]
    told = {number for change in ended for number in change.by}
    fresh = [_published(one) for one in above.values()
             if one.number not in told and not one.in_drafting and _within(one.published_on, one, since, on)]
    return tuple(sorted([*ended, *fresh], key=lambda one: (one.on or date.max, one.number)))


def _rests_on(library: Library, standard: Standard) -> Iterator[Standard]:
    """What it cites normatively; for an undated reference every edition but its own."""
    for cite in standard.cites:
        if cite.normative and cite.number in library.by_number:
            yield library.by_number[cite.number]
        elif cite.normative and undated(cite.number) != undated(standard.number):
            yield from library.editions.get(cite.number, ())


def _ended(library: Library, parent: Standard, since: date, on: date) -> Iterator[ParentChange]:
    after = library.successors(parent, on)
    began = [one for one in after if _within(one.effective_on or one.published_on, one, since, on)]
    if after and len(began) == len(after):
        yield _superseded(parent, began)
    elif not after and parent.ended_on and since < parent.ended_on <= on:
        day = day_in_words(parent.ended_on)
        yield ParentChange(parent.number, "withdrawn", parent.ended_on, (), Bilingual(
            f"{parent.number} 已于{day.zh}废止。", f"{parent.number} was withdrawn on {day.en}."))


def _superseded(parent: Standard, began: Sequence[Standard]) -> ParentChange:
    by = tuple(sorted(one.number for one in began))
    days = [day for one in began if (day := one.effective_on or one.published_on)]
    first = min(days, default=None)
    when = day_in_words(first) if first else NO_WORDS
    return ParentChange(parent.number, "superseded", first, by, Bilingual(
        f"{parent.number} 已{f'于{when.zh}' if first else ''}被 {'、'.join(by)} 代替。",
        f"{parent.number} was superseded by {', '.join(by)}{f' on {when.en}' if first else ''}."))


def _published(standard: Standard) -> ParentChange:
    day = standard.published_on
    when = day_in_words(day) if day else Bilingual(f"{standard.year}年", f"{standard.year}")
    return ParentChange(standard.number, "published", day, (), Bilingual(
        f"服务相同事项的上级标准 {standard.number} 已于{when.zh}发布。",
        f"{standard.number}, which stands above it and serves the same items, was published "
        f"{'on' if day else 'in'} {when.en}."))


def _within(day: date | None, standard: Standard, since: date, on: date) -> bool:
    if day:
        return since < day <= on
    year = standard.year
    return year is not None and since.year < year <= on.year
