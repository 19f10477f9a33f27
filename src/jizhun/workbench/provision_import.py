"""Many provisions from a workbook: take the template, hand it in filled in, look at what it would change, record."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.frame.promises import Reader
from jizhun.frame.tables import XLSX, Cell, Column, Table
from jizhun.frame.tags import day, place_name, words
from jizhun.impact.actions import publish
from jizhun.impact.rules import kinds
from jizhun.impact.rules.kinds import Change
from jizhun.kernel.bilingual import COMMA, Refused
from jizhun.kernel.spreadsheets import cell_text, read_sheets
from jizhun.people.actions import allows, path_to, regions_of
from jizhun.people.models import User
from jizhun.people.rules import Forbidden, forbidden
from jizhun.provisions.actions import FORBIDDEN, Told, labels, measures
from jizhun.provisions.bringing import (
    RIGHT,
    Outlook,
    choices,
    effects,
    faults,
    filled,
    outlook_of,
    read_workbook,
    take_in,
)
from jizhun.provisions.interchange.sheet import PAPERS, PROVISIONS
from jizhun.provisions.interchange.sheet_reading import Sheets, mark_row
from jizhun.provisions.interchange.workbook import Filled, workbook
from jizhun.regions.actions import Moved, tree
from jizhun.workbench.impact_told import impact_of
from jizhun.workbench.provisions import changes
from jizhun.workbench.upload import user_of

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 300
"""As many as can be looked through before recording; more go through the command line."""
SHEETS = frozenset(name for one in (PROVISIONS, PAPERS) for name in (one.zh, one.en))
Typed = dict[str, list[list[str]]]


@login_required
def provision_import(request: HttpRequest) -> HttpResponse:
    """The form; what a file would change, or where it is wrong; the file with its faults; the record."""
    user = user_of(request)
    regions = regions_of(by=user, right=RIGHT)
    if request.method != "POST":
        return _template(request, regions) if "template" in request.GET else _page(request, regions)
    try:
        typed = _held(request) if request.POST.get("held") else _handed_in(request)
        return _answered(request, user, regions, typed)
    except signing.BadSignature:
        return _page(request, regions, _("Choose the file again: what was looked at is no longer there."))
    except Forbidden:
        raise
    except Refused as refused:
        return _page(request, regions, words(refused.sentence))


def _template(request: HttpRequest, regions: Sequence[str]) -> HttpResponse:
    """The workbook for one of my places: with what is on record there, or with empty sheets."""
    region = request.GET.get("region") or regions[0]
    if not _may(user_of(request), region):
        raise forbidden(RIGHT, region)
    sheets = filled(region=region) if request.GET["template"] == "filled" else Filled()
    return _file(workbook(sheets, choices(region=region), get_language() or "en"), f"jizhun-provisions-{region}.xlsx")


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


# -- what was handed in --------------------------------------------------------------------------------


def _handed_in(request: HttpRequest) -> Typed:
    file = request.FILES.get("file")
    if file is None or not file.size or file.size > MOST_BYTES:
        raise Refused(zh="请选择一个 5 MB 以内的文件。", en="Choose a file of at most 5 MB.")
    return {sheet.name: [[cell_text(cell) for cell in row] for row in sheet.rows]
            for sheet in read_sheets(file.read(), file.name or "", visible=True) if sheet.name in SHEETS}


def _held(request: HttpRequest) -> Typed:
    """What was looked at, as it came back with the form."""
    held = signing.loads(request.POST["held"], salt="provision-import", max_age=24 * 3600)
    assert isinstance(held, dict)
    return held


def _answered(request: HttpRequest, user: User, regions: Sequence[str], typed: Typed) -> HttpResponse:
    sheets = _only_mine(read_workbook(typed), user)
    if len(sheets.lines) > MOST_ROWS:
        raise Refused(zh=f"一次最多 {MOST_ROWS} 行；更多的请用命令行导入。",
                      en=f"{MOST_ROWS} rows at most at a time; more go through the command line.")
    step, held = request.POST.get("step"), signing.dumps(typed, salt="provision-import", compress=True)
    if sheets.marked:
        if step == "marked":
            return _file(workbook(sheets.filled, choices(region=regions[0]), get_language() or "en"),
                         "jizhun-provisions-faults.xlsx")
        return _page(request, regions, faults_table=_faults_table(sheets), number=len(sheets.marked), held=held)
    outlook, moved = outlook_of(sheets), False
    if step == "record":
        try:
            return HttpResponseRedirect(f"{reverse('provisions')}?recorded={_recorded(request, user, outlook)}")
        except Moved:
            moved = True
    return _page(request, regions, held=held, moved=moved, **_looked(outlook))


def _change(outlook: Outlook) -> Change:
    return Change(kinds.PROVISION, {"rows": list(outlook.rows), "papers": list(outlook.needed_papers)})


def _recorded(request: HttpRequest, user: User, outlook: Outlook) -> int:
    """How many rows were recorded; none where all of them were on record."""
    if not outlook.rows:
        return len(take_in(by=user, outlook=outlook))
    return len(publish(by=user, change=_change(outlook), seen=request.POST.get("seen", ""),
                       documents_paper=bool(request.POST.get("documents_paper"))))


def _only_mine(sheets: Sheets, user: User) -> Sheets:
    """Rows for places where I may not record are marked like any other fault."""
    for line in sheets.lines:
        region = str(line.row.get("region") or "")
        if region in tree() and not _may(user, region):
            sheets = mark_row(sheets, line.number, forbidden(RIGHT, region).sentence, "region")
    return sheets


def _may(user: User, region: str) -> bool:
    try:
        return allows(by=user, right=RIGHT, path=path_to(region))
    except Refused:  # a place that is gone: who may record above it is not to be told
        return False


def _looked(outlook: Outlook) -> dict[str, Any]:
    """What would be recorded, what that would change, and what would not fit then."""
    some = effects(outlook)
    told = faults(some)
    return {
        **(impact_of(_change(outlook)) if outlook.rows else {}),
        "looked": True, "new": _new_table(outlook), "there": len(outlook.looked) - len(outlook.new),
        "papers": outlook.needed_papers, "change_table": changes(some),
        "places": len({place for one in some for place in one.places}),
        "findings": [(_about(one), one) for one in told],
        "forbidden": any(one.finding.kind in FORBIDDEN for one in told)}


def _about(told: Told) -> str:
    """Of which service and measure a finding tells."""
    say = told.finding.say or told.finding.against
    if say is None:
        return ""
    return f"{words(catalogue().name_of(say.subject))}{words(COMMA)}{words(measures()[say.measure].name)}"


def _page(request: HttpRequest, regions: Sequence[str], wrong: str = "", **more: Any) -> HttpResponse:
    held = tree()
    return render(request, "workbench/provision_import.html", {
        "wrong": wrong, "regions": [(code, place_name(held.known(code))) for code in regions], "most": MOST_ROWS,
        **more},
        status=400 if wrong or more.get("faults_table") else 200)


def _faults_table(sheets: Sheets) -> Table:
    columns = [Column("cell", _("Cell"), "head"), Column("wrong", _("What is wrong"))]
    return Table("faults", _("Faults, each with its cell"), columns,
                 [[one.cell, words(one.sentence)] for one in sheets.marked], stacked=True)


def _new_table(outlook: Outlook) -> Table:
    """The rows that would be recorded, as the list of provisions shows them."""
    known, names, held = measures(), catalogue(), tree()
    speech = Reader(held, labels(), known).speech
    columns = [Column("row", _("Row"), "head"), Column("subject", _("Service")), Column("measure", _("Measure")),
               Column("place", _("Place")), Column("says", _("Says")), Column("from", _("From"), "date")]
    rows: list[list[Cell | str]] = [
        [one.line.where, words(names.name_of(one.say.subject)), words(known[one.say.measure].name),
         place_name(held.known(one.say.place)), speech.says(one.say) if one.say.value is not None else _("nothing"),
         Cell(day(one.say.valid_from), plain=str(one.say.valid_from))] for one in outlook.new]
    return Table("new", _("What would be recorded"), columns, rows, stacked=True)
