"""All targets of the places below as one figure: weights, method and normalisation are chosen, and stand beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from django.http import HttpRequest
from django.utils.translation import gettext as _

from jizhun.evaluation.depth import INDICATORS, Targets
from jizhun.evaluation.rules.composite import (
    NORMALISATIONS,
    Method,
    Normal,
    entropy_weights,
    equal_weights,
    ranks,
    scores,
)
from jizhun.evaluation.rules.sensitivity import RankInterval, Room, rank_intervals, rooms
from jizhun.frame.charts import Bar, Chart, bars
from jizhun.frame.dashboard import Asked
from jizhun.frame.dashboard_targets import month_words
from jizhun.frame.equality import Rows, back, figure
from jizhun.frame.tables import Cell, Column, Table
from jizhun.frame.tags import place_name, share, words
from jizhun.kernel.bilingual import Refused

SEED, DRAWS = 1, 1000
HIGHER = (True,) * len(INDICATORS)
WAYS = ("equal", "entropy", "own")


@dataclass(frozen=True, slots=True)
class Chosen:
    """How the figures become one. ``own``: the weights that were typed, in the order of the indicators."""

    ways: str
    method: Method
    normal: Normal
    own: tuple[float, ...]


def chosen(request: HttpRequest) -> Chosen:
    """What the address asks for. Raises Refused for what there is not."""
    ways, method = request.GET.get("weights") or "equal", request.GET.get("method") or "sum"
    normal = request.GET.get("normal") or ("vector" if method == "topsis" else "minmax")
    for name, value, allowed in (("weights", ways, WAYS), ("method", method, get_args(Method)),
                                 ("normal", normal, tuple(NORMALISATIONS))):
        if value not in allowed:
            raise Refused(zh=f"“{name}”只能是 {'、'.join(allowed)}，不能是“{value}”。",
                          en=f"“{name}” must be one of {', '.join(allowed)}, not “{value}”.")
    own = tuple(_weight(request.GET.get(f"w_{code}", ""), code) for code in INDICATORS) if ways == "own" else ()
    return Chosen(ways, method, normal, own)  # type: ignore[arg-type]


def _weight(text: str, code: str) -> float:
    try:
        found = float(text or 0)
    except ValueError:
        found = -1.0
    if not 0 <= found <= 1000:
        raise Refused(zh=f"“{INDICATORS[code].zh}”的权重“{text}”不是 0 到 1000 之间的数。",
                      en=f"The weight “{text}” of {INDICATORS[code].en.lower()} is no number from 0 to 1000.")
    return found


def composite_context(request: HttpRequest, asked: Asked, found: Targets) -> tuple[dict[str, Any], list[Table],
                                                                                   list[Chart]]:
    """What the shared part of the page shows, with its tables and pictures. Raises Refused for weights that cannot be.
    """
    how = chosen(request)
    context: dict[str, Any] = {
        "shown": found.shown, "asked": asked, "found": found, "how": how, "back": back(request),
        "heading": _("%(place)s: all targets as one figure") % {"place": place_name(found.shown.place)},
        "span": _("%(first)s to %(last)s") % {"first": month_words(found.shown.span.first),
                                              "last": month_words(found.shown.span.last)},
        "normals": [(code, words(one.name), one.formula) for code, one in NORMALISATIONS.items()],
        "indicators": [(code, words(name), request.GET.get(f"w_{code}", "1")) for code, name in INDICATORS.items()],
        "kept_pairs": [(key, request.GET[key]) for key in ("region", "on", "source", "period", "weigh")
                       if request.GET.get(key)],
        "lacking": [place_name(one) for one in found.lacking]}
    if len(found.places) < 2:
        return context, [], []
    try:
        weights = _weights(how, found)
        made = _Made(found, how, weights, scores(found.table, weights, HIGHER, method=how.method,
                                                 normal=how.normal).tolist())
        tables, picture = [made.ranking(), made.weights_table()], made.picture()
    except Refused as refused:
        return {**context, "refused": refused.sentence}, [], []
    formula = NORMALISATIONS[how.normal]
    return {**context, "ranking": tables[0], "weights": tables[1], "picture": picture,
            "normal": f"{words(formula.name)}: {formula.formula}"}, tables, [picture]


def _weights(how: Chosen, found: Targets) -> Sequence[float]:
    if how.ways == "entropy":
        return entropy_weights(found.table).weights
    return how.own if how.ways == "own" else equal_weights(len(INDICATORS))


@dataclass(frozen=True)
class _Made:
    """The composite of these places by these weights."""

    found: Targets
    how: Chosen
    weights: Sequence[float]
    scores: Sequence[float]

    def ranking(self) -> Table:
        """Places by score, each with its figures, and between which ranks it lies under other weights."""
        how, order = self.how, ranks(self.scores)
        apart = rank_intervals(self.found.table, self.weights, HIGHER, method=how.method, normal=how.normal, seed=SEED,
                               draws=DRAWS)
        columns = [Column("rank", _("Rank"), "number"), Column("place", _("Place"), "head"),
                   Column("score", _("Score"), "number"), Column("ranks", _("Ranks under any weights"), "number"),
                   Column("first", _("How often first"), "number"),
                   *(Column(code, words(name), "number") for code, name in INDICATORS.items())]
        rows: Rows = [
            [Cell(str(order[n]), plain=order[n]), place_name(place), figure(self.scores[n]), _between(apart[n]),
             Cell(share(apart[n].first), plain=round(apart[n].first, 6)),
             *(Cell(share(value), plain=round(value, 6)) for value in self.found.table[n])]
            for n, place in sorted(enumerate(self.found.places), key=lambda one: (order[one[0]], one[1].code))]
        return Table("ranking", _("Every place"), columns, rows, _(
            "Ranks under any weights: where a place lies in 90 of 100 random sets of weights (1,000 draws)."),
            caption_hidden=True, stacked=True)

    def weights_table(self) -> Table:
        """Each weight, and how far it may move before another place is first."""
        how = self.how
        told: Mapping[str, Room] = dict(zip(INDICATORS, rooms(
            self.found.table, self.weights, HIGHER, method=how.method, normal=how.normal), strict=True))
        columns = [Column("indicator", _("Indicator"), "head"), Column("weight", _("Weight"), "number"),
                   Column("low", _("The first place stays from"), "number"), Column("high", _("up to"), "number"),
                   Column("taker", _("Then first"))]
        rows: Rows = [[words(INDICATORS[code]), figure(one.weight), figure(one.low), figure(one.high),
                       self._taker(one)] for code, one in told.items()]
        return Table("weights", _("Weights, and how much room they have"), columns, rows, caption_hidden=True,
                     stacked=True)

    def _taker(self, one: Room) -> str:
        takers = [self.found.places[at] for at in (one.low_taker, one.high_taker) if at is not None]
        names = list(dict.fromkeys(map(place_name, takers)))
        return " · ".join(names) or _("nobody")

    def picture(self) -> Chart:
        order = sorted(range(len(self.scores)), key=lambda n: -self.scores[n])
        return bars("scores", _("Scores of the places"), [
            Bar(place_name(self.found.places[n]), max(self.scores[n], 0.0), f"{self.scores[n]:.3f}") for n in order])


def _between(one: RankInterval) -> Cell:
    return Cell(str(one.low) if one.low == one.high else f"{one.low}–{one.high}", plain=f"{one.low}-{one.high}")
