"""``jizhun steps``: the steps of cases from an event log into the lake."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.delivery import actions
from jizhun.delivery.models import Batch
from jizhun.kernel.dating import parse_day
from jizhun.management.commands.ingest import bar, plain, told
from jizhun.people.rules import SYSTEM


class Command(BaseCommand):
    help = _("Take the steps of cases in from an event log: XES, or any table with a mapping file.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path,
                            help=_("XES, CSV, TSV, JSON lines, Parquet or XLSX; plain, .gz or .zip"))
        parser.add_argument("--mapping", type=Path, metavar="M.yaml",
                            help=_("how the file is to be read (XES can do without)"))
        parser.add_argument("--source", required=True, metavar="S",
                            help=_("whose cases these are: the code under which they were handed in"))
        parser.add_argument("--as-of", metavar="D", help=_("data day (default: the mapping's, else today)"))
        parser.add_argument("--dry-run", action="store_true", help=_("check everything, keep nothing"))
        parser.add_argument("--json", action="store_true", help=_("one JSON document"))

    def handle(self, *_args: object, **options: Any) -> None:
        mapping = actions.read_mapping(options["mapping"], kind=Batch.STEPS) if options["mapping"] else None
        receipt = actions.receive_steps(
            by=SYSTEM, file=options["file"], source=options["source"], mapping=mapping,
            as_of=parse_day(options["as_of"]) if options["as_of"] else None, dry_run=options["dry_run"],
            progress=bar if sys.stderr.isatty() else None)
        language = get_language() or "en"
        if options["json"]:
            self.stdout.write(json.dumps(plain(receipt, language), ensure_ascii=False, indent=1))
        else:
            self.stdout.write("\n".join(line.in_language(language) for line in told(receipt)))
