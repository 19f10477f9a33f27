"""Courses at the workbench: the list, and one course with its units, how far one is, its versions and their review."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from jizhun.frame.surround import NotFound
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import day, place_name, words
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.rules import ROLES, Forbidden, forbidden
from jizhun.regions.actions import tree
from jizhun.training.actions import courses
from jizhun.training.models import CourseVersion
from jizhun.training.rules.courses import KINDS, LEARNER, WORKFLOW
from jizhun.training.rules.sources import KINDS as SOURCES
from jizhun.training.rules.sources import Changed
from jizhun.workbench.training_asked import REVIEW, WRITE, Learner, learner_of

SIGNS = {"done": "kept", "accepted": "kept", "changed": "breach", "returned": "breach"}


@login_required
def course_list(request: HttpRequest) -> HttpResponse:
    """Courses in use that are for me, those of my roles first; for who writes or reviews, those in the making too."""
    who = learner_of(request)
    every = courses.versions()
    used = courses.in_use(every)
    mine = [one for one in used.values() if courses.concerns(one, who.regions)]
    found = courses.progress(username=who.user.username, some=mine, on=who.today)
    order = sorted(found.values(), key=lambda one: (one.version.course.role not in who.roles, one.version.course.code))
    learning = Table("courses", _("Courses in use"), [
        Column("course", _("Course"), "head"), Column("role", _("For the role")), Column("units", _("Units"), "number"),
        Column("state", _("How far I am"))], [_line(one) for one in order], caption_hidden=True, stacked=True)
    making = _making(every, who)
    return show(request, "workbench/courses.html", {
        "table": learning, "making": making, "writes": bool(who.where(WRITE))}, [learning, making])


def _line(one: courses.Progress) -> list[Cell | str]:
    version = one.version
    told = _("%(done)s of %(all)s units learned.") % {"done": one.done, "all": len(one.states)}
    if one.missing:
        told += " " + _("Another course comes first.")
    state = Cell(_("learned"), sign="kept") if one.complete else Cell(told)
    return [Cell(words(version.name), href=_address(version), small=words(version.summary)),
            words(ROLES[version.course.role].name), Cell(str(len(version.units)), plain=len(version.units)), state]


def _making(every: Iterable[CourseVersion], who: Learner) -> Table:
    """The newest version of courses of one's places that is not in use."""
    seen: dict[str, CourseVersion] = {}
    for one in every:
        seen.setdefault(one.course.code, one)
    rows: list[list[Cell | str]] = [
        [Cell(words(one.name), href=f"{_address(one)}?version={one.number}", small=f"{one.course.code} / {one.number}"),
         place_name(tree().known(one.course.region)), words(WORKFLOW.states[one.state]), one.by,
         day(one.made_at.date())]
        for one in seen.values() if one.state != "accepted" and _keeps(who, one.course.region)]
    return Table("making", _("Courses in the making"), [
        Column("course", _("Course"), "head"), Column("place", _("Place")), Column("state", _("State")),
        Column("by", _("Written by")), Column("made", _("Written"), "date")], rows, caption_hidden=True, stacked=True)


def _keeps(who: Learner, region: str) -> bool:
    return who.may(WRITE, region) or who.may(REVIEW, region)


def _address(one: CourseVersion) -> str:
    return reverse("work-course", args=[one.course.code])


# -- one course ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UnitShown:
    """A unit in the list of a course: how far the learner is, and which sources say something else by now."""

    code: str
    title: str
    kind: str
    state: str
    sign: str
    href: str
    changed: list[tuple[str, str]]
    mark: str


@login_required
def course(request: HttpRequest, code: str) -> HttpResponse:
    """A course: its units, its versions; what may be done with the version is posted to it."""
    who, every = learner_of(request), _versions(code)
    version, wrong = version_asked(request, who, every), ""
    if request.method == "POST":
        try:
            courses.act_on_course(by=who.user, version=version, act=request.POST.get("act", ""),
                                  reason=request.POST.get("reason", ""))
            return HttpResponseRedirect(f"{_address(version)}?version={version.number}")
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    return show(request, "workbench/course.html", {**_shown(who, version, every), "wrong": wrong},
                status=400 if wrong else 200)


