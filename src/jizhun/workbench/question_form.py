"""A question as plain fields of a form, and back: a row a choice, a pair, an item; empty rows are passed over."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from jizhun.frame.fields import Field
from jizhun.frame.tags import words
from jizhun.training.rules.questions import MOST_CHOICES, TYPES

Content = Mapping[str, Any]
SPARE: Final = 2
"""Empty rows after the filled ones; four at least in all."""
LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
EMPTY: Final = {"zh": "", "en": ""}
LANGUAGES: Final = ("zh", "en")


@dataclass(frozen=True)
class Row:
    """The fields of one row, under its number."""

    label: str
    fields: list[Field]


@dataclass(frozen=True)
class Form:
    """The fields of one question (or part): those of the whole, then the rows; ``parts`` are forms again."""

    prefix: str
    kind: str
    kind_name: str
    fields: list[Field]
    rows: list[Row]
    parts: list["Form"]


def form_of(kind: str, content: Content, prefix: str = "", rows: int = 0) -> Form:
    """The fields for a content, with at least so many rows."""
    parts = [form_of(part["type"], part, f"{prefix}p{at}-", rows) for at, part in enumerate(content.get("parts", []))]
    name = words(TYPES[kind])
    return Form(prefix, kind, name, [*_words(content.get("stem"), f"{prefix}stem", pgettext("training", "Question"),
                                             True),
                                     *_whole(kind, content, prefix),
                                     *_words(content.get("explanation"), f"{prefix}why", _("Explanation"), False)],
                _rows(kind, content, prefix, rows), parts)


def _words(text: Content | None, name: str, label: str, required: bool, kind: str = "textarea") -> list[Field]:
    held = text or EMPTY
    names = {"zh": _("%(label)s (Chinese)"), "en": _("%(label)s (English)")}
    return [Field(f"{name}-{one}", names[one] % {"label": label}, held.get(one, ""), kind=kind, required=required)
            for one in LANGUAGES]


def _whole(kind: str, content: Content, prefix: str) -> list[Field]:
    if kind == "true_false":
        right = "" if "right" not in content else "yes" if content["right"] else "no"
        return [Field(f"{prefix}right", _("It is"), right, choices=[("", "–"), ("yes", _("true")), ("no", _("false"))])]
    if kind == "numeric":
        return [Field(f"{prefix}right", _("Right number"), str(content.get("right", ""))),
                Field(f"{prefix}tolerance", _("Tolerance"), str(content.get("tolerance", "0"))),
                *_words(content.get("unit"), f"{prefix}unit", _("Unit"), False, "text")]
    return []


def _rows(kind: str, content: Content, prefix: str, least: int) -> list[Row]:
    if kind not in _ROW_FIELDS:
        return []
    held = _held(kind, content)
    number = min(max(len(held) + SPARE, 4, least), MOST_CHOICES)
    label = {"ordering": _("Place %(n)s"), "matching": _("Pair %(n)s"), "short_text": _("Accepted answer %(n)s")
             }.get(kind, _("Choice %(n)s"))
    return [Row(label % {"n": at + 1}, _ROW_FIELDS[kind](held[at] if at < len(held) else {}, f"{prefix}r{at}-"))
            for at in range(number)]


def _held(kind: str, content: Content) -> list[Any]:
    if kind == "matching":
        return [*content.get("pairs", []), *content.get("extra", [])]
    if kind == "short_text":
        return [{"text": one} for one in content.get("accepted", [])]
    rows = content.get("options" if kind in ("single", "multiple") else "items", [])
    return list(rows)


def _choice_row(row: Content, name: str) -> list[Field]:
    return [*_words(row.get("text"), f"{name}text", _("Text"), False, "text"),
            Field(f"{name}right", _("This is right"), "1" if row.get("right") else "", kind="check")]


def _text_row(row: Content, name: str) -> list[Field]:
    return _words(row.get("text"), f"{name}text", _("Text"), False, "text")


def _pair_row(row: Content, name: str) -> list[Field]:
    return [*_words(row.get("left"), f"{name}left", _("On the left (empty: it belongs to none)"), False, "text"),
            *_words(row.get("right"), f"{name}right", _("On the right"), False, "text")]


_ROW_FIELDS: Final[Mapping[str, Callable[[Content, str], list[Field]]]] = {
    "single": _choice_row, "multiple": _choice_row, "ordering": _text_row, "matching": _pair_row,
    "short_text": _text_row}


# -- back ------------------------------------------------------------------------------------------


def content_of(kind: str, sent: QueryDict, prefix: str = "") -> dict[str, Any]:
    """The content that a form carries; what is wrong with it is the rules' to say."""
    content: dict[str, Any] = {"stem": _sent(sent, f"{prefix}stem")}
    why = _sent(sent, f"{prefix}why")
    if any(why.values()):
        content["explanation"] = why
    return {**content, **_READERS[kind](sent, prefix)}


