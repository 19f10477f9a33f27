"""From text to tree: a descent parser for the expressions and unary tests of FEEL.

Source: OMG, Decision Model and Notation 1.5, chapter 10.3.1. Names may hold spaces and signs, so whoever reads an
expression says which names there are; the longest that fits is taken. What S-FEEL lacks and a rule does not
need (for, some, every, filters, functions made on the spot) is refused in words.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeVar

from jizhun.entitlements.feel.functions import FUNCTIONS
from jizhun.entitlements.feel.notation import read_date, read_temporal
from jizhun.entitlements.feel.tree import (
    Binary,
    Call,
    Entries,
    If,
    In,
    Interval,
    Items,
    Literal,
    Logic,
    Name,
    Node,
    Path,
    Tests,
    Unary,
    height,
)
from jizhun.entitlements.feel.values import Fault, number
from jizhun.kernel.bilingual import Bilingual

Made = TypeVar("Made")

LONGEST = 20_000
DEEPEST = 40
"""Brackets and conditions in one another."""
TALLEST = 150
"""Operations that wait for one another, as in ``1 + 2 + 3``: whoever runs the tree goes down that deep."""
KEPT = 500
"""Characters of an expression that is kept once it was read."""

SPACE = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
NUMBER = re.compile(r"(?:\d+(?:\.(?!\.)\d+)?|\.\d+)(?:[eE][+-]?\d+)?")
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
WORD = re.compile(r"[^\W\d]\w*|\?")
SIGNS = ("**", "<=", ">=", "!=", "..", "=", "<", ">", "+", "-", "*", "/", "(", ")", "[", "]", "{", "}", ",", ".", ":")
KEYWORDS = frozenset({"if", "then", "else", "and", "or", "in", "between", "true", "false", "null",
                      "for", "some", "every", "return", "satisfies", "function", "instance", "external"})
BEYOND = ("for", "some", "every", "function")
PARAMETER, ENTRY = re.compile(r"\s*([^\W\d]\w*(?: +\w+)*)\s*:(?!:)"), re.compile(r"[^:{}\",]+")
CLOSES = re.compile(r"\](?=\s*([,)\]}]|$))")
"""A bracket that begins no interval."""
COMPARISONS = ("<=", ">=", "!=", "=", "<", ">")
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\", "/": "/"}


def read(text: str, names: Iterable[str] = ()) -> Node:
    """The tree of an expression; raises Fault with the column where it cannot be read."""
    return _read(text, frozenset(names), False)


def read_tests(text: str, names: Iterable[str] = ()) -> Tests:
    """The tree of a cell of a decision table: unary tests, ``-`` for anything."""
    tests = _read(text, frozenset(names), True)
    assert isinstance(tests, Tests)
    return tests


def _read(text: str, names: frozenset[str], unary: bool) -> Node:
    if len(text) > LONGEST:
        raise Fault(zh=f"表达式超过 {LONGEST} 个字符。",
                    en=f"The expression is longer than {LONGEST} characters.", at=1)
    return _kept(text, names, unary) if len(text) <= KEPT else _Parser(text, names).whole(unary)


@lru_cache(maxsize=20_000)
def _kept(text: str, names: frozenset[str], unary: bool) -> Node:
    return _Parser(text, names).whole(unary)


@lru_cache(maxsize=64)
def _spaced(names: frozenset[str]) -> dict[str, list[str]]:
    """Names that a plain word does not cover, by their first character."""
    found: dict[str, list[str]] = {}
    for name in sorted(names | FUNCTIONS.keys()):
        if name.strip() and not WORD.fullmatch(name):
            found.setdefault(name.lstrip()[0], []).append(name)
    return found


@lru_cache(maxsize=5_000)
def _pattern(name: str) -> re.Pattern[str]:
    """A name with any run of spaces where it has one."""
    return re.compile(r"\s+".join(map(re.escape, name.split())) + r"(?!\w)")


class _Parser:
    """One text and how far it was read. A method reads one rule of the grammar and leaves ``here`` behind it."""

    def __init__(self, text: str, names: frozenset[str]) -> None:
        self.text, self.names, self.here, self.depth = text, names, 0, 0
        self.own: tuple[str, ...] = ()
        """The names of the entries before, in the context that is being read."""
        self.closing = False
        """Whether ``[`` may end the interval that is being read, as in ``]1..2[``."""

    # -- what stands next

    def skip(self) -> int:
        found = SPACE.match(self.text, self.here)
        self.here = found.end() if found else self.here
        return self.here

    def sign(self, *wanted: str) -> str:
        """Take the next sign if it is one of ``wanted``; "" if not."""
        self.skip()
        found = next((one for one in SIGNS if self.text.startswith(one, self.here)), "")
        if found not in wanted:
            return ""
        self.here += len(found)
        return found

    def word(self, *wanted: str) -> str:
        """Take the next word if it is one of ``wanted``, and not the beginning of a known name; "" if not."""
        self.skip()
        found = WORD.match(self.text, self.here)
        if not found or found.group() not in wanted or self.known_name() not in ("", found.group()):
            return ""
        self.here = found.end()
        return found.group()

    def spaced_name(self) -> tuple[str, int]:
        """The longest known name with spaces or signs that is longer than the word here, and its end; else ""."""
        plain = WORD.match(self.text, self.here)
        least = plain.end() if plain else self.here
        first, best = self.text[self.here:self.here + 1], ""
        for name in (*_spaced(self.names).get(first, ()), *(own for own in self.own if own[0] == first)):
            found = _pattern(name).match(self.text, self.here)
            if found and found.end() > least:
                best, least = name, found.end()
        return best, least

    def known_name(self) -> str:
        """The known name that stands here, the longest there is; else ""."""
        plain = WORD.match(self.text, self.here)
        return self.spaced_name()[0] or (plain.group() if plain and self.knows(plain.group()) else "")

    def knows(self, word: str) -> bool:
        return word in self.names or word in self.own

    def name(self) -> str:
        """Take a name: the longest known one, else a plain word; "" if there is none."""
        self.skip()
        name, end = self.spaced_name()
        if name:
            self.here = end
            return name
        found = WORD.match(self.text, self.here)
        if not found or (found.group() in KEYWORDS and not self.knows(found.group())):
            return ""
        self.here = found.end()
        return found.group()

    def need(self, sign: str) -> None:
        if not self.sign(sign):
            raise self.expected(Bilingual(f"“{sign}”", f"“{sign}”"))

    def need_word(self, word: str) -> None:
        if not self.word(word):
            raise self.expected(Bilingual(f"“{word}”", f"“{word}”"))

    def expected(self, what: Bilingual) -> Fault:
        at = self.skip()
        rest = self.text[at:at + 12].strip()
        if not rest:
            return Fault(zh=f"表达式到此为止，这里还应有{what.zh}。",
                         en=f"The expression ends where {what.en} should follow.", at=at + 1)
        return Fault(zh=f"这里应有{what.zh}，而不是“{rest}”。",
                     en=f"Here should be {what.en}, not “{rest}”.", at=at + 1)

    # -- the rules, from the loosest binding to the tightest

    def whole(self, unary: bool) -> Node:
        tree = self.tests() if unary else self.expression()
        if self.skip() < len(self.text):
            raise self.expected(Bilingual("运算符或结尾", "an operator or the end"))
        if len(self.text) > TALLEST and height(tree) > TALLEST:
            raise Fault(zh=f"超过 {TALLEST} 步运算连成一串。", en=f"More than {TALLEST} operations in one chain.", at=1)
        return tree

    def expression(self, closing: bool = False) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.too_deep()
        outside, self.closing = self.closing, closing
        tree = self.choice() if self.word("if") else self.logic("or")
        self.closing = outside
        self.depth -= 1
        return tree

    def too_deep(self) -> Fault:
        return Fault(zh=f"括号、条件或负号套了超过 {DEEPEST} 层。",
                     en=f"Nested more than {DEEPEST} levels deep.", at=self.skip() + 1)

    def choice(self) -> Node:
        """What follows ``if``; however many times ``else if``."""
        ways: list[tuple[Node, Node, int]] = []
        while not ways or self.word("if"):
            at = self.here - 1
            condition = self.expression()
            self.need_word("then")
            then = self.expression()
            self.need_word("else")
            ways.append((condition, then, at))
        tree = self.expression()
        for condition, then, at in reversed(ways):
            tree = If(condition, then, tree, at=at)
        return tree

    def logic(self, sign: str) -> Node:
        at = self.skip() + 1
        parts = [self.logic("and") if sign == "or" else self.comparison()]
        while self.word(sign):
            parts.append(self.logic("and") if sign == "or" else self.comparison())
        return Logic(sign, tuple(parts), at=at) if len(parts) > 1 else parts[0]

    def comparison(self) -> Node:
        left = self.sum()
        while True:
            at = self.skip() + 1
            if sign := self.sign(*COMPARISONS):
                left = Binary(sign, left, self.sum(), at=at)
            elif self.word("between"):
                low = self.sum()
                self.need_word("and")
                left = In(left, Tests((Interval(low, self.sum(), True, True, at=at),), at=at), at=at)
            elif self.word("in"):
                left = In(left, self.listed_tests(), at=at)
            elif self.word("instance"):
                raise _beyond("instance of", at)
            else:
                return left

    def listed_tests(self) -> Tests:
        """What follows ``in``: one test, or several in round brackets."""
        at = self.skip() + 1
        if not self.sign("("):
            return Tests((self.test(self.sum),), at=at)  # “or” behind it is no part of the test
        compares = self.text.startswith(COMPARISONS, self.skip())
        tests = [self.test()]
        if not compares and self.text.startswith("..", self.skip()):
            return Tests((self.interval(tests[0], False, at),), at=at)
        while self.sign(","):
            tests.append(self.test())
        self.need(")")
        return Tests(tuple(tests), at=at)

    def sum(self) -> Node:
        return self.chain(("+", "-"), self.product)

    def product(self) -> Node:
        return self.chain(("*", "/"), self.power)

    def power(self) -> Node:
        return self.chain(("**",), self.signed)

    def chain(self, signs: tuple[str, ...], part: Callable[[], Node]) -> Node:
        """Parts with signs between them, the first two put together first."""
        left = part()
        while sign := self.sign(*signs):
            at = self.here - len(sign) + 1
            left = Binary(sign, left, part(), at=at)
        return left

    def signed(self) -> Node:
        at, depth = self.skip() + 1, 0
        while self.sign("-"):
            depth += 1
            if depth > DEEPEST:
                raise self.too_deep()
        tree = self.reached()
        for _ in range(depth):
            tree = Unary(tree, at=at)
        return tree

    def reached(self) -> Node:
        """A value and the path behind it."""
        tree = self.atom()
        while True:
            at = self.skip() + 1
            if self.text.startswith("..", self.here):
                return tree
            if self.sign("."):
                name = self.name()
                if not name:
                    raise self.expected(Bilingual("名称", "a name"))
                tree = Path(tree, name, at=at)
            elif self.text.startswith("[", self.here) and not (self.closing or isinstance(tree, (Literal, Interval))):
                raise Fault(zh="这里不用筛选“[…]”。", en="Filters “[…]” are not used here.", at=at)
            else:
                return tree

    # -- values

    def atom(self) -> Node:
        at = self.skip() + 1
        for read in (self.constant, self.bracketed, self.named):
            tree = read(at)
            if tree is not None:
                return tree
        raise self.expected(Bilingual("一个值", "a value"))

    def constant(self, at: int) -> Node | None:
        if found := NUMBER.match(self.text, self.here):
            self.here = found.end()
            return Literal(_placed(at, lambda: number(found.group())), at=at)
        if self.text.startswith('"', self.here):
            return Literal(self.string(), at=at)
        if self.text.startswith("@", self.here):
            self.here += 1
            text = self.string()
            return Literal(_placed(at, lambda: read_temporal(text)), at=at)  # type: ignore[arg-type]
        word = self.word("true", "false", "null")
        return Literal({"true": True, "false": False, "null": None}[word], at=at) if word else None

    def string(self) -> str:
        found = STRING.match(self.text, self.here)
        if not found:
            raise Fault(zh="引号没有配对。", en="A quotation mark is not closed.", at=self.here + 1)
        start, self.here = self.here, found.end()
        text = re.sub(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|.)", lambda one: _escaped(one.group(1), start),
                      found.group(1), flags=re.DOTALL)
        return _paired(text, start)

    def bracketed(self, at: int) -> Node | None:
        if self.sign("("):
            return self.round_bracket(at)
        if self.sign("["):
            return self.square_bracket(at)
        if not CLOSES.match(self.text, self.here) and self.sign("]"):
            return self.interval(self.expression(), False, at)
        if self.sign("{"):
            return self.context(at)
        return None

    def round_bracket(self, at: int) -> Node:
        inner = self.expression()
        if self.text.startswith("..", self.skip()):
            return self.interval(inner, False, at)
        self.need(")")
        return inner

    def square_bracket(self, at: int) -> Node:
        if self.sign("]"):
            return Items((), at=at)
        items = [self.expression()]
        if self.text.startswith("..", self.skip()):
            return self.interval(items[0], True, at)
        while self.sign(","):
            items.append(self.expression())
        self.need("]")
        return Items(tuple(items), at=at)

    def interval(self, low: Node, low_included: bool, at: int) -> Node:
        self.need("..")
        high = self.expression(closing=True)
        close = self.sign("]", ")", "[")
        if not close:
            raise self.expected(Bilingual("“]”或“)”", "“]” or “)”"))
        return Interval(low, high, low_included, close == "]", at=at)

    def context(self, at: int) -> Node:
        entries: list[tuple[str, Node]] = []
        before = self.own
        while not self.sign("}"):
            if entries:
                self.need(",")
            start, name = self.skip() + 1, self.entry_name()
            if any(name == one for one, _ in entries):
                raise _twice(name, start)
            self.need(":")
            entries.append((name, self.expression()))
            self.own = (*self.own, name) if name.strip() else self.own
        self.own = before
        return Entries(tuple(entries), at=at)

    def entry_name(self) -> str:
        self.skip()
        if self.text.startswith('"', self.here):
            return self.string()
        found = ENTRY.match(self.text, self.here)
        if not found or not found.group().strip():
            raise self.expected(Bilingual("名称", "a name"))
        self.here = found.end()
        return " ".join(found.group().split())

    def named(self, at: int) -> Node | None:
        if beyond := self.word(*BEYOND):
            raise _beyond(beyond, at)
        name = self.name()
        if not name:
            return None
        return self.call(name, at) if self.sign("(") else Name(name, at=at)

    def call(self, function: str, at: int) -> Node:
        arguments: list[Node] = []
        by_name: list[tuple[str, Node]] = []
        while not self.sign(")"):
            if arguments or by_name:
                self.need(",")
            start, name = self.skip() + 1, self.parameter()
            if name and any(name == one for one, _ in by_name):
                raise _twice(name, start)
            (by_name.append((name, self.expression())) if name else arguments.append(self.expression()))
        if arguments and by_name:
            raise Fault(zh="参数要么都写名称，要么都不写。", en="Either every argument is named, or none is.", at=at)
        call = Call(function, tuple(arguments), tuple(by_name), at=at)
        return call if function in self.names else _constant_day(call)

    def parameter(self) -> str:
        """The name before a colon, where an argument is given by name; else "" and nothing taken."""
        found = PARAMETER.match(self.text, self.here)
        if not found:
            return ""
        self.here = found.end()
        return found.group(1)

    # -- unary tests

    def tests(self) -> Tests:
        at = self.skip() + 1
        if self.text[self.here:].strip() in ("-", ""):
            self.here = len(self.text)
            return Tests((), at=at)
        start = self.here
        if self.word("not") and self.sign("("):
            inside = self.several()
            if self.sign(")") and self.skip() == len(self.text):
                return Tests(inside, negated=True, at=at)
        self.here = start
        return Tests(self.several(), at=at)

    def several(self) -> tuple[Node, ...]:
        parts = [self.test()]
        while self.sign(","):
            parts.append(self.test())
        return tuple(parts)

    def test(self, otherwise: Callable[[], Node] | None = None) -> Node:
        """One test: ``< 5``, ``[1..3]``, a value, or a condition on ``?``; ``otherwise`` reads what has no sign."""
        at = self.skip() + 1
        sign = self.sign(*COMPARISONS)
        if not sign:
            return (otherwise or self.expression)()
        end = self.sum()
        if sign in ("=", "!="):
            return Binary(sign, Name("?", at=at), end, at=at)
        low, high = (end, None) if sign[0] == ">" else (None, end)
        return Interval(low, high, sign == ">=", sign == "<=", at=at)


def _placed(at: int, make: Callable[[], Made]) -> Made:
    """What ``make`` makes; a Fault gets the column."""
    try:
        return make()
    except Fault as fault:
        fault.at = at
        raise


def _beyond(what: str, at: int) -> Fault:
    return Fault(zh=f"这里不用“{what}”。", en=f"“{what}” is not used here.", at=at)


def _twice(name: str, at: int) -> Fault:
    return Fault(zh=f"“{name}”写了两次。", en=f"“{name}” is given twice.", at=at)


def _no_character(at: int) -> Fault:
    return Fault(zh="没有这个字符。", en="There is no such character.", at=at + 1)


def _escaped(code: str, at: int) -> str:
    if code[0] in "uU" and len(code) > 1:
        if int(code[1:], 16) > 0x10FFFF:
            raise _no_character(at)
        return chr(int(code[1:], 16))
    if code not in ESCAPES:
        raise Fault(zh=f"引号里没有“\\{code}”这种写法。", en=f"There is no “\\{code}” in a text.", at=at + 1)
    return ESCAPES[code]


def _paired(text: str, at: int) -> str:
    """Text in which the two halves of a character, ``\\uD83D\\uDE00``, are one."""
    try:
        return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError:
        raise _no_character(at) from None


def _constant_day(call: Call) -> Node:
    """``date("2026-07-01")`` and its like as a constant, so that a wrong day is found before anything is asked."""
    if call.function not in ("date", "time", "date and time", "duration") or call.named or len(call.arguments) != 1:
        return call
    text = call.arguments[0]
    if not isinstance(text, Literal) or not isinstance(text.value, str):
        return call
    day = _placed(text.at, lambda: FUNCTIONS[call.function].run(text.value))
    return Literal(day, at=call.at)  # type: ignore[arg-type]


__all__ = ["read", "read_date", "read_tests"]
