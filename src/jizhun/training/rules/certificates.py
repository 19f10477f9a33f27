"""Qualifications and certificates: what they cover, and what a change of a source does to one. Pure.

A certificate rests on sources as they were learned. While each still says the same it is valid; from the day on which
one says something else in substance a refresher is due, which covers that part only; when the grace has passed without
it the certificate lapses, and a refresher brings it back until it expires.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused
from jizhun.kernel.dating import ONE_DAY, day_before, months_later
from jizhun.training.rules.questions import WHOLE
from jizhun.training.rules.sources import CLAUSE, KEYS, PROMISE, RULE, STEPS, Ask, Source, Spoken, read_source

MATERIAL: Final = frozenset({CLAUSE, PROMISE, STEPS, RULE})
"""Kinds of sources whose change is one of substance; other words in a guide are not."""
HERE: Final = "@"
"""In a covered source's key: the place for which the certificate is issued."""
VALID, DUE, LAPSED, EXPIRED, REVOKED, NOT_YET = "valid", "due", "lapsed", "expired", "revoked", "not_yet"
STATES: Final[Mapping[str, Bilingual]] = {
    VALID: Bilingual("有效", "valid"), DUE: Bilingual("需补训", "refresher due"),
    LAPSED: Bilingual("已失效（未按期补训）", "lapsed (the refresher was not taken in time)"),
    EXPIRED: Bilingual("已过期", "expired"), REVOKED: Bilingual("已撤销", "revoked"),
    NOT_YET: Bilingual("尚未生效", "not valid yet")}
COUNTS: Final = frozenset({VALID, DUE})
"""States in which whoever holds the certificate has the qualification."""
MOST_MONTHS, MOST_GRACE, MOST_COVERED = 120, 366, 200


@dataclass(frozen=True, slots=True)
class Learned:
    """A source as it was learned, with its words of that day."""

    source: Source
    words: Bilingual = NO_WORDS

    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {**self.source.plain(), "words": {"zh": self.words.zh, "en": self.words.en}}


