"""Many guides at once from a workbook: take it away, fill it in, look at what it would do, record it."""

import secrets
import time
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.frame.addresses import short
from jizhun.frame.tables import XLSX, Cell, Column, Table
from jizhun.frame.tags import place_name, words
from jizhun.guides.actions import export_guides, field_of, look_at_workbook, take_in, with_faults
from jizhun.guides.actions.bringing import LIMITS, Brought
from jizhun.guides.actions.bulk import OUTCOMES, Looked
from jizhun.kernel.bilingual import COMMA, Bilingual, Refused
from jizhun.kernel.spreadsheets import open_book
from jizhun.kernel.texts import storable
from jizhun.people.actions import require
from jizhun.people.rules import Forbidden
from jizhun.regions.actions import tree
from jizhun.workbench.guide_asked import EDIT, Spot, spot_of

MOST_BYTES = 5 * 1024 * 1024
MOST_GUIDES = 2_000
"""As many as are looked at while a page waits; more go through ``jizhun guides import``."""
MOST_LISTED = 200
"""Faults and guides that the page names; the marked workbook has every fault."""
KEPT_SECONDS = 24 * 3600
SCOPES = {"own": gettext_lazy("this place only"), "below": gettext_lazy("the places directly below"),
          "counties": gettext_lazy("all counties below")}
COUNTY = 3


@login_required
def guide_bulk(request: HttpRequest) -> HttpResponse:
    """The form; the workbook; what a file would do or where it is wrong; the record."""
    spot = spot_of(request)
    require(by=spot.user, right=EDIT, path=spot.path)
    if request.method != "POST":
        return _exported(request, spot) if request.GET.get("scope") else _page(request, spot)
    try:
        return _answered(request, spot, _held(request, spot))
    except Forbidden:
        raise
    except Refused as refused:
        return _page(request, spot, words(refused.sentence))


def _places(spot: Spot) -> dict[str, list[str]]:
    """The places of each scope."""
    held, today = tree(), spot.today
    return {"own": [spot.region], "below": list(held.children(spot.region, today)),
            "counties": [code for code in held.within(spot.region, today)
                         if held.level(code) == COUNTY and code != spot.region]}


def _exported(request: HttpRequest, spot: Spot) -> HttpResponse:
    scope = request.GET["scope"]
    if scope not in SCOPES:
        raise Refused(zh=f"没有“{scope}”这种范围。", en=f"There is no scope “{scope}”.")
    chosen = _places(spot)[scope]
    if not chosen:
        raise Refused(zh="这一范围里没有地方。", en="There is no place in this scope.")
    content = export_guides(regions=chosen, sort=spot.sort, language=short(get_language()))
    return _file(content, f"jizhun-{spot.sort}s-{spot.region}-{scope}.xlsx")


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


# -- the file that is looked at --------------------------------------------------------------------


def _folder() -> Path:
    folder = Path(settings.FILES) / "guide-workbooks"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.xlsx"):
        if old.stat().st_mtime < time.time() - KEPT_SECONDS:
            old.unlink(missing_ok=True)
    return folder


def _held(request: HttpRequest, spot: Spot) -> Path:
    """The workbook handed in just now, or the one that was looked at before; only its sender's."""
    token = request.POST.get("held", "")
    if token:
        path = _folder() / f"{spot.user.pk}-{token}.xlsx"
        if not token.isalnum() or not path.is_file():
            raise Refused(zh="请重新选择文件：之前查看的文件已不在。",
                          en="Choose the file again: what was looked at is no longer there.")
        return path
    sent = request.FILES.get("file")
    if sent is None or not sent.size:
        raise Refused(zh="请选择填好的工作簿。", en="Choose the workbook that was filled in.")
    if sent.size > MOST_BYTES:
        raise Refused(zh="文件超过 5 MB：请用命令行 jizhun guides import。",
                      en="The file is larger than 5 MB: use jizhun guides import at the command line.")
    content = sent.read()
    open_book(content, storable(sent.name or ""), limits=LIMITS)  # what is no workbook is named as its sender named it
    path = _folder() / f"{spot.user.pk}-{secrets.token_hex(16)}.xlsx"
    path.write_bytes(content)
    return path


