"""Rounds of comments: which are open at a place and above and below it, and which there were."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jizhun.drafting.actions.projects import visible
from jizhun.drafting.models import HELD, SHOWN, CommentRow, Consultation
from jizhun.drafting.rules.cover import LABELS
from jizhun.frame.here import Here, public_page
from jizhun.frame.lists import listing
from jizhun.frame.surround import NotFound
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import count, day, place_name, words
from jizhun.people.models import User
from jizhun.regions.actions import tree
from jizhun.regions.rules import Place


@dataclass(frozen=True, slots=True)
class Listed:
    """A round as the list shows it on a day."""

    row: Consultation
    place: Place
    on: date
    said: int
    answered: int

    @property
    def days_left(self) -> int:
        """Days on which one may still comment, this one included."""
        return (self.row.closes_on - self.on).days + 1

    @property
    def open(self) -> bool:
        closed = self.row.closed_on is not None and self.row.closed_on <= self.on
        return not closed and self.row.opens_on <= self.on <= self.row.closes_on

    @property
    def state(self) -> str:
        """How long it is still open, in words."""
        left = self.days_left
        if left == 1:
            return _("today is the last day")
        return ngettext("%(n)s day left", "%(n)s days left", left) % {"n": left}

    @property
    def ended(self) -> date:
        """The day on which it was over."""
        over = self.row.closes_on + timedelta(days=1)
        return min(self.row.closed_on, over) if self.row.closed_on else over


def open_here(here: Here) -> Sequence[Listed]:
    """Rounds in which somebody of the place may comment on the day; of a real place never the examples."""
    return [one for one in _open(_listed(_about(here), here)) if one.row.project.simulated == here.place.simulated]


@public_page
def consultations(request: HttpRequest, here: Here) -> HttpResponse:
    """The rounds that the public may see: open ones, then those that are over; examples never beside real ones."""
    found = _listed(_about(here), here)
    shown = [one for one in found if one.row.project.simulated == here.place.simulated]
    apart = [one for one in found if one.row.project.simulated and not here.place.simulated]
    over = listing(request, _table("closed", _("Rounds that are over"), _closed(shown), here))
    examples = _table("examples", _("Rounds in the fictional province"), [*_open(apart), *_closed(apart)], here)
    return show(request, "portal/consultations/list.html", {
        "open": _open(shown), "listing": over, "examples": examples}, [over.whole, examples])


def _table(name: str, caption: str, some: Sequence[Listed], here: Here) -> Table:
    columns = [Column("title", _("Draft"), "head"), Column("place", _("Place")),
               Column("closes", _("Last day"), "date"), Column("comments", _("Comments shown"), "number"),
               Column("answered", _("Answered"), "number")]
    rows: list[list[Cell | str]] = [
        [Cell(words(one.row.project.title), href=reverse("consultation", args=[one.row.pk]),
                  small=one.state if one.open else ""),
             place_name(one.place), Cell(day(one.row.closes_on), plain=str(one.row.closes_on)),
             Cell(count(one.said), plain=one.said), Cell(count(one.answered), plain=one.answered)] for one in some]
    return Table(name, caption, columns, rows, caption_hidden=True, stacked=True)


def _about(here: Here) -> QuerySet[Consultation]:
    """Rounds at the place, on its path and below it, that had begun by the day."""
    codes = {place.code for place in here.path} | set(tree().within(here.code, here.on))
    begun = Consultation.objects.filter(public=True, opens_on__lte=min(here.on, here.today), project__region__in=codes)
    return begun.select_related("project").annotate(
        said=Count("comments", filter=_PUBLISHED), answered=Count("comments", filter=_PUBLISHED & _ANSWERED))


_PUBLISHED = Q(comments__state=SHOWN, comments__merged_into=None, comments__desk=F("project__region"))
_ANSWERED = ~Q(comments__disposition="")


def _listed(rows: Iterable[Consultation], here: Here) -> list[Listed]:
    held = tree()
    return [Listed(row, held.known(row.project.region), here.on, row.said, row.answered)  # type: ignore[attr-defined]
            for row in rows]


def _open(some: Sequence[Listed]) -> list[Listed]:
    """Those that close first come first."""
    return sorted((one for one in some if one.open), key=lambda one: one.row.closes_on)


def _closed(some: Sequence[Listed]) -> list[Listed]:
    return sorted((one for one in some if not one.open), key=lambda one: one.ended, reverse=True)


# --- one round ----------------------------------------------------------------------------------------


def round_for(request: HttpRequest, pk: int) -> Consultation:
    """The round as somebody may see it: a public one from its first day on, others only by officials it concerns."""
    row = Consultation.objects.select_related("project", "draft").filter(pk=pk).first()
    if row is None or not (_is_public(row) or _concerns(request, row)):
        raise NotFound(zh=f"没有第 {pk} 号征求意见。", en=f"There is no consultation No. {pk}.")
    return row


def _is_public(row: Consultation) -> bool:
    return row.public and row.opens_on <= timezone.localdate()


def _concerns(request: HttpRequest, row: Consultation) -> bool:
    return isinstance(request.user, User) and visible(by=request.user, project=row.project)


def published(row: Consultation) -> QuerySet[CommentRow]:
    """The comments of a round that are shown: they have arrived, and speak for themselves."""
    return row.comments.filter(state=SHOWN, merged_into=None, desk=row.project.region)


def waiting(row: Consultation) -> int:
    """How many comments nobody has looked at yet."""
    return row.comments.filter(state=HELD).count()


def label_of(label: str) -> str:
    """What a draft is called."""
    return words(LABELS[label])
