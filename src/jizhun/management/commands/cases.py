"""``jizhun cases``: the single cases behind a figure, with promise, clause, actual value and verdict."""

import csv
import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.evaluation.actions import CaseRow, Judged, cases, is_simulated
from jizhun.kernel.dating import parse_day
from jizhun.management.arguments import whole_number

PAGE = 50_000


class Command(BaseCommand):
    help = _("List single cases with promise, clause, actual value and verdict.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--source", required=True)
        parser.add_argument("--verdict", help=_("kept, broken, open, overdue or no-promise"))
        parser.add_argument("--measure", help=_("the verdict on this measure, not on the whole case"))
        parser.add_argument("--matter", help=_("matter or item code"))
        parser.add_argument("--region", help=_("this region and all below it"))
        parser.add_argument("--from", dest="first")
        parser.add_argument("--to", dest="last")
        parser.add_argument("--as-of")
        parser.add_argument("--limit", type=whole_number(0), default=0, help=_("at most so many (default: all)"))
        parser.add_argument("--format", choices=("csv", "json"), default="csv")

    def handle(self, *_args: object, **options: Any) -> None:
        asked = {name: options[name] for name in ("source", "verdict", "measure", "matter", "region")}
        asked |= {name: parse_day(options[name]) if options[name] else None for name in ("first", "last", "as_of")}
        write = _as_json if options["format"] == "json" else _as_csv
        simulated, rows = is_simulated(options["source"]), _all(asked, options["limit"])
        write(chain(list(islice(rows, 1)), rows), simulated)  # the first is asked for before anything is written


def _all(asked: dict[str, Any], limit: int) -> Iterator[CaseRow]:
    offset = 0
    while True:
        wanted = min(PAGE, limit - offset) if limit else PAGE
        page = cases(**asked, limit=wanted, offset=offset) if wanted else []
        yield from page
        offset += len(page)
        if len(page) < PAGE:
            return


def _plain(row: CaseRow, simulated: bool) -> dict[str, Any]:
    language = get_language() or "en"
    return {"case": row.key, "simulated": simulated,
            "matter": row.matter[0], "matter_name": row.matter[1].in_language(language),
            "region": row.region[0], "region_name": row.region[1].in_language(language),
            "accepted_on": row.accepted_on.isoformat(),
            "closed_on": row.closed_on.isoformat() if row.closed_on else "", "verdict": row.verdict}


def _measure(judged: Judged) -> dict[str, Any]:
    language, said = get_language() or "en", judged.provision
    document = said.document if said else None
    return {"measure": judged.measure, "promise": judged.promise, "actual": judged.actual, "unit": judged.unit,
            "measure_verdict": judged.verdict,
            "clause": "" if said is None else (said.clause_zh if language.startswith("zh") else said.clause_en),
            "document": "" if document is None else (
                document.title_zh if language.startswith("zh") else document.title_en),
            "provision": said.pk if said else ""}


def _as_json(rows: Iterator[CaseRow], simulated: bool) -> None:
    sys.stdout.write("[")
    for n, row in enumerate(rows):
        record = {**_plain(row, simulated), "measures": [_measure(judged) for judged in row.measures]}
        sys.stdout.write(("," if n else "") + "\n" + json.dumps(record, ensure_ascii=False))
    sys.stdout.write("\n]\n")


def _as_csv(rows: Iterator[CaseRow], simulated: bool) -> None:
    """One line a case and judged measure; a case without a promise has one line with empty columns."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    heads = ["measure", "promise", "actual", "unit", "measure_verdict", "clause", "document", "provision"]
    writer.writerow(["case", "simulated", "matter", "matter_name", "region", "region_name", "accepted_on", "closed_on",
                     "verdict", *heads])
    for row in rows:
        for measured in [_measure(judged) for judged in row.measures] or [dict.fromkeys(heads, "")]:
            writer.writerow([*_plain(row, simulated).values(), *measured.values()])
