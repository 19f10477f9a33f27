"""Reminders of plans: what is due within a month, what was missed, the yearly check; each left once."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from jizhun.drafting.actions.holders import holders
from jizhun.kernel.bilingual import Bilingual
from jizhun.people.actions import tell
from jizhun.people.models import Notice
from jizhun.planning.actions.adjusting import check_of
from jizhun.planning.actions.plans import EDIT, REPORT, plans
from jizhun.planning.actions.progress import board
from jizhun.planning.models import OwnPlan
from jizhun.planning.rules.plan import Measure
from jizhun.planning.rules.progress import REACHED, UNKNOWN, Progress

AHEAD = timedelta(days=30)
Told = tuple[str, str, Bilingual]
"""(what it is about, the page without its language, the words)."""


def sweep(*, on: date | None = None) -> int:
    """A notice for those who keep the plan of a place that has one of its own, and of the top; returns how many.

    Nothing is told of a plan whose period is over, and the same is never told twice.
    """
    day, left = on or timezone.localdate(), 0
    with transaction.atomic():
        for region in _places(day):
            who = holders(frozenset({EDIT, REPORT}), region)
            for about, page, text in [*_due(region, day), *_check(region, day)] if who else ():
                left += sum(_left(name, about, page, text) for name in who)
    return left


def _places(day: date) -> list[str]:
    """Places that said something of their own under a plan that runs, and the nation's own keepers."""
    own = OwnPlan.objects.filter(at__date__lte=day).values_list("region", flat=True).distinct()
    return sorted({*own, "CN"})


def _due(region: str, day: date) -> Iterator[Told]:
    for plan in plans(region):
        if plan.start <= day and not plan.ended(day):
            for one in board(code=plan.code, region=region, on=day).progress:
                text = _words(one, day)
                if text is not None:
                    yield (f"plan:{plan.code}:{region}:{one.measure.code}",
                           f"planning/{plan.code}/{one.measure.code}/?region={region}", text)


def _words(one: Progress, day: date) -> Bilingual | None:
    """What is to be told of a measure today; None where nothing is."""
    measure = one.measure
    if one.state == REACHED:
        return None
    if one.late:
        mark = one.late[-1]
        return Bilingual(f"“{measure.name.zh}”：{mark.on} 的节点没有达到。",
                         f"“{measure.name.en}”: the milestone of {mark.on} was not reached.")
    when = _next_day(measure, day)
    if when is None:
        return None
    if one.state == UNKNOWN:
        return Bilingual(f"“{measure.name.zh}”将于 {when} 到期，还没有数据或证明。",
                         f"“{measure.name.en}” is due on {when} and has no data or evidence yet.")
    return Bilingual(f"“{measure.name.zh}”将于 {when} 到期，尚未达到。",
                     f"“{measure.name.en}” is due on {when} and not reached yet.")


def _next_day(measure: Measure, day: date) -> date | None:
    """The next milestone or deadline, where it lies within a month or the deadline has passed."""
    days = [mark.on for mark in measure.milestones if mark.on >= day] + [measure.due]
    return days[0] if days[0] <= day + AHEAD else None


def _check(region: str, day: date) -> Iterator[Told]:
    found = check_of(region, day)
    if found.overdue and found.due is not None:
        yield (f"list-check:{region}:{found.due.year}", f"work/planning/adjusting/?region={region}", Bilingual(
            f"清单年度核对自 {found.due} 起逾期；新版清单有 {len(found.open)} 处调整尚未提出建议。",
            f"The yearly check of the list is overdue since {found.due}; {len(found.open)} changes of the newest "
            f"edition have no proposal yet."))


def _left(username: str, about: str, page: str, text: Bilingual) -> bool:
    if Notice.objects.filter(username=username, about=about, text_zh=text.zh).exists():
        return False
    tell(username=username, about=about, href=page, text=text)
    return True
