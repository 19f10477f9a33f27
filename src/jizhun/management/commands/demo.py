"""``jizhun demo``: the fictional province with a simulated year of cases, and the demonstration logins."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun import loading
from jizhun.loading.crossing import simulated_crossings
from jizhun.loading.evaluated import simulated_evaluation
from jizhun.loading.examples import simulated_projects, simulated_rectification
from jizhun.loading.mended import simulated_findings, simulated_publication
from jizhun.loading.piloted import simulated_pilot_cases, simulated_pilots
from jizhun.loading.questions import simulated_questions
from jizhun.loading.trained import simulated_training
from jizhun.management.arguments import whole_number
from jizhun.people.actions import demo_logins, make_demo_logins
from jizhun.people.rules import SYSTEM

CASES = 1_000_000


class Command(BaseCommand):
    """Running it again changes nothing."""

    help = _("Load the fictional province with simulated cases and make the demonstration logins.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--cases", type=whole_number(0, 100_000_000), default=CASES,
                            help=_("simulated cases (default %(number)s); 0: none") % {"number": f"{CASES:,}"})
        parser.add_argument("--seed", type=whole_number(0), default=1, help=_("the same seed gives the same cases"))
        parser.add_argument("--remove", action="store_true", help=_("take all simulated cases out again"))

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["remove"]:
            self.stdout.write(_("%(rows)s simulated cases removed.") % {"rows": loading.remove_simulation(by=SYSTEM)})
            return
        language = get_language() or "en"
        for part in (*loading.simulated_places(by=SYSTEM), *loading.simulated_guides(by=SYSTEM)):
            self.stdout.write(f"{part.name.in_language(language)}: {part.outcome}")
        make_demo_logins(by=SYSTEM)
        self.stdout.write(_("Simulated standards in the making: %(n)s new.") % {"n": simulated_projects(by=SYSTEM)})
        self.stdout.write(_("Simulated questions: %(n)s new.") % {"n": simulated_questions()})
        if options["cases"]:
            batch = loading.simulated_cases(by=SYSTEM, cases=options["cases"], seed=options["seed"]).batch
            self.stdout.write(_("Simulated cases: %(good)s taken in, %(bad)s refused as planted.")
                              % {"good": batch.rows_good, "bad": batch.rows_bad})
            self.stdout.write(_("Simulated cases that cross regions: %(n)s.")
                              % {"n": simulated_crossings(by=SYSTEM, seed=options["seed"])})
            self.stdout.write(_("Simulated negative ratings that were taken up: %(n)s.")
                              % {"n": simulated_rectification(by=SYSTEM)})
            self.stdout.write(_("Simulated findings: %(n)s new.") % {"n": simulated_findings(by=SYSTEM)})
            self.stdout.write(_("Simulated publication: %(n)s new editions.") % {"n": simulated_publication()})
        self.stdout.write(_("Simulated evaluation: %(n)s rounds, records, reviews and surveys new.")
                          % {"n": simulated_evaluation(by=SYSTEM)})
        self.stdout.write(_("Simulated training: %(n)s events and contests new.")
                          % {"n": simulated_training(by=SYSTEM)})
        self.stdout.write(_("Simulated pilots: %(n)s programmes and practices new.")
                          % {"n": simulated_pilots(by=SYSTEM)})
        if options["cases"]:
            self.stdout.write(_("Simulated cases around a pilot, with a known effect: %(n)s.")
                              % {"n": simulated_pilot_cases(by=SYSTEM)})
        self.stdout.write(", ".join(login.username for login in demo_logins()))
