"""Publications: figures made by one person, reviewed and published by another; a correction is a new edition."""

from jizhun.evaluation.publications.acts import Plan, check_make, check_propose, make, propose, publish, put_back
from jizhun.evaluation.publications.reading import (
    Out,
    edition,
    editions,
    known,
    last_content,
    newest,
    publications,
    waiting,
)

__all__ = ["Out", "Plan", "check_make", "check_propose", "edition", "editions", "known", "last_content", "make",
           "newest", "propose", "publications", "publish", "put_back", "waiting"]
