"""A procedure on pages: a step in a line, the steps as a table and as a picture."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpResponse
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.frame.addresses import short
from jizhun.frame.charts import Chart
from jizhun.frame.promises import mark_in_words
from jizhun.frame.tables import Cell, Column, Table
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Bilingual
from jizhun.procedures.actions import documents, roles
from jizhun.procedures.bpmn.drawing import OWN_COLOURS, picture
from jizhun.procedures.rules import Limit, Role, Step, Steps, role_name
from jizhun.procedures.rules.differing import Mark
from jizhun.procedures.rules.telling import COLUMNS, SEMICOLON, WAITS, Teller
from jizhun.procedures.rules.timing import said

NO_MARKS: Mapping[str, Mark] = {}

Posts = Mapping[str, Role]
Link = Callable[[str], str]
"""From the code of a matter to the page that its step leads to."""


def teller(steps: Steps, posts: Posts | None = None) -> Teller:
    """Tells these steps by the names of posts and papers."""
    return Teller(steps, posts or roles(), documents())


def name_of(row: Mapping[str, Any]) -> str:
    """What a step in plain data is called in the page's language."""
    name = row.get("name") or {}
    return words(Bilingual(str(name.get("zh") or ""), str(name.get("en") or ""))) or str(row.get("id") or "")


def about_row(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Post, time limit, paper and waiting of a step in plain data, as (label, text)."""
    code, limit, paper = str(row.get("role") or ""), row.get("limit"), str(row.get("document") or "")
    waits = WAITS.get(str(row.get("waits_for") or ""))
    told = [(COLUMNS["post"], words(role_name(code, roles())) if code else ""),
            (COLUMNS["limit"], words(said(Limit(**limit))) if isinstance(limit, Mapping) else ""),
            (COLUMNS["paper"], words(teller(Steps()).paper(paper))), (Bilingual("等待", "Waiting"), words(waits))]
    return [(words(label), text) for label, text in told if text]


def whole_step(step: Step, steps: Steps) -> str:
    """All of a step in one line."""
    return words(teller(steps).whole(step))


# -- the table -------------------------------------------------------------------------------------


def steps_table(steps: Steps, link: Link, name: str = "steps", posts: Posts | None = None) -> Table:
    """The twin of the picture: every step with all that is said of it; columns that nothing fills are left out."""
    told = teller(steps, posts)
    kept = told.columns()
    columns = [Column("no", _("No."), "number"),
               *(Column(one, words(COLUMNS[one]), "head" if one == "step" else "text") for one in kept)]
    rows = [[Cell(str(number), plain=number), *_cells(told, step, kept, link)]
            for number, step in enumerate(steps.rows, 1)]
    return Table(name, _("Steps"), columns, rows, caption_hidden=True, stacked=True)


def _cells(told: Teller, step: Step, kept: list[str], link: Link) -> list[Cell]:
    cells = told.cells(step)
    mark = mark_in_words(step.mark) if step.mark else ""
    return [_cell(words(cells[one].text), mark if one == "source" else words(cells[one].small),
                  link(cells[one].calls) if cells[one].calls else "") for one in kept]


def _cell(text: str, small: str, href: str) -> Cell:
    """In files the small line stands behind the text."""
    whole = words(SEMICOLON).join(filter(None, (text, small)))
    return Cell(text, href=href, small=small, plain=whole if small else None)


# -- the picture -----------------------------------------------------------------------------------


def drawn(steps: Steps, title: Bilingual, marks: Mapping[str, Mark] = NO_MARKS, name: str = "procedure",
          posts: Posts | None = None) -> Chart:
    """The picture of the steps in the page's language, coloured by the page."""
    svg = picture(steps, title=title, language=short(get_language()), roles=posts or roles(), marks=marks)
    return Chart(name, mark_safe(svg))  # every text in it was escaped when it was drawn


def as_picture_file(svg: str, name: str) -> HttpResponse:
    """A picture of the page as a file of its own, with colours."""
    response = HttpResponse(svg.replace('">', f'"><style>{OWN_COLOURS}</style>', 1),
                            content_type="image/svg+xml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.svg"'
    return response
