"""What people say: ratings of services with every denominator, why, who rates, and what became of negative ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizhun.catalogue.actions import catalogue
from jizhun.delivery.lakes import review_lake
from jizhun.delivery.models import Source
from jizhun.evaluation.negatives import Item, clocks_known, items, rectification
from jizhun.evaluation.rules.coverage import Share
from jizhun.evaluation.rules.negative import clock_for
from jizhun.evaluation.rules.rated import Shown, distribution, shown
from jizhun.evaluation.rules.rectification import VERDICTS
from jizhun.evaluation.rules.satisfaction import GRADES, Tally
from jizhun.evaluation.rules.saying import RATES, hides, share_of
from jizhun.evaluation.satisfaction import Result, satisfaction
from jizhun.frame.addresses import with_query
from jizhun.frame.charts import Bar, Chart, bars
from jizhun.frame.here import Here, public_page
from jizhun.frame.periods import days_of, periods_with
from jizhun.frame.sources import concerning
from jizhun.frame.surround import NotFound
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import count, place_name, share, words
from jizhun.kernel.bilingual import Refused
from jizhun.regions.actions import tree

DIMENSIONS = ("place", "matter", "channel", "group", "month")
WHO = ("channel", "group", "outcome", "verdict")


@public_page
def satisfaction_page(request: HttpRequest, here: Here) -> HttpResponse:
    """The ratings of the services of a place, of all matters or of one, of all time or of a period."""
    source, matter = _source(request, here), request.GET.get("matter", "")
    if matter and matter not in catalogue().matters:
        raise NotFound(zh=f"没有编码为“{matter}”的事项。", en=f"There is no matter with the code “{matter}”.")
    period = request.GET.get("period", "")
    first, last = days_of(period)
    if source is None:
        return show(request, "portal/satisfaction.html", {"elsewhere": _elsewhere(), "source": None})
    try:
        found = satisfaction(source=source.code, region=here.code, matter=matter or None, first=first, last=last)
    except Refused as refused:
        return show(request, "portal/satisfaction.html", {"source": source, "none": refused.sentence, "period": period,
                                                          "matter": matter})
    dealt = items(regions=tree().within(here.code, here.on), source=source.code, first=first, last=last)
    dealt = [one for one in dealt if not matter or one.rating.matter == matter]
    tables = _tables(found, dealt, here, request)
    picture = _picture(found)
    return show(request, "portal/satisfaction.html", {
        "source": source, "found": found, "matter": matter, "period": period, "tables": tables, "picture": picture,
        "periods": _periods(found), "name": catalogue().matters[matter].name if matter else None,
        "told": _told(found), "places": tables["place"], "beside": [tables[name] for name in DIMENSIONS[1:]],
        "who": [one for name, one in tables.items() if name.startswith("who-") and len(one.rows) > 1],
        "heard": _heard_told(found), "dealt": len(dealt), "no_clock": sum(one.judged is None for one in dealt),
        "clock": clock_for(clocks_known(), [one.code for one in here.path], here.on)}, tables.values(), [picture])


def _tables(found: Result, dealt: Sequence[Item], here: Here, request: HttpRequest) -> dict[str, Table]:
    """Every table of the page by its name."""
    return {**{name: _by(found, name, here, request) for name in DIMENSIONS}, "grades": _grades(found),
            "rates": _rates(found), "reasons": _reasons(found), "aspects": _aspects(found),
            "rectified": _rectified(dealt), **_who(found)}


def _source(request: HttpRequest, here: Here) -> Source | None:
    """Whose ratings tell about the place: the one asked for, else the first."""
    counts = review_lake().sources()
    known = [one for one in concerning(Source.objects.filter(code__in=counts), counts, here.place, here.on)
             if one.simulated == here.place.simulated]
    return next((one for one in known if one.code == request.GET.get("source")), known[0] if known else None)


def _elsewhere() -> tuple[str, str] | None:
    """A place that has ratings on record: its code and name."""
    held = tree()
    for one in Source.objects.filter(code__in=review_lake().sources()).order_by("code"):
        if one.region in held:
            return one.region, place_name(held.known(one.region))
    return None


def _periods(found: Result) -> list[str]:
    return periods_with(name for name, _words in found.labels["month"].values())


# -- in words ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """The figures above everything else: label, value, and what it is of."""

    label: str
    value: str
    of: str


def _told(found: Result) -> list[Told]:
    whole = found.rated.whole
    secret = hides(whole, found.smallest)
    mean = "–" if whole.mean is None or secret else f"{whole.mean:.2f}"
    return [Told(_("effective ratings"), count(whole.valid), _("one for each visit or matter")),
            Told(_("mean grade"), mean, _("of 5")),
            Told(_("positive"), _("not shown") if secret else share(whole.positive_rate.value),
                 "" if secret else _of(whole.positive_rate)),
            Told(_("default praise, counted apart"), count(whole.default), _("nobody gave it"))]


def _of(one: Share) -> str:
    return _("%(part)s of %(of)s") % {"part": count(one.fits), "of": count(one.of)}


@dataclass(frozen=True, slots=True)
class HeardTold:
    """How far those who rate are like those who were served, by channel."""

    apart: float
    positive: float | None
    reweighted: float | None
    rated: Share


def _heard_told(found: Result) -> HeardTold | None:
    if found.heard is None or "channel" not in found.heard.who:
        return None
    who = found.heard.who["channel"]
    return HeardTold(who.apart, who.positive.value, who.reweighted, found.heard.whole.rated_rate)


# -- tables ------------------------------------------------------------------------------------------


def _picture(found: Result) -> Chart:
    counts = distribution(found.rated.whole, found.smallest)
    rows = [Bar(words(GRADES[grade]), n or 0, _("not shown") if n is None else _part(n, found.rated.whole.valid))
            for grade, n in counts.items()]
    return bars("grades", _("Grades given"), rows)


def _part(n: int, of: int) -> str:
    return f"{count(n)} · {share(n / of)}" if of else count(n)


def _grades(found: Result) -> Table:
    columns = [Column("grade", _("Grade"), "head"), Column("ratings", _("Effective ratings"), "number"),
               Column("share", _("Share"), "number")]
    valid = found.rated.whole.valid
    rows: list[list[Cell | str]] = [
        [Cell(f"{grade} {words(GRADES[grade])}", plain=grade), _number(n),
         "" if n is None or not valid else share(n / valid)]
        for grade, n in distribution(found.rated.whole, found.smallest).items()]
    return Table("grades", _("Grades given"), columns, rows, caption_hidden=True)


def _number(n: int | None) -> Cell:
    return Cell(_("not shown"), plain="") if n is None else Cell(count(n), plain=n)


def _rates(found: Result) -> Table:
    columns = [Column("rate", _("Rate"), "head"), Column("value", _("Value"), "number"),
               Column("part", _("Counted"), "number"), Column("of", _("Denominator"), "number"),
               Column("definition", _("Definition"))]
    cases = found.heard.whole if found.heard else None
    rows: list[list[Cell | str]] = []
    for one in RATES:
        told = share_of(one.code, found.rated.whole, cases)
        secret = told is None or (one.small and hides(found.rated.whole, found.smallest))
        numbers: list[Cell | str] = [_("not shown"), "", ""] if secret or told is None else [
            Cell(share(told.value), plain=told.value), Cell(count(told.fits), plain=told.fits),
            Cell(count(told.of), plain=told.of)]
        rows.append([words(one.name), *numbers, words(one.text)])
    return Table("rates", _("Every rate with what it is of"), columns, rows, stacked=True, caption_hidden=True)


def _reasons(found: Result) -> Table:
    told = found.rated.reasons
    columns = [Column("reason", _("Reason"), "head"), Column("ratings", _("Negative ratings"), "number"),
               Column("share", _("Share"), "number")]
    names = {one.code: words(one.name) for one in found.listed.categories}
    rows = [(names[code], n) for code, n in told.by_category.items()]
    rows += [(_("another reason, only in words"), told.other), (_("no reason told"), told.silent)]
    listed: list[list[Cell | str]] = [
        [name, _number(n if n >= found.smallest or n == 0 else None),
         share(n / told.ratings) if told.ratings and (n >= found.smallest or n == 0) else ""] for name, n in rows]
    return Table("reasons", _("Why: one rating may name several"), columns, listed)


def _aspects(found: Result) -> Table:
    index = found.rated.index
    columns = [Column("aspect", _("Aspect"), "head"), Column("mean", _("Mean grade"), "number"),
               Column("ratings", _("Ratings"), "number"), Column("weight", _("Weight"), "number")]
    rows: list[list[Cell | str]] = [
        [words(one.name), f"{index.means[one.code]:.2f}" if one.code in index.means else "–",
         Cell(count(index.counts[one.code]), plain=index.counts[one.code]), f"{one.weight:g}"]
        for one in found.listed.categories if index.counts[one.code] >= found.smallest] if index else []
    return Table("aspects", _("Single aspects"), columns, rows, caption_hidden=True)


def _captions() -> dict[str, str]:
    return {"place": _("Place by place"), "matter": _("Matters"), "channel": _("Ways of being served"),
            "group": _("For whom"), "month": _("Month by month")}


def _by(found: Result, name: str, here: Here, request: HttpRequest) -> Table:
    """In the order of the codes: a place is not ranked by what few people say."""
    columns = [Column(name, _captions()[name], "head"), Column("valid", _("Effective ratings"), "number"),
               Column("mean", _("Mean grade"), "number"), Column("positive", _("Positive"), "number"),
               Column("negative", _("Negative ratings"), "number"), Column("default", _("Default praise"), "number")]
    rows = [_row(code, one, found, name, here, request)
            for code, one in sorted(shown(found.rated.by[name], found.smallest).items(),
                                    key=lambda pair: found.labels[name][pair[0]][0])]
    return Table(name, _captions()[name], columns, rows, stacked=True, caption_hidden=True)


def _row(code: int, one: Shown, found: Result, name: str, here: Here, request: HttpRequest) -> list[Cell | str]:
    label, named = found.labels[name][code]
    href = ""
    if name == "place" and label != here.code:
        href = with_query(request, region=label, csv=None)
    elif name == "matter" and label:
        href = with_query(request, matter=label, csv=None)
    mean = one.tally.mean
    return [Cell(words(named), href=href, plain=label), _number(one.valid),
            "" if one.hidden or mean is None else f"{mean:.2f}",
            "" if one.hidden else Cell(share(one.tally.positive_rate.value), plain=one.tally.positive_rate.value),
            _number(one.negative), Cell(count(one.tally.default), plain=one.tally.default)]


def _who(found: Result) -> dict[str, Table]:
    """Who rates: finished cases by channel, group, outcome and verdict, with how many were rated and how."""
    if found.heard is None:
        return {}
    captions = {"channel": _("Who rates: by way of being served"), "group": _("Who rates: for whom"),
                "outcome": _("Who rates: by outcome"), "verdict": _("Who rates: by what became of the promise")}
    return {f"who-{name}": _who_table(found, name, captions[name], found.heard.by[name]) for name in WHO}


_WHAT = {"channel": gettext_lazy("Channel"), "group": gettext_lazy("For whom"), "outcome": gettext_lazy("Outcome"),
         "verdict": gettext_lazy("What was promised")}


def _who_table(found: Result, name: str, caption: str, some: Mapping[int, Tally]) -> Table:
    columns = [Column(name, str(_WHAT[name]), "head"), Column("cases", _("Finished cases"), "number"),
               Column("rated", _("Rated by a person"), "number"), Column("share", _("Rated"), "number"),
               Column("mean", _("Mean grade"), "number"), Column("positive", _("Positive"), "number")]
    rows: list[list[Cell | str]] = []
    for code, one in shown(some, found.smallest).items():
        tally, secret = one.tally, one.hidden
        rows.append([words(found.labels[name][code][1]), Cell(count(tally.cases), plain=tally.cases),
                     Cell(count(tally.active), plain=tally.active) if tally.active >= found.smallest else "",
                     share(tally.rated_rate.value) if tally.active >= found.smallest else "",
                     "" if secret or tally.mean is None else f"{tally.mean:.2f}",
                     "" if secret else share(tally.positive_rate.value)])
    return Table(f"who-{name}", caption, columns, rows, stacked=True)


def _rectified(dealt: Sequence[Item]) -> Table:
    told, _without = rectification(dealt)
    columns = [Column("what", _("What became of them"), "head"), Column("value", _("Share"), "number"),
               Column("part", _("Counted"), "number"), Column("of", _("Denominator"), "number")]
    shares = [(_("Rectified"), told.rectified), (_("Rectified in time"), told.in_time),
              (_("Called back"), told.called_back), (_("Satisfied at call-back"), told.satisfied),
              (_("Closed"), told.closed)]
    rows: list[list[Cell | str]] = [[words(VERDICTS[verdict]), "", Cell(count(n), plain=n), ""]
                                    for verdict, n in told.by_verdict.items()]
    rows += [[name, share(one.value), Cell(count(one.fits), plain=one.fits), Cell(count(one.of), plain=one.of)]
             for name, one in shares]
    return Table("rectified", _("Negative ratings: what became of them"), columns, rows, caption_hidden=True)

