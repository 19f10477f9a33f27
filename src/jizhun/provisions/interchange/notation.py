"""Values in a cell: a short notation that an official can type and that reads back as the same value.

    2420                                        a number
    nothing                                     nothing from this day on (also 无)
    {online, counter}                           a set of codes
    "文字" / "words"                             words in Chinese and English
    0.9 * minimum_wage + 10                     a formula; then, each after a semicolon:
        ; >= subsistence ; <= 3000 ; round 1 up ; given tier:minimum_wage = 1
    3 .. 12                                     from … to …; an end may be left out, or be a formula in brackets
    tier minimum_wage: 1 = 2420; 2 = 2250       a value a tier
    by grade: 1..4 = 27; 5.. = 18               a table, one row after another; the first that fits speaks
    by grade, level: 1, junior = 27; *, "a b" = (0.9 * minimum_wage)

Words that are no plain code stand in double quotes, a quote inside them doubled. Line breaks count as spaces.
"""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.provisions.rules import Band, Formula, Row, Span, Table, Tiered
from jizhun.provisions.rules.values import ROUNDINGS, Said

NOTHING = ("nothing", "无")
WORD = r"(?:tier:)?[^\W\d][\w-]*"
TOKEN = re.compile(
    r'\s*(?:(?P<text>"(?:[^"]|"")*")|(?P<span>-?\d*\.\.-?\d*)|(?P<number>-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)'
    rf"|(?P<word>{WORD})|(?P<sign>>=|<=|[-+*/=;:,(){{}}]))")
FULL_WIDTH = str.maketrans({"；": ";", "，": ",", "：": ":", "＝": "=", "×": "*", "（": "(", "）": ")", "／": "/",
                            "｛": "{", "｝": "}", "＋": "+", "≥": "\u2265", "≤": "\u2264"})
T = TypeVar("T")
PLAIN = re.compile(rf"{WORD}\Z")


# -- written ---------------------------------------------------------------------------------------------


def write(value: Said) -> str:
    """The notation of a value; ``read(write(value)) == value``."""
    match value:
        case None:
            return NOTHING[0]
        case Decimal():
            return f"{value:f}"
        case frozenset():
            return "{" + ", ".join(map(_word, sorted(value))) + "}"
        case Bilingual():
            return f"{_quoted(value.zh)} / {_quoted(value.en)}"
        case Formula():
            return _formula(value)
        case Band():
            return f"{_end(value.low)} .. {_end(value.high)}".strip()
        case Tiered():
            return f"tier {_word(value.scheme)}: " + "; ".join(f"{_word(tier)} = {amount:f}"
                                                               for tier, amount in value.values)
        case Table():
            return f"by {', '.join(map(_word, value.over))}: " + "; ".join(_row(row, value.over) for row in value.rows)


def _word(text: str) -> str:
    return text if PLAIN.match(text) and text not in ("nothing", "by", "tier") else _quoted(text)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _operand(operand: Decimal | str) -> str:
    return _word(operand) if isinstance(operand, str) else f"{operand:f}"


def _formula(formula: Formula) -> str:
    text = f"{formula.times:f} * {_operand(formula.of)}"
    if str(formula.plus) != "0":
        text += f" + {formula.plus:f}"
    for sign, bound in ((">=", formula.at_least), ("<=", formula.at_most)):
        text += f"; {sign} {_operand(bound)}" if bound is not None else ""
    if formula.round_to is not None:
        text += f"; round {formula.round_to:f} {formula.round_mode}"
    return text + "".join(f"; given {_word(name)} = {_word(word)}" for name, word in formula.given)


def _end(end: Decimal | Formula | None) -> str:
    if end is None:
        return ""
    return f"({_formula(end)})" if isinstance(end, Formula) else f"{end:f}"


def _row(row: Row, over: tuple[str, ...]) -> str:
    conditions = dict(row.conditions)
    parts = ", ".join(_condition(conditions.get(name)) for name in over)
    return f"{parts} = {f'({_formula(row.value)})' if isinstance(row.value, Formula) else f'{row.value:f}'}"


def _condition(condition: Span | str | None) -> str:
    if condition is None:
        return "*"
    if isinstance(condition, str):
        return _word(condition)
    low, high = ("" if end is None else str(end) for end in condition)
    return low if low == high and low else f"{low}..{high}"


# -- read ------------------------------------------------------------------------------------------------


def read(text: str) -> Said:
    """The value that a cell says; Refused with the place in it where it stops making sense."""
    reader = _Reader(text)
    value = reader.value()
    reader.end()
    return value


