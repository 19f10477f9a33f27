"""One provision on record: what it says now, how it came so, what hangs on it, what is said about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.frame.charts import Chart, Steps, step_chart
from jizhun.frame.promises import Promise, Reader
from jizhun.frame.source_words import ADDRESS, source_shown
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tabs import DISCUSSION, HISTORY, IMPACT, NOW, chosen, tabs
from jizhun.frame.tags import count, day, place_name, words
from jizhun.kernel.bilingual import COMMA, Refused
from jizhun.kernel.dating import FAR
from jizhun.people.actions import regions_of_any, remark
from jizhun.people.models import AuditLine, Remark, User
from jizhun.provisions.actions import book, labels, measures
from jizhun.provisions.models import Document, Provision
from jizhun.provisions.rules import Answer, Question, ask
from jizhun.provisions.rules.effect import reach
from jizhun.provisions.rules.telling import unit_in_words
from jizhun.regions.actions import tree
from jizhun.workbench.upload import user_of

RIGHTS = ("provision.record", "provision.review")
PLACES_NAMED = 8


def some_places(codes: Sequence[str]) -> str:
    """The first few places by name, and how many more there are."""
    held = tree()
    some = words(COMMA).join(words(held.known(code).name) for code in codes[:PLACES_NAMED])
    rest = len(codes) - PLACES_NAMED
    return some if rest <= 0 else _("%(places)s and %(n)s more") % {"places": some, "n": rest}


def source_text(source: str) -> str:
    """Where it can be read, as a line: the addresses as they are, the remark beside them in the page's language."""
    return " ".join(filter(None, [*ADDRESS.findall(source), words(source_shown(source).remark)]))


def figure_text(reader: Reader, answer: Answer | None) -> str:
    """An answer's value in a word or two."""
    figure = reader.figure(answer) if answer else None
    return figure.whole if figure else _("nothing")


@dataclass(frozen=True, slots=True)
class Scope:
    """Where somebody's roles reach: the places within them, those above, and the roles' own."""

    own: frozenset[str]
    above: frozenset[str]
    regions: tuple[str, ...]

    @property
    def seen(self) -> frozenset[str]:
        return self.own | self.above


def scope_of(user: User) -> Scope:
    """Whose provisions ``user`` sees: those of the places of their roles and of all above; Forbidden without one."""
    regions, held, today = regions_of_any(by=user, rights=RIGHTS), tree(), timezone.localdate()
    return Scope(frozenset(code for region in regions for code in held.within(region, today)),
                 frozenset(code for region in regions for code in held.path(region, today)), tuple(regions))


