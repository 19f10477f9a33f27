"""The one registry of indicators: what each is called, how it is counted, and the function that computes it.

Every function asks the rooms that hold the data; nothing here is typed. ``Asked.seen``: whether the reader has signed
in with the right to see real results; the public sees those of fictional places only.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from jizhun.catalogue.actions import catalogue
from jizhun.collaboration.actions.areas import areas, memberships_of
from jizhun.delivery.models import Batch, Source
from jizhun.drafting.actions.projects import procedure_of, stays_of
from jizhun.drafting.models import Project
from jizhun.drafting.rules.speed import Course, total
from jizhun.evaluation.actions import sources
from jizhun.evaluation.coverage import coverage, days_of_trend, no_list, over_time, recipients
from jizhun.evaluation.inputs import data_date
from jizhun.evaluation.overview import Overview, overview
from jizhun.evaluation.rules.coverage import DEFINITIONS, Definition, Matrix
from jizhun.evaluation.rules.overview import recipients_covered
from jizhun.guides.models import LayerVersion
from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused
from jizhun.kernel.dating import months_later
from jizhun.people.rules import SYSTEM
from jizhun.pilots.models import PilotApplication
from jizhun.pilots.rules.programmes import SELECTED, standing
from jizhun.planning.models import OwnPlan
from jizhun.planning.rules.plan import HIGHER, LOWER
from jizhun.planning.rules.progress import Gap, Reading
from jizhun.regions.actions import tree, version, versions
from jizhun.standards.asking import clocks_on, coverage_at
from jizhun.standards.rules.clock import OVERDUE, UNKNOWN
from jizhun.training.actions.ledger import covered
from jizhun.training.rules.needs import together

CLERK: Final = "clerk"


@dataclass(frozen=True, slots=True)
class Asked:
    """What an indicator is asked for: a place, a day, only some items (none: all), and who looks."""

    region: str
    on: date
    items: tuple[str, ...] = ()
    seen: bool = False


Compute = Callable[[Asked], Reading]


@dataclass(frozen=True, slots=True)
class Indicator:
    """``unit``: share, count, days or ratio. ``denominator`` and ``source`` in words; ``page``: the view that tells
    more.

    ``about``: of what sort the subjects of its gaps are (matter, item, standard, role, place, none). ``inherits``: what
    a place writes holds below it.
    """

    code: str
    name: Bilingual
    unit: str
    direction: str
    denominator: Bilingual
    source: Bilingual
    compute: Compute
    about: str = ""
    inherits: bool = False
    page: str = ""

    @property
    def share(self) -> bool:
        return self.unit == "share"


NO_CASES = Bilingual("没有办件数据。", "No case records have been handed in.")
NOT_PUBLIC = Bilingual("真实办件数据登录后可见。", "Figures from real cases are shown after signing in.")
OUTSIDE_ONLY = Bilingual("须报送事实并附证明材料。", "A fact with its evidence has to be reported.")


def nothing(asked: Asked, zh: str, en: str) -> Reading:
    """No data, with why."""
    return Reading(asked.on, why=Bilingual(zh, en))


def shared(asked: Asked, fits: int, of: int, gaps: Iterable[Gap] = (), why: Bilingual = NO_WORDS) -> Reading:
    """A share of whole numbers; no data where there is nothing to count."""
    if not of:
        return Reading(asked.on, fits=0, of=0, why=why if why.zh else Bilingual("没有可统计的对象。",
                                                                                 "There is nothing to count."))
    return Reading(asked.on, fits / of, fits, of, why, tuple(gaps))


# -- guides and procedures -------------------------------------------------------------------------


@dataclass(frozen=True)
class _Counted:
    """Coverage of the places that are judged; ``note`` where some are not."""

    matrix: Matrix
    note: Bilingual


def _counted(asked: Asked) -> _Counted | Reading:
    """Real places are judged only where they keep guides of their own here: silence of ours is no fault of theirs."""
    if not tree().known(asked.region).exists(asked.on) or no_list(asked.region, asked.on):
        return nothing(asked, "当日该地没有适用的清单。", "No list held here on that day.")
    found = coverage(region=asked.region, on=asked.on)
    if not found.places:
        return nothing(asked, "该地不在统计范围内。", "The place is not counted.")
    if tree().known(asked.region).simulated:
        return _Counted(found, NO_WORDS)
    speaking, held = _speaking(asked.on, version("guides")), tree()
    at = [n for n, code in enumerate(found.places) if speaking & {*held.path(code, asked.on)[1:]}]
    if not at:
        return nothing(asked, "该地自己的指南没有录入本产品，不作判断。",
                       "No guide of the place's own is kept here, so nothing is judged.")
    cut = Matrix(found.matters, tuple(found.places[n] for n in at),
                 {code: cells[:, at] for code, cells in found.cells.items()})
    return _Counted(cut, Bilingual(f"只计在本产品中有自己指南的 {len(at)} 个地区（共 {len(found.places)} 个）。",
                                   f"Counted are the {len(at)} of {len(found.places)} places that keep guides of "
                                   f"their own here."))


@lru_cache(maxsize=64)
def _speaking(on: date, _stamp: str) -> frozenset[str]:
    """Places that have guides or procedures of their own on record by the day."""
    return frozenset(LayerVersion.objects.filter(valid_from__lte=on).values_list("region", flat=True).distinct())


def _rows(found: Matrix, items: Sequence[str]) -> list[int] | None:
    held = catalogue().matters
    return [n for n, code in enumerate(found.matters) if held[code].item in items] if items else None


def _covering(definition: str) -> Compute:
    def compute(asked: Asked) -> Reading:
        counted = _counted(asked)
        if isinstance(counted, Reading):
            return counted
        found, rows = counted.matrix, _rows(counted.matrix, asked.items)
        told, wanted = found.share(definition, rows), None if rows is None else {found.matters[n] for n in rows}
        gaps = (Gap(place, matter) for matter, place in found.missing(definition)
                if wanted is None or matter in wanted)
        return shared(asked, told.fits, told.of, gaps, counted.note)
    return compute


def _recipients(asked: Asked) -> Reading:
    counted = _counted(asked)
    if isinstance(counted, Reading):
        return counted
    told = recipients_covered(counted.matrix, "guide",
                              [some for code, some in recipients(asked.on).items() if code != "all"])
    return shared(asked, told.fits, told.of, why=counted.note)


# -- standards -------------------------------------------------------------------------------------


def _served(asked: Asked) -> Reading:
    """Items of the list that a current standard of any level serves, seen from the place."""
    found = coverage_at(asked.region, asked.on)
    wanted = [item for item in found if not asked.items or item in asked.items]
    bare = [item for item in wanted if not any(found[item].values())]
    return shared(asked, len(wanted) - len(bare), len(wanted), [Gap(asked.region, item) for item in bare])


def _reviewed(asked: Asked) -> Reading:
    """Current standards of the place and of those above that are not overdue for review, of those with a known day."""
    path, real = tree().path(asked.region, asked.on), not tree().known(asked.region).simulated
    known = [one for one in clocks_on(asked.on) if one.state != UNKNOWN and one.standard.region in path
             and not (real and one.standard.mark == "SIM")]
    late = [one for one in known if one.state == OVERDUE]
    return shared(asked, len(known) - len(late), len(known),
                  [Gap(one.standard.region, one.standard.number) for one in late])


def _courses(asked: Asked) -> list[Course]:
    place = tree().known(asked.region)
    rows = Project.objects.filter(region__in=tree().within(asked.region, asked.on), simulated=place.simulated)
    found = [Course(row.code, row.kind, row.region, stays_of(row, asked.on), procedure_of(row).total)
             for row in rows.prefetch_related("moves").order_by("pk")]
    return [one for one in found if one.stays and one.stays[0].entered <= asked.on]


def _made_in_time(asked: Asked) -> Reading:
    told = total([one for one in _courses(asked) if one.published_on and one.published_on <= asked.on])
    if not told.judged:
        return nothing(asked, "还没有已发布且有时限的项目。", "No project with a limit has been published yet.")
    return shared(asked, told.judged - told.over, told.judged)


def _made_days(asked: Asked) -> Reading:
    told = total([one for one in _courses(asked) if one.published_on and one.published_on <= asked.on])
    if told.days is None:
        return nothing(asked, "还没有已发布的项目。", "No project has been published yet.")
    return Reading(asked.on, told.days.median)


# -- cases and ratings -----------------------------------------------------------------------------


def _source(region: str, on: date) -> Source | None:
    """The source that tells about the whole place; simulated cases for fictional places only."""
    place, path, counts = tree().known(region), tree().path(region, on), sources()
    fit = [one for one in Source.objects.filter(code__in=counts) if one.region in path
           and one.simulated == place.simulated and tree().known(one.region).simulated == place.simulated]
    return max(fit, key=lambda one: counts[one.code], default=None)


def _overview(asked: Asked) -> Overview | Reading:
    """The dashboard's figures of the twelve months up to the day, or why there are none."""
    place = tree().known(asked.region)
    if not place.exists(asked.on):
        return nothing(asked, "当日没有这个地区。", "The place did not exist on that day.")
    source = _source(asked.region, asked.on)
    if source is None:
        return Reading(asked.on, why=NO_CASES)
    if not place.simulated and not asked.seen:
        return Reading(asked.on, why=NOT_PUBLIC)
    try:
        return _looked(source.code, asked.region, asked.on, _batches(source), versions("provisions", "regions"))
    except Refused as refused:
        return Reading(asked.on, why=refused.sentence)


