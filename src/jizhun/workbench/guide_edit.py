"""Write one field of a guide: the own words beside those above; kept in a draft until somebody publishes it."""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy

from jizhun.catalogue.actions import catalogue
from jizhun.frame.guide_words import FORMS, ROLES, Line, lines_of
from jizhun.frame.tags import place_name, words
from jizhun.guides.actions import draft_of, drop_draft, field_of, matter_of, newest, save_draft, words_of
from jizhun.guides.actions.keeping import locked
from jizhun.guides.rules.fields import ITEM_KEYS, Content, Field
from jizhun.guides.rules.layers import Resolved
from jizhun.kernel.bilingual import Refused
from jizhun.people.actions import require
from jizhun.people.rules import Forbidden
from jizhun.provisions.actions import labels
from jizhun.regions.actions import tree
from jizhun.workbench.guide_asked import EDIT, Spot, number_in, spot_of

EMPTY_ROWS = 2
LABELS = {
    "id": gettext_lazy("Key"), "zh": gettext_lazy("Words in Chinese"), "en": gettext_lazy("Words in English"),
    "clause_zh": gettext_lazy("Clause, in Chinese"), "clause_en": gettext_lazy("Clause, in English"),
    "document": gettext_lazy("Paper (code)"), "source": gettext_lazy("Source"), "url": gettext_lazy("Link"),
    "material": gettext_lazy("Material (code)"), "days": gettext_lazy("Within how many days"),
    "until": gettext_lazy("Valid until"), "channel": gettext_lazy("Channel"),
    "where_zh": gettext_lazy("Where to get it, in Chinese"), "where_en": gettext_lazy("Where to get it, in English"),
    "form": gettext_lazy("Form"), "copies": gettext_lazy("How many"),
    "held_by_zh": gettext_lazy("Already held by, in Chinese"),
    "held_by_en": gettext_lazy("Already held by, in English"),
    "blank_form": gettext_lazy("Blank form (link)"), "role": gettext_lazy("What for"),
    "phone": gettext_lazy("Telephone"), "hours_zh": gettext_lazy("Hours, in Chinese"),
    "hours_en": gettext_lazy("Hours, in English")}
ORDER = tuple(LABELS)
LONG = frozenset({"zh", "en"})
NUMBERS = frozenset({"days", "copies"})


@dataclass(frozen=True, slots=True)
class Input:
    """One box of an item: ``choices`` make it a list to choose from."""

    name: str
    key: str
    label: str
    value: str
    long: bool = False
    choices: Sequence[tuple[str, str]] = ()


FIRST = {"lines": ("zh", "en", "url"), "steps": ("zh", "en"),
         "contacts": ("zh", "en", "phone", "role", "hours_zh", "hours_en"),
         "materials": ("id", "form", "zh", "en", "where_zh", "where_en")}
"""The boxes that are nearly always filled, by the kind of the field; the others stand behind a fold."""
KEYED = {"groups": gettext_lazy("Recipient group (code)"), "posts": gettext_lazy("Post (code)"),
         "material_notes": gettext_lazy("Material (code)")}
"""Fields whose items speak of something that has a code; elsewhere the key of an item is nobody's concern."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item with its boxes: ``first`` shown at once, ``rest`` behind a fold."""

    at: int
    key: str
    first: list[Input]
    rest: list[Input]

    @property
    def filled(self) -> bool:
        """Whether something stands in the fold that somebody wrote."""
        return any(one.value for one in self.rest if one.key != "id")

    @property
    def blank(self) -> bool:
        """Whether nothing stands in any box."""
        return not any(one.value for one in (*self.first, *self.rest))


@login_required
def guide_field(request: HttpRequest, matter: str, code: str) -> HttpResponse:
    """The form of one field; it is saved into the draft."""
    spot, known = spot_of(request), matter_of(matter)
    require(by=spot.user, right=EDIT, path=spot.path)
    field = field_of(spot.sort, code)
    if field.kind == "procedure":
        return HttpResponseRedirect(f"{reverse('work-guide-steps', args=[matter])}?{spot.query}")
    found = words_of(sort=spot.sort, matter=matter, path=spot.path, on=spot.today, codes=(code,)).get(code)
    if found is None or found.policy == "locked":
        raise locked(field, found) if found else Refused(zh="这一字段不能填写。", en="This field is not typed.")
    draft = draft_of(sort=spot.sort, matter=matter, region=spot.region)
    own = next((part.content for part in found.parts if part.place == spot.region), None)
    held = draft.fields[code] if draft and code in draft.fields else own
    wrong = ""
    if request.method == "POST":
        held = typed(field, request.POST)
        try:
            save_draft(by=spot.user, sort=spot.sort, matter=matter, region=spot.region, fields={code: held},
                       revision=number_in(request.POST, "revision"), seen=number_in(request.POST, "seen"))
            return HttpResponseRedirect(f"{reverse('work-guide', args=[matter])}?{spot.query}#{code}")
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    return render(request, "workbench/guide_field.html", {
        "spot": spot, "matter": known, "field": field, "wrong": wrong, "above": _above(field, found),
        "above_from": above_from(found, spot), "items": items_of(field, held) if field.is_list else [],
        "text": held if isinstance(held, Mapping) else {}, "choice": held if isinstance(held, str) else "",
        "draft": draft, "revision": draft.revision if draft else 0,
        "seen": newest(sort=spot.sort, matter=matter, region=spot.region), "supplement": found.policy == "supplement",
        "lists": _suggestions(field)}, status=400 if wrong else 200)


