"""Plans as everybody sees them: the plans of a place, a plan's board and timeline, a measure down to its causes."""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from jizhun.frame import planning as shown
from jizhun.frame.addresses import with_query
from jizhun.frame.here import Here, public_page
from jizhun.frame.surround import NotFound
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import count, day, words
from jizhun.kernel.bilingual import Refused
from jizhun.people.models import User
from jizhun.planning.actions.facts import facts_of
from jizhun.planning.actions.plans import NoPlan, may_edit, may_report, own_row, plan_at, plan_of, plans
from jizhun.planning.actions.progress import Board, board, carried, chain, successor_of
from jizhun.planning.indicators import OUTSIDE, indicator
from jizhun.planning.rules.plan import Measure
from jizhun.planning.rules.progress import RULE, STATES, Progress, verdict
from jizhun.regions.actions import tree


def group_names() -> dict[str, str]:
    """By what the board can be read."""
    return {"target": _("target"), "task": _("task"), "unit": _("unit"), "due": _("deadline"), "region": _("place")}


def reader_of(request: HttpRequest) -> User | None:
    """Who has signed in; None for the public."""
    return request.user if isinstance(request.user, User) else None


@public_page
def planning(request: HttpRequest, here: Here) -> HttpResponse:
    """The plans that hold here: those that run with their state, those that ended with their closing assessment."""
    found = [(one, board(code=one.code, region=here.code, on=here.on, by=reader_of(request)))
             for one in plans(here.code, here.on)
             if one.start <= here.on and plan_at(one.code, here.code).at_level(here.place.level)]
    running = [(one.plan, shown.tally_text(one.tally), _targets(one)) for _plan, one in found if not one.closed]
    ended = [(one.plan, shown.tally_text(one.tally), _targets(one), successor_of(one.plan.code))
             for _plan, one in found if one.closed]
    return show(request, "portal/planning/plans.html", {
        "running": running, "ended": ended, "states": STATES.values(), "calendar": _calendar(request, here)})


def _calendar(request: HttpRequest, here: Here) -> str:
    return request.build_absolute_uri(f"{reverse('planning-calendar')}?region={here.code}")


def _targets(found: Board) -> list[tuple[str, str, str, str]]:
    """Each target with its state, its sentence and how many measures it has."""
    return [(words(one.name), shown.state_text(found.state_of(one.code)),
             shown.SIGNS.get(found.state_of(one.code), "own"), words(verdict(found.of_target(one.code))))
            for one in found.plan.targets if found.of_target(one.code)]


# -- one plan --------------------------------------------------------------------------------------


def known(code: str) -> str:
    """The code of a plan that there is; NotFound for any other."""
    try:
        return plan_of(code).code
    except NoPlan as none:
        raise NotFound(zh=none.sentence.zh, en=none.sentence.en) from None