def _sent(sent: QueryDict, name: str) -> dict[str, str]:
    return {one: sent.get(f"{name}-{one}", "").replace("\r\n", "\n").strip() for one in LANGUAGES}


def _each(sent: QueryDict, prefix: str, names: tuple[str, ...]) -> list[tuple[str, dict[str, dict[str, str]]]]:
    """The rows in which something is written, each with its prefix."""
    found = []
    for at in range(MOST_CHOICES):
        row = {name: _sent(sent, f"{prefix}r{at}-{name}") for name in names}
        if any(text for words_ in row.values() for text in words_.values()):
            found.append((f"{prefix}r{at}-", row))
    return found


def _choices(sent: QueryDict, prefix: str) -> dict[str, Any]:
    return {"options": [{"id": LETTERS[at], "text": row["text"], "right": bool(sent.get(f"{name}right"))}
                        for at, (name, row) in enumerate(_each(sent, prefix, ("text",)))]}


def _true_false(sent: QueryDict, prefix: str) -> dict[str, Any]:
    right = sent.get(f"{prefix}right", "")
    return {"right": right == "yes"} if right else {}


def _numeric(sent: QueryDict, prefix: str) -> dict[str, Any]:
    return {"right": sent.get(f"{prefix}right", "").strip(), "tolerance": sent.get(f"{prefix}tolerance", "").strip()
            or "0", "unit": _sent(sent, f"{prefix}unit")}


def _ordering(sent: QueryDict, prefix: str) -> dict[str, Any]:
    return {"items": [{"id": LETTERS[at], "text": row["text"]}
                      for at, (_name, row) in enumerate(_each(sent, prefix, ("text",)))]}


def _matching(sent: QueryDict, prefix: str) -> dict[str, Any]:
    rows = [row for _name, row in _each(sent, prefix, ("left", "right"))]
    named = [{"id": LETTERS[at], **row} for at, row in enumerate(rows)]
    pairs = [row for row in named if any(row["left"].values())]  # type: ignore[attr-defined]
    return {"pairs": pairs, "extra": [{"id": row["id"], "right": row["right"]} for row in named if row not in pairs]}


def _short_text(sent: QueryDict, prefix: str) -> dict[str, Any]:
    """An answer in one language only stands for both."""
    texts = [row["text"] for _name, row in _each(sent, prefix, ("text",))]
    return {"accepted": [{one: text[one] or text["en"] or text["zh"] for one in LANGUAGES} for text in texts]}


def _case(sent: QueryDict, prefix: str) -> dict[str, Any]:
    kinds = [kind for kind in sent.getlist("part-kind") if kind in TYPES and kind != "case"]
    parts = [{"id": f"p{at + 1}", "type": kind, **content_of(kind, sent, f"p{at}-")} for at, kind in enumerate(kinds)]
    gone = {*sent.getlist("part-gone")}
    return {"parts": [part for at, part in enumerate(parts) if str(at) not in gone]}


_READERS: Final[Mapping[str, Callable[[QueryDict, str], dict[str, Any]]]] = {
    "single": _choices, "multiple": _choices, "true_false": _true_false, "numeric": _numeric, "ordering": _ordering,
    "matching": _matching, "short_text": _short_text, "case": _case}
