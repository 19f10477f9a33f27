"""What needs me in guides and procedures: out of step, waiting for a reviewer, begun and not published."""

from collections.abc import Iterator
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jizhun.catalogue.actions import catalogue
from jizhun.frame.tags import count, place_name, words
from jizhun.guides.actions import GUIDE, SORTS, out_of_step, unreviewed
from jizhun.guides.models import LayerDraft
from jizhun.people.actions import allows, grants_of
from jizhun.people.models import User
from jizhun.regions.actions import tree
from jizhun.workbench.guide_asked import EDIT, REVIEW
from jizhun.workbench.making import Need

MOST = 8


def keeping_guides(user: User) -> list[Need]:
    """Everything at once: first what is out of step in my own place, then how much is below."""
    today = timezone.localdate()
    return [*_drifting(user, today), *_drafts(user), *_to_review(user, today)]


def _regions(user: User, right: str) -> list[str]:
    return [one.region for one in grants_of(user) if right in one.rights]


def _drifting(user: User, today: date) -> Iterator[Need]:
    held, names = tree(), catalogue()
    for region in _regions(user, EDIT):
        within = set(held.within(region, today))
        for sort, name in SORTS.items():
            found = out_of_step(sort=sort, on=today, within=within, matters=tuple(names.matters))
            own = [matter for matter, place in found if place == region]
            for matter in own[:MOST]:
                yield Need(words(names.matters[matter].name),
                           _("%(sort)s of %(place)s: out of step with what stands above")
                           % {"sort": words(name), "place": place_name(held.known(region))},
                           _address(matter, region, sort))
            below = {place for _matter, place in found if place != region}
            if below:
                yield Need(ngettext("%(n)s place below is out of step", "%(n)s places below are out of step",
                                    len(below)) % {"n": count(len(below))}, words(name),
                           f"{reverse('coverage')}?{urlencode({'region': region, 'count': 'current'})}")


def _address(matter: str, region: str, sort: str) -> str:
    query = {"region": region} | ({} if sort == GUIDE else {"kind": sort})
    return f"{reverse('work-guide', args=[matter])}?{urlencode(query)}"


def _drafts(user: User) -> Iterator[Need]:
    today, held = timezone.localdate(), tree()
    for one in LayerDraft.objects.filter(by=user.username).order_by("-at")[:MOST]:
        matter = catalogue().matters.get(one.matter)
        here = one.region in held and held.known(one.region).exists(today)
        if matter is not None and here and allows(by=user, right=EDIT, path=held.path(one.region, today)):
            yield Need(words(matter.name), _("%(sort)s: begun and not published") % {"sort": words(SORTS[one.sort])},
                       _address(one.matter, one.region, one.sort))


def _to_review(user: User, today: date) -> Iterator[Need]:
    regions = _regions(user, REVIEW)
    for one in unreviewed(regions=regions, on=today, limit=MOST) if regions else ():
        matter = catalogue().matters.get(one.matter)
        if matter is not None and one.by != user.username:
            yield Need(words(matter.name), _("%(sort)s, version %(n)s of %(place)s: waits for a second look") % {
                "sort": words(SORTS[one.sort]), "n": one.number, "place": place_name(tree().known(one.region))},
                f"{_address(one.matter, one.region, one.sort)}&tab=history")
