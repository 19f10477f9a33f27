"""Results: what was promised and kept, item by place, from the nation down to one case and its clause."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from jizhun.analytics.plan import VERDICT_NAMES
from jizhun.catalogue.actions import catalogue
from jizhun.delivery.models import Source
from jizhun.evaluation.actions import Result, cases, evaluate_for_page, sources
from jizhun.evaluation.rules import Figure
from jizhun.frame.addresses import with_query
from jizhun.frame.heat import Axes, as_chart, as_table, heat
from jizhun.frame.here import Here, public_page
from jizhun.frame.lists import page_asked
from jizhun.frame.periods import days_of, periods_with
from jizhun.frame.sources import sources_about
from jizhun.frame.tables import Table, show
from jizhun.frame.tags import count, place_name, share, words
from jizhun.people.actions import allows, path_to
from jizhun.people.models import User
from jizhun.portal.single_cases import VERDICTS, cases_table
from jizhun.regions.actions import tree

INDEX = "conformance"
CASES_SHOWN = 50
VERDICT_ORDER = ("broken", "overdue", "kept", "open", "no-promise")


@dataclass(frozen=True, slots=True)
class Choice:
    """What the address asks for: whose cases, when, of which item or matter, with which verdict."""

    source: Source
    period: str
    item: str
    matter: str
    verdict: str

    @property
    def first(self) -> date | None:
        return days_of(self.period)[0]

    @property
    def last(self) -> date | None:
        return days_of(self.period)[1]

    @property
    def subject(self) -> str:
        return self.matter or self.item


@public_page
def results(request: HttpRequest, here: Here) -> HttpResponse:
    """Conformance by item or matter and place; single cases where one matter in one county is chosen."""
    offered = sources_about(here.place, here.on)
    if not offered:
        return show(request, "portal/results.html", {"elsewhere": _elsewhere(), "crumbs": []})
    choice = _choice(request, offered)
    if choice.source.simulated and not here.place.simulated:
        return HttpResponseRedirect(with_query(request, region=_fictional_top(choice.source, here)))
    result = _evaluated(choice, here)
    rows = [row for row in result.rows if _concerns(row.labels[0][0], choice)]
    figure = total_of([row.figure for row in rows])
    choice = _at_the_end(choice, here, figure)
    down, across = result.by.dimensions
    simulated = choice.source.simulated
    table = as_table(rows, down, across, simulated)
    axes = _axes(request, down, across)
    single = _single(request, choice, here, figure)
    shown = heat(rows, _caption(down, across), _corner(down), axes, simulated)
    context = {
        "choice": choice, "sources": offered, "periods": _periods(choice, here), "total": figure.cases,
        "figure": figure, "heading": _heading(choice, here, figure), "figures": _figures(figure),
        "crumbs": _crumbs(request, choice, here), 
        "heat": shown,
        "may_see": may_see_cases(request, choice.source, here),
        "table": table, "as_of": result.as_of, "behind": result.behind, "run": result.run, "index": result.index,
        "kept_pairs": _kept_pairs(request), "cases": single, "verdicts": _verdicts(request, choice, figure),
    }
    return show(request, "portal/results.html", context, [table, single.table] if single else [table],
                [as_chart(shown, simulated)] if "svg" in request.GET else [])


def _fictional_top(source: Source, here: Here) -> str:
    """The topmost fictional place of a simulated source: its figures never stand under a real place's name."""
    held = tree()
    return next(code for code in held.path(source.region, here.on) if held.known(code).simulated)


# -- what is asked -------------------------------------------------------------------------------------


def _choice(request: HttpRequest, offered: Sequence[Source]) -> Choice:
    asked = request.GET
    source = next((one for one in offered if one.code == asked.get("source")), offered[0])
    matter, item = asked.get("matter", ""), asked.get("item", "")
    held = catalogue()
    for code in filter(None, (matter, item)):
        held.chain(code)
    if matter in held.matters:
        item = held.matters[matter].item
    verdict = asked.get("verdict", "")
    return Choice(source, asked.get("period", ""), item, matter, verdict if verdict in VERDICTS else "")


def _evaluated(choice: Choice, here: Here) -> Result:
    """By item, or by matter within an item; across the places below, or across months in a county."""
    down = "matter" if choice.item else "item"
    across = "region" if here.below else "month"
    return evaluate_for_page(index=INDEX, source=choice.source.code, by=f"{down},{across}", region=here.code,
                             first=choice.first, last=choice.last)


def _concerns(code: str, choice: Choice) -> bool:
    if choice.matter:
        return code == choice.matter
    return not choice.item or catalogue().matters[code].item == choice.item


def _periods(choice: Choice, here: Here) -> list[str]:
    by_month = evaluate_for_page(index=INDEX, source=choice.source.code, by="month", region=choice.source.region)
    return periods_with(row.labels[0][0] for row in by_month.rows)


def _elsewhere() -> Source | None:
    """A place that has results, to go on from an empty page."""
    return Source.objects.filter(code__in=sources()).order_by("-simulated", "code").first()


# -- what is shown -------------------------------------------------------------------------------------


