"""Every page in both languages, small and large, light, dark, in high contrast and in large type: axe finds nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from pages import PUBLIC, WORK, faults, sideways, sign_in

pytestmark = pytest.mark.browser

LOOKS = [
    pytest.param({"width": 1280, "scheme": "light"}, id="1280-light"),
    pytest.param({"width": 390, "scheme": "dark"}, id="390-dark"),
    pytest.param({"width": 390, "scheme": "light", "cookies": {"text": "large"}}, id="390-large"),
    pytest.param({"width": 1280, "scheme": "light", "cookies": {"theme": "contrast"}}, id="1280-contrast"),
]
@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing(product: Any, browser_page: Callable[..., Any], language: str, look: dict[str, Any]):
    page = browser_page(address=product.address, **look)
    wrong: dict[str, list[str]] = {}
    for name, path in PUBLIC.items():
        page.goto(f"{product.address}/{language}/{path}")
        wrong[name] = faults(page) + sideways(page)
    sign_in(page, product.address, language)
    for name, path in WORK.items():
        page.goto(f"{product.address}/{language}/{path}")
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
