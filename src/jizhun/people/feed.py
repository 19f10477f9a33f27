"""Everybody's own feed of notices, under an address that only they know. A new address ends the one before it.

The address is signed from a random key of the login: who can read the database alone cannot make it.
"""

import secrets

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from jizhun.people.actions import write_line
from jizhun.people.models import Notice, User

SALT = "jizhun.feed"
MOST = 50
"""So many notices a feed tells."""


def feed_token(user: User) -> str:
    """What stands in the address of the feed; "" where this login has none."""
    return f"{user.pk}-{_signed(user)}" if user.feed_key else ""


def renew_feed(*, by: User) -> str:
    """Give one's own feed a new address, the first or another; gives its token."""
    return _keyed(by, secrets.token_hex(16), "people.renew_feed")


def end_feed(*, by: User) -> None:
    """Take one's own feed away; its address finds nothing any more."""
    _keyed(by, "", "people.end_feed")


def _keyed(by: User, key: str, act: str) -> str:
    with transaction.atomic():
        by.feed_key = key
        by.save(update_fields=["feed_key"])
        write_line(by=by, act=act, subject=f"user:{by.username}")
    return feed_token(by)


def reader_of(token: str) -> User | None:
    """The login whose feed that is; None for an address that is none, or none any more."""
    number, _dash, signed = token.partition("-")
    if not (number.isdecimal() and len(number) < 12):
        return None
    user = User.objects.filter(pk=int(number), is_active=True).exclude(feed_key="").first()
    return user if user is not None and constant_time_compare(signed, _signed(user)) else None


def notices_of(user: User, most: int = MOST) -> list[Notice]:
    """What a user was told, the newest first."""
    return list(Notice.objects.filter(username=user.username)[:most])


def _signed(user: User) -> str:
    return salted_hmac(SALT, f"{user.pk}:{user.feed_key}", algorithm="sha256").hexdigest()[:40]