def total_of(figures: Sequence[Figure]) -> Figure:
    """The figures as one."""
    verdicts = tuple(sum(column) for column in zip(*(one.verdicts for one in figures), strict=True))
    return Figure((), sum(one.numerator for one in figures), sum(one.denominator for one in figures),
                  sum(one.cases for one in figures), verdicts or (0,) * len(VERDICT_NAMES))


def _heading(choice: Choice, here: Here, figure: Figure) -> str:
    about = words(catalogue().name(choice.subject)) if choice.subject else ""
    place = place_name(here.place)
    if figure.value is None:
        return _("No judged cases: %(about)s") % {"about": about or place}
    if about:
        return _("%(place)s, %(about)s: %(share)s of the judged cases kept every promise") % {
            "place": place, "about": about, "share": share(figure.value)}
    return _("%(place)s: %(share)s of the judged cases kept every promise") % {
        "place": place, "share": share(figure.value)}


def _figures(figure: Figure) -> list[tuple[str, str, str]]:
    """(label, number, sign) of all cases and of each verdict."""
    counts = _by_verdict(figure)
    return [(_("cases"), count(figure.cases), "")] + [
        (label, count(counts[code]), sign if counts[code] else "") for code, label, sign in (
            ("kept", _("kept"), "kept"), ("broken", _("broken"), "breach"),
            ("overdue", _("overdue, still open"), "breach"), ("open", _("open, in time"), ""),
            ("no-promise", _("no promise"), ""))]


def _caption(down: str, across: str) -> str:
    captions = {
        ("item", "region"): _("Items by place"), ("matter", "region"): _("Matters by place"),
        ("item", "month"): _("Items by month of acceptance"), ("matter", "month"): _("Matters by month of acceptance")}
    return captions[down, across]


def _corner(down: str) -> str:
    return _("Item") if down == "item" else _("Matter")


def _axes(request: HttpRequest, down: str, across: str) -> Axes:
    """A row leads into the item or matter, a column into the place or month, a cell into both."""
    name = "period" if across == "month" else "region"
    go = partial(with_query, request, csv=None, page=None, verdict=None)
    return Axes(row=lambda code: go(**{down: code}), column=lambda code: go(**{name: code}),
                cell=lambda row, column: go(**{down: row, name: column}))


def _crumbs(request: HttpRequest, choice: Choice, here: Here) -> list[tuple[str, str]]:
    """Every step back: the places above, then the item, then the matter."""
    go = partial(with_query, request, csv=None, page=None, verdict=None)
    steps = [(place_name(place), go(region=place.code)) for place in here.path]
    if choice.item:
        steps[-1] = (steps[-1][0], go(item=None, matter=None))
        steps.append((words(catalogue().name(choice.item)), go(item=choice.item, matter=None)))
    if choice.matter:
        steps.append((words(catalogue().name(choice.matter)), ""))
    return [*steps[:-1], (steps[-1][0], "")]


def _kept_pairs(request: HttpRequest) -> list[tuple[str, str]]:
    return [(key, request.GET[key]) for key in ("region", "on", "item", "matter") if key in request.GET]


# -- single cases --------------------------------------------------------------------------------------


def may_see_cases(request: HttpRequest, source: Source, here: Here) -> bool:
    """Simulated cases are for everybody; real ones for those who may read cases here."""
    if source.simulated:
        return True
    user = request.user
    return isinstance(user, User) and allows(by=user, right="case.read", path=path_to(here.code))


@dataclass(frozen=True, slots=True)
class CasesShown:
    """One page of single cases, which of all it shows, and the addresses of its neighbours ("" where there is none)."""

    table: Table
    first: int
    last: int
    number: int
    before: str = ""
    after: str = ""


def _single(request: HttpRequest, choice: Choice, here: Here, figure: Figure) -> CasesShown | None:
    """The cases with the chosen verdict, where the reader may see them."""
    if not choice.verdict or not may_see_cases(request, choice.source, here):
        return None
    number = _by_verdict(figure)[choice.verdict]
    page = page_asked(request, number, CASES_SHOWN)
    start = (page - 1) * CASES_SHOWN
    found = cases(source=choice.source.code, verdict=choice.verdict, region=here.code, matter=choice.subject or None,
                  first=choice.first, last=choice.last, limit=CASES_SHOWN, offset=start)
    return CasesShown(
        cases_table(found, choice.verdict, ""), start + 1 if found else 0, start + len(found), number,
        with_query(request, verdict=choice.verdict, page=page - 1) if page > 1 else "",
        with_query(request, verdict=choice.verdict, page=page + 1) if start + CASES_SHOWN < number else "")


def _at_the_end(choice: Choice, here: Here, figure: Figure) -> Choice:
    """Where one matter in one place without parts is chosen, the most telling cases are shown at once."""
    if choice.verdict or here.below or not choice.matter:
        return choice
    counts = _by_verdict(figure)
    return replace(choice, verdict=next((code for code in VERDICT_ORDER if counts[code]), ""))


def _by_verdict(figure: Figure) -> dict[str, int]:
    return dict(zip(VERDICT_NAMES, figure.verdicts, strict=True))


def _verdicts(request: HttpRequest, choice: Choice, figure: Figure) -> list[tuple[str, str, int, str]]:
    counts = _by_verdict(figure)
    return [(code, str(VERDICTS[code]), counts[code], with_query(request, verdict=code, csv=None))
            for code in VERDICT_ORDER]


