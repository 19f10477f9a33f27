"""``jizhun findings``: what does not fit from one day to another, and who must act by when."""

import csv
import json
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.kernel.dating import months_later, parse_day
from jizhun.provisions.actions import measures, short_name
from jizhun.provisions.asking import Checked, findings_over, in_words
from jizhun.provisions.rules.telling import plain_checked

AHEAD_MONTHS = 24


class Command(BaseCommand):
    help = _("What does not fit from one day to another, and who must act by when")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--region", required=True, help=_("region code, CN for the nation"))
        parser.add_argument("--from", dest="first", help=_("the first day, YYYY-MM-DD (default: today)"))
        parser.add_argument("--until", dest="last", help=_("the last day (default: two years after the first)"))
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help=_("one JSON document"))
        form.add_argument("--csv", action="store_true", help=_("a CSV table"))

    def handle(self, *_: object, **options: Any) -> None:
        today = timezone.localdate()
        first = parse_day(options["first"]) if options["first"] else today
        last = parse_day(options["last"]) if options["last"] else months_later(first, AHEAD_MONTHS)
        found = findings_over(region=options["region"], first=first, last=last)
        plain = [plain_checked(one, short_name, today) for one in found]
        if options["json"]:
            self.stdout.write(json.dumps({"region": options["region"], "from": first.isoformat(),
                                          "until": last.isoformat(), "findings": plain}, ensure_ascii=False, indent=1))
        elif options["csv"]:
            _as_csv(self.stdout, plain)
        else:
            self.stdout.write("\n".join(_told(found, today)))


COLUMNS = ("kind", "region", "subject", "measure", "group", "begins", "ends", "act_by", "amount", "unit", "effect",
           "to_be_checked", "holds_at", "document", "provision", "sentence_zh", "sentence_en")


def _as_csv(out: Any, plain: Sequence[Mapping[str, Any]]) -> None:
    writer = csv.DictWriter(out, COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for one in plain:
        writer.writerow({**one, "holds_at": " ".join(one["holds_at"]), "sentence_zh": one["sentence"]["zh"],
                         "sentence_en": one["sentence"]["en"]})


def _told(found: Sequence[Checked], today: date) -> Iterator[str]:
    language, names, known = get_language() or "en", catalogue(), measures()
    for one in found:
        what = f"{names.name_of(one.subject).in_language(language)}, {known[one.measure].name.in_language(language)}"
        yield f"{one.begins} {what}"
        yield f"    {in_words(one, today).in_language(language)}"
        yield "    " + _("act by %(day)s; places concerned: %(n)s") % {"day": one.act_by, "n": one.effect}
    yield _("%(n)s findings") % {"n": len(found)}
