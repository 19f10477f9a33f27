"""One guide or procedure of one place: what counts there field by field, how it became so, what hangs on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizhun.catalogue.rules import Matter
from jizhun.frame.guide_words import Change, change_of, from_where, shown_value
from jizhun.frame.promises import Reader, mark_in_words
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tabs import DISCUSSION, HISTORY, IMPACT, NOW, chosen, tabs
from jizhun.frame.tags import day, place_name, words
from jizhun.guides.actions import (
    PROCEDURE,
    chapters,
    claim_of,
    days_of_change,
    draft_of,
    field_of,
    foreseen,
    guide,
    matter_of,
    review,
    versions_of,
    what_changed,
)
from jizhun.guides.actions.checking import findings_of
from jizhun.guides.models import LayerVersion
from jizhun.guides.rules.claiming import SAYS
from jizhun.guides.rules.guide import Shown
from jizhun.kernel.bilingual import COMMA, Bilingual, Refused
from jizhun.kernel.dating import day_before
from jizhun.people.actions import remark
from jizhun.people.models import AuditLine, Remark
from jizhun.people.rules import Forbidden
from jizhun.provisions.actions import book, labels
from jizhun.regions.actions import tree
from jizhun.workbench.guide_asked import Spot, number_in, spot_of
from jizhun.workbench.guide_checks import told
from jizhun.workbench.procedure_page import differing_part, now_part, picture_asked

STATES = {"own": gettext_lazy("written here"), "inherited": gettext_lazy("from above"),
          "supplemented": gettext_lazy("added to here"), "missing": gettext_lazy("empty")}
POLICIES = {"locked": gettext_lazy("locked"), "supplement": gettext_lazy("may be added to"),
            "free": gettext_lazy("free")}
VERSIONS_COMPARED = 12


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field as the page lists it."""

    code: str
    name: str
    value: str
    where: list[tuple[str, str]]
    state: str
    policy: str
    required: bool
    mark: str
    drift: bool
    refused: bool
    overruled: bool
    typed: bool
    locked: bool
    drafted: bool

    @property
    def empty(self) -> bool:
        return not self.value


@login_required
def work_guide(request: HttpRequest, matter: str) -> HttpResponse:
    """The page at the tab that the address asks for; remarks and reviews are posted to it."""
    spot, known = spot_of(request), matter_of(matter)
    if request.method != "POST":
        return _shown(request, spot, known, chosen(request))
    try:
        _posted(request, spot, known)
    except Forbidden:
        raise
    except Refused as refused:
        tab = HISTORY if request.POST.get("do") == "review" else DISCUSSION
        return _shown(request, spot, known, tab, words(refused.sentence))
    tab = HISTORY if request.POST.get("do") == "review" else DISCUSSION
    return HttpResponseRedirect(f"{reverse('work-guide', args=[matter])}?{spot.query}&tab={tab}")


def _posted(request: HttpRequest, spot: Spot, known: Matter) -> None:
    if request.POST.get("do") != "review":
        remark(by=spot.user, about=about(spot, known.code), text=request.POST.get("text", ""))
        return
    number = request.POST.get("version", "")
    version = LayerVersion.objects.filter(sort=spot.sort, matter=known.code, region=spot.region,
                                          number=int(number) if number.isdecimal() and len(number) < 8 else 0).first()
    if version is None:
        raise Http404
    review(by=spot.user, version=version, verdict=request.POST.get("verdict", ""), text=request.POST.get("text", ""))


def about(spot: Spot, matter: str) -> str:
    """How the audit trail and remarks name it."""
    return f"{spot.sort}:{matter}/{spot.region}"


def _shown(request: HttpRequest, spot: Spot, known: Matter, tab: str, wrong: str = "") -> HttpResponse:
    page = _Page(spot, known)
    parts = {NOW: page.now, HISTORY: page.history, IMPACT: page.impact, DISCUSSION: page.discussion}[tab]()
    if spot.sort == PROCEDURE:
        parts |= now_part(spot, known) if tab == NOW else differing_part(
            request, spot, known, by_day=tab == HISTORY) if tab in (HISTORY, IMPACT) else {}
    if (file := picture_asked(request, parts, known, spot)) is not None:
        return file
    tables = [part for part in parts.values() if isinstance(part, Table)]
    return show(request, "workbench/guide.html", {
        "spot": spot, "matter": known, "tab": tab, "tabs": tabs(request), "wrong": wrong,
        "published": "published" in request.GET, "not_yet": _not_today(request, spot, known.code),
        "typed": request.POST.get("text", ""), **parts}, tables,
        status=400 if wrong else 200)


def _not_today(request: HttpRequest, spot: Spot, matter: str) -> str:
    """What of the version just published does not count today, in a sentence; empty where all of it does."""
    number = number_in(request.GET, "published")
    rows = versions_of(sort=spot.sort, matter=matter, region=spot.region) if number else []
    version = next((row for row in rows if row.number == number), None)
    if version is None:
        return ""
    if version.valid_from > spot.today:
        return _("It counts from %(day)s on.") % {"day": day(version.valid_from)}
    later = {code for row in rows if version.valid_from < row.valid_from <= spot.today for code in row.fields}
    names = [words(field_of(spot.sort, code).name) for code in version.fields if code in later]
    return _("Words of a later day, published before, count today: %(fields)s.") % {
        "fields": words(COMMA).join(names)} if names else ""


