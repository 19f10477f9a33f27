"""Drafts as pages and files: read one, take it away, compare two, take a text in from a file."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.drafting.actions.publishing import edition
from jizhun.drafting.actions.texts import new_key, take_in
from jizhun.drafting.documents import as_html
from jizhun.drafting.documents.printers import PRINTERS
from jizhun.drafting.interchange.import_sheet import from_xlsx
from jizhun.drafting.interchange.import_word import from_docx
from jizhun.drafting.interchange.imported import Imported
from jizhun.drafting.models import Draft, Project
from jizhun.drafting.rules.cover import LABELS
from jizhun.drafting.rules.redline import KINDS, Change, changed, keep_keys, keep_rest, redline, summary
from jizhun.drafting.rules.text import Clause, plain, read_clause
from jizhun.frame.addresses import short
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Refused
from jizhun.people.rules import Forbidden
from jizhun.workbench.project_page import seen_project
from jizhun.workbench.upload import user_of

WORKING = 0
"""Stands in addresses for the text as it is now."""


def text_of(project: Project, seq: int) -> tuple[list[Clause], str]:
    """The clauses of a draft (0: of the working text) and its label; 404 where there is none."""
    if seq == WORKING:
        return project.text.facts(), "working"
    draft = project.drafts.filter(seq=seq).first()
    if draft is None:
        raise Http404
    return draft.facts(), draft.label


@login_required
def draft(request: HttpRequest, code: str, seq: int) -> HttpResponse:
    """A draft as it stood, printed into the page."""
    project = seen_project(request, code)
    clauses, label = text_of(project, seq)
    body = as_html(edition(project, clauses, label), short(get_language()))
    row = project.drafts.filter(seq=seq).first()
    return render(request, "workbench/draft.html", {
        "project": project, "seq": seq, "label": LABELS[label], "row": row,
        "body": mark_safe(body)})


@login_required
def draft_file(request: HttpRequest, code: str, seq: int, form: str) -> HttpResponse:
    """A draft as DOCX, PDF, STS XML or a sheet of clauses, in the language of the page."""
    project = seen_project(request, code)
    if form not in PRINTERS:
        raise Http404
    clauses, label = text_of(project, seq)
    kind, printed = PRINTERS[form]
    content = printed(edition(project, clauses, label), short(get_language()))
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{code}-{seq or "working"}.{form}"'
    return response


# -- comparing -------------------------------------------------------------------------------------------


@login_required
def compare(request: HttpRequest, code: str) -> HttpResponse:
    """Two texts side by side as one: what was added, taken out, moved, reworded."""
    project = seen_project(request, code)
    seqs = [draft.seq for draft in project.drafts.all()]
    after = _seq(request.GET.get("after", ""), WORKING)
    before = _seq(request.GET.get("before", ""),
                  max((seq for seq in seqs if after == WORKING or seq < after), default=0))
    changes = redline(text_of(project, before)[0], text_of(project, after)[0])
    return render(request, "workbench/redline.html", {
        "project": project, "before": before, "after": after, "seqs": [*seqs, WORKING],
        "changes": changes_shown(changes),
        "summary": _summed(changes)})


def _seq(text: str, otherwise: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else otherwise


def changes_shown(changes: Sequence[Change]) -> list[tuple[Change, str]]:
    """Every clause that changed, with what happened in words."""
    return [(one, words_of(one.kinds)) for one in changed(changes)]


def words_of(kinds: Sequence[str]) -> str:
    """What happened to a clause, in words."""
    return _(", ").join(words(KINDS[kind]) for kind in kinds)


def _summed(changes: Sequence[Change]) -> list[tuple[str, int]]:
    counts = summary(changes)
    return [(words(name), counts[kind]) for kind, name in KINDS.items() if counts.get(kind)]


# -- taking in -------------------------------------------------------------------------------------------

MOST_BYTES = 20 * 1024 * 1024


@login_required
def bring(request: HttpRequest, code: str) -> HttpResponse:
    """Choose a file; look at what it would change; take it in."""
    project = seen_project(request, code)
    if request.method != "POST":
        return _bring_page(request, project)
    try:
        if request.POST.get("step") == "take":
            return _taken(request, project)
        return _looked(request, project)
    except Forbidden:
        raise
    except signing.BadSignature:
        return _bring_page(request, project, wrong=_("Choose the file again: what was looked at is no longer there."))
    except Refused as refused:
        return _bring_page(request, project, wrong=words(refused.sentence))


def _bring_page(request: HttpRequest, project: Project, wrong: str = "", **more: Any) -> HttpResponse:
    return render(request, "workbench/text_import.html", {"project": project, "wrong": wrong, **more},
                  status=400 if wrong else 200)


def _looked(request: HttpRequest, project: Project) -> HttpResponse:
    """What the file says beside what there is; nothing is kept."""
    file = request.FILES.get("file")
    if file is None or (file.size or 0) > MOST_BYTES:
        raise Refused(zh="请选择一个 20 MB 以内的文件。", en="Choose a file of at most 20 MB.")
    brought = _read(file.read(), file.name or "")
    before = project.text.facts()
    clauses = keep_rest(before, keep_keys(before, brought.clauses))
    changes = redline(before, clauses)
    held = signing.dumps({"version": project.text.version, "clauses": [plain(one) for one in clauses]}, compress=True,
                         salt=_salt(project))
    return _bring_page(request, project, looked=True, notices=brought.notices, faults=brought.faults, held=held,
                       changes=changes_shown(changes), summary=_summed(changes), number=len(clauses))


HELD_SECONDS = 3600


def _salt(project: Project) -> str:
    """What was looked at for one project is taken in there and nowhere else."""
    return f"text-import {project.code}"


def _read(content: bytes, name: str) -> Imported:
    """A sheet of clauses or a Word file, by its name."""
    if name.lower().endswith(".xlsx"):
        return from_xlsx(content, name, new_key=new_key)
    return from_docx(content, name, new_key=new_key)


def _taken(request: HttpRequest, project: Project) -> HttpResponse:
    held = signing.loads(request.POST.get("held", ""), salt=_salt(project), max_age=HELD_SECONDS)
    take_in(by=user_of(request), project=project, clauses=[read_clause(one) for one in held["clauses"]],
            seen=held["version"])
    return HttpResponseRedirect(reverse("text", args=[project.code]))


def latest(project: Project) -> Draft | None:
    """The draft issued last."""
    return project.drafts.order_by("-seq").first()
