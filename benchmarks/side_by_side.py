"""Eight places by all matters side by side: the first answer, the one that is kept, and the two files.

``python -m benchmarks.side_by_side`` makes a home of its own with the national list and the fictional province, and
prints seconds: for eight places of the fictional province, whose guides have words of their own, and eight provinces.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from io import StringIO

import django
from django.core.management import call_command

TODAY = date.today()
ROUNDS = 5
EIGHT = {"fictional places": ("990100", "990200", "990300", "990400", "990101", "990201", "990301", "990401"),
         "real provinces": ("110000", "120000", "130000", "310000", "320000", "330000", "500000", "510000")}


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="jizhun-benchmark-") as home:
        os.environ |= {"JIZHUN_HOME": home, "DJANGO_SETTINGS_MODULE": "jizhun.settings"}
        django.setup()
        call_command("init", stdout=StringIO())
        call_command("load", "national", stdout=StringIO())
        call_command("demo", "--cases", "0", stdout=StringIO())
        for name, places in EIGHT.items():
            measure(name, places)


def measure(name: str, places: tuple[str, ...]) -> None:
    from jizhun.catalogue.actions import catalogue
    from jizhun.collaboration.actions import beside
    from jizhun.collaboration.documents.word import as_docx
    from jizhun.collaboration.documents.workbook import as_xlsx
    from jizhun.regions.actions import tree

    def place(code: str) -> object:
        return tree().known(code).name

    def anew() -> None:
        beside._compared.cache_clear()
        beside.side_by_side(places=places, on=TODAY)

    found = beside.side_by_side(places=places, on=TODAY)
    print(f"{name}: {len(places)} places, {len(found.subjects)} subjects, {found.lines} lines, of which "
          f"{found.differing} differ")
    said("worked out anew", anew)
    said("kept", lambda: beside.side_by_side(places=places, on=TODAY))
    said("XLSX", lambda: as_xlsx(found, catalogue().name_of, place, "en", simulated=True))
    said("Word", lambda: as_docx(found, catalogue().name_of, place, "en", simulated=True))


def said(what: str, work: Callable[[], object]) -> None:
    spent = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        spent.append(time.perf_counter() - began)
    print(f"  {what:<16} {statistics.median(spent):8.3f} s (median of {ROUNDS}, {max(spent):.3f} at most)")


if __name__ == "__main__":
    main()
