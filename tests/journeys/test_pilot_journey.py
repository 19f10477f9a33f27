"""A pilot from application to verdict: applied, selected, a month with evidence, assessed, and taken over elsewhere."""

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pages import faults, sideways, sign_in
from serving import jizhun, served

pytestmark = pytest.mark.browser
OPEN, EFFECT = "work/pilots/programmes/sample-open/", "pilots/programmes/sample-2025/effect/"
CASES = ("from jizhun.loading.piloted import simulated_pilot_cases as made\n"
         "from jizhun.people.rules import SYSTEM\nmade(by=SYSTEM)")
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060"
                    "000000050001a5f645400000000049454e44ae426082")


@pytest.fixture(scope="module")
def piloted(product: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a copy of the product with the cases around the simulated pilot, which would speak for the
    province elsewhere."""
    home = tmp_path_factory.mktemp("piloted") / "home"
    shutil.copytree(product.home, home)
    jizhun(home, "shell", "-c", CASES)
    with served(home) as address:
        yield address


@pytest.fixture
def signed(piloted: str, browser_page: Callable[..., Any]) -> Callable[..., Any]:
    def of(name: str, **more: Any) -> Any:
        page = browser_page(**more)
        sign_in(page, piloted, "en", name)
        return page
    return of


def opened(page: Any, summary: str) -> Any:
    """The form that unfolds below these words."""
    fold = page.locator("details", has=page.locator("summary", has_text=summary))
    fold.locator("summary").click()
    return fold


def applied(county: Any, piloted: str) -> str:
    """The county applies; gives the address of its application."""
    county.goto(f"{piloted}/en/work/pilots/")
    county.get_by_role("link", name="Pilot of employment services").click()
    for label in ("Why it applies", "What there is already", "What it will do"):
        county.get_by_label(label).fill("Example words")
    county.get_by_role("button", name="Apply").click()
    assert "applied" in county.locator("main").inner_text()
    return str(county.url)


def scored(expert: Any, pilot: str) -> None:
    """An assessor gives points by the criteria."""
    expert.goto(pilot)
    form = opened(expert, "Assess the application")
    for label, points in (("What there is already", "28"), ("The plan can be done", "36"), ("Others can use it", "27")):
        form.get_by_label(label).fill(points)
    form.get_by_label("Opinion").fill("Sound")
    form.locator("button").click()
    assert expert.get_by_role("cell", name="91", exact=True).is_visible()


def selected(province: Any, piloted: str, pilot: str) -> None:
    """The province reads what points and balance propose, and decides."""
    province.goto(f"{piloted}/en/{OPEN}")
    assert "Points and balance propose: Pine Jia District" in province.locator("main").inner_text()
    province.goto(pilot)
    form = opened(province, "Decide on the application")
    form.get_by_label("Reason").fill("The best of those that applied")
    form.locator("button").click()
    assert "selected" in province.locator("main").inner_text()


def planned(county: Any, pilot: str) -> None:
    """The pilot hands in a plan of three tasks."""
    county.goto(pilot)
    form = opened(county, "Hand in the plan")
    form.get_by_label("Goals").fill("Everything within its limit")
    due = date.today().replace(day=28)
    form.get_by_label("Tasks").fill("\n".join(f"{n} | *Task {n} | Office {n} | {due}" for n in (1, 2, 3)))
    form.locator("button").click()


def reported(county: Any, tmp_path: Path) -> None:
    """A month with a picture as evidence, which is shown by what its bytes say."""
    paper = tmp_path / "display.png"
    paper.write_bytes(PNG)
    form = opened(county, "Report a month")
    form.get_by_label("Task 1 (%)").fill("100")
    form.get_by_label("What was done").fill("The list stands")
    form.get_by_label("Evidence: files").set_input_files(paper)
    form.locator("button").click()
    assert "33.3\N{NO-BREAK SPACE}%" in county.locator("main").inner_text()
    assert faults(county) == [] and not sideways(county)
    county.get_by_role("link", name="see them (1)").click()
    assert county.get_by_role("img", name="display.png").evaluate("one => one.naturalWidth") == 1
    assert faults(county) == [] and not sideways(county)


def assessed(expert: Any, pilot: str) -> None:
    """The mid-term sheet is filled in."""
    expert.goto(pilot)
    form = opened(expert, "mid-term assessment")
    for label in ("Share of the tasks done", "Guides published"):
        form.get_by_label(label).fill("90")
    for label in ("reported every month", "others can use has come", "shows an improvement", "People were heard"):
        form.get_by_label(label).select_option("yes")
    form.get_by_label("Opinion").fill("On its way")
    form.locator("button").click()
    assert expert.get_by_text("attained", exact=True).is_visible() and faults(expert) == []


def judged(province: Any, pilot: str) -> None:
    """The province gives its verdict on the stage."""
    province.goto(pilot)
    form = opened(province, "Give the verdict")
    form.locator("button").click()
    assert province.get_by_role("region", name="Verdicts").get_by_role("cell", name="goes on").is_visible()


def told(county: Any, pilot: str) -> str:
    """The pilot tells a practice; gives the address of the card."""
    county.goto(pilot)
    form = opened(county, "Tell a practice")
    form.get_by_label("Title (Chinese)").fill("一张清单")
    form.get_by_label("Title (English)").fill("One list of everything")
    form.get_by_label("Code", exact=True).fill("journey-list")
    for label in ("The problem", "What was done", "Under which conditions", "What it costs"):
        form.get_by_label(f"{label}").first.fill("略")
    form.locator("button").click()
    county.get_by_role("link", name="One list of everything").click()
    return str(county.url)


def taken_over(city: Any, card: str) -> None:
    """Another place takes the practice over."""
    city.goto(card)
    city.get_by_label("Code of the place").fill("990102")
    city.get_by_role("button", name="We have taken it over").click()
    assert city.get_by_role("rowheader", name="Pine Yi District").is_visible()
    assert faults(city) == []


def test_from_application_to_verdict_and_taken_over(piloted: str, signed: Callable[..., Any], tmp_path: Path):
    county, expert, province = signed("county-editor", width=390), signed("outside-assessor"), signed("province-editor")
    pilot = applied(county, piloted)
    scored(expert, pilot)
    selected(province, piloted, pilot)
    planned(county, pilot)
    reported(county, tmp_path)
    assessed(expert, pilot)
    judged(province, pilot)
    taken_over(signed("city-editor"), told(county, pilot))


@pytest.mark.parametrize(("language", "width", "scheme"), [("zh", 1280, "light"), ("en", 390, "dark")])
def test_did_it_work_is_read_by_everybody(piloted: str, browser_page: Callable[..., Any], language: str, width: int,
                                          scheme: str):
    page = browser_page(width=width, scheme=scheme)
    page.goto(f"{piloted}/{language}/{EFFECT}")
    main = page.locator("main").inner_text()
    assert "+6.8" in main and ("区间包含了它" if language == "zh" else "The interval holds it") in main
    page.locator("#way").select_option("similar")
    page.locator("main form button").first.click()
    assert faults(page) == [] and not sideways(page)
