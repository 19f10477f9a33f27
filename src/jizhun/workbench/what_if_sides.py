"""Two to four runs side by side: what each costs whom, whom it reaches, and how unequal it leaves people."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from jizhun.entitlements.actions import keeping
from jizhun.entitlements.models import WhatIf
from jizhun.entitlements.whatif.reporting import Report, read_report
from jizhun.entitlements.whatif.scenario import Scenario, read_scenario
from jizhun.entitlements.whatif.telling import finding_alone, spread_rows, title
from jizhun.entitlements.whatif.workbook import payer_in_words
from jizhun.frame.charts import bars
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Bilingual
from jizhun.workbench.upload import user_of
from jizhun.workbench.what_if import sign_of
from jizhun.workbench.what_if_tables import money_bars, money_unit, number, yuan

FEWEST, MOST = 2, 4
LETTERS = "ABCD"


@dataclass(frozen=True)
class Side:
    """One of the runs, known by a letter in the tables."""

    letter: str
    run: WhatIf
    scenario: Scenario
    report: Report

    @property
    def what(self) -> str:
        return words(title(self.scenario, keeping.names_of(self.scenario)))

    @property
    def found(self) -> str:
        return words(finding_alone(self.report, self.scenario.months))

    @property
    def sign(self) -> str:
        return sign_of(self.run)


@login_required
def side_by_side(request: HttpRequest) -> HttpResponse:
    """The runs that were ticked; back to the list where they are not two to four."""
    user = user_of(request)
    tokens = list(dict.fromkeys(request.GET.getlist("choose")))
    runs = [one for token in tokens if (one := keeping.own(by=user, token=token)) is not None
            and one.state == WhatIf.DONE]
    if not FEWEST <= len(runs) <= MOST:
        return HttpResponseRedirect(f"{reverse('what-ifs')}?{urlencode({'wrong': '1'})}")
    sides = [Side(letter, one, read_scenario(one.scenario), read_report(one.outcome or {}))
             for letter, one in zip(LETTERS, runs, strict=False)]
    figures, places = _figures(sides), _places(sides)
    amounts = [(side.letter, side.report.total.difference or 0) for side in sides]
    chart = bars("sides", _("Difference in cost"), money_bars(amounts))
    finding = _finding([cents for _letter, cents in amounts])
    context = {"finding": finding, "chart_unit": money_unit(amounts)[1], "sides": sides, "figures": figures,
               "places": places,
               "chart": chart,
               "unlike": len({(one.run.digest, one.scenario.first, one.scenario.months, one.scenario.regions)
                              for one in sides}) > 1}
    return show(request, "workbench/what_if_sides.html", context, [figures, places], [chart])


def _finding(amounts: list[int]) -> str:
    least, most = (yuan(one, signed=True).text for one in (min(amounts), max(amounts)))
    if least == most:
        return _("Side by side: %(amount)s each") % {"amount": most}
    return _("Side by side: from %(least)s to %(most)s") % {"least": least, "most": most}


def _columns(first: Column, sides: list[Side]) -> list[Column]:
    return [first, *(Column(side.letter, side.letter, "number") for side in sides)]


def _figures(sides: list[Side]) -> Table:
    def row(label: str, cell: Callable[[Report], Cell]) -> list[Cell | str]:
        return [label, *(cell(side.report) for side in sides)]
    rows = [row(_("Difference in cost"), lambda one: yuan(one.total.difference, signed=True)),
            row(_("Cost now"), lambda one: yuan(one.total.before)),
            row(_("Cost as supposed"), lambda one: yuan(one.total.after)),
            row(_("Uncertainty of the difference (±)"),
                lambda one: yuan(None if one.error is None else round(1.96 * one.error))),
            row(_("Persons in the population"), lambda one: number(one.total.persons)),
            row(_("Get something now"), lambda one: number(one.total.entitled_before)),
            row(_("Get something as supposed"), lambda one: number(one.total.entitled_after)),
            row(_("Get more"), lambda one: number(one.total.gain)),
            row(_("Get less"), lambda one: number(one.total.lose))]
    payers = dict.fromkeys(payer for side in sides for payer, _before, _after in side.report.payers)
    rows += [row(_("Difference paid by: %(payer)s") % {"payer": words(payer_in_words(payer))}, _paid_by(payer))
             for payer in payers]
    rows += [row(words(Bilingual(f"{what.zh}，假设", f"{what.en}, as supposed")), _spread(place))
             for place, (what, _before, _after) in enumerate(spread_rows(sides[0].report.spread_before,
                                                                         sides[0].report.spread_after))]
    return Table("figures", _("Side by side"), _columns(Column("figure", _("Figure"), "head"), sides), rows,
                 caption_hidden=True, stacked=True)


def _paid_by(payer: str) -> Callable[[Report], Cell]:
    def cell(report: Report) -> Cell:
        found = {name: after - before for name, before, after in report.payers}
        return yuan(found.get(payer, 0) if report.payers else None, signed=True)
    return cell


def _spread(place: int) -> Callable[[Report], Cell]:
    def cell(report: Report) -> Cell:
        value = spread_rows(report.spread_before, report.spread_after)[place][2]
        return Cell("–", plain="") if value is None else Cell(f"{value:.4f}", plain=value)
    return cell


def _places(sides: list[Side]) -> Table:
    """The difference region by region, where a run shows the region by itself."""
    by_region = [{one.regions[0]: one.difference for one in side.report.regions if len(one.regions) == 1}
                 for side in sides]
    codes = sorted({code for some in by_region for code in some})
    names = keeping.names_of(sides[0].scenario)
    rows: list[list[Cell | str]] = [[Cell(words(names.place(code)), plain=code),
                                     *(yuan(some.get(code), signed=True) for some in by_region)] for code in codes]
    return Table("places", _("Difference by region"), _columns(Column("region", _("Region"), "head"), sides), rows,
                 caption_hidden=True, stacked=True)
