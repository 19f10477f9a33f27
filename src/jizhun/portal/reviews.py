"""The review clock: which standards are due, which are overdue, and above which something changed."""

from collections import Counter
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from jizhun.frame.addresses import with_query
from jizhun.frame.charts import Bar, Chart, bars
from jizhun.frame.here import Here, public_page
from jizhun.frame.lists import listing
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import count, words
from jizhun.portal.standards import SIMULATED, kind_cell, number_cell, number_column
from jizhun.regions.actions import tree
from jizhun.regions.rules import Tree
from jizhun.standards.asking import clocks_on
from jizhun.standards.rules.clock import STATES, Clock, who_reviews

YEARS_BACK = 6
"""Due years further back than this are shown as one."""
PARENT = "parent"


@public_page
def reviews(request: HttpRequest, here: Here) -> HttpResponse:
    """The clock of every current standard that holds at the place, or of every place."""
    path, everywhere = {place.code for place in here.path}, request.GET.get("all") == "1"
    clocks = [one for one in clocks_on(here.on) if here.place.simulated or one.standard.mark != SIMULATED]
    some = [one for one in clocks if everywhere or one.standard.region in path]
    asked = request.GET.get("state", "")
    table = _table(here, [one for one in some if _fits(one, asked)])
    shown = listing(request, table)
    years, chart = _years(some, here), _chart(some, here)
    context = {
        "listing": shown, "states": _states(request, some, asked), "number": len(some), "years": years, "chart": chart,
        "everywhere": everywhere, "elsewhere": len(clocks) - len(some), "asked": asked,
        "overdue": sum(one.state == "overdue" for one in some),
        "never": sum(one.last is None for one in some)}
    return show(request, "portal/standards/reviews.html", context, [shown.whole, years], [chart])


def _fits(clock: Clock, asked: str) -> bool:
    return clock.look_again if asked == PARENT else asked in ("", clock.state)


def _states(request: HttpRequest, some: Sequence[Clock], asked: str) -> list[tuple[str, int, str, bool]]:
    """Each state: words, how many, its address, whether it is chosen."""
    counts = Counter(one.state for one in some)
    choices = [("", _("all"), len(some)), *((key, words(name), counts[key]) for key, name in STATES.items()),
               (PARENT, _("to be looked at before it is due"), sum(one.look_again for one in some))]
    return [(name, n, with_query(request, state=key or None, page=None), key == asked)
            for key, name, n in choices if n or not key]


def _table(here: Here, some: Sequence[Clock]) -> Table:
    columns = [number_column(), Column("title", _("Title, and who has to review it")),
               Column("state", _("Review")), Column("due", _("Due on"), "date"),
               Column("days", _("Days left"), "number"), Column("notice", _("Notice from"), "date"),
               Column("last", _("Last review"), "date"), Column("changed", _("Look again because"))]
    places = tree()
    rows = [_row(here, one, places) for one in some]
    return Table("reviews", _("Review clock"), columns, rows, caption_hidden=True, stacked=True)


def _row(here: Here, one: Clock, places: Tree) -> list[Cell | str]:
    due = Cell(one.due.isoformat(), small=_("by the year alone") if one.by_year else "") if one.due else ""
    days = Cell(count(one.days), plain=one.days) if one.days is not None else Cell("")
    kind = kind_cell(one.standard, places)
    title = Cell(words(one.standard.title), small=" · ".join(
        part for part in (kind.text, kind.small, words(who_reviews(one.standard))) if part))
    return [number_cell(here, one.standard), title,
            Cell(words(STATES[one.state]), sign=f"clock-{one.state}"), due, days,
            one.notice.isoformat() if one.notice else "", one.last.on.isoformat() if one.last else "",
            " ".join(words(reason) for reason in one.reasons)]


# -- how many fall due in which year -------------------------------------------------------------------


def _per_year(some: Sequence[Clock], here: Here) -> list[tuple[str, int, bool]]:
    """Year, how many are due in it, and whether it is the present one; the far past as one."""
    first = here.on.year - YEARS_BACK
    counts = Counter(max(one.due.year, first) for one in some if one.due)
    last = max(counts, default=first)
    return [(_("%(year)s or before") % {"year": year} if year == first else str(year), counts[year],
             year == here.on.year) for year in range(first, last + 1)]


def _years(some: Sequence[Clock], here: Here) -> Table:
    columns = [Column("year", _("Year"), "head"), Column("due", _("Due"), "number")]
    rows: list[list[Cell | str]] = [[year, Cell(count(n), plain=n)] for year, n, _now in _per_year(some, here)]
    return Table("years", _("How many fall due per year"), columns, rows, caption_hidden=True)


def _chart(some: Sequence[Clock], here: Here) -> Chart:
    rows = [Bar(year, n, count(n), now) for year, n, now in _per_year(some, here)]
    return bars("due", _("How many fall due per year"), rows)
