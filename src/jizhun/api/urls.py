"""Addresses for other systems."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def alive(request: HttpRequest) -> HttpResponse:
    """For whoever watches the server: it answers."""
    return HttpResponse("alive\n", content_type="text/plain")


urlpatterns = [path("alive/", alive, name="alive")]
