"""``jizhun evaluate``: compute an index over the cases of a source."""

import csv
import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.evaluation.actions import Again, Result, again, evaluate
from jizhun.evaluation.models import Run
from jizhun.evaluation.rules import total
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.dating import parse_day
from jizhun.management.arguments import whole_number

COLUMNS = ("numerator", "denominator", "value", "cases", "kept", "broken", "open", "overdue", "no_promise")


class Command(BaseCommand):
    help = _("Compute an index over the cases of a source.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--index", default="conformance", help=_("conformance, conformance.fee, on_time, …"))
        parser.add_argument("--source", help=_("who handed the cases in"))
        parser.add_argument("--by", default="", help=_("item, matter, region, province, prefecture, county, group, "
                                                     "channel, month; comma-separated"))
        parser.add_argument("--from", dest="first", help=_("accepted from this day"))
        parser.add_argument("--to", dest="last", help=_("accepted to this day"))
        parser.add_argument("--region", help=_("only this region and all below it"))
        parser.add_argument("--as-of", help=_("the data date for open cases"))
        parser.add_argument("--engine", choices=("auto", "duckdb", "compiled", "spark"))
        parser.add_argument("--format", choices=("table", "csv", "json"), default="table")
        parser.add_argument("--again", type=whole_number(1), metavar="RUN",
                            help=_("make a former run again from the cases of its time, and compare"))
        parser.add_argument("--sql", action="store_true", help=_("also print the SQL that made it"))

    def handle(self, *_args: object, **options: Any) -> None:
        if options["again"]:
            self.stdout.write(compared(again(run=run_of(options["again"]), engine_name=options["engine"],
                                             progress=_bar if sys.stderr.isatty() else None)))
            return
        if not options["source"]:
            raise Refused(zh="请给出 --source。", en="Name the --source.")
        result = evaluate(
            index=options["index"], source=options["source"], by=options["by"], region=options["region"],
            first=_day(options["first"]), last=_day(options["last"]), as_of=_day(options["as_of"]),
            engine_name=options["engine"], progress=_bar if sys.stderr.isatty() else None)
        PRINTERS[options["format"]](result)
        if options["sql"]:
            sys.stdout.write(f"\n{result.run.sql}\n")


def run_of(number: int) -> Run:
    """The run of that number; raises Refused when there is none."""
    if found := Run.objects.filter(pk=number).first():
        return found
    raise Refused(zh=f"没有第 {number} 次计算。", en=f"There is no run {number}.")


def compared(made: Again) -> str:
    """Whether a former run gives the same figures again."""
    run, now = made.run, total(made.figures)
    then = [sum(row[place] for row in run.figures) for place in (1, 2)]
    head = _("Run %(run)s: %(index)s of %(source)s, version %(version)s of the cases.") % {
        "run": run.pk, "index": run.index, "source": run.source, "version": run.lake_version}
    verdict = _("Every figure is the same again.") if made.same else _("The figures differ.")
    return f"{head}\n{then[0]:,} / {then[1]:,} -> {now.numerator:,} / {now.denominator:,}\n{verdict}"


def _bar(done: int, cases: int) -> None:
    """One line on the terminal, written over after each part."""
    sys.stderr.write(f"\r{done / max(cases, 1):4.0%} {done:,} / {cases:,}   " + ("\n" if done >= cases else ""))
    sys.stderr.flush()


def _day(text: str | None) -> Any:
    return parse_day(text) if text else None


def _records(result: Result) -> list[dict[str, Any]]:
    language, names = get_language() or "en", result.by.dimensions
    records = []
    for row in result.rows:
        labels = {name: code for name, (code, _name) in zip(names, row.labels, strict=True)}
        words = {f"{name}_name": name_.in_language(language)
                 for name, (_code, name_) in zip(names, row.labels, strict=True)}
        records.append({**labels, **words, **_numbers(row.figure)})
    return records


def _numbers(figure: Any) -> dict[str, Any]:
    none, kept, open_, overdue, broken = figure.verdicts
    value = None if figure.value is None else round(figure.value, 6)
    return dict(zip(COLUMNS, (figure.numerator, figure.denominator, value, figure.cases, kept, broken, open_, overdue,
                              none), strict=True))


def as_json(result: Result) -> None:
    json.dump({"index": result.index.code, "source": result.run.source, "simulated": result.simulated,
               "as_of": result.as_of.isoformat(),
               "run": result.run.pk, "rows": _records(result), "total": _numbers(result.total)},
              sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def as_csv(result: Result) -> None:
    records = _records(result) or [_numbers(result.total)]
    writer = csv.DictWriter(sys.stdout, list(records[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)


def as_table(result: Result) -> None:
    language = get_language() or "en"
    simulated = f" · {_('simulated')}" if result.simulated else ""
    sys.stdout.write(
        f"{result.index.name.in_language(language)} · {result.run.source} · {result.as_of}{simulated}\n")
    for record, row in zip(_records(result), result.rows, strict=True):
        label = " · ".join(f"{code} {name.in_language(language)}" for code, name in row.labels)
        sys.stdout.write(_line(record, label))
    sys.stdout.write(_line(_numbers(result.total), "="))


def _line(numbers: dict[str, Any], label: str) -> str:
    return f"{_percent(numbers['value']):>8}  {numbers['denominator']:>9,} / {numbers['cases']:>9,}  {label}\n"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.2%}"


PRINTERS = {"table": as_table, "csv": as_csv, "json": as_json}
