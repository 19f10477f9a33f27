"""The editor: the text of a project clause by clause, numbers made by the program, nothing written over unseen."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jizhun.catalogue.actions import catalogue
from jizhun.drafting.actions.fingerprints import fingerprint
from jizhun.drafting.actions.projects import EDIT
from jizhun.drafting.actions.texts import Conflict, move_clause, remove_clause, save_clause, shift_clause
from jizhun.drafting.models import CommentRow, Project
from jizhun.drafting.rules.checks import check
from jizhun.drafting.rules.checks.flaws import Flaw
from jizhun.drafting.rules.measurable import Found, promises
from jizhun.drafting.rules.redline import redline
from jizhun.drafting.rules.text import DEEPEST, FIXED, KINDS, Clause, numbered, section
from jizhun.frame.fields import Field
from jizhun.frame.said import proposal_in_words
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.actions import allows, path_to
from jizhun.people.rules import Forbidden
from jizhun.provisions.actions import measures
from jizhun.standards.actions import library
from jizhun.workbench.draft_files import changes_shown
from jizhun.workbench.project_page import seen_project
from jizhun.workbench.upload import user_of


@dataclass(frozen=True, slots=True)
class Line:
    """A clause in the list of the editor: its number, how deep it stands, what is wrong with it, its comments."""

    clause: Clause
    number: str
    depth: int
    flaws: Sequence[Flaw]
    seen: str
    comments: int


@login_required
def text(request: HttpRequest, code: str) -> HttpResponse:
    """The whole text as it stands, with what is wrong, and the ways to change it."""
    project = seen_project(request, code)
    clauses = project.text.facts()
    flaws = check(clauses, library(), timezone.localdate()) if clauses else []
    return render(request, "workbench/text.html", {
        "project": project, "lines": _lines(project, clauses, flaws), "text": project.text,
        "whole": [flaw for flaw in flaws if not flaw.clause], "may_edit": _may_edit(request, project),
        "errors": sum(flaw.severity == "error" for flaw in flaws),
        "warnings": sum(flaw.severity == "warning" for flaw in flaws), "kinds": _addable(clauses)})


def _may_edit(request: HttpRequest, project: Project) -> bool:
    return project.running and allows(by=user_of(request), right=EDIT, path=path_to(project.region))


def _lines(project: Project, clauses: Sequence[Clause], flaws: Sequence[Flaw]) -> list[Line]:
    said: dict[str, int] = {}
    for key in project.comments.values_list("clause", flat=True):
        said[key] = said.get(key, 0) + 1
    by_key: dict[str, list[Flaw]] = {}
    for flaw in flaws:
        by_key.setdefault(flaw.clause, []).append(flaw)
    return [Line(one.clause, words(one.label), one.clause.level, by_key.get(one.clause.key, ()),
                 fingerprint(one.clause), said.get(one.clause.key, 0)) for one in numbered(clauses)]


def _addable(clauses: Sequence[Clause]) -> list[tuple[str, str]]:
    """Kinds that may still be added: those that occur once only where they are not there yet."""
    there = {one.kind for one in clauses}
    return [(kind, words(name)) for kind, name in KINDS.items() if kind not in FIXED or kind not in there]


# -- one clause ------------------------------------------------------------------------------------------


@login_required
def clause(request: HttpRequest, code: str, key: str = "") -> HttpResponse:
    """One clause in both languages: written, checked, its promises marked as proposed provisions."""
    project = seen_project(request, code)
    there = next((one for one in project.text.facts() if one.key == key), None) if key else _fresh(request)
    if there is None and request.method == "POST" and (gone := _fresh(request)) is not None:
        there = replace(gone, key=key)  # removed while it was being written: the words must not be lost with it
    if there is None:
        raise Http404
    if request.method != "POST":
        return _clause_page(request, project, there, fingerprint(there) if key else "")
    if request.POST.get("do") == "mark":
        return _saved(request, project, replace(there, proposes=(*there.proposes, *_marked(request))), key)
    return _saved(request, project, _typed(request, there), key)


def _fresh(request: HttpRequest) -> Clause | None:
    """A clause of the kind and level that are asked for."""
    kind = request.GET.get("kind", request.POST.get("kind", "clause"))
    level = request.GET.get("level", "1")
    deep = int(level) if level in LEVELS and kind not in FIXED else 1
    return Clause("", kind, deep) if kind in KINDS else None


LEVELS = tuple(str(level) for level in range(1, DEEPEST + 1))


def _typed(request: HttpRequest, there: Clause) -> Clause:
    """The clause as it was typed."""
    said = {name: request.POST.get(name, "").replace("\r\n", "\n").strip() for name in (
        "heading_zh", "heading_en", "body_zh", "body_en")}
    level = request.POST.get("level", "")
    proposes = [dict(one) for place, one in enumerate(there.proposes)
                if str(place) not in request.POST.getlist("drop")]
    return replace(there, heading=Bilingual(said["heading_zh"], said["heading_en"]),
                   body=Bilingual(said["body_zh"], said["body_en"]), proposes=tuple(proposes),
                   level=int(level) if level in LEVELS and there.kind not in FIXED else there.level,
                   normative=request.POST.get("normative", "1") == "1" if there.kind == "annex" else True)


def _marked(request: HttpRequest) -> list[dict[str, Any]]:
    """The promise that was marked as a proposed provision, if one was."""
    subject, measure = request.POST.get("subject", "").strip(), request.POST.get("measure", "").strip()
    if not subject or not measure:
        return []
    value = request.POST.get("value", "").strip()
    return [{"subject": subject, "measure": measure, "modality": request.POST.get("modality", "floor"),
             "value": _number(value), "unit": request.POST.get("unit", "").strip() or measures_unit(measure),
             "sentence": request.POST.get("sentence", "").strip()}]


def _number(text_: str) -> Any:
    """A number as JSON keeps it exactly; other text as it is, to be refused by name."""
    try:
        value = Decimal(text_)
    except ArithmeticError:
        return text_
    if not value.is_finite():
        return text_
    return int(value) if abs(value) < 10**15 and value == value.to_integral_value() else str(value)


def measures_unit(measure: str) -> str:
    """The unit in which a measure is counted; "" for an unknown one."""
    known = measures().get(measure)
    return known.unit if known else ""


def _saved(request: HttpRequest, project: Project, typed: Clause, key: str) -> HttpResponse:
    seen, plain = request.POST.get("seen", ""), request.headers.get("accept") == "application/json"
    try:
        kept = save_clause(by=user_of(request), project=project, clause=typed, seen=seen,
                           before=request.POST.get("before", ""))
    except Forbidden:
        raise
    except Conflict as conflict:
        if plain:
            return JsonResponse({"conflict": words(conflict.sentence)}, status=409)
        return _clause_page(request, project, typed, fingerprint(conflict.theirs), words(conflict.sentence),
                            conflict.theirs)
    except Refused as refused:
        if plain:
            return JsonResponse({"wrong": words(refused.sentence)}, status=400)
        return _clause_page(request, project, typed, seen, words(refused.sentence))
    if plain:
        return JsonResponse({"seen": fingerprint(kept), "at": timezone.localtime().strftime("%H:%M:%S")})
    if request.POST.get("then") == "stay":
        return HttpResponseRedirect(reverse("clause", args=[project.code, kept.key]))
    return HttpResponseRedirect(f"{reverse('text', args=[project.code])}#c-{kept.key}")


def _clause_page(request: HttpRequest, project: Project, one: Clause, seen: str, wrong: str = "",
                 theirs: Clause | None = None) -> HttpResponse:
    clauses = project.text.facts()
    flaws = [flaw for flaw in check(clauses, library(), timezone.localdate()) if flaw.clause and flaw.clause == one.key]
    some, more = promises(one)
    found = {(promise.sentence, str(promise.value)): promise for promise in some
             if not _proposed_already(promise, one)}
    known = measures()
    return render(request, "workbench/clause.html", {
        "project": project, "clause": one, "kind": KINDS[one.kind], "seen": seen, "wrong": wrong, "theirs": theirs,
        "number": next((words(row.label) for row in numbered(clauses) if row.clause.key == one.key), ""),
        "fields": _fields(one), "fixed": one.kind in FIXED, "flaws": flaws, "may_edit": _may_edit(request, project),
        "found": [(promise, _guess(promise)) for promise in found.values()], "more": more,
        "before": request.GET.get("before", ""),
        "proposes": [(row, words(catalogue().name_of(row["subject"])), proposal_in_words(row, known))
                     for row in one.proposes], "keys": _keys(clauses, one.key),
        "subjects": _subjects(project), "measures": [(code, words(measure.name)) for code, measure in known.items()],
        "gone": bool(wrong) and bool(one.key) and all(other.key != one.key for other in clauses),
        "comments": _comments(request, project, one.key),
        "changes": changes_shown(redline([theirs], [one])) if theirs else ()}, status=400 if wrong else 200)


def _comments(request: HttpRequest, project: Project, key: str) -> list[CommentRow]:
    """What was said about the clause: those who draft see what waits too, others what is shown."""
    some = project.comments.filter(clause=key).exclude(state="hidden") if key else project.comments.none()
    may = allows(by=user_of(request), right=EDIT, path=path_to(project.region))
    return list(some if may else some.filter(state="shown", desk=project.region))


def _proposed_already(promise: Found, one: Clause) -> bool:
    return any(row.get("sentence") == promise.sentence for row in one.proposes)


def _guess(promise: Found) -> str:
    """The measure that a promise seems to be about, in words."""
    known = measures().get(promise.measure)
    return words(known.name) if known else ""


def _fields(one: Clause) -> dict[str, list[Field]]:
    """The fields of a clause, each language beside the other."""
    levels = [(str(level), str(level)) for level in range(1, DEEPEST + 1)]
    heading = _("Term") if one.kind == "term" else _("Heading")
    body = _("Definition") if one.kind == "term" else _("Words")
    made = {"zh": [Field("body_zh", _("%(what)s (Chinese)") % {"what": body}, one.body.zh, kind="textarea")],
            "en": [Field("body_en", _("%(what)s (English)") % {"what": body}, one.body.en, kind="textarea")],
            "both": []}
    if one.kind not in FIXED:
        made["zh"].insert(0, Field("heading_zh", _("%(what)s (Chinese)") % {"what": heading}, one.heading.zh))
        made["en"].insert(0, Field("heading_en", _("%(what)s (English)") % {"what": heading}, one.heading.en))
    if one.kind in ("clause", "annex_clause"):
        made["both"].append(Field("level", _("Level"), str(one.level), choices=levels))
    if one.kind == "annex":
        made["both"].append(Field("normative", _("The annex is"), "1" if one.normative else "0",
                                  choices=[("1", _("normative")), ("0", _("informative"))]))
    return made


def _keys(clauses: Sequence[Clause], own: str) -> list[tuple[str, str]]:
    """What other clauses are called in a cross-reference."""
    return [(one.clause.key, f"{words(one.label)} {words(one.clause.title)}") for one in numbered(clauses)
            if one.number and one.clause.key != own]


def _subjects(project: Project) -> list[tuple[str, str]]:
    """The items and matters that the document serves come first; all matters of those items too."""
    names = catalogue()
    codes = list(dict.fromkeys([*project.serves, *(matter.code for code in project.serves
                                                   for matter in names.matters_of(code.partition("-")[0]))]))
    return [(code, f"{code} {words(names.name_of(code))}") for code in codes]


# -- moving and removing ---------------------------------------------------------------------------------


@login_required
@require_POST
def move(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Up or down among its own kind, or a level in or out."""
    project, way = seen_project(request, code), request.POST.get("way", "")
    there = next((one for one in project.text.facts() if one.key == key), None)
    if there is None:
        raise Http404
    if way in ("up", "down"):
        shift_clause(by=user_of(request), project=project, key=key, up=way == "up")
    elif way in ("in", "out"):
        move_clause(by=user_of(request), project=project, key=key, level=there.level + (1 if way == "in" else -1))
    return HttpResponseRedirect(f"{reverse('text', args=[code])}#c-{key}")


@login_required
def remove(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Take a clause out, after saying what goes with it."""
    project = seen_project(request, code)
    clauses = project.text.facts()
    there = next((one for one in clauses if one.key == key), None)
    if there is None:
        raise Http404
    if request.method == "POST":
        remove_clause(by=user_of(request), project=project, key=key, seen=request.POST.get("seen", ""))
        return HttpResponseRedirect(reverse("text", args=[code]))
    keys = {clauses[place].key for place in section(clauses, key)}
    gone = [one for one in numbered(clauses) if one.clause.key in keys]
    return render(request, "workbench/clause_remove.html", {
        "project": project, "gone": gone, "seen": fingerprint(there), "key": key,
        "comments": project.comments.filter(clause__in=[one.clause.key for one in gone]).count()})
