"""``/api/v1/certificates/…`` and ``/api/v1/badges/…``: is a certificate good, its badge, and what verifies a badge.

These documents are read by programs anywhere: they may be fetched from any page, and carry nothing but what is public.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from jizhun.api.entitlements import NotAllowed, Unknown, only_asked, told
from jizhun.frame.certified import as_public
from jizhun.frame.sites import site_of
from jizhun.kernel.dating import parse_day
from jizhun.training.actions import badges
from jizhun.training.actions.certificates import NoSuchCertificate, certificate, seen

READ = ("GET", "HEAD")
LINKED_DATA = "application/ld+json"
CREDENTIAL, TOKEN = "application/vc", "application/vc+jwt"


@told
def certificate_api(request: HttpRequest, number: str) -> HttpResponse:
    """GET whether a certificate is good today, or on the day ``on``."""
    _read_only(request, {"on"})
    on = parse_day(request.GET["on"]) if request.GET.get("on") else timezone.localdate()
    return _json(as_public(_found(lambda: seen(certificate(number), on))), "application/json")


@told
def badge_api(request: HttpRequest, number: str) -> HttpResponse:
    """GET the badge of a certificate: Open Badges 3.0 with a Data Integrity proof."""
    _read_only(request, set())
    content = _found(lambda: badges.badge(number=number, site=site_of(request)))
    return _file(_json(content, CREDENTIAL), f"jizhun-badge-{number}.json")


@told
def badge_token_api(request: HttpRequest, number: str) -> HttpResponse:
    """GET the badge of a certificate as a signed token."""
    _read_only(request, set())
    text = _found(lambda: badges.badge_token(number=number, site=site_of(request)))
    return _file(HttpResponse(text, content_type=TOKEN), f"jizhun-badge-{number}.jwt")


@told
def issuer_api(request: HttpRequest) -> HttpResponse:
    """GET who issues, with every public key."""
    _read_only(request, set())
    return _json(badges.issuer(site=site_of(request)), LINKED_DATA)


@told
def key_api(request: HttpRequest, number: int) -> HttpResponse:
    """GET one public key."""
    _read_only(request, set())
    return _json(_found(lambda: badges.key(number=number, site=site_of(request))), LINKED_DATA)


@told
def achievement_api(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """GET what a badge says was achieved."""
    _read_only(request, set())
    return _json(_found(lambda: badges.achievement(code=code, version=version, site=site_of(request))), LINKED_DATA)


@told
def status_api(request: HttpRequest, purpose: str, number: int) -> HttpResponse:
    """GET the signed list of certificates that no longer count."""
    _read_only(request, set())
    return _json(_found(lambda: badges.status_list(purpose=purpose, number=number, site=site_of(request))), CREDENTIAL)


def _found(ask: Any) -> Any:
    try:
        return ask()
    except NoSuchCertificate as missing:
        raise Unknown(zh=missing.sentence.zh, en=missing.sentence.en) from None


def _read_only(request: HttpRequest, names: set[str]) -> None:
    if request.method not in READ:
        raise NotAllowed(", ".join(READ))
    only_asked(request, names)


def _json(content: dict[str, Any], kind: str) -> HttpResponse:
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False}, content_type=kind)
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _file(response: HttpResponse, name: str) -> HttpResponse:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Access-Control-Allow-Origin"] = "*"
    return response
