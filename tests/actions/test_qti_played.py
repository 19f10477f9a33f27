"""What is given out as QTI 3.0, played in a player of others in a real browser: it gives the marks that we give."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

import components
from jizhun.training.interchange.items import Item
from jizhun.training.interchange.qti_writing import write_item, write_qti
from jizhun.training.rules.questions import mark
from training_bank import CONTENT

pytestmark = [pytest.mark.browser, pytest.mark.player]

NUMBERS = count(1)
SCRIPTS = ("vue/dist/vue.min.js", "qti3-item-player/dist/qti3Player.umd.min.js")
STYLE = "qti3-item-player/dist/qti3Player.css"
START = """() => new Promise((ready) => {
  const told = {
    notifyQti3PlayerReady: (player) => { window.player = player; ready(); },
    notifyQti3ItemReady: () => window.loaded(),
    notifyQti3EndAttemptCompleted: (data) => window.ended(data.state),
  };
  const props = { suppressAlertMessages: true, suppressInvalidResponseMessages: true };
  new Vue({ el: '#app', render: (make) => make(qti3Player, { props, on: told }) });
})"""
LOAD = """([xml, state]) => new Promise((loaded) => {
  window.loaded = loaded;
  player.loadItemFromXml(xml, { guid: 'one', status: 'interacting', ...(state ? { state } : {}),
                                sessionControl: { max_attempts: 0, show_feedback: false, validate_responses: false } });
})"""
END = "() => new Promise((ended) => { window.ended = ended; player.endAttempt('end'); })"


@pytest.fixture(scope="module")
def player(chromium: Any) -> Iterator[Any]:
    """A page with the player and nothing else; it reaches no network."""
    folder = Path(components.qti_player() or "")
    page = chromium.new_page()
    page.route("**/*", lambda route: route.abort())
    page.set_content('<!doctype html><meta charset="utf-8"><div id="app"></div>')
    for script in SCRIPTS:
        page.add_script_tag(path=folder / script)
    page.add_style_tag(path=folder / STYLE)
    page.evaluate(START)
    yield page
    page.close()


def fresh(kind: str) -> str:
    """The item under a name of its own: the player does nothing where it is given what it shows already."""
    return write_item(Item(f"Q-{kind}-{next(NUMBERS)}", kind, CONTENT[kind])).decode()


def shown(page: Any, kind: str, kept: dict[str, Any] | None = None) -> None:
    """Load a question of this type; with what the player had kept of an attempt in which this was answered."""
    page.evaluate(LOAD, [fresh(kind), None])
    if kept:
        state = page.evaluate(END) | {"contextVariables": []}
        for one in state["responseVariables"]:
            one["value"] = kept.get(one["identifier"], one["value"])
        page.evaluate(LOAD, [fresh(kind), state])


def earned(page: Any) -> int:
    """End the attempt: what the player's own processing says, in hundredths of a hundred."""
    state = page.evaluate(END)
    (score,) = (one["value"] for one in state["outcomeVariables"] if one["identifier"] == "SCORE")
    return round(float(score) * 10_000)


@pytest.mark.parametrize(("kind", "answer"), [
    ("single", "a"), ("single", "b"), ("multiple", ["a", "c"]), ("multiple", ["a"]), ("multiple", ["a", "b", "c"]),
    ("multiple", ["b"]), ("true_false", True), ("true_false", False)])
def test_chosen_with_the_mouse(player: Any, kind: str, answer: Any) -> None:
    shown(player, kind)
    for one in [str(answer).lower()] if kind == "true_false" else [f"jz-{choice}" for choice in answer]:
        player.locator(f"li[data-identifier={one}]").click()
    assert earned(player) == mark(kind, CONTENT[kind], answer)


@pytest.mark.parametrize(("kind", "typed"), [
    ("numeric", "10"), ("numeric", "10.0"), ("numeric", "11"), ("short_text", "Form 7"), ("short_text", "form 7"),
    ("short_text", "中Form 7"), ("short_text", "Form 8")])
def test_typed_at_the_keyboard(player: Any, kind: str, typed: str) -> None:
    shown(player, kind)
    player.locator("input.text-entry-default").press_sequentially(typed)
    assert earned(player) == mark(kind, CONTENT[kind], typed)


ORDERED = {"right": list("abc"), "turned": list("cba")}
PAIRS = {"right": dict(zip("abc", "abc", strict=True)), "two of three": {"a": "a", "b": "b", "c": "z"},
         "none": {"a": "b", "b": "c", "c": "a"}}


@pytest.mark.parametrize("said", ORDERED)
def test_an_order_that_was_given(player: Any, said: str) -> None:
    shown(player, "ordering", {"RESPONSE": [f"jz-{one}" for one in ORDERED[said]]})
    assert earned(player) == mark("ordering", CONTENT["ordering"], ORDERED[said])


@pytest.mark.parametrize("said", PAIRS)
def test_pairs_that_were_given(player: Any, said: str) -> None:
    shown(player, "matching", {"RESPONSE": [f"left-{left} right-{right}" for left, right in PAIRS[said].items()]})
    assert abs(earned(player) - mark("matching", CONTENT["matching"], PAIRS[said])) <= 1  # a third of a whole


@pytest.mark.parametrize(("choice", "said"), [("a", "right"), ("b", "right"), ("a", "turned"), ("b", "turned")])
def test_a_case_in_parts(player: Any, choice: str, said: str) -> None:
    shown(player, "case", {"RESPONSE_1": f"jz-{choice}", "RESPONSE_2": [f"jz-{one}" for one in ORDERED[said]]})
    assert earned(player) == mark("case", CONTENT["case"], {"p": choice, "q": ORDERED[said]})


def test_what_it_marks_otherwise_is_told_as_lost(player: Any) -> None:
    """An order with one place wrong, a text with another stop: half and whole with us, nothing there."""
    shown(player, "ordering", {"RESPONSE": ["jz-b", "jz-c", "jz-a"]})
    assert (earned(player), mark("ordering", CONTENT["ordering"], list("bca"))) == (0, 5000)
    shown(player, "short_text")
    player.locator("input.text-entry-default").press_sequentially("Form7.")
    assert (earned(player), mark("short_text", CONTENT["short_text"], "Form7.")) == (0, 10_000)
    told = {one.where: one.why.en for one in write_qti([Item(kind, kind, CONTENT[kind])
                                                         for kind in ("ordering", "short_text", "single")]).losses}
    assert set(told) == {"ordering", "short_text"}


def test_words_in_both_languages_are_shown(player: Any) -> None:
    shown(player, "matching")
    words = player.locator("#app, .qti3-player-container, body").first.inner_text()
    assert "What belongs together?" in words and "中What belongs together?" in words and "left a" in words