def _versions(code: str) -> list[CourseVersion]:
    try:
        return courses.course_of(code)
    except Refused as refused:
        raise NotFound(zh=refused.sentence.zh, en=refused.sentence.en) from None


def version_asked(request: HttpRequest, who: Learner, every: list[CourseVersion]) -> CourseVersion:
    """The version that the address names, for who keeps the course; else the one in use, else the newest. Forbidden
    for a course in the making that one neither writes nor reviews."""
    used = courses.in_use(every).get(every[0].course.code)
    keeps = _keeps(who, every[0].course.region)
    asked = request.GET.get("version", "")
    if asked and keeps:
        found = next((one for one in every if str(one.number) == asked), None)
        if found is None:
            raise NotFound(zh="没有这个版本。", en="There is no such version.")
        return found
    if used is None and not keeps:
        raise forbidden(REVIEW, every[0].course.region)
    return used or every[0]


def _shown(who: Learner, version: CourseVersion, every: list[CourseVersion]) -> dict[str, Any]:
    used = courses.in_use()
    some = {one.course.code: one for one in (*(used[code] for code in version.requires if code in used), version)}
    found = courses.progress(username=who.user.username, some=some.values(), on=who.today)[version.course.code]
    changed = courses.changed_units(version, who.today)
    learns = version.state == "accepted"
    return {
        "version": version, "course": version.course, "place": tree().known(version.course.region), "learns": learns,
        "role": ROLES[version.course.role].name, "state": WORKFLOW.states[version.state],
        "units": [_unit(found, unit, version, changed.get(unit["id"], []), learns) for unit in version.units],
        "progress": found, "missing": [used[code] for code in found.missing], "acts": _acts(who, version),
        "requires": [(code, words(used[code].name) if code in used else code) for code in version.requires],
        "may_write": who.may(WRITE, version.course.region), "keeps": _keeps(who, version.course.region),
        "versions": [(one, words(WORKFLOW.states[one.state]), [_step(step) for step in one.steps.all()])
                     for one in every]}


def _unit(found: courses.Progress, unit: dict[str, Any], version: CourseVersion, changed: list[Changed], learns: bool
          ) -> UnitShown:
    code = str(unit["id"])
    state, mark = found.states[code], found.marks.get(code)
    query = "" if learns else f"?version={version.number}"
    return UnitShown(
        code, words(Bilingual(unit["title"]["zh"], unit["title"]["en"])), words(KINDS[unit["kind"]]),
        words(LEARNER[state]) if learns else "", SIGNS.get(state, ""),
        reverse("work-course-unit", args=[version.course.code, code]) + query, [told(one) for one in changed],
        "" if mark is None else f"{mark / 100:g}")


def told(one: Changed) -> tuple[str, str]:
    """What has changed: the kind and name of the source, and what it says now."""
    name = f"{words(SOURCES[one.source.kind])} {' / '.join(one.source.key)}"
    now = words(one.now.words) if one.now else _("It says nothing any more.")
    return name, now if len(now) <= 160 else f"{now[:160]}…"


def _acts(who: Learner, version: CourseVersion) -> list[tuple[str, str, bool]]:
    """What may be done with a version now: act, its name, whether a reason has to be given."""
    found = []
    for one in WORKFLOW.transitions:
        own = one.act in ("accept", "return") and version.by == who.user.username
        if one.state == version.state and not own and who.may(one.right, version.course.region):
            found.append((one.act, words(WORKFLOW.acts[one.act]), one.act in ("return", "retire")))
    return found


def _step(step: Any) -> tuple[str, str, str, str]:
    return (words(WORKFLOW.acts[step.act]), step.by, f"{timezone.localtime(step.at):%Y-%m-%d %H:%M}", step.reason)
