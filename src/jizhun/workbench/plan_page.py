"""The yearly plan of a standards system: which of its lines are to be made when, and the way to begin one."""

from collections.abc import Mapping

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from jizhun.drafting.models import Project
from jizhun.frame.surround import NotFound
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Refused
from jizhun.people.actions import path_to, require
from jizhun.standards.actions import FARTHEST, framework_of, library, plan_all
from jizhun.standards.rules.framework import Framework, Line, detail_lines, title_key
from jizhun.standards.rules.library import KINDS
from jizhun.workbench.upload import user_of


@login_required
def plan(request: HttpRequest, code: str) -> HttpResponse:
    """The lines still to be made with their years; all years that were changed are posted together."""
    try:
        framework = framework_of(code)
    except Refused as refused:
        raise NotFound(zh=refused.sentence.zh, en=refused.sentence.en) from None
    user = user_of(request)
    require(by=user, right="standard.edit", path=path_to(framework.region))
    if request.method != "POST":
        return _page(request, framework, {})
    typed = {name.removeprefix("year-"): str(value).strip() for name, value in request.POST.items()
             if name.startswith("year-")}
    try:
        plan_all(by=user, code=code, years=typed)
    except Refused as refused:
        return _page(request, framework, typed, words(refused.sentence))
    return HttpResponseRedirect(reverse("plan", args=[code]))


def _page(request: HttpRequest, framework: Framework, typed: Mapping[str, str], wrong: str = "") -> HttpResponse:
    today = timezone.localdate()
    lines = [line for line in detail_lines(framework, library(), today) if line.to_make]
    running = _running(framework)
    rows = [(line, words(KINDS[line.kind]), typed.get(line.system_number, line.entry.plan_year or ""),
             running.get((line.kind, title_key(line.title.zh))), _begin(framework, line)) for line in lines]
    return render(request, "workbench/plan.html", {
        "framework": framework, "rows": rows, "wrong": wrong, "first": today.year, "last": today.year + FARTHEST,
        "lead": _("A year, or nothing: what has a year stands in the yearly plan of the system's papers.")},
        status=400 if wrong else 200)


def _running(framework: Framework) -> dict[tuple[str, str], Project]:
    """Kind and title -> the project in which it is being made."""
    return {(one.kind, title_key(one.title_zh)): one
            for one in Project.objects.filter(region=framework.region).order_by("pk") if one.running}


def _begin(framework: Framework, line: Line) -> str:
    return f"{reverse('project-new')}?line={framework.code}:{line.system_number}"
