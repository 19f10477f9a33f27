"""Somebody reads a draft and says something about some words of it: with the mouse, by keyboard, without JavaScript."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pages import faults, sideways, sign_in

pytestmark = pytest.mark.browser
HERE = Path(__file__).resolve().parent
PATIENCE = 3200
"""Milliseconds after which a form may be sent."""


@pytest.fixture(scope="module")
def asked(product: Any) -> dict[str, Any]:
    """A draft that is open for comments on the running product."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JIZHUN_", "DJANGO_"))}
    own = {"JIZHUN_HOME": str(product.home), "PYTHONPATH": str(HERE.parent)}
    made = subprocess.run([sys.executable, str(HERE / "consultation_world.py")], check=True, text=True,
                          stdout=subprocess.PIPE, env={**kept, **own})
    found: dict[str, Any] = json.loads(made.stdout)
    return {**found, "address": f"{product.address}/en/consultations/{found['round']}/"}


def drag_over(page: Any, words: str, clause: str) -> None:
    """Select the words with the mouse."""
    box = page.evaluate("""([words, key]) => {
        const says = document.querySelector(`#c-${key} .says`);
        const walk = document.createTreeWalker(says, NodeFilter.SHOW_TEXT);
        const letters = [];
        for (let node = walk.nextNode(); node; node = walk.nextNode())
            for (let at = 0; at < node.data.length; at += 1) letters.push([node, at]);
        const first = letters.map(([node, at]) => node.data[at]).join("").indexOf(words);
        const range = document.createRange();
        range.setStart(...letters[first]);
        range.setEnd(letters[first + words.length - 1][0], letters[first + words.length - 1][1] + 1);
        says.scrollIntoView({ block: "center" });
        const { left, right, top, height } = range.getBoundingClientRect();
        return { left, right, middle: top + height / 2 };
    }""", [words, clause])
    page.mouse.move(box["left"], box["middle"])
    page.mouse.down()
    page.mouse.move(box["right"], box["middle"], steps=4)
    page.mouse.up()


def send(page: Any) -> None:
    page.wait_for_timeout(PATIENCE)
    page.get_by_role("button", name="Send the comment").click()


def test_a_reader_selects_words_with_the_mouse_and_comments_on_them(asked: dict[str, Any],
                                                                    browser_page: Callable[..., Any]):
    page = browser_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.goto(asked["address"])
    drag_over(page, "within 2 working days", asked["limit"])
    button = page.get_by_role("button", name="Comment on these words")
    button.click()
    form = page.locator("form[data-say]")
    assert form.locator("blockquote").inner_text() == "within 2 working days"
    assert form.get_by_label("What it is about").input_value() == asked["limit"]
    assert page.evaluate("document.activeElement.name") == "text"
    assert faults(page) + sideways(page) == []
    page.keyboard.type("One day is enough.")
    send(page)
    page.wait_for_url("**/comments/**")
    assert "Thank you" in page.locator("h1").inner_text()
    assert "within 2 working days" in page.locator("main blockquote").inner_text()
    assert "whose words stand there still" in page.locator("main").inner_text()
    assert faults(page) + sideways(page) == []
    assert problems == []


def test_a_reader_chooses_words_by_keyboard_alone(asked: dict[str, Any], browser_page: Callable[..., Any]):
    page = browser_page(width=390)
    page.goto(asked["address"])
    page.locator(f"#c-{asked['channels']} .clause-acts a").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Choose words by keyboard"
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert page.evaluate("getSelection().toString().trim()") == "at the counter"
    page.keyboard.press("Shift+ArrowRight")
    assert page.evaluate("getSelection().toString().trim()") == "the counter"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "text"
    assert page.locator("form[data-say] blockquote").inner_text() == "the counter"
    assert faults(page) + sideways(page) == []
    page.get_by_role("button", name="Leave the words out").click()
    assert page.locator("form[data-say] [name=quote]").input_value() == ""


