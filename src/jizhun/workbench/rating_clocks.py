"""How long a place gives itself for a negative rating: the limit that holds, every limit on record, a new one."""

from collections.abc import Sequence

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizhun.evaluation.negatives import CLOCK, DECIDE, HANDLE, clocks_known, set_clock
from jizhun.evaluation.rules.negative import Clock, clock_for
from jizhun.evaluation.rules.rectification import STAGES
from jizhun.frame.fields import Field
from jizhun.frame.source_words import source_shown
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import parse_day
from jizhun.people.actions import allows, path_to, regions_of_any
from jizhun.people.models import User
from jizhun.people.rules import Forbidden, forbidden
from jizhun.regions.actions import tree
from jizhun.workbench.collaboration_asked import named, since_words
from jizhun.workbench.upload import user_of

RIGHTS = (HANDLE, DECIDE, CLOCK)
UNITS = {"working_day": gettext_lazy("working days"), "calendar_day": gettext_lazy("calendar days")}


@login_required
def rating_clocks(request: HttpRequest) -> HttpResponse:
    """The limits on the way up from a place, which of them holds today, and the form for one of its own."""
    user, wrong = user_of(request), ""
    region = request.GET.get("region", "").strip() or regions_of_any(by=user, rights=RIGHTS)[0]
    _check_may_see(user, region)
    if request.method == "POST":
        try:
            _set(user, region, request.POST)
            return HttpResponseRedirect(f"{reverse('work-rating-clocks')}?region={region}")
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    return _page(request, user, region, wrong)


def _check_may_see(user: User, region: str) -> None:
    path = path_to(region)
    if not any(allows(by=user, right=right, path=path) for right in RIGHTS):
        raise forbidden(HANDLE, region)


def _page(request: HttpRequest, user: User, region: str, wrong: str) -> HttpResponse:
    path = path_to(region)
    known = [one for one in clocks_known() if one.region in path]
    holds = clock_for(known, path, timezone.localdate())
    table = _table(known, holds)
    return show(request, "workbench/rating_clocks.html", {
        "place": tree().known(region), "region": region, "holds": holds,
        "limit": words(holds.limit_words) if holds else "",
        "from_above": bool(holds and holds.region != region), "whose": named(holds.region) if holds else "",
        "table": table, "wrong": wrong,
        "fields": _fields(request.POST) if allows(by=user, right=CLOCK, path=path) else []},
        [table], status=400 if wrong else 200)


def _table(known: Sequence[Clock], holds: Clock | None) -> Table:
    """The newest first; the one that holds today carries a sign."""
    columns = [Column("place", _("Place"), "head"), Column("since", _("From"), "date"), Column("limit", _("Limit")),
               Column("source", _("Paper behind it")), Column("state", _("State"))]
    rows: list[list[Cell | str]] = [
        [Cell(named(one.region), plain=one.region), since_words(one.valid_from), words(one.limit_words),
         Cell(words(source_shown(one.source).remark) or one.source, small=words(one.note)),
         Cell(_("holds today"), sign="kept") if one is holds else ""] for one in reversed(known)]
    return Table("clocks", _("Limits on record"), columns, rows, caption_hidden=True, stacked=True)


def _set(user: User, region: str, sent: QueryDict) -> None:
    amount = sent.get("amount", "").strip()
    set_clock(by=user, region=region, amount=int(amount) if amount.isdecimal() and len(amount) < 6 else 0,
              unit=sent.get("unit", ""), since=sent.get("since", ""), until=sent.get("until", ""),
              valid_from=parse_day(sent.get("from", "").strip()), source=sent.get("source", ""),
              note=Bilingual(sent.get("note_zh", "").strip(), sent.get("note_en", "").strip()))


def _fields(sent: QueryDict) -> list[Field]:
    """The form; what was typed stays."""
    stages = [(code, words(name)) for code, name in STAGES.items()]
    return [Field("amount", _("Days"), sent.get("amount", ""), kind="number", required=True),
            Field("unit", _("Days are"), sent.get("unit", "working_day"),
                  choices=[(code, str(name)) for code, name in UNITS.items()]),
            Field("since", _("Counted from"), sent.get("since", "rated"), choices=stages[:-1]),
            Field("until", _("Until"), sent.get("until", "rectified"), choices=stages[1:]),
            Field("from", _("Holds from"), sent.get("from", timezone.localdate().isoformat()), kind="date",
                  required=True, hint=_("Ratings given from this day on")),
            Field("source", _("Paper behind it"), sent.get("source", ""), required=True,
                  hint=_("Title and number of the paper that sets the limit")),
            Field("note_zh", _("Note (Chinese)"), sent.get("note_zh", "")),
            Field("note_en", _("Note (English)"), sent.get("note_en", ""))]
