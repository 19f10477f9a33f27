"""What is asked of the room over time: what does not fit from one day to another, and where."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache

from jizhun.catalogue.actions import catalogue
from jizhun.catalogue.rules import GENERAL
from jizhun.kernel.bilingual import Bilingual
from jizhun.provisions.actions import ROOMS, book, short_name
from jizhun.provisions.rules import checking
from jizhun.provisions.rules.checking import Checked
from jizhun.provisions.rules.telling import sentence
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


__all__ = ["Checked", "beside", "findings_over", "in_words"]