class _Reader:
    """Reads one cell from left to right."""

    def __init__(self, text: str) -> None:
        self.text = _plain_signs(text)
        self.at = 0
        self.kind, self.token, self.start = "", "", 0
        self.step()

    def step(self) -> str:
        """Go on to the next token; gives the one that was left behind."""
        left = self.token
        rest = self.text[self.at:]
        self.start = self.at + len(rest) - len(rest.lstrip())
        if not rest.strip():
            self.kind, self.token, self.at = "end", "", len(self.text)
            return left
        found = TOKEN.match(self.text, self.at)
        if found is None:
            raise self.odd()
        self.kind, self.token, self.at = found.lastgroup or "", found[found.lastgroup or ""], found.end()
        return left

    def odd(self) -> Refused:
        """What is told where a cell stops making sense."""
        rest = self.text[self.start:self.start + 20]
        if not rest:
            return Refused(zh=f"“{self.text[:60]}”没有写完", en=f"“{self.text[:60]}” is not complete")
        return Refused(zh=f"从第 {self.start + 1} 个字符“{rest}”起不能识别",
                       en=f"cannot be read from character {self.start + 1} on: “{rest}”")

    def end(self) -> None:
        if self.kind != "end":
            raise self.odd()

    def take(self, *tokens: str) -> str:
        """The next token, which must be one of these signs or words."""
        if self.token not in tokens or self.kind == "text":
            raise self.odd()
        return self.step()

    def has(self, *tokens: str) -> bool:
        return self.kind != "text" and self.token in tokens

    # -- values --------------------------------------------------------------------------------------

    def value(self) -> Said:
        if self.has(*NOTHING):
            self.step()
            return None
        if self.has("{"):
            return self.set()
        if self.kind == "text":
            return self.words()
        if self.has("tier"):
            return self.tiers()
        if self.has("by"):
            return self.table()
        return self.number_or_more()

    def set(self) -> frozenset[str]:
        self.take("{")
        found: list[str] = []
        while not self.has("}"):
            found.append(self.word())
            if not self.has("}"):
                self.take(",")
        self.take("}")
        return frozenset(found)

    def words(self) -> Bilingual:
        zh = self.word()
        self.take("/")
        return Bilingual(zh, self.word())

    def tiers(self) -> Tiered:
        self.take("tier")
        scheme = self.word()
        self.take(":")
        return Tiered(scheme, tuple(self.listed(self.tier)))

    def tier(self) -> tuple[str, Decimal]:
        name = self.step() if self.kind == "number" else self.word()
        self.take("=")
        return name, self.number()

    def table(self) -> Table:
        self.take("by")
        over = [self.word()]
        while self.has(","):
            self.step()
            over.append(self.word())
        self.take(":")
        return Table(tuple(over), tuple(self.listed(lambda: self.row(over))))

    def listed(self, one: Callable[[], T]) -> list[T]:
        """Things between semicolons; none at all where the cell ends."""
        found: list[T] = []
        while self.kind != "end":
            found.append(one())
            if self.kind != "end":
                self.take(";")
        return found

    def row(self, over: list[str]) -> Row:
        conditions: list[tuple[str, Span | str]] = []
        for number, name in enumerate(over):
            if number:
                self.take(",")
            condition = self.condition()
            if condition is not None:
                conditions.append((name, condition))
        self.take("=")
        return Row(tuple(conditions), self.bracketed() if self.has("(") else self.number())

    def condition(self) -> Span | str | None:
        if self.has("*"):
            self.step()
            return None
        if self.kind == "span":
            low, _, high = self.step().partition("..")
            return Span(int(low) if low else None, int(high) if high else None)
        if self.kind == "number":
            if not re.fullmatch(r"-?\d+", self.token):
                raise self.odd()
            number = int(self.step())
            return Span(number, number)
        return self.word()

    def bracketed(self) -> Formula:
        self.take("(")
        formula = self.formula(self.number(), inside=True)
        self.take(")")
        return formula

    def number_or_more(self) -> Said:
        """A number; or what begins like one: a formula, or a range."""
        if self.kind == "span":
            return self.spanned()
        low: Decimal | Formula = self.bracketed() if self.has("(") else self.number()
        if self.kind == "span" and self.token.startswith(".."):
            high = self.step()[2:]
            return Band(low, _decimal(high) if high else self.upper())
        if isinstance(low, Formula):
            raise self.odd()
        return self.formula(low) if self.has("*") else low

    def spanned(self) -> Band:
        """A range that was written without spaces, or begins with its dots."""
        low, _, high = self.step().partition("..")
        if self.has("(") and not high:
            return Band(_decimal(low), self.upper())
        if not high and self.kind == "number":
            return Band(_decimal(low), self.number())
        return Band(_decimal(low), _decimal(high))

    def upper(self) -> Decimal | Formula | None:
        if self.has("("):
            return self.bracketed()
        return None if self.kind == "end" else self.number()

    # -- formulas ------------------------------------------------------------------------------------

    def formula(self, times: Decimal, *, inside: bool = False) -> Formula:
        self.take("*")
        of = self.operand()
        plus = Decimal(0)
        if self.has("+"):
            self.step()
            plus = self.number()
        bounds: dict[str, Decimal | str] = {}
        rounding: tuple[Decimal | None, str] = (None, "half_up")
        given: list[tuple[str, str]] = []
        while self.has(";"):
            self.step()
            if self.has(">=", "<="):
                sign = self.step()
                bounds[sign] = self.operand()
            elif self.has("round"):
                rounding = self.rounding()
            else:
                given.append(self.fixed())
        if not inside and self.kind != "end":
            raise self.odd()
        return Formula(times, of, plus, bounds.get(">="), bounds.get("<="), *rounding, tuple(given))

    def rounding(self) -> tuple[Decimal, str]:
        self.take("round")
        to = self.number()
        return to, self.take(*ROUNDINGS)

    def fixed(self) -> tuple[str, str]:
        self.take("given")
        name = self.word()
        self.take("=")
        return name, self.step() if self.kind == "number" else self.word()

    def operand(self) -> Decimal | str:
        return self.number() if self.kind == "number" else self.word()

    def word(self) -> str:
        if self.kind == "text":
            return self.step()[1:-1].replace('""', '"')
        if self.kind != "word":
            raise self.odd()
        return self.step()

    def number(self) -> Decimal:
        if self.kind != "number":
            raise self.odd()
        return Decimal(self.step())


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None


def _plain_signs(text: str) -> str:
    """Full-width signs outside quotes as plain ones, and ≥ ≤ in two letters."""
    parts = re.split(r'("(?:[^"]|"")*")', text)
    return "".join(part if number % 2 else part.translate(FULL_WIDTH).replace("\u2265", ">=").replace("\u2264", "<=")
                   for number, part in enumerate(parts))
