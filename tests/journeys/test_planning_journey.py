"""From a national target over a blocked measure down to a county's missing guide, and back up when it is published."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from pages import faults, sideways, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.long]
PROVINCE, MATTER, COUNTY = "990000", "NB050-EX06", "990101"


def whole(page: Any) -> str:
    return str(page.locator("main").inner_text())


def counted(page: Any) -> tuple[int, int]:
    """The pairs that fit, of those that could, as the measure's page tells them."""
    found = re.search(r"([\d,]+) / ([\d,]+)\.", whole(page))
    assert found is not None
    fits, of = (int(part.replace(",", "")) for part in found.groups())
    return fits, of


def test_a_missing_guide_is_found_from_the_target_and_its_figure_moves(product: Any, browser_page: Callable[..., Any]):
    page = browser_page()
    sign_in(page, product.address, "en", "county-editor")
    page.goto(f"{product.address}/en/planning/?region={PROVINCE}")
    target = page.locator("li", has_text="All business, all regions and all recipients are covered").first
    assert "Standing still" in target.inner_text()
    page.get_by_role("link", name="Successor plan 2026 to 2030 (working proposal)").first.click()
    page.get_by_role("link", name="Guides to the urban and rural residents' pension everywhere").click()
    measure = page.url
    before = counted(page)
    assert "Standing still" in whole(page) and "91 places without, 3 matters" in whole(page)
    assert "Sample Province writes" in whole(page) and faults(page) + sideways(page) == []

    page.get_by_role("link", name="Urban and rural residents' basic pension insurance").first.click()
    page.get_by_role("table").get_by_role("link", name="Pine Sample City").click()
    row = page.locator("tr", has_text=COUNTY).filter(has_text=MATTER)
    assert "Conditions" in row.inner_text() and "+0.14 points" in row.inner_text()
    row.get_by_role("link").click()
    page.wait_for_url(re.compile(rf"work/guides/{MATTER}/\?region={COUNTY}"))

    page.goto(f"{product.address}/en/work/guides/{MATTER}/field/conditions/?region={COUNTY}")
    page.get_by_label("Words in Chinese").first.fill("参加城乡居民基本养老保险")
    page.get_by_label("Words in English").first.fill("Insured under the residents' pension")
    page.get_by_role("button", name="Save in the draft").click()
    page.get_by_role("link", name="Look at what it changes, and publish").click()
    page.get_by_label("Note").fill("the guide that the plan lacks")
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url(re.compile(r"published=\d"))

    page.goto(measure)
    assert counted(page) == (before[0] + 1, before[1]) and "Behind" in whole(page)
    page.goto(f"{measure}&item=NB050&place_below=990100")
    assert page.locator("tr", has_text=COUNTY).filter(has_text=MATTER).count() == 0
    public = browser_page(width=390)
    public.goto(f"{product.address}/zh/planning/?region={PROVINCE}")
    assert "接续规划" in whole(public) and "期末评估" in whole(public) and faults(public) + sideways(public) == []
