"""Two thousand made-up worlds on every engine at once: they lie in one lake, told apart by their regions' numbers.

A question over all of them costs one query an engine; the reference judges world by world. The ordinary run takes a
tenth of them; JIZHUN_ALL=1 (as in CI) all, JIZHUN_WORLDS and JIZHUN_SEED any other number and any other two thousand.
A world in which an engine differs is told by its number; on DuckDB, ``test_engines_agree`` finds such worlds by itself
and shrinks them.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from jizhun.analytics.compiled import Compiled
from jizhun.analytics.engines import DuckDB, Inputs, Spark
from jizhun.analytics.plan import MEASURES, VERDICTS, WHOLE, Clock, Plan
from jizhun.analytics.reference import Cell, judge
from made_worlds import (
    AS_OF,
    CALENDAR,
    EXTRACT,
    Many,
    Question,
    by_reference,
    differing,
    many,
    numbered,
    world_by_world,
)

SEED = int(os.environ.get("JIZHUN_SEED", "20241001"))
WORLDS = int(os.environ.get("JIZHUN_WORLDS", "2000" if os.environ.get("JIZHUN_ALL") == "1" else "200"))

BOTH_UNUSUAL = (("promised_limit", Clock(True, 9)), ("statutory_limit", Clock(True)))
QUESTIONS = {
    "usual clocks, later stops": Question(("item", "region", "month")),
    "usual clocks, at the extract": Question(("channel", "region"), as_of=EXTRACT),
    "both first days count, nine o'clock": Question(("matter", "region"), BOTH_UNUSUAL),
    "five o'clock, a few weeks": Question(
        ("region", "group"), (("promised_limit", Clock(False, 17)), ("statutory_limit", Clock(False, 9))),
        date(2024, 9, 28), date(2024, 10, 14)),
    "first day counts, five o'clock, at the extract, ordinal in the statement": Question(
        ("region",), (("promised_limit", Clock(False, 9)), ("statutory_limit", Clock(True, 17))), as_of=EXTRACT,
        same_day=True),
    "no amounts: the whole follows from its measures": Question(
        ("region", "month"), judged=tuple(one for one in MEASURES if one != "benefit_amount")),
    "only one measure and the whole": Question(("region",), verdicts=(WHOLE, "promised_limit")),
}


@dataclass(frozen=True)
class Contender:
    """An engine beside the reference. ``answer``: what it says of a plan, in whatever shape ``shape`` also makes of the
    reference's cells; ``takes``: which questions it can be asked."""

    answer: Callable[[Plan, Inputs], Mapping[Any, Any]]
    shape: Callable[[Mapping[Cell, int], Question], Mapping[Any, Any]] = lambda cells, asked: cells
    takes: Callable[[Question], bool] = lambda asked: True


def counted(engine: Callable[[], Any]) -> Contender:
    """An engine that runs plans."""
    return Contender(lambda plan, inputs: engine().count(plan, inputs).rows(plan))


def per_measure(cells: Mapping[Cell, int], asked: Question) -> dict[tuple[tuple[int, ...], tuple[()]], Counter[Any]]:
    """The shape of engines that count each measure by itself: codes -> how many cases have which verdict on what."""
    found: dict[tuple[tuple[int, ...], tuple[()]], Counter[Any]] = {}
    for (codes, verdicts), n in cells.items():
        for name, verdict in zip(asked.verdicts, verdicts, strict=True):
            found.setdefault((codes, ()), Counter())[name, verdict] += n
    return found


def compiled(plan: Plan, inputs: Inputs) -> dict[tuple[tuple[int, ...], tuple[()]], Counter[Any]]:
    """Facts of the compiled loops in that shape."""
    facts = Compiled().facts(plan, inputs).summed(plan.by)
    states = {name: facts.states(name).tolist() for name in plan.verdicts}
    keys = zip(*(facts.codes[name].tolist() for name in plan.by), strict=True)
    return {(key, ()): Counter({(name, verdict): n for name, rows in states.items()
                                for verdict, n in enumerate(rows[row])}) for row, key in enumerate(keys)}


