"""What became of comments: the page of a single one for whoever made it, and the published table of a round's."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from jizhun.drafting.actions.projects import in_library
from jizhun.drafting.actions.publishing import edition
from jizhun.drafting.models import CommentRow, Consultation, Draft
from jizhun.drafting.rules.cover import LABELS, Edition
from jizhun.drafting.rules.remarks import DISPOSITIONS, TYPES, anchor
from jizhun.drafting.rules.text import numbered
from jizhun.frame.addresses import short, with_query
from jizhun.frame.charts import Bar, Chart, bars
from jizhun.frame.lists import listing
from jizhun.frame.speakers import who_says
from jizhun.frame.surround import NotFound
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import count, share, words
from jizhun.kernel.bilingual import Bilingual
from jizhun.portal.consultation_page import said_of
from jizhun.portal.consultations import published, round_for
from jizhun.portal.draft_text import FIRST_HEADING, Section, holds, sections
from jizhun.regions.actions import tree
from jizhun.regions.rules import Tree

# --- one comment --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """Where a comment stands in the latest draft: in a sentence, with the clause as it reads there."""

    sentence: str
    draft: Draft
    name: Bilingual
    clause: Section | None


def comment_made(request: HttpRequest, token: str) -> HttpResponse:
    """A comment at its own address."""
    row = CommentRow.objects.select_related("project", "consultation__draft", "merged_into").filter(token=token).first()
    if row is None:
        raise NotFound(zh="没有这个地址的意见。请核对地址是否完整。",
                       en="There is no comment at this address. Check that the address is complete.")
    chain = _chain(row)
    last, held = chain[-1] if chain else row, tree()
    return render(request, "portal/consultations/made.html", {
        "comment": row, "said": said_of(row, held), "project": row.project, "round": row.consultation, "chain": [
            (one, who_says(one, held)[0]) for one in chain], "answer": said_of(last, held),
        "desk": held.known(last.desk), "arrived": last.desk == row.project.region,
        "stands": _stands(row), "in_library": in_library(row.project), "new": "new" in request.GET, "address": {},
        "own_address": request.build_absolute_uri(request.path)})


def _chain(row: CommentRow) -> list[CommentRow]:
    """The comments through which this one speaks, step by step."""
    found: list[CommentRow] = []
    while row.merged_into is not None:
        row = row.merged_into
        found.append(row)
    return found


def _stands(row: CommentRow) -> Place:
    """Where the comment stands in the latest draft that was issued."""
    draft = row.project.drafts.order_by("-seq").first() or row.consultation.draft
    clauses = draft.facts()
    found = anchor(row.fact(), clauses)
    clause, state = _quoted(row, edition(row.project, clauses, draft.label)), found.state
    if state == "words_changed" and clause and holds(clause, row.quote):
        state = "there"  # the rule compares with the text as it is kept, a reader quotes it as it is shown
    if state == "there" and _reads_otherwise(row, draft):
        state = "rewritten"
    return Place(_sentence(row, state, found.number), draft, LABELS[draft.label],
                 replace(clause, level=FIRST_HEADING) if clause else None)


def _quoted(row: CommentRow, text: Edition) -> Section | None:
    """The clause in the page's language, or in the other one where only that has the quoted words."""
    here = short(get_language())
    found = [one for language in (here, "en" if here == "zh" else "zh")
             for one in sections(text, language, {row.clause: [row.quote]}) if one.key == row.clause]
    return next((one for one in found if holds(one, row.quote)), found[0] if found else None)


def _reads_otherwise(row: CommentRow, draft: Draft) -> bool:
    """Whether the clause, of which no words were quoted, has other words now than when it was commented."""
    was, now = (next((one for one in text.facts() if one.key == row.clause), None)
                for text in (row.consultation.draft, draft))
    return not row.quote and was is not None and now is not None and (was.body, was.title) != (now.body, now.title)


STANDS: Mapping[str, object] = {
    "whole": gettext_lazy("It is about the whole draft."),
    "there": gettext_lazy("It is about %(then)s, whose words stand there still."),
    "rewritten": gettext_lazy("It is about %(then)s, which reads differently now."),
    "words_changed": gettext_lazy("It is about words of %(then)s that are no longer there: the clause was changed."),
    "clause_gone": gettext_lazy("It is about %(then)s, which is no longer in the draft."),
}


def _sentence(row: CommentRow, state: str, number: str) -> str:
    said = str(STANDS[state]) % {"then": _then(row)}
    if number and number != row.clause_number:
        said = f"{said} {_('Its number is %(number)s now.') % {'number': number}}"
    return said


def _then(row: CommentRow) -> str:
    """The clause as it was called in the draft that was commented."""
    title = next((words(one.title) for one in row.consultation.draft.facts() if one.key == row.clause), "")
    if not row.clause_number:
        return _("the part “%(title)s”") % {"title": title}
    return " ".join(filter(None, (_("clause %(number)s") % {"number": row.clause_number}, title)))


# --- all comments of a round --------------------------------------------------------------------------

OPEN = "open"
KINDS: Mapping[str, Bilingual] = {**DISPOSITIONS, OPEN: Bilingual("尚未答复", "Not answered yet")}
WHOLE = "-"


