"""One standard: what state it is in, what it says, how it became so, and what hangs on it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.drafting.actions.publishing import edition
from jizhun.drafting.documents.printers import PRINTERS
from jizhun.drafting.models import Draft, Proposed
from jizhun.frame.addresses import short
from jizhun.frame.charts import Chart
from jizhun.frame.here import Here, public_page
from jizhun.frame.said import proposal_in_words
from jizhun.frame.surround import NotFound
from jizhun.frame.tables import Table, show
from jizhun.frame.tabs import HISTORY, IMPACT, NOW, chosen, tabs
from jizhun.frame.tags import day, here_url, place_name, words
from jizhun.people.actions import grants_of
from jizhun.portal.clauses import Text, text_of
from jizhun.portal.standard_history import history_of
from jizhun.portal.standard_impact import impact_of
from jizhun.portal.standards import standard_url
from jizhun.provisions.actions import measures
from jizhun.regions.actions import tree
from jizhun.standards.actions import library
from jizhun.standards.asking import library_on
from jizhun.standards.rules.library import (
    CURRENT,
    DEGREES,
    DRAFT,
    GROUP,
    INDUSTRY,
    KINDS,
    LOCAL,
    NATIONAL,
    OBJECTS,
    STATUSES,
    SUPERSEDED,
    WITHDRAWN,
    Library,
    Standard,
)

TABS = (NOW, HISTORY, IMPACT)
Links = Sequence[tuple[str, str]]

READING_ROOMS: Mapping[str, tuple[Any, str]] = {
    NATIONAL: (gettext_lazy("the open system of full texts of national standards"), "https://openstd.samr.gov.cn/"),
    INDUSTRY: (gettext_lazy("the information platform of industry standards"), "https://hbba.sacinfo.org.cn/"),
    LOCAL: (gettext_lazy("the information platform of local standards"), "https://dbba.sacinfo.org.cn/"),
    GROUP: (gettext_lazy("the national platform of social organization standards"), "https://www.ttbz.org.cn/"),
}
"""Where texts of a kind can be looked up."""


@dataclass(frozen=True, slots=True)
class State:
    """The state on the day: its code ("" for not yet published), a word, a sentence, and what took its place."""

    code: str
    word: str
    sentence: str
    heirs: Links = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of what is known: words, links, or both."""

    label: str
    text: str = ""
    links: Links = ()


@public_page
def standard(request: HttpRequest, here: Here, number: str) -> HttpResponse:
    """One standard, for the chosen place and day."""
    held, one = library_on(here.on), _known(number, here)
    if (form := request.GET.get("file", "")) in FORMS:
        return _file(one, form)
    tab = chosen(request, TABS)
    text = text_of(here, one.number) if tab == NOW else Text()
    past = history_of(here, held, one) if tab == HISTORY else None
    impact = impact_of(here, held, one) if tab == IMPACT else None
    context = {
        "standard": one, "state": _state(here, held, one), "facts": _facts(here, one), "tab": tab,
        "tabs": tabs(request, TABS), "text": text, "reading_room": READING_ROOMS.get(one.kind),
        "files": FORMS if _published_draft(one) else (),
        "proposed": [(row, proposal_in_words(row.row, measures()))
                     for row in Proposed.objects.filter(number=one.number)],
        "may_cite": _may(request, "provision.record"), "may_report": _may(request, "standard.comment"), "past": past,
        "impact": impact,
        "holds": one.region in {place.code for place in here.path}, "where": _where(one)}
    tables: list[Table] = [*(past.tables if past else ()), *(impact.tables if impact else ())]
    charts: list[Chart] = list(impact.charts) if impact else []
    return show(request, "portal/standards/standard.html", context, tables, charts)


def _known(number: str, here: Here) -> Standard:
    """The standard of this number; of an undated one the edition in force."""
    found = library_on(here.on).resolve(number, here.on) or library().find(number)
    if found is None:
        raise NotFound(zh=f"标准库里没有“{number}”。", en=f"There is no “{number}” in the library.")
    return found


def _may(request: HttpRequest, right: str) -> bool:
    """Whether the reader holds a right somewhere: to report that a clause does not work, to cite what it proposes."""
    grants = grants_of(request.user) if request.user.is_authenticated else ()
    return any(right in one.rights for one in grants)


