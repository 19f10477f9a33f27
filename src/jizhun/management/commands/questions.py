"""``jizhun questions``: draft questions out of the data, bring them in, give them out, tell authors what is suspended.
"""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.kernel.bilingual import COLON, Bilingual, Refused
from jizhun.kernel.dating import parse_day
from jizhun.management.arguments import whole_number
from jizhun.people.rules import SYSTEM
from jizhun.regions.actions import tree
from jizhun.training.actions import bank, exchange
from jizhun.training.interchange.items import Loss
from jizhun.training.models import Question
from jizhun.training.rules.banking import STATES
from jizhun.training.rules.questions import TYPES


class Command(BaseCommand):
    help = _("Draft questions out of the data, bring them in, give them out, tell authors what is suspended")

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="draft | import | export | sweep")
        draft = acts.add_parser("draft", help=_("draft questions out of what is on record"))
        draft.add_argument("--region", required=True, help=_("region code, CN for the nation"))
        draft.add_argument("--matter", action="append", default=[], metavar="CODE", help=_("a matter; may be repeated"))
        draft.add_argument("--standard", action="append", default=[], metavar="NUMBER",
                           help=_("a standard, for questions on its clauses; may be repeated"))
        draft.add_argument("--kind", action="append", default=[], choices=[*TYPES], help=_("a type; may be repeated"))
        draft.add_argument("--seed", default="1", help=_("the same seed and data draft the same questions"))
        draft.add_argument("--most", type=whole_number(1, bank.MOST_DRAFTS), default=50, help=_("how many at most"))
        draft.add_argument("--on", help=_("the day, YYYY-MM-DD (default: today)"))
        draft.add_argument("--keep", action="store_true", help=_("keep them as drafts (default: only show them)"))
        into = acts.add_parser("import", help=_("bring in a Moodle XML or QTI 3.0 file"))
        into.add_argument("file", type=Path, help=_("the file"))
        into.add_argument("--region", required=True, help=_("region code, CN for the nation"))
        into.add_argument("--dry-run", action="store_true", help=_("say what it would do, keep nothing"))
        out = acts.add_parser("export", help=_("write questions as Moodle XML or a QTI 3.0 package"))
        out.add_argument("--region", required=True, help=_("region code: this place and all below it"))
        out.add_argument("--format", choices=[*exchange.FORMATS], default=exchange.MOODLE, help=_("the format"))
        out.add_argument("--state", choices=[*STATES], default="accepted", help=_("where they stand"))
        out.add_argument("--out", type=Path, required=True, metavar="FILE", help=_("the file to write"))
        acts.add_parser("sweep", help=_("tell authors of questions that are suspended or soon will be"))

    def handle(self, *_args: object, **options: Any) -> None:
        for line in _ACTS[options["act"]](options):
            self.stdout.write(line)


def _in_words(text: Bilingual) -> str:
    return text.in_language(get_language() or "en")


def _draft(options: dict[str, Any]) -> Iterator[str]:
    on = parse_day(options["on"]) if options["on"] else None
    made = bank.draft_questions(
        by=SYSTEM, region=options["region"], seed=options["seed"], kinds=options["kind"] or [*TYPES], on=on,
        matters=options["matter"] or ([] if options["standard"] else [*catalogue().matters]),
        standards=options["standard"], most=options["most"])
    for draft in made:
        stem = draft.content["stem"]
        yield f"{bank.code_of(draft)}  {_in_words(TYPES[draft.kind])}  {_in_words(Bilingual(stem['zh'], stem['en']))}"
    if options["keep"]:
        yield _("%(n)s of %(all)s were kept as drafts.") % {
            "n": len(bank.keep_drafts(by=SYSTEM, made=made)), "all": len(made)}
    else:
        yield _("Nothing was kept.")


def _import(options: dict[str, Any]) -> Iterator[str]:
    file = options["file"]
    try:
        content = file.read_bytes()
    except OSError as error:
        raise Refused(zh=f"读不了文件 {file}（{error.strerror}）。",
                      en=f"{file} cannot be read ({error.strerror}).") from None
    outlook = exchange.look_at(by=SYSTEM, region=options["region"], taken=exchange.read_questions(content, file.name))
    yield from _lost(outlook.losses)
    yield _("%(new)s new, %(changed)s changed, %(there)s there already") % {
        "new": len(outlook.new), "changed": len(outlook.changed), "there": len(outlook.there)}
    if options["dry_run"]:
        yield _("Nothing was kept.")
        return
    exchange.take_in(by=SYSTEM, outlook=outlook)


def _export(options: dict[str, Any]) -> Iterator[str]:
    region, file = options["region"], options["out"]
    tree().known(region)
    places = Question.objects.filter(region__in=tree().within(region, timezone.localdate()))
    held = [one for one in bank.held_questions(places) if one.standing.state == options["state"]]
    given = exchange.give_out(by=SYSTEM, held=held, form=options["format"])
    try:
        file.write_bytes(given.content)
    except OSError as error:
        raise Refused(zh=f"写不了文件 {file}（{error.strerror}）。",
                      en=f"{file} cannot be written ({error.strerror}).") from None
    yield from _lost(given.losses)
    yield _("%(file)s: %(n)s questions") % {"file": file, "n": len(held)}


def _lost(losses: tuple[Loss, ...]) -> Iterator[str]:
    for one in losses:
        yield f"  {one.where}{_in_words(COLON)}{_in_words(one.why)}"


def _sweep(_options: dict[str, Any]) -> Iterator[str]:
    swept = bank.sweep()
    yield _("%(suspended)s suspended, %(coming)s within a month; notices left: %(notices)s") % {
        "suspended": swept.suspended, "coming": swept.coming, "notices": swept.notices}


_ACTS = {"draft": _draft, "import": _import, "export": _export, "sweep": _sweep}
