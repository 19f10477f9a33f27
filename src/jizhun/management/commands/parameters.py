"""``jizhun parameters``: values over time out to files and in from files; OpenFisca's YAML, or a workbook."""

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
from jizhun.people.rules import SYSTEM
from jizhun.provisions.actions import book, labels, measures, place_name
from jizhun.provisions.bringing import Line, Looked, Outlook, effects, faults, look, take_in
from jizhun.provisions.interchange.reading import Given, read_parameters
from jizhun.provisions.interchange.writing import Exported, export
from jizhun.provisions.rules.reading import MARKS, plain_value
from jizhun.provisions.rules.telling import quantity, value_in_words
from jizhun.provisions.rules.values import Said
from jizhun.regions.actions import tree

REPORT = "losses.txt"


class Command(BaseCommand):
    help = _("Values over time out to files and in from files: YAML in OpenFisca's manner")

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="export | import")
        out = acts.add_parser("export", help=_("write one file a line of provisions, and what is lost in them"))
        out.add_argument("--measure", required=True, help=_("the measure, e.g. minimum_wage"))
        out.add_argument("--subject", help=_("only this matter or item, * for general parameters"))
        out.add_argument("--region", required=True, help=_("region code: this place and all below it"))
        out.add_argument("--out", type=Path, required=True, help=_("the folder to write into"))
        into = acts.add_parser("import", help=_("record what files say"))
        into.add_argument("file", type=Path, help=_("a file, or a folder of files"))
        into.add_argument("--region", default="", help=_("whose values they are; overrules the files"))
        into.add_argument("--measure", default="", help=_("which measure they are; overrules the files"))
        into.add_argument("--subject", default="", help=_("of which matter or item; overrules the files"))
        into.add_argument("--mark", default="R", choices=MARKS, help=_("how far foreign files are verified"))
        into.add_argument("--documents-paper", action="store_true",
                          help=_("record also what the standard above forbids: the papers really say so"))
        into.add_argument("--dry-run", action="store_true", help=_("only list what would be recorded"))

    def handle(self, *_args: object, **options: Any) -> None:
        lines = _export(options) if options["act"] == "export" else _import(options)
        self.stdout.write("\n".join(lines))


# -- out -------------------------------------------------------------------------------------------------


def _export(options: dict[str, Any]) -> Iterator[str]:
    tree().known(options["region"])
    if options["subject"]:
        catalogue().chain(options["subject"])
    exported = export(book(), options["region"], measure=options["measure"], subject=options["subject"],
                      name_of=place_name, subject_name=catalogue().name_of)
    folder = options["out"]
    try:
        for file in exported.files:
            path = folder / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file.text, "utf-8")
        if exported.losses:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / REPORT).write_text("\n".join([*_losses(exported), ""]), "utf-8")
    except OSError as error:
        raise Refused(zh=f"无法写入 {folder}（{error.strerror}）。",
                      en=f"{folder} cannot be written ({error.strerror}).") from None
    yield _("%(n)s files written to %(folder)s") % {"n": len(exported.files), "folder": folder}
    yield from _losses(exported)


def _losses(exported: Exported) -> Iterator[str]:
    for one in exported.losses:
        said = _("written, but lost: %(line)s (%(why)s)") if one.written else _("not written: %(line)s (%(why)s)")
        yield said % {"line": one.line, "why": one.why.in_language(get_language() or "en")}


# -- in --------------------------------------------------------------------------------------------------


def _import(options: dict[str, Any]) -> Iterator[str]:
    given = Given(options["region"], options["measure"], options["subject"], mark=options["mark"])
    read = read_parameters(list(_files(options["file"])), given, measures())
    outlook = look(lines=[Line(name, row) for name, row in read.rows], papers=read.papers)
    yield from _told(outlook)
    if options["dry_run"]:
        yield from _faults(outlook)
        return
    kept = take_in(by=SYSTEM, outlook=outlook, documents_paper=options["documents_paper"])
    yield _("%(n)s recorded, %(there)s on record already") % {"n": len(kept), "there": len(outlook.looked) - len(kept)}


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
        words = labels()
        return value_in_words(value, lambda code: words.get(code, Bilingual(code, code))).in_language(language)
    return str(plain_value(value))


def _faults(outlook: Outlook) -> Iterator[str]:
    language = get_language() or "en"
    for one in faults(effects(outlook)):
        yield f"  ! {one.sentence.in_language(language)}"
    yield _("%(n)s would be recorded, %(there)s on record already; nothing was kept") % {
        "n": len(outlook.new), "there": len(outlook.looked) - len(outlook.new)}

