"""Every page in both languages, small and large, light, dark, in high contrast and in large type: axe finds nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from pages import DONE, PUBLIC, WORK, faults, sideways, sign_in

pytestmark = pytest.mark.browser

LOOKS: dict[str, dict[str, Any]] = {
    "1280-light": {"width": 1280, "scheme": "light"}, "390-dark": {"width": 390, "scheme": "dark"},
    "390-large": {"width": 390, "scheme": "light", "cookies": {"text": "large"}},
    "1280-contrast": {"width": 1280, "scheme": "light", "cookies": {"theme": "contrast"}}}
OFTEN = {("zh", "1280-light"), ("en", "390-dark"), ("zh", "390-large"), ("en", "1280-contrast")}
"""Each look and each language with each width; the other pairs are for whoever has minutes."""


@pytest.mark.timeout(1500)  # some 250 pages, and before the first of them the house is made
@pytest.mark.parametrize(("language", "look"), [
    pytest.param(language, look, id=f"{language}-{look}", marks=() if (language, look) in OFTEN else pytest.mark.long)
    for language in ("zh", "en") for look in LOOKS])
def test_axe_finds_nothing(product: Any, browser_page: Callable[..., Any], language: str, look: str):
    page = browser_page(address=product.address, **LOOKS[look])
    wrong: dict[str, list[str]] = {}
    for name, path in PUBLIC.items():
        page.goto(f"{product.address}/{language}/{path}")
        wrong[name] = faults(page) + sideways(page)
    sign_in(page, product.address, language)
    for name, path in WORK.items():
        page.goto(f"{product.address}/{language}/{path}")
        wrong[name] = faults(page) + sideways(page)
    for name, do in DONE.items():
        do(page, f"{product.address}/{language}")
        wrong[name] = faults(page) + sideways(page)
    assert {name: found for name, found in wrong.items() if found} == {}


def test_first_page_is_light(product: Any, browser_page: Callable[..., Any]):
    page = browser_page()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    received: list[float] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.goto(f"{product.address}/zh/", wait_until="networkidle")
    assert 0 < sum(received) < 100_000


def test_pages_are_whole_without_javascript(product: Any, browser_page: Callable[..., Any]):
    page = browser_page(javascript=False)
    page.goto(f"{product.address}/en/")
    page.get_by_text("Change place or day").click()
    page.get_by_label("Place: name, pinyin or code").fill("hangzhou")
    page.get_by_role("button", name="Show").click()
    assert "region=330100" in page.url
    assert page.get_by_label("Place and day").get_by_text("Hangzhou").first.is_visible()
