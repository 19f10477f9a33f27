"""Rules for reading: cells of decision tables and expressions in words, with the labels of what they speak of."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizhun.entitlements.feel.reading import read_tests
from jizhun.entitlements.feel.tree import Interval, Literal, Name, Node, Tests, Unary
from jizhun.entitlements.feel.values import Fault
from jizhun.entitlements.rules import Entitlements, Rule
from jizhun.entitlements.rules.book import Condition, Result, Working
from jizhun.frame.tags import words
from jizhun.portal.entitled_words import plain_words
from jizhun.provisions.actions import measures

TOKEN = re.compile(r'"[^"]*"|\.[a-z]+|[A-Za-z_]\w*|<=|>=|!=')
SIGNS = {"<=": "≤", ">=": "≥", "!=": "≠"}
KEYWORDS = {"and": gettext_lazy("and"), "or": gettext_lazy("or"), "not": gettext_lazy("not"),
            "if": gettext_lazy("if"), "then": gettext_lazy("then"), "else": gettext_lazy("else"),
            "true": gettext_lazy("yes"), "false": gettext_lazy("no"), "null": gettext_lazy("nothing"),
            ".year": gettext_lazy(" (its year)"), ".month": gettext_lazy(" (its month)"),
            ".day": gettext_lazy(" (its day)")}


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What the names of a rule mean in the page's language; ``options`` are the words of codes by their name."""

    names: Mapping[str, str]
    options: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def expression(self, text: str) -> str:
        """An expression with labels in the place of names: ``“Months of contributions” ≥ 12``."""
        every = {code: label for codes in self.options.values() for code, label in codes.items()}

        def said(found: re.Match[str]) -> str:
            token = found[0]
            if token.startswith('"'):
                return every.get(token[1:-1], token)
            if token in self.names:
                return f"“{self.names[token]}”"
            return SIGNS.get(token) or str(KEYWORDS.get(token, token))

        return TOKEN.sub(said, text)

    def cell(self, text: str, about: str) -> str:
        """A cell of the column ``about``: ``12 to under 60``; as it is written where it is more than values."""
        try:
            return _tests(read_tests(text), self.options.get(about.strip(), {}), self)
        except Fault:
            return text


def lexicon(rule: Rule, book: Entitlements) -> Lexicon:
    """Of everything that a rule reads or works out."""
    known = measures()
    parts: list[Condition | Working | Result] = [*rule.conditions, *rule.workings, *rule.results]
    names = {code: words(fact.label) for code, fact in book.facts.items()}
    names |= {one.name: words(known[one.measure].name) for one in rule.measures if one.measure in known}
    names |= {one.name: words(one.words) for one in parts} | {"today": _("today")}
    options = {code: {option: words(name) for option, name in fact.options} for code, fact in book.facts.items()
               if fact.options}
    options |= {one.name: {option: words(name) for option, name in one.options} for one in rule.results if one.options}
    return Lexicon(names, options)


def _tests(tests: Tests, options: Mapping[str, str], held: Lexicon) -> str:
    if not tests.parts:
        return _("any")
    text = _(" or ").join(_part(one, options, held) for one in tests.parts)
    return _("not %(value)s") % {"value": text} if tests.negated else text


def _part(node: Node, options: Mapping[str, str], held: Lexicon) -> str:
    if isinstance(node, Interval):
        return _interval(node, options, held)
    if isinstance(node, Tests):
        return _tests(node, options, held)
    return _value(node, options, held)


def _value(node: Node | None, options: Mapping[str, str], held: Lexicon) -> str:
    if isinstance(node, Literal):
        return options.get(node.value, node.value) if isinstance(node.value, str) else plain_words(node.value)
    if isinstance(node, Name):
        return held.names.get(node.name, node.name)
    if isinstance(node, Unary) and isinstance(node.value, Literal) and isinstance(node.value.value, Decimal):
        return plain_words(-node.value.value)
    raise Fault(zh="这一格不只是数值。", en="This cell is more than values.")


def _interval(node: Interval, options: Mapping[str, str], held: Lexicon) -> str:
    if node.high is None:
        low = _value(node.low, options, held)
        return _("%(low)s or more") % {"low": low} if node.low_included else _("over %(low)s") % {"low": low}
    high = _value(node.high, options, held)
    if node.low is None:
        return _("up to %(high)s") % {"high": high} if node.high_included else _("under %(high)s") % {"high": high}
    low = _value(node.low, options, held)
    start = low if node.low_included else _("over %(low)s") % {"low": low}
    end = high if node.high_included else _("under %(high)s") % {"high": high}
    return _("%(start)s to %(end)s") % {"start": start, "end": end}
