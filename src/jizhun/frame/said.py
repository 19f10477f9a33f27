"""What a paper says, in words: a number, a band, a formula, a table, and with what force."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizhun.frame.tags import words
from jizhun.kernel.bilingual import COLON, Bilingual
from jizhun.provisions.rules import Band, Formula, Measure, Say, Span, Table, Tiered
from jizhun.provisions.rules.telling import number, quantity, unit_in_words, value_in_words

MODALITIES = {
    "floor": gettext_lazy("minimum standard"), "cap": gettext_lazy("upper limit"), "band": gettext_lazy("range"),
    "exact": gettext_lazy("uniform value"), "target": gettext_lazy("target"),
    "delegated": gettext_lazy("left to the level below"),
}


class Speech:
    """Puts what is said into the words of the page's language."""

    def __init__(self, labels: Mapping[str, Bilingual], measures: Mapping[str, Measure]) -> None:
        self.labels, self.measures = labels, measures

    def label(self, code: str) -> Bilingual:
        """The words for a coded element; its code where nobody gave words."""
        return self.labels.get(code) or Bilingual(code.replace("_", " "), code.replace("_", " "))

    def says(self, say: Say | None) -> str:
        """With what force, and what: ``upper limit: 12 months``."""
        if say is None:
            return ""
        value = self.value(say.value, say.unit)
        force = str(MODALITIES[say.modality])
        return _("%(force)s: %(value)s") % {"force": force, "value": value} if value else force

    def value(self, said: object, unit: str) -> str:
        """A value as the paper states it."""
        match said:
            case Decimal():
                return words(quantity(said, unit))
            case Formula():
                return self._formula(said, unit)
            case Band():
                return self._band(said, unit)
            case Tiered():
                values = " / ".join(number(amount) for _, amount in said.values)
                return _("by tier: %(values)s") % {"values": f"{values} {words(unit_in_words(unit))}".strip()}
            case Table():
                return _("by %(dimensions)s") % {
                    "dimensions": _(", ").join(words(self.label(name)) for name in said.over)}
            case Bilingual():
                return words(said)
            case frozenset():
                return words(value_in_words(said, self.label))
            case _:
                return ""

    def condition(self, condition: Span | str | None) -> str:
        """One condition of a table: ``12 to 59``, ``120 or more``, a word."""
        match condition:
            case None:
                return _("any")
            case Span(low=None, high=None):
                return _("any")
            case Span(low=None, high=high):
                return _("up to %(number)s") % {"number": high}
            case Span(low=low, high=None):
                return _("%(number)s or more") % {"number": low}
            case Span(low=low, high=high):
                return str(low) if low == high else _("%(low)s to %(high)s") % {"low": low, "high": high}
            case _:
                return words(self.labels.get(str(condition))) or str(condition)

    def _band(self, band: Band, unit: str) -> str:
        low, high = (self.value(end, unit) for end in (band.low, band.high))
        if low and high:
            return _("from %(low)s to %(high)s") % {"low": low, "high": high}
        return _("from %(low)s") % {"low": low} if low else _("up to %(value)s") % {"value": high}

    def _formula(self, formula: Formula, unit: str) -> str:
        text = self._operand(formula.of, unit)
        if formula.times != 1:
            text = _("%(share)s %% of %(base)s") % {"share": number(formula.times * 100), "base": text}
        if formula.plus:
            text += f" + {words(quantity(formula.plus, unit))}"
        if formula.at_least is not None:
            text += _(", not less than %(bound)s") % {"bound": self._operand(formula.at_least, unit)}
        if formula.at_most is not None:
            text += _(", not more than %(bound)s") % {"bound": self._operand(formula.at_most, unit)}
        return text

    def _operand(self, operand: Decimal | str, unit: str) -> str:
        if isinstance(operand, Decimal):
            return words(quantity(operand, unit))
        measure = self.measures.get(operand)
        return words(measure.name) if measure else operand


def proposal_in_words(row: Mapping[str, Any], known: Mapping[str, Measure]) -> str:
    """What a standard proposes: ``Committed time limit: 2 working days``; codes where nobody knows words."""
    measure, value = known.get(str(row["measure"])), str(row.get("value"))
    name = words(measure.name) if measure else str(row["measure"])
    try:
        said = words(quantity(Decimal(value), str(row.get("unit") or "")))
    except ArithmeticError:
        said = value
    return f"{name}{words(COLON)}{said}"
