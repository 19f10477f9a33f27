"""One round of attainment: the distribution first, then place by place; differences from what is computed; its acts."""

from collections.abc import Mapping

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.evaluation.attainment import Board, board, draw_sample, publish, round_of
from jizhun.evaluation.errands import ATTAIN
from jizhun.evaluation.models import Round
from jizhun.evaluation.rules.attainment import Standing, differences, ranks, spread
from jizhun.evaluation.rules.sheets import CHECK, SELF, value_in_words
from jizhun.evaluation.sheets import name_of
from jizhun.frame.addresses import with_query
from jizhun.frame.lists import listing
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tabs import Tab
from jizhun.frame.tags import count, place_name, words
from jizhun.kernel.bilingual import Refused
from jizhun.people.rules import Forbidden
from jizhun.regions.actions import tree
from jizhun.workbench.attainment import shown_rounds, state_of
from jizhun.workbench.errands import asked_for
from jizhun.workbench.evaluation_asked import (
    COMPUTE,
    PUBLISH,
    Looker,
    looker_of,
    number_in,
    points_cell,
    quartile_words,
    spread_chart,
    standing_cell,
)

TABS = ("places", "differences", "sample", "computed")


@login_required
def one_round(request: HttpRequest, pk: int) -> HttpResponse:
    """The round; drawing, computing and publishing are posted to it."""
    who, held = looker_of(request), round_of(pk)
    if held not in shown_rounds(who):
        raise Forbidden(zh="这一轮不涉及您的地区。", en="This round is about none of your places.")
    wrong = ""
    if request.method == "POST":
        try:
            return _done(request, who, held)
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    return _page(request, who, held, wrong)


def _done(request: HttpRequest, who: Looker, held: Round) -> HttpResponse:
    act = request.POST.get("do", "")
    if act == "draw":
        draw_sample(by=who.user, round=held, wanted=number_in(request.POST, "wanted", _("How many places")),
                    seed=request.POST.get("seed", ""))
    elif act == "compute":
        return asked_for(request, ATTAIN, {"round": held.pk})
    elif act == "publish":
        publish(by=who.user, round=held)
    else:
        raise Refused(zh=f"不能“{act[:40]}”。", en=f"There is no act “{act[:40]}”.")
    return HttpResponseRedirect(reverse("work-round", args=[held.pk]))


def _page(request: HttpRequest, who: Looker, held: Round, wrong: str) -> HttpResponse:
    found = board(held)
    own = set(who.within)
    seen = [place for place in found.places if place in own]
    standings = {place: found.standing(place) for place in seen}
    told, tab = spread(list(standings.values())), _tab(request)
    picture = spread_chart(told.bins)
    table = {"places": lambda: _places(found, standings), "differences": lambda: _differences(found, seen),
             "sample": lambda: _sample(found), "computed": lambda: _computed(found)}[tab]()
    shown = listing(request, table)
    state, until = state_of(held, who.today, found.publication is not None)
    return show(request, "workbench/attainment_round.html", {
        "round": held, "sheet": found.sheet, "sheet_name": name_of(held.sheet), "board": found, "told": told,
        "place": tree().known(held.region), "state": state, "until": until, "picture": picture, "tab": tab,
        "tabs": [Tab(key, label, with_query(request, tab=None if key == "places" else key, sort=None, page=None),
                     key == tab) for key, label in _tabs()],
        "listing": shown, "quartiles": quartile_words(told.quartiles), "wrong": wrong,
        "answered": sum(found.assessed(place) for place in seen), "seen": seen,
        "may_compute": who.may(COMPUTE, held.region) and not found.publication,
        "may_publish": who.may(PUBLISH, held.region) and not found.publication,
        "knocked": [(found.sheet.item(code).name, number) for code, number in told.knocked.items()]},
                [shown.whole], [picture], status=400 if wrong else 200)


def _tabs() -> list[tuple[str, str]]:
    return [("places", _("Place by place")), ("differences", _("Said and computed")),
            ("sample", _("The sample")), ("computed", _("What was computed"))]


def _tab(request: HttpRequest) -> str:
    return request.GET.get("tab", "") if request.GET.get("tab", "") in TABS else TABS[0]


