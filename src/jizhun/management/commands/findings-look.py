"""``jizhun findings-look``: look through the cases of a source, open findings, measure answered ones again, close."""

import csv
import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.evaluation.findings import Standing, board, look
from jizhun.evaluation.rules.findings import STATES
from jizhun.kernel.dating import parse_day
from jizhun.people.rules import SYSTEM
from jizhun.regions.actions import tree

COLUMNS = ("finding", "rule", "subject", "region", "source", "simulated", "state", "due", "overdue_days", "numerator",
           "denominator", "first", "last", "as_of", "run", "round", "forerunner", "sentence_zh", "sentence_en")


class Command(BaseCommand):
    """Running it again opens nothing twice."""

    help = _("Look through the cases of a source for patterns: open findings, measure answered ones again")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--source", help=_("who handed the cases in; without it, only the list is told"))
        parser.add_argument("--as-of", help=_("the data date (default: the newest)"))
        parser.add_argument("--region", help=_("only this region and all below it"))
        parser.add_argument("--rule", action="append", default=[], help=_("only this rule; may be given several times"))
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help=_("one JSON document"))
        form.add_argument("--csv", action="store_true", help=_("the list of findings as a CSV table"))

    def handle(self, *_args: object, **options: Any) -> None:
        done = self._looked(options) if options["source"] else None
        rows = [_plain(one) for one in _listed(options["region"])]
        if options["json"]:
            self.stdout.write(json.dumps({"looked": done, "findings": rows}, ensure_ascii=False, indent=1))
        elif options["csv"]:
            writer = csv.DictWriter(self.stdout, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        else:
            self._tell(done, _listed(options["region"]))

    def _looked(self, options: dict[str, Any]) -> dict[str, Any]:
        found = look(by=SYSTEM, source=options["source"], region=options["region"], rules=options["rule"],
                     as_of=parse_day(options["as_of"]) if options["as_of"] else None)
        return {"source": found.source, "as_of": found.as_of.isoformat(), "opened": [one.pk for one in found.opened],
                "known": found.known, "left_out": found.left_out, "remeasured": dict(found.remeasured),
                "closed": [one.pk for one in found.closed]}

    def _tell(self, done: dict[str, Any] | None, found: list[Standing]) -> None:
        language, today = get_language() or "en", timezone.localdate()
        for one in found:
            late = _(", overdue since %(day)s") % {"day": one.due} if one.overdue(today) else ""
            simulated = f"[{_('simulated')}] " if one.finding.simulated else ""
            self.stdout.write(f"{one.finding.pk:>5} {simulated}{STATES[one.state].in_language(language)}{late}")
            self.stdout.write(f"      {one.finding.sentence.in_language(language)}")
        if done:
            self.stdout.write(_("Looked through: %(opened)s opened, %(known)s open already, %(again)s re-measured, "
                                "%(closed)s closed.") % {
                "opened": len(done["opened"]), "known": done["known"], "again": sum(done["remeasured"].values()),
                "closed": len(done["closed"])})


def _listed(region: str | None) -> list[Standing]:
    held, today = tree(), timezone.localdate()
    within = held.within(region, today) if region else held.existing(today)
    return board(within=frozenset(within), on=today)


def _plain(one: Standing) -> dict[str, Any]:
    row, today = one.finding, timezone.localdate()
    return {"finding": row.pk, "rule": row.pattern, "subject": row.subject, "region": row.region,
            "source": row.source, "simulated": row.simulated, "state": one.state, "due": one.due.isoformat(),
            "overdue_days": one.overdue(today), "numerator": row.numerator, "denominator": row.denominator,
            "first": row.first.isoformat(), "last": row.last.isoformat(), "as_of": row.as_of.isoformat(),
            "run": row.run_id, "round": row.round, "forerunner": row.forerunner_id, "sentence_zh": row.sentence_zh,
            "sentence_en": row.sentence_en}
