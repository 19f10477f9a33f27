"""What the formats for machines have in common: who, where, by which paper, how long. What is empty stays out."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from jizhun.guides.documents.outline import Words, joined
from jizhun.guides.documents.reading import figure, said, short, unnamed
from jizhun.guides.rules.guide import Guide
from jizhun.kernel.bilingual import NO_WORDS, Bilingual
from jizhun.provisions.rules import Measure, Quantity
from jizhun.provisions.rules.telling import promise_words

CALENDAR = {"calendar_day": "P{n}D", "month": "P{n}M"}
TELEPHONE = re.compile(r"[+(]?\d[\d ()（）/-]*\d")


def quantity_of(guide: Guide, code: str) -> tuple[Measure, Quantity] | None:
    """The measure and the number promised; None where it is no single number."""
    shown = guide.of(code)
    value = shown.answer.value if shown and shown.answer else None
    return (shown.answer.measure, value) if shown and shown.answer and isinstance(value, Quantity) else None


def limit_of(guide: Guide) -> tuple[Measure, Quantity] | None:
    """The committed time limit, else the statutory one."""
    return quantity_of(guide, "promised_limit") or quantity_of(guide, "statutory_limit")


def limit_words(guide: Guide, words: Words) -> Bilingual:
    """How the time limit reads: at most 10 working days; no words where there is none."""
    found = limit_of(guide)
    if found is None:
        return NO_WORDS
    return promise_words(*found, words.label) if found[1].amount else joined(figure(found[1]), " ", " ")


def duration(value: Quantity) -> str:
    """The time as ISO 8601; empty for units that it cannot say.

    ISO knows no working days: they become the calendar days within which they lie whatever day they begin on, in weeks
    without public holidays (10 working days are 14 days at most), so that nobody is promised more than the paper says.
    """
    if value.amount != value.amount.to_integral_value():
        return ""
    if value.unit == "working_day":
        return f"P{int(value.amount) + 2 * math.ceil(value.amount / Decimal(5))}D"
    return CALENDAR[value.unit].format(n=int(value.amount)) if value.unit in CALENDAR else ""


def processing_time(guide: Guide) -> str:
    """The time limit as ISO 8601, empty where there is none."""
    found = limit_of(guide)
    return duration(found[1]) if found else ""


def fee_of(guide: Guide) -> tuple[Decimal, str] | None:
    """Amount and currency; None where no single amount is promised."""
    found = quantity_of(guide, "fee")
    return (found[1].amount, found[1].unit) if found and re.fullmatch("[A-Z]{3}", found[1].unit) else None


def text_of(guide: Guide, code: str) -> Bilingual:
    """A text field in both languages."""
    return said(guide.content(code))


def items_of(guide: Guide, *codes: str) -> list[Mapping[str, Any]]:
    """The items of list fields, one field after the other."""
    return [one for code in codes for one in guide.content(code) or ()]


def item_words(one: Mapping[str, Any]) -> Bilingual:
    return said(one)


def notices_of(guide: Guide, words: Words) -> Bilingual:
    """What has to be known before the rest: that data are simulated, that the place does not handle it."""
    return joined(short(guide, words).notices, "", " ")


def materials_of(guide: Guide) -> list[tuple[str, Bilingual, Bilingual, str]]:
    """Code, name, what is told of it, and the address of its blank form, of each material on the list."""
    notes = {str(one["id"]): one for one in items_of(guide, "material_notes")}
    found = []
    for one in items_of(guide, "materials"):
        note = notes.get(str(one["id"]), {})
        told = joined((said(note), said(note, "where_zh", "where_en")), "；", "; ")
        blank = str(note.get("blank_form") or "")
        found.append((str(one["id"]), said(one), told, blank if is_address(blank) else ""))
    return found


def laws_of(guide: Guide, words: Words) -> list[tuple[str, Bilingual, str]]:
    """Key, name and address of each paper under “basis”."""
    return [(str(one["id"]), item_words(one) if item_words(one) != NO_WORDS else unnamed(str(one.get("source") or "")),
             str(one.get("source") or "") if is_address(str(one.get("source") or "")) else "")
            for one in items_of(guide, "basis")]


def phones_of(guide: Guide) -> Iterator[tuple[str, str, Bilingual, Bilingual]]:
    """Key, number, what it is for, and when it is answered, of every contact that has a number."""
    for one in items_of(guide, "contacts", "complaints"):
        if is_telephone(str(one.get("phone") or "")):
            yield str(one["id"]), str(one["phone"]), said(one), said(one, "hours_zh", "hours_en")


def channels_of(guide: Guide) -> list[tuple[str, Bilingual]]:
    """Code and name of each channel promised."""
    return [(str(one["id"]), said(one)) for one in items_of(guide, "channels")]


def online_of(guide: Guide) -> list[tuple[str, Bilingual, str]]:
    """Key, name and address of each place online where it can be done."""
    return [(str(one["id"]), said(one), str(one["url"])) for one in items_of(guide, "online")
            if is_address(str(one.get("url") or ""))]


def is_address(text: str) -> bool:
    """Whether it can be opened as it stands."""
    return text.startswith(("http://", "https://")) and not re.search(r"\s|[<>\"{}|\\^`]", text)


def iri(address: str) -> str:
    """The address as RDF may write it."""
    return quote(address, safe=":/?#[]@!$&'()*+,;=%~-._")


def is_telephone(text: str) -> bool:
    return bool(TELEPHONE.fullmatch(text))


def without_empty(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row without what says nothing."""
    return {name: value for name, value in row.items() if value not in (None, "", [], {})}


def list_in_words(items: Iterable[Bilingual], language: str) -> str:
    """Several texts as lines of one."""
    return "\n".join(one.in_language(language) for one in items if one != NO_WORDS)
