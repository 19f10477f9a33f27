"""Acts on many cases that a page asks for and the worker does: sweeps, figures for publication, attainment, counts.

Each is checked when it is asked for, so that what cannot be is refused on the form, and once more when it is done.
The acts themselves are those of the command line.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

from jizhun.analytics.compiled import NotHere
from jizhun.delivery.actions import RIGHT as RECEIVE
from jizhun.delivery.models import Source
from jizhun.evaluation import attainment
from jizhun.evaluation.actions import check_period, data_date, evaluate, level_below
from jizhun.evaluation.findings import check_look, look
from jizhun.evaluation.indices import find
from jizhun.evaluation.models import Errand
from jizhun.evaluation.publications import Plan, check_make, check_propose, known, make, propose
from jizhun.evaluation.rules import read_by
from jizhun.evaluation.standing import bring
from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused
from jizhun.kernel.dating import parse_day
from jizhun.people import long_work
from jizhun.people.actions import allows, path_to, require
from jizhun.people.long_work import Step, part
from jizhun.people.models import User
from jizhun.regions.actions import tree

COMPUTE = "result.compute"
LOOK, MAKE, PROPOSE, ATTAIN, COUNTS, EVALUATE = "look", "make", "propose", "attain", "counts", "evaluate"

Asked = Mapping[str, Any]
"""What an act is to be done with, as JSON holds it: days as text."""


@dataclass(frozen=True, slots=True)
class About:
    """What is kept of an act that can be done: whose cases, which place, and what it is called."""

    source: str
    region: str
    name: Bilingual


@dataclass(frozen=True, slots=True)
class Found:
    """What came of it, in a sentence; the page of the result, and the evaluation where it was one."""

    said: Bilingual
    page: str = ""
    run: int | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """``check`` refuses what cannot be done, before any work; ``do`` does it."""

    name: Bilingual
    check: Callable[[User, Asked], About]
    do: Callable[[User, Asked, Step], Found]


# -- the life --------------------------------------------------------------------------------------


def ask_for(*, by: User, what: str, asked: Asked) -> tuple[Errand, bool]:
    """Ask for an act; it then waits for its turn. Gives it, and whether it is new.

    The same that this user asked for and that is still on its way is given back. Raises what the act itself would.
    """
    about = ACTS[what].check(by, asked)
    long_work.bury(KIND)
    same = Errand.objects.filter(by=by.username, what=what, state__in=(Errand.WAITING, Errand.RUNNING), to_stop=False)
    for one in same:
        if one.asked_of == dict(asked):
            return one, False
    row = long_work.new(KIND, by=by, what=what, asked_of=dict(asked), source=about.source, region=about.region,
                        name_zh=about.name.zh[:400], name_en=about.name.en[:400])
    return long_work.ask(KIND, row, by=by), True


def _do(one: Errand, step: Step) -> None:
    found = ACTS[one.what].do(User.objects.get(username=one.by), one.asked_of, step)
    long_work.settle(one, found_zh=found.said.zh, found_en=found.said.en, page=found.page, run=found.run)


def _called(one: Errand) -> Bilingual:
    """Its name, and where it is done what came of it."""
    if one.state != Errand.DONE or not one.found_zh:
        return one.name
    return Bilingual(f"{one.name_zh}。{one.found_zh}", f"{one.name_en}. {one.found_en}")


KIND: Final = long_work.Kind(
    Errand, act="evaluation.{}_errand", folder="errands", page="work/errands/{token}/",
    missing=Bilingual("没有这项任务。", "There is no such job."),
    moving=Bilingual("还在运行，请先取消。", "It is still running; cancel it first."),
    told={Errand.DONE: Bilingual("已完成：{what}", "Done: {what}"),
          Errand.REFUSED: Bilingual("未能完成：{what}", "It could not be done: {what}"),
          Errand.FAILED: Bilingual("出错：{what}", "Something went wrong: {what}")},
    name=_called, asked=lambda one: {"what": one.what, "with": one.asked_of})
run = partial(long_work.run, KIND, work=_do)
cancel, forget = partial(long_work.cancel, KIND), partial(long_work.forget, KIND)
own = partial(long_work.own, KIND)


# -- words -----------------------------------------------------------------------------------------


def _place(code: str) -> Bilingual:
    name = tree().known(code).name
    return Bilingual(name.zh, name.en or name.zh)


def _day(asked: Asked, name: str) -> date | None:
    return parse_day(asked[name]) if asked.get(name) else None


def _about(source: str, region: str, zh: str, en: str) -> About:
    return About(source, region, Bilingual(zh, en))


# -- looking through the cases ---------------------------------------------------------------------


def _check_look(by: User, asked: Asked) -> About:
    check_look(by=by, source=asked["source"], region=asked["region"])
    place = _place(asked["region"])
    return _about(asked["source"], asked["region"], f"检查办件：{place.zh}（{asked['source']}）",
                  f"Looking through the cases: {place.en} ({asked['source']})")


def _look(by: User, asked: Asked, step: Step) -> Found:
    looked = look(by=by, source=asked["source"], region=asked["region"], step=step)
    opened, again, closed = len(looked.opened), sum(looked.remeasured.values()), len(looked.closed)
    return Found(Bilingual(
        f"新发现 {opened} 项，原已在办 {looked.known} 项，复测 {again} 项，销号 {closed} 项。",
        f"{opened} opened, {looked.known} open already, {again} re-measured, {closed} closed."),
        f"work/rectification/?{urlencode({'region': asked['region']})}")


# -- figures for publication -----------------------------------------------------------------------


def plan_asked(plan: Plan, as_of: date | None) -> dict[str, Any]:
    """A plan as an errand keeps it."""
    return {"code": plan.code, "title_zh": plan.title.zh, "title_en": plan.title.en, "region": plan.region,
            "source": plan.source, "first": plan.first.isoformat(), "last": plan.last.isoformat(), "down": plan.down,
            "across": plan.across, "indices": list(plan.indices), "as_of": as_of.isoformat() if as_of else ""}


def _plan(asked: Asked) -> Plan:
    return Plan(asked["code"], Bilingual(asked["title_zh"], asked["title_en"]), asked["region"], asked["source"],
                parse_day(asked["first"]), parse_day(asked["last"]), asked["down"], asked["across"], asked["indices"])


def _check_make(by: User, asked: Asked) -> About:
    made = check_make(by=by, plan=_plan(asked), as_of=_day(asked, "as_of"))
    return _about(made.source, made.region, f"制作发布数字：{made.title_zh}", f"Figures to publish: {made.title_en}")


def _make(by: User, asked: Asked, step: Step) -> Found:
    return _waits(make(by=by, plan=_plan(asked), as_of=_day(asked, "as_of"), step=step).publication.code)


def _reason(asked: Asked) -> Bilingual:
    return Bilingual(asked["reason_zh"], asked["reason_en"]) if asked.get("reason_zh") else NO_WORDS


def _check_propose(by: User, asked: Asked) -> About:
    about, _at = check_propose(by=by, code=asked["code"], reason=_reason(asked), as_of=_day(asked, "as_of"))
    return _about(about.source, about.region, f"重新计算发布数字：{about.title_zh}",
                  f"Figures to publish, computed anew: {about.title_en}")


def _propose(by: User, asked: Asked, step: Step) -> Found:
    made = propose(by=by, code=asked["code"], reason=_reason(asked), as_of=_day(asked, "as_of"), step=step)
    return _waits(made.publication.code)


def _waits(code: str) -> Found:
    return Found(Bilingual("数字等待他人复核。", "The figures wait for somebody else's review."),
                 f"work/publications/{known(code).code}/")


# -- attainment ------------------------------------------------------------------------------------


def _check_attain(by: User, asked: Asked) -> About:
    held = attainment.round_of(asked["round"])
    attainment.check_compute(by=by, round=held)
    return _about(held.source, held.region, f"计算达标情况：{held.name_zh}", f"Computing attainment: {held.name_en}")


def _attain(by: User, asked: Asked, step: Step) -> Found:
    made = attainment.compute(by=by, round=attainment.round_of(asked["round"]), step=step)
    items = len({code for one in made.values.values() for code, value in one.items() if value["value"]})
    return Found(Bilingual(f"{len(made.values)} 个地区，{items} 项指标有数。",
                           f"{len(made.values)} places, {items} items with a value."),
                 f"work/attainment/{asked['round']}/")


# -- counts that pages read ------------------------------------------------------------------------


def _check_counts(by: User, asked: Asked) -> About:
    source = Source.objects.filter(code=asked["source"]).first()
    if source is None:
        raise Refused(zh=f"没有来源“{asked['source']}”。", en=f"There is no source “{asked['source']}”.")
    path = path_to(source.region)
    if not allows(by=by, right=RECEIVE, path=path):
        require(by=by, right=COMPUTE, path=path)
    data_date(source.code)  # refuses a source without cases
    return _about(source.code, source.region, f"更新汇总数：{source.name_zh}",
                  f"Bringing counts up to date: {source.name_en or source.name_zh}")


def _counts(by: User, asked: Asked, step: Step) -> Found:
    _check_counts(by, asked)
    try:
        brought = bring(source=asked["source"], as_of=data_date(asked["source"]), progress=part(step, 0, 1))
    except NotHere:  # cases closed after the data date: pages count from the cases
        return Found(Bilingual("有办件在数据日期之后办结，页面直接从办件统计。",
                               "Some cases were closed after the data date: pages count from the cases."))
    return Found(Bilingual(f"重新统计 {brought.rows:,} 件，共 {brought.standing.rows:,} 件。",
                           f"{brought.rows:,} cases counted anew, {brought.standing.rows:,} in all."))


# -- an index --------------------------------------------------------------------------------------


def _check_evaluate(by: User, asked: Asked) -> About:
    index, region = find(asked["index"]), asked["region"]
    if index.sums:
        raise Refused(zh=f"“{index.code}”不是办件的比例，请用命令行计算。",
                      en=f"“{index.code}” is no share of cases: compute it on the command line.")
    require(by=by, right=COMPUTE, path=path_to(region))
    read_by(asked["by"], level_below(region))
    check_period(_day(asked, "first"), _day(asked, "last"))
    data_date(asked["source"])
    _check_named(asked["source"], region)
    place = _place(region)
    return _about(asked["source"], region, f"计算{index.name.zh}：{place.zh}（{asked['source']}）",
                  f"Computing {index.name.en}: {place.en} ({asked['source']})")


def _evaluate(by: User, asked: Asked, step: Step) -> Found:
    _check_evaluate(by, asked)
    result = evaluate(index=asked["index"], source=asked["source"], by=asked["by"], region=asked["region"],
                      first=_day(asked, "first"), last=_day(asked, "last"), progress=part(step, 0, 1))
    rows, cases = len(result.rows), result.total.cases
    return Found(Bilingual(f"{rows:,} 行，{cases:,} 件。", f"{rows:,} rows, {cases:,} cases."), run=result.run.pk)


def _check_named(source: str, region: str) -> None:
    """Simulated figures never stand under a real place's name."""
    if Source.objects.get(code=source).simulated and not tree().known(region).simulated:
        raise Refused(zh="模拟办件只能以虚构地区的名义统计。",
                      en="Simulated cases are counted for fictional places only.")


ACTS: Final[Mapping[str, Act]] = {
    LOOK: Act(Bilingual("检查办件", "Sweep for findings"), _check_look, _look),
    MAKE: Act(Bilingual("发布数字", "Figures to publish"), _check_make, _make),
    PROPOSE: Act(Bilingual("发布数字", "Figures to publish"), _check_propose, _propose),
    ATTAIN: Act(Bilingual("达标计算", "Attainment"), _check_attain, _attain),
    COUNTS: Act(Bilingual("汇总数", "Counts"), _check_counts, _counts),
    EVALUATE: Act(Bilingual("指标计算", "Index"), _check_evaluate, _evaluate),
}
