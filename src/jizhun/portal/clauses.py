"""The text of a standard as a page shows it: clauses with anchors, and what practice reports of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import get_language

from jizhun.drafting.rules.text import FIXED, KINDS, Block, blocks, documents_in, filled
from jizhun.frame.here import Here
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Bilingual
from jizhun.portal.standards import standard_url
from jizhun.standards.actions import OUTCOMES, Cluster, clauses_of, library, report_clusters
from jizhun.standards.models import ClauseRow
from jizhun.standards.rules.library import Library

LISTS = ("references", "bibliography")


@dataclass(frozen=True, slots=True)
class Reported:
    """What practice says of a clause: how many reports, how many of them without an answer, and the answers."""

    number: int = 0
    unanswered: int = 0
    answers: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class ClauseShown:
    """A clause as the template walks it; ``documents``: number, title and address of each that it lists."""

    key: str
    level: int
    label: str
    heading: str
    blocks: Sequence[Block]
    documents: Sequence[tuple[str, str, str]]
    reported: Reported


@dataclass(frozen=True)
class Text:
    """All that we hold of a text; ``whole`` is said of the standard, not of one clause.

    ``elsewhere``: number of a clause -> what practice says of it, where we do not hold the text.
    """

    clauses: Sequence[ClauseShown] = ()
    whole: Reported = field(default_factory=Reported)
    elsewhere: Mapping[str, Reported] = field(default_factory=dict)

    @property
    def contents(self) -> list[ClauseShown]:
        """The clauses of the first level."""
        return [one for one in self.clauses if one.level == 1]


def text_of(here: Here, number: str) -> Text:
    """The clauses that we hold of a standard with their reports."""
    rows, reported = clauses_of(number), _reported(report_clusters(number=number))
    labels, held = {row.key: _label(row) for row in rows}, library()
    return Text([_shown(here, held, row, labels, reported.get(row.key, Reported())) for row in rows],
                reported.get("", Reported()),
                {key: one for key, one in sorted(reported.items()) if key and key not in labels})


def _reported(found: Sequence[Cluster]) -> dict[str, Reported]:
    """Clause -> its reports; "" for the standard as a whole."""
    by_clause: dict[str, list[Cluster]] = {}
    for one in found:
        by_clause.setdefault(one.clause, []).append(one)
    return {key: Reported(sum(len(one.reports) for one in some), sum(one.open for one in some), _answers(some))
            for key, some in by_clause.items()}


def _answers(some: Sequence[Cluster]) -> list[tuple[str, str]]:
    """Each answer once, with what it leads to: several reports alike have the same."""
    told = {(answer.outcome, answer.text): None for one in some for answer in one.answers}
    return [(words(OUTCOMES[outcome]), text) for outcome, text in told]


def _label(row: ClauseRow) -> str:
    annex = Bilingual(f"附录 {row.number}", f"Annex {row.number}")
    return words(annex) if row.kind == "annex" else row.number


def _shown(here: Here, held: Library, row: ClauseRow, labels: Mapping[str, str], reported: Reported) -> ClauseShown:
    fact, listed = row.fact(), row.kind in LISTS
    body = filled(fact.body.in_language(get_language() or "en"), labels)
    heading = words(KINDS[row.kind]) if row.kind in FIXED else filled(words(fact.heading), labels)
    return ClauseShown(row.key, row.level, _label(row), heading, () if listed else list(blocks(body)),
                       _documents(here, held, body) if listed else (), reported)


def _documents(here: Here, held: Library, body: str) -> list[tuple[str, str, str]]:
    """The documents that a list names, with the address of those that the library has."""
    return [(number, title, standard_url(here, number) if held.find(number) else "")
            for number, title in documents_in(body)]
