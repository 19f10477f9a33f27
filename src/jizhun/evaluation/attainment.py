"""Rounds of attainment (对标达标): opened, answered by places, checked, sampled, computed, published; insert-only."""

import re
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from jizhun.delivery.models import Source
from jizhun.evaluation.computing import Asked, Computed, figures
from jizhun.evaluation.coverage import counted
from jizhun.evaluation.evidence import Piece
from jizhun.evaluation.models import Assessed, Computation, Draw, Round, RoundResults, SheetEdition
from jizhun.evaluation.rules.attainment import Ground, Stages, Standing, Values, check_may_say, standing
from jizhun.evaluation.rules.sampling import draw, frame_digest
from jizhun.evaluation.rules.sheets import (
    CHECK,
    COMPUTED,
    LEVELS,
    NO,
    NOT_APPLICABLE,
    SAMPLE,
    SELF,
    VOICES,
    Item,
    Sheet,
    plain,
    read_value,
)
from jizhun.evaluation.sheets import sheet_of
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.actions import path_to, require, tell_all, write_line
from jizhun.people.long_work import Step, unwatched
from jizhun.people.models import Grant
from jizhun.people.rules import ROLES, Actor
from jizhun.regions.actions import Moved, bump, tree, version

REPORT, INSPECT, COMPUTE, PUBLISH = "evaluation.report", "evaluation.inspect", "result.compute", "result.publish"
LONGEST_REASON = 2_000
SEED = re.compile(r"[A-Za-z0-9._-]{1,64}")
PAGES = "work/attainment/"


# -- opening ---------------------------------------------------------------------------------------


def open_round(*, by: Actor, sheet: SheetEdition, region: str, name: Bilingual, first: date, last: date, source: str,
               stages: Stages) -> Round:
    """A new round within ``region``: the places of the sheet's level are told. ``source``: whose cases are counted,
    "" for nobody's."""
    require(by=by, right=COMPUTE, path=path_to(region))
    held = sheet_of(sheet)
    if not name.zh and not name.en:
        raise Refused(zh="请填写本轮名称。", en="Give the round a name.")
    if last < first:
        raise Refused(zh=f"期间的最后一天 {last} 早于第一天 {first}。",
                      en=f"The last day {last} is before the first {first}.")
    _check_source(source, region)
    places = places_of(region, held.level, stages.opens)
    if not places:
        raise Refused(zh="这里没有该评分表所评的地方。", en="There is no place here that the sheet is for.")
    with transaction.atomic():
        made = Round.objects.create(
            sheet=sheet, region=region, name_zh=name.zh, name_en=name.en, first=first, last=last, source=source,
            opens=stages.opens, self_until=stages.self_until, check_until=stages.check_until,
            sample_until=stages.sample_until, simulated=tree().known(region).simulated, by=by.username)
        write_line(by=by, act="evaluation.open_round", subject=str(made),
                   after={"sheet": str(sheet), "region": region, "first": first, "last": last, "source": source})
        _tell(places, REPORT, made, Bilingual(
            f"对标达标“{made.name.in_language('zh')}”开始，自评截止 {stages.self_until}。",
            f"Attainment “{made.name.in_language('en')}” has opened: assess your place by {stages.self_until}."))
    return made


def _check_source(source: str, region: str) -> None:
    """Cases of a real place are never simulated ones."""
    held = Source.objects.filter(code=source).first() if source else None
    if source and held is None:
        raise Refused(zh=f"没有办件来源“{source}”。", en=f"There is no source of cases “{source}”.")
    if held is not None and held.simulated != tree().known(region).simulated:
        raise Refused(zh="模拟办件只能用于虚构地区。", en="Simulated cases are counted in fictional places only.")


def places_of(region: str, level: str, on: date) -> tuple[str, ...]:
    """The places within a region that a sheet of this level is for; a city without counties counts as a county."""
    if level == "county":
        return counted(region, on)
    held, top = tree(), tree().place(region, on)
    return tuple(code for code in held.within(region, on) if held.level(code) == LEVELS[level]
                 and held.known(code).in_scope and held.known(code).simulated == top.simulated)


