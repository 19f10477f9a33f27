"""The making of standards at the workbench: the board of projects, and the form that opens one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.drafting.actions.projects import EDIT, STANDARD_RIGHTS, open_project, procedure_of, procedures, visible
from jizhun.drafting.actions.reminding import unfiled
from jizhun.drafting.models import Project
from jizhun.drafting.rules.stages import ENDED, PUBLISHED, Procedure
from jizhun.frame.fields import Field
from jizhun.frame.lists import listing
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import count, day, place_name, words
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import parse_day
from jizhun.people.actions import grants_of, regions_of, regions_of_any
from jizhun.people.models import User
from jizhun.people.rules import Forbidden
from jizhun.regions.actions import tree
from jizhun.standards.actions import frameworks, library
from jizhun.standards.rules.framework import detail_lines
from jizhun.workbench.upload import user_of

RIGHTS = STANDARD_RIGHTS
LEAD_FIELDS = ("procedure", "region", "begun", "title_zh", "title_en", "need_zh", "scope_zh", "scope_en", "proposer_zh",
               "proposer_en", "regulator_zh", "regulator_en", "ics", "ccs", "revises")


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane of the board: a stage, and its projects with their days in it and whether they are late."""

    code: str
    name: str
    projects: Sequence[tuple[Project, int, bool]]


def rights_of(user: User) -> set[str]:
    """Every right that somebody holds somewhere today."""
    return {right for grant in grants_of(user) for right in grant.rights}


def holds(user: User, right: str) -> bool:
    return right in rights_of(user)


@login_required
def projects(request: HttpRequest) -> HttpResponse:
    """The board: every project on my line of places, by stage; as a list with filters below."""
    user, today = user_of(request), timezone.localdate()
    regions_of_any(by=user, rights=RIGHTS)
    seen = [one for one in Project.objects.all() if visible(by=user, project=one)]
    query, mine = request.GET.get("q", "").strip(), request.GET.get("mine") == "1"
    fitting = [one for one in seen if _fits(one, query) and (not mine or one.holder_user == user.username)]
    running = [one for one in fitting if one.running]
    columns = [_column(stage, running, today) for stage in ("00", "10", "20", "30", "40", "50")]
    table = _table(fitting, today)
    found = listing(request, table)
    return show(request, "workbench/projects.html", {
        "columns": [one for one in columns if one.projects], "listing": found, "all": len(seen), "query": query,
        "mine": mine, "may_open": holds(user, EDIT)}, [found.whole])


def _fits(project: Project, query: str) -> bool:
    said = (project.code, project.title_zh, project.title_en, project.number, project.region, project.proposer_zh)
    return query.casefold() in " ".join(said).casefold()


def _column(stage: str, running: Sequence[Project], today: date) -> Lane:
    here = [(one, (today - one.entered_on).days, bool(one.due_on and one.due_on < today))
            for one in running if one.stage == stage]
    here.sort(key=lambda row: (not row[2], row[0].due_on or today, row[0].pk))
    return Lane(stage, words(procedures().by_code["national"].stages[stage].name), here)


def _table(some: Sequence[Project], today: date) -> Table:
    columns = [Column("code", _("Project")), Column("title", _("Title"), "head"), Column("procedure", _("Procedure")),
               Column("place", _("Place")), Column("stage", _("Stage")),
               Column("days", _("Days in this stage"), "number"),
               Column("due", _("Due"), "date"), Column("holder", _("Whose move"))]
    return Table("projects", _("Projects"), columns, [_cells(one, today) for one in some], caption_hidden=True,
                 stacked=True)


def _cells(one: Project, today: date) -> list[Cell | str]:
    how, days = procedure_of(one), (today - one.entered_on).days
    late = bool(one.due_on and one.due_on < today) and (
        one.stage not in ENDED or (one.stage == PUBLISHED and unfiled(one)))
    return [one.code, Cell(words(one.title), href=reverse("project", args=[one.code]), plain=one.title_zh),
            words(how.name), Cell(place_name(tree().known(one.region)), plain=one.region),
            Cell(f"{one.stage} {words(how.stages[one.stage].name)}", plain=one.stage),
            Cell(count(days), plain=days) if one.running else "",
            Cell(day(one.due_on), sign="breach" if late else "", plain=str(one.due_on or "")), holder_of(one)]


def holder_of(project: Project) -> str:
    """Whose move it is: a person's login, or a body."""
    if not project.running:
        return ""
    return project.holder_user or words(Bilingual(project.holder_zh, project.holder_en))


# -- opening ---------------------------------------------------------------------------------------------


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """The proposal: what is to be made, where, why."""
    user = user_of(request)
    regions = regions_of(by=user, right=EDIT)
    if request.method != "POST":
        asked = request.GET
        start, serves = _of_line(asked.get("line", ""), regions) or _start(asked.get("revises", ""), regions)
        return _form(request, start, request.GET.getlist("serves") or serves, {})
    typed = {name: request.POST.get(name, "").strip() for name in LEAD_FIELDS}
    serves = served(request.POST.get("serves", ""))
    said: dict[str, Any] = {name: value for name,
                            value in typed.items() if name not in ("procedure", "region", "begun")}
    try:
        begun = parse_day(typed["begun"]) if typed["begun"] else None
        project = open_project(by=user, procedure=typed["procedure"], region=typed["region"], serves=serves, on=begun,
                               **said)
    except Forbidden:
        raise
    except Refused as refused:
        return _form(request, typed, serves, {"title_zh": words(refused.sentence)})
    return HttpResponseRedirect(reverse("project", args=[project.code]))