def _batches(source: Source) -> int:
    return Batch.objects.loaded().filter(source=source).count()


@lru_cache(maxsize=256)
def _looked(source: str, region: str, on: date, _batches: int, _stamps: tuple[str, ...]) -> Overview:
    """Up to the data date where the day lies behind it: what came later is not known."""
    first, last = _year_until(on) if on < data_date(source) else (None, None)
    return overview(by=SYSTEM, place=region, source=source, on=on, first=first, last=last)


def _year_until(on: date) -> tuple[date, date]:
    """The twelve whole months that had ended by the day."""
    tomorrow = on + timedelta(days=1)
    end = on if tomorrow.day == 1 else on.replace(day=1) - timedelta(days=1)
    return months_later(end.replace(day=1), -11), end


def _conformance(asked: Asked) -> Reading:
    found = _overview(asked)
    if isinstance(found, Reading):
        return found
    gaps = [Gap(row.labels[1][0], row.labels[0][0], lacks) for row in found.heat
            if (lacks := row.figure.denominator - row.figure.numerator) and row.labels[1][0] in tree()]
    if not found.total.denominator:
        return Reading(asked.on, why=NO_CASES)
    told = shared(asked, found.total.numerator, found.total.denominator, gaps)
    return replace(told, on=min(asked.on, found.as_of))


