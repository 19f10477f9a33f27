"""Pages of words: how it is counted, accessibility."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from jizhun.evaluation.indices import INDICES
from jizhun.evaluation.indices.formulas import BETTER, TOPICS, Topic, formula_of
from jizhun.frame.here import Here, public_page
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Bilingual


@public_page
def method(request: HttpRequest, here: Here) -> HttpResponse:
    tables = {"conformance": _conformance(),
              **{topic.code: _formulas(topic) for topic in TOPICS}}
    symbols = {topic.code: topic.symbols for topic in TOPICS}
    return show(request, "portal/method.html", {"tables": tables, "symbols": symbols}, tables.values())


def _conformance() -> Table:
    rows = [[*_named(index.name, index.code), formula_of(index), words(index.text),
             words(BETTER["higher" if index.higher_is_better else "lower"])] for index in INDICES.values()]
    return _table("conformance", _("Conformance"), rows, [])


def _formulas(topic: Topic) -> Table:
    rows: list[list[Cell | str]] = [
        [*_named(one.name, one.code), one.formula,
         Cell(words(one.text), small=f"{words(one.numerator)} / {words(one.denominator)}" if one.numerator.en else ""),
         words(BETTER[one.better]), words(one.source)] for one in topic.formulas]
    return _table(topic.code, words(topic.name), rows, [Column("source", _("Source"))])


def _named(name: Bilingual, code: str) -> list[Cell | str]:
    return [Cell(words(name), small=code)]


def _table(name: str, caption: str, rows: Sequence[Sequence[Cell | str]], more: list[Column]) -> Table:
    columns = [Column("index", _("Indicator"), "head"), Column("formula", _("Formula")),
               Column("text", _("What it says")),
               Column("better", _("Better")), *more]
    return Table(name, caption, columns, rows, caption_hidden=True, stacked=True)


def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/accessibility.html")
