"""A report, as an officer meets it: asked for in a form, made by the worker, left, found again, taken away."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from pages import faults, sideways, sign_in

pytestmark = pytest.mark.browser
LIST, WAIT = "work/reports/", 120_000


def ask(page: Any, address: str, language: str) -> str:
    """Ask for the fictional province's first half-year; gives the address of the report."""
    page.goto(f"{address}/{language}/{LIST}new/")
    page.locator("#period").fill("2025-H1")
    page.locator("#language").select_option(language)
    page.locator("main form button").last.click()
    page.wait_for_url(f"**/{LIST}2*/")
    return str(page.url)


@pytest.mark.parametrize(("language", "width", "scheme"), [("zh", 390, "dark"), ("en", 1280, "light")])
def test_a_report_is_asked_for_made_and_taken_away(product: Any, browser_page: Callable[..., Any], language: str,
                                                   width: int, scheme: str) -> None:
    page = browser_page(width=width, scheme=scheme, address=product.address)
    sign_in(page, product.address, language, "province-editor")
    page.goto(f"{product.address}/{language}/{LIST}new/")
    assert faults(page) + sideways(page) == []
    report = ask(page, product.address, language)
    page.goto(f"{product.address}/{language}/{LIST}")
    assert faults(page) + sideways(page) == []
    page.locator("main tbody a").first.click()
    assert page.url == report
    page.locator("a[download]").first.wait_for(timeout=WAIT)
    assert faults(page) + sideways(page) == []
    with page.expect_download() as taken:
        page.locator("a[download]").first.click()
    words = "\n".join(one.text for one in Document(BytesIO(Path(taken.value.path()).read_bytes())).paragraphs)
    assert {"zh": "2025年上半年", "en": "In the first half of 2025"}[language] in words
    page.goto(f"{product.address}/{language}/work/")
    assert page.locator(f"a[href*='{report.split('/')[-2]}']").count() == 1, "a notice tells of it"


def test_without_javascript_too_and_it_can_be_stopped(product: Any, browser_page: Callable[..., Any]) -> None:
    page = browser_page(javascript=False)
    sign_in(page, product.address, "en", "province-editor")
    report = ask(page, product.address, "en")
    stop = page.get_by_role("button", name="Cancel")
    if stop.count():
        stop.click()
    page.goto(report)
    for _ in range(60):
        if page.locator("progress").count() == 0:
            break
        page.wait_for_timeout(1000)
        page.goto(report)
    assert page.locator("progress").count() == 0
    page.get_by_role("button", name="Remove it").click()
    page.wait_for_url(f"**/{LIST}")
    assert page.locator(f"a[href*='{report.split('/')[-2]}']").count() == 0
