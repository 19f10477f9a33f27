"""What of pilots waits for somebody: months to report, plans, applications to decide, sheets and verdicts to give."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from jizhun.frame.pilots import month_text, named
from jizhun.frame.tags import words
from jizhun.people.actions import grants_of
from jizhun.people.models import User
from jizhun.pilots.actions.programmes import APPLY, ASSESS, MANAGE, applications, programmes, stands
from jizhun.pilots.actions.selecting import conflict_of, scores_of
from jizhun.pilots.actions.working import work_of
from jizhun.pilots.models import PilotApplication
from jizhun.pilots.rules.assessing import STAGES
from jizhun.pilots.rules.programmes import APPLIED, SELECTED
from jizhun.workbench.evaluation_asked import Looker
from jizhun.workbench.making import Need
from jizhun.workbench.pilot_forms import ended, stage_of


def piloting(user: User) -> list[Need]:
    """Needs of one user: of pilots of their very own places, of what they organise, of what they assess."""
    who = Looker(user, timezone.localdate(), tuple(dict.fromkeys(
        one.region for one in grants_of(user) if one.rights & {APPLY, MANAGE, ASSESS})))
    if not who.regions:
        return []
    held = [one for programme in programmes() if programme.applies_from is not None
            for one in applications(programme) if who.sees(one.region)]
    return [need for one in held for need in _needs(who, one)]


def _needs(who: Looker, one: PilotApplication) -> Iterator[Need]:
    now = stands(one)
    if now == SELECTED and one.region in who.regions and who.may(APPLY, one.region) and not ended(one):
        yield from _working(who, one)
    if now == APPLIED:
        yield from _selecting(who, one)
    stage = stage_of(one, who) if now == SELECTED and not ended(one) else ""
    if stage:
        yield from _assessing(who, one, stage)


def _need(one: PilotApplication, title: str) -> Need:
    return Need(title, words(one.programme.name), reverse("work-pilot", args=[one.pk]))


def _working(who: Looker, one: PilotApplication) -> Iterator[Need]:
    """A plan that is not there; else the oldest month that was not reported."""
    work = work_of(one, who.today)
    if work.plan is None:
        yield _need(one, _("Hand in the plan of the pilot: %(place)s") % {"place": named(one.region)})
    elif work.missing:
        yield _need(one, _("Report %(month)s of the pilot: %(place)s")
                    % {"month": month_text(work.missing[0]), "place": named(one.region)})


def _selecting(who: Looker, one: PilotApplication) -> Iterator[Need]:
    said = {each.by for each in scores_of(one)}
    if who.may(ASSESS, one.region) and who.user.username not in said and conflict_of(who.user, one) is None:
        yield _need(one, _("Assess the application: %(place)s") % {"place": named(one.region)})
    if said and one.programme.organiser in who.regions and who.may(MANAGE, one.programme.organiser):
        yield _need(one, _("Decide on the application: %(place)s") % {"place": named(one.region)})


def _assessing(who: Looker, one: PilotApplication, stage: str) -> Iterator[Need]:
    said = set(one.assessments.filter(stage=stage).values_list("by", flat=True))
    told = {"stage": words(STAGES[stage]), "place": named(one.region)}
    if who.may(ASSESS, one.region) and who.user.username not in said and conflict_of(who.user, one) is None:
        yield _need(one, _("Hand in the sheet (%(stage)s): %(place)s") % told)
    if len(said) >= one.programme.assessors and one.programme.organiser in who.regions \
            and who.may(MANAGE, one.programme.organiser):
        yield _need(one, _("Give the verdict (%(stage)s): %(place)s") % told)
