"""The pages there are, and how to sign in."""

from typing import Any

SIMULATED = "990000"

PUBLIC = {
    "home": "",
    "search": "?q=失业",
    "nothing found": "?q=xyzxyz",
    "services": "services/",
    "item": "items/NB029/?region=310000",
    "across": "across/?on=2024-01-01",
    "nothing across": "across/?region=310101",
    "region": "region/?region=310000",
    "fictional county": "region/?region=990101",
    "editions": "editions/",
    "results": f"results/?region={SIMULATED}",
    "no results": "results/?region=330100",
    "method": "method/",
    "accessibility": "accessibility/",
    "display": "display/",
    "which place": "?place=朝阳",
    "refused": "?on=2026-02-30",
    "not found": "nowhere/",
    "sign in": "work/sign-in/",
}
WORK = {"workbench": "work/", "upload": "work/upload/", "provisions": "work/provisions/",
        "provision": "work/provisions/new/", "jobs": "work/jobs/"}


def sign_in(page: Any, address: str, language: str, name: str = "") -> None:
    """Sign in with a demonstration login: the first of the list unless named."""
    page.goto(f"{address}/{language}/{PUBLIC['sign in']}")
    chosen = name or page.locator(".logins code").first.inner_text()
    page.locator("#username").fill(chosen)
    page.locator("#password").fill(page.locator(".logins strong").inner_text())
    page.locator("main form button").click()
    page.wait_for_url(f"{address}/{language}/{WORK['workbench']}")
