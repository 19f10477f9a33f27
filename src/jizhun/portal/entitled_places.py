"""Places on the pages of entitlements: moving without losing an answer, and places that differ by their role."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizhun.frame.here import Here, here_from, meant_places
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused
from jizhun.portal.entitled_form import ROLES, Carried
from jizhun.regions.actions import tree
from jizhun.regions.rules import Place

ROLE_WORDS = {
    "place_of_insurance": gettext_lazy("Place of insurance"),
    "household_registration": gettext_lazy("Place of household registration"),
    "usual_residence": gettext_lazy("Place of usual residence"), "employer": gettext_lazy("Place of the employer"),
    "accepting_office": gettext_lazy("Place of the accepting office")}
TYPED = "words-"


@dataclass(frozen=True, slots=True)
class RoleField:
    """One role of place: what is typed, what is wrong with it, and the places that it may mean."""

    role: str
    label: str
    value: str
    wrong: str = ""
    choices: Sequence[tuple[str, str]] = ()

    @property
    def id(self) -> str:
        return TYPED + self.role


@dataclass(frozen=True, slots=True)
class Which:
    """A place that was typed and is not certain: the words, and the places that they may mean."""

    typed: str
    choices: Sequence[tuple[Place, Sequence[Place]]] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """Where the page is now. It did not move where the typed place is not certain (``which``) or nothing is there."""

    said: Carried
    here: Here
    which: Which | None = None
    wrong: Bilingual = NO_WORDS

    @property
    def lost(self) -> bool:
        """Whether the reader has to say again where or when."""
        return self.which is not None or self.wrong != NO_WORDS


def moved(said: Carried, post: QueryDict) -> Moved:
    """To the place and day that the reader chose on the page, if any.

    Raises Refused where even the place and day that the page came from are nowhere.
    """
    go, typed, day = (post.get(name, "").strip()[:80] for name in ("go", "place", "day"))
    try:
        return _moved(said, go, "" if go else typed, day or said.on)
    except Refused as refused:
        if not (go or typed or day):
            raise
        return replace(_moved(said, "", "", said.on), wrong=refused.sentence)


def _moved(said: Carried, go: str, typed: str, day: str) -> Moved:
    today = timezone.localdate()
    here = here_from(tree(), go or said.region, day, today)
    found = meant_places(typed, here.on) if typed else ()
    if len(found) == 1:
        here = here_from(tree(), found[0].code, day, today)
    for code in said.roles.values():
        tree().path(code, here.on)
    which = Which(typed, [(place, above(place, here.on)) for place in found]) if typed and len(found) != 1 else None
    return Moved(replace(said, region=here.code, on=here.on.isoformat()), here, which)


def above(place: Place, on: date) -> list[Place]:
    """The places that it lies in, the highest first."""
    held = tree()
    return [held.places[code] for code in held.path(place.code, on)[:-1]]


# -- roles -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Roles:
    """The places by role as the form shows them; ``codes`` are those that are certain."""

    fields: Sequence[RoleField]
    codes: Mapping[str, str] = field(default_factory=dict)

    @property
    def wrong(self) -> list[tuple[str, str]]:
        """(field, sentence) for each that is not certain."""
        return [(one.id, one.wrong) for one in self.fields if one.wrong]


    @property
    def unjudged(self) -> "Roles":
        """The form as it was typed, before anybody has asked what is wrong with it."""
        return Roles([replace(one, wrong="", choices=()) for one in self.fields], self.codes)


def roles_shown(said: Carried) -> Roles:
    """The form as it was filled in before."""
    held = tree()

    def named(code: str) -> str:
        return f"{words(held.places[code].name)} {code}" if code in held else code

    fields = [RoleField(role, str(ROLE_WORDS[role]), named(said.roles.get(role, ""))) for role in ROLES]
    return Roles(fields, said.roles)


def roles_typed(post: QueryDict, on: date) -> Roles:
    """The form as it was sent."""
    fields: list[RoleField] = []
    codes: dict[str, str] = {}
    for role in ROLES:
        shown, code = _typed(role, post.get(TYPED + role, "").strip()[:80], on)
        fields.append(shown)
        codes |= {role: code} if code else {}
    return Roles(fields, codes)


def _typed(role: str, text: str, on: date) -> tuple[RoleField, str]:
    label = str(ROLE_WORDS[role])
    found = meant_places(text, on) if text else ()
    if len(found) == 1:
        return RoleField(role, label, f"{words(found[0].name)} {found[0].code}"), found[0].code
    if not text:
        return RoleField(role, label, ""), ""
    if not found:
        return RoleField(role, label, text, _("%(label)s: no place is called “%(words)s” on this day.") % {
            "label": label, "words": text}), ""
    choices = [(place.code, " › ".join(words(one.name) for one in (*above(place, on), place))) for place in found]
    return RoleField(role, label, text, _("%(label)s: choose which “%(words)s” you mean.") % {
        "label": label, "words": text}, choices), ""
