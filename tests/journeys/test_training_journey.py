"""Training in a real browser: a trainer writes a unit, a reviewer accepts it, a clerk learns it and tries the rule; a
roster with two bad rows; a contest and its board."""

from collections.abc import Callable
from typing import Any

import pytest
from pages import faults, sideways, sign_in

from jizhun.kernel.workbooks import finished, new_book

pytestmark = pytest.mark.browser
COURSE = {"code": "journey", "name_zh": "限时办结", "name_en": "Within the limit", "summary_zh": "学时限。",
          "summary_en": "About limits."}
UNIT = {"title_zh": "失业保险金", "title_en": "Who is entitled"}


def fill(page: Any, said: dict[str, str]) -> None:
    for name, text in said.items():
        page.locator(f"#{name}").fill(text)


def opened(product: Any, browser_page: Callable[..., Any], name: str) -> Any:
    page = browser_page(address=product.address)
    sign_in(page, product.address, "en", name)
    return page


def workbook(*rows: tuple[str, ...]) -> dict[str, Any]:
    book = new_book()
    sheet = book.add_worksheet("roster")
    for down, row in enumerate((("用户名", "单位", "成绩"), *rows)):
        for at, text in enumerate(row):
            sheet.write_string(down, at, text)
    return {"name": "roster.xlsx", "mimeType": "application/octet-stream", "buffer": finished(book)}


def sound(page: Any) -> None:
    assert faults(page) + sideways(page) == []


def test_a_course_is_written_reviewed_and_learned(product: Any, browser_page: Callable[..., Any]) -> None:
    site = f"{product.address}/en/work/training"
    trainer = opened(product, browser_page, "trainer")
    trainer.goto(f"{site}/courses/")
    trainer.get_by_role("link", name="Write a course").click()
    fill(trainer, COURSE)
    trainer.get_by_role("button", name="Begin the course").click()
    trainer.get_by_role("link", name="A rule to try").click()
    fill(trainer, UNIT)
    trainer.locator("#entitlement").select_option("unemployment_benefit")
    sound(trainer)
    trainer.get_by_role("button", name="Save as a new version").click()
    trainer.get_by_role("button", name="Hand in for review").click()
    assert trainer.get_by_role("button", name="Accept").count() == 0

    reviewer = opened(product, browser_page, "reviewer")
    reviewer.goto(f"{site}/")
    reviewer.get_by_role("link", name="Course to be reviewed: Within the limit").click()
    reviewer.goto(f"{site}/courses/journey/?version=2")
    reviewer.get_by_role("button", name="Accept").click()
    assert reviewer.get_by_text("in use").first.is_visible()

    clerk = opened(product, browser_page, "county-clerk")
    clerk.goto(f"{site}/courses/journey/")
    clerk.get_by_role("link", name="Begin", exact=True).click()
    clerk.get_by_role("button", name="I have learned this").click()
    fill(clerk, {"f-contribution_months": "30", "f-unused_months": "0", "f-birth_date": "1986-05-01"})
    for fact, said in (("left_against_will", "true"), ("registered_seeking", "true"), ("draws_pension", "false")):
        clerk.locator(f"#f-{fact}").select_option(said)
    clerk.get_by_role("button", name="See the answer").click()
    answer = clerk.get_by_role("status", name="The answer")
    assert "Likely yes" in answer.inner_text() and "12 months" in answer.inner_text()
    sound(clerk)
    clerk.get_by_role("button", name="I have learned this").click()
    assert clerk.get_by_text("2 of 2 units learned.").is_visible()


def test_a_roster_with_two_bad_rows_is_looked_at_before_anything_is_written(
        product: Any, browser_page: Callable[..., Any]) -> None:
    site = f"{product.address}/en/work/training"
    page = opened(product, browser_page, "trainer")
    page.goto(f"{site}/ledger/new/")
    fill(page, {"topic_zh": "旅程培训", "topic_en": "A class of the journey", "hours": "2", "organisation": "Centre",
                "trainer": "Somebody", "on": "2026-01-05"})
    page.get_by_role("button", name="Enter").click()
    event = page.url
    page.get_by_role("link", name="Roster from a workbook").click()
    page.locator("#file").set_input_files(workbook(
        ("county-clerk", "990101", "88"), ("nobody", "990101", "70"), ("county-editor", "月亮县", ""),
        ("county-clerk-elsewhere", "990201", "")))
    page.get_by_role("button", name="Look at the roster").click()
    assert page.get_by_text("Rows that can be entered: 2; with a fault: 2. Nothing is written yet.").is_visible()
    assert page.get_by_text("There is no user called “nobody”.").is_visible()
    assert page.get_by_text("There is no unit “月亮县”.").is_visible()
    sound(page)
    other = opened(product, browser_page, "trainer")
    other.goto(event)
    assert other.get_by_text("Nobody is entered yet.").is_visible()
    page.get_by_role("button", name="Enter the good rows").click()
    assert page.get_by_text("2 of 2 on the roster were present.").is_visible()


def test_a_clerk_plays_a_round_and_finds_the_board(product: Any, browser_page: Callable[..., Any]) -> None:
    page = opened(product, browser_page, "county-clerk-elsewhere")
    page.goto(f"{product.address}/en/work/training/contests/")
    page.get_by_role("link", name="Skills contest of the Sample Province (simulated)").click()
    page.get_by_role("button", name="Join").click()
    page.get_by_role("link", name="Answer this round").click()
    for box in page.locator("fieldset.group").all():
        box.get_by_role("radio").first.check()
    sound(page)
    page.get_by_role("button", name="Hand in the answers").click()
    assert page.get_by_text("Handed in. This is what was right:").is_visible()
    page.get_by_role("link", name="The contest").click()
    page.locator("#board-by").select_option("person")
    page.get_by_role("button", name="Show").click()
    assert page.get_by_role("cell", name="that is you").or_(
        page.get_by_role("rowheader", name="that is you")).count() == 1
    sound(page)
