"""Pages of words: how it is counted, accessibility."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jizhun.frame.here import Here, public_page


@public_page
def method(request: HttpRequest, here: Here) -> HttpResponse:
    return render(request, "portal/method.html")


def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/accessibility.html")
