"""The public pages, below the language prefix."""

from django.urls import path

from jizhun.portal.across import across
from jizhun.portal.display import display
from jizhun.portal.editions import editions
from jizhun.portal.home import home, services
from jizhun.portal.item import item
from jizhun.portal.method import accessibility, method
from jizhun.portal.places import places
from jizhun.portal.region import region
from jizhun.portal.results import results

urlpatterns = [
    path("", home, name="home"),
    path("services/", services, name="services"),
    path("items/<str:code>/", item, name="item"),
    path("across/", across, name="across"),
    path("editions/", editions, name="editions"),
    path("region/", region, name="region"),
    path("results/", results, name="results"),
    path("display/", display, name="display"),
    path("method/", method, name="method"),
    path("accessibility/", accessibility, name="accessibility"),
    path("places/", places, name="places"),
]
