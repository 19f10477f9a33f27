"""A county renames a step in the diagram editor, sees what that does, publishes it; the difference is seen."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from pages import faults, sideways, sign_in

pytestmark = pytest.mark.browser

PAGE = "work/guides/NB029-EX03/"


def test_a_step_is_renamed_in_the_diagram_and_published(product: Any, browser_page: Callable[..., Any]):
    page = browser_page()
    blocked: list[str] = []
    page.on("console", lambda message: blocked.append(message.text) if "Content Security" in message.text else None)
    sign_in(page, product.address, "en", "county-editor")
    page.goto(f"{product.address}/en/{PAGE}?region=990101&kind=procedure")
    before = page.locator("table.stacked tbody tr").count()
    page.get_by_role("link", name="Change the diagram").click()
    page.locator("form[data-ready]").wait_for()
    assert page.locator("#editor .bjs-powered-by").is_visible()
    assert faults(page) + sideways(page) == []
    page.locator("#editor [data-element-id=step_review] .djs-hit").first.dblclick()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("Second look")
    page.locator("#editor svg").first.click(position={"x": 500, "y": 20})
    page.get_by_role("button", name="Look again at what is drawn").click()
    page.locator("#looked").wait_for()
    assert "name from “Review” to “Second look”" in page.locator("#looked").inner_text()
    page.locator("form[data-ready]").wait_for()
    page.get_by_role("button", name="Save in the draft").click()

    page.wait_for_url(re.compile("/steps/"))
    page.get_by_role("button", name="Unfold all steps").click()
    assert page.get_by_label("Name, in English").nth(
        [one.input_value() for one in page.get_by_label("Name, in English").all()].index("Second look")).is_visible()
    assert page.locator("fieldset.step-form").count() == before
    assert faults(page) + sideways(page) == []
    page.goto(f"{product.address}/en/{PAGE}publish/?region=990101&kind=procedure")
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url(re.compile(r"published=\d"))
    page.get_by_role("link", name="Impact", exact=True).click()
    assert "name from “Review” to “Second look”" in page.locator("#differs").inner_text()
    assert page.locator("#differs svg .changed").count() >= 1
    assert faults(page) + sideways(page) == [] and blocked == []
