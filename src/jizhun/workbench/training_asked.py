"""What the pages of training share: who learns or teaches, where, and fields that many forms have."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.frame.fields import Field
from jizhun.frame.sources import sources_about
from jizhun.frame.tags import place_name, words
from jizhun.people.actions import allows, grants_of, path_to
from jizhun.people.models import User
from jizhun.people.rules import ROLES, forbidden
from jizhun.regions.actions import tree
from jizhun.training.actions.courses import REVIEW, WRITE
from jizhun.training.actions.ledger import TEACH
from jizhun.workbench.asked import PLACES_LISTED
from jizhun.workbench.evaluation_asked import known_place
from jizhun.workbench.upload import user_of


@dataclass(frozen=True)
class Learner:
    """Who is signed in, with the places and roles of their grants; everybody with a role learns."""

    user: User
    today: date
    regions: tuple[str, ...]
    roles: frozenset[str]

    def may(self, right: str, place: str) -> bool:
        return allows(by=self.user, right=right, path=path_to(place))

    def where(self, right: str) -> list[str]:
        """Their places at which they hold a right."""
        return [region for region in self.regions if self.may(right, region)]

    def sees(self, place: str) -> bool:
        """Whether a place lies within one of theirs."""
        return any(region in path_to(place) for region in self.regions)

    @property
    def teaches(self) -> bool:
        return bool(self.where(TEACH))

    @property
    def within(self) -> list[str]:
        """Every place that they see."""
        held = tree()
        return list(dict.fromkeys(code for one in self.regions for code in held.within(one, self.today)))

    def choices(self, regions: Iterable[str]) -> list[tuple[str, str]]:
        """These places and all below to choose from; only themselves where that would be too many."""
        held, own = tree(), list(regions)
        codes = list(dict.fromkeys(code for one in own for code in held.within(one, self.today)))
        return [(code, f"{place_name(held.known(code))} {code}") for code in (
            codes if len(codes) <= PLACES_LISTED else own)]


def learner_of(request: HttpRequest) -> Learner:
    """Who is signed in; Forbidden without any role."""
    user = user_of(request)
    grants = grants_of(user)
    if not grants:
        raise forbidden("result.read", "-")
    return Learner(user, timezone.localdate(), tuple(dict.fromkeys(one.region for one in grants)),
                   frozenset(one.role for one in grants))


def place_asked(request: HttpRequest, who: Learner, otherwise: str = "") -> str:
    """The place that the address names, which has to lie within one of theirs; else their first one."""
    code = known_place(request.GET.get("region") or request.POST.get("region") or otherwise or who.regions[0])
    if not who.sees(code):
        raise forbidden("result.read", code)
    return code


def source_for(region: str, today: date) -> str:
    """The source whose cases tell about a place; "" where none does."""
    place = tree().known(region)
    return next((one.code for one in sources_about(place, today) if one.simulated == place.simulated), "")


def address_of(*names: str) -> str:
    """The first of these pages that exists; "" where none does: the room's parts link to one another only so."""
    for name in names:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return ""


def role_choices() -> list[tuple[str, str]]:
    return [(code, words(role.name)) for code, role in ROLES.items()]


def matter_field(sent: QueryDict, *, empty: bool, name: str = "matter") -> Field:
    """The matters of the catalogue to choose from."""
    listed = [(one.code, f"{words(one.name)} {one.code}") for one in catalogue().matters.values()]
    return Field(name, _("Matter"), sent.get(name, ""), choices=[*([("", "–")] if empty else []), *listed])


def pair(sent: QueryDict, name: str) -> dict[str, str]:
    """Words as two fields of a form hold them."""
    return {language: sent.get(f"{name}_{language}", "").strip() for language in ("zh", "en")}


__all__ = ["REVIEW", "TEACH", "WRITE", "Learner", "address_of", "learner_of", "matter_field", "pair", "place_asked",
           "role_choices", "source_for"]
