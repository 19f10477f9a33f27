"""Every page in both languages, small and large, light, dark, in high contrast and in large type: axe finds nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from pages import PUBLIC, WORK, sign_in

pytestmark = pytest.mark.browser

LOOKS = [
    pytest.param({"width": 1280, "scheme": "light"}, id="1280-light"),
    pytest.param({"width": 390, "scheme": "dark"}, id="390-dark"),
    pytest.param({"width": 390, "scheme": "light", "cookies": {"text": "large"}}, id="390-large"),
    pytest.param({"width": 1280, "scheme": "light", "cookies": {"theme": "contrast"}}, id="1280-contrast"),
]
AXE_OPTIONS = {"resultTypes": ["violations"],
               "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def faults(page: Any) -> list[str]:
    """What axe finds, with the first place of each."""
    found = Axe().run(page, options=AXE_OPTIONS).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]


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


def sideways(page: Any) -> list[str]:
    """A page as such never scrolls sideways; wide tables do so inside their frame."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"wider than the window by {wide} px"] if wide > 0 else []


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
