"""The four tabs of every object: what it is now, how it became so, what hangs on it, what is said about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from jizhun.frame.addresses import with_query

NOW, HISTORY, IMPACT, DISCUSSION = "now", "history", "impact", "discussion"
LABELS = {
    NOW: gettext_lazy("Now"), HISTORY: gettext_lazy("History"), IMPACT: gettext_lazy("Impact"),
    DISCUSSION: gettext_lazy("Discussion"),
}
ALL = tuple(LABELS)


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: a link that keeps all else that the address says."""

    key: str
    label: str
    href: str
    current: bool


def chosen(request: HttpRequest, offered: Sequence[str] = ALL) -> str:
    """The tab that the address asks for; the first where it asks for none that there is."""
    asked = request.GET.get("tab", "")
    return asked if asked in offered else offered[0]


def tabs(request: HttpRequest, offered: Sequence[str] = ALL) -> list[Tab]:
    """The tabs of this page."""
    now = chosen(request, offered)
    return [Tab(key, str(LABELS[key]), with_query(request, tab=None if key == offered[0] else key), key == now)
            for key in offered]
