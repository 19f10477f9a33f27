"""Addresses: the same pages below ``/zh/`` and ``/en/``; other systems under ``/api/``, without a language."""

from django.urls import include, path

from jizhun.frame import surround, unread
from jizhun.frame.addresses import in_both_languages, to_own_language

urlpatterns = [
    path("", to_own_language),
    path("api/", include("jizhun.api.urls")),
    in_both_languages(
        path("", include("jizhun.portal.urls")),
        path("work/", include("jizhun.workbench.urls")),
    ),
]

handler400 = unread.too_much
handler403 = surround.not_allowed
handler404 = surround.not_found
handler500 = surround.broken
