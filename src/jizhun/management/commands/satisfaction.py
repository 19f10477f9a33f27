"""``jizhun satisfaction``: what people say of the services of a place, with every denominator, and who says it."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.evaluation.rules.rated import distribution, shown
from jizhun.evaluation.rules.satisfaction import GRADES, Tally
from jizhun.evaluation.rules.saying import RATES, rate
from jizhun.evaluation.satisfaction import Result, satisfaction
from jizhun.kernel.dating import parse_day


class Command(BaseCommand):
    help = _("Count what people say of the services of a place: grades, rates with their denominators, reasons.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--region", help=_("only this region and all below it"))
        parser.add_argument("--matter", help=_("the matter's code"))
        parser.add_argument("--source", help=_("who handed the ratings in (may be left out where only one did)"))
        parser.add_argument("--from", dest="first", help=_("rated from this day"))
        parser.add_argument("--to", dest="last", help=_("rated to this day"))
        parser.add_argument("--engine", choices=("duckdb", "spark"))
        parser.add_argument("--format", choices=("table", "json"), default="table")
        parser.add_argument("--sql", action="store_true", help=_("also print the SQL that made it"))

    def handle(self, *_args: object, **options: Any) -> None:
        first, last = (parse_day(options[name]) if options[name] else None for name in ("first", "last"))
        found = satisfaction(region=options["region"], matter=options["matter"], source=options["source"],
                             engine_name=options["engine"], first=first, last=last)
        if options["format"] == "json":
            json.dump(as_data(found), sys.stdout, ensure_ascii=False, indent=1)
            sys.stdout.write("\n")
        else:
            sys.stdout.write(as_text(found, get_language() or "en"))
        if options["sql"]:
            sys.stdout.write(f"\n{found.run.sql}\n")


def as_text(found: Result, language: str) -> str:
    """The grades, the rates with what they are of, and the places."""
    simulated = f" · {_('simulated')}" if found.simulated else ""
    place = f"{found.region[0]} {found.region[1].in_language(language)} · " if found.region else ""
    lines = [f"{place}{found.source} · {found.as_of}{simulated}"]
    for grade, n in distribution(found.rated.whole, found.smallest).items():
        number = _("not shown") if n is None else f"{n:,}"
        lines.append(f"  {GRADES[grade].in_language(language)}: {number}")
    whole = found.heard.whole if found.heard else None
    for one in RATES:
        told = rate(one.code, found.rated.whole, whole, found.smallest)
        lines.append(f"{one.name.in_language(language)}: {told.in_language(language)}")
    lines.append(_("By place: positive, effective ratings"))
    for code, row in shown(found.rated.by["place"], found.smallest).items():
        name = found.labels["place"][code][1].in_language(language)
        value = row.tally.positive_rate.value
        told_of = _("not shown") if row.hidden or value is None else f"{value:.1%} {row.tally.valid:,}"
        lines.append(f"  {name}: {told_of}")
    return "\n".join(lines) + "\n"


def as_data(found: Result) -> dict[str, Any]:
    """Everything that may be shown, as plain data."""
    rated = found.rated
    return {
        "region": found.region[0] if found.region else None, "source": found.source, "simulated": found.simulated,
        "as_of": found.as_of.isoformat(), "run": found.run.pk,
        "grades": {str(grade): n for grade, n in distribution(rated.whole, found.smallest).items()},
        "valid": rated.whole.valid, "default_praise": rated.whole.default, "void": rated.whole.void,
        "appealed": rated.whole.appealed, "cases": found.heard.whole.cases if found.heard else None,
        "index": None if rated.index is None else {
            "value": round(rated.index.value, 4), "scale": rated.index.scale, "ratings": dict(rated.index.counts)},
        "reasons": dict(rated.reasons.by_category) if found.simulated else None,
        "by": {name: _rows(found, name, some) for name, some in rated.by.items()}}


def _rows(found: Result, name: str, some: dict[int, Tally] | Any) -> list[dict[str, Any]]:
    return [{"code": found.labels[name][code][0], "positive": row.positive, "negative": row.negative,
             "valid": row.valid} for code, row in shown(some, found.smallest).items()]
