"""What if, as an officer meets it: ask in a form, leave and find it again, read the result, lay two side by side."""

from collections.abc import Callable
from typing import Any

import pytest
from pages import faults, sideways, sign_in

pytestmark = pytest.mark.browser
RUNS, WAIT = "work/what-if/", 120_000


def ask(page: Any, address: str, language: str, amount: str) -> str:
    """Suppose another basic pension for the fictional province; gives the address of the run."""
    page.goto(f"{address}/{language}/{RUNS}new/residents_pension/")
    page.locator("input[name=regions][value=CN]").uncheck()
    page.locator("input[name=regions][value='990000']").check()
    page.locator("#value_1").fill(amount)
    page.locator("#population").select_option("sample_province")
    page.locator("#rows").fill("20000")
    page.locator("main form button").last.click()
    page.wait_for_url(f"**/{RUNS}2*/")
    return str(page.url)


@pytest.mark.parametrize(("language", "width", "scheme"), [("zh", 390, "dark"), ("en", 1280, "light")])
def test_a_higher_pension_is_tried_read_and_compared(product: Any, browser_page: Callable[..., Any], language: str,
                                                     width: int, scheme: str) -> None:
    page = browser_page(width=width, scheme=scheme, address=product.address)
    sign_in(page, product.address, language, "national-editor")
    for amount in ("183", "203"):
        run = ask(page, product.address, language, amount)
        page.goto(f"{product.address}/{language}/{RUNS}")
        page.locator("main tbody a").first.click()
        assert page.url == run
        page.locator("dl.figures").wait_for(timeout=WAIT)
        assert amount in page.locator("h1").inner_text()
        assert "31" in page.locator("figcaption").inner_text()  # so many of all the regions are drawn
        assert faults(page) + sideways(page) == []
    page.goto(f"{product.address}/{language}/{RUNS}")
    for box in page.locator("input[name=choose]").all()[:2]:
        box.check()
    page.locator("button[form=bulk]").click()
    page.wait_for_url("**/compare/?**")
    assert page.locator("svg.bars").count() == 1 and faults(page) + sideways(page) == []


def test_a_file_is_matched_without_javascript(product: Any, browser_page: Callable[..., Any], tmp_path: Any) -> None:
    rows = ["region,born,draws_pension,resident_years,resident_account", *["990101,1950-01-01,no,15,1390"] * 25]
    (tmp_path / "people.csv").write_text("\n".join(rows), "utf-8")
    page = browser_page(javascript=False)
    sign_in(page, product.address, "en", "county-clerk")
    page.goto(f"{product.address}/en/{RUNS}new/residents_pension/")
    page.locator("#value_1").fill("183")
    page.locator("#population").select_option("file")
    page.locator("#file").set_input_files(tmp_path / "people.csv")
    page.get_by_role("button", name="Work it out").click()
    assert page.locator("#region").input_value() == "region" and faults_without(page) == []
    page.get_by_label("Date of birth").select_option("born")
    page.get_by_role("button", name="Start").click()
    page.get_by_text("25 persons get more").first.wait_for(timeout=WAIT)


def faults_without(page: Any) -> list[str]:
    """Every field has a label; axe itself needs the JavaScript that is off here."""
    return [str(one.get_attribute("id")) for one in page.locator("main select").all()
            if page.locator(f"label[for='{one.get_attribute('id')}']").count() != 1]
