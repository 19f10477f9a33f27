"""What does not fit in the whole nation over two years: with the list that ships, and with a word of every place.

``python -m benchmarks.findings [MATTERS]`` makes a home of its own and prints seconds. MATTERS: on so many matters
every province, prefecture and county has a committed time limit of its own (20 by default).
"""

import os
import random
import sys
import tempfile
import time
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import django
from django.core.management import call_command

FIRST, LAST = date(2026, 1, 1), date(2027, 12, 31)


def main(matters: int) -> None:
    with tempfile.TemporaryDirectory(prefix="jizhun-benchmark-") as home:
        os.environ |= {"JIZHUN_HOME": home, "DJANGO_SETTINGS_MODULE": "jizhun.settings"}
        django.setup()
        call_command("init", stdout=StringIO())
        call_command("load", "national", stdout=StringIO())
        measure(matters)


def measure(matters: int) -> None:
    from jizhun.catalogue.actions import catalogue
    from jizhun.provisions.actions import book, measures
    from jizhun.provisions.rules import make_book
    from jizhun.regions.actions import tree

    look("the list that ships", book())
    some = sorted(catalogue().matters)[:matters]
    says = [say for matter in some for say in made_says(matter, tree())]
    look(f"{len(says):,} provisions", make_book(measures=measures(), places=tree(), subjects=catalogue(), says=says))


def made_says(matter: str, places: Any) -> list[Any]:
    """The nation's limit, which falls in the middle of the period, and one of every place, some of them too long."""
    from jizhun.provisions.rules import Say

    chance = random.Random(matter)

    def say(place: str, days: int, first: date) -> Say:
        return Say(matter, "promised_limit", place, "all", "floor", Decimal(days), "working_day", first, mark="V")

    below = [place for place in places.within("CN", FIRST) if place != "CN"]
    return [say("CN", 20, date(2020, 1, 1)), say("CN", 18, date(2027, 1, 1)),
            *(say(place, chance.choice((3, 5, 8, 10, 15, 18, 20)), date(2023, 1, 1) + timedelta(chance.randrange(1500)))
              for place in below)]


def look(name: str, held: Any) -> None:
    from jizhun.provisions.rules.checking import findings_over

    start = time.perf_counter()
    found = findings_over(held, "CN", FIRST, LAST)
    print(f"{name:<22} {time.perf_counter() - start:6.2f} s   {len(found):,} findings")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