def dispositions(request: HttpRequest, pk: int) -> HttpResponse:
    """Every comment that is shown, with what became of it and why; one disposition or one clause where asked."""
    round_ = round_for(request, pk)
    rows = list(published(round_).annotate(speaks_for=Count("merged")))
    order = {one.clause.key: place for place, one in enumerate(numbered(round_.draft.facts()))}
    rows.sort(key=lambda row: (order.get(row.clause, -1), row.seq))
    counts = Counter(row.disposition or OPEN for row in rows)
    chosen = [row for row in rows if _asked(request, row)]
    made = listing(request, _table(chosen))
    chart, table = _picture(counts, len(rows)), _counts(counts, len(rows))
    return show(request, "portal/consultations/dispositions.html", {
        "round": round_, "project": round_.project, "listing": made, "chart": chart, "counts": table,
        "place": tree().known(round_.project.region), "all": len(rows), "choices": _choices(request, counts, len(rows)),
        "clause": _clause_asked(request, round_), "answered": len(rows) - counts[OPEN], "finding": _finding(counts),
    }, [made.whole, table], [chart])


def _asked(request: HttpRequest, row: CommentRow) -> bool:
    kind, clause = request.GET.get("disposition", ""), request.GET.get("clause", "")
    return (kind not in KINDS or (row.disposition or OPEN) == kind) and (
        not clause or row.clause == ("" if clause == WHOLE else clause))


def _clause_asked(request: HttpRequest, round_: Consultation) -> str:
    """The name of the clause that was asked for; "" for all."""
    key = request.GET.get("clause", "")
    if key == WHOLE:
        return _("the whole draft")
    made = edition(round_.project, round_.draft.facts(), round_.draft.label) if key else None
    return next((one.name for one in sections(made, short(get_language())) if one.key == key), "") if made else ""


def _choices(request: HttpRequest, counts: Mapping[str, int], total: int) -> list[tuple[str, int, str, bool]]:
    """(words, how many, address, whether chosen) for all and each disposition that there is."""
    now = request.GET.get("disposition", "")
    found = [(_("All comments"), total, with_query(request, disposition=None, page=None), now not in KINDS)]
    return found + [(words(name), counts[kind], with_query(request, disposition=kind, page=None), now == kind)
                    for kind, name in KINDS.items() if counts.get(kind)]


def _table(rows: Sequence[CommentRow]) -> Table:
    columns = [Column("number", _("No."), "head"), Column("clause", _("Clause")), Column("type", _("Kind")),
               Column("who", _("Who")), Column("comment", _("Comment")), Column("instead", _("Instead")),
               Column("disposition", _("Outcome")), Column("reason", _("Reason"))]
    names = {code: words(name) for code, name in (*TYPES.items(), *KINDS.items())}
    held = tree()
    return Table("comments", _("Comments and what became of them"), columns,
                 [_row(row, names, held) for row in rows], stacked=True)


def _row(row: CommentRow, names: Mapping[str, str], held: Tree) -> list[Cell | str]:
    merged: int = row.speaks_for  # type: ignore[attr-defined]
    who, place = who_says(row, held)
    more = _("puts %(n)s comments together") % {"n": merged} if merged else ""
    clause = row.clause_number or ("" if row.clause else _("whole draft"))
    return [
        Cell(row.key, plain=row.seq), Cell(clause, href=f"{reverse('consultation', args=[row.consultation_id])}"
                                           f"#c-{row.clause}" if row.clause else "", plain=row.clause_number),
        names[row.type], Cell(who, small=" · ".join(filter(None, (place, more)))),
        Cell(row.text, small=f"“{row.quote}”" if row.quote else "", plain=row.text), row.proposed,
        Cell(names[row.disposition or OPEN], plain=row.disposition), row.answer]


def _picture(counts: Mapping[str, int], total: int) -> Chart:
    found = [(words(name), counts.get(kind, 0)) for kind, name in KINDS.items()]
    return bars("dispositions", _("Comments by what became of them"),
                [Bar(name, n, f"{count(n)} ({_share(n, total)})") for name, n in found])


def _share(some: int, total: int) -> str:
    return share(some / total) if total else "–"


def _counts(counts: Mapping[str, int], total: int) -> Table:
    columns = [Column("disposition", _("Outcome"), "head"), Column("comments", _("Comments"), "number"),
               Column("share", _("Share"), "number")]
    rows: list[list[Cell | str]] = [
        [Cell(words(name), plain=kind), Cell(count(counts.get(kind, 0)), plain=counts.get(kind, 0)),
         Cell(_share(counts.get(kind, 0), total))] for kind, name in KINDS.items()]
    rows.append([_("In all"), Cell(count(total), plain=total), ""])
    return Table("counts", _("Comments by what became of them"), columns, rows, caption_hidden=True,
                 totals=frozenset({len(rows) - 1}))


def _finding(counts: Mapping[str, int]) -> str:
    """The picture in a sentence."""
    taken, answered = counts["accepted"] + counts["partly"], sum(counts.values()) - counts[OPEN]
    if not answered:
        return _("No comment is answered yet")
    return _("%(taken)s of %(answered)s answered comments changed the draft") % {
        "taken": count(taken), "answered": count(answered)}

