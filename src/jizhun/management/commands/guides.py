"""``jizhun guides``: many guides at once: out to a workbook and in again, checked, copied, and from a template."""

import csv
import json
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.guides.actions import GUIDE, SORTS
from jizhun.guides.actions.bringing import Brought, export_guides, look_at_workbook, take_in, with_faults
from jizhun.guides.actions.bulk import OUTCOMES, Change, look_many, record_many
from jizhun.guides.actions.checking import findings_within
from jizhun.guides.actions.copying import copied, from_template, read_template
from jizhun.guides.rules.checks import KINDS, SEVERITIES, Finding
from jizhun.kernel.bilingual import COLON, COMMA, Refused
from jizhun.kernel.dating import parse_day
from jizhun.kernel.texts import yaml_of
from jizhun.people.models import User
from jizhun.people.rules import SYSTEM, Actor
from jizhun.regions.actions import tree

MOST_TOLD = 50
"""Faults that are told one by one."""


class Command(BaseCommand):
    help = _("Many guides at once: workbook out and in, checks, copies, templates")

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="export | import | check | copy | apply")
        _export_arguments(acts.add_parser("export", help=_("write a workbook to be filled in")))
        _import_arguments(acts.add_parser("import", help=_("record what a workbook says")))
        _check_arguments(acts.add_parser("check", help=_("what is wrong with the guides of a region")))
        _copy_arguments(acts.add_parser("copy", help=_("copy what one place says to others")))
        _apply_arguments(acts.add_parser("apply", help=_("apply a template to many matters and places")))

    def handle(self, *_args: object, **options: Any) -> None:
        for line in ACTS[options["act"]](options):
            self.stdout.write(line)


def _chosen(parser: ArgumentParser) -> None:
    parser.add_argument("--matters", nargs="+", default=[], help=_("codes of matters (default: all)"))
    parser.add_argument("--sort", choices=tuple(SORTS), default=GUIDE, help=_("guides or procedures"))


def _written(parser: ArgumentParser) -> None:
    parser.add_argument("--by", help=_("the login in whose name it is done"))
    parser.add_argument("--dry-run", action="store_true", help=_("only tell what would be recorded"))
    parser.add_argument("--only-good", action="store_true", help=_("record what is right although something is wrong"))
    parser.add_argument("--from", dest="first", help=_("from which day on it counts (default: today)"))
    parser.add_argument("--note", default="", help=_("why"))


def _export_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--region", required=True, help=_("region code: this place and all below it"))
    parser.add_argument("--level", type=int, choices=range(5), help=_("only places of this level, 0 nation to 4 town"))
    parser.add_argument("--fields", nargs="+", default=[], help=_("codes of fields (default: all)"))
    parser.add_argument("--out", type=Path, required=True, help=_("the file to write"))
    _chosen(parser)


def _import_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help=_("the workbook (.xlsx)"))
    parser.add_argument("--errors", type=Path, help=_("write the workbook with its faults marked to this file"))
    parser.add_argument("--source", default="", help=_("where the words come from"))
    parser.add_argument("--sort", choices=tuple(SORTS), default=GUIDE, help=_("guides or procedures"))
    _written(parser)


def _check_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--region", required=True, help=_("region code: this place and all below it"))
    parser.add_argument("--on", help=_("the day, YYYY-MM-DD (default: today)"))
    parser.add_argument("--kinds", nargs="+", default=[], help=_("only these kinds: %(kinds)s") % {
        "kinds": ", ".join(KINDS)})
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help=_("one JSON document"))
    form.add_argument("--csv", action="store_true", help=_("a CSV table"))
    _chosen(parser)


def _copy_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--region", required=True, help=_("the place whose words are copied"))
    parser.add_argument("--to", nargs="+", required=True, help=_("the places to which they are copied"))
    parser.add_argument("--fields", nargs="+", default=[], help=_("codes of fields (default: all)"))
    _chosen(parser)
    _written(parser)


def _apply_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help=_("YAML: field, then zh and en, items or choice; {place_zh} is put in"))
    parser.add_argument("--region", required=True, help=_("region code: this place and all below it"))
    parser.add_argument("--level", type=int, choices=range(5), help=_("only places of this level, 0 nation to 4 town"))
    parser.add_argument("--source", default="", help=_("where the words come from"))
    _chosen(parser)
    _written(parser)


# -- acts ------------------------------------------------------------------------------------------


def _language() -> str:
    return "zh" if (get_language() or "en").startswith("zh") else "en"


def _places(options: dict[str, Any]) -> list[str]:
    held, today = tree(), timezone.localdate()
    return [code for code in held.within(options["region"], today)
            if options["level"] is None or held.level(code) == options["level"]]


def _by(options: dict[str, Any]) -> Actor:
    if not options["by"]:
        return SYSTEM
    user = User.objects.filter(username=options["by"], is_active=True).first()
    if user is None:
        raise Refused(zh=f"没有登录名“{options['by']}”。", en=f"There is no login “{options['by']}”.")
    return user


def _first(options: dict[str, Any]) -> date | None:
    return parse_day(options["first"]) if options["first"] else None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refused(zh=f"读不了 {path}（{error.strerror}）。",
                      en=f"{path} cannot be read ({error.strerror}).") from None


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Refused(zh=f"无法写入 {path}（{error.strerror}）。",
                      en=f"{path} cannot be written ({error.strerror}).") from None


def _export(options: dict[str, Any]) -> Iterator[str]:
    places = _places(options)
    content = export_guides(regions=places, matters=options["matters"], fields=options["fields"],
                            sort=options["sort"], language=_language())
    _write(options["out"], content)
    yield _("%(n)s places written to %(file)s") % {"n": len(places), "file": options["out"]}


