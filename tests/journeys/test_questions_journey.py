"""A trainer drafts out of the data and hands in, a reviewer accepts, a provision of today suspends, it is redrafted."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from pages import faults, sideways, sign_in

pytestmark = pytest.mark.browser

BANK = "work/training/questions/"
MATTER = "NB029-EX07"
RECORD = f"""
from jizhun.people.rules import SYSTEM
from jizhun.provisions.actions import record
record(by=SYSTEM, row={{"subject": "{MATTER}", "measure": "promised_limit", "region": "990101", "value": 2,
                       "unit": "working_day", "from": "{date.today()}", "mark": "SIM", "source": "made for a journey"}})
"""


def recorded(home: Any) -> None:
    """A provision from today on, recorded by another process while the server runs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JIZHUN_", "DJANGO_"))}
    subprocess.run([sys.executable, "-m", "jizhun", "shell", "-c", RECORD], check=True, timeout=300,
                   env={**kept, "JIZHUN_HOME": str(home)}, stdout=subprocess.DEVNULL)


def act(page: Any, name: str) -> None:
    page.get_by_role("button", name=name).click()
    page.locator("[role=status]").wait_for()


def test_drafted_reviewed_suspended_and_redrafted(product: Any, browser_page: Callable[..., Any]):
    trainer, reviewer = browser_page(), browser_page(width=390, scheme="dark")
    sign_in(trainer, product.address, "en", "trainer")
    sign_in(reviewer, product.address, "zh", "reviewer")
    trainer.goto(f"{product.address}/en/work/")
    trainer.get_by_role("link", name="Question bank").click()
    trainer.get_by_role("link", name="Draft questions out of the data").click()
    trainer.get_by_label("Place", exact=True).select_option("990101")
    for kind in ("Multiple choice", "True or false", "Number", "Ordering", "Matching", "Short text", "Case"):
        trainer.get_by_label(kind, exact=True).uncheck()
    trainer.locator(f"input[value='{MATTER}']").check()
    trainer.get_by_role("button", name="Look at the drafts").click()
    assert faults(trainer) + sideways(trainer) == []
    trainer.get_by_role("button", name="Keep the chosen ones as drafts").click()
    trainer.get_by_role("link", name=re.compile("committed time limit")).click()
    address = trainer.url.split("/en/")[1]
    act(trainer, "Hand in for review")
    assert trainer.get_by_role("button", name="Accept it").count() == 0

    reviewer.goto(f"{product.address}/zh/{BANK}?state=in_review&q={MATTER}")
    assert faults(reviewer) + sideways(reviewer) == []
    reviewer.goto(f"{product.address}/zh/{address}")
    act(reviewer, "复核通过")
    assert "可用" in reviewer.locator("main").inner_text()
    assert faults(reviewer) + sideways(reviewer) == []

    recorded(product.home)
    trainer.goto(f"{product.address}/en/{address}")
    said = trainer.locator("main").inner_text()
    assert "Suspended" in said and "2 working days" in said and "7 working days" in said
    assert faults(trainer) + sideways(trainer) == []
    act(trainer, "Redraft it out of the data")
    reviewer.goto(f"{product.address}/zh/{address}")
    assert "2 个工作日" in reviewer.locator("main").inner_text()
    act(reviewer, "复核通过")
    assert "已暂停" not in reviewer.locator("main").inner_text()
    trainer.goto(f"{product.address}/en/{address}")
    assert "Version 2 accepted" in trainer.locator("main").inner_text()
