"""Impact at the workbench: look at a change that comes with a load or by itself, and one list as it was seen."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jizhun.frame.charts import Bar, Chart, TileShown, bars, shade_of, tile_map
from jizhun.frame.fields import Field
from jizhun.frame.lists import listing
from jizhun.frame.surround import NotFound
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import count, day, place_name, words
from jizhun.impact.actions import DEPENDANTS, Shown, listed, lists_of, see, shown_to
from jizhun.impact.actions.foreseeing import BECAME
from jizhun.impact.actions.looking import RIGHTS
from jizhun.impact.models import ImpactList
from jizhun.impact.rules import kinds
from jizhun.impact.rules.hits import Hit, along
from jizhun.impact.rules.kinds import KINDS, Change, read_change
from jizhun.kernel.bilingual import COLON, Refused
from jizhun.people.rules import Forbidden
from jizhun.regions.actions import tiles, tree
from jizhun.workbench.impact_told import change_in, counts_table
from jizhun.workbench.projects import rights_of
from jizhun.workbench.upload import user_of

ASKED: Final[Mapping[str, tuple[tuple[str, Any], ...]]] = {
    kinds.WITHDRAWAL: (("number", gettext_lazy("Number of the standard")),),
    kinds.LAPSE: (("document", gettext_lazy("Code of the paper")),),
    kinds.EDITION: (("older", gettext_lazy("Edition before")), ("newer", gettext_lazy("New edition"))),
    kinds.MATTER: (("code", gettext_lazy("Code of the matter")),),
    kinds.MEASURE: (("code", gettext_lazy("Code of the measure")),),
    kinds.REGION: (("code", gettext_lazy("Code of the place")), ("into", gettext_lazy("Into which place"))),
    kinds.DAY_OFF: (("region", gettext_lazy("Code of the place")), ("day", gettext_lazy("Day")))}
"""Changes that no form of their own leads to: they come with a load, with a review, or by themselves."""
MOST_BARS = 12


@login_required
def impact(request: HttpRequest) -> HttpResponse:
    """What I have looked at, and the form for a change that has none of its own."""
    user, wrong = user_of(request), ""
    if request.method == "POST":
        try:
            return _seen(request, _typed(request))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    mine = rights_of(user)
    chosen = request.POST.get("kind") or request.GET.get("kind") or ""
    may = [(code, words(KINDS[code].name)) for code in ASKED if mine & set(RIGHTS[code])]
    if chosen not in dict(may):
        chosen = may[0][0] if may else ""
    table = _lists(lists_of(by=user))
    fields = [Field(name, str(label), request.POST.get(name, "")) for name, label in ASKED.get(chosen, ())]
    if chosen == kinds.REGION:
        ways = [(code, words(name)) for code, name in BECAME.items()]
        fields.append(Field("what", _("What becomes of it"), request.POST.get("what", ""), choices=ways))
    if chosen and chosen != kinds.DAY_OFF:
        fields.append(Field("on", _("From which day (empty: today)"), request.POST.get("on", ""), kind="date"))
    return show(request, "workbench/impact_home.html", {
        "table": table, "kinds": may, "chosen": chosen, "fields": fields, "wrong": wrong}, [table],
                status=400 if wrong else 200)


def _typed(request: HttpRequest) -> Change:
    kind = request.POST.get("kind", "")
    names = (*(name for name, _label in ASKED.get(kind, ())), "what", "on")
    said = {name: request.POST.get(name, "").strip() for name in names}
    return read_change({"kind": kind, "said": {name: text for name, text in said.items() if text}})


def _seen(request: HttpRequest, change: Change) -> HttpResponse:
    row = see(by=user_of(request), change=change)
    return HttpResponseRedirect(reverse("work-impact-list", args=[row.token]))


@login_required
@require_POST
def impact_see(request: HttpRequest) -> HttpResponse:
    """The whole list for a change that a form holds: put on record as seen, and shown."""
    return _seen(request, change_in(request.POST.get("impact_held", "")))


def _lists(rows: Sequence[ImpactList]) -> Table:
    columns = [Column("what", _("Change"), "head"), Column("kind", _("Kind")), Column("on", _("From"), "date"),
               Column("n", _("Touched"), "number"), Column("at", _("Looked at"), "date")]
    return Table("lists", _("What I have looked at"), columns, [
        [Cell(words(one.title), href=reverse("work-impact-list", args=[one.token])), words(KINDS[one.kind].name),
         Cell(day(one.on), plain=str(one.on)),
         Cell(count(sum(one.counts.values())), plain=sum(one.counts.values())),
         timezone.localtime(one.at).strftime("%Y-%m-%d %H:%M")] for one in rows], caption_hidden=True, stacked=True)


# -- one list --------------------------------------------------------------------------------------


def _found(request: HttpRequest, token: str) -> Shown:
    try:
        row = listed(token)
    except Refused as refused:
        raise NotFound(zh=refused.sentence.zh, en=refused.sentence.en) from None
    return shown_to(by=user_of(request), row=row)


@login_required
def impact_list(request: HttpRequest, token: str) -> HttpResponse:
    """Everything that the change touches, by who has to act; ``kind`` and ``place`` narrow it down."""
    found = _found(request, token)
    kind, place = request.GET.get("kind", ""), request.GET.get("place", "")
    hits = [one for one in found.hits if kind in ("", one.dependant) and place in ("", one.place)]
    by_kind, by_place, touched = counts_table(found.counts), _actors(found), listing(request, _touched(hits))
    chart = _picture(found)
    return show(request, "workbench/impact.html", {
        "found": found, "row": found.row, "kind": words(KINDS[found.row.kind].name), "by_kind": by_kind,
        "by_place": by_place, "listing": touched, "chart": chart, "total": sum(one.number for one in found.hits),
        "follow": found.row.found["follow"], "kinds": [(code, words(DEPENDANTS[code].name)) for code in found.counts],
        "chosen": kind, "place": place, "costs": [(words(one.name), _address(one.href)) for one in found.costs]},
                [by_kind, by_place, touched.whole], [chart] if chart else [])


@login_required
def impact_json(request: HttpRequest, token: str) -> JsonResponse:
    """The same for programs."""
    found = _found(request, token)
    row = found.row
    return JsonResponse({
        "change": row.change.plain(), "title": {"zh": row.title_zh, "en": row.title_en}, "region": row.region,
        "on": row.on.isoformat(), "mark": row.mark, "moved": found.moved, "seen_by": row.by,
        "seen_at": row.at.isoformat(), "counts": found.counts, "follow": row.found["follow"],
        "actors": [{"place": one.place, "counts": dict(one.counts)} for one in found.actors],
        "touched": [one.plain() for one in found.hits]}, json_dumps_params={"ensure_ascii": False})


def _address(href: str) -> str:
    """An address without the language as this page's language has it."""
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    return f"{get_script_prefix()}{language}/{href}"


