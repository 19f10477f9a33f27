"""Simulated pilots of the fictional province, through the acts that real ones take, and cases with a known effect."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from jizhun.delivery import actions as delivery
from jizhun.evaluation.evidence import keep_file
from jizhun.evaluation.rules.sheets import NO, YES, Item
from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.dating import day_after, months_later
from jizhun.kernel.texts import yaml_of
from jizhun.loading import SIMULATED_PILOT, SIMULATED_PLACES
from jizhun.loading.evaluated import chance
from jizhun.people.rules import Actor, System
from jizhun.pilots.actions import assessing, experience, programmes, selecting, working
from jizhun.pilots.actions.loading import load_programme
from jizhun.pilots.models import PilotApplication, PilotProgramme, Practice
from jizhun.pilots.rules.assessing import FINAL, GO_ON, GOOD, MID, PASSED, REMARKS
from jizhun.pilots.rules.simulated import Drawn, draw, number, profile_of
from jizhun.regions.actions import tree

PLACE, SOURCE = SIMULATED_PLACES, SIMULATED_PILOT
COUNTY, PROVINCE = (System(f"simulated-{name}") for name in ("county", "province"))
ASSESSORS = tuple(System(f"simulated-assessor-{n}") for n in (1, 2))
Row = Mapping[str, Any]


def _read(name: str) -> Any:
    file = settings.DATA_DIR / "simulated" / "pilots" / name
    return yaml_of(file.read_bytes(), file.name)


def simulated_pilots(*, by: Actor) -> int:
    """Make what data/simulated/pilots says; what is there stays. Returns how many programmes and cards are new."""
    content, today = _read("programme.yaml"), timezone.localdate()
    with transaction.atomic():
        made = [_programme(row, by, today) for row in content["programmes"]]
        cards = [_card(row) for row in content["practices"]
                 if not Practice.objects.filter(code=row["code"]).exists()]
    return sum(made) + len(cards)


def _programme(row: Row, by: Actor, today: date) -> int:
    new, _ = load_programme(by=by, row={**row, **_around(row, today)})
    if new:
        programme = programmes.programme_of(row["code"])
        for one in row["applicants"]:
            _worked(row, one, _applied(programme, one))
    return new


def _around(row: Row, today: date) -> dict[str, date]:
    """The days of a programme that is open today; none where its days are said."""
    if "around" not in row:
        return {}
    starts = today.replace(day=1)
    ends = months_later(starts, 12) - timedelta(days=1)
    days = {name: today + timedelta(days=n) for name, n in row["around"].items()}
    return {"starts_on": starts, "ends_on": ends, "final_on": day_after(ends), **days}


# -- one pilot -------------------------------------------------------------------------------------


def _applied(programme: PilotProgramme, one: Row) -> PilotApplication:
    held = programmes.apply(
        by=COUNTY, programme=programme, region=one["region"], kind=one["kind"], theme=one.get("theme", ""),
        places=one.get("places", ()), on=programme.applies_from,
        statement={"why": "窗口时限不稳定，希望以标准固化做法。（模拟）", "base": "已公布指南和规程。（模拟）",
                   "will": "逐事项细化标准，按月报送。（模拟）"})
    for assessor in ASSESSORS:
        selecting.score(by=assessor, application=held, opinion="材料齐全，建议结合承诺时限细化。（模拟）",
                        typed={criterion.code: str(_points(one, criterion.code, criterion.points, assessor))
                               for criterion in programme.told_criteria})
    selecting.decide(by=PROVINCE, application=held, chosen=not one.get("declined"), on=programme.applies_until,
                     reason="按评分和地区平衡确定。（模拟）")
    return held


def _points(one: Row, criterion: str, most: int, by: System) -> int:
    luck = chance(one["region"], criterion, by.username)
    return round(most * (0.45 + 0.2 * luck if one.get("declined") else 0.7 + 0.3 * luck))


def _worked(row: Row, one: Row, held: PilotApplication) -> None:
    if one.get("declined"):
        return
    days = held.programme.days
    plan = "\n".join(f"{task['job']} | {'*' if task.get('milestone') else ''}{task['name']} | {task['unit']} | "
                     f"{task['due']}" for task in row["tasks"])
    working.adopt_plan(by=COUNTY, application=held, goals="承诺时限内办结的比例提高 5 个百分点以上。（模拟）",
                       tasks=plan, on=days.starts + timedelta(days=10))
    paper = keep_file("monthly-simulated.csv", "task,state\n清单,模拟\n".encode())
    for at, month in enumerate(days.months, 1):
        shares = {f"t{n}": str(_share(task, at, one["region"])) for n, task in enumerate(row["tasks"], 1)}
        working.report_month(
            by=COUNTY, application=held, month=month, shares=shares, evidence=[paper] if at % 3 == 0 else (),
            said=working.Words("按计划推进。（模拟）", "数据接口排期较紧。（模拟）" if at == 6 else "",
                               "继续推进。（模拟）"),
            on=date(month // 100, month % 100, 28) + timedelta(days=7))
    _judged(held, MID, days.mid or days.ends, ASSESSORS)
    last = one["region"] == row["final_missing"]
    _judged(held, FINAL, days.final or days.ends, ASSESSORS[:1] if last else ASSESSORS)


def _share(task: Row, at: int, region: str) -> int:
    """Most are in time; one county in five is slow."""
    slow = 0.7 if chance(region, "slow") < 0.2 else 1.0
    return min(100, int(at * task["pace"] * slow * (0.9 + 0.2 * chance(region, task["name"]))))


def _judged(held: PilotApplication, stage: str, on: date, who: Sequence[System]) -> None:
    sheet = assessing.sheet_for(held)
    for assessor in who:
        assessing.assess(
            by=assessor, application=held, stage=stage, advice=GOOD[stage], on=on,
            typed={item.code: _value(item, held.region, stage, assessor) for item in sheet.items},
            opinion="任务推进有序，建议把规程整理成可供他县采用的文本。（模拟）")
    if len(who) < held.programme.assessors:
        return
    found = assessing.assessed(held, stage)
    good = found is not None and found.attained
    verdict = (GO_ON if stage == MID else PASSED) if good else ("improve" if stage == MID else REMARKS)
    assessing.give_verdict(by=PROVINCE, application=held, stage=stage, verdict=verdict, reason="（模拟）", on=on)


def _value(item: Item, region: str, stage: str, by: System) -> str:
    luck = chance(region, item.code, stage, by.username)
    if item.rule == "yes_no":
        return YES if luck < 0.9 or item.knock_out else NO
    return f"{100 * (0.78 + 0.2 * luck):.0f}"


def _card(row: Row) -> Practice:
    programme = programmes.programme_of(row["programme"])
    held = next(one for one in programmes.pilots(programme) if one.region == row["region"])
    card = experience.Card(row["code"], Bilingual(row["title_zh"], row["title_en"]),
                           {name: Bilingual(row[name]["zh"], row[name]["en"]) for name in experience.PARTS},
                           row["standard"], row["matters"])
    made = experience.tell_practice(by=COUNTY, region=row["region"], said=card, application=held)
    for one in row["adopted"]:
        if one["since"] <= timezone.localdate():
            experience.adopt(by=COUNTY, practice=made, region=one["region"], since=one["since"], note=one["note"])
    return made


# -- cases with a known effect ---------------------------------------------------------------------


def simulated_pilot_cases(*, by: Actor) -> int:
    """Cases around the simulated programme, through the door that every real file takes; returns how many were taken.

    Handed in again they are the same batch.
    """
    row = _read("cases.yaml")
    with TemporaryDirectory(dir=settings.FILES) as folder:
        file, mapping = Path(folder) / "pilot-cases.csv", Path(folder) / "mapping.yaml"
        mapping.write_text(MAPPING.format(**row), "utf-8")
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(("case", "matter", "county", "accepted", "closed"))
            writer.writerows(line for one in drawn(row) for line in _lines(one, row))
        return delivery.receive(by=by, file=file, mapping=delivery.read_mapping(mapping), source=SOURCE
                                ).batch.rows_good


MAPPING = """
name_zh: {name_zh}
name_en: {name_en}
within: "990000"
simulated: true
extract_date: {extract_date}
fields:
  case_key: case
  matter: matter
  region: county
  accepted_at: accepted
  closed_at: closed
