"""What the pages of all long work share: the words for its states, how far it is, stop it, remove it."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from jizhun.entitlements.models import WhatIf
from jizhun.kernel.bilingual import Refused
from jizhun.people.models import LongWork
from jizhun.workbench.upload import user_of

STATES = {
    WhatIf.MATCHING: gettext_lazy("columns to be matched"), LongWork.WAITING: gettext_lazy("waiting"),
    LongWork.RUNNING: gettext_lazy("running"), LongWork.DONE: gettext_lazy("done"),
    LongWork.REFUSED: gettext_lazy("refused"), LongWork.FAILED: gettext_lazy("failed"),
    LongWork.CANCELLED: gettext_lazy("cancelled")}

View = Callable[[HttpRequest, str], HttpResponse]


def asked_at(row: LongWork) -> str:
    """When it was asked for, as lists show it."""
    return f"{timezone.localtime(row.asked_at):%Y-%m-%d %H:%M}"


def swapped(request: HttpRequest, row: LongWork, page: str) -> HttpResponse | None:
    """The part that changes, where htmx asks for it; the whole page anew once it has ended. None for a whole page."""
    if not getattr(request, "htmx", False):
        return None
    if not row.moving:
        return HttpResponseClientRefresh()
    return render(request, "workbench/work_state.html", {"work": row, "page": page, "stop": f"{page}-stop"})


def owned(request: HttpRequest, own: Callable[..., Any], token: str) -> Any:
    """Long work belongs to whoever asked for it; nobody else's is there."""
    found = own(by=user_of(request), token=token)
    if found is None:
        raise Http404
    return found


def stopping(own: Callable[..., Any], cancel: Callable[..., Any], page: str) -> View:
    """The view by which whoever asked stops it."""
    @login_required
    @require_POST
    def stop(request: HttpRequest, token: str) -> HttpResponse:
        cancel(by=user_of(request), token=owned(request, own, token).token)
        return HttpResponseRedirect(reverse(page, args=[token]))
    return stop


def forgetting(own: Callable[..., Any], forget: Callable[..., None], page: str, listed: str) -> View:
    """The view by which whoever asked removes it; while it is on its way it stays."""
    @login_required
    @require_POST
    def drop(request: HttpRequest, token: str) -> HttpResponse:
        try:
            forget(by=user_of(request), token=owned(request, own, token).token)
        except Refused:
            return HttpResponseRedirect(reverse(page, args=[token]))
        return HttpResponseRedirect(reverse(listed))
    return drop
