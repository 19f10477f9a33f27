"""Two cities and a standard of one of them, in the home that JIZHUN_HOME names, made through the product's own acts."""

import json
import os
import sys

import django


def published() -> str:
    """A local standard of Pine Sample City in force from today; says its project's code."""
    from joint_cast import published_in_pine

    return published_in_pine().code


def changed() -> str:
    """A paper of Cypress Sample City promises less than was agreed."""
    from drafting_cast import today
    from jizhun.people.rules import SYSTEM
    from jizhun.provisions.actions import record

    record(by=SYSTEM, documents_paper=True, row={
        "subject": "NB029-EX01", "measure": "promised_limit", "region": "990200", "modality": "floor", "value": 3,
        "unit": "working_day", "from": today().isoformat(), "mark": "SIM", "source": "simulated"})
    return "changed"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jizhun.settings")
    django.setup()
    print(json.dumps(published() if sys.argv[1] == "published" else changed()))