def _apart(asked: Asked) -> Reading:
    found = _overview(asked)
    if isinstance(found, Reading):
        return found
    if found.apart is None:
        return nothing(asked, "下级地区少于两个，无从比较。",
                       "Fewer than two places below have cases: nothing to compare.")
    return Reading(min(asked.on, found.as_of), found.apart.variation)


def _satisfied(asked: Asked) -> Reading:
    found = _overview(asked)
    if isinstance(found, Reading):
        return found
    rate = found.ratings.positive_rate
    if rate.value is None or found.said.hidden:
        return nothing(asked, "没有可公布的评价数据。", "There are no ratings that can be told.")
    return Reading(min(asked.on, found.as_of), rate.value, rate.fits, rate.of)


# -- training, collaboration, planning itself ------------------------------------------------------


def _trained(asked: Asked) -> Reading:
    simulated = tree().known(asked.region).simulated
    rows = [one for one in covered(region=asked.region, on=asked.on)
            if one.role == CLERK and tree().known(one.part).simulated == simulated]
    whole = next(iter(together(rows)), None)
    if whole is None:
        return nothing(asked, "该地没有登记窗口人员。", "No window clerk is on record here.")
    return shared(asked, whole.trained, whole.staff,
                  [Gap(one.part, CLERK, one.staff - one.trained) for one in rows if one.staff > one.trained])


