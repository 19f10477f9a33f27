"""Across the country: one measure in every place below the chosen one, as map, ranking and inequality."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jizhun.analytics.inequality import Measure, atkinson, gini, mean, theil, theil_l, variation
from jizhun.analytics.inequality import lorenz as lorenz_points
from jizhun.catalogue.actions import catalogue
from jizhun.catalogue.rules import GENERAL
from jizhun.frame.addresses import with_query
from jizhun.frame.charts import Bar, Chart, TileShown, bars, bounds, lorenz, shade_of, tile_map
from jizhun.frame.equality import told
from jizhun.frame.here import Here, public_page
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import day, place_name, words
from jizhun.kernel.bilingual import COLON, COMMA
from jizhun.portal.across_time import Compared, over_time
from jizhun.provisions.actions import book
from jizhun.provisions.rules import Book, concern
from jizhun.provisions.rules.comparing import Compared as Row
from jizhun.provisions.rules.comparing import Comparison, End, Spread, compare, spread
from jizhun.provisions.rules.telling import quantity, unit_in_words
from jizhun.regions.actions import Tile, parts, persons, tiles, tree
from jizhun.regions.rules import Persons

FIRST_CHOICE = "minimum_wage"
"""Shown where nothing is chosen and anybody speaks on it: every province sets one."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is compared: a measure of an item or matter, by the most or the least favourable value of a place."""

    subject: str
    measure: str
    end: End


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be compared, with its words."""

    value: str
    label: str
    chosen: bool


@public_page
def across(request: HttpRequest, here: Here) -> HttpResponse:
    """One measure in all places below the chosen one, on the chosen day."""
    held = book()
    offered = _offered(held, here)
    asked = _asked(request, offered)
    choices = _choices(held, offered, asked)
    if asked is None:
        return show(request, "portal/across.html", {"choices": choices, "up": _above(request, here)})
    below = here.comparable
    within = [place.code for place in below if place.in_scope]
    comparison = compare(held, asked.measure, asked.subject, within, here.on, asked.end)
    apart = spread(comparison, {code: part for code, (part, _name) in parts(within).items()})
    named = {place.code: place_name(place) for place in below}
    squares = tiles(named)
    table = _table(comparison, named, squares)
    pictures = _pictures(request, here, comparison, named, apart, squares)
    inequality = _inequality(apart, comparison, here)
    changes = _changes(held, asked, here)
    changed, more, drawn = over_time(request, Compared(held, asked.measure, asked.subject, asked.end, within, here))
    context = {
        **changed, "choices": choices, "asked": asked, "comparison": comparison, "table": table,
        "finding": _finding(held, asked, here, comparison), "charts": {one.name: one for one in pictures},
        "inequality": inequality, "scale": _scale(comparison),
        "days": _days(request, changes, here), "changes": " ".join(one.isoformat() for one in changes),
        "silent": len(comparison.rows) - len(comparison.known),
        "out": words(COMMA).join(place_name(place) for place in below if not place.in_scope)}
    tables = [table, *([inequality] if inequality else []), *more]
    return show(request, "portal/across.html", context, tables, [*pictures, *drawn])


# -- what is asked -------------------------------------------------------------------------------------


def _offered(held: Book, here: Here) -> list[tuple[str, str]]:
    """(subject, measure) on which any place below has ever spoken, or has a tier: there only can places differ."""
    inside = _inside(here)
    found = [(subject, measure) for subject, measure in held.lines
             if measure in held.measures and inside & concern(held, measure, subject).places]
    return sorted(found, key=lambda one: (one[0] != GENERAL, one))


def _inside(here: Here) -> set[str]:
    """Every place that lies in one of the compared places, and these themselves."""
    return {code for place in here.comparable for code in tree().within(place.code, here.on)}


def _choices(held: Book, offered: Sequence[tuple[str, str]], asked: Asked | None) -> list[Choice]:
    chosen = (asked.subject, asked.measure) if asked else None
    return [Choice(f"{subject} {measure}", _label(held, subject, measure), (subject, measure) == chosen)
            for subject, measure in offered]


def _asked(request: HttpRequest, offered: Sequence[tuple[str, str]]) -> Asked | None:
    """What the address names; without a name the first that can be compared; None where there is no such thing here."""
    what = request.GET.get("what", "").strip()
    end: End = "low" if request.GET.get("end") == "low" else "high"
    if what:
        subject, _space, measure = what.partition(" ")
        return Asked(subject, measure, end) if (subject, measure) in offered else None
    first = next((one for one in offered if one[1] == FIRST_CHOICE), offered[0] if offered else None)
    return Asked(*first, end) if first else None


def _label(held: Book, subject: str, measure: str) -> str:
    name = words(held.measures[measure].name)
    return name if subject == GENERAL else f"{words(catalogue().name_of(subject))}{words(COLON)}{name}"


def _changes(held: Book, asked: Asked, here: Here) -> list[date]:
    """Every day on which anything changed at a place here or above."""
    speaking = _inside(here) | {place.code for place in here.path}
    lines = held.lines.get((asked.subject, asked.measure), {})
    return sorted({one for code in speaking & lines.keys() for line in lines[code].values()
                   for one in line.change_days() if one.year > 1900})


def _days(request: HttpRequest, changes: Sequence[date], here: Here) -> list[tuple[date, str, bool]]:
    """The nearest of the days on which anything changed, to step through; whether each is the one in force now."""
    before = [one for one in changes if one <= here.on][-4:]
    after = [one for one in changes if one > here.on][:3]
    return [(one, with_query(request, on=one.isoformat()), one == (before[-1] if before else None))
            for one in (*before, *after)]


def _above(request: HttpRequest, here: Here) -> str:
    return with_query(request, region=here.path[-2].code) if len(here.path) > 1 else ""


# -- what is shown -------------------------------------------------------------------------------------


def _figure(row: Row, unit: str) -> str:
    return "" if row.amount is None else words(quantity(row.amount, unit))


def _number(amount: Decimal) -> str:
    return f"{amount.normalize():f}"


def _finding(held: Book, asked: Asked, here: Here, found: Comparison) -> str:
    """The title says what is found, not what is drawn."""
    name, ranked = _label(held, asked.subject, asked.measure), found.ranked
    if not ranked:
        return _("%(what)s: nothing is on record here on this day") % {"what": name}
    most, least = ranked[0].amount or Decimal(0), ranked[-1].amount or Decimal(0)
    if most == least:
        return _("%(what)s: the same in all %(n)s places, %(value)s") % {
            "what": name, "n": len(ranked), "value": words(quantity(most, found.unit))}
    return _("%(what)s: from %(least)s to %(most)s") % {
        "what": name, "least": _number(least), "most": words(quantity(most, found.unit))}


def _sentence(row: Row, named: dict[str, str], unit: str) -> str:
    figure = _figure(row, unit) or _("no figure on record")
    return f"{named[row.place]}{words(COLON)}{figure}"


def _pictures(request: HttpRequest, here: Here, found: Comparison, named: dict[str, str], apart: Spread | None,
              squares: Mapping[str, Tile]) -> list[Chart]:
    pictures = []
    if squares:
        pictures.append(_map(request, here, found, named, squares))
    if found.ranked:
        title = _("Ranking")
        pictures.append(bars("ranking", title, [
            Bar(named[row.place], float(row.amount or 0), _number(row.amount or Decimal(0))) for row in found.ranked]))
    if apart and apart.gini is not None:
        title = _("Lorenz curve, Gini %(gini)s") % {"gini": f"{apart.gini:.4f}"}
        points = lorenz_points([float(row.amount or 0) for row in found.known])
        pictures.append(lorenz("lorenz", title, points, (_("share of places"), _("share of the sum"))))
    return pictures


def _map(request: HttpRequest, here: Here, found: Comparison, named: dict[str, str],
         squares: Mapping[str, Tile]) -> Chart:
    by_place = {row.place: row for row in found.rows}
    amounts = [float(row.amount or 0) for row in found.known]
    least, most = (min(amounts), max(amounts)) if amounts else (0.0, 0.0)
    shown = []
    for code, tile in squares.items():
        row = by_place.get(code)
        short = words(tile.short)
        at = (tile.row, tile.column)
        if row is None:
            shown.append(TileShown(*at, short, "", None, _("%(place)s: outside the list") % {"place": named[code]}))
            continue
        value = "" if row.amount is None else _number(row.amount)
        shade = None if row.amount is None else shade_of(float(row.amount), least, most)
        shown.append(TileShown(*at, short, value or "–", shade, _sentence(row, named, found.unit),
                               with_query(request, region=code)))
    return tile_map("map", _("Tile map: every place has the same size"), shown)


def _scale(found: Comparison) -> list[str]:
    """What each shade of the map stands for."""
    amounts = [float(row.amount or 0) for row in found.known]
    if not amounts or min(amounts) == max(amounts):
        return []
    *lower, last = bounds(min(amounts), max(amounts))  # a class holds its lower edge; the last one both
    return [*(f"{low:.0f}–<{high:.0f}" for low, high in lower), f"{last[0]:.0f}–{last[1]:.0f}"]


def _table(found: Comparison, named: dict[str, str], squares: Mapping[str, Tile]) -> Table:
    columns = [Column("rank", _("Rank"), "number"), Column("place", _("Place"), "head"),
               Column("value", _("Value"), "number"), Column("unit", _("Unit")), Column("since", _("Since"), "date"),
               Column("paper", _("Paper")), Column("verified", _("Source read"))]
    ranks, rest = found.ranks, [row for row in found.rows if row.amount is None]
    rows = [_row(row, named, found.unit, ranks.get(row.place), squares.get(row.place))
            for row in (*found.ranked, *rest)]
    return Table("places", _("Every place"), columns, rows, caption_hidden=True, stacked=True)


def _row(row: Row, named: dict[str, str], unit: str, rank: int | None, tile: Tile | None) -> list[Cell | str]:
    """One place; beside its name the short one by which the map knows it."""
    winner = row.answer.winners[0] if row.answer.winners else None
    amount = "–" if row.amount is None else _number(row.amount)
    return [
        Cell("" if rank is None else str(rank), plain=rank or ""),
        Cell(named[row.place], small=words(tile.short) if tile else ""),
        Cell(amount, plain="" if row.amount is None else amount),
        words(unit_in_words(unit)) if row.amount is not None else "",
        Cell(day(winner.valid_from), plain=str(winner.valid_from)) if winner else "",
        words(winner.paper.title) if winner and winner.paper else "",
        _("yes") if row.verified else _("no") if winner else ""]


def _inequality(apart: Spread | None, comparison: Comparison, here: Here) -> Table | None:
    """Figures of inequality, each place once and by people, each with what it means; only those that can be computed.
    """
    if apart is None or apart.n < 2:
        return None
    values = [float(row.amount or 0) for row in comparison.known]
    people = persons([row.place for row in comparison.known], here.on)
    weights = [float(people[row.place].number) if row.place in people else 0.0 for row in comparison.known]
    found: list[tuple[str, float | None, Measure | None, str]] = [
        (_("Greatest over least"), apart.ratio, None, _("1: all the same")),
        (_("Coefficient of variation"), apart.variation, variation,
         _("standard deviation over mean, all places counted")),
        (_("Gini coefficient"), apart.gini, gini, _("0: all the same; 1: one place has everything")),
        (_("Theil T"), apart.theil, theil, _("0: all the same")),
        (_("Theil L"), told(lambda: theil_l(values)), theil_l, _("0: all the same")),
        (_("Atkinson's index, ε = 1"), told(lambda: atkinson(values)), atkinson, _("0: all the same")),
    ]
    if apart.parts:
        found += [(_("of Theil T between the parts of the country"), apart.parts.between, None,
                   _share(apart, "between")),
                  (_("of Theil T within them"), apart.parts.within, None, _share(apart, "within"))]
    weighed = sum(weight > 0 for weight in weights) > 1
    columns = [Column("measure", _("Indicator"), "head"), Column("value", _("Each place once"), "number"),
               *([Column("people", _("By people"), "number")] if weighed else []),
               Column("meaning", _("How to read it"))]

    def by(measure: Measure | None) -> list[Cell | str]:
        value = None if measure is None else told(lambda: measure(values, weights))
        return ["" if value is None else Cell(f"{value:.4f}", plain=value)] if weighed else []
    rows: list[list[Cell | str]] = [
        [name, Cell(f"{value:.4f}", plain=value), *by(measure), meaning]
        for name, value, measure, meaning in found if value is not None]
    middle = told(lambda: mean(values, weights)) if weighed else None
    first: list[Cell | str] = [_("Mean"), Cell(f"{apart.mean:.2f}", plain=apart.mean),
                               *(["" if middle is None else Cell(f"{middle:.2f}", plain=middle)] if weighed else []),
                               words(unit_in_words(comparison.unit))]
    return Table("inequality", _("How far apart"), columns, [first, *rows], _weighed_note(apart.n, weights, people),
                 caption_hidden=True, stacked=True)


def _weighed_note(places: int, weights: Sequence[float], people: Mapping[str, Persons]) -> str:
    """How many places count once, and by the people of which day the others."""
    once = _("%(n)s places, each counted once, whatever its population.") % {"n": places}
    unknown = sum(weight == 0 for weight in weights)
    if len(weights) - unknown < 2:
        return f"{once} {_('Not weighed by people: the populations of these places are not known.')}"
    days = words(COMMA).join(map(day, sorted({one.as_of for one in people.values()})))
    known = _("By people: the population of %(day)s.") % {"day": days}
    lacking = [ngettext("The population of %(n)s place is not known.", "The populations of %(n)s places are not known.",
                        unknown) % {"n": unknown}] if unknown else []
    return " ".join([once, known, *lacking])


def _share(apart: Spread, which: str) -> str:
    return f"{getattr(apart.parts, which) / apart.theil:.1%}" if apart.theil else ""

