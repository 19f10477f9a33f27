"""Questions as fields of a form: every type can be answered by keyboard, nothing has to be dragged.

A field's name is ``a-<question>``, with the name of the item behind it where there are several (``a-3-2``).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Bilingual
from jizhun.training.actions.sittings import Question, Sent
from jizhun.training.rules.papers import NO, YES

Typed = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Choice:
    """A box or a button to choose, or one option of a list."""

    value: str
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Control:
    """What is filled in: ``kind`` is ``radio``, ``checkbox``, ``select``, ``number`` or ``text``."""

    kind: str
    name: str
    label: str
    choices: Sequence[Choice] = ()
    value: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, or a part of a case, with its controls; ``swap``: each place is given to one item only."""

    stem: str
    hint: str
    controls: Sequence[Control]
    swap: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A question on the page. ``stop``: the number of the next question where the page offers to save; 0 for none."""

    number: int
    worth: int
    whole: Asked
    parts: Sequence[Asked] = field(default=())
    answered: bool = False
    section: str = ""
    stop: int = 0


EVERY = 5
"""After how many questions the page offers to save."""


def shown_questions(questions: Sequence[Question], sections: Mapping[str, Bilingual]) -> list[Shown]:
    """The questions of a paper, each section named before its first."""
    found, before = [], ""
    for one in questions:
        name = words(sections[one.section]) if one.section != before and one.section in sections else ""
        stop = one.number + 1 if one.number % EVERY == 0 and one.number < len(questions) else 0
        found.append(_question(one, name, stop))
        before = one.section
    return found


def _question(one: Question, section: str, stop: int) -> Shown:
    name = f"a-{one.number}"
    parts = [_asked(part["type"], part, name, str(part["id"]), one.typed) for part in one.shown.get("parts", [])]
    whole = _asked(one.kind, one.shown, name, "", one.typed)
    return Shown(one.number, one.worth, whole, parts, bool(one.typed), section, stop)


def _asked(kind: str, content: Mapping[str, Any], name: str, part: str, typed: Typed) -> Asked:
    """``part``: the name of the part within its case, empty outside one."""
    stem = text(content["stem"])
    if kind in ("ordering", "matching"):
        return Asked(stem, _hint(kind), list(_lists(kind, content, name, part, typed)), kind == "ordering")
    return Asked(stem, _hint(kind), [] if kind == "case" else [_single(kind, content, name, part, typed, stem)])


def _hint(kind: str) -> str:
    return {"multiple": _("Choose all that are right; a wrong one takes away."),
            "ordering": _("Give each its place: 1 comes first."),
            "matching": _("Choose what belongs to each."), "numeric": _("A number."),
            "short_text": _("A few words.")}.get(kind, "")


def _single(kind: str, content: Mapping[str, Any], name: str, part: str, typed: Typed, stem: str) -> Control:
    held = list(typed.get(part, ()))
    named = f"{name}-{part}" if part else name
    if kind == "true_false":
        options = [("true", words(YES)), ("false", words(NO))]
    else:
        options = [(one["id"], text(one["text"])) for one in content.get("options", [])]
    if options:
        return Control("checkbox" if kind == "multiple" else "radio", named, stem,
                       [Choice(value, said, value in held) for value, said in options])
    return Control("number" if kind == "numeric" else "text", named, stem, (), held[0] if held else "",
                   text(content.get("unit") or {}))


def _lists(kind: str, content: Mapping[str, Any], name: str, part: str, typed: Typed) -> Iterator[Control]:
    items = content["items" if kind == "ordering" else "lefts"]
    options = [(one["id"], text(one["text"])) for one in content["rights"]] if kind == "matching" else [
        (str(place), str(place)) for place in range(1, len(items) + 1)]
    for item in items:
        key = f"{part}.{item['id']}" if part else item["id"]
        held = next(iter(typed.get(key, ())), "")
        choices = [Choice("", "–", not held), *(Choice(value, said, value == held) for value, said in options)]
        yield Control("select", f"{name}-{key}", text(item["text"]), choices)


def text(said: Mapping[str, Any]) -> str:
    """Words kept as JSON, in the page's language."""
    return words(Bilingual(str(said.get("zh", "")), str(said.get("en", ""))))


def sent_in(sent: QueryDict, questions: Iterable[int], number: int) -> list[Sent]:
    """What a plain form carries, question by question; one that was emptied is sent as empty."""
    found: dict[int, dict[str, list[str]]] = {one: {} for one in questions}
    for name in sent:
        start, dash, key = name.removeprefix("a-").partition("-")
        if name.startswith("a-") and start.isdecimal() and len(start) < 5 and int(start) in found:
            found[int(start)][key if dash else ""] = [str(one) for one in sent.getlist(name)]
    return [Sent(question, number, typed) for question, typed in found.items()]
