"""A small bank of accepted questions of every type, blueprints and exams over it: for tests and benchmarks."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from jizhun.people.models import User
from jizhun.training.actions import exams
from jizhun.training.models import Exam, Question, QuestionStep, QuestionVersion

REGION = "990000"
TRAINER = "trainer"


def words(text: str) -> dict[str, str]:
    return {"zh": f"中{text}", "en": text}


CHOICES = [{"id": one, "text": words(text), "right": right} for one, text, right in (
    ("a", "5 days", True), ("b", "7 days", False), ("c", "10 days", True), ("d", "15 days", False))]
CONTENT: dict[str, dict[str, Any]] = {
    "single": {"stem": words("How long may it take?"), "explanation": words("The county promises five."),
               "options": [CHOICES[0], CHOICES[1], CHOICES[3]]},
    "multiple": {"stem": words("Which are right?"), "options": CHOICES},
    "true_false": {"stem": words("It is free."), "right": True},
    "numeric": {"stem": words("How many days?"), "right": "10", "tolerance": "0", "unit": words("days")},
    "ordering": {"stem": words("In which order?"),
                 "items": [{"id": one, "text": words(f"step {one}")} for one in "abc"]},
    "matching": {"stem": words("What belongs together?"), "extra": [{"id": "z", "right": words("nothing")}],
                 "pairs": [{"id": one, "left": words(f"left {one}"), "right": words(f"right {one}")} for one in "abc"]},
    "short_text": {"stem": words("Which form?"), "accepted": [words("Form 7")]}}
CONTENT["case"] = {"stem": words("Somebody comes to the window."), "parts": [
    {**CONTENT["single"], "id": "p", "type": "single"}, {**CONTENT["ordering"], "id": "q", "type": "ordering"}]}


def question(kind: str, code: str = "", *, topic: str = "limits", region: str = REGION, accepted: bool = True,
             sources: list[dict[str, Any]] | None = None, by: str = "author") -> QuestionVersion:
    """An accepted question of a type."""
    made = Question.objects.create(code=code or f"Q-{kind}", region=region, topic=topic, by=by)
    version = QuestionVersion.objects.create(question=made, number=1, kind=kind, content=CONTENT[kind], by=by,
                                             sources=sources or [])
    if accepted:
        QuestionStep.objects.create(version=version, act=QuestionStep.ACCEPTED, by="reviewer")
    return version


def bank(kinds: Any = CONTENT) -> dict[str, QuestionVersion]:
    """An accepted question of each type."""
    return {kind: question(kind) for kind in kinds}


def blueprint(count: int = 8, code: str = "B1", **more: Any) -> Any:
    """A blueprint of so many questions of any sort."""
    content = {"rows": [{"count": count, "worth": 2}], "minutes": 30, "pass_mark": 6000, **more}
    return exams.write_blueprint(by=User.objects.get(username=TRAINER), code=code, region=REGION, name_zh="窗口考试",
                                 name_en="Exam at the window", content=content)


def opened(count: int = 8, kind: str = "practice", code: str = "B1", content: dict[str, Any] | None = None,
           **more: Any) -> Exam:
    """An exam that is open now for everybody in the province."""
    now = timezone.now()
    said = {"opens": now - timedelta(hours=1), "closes": now + timedelta(hours=1), "attempts": 0, **more}
    return exams.open_exam(by=User.objects.get(username=TRAINER), version=blueprint(count, code, **(content or {})),
                           kind=kind, region=said.pop("region", REGION), **said)


def right_answer(question: Any, content: dict[str, Any]) -> dict[str, list[str]]:
    """The right answer as it is typed on this sitting's paper: found by its words, as a person would."""
    return _right(question.kind, question.shown, content)


def _right(kind: str, shown: dict[str, Any], content: dict[str, Any]) -> dict[str, list[str]]:
    place = {one["text"]["en"]: one["id"] for name in ("options", "items", "lefts", "rights")
             for one in shown.get(name, [])}
    if kind in ("single", "multiple"):
        return {"": [place[one["text"]["en"]] for one in content["options"] if one["right"]]}
    if kind == "ordering":
        return {place[one["text"]["en"]]: [str(at)] for at, one in enumerate(content["items"], 1)}
    if kind == "matching":
        return {place[one["left"]["en"]]: [place[one["right"]["en"]]] for one in content["pairs"]}
    if kind == "case":
        found: dict[str, list[str]] = {}
        for part, seen in zip(content["parts"], shown["parts"], strict=True):
            for name, values in _right(part["type"], seen, part).items():
                found[f"{seen['id']}.{name}" if name else seen["id"]] = values
        return found
    return {"": ["true" if content.get("right") is True else content.get("right") or content["accepted"][0]["en"]]}
