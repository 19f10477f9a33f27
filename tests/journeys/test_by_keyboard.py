"""The same errands without a mouse: in both languages, on a phone's width and on a desk's."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pages import WORK
from world import LATE, MAPPING

from jizhun.people.rules import DEMONSTRATION_PASSWORD

pytestmark = pytest.mark.browser

FOCUSED = """() => {
  const it = document.activeElement;
  if (it === document.body) return '';
  const label = it.labels && it.labels.length ? it.labels[0].innerText : '';
  return (it.getAttribute('aria-label') || label || it.innerText || it.value || '').trim();
}"""
VIEWS = [pytest.param(language, width, id=f"{language}-{width}") for language in ("zh", "en") for width in (390, 1280)]
SAID = {
    "search": ("搜索服务", "Search services"), "claim": ("失业保险金申领", "Unemployment benefit claim"),
    "change": ("更换地区或日期", "Change place or day"),
    "place": ("地区：名称、拼音或代码", "Place: name, pinyin or code"),
    "day": ("日期", "Day"), "steps": ("逐级依据", "Every step with its paper"),
    "across": ("各地对比", "Across the country"), "shanghai": ("上海市：2690 元/月", "Shanghai: 2690 yuan a month"),
    "results": ("评估结果", "Results"), "city": ("松样市", "Pine Sample City"),
    "county": ("松甲区", "Pine Jia District"),
    "insurance": ("失业保险", "Unemployment insurance"), "sign in": ("登录", "Sign in"), "name": ("账号", "Name"),
    "password": ("口令", "Password"), "hand in": ("报送办件", "Hand in case records"), "source": ("来源", "Source"),
    "record": ("记录一条规定", "Record a provision"), "look": ("查看将产生的影响", "Look at what it would change"),
    "take in": ("确认入库", "Take the file in"), "record it": ("记录", "Record it"),
}
"""What the person looks for on the page, in Chinese and in English."""


class Walker:
    """Somebody at a keyboard: goes on with Tab until what they look for has the focus."""

    def __init__(self, page: Any, home: str, language: str) -> None:
        self.page, self.home, self.at = page, home, 0 if language == "zh" else 1

    def words(self, what: str) -> str:
        return SAID[what][self.at] if what in SAID else what

    def to(self, what: str, *, exactly: bool = False, limit: int = 500) -> "Walker":
        """Press Tab until the focus is on it; fails when it cannot be reached."""
        wanted, seen = self.words(what), ""
        for _ in range(limit):
            self.page.keyboard.press("Tab")
            seen = self.page.evaluate(FOCUSED)
            if seen == wanted if exactly else wanted in seen:
                return self
        raise AssertionError(f"“{wanted}” cannot be reached by keyboard; the last was “{seen}”")

    def press(self, key: str) -> "Walker":
        self.page.keyboard.press(key)
        return self

    def follow(self) -> "Walker":
        """Press Enter on what leads to another page, and be there."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.page.wait_for_load_state("networkidle")  # a page with a fragment moves the focus once more
        return self

    def type(self, text: str) -> "Walker":
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)
        return self

    def text(self) -> str:
        return str(self.page.locator("main").inner_text())

    def sign_in(self, name: str) -> "Walker":
        self.to("sign in").follow()
        self.to("name").type(name)
        self.to("password").type(DEMONSTRATION_PASSWORD).follow()
        self.page.wait_for_url(self.home + WORK["workbench"])
        return self


@pytest.fixture
def walker(product: Any, browser_page: Callable[..., Any]) -> Callable[[str, int], Walker]:
    """Somebody on the start page."""
    def start(language: str, width: int) -> Walker:
        page = browser_page(width=width)
        home = f"{product.address}/{language}/"
        page.goto(home)
        return Walker(page, home, language)

    return start


