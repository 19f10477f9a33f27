"""Questions in from other programs, looked at before anything is kept, and out to them; each with what is lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction

from jizhun.kernel.bilingual import Refused
from jizhun.people.actions import path_to, require, write_line
from jizhun.people.rules import Actor
from jizhun.training.actions.bank import WRITE, Held, record_question, record_version
from jizhun.training.interchange.items import Given, Item, Loss, Taken
from jizhun.training.interchange.moodle_reading import read_moodle
from jizhun.training.interchange.moodle_writing import write_moodle
from jizhun.training.interchange.parsing import local, parse
from jizhun.training.interchange.qti_reading import read_qti
from jizhun.training.interchange.qti_writing import write_qti
from jizhun.training.models import Question, QuestionVersion

MOODLE, QTI = "moodle", "qti"
FORMATS: Final[Mapping[str, str]] = {MOODLE: "xml", QTI: "zip"}
"""Format -> the ending of its files."""
MOST: Final = 500
"""As many as can be looked through before they are kept."""


@dataclass(frozen=True)
class Outlook:
    """What a file would bring to a place: new questions, new versions of questions that are there, and those that
    are there as they are; and what could not be taken over."""

    region: str
    new: tuple[Item, ...]
    changed: tuple[Item, ...]
    there: tuple[Item, ...]
    losses: tuple[Loss, ...]


def read_questions(content: bytes, name: str = "") -> Taken:
    """The questions in a Moodle XML file, a QTI 3.0 item or package, told by its content; raises Refused."""
    if content[:2] == b"PK":
        return read_qti(content, name)
    return read_moodle(content, name) if local(parse(content, name)) == "quiz" else read_qti(content, name)


def look_at(*, by: Actor, region: str, taken: Taken) -> Outlook:
    """What would be kept at ``region``; nothing is. Raises Forbidden where ``by`` may not write there."""
    require(by=by, right=WRITE, path=path_to(region))
    if len(taken.items) > MOST:
        raise Refused(zh=f"一次最多带入 {MOST} 题。", en=f"{MOST} questions at most at a time.")
    new, changed, there = list[Item](), list[Item](), list[Item]()
    for item in {item.code: item for item in taken.items}.values():
        newest = QuestionVersion.objects.filter(question__code=item.code).order_by("-number").first()
        kept = new if newest is None else there if _same(newest, item) else changed
        kept.append(item)
    return Outlook(region, tuple(new), tuple(changed), tuple(there), taken.losses)


def _same(version: QuestionVersion, item: Item) -> bool:
    return version.kind == item.kind and sense(item.kind, version.content) == sense(item.kind, item.content)


def sense(kind: str, content: Mapping[str, Any]) -> Any:
    """What is asked and what is right, whatever the ids are: two that agree in it are one question."""
    found: dict[str, Any] = {name: content[name] for name in ("stem", "right", "unit") if content.get(name)}
    for name in ("options", "items", "pairs", "extra"):
        found[name] = [{key: value for key, value in row.items() if key != "id"} for row in content.get(name, [])]
    found["accepted"] = sorted({text for words in content.get("accepted", []) for text in words.values()})
    found["parts"] = [sense(part["type"], part) for part in content.get("parts", [])]
    return kind, found


def take_in(*, by: Actor, outlook: Outlook, topic: str = "other", matter: str = "") -> int:
    """Keep the new questions and versions as drafts; all of them or none. Returns how many."""
    with transaction.atomic():
        for item in outlook.new:
            record_question(by=by, region=outlook.region, kind=item.kind, content=item.content, topic=topic,
                            matter=matter, code=item.code)
        for item in outlook.changed:
            question = Question.objects.get(code=item.code)
            newest = question.versions.all()[0]
            record_version(by=by, question=question, kind=item.kind, content=item.content, sources=newest.rests_on)
        kept = len(outlook.new) + len(outlook.changed)
        write_line(by=by, act="training.import", subject=f"region:{outlook.region}",
                   after={"new": len(outlook.new), "changed": len(outlook.changed), "lost": len(outlook.losses)})
    return kept


def give_out(*, by: Actor, held: Sequence[Held], form: str, right: str = WRITE) -> Given:
    """Questions as a file of that format, with the right answers: only for who may write or review them."""
    if form not in FORMATS:
        raise Refused(zh=f"没有“{form}”这种格式。", en=f"There is no format “{form}”; there are {', '.join(FORMATS)}.")
    for region in {one.question.region for one in held}:
        require(by=by, right=right, path=path_to(region))
    items = [Item(one.question.code, one.version.kind, one.version.content) for one in held]
    return write_moodle(items) if form == MOODLE else write_qti(items)