def _of_line(place: str, regions: Sequence[str]) -> tuple[dict[str, Any], Sequence[str]] | None:
    """The form filled with a line of a system that is still to be made; None where there is no such line."""
    code, _colon, number = place.partition(":")
    framework = next((one for one in frameworks() if one.code == code), None)
    if framework is None:
        return None
    line = next((one for one in detail_lines(framework, library(), timezone.localdate())
                 if one.system_number == number and one.to_make), None)
    if line is None:
        return None
    region = framework.region if framework.region in regions else regions[0]
    return {"region": region, "procedure": line.kind, "title_zh": line.title.zh, "title_en": line.title.en,
            "need_zh": line.entry.basis.zh}, line.entry.serves


def _start(revises: str, regions: Sequence[str]) -> tuple[dict[str, Any], Sequence[str]]:
    """An empty form, or one filled with the standard that is to be revised."""
    old = library().find(revises)
    if old is None:
        return {"region": regions[0], "procedure": "local"}, ()
    region = old.region if old.region in regions else regions[0]
    return {"region": region, "procedure": _revising(old.kind), "revises": old.number,
            "title_zh": old.title.zh, "title_en": old.title.en, "scope_zh": old.scope.zh, "scope_en": old.scope.en,
            "proposer_zh": old.custodian.zh, "proposer_en": old.custodian.en, "regulator_zh": old.issuer.zh,
            "regulator_en": old.issuer.en, "ics": old.ics, "ccs": old.ccs}, old.serves


def _revising(kind: str) -> str:
    """The procedure by which a standard of this kind is revised: its own for that, where there is one."""
    own = f"{kind}_revision"
    return own if own in procedures().by_code else kind


def served(text: str) -> list[str]:
    """Codes of items and matters as they were typed, with commas or spaces between."""
    return list(dict.fromkeys(part.strip()
                              for part in text.replace("，", ",").replace("、", ",").replace(",", " ").split()))


def fields_of_proposal(typed: dict[str, Any], serves: Sequence[str], wrong: dict[str, str], form: str = ""
                       ) -> list[Field]:
    """The words of a proposal as fields."""
    def field(name: str, label: str, **more: Any) -> Field:
        return Field(name, label, typed.get(name, ""), wrong.get(name, ""), form=form, **more)

    return [
        field("title_zh", _("Chinese title"), required=True), field("title_en", _("English title")),
        field("need_zh", _("Why it is needed"), kind="textarea"),
        field("scope_zh", _("Scope (Chinese)"), kind="textarea"),
        field("scope_en", _("Scope (English)"), kind="textarea"),
        Field("serves", _("Items and matters it serves"), ", ".join(serves), wrong.get("serves", ""), form=form,
              hint=_("Codes, for example NB029-EX01; commas between them")),
        field("revises", _("Revises the standard"), hint=_("Its number; empty for a new one")),
        field("proposer_zh", _("Proposed by (Chinese)")), field("proposer_en", _("Proposed by (English)")),
        field("regulator_zh", _("Approved by (Chinese)"), hint=_("For a local standard the market regulator")),
        field("regulator_en", _("Approved by (English)")),
        field("ics", "ICS", hint=_("For example 03.160")), field("ccs", "CCS", hint=_("For example A12"))]


def _form(request: HttpRequest, typed: dict[str, Any], serves: Sequence[str], wrong: dict[str, str]) -> HttpResponse:
    regions = regions_of(by=user_of(request), right=EDIT)
    held = tree()
    kind = [Field("procedure", _("Procedure"), typed.get("procedure", ""),
                  choices=[(one.code, words(one.name))
                           for one in procedures().by_code.values() if _offered(one, regions)]),
            Field("region", _("Where it will hold"), typed.get("region", ""),
                  choices=[(code, place_name(held.known(code))) for code in regions]),
            Field("begun", _("Begun on"), typed.get("begun", ""), kind="date",
                  hint=_("Today if empty; earlier where it has run on paper so far"))]
    groups = [(_("What is to be made"), kind), (_("The proposal"), fields_of_proposal(typed, serves, wrong))]
    return render(request, "workbench/project_new.html", {
        "groups": groups, "wrong": wrong, "known": _names()}, status=400 if wrong else 200)


def _offered(how: Procedure, regions: Sequence[str]) -> bool:
    return any(tree().level(code) in how.levels for code in regions)


def _names() -> list[tuple[str, str]]:
    """Items and matters for the list of suggestions."""
    names = catalogue()
    return [(code, words(names.name_of(code))) for code in sorted(names.items)]
