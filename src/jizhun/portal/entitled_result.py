"""The cards of the result: one an entitlement, with what, why, from which papers, and what would change it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from jizhun.entitlements.rules import Answer
from jizhun.entitlements.rules.answering import Given, Judged, Promised, Worked
from jizhun.entitlements.rules.book import Cited
from jizhun.entitlements.rules.rising import Rise, rise_in_words
from jizhun.entitlements.rules.telling import MET, VERDICTS, change_in_words, fact_in_words, given_in_words
from jizhun.frame.here import Here
from jizhun.frame.promises import Promise, Reader
from jizhun.frame.tags import place_name, words
from jizhun.kernel.bilingual import Bilingual
from jizhun.portal.entitled_answers import Gathered
from jizhun.portal.entitled_page import page
from jizhun.portal.entitled_places import ROLE_WORDS
from jizhun.portal.entitled_words import Clause, Papers, item_of, notes_of, payers, worked_words
from jizhun.provisions.actions import book, labels
from jizhun.regions.actions import tree

FULLY_SHOWN = 3
"""So many cards show every clause at once; of more, each is opened by a click."""
ORDER = ("likely", "open", "unlikely")
SIGNS = {"likely": "✓", "open": "?", "unlikely": "✕"}
MET_SIGNS = {True: ("met", "✓"), False: ("not-met", "✕"), None: ("unsure", "?")}


@dataclass(frozen=True, slots=True)
class ConditionShown:
    """A condition with how it stands: its style and sign, the word, the clause, and the facts that it waits for."""

    text: str
    style: str
    sign: str
    met: str
    clause: Clause
    waits: Sequence[str]
    fault: str


@dataclass(frozen=True, slots=True)
class ResultShown:
    """What one would get; ``value`` is empty where it waits for facts or failed."""

    text: str
    value: str
    main: bool
    clause: Clause
    waits: Sequence[str]
    fault: str
    nothing: bool


@dataclass(frozen=True, slots=True)
class Resting:
    """Results that rest on the same clause."""

    text: str
    clause: Clause


@dataclass(frozen=True, slots=True)
class WorkedShown:
    """Something worked out on the way."""

    text: str
    value: str
    clause: Clause


@dataclass(frozen=True, slots=True)
class Stale:
    """A value that should have been renewed."""

    name: str
    since: date


@dataclass(frozen=True)
class Card:
    """One entitlement as the result shows it."""

    code: str
    name: Bilingual
    summary: Bilingual
    verdict: str
    sign: str
    word: str
    place: str
    role: str
    results: Sequence[ResultShown]
    conditions: Sequence[ConditionShown]
    workings: Sequence[WorkedShown]
    promises: Sequence[Promise]
    stale: Sequence[Stale]
    risen: Sequence[Resting]
    unverified: int
    changes: Sequence[str]
    missing: Sequence[tuple[str, str]]
    notes: Sequence[Bilingual]
    item: str
    matter: str
    where: Bilingual
    payers: str

    @property
    def reasons(self) -> list[ConditionShown]:
        """The conditions that are not met."""
        return [one for one in self.conditions if one.style == "not-met"]

    @property
    def resting(self) -> list[Resting]:
        """The clauses of the results, each once."""
        grouped: dict[Clause, list[str]] = {}
        for one in self.results:
            grouped.setdefault(one.clause, []).append(one.text)
        return [Resting(_(", ").join(texts), clause) for clause, texts in grouped.items()]

    @property
    def since(self) -> date | None:
        """The day of the latest of the values."""
        days = [one.since for one in self.promises if one.since]
        return max(days) if days and self.verdict != "unlikely" else None


@dataclass(frozen=True, slots=True)
class Said:
    """One answer as the list of answers shows it; ``value`` is empty where it is not known."""

    code: str
    label: str
    value: str


def result(request: HttpRequest, here: Here, found: Gathered) -> HttpResponse:
    """Every entitlement that was asked for, with the answers that led there."""
    made = cards(found)
    groups = {verdict: [one for one in made if one.verdict == verdict] for verdict in ORDER}
    return page(request, "portal/entitled/result.html", here, found.said, {
        "cards": made, "failed": [(found.book.heads[one.code], one.sentence) for one in found.failed],
        "silent": found.silent, "answers": said_so_far(found),
        "counts": [(verdict, SIGNS[verdict], words(VERDICTS[verdict]), some) for verdict,
                   some in groups.items() if some],
        "brief": len(made) > FULLY_SHOWN,
        "more": found.next is not None, "last": found.said.asked[-1:]})


def said_so_far(found: Gathered) -> list[Said]:
    """Every answer, in the order in which it was asked."""
    return [Said(code, words(found.book.facts[code].label),
                 words(fact_in_words(found.book.facts[code], found.facts[code])) if code in found.facts else "")
            for code in found.said.asked]


def cards(found: Gathered) -> list[Card]:
    """What is likely first; within one verdict in the order of the list."""
    papers = Papers(cited.document for one in found.answers for cited in _cited(one))
    reader = Reader(tree(), labels(), book().measures)
    made = [_card(found, one, papers, reader) for one in found.answers]
    return sorted(made, key=lambda card: ORDER.index(card.verdict))


def _cited(answer: Answer) -> Iterator[Cited]:
    yield from (one.condition.cited for one in answer.conditions)
    yield from (one.cited for one in answer.results)
    yield from (one.working.cited for one in answer.workings)


class _Wording:
    """How the parts of one answer are said: labels of facts, and clauses without the remarks that hold for all."""

    def __init__(self, answer: Answer, papers: Papers) -> None:
        self.papers, self.notes, self.results = papers, notes_of(answer.rule), answer.rule.results
        self.labels = {code: words(fact.label) for code, fact in answer.rule.facts.items()}

    def clause(self, cited: Cited) -> Clause:
        return self.papers.clause(cited, self.notes)

    def waits(self, codes: Sequence[str]) -> list[str]:
        return [self.labels[code] for code in codes]

    def result(self, one: Given) -> ResultShown:
        known = not one.waits and one.fault is None
        return ResultShown(words(one.result.words), words(given_in_words(one)) if known else "", one.result.main,
                           self.clause(one.cited), self.waits(one.waits), words(one.fault), known and one.value is None)

    def condition(self, one: Judged) -> ConditionShown:
        style, sign = MET_SIGNS[one.met]
        met = words(MET[one.met]) if one.fault is None else _("could not be worked out")
        return ConditionShown(words(one.condition.words), style, sign, met, self.clause(one.condition.cited),
                              self.waits(one.waits), words(one.fault))

    def risen(self, one: Rise) -> Resting:
        """What is owed where the level became known late, with the provision that says so."""
        say = one.say
        title = say.paper.title if say.paper else Bilingual("", "")
        text = f"{words(title)} {words(say.clause)}".strip()
        return Resting(words(rise_in_words(one)), Clause(text, say.source, say.mark, words(say.note)))

    def worked(self, one: Worked) -> WorkedShown:
        return WorkedShown(words(one.working.words), worked_words(one, self.results), self.clause(one.working.cited))


def _card(found: Gathered, answer: Answer, papers: Papers, reader: Reader) -> Card:
    head = answer.rule.head
    item, matter, where = item_of(head)
    said = _Wording(answer, papers)
    return Card(
        head.code, head.name, head.summary, answer.verdict, SIGNS[answer.verdict], words(VERDICTS[answer.verdict]),
        place_name(tree().known(answer.place)), str(ROLE_WORDS.get(head.place_role, "")),
        [said.result(one) for one in sorted(answer.results, key=lambda one: not one.result.main)],
        [said.condition(one) for one in answer.conditions], [said.worked(one) for one in answer.workings],
        [reader.promise(one.source) for one in answer.measures.values() if one.source is not None],
        list(_stale(answer)), [said.risen(found.rises[head.code])] if head.code in found.rises else [],
        len(answer.unverified),
        [words(change_in_words(one, answer.rule.facts)) for one in found.changes(answer)],
        [(code, said.labels[code]) for code in answer.missing], said.notes, item, matter, where,
        payers(head, tree().path(answer.place, answer.day)))


def _stale(answer: Answer) -> Iterator[Stale]:
    """The values that are old; where nothing is promised or given, nothing is old."""
    for name in answer.stale if answer.verdict != "unlikely" else ():
        promised = answer.measures[name]
        if isinstance(promised.value, Decimal) and promised.said_on is not None:
            yield Stale(_measure_name(promised), promised.said_on)


def _measure_name(promised: Promised) -> str:
    return words(promised.source.measure.name) if promised.source is not None else ""