def _import(options: dict[str, Any]) -> Iterator[str]:
    by, path, first = _by(options), options["file"], _first(options)
    brought = look_at_workbook(by=by, content=_read(path), name=path.name, on=first, sort=options["sort"],
                               source=options["source"])
    yield from _marked(brought)
    if brought.marked and options["errors"] is not None:
        _write(options["errors"], with_faults(brought, _language()))
    yield _counted(brought.outlook.counts)
    if options["dry_run"]:
        yield _nothing(len(brought.good), brought.bad)
        return
    made = take_in(by=by, brought=brought, on=first, sort=options["sort"], source=options["source"],
                   only_good=options["only_good"], note=options["note"])
    yield _("%(n)s versions recorded") % {"n": made}


def _marked(brought: Brought) -> Iterator[str]:
    for one in brought.marked[:MOST_TOLD]:
        yield f"{one.cell}{COLON.in_language(_language())}{one.sentence.in_language(_language())}"
    if len(brought.marked) > MOST_TOLD:
        yield _("… and %(n)s more faults") % {"n": len(brought.marked) - MOST_TOLD}


def _counted(counts: Mapping[str, int]) -> str:
    told = [f"{name.in_language(_language())} {counts[kind]}" for kind, name in OUTCOMES.items()]
    return _("Fields: %(counts)s") % {"counts": COMMA.in_language(_language()).join(told)}


def _nothing(good: int, bad: int) -> str:
    return _("%(good)s guides would be recorded, %(bad)s have faults; nothing was kept") % {"good": good, "bad": bad}


def _copy(options: dict[str, Any]) -> Iterator[str]:
    by = _by(options)
    changes = copied(source=options["region"], targets=options["to"], matters=options["matters"],
                     fields=options["fields"], on=_first(options), sort=options["sort"])
    yield from _record(options, by, changes)


def _apply(options: dict[str, Any]) -> Iterator[str]:
    by, path = _by(options), options["file"]
    contents = read_template(yaml_of(_read(path), path.name), path.name)
    changes = from_template(contents=contents, matters=options["matters"] or list(catalogue().matters),
                            regions=_places(options), sort=options["sort"])
    yield from _record(options, by, changes)


def _record(options: dict[str, Any], by: Actor, changes: Sequence[Change]) -> Iterator[str]:
    first, source = _first(options), options.get("source", "")
    if not options["dry_run"]:
        done = record_many(by=by, sort=options["sort"], changes=changes, on=first, note=options["note"], source=source,
                           only_good=options["only_good"])
        yield _counted(done.outlook.counts)
        yield _("%(n)s versions recorded") % {"n": done.versions}
        return
    outlook = look_many(by=by, sort=options["sort"], changes=changes, on=first, source=source)
    for one in outlook.refused[:MOST_TOLD]:
        for why in one.refused.values():
            what = f"{one.change.matter}/{one.change.region}"
            yield f"{what}{COLON.in_language(_language())}{why.sentence.in_language(_language())}"
    yield _counted(outlook.counts)
    yield _nothing(len(outlook.good), len(outlook.refused))


# -- checks ----------------------------------------------------------------------------------------


def _check(options: dict[str, Any]) -> Iterator[str]:
    day = parse_day(options["on"]) if options["on"] else timezone.localdate()
    found = findings_within(regions=tree().within(options["region"], day), on=day, kinds=options["kinds"],
                            matters=[catalogue().matter(code).code for code in options["matters"]],
                            sort=options["sort"])
    if options["json"]:
        yield json.dumps({"region": options["region"], "on": day.isoformat(), "findings": [
            _plain(matter, one) for (matter, _place), some in found.items() for one in some]}, ensure_ascii=False)
    elif options["csv"]:
        yield from _as_csv(found)
    else:
        yield from _told(found)


Found = Mapping[tuple[str, str], Sequence[Finding]]
CSV_COLUMNS = ("matter", "region", "field", "item", "kind", "severity", "sentence_zh", "sentence_en", "quote")


def _plain(matter: str, one: Finding) -> dict[str, str]:
    return {"matter": matter, "region": one.place, "field": one.field, "item": one.item, "kind": one.kind,
            "severity": one.severity, "sentence_zh": one.sentence.zh, "sentence_en": one.sentence.en,
            "quote": one.quote}


class _Line:
    """What csv writes into, a line at a time."""

    def write(self, text: str) -> str:
        return text.rstrip("\r\n")


def _as_csv(found: Found) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield str(writer.writerow(CSV_COLUMNS))
    for (matter, _place), some in found.items():
        for one in some:
            yield str(writer.writerow([_plain(matter, one)[name] for name in CSV_COLUMNS]))


def _told(found: Found) -> Iterator[str]:
    counts = dict.fromkeys(SEVERITIES, 0)
    for (matter, place), some in sorted(found.items()):
        yield f"{matter or '-'} {place} {tree().known(place).name.in_language(_language())}"
        for one in some:
            counts[one.severity] += 1
            yield f"    {SEVERITIES[one.severity].in_language(_language())} · {one.sentence.in_language(_language())}"
            if one.quote and one.kind == "hard_to_read":
                yield f"        {one.quote}"
    told = [f"{name.in_language(_language())} {counts[kind]}" for kind, name in SEVERITIES.items()]
    yield COMMA.in_language(_language()).join(told)


ACTS = {"export": _export, "import": _import, "check": _check, "copy": _copy, "apply": _apply}