def _namer() -> Callable[[str], str]:
    """Place -> its name; the tree is asked for once, since asking costs a query."""
    held = tree()
    return lambda code: place_name(held.known(code)) if code in held else code


def _actors(found: Shown) -> Table:
    """Who has to act, the most first; a column for each kind that is touched."""
    named = _namer()
    columns = [Column("place", _("Who has to act"), "head"),
               *(Column(code, words(DEPENDANTS[code].name), "number") for code in found.counts),
               Column("n", _("All"), "number")]
    rows: list[list[Cell | str]] = [
        [Cell(named(one.place), href=f"?place={one.place}#touched", plain=one.place, small=one.place),
         *(Cell(count(one.counts[code]) if code in one.counts else "", plain=one.counts.get(code, 0))
           for code in found.counts), Cell(count(one.number), plain=one.number)] for one in found.actors[:MOST_ACTORS]]
    return Table("actors", _("By who has to act"), columns, rows, stacked=True)


MOST_ACTORS = 200


def _touched(hits: Sequence[Hit]) -> Table:
    named = _namer()
    columns = [Column("name", _("Which"), "head"), Column("kind", _("What is touched")),
               Column("place", _("Who has to act")), Column("why", _("Why")), Column("then", _("What is to be done")),
               Column("n", _("How many"), "number")]
    return Table("touched", _("Everything that is touched"), columns, [
        [Cell(words(one.name), href=_address(one.href), small=one.key), words(DEPENDANTS[one.dependant].name),
         Cell(named(one.place), plain=one.place), words(one.why), words(DEPENDANTS[one.dependant].then),
         Cell(count(one.number), plain=one.number)] for one in hits], caption_hidden=True, stacked=True)


# -- the picture -----------------------------------------------------------------------------------


def _picture(found: Shown) -> Chart | None:
    """A tile map of the places right below where it is published, where they have tiles; else bars of who has most."""
    if not found.hits:
        return None
    held, region, on = tree(), found.row.region, timezone.localdate()
    children = held.children(region, on) if region in held and held.known(region).exists(on) else ()
    squares = tiles(children)
    upper = {place: child for child in squares for place in held.within(child, on)}
    numbers = along(found.hits, upper)
    if len(numbers) > 1:
        return _map(squares, numbers)
    label = _("Who has to act, and on how much")
    named = _namer()
    return bars("who", label, [Bar(named(one.place), one.number, count(one.number))
                               for one in found.actors[:MOST_BARS]])


def _map(squares: Mapping[str, Any], numbers: Mapping[str, int]) -> Chart:
    named = _namer()
    least, most = 0.0, float(max(numbers.values()))
    shown = [TileShown(tile.row, tile.column, words(tile.short), count(numbers[code]) if code in numbers else "–",
                       shade_of(numbers[code], least, most) if code in numbers else None,
                       f"{named(code)}{words(COLON)}{count(numbers.get(code, 0))}",
                       "") for code, tile in squares.items()]
    return tile_map("map", _("How much is touched in each place; every place has the same size"), shown)
