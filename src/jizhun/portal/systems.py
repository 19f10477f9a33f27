"""The standards systems: their structure as a picture, their tables, and the papers that are handed in of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from jizhun.drafting.actions.projects import procedure_of
from jizhun.drafting.models import Project
from jizhun.drafting.rules.stages import ENDED
from jizhun.frame.addresses import short, with_query
from jizhun.frame.here import Here, public_page
from jizhun.frame.lists import listing
from jizhun.frame.surround import NotFound
from jizhun.frame.tables import XLSX, Cell, Column, Table, show
from jizhun.frame.tags import here_url, share, words
from jizhun.kernel.bilingual import COMMA, Refused
from jizhun.people.actions import allows, path_to
from jizhun.people.models import User
from jizhun.portal.standards import in_force_column, mark_cell, number_cell, status_cell
from jizhun.standards import documents
from jizhun.standards.actions import framework_of, frameworks
from jizhun.standards.asking import edition_of, package_of
from jizhun.standards.documents import Edition, StatisticsRow
from jizhun.standards.documents.explanation import explanation
from jizhun.standards.documents.paper import picture_of
from jizhun.standards.rules.diagram import as_svg
from jizhun.standards.rules.framework import FORMS, Count, Framework, Line, Node, by_node, counted, line_for
from jizhun.standards.rules.library import KINDS, OBJECTS

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PAPERS = {"xlsx": XLSX, "docx": DOCX, "zip": "application/zip"}
"""What can be taken away: ``?paper=`` and its type."""
DETAIL_ROWS = 40


@dataclass(frozen=True, slots=True)
class SystemLine:
    """One system in the list of systems."""

    framework: Framework
    nodes: int
    count: Count


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the detail table is narrowed to: a node with all under it, and perhaps one kind."""

    node: Node | None
    kind: str

    def fits(self, line: Line, inside: set[str]) -> bool:
        return (self.node is None or line.node.code in inside) and self.kind in ("", line.kind)


@public_page
def systems(request: HttpRequest, here: Here) -> HttpResponse:
    """The systems that hold at the place."""
    path = {place.code for place in here.path}
    found = [SystemLine(one, len(one.nodes), counted(edition_of(one, here.on, _tongue()).lines))
             for one in frameworks(here.on) if one.region in path]
    return show(request, "portal/standards/systems.html", {"systems": found})


