"""Guides of the whole nation: one county's guide, the coverage of all, a change at the root with all its dependants.

``python -m benchmarks.guides [MATTERS]`` makes a home of its own in which every province, city and county has words of
its own on so many matters (30 by default), and prints seconds. Coverage stands beside the same counting done guide by
guide on a sample, scaled up: the ratio is what the boards save.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from io import StringIO
from typing import Any

import django
from django.core.management import call_command

TODAY = date.today()
SAMPLE = 300


def main(matters: int) -> None:
    with tempfile.TemporaryDirectory(prefix="jizhun-benchmark-") as home:
        os.environ |= {"JIZHUN_HOME": home, "DJANGO_SETTINGS_MODULE": "jizhun.settings"}
        django.setup()
        call_command("init", stdout=StringIO())
        call_command("load", "national", stdout=StringIO())
        fill(matters)
        measure()


def fill(matters: int) -> None:
    """Three fields of every place on some matters, as versions."""
    from jizhun.catalogue.actions import catalogue
    from jizhun.guides.actions.loading import keep_written
    from jizhun.guides.rules import Said
    from jizhun.guides.rules.reading import Written
    from jizhun.people.rules import SYSTEM
    from jizhun.regions.actions import tree

    places = [code for code in tree().within("CN", TODAY) if code != "CN"]
    start, rows = date(2025, 1, 1), 0
    began = time.perf_counter()
    for matter in sorted(catalogue().matters)[:matters]:
        def text(words: str, code: str) -> Said:
            return Said({"zh": f"{words}{code}", "en": f"{words} {code}"}, start, mark="SIM", source="benchmark")

        rows += keep_written(SYSTEM, "guide", [Written(matter, code, start, {
            "body": text("机构", code), "delivery": text("送达", code),
            "contacts": Said([{"id": f"c-{code}", "zh": code, "en": code, "phone": "12333"}], start, mark="SIM",
                             source="benchmark")}) for code in places], start, "CN")
    print(f"filled: {rows:,} guides of {len(places):,} places in {time.perf_counter() - began:.0f} s")


def timed(name: str, act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    seconds = time.perf_counter() - began
    print(f"{name}: {seconds:.3f} s")
    return seconds


def measure() -> None:
    from jizhun.catalogue.actions import catalogue
    from jizhun.evaluation.coverage import counted, coverage
    from jizhun.guides.actions import guide, record
    from jizhun.people.rules import SYSTEM

    places, matters = counted("CN", TODAY), sorted(catalogue().matters)
    guide(matter=matters[0], region=places[0], on=TODAY)
    each = [_seconds(lambda code=code, n=n: guide(matter=matters[n % len(matters)], region=code, on=TODAY))
            for n, code in enumerate(places[:: max(1, len(places) // SAMPLE)])]
    print(f"one county's guide: median {statistics.median(each) * 1000:.2f} ms, 95 % under "
          f"{sorted(each)[int(len(each) * 0.95)] * 1000:.2f} ms ({len(each)} guides)")
    whole = timed(f"coverage of {len(matters)} x {len(places):,}, the outlines read for the first time",
                  lambda: coverage(region="CN", on=TODAY))
    one_by_one = statistics.fmean(each) * len(matters) * len(places) * 2
    print(f"the same guide by guide would take {one_by_one:,.0f} s: {one_by_one / whole:,.0f} times as long")
    change = {"delivery": {"zh": "新的送达方式", "en": "A new way of delivery"}}
    timed("a change at the root that all places depend on", lambda: record(
        by=SYSTEM, sort="guide", matter=matters[0], region="CN", fields=change))
    timed("coverage after it", lambda: coverage(region="CN", on=TODAY))
    timed("coverage again", lambda: coverage(region="CN", on=TODAY))


def _seconds(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
