"""Suggestions for the place field."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from jizhun.frame.here import find_places
from jizhun.frame.tags import words
from jizhun.kernel.dating import parse_day
from jizhun.regions.actions import tree


def places(request: HttpRequest) -> HttpResponse:
    """Places that fit ``q`` on the day ``on``, as the values and labels of a datalist."""
    on = parse_day(request.GET["on"]) if request.GET.get("on") else timezone.localdate()
    held = tree()
    found = [{"value": f"{words(place.name)} {place.code}",
              "label": " › ".join(words(held.places[code].name) for code in held.path(place.code, on)[:-1])}
             for place in find_places(request.GET.get("q", "")[:80], on)]
    return JsonResponse({"places": found})
