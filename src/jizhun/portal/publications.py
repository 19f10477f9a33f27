"""Published figures: the list, one edition with table and picture, what changed, and files for other programs."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.evaluation.actions import sources
from jizhun.evaluation.models import PublishedEdition
from jizhun.evaluation.publications import edition, editions, publications
from jizhun.evaluation.publications.reading import NoSuchEdition, Out
from jizhun.evaluation.rules.publishing import both, changes
from jizhun.frame.here import Here, public_page
from jizhun.frame.published import csv_of, json_of, pictures_of, tables_of
from jizhun.frame.surround import NotFound
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import day, place_name, words
from jizhun.regions.actions import tree

KINDS = {"csv": ("text/csv; charset=utf-8", csv_of), "json": ("application/json; charset=utf-8", json_of)}


@public_page
def publication_list(request: HttpRequest, here: Here) -> HttpResponse:
    """What is published about the place, the places below and those above; the newest first."""
    around = {place.code for place in here.path} | set(tree().within(here.code, here.on))
    table = _table([one for one in publications() if one.publication.region in around])
    return show(request, "portal/publications.html", {"table": table, "elsewhere": publications()[:1]}, [table])


def _table(found: list[Out]) -> Table:
    columns = [Column("title", _("Title"), "head"), Column("place", _("Place")),
               Column("period", _("Accepted from, to")), Column("data_date", _("Data date"), "date"),
               Column("quality", _("Grade of the data")), Column("edition", _("Edition"), "number"),
               Column("published", _("Published on"), "date"), Column("kind", _("Kind"))]
    return Table("publications", _("Published figures"), columns, [_row(one) for one in found], caption_hidden=True,
                 stacked=True)


def _row(one: Out) -> list[Cell | str]:
    about, content = one.publication, one.edition.proposal.content
    return [Cell(words(about.title), href=reverse("publication", args=[about.code])),
            place_name(tree().known(about.region)), f"{about.first} – {about.last}",
            Cell(day(one.edition.proposal.as_of), plain=content["as_of"]), content["quality"]["grade"],
            Cell(str(one.edition.number), plain=one.edition.number),
            Cell(day(one.edition.published_at.date()), plain=str(one.edition.published_at.date())),
            Cell(_("simulated"), sign="simulated") if about.simulated else _("real cases")]


@public_page
def publication(request: HttpRequest, here: Here, code: str, number: int | None = None) -> HttpResponse:
    """One edition: the newest, or the one that is asked for, which says where it was replaced."""
    found = _found(code, number)
    content, every = found.proposal.content, editions(found.publication)
    tables, pictures = tables_of(content), pictures_of(content)
    before = next((one for one in every if one.number == found.number - 1), None)
    context = {
        "edition": found, "content": content, "newest": every[0], "editions": every,
        "replaced": every[0].number if found != every[0] else 0, "quality": content["quality"],
        "grade": both(content["quality"]["name"]), "remarks": [(one["grade"], both(one)) for one in
                                                               content["quality"]["remarks"]],
        "parts": [(both(one["name"]), both(one["text"]), one["formula"], one["run"], table, picture)
                  for one, table, picture in zip(content["indices"], tables, pictures, strict=True)],
        "place": tree().known(found.publication.region), "source": both(content["source"]),
        "changes": changes(before.proposal.content, content) if before else [], "before": before,
        "gone": found.publication.source not in sources()}
    return show(request, "portal/publication.html", context, tables, pictures)


def publication_file(request: HttpRequest, code: str, number: int, form: str) -> HttpResponse:
    """An edition as ``csv`` or ``json``."""
    if form not in KINDS:
        raise NotFound(zh=f"没有“{form}”格式。", en=f"There is no format “{form}”.")
    found = _found(code, number)
    kind, write = KINDS[form]
    response = HttpResponse(write(found, editions(found.publication)[0].number), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="jizhun-{code}-{number}.{form}"'
    return response


def _found(code: str, number: int | None) -> PublishedEdition:
    try:
        return edition(code, number)
    except NoSuchEdition as missing:
        raise NotFound(zh=missing.sentence.zh, en=missing.sentence.en) from None
