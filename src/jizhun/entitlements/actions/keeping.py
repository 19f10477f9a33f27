"""Acts on what was supposed: ask for it, let it be run beside the pages, stop it, forget it; and the populations.

What is kept are aggregates. A file with people is kept in a folder of its own that only the product's user can read,
from the asking to the end of the run, and for a day at most.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache, partial
from itertools import product
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from jizhun.entitlements.actions.asking import ROOM, entitlements, paper_title, rule
from jizhun.entitlements.actions.supposing import what_if
from jizhun.entitlements.models import WhatIf
from jizhun.entitlements.rules import Rule
from jizhun.entitlements.rules.assembling import cohorts
from jizhun.entitlements.rules.exchanging import plain_parts
from jizhun.entitlements.rules.proofreading import mistakes
from jizhun.entitlements.whatif.people import SUFFIXES, check_mapping, columns_of
from jizhun.entitlements.whatif.reporting import LEAST, Report, plain_people, report_of
from jizhun.entitlements.whatif.scenario import Plain, Scenario, changed, read_scenario
from jizhun.entitlements.whatif.synthetic import MOST, Margins, make_people, read_margins
from jizhun.entitlements.whatif.telling import (
    SIMULATED,
    SYNTHETIC,
    Names,
    finding,
    notes,
    part_names,
    supposed_in_words,
    title,
)
from jizhun.entitlements.whatif.workbook import Told
from jizhun.entitlements.whatif.worlds import main_result, refuse_own_days
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.texts import yaml_of
from jizhun.people import long_work
from jizhun.people.actions import path_to, require, write_line
from jizhun.people.models import User
from jizhun.provisions import actions as provisions
from jizhun.regions.actions import tree, versions

RIGHT = "result.read"
"""Whoever may read results of a place may ask what would be there."""
MOST_ROWS, ROWS = 1_000_000, 200_000


# -- populations that ship


def populations() -> dict[str, Margins]:
    """The populations whose margins ship, by code."""
    return dict(_populations(versions(ROOM)[0], str(settings.DATA_DIR)))


@lru_cache(maxsize=4)
def _populations(stamp: str, data: str) -> tuple[tuple[str, Margins], ...]:
    """Read once for each state of the rules, whose facts they name."""
    facts = entitlements().facts
    files = sorted((Path(data) / "entitlements" / "populations").glob("*.yaml"))
    rows = [(file.stem, yaml_of(file.read_bytes(), file.name)) for file in files]
    return tuple((code, read_margins(row, facts)) for code, row in rows if {*row["facts"]} <= {*facts})


def population(code: str) -> Margins:
    """One of them; raises Refused for a code that is not known."""
    found = populations()
    if code not in found:
        names = list(found)
        raise Refused(zh=f"没有名为“{code}”的人口；有 {'、'.join(names)}。",
                      en=f"There is no population “{code}”; there are {', '.join(names)}.")
    return found[code]


def write_people(*, code: str, rows: int, file: Path) -> dict[str, Any]:
    """Make the persons of a shipped population, as Parquet; gives the mapping to read them with."""
    return make_people(population(code), entitlements().facts, rows, file)


# -- what can be asked


def simulable() -> dict[str, Rule]:
    """The entitlements that can be counted and come to an amount of money today, with the nation's rule, by code."""
    found: dict[str, Rule] = {}
    for code, head in entitlements().heads.items():
        if head.kind != "money":
            continue
        try:
            one = rule(code=code, region="CN", on=timezone.localdate())
            if one is not None:
                main_result(one)
                refuse_own_days(one)
                found[code] = one
        except Refused:
            continue
    return found


def rules_of(scenario: Scenario) -> list[Rule]:
    """The rules that count in the regions asked for, in the first and the last month, said otherwise where supposed."""
    facts, found = entitlements().facts, dict[Rule, None]()
    days, groups = (scenario.days[-1], scenario.days[0]), reversed(cohorts(entitlements(), scenario.entitlement))
    for since, region, day in product(groups, scenario.regions, days):
        one = rule(code=scenario.entitlement, region=region, on=day, since=since)
        if one is not None:
            found[one] = None
    return [changed(one, scenario.changes, facts) if scenario.changes else one for one in found]


def checked(*, row: Plain) -> Scenario:
    """The scenario, if it can be asked at all; raises Refused saying what is wrong before any work is done."""
    scenario = read_scenario(row)
    if scenario.entitlement not in entitlements().heads:
        raise Refused(zh=f"没有代码为“{scenario.entitlement}”的待遇。",
                      en=f"There is no entitlement “{scenario.entitlement}”.")
    for region in scenario.regions:
        tree().path(region, scenario.first)
    provisions.supposed(rows=scenario.provisions)
    rules = rules_of(scenario)
    for one in rules:
        main_result(one)
        refuse_own_days(one)
    _proofread(scenario, rules)
    for change in scenario.changes:
        if rules and change.expression is not None and not any(one.part(change.part) for one in rules):
            raise Refused(zh=f"规则没有名为“{change.part}”的部分。", en=f"The rule has no part “{change.part}”.")
    return scenario


