"""What the address of the pages on guides and procedures asks for: the sort, and a place within one's roles."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.utils import timezone

from jizhun.frame.tags import place_name
from jizhun.guides.actions import GUIDE, SORTS
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.actions import allows, regions_of_any
from jizhun.people.models import User
from jizhun.people.rules import forbidden
from jizhun.regions.actions import tree
from jizhun.regions.rules import Place
from jizhun.workbench.asked import PLACES_LISTED
from jizhun.workbench.upload import user_of

EDIT, REVIEW = "guide.edit", "guide.review"
RIGHTS = (EDIT, REVIEW, "batch.receive")
"""Who sees the pages: editors, reviewers, and clerks, who work by them."""


@dataclass(frozen=True)
class Spot:
    """A place of somebody's roles on a day, for guides or procedures."""

    user: User
    sort: str
    place: Place
    today: date
    path: tuple[str, ...]
    regions: tuple[str, ...]

    @property
    def region(self) -> str:
        return self.place.code

    @property
    def sort_name(self) -> Bilingual:
        return SORTS[self.sort]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """What a form or link carries to stay here."""
        return [("region", self.region), *([("kind", self.sort)] if self.sort != GUIDE else [])]

    @property
    def query(self) -> str:
        return urlencode(self.pairs)

    @property
    def may_edit(self) -> bool:
        return allows(by=self.user, right=EDIT, path=self.path)

    @property
    def may_review(self) -> bool:
        return allows(by=self.user, right=REVIEW, path=self.path)

    @property
    def places(self) -> list[tuple[str, str]]:
        """The places to choose from; none where they are too many."""
        held = tree()
        codes = list(dict.fromkeys(code for one in self.regions for code in held.within(one, self.today)))
        return [(code, f"{place_name(held.known(code))} {code}") for code in codes] \
            if len(codes) <= PLACES_LISTED else []

    @property
    def way(self) -> list[Place]:
        """The places above, from the nation down, without the place itself."""
        held = tree()
        return [held.known(code) for code in self.path[:-1]]


def spot_of(request: HttpRequest, sort: str = "") -> Spot:
    """What the address or form asks for; Forbidden outside one's own places.

    ``sort``: that of a page whose own form has a ``kind``.
    """
    user, today, held = user_of(request), timezone.localdate(), tree()
    regions = regions_of_any(by=user, rights=RIGHTS)
    said = request.POST if request.method == "POST" and request.POST.get("region") else request.GET
    sort = sort or said.get("kind") or GUIDE
    if sort not in SORTS:
        raise Refused(zh=f"没有“{sort}”这一类。", en=f"There is no sort “{sort}”.")
    region = said.get("region", "").strip() or regions[0]
    place = held.place(region, today)
    path = held.path(region, today)
    if not any(allows(by=user, right=right, path=path) for right in RIGHTS):
        raise forbidden(EDIT, region)
    return Spot(user, sort, place, today, tuple(path), tuple(regions))


def number_in(sent: QueryDict, name: str) -> int | None:
    """A number that the form carries, if it does."""
    text = sent.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 9 else None