@public_page
def plan_page(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    """The board by target, task, unit, deadline or place; below it the timeline."""
    by = request.GET.get("by", "target")
    if by not in group_names():
        raise Refused(zh="看板可按目标、任务、单位、期限或地区查看。",
                      en="The board is read by target, task, unit, deadline or place.")
    found = board(code=known(code), region=here.code, on=here.on, by=reader_of(request))
    groups = shown.board_tables(found, by, here) if by != "region" else []
    places, chosen = _by_place(request, found, here) if by == "region" else (None, "")
    picture, days = shown.timeline_chart(found), shown.timeline_table(found)
    after = successor_of(code) if found.closed else None
    going_on = _going_on(found, after.code, here) if after else None
    tables = [*(table for _key, _name, table in groups), *filter(None, [places, going_on]), days]
    user = reader_of(request)
    return show(request, "portal/planning/plan.html", {
        "board": found, "plan": found.plan, "groups": [(name, table, _state(found, by, key))
                                                       for key, name, table in groups],
        "views": [(with_query(request, by=key, measure=None), name, key == by) for key, name in group_names().items()],
        "tally": [(STATES[code_], shown.SIGNS.get(code_, "own"), n) for code_, n in found.tally.items()],
        "places": places, "measures": [(one.measure.code, words(one.measure.name)) for one in found.progress],
        "chosen": chosen, "timeline": picture, "days": days, "rule": RULE, "after": after, "going_on": going_on,
        "own": own_row(code, here.code), "simulated": here.place.simulated, "top": found.plan.region == here.code,
        "may": user is not None and not found.closed and found.plan.region != here.code
        and may_edit(by=user, region=here.code), "calendar": _calendar(request, here)}, tables, [picture])


def _state(found: Board, by: str, key: str) -> tuple[str, str, str] | None:
    """The state of a target and its sentence, above its table."""
    if by != "target":
        return None
    state = found.state_of(key)
    return shown.state_text(state), shown.SIGNS.get(state, "own"), words(verdict(found.of_target(key)))


def _by_place(request: HttpRequest, found: Board, here: Here) -> tuple[Table | None, str]:
    """One measure at every place directly below, what asks for attention first."""
    wanted = request.GET.get("measure", "") or (found.progress[0].measure.code if found.progress else "")
    if not wanted:
        return None, ""
    one = found.plan.measure(wanted)
    rows = [(code, told) for code in _below(here, one)
            for told in board(code=found.plan.code, region=code, on=here.on, by=reader_of(request),
                              only=wanted).progress]
    rows.sort(key=lambda row: (list(STATES).index(row[1].state), row[1].now.value or 0, row[0]))
    return _places_table(one, rows, found), wanted


def _below(here: Here, one: Measure) -> list[str]:
    return [place.code for place in here.comparable if place.level in one.levels and place.in_scope]


def _places_table(one: Measure, rows: Sequence[tuple[str, Progress]], found: Board) -> Table:
    how = indicator(one.indicator)
    columns = [Column("place", _("Place"), "head"), Column("state", _("State")), Column("now", _("Now"), "number"),
               Column("goal", _("Goal"), "number"), Column("lacks", _("Lacking"), "number")]
    cells: list[list[Cell | str]] = [
        [Cell(shown.place(code), href=f"{reverse('planning-measure', args=[found.plan.code, one.code])}?region={code}",
              plain=code), shown.state_cell(told.state),
         Cell(shown.figure(told.now.value, how), plain="" if told.now.value is None else told.now.value),
         Cell(shown.figure(told.measure.goal, how), plain=told.measure.goal),
         Cell(count(sum(gap.lacks for gap in told.now.gaps)), plain=sum(gap.lacks for gap in told.now.gaps))]
        for code, told in rows]
    return Table("places", words(one.name), columns, cells, caption_hidden=True, stacked=True)


def _going_on(found: Board, after: str, here: Here) -> Table:
    """Each measure of the period that ended, and which one of the successor goes on with it."""
    plan = plan_at(after, here.code)
    columns = [Column("measure", pgettext("plan", "Measure"), "head"), Column("state", _("At the end")),
               Column("after", _("Goes on as")), Column("goal", _("New goal"), "number"),
               Column("due", _("New deadline"), "date")]
    rows: list[list[Cell | str]] = []
    for told, one in carried(found, plan):
        rows.append([words(told.measure.name), shown.state_cell(told.state), *(
            [Cell(words(one.name), href=f"{reverse('planning-measure', args=[after, one.code])}?{here.query}"),
             shown.figure(one.goal, indicator(one.indicator)), day(one.due)] if one else [_("not taken up"), "–", ""])])
    return Table("going-on", _("What goes on"), columns, rows, caption_hidden=True, stacked=True)


# -- one measure -----------------------------------------------------------------------------------


@public_page
def measure_page(request: HttpRequest, here: Here, code: str, measure: str) -> HttpResponse:
    """A measure: how far it is, where it leads, what blocks it down to place and matter, and what to do next."""
    item, place = request.GET.get("item", ""), request.GET.get("place_below", "")
    user = reader_of(request)
    found = chain(code=known(code), measure=measure, region=here.code, on=here.on, by=user, item=item, place=place)
    one, on, query = found.progress.measure, found.progress.now.on, _query(here, item)
    signed = user is not None
    acts, items = shown.acts_table(found, signed), shown.items_table(found, _query(here, ""))
    drilled = bool(item or place) or len(found.gaps) <= shown.MOST_GAPS // 4
    places, gaps = shown.places_table(found, query), shown.gaps_table(found, on, signed) if drilled else None
    line = shown.trend_chart(found)
    facts = _facts(code, measure, here.code) if one.indicator == OUTSIDE else None
    target = next(part for part in found.plan.targets if part.code == one.target)
    tables = [acts, items, places, *([gaps] if gaps else []), *([line[1]] if line else []), *([facts] if facts else [])]
    return show(request, "portal/planning/measure.html", {
        "found": found, "plan": found.plan, "one": one, "target": target,
        "state": STATES[found.progress.state], "sign": shown.SIGNS.get(found.progress.state, "own"),
        "now": shown.figure(found.progress.now.value, found.indicator),
        "goal": shown.figure(one.goal, found.indicator), "ahead": shown.ahead(found.progress),
        "expected": shown.figure(found.progress.forecast.on_due, found.indicator) if found.progress.forecast else "",
        "then": found.progress.then if found.progress.then and found.progress.then.value is not None else None,
        "then_value": shown.figure(found.progress.then.value if found.progress.then else None, found.indicator),
        "lines": shown.facts_of(found), "blocked": shown.blocked_sentence(found), "rule": RULE,
        "acts": acts if found.acts else None, "best": shown.act_words(found.acts[0]) if found.acts else "",
        "best_effect": shown.change(found.acts[0].effect, found.indicator) if found.acts else "",
        "best_href": shown.act_href(found.acts[0], found, signed) if found.acts else "",
        "items": items if found.indicator.about not in ("", "place", "role") and items.rows else None,
        "places": places if len(places.rows) > 1 else None, "gaps": gaps if gaps and gaps.rows else None,
        "item": item, "item_name": shown.subject(item) if item else "",
        "place_name": shown.place(place) if place and place in tree() else "",
        "cut": len(found.gaps) if len(found.gaps) > shown.MOST_GAPS else 0,
        "late": [(day(mark.on), shown.figure(mark.value, found.indicator)) for mark in found.progress.late],
        "trend": line[0] if line else None, "trend_table": line[1] if line else None, "facts": facts,
        "outside": one.indicator == OUTSIDE, "simulated": here.place.simulated,
        "may_report": user is not None and one.indicator == OUTSIDE and may_report(by=user, region=here.code),
        "page": f"{reverse(found.indicator.page)}?{here.query}" if found.indicator.page else ""}, tables,
                [line[0]] if line else [])


def _query(here: Here, item: str) -> str:
    return urlencode([*here.pairs, *([("item", item)] if item else [])])


def _facts(plan: str, measure: str, region: str) -> Table:
    """What was reported from outside, the newest first, each with the hash of its file."""
    columns = [Column("day", _("Day"), "head"), Column("value", _("Value"), "number"), Column("source", _("Source")),
               Column("evidence", _("Evidence (SHA-256)")), Column("by", _("Reported"), "date")]
    rows: list[list[Cell | str]] = [
        [day(row.on), Cell(f"{row.value:g}", plain=row.value), words(row.source),
         ", ".join(f"{piece.get('name', piece.get('url', ''))} {str(piece.get('hash', ''))[:12]}"
                   for piece in row.evidence), day(row.at.date())]
        for row in reversed(facts_of(plan, measure, region))]
    return Table("facts", _("Facts from outside"), columns, rows, caption_hidden=True, stacked=True)
