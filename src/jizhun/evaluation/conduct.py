"""Conduct evidence: walk-throughs, unannounced visits, supervision notices, in a ledger closed point by point."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from jizhun.catalogue.actions import catalogue
from jizhun.evaluation.evidence import Piece
from jizhun.evaluation.models import ConductAct, ConductPoint, ConductRecord
from jizhun.evaluation.rules.conduct import (
    INSPECT,
    KINDS,
    LEDGER,
    REPORT,
    Seen,
    Taken,
    check_act,
    fits,
    observed,
    overdue_days,
    state_of,
)
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.actions import path_to, require, tell, tell_all, write_line
from jizhun.people.models import Grant
from jizhun.people.rules import ROLES, Actor
from jizhun.provisions.actions import labels, measures, promised
from jizhun.provisions.rules.telling import number, promise_words
from jizhun.provisions.rules.values import Quantity
from jizhun.regions.actions import bump, tree

LONGEST_TEXT, LONGEST_NAME = 4_000, 200
MOST_POINTS = 40
NO_LABEL = Bilingual("", "")


@dataclass(frozen=True, slots=True)
class Observed:
    """One thing that was seen, as typed: of which measure, in which unit ("": the measure's own)."""

    measure: str
    typed: str
    unit: str = ""


def beside_promise(*, matter: str, region: str, on: date, one: Observed) -> Seen:
    """What was seen beside what was promised for the matter, there, on that day."""
    measure = measures().get(one.measure)
    if measure is None:
        raise Refused(zh=f"没有名为“{one.measure}”的指标。", en=f"There is no measure “{one.measure}”.")
    value = observed(measure, one.typed, one.unit)
    if not matter:
        raise Refused(zh="记录所见的数值前请先选择事项。", en="Choose the matter of what was seen.")
    answer = promised(matter=matter, region=region, on=on, measure=one.measure)[0]
    held = labels()
    said = promise_words(measure, answer.value, lambda code: held.get(code, Bilingual(code, code)))
    kept, unit = (number(value.amount), value.unit) if isinstance(value, Quantity) else (
        ", ".join(sorted(value)), "set")
    return Seen(one.measure, kept, unit, said, fits(value, answer))


def record_conduct(*, by: Actor, kind: str, region: str, on: date, who: str, text: str, matter: str = "",
                   where: str = "", seen: Sequence[Observed] = (), points: Sequence[tuple[str, date | None]] = (),
                   evidence: Sequence[Piece] = ()) -> ConductRecord:
    """Enter a record; every point with its day becomes a line of the ledger, and the place is told.

    A place walks through its own processes; a visit or a notice comes from above it.
    """
    require(by=by, right=INSPECT, path=_path_for(kind, region))
    _check_record(kind, on, who, text, where, matter, points)
    beside = [beside_promise(matter=matter, region=region, on=on, one=one) for one in seen]
    with transaction.atomic():
        made = ConductRecord.objects.create(
            kind=kind, region=region, matter=matter, on=on, who=who.strip(), where=where.strip(), text=text.strip(),
            seen=[_kept(one) for one in beside], evidence=list(evidence),
            simulated=tree().known(region).simulated, by=by.username)
        ConductPoint.objects.bulk_create([
            ConductPoint(record=made, number=n, text=words.strip(), due=due)
            for n, (words, due) in enumerate(points, 1)])
        write_line(by=by, act="evaluation.record_conduct", subject=str(made),
                   after={"kind": kind, "region": region, "matter": matter, "on": on, "seen": made.seen,
                          "points": [[words, due] for words, due in points],
                          "evidence": [one.get("hash") or one.get("url") for one in evidence]})
        if points:
            _tell_place(made, len(points))
    return made


def _path_for(kind: str, region: str) -> tuple[str, ...]:
    if kind not in KINDS:
        raise Refused(zh=f"没有“{kind}”这种记录。", en=f"There is no record of the kind “{kind}”.")
    path = path_to(region)
    return path if kind == "walk" or len(path) == 1 else path[:-1]


def _check_record(kind: str, on: date, who: str, text: str, where: str, matter: str,
                  points: Sequence[tuple[str, date | None]]) -> None:
    if on > timezone.localdate():
        raise Refused(zh=f"{on} 还没有到。", en=f"{on} is still to come.")
    if not who.strip() or not text.strip():
        raise Refused(zh="请填写谁去的、看到了什么。", en="Say who went, and what was seen.")
    if len(who) > LONGEST_NAME or len(where) > LONGEST_NAME or len(text) > LONGEST_TEXT:
        raise Refused(zh="文字太长。", en="The words are too long.")
    if matter and matter not in catalogue().matters:
        raise Refused(zh=f"没有编码为“{matter}”的事项。", en=f"There is no matter “{matter}”.")
    if len(points) > MOST_POINTS or any(not words.strip() or len(words) > LONGEST_TEXT for words, _ in points):
        raise Refused(zh=f"问题最多 {MOST_POINTS} 条，每条都要写明。",
                      en=f"At most {MOST_POINTS} points, each in words.")
    if any(due is not None and due < on for _, due in points):
        raise Refused(zh="整改期限不能早于发现的日期。", en="A point is not due before it was seen.")
    if kind == "notice" and not points:
        raise Refused(zh="督办通知至少要有一条问题。", en="A supervision notice has one point at least.")


def _kept(one: Seen) -> dict[str, str]:
    return {"measure": one.measure, "observed": one.observed, "unit": one.unit, "promised_zh": one.promised.zh,
            "promised_en": one.promised.en, "fits": one.fits}


def _tell_place(made: ConductRecord, points: int) -> None:
    """Everybody who answers for the place itself."""
    holding = [code for code, role in ROLES.items() if REPORT in role.rights]
    grants = Grant.objects.in_force(timezone.localdate())  # type: ignore[attr-defined]
    names = grants.filter(role__in=holding, region=made.region).values_list("user__username", flat=True)
    name = KINDS[made.kind]
    text = Bilingual(f"{name.zh}发现 {points} 个问题，请答复。", f"A {name.en} found {points} points: please answer.")
    tell_all(notices=[(one, text) for one in sorted(set(names))], about=str(made), href=f"work/conduct/{made.pk}/")


# -- the ledger ------------------------------------------------------------------------------------


def act_on(*, by: Actor, point: ConductPoint, act: str, text: str, evidence: Sequence[Piece] = (),
           due: date | None = None, on: date | None = None) -> ConductAct:
    """Answer, confirm and close, send back or reopen one point. ``due``: a new day, of a point that is open again."""
    record, day = point.record, on or timezone.localdate()
    if act not in LEDGER.acts:
        raise Refused(zh=f"不能“{act}”。", en=f"There is no act “{act}”.")
    right = REPORT if act == "answer" else INSPECT
    require(by=by, right=right, path=path_to(record.region) if act == "answer" else _path_for(record.kind,
                                                                                             record.region))
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise Refused(zh="请用文字说明。", en="Say it in words.")
    with transaction.atomic():
        bump(f"evaluation.{record}")
        before = [*point.acts.order_by("pk")]
        to = check_act([_fact(one) for one in before], act, by.username)
        if due is not None and (to != "open" or due < day):
            raise Refused(zh="只有退回或重开时才能另定期限，且不能早于当天。",
                          en="A new day is set when a point is open again, and not in the past.")
        made = ConductAct.objects.create(point=point, act=act, text=text.strip(), evidence=list(evidence), due=due,
                                         on=day, by=by.username)
        write_line(by=by, act=f"evaluation.{act}", subject=f"{record}.{point.number}",
                   after={"state": to, "text": text.strip(), "due": due,
                          "evidence": [one.get("hash") or one.get("url") for one in evidence]})
        _tell_other(point, before, act, by)
    return made


def _tell_other(point: ConductPoint, before: Sequence[ConductAct], act: str, by: Actor) -> None:
    """Who recorded it hears of an answer; who answered hears of the re-check."""
    answered = next((one.by for one in reversed(before) if one.act == "answer"), "")
    whom, words = (point.record.by, LEDGER.acts[act]) if act == "answer" else (answered, LEDGER.acts[act])
    if whom and whom != by.username:
        tell(username=whom, about=f"{point.record}.{point.number}", href=f"work/conduct/{point.record_id}/",
             text=Bilingual(f"问题 {point.record_id}.{point.number}：{words.zh}",
                            f"Point {point.record_id}.{point.number}: {words.en}"))


def _fact(one: ConductAct) -> Taken:
    return Taken(one.act, one.on, one.by)


@dataclass(frozen=True, slots=True)
class Standing:
    """One point of the ledger: its state, its day (the newest that was set), how long overdue, its acts."""

    point: ConductPoint
    state: str
    due: date | None
    overdue: int
    acts: tuple[ConductAct, ...]

    @property
    def name(self) -> Bilingual:
        return LEDGER.states[self.state]


def ledger_of(*, regions: Iterable[str], on: date | None = None) -> list[Standing]:
    """Every point of the records of these places, the longest overdue first, then by day."""
    day = on or timezone.localdate()
    points = ConductPoint.objects.filter(record__region__in=list(regions)).select_related("record")
    found = [standing_of(one, day) for one in points.prefetch_related("acts")]
    return sorted(found, key=lambda one: (-one.overdue, one.state == "closed", one.due or date.max, one.point.pk))


def standing_of(point: ConductPoint, on: date) -> Standing:
    """How a point stands on a day."""
    acts = tuple(point.acts.all())
    state = state_of([_fact(one) for one in acts])
    due = next((one.due for one in reversed(acts) if one.due), point.due)
    return Standing(point, state, due, overdue_days(state, due, on), acts)


def record_of(pk: int) -> ConductRecord:
    """The record with this number; Refused where there is none."""
    found = ConductRecord.objects.filter(pk=pk).first()
    if found is None:
        raise Refused(zh=f"没有编号为 {pk} 的记录。", en=f"There is no record {pk}.")
    return found


def seen_of(record: ConductRecord) -> list[Seen]:
    """What was seen, beside the promise of that day."""
    rows: list[Mapping[str, Any]] = record.seen
    return [Seen(one["measure"], one["observed"], one["unit"], Bilingual(one["promised_zh"], one["promised_en"]),
                 one["fits"]) for one in rows]


def tally(records: Iterable[ConductRecord]) -> dict[str, int]:
    """How many things seen were as promised, were not, or stand beside no promise."""
    found = dict.fromkeys(("kept", "broken", "nothing", "beside"), 0)
    for one in records:
        for seen in one.seen:
            found[seen["fits"]] += 1
    return found
