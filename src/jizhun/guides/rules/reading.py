"""Guides as people write them in files: rows for many matters and places at once, spelled out one by one."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from jizhun.guides.rules.fields import POLICIES, Content, Field, checked, checked_policy
from jizhun.guides.rules.layers import Said
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import parse_day

Plain = Mapping[str, Any]
MARKS = ("V", "V-repo", "D", "R", "SIM")
SELECTORS = ("matters", "kinds", "items", "all")
ROW_KEYS = frozenset({*SELECTORS, "except", "region", "regions", "from", "fields", "forced", "note"})
SAID_KEYS = frozenset({"zh", "en", "items", "choice", "policy", "mark", "source", "from", "clause_zh", "clause_en"})


@dataclass(frozen=True, slots=True)
class Subject:
    """A matter as rows choose it: by code, kind or item."""

    code: str
    kind: str
    item: str


@dataclass(frozen=True, slots=True)
class Spot:
    """A place with what stands for it in texts."""

    code: str
    level: int
    name: Bilingual

    def fill(self, text: str) -> str:
        """The text with {place_zh}, {place_en}, {code} and {tail} (the last four signs of the code) put in."""
        if "{" not in text:
            return text
        for name, value in (("place_zh", self.name.zh), ("place_en", self.name.en), ("code", self.code),
                            ("tail", self.code[-4:])):
            text = text.replace("{" + name + "}", value)
        return text


@dataclass(frozen=True, slots=True)
class Written:
    """What a file says of one matter at one place from one day on."""

    matter: str
    region: str
    valid_from: date
    fields: Mapping[str, Said]
    forced: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class World:
    """What rows refer to; ``below``: (place, level) -> spots, ``sources``: key -> (address, mark)."""

    fields: Mapping[str, Field]
    subjects: Sequence[Subject]
    below: Callable[[str, int | None], Sequence[Spot]]
    sources: Mapping[str, tuple[str, str]]


def read_rows(rows: Iterable[Any], where: str, world: World,
              check: Callable[[Field, Content], Content] = checked) -> list[Written]:
    """Every matter x place that the rows speak of; raises Refused with the file, the row and what is wrong."""
    found: list[Written] = []
    for n, row in enumerate(rows, 1):
        try:
            found += _spelled_out(row, world, check)
        except Refused as refused:
            raise Refused(zh=f"{where} 第{n}条：{refused.sentence.zh}",
                          en=f"{where}, entry {n}: {refused.sentence.en}") from None
    return found


def _spelled_out(row: Any, world: World, check: Callable[[Field, Content], Content]) -> Iterator[Written]:
    if not isinstance(row, Mapping):
        raise Refused(zh="应为字段与值。", en="it must hold fields and values.")
    refuse_odd(row, ROW_KEYS)
    if not isinstance(row.get("fields"), Mapping) or not row["fields"]:
        raise Refused(zh="缺少“fields”。", en="“fields” is missing.")
    start = day_of(row.get("from"))
    said = {str(code): _said(str(code), one, start, world) for code, one in row["fields"].items()}
    forced = tuple(str(one) for one in row.get("forced") or ())
    chosen = chosen_subjects(row, world.subjects)
    for spot in chosen_spots(row, world.below):
        filled = {code: _filled(world.fields[code], one, spot, check) for code, one in said.items()}
        for subject in chosen:
            yield Written(subject.code, spot.code, start, filled, forced, str(row.get("note") or ""))


def refuse_odd(row: Plain, known: frozenset[str]) -> None:
    """Refuse a key that nobody knows."""
    odd = sorted(str(name) for name in row if name not in known)
    if odd:
        raise Refused(zh=f"没有“{odd[0]}”这一栏。", en=f"there is no field “{odd[0]}”.")


def day_of(value: Any) -> date:
    """A day as YAML or text holds it; raises Refused where there is none."""
    if value is None:
        raise Refused(zh="缺少日期“from”。", en="the day “from” is missing.")
    return value if isinstance(value, date) else parse_day(str(value))


def chosen_subjects(row: Plain, subjects: Sequence[Subject]) -> list[Subject]:
    """The matters that a row speaks of; raises Refused for codes that do not exist and for rows that name none."""
    named = [one for one in SELECTORS if row.get(one)]
    if len(named) != 1:
        raise Refused(zh="应以 matters、kinds、items 或 all 之一写明事项。",
                      en="name the matters by one of matters, kinds, items or all.")
    by, wanted = named[0], row[named[0]]
    without = {str(one) for one in row.get("except") or ()}
    if by == "all":
        return [one for one in subjects if one.code not in without]
    reading = READINGS[by]
    codes = [str(one) for one in (wanted if isinstance(wanted, list) else [wanted])]
    known = {reading(one) for one in subjects}
    lost = next((code for code in codes if code not in known), None)
    if lost is not None:
        raise Refused(zh=f"没有“{lost}”。", en=f"there is no “{lost}”.")
    return [one for one in subjects if reading(one) in codes and one.code not in without]


READINGS: Mapping[str, Callable[[Subject], str]] = {
    "matters": lambda one: one.code, "kinds": lambda one: one.kind, "items": lambda one: one.item}


def chosen_spots(row: Plain, below: Callable[[str, int | None], Sequence[Spot]]) -> Sequence[Spot]:
    """The places that a row speaks of: ``region``, or ``regions: {under, level}``."""
    if row.get("region") is not None:
        return below(str(row["region"]), None)[:1]
    regions = row.get("regions")
    if not isinstance(regions, Mapping) or set(regions) - {"under", "level"} or "under" not in regions:
        raise Refused(zh="应写明 region，或 regions: {under, level}。", en="name a region, or regions: {under, level}.")
    level = regions.get("level")
    return [one for one in below(str(regions["under"]), level) if level is None or one.level == level]


def _said(code: str, one: Any, start: date, world: World) -> Said:
    if code not in world.fields:
        raise Refused(zh=f"没有名为“{code}”的字段。", en=f"there is no field called “{code}”.")
    if not isinstance(one, Mapping):
        raise Refused(zh=f"“{code}”应为字段与值。", en=f"“{code}” must hold fields and values.")
    refuse_odd(one, SAID_KEYS)
    source, mark = world.sources.get(str(one.get("from")), (str(one.get("source") or ""), str(one.get("mark") or "")))
    if mark not in MARKS or not source:
        raise Refused(zh=f"“{code}”缺少来源（source）和核实标记（mark）。",
                      en=f"“{code}” must name its source and how far it is verified (mark).")
    if one.get("policy") not in (None, *POLICIES):
        raise Refused(zh=f"“{code}”的权限“{one['policy']}”不认识。",
                      en=f"“{code}”: the policy “{one['policy']}” is not known.")
    return Said(_content(one), start, policy=one.get("policy"), mark=mark, source=source,
                clause=Bilingual(str(one.get("clause_zh") or ""), str(one.get("clause_en") or "")))


def _content(one: Plain) -> Content:
    if "items" in one:
        return one["items"]
    if "choice" in one:
        return one["choice"]
    return {language: str(one[language]) for language in ("zh", "en") if one.get(language)} or None


def _filled(field: Field, said: Said, spot: Spot, check: Callable[[Field, Content], Content]) -> Said:
    if said.policy is not None:
        checked_policy(field, said.policy)
    return Said(check(field, filled_in(said.content, spot)), said.since, None, said.policy, mark=said.mark,
                source=said.source, clause=said.clause)


def filled_in(content: Content, spot: Spot) -> Content:
    """Content with the place's own words in every text."""
    if isinstance(content, str):
        return spot.fill(content)
    if isinstance(content, Mapping):
        return {name: filled_in(value, spot) for name, value in content.items()}
    return [filled_in(one, spot) for one in content] if isinstance(content, list) else content
