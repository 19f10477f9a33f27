"""A clerk sits an exam in a browser: the connection is cut, answers go on, it comes back; mark and clause."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pages import faults, sideways, sign_in

pytestmark = pytest.mark.browser

SCRIPT = """
from datetime import date
from training_bank import opened, question
from jizhun.training.actions.sources import source
held = source(kind="promise", key=("NB029-EX01", "990101", "", "promised_limit"), on=date(2026, 1, 1)).plain()
for kind in ("multiple", "ordering", "matching", "numeric", "short_text", "true_false", "case"):
    question(kind, topic="other")
question("single", topic="other", sources=[held])
rows = [{"topic": "other", "count": 8, "worth": 2}]  # the bank holds questions of the demonstration too
exam = opened(8, content={"shuffle_questions": False, "rows": rows})
print(exam.pk)
"""
LOOKS: list[dict[str, Any]] = [{"width": 1280, "scheme": "light"}, {"width": 390, "scheme": "dark"}]


@pytest.fixture(scope="module")
def exam(product: Any) -> str:
    """A practice of eight questions, one of each type, open to everybody in the fictional province."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JIZHUN_", "DJANGO_"))}
    paths = os.pathsep.join([str(Path(__file__).parents[1]), kept.get("PYTHONPATH", "")])
    done = subprocess.run([sys.executable, "-m", "jizhun", "shell", "-c", SCRIPT], text=True, check=True, timeout=300,
                          env={**kept, "JIZHUN_HOME": str(product.home), "PYTHONPATH": paths}, stdout=subprocess.PIPE)
    return done.stdout.split()[-1]


def begin(page: Any, product: Any, exam: str, who: str = "county-clerk", language: str = "en") -> None:
    sign_in(page, product.address, language, who)
    page.goto(f"{product.address}/{language}/work/training/sittings/begin/{exam}/")
    page.locator("#honest").check()
    page.locator("main form button").first.click()
    page.locator("#paper").wait_for()


def question(page: Any, stem: str) -> Any:
    """A question by its own stem: a case holds others'."""
    return page.locator(f"fieldset.question:has(> legend:has-text('{stem}'))")


def state(page: Any, text: str) -> None:
    page.locator("[data-state]", has_text=text).wait_for(timeout=20_000)


def test_a_clerk_sits_while_the_connection_is_cut(product: Any, browser_page: Callable[..., Any], exam: str) -> None:
    page = browser_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    begin(page, product, exam)
    assert faults(page) + sideways(page) == []
    question(page, "How long may it take?").get_by_label("5 days", exact=True).check()
    state(page, "Saved at")
    again = question(page, "How long may it take?").get_by_role("button", name="Look at it again later")
    again.click()

    page.context.set_offline(True)
    question(page, "How many days?").locator("input").fill("10")
    state(page, "No connection")
    question(page, "It is free.").get_by_label("True").check()
    page.get_by_role("button", name="To the end").click()
    state(page, "Not everything is saved yet")
    assert page.locator(".numbers .answered").count() == 3
    page.context.set_offline(False)
    state(page, "Saved at")

    page.reload()
    assert question(page, "How many days?").locator("input").input_value() == "10"
    assert again.get_attribute("aria-pressed") == "true"
    assert page.get_by_role("link", name=re.compile(", to be looked at again")).count() == 1
    assert page.locator("[data-count]").inner_text() == "3 / 8"
    page.get_by_role("button", name="To the end").click()
    page.get_by_text("3 of 8 questions are answered").wait_for()
    page.get_by_role("button", name="Hand in now").click()
    told = page.locator("main")
    told.get_by_text("37.50").wait_for()
    assert re.search(r"Unemployment benefit claim · .+ · Pine Jia District: ", told.inner_text())
    assert faults(page) + sideways(page) == []

    assert errors == []


def test_answers_outlive_the_browser_page(product: Any, browser_page: Callable[..., Any], exam: str) -> None:
    page = browser_page()
    begin(page, product, exam, "county-editor")
    page.route("**/save/", lambda route: route.abort())
    question(page, "Which form?").locator("input").fill("Form 7")
    state(page, "No connection")
    page.unroute("**/save/")
    page.reload()  # the page comes from the server, which does not know the answer; the browser does
    assert question(page, "Which form?").locator("input").input_value() == "Form 7"
    state(page, "Saved at")
    page.reload()
    assert page.evaluate("Object.keys(JSON.parse(localStorage.getItem(Object.keys(localStorage)[0])).answers)") == []
    assert question(page, "Which form?").locator("input").input_value() == "Form 7"


def test_ordering_needs_no_mouse_and_gives_no_place_twice(product: Any, browser_page: Callable[..., Any],
                                                          exam: str) -> None:
    page = browser_page()
    begin(page, product, exam, "city-editor")
    lists = question(page, "In which order?").locator("select")
    for at, place in enumerate(("1", "2", "3")):
        lists.nth(at).focus()
        page.keyboard.press(place)
    lists.nth(2).focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert [lists.nth(at).input_value() for at in range(3)] == ["2", "3", "1"]
    state(page, "Saved at")
    page.evaluate("Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });"
                  "document.dispatchEvent(new Event('visibilitychange'));"
                  "Object.defineProperty(document, 'visibilityState', { value: 'visible' });"
                  "document.dispatchEvent(new Event('visibilitychange'))")
    page.get_by_text("Leaving the page was noted. It changes no mark.").wait_for()


@pytest.mark.parametrize("look", LOOKS, ids=lambda one: f"{one['width']}-{one['scheme']}")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing(product: Any, browser_page: Callable[..., Any], exam: str, language: str,
                           look: dict[str, Any]) -> None:
    page = browser_page(**look)
    who = {"zh1280": "city-standards", "zh390": "county-standards", "en1280": "reader", "en390": "statistician"}[
        f"{language}{look['width']}"]
    site, wrong = f"{product.address}/{language}/work/training", {}
    begin(page, product, exam, who, language)
    wrong["sitting"] = faults(page) + sideways(page)
    shown = Path(os.environ["JIZHUN_PICTURES"]) if "JIZHUN_PICTURES" in os.environ else None
    here = page.url

    def look_at(name: str, address: str) -> None:
        page.goto(address)
        wrong[name] = faults(page) + sideways(page)
        if shown:
            page.screenshot(path=shown / f"{name}-{language}-{look['width']}.png", full_page=True)

    look_at("sitting", here)
    look_at("submit", f"{here}submit/")
    page.locator("main form button").first.click()
    look_at("result", page.url)
    look_at("mine", f"{site}/sittings/")
    look_at("exams", f"{site}/exams/")
    look_at("results", f"{site}/exams/{exam}/results/")
    page.context.clear_cookies()
    sign_in(page, product.address, language, "trainer")
    for name, path in {"exam": f"exams/{exam}/", "exam-new": "exams/new/", "blueprint": "exams/blueprints/B1/",
                       "blueprint-new": "exams/blueprints/new/", "appeals": "exams/appeals/",
                       "begin": f"sittings/begin/{exam}/"}.items():
        look_at(name, f"{site}/{path}")
    assert {name: found for name, found in wrong.items() if found} == {}
