"""How pages look for this reader: theme and type size, kept in two cookies."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy

from jizhun.frame.here import YEAR_SECONDS
from jizhun.frame.surround import TEXTS, THEMES

THEME_WORDS = {"auto": gettext_lazy("As the device is set"), "light": gettext_lazy("Light"),
               "dark": gettext_lazy("Dark"), "contrast": gettext_lazy("High contrast")}
TEXT_WORDS = {"normal": gettext_lazy("Normal"), "large": gettext_lazy("Larger type and targets, one column")}


def display(request: HttpRequest) -> HttpResponse:
    """Choose theme and type size, then go back to the page one came from."""
    asked = request.POST if request.method == "POST" else request.GET
    back = _own(request, asked.get("back", ""))
    if request.method != "POST":
        return render(request, "portal/display.html", {
            "back": back, "themes": THEME_WORDS.items(), "texts": TEXT_WORDS.items()})
    response = HttpResponseRedirect(back)
    for name, allowed in (("theme", THEMES), ("text", TEXTS)):
        if asked.get(name) in allowed:
            response.set_cookie(name, asked[name], max_age=YEAR_SECONDS, samesite="Lax")
    return response


def _own(request: HttpRequest, address: str) -> str:
    """``address`` when it is on this site, else the start page."""
    safe = url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()})
    return address if address and safe else "/"
