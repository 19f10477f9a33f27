"""Addresses for other systems."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from jizhun.api.certificates import (
    achievement_api,
    badge_api,
    badge_token_api,
    certificate_api,
    issuer_api,
    key_api,
    status_api,
)
from jizhun.api.entitlements import entitlement_dmn, entitlements_api
from jizhun.api.guides import claims_api, guide_api, guides_api, points_api
from jizhun.api.promises import promised_api
from jizhun.api.publications import publication_api, publications_api
from jizhun.api.questions import question_api, questions_api, questions_import_api


def alive(request: HttpRequest) -> HttpResponse:
    """For whoever watches the server: it answers."""
    return HttpResponse("alive\n", content_type="text/plain")


urlpatterns = [
    path("alive/", alive, name="alive"),
    path("v1/promised", promised_api, name="api-promised"),
    path("v1/entitlements", entitlements_api, name="api-entitlements"),
    path("v1/entitlements/<str:code>.dmn", entitlement_dmn, name="api-entitlement-dmn"),
    path("v1/guides", guides_api, name="api-guides"),
    path("v1/guides/<str:matter>", guide_api, name="api-guide"),
    path("v1/claims", claims_api, name="api-claims"),
    path("v1/publications", publications_api, name="api-publications"),
    path("v1/publications/<str:code>", publication_api, name="api-publication"),
    path("v1/publications/<str:code>/<int:number>", publication_api, name="api-publication-edition"),
    path("v1/certificates/<str:number>", certificate_api, name="api-certificate"),
    path("v1/certificates/<str:number>/badge", badge_api, name="api-badge"),
    path("v1/certificates/<str:number>/badge.jwt", badge_token_api, name="api-badge-token"),
    path("v1/badges/issuer", issuer_api, name="api-badge-issuer"),
    path("v1/badges/keys/<int:number>", key_api, name="api-badge-key"),
    path("v1/badges/achievements/<str:code>/<int:version>", achievement_api, name="api-badge-achievement"),
    path("v1/badges/status/<str:purpose>/<int:number>", status_api, name="api-badge-status"),
    path("v1/questions", questions_api, name="api-questions"),
    path("v1/questions/import", questions_import_api, name="api-questions-import"),
    path("v1/questions/<str:code>", question_api, name="api-question"),
    path("v1/points", points_api, name="api-points"),
]
