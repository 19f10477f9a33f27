"""A county changes a cell in the decision editor, sees who would lose, mends it, records it; the public reads it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from pages import DRAWN, faults, sideways, sign_in

pytestmark = pytest.mark.browser

RULE = "work/rules/injury_lump_sum/"
LESS, MORE = ("round half up(own_wage * (lump_months - 1), 2)", "round half up(own_wage * (lump_months + 1), 2)")


def look(page: Any) -> None:
    page.get_by_role("button", name="Look at what it would do").last.click()
    page.locator("#effect").wait_for()


def test_a_cell_is_changed_a_loser_seen_the_cell_mended_and_recorded(product: Any, browser_page: Callable[..., Any]):
    page = browser_page()
    blocked: list[str] = []
    page.on("console", lambda message: blocked.append(message.text) if "Content Security" in message.text else None)
    sign_in(page, product.address, "en", "county-editor")
    page.goto(f"{product.address}/en/work/")
    page.get_by_role("link", name="Rules of benefits", exact=True).click()
    page.get_by_role("link", name="Lump-sum disability grant").click()
    page.get_by_role("link", name="In the decision editor").click()
    page.locator("form[data-ready]").wait_for()
    assert faults(page) + sideways(page) == []
    assert page.locator(f"{DRAWN} .bjs-powered-by").is_visible()
    assert page.locator(f"{DRAWN} .view-drd-button").inner_text() == "View the drawing"  # the editor speaks as we do
    cell = page.locator(f"{DRAWN} td.output-cell [contenteditable]").nth(2)
    cell.click()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type(LESS)
    look(page)

    told = page.locator("#effect").inner_text()
    assert "1 part changes" in told and LESS in told
    assert "Who would lose" in told and "gets less (Amount:" in told
    field = page.get_by_label("Then, row 3")
    assert field.input_value() == LESS
    field.fill(MORE)
    page.get_by_label("Holds from").fill("2027-01-01")
    page.get_by_label("Title (Chinese)").fill("松甲区提高一次性伤残补助金的通知（模拟）")
    page.get_by_label("Where it can be read").fill("made up for this journey")
    page.get_by_label("Clause (English)", exact=True).fill("Point 2")
    look(page)
    assert "Nobody was found who would lose" in page.locator("#effect").inner_text()
    assert faults(page) + sideways(page) == []
    page.get_by_role("button", name="Record it").click()

    page.wait_for_url(re.compile("tab=history"))
    said = page.locator("main").inner_text()
    assert "Recorded." in said and "county-editor" in said and "Pine Jia District" in said
    page.get_by_role("link", name="Now", exact=True).click()
    row = page.locator("#table-amount tr", has_text="[7..10]")
    assert MORE in row.inner_text() and "Point 2" in row.inner_text()
    assert "Article 35, paragraph 1, item 1" in page.locator("#table-amount tr", has_text="[1..4]").inner_text()
    page.get_by_role("link", name="as the public reads it").click()
    assert "Point 2" in page.locator("main").inner_text()
    assert blocked == []