def _children(asked: Asked) -> list[str]:
    held = tree()
    simulated = held.known(asked.region).simulated
    return [code for code in held.children(asked.region, asked.on)
            if held.known(code).in_scope and held.known(code).simulated == simulated]


def _together(asked: Asked) -> Reading:
    """Places directly below (or the place itself) that belong to a collaboration area, as a whole or in part."""
    inside = {one.region for area in areas() for one in memberships_of(area) if one.holds(asked.on)}
    looked = _children(asked) or [asked.region]
    held = tree()
    out = [code for code in looked if not inside & {*held.path(code, asked.on), *held.within(code, asked.on)}]
    return shared(asked, len(looked) - len(out), len(looked), [Gap(code, "") for code in out])


def _own_plans(asked: Asked) -> Reading:
    """Places directly below that have made a plan of their own by that day."""
    below = _children(asked)
    made = set(OwnPlan.objects.filter(region__in=below, at__date__lte=asked.on).values_list("region", flat=True))
    if not below:
        return nothing(asked, "没有下级地区。", "There is no place below.")
    if not made and not tree().known(asked.region).simulated:
        return nothing(asked, "没有下级地区在本产品中制定规划。", "No place below has made its plan here.")
    return shared(asked, len(made), len(below), [Gap(code, "") for code in below if code not in made])


def _pilots(asked: Asked) -> Reading:
    """Places that had been selected as pilots by the day, at the place and below; each once."""
    held = tree()
    inside, simulated = {*held.within(asked.region, asked.on)}, held.known(asked.region).simulated
    rows = PilotApplication.objects.filter(region__in=inside, programme__simulated=simulated).prefetch_related("steps")
    chosen = {one.region for one in rows if standing(step.act for step in one.steps.all()
                                                     if step.on <= asked.on) == SELECTED}
    if not chosen:
        return nothing(asked, "没有登记的试点。", "No pilot is on record here.")
    return Reading(asked.on, float(len(chosen)))


def _outside(asked: Asked) -> Reading:
    return Reading(asked.on, why=OUTSIDE_ONLY)


# -- the registry ----------------------------------------------------------------------------------

GUIDES = Bilingual("清单、指南、规程（按日期计算）", "list, guides and procedures, computed for the day")
CASES = Bilingual("办件数据（十二个月）", "case records of twelve months")
OUTSIDE: Final = "outside"


def _cover(one: Definition) -> Indicator:
    names = {"": Bilingual("全部事项×全部地区", "all matters x all places"),
             "law": Bilingual("清单列有的事项×地区", "matter x place pairs that the list has")}
    written = one.code in ("guide", "procedure")
    return Indicator(f"coverage.{one.code}", Bilingual(f"覆盖率：{one.name.zh}", f"Coverage: {one.name.en.lower()}"),
                     "share", HIGHER, names[one.of], GUIDES, _covering(one.code), "matter", written, page="coverage")


