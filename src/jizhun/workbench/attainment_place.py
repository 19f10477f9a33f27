"""One place in a round: every item with what each voice says beside what is computed, and the form for one's own word.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from jizhun.evaluation.attainment import Board, Word, board, newest_word, right_and_path, round_of, say
from jizhun.evaluation.models import Assessed, Round
from jizhun.evaluation.rules.attainment import Difference, Line, differences
from jizhun.evaluation.rules.sheet_words import knock_out, scoring, typed_of, verdict
from jizhun.evaluation.rules.sheets import ANSWERS, CHECK, COMPUTED, SAMPLE, SELF, VOICES, Item, plain, value_in_words
from jizhun.evaluation.sheets import name_of
from jizhun.frame.addresses import with_query
from jizhun.frame.surround import NotFound
from jizhun.frame.tabs import Tab
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.actions import allows
from jizhun.people.rules import Forbidden, forbidden
from jizhun.regions.actions import tree
from jizhun.workbench.attainment import state_of
from jizhun.workbench.evaluation_asked import READ, Looker, evidence_in, evidence_out, looker_of
from jizhun.workbench.evaluation_asked import number_in as whole_number

SPEAKING = (SELF, CHECK, SAMPLE)
AGREES, DIFFERS = "yes", "no"


@dataclass(frozen=True, slots=True)
class Said:
    """One voice on one item as the page shows it."""

    voice: Bilingual
    value: Bilingual
    counts: bool
    word: Assessed | None
    small: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """One item: how it is scored, what was said, what it earns, and the boxes for one's own word."""

    item: Item
    line: Line
    said: Sequence[Said]
    difference: Difference | None
    typed: Mapping[str, str]
    scoring: Bilingual
    knock_out: Bilingual


@login_required
def round_place(request: HttpRequest, pk: int, place: str) -> HttpResponse:
    """The place's sheet; one's words on its items are posted to it."""
    who, held = looker_of(request), round_of(pk)
    found = board(held, [place])
    if place not in found.places:
        raise NotFound(zh=f"{place} 不在本轮范围内。", en=f"{place} is not in this round.")
    if not who.sees(place):
        raise forbidden(READ, place)
    voices = [voice for voice in SPEAKING if _may(who, voice, held, place) and
              (voice != SAMPLE or place in found.drawn) and not found.publication]
    voice = request.GET.get("voice", "")
    voice = voice if voice in voices else _usual(voices, held, who)
    if request.method != "POST":
        return _page(request, who, found, place, voices, voice, "")
    try:
        made = _spoken(request, who, held, place, found)
        return HttpResponseRedirect(f"{reverse('work-round-place', args=[pk, place])}?saved={len(made)}&voice="
                                    f"{request.POST.get('voice', '')}")
    except Forbidden:
        raise
    except Refused as refused:
        return _page(request, who, found, place, voices, voice, words(refused.sentence))


def _may(who: Looker, voice: str, held: Round, place: str) -> bool:
    right, path = right_and_path(voice, held, place)
    return allows(by=who.user, right=right, path=path)


def _usual(voices: Sequence[str], held: Round, who: Looker) -> str:
    """The voice whose time it is, of those that one has; "" for none."""
    now = SELF if who.today <= held.self_until else CHECK if who.today <= held.check_until else SAMPLE
    return now if now in voices else voices[0] if voices else ""


def _spoken(request: HttpRequest, who: Looker, held: Round, place: str, found: Board) -> list[Assessed]:
    sent, voice = request.POST, request.POST.get("voice", "")
    said = {item.code: _word(request, item, voice) for item in found.sheet.items if f"value-{item.code}" in sent}
    return say(by=who.user, round=held, place=place, voice=voice, words=said,
               seen=whole_number(sent, "seen", _("State of the page")))


def _word(request: HttpRequest, item: Item, voice: str) -> Word:
    sent, code = request.POST, item.code
    agrees = {AGREES: True, DIFFERS: False}.get(sent.get(f"agrees-{code}", "")) if voice != SELF else None
    return Word(sent[f"value-{code}"], agrees, sent.get(f"reason-{code}", ""),
                evidence_in(request, f"file-{code}", f"links-{code}"))


