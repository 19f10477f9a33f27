"""The figures of questions as tables show them: on the results of an exam and on the page of a question."""

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from jizhun.frame.tables import Cell, Column, Table
from jizhun.frame.tags import count, share, words
from jizhun.training.models import QuestionVersion
from jizhun.training.rules.papers import in_words
from jizhun.training.rules.statistics import LEAST, Item, remarks

REMARKS: Final = {
    "too_easy": gettext_lazy("nearly everybody knows it"), "too_hard": gettext_lazy("hardly anybody knows it"),
    "weak": gettext_lazy("hardly tells the good from the weak"),
    "negative": gettext_lazy("the weak do better: look at the right answer")}
MOST_CHOSEN = 4


def item_table(rows: Sequence[tuple[Cell, QuestionVersion, Item]], head: str) -> Table:
    """A row for each: a head cell, the version, its figures. Few sittings tell nothing."""
    columns = [Column("question", head, "head"), Column("asked", pgettext("training", "Asked"), "number"),
               Column("difficulty", _("Earned on average"), "number"),
               Column("groups", _("Best less weakest"), "number"), Column("tells", _("Goes with the rest"), "number"),
               Column("chosen", _("Answers given most often")), Column("look", _("Look at"))]
    return Table("items", _("Question by question"), columns,
                 [_row(cell, version, item) for cell, version, item in rows], caption_hidden=True, stacked=True,
                 note=_("Under %(n)s sittings only their number is told.") % {"n": LEAST})


def _row(head: Cell, version: QuestionVersion, item: Item) -> list[Cell | str]:
    asked = Cell(count(item.number), plain=item.number)
    if item.difficulty is None or item.upper_lower is None:
        return [head, asked, "–", "–", "–", "–", ""]
    tells = "–" if item.point_biserial is None else f"{item.point_biserial:.2f}"
    return [head, asked, share(item.difficulty), f"{item.upper_lower:.2f}", tells, _chosen(version, item),
            " · ".join(str(REMARKS[one]) for one in remarks(item))]


def _chosen(version: QuestionVersion, item: Item) -> str:
    return " · ".join(f"{_said(version, one.answer)} {share(one.share)}" for one in item.chosen[:MOST_CHOSEN])


def _said(version: QuestionVersion, answer: str) -> str:
    """An option by its words; anything else as it was typed; nothing as that."""
    if not answer:
        return _("no answer")
    if version.kind not in ("single", "multiple"):
        return answer
    lines = in_words(version.kind, version.content, [answer] if version.kind == "multiple" else answer)
    return " ".join(words(line) for line in lines) or answer
