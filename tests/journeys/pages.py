"""The pages there are, and how to sign in."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from axe_playwright_python.sync_playwright import Axe

from jizhun.kernel.spreadsheets import cell_text, read_sheets
from jizhun.kernel.workbooks import finished, new_book

SIMULATED = "990000"

PUBLIC = {
    "home": "",
    "search": "?q=失业",
    "nothing found": "?q=xyzxyz",
    "services": "services/",
    "item": "items/NB029/?region=310000",
    "item history": "items/NB050/?region=510000&tab=history",
    "value history": "history/?region=510000&what=NB050+basic_pension",
    "value to come": "history/?region=440100&on=2025-01-01",
    "no value history": "history/?what=nosuch",
    "across": "across/?on=2024-01-01",
    "nothing across": "across/?region=310101",
    "region": "region/?region=310000",
    "fictional county": "region/?region=990101",
    "entitled": "entitled/?region=310000&about=retirement_age",
    "rules": "entitled/rules/",
    "rule": "entitled/rules/unemployment_benefit/?region=310000",
    "editions": "editions/",
    "results": f"results/?region={SIMULATED}",
    "no results": "results/?region=330100",
    "standards": "standards/?region=320000",
    "no standard fits": "standards/?q=zzzz",
    "standard": "standards/GB/T%2024620-2022/",
    "standard's history": "standards/GB/T%201.1-2009/?tab=history",
    "standard's impact": "standards/GB/T%2030226-2013/?tab=impact",
    "systems": "systems/",
    "system": "systems/services/",
    "system as a matrix": "systems/businesses/?form=matrix&node=203",
    "gaps": "gaps/?region=330100",
    "reviews": "reviews/",
    "method": "method/",
    "accessibility": "accessibility/",
    "display": "display/",
    "which place": "?place=朝阳",
    "refused": "?on=2026-02-30",
    "not found": "nowhere/",
    "sign in": "work/sign-in/",
}
WORK = {"workbench": "work/", "upload": "work/upload/", "upload of ratings": "work/upload/?kind=reviews",
        "provisions": "work/provisions/",
        "provision": "work/provisions/new/", "jobs": "work/jobs/", "compute": "work/compute/",
        "notices": "work/notices/",
        "sorted": "work/provisions/?sort=-from&column=place&page=2", "one": "work/provisions/1/",
        "history": "work/provisions/1/?tab=history", "impact": "work/provisions/1/?tab=impact",
        "discussion": "work/provisions/1/?tab=discussion", "end": "work/provisions/end/?choose=1",
        "findings": "work/findings/?until=2030-01-01", "no findings": "work/findings/?from=2001-01-01&until=2001-12-31",
        "renewals": "work/findings/?tab=renewals&until=2030-01-01", "provision import": "work/provisions/import/",
        "what if": "work/what-if/", "what if of what": "work/what-if/new/",
        "what if form": "work/what-if/new/unemployment_benefit/", "reports": "work/reports/",
        "report form": "work/reports/new/"}

YEAR = (date.today() - timedelta(days=150)).year
MADE, ASKING = (f"work/projects/P{YEAR}-000{number}/" for number in (1, 2))
"""The simulated projects of the demonstration: one published, one in the stage of comments."""
WORK |= {
    "projects": "work/projects/", "new project": "work/projects/new/", "desk": "work/desk/",
    "standards at work": "work/standards/", "plan": "work/systems/services/plan/",
    "report": "work/standards/report/", "project": ASKING,
    "project made": MADE, "project's history": f"{MADE}?tab=history", "project's impact": f"{ASKING}?tab=impact",
    "project's discussion": f"{ASKING}?tab=discussion", "text": f"{ASKING}text/", "clause": f"{ASKING}text/ho/",
    "new clause": f"{ASKING}text/new/?kind=clause", "remove a clause": f"{ASKING}text/ho/remove/",
    "import": f"{ASKING}text/import/", "redline": f"{MADE}changes/?before=1&after=4", "draft": f"{MADE}drafts/4/",
    "resolution": f"{ASKING}comments/?state=held", "desks below": f"{ASKING}comments/?state=below",
    "ballot": "work/ballots/1/"}
RULE = "work/rules/unemployment_benefit/"
WORK |= {
    "rules": "work/rules/", "rules over time": "work/rules/?tab=over-time", "rule": f"{RULE}?region=610100",
    "rule's history": f"{RULE}?tab=history", "rule's impact": f"{RULE}?tab=impact",
    "rule changed": f"{RULE}change/?region=610100", "rule from a file": f"{RULE}file/", "rule drawn": f"{RULE}drawn/"}
PUBLIC |= {"consultations": "consultations/?region=990000", "consultation": "consultations/2/",
           "dispositions": "consultations/1/comments/", "speed": "speed/"}

PUBLIC |= {"guide": "guides/NB029-EX01/?region=370800", "guide in full": "guides/NB049-EX01/?region=990101&full=1",
           "guide's history": "guides/NB029-EX01/?region=990101&tab=history", "coverage": "coverage/?region=990000",
           "coverage of an item": "coverage/?region=990101&item=NB029&count=current"}
GUIDE = "work/guides/NB029-EX01/"
WORK |= {"guides": "work/guides/", "procedures": "work/guides/?kind=procedure", "one guide": GUIDE,
         "guide at work: history": f"{GUIDE}?tab=history", "guide at work: impact": f"{GUIDE}?tab=impact&region=990000",
         "field": f"{GUIDE}field/contacts/?region=990101", "claims": "work/claims/?region=990101",
         "points": "work/points/?region=990101", "new point": "work/points/new/?region=990101",
         "ledger": "work/ledger/?region=990000", "three sides": "work/guides/NB049-EX08/step/delivery/?region=990126"}
PUBLIC |= {"dashboard": f"dashboard/?region={SIMULATED}", "dashboard of a county": "dashboard/?region=990101",
           "no dashboard": "dashboard/?region=330100"}
WORK |= {"dashboard at work": f"work/dashboard/?region={SIMULATED}", "empty dashboard": "work/dashboard/"}
PUBLIC |= {"bundles": "bundles/?region=990101", "bundle": "bundles/hiring/?region=990101"}
PROCEDURE = {one: f"{GUIDE}{one}?region=990101&kind=procedure" for one in ("", "steps/", "drawn/")}
WORK |= {"procedure": PROCEDURE[""], "procedure's history": f"{PROCEDURE['']}&tab=history",
         "procedure's impact": f"{PROCEDURE['']}&tab=impact", "table of steps": PROCEDURE["steps/"],
         "procedure drawn": PROCEDURE["drawn/"]}
PUBLIC |= {"what people say": "results/satisfaction/?region=990000",
           "no ratings": "results/satisfaction/?region=330100",
           "ratings of a matter": "results/satisfaction/?region=990101&matter=NB049-EX07",
           "left behind": "results/inclusion/?region=990000", "nobody counted": "results/inclusion/?region=330100"}
WORK |= {"negative ratings": "work/ratings/?region=CN&show=all", "no negative ratings": "work/ratings/?region=330100",
         "one negative rating": "work/ratings/1/", "limits for ratings": "work/ratings/clocks/?region=990101",
         "no limit for ratings": "work/ratings/clocks/?region=330100"}
PUBLIC |= {"guide of a long gone day": "guides/NB029-EX01/?region=990101&on=0012-01-01",
           "guide since printed": "guides/NB029-EX01/?region=990101&printed=2024-06-01",
           "two days of a guide": "guides/NB029-EX01/?region=990101&tab=history&first=2024-06-01",
           "guide out of scope": "guides/NB029-EX01/?region=710000",
           "coverage by recipients": "coverage/?region=990000&rows=recipients",
           "not followed": "results/followed/?region=330100", "followed": f"results/followed/?region={SIMULATED}",
           "no such life event": "bundles/nosuch/", "no such guide": "guides/NOSUCH/"}
WORK |= {"many guides": "work/bulk/?region=990101", "many procedures": "work/bulk/?region=990000&kind=procedure",
         "many guides recorded": "work/bulk/?region=990101&made=2", "checks": "work/checks/?region=990101",
         "claims looked through": "work/claims/?region=990101&said=not_offered",
         "no such claims": "work/claims/?region=990101&q=xyzxyz",
         "guide's discussion": f"{GUIDE}?tab=discussion&region=990101",
         "field with materials": f"{GUIDE}field/material_notes/?region=990101",
         "field of one's choice": f"{GUIDE}field/appointment/?region=990101",
         "a point": "work/points/990101-hall/?region=990101"}
PUBLIC |= {"publications": f"publications/?region={SIMULATED}", "no publications": "publications/?region=330100",
           "publication": "publications/sample-2025/", "replaced edition": "publications/sample-2025/1/"}
WORK |= {"rectification board": "work/rectification/", "rectification": "work/rectification/1/",
         "no rectification": "work/rectification/?state=closed", "publications at work": "work/publications/",
         "publication at work": "work/publications/sample-2025/", "new publication": "work/new-publication/"}
PUBLIC |= {"attainment": "attainment/?region=990000", "attainment of a county": "attainment/?region=990101",
           "no attainment": "attainment/?region=310000"}
WORK |= {"evaluation": "work/evaluation/?region=990000", "rounds": "work/attainment/",
         "sheet": "work/attainment/sheets/1/", "round": "work/attainment/1/",
         "round: differences": "work/attainment/1/?tab=differences", "round: sample": "work/attainment/1/?tab=sample",
         "place in a round": "work/attainment/1/990101/", "self-assessment": "work/attainment/2/990101/",
         "conduct": "work/conduct/", "new conduct": "work/conduct/new/", "one conduct": "work/conduct/2/",
         "reviews": "work/reviews/", "surveys": "work/surveys/", "survey": "work/surveys/1/"}
PUBLIC |= {"certificates": "certificates/", "no such certificate": "certificates/?number=2026-0000"}
WORK |= {"certificates at work": "work/training/certificates/", "qualifications": "work/training/qualifications/",
         "rights that ask": "work/training/rights/"}

BANK = "work/training/questions/"
WORK |= {"questions": BANK, "questions in review": f"{BANK}?state=in_review&kind=case",
         "no questions": f"{BANK}?q=xyzxyz", "drafting": f"{BANK}draft/",
         "drafted": f"{BANK}draft/?region=990101&matters=NB030-EX11&most=9&seed=2",
         "new question": f"{BANK}new/matching/", "new case": f"{BANK}new/case/",
         "questions brought in": f"{BANK}import/"}

COURSE = "work/training/courses/window-clerk/"
WORK |= {"training": "work/training/", "courses": "work/training/courses/", "course": COURSE,
         "unit: text": f"{COURSE}units/promise/", "unit: guide": f"{COURSE}units/guide/?region=990101",
         "unit: procedure": f"{COURSE}units/steps/", "unit: case": f"{COURSE}units/case/",
         "unit: rule": f"{COURSE}units/rule/?try=1&f-contribution_months=30", "course changed": f"{COURSE}edit/",
         "unit changed": f"{COURSE}edit/case/", "new course": "work/training/new-course/",
         "training ledger": "work/training/ledger/?sort=-hours", "new training": "work/training/ledger/new/",
         "one training": "work/training/ledger/1/", "roster": "work/training/ledger/1/roster/",
         "contests": "work/training/contests/", "contest": "work/training/contests/1/?board=person",
         "new contest": "work/training/contests/new/", "coverage of training": "work/training/coverage/?region=990000"}


# -- pages that come of something that is done: given the page, and the address with the language ------------------


def _press(page: Any, name: str, value: str) -> None:
    page.locator(f"button[name={name}][value='{value}']").last.click()


def _sent_workbook(page: Any, site: str, damage: Callable[[bytes], bytes]) -> None:
    """The county's workbook, taken away and handed in again."""
    page.goto(f"{site}/work/bulk/?region=990101")
    content = page.request.get(f"{site}/work/bulk/?region=990101&scope=own").body()
    page.locator("input[type=file]").set_input_files(
        {"name": "guides.xlsx", "mimeType": "application/octet-stream", "buffer": damage(content)})
    _press(page, "step", "look")


