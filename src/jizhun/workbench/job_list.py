"""My jobs: everything that I asked for and a worker does, of whatever kind, the newest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.entitlements.actions import keeping as what_ifs
from jizhun.evaluation import errands
from jizhun.evaluation.reports import keeping as reports
from jizhun.frame.lists import listing
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import count, words
from jizhun.people import long_work
from jizhun.people.models import LongWork
from jizhun.workbench.jobs import Job, jobs_of
from jizhun.workbench.long_work import STATES, asked_at
from jizhun.workbench.upload import user_of

SHOWN = 200
"""So many of each kind."""
SIGNS = {"done": "kept", "failed": "breach", "refused": "breach"}


@dataclass(frozen=True, slots=True)
class Line:
    """One job as the list tells it; ``state`` is the code, ``share`` how far it is while it runs (percent)."""

    asked: str
    what: str
    href: str
    kind: str
    state: str
    said: str
    share: int
    moving: bool
    came: str = ""


@login_required
def jobs(request: HttpRequest) -> HttpResponse:
    """The list."""
    username = user_of(request).username
    lines = sorted([*_uploads(username), *_long_work(username)], key=lambda one: one.asked, reverse=True)
    columns = [Column("asked", _("Asked"), "date"), Column("what", _("What"), "head"), Column("kind", _("Kind")),
               Column("state", _("State")), Column("came", _("What came of it"))]
    table = Table("jobs", _("My jobs"), columns, [_row(one) for one in lines], caption_hidden=True, stacked=True)
    shown = listing(request, table)
    return show(request, "workbench/jobs.html", {
        "listing": shown, "moving": sum(one.moving for one in lines)}, [shown.whole])


def _row(one: Line) -> list[Cell | str]:
    state = f"{one.said}, {one.share} %" if one.state == LongWork.RUNNING else one.said
    return [one.asked, Cell(one.what, href=one.href), one.kind,
            Cell(state, sign=SIGNS.get(one.state, ""), plain=one.state), one.came]


def _uploads(username: str) -> Iterator[Line]:
    """Files handed in."""
    for one in jobs_of(username, SHOWN):
        yield Line(one.asked_at, one.file, reverse("job", args=[one.token]), _("File of cases"), one.state,
                   words(one.state_words), one.percent, one.moving, _taken(one))


def _taken(one: Job) -> str:
    if one.state == LongWork.REFUSED:
        return words(one.told)
    if one.state != LongWork.DONE:
        return ""
    return _("%(good)s taken in, %(bad)s rejected") % {"good": count(one.good), "bad": count(one.bad)}


def _long_work(username: str) -> Iterator[Line]:
    """What-ifs, reports, and acts on many cases; each kind is looked over for workers that died first."""
    kinds: list[tuple[long_work.Kind[Any], str, str]] = [
        (what_ifs.KIND, "what-if", _("What if")), (reports.KIND, "work-report", _("Report")),
        (errands.KIND, "work-errand", "")]
    for kind, page, name in kinds:
        long_work.bury(kind)
        for row in kind.rows().filter(by=username)[:SHOWN]:
            yield Line(asked_at(row), words(row.name if kind is errands.KIND else kind.name(row)),
                       reverse(page, args=[row.token]), name or words(errands.ACTS[row.what].name), row.state,
                       str(STATES[row.state]), row.percent, row.moving, _came(row))


def _came(row: LongWork) -> str:
    """What came of it, or why nothing did."""
    found = getattr(row, "found", None)
    return words(found) if found is not None and row.state == LongWork.DONE else words(row.told)
