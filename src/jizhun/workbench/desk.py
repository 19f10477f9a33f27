"""My desk: comments of bodies below that wait to be passed on or put together, place by place."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from jizhun.drafting.actions.comments import COMMENT, LEAST_SAME, consolidate, pass_on
from jizhun.drafting.models import SHOWN, CommentRow, Project
from jizhun.drafting.rules.remarks import TYPES
from jizhun.frame.tags import place_name, words
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.likeness import clusters
from jizhun.people.actions import regions_of
from jizhun.people.models import User
from jizhun.people.rules import Forbidden
from jizhun.regions.actions import tree
from jizhun.workbench.upload import user_of


@dataclass(frozen=True)
class Heap:
    """Comments of one project that wait on one desk, those that say nearly the same beside each other."""

    project: Project
    desk: str
    place: str
    groups: list[list[CommentRow]]

    @property
    def count(self) -> int:
        return sum(map(len, self.groups))


@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """What waits on the desks of my places; passing on and putting together are posted to it."""
    user = user_of(request)
    regions_of(by=user, right=COMMENT)
    if request.method != "POST":
        return _page(request, user)
    try:
        _done(request, user)
    except Forbidden:
        raise
    except Refused as refused:
        return _page(request, user, words(refused.sentence))
    return HttpResponseRedirect(reverse("desk"))


def _done(request: HttpRequest, user: User) -> None:
    keys = [int(key) for key in request.POST.getlist("choose") if key.isdecimal() and len(key) < 15]
    some = list(CommentRow.objects.filter(pk__in=keys).order_by("seq"))
    if not some:
        raise Refused(zh="请先选择意见。", en="Choose the comments first.")
    place = request.POST.get("desk", "")
    if request.POST.get("do") == "together":
        consolidate(by=user, comments=some, desk=place, text=request.POST.get("text", ""),
                    kind=request.POST.get("type", "te"), proposed=request.POST.get("proposed", ""))
    else:
        pass_on(by=user, comments=some, desk=place)


def heaps(user: User) -> list[Heap]:
    """What waits, by project and desk; the project's own desk is the resolution table."""
    held, regions = tree(), regions_of(by=user, right=COMMENT)
    rows = CommentRow.objects.filter(desk__in=regions, merged_into=None, state=SHOWN).select_related("project")
    by_desk: dict[tuple[int, str], list[CommentRow]] = {}
    for row in rows:
        if row.desk != row.project.region:
            by_desk.setdefault((row.project_id, row.desk), []).append(row)
    return [Heap(some[0].project, place, place_name(held.known(place)), _grouped(some))
            for (_project, place), some in by_desk.items()]


def _grouped(some: list[CommentRow]) -> list[list[CommentRow]]:
    groups = clusters([row.text for row in some], LEAST_SAME)
    together = {at for group in groups for at in group}
    return [[some[at] for at in group] for group in groups] + [
        [row] for at, row in enumerate(some) if at not in together]


def _page(request: HttpRequest, user: User, wrong: str = "") -> HttpResponse:
    return render(request, "workbench/desk.html", {
        "heaps": heaps(user), "types": TYPES, "wrong": wrong, "typed": request.POST if wrong else {},
        "chosen": request.POST.getlist("choose") if wrong else []}, status=400 if wrong else 200)
