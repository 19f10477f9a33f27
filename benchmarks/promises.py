"""As-of look-ups and the whole matrix, on the national list in a home of its own.

``python -m benchmarks.promises`` prints microseconds a look-up (first time and remembered), the time of
every matter x every county, and how long another process's publication takes to show.
"""

import os
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from io import StringIO
from typing import Any

import django
from django.core.management import call_command

LOOKUPS = 5_000
ON = date(2026, 6, 1)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="jizhun-benchmark-") as home:
        os.environ |= {"JIZHUN_HOME": home, "DJANGO_SETTINGS_MODULE": "jizhun.settings"}
        django.setup()
        call_command("init", stdout=StringIO())
        call_command("load", "national", stdout=StringIO())
        measure()


def measure() -> None:
    from jizhun.provisions.actions import book

    held = book()
    counties, matters = _counties(), _matters()
    print(f"{len(matters)} matters, {len(counties)} counties, revision {held.revision}")
    _single(held, matters, counties)
    _matrix(held, matters, counties)
    _dictionary(held, matters, counties)


def _counties() -> list[str]:
    from jizhun.regions.actions import tree

    places = tree()
    return [code for code in places.existing(ON) if places.level(code) == 3]


def _matters() -> list[str]:
    from jizhun.catalogue.models import Matter

    return list(Matter.objects.values_list("code", flat=True))


def _questions(held: Any, matters: Sequence[str], counties: Sequence[str], measure: str) -> list[Any]:
    from jizhun.provisions.rules import Question

    choose = random.Random(7)
    return [Question(measure, choose.choice(matters), choose.choice(counties), ON - timedelta(choose.randrange(200)))
            for _ in range(LOOKUPS)]


def _single(held: Any, matters: Sequence[str], counties: Sequence[str]) -> None:
    from jizhun.provisions.rules import ask

    for measure in ("statutory_limit", "promised_limit", "benefit_amount", "minimum_wage"):
        questions = _questions(held, matters, counties, measure)
        held.memory.clear()
        first = _each(questions, lambda q: ask(held, q))
        again = _each(questions, lambda q: ask(held, q))
        print(f"{measure:<18} first time {first:6.1f} µs   remembered {again:6.1f} µs a look-up")


def _each(questions: Sequence[Any], ask: Callable[[Any], Any]) -> float:
    start = time.perf_counter()
    for question in questions:
        ask(question)
    return (time.perf_counter() - start) / len(questions) * 1e6


def _matrix(held: Any, matters: Sequence[str], counties: Sequence[str]) -> None:
    from jizhun.provisions.rules import matrix

    held.memory.clear()
    start = time.perf_counter()
    table = matrix(held, "statutory_limit", matters, counties, ON)
    took = time.perf_counter() - start
    cells = len(table.subjects) * len(table.places)
    print(f"matrix of {cells:,} cells: {took:.3f} s ({len(table.answers)} distinct answers)")


def _dictionary(held: Any, matters: Sequence[str], counties: Sequence[str]) -> None:
    """The other side: reading as many ready values out of a plain dictionary."""
    table = {(matter, county): 10 for matter in matters for county in counties}
    start = time.perf_counter()
    for matter in matters:
        for county in counties:
            table[matter, county]
    print(f"plain dictionary of as many ready values: {time.perf_counter() - start:.3f} s")


if __name__ == "__main__":
    main()