# -- the page --------------------------------------------------------------------------------------


def _page(request: HttpRequest, who: Looker, found: Board, place: str, voices: Sequence[str], voice: str,
          wrong: str) -> HttpResponse:
    one, held = found.standing(place), found.round
    apart = {row.item.code: row for row in differences(found.sheet, found.values(place))}
    lines = {line.item.code: line for line in one.lines}
    sections = [(section.name, plain(section.points),
                 [_shown(found, place, lines[item.code], apart.get(item.code), request.POST, voice)
                  for item in section.items]) for section in found.sheet.sections]
    state, until = state_of(held, who.today, found.publication is not None)
    saved = request.GET.get("saved", "")
    return render(request, "workbench/attainment_place.html", {
        "round": held, "place": tree().known(place), "sheet_name": name_of(held.sheet), "sections": sections,
        "standing": one, "verdict": verdict(found.sheet, one), "points": plain(one.points), "of": plain(one.of),
        "own": plain(found.standing(place, (SELF,)).points) if found.assessed(place) else "", "voice": voice,
        "voice_name": VOICES.get(voice), "computation": found.computation, "apart": len(apart),
        "tabs": [Tab(code, capfirst(words(VOICES[code])), with_query(request, voice=code, saved=None), code == voice)
                 for code in voices] if len(voices) > 1 else [],
        "state": state, "until": until, "open": _open(found, place, voice, who), "seen": newest_word(held, place),
        "answers": [(code, words(ANSWERS[code])) for code in ("yes", "no")], "wrong": wrong,
        "saved": saved if saved.isdecimal() and len(saved) < 4 else ""}, status=400 if wrong else 200)


def _open(found: Board, place: str, voice: str, who: Looker) -> bool:
    """Whether this voice is heard today, so that the page offers its boxes."""
    held = found.round
    if not voice or found.publication or who.today < held.opens:
        return False
    if voice == SELF:
        return who.today <= held.self_until
    until = held.check_until if voice == CHECK else held.sample_until
    return held.self_until < who.today <= until and found.assessed(place)


def _shown(found: Board, place: str, line: Line, apart: Difference | None, sent: QueryDict, voice: str) -> Shown:
    item = line.item
    said = [_said(found, place, line, one) for one in VOICES if one in line.said or (one == COMPUTED and item.computes)]
    return Shown(item, line, said[::-1], apart, _typed(found, place, item, sent, voice), scoring(item), knock_out(item))


def _said(found: Board, place: str, line: Line, voice: str) -> Said:
    item, value = line.item, line.said.get(voice, "")
    small = ""
    if voice == COMPUTED:
        counts: Mapping[str, Any] = found.computed.get(place, {}).get(item.code, {})
        small = f"{counts['fits']:,} / {counts['of']:,}" if counts.get("of") else _("nothing to count")
    return Said(VOICES[voice], value_in_words(item, value), voice == line.voice,
                found.words.get(place, {}).get(voice, {}).get(item.code), small)


def _typed(found: Board, place: str, item: Item, sent: QueryDict, voice: str) -> dict[str, str]:
    """What stands in the boxes: what was typed, else one's newest word."""
    before = found.words.get(place, {}).get(voice, {}).get(item.code)
    agrees = "" if before is None or before.agrees is None else AGREES if before.agrees else DIFFERS
    differs = voice == SELF or agrees == DIFFERS
    kept = {"value": typed_of(item, before.value) if before and differs else "", "agrees": agrees,
            "reason": before.reason if before else "", "links": ""}
    return {name: sent.get(f"{name}-{item.code}", value) for name, value in kept.items()}


@login_required
def round_evidence(request: HttpRequest, pk: int, place: str, digest: str) -> HttpResponse:
    """A file that was given as evidence in a round."""
    who, held = looker_of(request), round_of(pk)
    if not who.sees(place):
        raise forbidden(READ, place)
    rows = Assessed.objects.filter(round=held, place=place).values_list("evidence", flat=True)
    return evidence_out(digest, [piece for row in rows for piece in row])
