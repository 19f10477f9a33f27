"""The doors over the real national list and the fictional province, with the cast of the demonstration logins."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client

from entitled_sample import load_sample
from jizhun.people.models import User

CAST = {"clerk": "county-clerk", "elsewhere": "county-clerk-elsewhere", "county": "county-editor",
        "province": "province-editor", "nation": "national-editor", "reviewer": "reviewer", "reader": "reader"}
STRANGER = "stranger"


@pytest.fixture
def reading(world: None, db: None) -> Client:
    """A reader of the public pages who speaks English."""
    cache.clear()
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def signed_in(world: None, db: None) -> Callable[[str], Client]:
    """A browser in which this one of the cast has signed in; the stranger has not."""
    cache.clear()

    def of(who: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        if who != STRANGER:
            client.force_login(User.objects.get(username=CAST[who]))
        return client

    return of


@pytest.fixture
def reader(reading: Client, tmp_path: Path) -> Client:
    """A reader of the public pages, with the tests' rules of entitlements on record."""
    load_sample(tmp_path)
    return reading
