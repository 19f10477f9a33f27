"""The pages of jobs: what a file says before it is taken in, how far it is, stop it, its log, its rejected rows."""

import csv
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jizhun.frame.addresses import short
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import count, words
from jizhun.kernel.bilingual import Bilingual
from jizhun.workbench.jobs import (
    CANCELLED,
    DONE,
    LOOKED_AT,
    REFUSED,
    RUNNING,
    STATES,
    WAITING,
    Job,
    OneFile,
    forget_input,
    held,
    read_job,
    read_sample,
)
from jizhun.workbench.tasks import process_batch
from jizhun.workbench.upload import user_of

REJECTS_SHOWN = 20
LONGEST_FIELD = 2**26


@login_required
def job(request: HttpRequest, token: str) -> HttpResponse:
    """What the file says as its mapping reads it, then how far it is; asked by htmx, only the part that changes."""
    found = _own_job(request, token)
    swapped = bool(getattr(request, "htmx", False))
    template = "workbench/job_state.html" if swapped else "workbench/job.html"
    rejected, seen = first_rejects(found), first_rows(found)
    files = files_of(found)
    context = {"job": found, "first_rejects": rejected, "first_rows": seen, "files": files, "swapped": swapped}
    return show(request, template, context, [one for one in (rejected, seen, files) if one])


@login_required
@require_POST
def start(request: HttpRequest, token: str) -> HttpResponse:
    """The sender has seen the first rows and wants the file taken in, or once more where the worker died over it."""
    with held(_own_job(request, token)) as found:
        if found is not None and (found.state == LOOKED_AT or found.left or found.may_go_on):
            if not found.left:
                found.no_longer_to_be_stopped()
            found.now(state=WAITING)
            process_batch.enqueue(found.token)
    return HttpResponseRedirect(reverse("job", args=[token]))


@login_required
@require_POST
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """The sender does not want it any more: at once where nothing runs yet, else as soon as the worker looks."""
    with held(_own_job(request, token)) as found:
        if found is not None and (found.state == LOOKED_AT or found.left or found.may_go_on):
            forget_input(found)
            found.now(state=CANCELLED)
        elif found is not None and found.moving and not found.to_be_stopped:
            found.note(Bilingual("报送人要求取消", "its sender asks to cancel"))
            found.ask_to_stop()
    return HttpResponseRedirect(reverse("job", args=[token]))


def files_of(found: Job) -> Table | None:
    """What became of each of several files so far, once they are on their way."""
    if not found.files or found.state == LOOKED_AT:
        return None
    columns = [Column("file", _("File"), "head"), Column("state", _("State")), Column("good", _("taken in"), "number"),
               Column("bad", _("rejected"), "number"), Column("reasons", _("What is wrong"))]
    rows: list[list[Cell | str]] = [
        [one.name, _state(one), count(one.good) if one.state == DONE else "", _bad(found, number, one),
         words(Bilingual(one.zh, one.en))] for number, one in enumerate(found.files)]
    return Table("files", _("The files"), columns, rows, stacked=True)


def _state(one: OneFile) -> Cell:
    share = f" {one.share:.0%}" if one.state == RUNNING else ""
    again = words(Bilingual("此前已接收，没有变化", "received before, nothing has changed")) if one.repeated else ""
    return Cell(words(STATES[one.state]) + share, sign="breach" if one.state == REFUSED else "", small=again)


def _bad(found: Job, number: int, one: OneFile) -> Cell:
    if one.state != DONE:
        return Cell("")
    href = f"{reverse('rejects', args=[found.token])}?file={number}" if one.rejects else ""
    return Cell(count(one.bad), href=href)


def first_rows(found: Job) -> Table | None:
    """The file's first rows as the mapping reads them, until the file is on its way."""
    kept = read_sample(found)
    if found.state != LOOKED_AT or kept is None:
        return None
    columns = [Column("row", _("Row"), "number"),
               *(Column(name, words(Bilingual(zh, en)), "date" if kind == "time" else "text")
                 for name, zh, en, kind in kept["fields"]),
               Column("reasons", _("What is wrong"))]
    rows: list[list[Cell | str]] = [
        [str(row), *(_meant(values.get(field[0])) for field in kept["fields"]),
             Cell(words(Bilingual(zh, en)), sign="breach" if zh else "")] for row, values, zh, en in kept["rows"]]
    note = _("Of the first %(read)s rows %(bad)s would be rejected.") % {
        "read": count(kept["read"]), "bad": count(kept["bad"])}
    return Table("first_rows", _("The first rows as the mapping reads them"), columns, rows, note, stacked=True)


def _meant(value: Sequence[str] | None) -> Cell:
    """What a field means, and under it the file's own words where they are others."""
    zh, en, text = value or ("", "", "")
    meaning = words(Bilingual(zh, en))
    return Cell(meaning or _("nothing"), small="" if text and meaning.startswith(text) else text, plain=meaning)


def _own_job(request: HttpRequest, token: str) -> Job:
    """A job belongs to whoever handed it in: rejected rows may hold what nobody else should see."""
    found = read_job(token)
    if found is None or found.username != user_of(request).username:
        raise Http404
    return found


def reject_path(found: Job) -> Path | None:
    """The file of rejected rows, where there is one."""
    path = Path(settings.FILES) / found.rejects
    return path if found.rejects and path.is_file() else None


def first_rejects(found: Job) -> Table | None:
    """The first rejected rows with their reasons."""
    path = reject_path(found)
    if path is None:
        return None
    reason = 2 if short(get_language()) == "zh" else 3
    columns = [Column("row", _("Row"), "number"), Column("fields", _("Field")), Column("reasons", _("What is wrong"))]
    csv.field_size_limit(LONGEST_FIELD)
    with path.open(encoding="utf-8-sig", newline="") as lines:  # by position: the file may have such columns of its own
        rows = [[one[0], one[1], one[reason]] for one in islice(csv.reader(lines), 1, REJECTS_SHOWN + 1)]
    return Table("rejects", _("The first rejected rows"), columns, rows)


@login_required
def rejects(request: HttpRequest, token: str) -> HttpResponse | FileResponse:
    """The rejected rows as a file."""
    found = _own_job(request, token)
    asked = request.GET.get("file", "")
    if found.files and asked.isascii() and asked.isdigit() and int(asked) < len(found.files):
        found = replace(found, rejects=found.files[int(asked)].rejects)
    path = reject_path(found)
    if path is None:
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"rejects-{token[:14]}.csv")

