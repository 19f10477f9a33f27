"""What is done with evaluations: compute an index, list the cases behind a figure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.conf import settings

from jizhun.analytics.cases import CHANNELS, DEFAULT_PRAISE, EPOCH, FAR_DAY, NONE, OUTCOMES
from jizhun.analytics.engines import DuckDB, Progress
from jizhun.analytics.plan import MEASURES, VERDICT_NAMES, Plan, TooWide
from jizhun.analytics.sql import listed
from jizhun.catalogue.models import Group, Item, Matter
from jizhun.delivery.lakes import lake
from jizhun.delivery.models import Source
from jizhun.evaluation import standing
from jizhun.evaluation.counting import AUTO, Asked, counted, run_from_cases, run_from_cuts
from jizhun.evaluation.indices import INDICES, Index, find
from jizhun.evaluation.inputs import (
    Prepared,
    Then,
    clocks,
    data_date,
    day_number,
    judged,
    largest,
    prepare,
    same_everywhere,
)
from jizhun.evaluation.models import Run
from jizhun.evaluation.rules import By, Figure, read_by, total, verdict_condition
from jizhun.evaluation.rules.satisfaction import GRADES
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import parse_day
from jizhun.provisions.models import Provision
from jizhun.regions.actions import tree
from jizhun.regions.models import Region

EVERYTHING_BEFORE = -FAR_DAY


@dataclass(frozen=True, slots=True)
class Row:
    """One row as read: the labels of its codes, and its figure."""

    labels: tuple[tuple[str, Bilingual], ...]
    figure: Figure


@dataclass(frozen=True, slots=True)
class Result:
    """An index computed: rows by dimension, all together, and the run that can be made again."""

    index: Index
    by: By
    rows: tuple[Row, ...]
    total: Figure
    as_of: date
    run: Run
    simulated: bool
    behind: bool = False
    """Whether cases or promises have come in that are not counted yet."""


def evaluate(*, index: str, source: str, by: str = "", region: str | None = None, first: date | None = None,
             last: date | None = None, as_of: date | None = None, engine_name: str | None = None,
             progress: Progress | None = None) -> Result:
    """Compute an index over the cases of ``source`` accepted from ``first`` to ``last``.

    ``by`` names dimensions, comma-separated: item, matter, group, channel, month, and one of region,
    nation, province, prefecture, county. ``as_of`` is the data date (default: the source's own).
    A run with the same inputs is given back without computing. Raises Refused for anything unknown.
    """
    chosen, asked = find(index), read_by(by, level_below(region))
    at = as_of or data_date(source)
    check_period(first, last)
    question = Asked(chosen, asked, by, source, region, first, last, at)
    name = engine_name or settings.ENGINE
    run = (run_from_cuts(question) if name == AUTO else None) or _run_from_cases(question, name, progress)
    return _result(question, run)


def evaluate_for_page(*, index: str, source: str, by: str = "", region: str | None = None, first: date | None = None,
                      last: date | None = None) -> Result:
    """The same for a page, which does not wait: where very many cases would have to be counted, the result as it was
    last counted, with the data date of then and ``behind``."""
    found, behind = standing.shown(source=source, as_of=data_date(source))
    if found is not None and behind:
        day = EPOCH + timedelta(days=found.as_of)
        question = Asked(find(index), read_by(by, level_below(region)), by, source, region, first, last, day)
        run = run_from_cuts(question, found)
        if run is not None:
            return replace(_result(question, run), behind=True)
    return evaluate(index=index, source=source, by=by, region=region, first=first, last=last)


def _result(asked: Asked, run: Run) -> Result:
    rows = [_figure(kept) for kept in run.figures]
    return Result(asked.index, asked.by, tuple(_labelled(asked.by, rows)), total(rows), asked.as_of, run,
                  is_simulated(asked.source))


def _run_from_cases(asked: Asked, name: str, progress: Progress | None) -> Run:
    prepared = prepare(source=asked.source, region=asked.region, first=asked.first, last=asked.last, as_of=asked.as_of,
                       level=asked.by.level)
    plan = plan_of((asked.index.verdict,), asked.by.dimensions, asked.first, asked.last, asked.as_of, prepared)
    return run_from_cases(asked.index, asked.source, asked.parameters, plan, prepared, name, progress)


@dataclass(frozen=True, slots=True)
class Again:
    """A former run made again from the cases and promises of its time. ``same``: every figure is what it was."""

    run: Run
    figures: tuple[Figure, ...]
    same: bool


def again(*, run: Run, engine_name: str | None = None, progress: Progress | None = None) -> Again:
    """Compute a former run once more, from the files of the lake's version that it read and the promises that it used.

    Places are told as they are now. Refused where the version has been swept, or where the run is of another kind.
    """
    if run.index not in INDICES:
        raise Refused(zh=f"第 {run.pk} 次计算不是指标，不能这样重算。",
                      en=f"Run {run.pk} is no index: it is not made again here.")
    chosen, said = find(run.index), run.parameters
    asked = read_by(said["by"], level_below(said["region"]))
    first, last, as_of = (None if said[name] == "None" else parse_day(said[name])
                          for name in ("first", "last", "as_of"))
    prepared = prepare(source=run.source, region=said["region"], first=first, last=last, as_of=as_of or run.at.date(),
                       level=asked.level, then=Then(run.lake_version, run.limits_hash))
    plan = plan_of((chosen.verdict,), asked.dimensions, first, last, as_of or run.at.date(), prepared)
    name = engine_name or (AUTO if run.engine == "cuts" else run.engine)
    found, _ = counted(chosen, plan, prepared, name, progress)
    kept = [_figure(one) for one in run.figures]
    return Again(run, tuple(found), sorted(found, key=_codes_of) == sorted(kept, key=_codes_of))


def _codes_of(figure: Figure) -> tuple[int, ...]:
    return figure.codes


def level_below(region: str | None) -> int:
    """Asked by region without a level: the level below the asked region."""
    return 1 if region is None else min(tree().level(region) + 1, 3)


def check_period(first: date | None, last: date | None) -> None:
    """Refused where a period ends before it begins."""
    if first and last and last < first:
        raise Refused(zh=f"结束日期 {last} 早于开始日期 {first}。",
                      en=f"The last day {last} is before the first {first}.")


def plan_of(verdicts: tuple[str, ...], dimensions: tuple[str, ...], first: date | None, last: date | None, as_of: date,
            prepared: Prepared) -> Plan:
    """What is asked of an engine about the cases of a period; Refused where it is too much at once."""
    try:
        plan = Plan(verdicts, dimensions, day_number(first) if first else EVERYTHING_BEFORE,
                    day_number(last) if last else FAR_DAY, day_number(as_of), judged(prepared),
                    same_everywhere(prepared, dimensions), clocks(),
                    prepared.inputs.tables["later_stops"].num_rows > 0,
                    tuple((name, key) for name, key in largest(prepared) if name in dimensions))
        plan.weights()
        return plan
    except TooWide:
        raise Refused(zh="一次统计的维度太多。", en="These are too many dimensions for one evaluation.") from None


def kept_rows(run: Run) -> tuple[Row, ...]:
    """The rows of a kept run with their labels, as they were computed; nothing is computed again."""
    parameters = run.parameters
    asked = read_by(parameters["by"], level_below(parameters["region"]))
    return tuple(_labelled(asked, [_figure(kept) for kept in run.figures]))


def _figure(kept: Sequence[Any]) -> Figure:
    codes, numerator, denominator, cases, verdicts = kept
    return Figure(tuple(codes), numerator, denominator, cases, tuple(verdicts))


# -- labels ----------------------------------------------------------------------------------------


def _labelled(asked: By, rows: Sequence[Figure]) -> list[Row]:
    names = [labels_of(name, {row.codes[n] for row in rows}) for n, name in enumerate(asked.dimensions)]
    found = [Row(tuple(names[n][code] for n, code in enumerate(row.codes)), row) for row in rows]
    return sorted(found, key=lambda row: tuple(code for code, _ in row.labels))


_CHANNEL_NAMES = {
    "unknown": Bilingual("未注明", "Not stated"), "online": Bilingual("网上", "Online"),
    "counter": Bilingual("窗口", "Counter"), "self_service": Bilingual("自助终端", "Self-service"),
    "bank": Bilingual("银行网点", "Bank"), "town": Bilingual("乡镇村社", "Town or village"),
    "phone": Bilingual("电话", "Telephone"), "app": Bilingual("移动端", "Mobile app"),
    "mail": Bilingual("邮寄", "Mail"), "other": Bilingual("其他", "Other")}
def channel_name(code: str) -> Bilingual:
    """What a channel is called."""
    return _CHANNEL_NAMES[code]


_OUTCOME_NAMES = {
    "unknown": Bilingual("未注明", "Not stated"), "granted": Bilingual("准予", "Granted"),
    "refused": Bilingual("不予", "Refused"), "withdrawn": Bilingual("撤回", "Withdrawn"),
    "transferred": Bilingual("转出", "Transferred"), "other": Bilingual("其他", "Other")}
_VERDICT_WORDS = {
    "no-promise": Bilingual("没有承诺", "No promise"), "kept": Bilingual("兑现承诺", "Promise kept"),
    "open": Bilingual("未办结", "Open"), "overdue": Bilingual("逾期未办结", "Open and overdue"),
    "broken": Bilingual("未兑现承诺", "Promise broken")}
_NAMED = {"item": Item, "matter": Matter, "group": Group, "region": Region}


def labels_of(dimension: str, codes: set[int]) -> dict[int, tuple[str, Bilingual]]:
    """(code, name) for each number of a dimension."""
    if dimension == "channel":
        return {number: (name, _CHANNEL_NAMES[name]) for name, number in CHANNELS.items()}
    if dimension == "outcome":
        return {number: (name, _OUTCOME_NAMES[name]) for name, number in OUTCOMES.items()}
    if dimension == "verdict":
        return {number: (name, _VERDICT_WORDS[name]) for number, name in enumerate(VERDICT_NAMES)}
    if dimension == "rating":
        return {code: (str(code), _rating_name(code)) for code in codes}
    if dimension == "month":
        return {code: (month, Bilingual(month, month)) for code in codes
                for month in [f"{code // 100}-{code % 100:02d}"]}
    rows = _NAMED[dimension]._default_manager.filter(pk__in=codes).values_list("pk", "code", "name_zh", "name_en")
    return {pk: (code, Bilingual(zh, en)) for pk, code, zh, en in rows}


def _rating_name(code: int) -> Bilingual:
    unrated = {0: Bilingual("未评价", "Not rated"), DEFAULT_PRAISE: Bilingual("默认好评", "Default praise")}
    return unrated.get(code) or GRADES[code]


# -- single cases ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Judged:
    """One measure of one case: verdict, what was promised, what happened, and the provision behind it."""

    measure: str
    verdict: str
    promise: int | None
    actual: int | None
    unit: str
    provision: Provision | None


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case with its verdicts; days are None while it is open."""

    key: str
    matter: tuple[str, Bilingual]
    region: tuple[str, Bilingual]
    accepted_on: date
    closed_on: date | None
    verdict: str
    measures: tuple[Judged, ...]


def cases(*, source: str, verdict: str | None = None, measure: str | None = None, matter: str | None = None,
          region: str | None = None, first: date | None = None, last: date | None = None,
          as_of: date | None = None, limit: int = 1000, offset: int = 0) -> list[CaseRow]:
    """Single cases with promise, clause, actual value and verdict, in the order of their acceptance."""
    condition = verdict_condition(verdict, measure)
    if measure is not None and measure not in (*MEASURES, "whole"):
        raise Refused(zh=f"没有名为“{measure}”的指标。", en=f"There is no measure “{measure}”.")
    at = as_of or data_date(source)
    check_period(first, last)
    prepared = prepare(source=source, region=region, first=first, last=last, as_of=at, level=None)
    plan = plan_of(("whole",), (), first, last, at, prepared)
    where = f"{condition} AND {_of_matter(matter)}"
    rows = DuckDB().rows(listed(plan, where, limit, offset), prepared.inputs).to_pylist()
    return told_cases(rows, at)


def _of_matter(code: str | None) -> str:
    if code is None:
        return "1 = 1"
    keys = list(Matter.objects.filter(code=code).values_list("pk", flat=True)) or list(
        Matter.objects.filter(item__code=code).values_list("pk", flat=True))
    if not keys:
        raise Refused(zh=f"没有代码为“{code}”的事项或项目。", en=f"There is no matter or item “{code}”.")
    return f"matter IN ({', '.join(map(str, keys))})"


def told_cases(rows: Sequence[Mapping[str, Any]], as_of: date) -> list[CaseRow]:
    """Rows of judged cases with names, days and the provisions behind their verdicts, in the same order."""
    matters = labels_of("matter", {row["matter"] for row in rows})
    regions = labels_of("region", {row["region"] for row in rows})
    used = {row[f"{measure}_by"] for row in rows for measure in MEASURES if measure != "due"}
    provisions = Provision.objects.select_related("document").in_bulk([pk for pk in used if pk and pk > 0])
    return [_case(row, matters, regions, provisions, as_of) for row in rows]


def _case(row: Mapping[str, Any], matters: Mapping[int, Any], regions: Mapping[int, Any],
          provisions: Mapping[int, Provision], as_of: date) -> CaseRow:
    closed = None if row["is_open"] else EPOCH + timedelta(days=row["closed_day"])
    judged = tuple(_judged(row, measure, provisions) for measure in MEASURES if row[f"v_{measure}"])
    return CaseRow(row["case_key"], matters[row["matter"]], regions[row["region"]],
                   EPOCH + timedelta(days=row["accepted_day"]), closed, VERDICT_NAMES[row["whole"]], judged)


_ACTUAL = {"fee": "fee_cents", "visits": "visits", "materials": "materials", "benefit_amount": "amount_cents",
           "due": "closed_at"}
_PROMISE = {"visits": "visits_limit", "materials": "materials_limit", "due": "due_at"}
_UNIT = {"fee": "cent", "benefit_amount": "cent", "visits": "times", "materials": "count", "due": "second"}


def _judged(row: Mapping[str, Any], measure: str, provisions: Mapping[int, Provision]) -> Judged:
    verdict = VERDICT_NAMES[row[f"v_{measure}"]]
    promise = row[_PROMISE.get(measure, measure)]
    by = provisions.get(row.get(f"{measure}_by") or NONE)
    if measure in _UNIT:
        actual = row[_ACTUAL[measure]]
        return Judged(measure, verdict, promise, None if actual == FAR_DAY * 86_400 else actual, _UNIT[measure], by)
    unit = "calendar_day" if row[f"{measure}_unit"] == 1 else "working_day"
    elapsed = row["calendar_days" if unit == "calendar_day" else "working_days"]
    return Judged(measure, verdict, promise + row["extended"], elapsed, unit, by)


def is_simulated(source: str) -> bool:
    """Whether a source's cases are simulated, which is said wherever they are shown."""
    return Source.objects.filter(code=source, simulated=True).exists()


def sources() -> dict[str, int]:
    """The sources with cases in the lake, and how many."""
    return lake().sources()


__all__ = ["Again", "CaseRow", "Judged", "Result", "Row", "again", "cases", "data_date", "evaluate",
           "evaluate_for_page", "is_simulated", "kept_rows", "labels_of", "plan_of", "sources", "told_cases"]
