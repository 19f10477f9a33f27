"""The question bank at the workbench and at the command line: who sees it, drafting, writing, review, files."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from jizhun.kernel.bilingual import Refused
from jizhun.loading.questions import simulated_questions
from jizhun.people.models import User
from jizhun.people.rules import SYSTEM
from jizhun.provisions.actions import record
from jizhun.training.actions import bank
from jizhun.training.interchange.qti_reading import read_qti
from jizhun.training.models import Question
from jizhun.training.rules.questions import TYPES

pytestmark = pytest.mark.usefixtures("world")

BANK, COUNTY, MATTER = "/en/work/training/questions/", "990101", "NB029-EX01"
MOODLE = Path(__file__).parents[1] / "cases" / "exchange" / "moodle.xml"
CHOSEN = {"region": COUNTY, "matters": [MATTER], "kinds": ["numeric", "single"], "seed": "1", "most": "20"}


@pytest.fixture
def desk(db: None) -> Any:
    """A browser in which a login has signed in."""
    def of(name: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(User.objects.get(username=name))
        return client

    return of


def drafted(region: str = COUNTY) -> list[Question]:
    made = bank.draft_questions(by=SYSTEM, region=region, matters=[MATTER], kinds=["numeric"], most=2)
    return bank.keep_drafts(by=User.objects.get(username="trainer"), made=made)


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.mark.parametrize(("name", "status"), [("trainer", 200), ("reviewer", 200), ("county-editor", 403),
                                              ("county-clerk", 403), ("reader", 403)])
def test_only_who_writes_reviews_or_teaches_sees_questions(desk: Any, name: str, status: int) -> None:
    (question, *_) = drafted()
    for page in ("", f"{question.code}/", "?export=moodle"):
        assert desk(name).get(BANK + page).status_code == status


def test_a_stranger_is_asked_to_sign_in() -> None:
    assert Client().get(BANK).status_code == 302


@pytest.mark.parametrize("page", ["draft/", "new/case/", "import/"])
def test_a_reviewer_does_not_write(desk: Any, page: str) -> None:
    assert desk("reviewer").get(BANK + page).status_code == 403
    assert desk("trainer").get(BANK + page).status_code == 200


def test_drafts_are_looked_at_and_those_that_are_chosen_are_kept(desk: Any) -> None:
    client = desk("trainer")
    shown = text(client.get(f"{BANK}draft/", CHOSEN))
    codes = [bank.code_of(one) for one in bank.draft_questions(
        by=SYSTEM, region=COUNTY, matters=[MATTER], kinds=["numeric", "single"], most=20)]
    assert all(f'value="{code}"' in shown for code in codes) and Question.objects.count() == 0
    answer = client.post(f"{BANK}draft/", {**CHOSEN, "choose": codes[:2]})
    assert answer.status_code == 302 and {*Question.objects.values_list("code", flat=True)} == {*codes[:2]}
    assert "2 questions were kept as drafts" in text(client.get(answer["Location"]))
    assert "in the bank already" in text(client.get(f"{BANK}draft/", CHOSEN))
    assert client.post(f"{BANK}draft/", CHOSEN).status_code == 400


@pytest.mark.parametrize(("change", "status"), [({"most": "many"}, 400), ({"matters": ["NB000-EX99"]}, 400),
                                                ({"kinds": ["essay"]}, 400), ({"region": "330100"}, 403),
                                                ({"standard": "GB/T 0"}, 400)])
def test_a_form_that_cannot_be_drafted_from_is_answered_in_a_sentence(desk: Any, change: Any, status: int) -> None:
    assert desk("trainer").get(f"{BANK}draft/", {**CHOSEN, **change}).status_code == status


def test_filters_narrow_the_list_down(desk: Any) -> None:
    client, (question, other) = desk("trainer"), drafted()
    assert question.code in text(client.get(BANK)) and other.code in text(client.get(BANK))
    for query, there in (("?state=draft", True), ("?state=accepted", False), ("?kind=numeric", True),
                         ("?kind=case", False), (f"?region={COUNTY}", True), ("?region=990201", False),
                         ("?q=失业保险金", True), ("?q=Unemployment", True), ("?q=nothing-like-it", False),
                         (f"?matter={MATTER}", True), ("?topic=clauses", False), (f"?q={question.code}", True)):
        assert (question.code in text(client.get(BANK + query))) is there, query
    assert client.get(f"{BANK}?page=99&region=nowhere").status_code == 200


def test_a_question_is_handed_in_accepted_suspended_and_redrafted(desk: Any) -> None:
    trainer, reviewer = desk("trainer"), desk("reviewer")
    question = next(one for one in drafted() if "promised_limit" in one.versions.get().sources[0]["key"])
    page = f"{BANK}{question.code}/"
    assert "Accept it" not in text(trainer.get(page)) and 'value="submit"' in text(trainer.get(page))
    assert trainer.post(page, {"act": "submit"}).status_code == 302
    assert 'value="accept"' in text(reviewer.get(page))
    assert reviewer.post(page, {"act": "return"}).status_code == 400
    assert reviewer.post(page, {"act": "accept"}).status_code == 302
    record(by=SYSTEM, row={"subject": MATTER, "measure": "promised_limit", "region": "990100", "value": 2,
                           "unit": "working_day", "from": date.today(), "mark": "SIM", "source": "a test"})
    said = text(trainer.get(page))
    assert "Suspended" in said and "2 working days" in said and "3 working days" in said
    assert trainer.post(page, {"act": "redraft"}).status_code == 302
    assert "The new version" in text(reviewer.get(page))
    assert reviewer.post(page, {"act": "accept"}).status_code == 302
    assert "Suspended" not in text(reviewer.get(page))


def test_acts_without_the_right_and_acts_that_there_are_not(desk: Any) -> None:
    page = f"{BANK}{drafted()[0].code}/"
    assert desk("reviewer").post(page, {"act": "submit"}).status_code == 403
    assert desk("trainer").post(page, {"act": "dance"}).status_code == 400
    assert desk("trainer").get(f"{BANK}D-nothing/").status_code in (400, 404)


FORMS: dict[str, dict[str, Any]] = {
    "single": {"r0-text-zh": "甲", "r0-text-en": "A", "r0-right": "1", "r2-text-zh": "乙", "r2-text-en": "B"},
    "multiple": {"r0-text-zh": "甲", "r0-text-en": "A", "r0-right": "1", "r1-text-zh": "乙", "r1-text-en": "B",
                 "r1-right": "1"},
    "true_false": {"right": "no"},
    "numeric": {"right": "1,350", "tolerance": "0.5", "unit-zh": "元", "unit-en": "yuan"},
    "ordering": {"r0-text-zh": "一", "r0-text-en": "one", "r1-text-zh": "二", "r1-text-en": "two"},
    "matching": {"r0-left-zh": "甲", "r0-left-en": "A", "r0-right-zh": "一", "r0-right-en": "one", "r1-left-zh": "乙",
                 "r1-left-en": "B", "r1-right-zh": "二", "r1-right-en": "two", "r3-right-zh": "三",
                 "r3-right-en": "three"},
    "short_text": {"r0-text-zh": "办法", "r0-text-en": "Measures", "r1-text-en": "Form 7"},
    "case": {"part-kind": ["true_false", "numeric"], "p0-stem-zh": "对吗", "p0-stem-en": "Right?", "p0-right": "yes",
             "p1-stem-zh": "多少", "p1-stem-en": "How much?", "p1-right": "12"}}


@pytest.mark.parametrize("kind", TYPES)
def test_a_question_of_every_type_is_written_with_plain_fields_and_changed(desk: Any, kind: str) -> None:
    client = desk("trainer")
    sent = {"region": COUNTY, "topic": "limits", "stem-zh": "问题", "stem-en": "Question", "why-zh": "理由",
            "why-en": "Why", **FORMS[kind]}
    wrong = client.post(f"{BANK}new/{kind}/", {**sent, "stem-en": ""})
    assert wrong.status_code == 400 and "Both the Chinese and the English" in text(wrong) and "问题" in text(wrong)
    answer = client.post(f"{BANK}new/{kind}/", sent)
    assert answer.status_code == 302, text(answer)
    version = Question.objects.get().versions.get()
    assert version.kind == kind and version.content["explanation"] == {"zh": "理由", "en": "Why"}
    page = f"{BANK}{version.question.code}/edit/"
    assert client.post(page, sent).status_code == 400  # nothing was changed
    assert client.post(page, {**sent, "stem-en": "Other words"}).status_code == 302
    assert Question.objects.get().versions.count() == 2
    if kind == "matching":
        assert [one["right"]["en"] for one in version.content["extra"]] == ["three"]
    if kind == "case":
        assert [(one["id"], one["type"]) for one in version.content["parts"]] == [
            ("p1", "true_false"), ("p2", "numeric")]


def test_more_rows_and_more_parts_keep_what_is_written(desk: Any) -> None:
    client = desk("trainer")
    more = text(client.post(f"{BANK}new/single/", {**FORMS["single"], "step": "more", "rows": "6"}))
    assert 'name="r9-text-zh"' in more and 'value="甲"' in more and Question.objects.count() == 0
    part = text(client.post(f"{BANK}new/case/", {**FORMS["case"], "step": "part", "new-part": "matching"}))
    assert 'name="p2-r0-left-zh"' in part and "How much?" in part


def test_a_file_is_looked_at_with_its_losses_and_kept(desk: Any) -> None:
    client = desk("trainer")
    file = SimpleUploadedFile("moodle.xml", MOODLE.read_bytes())
    looked = client.post(f"{BANK}import/", {"region": COUNTY, "topic": "other", "file": file, "step": "look"})
    shown = text(looked)
    assert "8 questions are new" in shown and "Essays have no like here" in shown and Question.objects.count() == 0
    held = shown.split('name="held" value="')[1].split('"')[0]
    kept = client.post(f"{BANK}import/", {"region": COUNTY, "topic": "other", "held": held, "step": "keep"})
    assert kept.status_code == 302 and Question.objects.count() == 8
    again = SimpleUploadedFile("moodle.xml", MOODLE.read_bytes())
    assert "8 are there already" in text(client.post(f"{BANK}import/", {"region": COUNTY, "file": again}))
    for wrong in ({"held": held + "x", "step": "keep"}, {"file": SimpleUploadedFile("a.xml", b"<html/>")}, {}):
        assert client.post(f"{BANK}import/", {"region": COUNTY, **wrong}).status_code == 400
    assert client.post(f"{BANK}import/", {"region": "330100", "held": held}).status_code == 403


def test_questions_leave_as_files_that_come_in_again_as_the_same(desk: Any) -> None:
    drafted()
    client = desk("trainer")
    packed = client.get(f"{BANK}?export=qti").content
    assert len(read_qti(packed).items) == 2
    looked = text(client.post(f"{BANK}import/", {"region": COUNTY, "file": SimpleUploadedFile("q.zip", packed)}))
    assert "2 are there already" in looked
    moodle = client.get(f"{BANK}?export=moodle")
    assert moodle["Content-Type"] == "application/xml" and b"multilang" in moodle.content
    assert "2 are there already" in text(client.post(f"{BANK}import/", {
        "region": COUNTY, "file": SimpleUploadedFile("q.xml", moodle.content)}))
    assert client.get(f"{BANK}?export=gift").status_code == 400


@pytest.mark.django_db
class TestCommand:
    def told(self, capsys: Any, *words: str) -> str:
        call_command("questions", *words)
        return str(capsys.readouterr().out)

    def test_draft_export_import_and_sweep(self, capsys: Any, tmp_path: Path) -> None:
        draft = ("draft", "--region", COUNTY, "--matter", MATTER, "--kind", "single")
        assert "Nothing was kept" in self.told(capsys, *draft) and not Question.objects.exists()
        assert "were kept as drafts" in self.told(capsys, *draft, "--keep")
        out = str(tmp_path / "q.zip")
        assert "questions" in self.told(capsys, "export", "--region", "990000", "--format", "qti", "--state", "draft",
                                        "--out", out)
        assert "0 new, 0 changed" in self.told(capsys, "import", out, "--region", COUNTY)
        told = self.told(capsys, "import", str(MOODLE), "--region", COUNTY, "--dry-run")
        assert "8 new" in told and "Essay: Not taken over" in told
        before = Question.objects.count()
        self.told(capsys, "import", str(MOODLE), "--region", COUNTY)
        assert Question.objects.count() == before + 8
        assert "0 suspended" in self.told(capsys, "sweep")

    def test_a_file_that_is_not_there_is_told(self) -> None:
        with pytest.raises(Refused, match="cannot be read"):
            call_command("questions", "import", "nowhere.xml", "--region", COUNTY)

    def test_the_demonstration_brings_a_few_dozen_and_nothing_twice(self) -> None:
        assert simulated_questions() >= 36
        assert simulated_questions() == 0
        held = bank.held_questions()
        states = [one.standing.state for one in held]
        assert states.count("accepted") >= 30 and "in_review" in states
        assert all(one.question.simulated for one in held)
