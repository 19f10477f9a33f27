"""What a guide says, laid out: lists in one line, and what has changed line by line."""

from typing import Any

import pytest
from django.utils.translation import override

from jizhun.frame.guide_words import Change, change_of, in_a_row
from jizhun.guides.rules.fields import Field
from jizhun.guides.rules.guide import Difference
from jizhun.kernel.bilingual import Bilingual

LINES = Field("online", "ways", "lines", "free", Bilingual("网上", "Online"))
WORDS = Field("delivery", "result", "text", "free", Bilingual("送达", "Delivery"))


def item(key: str, words: str, **more: str) -> dict[str, Any]:
    return {"id": key, "zh": words, "en": words, **more}


@pytest.mark.parametrize(("language", "texts", "line"), [
    ("zh-hans", ["带上证件。", "到窗口。"], "带上证件；到窗口。"),
    ("zh-hans", ["能领多久？", "一年。"], "能领多久？；一年。"),
    ("en", ["Bring it.", "Come."], "Bring it; Come."), ("en", ["One"], "One"), ("en", [], "")])
def test_a_list_in_one_line_has_no_stop_before_a_semicolon(language: str, texts: list[str], line: str) -> None:
    with override(language):
        assert in_a_row(texts) == line


@pytest.mark.parametrize(("before", "after", "change"), [
    ([item("a", "A"), item("b", "B")], [item("b", "B"), item("c", "C")], Change("Online", ["A"], ["C"], 1)),
    (None, [item("a", "A")], Change("Online", [], ["A"])),
    ([item("a", "A")], None, Change("Online", ["A"], [])),
    ([item("a", "A")], [item("a", "A", url="https://example.org")], Change("Online", [], [], 1))])
def test_a_list_changes_line_by_line(before: Any, after: Any, change: Change) -> None:
    with override("en"):
        assert change_of(Difference(LINES, before, after)) == change


def test_a_text_changes_as_a_whole() -> None:
    with override("en"):
        found = change_of(Difference(WORDS, {"zh": "寄", "en": "By post"}, {"zh": "取", "en": "Collect it"}))
        assert found == Change("Delivery", ["By post"], ["Collect it"])