FORMS = ("docx", "pdf", "xml")
"""Files of a standard that was made here."""


def _published_draft(one: Standard) -> Draft | None:
    return Draft.objects.select_related("project").filter(project__number=one.number, label="published").last()


def _file(one: Standard, form: str) -> HttpResponse:
    """The standard as it was published, in the language of the page."""
    draft = _published_draft(one)
    if draft is None:
        raise NotFound(zh=f"我们没有 {one.number} 的文本。", en=f"We do not hold the text of {one.number}.")
    kind, printed = PRINTERS[form]
    made = edition(draft.project, draft.facts(), "published")
    response = HttpResponse(printed(made, short(get_language())), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{FILE_NAME.sub("-", one.number)}.{form}"'
    return response


FILE_NAME = re.compile(r"[^A-Za-z0-9.-]+")


# -- its state -----------------------------------------------------------------------------------------


def _state(here: Here, held: Library, one: Standard) -> State:
    if one.number not in held.by_number:
        return State("", _("Not yet published on this day"), _published(one))
    status = held.status(one, here.on)
    heirs = held.successors(one, here.on)
    sentence = {CURRENT: _since(one), DRAFT: _("It does not hold yet."), SUPERSEDED: _ended_by(heirs),
                WITHDRAWN: _withdrawn(one)}.get(status, _coming(one))
    return State(status, words(STATUSES[status]), sentence,
                 [(after.number, standard_url(here, after.number)) for after in heirs])


def _published(one: Standard) -> str:
    if one.published_on:
        return _("It was published on %(day)s.") % {"day": day(one.published_on)}
    return _("It was published in %(year)s.") % {"year": one.year} if one.year else ""


def _since(one: Standard) -> str:
    if one.effective_on:
        return _("In force since %(day)s.") % {"day": day(one.effective_on)}
    return " ".join(filter(None, (_published(one), _("Since when it is in force is not on record."))))


def _coming(one: Standard) -> str:
    return _("In force from %(day)s on.") % {"day": day(one.effective_on)} if one.effective_on else ""


def _ended_by(heirs: Sequence[Standard]) -> str:
    days = [since for one in heirs if (since := one.effective_on or one.published_on)]
    return _("Since %(day)s replaced by") % {"day": day(min(days))} if days else _("Replaced by")


def _withdrawn(one: Standard) -> str:
    return _("Since %(day)s; nothing on record took its place.") % {"day": day(one.ended_on)}


# -- what is known of it -------------------------------------------------------------------------------


def _where(one: Standard) -> str:
    return place_name(tree().known(one.region)) if one.region in tree() else one.region


def _facts(here: Here, one: Standard) -> list[Fact]:
    """What is on record, line by line; what is not on record is left out."""
    lines = [
        Fact(_("Kind"), _kind(one)), Fact(_("Holds in"), _where(one)), Fact(_("Published"), day(one.published_on)),
        Fact(pgettext("standard", "In force from"), day(one.effective_on)), Fact(_("Ended"), day(one.ended_on)),
        Fact(pgettext("standard", "Issued by"), words(one.issuer)), Fact(_("In the care of"), words(one.custodian)),
        Fact(_("Scope"), words(one.scope)), Fact(_("Serves"), links=_served(here, one)),
        Fact(_("Class of object"), words(OBJECTS[one.object_class])), Fact("ICS", one.ics), Fact("CCS", one.ccs),
        Fact(_("Adopts"), "; ".join(f"{each.number} ({words(DEGREES[each.degree])}, {each.degree})"
                                    for each in one.adopts)),
        Fact(_("Note"), words(one.note))]
    return [line for line in lines if line.text or line.links]


def _kind(one: Standard) -> str:
    return f"{words(KINDS[one.kind])}, {_('mandatory')}" if one.mandatory else words(KINDS[one.kind])


def _served(here: Here, one: Standard) -> Links:
    return [(words(catalogue().name_of(code)), item_url(here, code)) for code in one.serves]


def item_url(here: Here, code: str) -> str:
    """The page of an item; of a matter, its place on the item's page."""
    item = code.partition("-")[0]
    return here_url({"here": here}, "item", item) + (f"#{code}" if item != code else "")
