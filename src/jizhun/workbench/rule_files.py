"""A rule as a file: taken away as DMN or as a workbook, and brought back; what is wrong is told by its cell."""

from collections.abc import Iterable

from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.entitlements.interchange import Wrong
from jizhun.entitlements.interchange.recorded import as_dmn, as_workbook, taken_from
from jizhun.entitlements.rules import Rule
from jizhun.frame.addresses import short
from jizhun.frame.surround import NotFound
from jizhun.frame.tables import XLSX, Column, Table, show
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Refused
from jizhun.people.rules import Forbidden
from jizhun.workbench.provision_page import scope_of
from jizhun.workbench.rule_change import FIELDS, Opening, looked, opening_of, start
from jizhun.workbench.rule_lists import Spot, spot_of
from jizhun.workbench.rule_page import head_of, rule_or_why
from jizhun.workbench.upload import user_of

LARGEST = 10_000_000


# -- taken away


@login_required
def rule_file(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """The rule at a place and day as DMN, or as the workbook in which it can be changed."""
    user, head = user_of(request), head_of(code)
    if form not in PRINTED:
        raise Http404
    spot = spot_of(request, user, scope_of(user))
    found, broken = rule_or_why(head.code, spot)
    if found is None:
        if broken is not None:
            raise Refused(zh=broken.zh, en=broken.en)
        raise NotFound(zh=f"{spot.on} 在 {spot.code} 没有“{code}”的规则。",
                       en=f"No rule “{code}” is in force in {spot.code} on {spot.on}.")
    kind, printed = PRINTED[form]
    response = HttpResponse(printed(found, spot), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{code}-{spot.code}-{spot.on}.{form}"'
    return response


def _dmn(found: Rule, spot: Spot) -> bytes:
    return as_dmn(found, short(get_language()))


def _workbook(found: Rule, spot: Spot) -> bytes:
    return as_workbook(found, spot.code, spot.on)


PRINTED = {"dmn": ("application/dmn+xml", _dmn), "xlsx": (XLSX, _workbook)}


# -- brought back


@login_required
def bring_rule(request: HttpRequest, code: str) -> HttpResponse:
    """Choose a DMN file or a workbook; what is in it leads to the form, with what it would do."""
    opening = opening_of(request, code)
    if request.method != "POST":
        return _page(request, opening)
    try:
        taken = taken_from(opening.change, *_content(request))
        if taken.wrong:
            sentence = _("Mend these cells in your file and upload it again; nothing was taken from it.")
            return _page(request, opening, sentence, taken.wrong)
        typed = {name: text for name, text in taken.version.items() if name in FIELDS}
        return looked(request, start(opening, typed, taken.parts))
    except Forbidden:
        raise
    except Refused as refused:
        return _page(request, opening, words(refused.sentence))


def _content(request: HttpRequest) -> tuple[bytes, str]:
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile) or not file.size:
        raise Refused(zh="请选择一个不是空的文件。", en="Choose a file that is not empty.")
    if file.size > LARGEST:
        raise Refused(zh="文件大于 10 MB。", en="The file is larger than 10 MB.")
    return file.read(), file.name or ""


def _page(request: HttpRequest, opening: Opening, wrong: str = "", cells: Iterable[Wrong] = ()) -> HttpResponse:
    table = cells_table(cells)
    return show(request, "workbench/rule_file.html", {
        "head": opening.head, "spot": opening.spot, "wrong": wrong, "cells": table if table.rows else None},
        [table], status=400 if wrong else 200)


def cells_table(cells: Iterable[Wrong]) -> Table:
    """Mistakes by sheet and cell."""
    return Table("cells", _("What is wrong in the file"), [
        Column("sheet", _("Sheet"), "head"), Column("cell", _("Cell")), Column("what", _("What is wrong"))],
        [[one.sheet, one.cell, words(one.sentence)] for one in cells], caption_hidden=True, stacked=True)