def _places(found: Board, standings: Mapping[str, Standing]) -> Table:
    """How each place stands: by its own word, as checked, and as it counts. In the order of the codes; the rank is a
    column, which somebody has to sort by."""
    held, order = tree(), ranks({place: one.share for place, one in standings.items()})
    columns = [Column("place", _("Place"), "head"), Column("own", _("By its own word"), "number"),
               Column("checked", _("As checked"), "number"), Column("points", _("As it counts"), "number"),
               Column("attained", _("Attained")), Column("differs", _("Differs on"), "number"),
               Column("unsaid", _("Not said"), "number"), Column("rank", _("Rank"), "number")]
    rows: list[list[Cell | str]] = []
    for place, one in standings.items():
        own, checked = found.standing(place, (SELF,)), found.standing(place, (CHECK, SELF))
        apart = len(differences(found.sheet, found.values(place)))
        rows.append([
            Cell(place_name(held.known(place)), href=reverse("work-round-place", args=[found.round.pk, place]),
                 small=f"{place} · {_('in the sample')}" if place in found.drawn else place),
            points_cell(own), points_cell(checked), points_cell(one), standing_cell(found.sheet, one),
            Cell(count(apart), plain=apart), Cell(count(len(one.unsaid)), plain=len(one.unsaid)),
            Cell(count(order[place]), plain=order[place])])
    return Table("places", _("Place by place"), columns, rows, caption_hidden=True, stacked=True)


def _differences(found: Board, seen: list[str]) -> Table:
    """Every item on which a place says something else than what is computed, over all places."""
    held = tree()
    columns = [Column("place", _("Place"), "head"), Column("item", _("Item")),
               Column("said", _("Self-assessed"), "number"),
               Column("computed", _("Computed"), "number"), Column("fits", _("Counted"), "number"),
               Column("points", _("Points claimed more"), "number")]
    rows: list[list[Cell | str]] = []
    for place in seen:
        for one in differences(found.sheet, found.values(place)):
            counts = found.computed.get(place, {}).get(one.item.code, {})
            rows.append([
                Cell(place_name(held.known(place)), href=reverse("work-round-place", args=[found.round.pk, place]),
                     small=place), words(one.item.name),
                Cell(words(value_in_words(one.item, one.value)), plain=one.value),
                Cell(words(value_in_words(one.item, one.other)), plain=one.other),
                f"{counts.get('fits', 0):,} / {counts.get('of', 0):,}",
                Cell(f"{one.points:+f}", plain=float(one.points))])
    rows.sort(key=lambda row: -abs(float(str(row[5].plain))) if isinstance(row[5], Cell) else 0)
    return Table("differences", _("Said and computed"), columns, rows, caption_hidden=True, stacked=True)


def _sample(found: Board) -> Table:
    held = tree()
    columns = [Column("stratum", _("Stratum"), "head"), Column("size", _("Places in it"), "number"),
               Column("drawn", _("Drawn"))]
    rows: list[list[Cell | str]] = []
    for code, size in (found.draw.sizes.items() if found.draw else ()):
        names = [f"{place_name(held.known(one))} {one}" for one in found.draw.chosen.get(code, ())] \
            if found.draw else []
        rows.append([Cell(place_name(held.known(code)), small=code), Cell(count(size), plain=size), ", ".join(names)])
    return Table("sample", _("The sample"), columns, rows, caption_hidden=True, stacked=True)


def _computed(found: Board) -> Table:
    """Which items are computed, from what."""
    columns = [Column("item", _("Item"), "head"), Column("figure", _("Figure")), Column("from", _("Made from")),
               Column("places", _("Places with a value"), "number")]
    made = found.computation.made_from if found.computation else {}
    rows: list[list[Cell | str]] = []
    for item in found.sheet.items:
        if item.computes:
            number = sum(bool(one.get(item.code, {}).get("value")) for one in found.computed.values())
            rows.append([words(item.name), item.computes, str(made.get(item.computes, "")),
                         Cell(count(number), plain=number)])
    return Table("computed", _("What was computed"), columns, rows, caption_hidden=True, stacked=True)