def _misspelt(content: bytes) -> bytes:
    """A level and a matter that do not exist, and one guide in which nothing is wrong."""
    book = new_book()
    for sheet in read_sheets(content):
        rows = [[cell_text(cell) for cell in row] for row in sheet.rows]
        if sheet.name.startswith("texts"):
            column = {head.rpartition("[")[2].rstrip("]"): at for at, head in enumerate(rows[0])}
            rows[2][column["level"]], rows[4][column["matter"]] = "moon", "NB999-EX01"
            rows[6][column["delivery.zh"]], rows[6][column["delivery.en"]] = "免费邮寄到家。", "By post."
        written = book.add_worksheet(sheet.name)
        for down, row in enumerate(rows):
            for at, text in enumerate(row):
                written.write_string(down, at, text)
    return finished(book)


def _steps(page: Any, site: str, do: str, limit: str = "1") -> None:
    page.goto(f"{site}/{PROCEDURE['steps/']}")
    _press(page, "do", "unfold")
    page.locator("input[name=step-1-limit_amount]").fill(limit)
    _press(page, "do", do)


WORK |= {"my exams": "work/training/sittings/", "examinations": "work/training/exams/"}


DONE: dict[str, Callable[[Any, str], None]] = {
    "workbook with faults": lambda page, site: _sent_workbook(page, site, _misspelt),
    "workbook that changes nothing": lambda page, site: _sent_workbook(page, site, lambda content: content),
    "workbook that is none": lambda page, site: _sent_workbook(page, site, lambda _content: b"no workbook"),
    "steps unfolded": lambda page, site: _steps(page, site, "unfold"),
    "steps looked at": lambda page, site: _steps(page, site, "look", "9"),
    "steps that cannot be saved": lambda page, site: _steps(page, site, "save", "soon")}


