"""``jizhun impact``: everything that a change would touch, before it is loaded, recorded or published."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from jizhun.frame.tags import words
from jizhun.impact.actions import DEPENDANTS, Listing, look
from jizhun.impact.rules.kinds import KINDS, read_change
from jizhun.kernel.bilingual import Refused


class Command(BaseCommand):
    """Computed, never kept: ``jizhun impact matter code=NB029-EX01``."""

    help = _("Show everything that a change would touch. Nothing is kept.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", help=", ".join(KINDS))
        parser.add_argument("said", nargs="*", help=_("what the change says, as name=value; a value may be JSON"))
        parser.add_argument("--json", action="store_true", help=_("everything, for programs"))

    def handle(self, *args: Any, **options: Any) -> None:
        listing = look(read_change({"kind": options["kind"], "said": dict(map(_said, options["said"]))}))
        if options["json"]:
            self.stdout.write(json.dumps(listing.plain(), ensure_ascii=False, indent=1))
            return
        self.stdout.write("\n".join(told(listing)))


def told(listing: Listing) -> Iterator[str]:
    """A list as the command line tells it: what changes, what it touches, who has most to do."""
    yield f"{words(listing.what.title)}  {listing.what.on}  {listing.what.region}"
    for code, number in listing.counts.items():
        yield f"{number:>7,}  {words(DEPENDANTS[code].name)}: {words(DEPENDANTS[code].then)}"
    for one in listing.actors[:20]:
        some = ", ".join(f"{words(DEPENDANTS[code].name)} {number}" for code, number in one.counts.items())
        yield f"{one.number:>7,}  {one.place}: {some}"


def _said(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        raise Refused(zh=f"“{text}”应写成 名称=值。", en=f"Write “{text}” as name=value.")
    try:
        found = json.loads(value)
    except json.JSONDecodeError:
        return name, value
    return name, found if isinstance(found, list | dict) else value