def _proofread(scenario: Scenario, rules: Iterable[Rule]) -> None:
    """Refused where a part is read as what it never can be, such as a condition that is neither true nor false."""
    parts = {change.part for change in scenario.changes}
    for one in rules:
        for wrong in mistakes(plain_parts(one), entitlements().facts):
            if wrong.at.part in parts:
                raise Refused(zh=f"{wrong.at.part}：{wrong.sentence.zh}", en=f"{wrong.at.part}: {wrong.sentence.en}")


# -- the acts


@dataclass(frozen=True, slots=True)
class Handed:
    """A file that somebody hands over: its name is only shown, never used as a path."""

    name: str
    chunks: Callable[[], Iterable[bytes]]


def ask_for(*, by: User, scenario: Plain, code: str = "", rows: int = ROWS, file: Handed | None = None) -> WhatIf:
    """Ask what a scenario would do to a shipped population, or to the people of a file whose columns are matched next.

    Raises Forbidden for regions outside ``by``'s places, Refused for what cannot be asked; nothing is kept then.
    """
    asked = checked(row=scenario)
    _require(by, asked)
    asked_of = _from_file(file) if file else _from_margins(asked, code, rows)
    made = long_work.new(KIND, by=by, state=WhatIf.MATCHING if file else WhatIf.WAITING, scenario=_plain(scenario),
                         **asked_of)
    return long_work.ask(KIND, made, by=by, prepare=partial(_keep_file, file=file) if file else None)


def match(*, by: User, token: str, region: str, weight: str, facts: Mapping[str, str]) -> WhatIf:
    """Say which columns of one's file hold region, weight and facts; it then waits for its turn."""
    with transaction.atomic():
        found = long_work.locked(KIND, by=by, token=token)
        if found.state != WhatIf.MATCHING:
            return found
        chosen = {code: column for code, column in facts.items() if column}
        mapping = {"region": region, "weight": weight, "facts": chosen}
        check_mapping(mapping, entitlements().facts)
        names = found.asked_of["columns"]
        odd = next((one for one in (region, weight, *chosen.values()) if one and one not in names), "")
        if odd:
            raise Refused(zh=f"文件没有“{odd}”这一列。", en=f"The file has no column “{odd}”.")
        found.asked_of = {**found.asked_of, "mapping": mapping}
        found.state = WhatIf.WAITING
        found.save()
        write_line(by=by, act="entitlements.match_what_if", subject=str(found), after=mapping)
    return found


# -- what they are made of


def _require(by: User, scenario: Scenario) -> None:
    for region in scenario.regions:
        require(by=by, right=RIGHT, path=path_to(region))


def _plain(scenario: Plain) -> Any:
    return json.loads(json.dumps(scenario, default=str))


def _from_margins(asked: Scenario, code: str, rows: int) -> dict[str, Any]:
    margins = population(code)
    if not any(one in tree().path(region, asked.first) for region in margins.regions for one in asked.regions):
        raise Refused(zh=f"“{margins.name.zh}”没有这些地区的人。",
                      en=f"“{margins.name.en}” has nobody in these regions.")
    if not 1 <= rows <= MOST_ROWS:
        raise Refused(zh=f"人口行数应在 1 到 {MOST_ROWS} 之间。", en=f"The rows must be from 1 to {MOST_ROWS:,}.")
    return {"asked_of": {"population": code, "rows": rows}, "population_zh": margins.shown_name.zh,
            "population_en": margins.shown_name.en, "synthetic": True, "simulated": margins.simulated}


def _from_file(file: Handed) -> dict[str, Any]:
    name = Path(file.name).name[-200:]
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise Refused(zh=f"{name or '文件'} 应是 CSV 或 Parquet。",
                      en=f"{name or 'The file'} should be CSV or Parquet.")
    return {"asked_of": {"file": name, "suffix": suffix}, "population_zh": name, "population_en": name}


def _keep_file(one: WhatIf, file: Handed) -> None:
    """Keep the file until the run is over, where nobody else reads; and note what columns it has."""
    folder = folder_of(one)
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.mkdir(mode=0o700)
    path = folder / f"people{one.asked_of['suffix']}"
    with path.open("wb") as kept:
        for chunk in file.chunks():
            kept.write(chunk)
    try:
        one.asked_of["columns"] = list(columns_of(path))
    except Refused as refused:
        raise Refused(zh=refused.sentence.zh.replace(path.name, one.population_zh),
                      en=refused.sentence.en.replace(path.name, one.population_en)) from None