def sign_in(page: Any, address: str, language: str, name: str = "") -> None:
    """Sign in with a demonstration login: the first of the list unless named."""
    page.goto(f"{address}/{language}/{PUBLIC['sign in']}")
    chosen = name or page.locator(".logins code").first.inner_text()
    page.locator("#username").fill(chosen)
    page.locator("#password").fill(page.locator(".logins strong").inner_text())
    page.locator("main form button").click()
    page.wait_for_url(f"{address}/{language}/{WORK['workbench']}")


AXE_OPTIONS = {"resultTypes": ["violations"],
               "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


DRAWN = "#editor"
"""The decision editor's own markup; the same tables as a form are offered before it."""


def faults(page: Any) -> list[str]:
    """What axe finds, with the first place of each."""
    found = Axe().run(page, context={"exclude": [[DRAWN]]}, options=AXE_OPTIONS).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]


def sideways(page: Any) -> list[str]:
    """A page as such never scrolls sideways, whatever is opened on it; wide tables do so inside their frame.

    What it opens it closes again: a journey that goes on finds the page as a person would.
    """
    wide = page.evaluate("""() => {
      const folded = [...document.querySelectorAll("details:not([open])")];
      folded.forEach((one) => { one.open = true; });
      const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
      folded.forEach((one) => { one.open = false; });
      return wide;
    }""")
    return [f"wider than the window by {wide} px"] if wide > 0 else []
