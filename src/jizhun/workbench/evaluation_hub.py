"""Evaluation of a place on one page: what is computed beside what was said from outside, and where each leads."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.evaluation.actions import data_date
from jizhun.evaluation.attainment import published
from jizhun.evaluation.beside import Line, beside
from jizhun.evaluation.conduct import ledger_of
from jizhun.evaluation.standing import standing
from jizhun.frame.sources import sources_about
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import count, share, words
from jizhun.people.rules import forbidden
from jizhun.regions.actions import tree
from jizhun.workbench.evaluation_asked import COMPUTE, READ, known_place, looker_of

PAGES = {"review": "work-review", "survey": "work-survey"}


@login_required
def evaluation(request: HttpRequest) -> HttpResponse:
    """One place of one's own: figures side by side, the last published round, points that are open."""
    who = looker_of(request)
    region = known_place(request.GET.get("region", "") or who.regions[0])
    if not who.sees(region):
        raise forbidden(READ, region)
    place = tree().known(region)
    source = next((one for one in sources_about(place, who.today) if one.simulated == place.simulated), None)
    table = _table(beside(region=region, source=source.code if source else "", on=who.today))
    done = published(region)
    points = ledger_of(regions=tree().within(region, who.today), on=who.today)
    return show(request, "workbench/evaluation.html", {
        "place": place, "table": table, "places": who.choices(), "source": source, "last": done[0] if done else None,
        "attained": sum(one["attained"] for one in done[0].results.values()) if done else 0,
        "of": len(done[0].results) if done else 0, "left": sum(one.state != "closed" for one in points),
        "overdue": sum(bool(one.overdue) for one in points),
        "may_compute": source is not None and who.may(COMPUTE, source.region),
        "behind": source is not None and standing(source=source.code, as_of=data_date(source.code)) is None}, [table])


def _table(lines: list[Line]) -> Table:
    columns = [Column("what", _("What"), "head"), Column("computed", _("Computed by the product"), "number"),
               Column("outside", _("From outside"), "number"), Column("apart", _("Apart, points"), "number"),
               Column("who", _("Whose figure"))]
    rows: list[list[Cell | str]] = []
    for one in lines:
        value = one.computed.value if one.computed else None
        apart = (one.outside - value) * 100 if one.outside is not None and value is not None else None
        rows.append([
            words(one.what),
            Cell(share(value), plain=value,
                 small=f"{one.computed.fits:,} / {one.computed.of:,}" if one.computed else ""),
            Cell(share(one.outside), small=_("of %(n)s") % {"n": count(one.n)}, plain=one.outside),
            "–" if apart is None else f"{apart:+.1f}", Cell(words(one.who), href=_page(one.page))])
    return Table("beside", _("Computed and from outside"), columns, rows, caption_hidden=True, stacked=True)


def _page(name: str) -> str:
    kind, _colon, number = name.partition(":")
    return reverse(PAGES[kind], args=[int(number)]) if number else reverse("work-conduct")


