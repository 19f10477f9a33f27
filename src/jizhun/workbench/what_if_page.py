"""The page of one run: match the columns of a file, see how far it is, read what was found, take it away."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.entitlements.actions import entitlements, keeping
from jizhun.entitlements.models import WhatIf
from jizhun.entitlements.rules.book import Fact
from jizhun.entitlements.whatif.reporting import read_report
from jizhun.entitlements.whatif.scenario import Scenario, read_scenario
from jizhun.entitlements.whatif.synthetic import Margins, pair
from jizhun.entitlements.whatif.telling import (
    INEQUALITY,
    UNCERTAINTY,
    finding,
    money,
    notes,
    persons,
    supposed_in_words,
    title,
)
from jizhun.entitlements.whatif.workbook import workbook
from jizhun.frame.fields import Field
from jizhun.frame.lists import listing
from jizhun.frame.tables import XLSX, show
from jizhun.frame.tags import count, words
from jizhun.kernel.bilingual import COMMA, Bilingual, Refused
from jizhun.regions.actions import tree
from jizhun.workbench import what_if_tables as tables
from jizhun.workbench.long_work import STATES, asked_at, forgetting, owned, stopping, swapped
from jizhun.workbench.tasks import run_what_if
from jizhun.workbench.upload import user_of
from jizhun.workbench.what_if import sign_of


@login_required
def what_if(request: HttpRequest, token: str) -> HttpResponse:
    """One run in whatever state it is; asked by htmx, only the part that changes."""
    one: WhatIf = owned(request, keeping.own, token)
    scenario = read_scenario(one.scenario)
    if one.state == WhatIf.MATCHING:
        return _matching(request, one, scenario)
    if (part := swapped(request, one, "what-if")) is not None:
        return part
    if one.state == WhatIf.DONE:
        return _result(request, one, scenario)
    return render(request, "workbench/what_if_moving.html", {**_about(one, scenario), "state": STATES[one.state]})


def _about(one: WhatIf, scenario: Scenario) -> dict[str, Any]:
    """What every page of a run says of it."""
    names = keeping.names_of(scenario)
    held = tree()
    places = [words(Bilingual("全国", "China")) if code == "CN" else words(held.known(code).name)
              for code in scenario.regions if code in held]
    return {"run": one, "scenario": scenario, "head": entitlements().heads[scenario.entitlement],
            "what": words(title(scenario, names)),
            "supposed": [words(each) for each in supposed_in_words(scenario, names)],
            "places": words(COMMA).join(places), "first": f"{scenario.days[0]:%Y-%m}",
            "last": f"{scenario.days[-1]:%Y-%m}",
            "asked_at": asked_at(one), "sign": sign_of(one)}


# -- the columns of a file


halt = stopping(keeping.own, keeping.cancel, "what-if")
drop = forgetting(keeping.own, keeping.forget, "what-if", "what-ifs")
FACT = "fact-"


def _matching(request: HttpRequest, one: WhatIf, scenario: Scenario) -> HttpResponse:
    """Which column is what; posted, the run waits for its turn."""
    facts = _facts_of(scenario)
    typed = _guessed(one, facts)
    wrong = ""
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in ("region", "weight", *(FACT + code for code in facts))}
        try:
            matched = keeping.match(by=user_of(request), token=one.token, region=typed["region"],
                                    weight=typed["weight"],
                                    facts={code: typed[FACT + code] for code in facts})
        except Refused as refused:
            wrong = words(refused.sentence) if typed["region"] else _("Choose the column that holds the region.")
        else:
            run_what_if.enqueue(matched.token)
            return HttpResponseRedirect(reverse("what-if", args=[one.token]))
    fields = [_column(one, "region", _("Region"), typed, _("A code such as 330100 in every row"), wrong),
              _column(one, "weight", _("Weight"), typed,
                      _("How many persons a row stands for; without it each is one")),
              *(_column(one, FACT + code, words(fact.label), typed, _hint(fact)) for code, fact in facts.items())]
    context = {**_about(one, scenario), "fields": fields, "wrong": wrong}
    return render(request, "workbench/what_if_match.html", context, status=400 if wrong else 200)


def _facts_of(scenario: Scenario) -> dict[str, Fact]:
    """The facts that the rules read, said otherwise or not, in the order in which they are asked."""
    read = {code for one in keeping.rules_of(scenario) for code in one.facts}
    return {code: fact for code, fact in entitlements().facts.items() if code in read}


def _guessed(one: WhatIf, facts: dict[str, Fact]) -> dict[str, str]:
    """The columns whose names say what they are."""
    by_name = {name.casefold().strip(): name for name in reversed(one.asked_of["columns"])}

    def guess(*names: str) -> str:
        return next((by_name[name.casefold()] for name in names if name.casefold() in by_name), "")
    return {"region": guess("region", "region_code", "地区", "区划", "行政区划代码", "地区代码"),
            "weight": guess("weight", "权数", "权重"),
            **{FACT + code: guess(code, fact.label.zh, fact.label.en) for code, fact in facts.items()}}


def _column(one: WhatIf, name: str, label: str, typed: dict[str, str], hint: str, wrong: str = "") -> Field:
    columns = one.asked_of["columns"]
    return Field(name, label, typed.get(name, ""), wrong, hint=hint,
                 choices=[("", _("not in the file")), *((column, column) for column in columns)])


def _hint(fact: Fact) -> str:
    """What the cells of a column have to look like."""
    if fact.type == "choice":
        return words(COMMA).join(code for code, _words in fact.options)
    return {"boolean": _("yes or no, 是 or 否, true or false, 1 or 0"), "date": _("dates like 1966-01-31"),
            "number": _("numbers")}[fact.type]


# -- what was found


def _result(request: HttpRequest, one: WhatIf, scenario: Scenario) -> HttpResponse:
    report, names = read_report(one.outcome or {}), keeping.names_of(scenario)
    by_region = listing(request, tables.regions(report, names.place))
    chart = tables.region_bars(report, names.place)
    shown = {"totals": tables.totals(report, scenario.months), "months": tables.by_month(report),
             "payers": tables.by_payer(report), "spread": tables.spread(report)}
    margins = keeping.populations().get(_shipped(one))
    context = {
        **_about(one, scenario), **shown, "report": report, "listing": by_region, "chart": chart,
        "bars": tables.bar_count(report),
        "chart_unit": tables.money_unit([("", one.difference or 0) for one in report.regions])[1],
        "finding": words(finding(report, scenario, title(scenario, names))), "old": keeping.is_old(one),
        "error": words(money(round(1.96 * report.error))) if report.error is not None else "",
        "difference": tables.yuan(report.total.difference, signed=True).text,
        "gain": _people(report.total.gain), "lose": _people(report.total.lose),
        "notes": [words(each) for each in notes(report, entitlements().facts, names)],
        "uncertainty": words(UNCERTAINTY), "inequality": words(INEQUALITY), "margins": margins,
        "population": [(words(label), words(value) if isinstance(value, Bilingual) else _fact_shown(value))
                       for label, value in keeping.population_facts(one.people, _shipped(one))],
        "spreads": _spreads(margins) if margins else []}
    files = [by_region.whole, *shown.values()]
    return show(request, "workbench/what_if_result.html", context, files, [chart] if chart else [])


def _fact_shown(value: object) -> str:
    return count(value) if isinstance(value, int) else str(value)


def _shipped(one: WhatIf) -> str:
    """The code of the shipped population; "" for a file."""
    return str(one.asked_of.get("population", ""))


def _spreads(margins: Margins) -> list[tuple[str, str, str, str]]:
    """(fact, published or assumed, where from or why, what else has to be said) of every fact."""
    labels = entitlements().facts
    return [(words(labels[code].label), _("spread assumed") if code in margins.assumed else _("spread published"),
             words(pair(said, "assumed")) if code in margins.assumed else words(pair(said, "source")),
             words(pair(said, "note"))) for code, said in margins.facts.items()]


def _people(number: int | None) -> str:
    return "–" if number is None else words(persons(number))


@login_required
def what_if_workbook(request: HttpRequest, token: str) -> HttpResponse:
    """Everything of a result in one workbook."""
    one = owned(request, keeping.own, token)
    if one.state != WhatIf.DONE:
        raise Http404
    scenario, report = read_scenario(one.scenario), read_report(one.outcome or {})
    told = keeping.told_of(report, scenario, keeping.population_facts(one.people, _shipped(one)))
    content = workbook(report, told, keeping.names_of(scenario).place, get_language() or "en")
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="jizhun-what-if-{one.token[:14]}.xlsx"'
    return response
