"""A mark that is not right, in a browser: an appeal against it, the reviewer's decision, everybody marked again."""

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

TOPIC, STEM, MEANT = "channels", "How many days?", "12"
SCRIPT = f"""
from training_bank import opened, question
question("numeric", topic="{TOPIC}", code="Q-appealed")
print(opened(1, code="B-appeal", content={{"rows": [{{"topic": "{TOPIC}", "count": 1, "worth": 2}}]}}).pk)
"""


@pytest.fixture(scope="module")
def exam(product: Any) -> str:
    """The address of a practice with one question, which takes ten days for right."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JIZHUN_", "DJANGO_"))}
    paths = os.pathsep.join([str(Path(__file__).parents[1]), kept.get("PYTHONPATH", "")])
    done = subprocess.run([sys.executable, "-m", "jizhun", "shell", "-c", SCRIPT], text=True, check=True, timeout=300,
                          env={**kept, "JIZHUN_HOME": str(product.home), "PYTHONPATH": paths}, stdout=subprocess.PIPE)
    return f"{product.address}/en/work/training/sittings/begin/{done.stdout.split()[-1]}/"


def whole(page: Any) -> str:
    return str(page.locator("main").inner_text())


def sound(page: Any) -> None:
    assert faults(page) + sideways(page) == []


def sat(page: Any, exam: str, answer: str) -> str:
    """Sit it with that answer; the address of the result."""
    page.goto(exam)
    page.locator("#honest").check()
    page.get_by_role("button", name="Begin").click()
    page.locator("#paper input[type=text]").fill(answer)
    page.locator("[data-state]", has_text="Saved at").wait_for(timeout=20_000)
    page.get_by_role("button", name="To the end").click()
    page.get_by_role("button", name="Hand in now").click()
    page.get_by_role("heading", name="My result").wait_for()
    return str(page.url)


def test_an_upheld_appeal_marks_everybody_again(product: Any, browser_page: Callable[..., Any], exam: str):
    clerk, editor, reviewer = browser_page(width=390), browser_page(), browser_page(scheme="dark")
    sign_in(clerk, product.address, "en", "county-clerk")
    sign_in(editor, product.address, "en", "county-editor")
    sign_in(reviewer, product.address, "en", "reviewer")
    mine, theirs = sat(clerk, exam, MEANT), sat(editor, exam, MEANT)
    assert "not passed" in whole(clerk) and "not passed" in whole(editor)

    sound(clerk)  # looked at with everything unfolded, and left as it was
    answer = clerk.locator(".outcome > li", has_text=STEM)
    assert not answer.locator("textarea").is_visible()
    answer.locator("summary").click()
    answer.locator("textarea").fill("The city has given twelve days since its last notice.")
    answer.get_by_role("button", name="Send the appeal").click()
    clerk.get_by_text("It waits for a reviewer.").wait_for()
    sound(clerk)

    reviewer.goto(f"{product.address}/en/work/training/exams/")
    reviewer.get_by_role("link", name=re.compile(r"Appeals \(\d+\)")).click()
    reviewer.get_by_role("link", name=re.compile(re.escape(STEM))).first.click()
    assert "twelve days" in whole(reviewer) and MEANT in whole(reviewer)
    sound(reviewer)
    reviewer.get_by_label("this answer is right too").check()
    reviewer.get_by_label("Reason", exact=True).fill("The notice is in force.")
    reviewer.get_by_role("button", name="Decide").click()
    assert "2 sittings were marked again." in whole(reviewer)
    sound(reviewer)

    for page, address in ((clerk, mine), (editor, theirs)):
        page.goto(address)
        assert "Mark, of 100\n100\n" in whole(page) and "not passed" not in whole(page)
        assert "marked again after an appeal; before: 0" in whole(page)
    clerk.goto(mine)
    assert re.search(r"Upheld\s*:\s*The notice is in force\.", whole(clerk))
    clerk.goto(f"{product.address}/en/work/notices/")
    assert "Your appeal has been answered" in whole(clerk)
