"""Acts on many cases that a page asked for: how far one is, what came of it; the form that has an index computed."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from jizhun.delivery.models import Source
from jizhun.evaluation import errands
from jizhun.evaluation.actions import Row, is_simulated, kept_rows, sources
from jizhun.evaluation.indices import INDICES
from jizhun.evaluation.models import Errand, Run
from jizhun.evaluation.rules import SMALLEST_PUBLISHED
from jizhun.frame.fields import Field
from jizhun.frame.heat import hidden
from jizhun.frame.lists import Listing, listing
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import place_name, share, words
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import parse_day
from jizhun.people.actions import regions_of
from jizhun.people.models import User
from jizhun.people.rules import Forbidden
from jizhun.regions.actions import tree
from jizhun.workbench.long_work import STATES, asked_at, forgetting, owned, stopping, swapped
from jizhun.workbench.tasks import do_errand
from jizhun.workbench.upload import user_of

WAYS = {"item": Bilingual("项目", "Item"), "matter": Bilingual("事项", "Matter"),
        "region": Bilingual("下一级地区", "Places one level below"), "county": Bilingual("区县", "Counties"),
        "month": Bilingual("月", "Month"), "channel": Bilingual("渠道", "Channel"), "group": Bilingual("人群", "Group")}


def asked_for(request: HttpRequest, what: str, asked: Mapping[str, Any]) -> HttpResponse:
    """Ask for an act and lead to its page; raises what the act would, before any work."""
    one, new = errands.ask_for(by=user_of(request), what=what, asked=asked)
    if new:
        do_errand.enqueue(one.token)
    return HttpResponseRedirect(reverse("work-errand", args=[one.token]))


@login_required
def errand(request: HttpRequest, token: str) -> HttpResponse:
    """One in whatever state it is; asked by htmx, only the part that changes, and the result once it is there."""
    one: Errand = owned(request, errands.own, token)
    if getattr(request, "htmx", False) and one.state == Errand.DONE and one.page:
        return HttpResponseClientRedirect(_result(request, one))
    if (part := swapped(request, one, "work-errand")) is not None:
        return part
    shown = _rows(request, one)
    return show(request, "workbench/errand.html", {
        "work": one, "state": STATES[one.state], "kind": errands.ACTS[one.what].name, "asked_at": asked_at(one),
        "place": tree().known(one.region) if one.region in tree() else None, "listing": shown,
        "simulated": is_simulated(one.source), "result": _result(request, one)}, [shown.whole] if shown else [])


def _result(request: HttpRequest, one: Errand) -> str:
    """The page of the result, in the language of this one."""
    return f"{reverse('workbench').removesuffix('work/')}{one.page}" if one.page else ""


errand_stop = stopping(errands.own, errands.cancel, "work-errand")
errand_forget = forgetting(errands.own, errands.forget, "work-errand", "jobs")


# -- an index --------------------------------------------------------------------------------------


def _rows(request: HttpRequest, one: Errand) -> Listing | None:
    """The rows of an evaluation, as they were computed."""
    run = Run.objects.filter(pk=one.run).first() if one.run else None
    if run is None:
        return None
    rows, simulated = kept_rows(run), is_simulated(run.source)
    names = run.parameters["by"].split(",") if run.parameters["by"] else []
    columns = [column for name in names for column in (Column(f"{name}_code", _("Code")),
                                                       Column(name, words(WAYS[name]), "head"))]
    numbers = [Column("cases", _("cases"), "number"), Column("numerator", _("Numerator"), "number"),
               Column("denominator", _("Denominator"), "number"), Column("share", _("Share"), "number")]
    return listing(request, Table("index", words(one.name), [*columns, *numbers],
                                  [_row(row, simulated) for row in rows], caption_hidden=True, stacked=True))


def _row(row: Row, simulated: bool) -> list[Cell | str]:
    names: list[Cell | str] = [text for code, name in row.labels for text in (code, words(name))]
    figure = row.figure
    if hidden(figure, simulated):
        return [*names, _("fewer than %(n)s") % {"n": SMALLEST_PUBLISHED}, "", "", ""]
    return [*names, *(Cell(f"{number:,}", plain=number)
                      for number in (figure.cases, figure.numerator, figure.denominator)),
            Cell(share(figure.value), plain="" if figure.value is None else round(figure.value, 6))]


@login_required
def compute_index(request: HttpRequest) -> HttpResponse:
    """The form; what it asks for is counted by the worker."""
    user, wrong = user_of(request), ""
    regions_of(by=user, right=errands.COMPUTE)
    if request.method == "POST":
        try:
            return asked_for(request, errands.EVALUATE, _asked(request))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    return render(request, "workbench/compute.html", {
        "fields": _fields(request, user), "wrong": wrong, "ways": [(code, words(name)) for code, name in WAYS.items()],
        "chosen": request.POST.getlist("by") or ["item"]}, status=400 if wrong else 200)


def _asked(request: HttpRequest) -> dict[str, str]:
    sent = request.POST
    said = {name: sent.get(name, "").strip() for name in ("index", "source", "region", "first", "last")}
    if said["source"] not in sources():
        raise Refused(zh="请选择数据来源。", en="Choose whose cases are to be looked at.")
    tree().known(said["region"])
    for name in ("first", "last"):
        said[name] = parse_day(said[name]).isoformat() if said[name] else ""
    return {**said, "by": ",".join(name for name in WAYS if name in sent.getlist("by"))}


def _fields(request: HttpRequest, user: User) -> list[Field]:
    sent, region = request.POST, regions_of(by=user, right=errands.COMPUTE)[0]
    known = [(row.code, f"{words(row.name)} ({row.code})") for row in Source.objects.filter(code__in=sources())]
    indices = [(code, words(one.name)) for code, one in INDICES.items() if not one.sums]
    return [
        Field("index", _("Indicator"), sent.get("index", "conformance"), choices=indices),
        Field("source", _("Handed in by"), sent.get("source", ""), choices=known),
        Field("region", _("Place (code)"), sent.get("region", region), hint=place_name(tree().known(region)),
              required=True),
        Field("first", _("Accepted from"), sent.get("first", ""), kind="date"),
        Field("last", _("Accepted to"), sent.get("last", ""), kind="date")]


# -- counts that pages read ------------------------------------------------------------------------


@login_required
@require_POST
def bring_counts(request: HttpRequest) -> HttpResponse:
    """Have the counts of a source brought up to date."""
    return asked_for(request, errands.COUNTS, {"source": request.POST.get("source", "")})
