"""The comment resolution table: every comment that has arrived, answered one by one or many at once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jizhun.drafting.actions.comments import alike, dispose, moderate_all, take_in_table
from jizhun.drafting.actions.projects import EDIT, comments_of
from jizhun.drafting.documents.printers import DOCX, XLSX
from jizhun.drafting.interchange.comment_tables import Head, cn_docx, cn_xlsx, iso_docx, iso_xlsx, read_comments
from jizhun.drafting.interchange.grids import grids
from jizhun.drafting.models import HELD, SHOWN, CommentRow, Project
from jizhun.drafting.rules.merging import Changes, compare
from jizhun.drafting.rules.remarks import DISPOSITIONS, TYPES, Anchor, Comment, anchored
from jizhun.drafting.rules.text import Numbered, numbered
from jizhun.frame.addresses import short
from jizhun.frame.lists import page_asked, pages_of
from jizhun.frame.speakers import who_says
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.actions import allows, path_to
from jizhun.people.rules import Forbidden
from jizhun.regions.actions import tree
from jizhun.workbench.project_page import seen_project
from jizhun.workbench.upload import user_of

PAGE_ROWS = 50
CODE = re.compile(r"\bP\d{4}-\d{4,}\b")
"""How projects are called in the head of a table."""
STATES = ("open", "done", "held", "below", "hidden")
SHOWN_TO_ALL = ("open", "done")
"""What waits, or is not shown, is for those who draft."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A comment in the table: who made it, for which place, where it stands in the text now, who says nearly the same.
    """

    row: CommentRow
    who: str
    place: str
    anchor: Anchor
    alike: Sequence[CommentRow]
    merged: int

    @property
    def type(self) -> Bilingual:
        """General, technical or editorial."""
        return TYPES[self.row.type]


@login_required
def resolution(request: HttpRequest, code: str) -> HttpResponse:
    """Comments by state, clause, type and words; a page at a time; the answers are posted to it."""
    project = seen_project(request, code)
    if request.method != "POST":
        return _page(request, project)
    try:
        _answered(request, project)
    except Forbidden:
        raise
    except Refused as refused:
        return _page(request, project, words(refused.sentence))
    return HttpResponseRedirect(request.get_full_path())


def _answered(request: HttpRequest, project: Project) -> None:
    """One answer for the chosen comments, or a look at those of the public."""
    sent, by = request.POST, user_of(request)
    some = _chosen(project, sent)
    if sent.get("do") in ("show", "hide"):
        moderate_all(by=by, comments=some, show=sent["do"] == "show", reason=sent.get("answer", ""))
        return
    dispose(by=by, comments=some, disposition=sent.get("disposition", ""), answer=sent.get("answer", ""))


def _chosen(project: Project, sent: QueryDict) -> list[CommentRow]:
    keys = {int(key) for key in sent.getlist("choose") if key.isdecimal() and len(key) < 12}
    some = list(project.comments.filter(seq__in=keys).select_related("project"))
    if not some:
        raise Refused(zh="请先选择意见。", en="Choose the comments first.")
    return some


def _rows(project: Project, state: str) -> Any:
    """The comments of a state, without those that speak through another."""
    rows = project.comments.filter(merged_into=None).annotate(times=Count("merged"))
    arrived = rows.filter(state=SHOWN, desk=project.region)
    return {"open": arrived.filter(disposition=""), "done": arrived.exclude(disposition=""),
            "held": rows.filter(state=HELD), "hidden": rows.filter(state="hidden"),
            "below": rows.filter(state=SHOWN).exclude(desk=project.region)}[state]


def _page(request: HttpRequest, project: Project, wrong: str = "") -> HttpResponse:
    drafts = allows(by=user_of(request), right=EDIT, path=path_to(project.region))
    offered = STATES if drafts else SHOWN_TO_ALL
    asked = request.GET.get("state", "open")
    state = asked if asked in offered else "open"
    rows, query, clause = _rows(project, state), request.GET.get("q", "").strip(), request.GET.get("clause", "")
    kind = request.GET.get("type", "")
    if clause:
        rows = rows.filter(clause="" if clause == "-" else clause)
    if kind in TYPES:
        rows = rows.filter(type=kind)
    if query:
        rows = rows.filter(text__icontains=query)
    done = numbered(project.text.facts())
    order = {one.clause.key: place for place, one in enumerate(done)}
    some = sorted(rows, key=lambda row: (order.get(row.clause, -1), row.seq))
    may_edit = project.running and drafts
    page, pages = page_asked(request, len(some), PAGE_ROWS), pages_of(len(some), PAGE_ROWS)
    return render(request, "workbench/resolution.html", {
        "project": project, "state": state, "states": _states(project, offered), "found": len(some), "page": page,
        "pages": pages,
        "rows": _shown(project, some, some[(page - 1) * PAGE_ROWS:page * PAGE_ROWS], done), "query": query,
        "clause": clause, "type": kind, "types": TYPES, "dispositions": DISPOSITIONS, "wrong": wrong,
        "clauses": [(one.clause.key, f"{words(one.label)} {words(one.clause.title)}") for one in done],
        "typed": request.POST if wrong else {}, "chosen": request.POST.getlist("choose") if wrong else [],
        "may_edit": may_edit, "may_answer": may_edit and state != "below",
    }, status=400 if wrong else 200)


def _states(project: Project, offered: Sequence[str]) -> list[tuple[str, str, int]]:
    names = {"open": _("to be answered"), "done": _("answered"), "held": _("to be looked at"),
             "below": _("on desks below"), "hidden": _("not shown")}
    return [(state, names[state], _rows(project, state).count()) for state in offered]


def _shown(project: Project, some: Sequence[CommentRow], page: Sequence[CommentRow], done: Sequence[Numbered]
           ) -> list[Shown]:
    anchors = anchored([row.fact() for row in page], [one.clause for one in done])
    near, there, held = alike(project), {row.seq: row for row in some}, tree()
    return [Shown(row, *who_says(row, held), anchors[row.key],
                  [there[seq] for seq in near.get(row.seq, ()) if seq in there], getattr(row, "times", 0))
            for row in page]


# -- files -----------------------------------------------------------------------------------------------

WRITERS = {"iso.xlsx": (XLSX, iso_xlsx), "iso.docx": (DOCX, iso_docx), "cn.xlsx": (XLSX, cn_xlsx),
           "cn.docx": (DOCX, cn_docx)}


@login_required
def comment_file(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """Every comment that has arrived, in one of the two templates, as a sheet or a Word file."""
    project = seen_project(request, code)
    if form not in WRITERS:
        raise Http404
    kind, write = WRITERS[form]
    content = write(head_of(project), [row.fact() for row in comments_of(project)], short(get_language()))
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{code}-comments-{form}"'
    return response


def head_of(project: Project) -> Head:
    """What stands above and below the table, with the bodies counted."""
    rounds = list(project.consultations.all())
    asked = {code for row in rounds for code in row.bodies}
    spoke = set(project.comments.exclude(region="").values_list("region", flat=True)) & asked
    return Head(project.title, number=project.number, project=project.code, drafters=project.proposer,
                day=timezone.localdate(), sent=len(asked) or None, replied=len(spoke) if asked else None,
                commented=len(spoke) if asked else None)


@login_required
@require_POST
def comment_table(request: HttpRequest, code: str) -> HttpResponse:
    """A filled-in table comes back: what it would change is shown, then it is taken in."""
    project, file = seen_project(request, code), request.FILES.get("file")
    try:
        if file is None or (file.size or 0) > 20 * 1024 * 1024:
            raise Refused(zh="请选择一个 20 MB 以内的文件。", en="Choose a file of at most 20 MB.")
        changes, notes = _compared(project, file.read(), file.name or "")
        if request.POST.get("step") == "take":
            number = take_in_table(by=user_of(request), project=project, changes=changes)
            passed = len(changes.conflicts) + len(changes.unclear) + len(changes.unknown)
            messages.success(request,
                             _("%(n)s rows taken in, %(passed)s passed over") % {"n": number, "passed": passed})
            return HttpResponseRedirect(f"{reverse('resolution', args=[code])}?state=done")
    except Forbidden:
        raise
    except Refused as refused:
        return render(request, "workbench/comment_table.html", {"project": project, "wrong": words(refused.sentence)},
                      status=400)
    return render(request, "workbench/comment_table.html", {"project": project, "changes": changes, "notes": notes})


def _compared(project: Project, content: bytes, name: str) -> tuple[Changes, Sequence[Any]]:
    reading = read_comments(content, name)
    other = {code for grid in grids(content, name) for row in grid.rows[:12] for cell in row
             for code in CODE.findall(str(cell))} - {project.code}
    if other and reading.ours:
        raise Refused(zh=f"这是项目 {min(other)} 的意见表。", en=f"This is the table of another project, {min(other)}.")
    before: list[Comment] = [row.fact() for row in comments_of(project)]
    return compare(before, reading), reading.notes
