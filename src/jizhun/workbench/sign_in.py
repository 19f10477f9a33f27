"""Sign-in and sign-out. After a few failures a name has to wait, from wherever it is tried."""

from django.contrib.auth import login, logout
from django.contrib.auth.forms import AuthenticationForm
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from jizhun.kernel.bilingual import Bilingual
from jizhun.people.actions import demo_logins
from jizhun.people.rules import DEMONSTRATION_PASSWORD
from jizhun.regions.actions import tree

FAILURES_ALLOWED = 5
WAIT_SECONDS = 300


@sensitive_post_parameters("password")
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password; go on to where one wanted to go."""
    key = f"sign-in:{request.POST.get('username', '').casefold()[:150]}"
    if request.method == "POST" and cache.get(key, 0) >= FAILURES_ALLOWED:
        return _ask(request, AuthenticationForm(request), _waiting(), 429)
    form = AuthenticationForm(request, data=request.POST or None)
    if request.method != "POST":
        return _ask(request, form, "", 200)
    if form.is_valid():
        cache.delete(key)
        login(request, form.get_user())
        return HttpResponseRedirect(_next(request))
    cache.set(key, cache.get(key, 0) + 1, WAIT_SECONDS)
    return _ask(request, form, _("Name and password do not fit together. Capital letters count."), 200)


def _ask(request: HttpRequest, form: AuthenticationForm, wrong: str, status: int) -> HttpResponse:
    context = {"form": form, "wrong": wrong, "next": request.POST.get("next") or request.GET.get("next", ""),
               "username": request.POST.get("username", ""), "password": DEMONSTRATION_PASSWORD,
               "logins": [(one, _place(one.region)) for one in demo_logins()]}
    return render(request, "workbench/sign_in.html", context, status=status)


def _place(code: str) -> Bilingual:
    """A place's name; its code where it is not loaded."""
    held = tree()
    return held.known(code).name if code in held else Bilingual(code, code)


def _waiting() -> str:
    return _("Too many attempts. Please wait %(minutes)s minutes and try again.") % {"minutes": WAIT_SECONDS // 60}


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if wanted and safe else reverse("workbench")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out and go to the start page."""
    logout(request)
    return HttpResponseRedirect(reverse("home"))
