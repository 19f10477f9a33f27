"""``jizhun what-if``: what a scenario would do to a population, on the screen, as JSON or as a workbook."""

import json
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.entitlements import actions
from jizhun.entitlements.actions import keeping
from jizhun.entitlements.whatif.reporting import Report, plain_people, report_of
from jizhun.entitlements.whatif.scenario import Scenario, read_scenario
from jizhun.entitlements.whatif.telling import UNCERTAINTY, money, persons, spread_rows
from jizhun.entitlements.whatif.workbook import Told, payer_in_words, region_in_words, workbook
from jizhun.kernel.bilingual import COLON, Bilingual, Refused
from jizhun.kernel.texts import yaml_of
from jizhun.management.arguments import whole_number


class Command(BaseCommand):
    help = _("What a scenario would do to a population: who gets more or less, what it costs whom, how unequal it is")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("scenario", type=Path,
                            help=_("a YAML file: entitlement, regions, from, months, provisions, changes"))
        parser.add_argument("--population", required=True,
                            help=_("a CSV or Parquet file, or the name of a population that ships"))
        parser.add_argument("--mapping", type=Path,
                            help=_("a YAML file for one's own file: region, weight, facts (fact: column)"))
        parser.add_argument("--rows", type=whole_number(1, keeping.MOST), default=keeping.ROWS,
                            help=_("rows of a population that ships (default: %(default)s)"))
        parser.add_argument("--json", action="store_true", help=_("one JSON document"))
        parser.add_argument("--xlsx", type=Path, help=_("write a workbook"))

    def handle(self, *_: object, **options: Any) -> None:
        scenario = read_scenario(_yaml(options["scenario"]))
        with _people(options) as (file, mapping, code):
            outcome = actions.what_if(scenario=scenario, file=file, mapping=mapping, synthetic=bool(code))
        report = report_of(outcome)
        people = plain_people(outcome.people, simulated=bool(code) and keeping.population(code).simulated)
        told = keeping.told_of(report, scenario, keeping.population_facts(people, code))
        if options["xlsx"]:
            _write(options["xlsx"], workbook(report, told, keeping.names_of(scenario).place, get_language() or "en"))
        if options["json"]:
            self.stdout.write(json.dumps(_plain(report, told, people), ensure_ascii=False, default=str))
        elif not options["xlsx"]:
            self.stdout.write("\n".join(_lines(report, told, scenario, get_language() or "en")))


def _yaml(path: Path) -> Any:
    try:
        return yaml_of(path.read_bytes(), path.name)
    except OSError as error:
        raise Refused(zh=f"读不了文件 {path}（{error.strerror}）。",
                      en=f"{path} cannot be read ({error.strerror}).") from None


@contextmanager
def _people(options: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any], str]]:
    """The file with its mapping; or a population that ships, by its code, made for the time being."""
    named = options["population"]
    if named in keeping.populations():
        with TemporaryDirectory(prefix="what-if-") as folder:
            file = Path(folder) / "people.parquet"
            yield file, keeping.write_people(code=named, rows=options["rows"], file=file), named
        return
    file = Path(named)
    if not file.is_file():
        names = ", ".join(keeping.populations())
        raise Refused(zh=f"“{named}”既不是文件，也不是随附的人口（{names}）。",
                      en=f"“{named}” is neither a file nor a population that ships ({names}).")
    if options["mapping"] is None:
        raise Refused(zh="自己的文件要用 --mapping 说明哪一列是什么。",
                      en="Say with --mapping what the columns of the file are.")
    mapping = _yaml(options["mapping"])
    if not isinstance(mapping, dict):
        raise Refused(zh=f"{options['mapping'].name} 应是一组字段与值。",
                      en=f"{options['mapping'].name} should hold fields with values.")
    yield file, mapping, ""


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Refused(zh=f"写不了文件 {path}（{error.strerror}）。",
                      en=f"{path} cannot be written ({error.strerror}).") from None


def _plain(report: Report, told: Told, people: dict[str, Any]) -> dict[str, Any]:
    return {"finding": _both(told.finding), "scenario": told.scenario, "population": people, **report.plain(),
            "notes": [_both(one) for one in (*told.notes, UNCERTAINTY)]}


def _both(words: Bilingual) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}


def _lines(report: Report, told: Told, scenario: Scenario, language: str) -> Iterable[str]:
    def say(words: Bilingual) -> str:
        return words.in_language(language)
    yield say(told.finding)
    for label, value in told.population:
        yield f"  {say(label)}{say(COLON)}{say(value) if isinstance(value, Bilingual) else value}"
    place = keeping.names_of(scenario).place
    for line in report.regions:
        found = _("%(amount)s, %(gain)s more, %(lose)s less") % {
            "amount": _signed(line.difference or 0, language), "gain": say(persons(line.gain or 0)),
            "lose": say(persons(line.lose or 0))}
        yield f"  {say(region_in_words(line, place))}{say(COLON)}{found}"
    for payer, before, after in report.payers:
        yield f"  {say(payer_in_words(payer))}{say(COLON)}{say(money(before))} → {say(money(after))}"
    for words, one, other in spread_rows(report.spread_before, report.spread_after):
        if one is not None and other is not None:
            yield f"  {say(words)}{say(COLON)}{one:.4f} → {other:.4f}"
    if report.error is not None:
        yield f"  ± {say(money(round(1.96 * report.error)))}"
    yield from (say(one) for one in (*told.notes, UNCERTAINTY))


def _signed(cents: int, language: str) -> str:
    return f"{'−' if cents < 0 else '+'}{money(cents).in_language(language)}"
