"""A rule changed for a place from a day on: what was written in the form, drawn or brought in a file leads to one page,
which shows what it would do before it is recorded.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from jizhun.entitlements.actions import compared, entitlements, foreseen_version
from jizhun.entitlements.interchange.columns import HOW_CELLS, HOW_EXPRESSIONS
from jizhun.entitlements.interchange.recorded import Ground, ground_of, version_said
from jizhun.entitlements.rules import Head
from jizhun.entitlements.rules.book import Cited
from jizhun.entitlements.rules.exchanging import Parts
from jizhun.entitlements.rules.proofreading import mistakes
from jizhun.frame.fields import Field
from jizhun.frame.tables import show
from jizhun.frame.tags import words
from jizhun.impact.actions import publish
from jizhun.impact.rules import kinds
from jizhun.impact.rules.kinds import Change
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import FAR, parse_day
from jizhun.people.actions import require
from jizhun.people.rules import Forbidden
from jizhun.regions.actions import Moved
from jizhun.workbench.impact_told import impact_of
from jizhun.workbench.provision_page import scope_of
from jizhun.workbench.provisions import NEW_PAPER, PAPER_FIELDS, missing, paper_code, paper_fields, paper_row
from jizhun.workbench.rule_effect import Effect, effect_of
from jizhun.workbench.rule_fields import groups, person_fields
from jizhun.workbench.rule_form import Sheet, field_of, pressed, sheet_of, typed_person, typed_sheet
from jizhun.workbench.rule_lists import RIGHT, Spot, spot_of
from jizhun.workbench.rule_page import head_of
from jizhun.workbench.rule_tables import names_of, region_name, rule_address
from jizhun.workbench.upload import user_of

FIELDS = ("from", "until", "new_from", "existing_until", "document", "clause_zh", "clause_en", "mark", "source",
          "note_zh")
COHORT = ("new_from", "existing_until")
LOOK, RECORD = "look", "record"


@dataclass(frozen=True)
class Opening:
    """The benefit, the place and day of the page, and what the change starts from."""

    head: Head
    spot: Spot
    change: Ground


@dataclass
class Work:
    """A change in the making: what was typed, what is wrong, what it would do."""

    opening: Opening
    typed: dict[str, str]
    sheet: Sheet
    person: Mapping[str, str] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)
    todo: dict[str, str] = field(default_factory=dict)
    effect: Effect | None = None
    moved: bool = False
    changed_since: bool = False
    impact: dict[str, Any] = field(default_factory=dict)
    shown: str = ""
    """What the effect was worked out for, as a fingerprint: nothing else is recorded."""

    @property
    def ground(self) -> Ground:
        return self.opening.change

    @property
    def parts(self) -> dict[str, list[dict[str, Any]]]:
        return self.sheet.parts(self.ground.now)


def opening_of(request: HttpRequest, code: str) -> Opening:
    """The rule to be changed at the place of the address; Forbidden where the reader may not record."""
    user, head = user_of(request), head_of(code)
    spot = spot_of(request, user, scope_of(user))
    require(by=user, right=RIGHT, path=spot.path)
    return Opening(head, spot, ground_of(code=code, region=spot.code, on=spot.on))


@login_required
def change_rule(request: HttpRequest, code: str) -> HttpResponse:
    """The form: every button sends the whole of it; look at what it would do, then record."""
    if request.method != "POST":
        return shown(request, start(opening_of(request, code)))
    typed = {name: request.POST.get(name, "").strip() for name in (*FIELDS, *PAPER_FIELDS)}
    work = Work(_opening_on(request, code, typed), typed, typed_sheet(request.POST), typed_person(request.POST))
    button = request.POST.get("do", LOOK)
    if button not in (LOOK, RECORD):
        ground = work.ground
        work.sheet = pressed(work.sheet, button, ground.now, ground.inherited, work.person)
        work.person = {} if button.startswith("person+") else work.person
        return shown(request, work)
    return looked(request, work, record=button == RECORD)


def _opening_on(request: HttpRequest, code: str, typed: Mapping[str, str]) -> Opening:
    """The rule on the day that was typed, or on that of the address where it is none."""
    opening = opening_of(request, code)
    try:
        on = parse_day(typed["from"])
        return replace(opening, change=ground_of(code=code, region=opening.spot.code, on=on))
    except Refused:
        return opening


def start(opening: Opening, typed: Mapping[str, str] | None = None, parts: Parts | None = None) -> Work:
    """The form as it opens: with the rule as it is, or with parts that came from elsewhere."""
    blank = {**dict.fromkeys((*FIELDS, *PAPER_FIELDS), ""), "document": NEW_PAPER, "mark": "V"}
    spot = opening.spot
    first = {"from": spot.on.isoformat()} if spot.on > spot.today else {}
    sheet = sheet_of(parts, opening.change.now) if parts else Sheet()
    return Work(opening, {**blank, **first, **(typed or {})}, sheet)


def looked(request: HttpRequest, work: Work, record: bool = False) -> HttpResponse:
    """What the change would do; or it is recorded, if nothing stands against it."""
    code = work.ground.code
    work.todo = missing({**work.typed, "subject": "*", "value": "*", "measure": code, "region": work.ground.region})
    work.todo |= _no_days(work.typed)
    if record:
        work.wrong |= work.todo
    work.wrong |= {name: sentence for name, sentence in work.todo.items() if work.typed.get(name)}
    for one in mistakes(work.parts, entitlements().facts):
        work.wrong.setdefault(field_of(one.at, work.sheet), words(one.sentence))
    if work.wrong and record:
        return shown(request, work)
    try:
        return _tried(request, work, record)
    except Forbidden:
        raise
    except Refused as refused:
        work.wrong.setdefault("parts", words(refused.sentence))
    return shown(request, work)


def _no_days(typed: Mapping[str, str]) -> dict[str, str]:
    """The days of new and existing cases that are none, by field."""
    wrong = {}
    for name in COHORT:
        try:
            parse_day(typed[name] or FAR.isoformat())
        except Refused as refused:
            wrong[name] = words(refused.sentence)
    return wrong


def _tried(request: HttpRequest, work: Work, record: bool) -> HttpResponse:
    """The effect, behind an attempt to record where that is asked for."""
    if work.wrong:
        return shown(request, work)
    row, paper = _row(work), _paper(work)
    work.shown = hashlib.sha256(json.dumps([row, paper], sort_keys=True).encode()).hexdigest()
    work.changed_since = record and request.POST.get("shown") != work.shown
    record = record and not work.changed_since
    refused = _record(request, work, row, paper) if record else ""
    if record and not refused and not work.moved:
        return HttpResponseRedirect(_recorded(work))
    persons = [one for one in (*work.sheet.persons, work.person) if one]
    foreseen = foreseen_version(code=work.ground.code, row=row, paper=paper, examples=persons)
    answers = compared(foreseen=foreseen, examples=persons)
    work.effect = effect_of(foreseen, work.ground.now, work.parts, answers, persons)
    work.impact = impact_of(_change(work, row, paper))
    if refused:
        work.wrong["documents_paper" if work.effect.forbidden else "parts"] = refused
    return shown(request, work)


def _record(request: HttpRequest, work: Work, row: Mapping[str, Any], paper: Mapping[str, Any] | None) -> str:
    """Why it was refused; "" where it was recorded, or where something else was recorded in the meantime."""
    try:
        publish(by=user_of(request), change=_change(work, row, paper), seen=request.POST.get("seen", "-"),
                documents_paper=bool(request.POST.get("documents_paper")))
    except Moved:
        work.moved = True
    except Forbidden:
        raise
    except Refused as refused:
        return words(refused.sentence)
    return ""


def _change(work: Work, row: Mapping[str, Any], paper: Mapping[str, Any] | None) -> Change:
    return Change(kinds.RULE, {"code": work.ground.code, "row": row, "paper": paper})


def _recorded(work: Work) -> str:
    return rule_address(work.ground.code, work.ground.region, parse_day(work.typed["from"]), tab="history",
                        recorded="1")


def _row(work: Work) -> dict[str, Any]:
    """What the place has to say, as a row in the manner of the seeds. Refused where that is nothing."""
    typed = work.typed
    document = "" if typed["document"] == NEW_PAPER and not typed["title_zh"] else paper_code(_for_paper(work))
    cited = Cited(document, Bilingual(typed["clause_zh"], typed["clause_en"]), typed["mark"] or "R", typed["source"])
    row = version_said(work.ground, work.parts, first=typed["from"] or work.opening.spot.on.isoformat(),
                       until=typed["until"], cited=cited, cohort=(typed["new_from"], typed["existing_until"]))
    return {**row, "note_zh": typed["note_zh"]}


def _for_paper(work: Work) -> dict[str, str]:
    return {**work.typed, "region": work.ground.region, "measure": work.ground.code}


def _paper(work: Work) -> dict[str, Any] | None:
    """The new paper; none where one on record was chosen, or nothing was said of it yet."""
    return paper_row(_for_paper(work)) if work.typed["title_zh"] else None


# -- the page


def shown(request: HttpRequest, work: Work) -> HttpResponse:
    """The form with what is typed, what is wrong and what it would do."""
    ground, sheet, opening = work.ground, work.sheet, work.opening
    said_by = {name: region_name(place) for name, place in ground.here.said_by.items()}
    facts = {**(work.effect.foreseen.rule.facts if work.effect else ground.here.facts)}
    context = {
        "head": opening.head, "spot": opening.spot, "broken": ground.broken, "wrong": work.wrong, "moved": work.moved,
        "changed_since": work.changed_since, "shown": work.shown,
        "todo": {name: text for name, text in work.todo.items() if name not in work.wrong},
        "seen": "", **work.impact, "effect": work.effect, "paper": _paper_groups(work),
        "groups": groups(sheet, ground.now, ground.inherited, said_by, work.wrong), "dropped": sheet.dropped,
        "persons": [(number, json.dumps(one, ensure_ascii=False), _in_words(one))
                    for number, one in enumerate(sheet.persons)], "person_typed": bool(work.person),
        "person": person_fields(facts, work.person), "how_to": (HOW_CELLS, HOW_EXPRESSIONS),
        "names": sorted(names_of(ground.here).items())}
    return show(request, "workbench/rule_change.html", context, status=400 if work.wrong else 200)


def _in_words(person: Mapping[str, str]) -> str:
    facts = entitlements().facts
    return "; ".join(f"{words(facts[code].label) if code in facts else code}: {value}" for code,
                     value in person.items())


def _paper_groups(work: Work) -> list[tuple[str, list[Field]]]:
    def made(name: str, label: str, **more: Any) -> Field:
        return Field(name, label, work.typed.get(name, ""), work.wrong.get(name, ""), **more)

    first = [made("from", _("Holds from"), kind="date"),
             made("until", _("Last day (empty: open)"), kind="date", hint=_(
                 "After it the rule counts as if this had not been said"))]
    if anchor := work.opening.head.anchor:
        label = words(entitlements().facts[anchor].label)
        first += [made("new_from", _("Only for new cases, from (empty: for everybody)"), kind="date", hint=_(
            "By this day: %(label)s. Whoever comes before it keeps the version before") % {"label": label}),
            made("existing_until", _("The others keep it until (empty: for good)"), kind="date")]
    return [(_("When"), first), (_("The paper"), paper_fields(made, work.ground.region))]

