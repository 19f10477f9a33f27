"""The whole chain in a browser: a question out of the data, its review, an examination with the connection cut, what
certificate it earns, a promise that changes, the question suspended and redrafted, and the refresher on it only."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from pages import faults, sideways, sign_in

pytestmark = pytest.mark.browser

MATTER, COUNTY, WORK = "NB029-EX06", "990101", "work/training"
BLUEPRINT = f"""
from jizhun.people.models import User
from jizhun.training.actions.exams import write_blueprint
write_blueprint(by=User.objects.get(username="trainer"), code="chain", region="{COUNTY}", name_zh="时限考试",
                name_en="Exam about the limit", content={{"rows": [{{"matter": "{MATTER}", "count": 1, "worth": 1}}],
                                                        "minutes": 20, "pass_mark": 6000}})
"""
CHANGE = f"""
from jizhun.people.rules import SYSTEM
from jizhun.provisions.actions import record
record(by=SYSTEM, row={{"subject": "{MATTER}", "measure": "promised_limit", "region": "{COUNTY}", "value": 1,
                       "unit": "working_day", "from": "{date.today()}", "mark": "SIM", "source": "made for a journey"}})
"""
RIGHT = """
from jizhun.training.actions.bank import held_question, question_of
options = held_question(question_of("{code}")).version.content["options"]
print(*(one["text"]["en"] for one in options if one["right"]))
"""


def run(product: Any, code: str) -> str:
    """Something that the product does without a page, in its own home; the last line that it says."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JIZHUN_", "DJANGO_"))}
    done = subprocess.run([sys.executable, "-m", "jizhun", "shell", "-c", code], check=True, timeout=300, text=True,
                          env={**kept, "JIZHUN_HOME": str(product.home)}, stdout=subprocess.PIPE)
    return (done.stdout.strip().splitlines() or [""])[-1]


def whole(page: Any) -> str:
    return str(page.locator("main").inner_text())


def sound(page: Any) -> None:
    assert faults(page) + sideways(page) == []


def act(page: Any, name: str) -> None:
    page.get_by_role("button", name=name).click()
    page.locator("[role=status]").wait_for()


def drafted(product: Any, trainer: Any) -> str:
    """A question about the limit, drafted out of the data and handed in; its code."""
    trainer.goto(f"{product.address}/en/{WORK}/questions/draft/")
    trainer.get_by_label("Place", exact=True).select_option(COUNTY)
    for kind in ("Multiple choice", "True or false", "Number", "Ordering", "Matching", "Short text", "Case"):
        trainer.get_by_label(kind, exact=True).uncheck()
    trainer.locator(f"input[value='{MATTER}']").check()
    trainer.get_by_role("button", name="Look at the drafts").click()
    trainer.get_by_role("button", name="Keep the chosen ones as drafts").click()
    trainer.get_by_role("link", name=re.compile("committed time limit")).first.click()
    act(trainer, "Hand in for review")
    return str(trainer.url.split("?")[0].rstrip("/").rpartition("/")[2])


def accepted(product: Any, reviewer: Any, code: str) -> None:
    reviewer.goto(f"{product.address}/zh/{WORK}/questions/{code}/")
    act(reviewer, "复核通过")


def opened(product: Any, trainer: Any) -> None:
    """A qualification that rests on the limit, and an examination that earns it."""
    trainer.goto(f"{product.address}/en/{WORK}/qualifications/")
    for label, text in (("Code", "limit"), ("Name in Chinese", "时限资格"), ("Name in English", "Knows the limit"),
                        ("What its holder has learned, in Chinese", "学过时限。"),
                        ("What its holder has learned, in English", "Has learned the limit."),
                        ("What it covers, a source a line", f"promise {MATTER} @ all promised_limit")):
        trainer.get_by_label(label, exact=True).fill(text)
    trainer.get_by_role("button", name="Record").click()
    run(product, BLUEPRINT)
    trainer.goto(f"{product.address}/en/{WORK}/exams/new/")
    trainer.get_by_label("Blueprint", exact=True).select_option("chain")
    trainer.get_by_label("Kind", exact=True).select_option("examination")
    trainer.get_by_label("Place", exact=True).select_option(COUNTY)
    trainer.get_by_label("Closes", exact=True).fill((datetime.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"))
    trainer.get_by_label("Attempts", exact=True).fill("0")
    trainer.get_by_label("Certificate for whoever passes", exact=True).select_option("limit")
    sound(trainer)
    trainer.get_by_role("button", name="Open it").click()
    assert "Whoever passes earns:" in whole(trainer)


def sat(clerk: Any, answer: str, *, cut: bool) -> None:
    """Begin, answer (with the connection cut), hand in."""
    clerk.locator("#honest").check()
    clerk.locator("main form button").first.click()
    clerk.locator("#paper").wait_for()
    clerk.context.set_offline(cut)
    clerk.get_by_label(answer, exact=True).check()
    clerk.locator("[data-state]", has_text="No connection" if cut else "Saved at").wait_for(timeout=20_000)
    clerk.context.set_offline(False)
    clerk.locator("[data-state]", has_text="Saved at").wait_for(timeout=20_000)
    clerk.get_by_role("button", name="To the end").click()
    clerk.get_by_role("button", name="Hand in now").click()


def test_from_a_draft_to_a_certificate_and_its_refresher(product: Any, browser_page: Callable[..., Any]):
    trainer, reviewer, clerk = browser_page(), browser_page(width=390, scheme="dark"), browser_page(width=390)
    sign_in(trainer, product.address, "en", "trainer")
    sign_in(reviewer, product.address, "zh", "reviewer")
    sign_in(clerk, product.address, "en", "county-clerk")
    code = drafted(product, trainer)
    accepted(product, reviewer, code)
    opened(product, trainer)

    clerk.goto(f"{product.address}/en/{WORK}/sittings/")
    clerk.get_by_role("link", name=re.compile("Exam about the limit")).first.click()
    assert "Whoever passes earns: Knows the limit" in whole(clerk)
    sat(clerk, run(product, RIGHT.format(code=code)), cut=True)
    clerk.get_by_text("You have earned a certificate:").click()
    assert "valid until" in whole(clerk)
    sound(clerk)
    certificate = clerk.url

    run(product, CHANGE)
    clerk.goto(certificate)
    assert "refresher due" in whole(clerk) and "1 working day" in whole(clerk)
    clerk.get_by_role("link", name=re.compile("Take the refresher")).click()
    clerk.locator("#honest").check()
    clerk.locator("main form button").first.click()
    assert "The bank holds no question about what changed yet" in whole(clerk)
    trainer.goto(f"{product.address}/en/{WORK}/questions/{code}/")
    assert "Suspended" in whole(trainer)
    act(trainer, "Redraft it out of the data")
    accepted(product, reviewer, code)

    clerk.goto(certificate)
    clerk.get_by_role("link", name=re.compile("Take the refresher")).click()
    assert "it asks only about what changed" in whole(clerk)
    sound(clerk)
    sat(clerk, run(product, RIGHT.format(code=code)), cut=False)
    clerk.get_by_text("Your certificate is renewed:").click()
    assert clerk.url == certificate and "valid until" in whole(clerk) and "Refresher passed" in whole(clerk)
    sound(clerk)
