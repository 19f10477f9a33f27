"""Pages of training: courses written, reviewed and learned; rosters; contests; coverage. With the cast of logins."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from jizhun.kernel.bilingual import Refused
from jizhun.kernel.workbooks import finished, new_book
from jizhun.loading.trained import simulated_training
from jizhun.people.models import User
from jizhun.people.rules import SYSTEM
from jizhun.training.actions import courses
from jizhun.training.models import (
    Attendance,
    Contest,
    ContestAnswer,
    ContestEntry,
    CourseVersion,
    TrainingEvent,
    UnitLearned,
)
from jizhun.workbench.training_answers import answer_in, asked

pytestmark = pytest.mark.usefixtures("world", "db")
HUB, COURSES, LEDGER = "/en/work/training/", "/en/work/training/courses/", "/en/work/training/ledger/"
CONTESTS, COVERAGE = "/en/work/training/contests/", "/en/work/training/coverage/"
CLERK = f"{COURSES}window-clerk/"


@pytest.fixture
def of() -> Callable[[str], Client]:
    """A browser of somebody, by user name; "" has not signed in."""
    cache.clear()

    def signed(name: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        if name:
            client.force_login(User.objects.get(username=name))
        return client

    return signed


def text(response: Any) -> str:
    assert response.status_code < 500
    return str(response.content.decode())


PAGES = (HUB, COURSES, CLERK, LEDGER, CONTESTS, COVERAGE)


@pytest.mark.parametrize("path", PAGES)
def test_who_has_not_signed_in_is_asked_to(of: Callable[[str], Client], path: str) -> None:
    response = of("").get(path)
    assert response.status_code == 302 and "sign-in" in response["Location"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("name", ["county-clerk", "trainer", "reviewer", "reader"])
def test_everybody_with_a_role_reads_them(of: Callable[[str], Client], path: str, name: str) -> None:
    assert of(name).get(path).status_code == 200


@pytest.mark.parametrize("path", [
    f"{HUB}new-course/", f"{CLERK}edit/", f"{CLERK}edit/promise/", f"{LEDGER}new/", f"{CONTESTS}new/"])
def test_only_trainers_of_the_place_write(of: Callable[[str], Client], path: str) -> None:
    assert of("county-clerk").get(path).status_code == 403
    # The course is the nation's: a province's trainer does not change it, but has events and contests of their own.
    assert of("trainer").get(path).status_code == (403 if "window-clerk" in path else 200)


def test_the_bank_which_shows_right_answers_is_offered_only_to_who_keeps_it(of: Callable[[str], Client]) -> None:
    assert "Question bank" in text(of("trainer").get(HUB)) and "Question bank" not in text(of("county-clerk").get(HUB))


@pytest.mark.parametrize("path", [f"{COURSES}moon/", f"{CLERK}units/moon/", f"{LEDGER}999/", f"{CONTESTS}999/",
                                  f"{CLERK}pictures/{'0' * 64}/"])
def test_what_does_not_exist_is_not_found(of: Callable[[str], Client], path: str) -> None:
    assert of("county-clerk").get(path).status_code == 404


# -- courses ---------------------------------------------------------------------------------------

HEAD = {"name_zh": "限时", "name_en": "Limits", "summary_zh": "学限时。", "summary_en": "On <limits>.", "requires": ""}


def begun(client: Client) -> CourseVersion:
    client.post(f"{HUB}new-course/", {"code": "limits", "role": "clerk", "region": "990000", **HEAD})
    return CourseVersion.objects.get(course__code="limits")


def test_a_trainer_writes_units_and_a_reviewer_accepts_the_course(of: Callable[[str], Client]) -> None:
    trainer, reviewer = of("trainer"), of("reviewer")
    begun(trainer)
    case = {"title_zh": "办件", "title_en": "A case", "matter": "NB029-EX01", "simulated": "1", "stem_zh": "模拟",
            "stem_en": "Simulated", "steps": "受理 | Accept\n支付 | Pay", "ask_zh": "能领吗", "ask_en": "Entitled?",
            "verdicts": "* 能 | Yes\n不能 | No", "why_zh": "符合", "why_en": "All met", "sources": ""}
    made = trainer.post(f"{COURSES}limits/edit/new/?kind=case", {**case, "seen": "1"})
    assert made.status_code == 302, text(made)
    newest = CourseVersion.objects.filter(course__code="limits").first()
    assert newest is not None and [unit["id"] for unit in newest.units] == ["u1", "u2"]
    assert newest.units[1]["question"]["parts"][1]["options"][0]["right"] is True
    late = trainer.post(f"{COURSES}limits/edit/new/?kind=case", {**case, "seen": "1"})
    assert late.status_code == 400 and "newer version since" in text(late) and "All met" in text(late)
    page = f"{COURSES}limits/?version=2"
    assert of("county-clerk").get(page).status_code == 403
    trainer.post(page, {"act": "submit"})
    assert "Course to be reviewed" in text(reviewer.get(HUB))
    assert 'value="accept"' not in text(trainer.get(page)) and 'value="accept"' in text(reviewer.get(page))
    assert trainer.post(page, {"act": "accept"}).status_code == 403
    reviewer.post(page, {"act": "accept"})
    shown = text(of("county-clerk").get(f"{COURSES}limits/units/u1/"))
    assert "On &lt;limits&gt;." in shown and "I have learned this" in shown


@pytest.mark.parametrize(("more", "said"), [
    ({"steps": "受理"}, "each line is “中文 | English”"), ({"verdicts": "能 | Yes\n不能 | No"}, "Exactly one option"),
    ({"simulated": ""}, "Only simulated cases"), ({"sources": "promise | x"}, "is not one of"),
    ({"sources": "promise | NB029-EX01 | CN | all | benefit_months"}, "says nothing")])
def test_a_unit_that_cannot_be_keeps_what_was_typed(of: Callable[[str], Client], more: dict[str, str], said: str
                                                    ) -> None:
    trainer = of("trainer")
    begun(trainer)
    sent = {"title_zh": "办件", "title_en": "A case typed", "matter": "NB029-EX01", "simulated": "1", "stem_zh": "模拟",
            "stem_en": "Simulated", "steps": "受理 | Accept\n支付 | Pay", "ask_zh": "能领吗", "ask_en": "Entitled?",
            "verdicts": "* 能 | Yes\n不能 | No", "why_zh": "符合", "why_en": "All met", "sources": "", "seen": "1"}
    response = trainer.post(f"{COURSES}limits/edit/new/?kind=case", {**sent, **more})
    assert response.status_code == 400 and said in text(response) and "A case typed" in text(response)


def test_units_are_ordered_and_left_out(of: Callable[[str], Client]) -> None:
    trainer = of("trainer")
    begun(trainer)
    for n in (1, 2):
        trainer.post(f"{COURSES}limits/edit/new/?kind=guide", {"title_zh": f"指南{n}", "title_en": f"Guide {n}",
                                                              "matter": "NB029-EX01", "sources": "", "seen": str(n)})
    trainer.post(f"{COURSES}limits/edit/", {**HEAD, "seen": "3", "order-u1": "1", "order-u2": "9", "order-u3": "2",
                                           "remove": "u1"})
    newest = CourseVersion.objects.filter(course__code="limits").first()
    assert newest is not None and [unit["id"] for unit in newest.units] == ["u3", "u2"]


def test_a_picture_is_shown_with_what_it_shows_in_words(of: Callable[[str], Client], tmp_path: Any, settings: Any
                                                        ) -> None:
    settings.FILES = tmp_path
    trainer = of("trainer")
    begun(trainer)
    sent = {"title_zh": "图", "title_en": "Picture", "alt_zh": "大厅", "alt_en": "The hall", "sources": "", "seen": "1"}
    page = f"{COURSES}limits/edit/new/?kind=picture"
    assert "Choose a picture" in text(trainer.post(page, sent))
    wrong = BytesIO(b"<svg onload=x>")
    wrong.name = "x.png"
    assert "PNG, JPEG or WebP" in text(trainer.post(page, {**sent, "file": wrong}))
    file = BytesIO(b"\x89PNG\r\n\x1a\n" + b"0" * 30)
    file.name = "hall.png"
    assert trainer.post(page, {**sent, "file": file}).status_code == 302
    newest = CourseVersion.objects.filter(course__code="limits").first()
    assert newest is not None
    shown = text(trainer.get(f"{COURSES}limits/units/u2/?version=2"))
    assert 'alt="The hall"' in shown and newest.units[1]["hash"] in shown
    picture = trainer.get(f"{COURSES}limits/pictures/{newest.units[1]['hash']}/")
    assert picture["Content-Type"] == "image/png" and picture["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(("unit", "said"), [
    ("promise", "Three limits"), ("guide", "Statutory time limit"), ("steps", "Say once what is missing"),
    ("rule", "Months by contributions"), ("case", "A simulated case")])
def test_each_kind_of_unit_shows_what_it_teaches(of: Callable[[str], Client], unit: str, said: str) -> None:
    assert said in text(of("county-clerk").get(f"{CLERK}units/{unit}/"))


def test_a_rule_is_tried_with_facts_and_says_why_and_what_is_wrong_with_a_fact(of: Callable[[str], Client]) -> None:
    clerk = of("county-clerk")
    facts = {"f-contribution_months": "30", "f-left_against_will": "true", "f-registered_seeking": "true",
             "f-draws_pension": "false", "f-birth_date": "1986-05-01", "f-sex": "male", "f-unused_months": "0"}
    page = f"{CLERK}units/rule/"
    shown = text(clerk.get(page, {"try": "1", "region": "990101", **facts}))
    assert "Likely yes" in shown and "12 months" in shown
    assert "Likely no" in text(clerk.get(page, {"try": "1", **facts, "f-left_against_will": "false"}))
    assert "Still to be known" in text(clerk.get(page, {"try": "1"}))
    assert "There is a problem" in text(clerk.get(page, {"try": "1", "f-contribution_months": "many"}))


def test_a_case_is_handled_and_what_was_right_is_told(of: Callable[[str], Client]) -> None:
    clerk = of("county-clerk")
    version = courses.in_use()["window-clerk"]
    unit = version.unit("case")
    assert unit is not None
    order = {f"case-order-{item['id']}": str(n) for n, item in enumerate(unit["question"]["parts"][0]["items"], 1)}
    sent = {**order, "case-verdict": "yes", "case-months": "１２", "region": "990101"}
    assert "Right is" not in text(clerk.get(f"{CLERK}units/case/"))
    shown = text(clerk.post(f"{CLERK}units/case/", sent))
    assert "100 of 100 points" in shown and "Right is" in shown
    assert UnitLearned.objects.get(unit="case").mark == 10_000
    clerk.post(f"{CLERK}units/case/", {"case-verdict": "no", "region": "990101"})
    assert UnitLearned.objects.filter(unit="case").order_by("-pk")[0].mark == 0
    assert "1 of 6 units learned" in text(clerk.get(CLERK))


def test_learning_goes_on_to_the_next_unit(of: Callable[[str], Client]) -> None:
    response = of("county-clerk").post(f"{CLERK}units/promise/", {"region": "990101"})
    assert response.status_code == 302 and "units/guide/" in response["Location"]
    assert of("county-clerk").post(f"{CLERK}units/promise/", {"region": "990201"}).status_code == 403


def test_questions_of_every_type_are_read_back_as_the_rules_mark_them() -> None:
    from django.http import QueryDict

    def words(zh: str) -> dict[str, str]:
        return {"zh": zh, "en": zh}

    pairs = [{"id": "a", "left": words("1"), "right": words("one")}, {"id": "b", "left": words("2"),
                                                                      "right": words("two")}]
    content = {"stem": words("?"), "pairs": pairs, "extra": [{"id": "c", "right": words("three")}]}
    (shown,) = asked("matching", content, "q")
    at = {label: number for number, label in shown.choices}
    sent = QueryDict(f"q-a={at['one']}&q-b={at['three']}")
    assert answer_in(sent, "matching", content, "q") == {"a": "a", "b": "c"}
    assert answer_in(QueryDict("q=x&q=y"), "multiple", {}, "q") == ["x", "y"]
    assert answer_in(QueryDict("q=false"), "true_false", {}, "q") is False
    assert answer_in(QueryDict(""), "short_text", {}, "q") is None


# -- ledger and rosters ----------------------------------------------------------------------------

EVENT = {"kind": "class", "region": "990000", "topic_zh": "培训", "topic_en": "Class on limits", "hours": "3",
         "organisation": "Centre", "trainer": "Somebody", "matter": "NB029-EX01", "course": "window-clerk"}


def entered(client: Client) -> TrainingEvent:
    response = client.post(f"{LEDGER}new/", {**EVENT, "on": timezone.localdate().isoformat()})
    assert response.status_code == 302, text(response)
    return TrainingEvent.objects.get()


def workbook(rows: list[list[str]]) -> BytesIO:
    book = new_book()
    sheet = book.add_worksheet("a")
    for down, row in enumerate(rows):
        for at, value in enumerate(row):
            sheet.write_string(down, at, value)
    file = BytesIO(finished(book))
    file.name = "roster.xlsx"
    return file


def held_in(page: str) -> str:
    return page.partition('name="held" value="')[2].partition('"')[0]


def test_a_roster_with_two_bad_rows_is_looked_at_and_only_then_entered(of: Callable[[str], Client]) -> None:
    trainer = of("trainer")
    page = f"{LEDGER}{entered(trainer).pk}/roster/"
    rows = [["User name", "Unit", "Test score"], ["county-clerk", "990101", "80"], ["nobody", "990101", ""],
            ["county-editor", "Moon", ""]]
    shown = text(trainer.post(page, {"step": "look", "file": workbook(rows)}))
    assert "can be entered: 1; with a fault: 2" in shown and "no user called “nobody”" in shown
    assert "no unit “Moon”" in shown and not Attendance.objects.exists()
    columns = {"column-username": "0", "column-unit": "1", "column-score": "2", "held": held_in(shown)}
    assert "Say which column is “Unit”" in text(trainer.post(page, {**columns, "column-unit": "", "step": "look"}))
    done = trainer.post(page, {**columns, "step": "enter"})
    assert done.status_code == 302 and Attendance.objects.get().score == 8_000
    assert trainer.post(page, {**columns, "held": "x", "step": "enter"}).status_code == 400
    assert of("county-clerk").get(page).status_code == 403


@pytest.mark.parametrize("content", [b"", b"no workbook"])
def test_files_that_are_no_roster(of: Callable[[str], Client], content: bytes) -> None:
    trainer = of("trainer")
    file = BytesIO(content)
    file.name = "x.xlsx"
    response = trainer.post(f"{LEDGER}{entered(trainer).pk}/roster/", {"step": "look", "file": file})
    assert response.status_code == 400 and "There is a problem" in text(response)


def test_names_are_for_who_teaches_and_units_for_everybody(of: Callable[[str], Client]) -> None:
    simulated_training(by=SYSTEM)
    event = TrainingEvent.objects.filter(region="990101").get()
    assert "sim-clerk-990101-1" in text(of("trainer").get(f"{LEDGER}{event.pk}/"))
    clerk = text(of("county-clerk").get(f"{LEDGER}{event.pk}/"))
    assert "sim-clerk-990101-1" not in clerk and "simulated" in clerk
    assert of("county-clerk").get(f"{LEDGER}{TrainingEvent.objects.get(region='990100').pk}/").status_code == 403
    found = of("trainer").get(f"{LEDGER}?xlsx=events")
    assert found["Content-Type"].endswith("sheet")


# -- contests and coverage -------------------------------------------------------------------------


def test_a_clerk_joins_answers_once_and_is_named_only_if_they_agree(of: Callable[[str], Client]) -> None:
    simulated_training(by=SYSTEM)
    page = f"{CONTESTS}{Contest.objects.get().pk}/"
    clerk = of("county-clerk")
    assert clerk.get(f"{page}round/").status_code == 302
    clerk.post(page, {"unit": "990101", "act": "join"})
    assert clerk.get(f"{page}round/").status_code == 200 and "Answer this round" in text(clerk.get(page))
    clerk.post(f"{page}round/", {})
    assert ContestAnswer.objects.filter(username="county-clerk").count() == 4
    assert "handed in this round already" in text(clerk.post(f"{page}round/", {}))
    assert "that is you" in text(clerk.get(f"{page}?board=person"))
    assert "county-clerk" not in text(of("trainer").get(f"{page}?board=person"))
    clerk.post(page, {"unit": "990101", "act": "join", "named": "1"})
    assert "county-clerk" in text(of("trainer").get(f"{page}?board=person"))
    assert clerk.post(page, {"unit": "990201", "act": "join"}).status_code == 403
    clerk.post(page, {"unit": "990101", "act": "leave"})
    last = ContestEntry.objects.filter(username="county-clerk").order_by("-pk")[0]
    assert last.takes_part is False


def test_a_contest_is_set_up_and_a_bad_number_is_told(of: Callable[[str], Client]) -> None:
    sent = {"name_zh": "赛", "name_en": "Contest", "region": "990000", "rhythm": "daily", "first": "2026-01-05",
            "rounds": "many", "questions": "3", "topic": "", "scoring": "usual", "seed": "s"}
    response = of("trainer").post(f"{CONTESTS}new/", sent)
    assert response.status_code == 400 and "must be a whole number" in text(response)
    assert of("trainer").post(f"{CONTESTS}new/", {**sent, "rounds": "3"}).status_code == 302
    assert Contest.objects.get().rounds == 3


def test_coverage_shows_of_how_many_and_where_the_target_comes_from(of: Callable[[str], Client]) -> None:
    simulated_training(by=SYSTEM)
    shown = text(of("trainer").get(f"{COVERAGE}?region=990000&role=clerk"))
    assert "Window clerk" in shown and "no paper that sets it was found" in shown and "<svg" in shown
    assert "No system has handed in cases" in shown
    assert of("county-clerk").get(f"{COVERAGE}?region=990201").status_code == 403
    assert of("trainer").get(f"{COVERAGE}?region=990000&svg=coverage")["Content-Type"].startswith("image/svg")


# -- the command -----------------------------------------------------------------------------------


def test_the_command_prints_coverage_and_looks_at_a_roster_before_entering_it(
        of: Callable[[str], Client], tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    event = entered(of("trainer"))
    file = tmp_path / "roster.xlsx"
    file.write_bytes(workbook([["用户名", "单位"], ["county-clerk", "990101"], ["nobody", "990101"]]).read())
    call_command("training", "roster", str(file), event=event.pk)
    assert "Row 3: There is no user called “nobody”." in capsys.readouterr().out and not Attendance.objects.exists()
    call_command("training", "roster", str(file), event=event.pk, enter=True)
    assert Attendance.objects.get().username == "county-clerk"
    capsys.readouterr()
    call_command("training", "coverage", region="990000")
    assert "clerk,990100,1,1,0.9" in capsys.readouterr().out
    with pytest.raises(Refused, match="cannot be read"):
        call_command("training", "roster", str(tmp_path / "none.xlsx"), event=event.pk)
