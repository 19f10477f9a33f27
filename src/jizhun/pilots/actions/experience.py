"""Practice cards: told, searched, taken over; how many adopters and what changed there, as a number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction
from django.utils import timezone

from jizhun.catalogue.actions import catalogue
from jizhun.drafting.actions.fitting import check_lengths, check_near
from jizhun.evaluation.evidence import Piece
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.actions import path_to, require, tell_all, write_line
from jizhun.people.rules import Actor
from jizhun.pilots.actions.effects import INDEX, level_of, offered, values
from jizhun.pilots.actions.programmes import APPLY, CODE, OWN, SIMULATED, YEARS, stands
from jizhun.pilots.models import PilotApplication, Practice, PracticeAdoption
from jizhun.pilots.rules.adopting import Promoted, promoted
from jizhun.pilots.rules.programmes import SELECTED
from jizhun.pilots.rules.simulated import number
from jizhun.provisions.actions import place_name
from jizhun.regions.actions import tree

PARTS: Final[Mapping[str, Bilingual]] = {
    "problem": Bilingual("要解决的问题", "The problem"), "done": Bilingual("做法", "What was done"),
    "conditions": Bilingual("适用条件", "Under which conditions it works"), "cost": Bilingual("投入", "What it costs")}
MOST_WORDS, MOST_MATTERS = 3_000, 20


# -- asking ----------------------------------------------------------------------------------------


def practice_of(code: str) -> Practice:
    """The card of this code; Refused where there is none."""
    found = Practice.objects.select_related("application__programme").filter(code=code).first()
    if found is None:
        raise Refused(zh=f"没有代码为“{code}”的经验。", en=f"There is no practice “{code}”.")
    return found


def practices(words: str = "", matter: str = "") -> list[Practice]:
    """Cards in which every word occurs, in either language or as the name of a place; most adopted first."""
    asked = words.casefold().split()
    rows = Practice.objects.select_related("application__programme").prefetch_related("adoptions")
    found = [one for one in rows if (not matter or matter in one.matters) and all(
        word in text for text in [_text(one)] for word in asked)]
    return sorted(found, key=lambda one: (-len(one.adoptions.all()), one.pk))


def _text(one: Practice) -> str:
    names = [catalogue().name_of(code) for code in one.matters]
    said = [one.title, place_name(one.region), *map(one.part, PARTS), *names]
    return " ".join([one.code, one.standard, *(text for each in said for text in (each.zh, each.en))]).casefold()


# -- telling ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Card:
    """What a new card says."""

    code: str
    title: Bilingual
    parts: Mapping[str, Bilingual]
    standard: str = ""
    matters: Sequence[str] = ()
    evidence: Sequence[Piece] = ()


def tell_practice(*, by: Actor, region: str, said: Card, application: PilotApplication | None = None,
                  on: date | None = None) -> Practice:
    """Tell a practice of one's own place, of a pilot or not."""
    day = on or timezone.localdate()
    require(by=by, right=APPLY, path=path_to(region, day))
    _check_card(said)
    if application is not None and (application.region != region or stands(application) != SELECTED):
        raise Refused(zh="该地区不是这个试点的试点地区。", en="This place is no pilot of that programme.")
    simulated = tree().known(region).simulated
    with transaction.atomic():
        if Practice.objects.filter(code=said.code).exists():
            raise Refused(zh=f"代码“{said.code}”已被使用。", en=f"The code “{said.code}” is taken.")
        made = Practice.objects.create(
            code=said.code, region=region, application=application, title_zh=said.title.zh.strip(),
            title_en=said.title.en.strip() or said.title.zh.strip(),
            parts={name: {"zh": one.zh.strip(), "en": one.en.strip()} for name, one in said.parts.items()},
            standard=said.standard.strip(), matters=[*said.matters], evidence=[*said.evidence], on=day,
            source=f"said here by {by.username}", mark=SIMULATED if simulated else OWN, simulated=simulated,
            by=by.username)
        write_line(by=by, act="pilots.practice", subject=str(made), after={"region": region, "title": said.title.zh})
    return made