REGISTRY: Mapping[str, Indicator] = {one.code: one for one in (
    *map(_cover, DEFINITIONS),
    Indicator("coverage.recipients", Bilingual("服务对象覆盖率", "Coverage of recipients"), "share", HIGHER,
              Bilingual("服务对象群体×地区", "group of recipients x place"), GUIDES, _recipients, page="coverage"),
    Indicator("standards.served", Bilingual("有现行标准的项目占比", "Items that a current standard serves"), "share",
              HIGHER,
              Bilingual("清单中的本领域项目", "items of the field on the list"),
              Bilingual("标准库", "library of standards"), _served, "item", page="gaps"),
    Indicator("standards.reviewed", Bilingual("按期复审的标准占比", "Standards not overdue for review"), "share",
              HIGHER,
              Bilingual("复审日期已知的现行标准", "current standards whose day of review is known"),
              Bilingual("标准库和复审记录", "library and reviews of standards"), _reviewed, "standard", page="reviews"),
    Indicator("drafting.in_time", Bilingual("按期制定的项目占比", "Projects made within their limit"), "share", HIGHER,
              Bilingual("已发布且有时限的项目", "published projects with a limit"),
              Bilingual("标准制定项目", "projects of drafting"), _made_in_time, page="speed"),
    Indicator("drafting.days", Bilingual("标准制定天数（中位数）", "Days to make a standard (median)"), "days", LOWER,
              Bilingual("已发布的项目", "published projects"), Bilingual("标准制定项目", "projects of drafting"),
              _made_days, page="speed"),
    Indicator("evaluation.conformance", Bilingual("办件达标率", "Conformance of cases"), "share", HIGHER,
              Bilingual("可判定的已办结办件", "closed cases that can be judged"), CASES, _conformance, "item",
              page="dashboard"),
    Indicator("evaluation.apart", Bilingual("地区间差异（变异系数）",
                                            "How far places lie apart (coefficient of variation)"),
              "ratio", LOWER, Bilingual("有办件的下级地区", "places below with cases"), CASES, _apart, page="equality"),
    Indicator("evaluation.satisfied", Bilingual("好评率", "Positive ratings"), "share", HIGHER,
              Bilingual("有效评价", "valid ratings"), Bilingual("好差评数据", "ratings handed in"), _satisfied,
              page="satisfaction"),
    Indicator("training.clerks", Bilingual("窗口人员培训覆盖率", "Window clerks who are trained"), "share", HIGHER,
              Bilingual("在岗窗口人员", "clerks who hold the role"), Bilingual("培训台账、课程和证书",
                                                                             "ledger, courses and certificates"),
              _trained, "role"),
    Indicator("collaboration.places", Bilingual("参加协同区域的地区占比", "Places that belong to a collaboration area"),
              "share", HIGHER, Bilingual("直接下级地区", "places directly below"),
              Bilingual("协同区域登记", "register of collaboration areas"), _together, "place"),
    Indicator("planning.own", Bilingual("制定了本地规划的地区占比", "Places that made a plan of their own"), "share",
              HIGHER,
              Bilingual("直接下级地区", "places directly below"), Bilingual("本产品中的规划", "plans made here"),
              _own_plans, "place"),
    Indicator("pilots.places", Bilingual("登记的试点地区数", "Pilot regions on record"), "count", HIGHER,
              Bilingual("本地和下级地区", "the place and those below it"), Bilingual("试点登记", "register of pilots"),
              _pilots),
    Indicator(OUTSIDE, Bilingual("外部事实（须附证明）", "Fact from outside, with its evidence"), "count", HIGHER,
              Bilingual("按证明材料", "as the evidence says"), Bilingual("报送并附文件", "reported, with files"),
              _outside))}
"""Code -> indicator. A room that can tell more adds its line here."""

DIRECTIONS: Mapping[str, str] = {code: one.direction for code, one in REGISTRY.items()}


def indicator(code: str) -> Indicator:
    """The indicator of that code; Refused where there is none."""
    if code not in REGISTRY:
        raise Refused(zh=f"没有指标“{code}”。", en=f"There is no indicator “{code}”.")
    return REGISTRY[code]


def trend(one: Indicator, asked: Asked) -> list[tuple[date, float | None]]:
    """The indicator on the last days of the months before; only days that are kept where computing takes long."""
    days = days_of_trend(asked.on)
    definition = one.code.partition(".")[2]
    if not tree().known(asked.region).simulated:
        return []
    if one.code.startswith("coverage.") and definition in {each.code for each in DEFINITIONS}:
        told = over_time(region=asked.region, days=days, compute=False)
        return [(day, told[day].share(definition, _rows(told[day], asked.items)).value) for day in days if day in told]
    if one.code == "evaluation.conformance":
        found = _overview(asked)
        return [] if isinstance(found, Reading) else [
            (date(point.month // 100, point.month % 100, 1), point.value) for point in found.trend]
    return []