def test_the_small_button_is_the_next_stop_after_the_words(asked: dict[str, Any], browser_page: Callable[..., Any]):
    page = browser_page()
    page.goto(asked["address"])
    drag_over(page, "at the counter", asked["channels"])
    page.get_by_role("button", name="Comment on these words").wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "on-words"
    page.keyboard.press("Enter")
    assert page.locator("form[data-say] blockquote").inner_text() == "at the counter"


def test_words_that_were_selected_before_the_page_was_ready_are_not_lost(asked: dict[str, Any],
                                                                          browser_page: Callable[..., Any]):
    page = browser_page()
    held: list[Any] = []
    page.route("**/comment*.js", lambda route: held.append(route))
    page.goto(asked["address"], wait_until="commit")
    page.locator(f"#c-{asked['limit']} .says p").first.evaluate("one => getSelection().selectAllChildren(one)")
    page.wait_for_timeout(300)  # the news of the selection went to nobody
    held[0].continue_()
    page.get_by_role("button", name="Comment on these words").wait_for(timeout=5000)


def test_words_of_two_clauses_are_not_a_quote(asked: dict[str, Any], browser_page: Callable[..., Any]):
    page = browser_page()
    page.goto(asked["address"])
    page.evaluate("""([first, last]) => getSelection().setBaseAndExtent(
        document.querySelector(`#c-${first} .says`), 0, document.querySelector(`#c-${last} .says`), 1)""",
                  [asked["limit"], asked["channels"]])
    page.wait_for_timeout(400)
    assert page.get_by_role("button", name="Comment on these words").count() == 0


def test_a_clause_is_commented_without_javascript(asked: dict[str, Any], browser_page: Callable[..., Any]):
    page = browser_page(javascript=False)
    page.goto(asked["address"])
    page.locator(f"#c-{asked['limit']} .clause-acts a").click()
    about = page.get_by_label("What it is about")
    assert about.input_value() == asked["limit"]
    page.get_by_label("Your comment", exact=True).last.fill("Too short for us.")
    page.get_by_label("E-mail to be told at").fill("nobody")
    send(page)
    assert "There is a problem" in page.locator(".error-summary").inner_text()
    assert page.locator("textarea[name=text]").input_value() == "Too short for us."
    page.get_by_label("E-mail to be told at").fill("somebody@example.org")
    send(page)
    assert "Thank you" in page.locator("h1").inner_text()


def test_what_was_typed_stays_when_another_clause_is_chosen(asked: dict[str, Any], browser_page: Callable[..., Any]):
    page = browser_page()
    page.goto(asked["address"])
    page.locator("textarea[name=text]").fill("Half a thought")
    page.locator(f"#c-{asked['limit']} .clause-acts a").click()
    assert page.locator("textarea[name=text]").input_value() == "Half a thought"
    assert page.get_by_label("What it is about").input_value() == asked["limit"]


@pytest.mark.parametrize("look", [{"width": 390, "scheme": "dark"}, {"width": 1280, "scheme": "light"},
                                  {"width": 390, "scheme": "light", "cookies": {"text": "large"}},
                                  {"width": 1280, "scheme": "light", "cookies": {"theme": "contrast"}}])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing(asked: dict[str, Any], product: Any, browser_page: Callable[..., Any], language: str,
                           look: dict[str, Any]):
    page = browser_page(address=product.address, **look)
    round_ = f"consultations/{asked['round']}/"
    pages = [f"consultations/?region={asked['place']}", "consultations/?region=310000", round_, f"{round_}comments/",
             f"comments/{asked['said']}/", "comments/nothing/", f"speed/?region={asked['place']}",
             "speed/?region=310000"]
    wrong = {}
    for path in pages:
        page.goto(f"{product.address}/{language}/{path}")
        wrong[path] = faults(page) + sideways(page)
    sign_in(page, product.address, language, "county-editor")
    page.goto(f"{product.address}/{language}/consultations/{asked['round']}/")
    wrong["two forms"] = faults(page) + sideways(page)
    assert page.locator("form[data-say]").count() == 2
    assert {path: found for path, found in wrong.items() if found} == {}