@login_required
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of one provision, at the tab that the address asks for; a remark is posted to it."""
    user = user_of(request)
    scope = scope_of(user)
    row = Provision.objects.select_related("document").filter(pk=pk, region__in=scope.seen).first()
    if row is None:
        raise Http404
    if request.method != "POST":
        return _shown(request, row, scope, chosen(request))
    try:
        remark(by=user, about=_about(row), text=request.POST.get("text", ""))
    except Refused as refused:
        return _shown(request, row, scope, DISCUSSION, wrong=words(refused.sentence))
    return HttpResponseRedirect(f"{reverse('one-provision', args=[pk])}?tab={DISCUSSION}")


def _shown(request: HttpRequest, row: Provision, scope: Scope, tab: str, wrong: str = "") -> HttpResponse:
    page = _Page(row, timezone.localdate())
    parts = {NOW: page.now, HISTORY: page.history, IMPACT: page.impact, DISCUSSION: page.discussion}[tab]()
    tables = [part for part in parts.values() if isinstance(part, Table)]
    charts = [part for part in parts.values() if isinstance(part, Chart)]
    response = show(request, "workbench/one_provision.html", {
        "row": row, "tab": tab, "tabs": tabs(request), "name": catalogue().name_of(row.subject),
        "measure": page.measure, "place": page.held.known(row.region), "own": row.region in scope.own,
        "wrong": wrong, "typed": request.POST.get("text", ""), **parts}, tables, charts)
    response.status_code = 400 if wrong else response.status_code
    return response


def _about(row: Provision) -> str:
    return f"provision:{row.pk}"


class _Page:
    """What the tabs of one provision show, on one day."""

    def __init__(self, row: Provision, today: date) -> None:
        self.row, self.today, self.held = row, today, tree()
        self.papers = {paper.pk: paper.fact() for paper in Document.objects.all()}
        self.say = row.fact(self.papers)
        self.measure = measures()[row.measure]
        self.reader = Reader(self.held, labels(), measures())

    # -- now -------------------------------------------------------------------------------------------

    def now(self) -> dict[str, object]:
        """What is said, whether it stands today, and what is promised at its place."""
        return {"facts": self._facts(), "standing": self._standing(), "promise": self._promise()}

    def _facts(self) -> list[tuple[str, str]]:
        say, paper = self.say, self.say.paper
        source = say.source or (paper.source if paper else "")
        until = "" if say.lapses_on == FAR else day(say.lapses_on)
        told = [
            (_("Says"), self.reader.speech.says(say)), (_("Place"), place_name(self.held.known(say.place))),
            (_("For whom"), words(catalogue().wider[say.group].name) if say.group in catalogue().wider else say.group),
            (_("Holds from"), day(say.valid_from)), (_("Paper valid until"), until),
            (_("Paper"), f"{words(paper.title)} {paper.number}".strip() if paper else ""),
            (_("Clause"), words(say.clause)), (_("Where it can be read"), source_text(source)),
            (_("Recorded on"), day(say.recorded_on)), (_("Note"), words(say.note))]
        return [(label, text) for label, text in told if text]

    def _standing(self) -> str:
        """Whether it speaks today, in a sentence."""
        line = [other for other in self._line() if other.valid_from <= self.today]
        if self.row.valid_from > self.today:
            return _("It does not speak yet.")
        if line and line[0].pk != self.row.pk:
            return _("Superseded on %(day)s.") % {"day": day(line[0].valid_from)}
        if self.say.lapses_on < self.today:
            return _("Its paper ran out on %(day)s.") % {"day": day(self.say.lapses_on)}
        return _("It speaks today.")

    def _answer(self, on: date) -> Answer | None:
        try:
            self.held.path(self.row.region, on)
        except Refused:
            return None
        return ask(book(), Question(self.row.measure, self.row.subject, self.row.region, on, self.row.group))

    def _promise(self) -> Promise | None:
        answer = self._answer(self.today)
        return self.reader.promise(answer) if answer else None

    # -- history ---------------------------------------------------------------------------------------

    def _line(self) -> list[Provision]:
        """All that was said in the same place on the same thing, the one that speaks latest first."""
        row = self.row
        same = Provision.objects.select_related("document").filter(
            subject=row.subject, measure=row.measure, region=row.region, group=row.group, slot=row.slot)
        return sorted(same, key=lambda one: (one.valid_from, one.recorded_on, one.seq, one.pk), reverse=True)

    def history(self) -> dict[str, object]:
        """Everything said here on the same thing, as a picture where it is a number, and who recorded it."""
        line = self._line()
        columns = [Column("from", _("From"), "date"), Column("says", _("Says"), "head"), Column("paper", _("Paper")),
                   Column("recorded", _("Recorded on"), "date")]
        rows: list[list[Cell | str]] = [
            [Cell(day(other.valid_from), plain=str(other.valid_from)),
             Cell(self.reader.speech.says(other.fact(self.papers)),
                  href="" if other.pk == self.row.pk else reverse("one-provision", args=[other.pk])),
             words(self.papers[other.document_id].title) if other.document_id else "",
             Cell(day(other.recorded_on), plain=str(other.recorded_on))] for other in line]
        said = Table("history", _("What was said here, the latest first"), columns, rows, stacked=True)
        return {"said": said, "chart": self._chart(line), "acts": self._acts()}

    def _chart(self, line: Sequence[Provision]) -> Chart | None:
        """The values as they followed each other; None where fewer than two of them are plain numbers."""
        points = [(other.valid_from, self._number(other)) for other in reversed(line)]
        if sum(value is not None for _, value in points) < 2:
            return None
        label = words(self.measure.name)
        return step_chart("values", _("%(measure)s from day to day") % {"measure": label},
                          [Steps(words(self.held.known(self.row.region).name), points)], self.today,
                          unit=words(unit_in_words(line[0].fact(self.papers).unit)))

    def _number(self, other: Provision) -> float | None:
        value = other.fact(self.papers).value
        return float(value) if isinstance(value, Decimal) else None

    def _acts(self) -> list[AuditLine]:
        return list(AuditLine.objects.filter(subject=str(self.row)).order_by("-seq"))

    # -- impact ----------------------------------------------------------------------------------------

    def impact(self) -> dict[str, object]:
        """For whom it counts on the day it began or today, who does better, and what is made from it."""
        on = max(self.today, self.row.valid_from)
        try:
            found = reach(book(), self.say, on)
        except Refused as refused:
            return {"gone": words(refused.sentence)}
        columns = [Column("what", _("What holds"), "head"), Column("value", _("Value")),
                   Column("number", _("Places"), "number"), Column("places", _("Which"))]
        rows = [self._reached(_("It holds"), self._answer(on), found.holds)] if found.holds else []
        rows += [self._reached(self._whose(answer), answer, places) for answer, places in found.bettered]
        table = Table("impact", _("Where it counts on %(day)s") % {"day": day(on)}, columns, rows, stacked=True)
        return {"reached": table, "holds": len(found.holds), "all": sum(len(some) for _, some in found.bettered)
                + len(found.holds), "readers": self._readers(found.readers)}

    def _whose(self, answer: Answer) -> str:
        names = dict.fromkeys(words(self.held.known(winner.place).name) for winner in answer.winners)
        return _("%(place)s says otherwise") % {"place": words(COMMA).join(names)} if names else _("Nothing holds")

    def _reached(self, what: str, answer: Answer | None, places: Sequence[str]) -> list[Cell | str]:
        return [what, figure_text(self.reader, answer), Cell(count(len(places)), plain=len(places)),
                Cell(some_places(places), plain=" ".join(places))]

    def _readers(self, readers: Sequence[tuple[str, str]]) -> list[str]:
        names, known = catalogue(), measures()
        return list(dict.fromkeys(f"{words(names.name_of(subject))}: {words(known[measure].name)}"
                                  for subject, measure in readers))

    # -- discussion ------------------------------------------------------------------------------------

    def discussion(self) -> dict[str, object]:
        """What was said about it, the oldest first."""
        return {"remarks": list(Remark.objects.filter(about=_about(self.row)))}


