"""Somebody on a phone asks what they may be entitled to, by keyboard alone, in both languages; every step is sound."""

from collections.abc import Callable
from typing import Any

import pytest
from pages import faults, sideways
from test_by_keyboard import FOCUSED

pytestmark = pytest.mark.browser
BLACK = "rgb(0, 0, 0)"
SHANGHAI, WIDTH = "310000", 390
SAID = {
    "event": ("快退休或已退休", "I retire soon, or have retired"), "begin": ("开始", "Begin"),
    "kept": ("您的回答不会保存", "Your answers are not kept"), "go on": ("继续", "Go on"), "back": ("返回", "Back"),
    "unknown": ("我不知道", "I do not know"), "stop": ("先到这里", "Stop here"),
    "year": ("年", "Year"), "month": ("月", "Month"), "day": ("日", "Day"), "man": ("男", "Man"), "yes": ("是", "Yes"),
    "wrong": ("出生日期：请填", "Date of birth: enter a day"),
    "answer": ("回答：参加职工", "Answer: In the employees'"), "change": ("更改：出生日期", "Change: Date of birth"),
    "answers": ("您的回答", "Your answers"), "likely": ("很可能可以", "Likely yes"), "place": ("上海市", "Shanghai"),
    "field": ("地区：名称", "Place: name"),
}
"""How each control begins, in both languages."""


class Keys:
    """Somebody who has only a keyboard."""

    def __init__(self, page: Any, language: str) -> None:
        self.page, self.at = page, 0 if language == "zh" else 1

    def words(self, what: str) -> str:
        return SAID[what][self.at]

    def to(self, what: str) -> "Keys":
        """Press Tab until the focus is on what begins with these words, spaces aside."""
        seen, wanted = [], "".join(self.words(what).split())
        for _ in range(120):
            self.page.keyboard.press("Tab")
            seen.append("".join(self.page.evaluate(FOCUSED).split()))
            if seen[-1].removeprefix("‹").startswith(wanted):
                return self
        raise AssertionError(f"“{self.words(what)}” cannot be reached by keyboard: {seen}")

    def press(self, key: str = "Enter") -> "Keys":
        """Press Enter (or another key) on what leads to the next page."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)
        return self

    def type(self, text: str) -> "Keys":
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)
        return self

    def date(self, year: str, month: str, day: str) -> "Keys":
        self.to("year").type(year).to("month").type(month).to("day").type(day)
        return self.press()  # Enter in a field sends it: the first button is the one that goes on

    def choose(self, what: str) -> "Keys":
        """Choose the first of the answers."""
        self.to(what)
        self.page.keyboard.press("Space")
        return self.to("go on").press()

    def sound(self) -> "Keys":
        """The page as it stands has no fault."""
        assert faults(self.page) + sideways(self.page) == []
        return self

    @property
    def asked(self) -> str:
        found = self.page.locator(".ask input[name=question]")
        return str(found.get_attribute("value")) if found.count() else ""

    @property
    def text(self) -> str:
        return str(self.page.locator("main").inner_text())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_asking_what_one_is_entitled_to(product: Any, browser_page: Callable[..., Any], language: str) -> None:
    page = browser_page(width=WIDTH)
    page.goto(f"{product.address}/{language}/?region={SHANGHAI}")
    keys = Keys(page, language).to("event").press().sound()
    assert keys.words("kept") in keys.text
    keys.to("begin").press()
    assert keys.asked == "birth_date"
    keys.date("1966", "13", "5").sound()
    keys.to("wrong")
    page.keyboard.press("Enter")  # the sentence leads to the field
    assert page.evaluate("document.activeElement.id") == "answer-year"
    assert page.locator("#answer-month").input_value() == "13"
    keys.to("month").type("6").press()
    assert keys.asked == "sex"
    keys.sound().choose("man")
    while keys.asked and keys.asked != "employee_scheme":
        keys.to("unknown").press()
    keys.to("unknown").press()
    keys.to("back").press()
    assert keys.asked == "employee_scheme"
    keys.to("stop").press()
    assert keys.page.locator(".entitlement.open").count() >= 1
    keys.to("answer").press().choose("yes").sound()
    likely = page.locator("#retirement_age")
    assert keys.words("likely") in likely.inner_text() and "2026" in likely.inner_text()
    keys.to("answers")
    page.keyboard.press("Enter")  # past the cards
    keys.to("change").press()
    assert page.locator("#answer-year").input_value() == "1966"
    keys.date("1984", "6", "5")
    assert "2047" in likely.inner_text()
    page.keyboard.press("Control+Home")
    keys.to("place")
    page.keyboard.press("Enter")
    keys.to("field").type("hangzhou").press()
    assert page.locator(".here strong").inner_text() in ("杭州市", "Hangzhou") and "2047" in likely.inner_text()
    assert [one["name"] for one in page.context.cookies() if one["name"] != "place"] == []
    assert page.url == f"{product.address}/{language}/entitled/check/"


@pytest.mark.parametrize("theme", ["auto", "dark", "contrast"])
def test_what_is_printed_is_black_on_white_whatever_the_theme(product: Any, browser_page: Callable[..., Any],
                                                             theme: str) -> None:
    page = browser_page(scheme="dark", cookies={"theme": theme}, address=product.address)
    page.goto(f"{product.address}/en/entitled/?region={SHANGHAI}")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).color") == BLACK
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