def _check_card(said: Card) -> None:
    if CODE.fullmatch(said.code) is None or not said.title.zh.strip():
        raise Refused(zh="请填写标题；代码只能用小写字母、数字和连字符。",
                      en="Give a title; the code may have small letters, digits and hyphens only.")
    check_lengths(Practice, title_zh=said.title.zh, title_en=said.title.en, standard=said.standard)
    for name, words in PARTS.items():
        one = said.parts.get(name)
        if one is None or not (one.zh.strip() or one.en.strip()) or max(len(one.zh), len(one.en)) > MOST_WORDS:
            raise Refused(zh=f"“{words.zh}”：请填写，最多 {MOST_WORDS} 字。",
                          en=f"“{words.en}”: say it, in {MOST_WORDS} characters at most.")
    odd = next((one for one in said.matters if one not in catalogue().matters), None)
    if odd is not None or len(said.matters) > MOST_MATTERS:
        raise Refused(zh=f"没有“{odd}”这个事项。" if odd else f"事项最多 {MOST_MATTERS} 个。",
                      en=f"There is no matter “{odd}”." if odd else f"At most {MOST_MATTERS} matters.")


# -- taking over -----------------------------------------------------------------------------------


def adopt(*, by: Actor, practice: Practice, region: str, since: date, note: str = "") -> PracticeAdoption:
    """A place takes a practice over from a day on; whoever told it learns of it. Refused for its own place or twice."""
    require(by=by, right=APPLY, path=path_to(region))
    check_near(since, timezone.localdate(), YEARS)
    if since > timezone.localdate():
        raise Refused(zh="采用日期不能晚于今天。", en="It is taken over today or earlier.")
    if tree().known(region).simulated != practice.simulated:
        raise Refused(zh="示例地区的经验只供示例地区采用。",
                      en="A fictional place's practice stays among fictional ones.")
    if region == practice.region:
        raise Refused(zh="这是本地自己的经验。", en="It is this place's own practice.")
    if len(note) > MOST_WORDS:
        raise Refused(zh=f"说明最多 {MOST_WORDS} 字。", en=f"{MOST_WORDS} characters of words at most.")
    with transaction.atomic():
        if practice.adoptions.filter(region=region).exists():
            raise Refused(zh="该地区已采用。", en="This place has taken it over already.")
        made = PracticeAdoption.objects.create(practice=practice, region=region, since=since, note=note.strip(),
                                               by=by.username)
        write_line(by=by, act="pilots.adopt", subject=str(practice), after={"region": region, "since": since})
        place = place_name(region)
        tell_all(notices=[(practice.by, Bilingual(f"{place.zh}采用了经验“{practice.title_zh}”。",
                                                  f"{place.en} has taken over “{practice.title_en}”."))],
                 about=str(practice), href=f"pilots/practices/{practice.code}/")
    return made


def promotion(practice: Practice, source: str = "") -> Promoted | None:
    """What changed in the adopters beyond what changed elsewhere; None where there are no cases to tell by.

    Others are the places at the adopters' level that are no pilots of the programme and have not taken it over.
    """
    adopters = list(practice.adoptions.all())
    if practice.application is None or not adopters:
        return None
    programme = practice.application.programme
    choices = offered(programme)
    if not choices:
        return None
    held = values(index=str(programme.known.get("index", INDEX)), source=source or choices[0].code,
                  level=level_of([practice.application]), simulated=practice.simulated)
    touched = {one.region for one in adopters} | {
        one.region for one in programme.applications.prefetch_related("steps") if stands(one) == SELECTED}
    return promoted({one.region: number(one.since.year * 100 + one.since.month) for one in adopters}, held.series,
                    sorted(held.series.keys() - touched), held.end)