def _tell(places: Iterable[str], right: str, about: Round, text: Bilingual) -> None:
    """A notice to everybody who holds the right at one of the places themselves."""
    holding = [code for code, role in ROLES.items() if right in role.rights]
    today = timezone.localdate()
    names = Grant.objects.in_force(today).filter(role__in=holding, region__in=list(places))  # type: ignore[attr-defined]
    told = [(name, text) for name in sorted(set(names.values_list("user__username", flat=True)))]
    tell_all(notices=told, about=str(about), href=f"{PAGES}{about.pk}/")


# -- what stands -----------------------------------------------------------------------------------


def round_of(pk: int) -> Round:
    """The round with this number; Refused where there is none."""
    found = Round.objects.select_related("sheet").filter(pk=pk).first()
    if found is None:
        raise Refused(zh=f"没有第 {pk} 轮对标达标。", en=f"There is no round {pk}.")
    return found


def stages_of(one: Round) -> Stages:
    """The days of a round."""
    return Stages(one.opens, one.self_until, one.check_until, one.sample_until)


@dataclass(frozen=True)
class Board:
    """Everything said in a round: the newest word of each voice on each item of each place, and what was computed."""

    round: Round
    sheet: Sheet
    places: tuple[str, ...]
    words: Mapping[str, Mapping[str, Mapping[str, Assessed]]]
    computed: Mapping[str, Mapping[str, Mapping[str, Any]]]
    computation: Computation | None
    draw: Draw | None
    publication: RoundResults | None
    memory: dict[tuple[str, tuple[str, ...]], Standing] = field(default_factory=dict, compare=False)

    def values(self, place: str) -> Values:
        """Voice -> item -> value of a place."""
        said = {voice: {item: one.value for item, one in items.items()}
                for voice, items in self.words.get(place, {}).items()}
        own = {item: str(one["value"]) for item, one in self.computed.get(place, {}).items() if one["value"]}
        return {**said, COMPUTED: own}

    def standing(self, place: str, order: Sequence[str] | None = None) -> Standing:
        """How a place stands; ``order``: as if words counted so."""
        key = (place, tuple(order or self.sheet.order))
        if key not in self.memory:
            self.memory[key] = standing(self.sheet, self.values(place), key[1])
        return self.memory[key]

    def assessed(self, place: str) -> bool:
        """Whether the place has said anything of itself."""
        return bool(self.words.get(place, {}).get(SELF))

    @property
    def drawn(self) -> frozenset[str]:
        """The places in the sample."""
        return frozenset(code for codes in self.draw.chosen.values() for code in codes) if self.draw else frozenset()


def board(one: Round, places: Collection[str] | None = None) -> Board:
    """The round as it stands; ``places``: only these. A whole round is kept in process until somebody speaks."""
    return _whole(one, _stamp(one)) if places is None else _board(one, places)


@lru_cache(maxsize=4)
def _whole(one: Round, _stamp: tuple[object, ...]) -> Board:
    return _board(one, None)


def _stamp(one: Round) -> tuple[object, ...]:
    """Changes when anything is said, computed, drawn or published in a round, or a place changes."""
    newest = [model.objects.filter(round=one).aggregate(pk=Max("pk"), at=Max("at"))  # type: ignore[attr-defined]
              for model in (Assessed, Computation, Draw, RoundResults)]
    return one.at, version("regions"), *((row["pk"], row["at"]) for row in newest)


