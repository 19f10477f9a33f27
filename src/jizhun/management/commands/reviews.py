"""``jizhun reviews``: ratings of services (好差评) from a file into the lake; every negative one becomes an item."""

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
from jizhun.evaluation.negatives import take_in
from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.dating import parse_day
from jizhun.management.commands.ingest import bar, plain, told
from jizhun.people.rules import SYSTEM


class Command(BaseCommand):
    help = _("Take ratings of services in from a file, by a mapping file, and open what is negative at its place.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help=_("CSV, TSV, JSON lines, Parquet or XLSX; plain, .gz or .zip"))
        parser.add_argument("--mapping", type=Path, required=True, metavar="M.yaml",
                            help=_("how the file is to be read"))
        parser.add_argument("--source", required=True, metavar="S",
                            help=_("whose ratings these are: the code under which the cases were handed in"))
        parser.add_argument("--as-of", metavar="D", help=_("data day (default: the mapping's, else today)"))
        parser.add_argument("--dry-run", action="store_true", help=_("check everything, keep nothing"))
        parser.add_argument("--json", action="store_true", help=_("one JSON document"))

    def handle(self, *_args: object, **options: Any) -> None:
        receipt, swept = take_in(
            by=SYSTEM, file=options["file"], source=options["source"],
            mapping=actions.read_mapping(options["mapping"], kind=Batch.REVIEWS),
            as_of=parse_day(options["as_of"]) if options["as_of"] else None, dry_run=options["dry_run"],
            progress=bar if sys.stderr.isatty() else None)
        language = get_language() or "en"
        if options["json"]:
            opened = {"opened": swept.opened, "withdrawn": swept.withdrawn} if swept else {}
            self.stdout.write(json.dumps({**plain(receipt, language), **opened}, ensure_ascii=False, indent=1))
            return
        lines = told(receipt)
        if swept:
            lines.append(Bilingual(f"差评台账：新增 {swept.opened:,} 条，因评价变更而结束 {swept.withdrawn:,} 条。",
                                   f"Negative ratings: {swept.opened:,} new items, {swept.withdrawn:,} ended because "
                                   "the rating has changed."))
        self.stdout.write("\n".join(line.in_language(language) for line in lines))
