"""A local standard from the proposal to the library, in a real browser, by everybody whose move it is."""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pages import faults, sideways, sign_in

from drafting_cast import TEXT
from jizhun.drafting.interchange.import_sheet import to_xlsx

pytestmark = pytest.mark.browser

TITLE = "Handling of unemployment benefit, journey"
PROVINCE, MARKET, CITY, COUNTY, ELSEWHERE = (
    "province-editor", "market-regulator", "city-standards", "county-editor", "county-clerk-elsewhere")
COMMITTEE = ("committee-1", "committee-2", "committee-3")


class People:
    """Each person in a browser of their own, signed in once."""

    def __init__(self, address: str, opened: Callable[..., Any]) -> None:
        self.address, self.opened, self.pages = address, opened, dict[str, Any]()

    def __call__(self, name: str, path: str = "") -> Any:
        """The page of this person, at ``path``; ``public`` has not signed in."""
        if name not in self.pages:
            self.pages[name] = self.opened()
            if name != "public":
                sign_in(self.pages[name], self.address, "en", name)
        self.pages[name].goto(f"{self.address}/en/{path}")
        return self.pages[name]


@pytest.fixture
def people(product: Any, browser_page: Callable[..., Any]) -> People:
    return People(product.address, browser_page)


def step(page: Any, name: str, reason: str = "", on: str = "") -> None:
    """Take a step of the list “What can be done now”; what was done on paper before carries its day."""
    block = page.locator(".steps > li", has=page.get_by_role("heading", name=re.compile(f"^{name}")))
    if reason:
        block.get_by_label("Why").fill(reason)
    if on:
        block.get_by_label("On", exact=True).fill(on)
    block.get_by_role("button", name=name).click()


def send(page: Any, summary: str, button: str, **fields: str) -> None:
    """Open one of the forms of the project's page, fill it in, send it; ``choose_x`` chooses from a list."""
    page.get_by_text(summary, exact=True).click()
    form = page.locator("form", has=page.get_by_role("button", name=button, exact=True)).last
    for label, value in fields.items():
        kind, name = ("choose", label[7:]) if label.startswith("choose_") else ("fill", label)
        field = form.get_by_label(name.replace("_", " "), exact=True)
        field.select_option(label=value) if kind == "choose" else field.fill(value)
    form.get_by_role("button", name=button, exact=True).click()


def day(days: int) -> str:
    return (date.today() + timedelta(days=days)).isoformat()


def proposed(people: People) -> str:
    """A complete proposal of the province, submitted and approved; its address."""
    page = people(PROVINCE, "work/projects/new/")
    for label, text in (("Chinese title", "失业保险金办理规范（旅程）"), ("English title", TITLE),
                        ("Why it is needed", "各县做法不一。"), ("Scope (Chinese)", "适用于示例省。"),
                        ("Items and matters it serves", "NB029-EX01"), ("Proposed by (Chinese)", "示例省人社厅"),
                        ("Approved by (Chinese)", "示例省市场监管局")):
        page.get_by_label(label).fill(text)
    page.get_by_label("Begun on").fill(day(-90))
    page.get_by_role("button", name="Open the project").click()
    step(page, "Submit the proposal", on=day(-80))
    assert "Approve the project" in page.locator(".steps").inner_text()
    assert page.locator(".steps").get_by_role("button").count() == 0  # the regulator's move, not ours
    path = page.url.partition("/en/")[2]
    step(people(MARKET, path), "Approve the project", on=day(-70))
    return path


def written(people: People, path: str, folder: Path) -> None:
    """The text from a sheet; one sentence marked as a proposed provision; issued, and a round of comments opened."""
    (folder / "text.xlsx").write_bytes(to_xlsx([replace(one, proposes=()) for one in TEXT]))
    page = people(PROVINCE, f"{path}text/import/")
    page.get_by_label("File").set_input_files(folder / "text.xlsx")
    page.get_by_role("button", name="Look at what it would change").click()
    assert "6 clauses read" in page.locator("main").inner_text()
    page.get_by_role("button", name="Take it in as the working text").click()
    page.locator("li", has_text="Time limit").get_by_role("link", name="Write").click()
    page.get_by_role("button", name="Mark as proposed").click()
    assert "Committed time limit: 2 working days" in page.locator("main").inner_text()
    page = people(PROVINCE, path)
    send(page, "Issue the text as it stands", "Issue", choose_Issue_it_as="Draft for comments", On=day(-33))
    step(page, "Go to comments", on=day(-32))
    send(page, "Open a round of comments", "Open the round", From=day(-31), Until=day(0),
         Bodies_asked="990100, 990101, 990201", Where_it_was_announced="site of the department")


