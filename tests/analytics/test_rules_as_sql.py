"""One rule, three readings, one meaning: the plain reading of the tree, the compiled function, and SQL (DuckDB, Spark).

Expressions are made up, over columns of every kind with and without nulls; every row must come out the same to the
last digit, or the expression must have been refused beforehand.
"""

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jizhun.entitlements.feel import compiled, read, read_tests, tree, value
from jizhun.entitlements.feel.sql import DUCKDB, SPARK, Dialect, Sql, overlapping, written
from jizhun.entitlements.feel.values import DaysDuration, Fault, MonthsDuration

COLUMNS = {
    "a": Sql("a", "number", 1, -100, 1000), "m": Sql("m", "number", 100, -100_000, 10_000_000),
    "p": Sql("p", "number", 1, 1, 27, False), "b": Sql("b", "boolean"), "c": Sql("c", "boolean", nullable=False),
    "s": Sql("s", "string"), "d": Sql("d", "date"), "e": Sql("e", "date", nullable=False)}
TYPES = {"a": "integer", "m": "integer", "p": "integer", "b": "boolean", "c": "boolean", "s": "varchar", "d": "date",
         "e": "date"}
WORDS = ("x", "y", "o'k\\", "中")
START = date(2020, 1, 31)


def people(rows: int = 40) -> list[dict[str, Any]]:
    """Rows by a fixed seed, with nulls, negatives and month ends among them."""
    draw = random.Random(5)

    def maybe(one: Any, nulls: float = 0.15) -> Any:
        return None if draw.random() < nulls else one
    return [{"a": maybe(draw.randint(-100, 1000)), "m": maybe(draw.randint(-100_000, 10_000_000)),
             "p": draw.randint(1, 27),
             "b": maybe(draw.random() < 0.5, 0.3), "c": draw.random() < 0.5, "s": maybe(draw.choice(WORDS)),
             "d": maybe(START + timedelta(draw.randint(-60, 2000))), "e": START + timedelta(draw.randint(0, 2000))}
            for _ in range(rows)]


PEOPLE = people()


