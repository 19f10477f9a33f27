"""Reports on what was promised and kept: those one may read, the form that asks for one, and the page of one."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.delivery.models import Source
from jizhun.evaluation.models import Report
from jizhun.evaluation.reports import keeping
from jizhun.evaluation.reports.gathering import periods_of, source_of
from jizhun.evaluation.reports.periods import read_period
from jizhun.evaluation.reports.products import PRODUCTS
from jizhun.frame.addresses import short
from jizhun.frame.fields import Field
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import place_name, words
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.actions import allows, path_to, regions_of
from jizhun.people.models import User
from jizhun.people.rules import Forbidden
from jizhun.regions.actions import tree
from jizhun.workbench.long_work import STATES, asked_at, forgetting, stopping, swapped
from jizhun.workbench.tasks import make_report
from jizhun.workbench.upload import user_of

LANGUAGE_NAMES = {"zh": "中文", "en": "English"}
PLACES_LISTED = 150


@login_required
def reports(request: HttpRequest) -> HttpResponse:
    """The reports that one may read, the newest first, each with its files."""
    user = user_of(request)
    columns = [Column("what", _("Report"), "head"), Column("period", _("Period")), Column("source", _("Source")),
               Column("language", _("Language")), Column("asked", _("Asked"), "date"), Column("state", _("State"))]
    rows = [_row(one) for one in keeping.readable(by=user)]
    table = Table("reports", _("Reports"), columns, rows, caption_hidden=True, stacked=True)
    return show(request, "workbench/reports.html", {"table": table, "may_ask": _may_ask(user)}, [table])


def _row(one: Report) -> list[Cell | str]:
    return [Cell(_place(one), href=reverse("work-report", args=[one.token])), words(read_period(one.period).name),
            Cell(one.source, sign="simulated" if one.simulated else ""), LANGUAGE_NAMES[one.language],
            asked_at(one), str(STATES[one.state])]


def _place(one: Report) -> str:
    return place_name(tree().known(one.region)) if one.region in tree() else one.region


def _may_ask(user: User) -> bool:
    try:
        return bool(regions_of(by=user, right=keeping.ASK))
    except Forbidden:
        return False


# -- the form


@login_required
def report_new(request: HttpRequest) -> HttpResponse:
    """The form; posted, it asks for a report and leads to its page."""
    form = _Form(user_of(request), regions_of(by=user_of(request), right=keeping.ASK))
    if request.method != "POST":
        form.start(request)
        return _shown(request, form)
    asked = form.asked(request)
    if asked is None:
        return _shown(request, form, 400)
    make_report.enqueue(asked.token)
    return HttpResponseRedirect(reverse("work-report", args=[asked.token]))


def _shown(request: HttpRequest, form: "_Form", status: int = 200) -> HttpResponse:
    context = {"fields": form.fields(), "wrong": form.wrong, "sources": bool(form.sources)}
    return render(request, "workbench/report_form.html", context, status=status)


@dataclass
class _Form:
    """What was typed, what is wrong with it, and the fields that show both."""

    user: User
    granted: list[str]
    typed: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.places = [code for own in self.granted for code in _places_in(own)]
        self.sources = keeping.offered_sources(self.places)

    def start(self, request: HttpRequest) -> None:
        """What was asked for last time, or the newest quarter of the first source."""
        asked = request.GET
        source = asked.get("source") or next(iter(self.sources), "")
        region = asked.get("region") or self._region_of(source)
        self.typed = {"source": source, "region": region, "other": "",
                      "language": asked.get("language") or short(get_language()),
                      "period": asked.get("period") or self._newest(source, region)}

    def _region_of(self, source: str) -> str:
        """The first of one's places under which the source may be told of."""
        for one in self.places:
            try:
                source_of(source, one)
            except Refused:
                continue
            return one
        return next(iter(self.places), "")

    def _newest(self, source: str, region: str) -> str:
        try:
            found = [one for one in periods_of(source, region) if one.months == 3] if source else []
        except Refused:
            found = []
        return found[0].code if found else ""

    def asked(self, request: HttpRequest) -> Report | None:
        """The report that was asked for, or None with what is wrong noted."""
        self.typed = {name: request.POST.get(name, "").strip()
                      for name in ("source", "region", "other", "period", "language")}
        region = self.typed["other"] or self.typed["region"]
        try:
            if region not in tree():
                raise Refused(zh=f"没有代码为“{region}”的地区。",
                              en=f"There is no region with the code “{region}”.")
            return keeping.ask_for(by=self.user, source=self.typed["source"], region=region,
                                   period=self.typed["period"], language=self.typed["language"])
        except Forbidden:
            raise
        except Refused as refused:
            self.wrong[self._where(region)] = words(refused.sentence)
            return None

    def _where(self, region: str) -> str:
        """The field that a refusal is about."""
        if region not in tree():
            return "other" if self.typed["other"] else "region"
        for name, tried in (("source", lambda: source_of(self.typed["source"], region)),
                            ("period", lambda: read_period(self.typed["period"]))):
            try:
                tried()
            except Refused:
                return name
        return "language" if self.typed["language"] not in LANGUAGE_NAMES else "period"

    def fields(self) -> list[Field]:
        held = tree()
        names = dict(Source.objects.filter(code__in=self.sources).values_list("code", "pk"))
        told = {one.code: words(one.name) for one in Source.objects.filter(pk__in=names.values())}
        return [
            self._field("source", _("Whose cases"), choices=[(code, told[code]) for code in self.sources]),
            self._field("region", _("Place"), choices=[(code, f"{place_name(held.known(code))} {code}")
                                                       for code in self.places]),
            self._field("other", _("Another place within yours, by code (optional)")),
            self._field("period", _("Period"), hint=_("A year, half-year, quarter or month: 2025, 2025-H1, 2025-Q1 or "
                                                      "2025-03")),
            self._field("language", _("Language of the report"), choices=list(LANGUAGE_NAMES.items()))]

    def _field(self, name: str, label: str, **more: Any) -> Field:
        return Field(name, label, self.typed.get(name, ""), self.wrong.get(name, ""), **more)


