"""Addresses: the public site at the root, officials under ``work/``, other systems under ``api/``."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

DOORS = (("", "portal"), ("work/", "workbench"), ("api/", "api"))

urlpatterns: list[URLPattern | URLResolver] = [path("i18n/", include("django.conf.urls.i18n"))]
urlpatterns += [path(at, include(f"jizhun.{door}.urls")) for at, door in DOORS if find_spec(f"jizhun.{door}.urls")]