def _board(one: Round, places: Collection[str] | None) -> Board:
    sheet = sheet_of(one.sheet)
    every = places_of(one.region, sheet.level, one.opens)
    wanted = every if places is None else tuple(code for code in every if code in places)
    rows = Assessed.objects.filter(round=one).order_by("pk")
    rows = rows if places is None else rows.filter(place__in=wanted)
    words: dict[str, dict[str, dict[str, Assessed]]] = {}
    for row in rows:
        words.setdefault(row.place, {}).setdefault(row.voice, {})[row.item] = row
    computation = Computation.objects.filter(round=one).order_by("-pk").first()
    return Board(one, sheet, wanted, words, computation.values if computation else {}, computation,
                 Draw.objects.filter(round=one).first(), RoundResults.objects.filter(round=one).first())


def newest_word(one: Round, place: str) -> int:
    """The number of the newest word on a place, by which a form that comes back tells whether others spoke since."""
    return Assessed.objects.filter(round=one, place=place).order_by("-pk").values_list("pk", flat=True).first() or 0


# -- saying ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Word:
    """What is said of one item: the value as typed; or, of a check, that it agrees; why; and evidence."""

    typed: str = ""
    agrees: bool | None = None
    reason: str = ""
    evidence: Sequence[Piece] = field(default_factory=tuple)


def right_and_path(voice: str, one: Round, place: str) -> tuple[str, tuple[str, ...]]:
    """What somebody needs, and where: a place is checked from above it, and sampled from where the round is held."""
    path = path_to(place, one.opens)
    if voice == SELF:
        return REPORT, path
    return INSPECT, path[:-1] if voice == CHECK else path[: path.index(one.region) + 1]


def say(*, by: Actor, round: Round, place: str, voice: str, words: Mapping[str, Word], seen: int | None = None,
        on: date | None = None) -> list[Assessed]:
    """Record words on items of a place; what is the same as before is left out. Returns what is new.

    ``seen``: the newest word that the speaker saw; Moved where others have spoken since. Raises Refused where this
    voice is not to be heard now, a value cannot be read, a differing check gives no reason, or evidence is missing.
    """
    if voice not in (SELF, CHECK, SAMPLE):
        raise Refused(zh=f"没有“{voice}”这种评分。", en=f"There is no assessment called “{voice}”.")
    if place not in places_of(round.region, sheet_of(round.sheet).level, round.opens):
        raise Refused(zh=f"{place} 不在本轮范围内。", en=f"{place} is not in this round.")
    right, path = right_and_path(voice, round, place)
    require(by=by, right=right, path=path)
    day = on or timezone.localdate()
    with transaction.atomic():
        bump(f"evaluation.{round}")
        held = board(round, [place])
        check_may_say(voice, _ground(held, place), by.username, day)
        _check_seen(round, place, seen, by)
        rows = [row for code, word in words.items() if (row := _row(held, place, voice, code, word, by, day))]
        made = Assessed.objects.bulk_create(rows)
        if made:
            write_line(by=by, act=f"evaluation.{voice}", subject=f"{round}/{place}",
                       after={row.item: {"value": row.value, "agrees": row.agrees, "reason": row.reason,
                                         "evidence": [one.get("hash") or one.get("url") for one in row.evidence]}
                              for row in made})
    return made


def _ground(held: Board, place: str) -> Ground:
    by = {voice: frozenset(Assessed.objects.filter(round=held.round, place=place, voice=voice)
                           .values_list("by", flat=True)) for voice in (SELF, CHECK)}
    return Ground(stages_of(held.round), held.publication is not None, place in held.drawn, by[SELF], by[CHECK],
                  held.assessed(place))


def _check_seen(one: Round, place: str, seen: int | None, by: Actor) -> None:
    since = Assessed.objects.filter(round=one, place=place, pk__gt=seen or 0).exclude(by=by.username).first()
    if seen is not None and since is not None:
        raise Moved(zh=f"“{since.by}”在此期间填过，请先查看。",
                    en=f"“{since.by}” has spoken in the meantime: look at it first.")