@public_page
def system(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    """One system on the chosen day, in the chosen form; or one of its papers."""
    framework = _known(code, here)
    edition = edition_of(framework, here.on, _tongue())
    if request.GET.get("paper") in PAPERS:
        return _paper(request.GET["paper"], edition)
    form = request.GET.get("form", "") if request.GET.get("form") in FORMS else next(iter(FORMS))
    picked = _chosen(request, framework)
    detail = _detail(here, edition, picked)
    shown = listing(request, detail, page_rows=DETAIL_ROWS)
    to_make, kinds, objects = _to_make(edition), *_statistics(edition)
    context = {
        "framework": framework, "count": edition.statistics.total, "form": form, "listing": shown, "picked": picked,
        "forms": [(key, words(name), with_query(request, form=key), key == form) for key, name in FORMS.items()],
        "pictures": _pictures(request, edition, form), "kinds": kinds, "objects": objects, "to_make": to_make,
        "nodes": [(node, "–" * depth, each) for node, depth in framework.walk()
                  for each in [by_node(framework, edition.lines)[node.code]]],
        "may_plan": _may_plan(request, framework),
        "explanation": list(explanation(edition)), "kind_word": words(KINDS.get(picked.kind))}
    return show(request, "portal/standards/system.html", context, [shown.whole, kinds, objects, to_make])


def _may_plan(request: HttpRequest, framework: Framework) -> bool:
    return isinstance(request.user, User) and allows(by=request.user, right="standard.edit",
                                                     path=path_to(framework.region))


def _tongue() -> str:
    return short(get_language())


def _known(code: str, here: Here) -> Framework:
    try:
        return framework_of(code, here.on)
    except Refused as refused:
        raise NotFound(zh=refused.sentence.zh, en=refused.sentence.en) from None


def _chosen(request: HttpRequest, framework: Framework) -> Chosen:
    node = next((one for one in framework.nodes if one.code == request.GET.get("node")), None)
    kind = request.GET.get("kind", "")
    return Chosen(node, kind if kind in KINDS else "")


# -- pictures ------------------------------------------------------------------------------------------


def _pictures(request: HttpRequest, edition: Edition, form: str) -> list[SafeString]:
    """The diagram for wide and for narrow screens; a box leads to its lines in the detail table."""
    links = _links(request, edition.framework)
    drawn = (as_svg(picture_of(edition, form, narrow=narrow), links) for narrow in (False, True))
    return [mark_safe(one) for one in drawn]  # made by rules/diagram, which escapes every text


def _links(request: HttpRequest, framework: Framework) -> Mapping[str, str]:
    found = {}
    for node in framework.nodes:
        found[node.code] = with_query(request, node=node.code, kind=None, page=None) + "#detail"
        for kind in KINDS:
            found[f"{node.code}/{kind}"] = with_query(request, node=node.code, kind=kind, page=None) + "#detail"
    return found


# -- tables --------------------------------------------------------------------------------------------


def _detail(here: Here, edition: Edition, picked: Chosen) -> Table:
    inside = edition.framework.below(picked.node.code) if picked.node else set()
    columns = [Column("place", _("Number in the system"), "head"), Column("number", pgettext("standard", "Number")),
               Column("title", _("Title")), Column("kind", _("Level it should have")),
               in_force_column(), Column("status", _("State")),
               Column("mark", _("Verified"))]
    rows = [_line(here, line) for line in edition.lines if picked.fits(line, inside)]
    return Table("detail", _("Detailed list of standards"), columns, rows, caption_hidden=True, stacked=True)


def _line(here: Here, line: Line) -> list[Cell | str]:
    one = line.standard
    number = number_cell(here, one) if one else Cell(line.entry.number)
    state = status_cell(line.status) if one else Cell(_state(line), sign="state-draft")
    return [Cell(line.system_number, small=words(line.node.name), plain=line.system_number), number, words(line.title),
            words(KINDS[line.kind]), one.effective_on.isoformat() if one and one.effective_on else "", state,
            mark_cell(one.mark) if one else ""]


def _state(line: Line) -> str:
    if line.entry.number:
        return _("not in the library")
    if line.entry.plan_year:
        return _("to be made, planned for %(year)s") % {"year": line.entry.plan_year}
    return _("to be made, not planned yet")


def _to_make(edition: Edition) -> Table:
    """Every line that no standard fills."""
    columns = [Column("place", _("Number in the system"), "head"), Column("title", _("Title")),
               Column("kind", _("Level it should have")), Column("serves", _("Serves")), Column("basis", _("Basis")),
               Column("state", _("State"))]
    rows: list[list[Cell | str]] = [
        [line.system_number, words(line.title), words(KINDS[line.kind]), words(COMMA).join(line.entry.serves),
         words(line.entry.basis), _state(line)] for line in edition.lines if not line.have]
    return Table("to_make", _("Standards to be made"), columns, rows, caption_hidden=True, stacked=True)


def _statistics(edition: Edition) -> tuple[Table, Table]:
    """The two blocks of the statistics table of GB/T 13016: by kind, by class of object."""
    rows = documents.statistics_rows(edition.statistics, edition.language)
    cut = len(KINDS) + 1
    return (_block("by_kind", _("By kind of standard"), rows[:cut]),
            _block("by_object", _("By class of object"), rows[cut:cut + len(OBJECTS) + 1]))


def _block(name: str, caption: str, rows: Sequence[StatisticsRow]) -> Table:
    columns = [Column("name", caption, "head"), Column("should", _("Should be there"), "number"),
               Column("have", _("Are there"), "number"), Column("share", _("Share"), "number")]
    cells: list[list[Cell | str]] = [
        [row.name, Cell(str(row.count.should), plain=row.count.should), Cell(str(row.count.have), plain=row.count.have),
         share(row.count.share)] for row in rows]
    totals = frozenset(at for at, row in enumerate(rows) if row.total)
    return Table(name, caption, columns, cells, caption_hidden=True, totals=totals)


# -- papers --------------------------------------------------------------------------------------------


def _paper(kind: str, edition: Edition) -> HttpResponse:
    """One of the papers as a file to be kept."""
    if kind == "zip":
        content = package_of(edition.framework, edition.on, edition.language, _projects(edition))
    else:
        content = documents.tables_xlsx(edition) if kind == "xlsx" else documents.tables_docx(edition)
    response = HttpResponse(content, content_type=PAPERS[kind])
    name = f"jizhun-system-{edition.framework.code}-{edition.on.isoformat()}-{edition.language}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _projects(edition: Edition) -> list[documents.Project]:
    """What is being drafted for lines of the system; a simulated project is no part of a real paper."""
    running = Project.objects.exclude(stage__in=ENDED).filter(region=edition.framework.region, kind__in=KINDS)
    real = running.filter(simulated=False).order_by("pk")
    return [_project(one, line) for one in real for line in [line_for(edition.lines, one.kind, one.title_zh)] if line]


def _project(one: Project, line: Line) -> documents.Project:
    return documents.Project(one.title, one.kind, procedure_of(one).stages[one.stage].name, one.proposer, one.due_on,
                             line.system_number)


def system_url(here: Here, code: str, node: str = "") -> str:
    """The page of a system, perhaps with one node chosen."""
    return here_url({"here": here}, "system", code, node=node) + ("#detail" if node else "")
