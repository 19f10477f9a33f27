"""Place and day: what every public page speaks for. The address carries both."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone

from jizhun.frame.addresses import with_query
from jizhun.frame.tags import NATION, WHOLE_COUNTRY
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.dating import parse_day
from jizhun.regions.actions import tree
from jizhun.regions.rules import Place, Tree

COOKIE = "place"
YEAR_SECONDS = 365 * 24 * 3600
MAX_SUGGESTIONS = 12

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Here:
    """The place and day that a page speaks for; ``path`` leads from the nation down to the place."""

    place: Place
    on: date
    today: date
    path: tuple[Place, ...]
    below: tuple[Place, ...]

    @property
    def code(self) -> str:
        return self.place.code

    @property
    def is_today(self) -> bool:
        return self.on == self.today

    @property
    def at_top(self) -> bool:
        """Whether nothing stands above the place."""
        return len(self.path) == 1

    @property
    def comparable(self) -> list[Place]:
        """The places directly below; a fictional one never stands beside real ones."""
        return [place for place in self.below if place.simulated == self.place.simulated]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """What a form or link must carry to stay here: nothing for the nation today."""
        region = [] if self.place.level == 0 and self.place.code == NATION else [("region", self.place.code)]
        return region if self.is_today else [*region, ("on", self.on.isoformat())]

    @property
    def query(self) -> str:
        """The same as a query string."""
        return urlencode(self.pairs)


def here_from(held: Tree, region: str, on: str, today: date) -> Here:
    """Place and day as the address says them; Refused when there is no such place or day."""
    day = parse_day(on) if on else today
    code = region or first_root(held, day)
    place = held.place(code, day)
    path = tuple(held.places[one] for one in held.path(code, day))
    below = tuple(held.places[one] for one in held.children(code, day))
    return Here(place, day, today, path, below)


def first_root(held: Tree, on: date) -> str:
    """The nation where it is loaded, else the first place that lies under no other."""
    if NATION in held:
        return NATION
    code = next(iter(held.existing(on)), None)
    if code is None:
        raise Refused(zh="尚未载入任何地区。请运行 jizhun load national。",
                      en="No regions are loaded yet. Run jizhun load national.")
    return code


def find_places(words: str, on: date) -> tuple[Place, ...]:
    """Places that the typed words may mean: a code, a name, pinyin, or a suggestion taken as it stands."""
    if NATION in tree() and _squeezed(words) in {_squeezed(WHOLE_COUNTRY.zh), _squeezed(WHOLE_COUNTRY.en)}:
        return (tree().places[NATION],)
    tail = words.strip().rsplit(maxsplit=1)[-1:] or [""]
    held = tree()
    if tail[0] in held and held.places[tail[0]].exists(on):
        return (held.places[tail[0]],)
    return held.find(words, on, MAX_SUGGESTIONS)


def meant_places(words: str, on: date) -> tuple[Place, ...]:
    """The one place that the typed words mean where that is certain, else all that they may mean."""
    found = find_places(words, on)
    exact = tuple(place for place in found if _squeezed(words) in _names(place))
    return exact if len(exact) == 1 else found


PublicPage = Callable[Concatenate[HttpRequest, Here, P], HttpResponse]


def public_page(view: PublicPage[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page that speaks for a place and a day: finds both, or asks which place is meant.

    A reader who comes without a place in the address is led to the place chosen last.
    """

    @wraps(view)
    def opened(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        today = timezone.localdate()
        if request.GET.get("place", "").strip():
            return _choose(request, today)
        held, region = tree(), request.GET.get("region", "")
        remembered = request.COOKIES.get(COOKIE, "")
        if not region and remembered in held and remembered != NATION:
            return HttpResponseRedirect(with_query(request, region=remembered))
        here = here_from(held, region, request.GET.get("on", ""), today)
        request.here = here  # type: ignore[attr-defined]
        response = view(request, here, *args, **kwargs)
        if region and region != remembered:
            response.set_cookie(COOKIE, region, max_age=YEAR_SECONDS, samesite="Lax")
        return response

    return opened


def _choose(request: HttpRequest, today: date) -> HttpResponse:
    words = request.GET["place"].strip()
    on = parse_day(request.GET["on"]) if request.GET.get("on") else today
    found = meant_places(words, on)
    day = None if on == today else on.isoformat()
    if len(found) == 1:
        return HttpResponseRedirect(with_query(request, place=None, region=found[0].code, on=day))
    held = tree()
    choices = [(place, [held.places[code] for code in held.path(place.code, on)[:-1]],
                with_query(request, place=None, region=place.code, on=day)) for place in found]
    request.here = here_from(held, "", "", today)  # type: ignore[attr-defined]
    return render(request, "portal/which_place.html", {"words": words, "choices": choices},
                  status=200 if found else 404)


def _squeezed(text: str) -> str:
    return "".join(text.casefold().split())


def _names(place: Place) -> set[str]:
    return {_squeezed(name) for name in (place.code, place.name.zh, place.name.en, place.pinyin)}