def commented(people: People, path: str) -> str:
    """The public by selecting words, a county, a clerk of another county and a city; the public's own address."""
    page = people("public", "consultations/?region=990000")
    page.get_by_role("link", name=TITLE).first.click()
    page.get_by_role("heading", name=TITLE, level=1).wait_for()
    address = page.url.partition("/en/")[2]
    select(page, "Time limit")
    page.get_by_role("button", name="Comment on these words").click()
    page.locator("form[data-say] textarea[name=text]").first.fill("Two days are fine; please say it also on the phone.")
    page.wait_for_timeout(3200)  # nobody writes faster than that
    page.get_by_role("button", name="Send the comment").click()
    assert "has the number C-1" in page.locator("main").inner_text()
    own = page.url.partition("/en/")[2]
    for who, text in ((COUNTY, "Two working days are too short for a county."),
                      (ELSEWHERE, "Two working days are too short for our county.")):
        say(people(who, address), text)
    city = people(CITY, "work/desk/")
    assert "too short for a county" in city.locator("main").inner_text()
    assert "our county" not in city.locator("main").inner_text()  # that one lies on another city's desk
    heap = city.locator("section", has=city.get_by_role("heading", name=re.compile(TITLE)))
    heap.get_by_role("checkbox", name=re.compile("too short for a county")).check()
    heap.get_by_text("Combine the chosen ones").click()
    heap.get_by_label("Combined comment").fill("Counties ask for three days.")
    heap.get_by_role("button", name="Combine and pass on").click()
    say(people(CITY, address), "The city itself agrees with the rest.")
    return own


def select(page: Any, heading: str) -> None:
    """Select the first words of the clause under this heading, as a reader would with the mouse."""
    says = page.locator("[data-clause]",
                        has=page.get_by_role("heading", name=re.compile(heading))).locator(".says p").first
    says.evaluate("""(one) => { const range = document.createRange(); range.selectNodeContents(one);
        const all = getSelection(); all.removeAllRanges(); all.addRange(range); }""")


def say(page: Any, text: str) -> None:
    """Comment for one's office."""
    form = page.locator("form[data-say]", has=page.locator('input[name="who"][value="body"]'))
    form.locator("textarea[name=text]").fill(text)
    form.get_by_role("button", name="Send the comment").click()
    assert "has the number" in page.locator("main").inner_text()


def resolved(people: People, path: str) -> None:
    """The public comment is looked at, the round closed, and every comment answered."""
    page = people(PROVINCE, f"{path}comments/?state=held")
    page.get_by_role("checkbox", name="C-1").check()
    page.get_by_role("button", name="Show them", exact=True).click()
    page = people(PROVINCE, path)
    page.get_by_text("Close this round", exact=True).first.click()
    page.get_by_role("button", name="Close this round").click()
    page = people(PROVINCE, f"{path}comments/")
    assert page.locator("tbody tr").count() == 4  # nothing lost: the clerk's came up by itself when the round closed
    for box in page.get_by_role("checkbox", name=re.compile("^C-")).all():
        box.check()
    page.get_by_label("Disposition").select_option(label="Accepted in part")
    page.get_by_label("Reason").fill("Three working days from now on.")
    page.get_by_role("button", name="Answer", exact=True).click()
    assert "answered 4" in page.locator("main").inner_text()


def redrafted(people: People, path: str) -> None:
    """The limit is rewritten and its clause moves; the comment on it follows."""
    page = people(PROVINCE, f"{path}text/")
    line = page.locator(".clauses > li", has=page.get_by_role("heading", name=re.compile("Time limit")))
    assert line.get_by_role("heading").inner_text().startswith("5")
    line.get_by_text("Move, add, remove").click()
    line.get_by_role("button", name="Up", exact=True).click()
    line = page.locator(".clauses > li", has=page.get_by_role("heading", name=re.compile("Time limit")))
    assert line.get_by_role("heading").inner_text().startswith("4")
    line.get_by_role("link", name="Write").click()
    page.get_by_label("Words (Chinese)").fill("应在受理之日起3个工作日内办结。")
    page.get_by_label("Words (English)").fill("The claim is settled within 3 working days of acceptance.")
    page.get_by_role("button", name="Save", exact=True).click()
    moved = people(PROVINCE, f"{path}comments/?state=done").locator("#C-1")
    assert "was 5" in moved.inner_text() and "its words have changed" in moved.inner_text()


