"""One person against every rule that ships, at a real place and day, in process.

``python -m benchmarks.one_person`` prints medians over made-up persons, each with every fact: the compiled rules (who
is entitled, to what), and the answer that a person sees, with every condition, clause and path. Values in force are
asked of the as-of engine each time.
"""

import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import django
from django.core.management import call_command

PERSONS, ON = 400, date(2026, 6, 1)
PLACES = ("310000", "440100", "370800", "610100", "430100")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="jizhun-benchmark-") as home:
        os.environ |= {"JIZHUN_HOME": home, "DJANGO_SETTINGS_MODULE": "jizhun.settings"}
        django.setup()
        call_command("init", stdout=StringIO())
        call_command("load", "national", stdout=StringIO())
        measure()


def measure() -> None:
    from jizhun.entitlements import actions
    from jizhun.entitlements.rules.promising import Engine, Places
    from jizhun.provisions import actions as provisions

    book, draw = actions.entitlements(), random.Random(7)
    persons = [(draw.choice(PLACES), made(book.facts, draw)) for _ in range(PERSONS)]
    rules = {place: [rule for code in book.heads if (rule := actions.rule(code=code, region=place, on=ON))]
             for place in PLACES}
    engines = {place: Engine(provisions.book(), Places(place)) for place in PLACES}
    print(f"{len(book.heads)} entitlements, {PERSONS} persons in {len(PLACES)} places, median a person")
    quick = timed(persons, lambda place, person: [told(rule, person, engines[place]) for rule in rules[place]])
    explained = timed(persons, lambda place, person: actions.entitled(facts=person, places=Places(place), on=ON))
    print(f"compiled, all rules       {quick * 1000:.2f} ms")
    print(f"with every reason         {explained * 1000:.2f} ms   {explained / quick:.1f} x")


def told(rule: Any, person: dict[str, Any], engine: Any) -> Any:
    """What the compiled rule comes to; a mistake in the made-up facts counts like an answer."""
    from jizhun.entitlements.feel.values import Fault
    from jizhun.entitlements.rules.answering import decided

    try:
        return decided(rule, ON, person, engine)
    except Fault as fault:
        return fault


def made(facts: Any, draw: random.Random) -> dict[str, Any]:
    """A value for every fact, within its bounds."""
    ways: dict[str, Callable[[Any], Any]] = {
        "boolean": lambda fact: draw.random() < 0.7, "choice": lambda fact: draw.choice(fact.options)[0],
        "date": lambda fact: ON - timedelta(draw.randrange(30_000)),
        "number": lambda fact: Decimal(draw.randint(fact.low or 0, min(fact.high or 5000, 5000)))}
    return {code: ways[fact.type](fact) for code, fact in facts.items()}


def timed(persons: list[tuple[str, dict[str, Any]]], work: Callable[[str, dict[str, Any]], Any]) -> float:
    seconds = []
    for place, person in persons:
        start = time.perf_counter()
        work(place, person)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


if __name__ == "__main__":
    main()
