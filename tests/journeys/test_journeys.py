"""What people come for, from the first click to the last, in a real browser."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pages import faults, sideways, sign_in
from world import LATE, MAPPING

pytestmark = pytest.mark.browser

ROWS = """case,matter,county,accepted,closed
U1,NB029-EX01,990101,2025-05-06 09:00,2025-05-07 10:00
U2,NB029-EX01,990101,2025-05-06 09:00,2025-02-30 10:00
U3,NB099-EX09,990101,2025-05-06 09:00,2025-05-08 10:00
"""


def test_somebody_finds_what_is_promised_in_their_town(product: Any, browser_page: Callable[..., Any]):
    page = browser_page(width=390)
    page.goto(f"{product.address}/zh/")
    page.get_by_label("搜索服务").fill("失业金")
    page.get_by_role("button", name="搜索").click()
    page.get_by_role("link", name="失业保险金申领").click()
    page.get_by_text("更换地区或日期").click()
    page.get_by_label("地区：名称、拼音或代码").fill("shanghai")
    page.get_by_role("textbox", name="日期").fill("2026-11-23")
    page.get_by_role("button", name="查看").click()
    assert "region=310000" in page.url
    assert "on=2026-11-23" in page.url
    claim = page.locator("#NB029-EX01")
    assert "2026年11月23日，上海市的承诺" in page.locator("main").inner_text().replace(" ", "")
    amount = claim.locator("article", has_text="待遇金额")
    assert "1690–2340" in amount.inner_text()
    amount.get_by_text("逐级依据").click()
    assert "《失业保险条例》" in amount.inner_text()
    assert "转引，未核实" in amount.inner_text()


def test_an_auditor_drills_from_the_nation_to_one_late_case(product: Any, browser_page: Callable[..., Any]):
    page = browser_page()
    page.goto(f"{product.address}/en/results/?region=CN")
    assert "region=990000" in page.url  # simulated figures never stand under a real place's name
    assert page.get_by_text("All cases here are simulated").is_visible()
    for name in ("Pine Sample City", "Pine Jia District"):
        page.locator("table.heat thead").get_by_role("link", name=name).click()
    page.locator("table.heat tbody").get_by_role("link", name="Unemployment insurance").click()
    page.locator("table.heat tbody").get_by_role("link", name="Unemployment benefit claim").click()
    late = page.locator("tr", has_text=LATE).filter(has_text="statutory time limit")
    assert "broken" in late.inner_text()
    assert "10 working days" in late.inner_text()
    assert "25 working days" in late.inner_text()
    assert "Regulation on the Handling of Social Insurance" in late.inner_text()
    page.get_by_role("navigation", name="Breadcrumb").get_by_role("link", name="Sample Province").click()
    assert "region=990000" in page.url


def test_a_clerk_hands_in_a_faulty_file_and_takes_the_rejects(product: Any, browser_page: Callable[..., Any],
                                                              tmp_path: Path):
    (tmp_path / "may.csv").write_text(ROWS, "utf-8")
    (tmp_path / "desk.yaml").write_text(MAPPING.replace("{within}", "990101"), "utf-8")
    page = browser_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    sign_in(page, product.address, "en", "county-clerk")
    page.get_by_role("link", name="Hand in case records").click()
    page.locator("#file").set_input_files(tmp_path / "may.csv")
    page.locator("#own_mapping").set_input_files(tmp_path / "desk.yaml")
    page.get_by_label("Source").fill("county-desk")
    page.get_by_role("button", name="Hand in").click()
    seen = page.get_by_role("table", name="The first rows as the mapping reads them")
    assert "Unemployment benefit claim" in seen.inner_text() and "2025-02-30" in seen.inner_text()
    assert "Of the first 3 rows 2 would be rejected." in page.locator("main").inner_text()
    assert faults(page) + sideways(page) == []
    page.get_by_role("button", name="Take the file in").click()
    page.get_by_text("rows read").wait_for(timeout=60_000)
    figures = re.sub(r"\s+", " ", page.locator(".figures").inner_text())
    assert figures.startswith("rows read 3 taken in 1 rejected 2")
    assert "2025-02-30" in page.locator("main").inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the rejected rows").click()
    assert "U2" in download.value.path().read_text("utf-8-sig")
    assert faults(page) + sideways(page) == []
    page.locator(".log").evaluate("one => { one.open = true; }")
    assert re.findall(r"(received|waiting|running|done)", page.locator(".log").inner_text()) == [
        "received", "waiting", "running", "done"]
    page.get_by_role("link", name="Workbench").first.click()
    assert "1 taken in, 2 rejected" in page.locator("main").inner_text()
    assert problems == []


def test_somebody_slides_through_the_days_on_which_the_wage_changed(product: Any, browser_page: Callable[..., Any]):
    page = browser_page()
    page.goto(f"{product.address}/en/across/?on=2024-01-01&region=CN")
    slider = page.get_by_role("slider", name="Days on which it changed")
    before = slider.get_attribute("aria-valuetext")
    slider.focus()
    with page.expect_navigation():
        page.keyboard.press("ArrowLeft")
    earlier = page.get_by_role("slider", name="Days on which it changed").get_attribute("aria-valuetext")
    assert earlier < before <= "2024-01-01" and f"on={earlier}" in page.url
    assert earlier in page.locator("h1 + p").inner_text()


def test_an_officer_walks_the_list_by_keys(product: Any, browser_page: Callable[..., Any]):
    page = browser_page()
    sign_in(page, product.address, "en", "province-editor")
    page.goto(f"{product.address}/en/work/provisions/")
    links = page.locator("[data-list] tbody th a")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    assert links.nth(1).evaluate("one => one === document.activeElement")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("pension")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=pension**")
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert re.search(r"/provisions/\d+/$", page.url)
