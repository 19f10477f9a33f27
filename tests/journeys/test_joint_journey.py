"""A collaboration area compares, makes a joint standard, and a change by one member is flagged to the other."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pages import faults, sideways, sign_in

pytestmark = pytest.mark.browser
HERE = Path(__file__).resolve().parent
AREA = "work/collaboration/areas/sample-pine-cypress/"
NUMBER = f"DB9902/T 1-{date.today().year}"


def run(product: Any, *words: str) -> str:
    """What happens elsewhere on the same home: a program of Python's, and what it says."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JIZHUN_", "DJANGO_"))}
    paths = os.pathsep.join([str(HERE.parent), kept.get("PYTHONPATH", "")])
    done = subprocess.run([sys.executable, *words], check=True, text=True, stdout=subprocess.PIPE,
                          env={**kept, "JIZHUN_HOME": str(product.home), "PYTHONPATH": paths})
    return done.stdout


def made(product: Any, what: str) -> str:
    """A published standard, or a paper of one of the cities."""
    return str(json.loads(run(product, str(HERE / "joint_world.py"), what)))


def signed(product: Any, browser_page: Callable[..., Any], name: str, **more: Any) -> Any:
    page = browser_page(**more)
    sign_in(page, product.address, "en", name)
    return page


def test_two_cities_compare_agree_and_are_told(product: Any, browser_page: Callable[..., Any]):
    code = made(product, "published")
    province = signed(product, browser_page, "province-editor")
    province.goto(f"{product.address}/en/{AREA}")
    province.get_by_role("link", name="Side by side").click()
    assert "lines differ" in province.get_by_role("heading", level=1).inner_text()
    assert province.get_by_role("cell", name="3 working days → 2 working days (−33.3 %)").is_visible()
    assert faults(province) == [] and not sideways(province)

    province.goto(f"{product.address}/en/{AREA}")
    province.get_by_text("Make a project a joint standard").click()
    form = province.locator("form", has=province.get_by_role("button", name="Make it a joint standard"))
    form.get_by_label("Project").select_option(value=code)
    form.get_by_label("Cypress Sample City").check()
    form.get_by_role("button").click()
    assert province.get_by_role("cell", name="0 / 2").is_visible()

    regulator = signed(product, browser_page, "market-regulator")
    regulator.goto(f"{product.address}/en/work/collaboration/joint/{code}/")
    regulator.get_by_text("Approve it for a place").click()
    regulator.get_by_label("Number there").fill(NUMBER)
    regulator.get_by_role("button", name="Approve", exact=True).click()
    assert "approved by 2 of 2 places" in regulator.locator("main").inner_text()
    regulator.get_by_role("link", name=NUMBER).click()
    assert NUMBER in regulator.locator("main").inner_text()

    made(product, "changed")
    run(product, "-m", "jizhun", "remind")
    city = signed(product, browser_page, "city-editor", width=390)
    city.get_by_role("link", name="Cypress Sample City has moved from the joint standard").first.click()
    main = city.locator("main").inner_text()
    assert "Cypress Sample City moved from what was approved" in main
    assert "2 working days → 3 working days" in main and "less than agreed" in main
    assert faults(city) == [] and not sideways(city)
