"""Short words for what was seen, so that an act can tell whether it has moved since."""

import hashlib
import json

from jizhun.drafting.models import Project
from jizhun.drafting.rules.text import Clause, plain
from jizhun.provisions.actions import book
from jizhun.regions.actions import mark_of


def fingerprint(clause: Clause | None) -> str:
    """A short word for what a clause says now; "" for none."""
    if clause is None:
        return ""
    return hashlib.sha256(json.dumps(plain(clause), sort_keys=True, default=str).encode()).hexdigest()[:16]


def impact_fingerprint(project: Project) -> str:
    """What the impact list depends on: the text, number and day, and every provision, place and service on record."""
    said = [project.text.version, project.number, str(project.effective_on), str(project.valid_until), project.revises,
            project.title_zh, project.title_en, *project.serves, book().revision]
    return mark_of(said, "regions", "catalogue", "provisions")
