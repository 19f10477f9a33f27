"""What is asked of the room over time: what does not fit from one day to another, and which values are to be renewed.
"""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

from jizhun.catalogue.actions import catalogue
from jizhun.catalogue.rules import GENERAL
from jizhun.kernel.bilingual import Bilingual
from jizhun.provisions.actions import ROOMS, book, measures, short_name
from jizhun.provisions.models import Document
from jizhun.provisions.rules import Answer, checking, renewal
from jizhun.provisions.rules.checking import Checked
from jizhun.provisions.rules.renewal import Due
from jizhun.provisions.rules.telling import plain_due, renewal_sentence, sentence
from jizhun.regions.actions import tree, versions


def findings_over(*, region: str, first: date, last: date) -> list[Checked]:
    """What does not fit in the region and below it on any day from ``first`` to ``last``, the widest effect first.

    A fictional place never stands beside real ones; a place outside the scope of the list is never missing. Raises
    Refused for a place that does not exist, or a period that ends before it begins.
    """
    tree().known(region)
    return list(_findings(versions(*ROOMS), region, first, last))


@lru_cache(maxsize=64)
def _findings(_versions: tuple[str, ...], region: str, first: date, last: date) -> tuple[Checked, ...]:
    """Kept while no room changes."""
    return tuple(checking.findings_over(book(), region, first, last, listed=_listed, counts=beside(region)))


def beside(region: str) -> Callable[[str], bool]:
    """Whether a place may stand in one list with those of ``region``."""
    held, simulated = tree(), tree().known(region).simulated
    return lambda place: held.known(place).simulated == simulated and held.in_scope(place)


def _listed(subject: str, place: str, on: date) -> bool | None:
    """Whether the national list in force holds the item; None for general parameters, and where no list is in force."""
    held = catalogue()
    edition = held.edition_on(on, tree().known(place).root)
    if subject == GENERAL or edition is None:
        return None
    return held.entry(held.chain(subject)[-2], edition.code) is not None


def in_words(one: Checked, today: date) -> Bilingual:
    """What was found, in a sentence; what begins after ``today`` as something to come."""
    return sentence(one.finding, short_name, today)


# -- values to be renewed --------------------------------------------------------------------------------


def renewals_over(*, region: str, first: date, last: date) -> list[Due]:
    """Values in the region that are, or come to be, overdue for renewal from ``first`` to ``last``."""
    tree().known(region)
    return renewal.renewals_over(book(), region, first, last, counts=beside(region))


def renewal_in_words(one: Due, today: date) -> Bilingual:
    """A value to be renewed, in a sentence."""
    measure = measures()[one.say.measure]
    return renewal_sentence(one, measure, paper_title(measure.expected_by), short_name, today)


def paper_title(code: str) -> Bilingual:
    """The paper's title; its code where it is not on record."""
    paper = Document.objects.filter(code=code).first()
    return paper.fact().title if paper else Bilingual(code, code)


def warnings(answer: Answer) -> list[Bilingual]:
    """What the reader of an answer must know of the age of the values that it rests on."""
    return [renewal_in_words(one, answer.question.on) for one in renewal.overdue(book(), answer)]


def plain_warnings(answer: Answer) -> list[dict[str, Any]]:
    """The same as data."""
    return [plain_due(one, renewal_in_words(one, answer.question.on)) for one in renewal.overdue(book(), answer)]


__all__ = ["Checked", "Due", "beside", "findings_over", "in_words", "paper_title", "plain_warnings", "renewal_in_words",
           "renewals_over", "warnings"]
