"""Mutual recognition: put on the register what a paper says, end it, ask what carries over between two places."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from jizhun.catalogue.actions import catalogue
from jizhun.collaboration.actions.areas import CODE, RIGHT, SIMULATED, YEARS, area_of, members
from jizhun.collaboration.actions.beside import SideBySide, side_by_side
from jizhun.collaboration.models import Recognition, RecognitionEnd
from jizhun.collaboration.rules.beside import MOST, Beside
from jizhun.collaboration.rules.recognising import KINDS, Recognised, carries
from jizhun.drafting.actions.fitting import check_lengths, check_near
from jizhun.drafting.actions.holders import holders
from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused
from jizhun.kernel.dating import parse_day
from jizhun.people.actions import allows, path_to, require, tell_all, write_line
from jizhun.people.rules import Actor
from jizhun.provisions.actions import labels
from jizhun.regions.actions import tree

LONGEST = 4000
MOVING = ("NB049-EX09", "NB050-EX04", "NB029-EX08", "NB022-EX02", "NB022-EX01", "NB021-EX01", "NB021-EX02",
          "NB049-EX08")
"""Matters that somebody who moves meets, in this order: carrying insurance over, the personnel file, registration, the
card. Our own choice, a working proposal."""


# -- asking ----------------------------------------------------------------------------------------


def register() -> list[Recognised]:
    """The whole register as facts, as recorded; those of an area hold between its members of the day asked about."""
    return [row.fact(_end_of(row)) for row in Recognition.objects.select_related("end")]


def _end_of(row: Recognition) -> date | None:
    end = getattr(row, "end", None)
    return end.on if end is not None else None


def recognition_of(code: str) -> Recognition:
    """One line of the register; Refused where there is none."""
    found = Recognition.objects.select_related("end").filter(code=code).first()
    if found is None:
        raise Refused(zh=f"互认登记里没有“{code}”。", en=f"There is no “{code}” on the register.")
    return found


def places_of(one: Recognised, on: date) -> tuple[str, ...]:
    """Between whom it holds that day: its own places, and the members of its area."""
    own = [after for code in one.places for after in tree().successors(code, on)]
    area = members(area_of(one.area), on) if one.area else []
    return tuple(dict.fromkeys([*own, *area]))


def on_register(*, on: date, region: str = "") -> list[Recognised]:
    """What is recognised that day, with its places then; at ``region`` only what concerns it or lies above it."""
    path = set(tree().path(region, on)) if region else set()
    found = [_with_places(one, on) for one in register() if one.holds(on)]
    return [one for one in found if not path or path & set(one.places)]


def _with_places(one: Recognised, on: date) -> Recognised:
    return replace(one, places=places_of(one, on))


@dataclass(frozen=True)
class Move:
    """What carries over for somebody who moves: the recognitions, then how the matters of a move differ."""

    before: str
    after: str
    on: date
    carried: tuple[Recognised, ...]
    matters: tuple[Beside, ...]
    other: tuple[Beside, ...]

    @property
    def verified(self) -> bool:
        return all(one.verified for one in self.carried)


def moving(*, before: str, after: str, on: date, group: str = "all") -> Move:
    """Moved from one place to another: what carries over that day, and what is promised otherwise.

    Refused where the two are one, one lies within the other, or cannot stand side by side.
    """
    out, into = tree().path(before, on), tree().path(after, on)
    if before == after:
        raise Refused(zh="请选择两个不同的地区。", en="Choose two different places.")
    if before in into or after in out:
        raise Refused(zh="其中一个地区在另一个之内，请选择两个不同的地区。",
                      en="One of the two lies within the other: choose two places.")
    compared = side_by_side(places=(before, after), on=on, group=group)
    carried = tuple(one for one in on_register(on=on) if carries(one, out, into, on)
                    and one.simulated <= tree().known(before).simulated)
    known = [one for code in MOVING if (one := compared.of(code)) is not None]
    other = [one for one in compared.subjects if one.differing and one.subject not in MOVING]
    return Move(before, after, on, carried, tuple(known), tuple(other))


def differences(*, code: str, on: date) -> SideBySide | None:
    """How the guides and promises of its matters differ between the places of a recognition, computed that day.

    None where it names no matter, or fewer than two places; of more than eight the first eight.
    """
    one = _with_places(recognition_of(code).fact(), on)
    if not one.matters or len(one.places) < 2:
        return None
    return side_by_side(places=one.places[:MOST], on=on, subjects=one.matters)


def asked_for(*, material: str, matters: Sequence[str], places: Sequence[str], on: date) -> dict[str, list[str]]:
    """Place -> the matters for which a material is asked there, by the promises in force."""
    compared = side_by_side(places=places, on=on, subjects=matters)
    found: dict[str, list[str]] = {place: [] for place in places}
    for one in compared.subjects:
        for row in one.rows:
            for place, cell in zip(places, row.cells, strict=True):
                if row.line.code == "materials" and material in (cell.said.value or ()):
                    found[place].append(one.subject)
    return found


# -- acts ------------------------------------------------------------------------------------------


def recognise(*, by: Actor, code: str, kind: str, what: Bilingual, basis: Bilingual, regions: Sequence[str] = (),
              area: str = "", giver: str = "", matters: Sequence[str] = (), subject: str = "",
              since: date | None = None, document: str = "", note: Bilingual = NO_WORDS) -> Recognition:
    """Put on the register what a paper says. ``by`` keeps collaboration at one of the places.

    Every other place is told. Refused without a paper, for unknown places, matters or materials, or for places that
    cannot stand side by side.
    """
    day = since or timezone.localdate()
    places = list(dict.fromkeys([*regions, *(members(area_of(area), day) if area else [])]))
    _check(code, kind, what, basis, places, giver, matters, subject, day)
    if not any(allows(by=by, right=RIGHT, path=path_to(one)) for one in places):
        require(by=by, right=RIGHT, path=path_to(places[0]))
    simulated = tree().known(places[0]).simulated
    with transaction.atomic():
        if Recognition.objects.filter(code=code).exists():
            raise Refused(zh=f"代码“{code}”已被使用。", en=f"The code “{code}” is taken.")
        made = Recognition.objects.create(
            code=code, kind=kind, what_zh=what.zh.strip(), what_en=what.en.strip() or what.zh.strip(),
            basis_zh=basis.zh.strip() or basis.en.strip(), basis_en=basis.en.strip(), note_zh=note.zh, note_en=note.en,
            regions=list(dict.fromkeys(regions)), area=area, giver=giver, matters=list(matters), subject=subject,
            valid_from=day, document=document, source=f"said here by {by.username}", simulated=simulated,
            mark=SIMULATED if simulated else "R", by=by.username)
        _tell(by, places, made, Bilingual(f"互认登记：{made.what_zh}，自 {day} 起。",
                                          f"On the register of mutual recognition: {made.what_en}, from {day}."))
        write_line(by=by, act="collaboration.recognise", subject=f"recognition:{code}", reason=made.basis_zh,
                   after={"kind": kind, "what": what.zh, "regions": places, "area": area, "from": day})
    return made


def _check(code: str, kind: str, what: Bilingual, basis: Bilingual, places: Sequence[str], giver: str,
           matters: Sequence[str], subject: str, day: date) -> None:
    if CODE.fullmatch(code) is None or kind not in KINDS:
        raise Refused(zh="请填写代码（小写字母、数字、连字符）并选择类别。",
                      en="Give a code (small letters, digits, hyphens) and choose a kind.")
    if not (what.zh.strip() or what.en.strip()) or not (basis.zh.strip() or basis.en.strip()):
        raise Refused(zh="请写明互认什么、依据什么文件。", en="Say what is recognised, and by which paper.")
    if len(basis.zh) + len(basis.en) > LONGEST:
        raise Refused(zh=f"依据最多 {LONGEST} 字。", en=f"The basis has {LONGEST} characters at most.")
    check_lengths(Recognition, what_zh=what.zh, what_en=what.en)
    check_near(day, timezone.localdate(), YEARS)
    held = [tree().place(one, day) for one in places]
    if len(held) < 2 and not (held and tree().children(held[0].code, day)):
        raise Refused(zh="互认至少涉及两个地区。", en="Recognition is between two places at least.")
    if len({one.simulated for one in held}) > 1:
        raise Refused(zh="示例地区不能与真实地区放在一起。", en="A fictional place never stands beside real ones.")
    if giver and giver not in places:
        raise Refused(zh=f"{giver} 不在这些地区之中。", en=f"{giver} is none of these places.")
    for one in matters:
        catalogue().matter(one)
    if subject and subject not in labels():
        raise Refused(zh=f"没有代码为“{subject}”的材料。", en=f"There is no material “{subject}”.")


def _tell(by: Actor, places: Sequence[str], row: Recognition, text: Bilingual) -> int:
    users = {name for one in places for name in holders(frozenset({RIGHT}), one)} - {by.username}
    return tell_all(notices=[(name, text) for name in sorted(users)], about=f"recognition:{row.code}",
                    href="recognition/")


def end_recognition(*, by: Actor, code: str, reason: str, on: date | None = None) -> RecognitionEnd:
    """From ``on`` (today) it is no longer recognised; any of its places may say so, and the others are told."""
    row, day = recognition_of(code), on or timezone.localdate()
    places = places_of(row.fact(), timezone.localdate())
    if not any(allows(by=by, right=RIGHT, path=path_to(one)) for one in places):
        require(by=by, right=RIGHT, path=path_to(places[0]))
    if not reason.strip() or len(reason) > LONGEST:
        raise Refused(zh=f"请写明理由，最多 {LONGEST} 字。", en=f"Say why, in {LONGEST} characters at most.")
    if _end_of(row) is not None or day <= row.valid_from:
        raise Refused(zh="该互认已终止，或终止日期不晚于开始日期。",
                      en="It has ended already, or the day is not after it began.")
    with transaction.atomic():
        made = RecognitionEnd.objects.create(recognition=row, on=day, reason=reason.strip(), by=by.username)
        _tell(by, places, row, Bilingual(f"互认终止：{row.what_zh}，自 {day} 起。",
                                         f"No longer recognised from {day}: {row.what_en}."))
        write_line(by=by, act="collaboration.end_recognition", subject=f"recognition:{code}", reason=reason,
                   after={"on": day})
    return made


def load_register(*, by: Actor, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert the lines that are not there yet, as reviewed text has them; returns how many."""
    return sum(_load(by, row) for row in rows)


def _load(by: Actor, row: Mapping[str, Any]) -> int:
    if row["kind"] not in KINDS:
        raise Refused(zh=f"{row['code']}：没有“{row['kind']}”这一类。", en=f"{row['code']}: no kind “{row['kind']}”.")
    regions = [tree().known(str(one)).code for one in row.get("regions") or ()]
    for one in row.get("matters") or ():
        catalogue().matter(one)
    since = row["from"] if isinstance(row["from"], date) else parse_day(str(row["from"]))
    _kept, new = Recognition.objects.get_or_create(code=row["code"], defaults={
        "kind": row["kind"], "what_zh": row["what_zh"], "what_en": row["what_en"], "regions": regions,
        "area": row.get("area", ""), "giver": str(row.get("giver", "")), "matters": list(row.get("matters") or ()),
        "subject": row.get("subject", ""), "valid_from": since, "basis_zh": row["basis_zh"],
        "basis_en": row["basis_en"], "note_zh": row.get("note_zh", ""), "note_en": row.get("note_en", ""),
        "document": row.get("document", ""), "source": row["source"], "mark": row["mark"],
        "simulated": row["mark"] == SIMULATED, "by": by.username})
    return int(new)