class _Page:
    """What the tabs show."""

    def __init__(self, spot: Spot, known: Matter) -> None:
        self.spot, self.known, self.held = spot, known, tree()
        self.reader = Reader(self.held, labels(), book().measures)
        self.guide = guide(matter=known.code, region=spot.region, on=spot.today, sort=spot.sort)
        self.draft = draft_of(sort=spot.sort, matter=known.code, region=spot.region)

    def now(self) -> dict[str, Any]:
        """Every field, chapter by chapter; on top what asks for somebody."""
        rows = [self._row(one) for one in self.guide.shown]
        parts = {one.field.code: one.field.part for one in self.guide.shown}
        claim = claim_of(matter=self.known.code, region=self.spot.region, on=self.spot.today)
        return {"chapters": [(words(name), [row for row in rows if parts[row.code] == code])
                             for code, name in chapters().items() if code in parts.values()],
                "out_of_step": [row for row in rows if row.drift], "missing": [row for row in rows if row.required
                                                                               and row.empty],
                "refused": [row for row in rows if row.refused], "draft": self.draft, "guide": self.guide,
                "drafted": [words(field_of(self.spot.sort, code).name)
                            for code in (self.draft.fields if self.draft else ())],
                "claim": words(SAYS[claim.says]), "claim_code": claim.says, "reason": claim.reason,
                "checks": self._checks()}

    def _checks(self) -> list[tuple[str, Bilingual, Bilingual, str]]:
        """What the checks find; missing fields and drift stand above already."""
        found = findings_of(matter=self.known.code, region=self.spot.region, on=self.spot.today, sort=self.spot.sort)
        return told([one for one in found if one.kind not in ("missing", "out_of_step")])

    def _row(self, shown: Shown) -> FieldRow:
        field, found = shown.field, shown.words
        where = from_where(found.parts, self.held) if found else []
        return FieldRow(
            field.code, words(field.name), shown_value(shown, self.reader), where,
            str(STATES[found.state]) if found else "", str(POLICIES[found.policy]) if found else "", field.required,
            mark_in_words(shown.mark) if shown.mark else "", bool(found and found.drift),
            bool(found and any(part.place == self.spot.region for part in found.refused)),
            bool(found and any(part.place == self.spot.region for part in found.overruled)), field.typed,
            bool(found and found.policy == "locked"), bool(self.draft and field.code in self.draft.fields))

    def history(self) -> dict[str, Any]:
        """The place's own versions, and what changed in what counts there, day by day."""
        rows = versions_of(sort=self.spot.sort, matter=self.known.code, region=self.spot.region)
        return {"versions": [(row, self._fields(row), list(row.reviews.order_by("pk")), self._may_review(row))
                             for row in rows], "changes": self._changes(),
                "acts": AuditLine.objects.filter(subject=about(self.spot, self.known.code)).order_by("-seq")[:20]}

    def _fields(self, row: LayerVersion) -> str:
        names = [words(field_of(self.spot.sort, code).name) for code in row.fields]
        return words(Bilingual("、", ", ")).join(names)

    def _may_review(self, row: LayerVersion) -> bool:
        return self.spot.may_review and row.by != self.spot.user.username and not row.reviews.exists()

    def _changes(self) -> list[tuple[date, list[Change]]]:
        found = []
        days = days_of_change(sort=self.spot.sort, matter=self.known.code, region=self.spot.region, on=self.spot.today)
        first = self.spot.place.valid_from
        for one in days[:VERSIONS_COMPARED]:
            if day_before(one) < first:
                continue
            changed = what_changed(sort=self.spot.sort, matter=self.known.code, region=self.spot.region,
                                   before=day_before(one), after=one)
            found.append((one, [change_of(two) for two in changed]))
        return [pair for pair in found if pair[1]]

    def impact(self) -> dict[str, Any]:
        """Who below has words of their own, field by field: they have to look when it changes here."""
        codes = [one.field.code for one in self.guide.shown if one.field.typed]
        what = foreseen(sort=self.spot.sort, matter=self.known.code, region=self.spot.region, changed=codes)
        columns = [Column("field", _("Field"), "head"), Column("places", _("Places with words of their own"), "number"),
                   Column("which", _("Which"))]
        rows: list[Sequence[Cell | str]] = [
            [words(field_of(self.spot.sort, code).name), Cell(str(len(places)), plain=len(places)), some_names(places)]
            for code, places in what.out_of_step.items()]
        return {"below": Table("below", _("Who has to look when it changes here"), columns, rows, caption_hidden=True,
                               stacked=True), "follow": what.follow}

    def discussion(self) -> dict[str, Any]:
        return {"remarks": Remark.objects.filter(about=about(self.spot, self.known.code))}


def some_names(codes: Sequence[str], most: int = 6) -> str:
    """The first few places by name, and how many more."""
    held = tree()
    some = words(Bilingual("、", ", ")).join(place_name(held.known(code)) for code in codes[:most])
    rest = len(codes) - most
    return some if rest <= 0 else _("%(places)s and %(n)s more") % {"places": some, "n": rest}