@dataclass(frozen=True, slots=True)
class Renewal:
    """A refresher that was passed: the parts that were learned anew, on a day."""

    on: date
    learned: tuple[Learned, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A certificate as the rules know it; both days included. ``revoked_on``: from that day it does not count."""

    learned: tuple[Learned, ...]
    issued_on: date
    expires_on: date
    grace_days: int
    renewals: tuple[Renewal, ...] = ()
    revoked_on: date | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A part of a certificate that no longer says what was learned: since when, and what it says now (None: nothing).
    """

    learned: Learned
    now: Spoken | None
    since: date


@dataclass(frozen=True, slots=True)
class Standing:
    """A certificate on a day. ``since``: the day from which it has been so; ``until``: its last day that counts."""

    state: str
    since: date
    until: date
    changes: tuple[Change, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether whoever holds it has the qualification."""
        return self.state in COUNTS


def standing(held: Held, ask: Ask, on: date) -> Standing:
    """What a certificate is worth on a day, as far as it was known what was learned by then."""
    if on < held.issued_on:
        return Standing(NOT_YET, held.issued_on, held.expires_on)
    if held.revoked_on is not None and held.revoked_on <= on:
        return Standing(REVOKED, held.revoked_on, day_before(held.revoked_on))
    if on > held.expires_on:
        return Standing(EXPIRED, held.expires_on + ONE_DAY, held.expires_on)
    changes = tuple(changes_of(held, ask, on))
    return _changed(held, changes, on) if changes else Standing(VALID, _valid_since(held, on), held.expires_on)


def _changed(held: Held, changes: tuple[Change, ...], on: date) -> Standing:
    """Due from the earliest change on, lapsed once its grace is over."""
    since = min(change.since for change in changes)
    until = min(since + timedelta(held.grace_days), held.expires_on)
    return Standing(DUE, since, until, changes) if on <= until else Standing(LAPSED, until + ONE_DAY, until, changes)


def _valid_since(held: Held, on: date) -> date:
    return max([held.issued_on, *(one.on for one in held.renewals if one.on <= on)])


def learned_by(held: Held, on: date) -> tuple[Learned, ...]:
    """What had been learned by that day: what a refresher covered takes the place of what was learned before."""
    known = {(one.source.kind, one.source.key): one for one in held.learned}
    for renewal in sorted(held.renewals, key=lambda one: one.on):
        if renewal.on <= on:
            known |= {(one.source.kind, one.source.key): one for one in renewal.learned}
    return tuple(known.values())


def changes_of(held: Held, ask: Ask, on: date) -> Iterable[Change]:
    """The covered sources that say something else in substance on that day."""
    for one in learned_by(held, on):
        if one.source.kind in MATERIAL and not _says(one.source, ask, on):
            yield Change(one, ask(one.source.kind, one.source.key, on), changed_since(one.source, ask, on,
                                                                                    held.grace_days))


def _says(source: Source, ask: Ask, on: date) -> bool:
    """Whether a source says on a day what was learned of it."""
    now = ask(source.kind, source.key, on)
    return now is not None and now.fingerprint == source.fingerprint


def changed_since(source: Source, ask: Ask, on: date, grace_days: int) -> date:
    """The first day, of those without a break up to ``on``, on which a source says something else than was learned.

    Day by day as far back as the grace reaches, so that what changed back and forth costs nobody a day of it; before
    that by halves, where any such day tells the same: the grace is over.
    """
    first = source.learned_on + ONE_DAY
    near = max(first, on - timedelta(grace_days + 1))
    day = on
    while day > near and not _says(source, ask, day_before(day)):
        day = day_before(day)
    return day if day > near or day == first else _halved(source, ask, first, day)


def _halved(source: Source, ask: Ask, first: date, last: date) -> date:
    """A day between both on which it says something else, and (but for ``first``) not yet on the day before."""
    while first < last:
        middle = first + (last - first) // 2
        first, last = (first, middle) if not _says(source, ask, middle) else (middle + ONE_DAY, last)
    return last


def expiry(issued_on: date, months: int) -> date:
    """The last day of a certificate: so many months after its day of issue, the day before."""
    return day_before(months_later(issued_on, months))


SOON: Final = timedelta(90)
"""How long before its last day a certificate may be earned anew."""


def earns(held: Iterable[Standing], on: date) -> bool:
    """Whether passing earns another certificate: not while one that counts is held that does not end soon."""
    return not any(one.counts and one.until - on > SOON for one in held)


# -- what is wrong ---------------------------------------------------------------------------------


def check_qualification(*, months: int, grace_days: int, passing: int, covers: Sequence[Any]) -> None:
    """Raises Refused where a qualification cannot be as it is described."""
    if not 1 <= months <= MOST_MONTHS:
        raise Refused(zh=f"有效期应为 1 至 {MOST_MONTHS} 个月。",
                      en=f"It has to be valid for 1 to {MOST_MONTHS} months.")
    if not 0 <= grace_days <= MOST_GRACE:
        raise Refused(zh=f"宽限期应为 0 至 {MOST_GRACE} 天。", en=f"The grace has to be 0 to {MOST_GRACE} days.")
    if not 1 <= passing <= WHOLE:
        raise Refused(zh="合格分数应为 0.01 至 100 分。", en="The mark to pass has to be 0.01 to 100.")
    if not 1 <= len(covers) <= MOST_COVERED:
        raise Refused(zh=f"应涵盖 1 至 {MOST_COVERED} 项来源。", en=f"It has to cover 1 to {MOST_COVERED} sources.")
    if len({*covers}) != len(covers):
        raise Refused(zh="同一来源写了两次。", en="It names the same source twice.")


def read_covered(line: str) -> tuple[str, tuple[str, ...]]:
    """A covered source out of a line: ``promise NB029-EX01 @ all promised_limit``; raises Refused for anything else."""
    kind, *key = line.split() or [""]
    if kind == CLAUSE and len(key) > 2:
        key = [" ".join(key[:-1]), key[-1]]  # a standard's number has a space in it
    if kind not in KEYS or len(key) != len(KEYS[kind]):
        forms = "; ".join(f"{kind} {' '.join(names)}" for kind, names in KEYS.items())
        raise Refused(zh=f"看不懂“{line}”：每行写一项来源，先写种类再写对象，地区可写 @ 表示发证地（{forms}）。",
                      en=f"“{line}” names no source: a line each, the kind and what it names, @ for the place of the "
                         f"certificate ({forms}).")
    return kind, tuple(key)


def placed(key: tuple[str, ...], region: str) -> tuple[str, ...]:
    """The key with the certificate's place where it says ``@``."""
    return tuple(region if part == HERE else part for part in key)


def check_mark(mark: int, passing: int) -> None:
    """Raises Refused for a mark (hundredths of a hundred) that is none, or below what passes."""
    if not 0 <= mark <= WHOLE:
        raise Refused(zh="分数应为 0 至 100。", en="A mark is 0 to 100.")
    if mark < passing:
        raise Refused(zh=f"成绩 {mark / 100:g} 分，未达到合格线 {passing / 100:g} 分。",
                      en=f"The mark is {mark / 100:g}; {passing / 100:g} is needed to pass.")


def read_learned(row: Mapping[str, Any]) -> Learned:
    """A learned source as ``Learned.plain`` writes it."""
    words = row.get("words") or {}
    return Learned(read_source(row), Bilingual(str(words.get("zh", "")), str(words.get("en", ""))))


def learned_anew(one: Learned, now: Spoken, on: date) -> Learned:
    """The same part as it stands on the day of the refresher."""
    return Learned(replace(one.source, version=now.version, fingerprint=now.fingerprint, learned_on=on), now.words)


# -- what is said ----------------------------------------------------------------------------------

SHOWN: Final[Mapping[str, Bilingual]] = {
    "part": Bilingual("只显示姓氏", "the first character only"), "full": Bilingual("显示全名", "the whole name"),
    "none": Bilingual("不显示", "not at all")}
"""How a holder's name is shown to the public."""


def shown_name(name: str, how: str) -> str:
    """A name as the holder chose to show it: ``张＊＊``, ``A***``, the whole, or nothing."""
    if how == "full":
        return name
    return "" if how == "none" or not name else name[0] + ("＊" if name[0] > "⺀" else "*") * min(len(name) - 1, 3)


def change_words(change: Change, name: Bilingual) -> Bilingual:
    """What was learned of a source (``name``) and what holds now, in a sentence without its full stop."""
    old, now = change.learned.words, change.now.words if change.now else Bilingual("不再有规定", "nothing any more")
    return Bilingual(f"{name.zh}：原为“{old.zh}”，自 {change.since} 起为“{now.zh}”",
                     f"{name.en}: “{old.en}” before, “{now.en}” since {change.since}")
