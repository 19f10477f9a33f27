"""Tokens by which another system acts as a login. Nothing of a token is kept: it is signed, runs out on its day, and
ends at once when the login's password is changed or the login is closed."""

from datetime import date, timedelta

from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from jizhun.kernel.bilingual import Refused
from jizhun.people.actions import write_line
from jizhun.people.models import User
from jizhun.people.rules import Actor

SALT = "jizhun.token"
MOST_DAYS = 366


class NotSignedIn(Refused):
    """Nobody is known to be asking; doors answer 401."""


def make_token(*, by: Actor, username: str, days: int) -> str:
    """A token for a login, good for so many days; raises Refused where there is no such login."""
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise Refused(zh=f"没有登录名“{username}”。", en=f"There is no login “{username}”.")
    if not 1 <= days <= MOST_DAYS:
        raise Refused(zh=f"有效期为 1 到 {MOST_DAYS} 天。", en=f"A token is good for 1 to {MOST_DAYS} days.")
    until = timezone.localdate() + timedelta(days)
    with transaction.atomic():
        write_line(by=by, act="people.make_token", subject=f"user:{username}", after={"until": until})
    return signing.dumps({"user": username, "until": until.isoformat(), "of": _password_of(user)}, salt=SALT)


def user_of(token: str) -> User:
    """The login that a token stands for; raises NotSignedIn for one that is not good (any more)."""
    try:
        said = signing.loads(token, salt=SALT)
        user = User.objects.filter(username=said["user"], is_active=True).first()
        good = user is not None and date.fromisoformat(said["until"]) >= timezone.localdate()
        if user is not None and good and constant_time_compare(said["of"], _password_of(user)):
            return user
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        pass
    raise NotSignedIn(zh="令牌无效或已过期。", en="The token is not good, or no longer.")


def _password_of(user: User) -> str:
    """What a change of the password changes."""
    return salted_hmac(SALT, user.password, algorithm="sha256").hexdigest()[:24]