def _above(field: Field, found: Resolved) -> list[Line]:
    return lines_of(field, found.base)


def above_from(found: Resolved, spot: Spot) -> str:
    """The nearest place above that says something."""
    places = [part.place for part in found.parts if part.place != spot.region]
    return place_name(tree().known(places[-1])) if places else ""


def _suggestions(field: Field) -> dict[str, list[tuple[str, str]]]:
    """Keys that are known: groups for recipients, materials for what is to be brought."""
    if field.code == "groups":
        return {"id": [(code, words(one.name)) for code, one in catalogue().wider.items()]}
    if field.kind == "materials":
        return {"id": [(code, words(name)) for code, name in labels().items()]}
    return {}


# -- from boxes to content and back ----------------------------------------------------------------


def items_of(field: Field, content: Content) -> list[Item]:
    """The items with their boxes, and a few empty ones."""
    keys = [key for key in ORDER if key in (ITEM_KEYS[field.kind] or ())]
    rows = [*(content if isinstance(content, list) else ()), *({} for _n in range(EMPTY_ROWS))]
    first = [key for key in (*(("id",) if field.code in KEYED else ()), *FIRST.get(field.kind, ("zh", "en")))
             if key in keys]
    shown, folded = list(dict.fromkeys(first)), sorted((key for key in keys if key not in first), key="id".__eq__)
    return [Item(at, str(row.get("id", "")), [_input(field, at, key, row) for key in shown],
                 [_input(field, at, key, row) for key in folded]) for at, row in enumerate(rows)]


def _input(field: Field, at: int, key: str, row: Mapping[str, Any]) -> Input:
    label = KEYED.get(field.code, LABELS["id"]) if key == "id" else LABELS[key]
    choices = {"role": ROLES, "form": FORMS}.get(key, {})
    return Input(f"item-{at}-{key}", key, str(label), str(row.get(key, "")), key in LONG,
                 [("", "–"), *((code, str(name)) for code, name in choices.items())] if choices else ())


NAME = re.compile(r"^item-(\d{1,5})-([a-z_]+)$")


def typed(field: Field, sent: QueryDict) -> Content:
    """What the form holds as content; None where all of it is empty."""
    if field.kind == "choice":
        return sent.get("choice") or None
    if field.kind == "text":
        text = {language: sent.get(language, "").strip() for language in ("zh", "en")}
        return text if any(text.values()) else None
    items = _typed_items(sent, field.code == GROUPS)
    return items or None


GROUPS = "groups"
"""The field whose items are recipient groups: a code says enough, the words are the group's own."""


def _typed_items(sent: QueryDict, by_code: bool = False) -> list[dict[str, Any]]:
    rows: dict[int, dict[str, Any]] = {}
    for name, value in sent.items():
        found = NAME.match(name)
        if found and str(value).strip():
            rows.setdefault(int(found[1]), {})[found[2]] = _value(found[2], str(value).strip())
    kept = [row for at, row in sorted(rows.items(), key=lambda pair: _place(sent, pair[0]))
            if set(row) - {"order", "remove", *(() if by_code else ("id",))} and not row.get("remove")]
    plain = [{key: value for key, value in row.items() if key not in ("order", "remove")} for row in kept]
    return _with_keys([_named(row) for row in plain] if by_code else plain)


def _named(row: dict[str, Any]) -> dict[str, Any]:
    """A recipient group with its own words where none are typed."""
    known = catalogue().wider.get(str(row.get("id", "")))
    if known is None or row.get("zh") or row.get("en"):
        return row
    return {**row, "zh": known.name.zh, "en": known.name.en}


def _value(key: str, text: str) -> Any:
    return int(text) if key in NUMBERS and text.isdecimal() and len(text) < 9 else text


def _place(sent: QueryDict, at: int) -> tuple[float, int]:
    text = sent.get(f"item-{at}-order", "")
    return (float(text) if re.fullmatch(r"\d{1,5}(\.\d{1,3})?", text) else at + 1.0), at


def _with_keys(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows without a key get one that no other has: it stays with the item when its words change."""
    taken = {str(row["id"]) for row in rows if row.get("id")}
    free = (f"local-{n}" for n in itertools.count(1) if f"local-{n}" not in taken)
    return [row if row.get("id") else {"id": next(free), **row} for row in rows]


@login_required
def guide_draft(request: HttpRequest, matter: str) -> HttpResponse:
    """Throw the draft away, or one field of it; posted only."""
    spot, field = spot_of(request), request.POST.get("field", "")
    if request.method == "POST":
        drop_draft(by=spot.user, sort=spot.sort, matter=matter, region=spot.region, field=field)
    page = "work-guide-publish" if field else "work-guide"
    return HttpResponseRedirect(f"{reverse(page, args=[matter])}?{spot.query}")

