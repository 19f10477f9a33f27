"""Answers of the as-of engine laid out for reading: the figure, the way it came, the papers, the findings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from jizhun.frame.said import Speech
from jizhun.frame.tables import Cell, Column, Table
from jizhun.frame.tags import NATION, words
from jizhun.kernel.bilingual import Bilingual
from jizhun.provisions.actions import Told, told
from jizhun.provisions.asking import warnings
from jizhun.provisions.rules import Answer, Band, Cells, Measure, Quantity, Say, Step
from jizhun.provisions.rules.telling import EFFECTS, quantity, value_in_words
from jizhun.regions.rules import Tree

NATIONAL = Bilingual("国家", "Nation")
BREACHES = frozenset({"below_standard_above", "off_uniform", "above_cap", "target_missed"})

FINDING_KINDS = {
    "below_standard_above": gettext_lazy("Below the standard above"),
    "off_uniform": gettext_lazy("Differs from the uniform standard"),
    "above_cap": gettext_lazy("Above the cap"),
    "cap_below_standard": gettext_lazy("A cap that does not apply"),
    "delegated_missing": gettext_lazy("Not on record here"),
    "raised_without_assessment": gettext_lazy("Review point"),
    "beyond_list": gettext_lazy("Review point: beyond the national list"),
    "beyond_recipients": gettext_lazy("Review point: more people than above"),
    "lapsed": gettext_lazy("Paper has run out"),
    "target_missed": gettext_lazy("Target not reached"),
}
ZERO_WORDS = {
    "working_day": gettext_lazy("On the same working day"),
    "calendar_day": gettext_lazy("On the same day"),
    "CNY": pgettext_lazy("fee", "Free of charge"),
    "times": gettext_lazy("No visit needed"),
}


@dataclass(frozen=True, slots=True)
class StepShown:
    """One place on the way: what its paper says, what that comes to here, and whether it wins."""

    place: Bilingual
    code: str
    value: str
    says: str
    effect: str
    limits: bool
    wins: bool
    beaten: bool
    say: Say | None

    @property
    def speaks(self) -> bool:
        return self.say is not None

    @property
    def source(self) -> str:
        """The address of this say, else of its paper."""
        if self.say is None:
            return ""
        return self.say.source or (self.say.paper.source if self.say.paper else "")


@dataclass(frozen=True, slots=True)
class Figure:
    """What is read first: a number with its unit, or words."""

    text: str
    unit: str = ""

    @property
    def is_number(self) -> bool:
        return bool(self.unit)

    @property
    def whole(self) -> str:
        """Number and unit together."""
        return f"{self.text} {self.unit}".strip()


@dataclass(frozen=True, slots=True)
class FindingShown:
    """A finding: what kind, the sentence, and whether it is a breach or only a point to look at."""

    kind: str
    sentence: Bilingual
    breach: bool


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise card. ``figure`` is None where papers speak but nothing is promised."""

    measure: Measure
    figure: Figure | None
    steps: tuple[StepShown, ...]
    findings: tuple[FindingShown, ...]
    since: date | None
    mark: str
    parts: Table | None
    warnings: tuple[Bilingual, ...] = ()
    """What is to be known of the age of the values behind it."""

    @property
    def brief(self) -> tuple[StepShown, ...]:
        """The places that speak."""
        return tuple(step for step in self.steps if step.speaks)

    @property
    def tells_values(self) -> bool:
        """Whether the way tells each step's value: not where one long list of words would stand there twice."""
        return self.figure is None or self.figure.is_number or len(self.brief) > 1

    @property
    def limits_only(self) -> bool:
        """Whether papers only set limits within which somebody else has to set the value."""
        return self.figure is None and any(step.limits for step in self.steps)


