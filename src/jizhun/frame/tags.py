"""What templates may say: words in the page's language, days, numbers, and addresses that stay here."""

import json
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from jizhun.frame.addresses import with_query as query_changed
from jizhun.frame.source_words import SourceShown
from jizhun.frame.source_words import source_shown as shown_source
from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.dating import day_in_words
from jizhun.regions.rules import Place

register = template.Library()

NATION = "CN"
WHOLE_COUNTRY = Bilingual("全国", "China")


@register.filter
def words(text: Bilingual | str | None) -> str:
    """A bilingual text in the language of the page."""
    if isinstance(text, Bilingual):
        return text.in_language(get_language() or "en")
    return text or ""


@register.filter
def place_name(place: Place) -> str:
    """The place's name; the nation in the short words of a table."""
    return words(WHOLE_COUNTRY if place.code == NATION else place.name)


@register.filter
def day(value: date | None) -> str:
    """2026年11月23日 or 2026-11-23."""
    return words(day_in_words(value)) if value is not None else ""


@register.filter
def count(value: int | None) -> str:
    """A number with thousands set apart; nothing is a dash."""
    return "–" if value is None else f"{value:,}"


@register.filter
def share(value: float | Decimal | None) -> str:
    """A share as a percentage, cut and not rounded, so that 100 % means all."""
    if value is None:
        return "–"
    sign = "%" if (get_language() or "").startswith("zh") else "\N{NO-BREAK SPACE}%"
    if value == 1:
        return f"100{sign}"
    return f"{(Decimal(value) * 100).quantize(Decimal('0.1'), ROUND_FLOOR)}{sign}"


@register.filter
def verified(mark: str) -> bool:
    """Whether a row's mark says that its source was read."""
    return mark in ("V", "D")


@register.filter
def source_shown(source: str) -> SourceShown:
    """A source's addresses and its remark."""
    return shown_source(source or "")


@register.simple_tag(takes_context=True)
def here_url(context: dict[str, Any], name: str, *args: object, **query: object) -> str:
    """The address of a page that speaks for the same place and day."""
    here = context.get("here")
    parts = [here.query] if here is not None and here.query else []
    asked = urlencode({key: value for key, value in query.items() if value not in (None, "")})
    parts += [asked] if asked else []
    return reverse(name, args=args) + (f"?{'&'.join(parts)}" if parts else "")


@register.simple_tag(takes_context=True)
def with_query(context: dict[str, Any], **changes: object) -> str:
    """This page with some query parameters changed; None removes one."""
    return query_changed(context["request"], **changes)


@register.filter
def json_ld(content: dict[str, Any]) -> SafeString:
    """Structured data for search engines; what could end the element is written so that it cannot."""
    text = json.dumps(content, ensure_ascii=False)
    for sign, said in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(sign, said)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')


@register.filter
def whole(value: float) -> int:
    """A number without its fraction."""
    return int(value)
