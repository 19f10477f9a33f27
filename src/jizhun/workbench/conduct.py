"""Conduct evidence at the workbench: the ledger with what is overdue, a new record, one record and its points."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.evaluation.conduct import (
    Observed,
    Standing,
    act_on,
    ledger_of,
    record_conduct,
    record_of,
    seen_of,
    standing_of,
)
from jizhun.evaluation.models import ConductAct, ConductPoint, ConductRecord
from jizhun.evaluation.rules.conduct import FITS, KINDS, LEDGER, Seen
from jizhun.frame.fields import Field
from jizhun.frame.lists import listing
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import day, place_name, words
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.dating import parse_day
from jizhun.people.rules import Forbidden, forbidden
from jizhun.provisions.actions import measures
from jizhun.provisions.rules.telling import quantity, unit_in_words
from jizhun.regions.actions import tree
from jizhun.workbench.evaluation_asked import (
    INSPECT,
    READ,
    REPORT,
    Looker,
    day_in,
    evidence_in,
    evidence_out,
    known_place,
    looker_of,
)

SEEN_ROWS, POINT_ROWS = 3, 4
STATES = ("", "overdue", *LEDGER.states)


@login_required
def ledger(request: HttpRequest) -> HttpResponse:
    """Every point of one's places, the longest overdue first; and every record."""
    who = looker_of(request)
    wanted = request.GET.get("state", "")
    every = ledger_of(regions=who.within, on=who.today)
    points = [one for one in every if wanted in ("", one.state) or (wanted == "overdue" and one.overdue)]
    records = _records(ConductRecord.objects.filter(region__in=who.within))
    shown = listing(request, _points(points))
    return show(request, "workbench/conduct.html", {
        "listing": shown, "records": records, "overdue": sum(bool(one.overdue) for one in every),
        "left": sum(one.state != "closed" for one in every), "every": len(every), "may": bool(who.where(INSPECT)),
        "states": [(code, words(LEDGER.states[code]) if code in LEDGER.states else _("overdue") if code else
                    _("everything")) for code in STATES], "state": wanted}, [shown.whole, records])


def _points(points: list[Standing]) -> Table:
    held = tree()
    columns = [Column("point", _("Point"), "head"), Column("place", _("Place")), Column("state", _("State")),
               Column("due", _("To be put right by"), "date"), Column("overdue", _("Days overdue"), "number"),
               Column("kind", _("Found by"))]
    rows: list[list[Cell | str]] = []
    for one in points:
        record = one.point.record
        rows.append([
            Cell(one.point.text, href=f"{reverse('work-conduct-one', args=[record.pk])}#p{one.point.number}",
                 small=f"{record.pk}.{one.point.number}"),
            place_name(held.known(record.region)), Cell(words(one.name), sign="kept" if one.state == "closed" else ""),
            day(one.due) if one.due else "", Cell(str(one.overdue or ""), sign="breach" if one.overdue else "",
                                                  plain=one.overdue or ""),
            Cell(words(KINDS[record.kind]), small=day(record.on))])
    return Table("points", _("Ledger of points"), columns, rows, caption_hidden=True, stacked=True)


def _records(records: Iterable[ConductRecord]) -> Table:
    held, names = tree(), catalogue()
    columns = [Column("on", _("Day"), "date"), Column("what", _("What was seen"), "head"), Column("kind", _("Kind")),
               Column("place", _("Place")), Column("matter", _("Matter")), Column("fits", _("Beside the promise"))]
    rows: list[list[Cell | str]] = []
    for one in records:
        broken = sum(seen["fits"] == "broken" for seen in one.seen)
        rows.append([day(one.on), Cell(one.text[:80], href=reverse("work-conduct-one", args=[one.pk]),
                                       small=_("simulated") if one.simulated else ""),
                     words(KINDS[one.kind]), place_name(held.known(one.region)),
                     words(names.name_of(one.matter)) if one.matter in names.matters else "",
                     Cell(words(FITS["broken"]), sign="breach") if broken else
                     Cell(words(FITS["kept"]), sign="kept") if one.seen else ""])
    return Table("records", _("Records"), columns, rows, caption_hidden=True, stacked=True)


# -- a new record ----------------------------------------------------------------------------------


@login_required
def new_conduct(request: HttpRequest) -> HttpResponse:
    """The form of a walk-through, an unannounced visit or a supervision notice."""
    who, wrong = looker_of(request), ""
    if not who.where(INSPECT):
        raise forbidden(INSPECT, who.regions[0])
    if request.method == "POST":
        try:
            made = _recorded(request, who)
            return HttpResponseRedirect(reverse("work-conduct-one", args=[made.pk]))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    sent = request.POST
    known = [(code, f"{words(one.name)} ({words(unit_in_words(one.unit))})") for code, one in measures().items()
             if one.kind != "parameter" and one.unit != "text"]
    return render(request, "workbench/conduct_new.html", {
        "fields": _fields(sent, who), "measures": known, "wrong": wrong,
        "seen": [(n, sent.get(f"measure-{n}", ""), sent.get(f"observed-{n}", ""), sent.get(f"unit-{n}", ""))
                 for n in range(1, SEEN_ROWS + 1)],
        "points": [(n, sent.get(f"point-{n}", ""), sent.get(f"due-{n}", "")) for n in range(1, POINT_ROWS + 1)]},
                  status=400 if wrong else 200)


