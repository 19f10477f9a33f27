"""Where the public reaches this instance: the address that is set, else the one by which it was asked."""

from django.conf import settings
from django.http import HttpRequest


def site_of(request: HttpRequest) -> str:
    """The address without a slash at its end."""
    return settings.PUBLIC_ADDRESS or request.build_absolute_uri("/").rstrip("/")
