"""A change at the root with a dependant in every place: how long it takes to see all that it touches.

``python -m benchmarks.impact`` makes a home of its own and prints seconds. Every place of the country has a guide of
its own that names the nation's limit, and a question in use rests on the promise of every third place.
"""

import os
import sys
import tempfile
import time
from datetime import date
from io import StringIO
from typing import Any

import django
from django.core.management import call_command

MATTER, MEASURE, ON = "NB029-EX01", "promised_limit", date(2027, 1, 1)
OLD, NEW = 20, 18


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="jizhun-benchmark-") as home:
        os.environ |= {"JIZHUN_HOME": home, "DJANGO_SETTINGS_MODULE": "jizhun.settings"}
        django.setup()
        call_command("init", stdout=StringIO())
        call_command("load", "national", stdout=StringIO())
        measure()


def measure() -> None:
    from jizhun.impact.actions import look
    from jizhun.impact.rules.kinds import Change
    from jizhun.people.rules import SYSTEM
    from jizhun.provisions.actions import record_all
    from jizhun.regions.actions import tree

    record_all(by=SYSTEM, rows=[row(OLD, "2020-01-01")])
    places = [code for code in tree().within("CN", ON) if code != "CN"]
    plant_guides(places)
    plant_questions(places[::3])
    for number in range(3):
        start, busy = time.perf_counter(), time.process_time()
        listing = look(Change("provision", {"rows": [row(NEW, ON.isoformat())]}))
        took, cpu = time.perf_counter() - start, time.process_time() - busy
        told = ", ".join(f"{name} {count:,}" for name, count in listing.counts.items())
        all_of_it = sum(listing.counts.values())
        print(f"look {number + 1}   {took:6.2f} s ({cpu:.2f} s of one core)   {all_of_it:,} touched ({told})")


def row(value: int, first: str) -> dict[str, Any]:
    return {"subject": MATTER, "measure": MEASURE, "region": "CN", "modality": "floor", "value": value,
            "unit": "working_day", "from": first, "document": "social-insurance-law", "mark": "SIM",
            "source": "benchmark", "clause_zh": "一", "clause_en": "1"}


def plant_guides(places: list[str]) -> None:
    from jizhun.guides.actions.asking import numbers_of
    from jizhun.guides.models import LayerVersion
    from jizhun.guides.rules import Said, plain_said
    from jizhun.guides.rules.board import outline
    from jizhun.regions.actions import bump

    words = {"zh": f"{OLD} 个工作日内寄出", "en": f"Posted within {OLD} working days"}
    said = {"delivery": Said(words, date(2024, 1, 1))}
    fields, packed = {code: plain_said(one) for code, one in said.items()}, outline(said, (), numbers_of("guide"))
    seq = bump("guides")
    speaking = set(LayerVersion.objects.filter(sort="guide", matter=MATTER).values_list("region", flat=True))
    LayerVersion.objects.bulk_create([
        LayerVersion(sort="guide", matter=MATTER, region=place, number=1, valid_from=date(2024, 1, 1), fields=fields,
                     outline=packed, recorded_on=date(2024, 1, 1), by="benchmark", seq=seq)
        for place in places if place not in speaking])


def plant_questions(places: list[str]) -> None:
    from jizhun.training.actions.sources import source
    from jizhun.training.models import Question, QuestionStep, QuestionVersion

    words = {"zh": "问", "en": "?"}
    today = date.today()
    for place in places:
        learned = source(kind="promise", key=(MATTER, place, "all", MEASURE), on=today).plain()
        made = Question.objects.create(code=f"B-{place}", region=place, matter=MATTER, topic="limits", by="benchmark")
        version = QuestionVersion.objects.create(
            question=made, number=1, kind="true_false", content={"stem": words, "right": True}, sources=[learned],
            by="benchmark")
        QuestionStep.objects.create(version=version, act="accepted", by="reviewer")


if __name__ == "__main__":
    sys.exit(main())