def examined(people: People, path: str) -> None:
    """A first ballot fails; its objections are answered; a second passes."""
    page = people(PROVINCE, path)
    send(page, "Issue the text as it stands", "Issue", choose_Issue_it_as="Draft for review")
    step(page, "Send to review")
    ballot = vote(people, path, "Disapprove", "The limit is still unclear.")
    page = people(PROVINCE, ballot)
    page.get_by_text("Close the ballot").first.click()
    page.get_by_role("button", name="Close the ballot").click()
    assert page.get_by_text("not approved", exact=True).is_visible()
    for _ in COMMITTEE:
        page.get_by_label("Answer it").first.fill("The clause now names the day it counts from.")
        page.get_by_role("button", name="Answer", exact=True).first.click()
    page = people(PROVINCE, path)
    assert "The review did not pass" in page.locator(".steps").inner_text()
    send(page, "Issue the text as it stands", "Issue", choose_Issue_it_as="Draft for review")
    ballot = vote(people, path, "Approve", "")
    page = people(PROVINCE, ballot)
    assert "3 of 3" in page.locator(".checks").inner_text()
    page.get_by_text("Close the ballot").first.click()
    page.get_by_role("button", name="Close the ballot").click()
    assert page.get_by_text("approved", exact=True).is_visible()


def vote(people: People, path: str, position: str, reason: str) -> str:
    """Open a ballot, let the committee vote; its address."""
    page = people(PROVINCE, path)
    send(page, "Open a ballot", "Open the ballot", Until=day(7), Persons_who_may_vote=", ".join(COMMITTEE))
    page.get_by_role("link", name="Shall the draft be sent to approval?").first.click()
    address = page.url.partition("/en/")[2]
    for name in COMMITTEE:
        member = people(name, address)
        member.get_by_label(position, exact=True).check()
        member.get_by_label("Reason or comment").fill(reason)
        member.get_by_role("button", name="Vote", exact=True).click()
    return address


def published(people: People, path: str) -> str:
    """Number and day by the regulator, the impact list seen, approved and published; the number."""
    page = people(PROVINCE, path)
    send(page, "Issue the text as it stands", "Issue", choose_Issue_it_as="Draft for approval")
    step(page, "Send to approval")
    regulator = people(MARKET, path)
    regulator.get_by_text("Give number and days").click()
    number = regulator.get_by_label("Number", exact=True).input_value()
    regulator.get_by_label("In force from").fill(day(30))
    regulator.get_by_role("button", name="Save").click()
    page = people(PROVINCE, f"{path}?tab=impact")
    assert "Proposed provisions, if a paper puts them in force" in page.locator("main").inner_text()
    page.get_by_role("button", name="I have seen the impact list").click()
    step(people(MARKET, path), "Approve and publish")
    return number


def test_from_the_proposal_to_the_library(people: People, tmp_path: Path):
    path = proposed(people)
    written(people, path, tmp_path)
    own = commented(people, path)
    resolved(people, path)
    redrafted(people, path)
    examined(people, path)
    number = published(people, path)
    page = people("public", f"standards/{number}/?region=990000")
    assert re.match(r"DB99/T \d+-\d{4}$", number)
    assert TITLE in page.locator("h1").inner_text()
    assert "3 working days of acceptance" in page.locator("main").inner_text()
    assert faults(page) + sideways(page) == []
    assert number in people("public", own).locator("main").inner_text()  # whoever commented learns what came of it
    word = page.request.get(f"{people.address}/en/{path}drafts/1.docx")
    assert word.status in (200, 302)
    signed = people(PROVINCE, path).request.get(f"{people.address}/en/{path}drafts/1.docx").body()
    assert "word/document.xml" in zipfile.ZipFile(io.BytesIO(signed)).namelist()
