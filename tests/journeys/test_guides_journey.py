"""A county writes what is its own, a province makes something uniform, a citizen on a phone finds where to go."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from pages import faults, sideways, sign_in

pytestmark = pytest.mark.browser

MATTER, COUNTY, PROVINCE = "NB022-EX06", "990101", "990000"
GUIDE = f"work/guides/{MATTER}/"


def whole(page: Any) -> str:
    return str(page.locator("main").inner_text())


def write(page: Any, address: str, region: str, zh: str, en: str) -> None:
    """Words on how the result reaches the citizen, as far as the page that shows what they would change."""
    page.goto(f"{address}/en/{GUIDE}field/delivery/?region={region}")
    page.get_by_label("Words in Chinese").fill(zh)
    page.get_by_label("Words in English").fill(en)
    page.get_by_role("button", name="Save in the draft").click()
    page.get_by_role("link", name="Look at what it changes, and publish").click()


def test_a_county_writes_its_own_and_a_province_makes_it_uniform(product: Any, browser_page: Callable[..., Any]):
    page = browser_page()
    sign_in(page, product.address, "en", "county-editor")
    page.goto(f"{product.address}/en/work/")
    page.get_by_role("link", name="Service guides", exact=True).click()
    page.get_by_label("Name or code").fill(MATTER)
    page.locator("form.filters").last.get_by_role("button", name="Show").click()
    page.locator("table").get_by_role("link").first.click()
    assert "Pine Jia District" in whole(page) and faults(page) + sideways(page) == []
    write(page, product.address, COUNTY, "在松甲区大厅三号窗口领取。", "Collect it at window 3 of the hall.")
    assert "Collect it at window 3" in whole(page) and faults(page) + sideways(page) == []
    page.get_by_label("Note").fill("since the move of the hall")
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url(re.compile(r"published=\d"))
    page.get_by_role("link", name="as the public reads it").click()
    page.get_by_role("link", name="Full version, with basis and sources").click()
    assert "Collect it at window 3 of the hall." in whole(page)

    push = browser_page()
    sign_in(push, product.address, "en", "province-editor")
    write(push, product.address, PROVINCE, "全省免费邮寄到家。", "Posted to your home free of charge.")
    assert "Pine Jia District" in whole(push) and "will be told" in whole(push)
    push.get_by_label(re.compile("It overrules")).check()
    push.get_by_role("button", name="Publish").click()
    day = date.today() + timedelta(days=7)
    assert f"it can count from {day}" in whole(push)
    push.get_by_label("Counts from").fill(str(day))
    push.get_by_label(re.compile("It overrules")).check()
    push.get_by_role("button", name="Publish").click()
    push.wait_for_url(re.compile(r"published=\d"))

    page.goto(f"{product.address}/en/work/")
    assert "becomes uniform" in whole(page)
    public = f"{product.address}/en/guides/{MATTER}/?region={COUNTY}&full=1"
    page.goto(public)
    assert "Collect it at window 3" in whole(page)
    page.goto(f"{public}&on={day}")
    assert "Posted to your home free of charge." in whole(page) and "window 3" not in whole(page)


def test_a_citizen_on_a_phone_finds_where_to_go(product: Any, browser_page: Callable[..., Any]):
    page = browser_page(width=390, geolocation={"longitude": 150.0, "latitude": 10.0}, permissions=["geolocation"])
    page.goto(f"{product.address}/zh/items/NB029/?region={COUNTY}")
    page.get_by_role("link", name="失业保险金申领").first.click()
    page.wait_for_url(re.compile("guides/NB029-EX01"))
    assert faults(page) + sideways(page) == []
    said = whole(page)
    assert "3 个工作日" in said and "带什么" in said and "松甲区" in said
    assert page.get_by_role("link", name="12333").first.get_attribute("href") == "tel:12333"
    page.get_by_role("button", name="离我近的排前面").click()
    page.wait_for_url(re.compile("near=150"))
    assert "公里" in page.locator("#where").inner_text()
    page.get_by_role("link", name="完整版（含依据和来源）").click()
    assert "办理依据" in whole(page) and faults(page) + sideways(page) == []
    page.goto(f"{product.address}/zh/guides/NB029-EX01/?region={COUNTY}&printed={date.today()}&seen=000000000000")
    assert "请重新打印" in whole(page)


def test_a_clerk_at_the_counter_reads_the_procedure_and_cannot_write_it(product: Any, browser_page: Callable[..., Any]):
    """The window clerk of the county: what to do, by whom, until when; a paper for the desk; no way to change it."""
    page = browser_page(width=390)
    sign_in(page, product.address, "zh", "county-clerk")
    page.goto(f"{product.address}/zh/work/guides/NB029-EX01/?region={COUNTY}&kind=procedure")
    assert faults(page) + sideways(page) == []
    said = whole(page)
    assert "松甲区" in said and "岗位" in said and "受理" in said
    assert page.locator("svg[role=img]").count() == 1
    assert page.locator("main").get_by_role("link", name=re.compile("修改|编辑")).count() == 0
    with page.expect_download() as arriving:
        page.locator("a[href*='procedure.docx']").click()
    assert arriving.value.suggested_filename.endswith(".docx")
    answer = page.goto(f"{product.address}/zh/work/guides/NB029-EX01/steps/?region={COUNTY}")
    assert answer.status == 403 and "编制指南与规程" in whole(page)
