"""Coverage of training: trained staff by role and place against the target, needs found, what stands beside it."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from jizhun.catalogue.actions import catalogue
from jizhun.evaluation.indices import find
from jizhun.frame.charts import Bar, Chart, bars
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import place_name, share, words
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.dating import parse_day
from jizhun.people.rules import ROLES
from jizhun.regions.actions import tree
from jizhun.training.actions import courses, ledger, needs
from jizhun.training.models import CourseVersion
from jizhun.training.rules.needs import CAUTION, Covered, Effect, Need, together
from jizhun.workbench.training_answers import said
from jizhun.workbench.training_asked import learner_of, place_asked, source_for

PARTS_DRAWN = 40


@login_required
def training_coverage(request: HttpRequest) -> HttpResponse:
    """One place: each role, one role by the places below, needs, and before and after."""
    who = learner_of(request)
    region = place_asked(request, who)
    item = request.GET.get("item", "")
    items = ledger.items_taught()
    rows = ledger.covered(region=region, on=who.today, item=item if item in items else "")
    roles = sorted((one for one in together(rows) if one.role in ledger.settings().targets),
                   key=lambda one: -one.staff)
    role = request.GET.get("role", "") or (roles[0].role if roles else "")
    parts = [one for one in rows if one.role == role]
    source = source_for(region, who.today)
    whole, by_part, wanted = _roles(roles), _parts(parts, role), _needs(region, source)
    chart = _chart(parts, role)
    effect, on, wrong = _effect(request, region, source, who.today)
    return show(request, "workbench/training_coverage.html", {
        "place": tree().known(region), "region": region, "places": who.choices(who.regions), "table": whole,
        "parts": by_part, "chart": chart, "wanted": wanted, "role": role, "item": item,
        "roles": [(one.role, words(ROLES[one.role].name)) for one in roles], "source": source, "wrong": wrong,
        "items": [(code, words(catalogue().name_of(code))) for code in items], "months": ledger.settings().months,
        "targets": [(words(ROLES[one.role].name), _exactly(one.share), words(one.source)) for one in
                    ledger.settings().targets.values()],
        "effect": effect, "effect_table": _effect_table(effect) if effect else None, "on": on.isoformat(),
        "caution": CAUTION, "effect_sentence": _sentence(effect) if effect else "",
        "below": _exactly(ledger.settings().below), "least": ledger.settings().least_cases,
        "least_units": ledger.settings().least_units, "index": find(ledger.settings().index).name,
        "days": needs.DAYS}, [one for one in (whole, by_part, wanted) if one], [chart] if chart else [])


def _exactly(value: float) -> str:
    """A share that was set as a decimal: 0.95 is 95 %, not the float just below."""
    return share(Decimal(str(value)))


def _cells(one: Covered) -> list[Cell | str]:
    verdict = "" if one.reached is None else _("reached") if one.reached else _("below the target")
    return [Cell(share(one.share), plain=one.share, small=f"{one.trained} / {one.staff}"),
            "–" if one.target is None else _exactly(one.target),
            Cell(verdict, sign="kept" if one.reached else "" if one.reached is None else "breach")]


def _columns(first: Column) -> list[Column]:
    return [first, Column("share", _("Trained"), "number"), Column("target", _("Target"), "number"),
            Column("reached", _("Against the target"))]


def _roles(rows: Sequence[Covered]) -> Table:
    return Table("roles", _("Trained staff by role"), _columns(Column("role", _("Role"), "head")),
                 [[words(ROLES[one.role].name), *_cells(one)] for one in rows], caption_hidden=True, stacked=True)


def _parts(rows: Sequence[Covered], role: str) -> Table | None:
    held = tree()
    if not rows:
        return None
    return Table("parts", _("Trained staff by place"), _columns(Column("place", _("Place"), "head")), [
        [Cell(place_name(held.known(one.part)), plain=one.part), *_cells(one)] for one in _lowest_first(rows)],
        note=words(ROLES[role].name), caption_hidden=True, stacked=True)


def _lowest_first(rows: Sequence[Covered]) -> list[Covered]:
    return sorted(rows, key=lambda one: (one.share or 0, one.part))


def _chart(rows: Sequence[Covered], role: str) -> Chart | None:
    if len(rows) < 2 or role not in ROLES:
        return None
    held = tree()
    label = _("Share of trained staff by place: %(role)s") % {"role": words(ROLES[role].name)}
    return bars("coverage", label, [
        Bar(place_name(held.known(one.part)), one.share or 0, f"{share(one.share)} · {one.trained}/{one.staff}",
            one.reached is False) for one in _lowest_first(rows)[:PARTS_DRAWN]])


# -- needs -----------------------------------------------------------------------------------------


def _needs(region: str, source: str) -> Table | None:
    """Places that are low on a matter, with the course that teaches it."""
    if not source:
        return None
    rows = [_need(one) for one in needs.needs_found(region=region, source=source)]
    return Table("needs", _("Training recommended"), [
        Column("place", _("Place"), "head"), Column("matter", _("Matter")), Column("share", _("On time"), "number"),
        Column("course", _("Course that teaches it"))], rows, caption_hidden=True, stacked=True)


def _need(one: Need) -> list[Cell | str]:
    held, judged, used = tree(), one.judged, courses.in_use()
    course = next(iter(one.courses), "")
    return [Cell(place_name(held.known(judged.place)) if judged.place in held else judged.place, plain=judged.place),
            Cell(words(catalogue().name_of(judged.matter)), plain=judged.matter),
            Cell(share(judged.share), small=f"{judged.kept} / {judged.cases}", plain=judged.share),
            _unit(used[course], judged.matter) if course else
            Cell(_("none yet: one is to be written"))]


def _unit(version: CourseVersion, matter: str) -> Cell:
    """The first unit of a course that teaches a matter, with the course and whom it is for."""
    unit = next(one for one in version.units if one.get("matter") == matter)
    return Cell(said(unit["title"]), href=reverse("work-course-unit", args=[version.course.code, unit["id"]]),
                small=f"{words(version.name)} · {words(ROLES[version.course.role].name)}")


# -- before and after ------------------------------------------------------------------------------


def _effect(request: HttpRequest, region: str, source: str, today: date) -> tuple[Effect | None, date, str]:
    """The comparison around the day asked for (else the day of the newest event with half a year after it)."""
    held = ledger.events_within([*tree().within(region, today), *tree().path(region, today)])
    newest = today
    try:
        known = needs.last_day(source) if source else today
        newest = next((one.on for one in held if (known - one.on).days >= needs.DAYS), today)
        on = parse_day(request.GET["around"]) if request.GET.get("around") else newest
        return (needs.effect_of(region=region, source=source, on=on) if source else None), on, ""
    except Refused as refused:
        return None, newest, words(refused.sentence) if request.GET.get("around") else ""


def _sentence(effect: Effect) -> str:
    """The difference with its interval, and whether that leaves zero out."""
    told = {"difference": f"{effect.difference * 100:+.1f}", "low": f"{effect.low * 100:+.1f}",
            "high": f"{effect.high * 100:+.1f}"}
    if effect.clear:
        return _("Units that were trained moved %(difference)s percentage points against the others (95 %% interval "
                 "%(low)s to %(high)s).") % told
    return _("No difference can be told: %(difference)s percentage points, 95 %% interval %(low)s to %(high)s.") % told


def _effect_table(effect: Effect) -> Table:
    rows: list[list[Cell | str]] = [
        [name, Cell(str(side.units), plain=side.units), Cell(share(side.before), plain=side.before),
         Cell(share(side.after), plain=side.after), Cell(f"{side.change * 100:+.1f}", plain=side.change)]
        for name, side in ((_("Units that were trained"), effect.trained), (_("Other units"), effect.others))]
    return Table("effect", _("Before and after"), [
        Column("units", _("Offices"), "head"), Column("number", pgettext("training", "How many"), "number"),
        Column("before", _("Before"), "number"), Column("after", _("After"), "number"),
        Column("change", _("Mean change, points"), "number")], rows, caption_hidden=True)
