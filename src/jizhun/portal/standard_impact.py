"""What hangs on a standard: what cites it and what it cites, and what its withdrawal would touch."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.frame.charts import Chart
from jizhun.frame.here import Here
from jizhun.frame.tables import Cell, Column, Table
from jizhun.frame.tags import here_url, words
from jizhun.portal.citing import citing_chart
from jizhun.portal.standards import number_cell, number_column, standard_url, status_cell
from jizhun.standards.actions import frameworks
from jizhun.standards.rules.framework import detail_lines
from jizhun.standards.rules.graph import Link, Touched, layers, neighbours, touched_by_withdrawal
from jizhun.standards.rules.library import Library, Standard


@dataclass(frozen=True)
class Impact:
    """Pictures (wide and narrow, none where nothing is cited either way) and tables."""

    charts: tuple[Chart, ...]
    references: Table
    touched: Table
    lines: Table

    @property
    def tables(self) -> list[Table]:
        return [self.references, self.touched, self.lines]


def impact_of(here: Here, held: Library, one: Standard) -> Impact:
    """What is on record on the chosen day."""
    picture = layers(held, one.number, 1, here.on)
    links = {node.number: standard_url(here, node.number) for node in picture.nodes
             if node.standard and node.number != one.number}
    charts = tuple(citing_chart(picture, links, narrow=narrow) for narrow in (False, True))
    return Impact(charts if picture.edges else (), _references(here, held, one), _touched(here, held, one),
                  _lines(here, held, one))


def _references(here: Here, held: Library, one: Standard) -> Table:
    columns = [number_column(), Column("title", _("Title")), Column("status", _("Status")),
               Column("direction", _("Direction")), Column("force", _("How"))]
    around = neighbours(held, one.number, here.on)
    ways: Mapping[str, tuple[Link, ...]] = {_("it cites"): around.cites, _("cites it"): around.cited_by}
    rows = [[*_link(here, held, link), way, _force(normative=link.normative)]
            for way, links in ways.items() for link in links]
    return Table("references", _("References"), columns, rows, caption_hidden=True, stacked=True)


def _link(here: Here, held: Library, link: Link) -> list[Cell | str]:
    if link.standard is None:
        return [link.number, _("not in the library"), ""]
    return [number_cell(here, link.standard), words(link.standard.title),
            status_cell(held.status(link.standard, here.on))]


def _force(*, normative: bool) -> str:
    return _("normatively") if normative else _("for information")


def _touched(here: Here, held: Library, one: Standard) -> Table:
    columns = [number_column(), Column("title", _("Title")), Column("way", _("By which way")),
               Column("force", _("How"))]
    rows = [_touch(here, each) for each in touched_by_withdrawal(held, one.number, here.on)]
    return Table("touched", _("What a withdrawal would touch"), columns, rows, caption_hidden=True, stacked=True)


def _touch(here: Here, one: Touched) -> list[Cell | str]:
    return [number_cell(here, one.standard), words(one.standard.title),
            _("cites it directly") if one.direct else " → ".join(reversed(one.way)),
            _force(normative=one.normative)]


def _lines(here: Here, held: Library, one: Standard) -> Table:
    """The places that it fills in the standards systems."""
    columns = [Column("system", _("System"), "head"), Column("place", _("Number in the system")),
               Column("node", _("Node"))]
    rows: list[list[Cell | str]] = [
        [Cell(words(system.name), href=here_url({"here": here}, "system", system.code)), line.system_number,
         Cell(line.node.name.in_language(get_language() or "en"),
              href=here_url({"here": here}, "system", system.code, node=line.node.code) + "#detail")]
        for system in frameworks() for line in detail_lines(system, held, here.on)
        if line.standard and line.standard.number == one.number]
    return Table("lines", _("Places that it fills in the systems"), columns, rows, caption_hidden=True, stacked=True)
