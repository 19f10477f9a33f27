"""What a guide says, laid out for reading: the same lines on the public page and at the workbench."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from jizhun.frame.addresses import short
from jizhun.frame.procedure_words import about_row, name_of
from jizhun.frame.promises import Reader
from jizhun.frame.tags import place_name, words
from jizhun.guides.rules.fields import Content, Field
from jizhun.guides.rules.guide import Difference, Shown
from jizhun.guides.rules.layers import Part
from jizhun.guides.rules.points import DAYS, Point, week
from jizhun.guides.rules.reaching import dialled, opens
from jizhun.kernel.bilingual import COMMA, Bilingual
from jizhun.procedures.rules.telling import ARROW
from jizhun.provisions.rules.telling import quantity
from jizhun.regions.rules import Tree

ROLES = {"enquiry": gettext_lazy("Enquiries"), "supervision": gettext_lazy("Complaints about the service"),
         "conduct": gettext_lazy("Complaints about conduct"), "other": gettext_lazy("Other")}
FORMS = {"original": gettext_lazy("original"), "copy": gettext_lazy("copy"),
         "original_and_copy": gettext_lazy("original and copy"), "electronic": gettext_lazy("electronic")}


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its words, what is said about it (label, text), where it can be read, and whom to call.

    ``borrowed``: the words are in the other language, because there are none in the page's.
    """

    text: str
    key: str = ""
    about: tuple[tuple[str, str], ...] = ()
    clause: str = ""
    source: str = ""
    mark: str = ""
    url: str = ""
    phone: str = ""
    borrowed: bool = False

    @property
    def dial(self) -> str:
        """The number as a telephone takes it."""
        return dialled(self.phone)


def said(content: Mapping[str, Any], zh: str = "zh", en: str = "en") -> Bilingual:
    """Words of plain data in both languages."""
    return Bilingual(str(content.get(zh) or ""), str(content.get(en) or ""))


def borrowed(text: Bilingual) -> bool:
    """Whether the words are there in the other language only."""
    own = text.zh if short(get_language()) == "zh" else text.en
    return not own and bool(text.zh or text.en)


def lines_of(field: Field, content: Content) -> list[Line]:
    """What a typed field says, line by line."""
    if content is None:
        return []
    if field.kind == "choice":
        return [Line(words(dict(field.options).get(content, Bilingual(str(content), str(content)))))]
    if field.kind == "text":
        text = said(content)
        return [Line(one, borrowed=borrowed(text)) for one in words(text).split("\n\n") if one]
    return [step_line(item) if field.kind == "procedure" else line_of(item) for item in content]


def line_of(item: Mapping[str, Any]) -> Line:
    """One item of a list."""
    text = said(item)
    return Line(words(text), str(item["id"]), tuple(_about(item)), words(said(item, "clause_zh", "clause_en")),
                str(item.get("source") or ""), str(item.get("mark") or ""), _link(item),
                str(item.get("phone") or ""), borrowed(text))


def _link(item: Mapping[str, Any]) -> str:
    """Where the line can be opened, if it can."""
    url = str(item.get("url") or "")
    return url if opens(url) else ""


def step_line(item: Mapping[str, Any]) -> Line:
    """One step of a procedure: its name, and who does it in which time."""
    name = said(item.get("name") or {})
    return Line(name_of(item), str(item["id"]), tuple(about_row(item)), words(said(item.get("source") or {})),
                mark=str(item.get("mark") or ""), borrowed=borrowed(name))


def _about(item: Mapping[str, Any]) -> list[tuple[str, str]]:
    role, form = str(item.get("role") or ""), str(item.get("form") or "")
    copies = str(item.get("copies") or "")
    told = [(_("What for"), str(ROLES.get(role, ""))),
            (_("Where to get it"), words(said(item, "where_zh", "where_en"))),
            (_("Form"), " × ".join(filter(None, (str(FORMS.get(form, "")), copies)))),
            (_("Already held by"), words(said(item, "held_by_zh", "held_by_en"))),
            (_("Within"), _("%(n)s days") % {"n": item["days"]} if item.get("days") else ""),
            (_("Until"), str(item.get("until") or "")), (_("Hours"), words(said(item, "hours_zh", "hours_en")))]
    return [(label, text) for label, text in told if text]


def one_line(field: Field, content: Content) -> str:
    """What a field says in one short line, for tables; steps are joined by arrows."""
    if field.kind == "procedure":
        return ARROW.join(name_of(item) for item in content or ())
    return in_a_row(texts_of(field, content))


def texts_of(field: Field, content: Content) -> list[str]:
    """The lines of a typed field as plain texts, a telephone number after the words it belongs to."""
    return [line.text + (f" {line.phone}" if line.phone else "") for line in lines_of(field, content)]


def in_a_row(texts: Sequence[str]) -> str:
    """Sentences in one line: those that another follows lose their full stop to the semicolon."""
    stop, between = (".", "; ") if short(get_language()) == "en" else ("。", "；")
    return between.join([*(one.removesuffix(stop) for one in texts[:-1]), *texts[-1:]])


def shown_value(shown: Shown, reader: Reader) -> str:
    """What a field says in one short line, whatever its kind."""
    if shown.field.kind == "measure":
        figure = reader.figure(shown.answer) if shown.answer else None
        return figure.whole if figure else ""
    if shown.field.kind == "points":
        return ", ".join(words(one.name) for one in shown.points[:3])
    return one_line(shown.field, shown.content)


def from_where(parts: Sequence[Part], held: Tree) -> list[tuple[str, str]]:
    """The places that a field comes from: (code, name)."""
    return [(part.place, place_name(held.known(part.place))) for part in parts]


def content_line(field: Field, content: Content) -> str:
    """Content of any kind in a line; values promised and points are plain data already."""
    if content is None:
        return ""
    if field.typed:
        return one_line(field, content)
    if isinstance(content, dict) and "amount" in content:
        return words(quantity(Decimal(content["amount"]), content["unit"]))
    rows = content if isinstance(content, list) else [content]
    return words(COMMA).join(words(said(one)) for one in rows)


@dataclass(frozen=True, slots=True)
class Change:
    """A field that says something else than before: the lines that are ``gone``, those that have ``come``.

    Lines of a list that stand as they stood are only counted: ``kept``.
    """

    name: str
    gone: list[str]
    come: list[str]
    kept: int = 0


def change_of(one: Difference) -> Change:
    """A difference, line by line; where only what stands behind the words is another, no line has gone or come."""
    before, after = (_lines(one.field, content) for content in (one.before, one.after))
    if not one.field.is_list:
        return Change(words(one.field.name), before, after)
    gone, come = ([text for text in some if text not in others] for some, others in ((before, after), (after, before)))
    return Change(words(one.field.name), gone, come, len(after) - len(come))


def _lines(field: Field, content: Content) -> list[str]:
    if field.is_list and field.kind != "procedure" and content is not None:
        return texts_of(field, content)
    line = content_line(field, content)
    return [line] if line else []


def hours_in_words(one: Point) -> str:
    """Opening hours in a line: Monday to Friday 09:00–12:00."""
    spans = [f"{_week_days(first, last)} {text.replace(', ', words(COMMA))}" for first, last, text in week(one.hours)]
    return words(Bilingual("；", "; ")).join(spans)


def _week_days(first: int, last: int) -> str:
    return words(DAYS[first]) if first == last else words(Bilingual(
        f"{DAYS[first].zh}至{DAYS[last].zh}", f"{DAYS[first].en} to {DAYS[last].en}"))
