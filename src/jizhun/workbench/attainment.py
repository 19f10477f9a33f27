"""Rounds of attainment: which there are, by which sheets, and the form that opens one."""

from datetime import date, timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.delivery.models import Source
from jizhun.evaluation.attainment import open_round
from jizhun.evaluation.models import Round, RoundResults
from jizhun.evaluation.rules.attainment import Stages
from jizhun.evaluation.rules.sheet_words import knock_out, scoring
from jizhun.evaluation.rules.sheets import Sheet, plain
from jizhun.evaluation.sheets import SHEET, edition_of, editions, name_of, sheet_of
from jizhun.frame.fields import Field
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import day, place_name, share, words
from jizhun.kernel.bilingual import Refused
from jizhun.people.rules import Forbidden
from jizhun.regions.actions import tree
from jizhun.workbench.evaluation_asked import COMPUTE, Looker, day_in, in_this_language, known_place, looker_of


@login_required
def rounds(request: HttpRequest) -> HttpResponse:
    """Every round that touches one's places; the sheets on record; a new round."""
    who, wrong = looker_of(request), ""
    if request.method == "POST":
        try:
            made = _opened(request.POST, who)
            return HttpResponseRedirect(reverse("work-round", args=[made.pk]))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    table = _rounds(who)
    sheets = [(one, sheet_of(one), name_of(one)) for one in editions(SHEET)]
    return show(request, "workbench/attainment.html", {
        "table": table, "sheets": sheets, "wrong": wrong,
        "fields": _fields(request.POST, who) if who.where(COMPUTE) and sheets else []},
                [table], status=400 if wrong else 200)


@login_required
def sheet_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One edition of a sheet: its sections and items, how they are scored, what knocks out, what is computed."""
    looker_of(request)
    edition = edition_of(SHEET, pk)
    sheet = sheet_of(edition)
    table = _items(sheet)
    return show(request, "workbench/sheet.html", {
        "sheet": sheet, "name": name_of(edition), "table": table, "edition": edition,
        "mark": share(sheet.pass_share)}, [table])


def _items(sheet: Sheet) -> Table:
    columns = [Column("item", _("Item"), "head"), Column("points", _("Points"), "number"),
               Column("scoring", _("How it is scored")), Column("evidence", _("Evidence asked for")),
               Column("computed", _("Computed by the product"))]
    rows: list[list[Cell | str]] = []
    for section in sheet.sections:
        for item in section.items:
            asked = words(item.evidence) + (f" ({_('needed')})" if item.evidence_needed else "")
            rows.append([Cell(words(item.name), small=words(section.name)),
                         Cell(plain(item.points), plain=float(item.points)),
                         Cell(words(scoring(item)), small=words(knock_out(item))), asked, item.computes])
    return Table("items", _("Items"), columns, rows, caption_hidden=True, stacked=True)


def shown_rounds(who: Looker) -> list[Round]:
    """Rounds held at, above or below one's places."""
    held = tree()
    way = {code for region in who.regions for code in held.path(region, who.today)}
    return [one for one in Round.objects.select_related("sheet") if one.region in way or who.sees(one.region)]


def _rounds(who: Looker) -> Table:
    held, done = tree(), set(RoundResults.objects.values_list("round_id", flat=True))
    columns = [Column("name", _("Round"), "head"), Column("place", _("Place")), Column("period", _("Period")),
               Column("state", _("State")), Column("until", _("Until"), "date")]
    rows: list[list[Cell | str]] = []
    for one in shown_rounds(who):
        state, until = state_of(one, who.today, one.pk in done)
        rows.append([Cell(words(one.name), href=reverse("work-round", args=[one.pk]),
                          small=_("simulated") if one.simulated else ""),
                     place_name(held.known(one.region)), f"{one.first} – {one.last}", state,
                     day(until) if until else ""])
    return Table("rounds", _("Rounds"), columns, rows, caption_hidden=True, stacked=True)


def state_of(one: Round, on: date, published: bool) -> tuple[str, date | None]:
    """What goes on in a round on a day, and until when."""
    if published:
        return _("published"), None
    if on < one.opens:
        return _("opens later"), one.opens
    for until, name in ((one.self_until, _("self-assessment")), (one.check_until, _("city check")),
                        (one.sample_until, _("provincial sample"))):
        if on <= until:
            return name, until
    return _("to be published"), None


def _opened(sent: QueryDict, who: Looker) -> Round:
    days = [day_in(sent, name, label) for name, label in _days()]
    return open_round(
        by=who.user, sheet=edition_of(SHEET, sent.get("sheet", "")), region=known_place(sent.get("region", "")),
        name=in_this_language(sent.get("name", "")), first=day_in(sent, "first", _("Period from")),
        last=day_in(sent, "last", _("Period until")), source=sent.get("source", ""), stages=Stages(*days))


def _days() -> list[tuple[str, str]]:
    return [("opens", _("Opens on")), ("self_until", _("Self-assessment until")),
            ("check_until", _("City check until")), ("sample_until", _("Provincial sample until"))]


def _fields(sent: QueryDict, who: Looker) -> list[Field]:
    own, held = who.where(COMPUTE), tree()
    places = [(code, f"{place_name(held.known(code))} {code}") for code in own]
    sheets = [(str(one.pk), words(name_of(one))) for one in editions(SHEET)]
    sources = [("", _("no cases")), *((one.code, f"{words(one.name)} ({one.code})")
                                      for one in Source.objects.order_by("code"))]
    last_year = date(who.today.year - 1, 12, 31)
    usual = {"opens": who.today, "self_until": who.today + timedelta(30), "check_until": who.today + timedelta(60),
             "sample_until": who.today + timedelta(90)}
    return [Field("name", _("Name of the round"), sent.get("name", ""), required=True),
            Field("sheet", _("Score sheet"), sent.get("sheet", ""), choices=sheets),
            Field("region", _("Within"), sent.get("region", own[0]), choices=places),
            Field("source", _("Cases handed in by"), sent.get("source", ""), choices=sources,
                  hint=_("From these the product computes what it can")),
            Field("first", _("Period from"), sent.get("first", f"{last_year.year}-01-01"), kind="date", required=True),
            Field("last", _("Period until"), sent.get("last", last_year.isoformat()), kind="date", required=True),
            *(Field(name, label, sent.get(name, usual[name].isoformat()), kind="date", required=True)
              for name, label in _days())]
