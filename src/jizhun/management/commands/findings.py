"""``jizhun findings``: what does not fit from one day to another, and who must act by when."""

import csv
import json
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.kernel.dating import months_later, parse_day
from jizhun.provisions.actions import measures, short_name
from jizhun.provisions.asking import Checked, findings_over, in_words, renewal_in_words, renewals_over
from jizhun.provisions.rules.telling import plain_checked, plain_due

AHEAD_MONTHS = 24


class Command(BaseCommand):
    help = _("What does not fit from one day to another, and who must act by when")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--region", required=True, help=_("region code, CN for the nation"))
        parser.add_argument("--from", dest="first", help=_("the first day, YYYY-MM-DD (default: today)"))
        parser.add_argument("--until", dest="last", help=_("the last day (default: two years after the first)"))
        parser.add_argument("--renewals", action="store_true",
                            help=_("instead: values that should have been renewed, or are to be"))
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help=_("one JSON document"))
        form.add_argument("--csv", action="store_true", help=_("a CSV table"))

    def handle(self, *_: object, **options: Any) -> None:
        today = timezone.localdate()
        first = parse_day(options["first"]) if options["first"] else today
        last = parse_day(options["last"]) if options["last"] else months_later(first, AHEAD_MONTHS)
        tell = _renewals if options["renewals"] else _findings
        key, plain, lines = tell(options["region"], first, last, today)
        if options["json"]:
            self.stdout.write(json.dumps({"region": options["region"], "from": first.isoformat(),
                                          "until": last.isoformat(), key: plain}, ensure_ascii=False, indent=1))
        elif options["csv"]:
            _as_csv(self.stdout, plain, COLUMNS[key])
        else:
            self.stdout.write("\n".join(lines))


Told = tuple[str, list[dict[str, Any]], Iterable[str]]
"""What is told: its name, as data, and as lines."""


def _findings(region: str, first: date, last: date, today: date) -> Told:
    found = findings_over(region=region, first=first, last=last)
    return "findings", [plain_checked(one, short_name, today) for one in found], _told(found, today)


def _renewals(region: str, first: date, last: date, today: date) -> Told:
    due, language = renewals_over(region=region, first=first, last=last), get_language() or "en"
    told = [renewal_in_words(one, today) for one in due]
    return ("renewals", [plain_due(one, words) for one, words in zip(due, told, strict=True)],
            [*(words.in_language(language) for words in told), _("%(n)s values") % {"n": len(due)}])


COLUMNS = {
    "findings": ("kind", "region", "subject", "measure", "group", "begins", "ends", "act_by", "amount", "unit",
                 "effect", "to_be_checked", "holds_at", "document", "provision", "sentence_zh", "sentence_en"),
    "renewals": ("kind", "region", "subject", "measure", "group", "since", "due", "until", "verified", "document",
                 "provision", "sentence_zh", "sentence_en")}


def _as_csv(out: Any, plain: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    writer = csv.DictWriter(out, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for one in plain:
        writer.writerow({**one, "holds_at": " ".join(one.get("holds_at", ())), "sentence_zh": one["sentence"]["zh"],
                         "sentence_en": one["sentence"]["en"]})


def _told(found: Sequence[Checked], today: date) -> Iterator[str]:
    language, names, known = get_language() or "en", catalogue(), measures()
    for one in found:
        what = f"{names.name_of(one.subject).in_language(language)}, {known[one.measure].name.in_language(language)}"
        yield f"{one.begins} {what}"
        yield f"    {in_words(one, today).in_language(language)}"
        yield "    " + _("act by %(day)s; places concerned: %(n)s") % {"day": one.act_by, "n": one.effect}
    yield _("%(n)s findings") % {"n": len(found)}
