"""Tables of steps for the tests: written short, as in tests/cases/procedures, or made at random."""

import re
from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import strategies as st

from jizhun.kernel.bilingual import Bilingual
from jizhun.procedures.rules import END, Limit, Risk, Step, Steps, Way, read_documents, read_roles, read_steps
from jizhun.procedures.rules.steps import LEVELS, MARKS, UNITS, WAITS
from worlds import ROOT, read_yaml

DATA = ROOT / "data" / "procedures"
ROLES = read_roles(read_yaml(DATA / "roles.yaml"))
DOCUMENTS = read_documents(read_yaml(DATA / "documents.yaml"))
BASE = read_yaml(DATA / "base.yaml")
SHORT = re.compile(r"(\d+) (working_day|calendar_day|hour)")


def limit(said: str | None) -> Limit | None:
    """“5 working_day” as a limit."""
    found = SHORT.fullmatch(said or "")
    return Limit(int(found[1]), found[2]) if found else None  # type: ignore[arg-type]


def table(rows: dict[str, Any]) -> Steps:
    """A table written short: id -> {role, limit: 3 working_day, to: [b, c], together: true, …}; every field may be left
    out but ``to``; the name of a step is its id."""
    return read_steps([_row(id, dict(row or {})) for id, row in rows.items()])


def _row(id: str, row: dict[str, Any]) -> dict[str, Any]:
    together, to = row.pop("together", False), row.pop("to", [])
    ways = [{"to": one, "together": together} for one in ([to] if isinstance(to, str) else to)]
    if len(ways) > 1 and not together:
        ways = [{**one, "when": {"zh": f"情形{one['to']}", "en": f"case {one['to']}"}} for one in ways]
    amount = limit(row.pop("limit", None))
    risk = row.pop("risk", None)
    return {"id": id, "name": {"zh": row.pop("name", id), "en": id}, "role": row.pop("role", "examiner"), "next": ways,
            **({"limit": {"amount": amount.amount, "unit": amount.unit}} if amount else {}),
            **({"risk": {"level": risk}} if risk else {}), **row}


# -- at random

WORDS = st.sampled_from(["受理", "初审 & <复核>", "say \"why\"", "it's\none\ttwo", "“x”、y", "é𠮷", "a" * 40])
BOTH = st.builds(Bilingual, WORDS | st.just(""), WORDS | st.just(""))
CODES = ("", "id_card", "NB049-EX01", "a b", "受理单")
WAYS = tuple(Way("", Bilingual(zh, en)) for zh, en in (("", ""), ("是", "yes"), ("否", ""), ("", "a & b")))


def steps(most: int = 7, lost: bool = True) -> st.SearchStrategy[Steps]:
    """Any table that can be read: with loops, groups taken together, steps that are not reached, ways to nowhere."""
    return st.integers(0, most).flatmap(lambda count: st.builds(
        lambda rows: Steps(tuple(rows)), st.tuples(*(_a_step(number, count, lost) for number in range(count)))))


IDS = ("a", "1", "b.c", "_d", "E-5", "step_a", "start", "choice_a")


def _a_step(number: int, count: int, lost: bool) -> st.SearchStrategy[Step]:
    targets = st.sampled_from([*IDS[:count], END, *(["nowhere"] if lost else [])])
    plain_ways = st.lists(st.tuples(targets, st.sampled_from(WAYS)), max_size=3)
    none: list[tuple[str, Way]] = []
    group = st.lists(st.tuples(targets, st.sampled_from(WAYS)), min_size=2, max_size=3) | st.just(none)
    return st.builds(_made, st.just(IDS[number]), plain_ways, group, st.integers(0, 3), st.integers(0, 2**31), BOTH)


def _made(id: str, ways: list[tuple[str, Way]], group: list[tuple[str, Way]], at: int, seed: int,
          words: Bilingual) -> Step:
    """A step whose lesser fields are drawn from a number: they need no shrinking one by one."""
    rng = Random(seed)
    every = [Bilingual("", ""), words, Bilingual("另一句", "another"), Bilingual("只有中文", "")]
    said = [replace(way, to=to) for to, way in ways]
    together = [replace(way, to=to, together=True) for to, way in group]
    calls = rng.choice(["", "", *CODES[1:]])
    return Step(
        id, words if words.zh or words.en else Bilingual("名", ""), role=rng.choice([*list(ROLES)[:4], "", "本地岗位"]),
        action=rng.choice(every), input=tuple(rng.sample(CODES[1:], rng.randint(0, 2))), output=rng.choice(every),
        system=rng.choice(every), limit=rng.choice([None, Limit(rng.randint(0, 90), rng.choice(UNITS))]),
        document=rng.choice(["", *list(DOCUMENTS)[:6]]),
        risk=rng.choice([None, Risk(rng.choice(LEVELS), rng.choice(every))]), control=rng.choice(every),
        money=rng.random() < 0.3, waits_for="" if calls else rng.choice(["", "", *WAITS]),
        next=(*said[:at], *together, *said[at:]), calls=calls,
        department=rng.choice([Bilingual("", ""), Bilingual("社保", "Insurance")]), source=rng.choice(every),
        mark=rng.choice(["", *MARKS]))