def _run(one: WhatIf, step: long_work.Step) -> None:
    """Make or take the people, run the scenario, and put what may be kept into the row."""
    by = User.objects.get(username=one.by)
    scenario = read_scenario(one.scenario)
    _require(by, scenario)
    file, mapping = _people_of(one)
    outcome = what_if(scenario=scenario, file=file, mapping=mapping, synthetic=one.synthetic, progress=step)
    one.outcome, one.digest = report_of(outcome).plain(), outcome.people.digest
    one.people = plain_people(outcome.people, simulated=one.simulated)
    one.revisions = list(versions("provisions", ROOM))
    with transaction.atomic():
        one.save()
        write_line(by=by, act="entitlements.run_what_if", subject=str(one),
                   after={"digest": one.digest, "rows": one.people["rows"]})


def _people_of(one: WhatIf) -> tuple[Path, dict[str, Any]]:
    folder = folder_of(one)
    if "population" in one.asked_of:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = folder / "people.parquet"
        return file, write_people(code=one.asked_of["population"], rows=one.asked_of["rows"], file=file)
    return folder / f"people{one.asked_of['suffix']}", {
        **one.asked_of["mapping"], "name_zh": one.population_zh, "name_en": one.population_en}


def _called(one: WhatIf) -> Bilingual:
    scenario = read_scenario(one.scenario)
    return title(scenario, names_of(scenario))


KIND: Final = long_work.Kind(
    WhatIf, act="entitlements.{}_what_if", folder="what-if", page="work/what-if/{token}/",
    missing=Bilingual("没有这次测算。", "There is no such run."),
    moving=Bilingual("还在运行，请先取消。", "It is still running; cancel it first."),
    told={WhatIf.DONE: Bilingual("测算已完成：{what}", "What was supposed has been counted: {what}"),
          WhatIf.REFUSED: Bilingual("测算未能进行：{what}", "It could not be counted: {what}"),
          WhatIf.FAILED: Bilingual("测算出错：{what}", "Something went wrong counting: {what}")},
    name=_called, asked=lambda one: {"scenario": one.scenario, "population": one.population_en},
    idle=(WhatIf.MATCHING,))
folder_of = KIND.folder_of
run = partial(long_work.run, KIND, work=_run)
cancel, forget = partial(long_work.cancel, KIND), partial(long_work.forget, KIND)
own = partial(long_work.own, KIND)


def told_of(report: Report, scenario: Scenario, population: Sequence[tuple[Bilingual, object]]) -> Told:
    """Everything in words that stands beside the figures."""
    names = names_of(scenario)
    return Told(finding(report, scenario, title(scenario, names)), supposed_in_words(scenario, names), population,
                notes(report, entitlements().facts, names), _plain(asdict(scenario)))


def population_facts(people: Mapping[str, Any], code: str = "") -> list[tuple[Bilingual, object]]:
    """How the population is named beside a result; ``code`` of one that ships."""
    margins = populations().get(code)
    few = Bilingual(f"少于{LEAST}", f"fewer than {LEAST}")
    name, rows, bad = Bilingual(people["name_zh"], people["name_en"]), people["rows"], people["bad"]
    told: list[tuple[Bilingual, object]] = [(Bilingual("人口", "population"), name)]
    if people["simulated"] or people["synthetic"]:
        told.append((Bilingual("性质", "kind"), SIMULATED if people["simulated"] else SYNTHETIC))
    return [*told, (Bilingual("来源", "source"), margins.source if margins else people["source"] or
                    Bilingual("使用者的文件", "a file of the user's")),
            (Bilingual("行数", "rows"), few if rows is None else rows),
            (Bilingual("未采用的行", "rows left out"), few if bad is None else bad),
            *((Bilingual(f"未采用：{name}", f"left out: {name}"), few if count is None else count)
              for name, count in people["reasons"]), (Bilingual("SHA-256", "SHA-256"), people["digest"])]


def is_old(one: WhatIf) -> bool:
    """Whether rules or values were recorded since it was run."""
    return bool(one.revisions) and tuple(one.revisions) != versions("provisions", ROOM)


# -- words


def names_of(scenario: Scenario) -> Names:
    """The words for everything that a scenario or its outcome names."""
    parts: dict[str, Bilingual] = {}
    for region in ("CN", *scenario.regions):
        one = rule(code=scenario.entitlement, region=region, on=scenario.first)
        if one is not None:
            parts |= part_names(one)
    return Names(_measure_name, _place_name, lambda code: parts.get(code, Bilingual(code, code)), paper_title)


def _measure_name(code: str) -> Bilingual:
    known = provisions.measures()
    return known[code].name if code in known else Bilingual(code, code)


def _place_name(code: str) -> Bilingual:
    held = tree()
    if code == "CN":
        return Bilingual("全国", "China")
    return held.known(code).name if code in held else Bilingual(code, code)


__all__ = ["KIND", "MOST", "MOST_ROWS", "RIGHT", "ROWS", "Handed", "ask_for", "cancel", "checked", "folder_of",
           "forget", "is_old", "match", "names_of", "own", "population", "population_facts", "populations", "rules_of",
           "run", "simulable", "told_of", "write_people"]
