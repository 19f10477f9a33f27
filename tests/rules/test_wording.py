"""Expressions and cells of rules in words, in both languages."""

from datetime import date
from decimal import Decimal

import pytest

from jizhun.entitlements.rules.wording import Lexicon, plain_in_words
from jizhun.kernel.bilingual import Bilingual

MONTHS, REASON = Bilingual("缴费月数", "Months paid"), Bilingual("离职原因", "Reason")
QUIT, SACKED = Bilingual("辞职", "resigned"), Bilingual("被辞退", "dismissed")
NAMES = {"months": MONTHS, "reason": REASON, "floor": Bilingual("下限", ""), "today": Bilingual("当日", "today")}
HELD = Lexicon(NAMES, {"reason": {"quit": QUIT, "sacked": SACKED}, "grade": {"a": Bilingual("甲级", "grade A")}})


@pytest.mark.parametrize(("text", "zh", "en"), [
    ("months >= 12 and not(reason = \"quit\")", "“缴费月数” ≥ 12 且 非(“离职原因” = 辞职)",
     "“Months paid” ≥ 12 and not(“Reason” = resigned)"),
    ("if months != 1 then null else today.year", "如果 “缴费月数” ≠ 1 则 无 否则 “当日”的年份",
     "if “Months paid” ≠ 1 then nothing else “today” (its year)"),
    ("unheard <= \"odd\"", "unheard ≤ \"odd\"", "unheard ≤ \"odd\""),
    ("floor", "“下限”", "“下限”"),
])
def test_expressions_name_what_they_speak_of(text, zh, en):
    assert HELD.expression(text) == Bilingual(zh, en)


@pytest.mark.parametrize(("text", "about", "zh", "en"), [
    ("-", "months", "不限", "any"), ("[12..60)", "months", "12 至 不足 60", "12 to under 60"),
    ("(12..60]", "months", "超过 12 至 60", "over 12 to 60"), (">= 12", "months", "12 及以上", "12 or more"),
    ("> 1200", "months", "超过 1,200", "over 1,200"), ("<= -3", "months", "-3 及以下", "up to -3"),
    ("< floor", "months", "不足 下限", "under 下限"), ("\"quit\", \"sacked\"", "reason", "辞职 或 被辞退",
                                                     "resigned or dismissed"),
    ("not(\"quit\")", "reason", "不是 辞职", "not resigned"), ("\"quit\"", "months", "quit", "quit"),
    ("true", "x", "是", "yes"), ("months * 2", "x", "months * 2", "months * 2"), ("ceil(", "x", "ceil(", "ceil("),
])
def test_cells_say_their_values_with_the_words_of_the_column(text, about, zh, en):
    assert HELD.cell(text, about) == Bilingual(zh, en)


def test_outcomes_are_the_words_of_the_result_or_an_expression():
    assert HELD.outcome('"a"', "grade") == Bilingual("甲级", "grade A")
    assert HELD.outcome("months + 1", "grade") == Bilingual("“缴费月数” + 1", "“Months paid” + 1")


def test_values_without_a_unit():
    assert plain_in_words(Decimal("1234.50")) == Bilingual("1,234.5", "1,234.5")
    assert plain_in_words(False) == Bilingual("否", "no")
    assert plain_in_words(date(2025, 3, 1)) == Bilingual("2025年3月1日", "2025-03-01")
    assert plain_in_words("as it is").en == "as it is" and plain_in_words(None).zh == "null"
