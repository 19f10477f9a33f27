"""Publications at the workbench: what is out, what waits for review, and the form that makes a new one."""

from collections.abc import Sequence
from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from jizhun.delivery.models import Source
from jizhun.evaluation.actions import sources
from jizhun.evaluation.errands import MAKE, plan_asked
from jizhun.evaluation.indices import INDICES
from jizhun.evaluation.models import Proposal, Publication
from jizhun.evaluation.publications import Plan, newest, waiting
from jizhun.evaluation.rules.publishing import ACROSS, DOWN
from jizhun.frame.fields import Field
from jizhun.frame.lists import listing
from jizhun.frame.published import AXES
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import place_name, words
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import parse_day
from jizhun.people.actions import allows, path_to, regions_of, regions_of_any
from jizhun.people.models import User
from jizhun.people.rules import Forbidden
from jizhun.regions.actions import tree
from jizhun.workbench.errands import asked_for
from jizhun.workbench.making import Need
from jizhun.workbench.upload import user_of

READ, COMPUTE, PUBLISH = "result.read", "result.compute", "result.publish"
LEVEL_NAMES = {"region": Bilingual("地区（下一级）", "Places one level below"), "nation": Bilingual("国家", "Nation"),
               "province": Bilingual("省", "Provinces"), "prefecture": Bilingual("地级市", "Prefectures"),
               "county": Bilingual("区县", "Counties"), "": Bilingual("（无）", "(nothing)")}


def visible(user: User) -> list[Publication]:
    """The publications of places whose results ``user`` reads."""
    regions = regions_of(by=user, right=READ)
    held, today = tree(), timezone.localdate()
    within = {code for region in regions for code in held.within(region, today)}
    return [one for one in Publication.objects.all() if one.region in within]


@login_required
def work_publications(request: HttpRequest) -> HttpResponse:
    """The list."""
    user = user_of(request)
    shown = listing(request, _table(visible(user)))
    may_make = any(allows(by=user, right=COMPUTE, path=path_to(region)) for region in regions_of(by=user, right=READ))
    return show(request, "workbench/publications.html", {"listing": shown, "may_make": may_make}, [shown.whole])


def _table(found: Sequence[Publication]) -> Table:
    columns = [Column("title", _("Title"), "head"), Column("place", _("Place")),
               Column("period", _("Accepted from, to")), Column("edition", _("Edition"), "number"),
               Column("state", _("State")), Column("kind", _("Kind"))]
    return Table("work-publications", _("Publications"), columns, [_row(one) for one in found], caption_hidden=True,
                 stacked=True)


def _row(one: Publication) -> list[Cell | str]:
    out, open_one = newest(one), waiting(one)
    state = _("waits for review") if open_one else _("published") if out else _("sent back")
    return [Cell(words(one.title), href=reverse("work-publication", args=[one.code]), small=one.code),
            place_name(tree().known(one.region)), f"{one.first} – {one.last}",
            Cell(str(out.number) if out else "", plain=out.number if out else ""),
            Cell(state, sign="kept" if state == _("published") else ""),
            Cell(_("simulated"), sign="simulated") if one.simulated else _("real cases")]


# -- making one ------------------------------------------------------------------------------------


@login_required
def new_publication(request: HttpRequest) -> HttpResponse:
    """The form; the worker makes the figures, which then wait for somebody else."""
    user, wrong = user_of(request), ""
    regions_of_any(by=user, rights=(COMPUTE,))
    if request.method == "POST":
        try:
            return asked_for(request, MAKE, plan_asked(_plan(request.POST), _perhaps(request.POST, "as_of")))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    return render(request, "workbench/publication_new.html", {
        "fields": _fields(request.POST, user), "wrong": wrong,
        "indices": [(code, words(one.name)) for code, one in INDICES.items() if not one.sums],
        "chosen": request.POST.getlist("indices") or ["conformance"]}, status=400 if wrong else 200)


def _plan(sent: QueryDict) -> Plan:
    said = {name: sent.get(name, "").strip() for name in ("code", "region", "source", "down", "across")}
    first, last = _perhaps(sent, "first"), _perhaps(sent, "last")
    if first is None or last is None:
        raise Refused(zh="请填写受理日期的起止。", en="Fill in the first and the last day of acceptance.")
    tree().known(said["region"])
    return Plan(said["code"], Bilingual(sent.get("title_zh", ""), sent.get("title_en", "")), said["region"],
                said["source"], first, last, said["down"], said["across"], sent.getlist("indices"))


def _perhaps(sent: QueryDict, name: str) -> date | None:
    text = sent.get(name, "").strip()
    return parse_day(text) if text else None


def _fields(sent: QueryDict, user: User) -> list[Field]:
    def one(name: str, label: str, hint: str = "", kind: str = "text", choices: Sequence[tuple[str, str]] = (),
            default: str = "", required: bool = False) -> Field:
        return Field(name, label, str(sent.get(name, default)), hint=hint, kind=kind, choices=choices,
                     required=required)

    region = regions_of(by=user, right=COMPUTE)[0]
    known = [(row.code, f"{words(row.name)} ({row.code})") for row in Source.objects.filter(code__in=sources())]
    return [
        one("code", _("Code"), _("It stands in the address: letters, digits, hyphens"), required=True),
        one("title_zh", _("Title in Chinese"), required=True), one("title_en", _("Title in English"), required=True),
        one("region", _("Place (code)"), default=region, required=True),
        one("source", _("Handed in by"), choices=known), one("first", _("Accepted from"), kind="date", required=True),
        one("last", _("Accepted to"), kind="date", required=True),
        one("as_of", _("Data date"), _("Empty: the newest"), kind="date"),
        one("down", _("Rows"), choices=_axes(DOWN), default="item"),
        one("across", _("Columns"), choices=_axes(ACROSS), default="region")]


def _axes(codes: Sequence[str]) -> list[tuple[str, str]]:
    return [(code, words({**AXES, **LEVEL_NAMES}[code])) for code in codes]


# -- what needs me ---------------------------------------------------------------------------------


def reviewing(user: User) -> list[Need]:
    """Figures that wait for somebody else's eyes, where I may publish."""
    rows = Proposal.objects.filter(edition=None, returned=None).select_related("publication")
    return [Need(words(one.publication.title), _("Figures wait for your review"),
                 reverse("work-publication", args=[one.publication.code])) for one in rows
            if one.maker != user.username and allows(by=user, right=PUBLISH, path=path_to(one.publication.region))]