def _row(held: Board, place: str, voice: str, code: str, word: Word, by: Actor, day: date) -> Assessed | None:
    """The word as a row; None where it says nothing new."""
    item = held.sheet.item(code)
    before = held.words.get(place, {}).get(voice, {}).get(code)
    value = _value(held, place, item, word) if voice != SELF else read_value(item, word.typed)
    evidence = [*word.evidence] or (list(before.evidence) if before else [])
    _check_word(item, voice, value, word, evidence, held.values(place).get(SELF, {}).get(code, ""))
    now = (value, word.agrees, word.reason.strip(), evidence)
    if now == (("", None, "", []) if before is None else (before.value, before.agrees, before.reason, before.evidence)):
        return None
    return Assessed(round=held.round, place=place, item=code, voice=voice, value=value, agrees=word.agrees,
                    reason=word.reason.strip(), evidence=evidence, on=day, by=by.username)


def _value(held: Board, place: str, item: Item, word: Word) -> str:
    """Of a check: what the place said where it agrees, what was found where it does not, nothing where it is silent."""
    own = held.values(place).get(SELF, {}).get(item.code, "")
    return own if word.agrees else read_value(item, word.typed) if word.agrees is False else ""


def _check_word(item: Item, voice: str, value: str, word: Word, evidence: Sequence[Piece], own: str) -> None:
    if len(word.reason) > LONGEST_REASON:
        raise _of(item, f"说明最多 {LONGEST_REASON} 字", f"{LONGEST_REASON} characters of words at most")
    if voice == SELF and item.evidence_needed and value not in ("", NO, NOT_APPLICABLE) and not evidence:
        raise _of(item, "请附证明材料", "evidence is needed")
    if voice != SELF and word.agrees is False:
        if not word.reason.strip():
            raise _of(item, "不一致的请说明理由", "say why you do not agree")
        if not value or value == own:
            raise _of(item, "不一致的请填写核查结果", "say what was found instead")


def _of(item: Item, zh: str, en: str) -> Refused:
    return Refused(zh=f"“{item.name.zh}”：{zh}。", en=f"“{item.name.en}”: {en}.")


# -- drawing, computing, publishing ----------------------------------------------------------------


def draw_sample(*, by: Actor, round: Round, wanted: int, seed: str = "", on: date | None = None) -> Draw:
    """Draw places at random, stratified by prefecture, once the self-assessment has ended; their checkers are told."""
    require(by=by, right=COMPUTE, path=path_to(round.region))
    day, chosen_seed = on or timezone.localdate(), seed.strip() or secrets.token_hex(8)
    if not SEED.fullmatch(chosen_seed):
        raise Refused(zh="种子只能是字母、数字、点和横线，最多 64 位。",
                      en="A seed is letters, digits, dots and dashes, 64 at most.")
    if day <= round.self_until:
        raise Refused(zh=f"自评于 {round.self_until} 截止后才能抽取。",
                      en=f"The sample is drawn after the self-assessment has ended on {round.self_until}.")
    with transaction.atomic():
        bump(f"evaluation.{round}")
        held = board(round)
        if held.draw or held.publication:
            raise Refused(zh="本轮已经抽取或公布。", en="The sample is drawn already, or the round is published.")
        strata = _strata(held)
        chosen = draw(strata, wanted, chosen_seed)
        made = Draw.objects.create(round=round, seed=chosen_seed, frame=frame_digest(held.places), by=by.username,
                                   sizes={code: len(places) for code, places in strata.items()}, chosen=chosen)
        write_line(by=by, act="evaluation.draw", subject=str(round),
                   after={"seed": chosen_seed, "frame": made.frame, "chosen": chosen})
    return made


def _strata(held: Board) -> dict[str, list[str]]:
    """The places by the prefecture that they lie in; one that lies in none is by itself."""
    places = tree()
    found: dict[str, list[str]] = {}
    for code in held.places:
        path = places.path(code, held.round.opens)
        above = next((one for one in path[:-1] if places.level(one) == LEVELS["prefecture"]), path[-1])
        found.setdefault(above, []).append(code)
    return found


