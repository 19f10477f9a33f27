"""Negative ratings of a place and below it: what is overdue first, and what each waits for."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizhun.catalogue.actions import catalogue
from jizhun.delivery.lookup import reason_catalogue
from jizhun.evaluation.negatives import DECIDE, HANDLE, Item, items
from jizhun.evaluation.rules.negative import KINDS
from jizhun.evaluation.rules.rectification import VERDICTS
from jizhun.evaluation.rules.satisfaction import GRADES
from jizhun.frame.lists import listing
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import count, day, place_name, words
from jizhun.kernel.bilingual import COMMA
from jizhun.people.actions import allows, grants_of, path_to, regions_of_any
from jizhun.people.models import User
from jizhun.people.rules import forbidden
from jizhun.regions.actions import tree
from jizhun.workbench.asked import PLACES_LISTED
from jizhun.workbench.making import Need
from jizhun.workbench.upload import user_of

RIGHTS = (HANDLE, DECIDE)
SHOW = {"": gettext_lazy("open"), "overdue": gettext_lazy("overdue"), "soon": gettext_lazy("due soon"),
        "appeals": gettext_lazy("under appeal"), "closed": gettext_lazy("closed"), "all": gettext_lazy("all")}


@dataclass(frozen=True, slots=True)
class Way:
    """One way to look at the list, with how many it has."""

    key: str
    label: str
    n: int


@login_required
def ratings(request: HttpRequest) -> HttpResponse:
    """The list for a place of my roles and all below it; ``show`` narrows it down."""
    user, today, held = user_of(request), timezone.localdate(), tree()
    regions = regions_of_any(by=user, rights=RIGHTS)
    region = request.GET.get("region", "").strip() or regions[0]
    path = path_to(region)
    if not any(allows(by=user, right=right, path=path) for right in RIGHTS):
        raise forbidden(HANDLE, region)
    found = items(regions=held.within(region, today))
    chosen = request.GET.get("show", "") if request.GET.get("show", "") in SHOW else ""
    rows = [one for one in found if fits(one, chosen)]
    held_list = listing(request, _table(rows))
    codes = list(dict.fromkeys(code for one in regions for code in held.within(one, today)))
    return show(request, "workbench/ratings.html", {
        "place": held.known(region), "region": region, "listing": held_list, "found": found, "chosen": chosen,
        "ways": [Way(key, str(label), sum(fits(one, key) for one in found)) for key, label in SHOW.items()],
        "places": [(code, f"{place_name(held.known(code))} {code}") for code in codes]
        if len(codes) <= PLACES_LISTED else [],
        "simulated": any(one.rating.simulated for one in rows), "no_clock": any(one.clock is None for one in rows),
        "counts": Counter(one.rating.matter for one in rows)}, [held_list.whole])


def fits(one: Item, way: str) -> bool:
    """Whether a rating belongs to one way to look at the list."""
    if way == "all":
        return True
    if way == "closed":
        return one.closed
    if way == "overdue":
        return one.overdue
    if way == "soon":
        return one.soon
    if way == "appeals":
        return one.judged is not None and one.judged.verdict == "appealed"
    return not one.closed


def _table(rows: Sequence[Item]) -> Table:
    """Overdue first, the longest overdue on top; then by the day due; closed ones last."""
    ordered = sorted(rows, key=lambda one: (one.closed, 0 if one.left is None else 1, one.left or 0,
                                            one.rating.rated_on))
    ordered.sort(key=lambda one: (one.closed, not one.overdue))
    columns = [Column("number", _("Number"), "head"), Column("state", _("State")), Column("due", _("Due"), "date"),
               Column("left", _("Working days left"), "number"), Column("rated", _("Rated"), "date"),
               Column("grade", _("Grade")), Column("place", _("Place")), Column("matter", _("Matter")),
               Column("reasons", _("Reasons")), Column("next", _("What can be done"))]
    return Table("ratings", _("Negative ratings"), columns, [_row(one) for one in ordered], stacked=True)


def _row(one: Item) -> list[Cell | str]:
    rating, due = one.rating, one.judged.due if one.judged else None
    names = {each.code: words(each.name) for each in reason_catalogue().categories}
    return [Cell(f"{rating.pk}", href=reverse("work-rating", args=[rating.pk]), plain=rating.pk,
                 sign="simulated" if rating.simulated else ""),
            state_cell(one), Cell(day(due), plain=str(due or "")), Cell(count(one.left) if one.left is not None else "",
                                                                        plain=one.left),
            Cell(day(rating.rated_on), plain=str(rating.rated_on)), words(GRADES[rating.grade]),
            Cell(place_name(tree().known(rating.region)), plain=rating.region),
            words(catalogue().name_of(rating.matter)) if rating.matter in catalogue().matters else "",
            words(COMMA).join(names.get(code, code) for code in rating.reasons),
            words(COMMA).join(words(KINDS[kind].name) for kind in one.may_follow)]


def state_cell(one: Item) -> Cell:
    """How it stands on its clock, in words and with a sign."""
    if any(act.kind == "withdraw" for act in one.acts):
        return Cell(words(KINDS["withdraw"].name))
    if one.judged is None:
        return Cell(_("closed") if one.closed else _("open, no limit on record"))
    sign = {"kept": "kept", "overdue": "breach", "late": "breach"}.get(one.judged.verdict, "")
    return Cell(words(VERDICTS[one.judged.verdict]), sign=sign, small=_("closed") if one.closed else "")


def handling(user: User) -> Iterator[Need]:
    """What needs me: overdue ratings and those due soon where I handle, appeals where I decide."""
    held, today = tree(), timezone.localdate()
    for region in dict.fromkeys(one.region for one in grants_of(user) if HANDLE in one.rights):
        if region in held:
            found = items(regions=held.within(region, today), only_open=True)
            yield from _needs(found, region, today)


def _needs(found: Sequence[Item], region: str, _today: date) -> Iterator[Need]:
    name = place_name(tree().known(region))
    for way, title in (("overdue", _("%(n)s negative ratings overdue: %(place)s")),
                       ("soon", _("%(n)s negative ratings due soon: %(place)s")),
                       ("appeals", _("%(n)s appeals about ratings undecided: %(place)s"))):
        n = sum(fits(one, way) for one in found)
        if n:
            query = urlencode({"region": region, "show": way})
            yield Need(title % {"n": count(n), "place": name}, _("from rating to rectification, on the place's clock"),
                       f"{reverse('work-ratings')}?{query}")
