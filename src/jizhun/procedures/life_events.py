"""Life events (一件事) as they count at a place on a day: legs with what is promised, and every material once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from jizhun.guides import actions as guides
from jizhun.guides.models import BundleRow
from jizhun.guides.rules.guide import Guide
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.procedures.actions import limit_of, roles
from jizhun.procedures.rules import Steps, Time, time_of
from jizhun.procedures.rules.bundles import ACCEPT, APPLY, RESULT, Leg, event_posts, event_steps
from jizhun.procedures.rules.flow import flow_of
from jizhun.procedures.rules.words import Role


@dataclass(frozen=True, slots=True)
class Asked:
    """A material of a life event, once, and the matters that ask for it."""

    code: str
    name: Bilingual
    matters: tuple[str, ...]


@dataclass(frozen=True)
class LifeEvent:
    """``guides`` by matter; ``silent``: matters of which no paper says what they ask for; ``untimed``: those for which
    no single limit is promised."""

    row: BundleRow
    legs: tuple[Leg, ...]
    guides: Mapping[str, Guide]
    steps: Steps
    time: Time
    asked: tuple[Asked, ...]
    silent: tuple[str, ...]

    @property
    def posts(self) -> Mapping[str, Role]:
        """The posts of the office, and each department as one."""
        return {**roles(), **event_posts(self.legs)}

    @property
    def untimed(self) -> tuple[str, ...]:
        return tuple(one for one in self.time.unlimited if one not in (APPLY, ACCEPT, RESULT))


def bundles() -> list[BundleRow]:
    """Every life event, in order."""
    return list(BundleRow.objects.order_by("place"))


def events_with(matter: str) -> list[BundleRow]:
    """The life events of which the matter is a leg."""
    return [row for row in bundles() if any(one["matter"] == matter for one in row.fields["legs"])]


def life_event(*, code: str, region: str, on: date) -> LifeEvent:
    """One of them at a place on a day; raises Refused where there is none."""
    row = BundleRow.objects.filter(code=code).first()
    if row is None:
        raise Refused(zh=f"没有“{code}”这件事。", en=f"There is no life event “{code}”.")
    found = {one["matter"]: guides.guide(matter=one["matter"], region=region, on=on) for one in row.fields["legs"]}
    legs = tuple(_leg(one, found[one["matter"]]) for one in row.fields["legs"])
    steps = event_steps(legs)
    return LifeEvent(row, legs, found, steps, time_of(flow_of(steps)), *_materials(found))


def _leg(row: Mapping[str, Any], guide: Guide) -> Leg:
    body = guide.content("body") or {}
    return Leg(row["matter"], Bilingual(row["zh"], row["en"]), int(row.get("order") or 1),
               tuple(row.get("needs") or ()), Bilingual(row.get("if_zh", ""), row.get("if_en", "")),
               Bilingual(str(body.get("zh") or ""), str(body.get("en") or "")), limit_of(guide, "promised_limit"))


def _materials(found: Mapping[str, Guide]) -> tuple[tuple[Asked, ...], tuple[str, ...]]:
    """The union of what the legs ask for, and the legs that nobody knows it of."""
    asked: dict[str, tuple[Bilingual, list[str]]] = {}
    silent = []
    for matter, guide in found.items():
        rows: Sequence[Mapping[str, Any]] | None = guide.content("materials")
        if rows is None:
            rows = guide.content("material_notes")
        if rows is None:
            silent.append(matter)
        for one in rows or ():
            code = str(one["id"])
            name = Bilingual(str(one.get("zh") or ""), str(one.get("en") or "")) if one.get("zh") or one.get("en") \
                else Bilingual(code, code)
            asked.setdefault(code, (name, []))[1].append(matter)
    return tuple(Asked(code, name, tuple(who)) for code, (name, who) in asked.items()), tuple(silent)
