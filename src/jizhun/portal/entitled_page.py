"""What the pages of a check share: they carry the answers along, and nobody keeps them."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from jizhun.entitlements.rules.telling import ESTIMATE
from jizhun.frame.here import Here
from jizhun.frame.surround import printed_address
from jizhun.kernel.bilingual import Refused
from jizhun.portal.entitled_form import Carried
from jizhun.portal.entitled_places import Moved

View = Callable[[HttpRequest], HttpResponse]
ANSWERS_FORM = "answers"
"""The form that holds what was said and nothing else: buttons anywhere on the page send it on."""
TYPED_FORM, TURN = "typed", "turn"
"""The form that is being filled in, and what the button of the other language sends: it takes along what is typed."""


def unkept(view: View) -> View:
    """A page with answers: nobody keeps it on the way, and no report of a fault shows them.

    The forms change nothing, so a forged one could do no harm, and they need no token, which would be a cookie.
    """

    @wraps(view)
    def opened(request: HttpRequest) -> HttpResponse:
        try:
            response = view(request)
        except Refused as refused:
            response = render(request, "refused.html", {"sentence": refused.sentence}, status=400)
        response["Cache-Control"] = "no-store"
        return response

    return csrf_exempt(sensitive_post_parameters()(opened))


def page(request: HttpRequest, template: str, here: Here, said: Carried, context: Mapping[str, Any],
         status: int = 200) -> HttpResponse:
    """A page of the check at this place and day, with all that was said in its forms."""
    request.here = here  # type: ignore[attr-defined]
    common = {"said": said, "estimate": ESTIMATE, "address": printed_address(request, reverse("entitled"))}
    if request.method == "POST":
        common |= {"answers_form": ANSWERS_FORM, "no_files": True}
    return render(request, template, {**common, **context}, status=status)


def lost(request: HttpRequest, now: Moved, back: str) -> HttpResponse:
    """The chosen place or day is not certain: which one is meant? ``back`` names the page that one came from."""
    also = [(name, request.POST[name]) for name in ("show", "changing") if request.POST.get(name)]
    return page(request, "portal/entitled/which.html", now.here, now.said, {
        "which": now.which, "wrong": now.wrong, "back": reverse(back), "also": also}, 400)
