"""``jizhun cuts``: bring what pages read up to date with the cases and promises."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from jizhun.evaluation.actions import data_date, sources
from jizhun.evaluation.coverage import bring as bring_coverage
from jizhun.evaluation.standing import bring


class Command(BaseCommand):
    help = _("Bring the counts that pages read up to date: new files, corrections, open cases, changed promises; "
             "and coverage.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--source", help=_("only who handed these cases in"))

    def handle(self, *_args: object, **options: Any) -> None:
        for source in [options["source"]] if options["source"] else sorted(sources()):
            as_of = data_date(source)
            brought = bring(source=source, as_of=as_of)
            sys.stdout.write(_("%(source)s: %(rows)s cases in %(files)s files counted anew, %(all)s in all; data date "
                               "%(day)s.") % {"source": source, "rows": f"{brought.rows:,}", "files": brought.files,
                                              "all": f"{brought.standing.rows:,}", "day": as_of} + "\n")
        sys.stdout.write(_("Coverage: %(n)s days computed.") % {"n": bring_coverage(timezone.localdate())} + "\n")
