"""Files of a plan: the calendar that other programs follow, and one page for a meeting."""

from datetime import UTC, datetime, time

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jizhun.frame import planning as shown
from jizhun.frame.addresses import short
from jizhun.frame.here import Here, public_page
from jizhun.frame.tags import day, place_name, words
from jizhun.kernel.bilingual import COLON
from jizhun.planning.actions.calendar import days_of
from jizhun.planning.actions.progress import Board, board, chain
from jizhun.planning.documents.typeset import Line, Paper, as_pdf
from jizhun.planning.indicators import indicator
from jizhun.planning.rules.calendar import as_ical
from jizhun.planning.rules.progress import STATES
from jizhun.portal.planning import known, reader_of

WORST = ("still", "behind", "open", "missed")


@require_safe
@public_page
def planning_calendar(request: HttpRequest, here: Here) -> HttpResponse:
    """Deadlines and milestones of the plans that run at the place, as iCalendar: public, so without a key."""
    language = short(get_language())
    site = request.build_absolute_uri(f"/{language}")
    days = days_of(region=here.code, on=here.on, language=language, site=site)
    stamp = datetime.combine(here.on, time.min, UTC)
    name = f"{_('Plans')}{words(COLON)}{place_name(here.place)}"
    response = HttpResponse(as_ical(days, name=name, stamp=stamp, language=language),
                            content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="jizhun-{here.code}.ics"'
    return response


@require_safe
@public_page
def planning_paper(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    """The plan at the place on one page."""
    found = board(code=known(code), region=here.code, on=here.on, by=reader_of(request))
    address = request.build_absolute_uri(f"{reverse('planning-plan', args=[code])}?region={here.code}")
    response = HttpResponse(as_pdf(_paper(request, found, here, address), get_language() or "en"),
                            content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="jizhun-{code}-{here.code}.pdf"'
    return response


def _paper(request: HttpRequest, found: Board, here: Here, address: str) -> Paper:
    blocked, acts = _blocked(request, found, here)
    names = {one.code: words(one.name) for one in found.plan.targets}
    lines = []
    for one in found.progress:
        how = indicator(one.measure.indicator)
        lines.append(Line(names[one.measure.target], words(one.measure.name), shown.state_text(one.state),
                          shown.figure(one.now.value, how), shown.figure(one.measure.goal, how),
                          day(one.measure.due)))
    return Paper(place_name(here.place), words(found.plan.name), found.on, shown.tally_text(found.tally), lines,
                 blocked, acts, found.closed, here.place.simulated, address)


def _blocked(request: HttpRequest, found: Board, here: Here) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """What blocks the measures that ask most for attention, and the acts with the largest effect on any of them."""
    blocked, acts, order = [], [], list(STATES)
    for one in sorted(found.progress, key=lambda told: order.index(told.state)):
        if one.state in WORST and one.now.gaps:
            told = chain(code=found.plan.code, measure=one.measure.code, region=here.code, on=here.on,
                         by=reader_of(request))
            name = words(one.measure.name) + words(COLON)
            blocked.append((name, shown.blocked_sentence(told)))
            acts += [(act.effect, name + shown.act_words(act), shown.change(act.effect, told.indicator))
                     for act in told.acts[:1]]
    best = sorted(acts, key=lambda act: -act[0])
    return blocked, [(text, effect) for _effect, text, effect in best]