"""


def starts(content: Row) -> dict[str, int]:
    """Place -> the month from which it is better: pilots from the start, adopters from when they took it over."""
    programme = content["programmes"][0]
    found = {one["region"]: number(programme["starts_on"].year * 100 + programme["starts_on"].month)
             for one in programme["applicants"] if not one.get("declined")}
    for card in content["practices"]:
        found |= {one["region"]: number(one["since"].year * 100 + one["since"].month) for one in card["adopted"]}
    return found


def drawn(row: Row) -> Iterator[Drawn]:
    """What is drawn for every county of the fictional province."""
    held, first = tree(), date(row["first"] // 100, row["first"] % 100, 1)
    counties = [code for code in held.within(PLACE, first) if held.level(code) == 3]
    return draw(profile_of(row), starts(_read("programme.yaml")), counties, row["seed"])


def _lines(one: Drawn, row: Row) -> Iterator[tuple[str, str, str, str, str]]:
    """A line a case: closed the same afternoon, or long after what was promised."""
    for at in range(one.cases):
        accepted = date((one.month - 1) // 12, (one.month - 1) % 12 + 1, 1 + at % 27)
        closed = accepted if at < one.kept else accepted + timedelta(days=row["days_late"])
        yield (f"PIL{one.place}-{one.month}-{at}", row["matters"][at % len(row["matters"])], one.place,
               f"{accepted} 09:00", f"{closed} 16:00")
