"""Expressions and cells of decision tables in words, with the labels of what they speak of, in both languages."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from jizhun.entitlements.feel.notation import as_text
from jizhun.entitlements.feel.reading import read_tests
from jizhun.entitlements.feel.tree import Interval, Literal, Name, Node, Tests, Unary
from jizhun.entitlements.feel.values import Fault, Value, trimmed
from jizhun.entitlements.rules.assembling import Rule
from jizhun.entitlements.rules.book import Condition, Entitlements, Result, Working
from jizhun.kernel.bilingual import NO_WORDS, Bilingual
from jizhun.kernel.dating import day_in_words

TOKEN: Final = re.compile(r'"[^"]*"|\.[a-z]+|[A-Za-z_]\w*|<=|>=|!=')
SIGNS: Final = {"<=": "≤", ">=": "≥", "!=": "≠"}
YES_NO: Final = {True: Bilingual("是", "yes"), False: Bilingual("否", "no")}
KEYWORDS: Final = {
    "and": Bilingual("且", "and"), "or": Bilingual("或", "or"), "not": Bilingual("非", "not"),
    "if": Bilingual("如果", "if"), "then": Bilingual("则", "then"), "else": Bilingual("否则", "else"),
    "true": YES_NO[True], "false": YES_NO[False], "null": Bilingual("无", "nothing"),
    ".year": Bilingual("的年份", " (its year)"), ".month": Bilingual("的月份", " (its month)"),
    ".day": Bilingual("的日", " (its day)")}
TODAY: Final = Bilingual("当日", "today")
OR, ANY, NOT = Bilingual(" 或 ", " or "), Bilingual("不限", "any"), Bilingual("不是 {}", "not {}")
FROM, OVER = Bilingual("{} 及以上", "{} or more"), Bilingual("超过 {}", "over {}")
UP_TO, UNDER = Bilingual("{} 及以下", "up to {}"), Bilingual("不足 {}", "under {}")
BETWEEN: Final = Bilingual("{} 至 {}", "{} to {}")
Names = Mapping[str, Bilingual]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What the names of a rule mean; ``options`` are the words of codes, by the name whose values they are."""

    names: Names
    options: Mapping[str, Names] = field(default_factory=dict)

    def expression(self, text: str) -> Bilingual:
        """An expression with labels in the place of names: ``“Months of contributions” ≥ 12``."""
        every = {code: label for codes in self.options.values() for code, label in codes.items()}

        def said(token: str) -> Bilingual:
            if token.startswith('"'):
                return every.get(token[1:-1], _same(token))
            if token in self.names:
                return _filled(Bilingual("“{}”", "“{}”"), self.names[token])
            return KEYWORDS.get(token, _same(SIGNS.get(token, token)))

        return Bilingual(TOKEN.sub(lambda found: said(found[0]).in_language("zh"), text),
                         TOKEN.sub(lambda found: said(found[0]).in_language("en"), text))

    def cell(self, text: str, about: str) -> Bilingual:
        """A cell of the column ``about``: ``12 to under 60``; as it is written where it is more than values."""
        try:
            return self._tests(read_tests(text), self.options.get(about.strip(), {}))
        except Fault:
            return _same(text)

    def outcome(self, text: str, name: str) -> Bilingual:
        """What a row of the table ``name`` comes to."""
        return self.options.get(name, {}).get(text.strip('"')) or self.expression(text)

    def _tests(self, tests: Tests, options: Names) -> Bilingual:
        if not tests.parts:
            return ANY
        text = _joined(OR, [self._part(one, options) for one in tests.parts])
        return _filled(NOT, text) if tests.negated else text

    def _part(self, node: Node, options: Names) -> Bilingual:
        if isinstance(node, Interval):
            return self._interval(node, options)
        return self._tests(node, options) if isinstance(node, Tests) else self._value(node, options)

    def _value(self, node: Node | None, options: Names) -> Bilingual:
        if isinstance(node, Literal):
            return options.get(node.value, _same(node.value)) if isinstance(node.value, str) else \
                plain_in_words(node.value)
        if isinstance(node, Name):
            return self.names.get(node.name, _same(node.name))
        if isinstance(node, Unary) and isinstance(node.value, Literal) and isinstance(node.value.value, Decimal):
            return plain_in_words(-node.value.value)
        raise Fault(zh="这一格不只是数值。", en="This cell is more than values.")

    def _interval(self, node: Interval, options: Names) -> Bilingual:
        low = None if node.low is None else self._value(node.low, options)
        high = None if node.high is None else self._value(node.high, options)
        if high is None:
            return _filled(FROM if node.low_included else OVER, low or NO_WORDS)
        if low is None:
            return _filled(UP_TO if node.high_included else UNDER, high)
        return _filled(BETWEEN, low if node.low_included else _filled(OVER, low),
                       high if node.high_included else _filled(UNDER, high))


def lexicon(rule: Rule, book: Entitlements, measures: Names) -> Lexicon:
    """Of everything that a rule reads or works out; ``measures``: the names of those on record by their codes."""
    parts: list[Condition | Working | Result] = [*rule.conditions, *rule.workings, *rule.results]
    names = {code: fact.label for code, fact in book.facts.items()}
    names |= {one.name: measures[one.measure] for one in rule.measures if one.measure in measures}
    names |= {one.name: one.words for one in parts} | {"today": TODAY}
    options = {code: dict(fact.options) for code, fact in book.facts.items() if fact.options}
    return Lexicon(names, options | {one.name: dict(one.options) for one in rule.results if one.options})


def plain_in_words(value: Value) -> Bilingual:
    """A value that has no unit."""
    if isinstance(value, bool):
        return YES_NO[value]
    if isinstance(value, date):
        return day_in_words(value)
    return _same(f"{trimmed(value):,f}" if isinstance(value, Decimal) else as_text(value))


def _same(text: str) -> Bilingual:
    return Bilingual(text, text)


def _filled(form: Bilingual, *parts: Bilingual) -> Bilingual:
    return Bilingual(form.zh.format(*(one.in_language("zh") for one in parts)),
                     form.en.format(*(one.in_language("en") for one in parts)))


def _joined(sign: Bilingual, parts: Iterable[Bilingual]) -> Bilingual:
    held = list(parts)
    return Bilingual(sign.zh.join(one.in_language("zh") for one in held),
                     sign.en.join(one.in_language("en") for one in held))
