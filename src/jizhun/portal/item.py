"""The item page: who it is for, what is promised here on this day and where that comes from, what the list says."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.catalogue.models import Category
from jizhun.catalogue.rules import Catalogue, Entry
from jizhun.entitlements.actions import entitlements
from jizhun.frame.here import Here, public_page
from jizhun.frame.promises import Promise, Reader, promise_table
from jizhun.frame.surround import NotFound
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tabs import HISTORY, NOW, chosen, tabs
from jizhun.frame.tags import day, words
from jizhun.kernel.bilingual import Bilingual
from jizhun.portal.entitled_words import heads_of
from jizhun.portal.item_history import history_of
from jizhun.portal.listing import edition_on, editions
from jizhun.provisions.actions import book, labels, promised
from jizhun.provisions.rules import Answer
from jizhun.regions.actions import tree

TABS = (NOW, HISTORY)


@dataclass(frozen=True, slots=True)
class Section:
    """What is promised for the item itself or for one of its matters."""

    code: str
    name: Bilingual
    promises: list[Promise]


@public_page
def item(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    """One item, for the chosen place, day and group."""
    held = catalogue()
    if code not in held.items:
        raise NotFound(zh=f"没有编码为“{code}”的服务项目。", en=f"There is no service item with the code “{code}”.")
    group, tab = request.GET.get("group") or "all", chosen(request, TABS)
    sections = _sections(held, code, here, group) if tab == NOW else []
    pasts = history_of(held, code, here) if tab == HISTORY else []
    edition = edition_on(here.place.root, here.on)
    entry = held.entry(code, edition.code) if edition and edition.code in held.editions else None
    category = Category.objects.select_related("area").filter(code=entry.category).first() if entry else None
    history = _history(held, code, here.place.root)
    promises = [(section.code, promise) for section in sections for promise in section.promises]
    spoken = {section.code for section in sections}
    context = {
        "code": code, "name": held.items[code], "edition": edition, "entry": entry, "category": category,
        "columns": _columns(entry) if entry else [],
        "told": entry is not None and any(words(text) for _label, text in _columns(entry)),
        "sections": sections, "history": history, "tab": tab, "tabs": tabs(request, TABS), "pasts": pasts,
        "group": group, "groups": _groups(held, code),
        "examples": any(one.example for one in held.matters_of(code)),
        "benefits": heads_of(entitlements(), code),
        "silent_matters": [one for one in held.matters_of(code) if one.code not in spoken],
    }
    parts = [promise.parts for _, promise in promises if promise.parts]
    tables = [promise_table(promises), history, *parts, *(past.table for past in pasts)]
    return show(request, "portal/item.html", context, tables, [past.chart for past in pasts if past.chart])


def _sections(held: Catalogue, code: str, here: Here, group: str) -> list[Section]:
    reader = Reader(tree(), labels(), book().measures)
    sections = [Section(code, held.items[code], _promises(reader, code, here, group))]
    sections += [Section(one.code, one.name, _promises(reader, one.code, here, group))
                 for one in held.matters_of(code)]
    return [section for section in sections if section.promises]


def _promises(reader: Reader, subject: str, here: Here, group: str) -> list[Promise]:
    """The cards on which somebody speaks about this very subject; what holds for the whole item stands there."""
    answers = promised(matter=subject, region=here.code, on=here.on, group=group)
    return [reader.promise(answer) for answer in answers if _speaks_of(answer, subject)]


def _speaks_of(answer: Answer, subject: str) -> bool:
    return any(step.say is not None and step.say.subject == subject for step in answer.path)


def _groups(held: Catalogue, code: str) -> list[tuple[str, Bilingual]]:
    """The groups for which somebody has said something on this item, everybody first."""
    subjects = {code, *(matter.code for matter in held.matters_of(code))}
    spoken = {group for (subject, _), places in book().lines.items() if subject in subjects
              for slots in places.values() for group, _ in slots} - {"all"}
    everybody = held.wider["all"].name if "all" in held.wider else Bilingual("所有人", "Everybody")
    return [("all", everybody), *((one, held.wider[one].name) for one in sorted(spoken) if one in held.wider)]


def _columns(entry: Entry) -> list[tuple[str, Bilingual]]:
    return [(_("Who it is for"), entry.recipients), (_("What is given"), entry.content),
            (_("Standard"), entry.standard), (_("Who pays"), entry.payer), (_("Who leads"), entry.lead)]


def _history(held: Catalogue, code: str, root: str) -> Table:
    columns = [Column("edition", _("Edition"), "head"), Column("number", _("No."), "number"),
               Column("name", _("Name in this edition")), Column("valid_from", _("In force from"), "date")]
    found = [(one, entry) for one in editions(root) if (entry := held.editions.get(one.code, {}).get(code))]
    return Table("history", _("In each edition"), columns, [
        [words(one.name), str(entry.number), words(entry.name),
         Cell(day(one.valid_from), plain=str(one.valid_from))] for one, entry in found],
        caption_hidden=True, stacked=True)