def _answered(request: HttpRequest, spot: Spot, path: Path) -> HttpResponse:
    step, brought = request.POST.get("step", "look"), _looked(spot, path)
    if step == "marked":
        return _file(with_faults(brought, short(get_language())), "jizhun-faults.xlsx")
    if step not in ("record", "good"):
        return _page(request, spot, brought=brought, held=path.stem.partition("-")[2])
    made = take_in(by=spot.user, brought=brought, sort=spot.sort, only_good=step == "good",
                   source=spot.user.username, note=request.POST.get("note", ""))
    path.unlink(missing_ok=True)
    return HttpResponseRedirect(f"{reverse('work-bulk')}?{spot.query}&made={made}")


def _looked(spot: Spot, path: Path) -> Brought:
    brought = look_at_workbook(by=spot.user, content=path.read_bytes(), name=path.name, sort=spot.sort,
                               source=spot.user.username)
    if len(brought.read.asked) > MOST_GUIDES:
        path.unlink(missing_ok=True)
        raise Refused(zh=f"文件里超过 {MOST_GUIDES:,} 份指南：请用命令行 jizhun guides import。",
                      en=f"The file holds more than {MOST_GUIDES:,} guides: use jizhun guides import at the command "
                         "line.")
    return brought


def _page(request: HttpRequest, spot: Spot, wrong: str = "", brought: Brought | None = None,
          held: str = "") -> HttpResponse:
    made = request.GET.get("made", "")
    return render(request, "workbench/guide_bulk.html", {
        "spot": spot, "wrong": wrong, "brought": brought, "held": held,
        "scopes": [(one, SCOPES[one], len(places)) for one, places in _places(spot).items() if places],
        "made": made if made.isdecimal() and len(made) < 7 else "", "most": MOST_GUIDES,
        "faults": _faults(brought) if brought and brought.marked else None,
        "number": len(brought.marked) if brought else 0, "good": len(brought.good) if brought else 0,
        "effect": _effect(spot, brought) if brought and brought.good else None,
        "listed": MOST_LISTED}, status=400 if wrong else 200)


def _faults(brought: Brought) -> Table:
    columns = [Column("cell", _("Cell"), "head"), Column("what", _("What is wrong"))]
    return Table("faults", _("Cells that are wrong"), columns, [
        [Cell(one.cell), _sentence(words(one.sentence))] for one in brought.marked[:MOST_LISTED]],
                 caption_hidden=True, stacked=True)


def _sentence(text: str) -> str:
    """What stands by a cell as a sentence of its own."""
    whole = text if text.endswith((".", "?", "。", "？")) else text + words(Bilingual("。", "."))
    return whole[:1].upper() + whole[1:]


def _effect(spot: Spot, brought: Brought) -> Table:
    """The guides that would be recorded, each with its fields and what becomes of them."""
    columns = [Column("matter", _("Matter"), "head"), Column("place", _("Place")),
               Column("fields", _("Fields that change"))]
    rows: list[Sequence[Cell | str]] = [
        [Cell(words(catalogue().name_of(one.change.matter)), small=one.change.matter),
         Cell(place_name(tree().known(one.change.region))), _fields(spot.sort, one)]
        for one in brought.good[:MOST_LISTED]]
    return Table("effect", _("What would be recorded"), columns, rows, caption_hidden=True, stacked=True)


def _fields(sort: str, one: Looked) -> str:
    told = [(field_of(sort, code).name, OUTCOMES[one.outcomes[code]]) for code in one.said]
    return words(COMMA).join(words(Bilingual(f"{name.zh}（{outcome.zh}）", f"{name.en} ({outcome.en})"))
                             for name, outcome in told)
