"""A level that rose with earlier effect: found behind an answer, in words, and what is owed to somebody for it.

A level counts from the day that its paper names; the paper, or its record here, may come months later. What was paid in
between was the level before.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from jizhun.entitlements.rules.answering import Answer, Given
from jizhun.entitlements.rules.arrears import Arrears, Paid, arrears, next_month
from jizhun.entitlements.rules.telling import value_in_words
from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.dating import day_in_words
from jizhun.provisions.rules.book import Say

MONTHLY: Final = "CNY/month"


@dataclass(frozen=True, slots=True)
class Rise:
    """``result`` comes to ``level`` since ``since``, which was told on ``told_on`` only; before, it was ``before``."""

    result: Given
    since: date
    told_on: date
    level: Decimal
    before: Decimal
    say: Say

    @property
    def months(self) -> tuple[date, ...]:
        """The first days of the months that may have been paid at the level before."""
        return tuple(_months(self.since, self.told_on))

    @property
    def owed(self) -> Arrears:
        """What is owed to whoever was paid the level before for all of them."""
        return arrears((Paid(one, self.before) for one in self.months), lambda _: self.level, since=self.since)


def _months(since: date, last: date) -> Iterator[date]:
    """A month counts if its first day is not before ``since``."""
    month = since.replace(day=1)
    while month <= last:
        if month >= since:
            yield month
        month = next_month(month)


def monthly(answer: Answer) -> list[Given]:
    """The results that are known amounts a month, the main one first."""
    known = [one for one in answer.results if one.result.unit == MONTHLY and isinstance(one.value, Decimal)
             and one.high is None and not one.waits and one.fault is None]
    return sorted(known, key=lambda one: not one.result.main)


def amount(answer: Answer | None, name: str) -> Decimal | None:
    """What an answer gives a month under this name; None where it gives nothing, or is not to be told."""
    values = (one.value for one in (monthly(answer) if answer else ()) if one.result.name == name)
    return next((one for one in values if isinstance(one, Decimal)), None)


def said_last(answer: Answer, given: Given) -> Say | None:
    """The provision behind a result that began last; None where it rests on none."""
    read = answer.rule.lowered.inputs_of(given.result.name)
    says = [say for name, one in answer.measures.items() if name in read and one.source is not None
            for say in one.source.winners]
    return max(says, key=lambda say: say.valid_from, default=None)


def published_late(say: Say) -> date | None:
    """The day of the paper where that is after the first day of its level."""
    day = say.paper.published_on if say.paper else None
    return day if day is not None and day > say.valid_from else None


def rise(answer: Answer, given: Given, say: Say, told_on: date, before: Decimal | None) -> Rise | None:
    """The rise of a result, told on ``told_on``; None where it is none, or comes too early for any month to be owed."""
    level = given.value
    if before is None or not isinstance(level, Decimal) or level <= before or told_on > answer.day:
        return None
    found = Rise(given, say.valid_from, told_on, level, before, say)
    return found if found.months else None


def rise_in_words(found: Rise) -> Bilingual:
    """Since when it is how much, and what is owed to whoever was paid the level before."""
    result, owed = found.result.result, found.owed
    level, before = (value_in_words(result, one) for one in (found.level, found.before))
    since, told, first, last = (day_in_words(one) for one in (found.since, found.told_on, found.months[0],
                                                              found.months[-1]))
    total = Bilingual(f"{owed.total:,f} 元", f"{owed.total:,f} yuan")
    title = found.say.paper.title if found.say.paper else Bilingual("", "")
    count = len(found.months)
    return Bilingual(
        f"自{since.zh}起，“{result.words.zh}”为{level.zh}（{title.zh}，{told.zh}公布）。"
        f"如果{_month(first.zh)}至{_month(last.zh)}仍按{before.zh}发放，应补 {total.zh}（{count} 个月）。",
        f"Since {since.en} “{result.words.en}” is {level.en} ({title.in_language('en')}, made known on {told.en}). "
        f"If you were paid {before.en} from {first.en[:7]} to {last.en[:7]}, the difference is {total.en} "
        f"({count} month{'' if count == 1 else 's'}).")


def _month(day: str) -> str:
    return day.partition("月")[0] + "月"


def plain_rise(found: Rise) -> dict[str, Any]:
    """A rise as JSON holds it."""
    words, paper = rise_in_words(found), found.say.paper
    return {"result": found.result.result.name, "since": found.since.isoformat(), "told_on": found.told_on.isoformat(),
            "level": found.level, "before": found.before, "months": [f"{one:%Y-%m}" for one in found.months],
            "difference": found.owed.total, "document": paper.code if paper else "", "source": found.say.source,
            "verified": found.say.verified, "words": {"zh": words.zh, "en": words.en}}


# -- what somebody was really paid -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Owing:
    """What is owed to a person for ``result`` (of ``answer``), whose level began on ``since``."""

    answer: Answer
    result: Given
    since: date
    owed: Arrears


def owing_in_words(found: Owing) -> list[Bilingual]:
    """A line for each month that is owed, then all together."""
    result = found.result.result
    since = day_in_words(found.since)
    lines = []
    for one in found.owed.months:
        due, paid = value_in_words(result, one.due), value_in_words(result, one.paid)
        lines.append(Bilingual(f"{one.month:%Y-%m}：应为{due.zh}，已发{paid.zh}，应补 {one.difference:,f} 元",
                               f"{one.month:%Y-%m}: {due.en} due, {paid.en} paid, {one.difference:,f} yuan owed"))
    name, total = found.answer.rule.head.name, found.owed.total
    return [*lines, Bilingual(f"“{name.zh}”的“{result.words.zh}”自{since.zh}起按新标准，共应补 {total:,f} 元",
                              f"“{name.en}”, “{result.words.en}”: the level counts since {since.en}; {total:,f} yuan "
                              "owed together")]


def plain_owing(found: Owing) -> dict[str, Any]:
    """The same as JSON holds it."""
    said: Mapping[str, Any] = {"entitlement": found.answer.rule.head.code, "result": found.result.result.name}
    return {**said, "since": found.since.isoformat(), "total": found.owed.total,
            "months": [{"month": f"{one.month:%Y-%m}", "due": one.due, "paid": one.paid, "owed": one.difference}
                       for one in found.owed.months],
            "words": [{"zh": one.zh, "en": one.en} for one in owing_in_words(found)]}