@pytest.mark.parametrize(("language", "width"), VIEWS)
def test_finding_what_is_promised_here_and_where_it_comes_from(walker: Any, language: str, width: int) -> None:
    who = walker(language, width)
    who.to("search").type("失业金").follow()
    who.to("claim").follow()
    who.to("change")
    who.press("Enter")
    who.to("place").type("shanghai")
    who.follow()
    assert "region=310000" in who.page.url
    who.to("steps").press("Enter")
    assert ("《" if language == "zh" else "Insurance") in who.text()


@pytest.mark.parametrize(("language", "width"), VIEWS)
def test_comparing_a_measure_across_the_country_on_a_past_day(walker: Any, language: str, width: int) -> None:
    who = walker(language, width)
    who.to("across").follow()
    who.to("change").press("Enter")
    who.to("day", exactly=True)
    who.page.keyboard.type("01012024")
    who.follow()
    assert "on=2024-01-01" in who.page.url
    assert "2690" in who.page.locator("h1").inner_text()
    who.to("shanghai").follow()
    assert "region=310000" in who.page.url and "on=2024-01-01" in who.page.url


@pytest.mark.parametrize(("language", "width"), VIEWS)
def test_drilling_from_the_province_to_one_late_case(walker: Any, language: str, width: int) -> None:
    who = walker(language, width)
    who.to("results").follow()
    for step in ("city", "county", "insurance", "claim"):
        who.to(step, exactly=True).follow()
    assert LATE in who.text()


@pytest.mark.parametrize(("language", "width"), VIEWS)
def test_handing_in_a_faulty_file_and_mending_it(walker: Any, language: str, width: int, tmp_path: Path) -> None:
    key = f"{language}{width}"
    rows = f"case,matter,county,accepted,closed\n{key},NB029-EX01,990101,2025-05-06 09:00,2025-02-30 10:00\n"
    (tmp_path / "desk.yaml").write_text(MAPPING.replace("{within}", "990101"), "utf-8")
    who = walker(language, width).sign_in("county-clerk")
    for content, expected in ((rows, "2025-02-30"), (rows.replace("02-30", "05-07"), "1")):
        (tmp_path / "cases.csv").write_text(content, "utf-8")
        who.page.goto(who.home + WORK["workbench"])
        who.to("hand in").follow()
        who.page.locator("#file").set_input_files(tmp_path / "cases.csv")  # the system's own chooser is not ours
        who.page.locator("#own_mapping").set_input_files(tmp_path / "desk.yaml")
        who.to("source").type(f"desk-{key}").follow()
        who.to("take in").follow()
        who.page.locator(".figures").wait_for(timeout=60_000)
        assert expected in who.text()
    assert who.page.locator(".figures dd").all_inner_texts()[:3] == ["1", "1", "0"]


@pytest.mark.parametrize(("language", "width"), VIEWS)
def test_superseding_a_provision_and_seeing_who_is_affected(walker: Any, language: str, width: int) -> None:
    who = walker(language, width).sign_in("province-editor")
    who.to("record").follow()
    day, value = {"zh390": ("01012031", "2"), "zh1280": ("01022031", "1"), "en390": ("01032031", "2"),
                  "en1280": ("01042031", "1")}[f"{language}{width}"]  # each time something changes from the day on
    fields = {"#subject": "NB029-EX01", "#measure": "promised_limit", "#region": "990000", "#value": value,
              "#unit": "working_day"}
    for field, value in fields.items():
        who.page.focus(field)
        if field != "#value":
            who.page.select_option(field, value)
        else:
            who.type(value)
    who.page.focus("#from")
    who.page.keyboard.type(day)
    who.page.focus("#title_zh")
    who.type(f"办理时限的公开承诺（模拟，{language}{width}）")
    who.page.focus("#source")
    who.type("made up for a test")
    who.to("look").follow()
    assert who.page.locator("#effect tbody tr").count() >= 1
    who.to("record it", exactly=True).follow()
    who.page.wait_for_url(f"{who.home}{WORK['provisions']}?recorded=*")
    assert who.page.locator(".notice").count() == 1
