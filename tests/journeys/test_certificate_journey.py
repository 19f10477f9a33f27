"""A certificate is issued, what it rests on changes, it asks for a refresher and is good again; a right asks for it."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from pages import faults, sideways, sign_in

pytestmark = pytest.mark.browser

MATTER, COUNTY, EDITOR = "NB050-EX03", "990202", "oak-editor"
PEOPLE = f"""
from jizhun.people.actions import create_user, grant
from jizhun.people.rules import DEMONSTRATION_PASSWORD, SYSTEM
made = create_user(by=SYSTEM, username="{EDITOR}", password=DEMONSTRATION_PASSWORD, region="{COUNTY}",
                   demonstration=True)
grant(by=SYSTEM, user=made, role="county_editor", region="{COUNTY}")
"""
FASTER = """
from jizhun.people.models import User
from jizhun.provisions.actions import record
record(by=User.objects.get(username="province-editor"), row={{
    "subject": "{matter}", "measure": "promised_limit", "region": "990200", "modality": "floor", "value": {value},
    "unit": "working_day", "from": "{day}", "document": "sim-limits-2025", "mark": "SIM", "source": "test",
    "clause_zh": "一", "clause_en": "1"}})
"""
SITE = "{address}/en/work/training"


def whole(page: Any) -> str:
    return str(page.locator("main").inner_text())


def sound(page: Any) -> None:
    assert faults(page) + sideways(page) == []


def run(product: Any, code: str) -> None:
    """Something that the product does without a page, in its own home."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JIZHUN_", "DJANGO_"))}
    subprocess.run([sys.executable, "-m", "jizhun", "shell", "-c", code], check=True, timeout=300,
                   env={**kept, "JIZHUN_HOME": str(product.home)}, stdout=subprocess.DEVNULL)


def changed(product: Any, day: date, value: int) -> None:
    run(product, FASTER.format(matter=MATTER, day=day, value=value))


def test_a_certificate_from_issue_to_refresher(product: Any, browser_page: Callable[..., Any]):
    run(product, PEOPLE)
    work, today = SITE.format(address=product.address), date.today()
    trainer = browser_page()
    sign_in(trainer, product.address, "en", "trainer")
    trainer.get_by_role("link", name="Certificates", exact=True).click()
    sound(trainer)
    trainer.get_by_role("link", name="Qualifications").click()
    for label, text in (("Code", "oak-window"), ("Name in Chinese", "窗口经办"), ("Name in English", "Window work"),
                        ("What its holder has learned, in Chinese", "学过时限。"),
                        ("What its holder has learned, in English", "Has learned the limits."),
                        ("What it covers, a source a line", f"promise {MATTER} @ all promised_limit"),
                        ("Days of grace for the refresher", "10")):
        trainer.get_by_label(label, exact=True).fill(text)
    sound(trainer)
    trainer.get_by_role("button", name="Record").click()
    assert "Recorded." in whole(trainer) and "Window work" in whole(trainer)
    trainer.goto(f"{work}/certificates/issue/")
    for label, text in (("Login of the holder", EDITOR), ("Name as printed", "张某某"), ("Place (code)", COUNTY),
                        ("Earned by", "examination 12"), ("Mark out of 100", "92"),
                        ("Day on which it was passed", str(today - timedelta(1)))):
        trainer.get_by_label(label, exact=True).fill(text)
    sound(trainer)
    trainer.get_by_role("button", name="Issue").click()
    trainer.wait_for_url(re.compile(r"certificates/\d{4}-"))
    sound(trainer)
    number = trainer.url.rstrip("/").rpartition("/")[2]

    later = today + timedelta(5)
    changed(product, later, 2)
    public = browser_page(width=390)
    public.goto(f"{product.address}/en/certificates/")
    public.get_by_label("Number of the certificate").fill(number.lower())
    public.get_by_role("button", name="Check").click()
    assert "valid until" in whole(public) and "张＊＊" in whole(public)
    sound(public)
    public.goto(f"{product.address}/en/certificates/{number}/?on={later}")
    assert f"refresher due since {later}" in whole(public) and "“2 working days” since" in whole(public)
    sound(public)

    changed(product, today, 1)
    holder = browser_page()
    sign_in(holder, product.address, "en", EDITOR)
    holder.goto(f"{work}/certificates/{number}/")
    assert f"refresher due since {today}" in whole(holder) and "“1 working day” since" in whole(holder)
    sound(holder)
    trainer.goto(f"{work}/certificates/{number}/")
    trainer.get_by_label("Passed by").fill("refresher 3")
    trainer.get_by_label("Mark out of 100").fill("85")
    trainer.get_by_role("button", name="Renew what changed").click()
    trainer.get_by_text("Refresher passed").wait_for()
    public.goto(f"{product.address}/en/certificates/{number}/")
    assert "valid until" in whole(public)

    _a_right_asks_for_it(product, browser_page, trainer, holder, number)


def _a_right_asks_for_it(product: Any, browser_page: Callable[..., Any], trainer: Any, holder: Any, number: str):
    work, guide = SITE.format(address=product.address), f"{product.address}/en/work/guides/{MATTER}/field/delivery/"
    guide += f"?region={COUNTY}"
    province = browser_page()
    sign_in(province, product.address, "en", "province-editor")
    for region, right in ((COUNTY, "guide.edit"), ("990000", "training.review")):
        province.goto(f"{work}/rights/")
        province.get_by_label("Place (code)").fill(region)
        province.get_by_label("Right", exact=True).select_option(right)
        province.get_by_label("Qualification").select_option("oak-window")
        province.get_by_label("Days of grace").fill("0")
        province.get_by_role("button", name="Ask for it", exact=True).click()
        province.get_by_role("cell", name=right).wait_for()
    sound(province)
    holder.goto(guide)
    assert "Not within your rights" not in whole(holder)
    trainer.get_by_text("Revoke this certificate").click()
    trainer.get_by_label("Why").fill("to be examined again")
    trainer.get_by_role("button", name="Revoke", exact=True).click()
    trainer.get_by_text("to be examined again").wait_for()
    holder.goto(guide)
    said = whole(holder)
    assert "needs a valid certificate “Window work”" in said and "work/training/certificates/" in said
    holder.goto(f"{product.address}/en/work/")
    assert "Learn first: Write guides and procedures" in whole(holder) and "to be examined again" in whole(holder)
    sound(holder)

    last = browser_page()
    sign_in(last, product.address, "en", "reviewer")
    last.goto(f"{work}/rights/")
    assert "Kept without a certificate: Review questions and courses" in whole(last)
    sound(last)
