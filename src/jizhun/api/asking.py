"""Who is asking, and what they send: for addresses of the API at which other systems write."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from jizhun.api.entitlements import TooLong
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.strict_json import json_of
from jizhun.people.models import User
from jizhun.people.rules import Forbidden
from jizhun.people.tokens import NotSignedIn, user_of

LONGEST_BODY = 2 * 2**20
BEARER = "Bearer "


def who(request: HttpRequest) -> User:
    """The login that asks: by a token, or as signed in, then with the CSRF token of a page.

    Raises NotSignedIn where nobody is known, Forbidden where a signed-in browser sends no CSRF token.
    """
    said = request.headers.get("Authorization", "")
    if said:
        if not said.startswith(BEARER):
            raise NotSignedIn(zh="请用 Authorization: Bearer 令牌。", en="Send Authorization: Bearer and the token.")
        return user_of(said.removeprefix(BEARER).strip())
    if not isinstance(request.user, User):
        raise NotSignedIn(zh="请登录，或用 Authorization: Bearer 发送令牌。",
                          en="Sign in, or send a token with Authorization: Bearer.")
    if CsrfViewMiddleware(_never).process_view(request, _never, (), {}) is not None:
        raise Forbidden(zh="缺少页面的 CSRF 令牌（X-CSRFToken）。",
                        en="The CSRF token of a page is missing (X-CSRFToken).")
    return request.user


def _never(_request: HttpRequest) -> HttpResponse:
    """Stands for the view, which is not exempt from the check; only looked at, not called."""
    raise NotImplementedError


def body_of(request: HttpRequest, names: Collection[str]) -> dict[str, Any]:
    """The JSON object that was sent, whole numbers as int; raises Refused for names that nobody reads."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST_BODY or len(request.body) > LONGEST_BODY:
        raise TooLong(zh=f"内容超过 {LONGEST_BODY} 字节。", en=f"More than {LONGEST_BODY} bytes were sent.")
    content = json_of(request.body, Bilingual("内容", "What was sent"))
    if not isinstance(content, dict):
        raise Refused(zh="内容应是 {…} 的样子。", en="What is sent should be an object, {…}.")
    odd = sorted(name for name in content if name not in names)
    if odd:
        raise Refused(zh=f"没有“{odd[0]}”这一栏。", en=f"There is no field “{odd[0]}”.")
    return {name: _plain(value) for name, value in content.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and abs(value) < 10**15 else float(value)
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def text_in(content: dict[str, Any], name: str, default: str = "") -> str:
    """A text that was sent; raises Refused where it is none."""
    value = content.get(name)
    if value is None or isinstance(value, str):
        return value or default
    raise Refused(zh=f"“{name}”应是文字。", en=f"“{name}” should be a text.")