def scope_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as an expression reads it: whole numbers over their denominator."""
    return {name: Decimal(one) / COLUMNS[name].den if type(one) is int else one for name, one in row.items()}


@pytest.fixture(scope="module")
def table() -> duckdb.DuckDBPyConnection:
    held = duckdb.connect()
    held.execute(f"CREATE TABLE people (i integer, {', '.join(f'{name} {kind}' for name, kind in TYPES.items())})")
    held.executemany("INSERT INTO people VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                     [(i, *row.values()) for i, row in enumerate(PEOPLE)])
    return held


# -- made-up expressions

LITERALS = {
    "number": st.one_of(st.integers(-20, 200).map(Decimal), st.integers(-500, 5000).map(lambda n: Decimal(n) / 100),
                        st.sampled_from([Decimal(0), Decimal("0.9"), Decimal(12)])),
    "boolean": st.sampled_from([True, False, None]), "string": st.sampled_from(WORDS),
    "date": st.integers(0, 2000).map(lambda n: START + timedelta(n)),
    "months": st.integers(-30, 60).map(MonthsDuration),
    "days": st.integers(-50, 400).map(lambda n: DaysDuration(Decimal(86400 * n)))}
ROUNDINGS = ("round half up", "round half down", "decimal", "floor", "ceiling", "round up", "round down")


@st.composite
def expressions(draw: Any, kind: str = "number", depth: int = 4) -> tree.Node:
    """A tree of one kind of value, at most ``depth`` high."""
    if depth <= 0 or draw(st.integers(0, 6)) == 0:
        return _leaf(draw, kind)
    form = draw(st.integers(0, 9))
    if form == 0:
        return tree.If(*(draw(expressions(one, depth - 1)) for one in ("boolean", kind, kind)))
    if form == 1:
        return draw(tables(kind, depth - 1))  # type: ignore[no-any-return]
    return BY_KIND[kind](draw, depth - 1)  # type: ignore[no-any-return]


def _leaf(draw: Any, kind: str) -> tree.Node:
    names = [name for name, column in COLUMNS.items() if column.kind == kind]
    if names and draw(st.integers(0, 3)):
        return tree.Name(draw(st.sampled_from(names)))
    return tree.Literal(draw(LITERALS[kind]))


def _number(draw: Any, depth: int) -> tree.Node:
    def one(kind: str = "number") -> tree.Node:
        return draw(expressions(kind, depth))  # type: ignore[no-any-return]
    form = draw(st.sampled_from(["+", "-", "*", "minus", "min", "max", "sum", "round", "divide", "abs", "year", "years",
                                 "days"]))
    if form in "+-*":
        return tree.Binary(form, one(), one())
    if form in ("min", "max", "sum"):
        return tree.Call(form, tuple(one() for _ in range(draw(st.integers(1, 3)))))
    made: Any = {"minus": lambda: tree.Unary(one()), "abs": lambda: tree.Call("abs", (one(),)),
            "year": lambda: tree.Path(one("date"), draw(st.sampled_from(["year", "month", "day"]))),
            "years": lambda: tree.Path(one("months"), draw(st.sampled_from(["years", "months"]))),
            "days": lambda: tree.Path(one("days"), "days")}.get(form)
    return made() if made else _rounded(draw, one(), form == "divide")


def _rounded(draw: Any, inner: tree.Node, divide: bool) -> tree.Node:
    if divide:
        by = draw(st.sampled_from([tree.Name("p"), *(tree.Literal(Decimal(n)) for n in (3, 7, 12, -9, 139))]))
        inner = tree.Binary("/", inner, by)
    return tree.Call(draw(st.sampled_from(ROUNDINGS)), (inner, tree.Literal(Decimal(draw(st.integers(-1, 3))))))


def _boolean(draw: Any, depth: int) -> tree.Node:
    def one(kind: str) -> tree.Node:
        return draw(expressions(kind, depth))  # type: ignore[no-any-return]
    form = draw(st.sampled_from(["order", "order", "equal", "and", "or", "not", "in", "defined"]))
    kind = draw(st.sampled_from(["number", "date", "string", "months", "days"]))
    if form == "order":
        return tree.Binary(draw(st.sampled_from(["<", "<=", ">", ">="])), one(kind), one(kind))
    if form == "equal":
        other = one(kind) if draw(st.integers(0, 4)) else tree.Literal(None)
        return tree.Binary(draw(st.sampled_from(["=", "!="])), one(kind), other)
    if form in ("and", "or"):
        return tree.Logic(form, (one("boolean"), one("boolean")))
    if form == "in":
        kind = draw(st.sampled_from(["number", "date", "string"]))
        return tree.In(one(kind), draw(cells_of(kind, depth)))
    return tree.Call("not", (one("boolean"),)) if form == "not" else tree.Call("is defined", (one("number"),))


def _date(draw: Any, depth: int) -> tree.Node:
    span = draw(st.sampled_from(["months", "days"]))
    return tree.Binary(draw(st.sampled_from("+-")), draw(expressions("date", depth)),
                       tree.Literal(draw(LITERALS[span])))


def _span(kind: str) -> Any:
    def made(draw: Any, depth: int) -> tree.Node:
        first, last = draw(expressions("date", depth)), draw(expressions("date", depth))
        if kind == "days":
            return tree.Binary("-", first, last)
        return tree.Call("years and months duration", (first, last))
    return made


def _word(draw: Any, depth: int) -> tree.Node:
    return _leaf(draw, "string")


BY_KIND: dict[str, Any] = {"number": _number, "boolean": _boolean, "date": _date, "months": _span("months"),
                           "days": _span("days"),
           "string": _word}


@st.composite
def cells_of(draw: Any, kind: str, depth: int) -> tree.Tests:
    def part() -> tree.Node:
        if kind in ("number", "date", "string") and draw(st.booleans()):
            ends = [tree.Literal(draw(LITERALS[kind])) for _ in range(2)]
            return tree.Interval(ends[0] if draw(st.integers(0, 4)) else None, ends[1], draw(st.booleans()),
                                 draw(st.booleans()))
        return draw(expressions(kind, min(depth, 1)))  # type: ignore[no-any-return]
    return tree.Tests(tuple(part() for _ in range(draw(st.integers(0, 2)))), draw(st.integers(0, 4)) == 0)


@st.composite
def tables(draw: Any, kind: str, depth: int) -> tree.Table:
    counted = kind == "number" and draw(st.booleans())
    of = draw(st.sampled_from(["number", "string", "date"]))
    rules = tuple(tree.Rule((draw(cells_of(of, depth)), draw(cells_of("number", depth))),
                            (draw(expressions(kind, depth)),))
                  for _ in range(draw(st.integers(1, 3))))
    default = draw(expressions(kind, depth)) if draw(st.booleans()) else None
    inputs = draw(expressions(of, depth)), draw(expressions("number", depth))
    return tree.Table(inputs, (None, None), (tree.Output("", (), default),), rules, "C" if counted else "F",
                      draw(st.sampled_from(["SUM", "COUNT"])) if counted else "")


# -- one meaning


def expected(node: tree.Node, row: Mapping[str, Any]) -> Any:
    """By the plain reading and by the compiled function, which must agree; Fault as its sentence."""
    told = []
    for run in (lambda scope: value(node, scope), compiled(node)):
        try:
            told.append(run(scope_of(row)))
        except Fault as fault:
            told.append(str(fault))
    assert told[0] == told[1]
    return told[0]


def from_sql(sql: Sql, one: Any) -> Any:
    """What an engine gave, as a value."""
    if one is None or sql.kind in ("boolean", "string", "date"):
        return one
    size = Decimal(int(one)) / sql.den
    made: Any = {"months": lambda: MonthsDuration(int(size)), "days": lambda: DaysDuration(size * 86400)}.get(sql.kind)
    return made() if made else size


def check(node: tree.Node, sql: Sql, answers: Sequence[Any]) -> None:
    for row, answer in zip(PEOPLE, answers, strict=True):
        assert from_sql(sql, answer) == expected(node, row), (row, sql.text)
        if sql.kind == "number" and answer is not None:
            assert sql.low <= int(answer) <= sql.high, (row, sql)
        assert answer is not None or sql.nullable, (row, sql)


@pytest.mark.parametrize("kind", ["number", "boolean", "date", "months"])
def test_every_row_comes_out_the_same(table: duckdb.DuckDBPyConnection, kind: str) -> None:
    @settings(max_examples=120, deadline=None)
    @given(expressions(kind))
    def agree(node: tree.Node) -> None:
        try:
            sql = written(node, COLUMNS)
        except Fault as fault:
            assert "too large" in str(fault)
            return
        rows = table.execute(f"SELECT {sql.text} FROM people ORDER BY i").fetchall()
        check(node, sql, [one for (one,) in rows])
    agree()


RULES = (
    "round half up(m / 139, 2)", "m * 0.9", "round down(m * 1.1 / p, 0)", "if a >= 12 then min(24, a) else 0",
    "not(b) or c",
    "years and months duration(d, e).years", "(e - d).days", "d + duration(\"P1M\")", "s in (\"x\", \"o'k\\\\\")",
    "a in (<= 3, [10..20), > 500)", "max(d, e) > date(\"2023-02-28\")", "decimal(m / 7, 1)", "floor(a / 12) * 2",
    "-a - -3",
    "a = null or s != \"中\"", "b = c", "if b then m else null", "ceiling(a / 4)", "d.year * 12 + d.month")


def in_dialect(dialect: Dialect) -> list[tuple[tree.Node, Sql]]:
    nodes = [read(text, COLUMNS) for text in RULES]
    return [(node, written(node, COLUMNS, dialect)) for node in nodes]


def test_rules_as_people_write_them_come_out_the_same(table: duckdb.DuckDBPyConnection) -> None:
    for node, sql in in_dialect(DUCKDB):
        check(node, sql, [one for (one,) in table.execute(f"SELECT {sql.text} FROM people ORDER BY i").fetchall()])


@pytest.mark.spark
def test_spark_agrees(spark: Any) -> None:
    written_ones = in_dialect(SPARK)
    spark_types = ", ".join(f"{name} {'string' if kind == 'varchar' else kind}" for name, kind in TYPES.items())
    spark.createDataFrame([(i, *row.values()) for i, row in enumerate(PEOPLE)],
                          f"i integer, {spark_types}").createOrReplaceTempView("people")
    columns = ", ".join(f"{sql.text} AS r{n}" for n, (_, sql) in enumerate(written_ones))
    rows = spark.sql(f"SELECT {columns} FROM people ORDER BY i").collect()
    for n, (node, sql) in enumerate(written_ones):
        check(node, sql, [row[f"r{n}"] for row in rows])


# -- what is refused, with its column


@pytest.mark.parametrize(("text", "column", "sentence"), [
    ("a + b", 3, "“+” does not go between number and boolean."), ("1 + m / p", 7, "A division by what is no constant"),
    ("m / 3", 3, "A quotient without end"), ("round up(m / a, 2)", 1, "A division by what may be 0"),
    ("[1, a]", 1, "“Items” cannot be written as SQL"), ("a ** 2", 3, "“**” cannot be written as SQL"),
    ("upper case(s)", 1, "“upper case” cannot be written as SQL"),
    ("nobody + 1", 1, "There is nothing called “nobody”."),
    ("m * m * m * m * m * m", 17, "too large"), ("s > a", 3, "string and number cannot be compared")])
def test_what_cannot_be_counted_exactly_is_refused(text: str, column: int, sentence: str) -> None:
    with pytest.raises(Fault) as refused:
        written(read(text, [*COLUMNS, "nobody"]), COLUMNS)
    assert sentence in str(refused.value)
    assert abs(refused.value.at - column) <= 4  # where the sign stands, give or take its spaces


def table_of(*cells: str, policy: str = "U") -> tree.Table:
    rules = tuple(tree.Rule((read_tests(cell),), (tree.Literal(Decimal(n)),)) for n, cell in enumerate(cells))
    return tree.Table((tree.Name("a"),), (None,), (tree.Output(""),), rules, policy)


def test_rules_that_may_hold_at_once_are_named() -> None:
    assert overlapping(table_of("< 12", "[12..60)", ">= 60")) is None
    assert overlapping(table_of("< 12", "[11..60)", ">= 60")) == (1, 2)
    assert overlapping(table_of("1, 3", "2", "3")) == (1, 3)
    assert overlapping(table_of("<= 12", "-")) == (1, 2)
    with pytest.raises(Fault, match="Rules 1 and 2 may hold at once"):
        written(table_of("<= 12", ">= 12"), COLUMNS)
    assert written(table_of("<= 12", ">= 12", policy="F"), COLUMNS).kind == "number"
