"""Exams and sittings through the door: who is let in, forms with what was typed, packets of answers, results."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from jizhun.people.models import User
from jizhun.training.actions import results, sittings
from jizhun.training.models import Blueprint, Exam, SavedAnswer, Sitting
from training_bank import CONTENT, bank, opened, right_answer

pytestmark = pytest.mark.usefixtures("world", "db")
EXAMS, MINE = "/en/work/training/exams/", "/en/work/training/sittings/"
NEW = {"code": "window", "region": "990000", "name_zh": "窗口", "name_en": "Window", "minutes": "30",
       "pass_mark": "60.5", "count-1": "8", "worth-1": "2", "shuffle_questions": "1"}


@pytest.fixture
def client_of(world: None) -> Callable[[str], Client]:
    def of(name: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(User.objects.get(username=name))
        return client

    return of


def begun(client: Client, exam: Exam) -> Sitting:
    answer = client.post(f"{MINE}begin/{exam.pk}/", {"honest": "1"})
    assert answer.status_code == 302
    return Sitting.objects.latest("pk")


def packet(client: Client, held: Sitting, **more: Any) -> Any:
    said = {"place": 1, "left": 0, "answers": [], **more}
    return client.post(f"{MINE}{held.pk}/save/", json.dumps(said), content_type="application/json")


@pytest.mark.parametrize("path", [EXAMS, f"{EXAMS}new/", f"{EXAMS}blueprints/new/", f"{EXAMS}appeals/", MINE])
def test_strangers_are_asked_to_sign_in(reading: Client, path: str) -> None:
    assert "sign-in" in reading.get(path)["location"]


@pytest.mark.parametrize(("who", "path", "status"), [
    ("trainer", EXAMS, 200), ("county-clerk", EXAMS, 200), ("trainer", f"{EXAMS}new/", 200),
    ("county-clerk", f"{EXAMS}new/", 403), ("county-clerk", f"{EXAMS}appeals/", 403),
    ("reviewer", f"{EXAMS}appeals/", 200), ("county-clerk", f"{EXAMS}blueprints/new/", 403),
    ("county-clerk", f"{EXAMS}999/", 404), ("trainer", f"{EXAMS}blueprints/none/", 404),
    ("trainer", f"{EXAMS}appeals/9/", 404), ("county-clerk", f"{MINE}999/", 404)])
def test_who_is_let_in(client_of: Any, who: str, path: str, status: int) -> None:
    assert client_of(who).get(path).status_code == status


def test_a_trainer_writes_a_blueprint_and_opens_an_exam(client_of: Any) -> None:
    bank()
    trainer = client_of("trainer")
    wrong = trainer.post(f"{EXAMS}blueprints/new/", {**NEW, "pass_mark": "sixty"})
    assert wrong.status_code == 400 and "from 0 to 100" in wrong.content.decode()
    assert 'value="Window"' in wrong.content.decode()  # what was typed stays
    assert trainer.post(f"{EXAMS}blueprints/new/", NEW).status_code == 302
    made = Blueprint.objects.get(code="window")
    assert made.versions.get().read.pass_mark == 6_050 and made.versions.get().read.shuffle_choices is False
    page = trainer.get(f"{EXAMS}blueprints/window/").content.decode()
    assert "The bank of today fills it." in page and 'name="count-1" value="8"' in page
    said = {"blueprint": "window", "kind": "practice", "region": "990000", "role": "", "organisation": "",
            "opens": "2026-01-01T08:00", "closes": "2036-01-01T08:00", "attempts": "0", "ceiling": "0"}
    refused = trainer.post(f"{EXAMS}new/", {**said, "closes": "soon"})
    assert refused.status_code == 400 and "day and time of “Closes”" in refused.content.decode()
    opened_at = trainer.post(f"{EXAMS}new/", said)["location"]
    page = trainer.get(opened_at).content.decode()
    assert "county-clerk-elsewhere" in page and "have not begun" in page
    assert client_of("county-clerk").get(opened_at).status_code == 403
    assert "Window" in client_of("county-clerk").get(MINE).content.decode()


def test_what_the_bank_lacks_is_said_on_the_blueprint(client_of: Any) -> None:
    bank(("single",))
    trainer = client_of("trainer")
    trainer.post(f"{EXAMS}blueprints/new/", NEW)
    assert "asks for 8, there are 1" in trainer.get(f"{EXAMS}blueprints/window/").content.decode()


def test_a_sitting_by_plain_forms_from_beginning_to_result(client_of: Any) -> None:
    bank()
    clerk, exam = client_of("county-clerk"), opened()
    assert "answer by yourself" in clerk.post(f"{MINE}begin/{exam.pk}/").content.decode()
    held = begun(clerk, exam)
    page = clerk.get(f"{MINE}{held.pk}/").content.decode()
    assert page.count('<fieldset class="question"') == 8 and "Save and go on to question 6" in page
    assert "explanation" not in page and "The county promises" not in page
    paper = sittings.go_on(by=User.objects.get(username="county-clerk"), sitting=held,
                           browser=clerk.session.session_key or "")
    fields: dict[str, Any] = {"go": "6"}
    for one in paper.questions:
        for name, values in right_answer(one, CONTENT[one.kind]).items():
            fields[f"a-{one.number}-{name}" if name else f"a-{one.number}"] = values
    assert clerk.post(f"{MINE}{held.pk}/", fields)["location"].endswith("?saved=1#q6")
    again = clerk.get(f"{MINE}{held.pk}/").content.decode()
    assert again.count('class="answered"') == 8 and 'value="Form 7"' in again
    assert "8 of 8 questions are answered" in clerk.get(f"{MINE}{held.pk}/submit/").content.decode()
    assert clerk.post(f"{MINE}{held.pk}/submit/")["location"].endswith("/result/")
    told = clerk.get(f"{MINE}{held.pk}/result/").content.decode()
    assert ">100</dd>" in told and "The county promises five." in told
    assert clerk.get(f"{MINE}{held.pk}/")["location"].endswith("/result/")
    assert client_of("county-editor").get(f"{MINE}{held.pk}/result/").status_code == 404


def test_packets_are_kept_or_refused_with_a_sentence(client_of: Any) -> None:
    bank()
    clerk = client_of("county-clerk")
    held = begun(clerk, opened())
    told = packet(clerk, held, answers=[{"question": 1, "number": 1, "answer": {"": ["2"]}}]).json()
    assert told["state"] == "running" and 1790 <= told["left"] <= 1800 and not told["elsewhere"]
    assert SavedAnswer.objects.get(sitting=held).answer == {"": ["2"]}
    for wrong in ({"answers": [{"question": 1}]}, {"place": "x"}, {"answers": 3},
                  {"answers": [{"question": 1, "number": 2, "answer": ["x"]}]},
                  {"answers": [{"question": 99, "number": 2, "answer": {}}]}):
        answer = packet(clerk, held, **wrong)
        assert answer.status_code == 400 and answer.json()["wrong"]
    assert clerk.get(f"{MINE}{held.pk}/save/").status_code == 405
    assert packet(client_of("county-clerk-elsewhere"), held).status_code == 400
    second = client_of("county-clerk")
    second.get(f"{MINE}{held.pk}/")
    assert packet(clerk, held).json()["elsewhere"]


def test_a_break_hides_the_paper(client_of: Any) -> None:
    bank()
    exam = opened()
    page = client_of("trainer").post(f"{EXAMS}{exam.pk}/", {"username": "county-clerk", "extra": "25", "breaks": "10",
                                                          "large": "1", "reason": "decided on 4 May"})
    assert page.status_code == 302
    clerk = client_of("county-clerk")
    held = begun(clerk, exam)
    assert 'data-text="large"' in clerk.get(f"{MINE}{held.pk}/").content.decode() and held.seconds == 2250
    clerk.post(f"{MINE}{held.pk}/", {"do": "rest"})
    hidden = clerk.get(f"{MINE}{held.pk}/").content.decode()
    assert "The clock stands still" in hidden and "question" not in hidden.partition("<main")[2].lower()
    clerk.post(f"{MINE}{held.pk}/", {"do": "return"})
    assert "fieldset" in clerk.get(f"{MINE}{held.pk}/").content.decode()


def test_an_appeal_and_its_answer(client_of: Any) -> None:
    bank(("single",))
    clerk, exam = client_of("county-clerk"), opened(1)
    held = begun(clerk, exam)
    sittings.submit(by=User.objects.get(username="county-clerk"), sitting=held)
    assert clerk.post(f"{MINE}{held.pk}/result/", {"number": "1", "text": ""}).status_code == 400
    clerk.post(f"{MINE}{held.pk}/result/", {"number": "1", "text": "The city says seven."})
    made = held.appeals.get()
    reviewer = client_of("reviewer")
    assert "The city says seven." in reviewer.get(f"{EXAMS}appeals/").content.decode()
    assert "Choose what" in reviewer.post(f"{EXAMS}appeals/{made.pk}/", {"reason": "x"}).content.decode()
    reviewer.post(f"{EXAMS}appeals/{made.pk}/", {"correction": "free", "reason": "It cannot be told."})
    page = reviewer.get(f"{EXAMS}appeals/{made.pk}/").content.decode()
    assert "1 sitting was marked again" in page
    told = clerk.get(f"{MINE}{held.pk}/result/").content.decode()
    assert "marked again after an appeal; before: 0" in told and "It cannot be told." in told


def test_results_are_told_without_single_people(client_of: Any) -> None:
    bank(("single",))
    exam = opened(1)
    for name in ("county-clerk", "county-clerk-elsewhere", "reader", "county-editor", "city-editor"):
        user = User.objects.get(username=name)
        sittings.submit(by=user, sitting=sittings.begin(by=user, exam=exam, browser="", honest=True))
    assert results.results(exam).whole.sat == 5
    page = client_of("province-editor").get(f"{EXAMS}{exam.pk}/results/").content.decode()
    assert "<svg" in page and "hidden" in page and "county-clerk" not in page
    assert client_of("county-clerk").get(f"{EXAMS}{exam.pk}/results/").status_code == 403
    csv = client_of("trainer").get(f"{EXAMS}{exam.pk}/results/?csv=items").content.decode()
    assert "Q-single" not in csv and "How long may it take?,5,–,–" in csv