CONTENDERS = {
    "duckdb": counted(lambda: DuckDB(threads=2)),
    "duckdb by months": counted(lambda: DuckDB(threads=2, portion=1)),
    "compiled": Contender(compiled, per_measure, lambda asked: not asked.plan.later_stops),
    "spark": counted(Spark),
}
"""Every engine has to give the reference's answer to every question; a further one is a line here."""
MARKS = {"spark": [pytest.mark.spark]}


@pytest.fixture(scope="module")
def all_worlds(tmp_path_factory: pytest.TempPathFactory) -> Many:
    print(f"\n{WORLDS:,} worlds of seed {SEED}")
    return many(tmp_path_factory.mktemp("worlds"), SEED, WORLDS)


@pytest.fixture(scope="module")
def expected(all_worlds: Many) -> dict[str, dict[Cell, int]]:
    """The reference's answers, each made once."""
    return {name: world_by_world(all_worlds, asked) for name, asked in QUESTIONS.items()}


@pytest.fixture
def started(request: pytest.FixtureRequest, contender: str) -> Iterator[None]:
    """What an engine needs to run in."""
    if contender == "spark":
        request.getfixturevalue("spark")
    yield


@pytest.mark.parametrize("contender", [pytest.param(name, marks=MARKS.get(name, ())) for name in CONTENDERS])
@pytest.mark.timeout(600)
def test_every_engine_agrees_with_the_reference_in_every_world(
        contender: str, started: None, all_worlds: Many, expected: dict[str, dict[Cell, int]]) -> None:
    one, wrong = CONTENDERS[contender], {}
    for name, asked in QUESTIONS.items():
        if one.takes(asked):
            found = one.answer(asked.plan, all_worlds.inputs[asked.as_of])
            if found != (right := one.shape(expected[name], asked)):
                wrong[name] = differing(dict(found), dict(right), asked)
    assert wrong == {}, f"worlds of seed {SEED} that {contender} counts otherwise"


def test_the_shapes_of_an_answer_hold_the_same_cases(expected: dict[str, dict[Cell, int]]) -> None:
    name = "usual clocks, later stops"
    cells, asked = expected[name], QUESTIONS[name]
    wide = per_measure(cells, asked)
    assert sum(sum(counter.values()) for counter in wide.values()) == sum(cells.values()) * len(asked.verdicts)
    one = dict(cells)
    codes, verdicts = next(iter(one))
    one[codes, (verdicts[0] + 1, *verdicts[1:])] = one.pop((codes, verdicts))
    assert differing(per_measure(one, asked), dict(wide), asked) == differing(one, dict(cells), asked) != []


def test_the_worlds_hold_every_verdict_on_every_measure_and_every_kind_of_edge(all_worlds: Many) -> None:
    """What is compared is worth comparing: nothing here is asked of worlds in which it cannot occur."""
    seen: Counter[str] = Counter()
    for world in all_worlds.worlds:
        for case in world.cases:
            verdicts = judge(case, world.promises, CALENDAR.is_working, AS_OF)
            seen.update(f"{name} {verdict}" for name, verdict in verdicts.items())
            seen["absent fee"] += case.fee is None
            seen["stopped"] += bool(case.stopped)
            seen["stopped after the data date"] += any(until is None or until > AS_OF for _, until in case.stopped)
            seen["on a day off"] += not CALENDAR.is_working(case.accepted.date())
            seen["at nine or five sharp"] += case.accepted.hour in (9, 17) and case.accepted.second == 0
            seen["decided after the data date"] += case.decided is not None and case.decided > AS_OF
    never = {f"{name} {code}" for name in ("fee", "visits", "materials", "benefit_amount") for code in (2, 3)}
    wanted = {f"{name} {code}" for name in VERDICTS for code in range(5)} - never
    wanted |= {"absent fee", "stopped", "stopped after the data date", "on a day off", "at nine or five sharp",
               "decided after the data date"}
    assert {name for name in wanted if not seen[name]} == set()


def test_a_world_can_be_made_again_from_its_number(all_worlds: Many) -> None:
    asked = Question(("matter",))
    assert by_reference(numbered(SEED, 7), asked) == by_reference(all_worlds.worlds[7], asked)
    assert len({repr(world) for world in all_worlds.worlds}) > WORLDS * 0.95
