"""Facts from outside: a figure for a day with the file that shows it; the only figures of a plan that are typed."""

from collections.abc import Sequence
from datetime import date
from math import isfinite

from django.db import transaction
from django.utils import timezone

from jizhun.evaluation.evidence import Piece
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.texts import storable
from jizhun.people.actions import path_to, require, write_line
from jizhun.people.rules import Actor
from jizhun.planning.actions.plans import REPORT, plan_at
from jizhun.planning.indicators import OUTSIDE
from jizhun.planning.models import OutsideFact
from jizhun.planning.rules.progress import Reading
from jizhun.regions.actions import tree

LONGEST = 1000
MOST = 1e12


def facts_of(plan: str, measure: str, region: str) -> list[OutsideFact]:
    """What was reported, the earliest day first; several of a day in the order in which they came."""
    return list(OutsideFact.objects.filter(plan=plan, measure=measure, region=region))


def reading_of(plan: str, measure: str, region: str, on: date) -> Reading:
    """The newest fact that tells of a day up to ``on``; no data where none does."""
    row = OutsideFact.objects.filter(plan=plan, measure=measure, region=region, on__lte=on).last()
    if row is None:
        return Reading(on, why=Bilingual("尚未报送事实和证明材料。",
                                         "No fact with its evidence has been reported yet."))
    return Reading(row.on, row.value)


def report_fact(*, by: Actor, plan: str, measure: str, region: str, on: date, value: float, source: Bilingual,
                evidence: Sequence[Piece]) -> OutsideFact:
    """Report a figure for a day. Refused for a measure that is computed, without a file, or for a day to come.

    A later report of the same day takes its place; both stay on record.
    """
    require(by=by, right=REPORT, path=path_to(region))
    one = plan_at(plan, region).measure(measure)
    if one.indicator != OUTSIDE:
        raise Refused(zh=f"“{one.name.zh}”由本产品的数据计算，不能填报。",
                      en=f"“{one.name.en}” is computed from the data here: nothing is reported for it.")
    if on > timezone.localdate():
        raise Refused(zh=f"日期 {on} 还没有到。", en=f"The day {on} has not come yet.")
    if not isfinite(value) or not 0 <= value <= MOST:
        raise Refused(zh="数值应为 0 以上的数。", en="The figure is a number from 0 on.")
    if not source.zh.strip() or len(source.zh) + len(source.en) > LONGEST:
        raise Refused(zh="请写明数据来源（最多 1000 字）。", en="Name the source, in 1000 characters at most.")
    if not any("hash" in piece for piece in evidence):
        raise Refused(zh="外部事实必须附证明文件，只有网址不够。",
                      en="A fact from outside needs a file that shows it; a link alone is not enough.")
    with transaction.atomic():
        made = OutsideFact.objects.create(
            plan=plan, measure=measure, region=region, on=on, value=value, source_zh=storable(source.zh.strip()),
            source_en=storable(source.en.strip()), evidence=list(evidence), by=by.username,
            simulated=tree().known(region).simulated)
        write_line(by=by, act="planning.report", subject=f"plan:{plan}:{region}:{measure}",
                   after={"on": on, "value": value, "evidence": [piece.get("hash") for piece in evidence]})
    return made
