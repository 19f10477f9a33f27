"""What surrounds every page: language, looks, place and day, and refusals shown as pages."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import segno
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language

from jizhun.frame.addresses import LANGUAGES, in_language, short, with_query
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.rules import Forbidden

THEMES = ("auto", "light", "dark", "contrast")
TEXTS = ("normal", "large")


class NotFound(Refused):
    """What was asked for does not exist: the refusal is shown with status 404."""


class Surround:
    """Middleware: a refusal raised by a page is shown as its sentence, with a 4xx status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _holds_zero(request):
            zero = Refused(zh="提交的内容里有空字符，无法保存。",
                           en="What was sent holds a zero byte: it cannot be kept.")
            return _plain(zero.sentence, 400) if _for_machines(request) else \
                render(request, "refused.html", {"sentence": zero.sentence}, status=400)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Forbidden):
            return not_allowed(request, exception)
        if not isinstance(exception, Refused):
            return None
        status = 404 if isinstance(exception, NotFound) else 400
        return render(request, "refused.html", {"sentence": exception.sentence}, status=status)


def _for_machines(request: HttpRequest) -> bool:
    """Whether another system asks, which reads JSON and no pages."""
    return request.path.startswith("/api/")


def _plain(sentence: Bilingual, status: int) -> HttpResponse:
    """A refusal as other systems read it."""
    return JsonResponse({"error": {"zh": sentence.zh, "en": sentence.en}}, status=status,
                        json_dumps_params={"ensure_ascii": False}, headers={"Cache-Control": "no-store"})


def _holds_zero(request: HttpRequest) -> bool:
    """Whether a text holds the one character that PostgreSQL cannot keep; files are read by those who know them."""
    sent = (request.GET, request.POST) if request.method == "POST" else (request.GET,)
    return "\0" in request.path or any("\0" in value for query in sent for values in query.lists()
                                       for value in values[1])


def surround(request: HttpRequest) -> dict[str, Any]:
    """What base.html needs on every page."""
    language = short(get_language())
    theme, text = request.COOKIES.get("theme", "auto"), request.COOKIES.get("text", "normal")
    return {
        "language": language,
        "other_languages": [(code, name, in_language(request, code)) for code, _, name in LANGUAGES
                            if code != language],
        "theme": theme if theme in THEMES else "auto",
        "text_size": text if text in TEXTS else "normal",
        "here": getattr(request, "here", None),
        "address": printed_address(request),
        "kept_query": [(key, request.GET[key]) for key in request.GET if key not in ("region", "on", "place")],
    }


def printed_address(request: HttpRequest, path: str = "", query: str = "") -> dict[str, str]:
    """What a printed page of the portal carries: its address with place and day, so that it opens as it was printed.

    ``path``: another page's, where this one cannot be opened by its address alone; ``query``: what it asks for instead.
    """
    here = getattr(request, "here", None)
    if here is None:
        return {}
    fixed = {"region": here.code, "on": here.on.isoformat(), "place": None}
    address = request.build_absolute_uri((path or request.path) + (f"?{query}" if query else with_query(
        request, **fixed)))
    return {"text": address, "picture": _picture(address) if len(address) <= LONGEST_PICTURED else ""}


LONGEST_PICTURED = 400


@lru_cache(maxsize=500)
def _picture(address: str) -> str:
    """A QR code as SVG. One mask for all: choosing the best costs five times as much and is no easier to read."""
    return segno.make_qr(address, error="l", boost_error=False, mask=3).svg_inline(scale=2, border=2, omitsize=True)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if _for_machines(request):
        return _plain(Bilingual("没有这个地址。", "There is no such address."), 404)
    return render(request, "404.html", status=404)


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    sentence = getattr(exception, "sentence", None)
    return render(request, "403.html", {"sentence": sentence}, status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """Shown when a page failed; must not need the database."""
    if _for_machines(request):
        return _plain(Bilingual("系统出现故障，未能回答。", "Something broke: no answer was found."), 500)
    return render(request, "500.html", status=500)
