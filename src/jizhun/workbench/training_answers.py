"""Questions as fields of a form, and answers as a form sends them; after that the marks with what was right."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from jizhun.frame.tags import words
from jizhun.kernel.bilingual import COMMA, Bilingual
from jizhun.training.rules.questions import WHOLE, mark, to_answer

Plain = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as the page shows it. ``rows``: for ordering and matching, (field, label) each with ``choices``."""

    name: str
    kind: str
    stem: str
    choices: Sequence[tuple[str, str]] = ()
    rows: Sequence[tuple[str, str]] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A question after it was answered: marks in hundredths of a hundred, what was right and why."""

    stem: str
    mark: int
    right: str
    why: str

    @property
    def whole(self) -> bool:
        return self.mark == WHOLE


def said(row: Plain | None) -> str:
    """Words of JSON in the page's language."""
    return words(Bilingual(row.get("zh", ""), row.get("en", ""))) if row else ""


def _shuffled(rows: Sequence[Plain], name: str) -> list[Plain]:
    """Another order, the same each time: so that what is right does not stand first."""
    return sorted(rows, key=lambda row: hashlib.sha256(f"{name}/{row['id']}".encode()).hexdigest())


def asked(kind: str, content: Plain, name: str) -> list[Asked]:
    """A question as fields whose names begin with ``name``; a case is its parts."""
    if kind == "case":
        return [one for part in content["parts"] for one in asked(part["type"], part, f"{name}-{part['id']}")]
    shown = to_answer(kind, content)
    stem = said(shown["stem"])
    if kind in ("single", "multiple"):
        return [Asked(name, kind, stem, [(str(one["id"]), said(one["text"])) for one in shown["options"]])]
    if kind == "true_false":
        return [Asked(name, kind, stem, [("true", _("True")), ("false", _("False"))])]
    if kind == "ordering":
        items = _shuffled(shown["items"], name)
        places = [(str(n), str(n)) for n in range(1, len(items) + 1)]
        return [Asked(name, kind, stem, places, [(f"{name}-{one['id']}", said(one["text"])) for one in items])]
    if kind == "matching":
        rights = _shuffled(shown["rights"], name)
        return [Asked(name, kind, stem, [(str(n), said(one["text"])) for n, one in enumerate(rights, 1)],
                      [(f"{name}-{one['id']}", said(one["text"])) for one in shown["lefts"]])]
    return [Asked(name, kind, stem, unit=said(shown.get("unit")))]


def answer_in(sent: QueryDict, kind: str, content: Plain, name: str) -> Any:
    """The answer that a form carries, as the rules mark it; None where there is none."""
    if kind == "case":
        return {part["id"]: answer_in(sent, part["type"], part, f"{name}-{part['id']}") for part in content["parts"]}
    text = sent.get(name, "").strip()
    if kind == "multiple":
        return sent.getlist(name) or None
    if kind == "true_false":
        return {"true": True, "false": False}.get(text)
    if kind == "ordering":
        places = {one["id"]: sent.get(f"{name}-{one['id']}", "") for one in content["items"]}
        chosen = {place: code for code, place in places.items() if place.isdecimal() and len(place) < 4}
        return [chosen[place] for place in sorted(chosen, key=int)] or None
    if kind == "matching":
        return dict(_matched(sent, content, name)) or None
    return text or None


def _matched(sent: QueryDict, content: Plain, name: str) -> Iterator[tuple[str, str]]:
    rights = [str(one["id"]) for one in _shuffled([*content["pairs"], *content.get("extra", [])], name)]
    for pair in content["pairs"]:
        at = sent.get(f"{name}-{pair['id']}", "")
        if at.isdecimal() and 1 <= int(at[:4]) <= len(rights):
            yield pair["id"], rights[int(at) - 1]


def told(kind: str, content: Plain, answer: Any) -> list[Told]:
    """Marks and what was right; a case is its parts, each with its own."""
    if kind == "case":
        return [one for part in content["parts"]
                for one in told(part["type"], part, (answer or {}).get(part["id"]))]
    return [Told(said(content["stem"]), mark(kind, content, answer), _right(kind, content),
                 said(content.get("explanation")))]


def _right(kind: str, content: Plain) -> str:
    if kind in ("single", "multiple"):
        return words(COMMA).join(said(one["text"]) for one in content["options"] if one.get("right"))
    if kind == "true_false":
        return _("True") if content["right"] else _("False")
    if kind == "numeric":
        return f"{content['right']} {said(content.get('unit'))}".strip()
    if kind == "ordering":
        return " → ".join(said(one["text"]) for one in content["items"])
    if kind == "matching":
        return words(COMMA).join(f"{said(one['left'])} – {said(one['right'])}" for one in content["pairs"])
    return words(COMMA).join(said(one) for one in content["accepted"])
