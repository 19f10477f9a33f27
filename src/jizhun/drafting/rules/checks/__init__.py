"""What is wrong with a draft under GB/T 1.1, before people spend their time on it. Pure."""

from collections.abc import Sequence
from datetime import date

from jizhun.drafting.rules.checks.citing import citing
from jizhun.drafting.rules.checks.flaws import ERROR, WARNING, Draft, Flaw
from jizhun.drafting.rules.checks.linking import linking
from jizhun.drafting.rules.checks.structure import structure
from jizhun.drafting.rules.checks.terms import terms
from jizhun.drafting.rules.checks.wording import wording
from jizhun.drafting.rules.text import Clause
from jizhun.standards.rules.library import Library

__all__ = ["ERROR", "WARNING", "Flaw", "check"]


def check(clauses: Sequence[Clause], library: Library, on: date,
          languages: Sequence[str] = ("zh", "en")) -> list[Flaw]:
    """Every flaw, in the order of the clauses; those of the whole draft first, errors before warnings.

    ``library`` knows the standards that the draft cites, as they stand ``on`` that day.
    """
    draft = Draft(clauses, languages)
    found = [*structure(draft), *linking(draft), *citing(draft, library, on), *terms(draft), *wording(draft)]
    places = {one.key: place for place, one in reversed(list(enumerate(clauses)))}
    return sorted(found, key=lambda one: (places.get(one.clause, -1), one.severity))
