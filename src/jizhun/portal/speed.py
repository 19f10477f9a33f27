"""How fast standards are made: days per stage and in all, by kind, place and year, against the limits."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizhun.drafting.actions.projects import procedure_of, procedures, stays_of
from jizhun.drafting.models import Project
from jizhun.drafting.rules.speed import (
    Course,
    Group,
    Spread,
    StageTimes,
    Total,
    by_stage,
    grouped,
    slowest,
    total,
    year_of,
)
from jizhun.drafting.rules.stages import ENDED
from jizhun.frame.addresses import with_query
from jizhun.frame.charts import Bar, Chart, bars
from jizhun.frame.here import Here, public_page
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import count, place_name, words
from jizhun.kernel.bilingual import Bilingual
from jizhun.regions.actions import tree
from jizhun.standards.rules.library import KINDS

DIMENSIONS: Mapping[str, object] = {
    "kind": gettext_lazy("kind"), "region": gettext_lazy("place"), "year": gettext_lazy("year of publication")}
NORMATIVE = Bilingual("行政规范性文件", "Administrative normative document")


@dataclass(frozen=True, slots=True)
class Part:
    """Real projects, or simulated ones: never together."""

    name: str
    simulated: bool
    total: Total
    finding: str
    stages: Table
    chart: Chart
    groups: Table
    projects: int


@public_page
def speed(request: HttpRequest, here: Here) -> HttpResponse:
    """Projects at the place and below it."""
    by = request.GET.get("by", "")
    by = by if by in DIMENSIONS else "kind"
    courses = _courses(here)
    parts = [_part(name, simulated, courses[simulated], by)
             for name, simulated in (("real", False), ("simulated", True)) if courses[simulated]]
    return show(request, "portal/consultations/speed.html", {
        "parts": parts, "dimensions": [(with_query(request, by=key), name, key == by)
                                       for key, name in DIMENSIONS.items()]},
        [table for part in parts for table in (part.stages, part.groups)], [part.chart for part in parts])


def _courses(here: Here) -> dict[bool, list[Course]]:
    """The ways of all projects of these places up to today, apart by whether they are simulated."""
    rows = Project.objects.filter(region__in=tree().within(here.code, here.on)).prefetch_related("moves")
    found: dict[bool, list[Course]] = {False: [], True: []}
    for row in rows.order_by("pk"):
        found[row.simulated].append(Course(row.code, row.kind, row.region, stays_of(row, here.today),
                                           procedure_of(row).total))
    return found


def _part(name: str, simulated: bool, courses: Sequence[Course], by: str) -> Part:
    stages = by_stage(courses)
    return Part(name, simulated, total(courses), _finding(stages), _stage_table(name, stages),
                _picture(name, stages), _group_table(name, by, courses), len(courses))


def _finding(stages: Sequence[StageTimes]) -> str:
    """The picture in a sentence."""
    longest = slowest(stages)
    if longest is None or longest.days is None:
        return _("No project has left a stage yet")
    return _("%(stage)s takes longest: half of the projects needed %(days)s days or more") % {
        "stage": stage_name(longest.stage), "days": _days(longest.days.median)}


def stage_name(code: str) -> str:
    """A stage as the first procedure that has it calls it."""
    how = procedures().by_code.values()
    return next((words(one.stages[code].name) for one in how if code in one.stages), code)


def _days(number: float) -> str:
    return f"{number:,.1f}".removesuffix(".0")


def _picture(name: str, stages: Sequence[StageTimes]) -> Chart:
    longest = slowest(stages)
    return bars(f"stages-{name}", _("Median days by stage"), [
        Bar(stage_name(one.stage), one.days.median, f"{_days(one.days.median)} (n = {count(one.days.n)})",
            strong=one is longest) for one in stages if one.days])


def _stage_table(name: str, stages: Sequence[StageTimes]) -> Table:
    columns = [Column("stage", _("Stage"), "head"), *_spread_columns(), Column("over", _("Over the limit")),
               Column("running", _("Standing there now"), "number"),
               Column("running_days", _("Their median so far"), "number")]
    rows = [[stage_name(one.stage), *_spread_cells(one.days), _over(one.over, one.judged),
             Cell(count(one.running.n if one.running else 0), plain=one.running.n if one.running else 0),
             _number(one.running.median if one.running else None)] for one in stages]
    return Table(f"stages-{name}", _("Days by stage"), columns, rows, caption_hidden=True, stacked=True)


def _spread_columns() -> list[Column]:
    return [Column("n", _("n"), "number"), Column("low", _("Lower quartile"), "number"),
            Column("median", _("Median"), "number"), Column("high", _("Upper quartile"), "number"),
            Column("most", _("Longest"), "number")]


def _spread_cells(days: Spread | None) -> list[Cell | str]:
    if days is None:
        return [Cell("0", plain=0), "–", "–", "–", "–"]
    return [Cell(count(days.n), plain=days.n), _number(days.low), _number(days.median),
            _number(days.high), _number(days.most)]


def _number(value: float | None) -> Cell | str:
    return "–" if value is None else Cell(_days(value), plain=value)


def _over(over: int, judged: int) -> Cell | str:
    """How many are over their limit, of how many that have one."""
    if not judged:
        return Cell("–", plain="")
    return Cell(_("%(over)s of %(judged)s") % {"over": count(over), "judged": count(judged)},
                sign="breach" if over else "kept", plain=f"{over}/{judged}")


def _group_table(name: str, by: str, courses: Sequence[Course]) -> Table:
    """In all, and the median of each stage, for each kind, place or year."""
    groups = grouped(courses, _KEYS[by])
    stages = sorted({stage for one in groups for stage in one.stages} - {*ENDED})
    columns = [Column(by, str(DIMENSIONS[by]).capitalize(), "head"), Column("projects", _("Projects"), "number"),
               *_spread_columns(), Column("over", _("Over the limit")),
               *(Column(f"stage_{code}", stage_name(code), "number") for code in stages)]
    rows = [[_group_name(by, one.name), Cell(count(one.projects), plain=one.projects), *_spread_cells(one.total.days),
             _over(one.total.over, one.total.judged), *_medians(one, stages)] for one in groups]
    return Table(f"by-{by}-{name}", _("Days from the opening to the publication, and median days by stage"), columns,
                 rows, stacked=True)


_KEYS: Mapping[str, Callable[[Course], str]] = {
    "kind": lambda one: one.kind, "region": lambda one: one.region, "year": year_of}


def _group_name(by: str, name: str) -> str:
    if by == "kind":
        return words(KINDS.get(name, NORMATIVE))
    return place_name(tree().known(name)) if by == "region" else name


def _medians(group: Group, stages: Sequence[str]) -> Iterator[Cell | str]:
    for code in stages:
        days = group.stages[code].days if code in group.stages else None
        yield Cell(_days(days.median), small=f"n = {count(days.n)}", plain=days.median) if days else "–"

