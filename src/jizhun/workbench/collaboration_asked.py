"""What the pages on collaboration share: who looks, where, the words of a form, crumbs."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, QueryDict
from django.utils import timezone

from jizhun.collaboration.actions.areas import RIGHT
from jizhun.frame.tags import day, place_name
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import BEGINNING, FAR, parse_day
from jizhun.people.actions import allows, path_to, regions_of
from jizhun.people.models import User
from jizhun.regions.actions import tree
from jizhun.workbench.upload import user_of

READ = "result.read"


@dataclass(frozen=True)
class Keeper:
    """Who looks; ``regions`` are the places of their roles."""

    user: User
    today: date
    regions: tuple[str, ...]

    def may(self, region: str) -> bool:
        """Whether they keep collaboration at the place."""
        return allows(by=self.user, right=RIGHT, path=path_to(region))

    @property
    def own(self) -> list[str]:
        """Their places at which they keep it."""
        return [one for one in self.regions if self.may(one)]


def keeper_of(request: HttpRequest) -> Keeper:
    """Who is signed in; Forbidden for somebody without any role."""
    user = user_of(request)
    return Keeper(user, timezone.localdate(), tuple(dict.fromkeys(regions_of(by=user, right=READ))))


def both(sent: QueryDict, name: str) -> Bilingual:
    """A text that the form carries in both languages."""
    return Bilingual(sent.get(f"{name}_zh", "").strip(), sent.get(f"{name}_en", "").strip())


def day_of(sent: QueryDict, name: str = "on") -> date | None:
    """A day that the form carries; None where it is left empty."""
    text = sent.get(name, "").strip()
    return parse_day(text) if text else None


def codes_in(text: str) -> list[str]:
    """Codes of places as typed: with spaces, commas or one a line."""
    for sign in "，、；,;\n\r\t":
        text = text.replace(sign, " ")
    found = text.split()
    if not found:
        raise Refused(zh="请填写地区代码。", en="Give the codes of the places.")
    return found


def named(code: str) -> str:
    """A place's name in the language of the page."""
    return place_name(tree().known(code))


def since_words(start: date) -> str:
    """The first day; a dash where it is not on record."""
    return "–" if start == BEGINNING else day(start)


def until_words(end: date) -> str:
    """The last day; nothing where there is none."""
    return "" if end == FAR else day(end)
