"""``jizhun parameters``: values over time out to files and in from files; YAML in OpenFisca's manner, or a workbook."""

from argparse import ArgumentParser
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.kernel.bilingual import COLON, Bilingual, Refused
from jizhun.kernel.spreadsheets import cell_text, read_sheets
from jizhun.people.rules import SYSTEM
from jizhun.provisions.actions import book, labels, measures, place_name
from jizhun.provisions.bringing import (
    Line,
    Looked,
    Outlook,
    choices,
    effects,
    faults,
    filled,
    look,
    outlook_of,
    read_workbook,
    take_in,
)
from jizhun.provisions.interchange.reading import Given, read_parameters
from jizhun.provisions.interchange.sheet_reading import Sheets
from jizhun.provisions.interchange.workbook import workbook
from jizhun.provisions.interchange.writing import Exported, export
from jizhun.provisions.rules.reading import MARKS, plain_value
from jizhun.provisions.rules.telling import quantity, value_in_words
from jizhun.provisions.rules.values import Said
from jizhun.regions.actions import tree

REPORT = "losses.txt"


class Command(BaseCommand):
    help = _("Values over time out to files and in from files: YAML in OpenFisca's manner, or a workbook")

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="export | import")
        out = acts.add_parser("export", help=_("write one file a line of provisions, and what is lost in them"))
        out.add_argument("--measure", help=_("the measure, e.g. minimum_wage; only with --xlsx it may be left out"))
        out.add_argument("--subject", help=_("only this matter or item, * for general parameters"))
        out.add_argument("--region", required=True, help=_("region code: this place and all below it"))
        out.add_argument("--out", type=Path, required=True, help=_("the folder to write into, with --xlsx the file"))
        out.add_argument("--xlsx", action="store_true", help=_("one workbook, a row a change point"))
        into = acts.add_parser("import", help=_("record what files say"))
        into.add_argument("file", type=Path, help=_("a YAML file, a folder of these, or a workbook (.xlsx)"))
        into.add_argument("--errors", type=Path, help=_("write the workbook with its faults marked to this file"))
        into.add_argument("--region", default="", help=_("whose values they are; overrules the files"))
        into.add_argument("--measure", default="", help=_("which measure they are; overrules the files"))
        into.add_argument("--subject", default="", help=_("of which matter or item; overrules the files"))
        into.add_argument("--mark", default="R", choices=MARKS, help=_("how far foreign files are verified"))
        into.add_argument("--documents-paper", action="store_true",
                          help=_("record also what the standard above forbids: the papers really say so"))
        into.add_argument("--dry-run", action="store_true", help=_("only list what would be recorded"))

    def handle(self, *_args: object, **options: Any) -> None:
        act = (_export_workbook if options["xlsx"] else _export) if options["act"] == "export" else _import
        for line in act(options):
            self.stdout.write(line)


# -- out -------------------------------------------------------------------------------------------------


def _export(options: dict[str, Any]) -> Iterator[str]:
    _check_codes(options)
    if not options["measure"]:
        raise Refused(zh="请用 --measure 说明是哪项指标。", en="Say which measure with --measure.")
    exported = export(book(), options["region"], measure=options["measure"], subject=options["subject"],
                      name_of=place_name, subject_name=catalogue().name_of)
    folder = options["out"]
    for file in exported.files:
        _write(folder / file.path, file.text.encode())
    if exported.losses:
        _write(folder / REPORT, "\n".join([*_losses(exported), ""]).encode())
    yield _("%(n)s files written to %(folder)s") % {"n": len(exported.files), "folder": folder}
    yield from _losses(exported)


def _check_codes(options: dict[str, Any]) -> None:
    tree().known(options["region"])
    if options["subject"]:
        catalogue().chain(options["subject"])
    if options["measure"] and options["measure"] not in measures():
        raise Refused(zh=f"没有名为“{options['measure']}”的指标。",
                      en=f"There is no measure called “{options['measure']}”.")


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise Refused(zh=f"无法写入 {path}（{error.strerror}）。",
                      en=f"{path} cannot be written ({error.strerror}).") from None


def _export_workbook(options: dict[str, Any]) -> Iterator[str]:
    _check_codes(options)
    sheets = filled(region=options["region"], measure=options["measure"], subject=options["subject"])
    _write(options["out"], workbook(sheets, choices(region=options["region"]), get_language() or "en"))
    yield _("%(n)s rows written to %(file)s") % {"n": len(sheets.rows), "file": options["out"]}


