"""Every index as data: complete in both languages, told by the documentation, true to what is computed."""

from dataclasses import replace

import pytest

from jizhun.analytics.plan import KEPT, OPEN
from jizhun.evaluation.indices import INDICES
from jizhun.evaluation.indices.formulas import BETTER, FORMULAS, TOPICS, formula_of
from jizhun.evaluation.rules import SMALLEST_PUBLISHED
from jizhun.evaluation.rules.quality import THRESHOLDS
from worlds import ROOT


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_documentation_tells_every_formula_word_for_word(language: str) -> None:
    page = (ROOT / "docs" / language / "method.md").read_text("utf-8")
    for one in FORMULAS.values():
        name = one.name.in_language(language)
        row = next((line for line in page.splitlines() if line.startswith(f"| {name} `{one.code}` |")), "")
        told = [one.formula.replace("|", "\\|"), one.text.in_language(language).replace("|", "\\|"),
                BETTER[one.better].in_language(language), one.source.in_language(language)]
        assert [text for text in told if text not in row] == [], one.code


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_documentation_tells_the_formula_of_every_index_of_cases(language: str) -> None:
    page = (ROOT / "docs" / language / "method.md").read_text("utf-8")
    for index in INDICES.values():
        assert f"| `{index.code}` | {formula_of(index)}" in page


def test_formulas_of_indices_come_from_their_data() -> None:
    assert formula_of(INDICES["conformance"]) == "K / (K + B)" and formula_of(INDICES["on_time"]) == "K / (K + B + V)"
    assert formula_of(INDICES["no_promise"]) == "N / (K + B + O + V + N)"
    turned = replace(INDICES["conformance"], numerator=frozenset({KEPT, OPEN}), denominator=frozenset({KEPT}))
    assert formula_of(turned) == "(K + O) / K"


def test_every_entry_is_whole_in_both_languages_and_named_once() -> None:
    assert len(FORMULAS) == sum(len(topic.formulas) for topic in TOPICS) and not FORMULAS.keys() & INDICES.keys()
    for one in FORMULAS.values():
        for text in (one.name, one.text, one.source):
            assert text.zh and text.en, one.code
        assert bool(one.numerator.en) == bool(one.denominator.en) == bool(one.numerator.zh) == bool(one.denominator.zh)


@pytest.mark.parametrize("check", THRESHOLDS)
def test_thresholds_are_told_as_they_are(check: str) -> None:
    """The grade from each threshold on, as a number or in percent."""
    told = FORMULAS[check].formula
    for grade, least in zip("BCD", THRESHOLDS[check].from_, strict=True):  # type: ignore[index]
        wanted = {"", f"{grade} ≥ {least:g}", f"{grade} ≥ {least * 100:g} %"} if least < 1e9 else {""}
        if least == 1e-9:
            wanted = {f"{grade} > 0"}
        assert any(text and text in told for text in wanted) or (wanted == {""} and f"{grade} " not in told), grade


def test_the_smallest_number_published_is_told() -> None:
    assert f"0 < n < {SMALLEST_PUBLISHED}" in FORMULAS["suppression"].formula
