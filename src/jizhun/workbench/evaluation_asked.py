"""What the pages on attainment, conduct and outside assessment share: who looks, where, evidence in and out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.evaluation.evidence import Piece, content_of, pieces
from jizhun.evaluation.rules.attainment import Standing
from jizhun.evaluation.rules.sheet_words import verdict
from jizhun.evaluation.rules.sheets import Sheet, plain
from jizhun.frame.addresses import short
from jizhun.frame.charts import Bar, Chart, bars
from jizhun.frame.surround import NotFound
from jizhun.frame.tables import Cell
from jizhun.frame.tags import count, place_name, share, words
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import parse_day
from jizhun.people.actions import allows, path_to, regions_of
from jizhun.people.models import User
from jizhun.regions.actions import tree
from jizhun.workbench.asked import PLACES_LISTED
from jizhun.workbench.upload import user_of

READ, REPORT, INSPECT, JUDGE = "result.read", "evaluation.report", "evaluation.inspect", "evaluation.judge"
COMPUTE, PUBLISH = "result.compute", "result.publish"


@dataclass(frozen=True)
class Looker:
    """Who looks, and the places of their roles (what lies below is theirs to see too)."""

    user: User
    today: date
    regions: tuple[str, ...]

    def sees(self, place: str) -> bool:
        """Whether a place lies within one of theirs."""
        path = tree().path(place, self.today)
        return any(region in path for region in self.regions)

    def may(self, right: str, place: str) -> bool:
        return allows(by=self.user, right=right, path=path_to(place))

    def where(self, right: str) -> list[str]:
        """The places at which they hold a right; none where they do not."""
        return [region for region in self.regions if self.may(right, region)]

    @property
    def within(self) -> list[str]:
        """Every place that they see."""
        held = tree()
        return list(dict.fromkeys(code for one in self.regions for code in held.within(one, self.today)))

    def choices(self, level: int | None = None) -> list[tuple[str, str]]:
        """The places to choose from; none where they are too many, and the code is typed."""
        held = tree()
        codes = [code for code in self.within if level is None or held.level(code) == level]
        return [(code, f"{place_name(held.known(code))} {code}") for code in codes] if len(codes) <= PLACES_LISTED \
            else []


def looker_of(request: HttpRequest) -> Looker:
    """Who is signed in; Forbidden for somebody without any role that reads results."""
    user = user_of(request)
    return Looker(user, timezone.localdate(), tuple(dict.fromkeys(regions_of(by=user, right=READ))))


def day_in(sent: QueryDict, name: str, label: str) -> date:
    """A day that the form carries; Refused by its label where it is missing."""
    text = str(sent.get(name, "")).strip()
    if not text:
        raise Refused(zh=f"请填写“{label}”。", en=f"Fill in “{label}”.")
    return parse_day(text)


def number_in(sent: QueryDict, name: str, label: str) -> int:
    """A whole number that the form carries."""
    text = sent.get(name, "").strip()
    if not text.isdecimal() or len(text) > 9:
        raise Refused(zh=f"“{label}”应为整数。", en=f"“{label}” must be a whole number.")
    return int(text)


def known_place(code: str) -> str:
    """A code that was chosen or typed; Refused where there is no such place today."""
    return tree().place(code.strip(), timezone.localdate()).code


def in_this_language(text: str) -> Bilingual:
    """Words as typed on a page in one language; the other stays empty."""
    return Bilingual(text.strip(), "") if short(get_language()) == "zh" else Bilingual("", text.strip())


def evidence_in(request: HttpRequest, files: str, links: str) -> list[Piece]:
    """Files and links of a form, kept."""
    sent = [(str(one.name), one.read()) for one in request.FILES.getlist(files)]
    return pieces(sent, request.POST.get(links, ""))


def evidence_out(digest: str, given: Sequence[Piece]) -> HttpResponse:
    """A file of the evidence given; always as something to keep, never to run in the browser."""
    piece = next((one for one in given if one.get("hash") == digest), None)
    if piece is None:
        raise NotFound(zh="没有这份证明材料。", en="There is no such evidence.")
    response = HttpResponse(content_of(digest), content_type="application/octet-stream")
    name = "".join(letter for letter in piece["name"] if letter.isalnum() or letter in "._-")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{_quoted(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _quoted(name: str) -> str:
    return "".join(f"%{byte:02X}" for byte in name.encode())


# -- what several pages show -----------------------------------------------------------------------


def standing_cell(sheet: Sheet, one: Standing) -> Cell:
    """Attained or not as a cell, with what knocked out under it."""
    if one.attained:
        return Cell(words(Bilingual("达标", "attained")), sign="kept")
    said = words(verdict(sheet, one))
    return Cell(words(Bilingual("不达标", "not attained")), sign="breach",
                small=said if one.knocked else "")


def points_cell(one: Standing) -> Cell:
    """Points, with what they are of."""
    return Cell(plain(one.points), small="" if one.of == 100 else f"/ {plain(one.of)}", plain=float(one.points))


def spread_chart(bins: Sequence[int], name: str = "spread") -> Chart:
    """How many places have which share of the points."""
    least = next((n for n, number in enumerate(bins) if number), 0)
    rows = [Bar(f"{n * 10}–{n * 10 + 10} %", number, count(number)) for n, number in enumerate(bins) if n >= least]
    return bars(name, _("Places by share of the points"), rows)


def quartile_words(quartiles: tuple[float, float, float] | None) -> str:
    """The middle half and the median, in a sentence; nothing for fewer than two places."""
    if quartiles is None:
        return ""
    first, middle, third = (share(one) for one in quartiles)
    return _("Half of the places lie between %(first)s and %(third)s of the points; the median is %(middle)s.") % {
        "first": first, "middle": middle, "third": third}
