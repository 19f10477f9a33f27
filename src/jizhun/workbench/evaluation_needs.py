"""What of attainment and conduct waits for somebody: own self-assessments, checks, points to answer or to look at."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from jizhun.evaluation.attainment import board, right_and_path
from jizhun.evaluation.conduct import ledger_of
from jizhun.evaluation.models import ConductPoint, Round, RoundResults
from jizhun.evaluation.rules.conduct import LEDGER
from jizhun.evaluation.rules.sheets import CHECK, SELF
from jizhun.frame.tags import day, place_name, words
from jizhun.people.actions import allows, grants_of
from jizhun.people.models import User
from jizhun.regions.actions import tree
from jizhun.workbench.evaluation_asked import INSPECT, REPORT, Looker
from jizhun.workbench.making import Need

FEW = 40
"""Who answers for more places than that is not told of each."""


def evaluating(user: User) -> list[Need]:
    """Needs of one user, those of attainment first."""
    who = Looker(user, timezone.localdate(), tuple(dict.fromkeys(
        one.region for one in grants_of(user) if one.rights & {REPORT, INSPECT})))
    return [*_rounds(who), *_points(who)] if who.regions else []


def _rounds(who: Looker) -> Iterator[Need]:
    """Places of one's own that have not said anything yet, and checks whose time it is."""
    done = RoundResults.objects.values_list("round_id", flat=True)
    open_ = Round.objects.filter(opens__lte=who.today, check_until__gte=who.today).exclude(pk__in=done)
    for one in open_.select_related("sheet"):
        within = set(who.within)
        places = [code for code in within if tree().level(code) >= 2]
        if len(places) > FEW:
            continue
        found, voice = board(one, places), SELF if who.today <= one.self_until else CHECK
        for place in found.places:
            right, path = right_and_path(voice, one, place)
            spoken = bool(found.words.get(place, {}).get(voice))
            if not spoken and allows(by=who.user, right=right, path=path) and (voice == SELF or found.assessed(place)):
                until = one.self_until if voice == SELF else one.check_until
                title = _("Assess yourself: %(place)s") if voice == SELF else _("Check the self-assessment: %(place)s")
                yield Need(title % {"place": place_name(tree().known(place))},
                           _("%(round)s, until %(day)s") % {"round": words(one.name), "day": day(until)},
                           reverse("work-round-place", args=[one.pk, place]))


def _points(who: Looker) -> list[Need]:
    if not ConductPoint.objects.exists():
        return []
    found = []
    for one in ledger_of(regions=who.within, on=who.today):
        right = next((way.right for way in LEDGER.open_to(one.state) if way.act != "reopen"), "")
        record = one.point.record
        path = tree().path(record.region, who.today)
        at = path if right == REPORT or record.kind == "walk" else path[:-1]
        if right and at and allows(by=who.user, right=right, path=at) and (right == INSPECT or path[-1] in who.regions):
            late = _("%(n)s days overdue") % {"n": one.overdue} if one.overdue else day(one.due) if one.due else ""
            found.append(Need(one.point.text[:80], f"{words(one.name)} · {place_name(tree().known(record.region))}"
                              + (f" · {late}" if late else ""),
                              f"{reverse('work-conduct-one', args=[record.pk])}#p{one.point.number}"))
    return found