def check_compute(*, by: Actor, round: Round) -> None:
    """Raises Forbidden or Refused where nothing can be computed for the round (any more)."""
    require(by=by, right=COMPUTE, path=path_to(round.region))
    if RoundResults.objects.filter(round=round).exists():
        raise Refused(zh="结果已经公布，不能再算。", en="The results are published: nothing is computed any more.")


def compute(*, by: Actor, round: Round, on: date | None = None, step: Step = unwatched) -> Computation:
    """Compute every item that the product can, for every place of the round; the newest computation counts.

    ``step`` is told how far it is; where it stops the computing nothing was written.
    """
    check_compute(by=by, round=round)
    sheet, day = sheet_of(round.sheet), on or timezone.localdate()
    places = places_of(round.region, sheet.level, round.opens)
    items = {item.code: item.computes for item in sheet.items if item.computes}
    found = figures(Asked(round.region, places, round.source, round.first, round.last, min(day, round.check_until),
                          LEVELS[sheet.level]), list(items.values()), step)
    values = {place: {item: _told(found.values[code].get(place)) for item, code in items.items()} for place in places}
    with transaction.atomic():
        bump(f"evaluation.{round}")
        check_compute(by=by, round=round)
        made = Computation.objects.create(round=round, values=values, made_from=dict(found.made_from), on=day,
                                          by=by.username)
        write_line(by=by, act="evaluation.compute", subject=str(round),
                   after={"computation": made.pk, "from": dict(found.made_from)})
    return made


def _told(one: Computed | None) -> dict[str, Any]:
    return {"value": one.value if one else "", "fits": one.fits if one else 0, "of": one.of if one else 0}


def publish(*, by: Actor, round: Round, on: date | None = None) -> RoundResults:
    """Freeze and publish how every place stands, once the sample has ended."""
    require(by=by, right=PUBLISH, path=path_to(round.region))
    day = on or timezone.localdate()
    if day <= round.sample_until:
        raise Refused(zh=f"抽查于 {round.sample_until} 截止后才能公布。",
                      en=f"Results are published after the sample has ended on {round.sample_until}.")
    with transaction.atomic():
        bump(f"evaluation.{round}")
        held = board(round)
        if held.publication:
            raise Refused(zh="结果已经公布。", en="The results are published already.")
        if not any(held.assessed(place) for place in held.places):
            raise Refused(zh="还没有任何地方自评。", en="No place has assessed itself yet.")
        results = {place: frozen(held.standing(place)) for place in held.places}
        made = RoundResults.objects.create(round=round, results=results, on=day, by=by.username)
        write_line(by=by, act="evaluation.publish", subject=str(round),
                   after={"publication": made.pk, "attained": sum(one["attained"] for one in results.values())})
        _tell(held.places, REPORT, round, Bilingual(
            f"“{round.name.in_language('zh')}”结果已公布。",
            f"The results of “{round.name.in_language('en')}” are published."))
    return made


def frozen(one: Standing) -> dict[str, Any]:
    """A standing as it is kept: numbers as texts, items by code."""
    return {"points": plain(one.points), "of": plain(one.of), "attained": one.attained, "knocked": list(one.knocked),
            "unsaid": list(one.unsaid),
            "items": {line.item.code: [line.voice, line.value, plain(line.points)] for line in one.lines}}


def published(region: str) -> list[RoundResults]:
    """Published rounds that tell of a place: held within it, at it or above it; the newest first."""
    held = tree()
    rows = RoundResults.objects.select_related("round", "round__sheet").order_by("-round__last", "-pk")
    simulated = held.known(region).simulated
    found = []
    for row in rows:
        one = row.round
        if one.simulated == simulated and (region in row.results or region in held.path(one.region, one.opens)
                                           or one.region in held.path(region, one.opens)):
            found.append(row)
    return found


__all__ = ["VOICES", "Board", "Word", "board", "compute", "draw_sample", "frozen", "newest_word", "open_round",
           "places_of", "publish", "published", "right_and_path", "round_of", "say", "stages_of"]