PUBLIC |= {"side by side": "compare/?with=990100&with=990200&with=990101", "nothing side by side": "compare/",
           "one place side by side": "compare/?with=990100", "moved": "moving/?from=110000&to=310000",
           "not moved": "moving/", "recognition": "recognition/?region=990100&line=sample-hardship"}
WORK |= {"collaboration": "work/collaboration/", "area": "work/collaboration/areas/sample-pine-cypress/",
         "register": "work/collaboration/register/",
         "end a recognition": "work/collaboration/register/sample-hardship/end/"}
WORK |= {"impact of changes": "work/impact/"}
WORK |= {"across regions": "work/collaboration/crossing/", "changes of places": "work/collaboration/successions/"}
PLAN = "planning/successor-2030/"
PUBLIC |= {"plans": f"planning/?region={SIMULATED}", "plans of a real place": "planning/?region=330000",
           "a plan": f"{PLAN}?region={SIMULATED}", "a plan by place": f"{PLAN}?region={SIMULATED}&by=region",
           "a plan that ended": f"planning/hrss-2025/?region={SIMULATED}&by=task",
           "a plan with no data": "planning/system-2027/?region=CN", "no such plan": "planning/nosuch/",
           "a measure": f"{PLAN}guides/?region={SIMULATED}",
           "a measure down to a county": f"{PLAN}rural-pension/?region={SIMULATED}&item=NB050&place_below=990101",
           "a measure told from outside": f"{PLAN}known/?region={SIMULATED}"}
WORK |= {"plans at work": "work/planning/",
         "own plan": f"work/planning/own/successor-2030/?region={SIMULATED}&measure=guides",
         "report a fact": f"work/planning/facts/successor-2030/known/?region={SIMULATED}",
         "adjusting the list": f"work/planning/adjusting/?region={SIMULATED}"}
PUBLIC |= {"pilots": "pilots/", "no practices": "pilots/?q=zzzz", "pilot of 2021": "pilots/programmes/hrss-2021/",
           "pilot not compared": "pilots/programmes/hrss-2021/effect/",
           "practice": "pilots/practices/sample-one-visit/"}
PILOTS = "work/pilots/"
WORK |= {"pilots at work": PILOTS, "programme": f"{PILOTS}programmes/sample-2025/",
         "open programme": f"{PILOTS}programmes/sample-open/", "pilot": f"{PILOTS}applications/8/",
         "evidence of a month": f"{PILOTS}applications/8/202509/",
         "practice at work": f"{PILOTS}practices/sample-one-visit/",
         "effect not compared": f"{PILOTS}programmes/hrss-2021/effect/"}
