"""Addresses in two languages: ``/zh/...`` and ``/en/...`` are the same pages, so links can be shared."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver
from django.urls.resolvers import LocalePrefixPattern
from django.utils.translation import get_language, get_language_from_request

LANGUAGES = (("zh", "zh-hans", "中文"), ("en", "en", "English"))
"""(in the address, Django's code, its own name)."""


def short(language: str | None) -> str:
    """``zh`` or ``en`` for any language tag."""
    return "zh" if (language or "").startswith("zh") else "en"


class LanguagePrefix(LocalePrefixPattern):
    """Django's language prefix, but ``zh`` instead of ``zh-hans``."""

    @property
    def language_prefix(self) -> str:
        return f"{short(get_language())}/"


def in_both_languages(*patterns: URLPattern | URLResolver) -> URLResolver:
    """The patterns below a language prefix; for the root address list only."""
    return URLResolver(LanguagePrefix(), list(patterns))


def to_own_language(request: HttpRequest) -> HttpResponse:
    """From ``/`` to the start page in the language that the browser asks for."""
    return HttpResponseRedirect(f"/{short(get_language_from_request(request))}/")


def in_language(request: HttpRequest, wanted: str) -> str:
    """The address of this very page in another language, with all that was chosen."""
    path = request.path
    rest = path[3:] if path[:4] in ("/zh/", "/en/") else "/"
    query = request.GET.urlencode()
    return f"/{wanted}{rest}" + (f"?{query}" if query else "")


def with_query(request: HttpRequest, **changes: object) -> str:
    """This page's query with some parameters changed; None removes one."""
    query = {key: request.GET.getlist(key) for key in request.GET}
    query.update({key: [str(value)] for key, value in changes.items() if value is not None})
    kept = {key: value for key, value in query.items() if changes.get(key, "") is not None}
    return "?" + urlencode(kept, doseq=True)
