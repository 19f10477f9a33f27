"""A rule as a file: taken away as DMN or as a workbook, and brought back; what is wrong is told by its cell."""

from collections.abc import Iterable

from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.entitlements.actions import entitlements
from jizhun.entitlements.dmn import write_model
from jizhun.entitlements.interchange import Brought, Offered, Wrong, from_xlsx, to_xlsx
from jizhun.entitlements.interchange.reading import ordered
from jizhun.entitlements.rules import Rule
from jizhun.entitlements.rules.exchanging import file_parts, labelled, plain_parts
from jizhun.entitlements.rules.proofreading import At, mistakes
from jizhun.frame.addresses import short
from jizhun.frame.tables import XLSX, Column, Table, show
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import parse_day
from jizhun.people.rules import Forbidden
from jizhun.provisions.actions import measures
from jizhun.provisions.models import Document
from jizhun.regions.actions import tree
from jizhun.workbench.provision_page import scope_of
from jizhun.workbench.rule_change import FIELDS, Ground, looked, opened_ground, start
from jizhun.workbench.rule_page import head_of, rule_or_why
from jizhun.workbench.rules import Spot, spot_of
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
        raise Http404 if broken is None else Refused(zh=broken.zh, en=broken.en)
    kind, printed = PRINTED[form]
    response = HttpResponse(printed(found, spot), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{code}-{spot.code}-{spot.on}.{form}"'
    return response


def _dmn(found: Rule, spot: Spot) -> bytes:
    return write_model(labelled(found, short(get_language())))


def _workbook(found: Rule, spot: Spot) -> bytes:
    return workbook_of(found, spot.code, spot.on.isoformat())


PRINTED = {"dmn": ("application/dmn+xml", _dmn), "xlsx": (XLSX, _workbook)}


def workbook_of(found: Rule, region: str, first: str) -> bytes:
    """The workbook of a rule, with what may be chosen at the place."""
    path = tree().path(region, parse_day(first))
    rows = Document.objects.filter(region__in=path).order_by("code")
    offered = Offered([(row.code, Bilingual(row.title_zh, row.title_en)) for row in rows],
                      [(code, one.name) for code, one in measures().items()], list(entitlements().facts.values()))
    return to_xlsx(plain_parts(found), {"entitlement": found.head.code, "region": region, "from": first}, offered)


# -- brought back


@login_required
def bring_rule(request: HttpRequest, code: str) -> HttpResponse:
    """Choose a DMN file or a workbook; what is in it leads to the form, with what it would do."""
    ground = opened_ground(request, code)
    if request.method != "POST":
        return _page(request, ground)
    try:
        content, name = _content(request)
        if name.lower().endswith(".xlsx"):
            return _workbook_brought(request, ground, from_xlsx(content))
        parts = file_parts(content, ground.here, entitlements().facts)
        return looked(request, start(ground, None, parts))
    except Forbidden:
        raise
    except Refused as refused:
        return _page(request, ground, words(refused.sentence))


def _content(request: HttpRequest) -> tuple[bytes, str]:
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile) or not file.size:
        raise Refused(zh="请选择一个不是空的文件。", en="Choose a file that is not empty.")
    if file.size > LARGEST:
        raise Refused(zh="文件大于 10 MB。", en="The file is larger than 10 MB.")
    return file.read(), file.name or ""


def _page(request: HttpRequest, ground: Ground, wrong: str = "", cells: Iterable[Wrong] = ()) -> HttpResponse:
    table = cells_table(cells)
    return show(request, "workbench/rule_file.html", {
        "head": ground.head, "spot": ground.spot, "wrong": wrong, "cells": table if table.rows else None},
        [table], status=400 if wrong else 200)


def _workbook_brought(request: HttpRequest, ground: Ground, brought: Brought) -> HttpResponse:
    wrong = wrong_in(brought, ground.head.code, ground.spot.code)
    if wrong:
        sentence = _("Mend these cells in your file and upload it again; nothing was taken from it.")
        return _page(request, ground, sentence, wrong)
    typed = {name: text for name, text in brought.version.items() if name in FIELDS}
    return looked(request, start(ground, typed, brought.parts))


def wrong_in(brought: Brought, code: str, region: str) -> list[Wrong]:
    """Everything that is wrong in a workbook, for a rule and a place."""
    found = list(brought.wrong)
    if not found:  # cells that could not be read make further mistakes that are none
        found += [brought.at(one.at, one.sentence) for one in mistakes(brought.parts, entitlements().facts)]
    return ordered([*found, *_other_rule(brought, code, region), *_unknown_papers(brought)])


def _other_rule(brought: Brought, code: str, region: str) -> Iterable[Wrong]:
    for key, wanted in (("entitlement", code), ("region", region)):
        said = brought.version.get(key, wanted)
        if said != wanted:
            yield Wrong("version 版本", "B1" if key == "entitlement" else "B2", Bilingual(
                f"这里是“{wanted}”，文件里是“{said}”。", f"This is “{wanted}”, and the file says “{said}”."))


def _unknown_papers(brought: Brought) -> Iterable[Wrong]:
    known = set(Document.objects.values_list("code", flat=True))

    def sentence(document: str) -> Bilingual:
        return Bilingual(f"没有代码为“{document}”的文件。", f"There is no paper “{document}”.")

    if brought.version.get("document", "") not in {"", *known}:
        yield Wrong("version 版本", "B5", sentence(brought.version["document"]))
    for rows in brought.parts.values():
        for row in rows:
            if row.get("document", "") not in {"", *known}:
                yield brought.at(At(row["name"], "document"), sentence(row["document"]))
            for place, line in enumerate((row.get("table") or {}).get("rows") or ()):
                if line.get("document", "") not in {"", *known}:
                    yield brought.at(At(row["name"], "then", place), sentence(line["document"]))


def cells_table(cells: Iterable[Wrong]) -> Table:
    """Mistakes by sheet and cell."""
    return Table("cells", _("What is wrong in the file"), [
        Column("sheet", _("Sheet"), "head"), Column("cell", _("Cell")), Column("what", _("What is wrong"))],
        [[one.sheet, one.cell, words(one.sentence)] for one in cells], caption_hidden=True, stacked=True)

