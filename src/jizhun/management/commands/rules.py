"""``jizhun rules``: a rule of a benefit out to a file, and what a place says otherwise in from one."""

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.entitlements.actions import entitlements, foreseen_version, record_version
from jizhun.entitlements.interchange import Wrong
from jizhun.entitlements.interchange.recorded import (
    as_dmn,
    as_workbook,
    ground_of,
    taken_from,
    version_said,
)
from jizhun.entitlements.rules.book import Cited
from jizhun.entitlements.rules.exchanging import KINDS
from jizhun.entitlements.rules.proofreading import mistakes
from jizhun.entitlements.rules.reading import MARKS
from jizhun.entitlements.rules.telling import loss_in_words
from jizhun.entitlements.rules.watching import Foreseen
from jizhun.kernel.bilingual import COLON, Bilingual, Refused
from jizhun.kernel.dating import day_in_words, parse_day
from jizhun.people.rules import SYSTEM

LARGEST = 10_000_000


class Command(BaseCommand):
    help = _("A rule of a benefit out to a file, and what a place says otherwise in from one")

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="export | record")
        out = acts.add_parser("export", help=_("write the rule as a decision model or a workbook"))
        out.add_argument("code", help=_("the entitlement, e.g. unemployment_benefit"))
        out.add_argument("--region", required=True, help=_("region code, CN for the nation"))
        out.add_argument("--on", help=_("the day, YYYY-MM-DD (default: today)"))
        out.add_argument("--out", type=Path, required=True, metavar="FILE.dmn|.xlsx", help=_("the file to write"))
        into = acts.add_parser("record", help=_("record what a changed file says otherwise than the rule"))
        into.add_argument("code", help=_("the entitlement, e.g. unemployment_benefit"))
        into.add_argument("file", type=Path, help=_("a DMN file or a workbook"))
        into.add_argument("--region", required=True, help=_("the place that says so"))
        into.add_argument("--from", dest="first", required=True, metavar="D", help=_("the first day, YYYY-MM-DD"))
        into.add_argument("--until", default="", metavar="D", help=_("the last day (default: open)"))
        into.add_argument("--new-from", default="", metavar="D",
                          help=_("only for whoever became entitled from this day on (default: everybody)"))
        into.add_argument("--existing-until", default="", metavar="D",
                          help=_("the last day on which the others keep the version before (default: for good)"))
        into.add_argument("--document", required=True, help=_("the code of a paper on record"))
        into.add_argument("--clause-zh", default="", help=_("the clause, in Chinese"))
        into.add_argument("--clause-en", default="", help=_("the clause, in English"))
        into.add_argument("--mark", default="R", choices=MARKS, help=_("how far the paper was verified"))
        into.add_argument("--source", default="", help=_("where the paper can be read"))
        into.add_argument("--documents-paper", action="store_true",
                          help=_("record it although somebody loses: the paper really says so"))
        into.add_argument("--dry-run", action="store_true", help=_("say what it would do, keep nothing"))

    def handle(self, *_args: object, **options: Any) -> None:
        if options["code"] not in entitlements().heads:
            code = options["code"]
            raise Refused(zh=f"没有代码为“{code}”的待遇。", en=f"There is no entitlement “{code}”.")
        lines = _export(options) if options["act"] == "export" else _record(options)
        for line in lines:
            self.stdout.write(line)


def _in_words(text: Bilingual) -> str:
    return text.in_language(get_language() or "en")


# -- out


def _export(options: dict[str, Any]) -> Iterator[str]:
    code, region, file = options["code"], options["region"], options["out"]
    on = parse_day(options["on"]) if options["on"] else timezone.localdate()
    ground = ground_of(code=code, region=region, on=on)
    if ground.broken:
        raise Refused(zh=ground.broken.zh, en=ground.broken.en)
    if file.suffix.lower() not in (".dmn", ".xlsx"):
        raise Refused(zh=f"“{file.name}”应以 .dmn 或 .xlsx 结尾。", en=f"“{file.name}” must end in .dmn or .xlsx.")
    content = as_workbook(ground.here, region, on) if file.suffix.lower() == ".xlsx" else \
        as_dmn(ground.here, "zh" if (get_language() or "").startswith("zh") else "en")
    try:
        file.write_bytes(content)
    except OSError as error:
        raise Refused(zh=f"写不了文件 {file}（{error.strerror}）。",
                      en=f"{file} cannot be written ({error.strerror}).") from None
    yield _("%(file)s: the rule of “%(code)s” at %(region)s on %(day)s") % {
        "file": file, "code": code, "region": region, "day": on}


# -- in


def _record(options: dict[str, Any]) -> Iterator[str]:
    first = parse_day(options["first"])
    ground = ground_of(code=options["code"], region=options["region"], on=first)
    taken = taken_from(ground, _content(options["file"]), options["file"].name)
    if taken.wrong:
        raise _cells(taken.wrong)
    for one in mistakes(taken.parts, entitlements().facts):
        raise Refused(zh=f"{one.at.part}：{one.sentence.zh}", en=f"{one.at.part}: {one.sentence.en}")
    cited = Cited(options["document"], Bilingual(options["clause_zh"], options["clause_en"]), options["mark"],
                  options["source"])
    row = version_said(ground, taken.parts, first=first.isoformat(), until=options["until"], cited=cited,
                       cohort=(options["new_from"], options["existing_until"]))
    foreseen = foreseen_version(code=options["code"], row=row)
    yield from _foreseen(foreseen, row)
    if options["dry_run"]:
        yield _("Nothing was kept.")
        return
    kept = record_version(by=SYSTEM, code=options["code"], row=row, documents_paper=options["documents_paper"])
    yield _("Recorded: %(version)s") % {"version": kept}


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as content:
            return content.read(LARGEST + 1)
    except OSError as error:
        raise Refused(zh=f"读不了文件 {file}（{error.strerror}）。",
                      en=f"{file} cannot be read ({error.strerror}).") from None


def _cells(wrong: Iterable[Wrong]) -> Refused:
    """All that is wrong in a workbook, a line a cell."""
    lines = [(f"{one.sheet} {one.cell}", one.sentence) for one in wrong]
    return Refused(zh="\n".join(f"{where}{COLON.zh}{said.zh}" for where, said in lines),
                   en="\n".join(f"{where}{COLON.en}{said.en}" for where, said in lines))


def _foreseen(foreseen: Foreseen, row: dict[str, Any]) -> Iterator[str]:
    """Which parts are said otherwise, who would lose, and what one should know."""
    names = [str(one["name"]) for kind in KINDS for one in row.get(kind, ())] + [f"-{name}"
                                                                                 for name in row.get("repeals", ())]
    yield _("Says otherwise: %(parts)s") % {"parts": ", ".join(names)}
    facts = entitlements().facts
    for losing in foreseen.losing:
        for words in ([losing.broken] if losing.broken else [loss_in_words(loss, facts) for loss in losing.losses]):
            yield f"  {_in_words(day_in_words(losing.day))} {_in_words(words)}"
    for place, losing in foreseen.below:
        yield "  " + _("%(place)s would fall behind from %(day)s on") % {"place": place, "day": losing.day}
    for warning in foreseen.warnings:
        yield f"  {_in_words(warning)}"
