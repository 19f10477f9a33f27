"""One round of comments: the draft clause by clause, what was said on each, and the forms to say something."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from jizhun.drafting.actions.comments import TooMany
from jizhun.drafting.actions.projects import procedure_of
from jizhun.drafting.actions.publishing import edition
from jizhun.drafting.documents import as_docx, as_pdf
from jizhun.drafting.documents.layout import Entry
from jizhun.drafting.models import CommentRow, Consultation
from jizhun.drafting.rules.cover import Edition
from jizhun.drafting.rules.remarks import DISPOSITIONS, TYPES
from jizhun.frame.addresses import short
from jizhun.frame.speakers import who_says
from jizhun.frame.surround import NotFound
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.rules import Forbidden
from jizhun.portal.consultation_form import BODY, PUBLIC, Form, blank, checked, places_spoken_for, posted, send
from jizhun.portal.consultations import Listed, published, round_for, waiting
from jizhun.portal.draft_text import Section, entries, sections
from jizhun.regions.actions import tree
from jizhun.regions.rules import Tree

MOST_SHOWN = 20
"""So many comments of a clause stand under it, the latest first; the table has all."""
PRINTERS = {
    "docx": (as_docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "pdf": (as_pdf, "application/pdf"),
}
KEPT_SECONDS = 3600
STATUSES: Mapping[type[Refused], int] = {TooMany: 429, Forbidden: 403}


@dataclass(frozen=True, slots=True)
class Said:
    """A comment as it stands under its clause."""

    key: str
    kind: Bilingual
    who: str
    place: str
    on: date
    quote: str
    text: str
    proposed: str
    disposition: Bilingual | None
    answer: str


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of the draft with what was said on it; ``count`` may be more than what is listed."""

    section: Section
    said: Sequence[Said]
    count: int


def consultation(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a round; a comment is posted to it."""
    page = _Page(request, round_for(request, pk))
    if request.method == "POST":
        return page.taken()
    if wanted := request.GET.get("file"):
        return page.file(wanted)
    return page.shown({})


def said_of(row: CommentRow, held: Tree) -> Said:
    """A comment as pages show it."""
    return Said(row.key, TYPES[row.type], *who_says(row, held), timezone.localdate(row.made_at), row.quote, row.text,
                row.proposed, DISPOSITIONS.get(row.disposition), row.answer)


class _Page:
    """What is shown of one round to one reader."""

    def __init__(self, request: HttpRequest, row: Consultation) -> None:
        self.request, self.row, self.project = request, row, row.project
        self.language = short(get_language())
        self.today, self.held = timezone.localdate(), tree()
        self.edition = edition(row.project, row.draft.facts(), row.draft.label)

    # -- the file --------------------------------------------------------------------------------------

    def file(self, wanted: str) -> HttpResponse:
        """The draft as a document to print or to write in."""
        if wanted not in PRINTERS:
            raise NotFound(zh=f"没有“{wanted}”格式的文件。", en=f"There is no file of the kind “{wanted}”.")
        printer, kind = PRINTERS[wanted]
        # A draft never changes, its cover may: what is on it is part of the name under which the file is held.
        name = f"draft-{self.row.draft_id}-{self.language}-{wanted}-{_cover_words(self.edition)}"
        content = cache.get_or_set(name, lambda: printer(self.edition, self.language), KEPT_SECONDS)
        response = HttpResponse(content, content_type=kind)
        file = f"{self.project.code}-{self.row.draft.seq}-{self.language}.{wanted}"
        response["Content-Disposition"] = f'attachment; filename="{file}"'
        return response

    # -- a comment -------------------------------------------------------------------------------------

    def taken(self) -> HttpResponse:
        """Take the posted comment, or show the form again with every word that was typed."""
        keys = [one.key for one in self.edition.clauses]
        form = checked(posted(self.request.POST), self.request.POST, keys)
        if form.wrong:
            return self.shown({form.who: form}, status=400)
        try:
            kept = send(self.request, form, self.row)
        except Refused as refused:
            again = replace(form, wrong={"": words(refused.sentence)})
            status = next((code for kind, code in STATUSES.items() if isinstance(refused, kind)), 400)
            return self.shown({form.who: again}, status=status)
        return HttpResponseRedirect(f"{reverse('comment-made', args=[kept.token])}?new=1")

    # -- the page --------------------------------------------------------------------------------------

    def shown(self, forms: Mapping[str, Form], status: int = 200) -> HttpResponse:
        """The page; ``forms``: those that were sent and came back."""
        rows = list(published(self.row))
        clauses = self._clauses(rows)
        listed = Listed(self.row, self.held.known(self.project.region), self.today, len(rows),
                        sum(bool(one.disposition) for one in rows))
        offered = self._forms(forms, clauses)
        return render(self.request, "portal/consultations/one.html", {
            "round": self.row, "project": self.project, "listed": listed, "place": listed.place,
            "procedure": procedure_of(self.project).name, "asks": Bilingual(self.row.asks_zh, self.row.asks_en),
            "bodies": [self.held.known(code) for code in self.row.bodies], "contents": self._contents(),
            "whole": clauses[""], "clauses": [one for key, one in clauses.items() if key],
            "forms": offered, "waiting": waiting(self.row), "chosen": self._chosen(clauses),
            "wrong": [error for form in offered for error in form.errors],
        }, status=status)

    def _contents(self) -> list[Entry]:
        return entries(self.edition, self.language)

    def _clauses(self, rows: Sequence[CommentRow]) -> dict[str, Clause]:
        """Every clause by its key, in order; "" for the draft as a whole."""
        by_clause: dict[str, list[CommentRow]] = {}
        for row in rows:
            by_clause.setdefault(row.clause, []).append(row)
        quotes = {key: [one.quote for one in some if one.quote] for key, some in by_clause.items()}
        counts = Counter({key: len(some) for key, some in by_clause.items()})
        made = {"": Section.whole(), **{one.key: one for one in sections(self.edition, self.language, quotes)}}
        return {key: Clause(section, [said_of(one, self.held) for one in by_clause.get(key, [])[:-MOST_SHOWN - 1:-1]],
                            counts[key]) for key, section in made.items()}

    def _chosen(self, clauses: Mapping[str, Clause]) -> str:
        key = self.request.GET.get("clause", "")
        return key if key in clauses else ""

    def _forms(self, sent: Mapping[str, Form], clauses: Mapping[str, Clause]) -> list[Form]:
        """The forms that this reader may fill, that of their body first; and those that were sent, come what may."""
        names = [(key, one.section.name) for key, one in clauses.items() if key]
        places = places_spoken_for(self.request, self.row)
        open_now = self.row.open_on(self.today)
        kinds = {BODY: open_now and bool(places), PUBLIC: open_now and self.row.public}
        forms = (sent.get(who) or blank(who, self._chosen(clauses))
                 for who, offered in kinds.items() if offered or who in sent)
        return [replace(form, clauses=names, regions=places) for form in forms]


def _cover_words(made: Edition) -> str:
    return sha256(repr(made.cover).encode()).hexdigest()[:16]