def _places_in(own: str) -> list[str]:
    """The place and all below it that the list is meant for; where those are too many, the next level only."""
    held, today = tree(), timezone.localdate()
    whole = list(held.within(own, today))
    codes = whole if len(whole) <= PLACES_LISTED else [own, *held.children(own, today)]
    return [code for code in codes if held.known(code).in_scope]


# -- one report


def _own(request: HttpRequest, token: str) -> Report:
    found = keeping.one_of(by=user_of(request), token=token)
    if found is None:
        raise Http404
    return found


@login_required
def report(request: HttpRequest, token: str) -> HttpResponse:
    """One report in whatever state it is; asked by htmx, only the part that changes."""
    one = _own(request, token)
    if (part := swapped(request, one, "work-report")) is not None:
        return part
    files = [(form, form.upper(), path.stat().st_size) for form in PRODUCTS
             if (path := keeping.file_of(one, form)) is not None]
    return render(request, "workbench/one_report.html", {
        "report": one, "state": STATES[one.state], "place": _place(one), "period": read_period(one.period).name,
        "language_name": LANGUAGE_NAMES[one.language], "files": files, "own": one.by == user_of(request).username,
        "title": one.title if one.title_zh else Bilingual(f"{_place(one)} {one.period}", f"{_place(one)} {one.period}"),
        "may_ask": allows(by=user_of(request), right=keeping.ASK, path=path_to(one.region))
        if one.region in tree() else False})


@login_required
def report_file(request: HttpRequest, token: str, form: str) -> FileResponse:
    """One of its files."""
    one = _own(request, token)
    path = keeping.file_of(one, form)
    if path is None:
        raise Http404
    name = f"report-{one.region}-{one.period}-{one.language}.{form}"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=PRODUCTS[form].kind)


report_stop = stopping(keeping.own, keeping.cancel, "work-report")
report_forget = forgetting(keeping.own, keeping.forget, "work-report", "work-reports")