def _recorded(request: HttpRequest, who: Looker) -> ConductRecord:
    sent = request.POST
    points: list[tuple[str, date | None]] = []
    for n in range(1, POINT_ROWS + 1):
        if text := sent.get(f"point-{n}", "").strip():
            points.append((text, parse_day(sent[f"due-{n}"]) if sent.get(f"due-{n}", "").strip() else None))
    seen = [Observed(sent[f"measure-{n}"], sent.get(f"observed-{n}", ""), sent.get(f"unit-{n}", ""))
            for n in range(1, SEEN_ROWS + 1) if sent.get(f"measure-{n}")]
    return record_conduct(
        by=who.user, kind=sent.get("kind", ""), region=known_place(sent.get("region", "")),
        matter=sent.get("matter", "").strip(), on=day_in(sent, "on", _("Day")), who=sent.get("who", ""),
        where=sent.get("where", ""), text=sent.get("text", ""), seen=seen, points=points,
        evidence=evidence_in(request, "file", "links"))


def _fields(sent: QueryDict, who: Looker) -> list[Field]:
    matters = [("", "–"), *((one.code, f"{words(one.name)} {one.code}") for one in catalogue().matters.values())]
    return [Field("kind", _("Kind"), sent.get("kind", "walk"), choices=[(c, words(name)) for c, name in KINDS.items()]),
            Field("region", _("Place"), sent.get("region", who.where(INSPECT)[0]), choices=who.choices(),
                  hint=_("A visit or a notice is entered from above the place")),
            Field("matter", _("Matter"), sent.get("matter", ""), choices=matters),
            Field("on", _("Day"), sent.get("on", who.today.isoformat()), kind="date", required=True),
            Field("who", _("Who went"), sent.get("who", ""), hint=_("A role or team, not a private person"),
                  required=True),
            Field("where", _("Where it was"), sent.get("where", "")),
            Field("text", _("What was seen"), sent.get("text", ""), kind="textarea", required=True)]


# -- one record ------------------------------------------------------------------------------------


@login_required
def one_conduct(request: HttpRequest, pk: int) -> HttpResponse:
    """A record with what was seen beside the promise, and its points; acts on a point are posted to it."""
    who, record, wrong = looker_of(request), record_of(pk), ""
    if not who.sees(record.region):
        raise forbidden(READ, record.region)
    if request.method == "POST":
        try:
            _acted(request, who, record)
            return HttpResponseRedirect(reverse("work-conduct-one", args=[pk]))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    held, rows = measures(), seen_of(record)
    table = Table("seen", _("Seen and promised"), [
        Column("measure", _("Measure"), "head"), Column("observed", _("Seen")),
        Column("promised", _("Promised that day")),
        Column("fits", _("Beside the promise"))], [
            [words(held[one.measure].name), _observed(one), words(one.promised),
             Cell(words(FITS[one.fits]), sign={"kept": "kept", "broken": "breach"}.get(one.fits, ""))] for one in rows],
                  caption_hidden=True, stacked=True)
    points = [(standing_of(point, who.today), _acts(who, point, record)) for point in
              record.points.prefetch_related("acts")]
    return show(request, "workbench/conduct_one.html", {
        "record": record, "kind": KINDS[record.kind], "place": tree().known(record.region), "table": table,
        "matter": catalogue().matters.get(record.matter), "points": points, "wrong": wrong,
        "names": {code: words(name) for code, name in LEDGER.acts.items()}, "typed": request.POST if wrong else {}},
                [table], status=400 if wrong else 200)


def _observed(one: Seen) -> str:
    return one.observed if one.unit == "set" else words(quantity(Decimal(one.observed), one.unit))


def _acts(who: Looker, point: ConductPoint, record: ConductRecord) -> list[tuple[str, str, bool]]:
    """What somebody may do with a point now: code, name, whether a new day may be set."""
    acts = []
    for one in LEDGER.open_to(standing_of(point, who.today).state):
        path = tree().path(record.region, who.today)
        at = path if one.right == REPORT or record.kind == "walk" else path[:-1]
        if at and who.may(one.right, at[-1]):
            acts.append((one.act, words(LEDGER.acts[one.act]), one.to == "open"))
    return acts


def _acted(request: HttpRequest, who: Looker, record: ConductRecord) -> None:
    sent = request.POST
    number = sent.get("point", "")
    point = record.points.filter(number=int(number)).first() if number.isdecimal() and len(number) < 6 else None
    if point is None:
        raise Refused(zh="没有这一条问题。", en="There is no such point.")
    act_on(by=who.user, point=point, act=sent.get("act", ""), text=sent.get("text", ""),
           due=parse_day(sent["due"]) if sent.get("due", "").strip() else None,
           evidence=evidence_in(request, "file", "links"))


@login_required
def conduct_evidence(request: HttpRequest, pk: int, digest: str) -> HttpResponse:
    """A file that belongs to a record or to an act on one of its points."""
    who, record = looker_of(request), record_of(pk)
    if not who.sees(record.region):
        raise forbidden(READ, record.region)
    acts = ConductAct.objects.filter(point__record=record).values_list("evidence", flat=True)
    return evidence_out(digest, [*record.evidence, *(piece for row in acts for piece in row)])
