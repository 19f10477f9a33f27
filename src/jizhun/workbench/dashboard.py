"""The dashboard for officials: every place of the roles in which they may read results."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from jizhun.evaluation.depth import depth, targets_by_place
from jizhun.evaluation.overview import RIGHT, overview
from jizhun.frame.addresses import with_query
from jizhun.frame.composite import composite_context
from jizhun.frame.dashboard import asked_of, dashboard_context, elsewhere
from jizhun.frame.equality import equality_context
from jizhun.frame.here import meant_places
from jizhun.frame.tables import show
from jizhun.frame.tags import place_name
from jizhun.kernel.bilingual import Refused
from jizhun.people.actions import allows, regions_of, require
from jizhun.people.models import User
from jizhun.regions.actions import tree
from jizhun.regions.rules import Place
from jizhun.workbench.upload import user_of


@login_required
def dashboard(request: HttpRequest) -> HttpResponse:
    """The four targets of one's own place, or of one below it; a name that is typed leads to its place."""
    user, on = user_of(request), timezone.localdate()
    regions = regions_of(by=user, right=RIGHT)
    if typed := request.GET.get("place", "").strip():
        return HttpResponseRedirect(with_query(request, place=None, region=_meant(typed, on).code))
    place = tree().place(request.GET.get("region", "").strip() or regions[0], on)
    require(by=user, right=RIGHT, path=tree().path(place.code, on))
    asked = asked_of(request, place, on)
    crumbs = _crumbs(request, user, place, on)
    if asked is None:
        return show(request, "workbench/dashboard.html", {
            "place": place, "crumbs": crumbs, "elsewhere": _allowed(user, elsewhere(on), on)})
    first, last = asked.days
    shown = overview(by=user, place=place.code, source=asked.source.code, on=on, first=first, last=last, bar=asked.bar)
    context, tables, charts = dashboard_context(request, asked, shown)
    return show(request, "workbench/dashboard.html", {**context, "place": place, "crumbs": crumbs}, tables, charts)


@login_required
def equality(request: HttpRequest) -> HttpResponse:
    """Where the differences between the places below lie."""
    user, place, on = _looked_at(request)
    asked = asked_of(request, place, on)
    if asked is None:
        return HttpResponseRedirect(f"{reverse('work-dashboard')}?region={place.code}")
    first, last = asked.days
    found = depth(by=user, place=place.code, source=asked.source.code, on=on, first=first, last=last)
    context, tables, charts = equality_context(request, asked, found)
    return show(request, "workbench/equality.html", {**context, "place": place}, tables, charts)


@login_required
def composite(request: HttpRequest) -> HttpResponse:
    """The targets of the places below as one figure."""
    user, place, on = _looked_at(request)
    asked = asked_of(request, place, on)
    if asked is None:
        return HttpResponseRedirect(f"{reverse('work-dashboard')}?region={place.code}")
    first, last = asked.days
    found = targets_by_place(by=user, place=place.code, source=asked.source.code, on=on, first=first, last=last)
    context, tables, charts = composite_context(request, asked, found)
    return show(request, "workbench/composite.html", {**context, "place": place}, tables, charts)


def _looked_at(request: HttpRequest) -> tuple[User, Place, date]:
    """Who looks at which place today; raises Forbidden outside one's own places."""
    user, on = user_of(request), timezone.localdate()
    regions = regions_of(by=user, right=RIGHT)
    place = tree().place(request.GET.get("region", "").strip() or regions[0], on)
    require(by=user, right=RIGHT, path=tree().path(place.code, on))
    return user, place, on


def _meant(typed: str, on: date) -> Place:
    """The one place that the words mean. Raises Refused, with the names where they mean several."""
    found = meant_places(typed, on)
    if len(found) == 1:
        return found[0]
    if not found:
        raise Refused(zh=f"没有找到“{typed}”。", en=f"No place is called “{typed}”.")
    zh = "、".join(f"{one.name.zh} {one.code}" for one in found)
    en = ", ".join(f"{one.name.en} {one.code}" for one in found)
    raise Refused(zh=f"“{typed}”可能是：{zh}。请输入代码。", en=f"“{typed}” may mean {en}; type the code.")


def _allowed(user: User, place: Place | None, on: date) -> Place | None:
    seen = place is not None and allows(by=user, right=RIGHT, path=tree().path(place.code, on))
    return place if seen else None


def _crumbs(request: HttpRequest, user: User, place: Place, on: date) -> list[tuple[str, str]]:
    """The places above that the official may look at, and the place itself."""
    held, path = tree(), tree().path(place.code, on)
    above = [held.known(code) for n, code in enumerate(path[:-1]) if allows(by=user, right=RIGHT, path=path[:n + 1])]
    return [(place_name(one), with_query(request, region=one.code)) for one in above] + [(place_name(place), "")]