def _losses(exported: Exported) -> Iterator[str]:
    for one in exported.losses:
        said = _("written, but lost: %(line)s (%(why)s)") if one.written else _("not written: %(line)s (%(why)s)")
        yield said % {"line": one.line, "why": one.why.in_language(get_language() or "en")}


# -- in --------------------------------------------------------------------------------------------------


def _import(options: dict[str, Any]) -> Iterator[str]:
    if options["file"].suffix.lower() == ".xlsx":
        sheets = _sheets(options["file"])
        yield from (f"{one.cell}: {one.sentence.in_language(get_language() or 'en')}" for one in sheets.marked)
        _refuse_marked(sheets, options["errors"])
        outlook = outlook_of(sheets)
    else:
        given = Given(options["region"], options["measure"], options["subject"], mark=options["mark"])
        read = read_parameters(list(_files(options["file"])), given, measures())
        outlook = look(lines=[Line(name, row) for name, row in read.rows], papers=read.papers)
    yield from _told(outlook)
    if options["dry_run"]:
        yield from _faults(outlook)
        return
    kept = take_in(by=SYSTEM, outlook=outlook, documents_paper=options["documents_paper"])
    yield _("%(n)s recorded, %(there)s on record already") % {"n": len(kept), "there": len(outlook.looked) - len(kept)}


def _sheets(path: Path) -> Sheets:
    (_name, content), = _files(path)
    return read_workbook({sheet.name: [[cell_text(cell) for cell in row] for row in sheet.rows]
                          for sheet in read_sheets(content, path.name, visible=True)})


def _refuse_marked(sheets: Sheets, errors: Path | None) -> None:
    """Refuse a workbook with faults; write it with the faults marked where a file is named for that."""
    if not sheets.marked:
        return
    if errors is not None:
        _write(errors, workbook(sheets.filled, choices(), get_language() or "en"))
    number = len(sheets.marked)
    raise Refused(zh=f"有 {number} 处错误，未作任何改动。", en=f"{number} faults; nothing was recorded.")


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    """Names below the folder and contents."""
    try:
        if path.is_dir():
            for file in sorted((*path.rglob("*.yaml"), *path.rglob("*.yml"))):
                yield file.relative_to(path).as_posix(), file.read_bytes()
        else:
            yield path.name, path.read_bytes()
    except OSError as error:
        raise Refused(zh=f"读不了 {path}（{error.strerror}）。",
                      en=f"{path} cannot be read ({error.strerror}).") from None


def _told(outlook: Outlook) -> Iterator[str]:
    for one in outlook.new:
        yield _("new: %(what)s") % {"what": _words(one)}
    for paper in outlook.needed_papers:
        yield _("new paper: %(title)s") % {"title": paper.get("title_zh")}


def _words(one: Looked) -> str:
    say, language = one.say, get_language() or "en"
    name = catalogue().name_of(say.subject).in_language(language)
    what = f"{name}{COLON.in_language(language)}{measures()[say.measure].name.in_language(language)}"
    place = place_name(say.place).in_language(language)
    return f"{say.valid_from} {place} · {what} · {said_in_words(say.value, say.unit)}"


def said_in_words(value: Said, unit: str) -> str:
    """A value as said, shortly: a number in words, anything composed as its data."""
    language = get_language() or "en"
    if value is None:
        return _("nothing")
    if isinstance(value, Decimal):
        return quantity(value, unit).in_language(language)
    if isinstance(value, frozenset | Bilingual):
        names = labels()
        return value_in_words(value, lambda code: names.get(code, Bilingual(code, code))).in_language(language)
    return str(plain_value(value))


def _faults(outlook: Outlook) -> Iterator[str]:
    language = get_language() or "en"
    for one in faults(effects(outlook)):
        say = one.finding.say or one.finding.against
        what = f"{say.subject}/{say.measure}: " if say else ""
        yield f"  ! {what}{one.sentence.in_language(language)}"
    yield _("%(n)s would be recorded, %(there)s on record already; nothing was kept") % {
        "n": len(outlook.new), "there": len(outlook.looked) - len(outlook.new)}

