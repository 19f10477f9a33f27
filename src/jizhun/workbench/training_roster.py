"""A roster from a workbook: say which column is what, look at each row's fault, then enter the good rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.frame.tables import XLSX, Column, Table
from jizhun.frame.tags import place_name, words
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.spreadsheets import cell_text, column_letters, open_book
from jizhun.kernel.workbooks import finished, new_book, write_text
from jizhun.people.rules import Forbidden, forbidden
from jizhun.regions.actions import tree
from jizhun.training.actions import ledger
from jizhun.training.models import TrainingEvent
from jizhun.training.rules.ledger import FIELDS, MOST_ROWS, NEEDED, Roster, guess_columns
from jizhun.workbench.training_asked import TEACH, Learner, learner_of
from jizhun.workbench.training_ledger import event_seen

MOST_BYTES, MOST_COLUMNS, ROWS_SHOWN = 5 * 1024 * 1024, 40, 200
SALT = "training-roster"
Rows = list[list[str]]


@login_required
def roster(request: HttpRequest, pk: int) -> HttpResponse:
    """The form; what a file would enter and where it is wrong; the entry. Nothing is written before it is confirmed."""
    who = learner_of(request)
    event = event_seen(who, pk)
    if not who.may(TEACH, event.region):
        raise forbidden(TEACH, event.region)
    if request.method != "POST":
        return _template() if "template" in request.GET else _page(request, event)
    try:
        return _answered(request, who, event, _rows(request))
    except signing.BadSignature:
        return _page(request, event, _("Choose the file again: what was looked at is no longer there."))
    except Forbidden:
        raise
    except Refused as refused:
        return _page(request, event, words(refused.sentence))


def _template() -> HttpResponse:
    """An empty roster with its heads."""
    book = new_book()
    sheet = book.add_worksheet("roster")
    for at, (name, _known) in enumerate(FIELDS.values()):
        write_text(sheet, 0, at, words(name))
    response = HttpResponse(finished(book), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="jizhun-roster.xlsx"'
    return response


def _rows(request: HttpRequest) -> Rows:
    """The first sheet of the file, or what was looked at as it came back with the form."""
    if held := request.POST.get("held"):
        rows: Rows = signing.loads(held, salt=SALT, max_age=24 * 3600)
        return rows
    file = request.FILES.get("file")
    if file is None or not file.size or file.size > MOST_BYTES:
        raise Refused(zh="请选择一个 5 MB 以内的文件。", en="Choose a file of at most 5 MB.")
    sheet = open_book(file.read(), file.name or "").sheet("")
    rows = [[cell_text(cell) for cell in row[:MOST_COLUMNS]] for row in sheet.rows]
    if not rows:
        raise Refused(zh="花名册是空的。", en="The roster is empty.")
    if len(rows) - 1 > MOST_ROWS:
        raise Refused(zh=f"一次最多 {MOST_ROWS} 行。", en=f"{MOST_ROWS} rows at most at a time.")
    return rows


def _columns(request: HttpRequest, rows: Rows) -> dict[str, int]:
    """Which column is what: as chosen, else as the heads say."""
    if not request.POST.get("held"):
        return guess_columns(rows[0])
    chosen = {field: request.POST.get(f"column-{field}", "") for field in FIELDS}
    return {field: int(at) for field, at in chosen.items() if at.isdecimal() and int(at[:4]) < len(rows[0])}


def _answered(request: HttpRequest, who: Learner, event: TrainingEvent, rows: Rows) -> HttpResponse:
    columns = _columns(request, rows)
    parts: dict[str, Any] = {"held": signing.dumps(rows, salt=SALT, compress=True),
                             "choosing": _choosing(rows, columns)}
    try:
        found = ledger.look_at_roster(by=who.user, event=event, rows=rows, columns=columns)
        if request.POST.get("step") == "enter":
            taken = ledger.take_roster(by=who.user, event=event, rows=rows, columns=columns)
            return HttpResponseRedirect(f"{reverse('work-training-event', args=[event.pk])}?taken={taken}")
    except Forbidden:
        raise
    except Refused as refused:
        return _page(request, event, words(refused.sentence), **parts)
    return _page(request, event, **parts, looked=True, good=len(found.rows), bad=len(found.faults),
                 rows=_good(found), faults=_faults(found))


def _choosing(rows: Rows, columns: Mapping[str, int]) -> list[tuple[str, str, bool, Sequence[tuple[int, str]], int]]:
    """For each field: code, name, whether it is needed, the columns to choose from, the one chosen."""
    heads = [(at, f"{column_letters(at)} {head}".strip()) for at, head in enumerate(rows[0])]
    return [(field, words(name), field in NEEDED, heads, columns.get(field, -1)) for field, (name, _) in FIELDS.items()]


def _good(found: Roster) -> Table:
    held = tree()
    return Table("good", _("Rows that can be entered"), [
        Column("row", _("Row"), "number"), Column("username", _("User name"), "head"), Column("unit", _("Unit")),
        Column("present", _("Attendance")), Column("hours", _("Hours of training"), "number"),
        Column("score", _("Test"), "number")], [
        [str(number), one.username, place_name(held.known(one.unit)), _("present") if one.present else _("absent"),
         f"{one.hours.normalize():f}", "–" if one.score is None else f"{one.score / 100:g}"]
        for number, one in found.rows[:ROWS_SHOWN]], caption_hidden=True, stacked=True)


def _faults(found: Roster) -> Table:
    return Table("faults", _("Rows with a fault"), [Column("row", _("Row"), "number"), Column("why", _("Why"), "head")],
                 [[str(one.row), words(one.why)] for one in found.faults[:ROWS_SHOWN]], caption_hidden=True)


def _page(request: HttpRequest, event: TrainingEvent, wrong: str = "", **parts: Any) -> HttpResponse:
    return render(request, "workbench/training_roster.html", {"event": event, "wrong": wrong, "most": MOST_ROWS,
                                                              **parts}, status=400 if wrong else 200)