class Reader:
    """Lays answers out in the language of the page, with the places' and coded elements' own words."""

    def __init__(self, held: Tree, labels: Mapping[str, Bilingual], measures: Mapping[str, Measure]) -> None:
        self.tree, self.speech = held, Speech(labels, measures)

    def promise(self, answer: Answer) -> Promise:
        """The card for one answer."""
        winners = answer.winners
        return Promise(
            answer.measure, self.figure(answer), tuple(self._step(step, winners) for step in answer.path),
            tuple(finding_shown(one) for one in told(answer)), max((say.valid_from for say in winners), default=None),
            weakest_mark(winners), self._parts(answer), tuple(warnings(answer)))

    def figure(self, answer: Answer) -> Figure | None:
        """The value to be read first, or None."""
        value = answer.value
        if value is None:
            return None
        if isinstance(value, Cells):
            return self._range(value)
        if not isinstance(value, Quantity):
            return Figure(words(value_in_words(value, self.speech.label)))
        if value.amount == 0 and value.unit in ZERO_WORDS:
            return Figure(str(ZERO_WORDS[value.unit]))
        return _split(words(quantity(value.amount, value.unit)))

    def _range(self, value: Cells) -> Figure | None:
        low, high = value.low, value.high
        if not isinstance(high, Quantity):
            return None
        if not isinstance(low, Quantity) or low == high or low.unit != high.unit:
            return _split(_("up to %(value)s") % {"value": words(quantity(high.amount, high.unit))})
        ends = sorted((low.amount, high.amount))
        figure = _split(words(quantity(ends[1], high.unit)))
        first = _split(words(quantity(ends[0], low.unit)))
        return Figure(f"{first.text}–{figure.text}", figure.unit)

    def _step(self, step: Step, winners: Sequence[Say]) -> StepShown:
        known, says = self.tree.known(step.place), step.say
        # A band or a cap is a frame for others and not a promise: what it says tells more than its lower end.
        limits = step.effect == "limits" or (says is not None and isinstance(says.value, Band))
        plain = step.value is not None and not limits
        value = words(value_in_words(step.value, self.speech.label)) if plain else ""
        beaten = step.effect in ("below", "off_uniform", "overruled", "lapsed")
        name = NATIONAL if step.place == NATION else known.name
        return StepShown(name, step.place, value, self.speech.says(says), words(EFFECTS[step.effect]),
                         limits, says in winners and not (limits and len(winners) > 1), beaten, says)

    def _parts(self, answer: Answer) -> Table | None:
        """What the value depends on: one row a combination."""
        if not isinstance(answer.value, Cells):
            return None
        names = list(dict.fromkeys(name for cell in answer.value.cells for name, _ in cell.conditions))
        columns = [Column(name, words(self.speech.label(name)), "head" if n == 0 else "text")
                   for n, name in enumerate(names)]
        rows = [[*(self.speech.condition(dict(cell.conditions).get(name)) for name in names),
                 words(value_in_words(cell.value, self.speech.label))] for cell in answer.value.cells]
        label = words(answer.measure.name)
        return Table(f"{answer.question.subject}-{answer.measure.code}",
                     _("%(measure)s: what it depends on") % {"measure": label},
                     [*columns, Column("value", label)], rows)


def _split(text: str) -> Figure:
    """``5 working days`` as the figure and its unit; ``60 %`` stays together."""
    figure, _, unit = text.rpartition(" ") if text.startswith(("up to", "最高")) else text.partition(" ")
    return Figure(figure, unit) if unit else Figure(text)


def finding_shown(one: Told) -> FindingShown:
    """A finding in the words of the page; one that is only to be checked accuses nobody."""
    kind = one.finding.kind
    return FindingShown(str(FINDING_KINDS[kind]), one.sentence, kind in BREACHES and not one.finding.to_be_checked)


SIGNS = {"SIM": "simulated", "V": "verified", "D": "verified"}
"""How a mark is shown beside its words."""


def mark_in_words(mark: str) -> str:
    """How far a value may be trusted, in the words that stand beside every promise."""
    told = {"SIM": _("simulated"), "V": _("source read"), "D": _("source read"),
            "V-repo": _("second-hand, not verified")}
    return told.get(mark, _("not verified"))


def weakest_mark(says: Sequence[Say]) -> str:
    """The mark of the least trusted of the papers that won."""
    order = ("SIM", "R", "V-repo", "D", "V")
    return min((say.mark for say in says), key=order.index, default="")


def promise_table(rows: Sequence[tuple[str, Promise]]) -> Table:
    """Every promise of a page as one table, for the CSV: (subject's code, promise)."""
    columns = [Column(key, key) for key in ("subject", "measure", "value", "since", "place", "paper", "clause",
                                            "source", "mark")]
    return Table("promises", _("What is promised here"), columns,
                 [[subject, promise.measure.code, _one_text(promise), *_paper(promise)] for subject, promise in rows])


def _one_text(promise: Promise) -> str:
    return promise.figure.whole if promise.figure else ""


def _paper(promise: Promise) -> list[Cell | str]:
    step = next((one for one in reversed(promise.steps) if one.wins and one.say), None)
    if step is None or step.say is None:
        return ["", "", "", "", "", ""]
    paper = words(step.say.paper.title) if step.say.paper else ""
    return [step.say.valid_from.isoformat(), step.code, paper, words(step.say.clause), step.source, step.say.mark]
