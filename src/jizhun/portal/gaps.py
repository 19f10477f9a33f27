"""Gaps, faults and the review clock: what is amiss in the standards that concern a place, and who can mend it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.catalogue.rules import Catalogue
from jizhun.drafting.actions.publishing import promised_by_standards
from jizhun.frame.addresses import with_query
from jizhun.frame.here import Here, public_page
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import NATION, here_url, place_name, words
from jizhun.kernel.bilingual import COMMA, Bilingual
from jizhun.portal.standard import item_url
from jizhun.portal.standards import standard_url
from jizhun.portal.systems import system_url
from jizhun.regions.actions import tree
from jizhun.regions.rules import Tree
from jizhun.standards.actions import frameworks
from jizhun.standards.asking import Coverage, coverage_at, faults_at, library_on
from jizhun.standards.rules.faults import FAULT_KINDS, SEVERITIES, Fault
from jizhun.standards.rules.library import KINDS, LOCAL, Library, Standard

DEEPEST = 5
SEEN_AT_ONCE = 6
"""Of every kind; all of them where one kind is asked for."""


@dataclass(frozen=True, slots=True)
class FaultShown:
    """A fault as the template walks it: its sentence, what it is about with addresses, and who can mend it."""

    severity: str
    sentence: str
    subjects: Sequence[tuple[str, str]]
    mender: str


@dataclass(frozen=True, slots=True)
class Group:
    """All faults of one kind."""

    kind: str
    name: str
    severity: str
    faults: Sequence[FaultShown]
    first_ones: int

    @property
    def first(self) -> Sequence[FaultShown]:
        """Those that are seen at once."""
        return self.faults[:self.first_ones]

    @property
    def more(self) -> Sequence[FaultShown]:
        """Those that are opened by a click."""
        return self.faults[self.first_ones:]


@dataclass(frozen=True, slots=True)
class Square:
    """A cell of the matrix: how many standards, how deep its shade, where they are listed."""

    number: int
    shade: int
    href: str


@dataclass(frozen=True, slots=True)
class MatrixLine:
    """An item with a cell for each level."""

    code: str
    name: str
    href: str
    squares: Sequence[Square]


@dataclass(frozen=True, slots=True)
class Seen:
    """What one request looks at: place and day, and the rooms as they are now, each asked for once."""

    here: Here
    library: Library
    names: Catalogue
    places: Tree
    systems: Mapping[str, Bilingual]

    def name(self, code: str) -> str:
        """An item or matter in words."""
        return words(self.names.name_of(code))


@public_page
def gaps(request: HttpRequest, here: Here) -> HttpResponse:
    """Gaps and faults of the chosen place and day."""
    seen = Seen(here, library_on(here.on), catalogue(), tree(), {one.code: one.name for one in frameworks()})
    found, coverage = faults_at(here.code, here.on, promised_by_standards()), coverage_at(here.code, here.on)
    kind, severity = request.GET.get("kind", ""), request.GET.get("severity", "")
    wanted = [one for one in found if kind in ("", one.kind) and severity in ("", one.severity)]
    table, covered = _table(seen, wanted), _covered(seen, coverage)
    context = {
        "groups": _groups(seen, wanted, len(wanted) if kind else SEEN_AT_ONCE), "number": len(found),
        "shown": len(wanted), "table": table, "covered": covered, "levels": _levels(here, coverage),
        "lines": _lines(seen, coverage), "items": len(coverage),
        "bare": sum(not any(levels.values()) for levels in coverage.values()),
        "severities": _offered(request, "severity", SEVERITIES, Counter(one.severity for one in found)),
        "kinds": _offered(request, "kind", FAULT_KINDS, Counter(one.kind for one in found)),
        "library": bool(seen.library.by_number)}
    return show(request, "portal/standards/gaps.html", context, [table, covered])


Offered = list[tuple[str, int, str, bool]]


def _offered(request: HttpRequest, name: str, all_of: Mapping[str, Bilingual], counts: Counter[str]) -> Offered:
    """Each choice: words, how many, its address, and whether it is chosen; the first is all."""
    asked = request.GET.get(name, "")
    first = (_("all"), sum(counts.values()), with_query(request, **{name: None}), not asked)
    return [first, *((words(text), counts[key], with_query(request, **{name: key}), asked == key)
                     for key, text in all_of.items() if counts[key])]


# -- faults --------------------------------------------------------------------------------------------


def _groups(seen: Seen, found: Sequence[Fault], first: int) -> list[Group]:
    """By severity and kind, as the rules order them."""
    keys = dict.fromkeys((one.severity, one.kind) for one in found)
    ordered = sorted(keys, key=lambda key: (list(SEVERITIES).index(key[0]), list(FAULT_KINDS).index(key[1])))
    return [Group(kind, words(FAULT_KINDS[kind]), words(SEVERITIES[severity]),
                  [_shown(seen, one) for one in found if (one.severity, one.kind) == (severity, kind)], first)
            for severity, kind in ordered]


def _shown(seen: Seen, one: Fault) -> FaultShown:
    return FaultShown(one.severity, words(one.sentence), [_subject(seen, one, text) for text in one.subjects],
                      _mender(seen, one))


def _mender(seen: Seen, one: Fault) -> str:
    if one.place == NATION:
        return _("the national level")
    return place_name(seen.places.known(one.place)) if one.place in seen.places else one.place


def _subject(seen: Seen, one: Fault, subject: str) -> tuple[str, str]:
    """What a fault is about, with its page: a node of a system, a standard, an item or matter."""
    if one.framework and subject == one.subjects[0]:
        said = _("node %(code)s of “%(system)s”") % {"code": subject, "system": words(seen.systems.get(one.framework))}
        return said, system_url(seen.here, one.framework, subject)
    if subject in seen.names.items or subject in seen.names.matters:
        return subject, item_url(seen.here, subject)
    return subject, standard_url(seen.here, subject) if seen.library.find(subject) else ""


def _table(seen: Seen, found: Sequence[Fault]) -> Table:
    columns = [Column("severity", _("Severity")), Column("kind", _("Kind")), Column("about", _("About")),
               Column("sentence", _("In words")), Column("mender", _("Who can mend it"))]
    rows: list[list[Cell | str]] = [
        [Cell(words(SEVERITIES[one.severity]), plain=one.severity), Cell(words(FAULT_KINDS[one.kind]), plain=one.kind),
         words(COMMA).join(one.subjects), words(one.sentence), Cell(_mender(seen, one), plain=one.place)]
        for one in found]
    return Table("faults", _("Gaps and faults"), columns, rows)


# -- coverage ------------------------------------------------------------------------------------------


def _levels(here: Here, coverage: Coverage) -> list[str]:
    levels = next(iter(coverage.values()), {})
    return [_("Local, %(place)s") % {"place": place_name(here.place)} if level == LOCAL else words(KINDS[level])
            for level in levels]


def _lines(seen: Seen, coverage: Coverage) -> list[MatrixLine]:
    most = max((len(some) for levels in coverage.values() for some in levels.values()), default=0) or 1
    return [MatrixLine(code, seen.name(code), item_url(seen.here, code),
                       [_square(seen.here, code, level, some, most) for level, some in levels.items()])
            for code, levels in coverage.items()]


def _square(here: Here, code: str, level: str, some: Sequence[Standard], most: int) -> Square:
    shade = -(-len(some) * DEEPEST // most)
    href = here_url({"here": here}, "standards", item=code, kind=level, status="current") if some else ""
    return Square(len(some), shade, href)


def _covered(seen: Seen, coverage: Coverage) -> Table:
    """The same one below the other, with the numbers."""
    columns = [Column("item", _("Item"), "head"), Column("name", _("Name")), Column("level", _("Level")),
               Column("standards", _("Standards"), "number"), Column("numbers", _("Numbers"))]
    rows: list[list[Cell | str]] = [
        [code, seen.name(code), words(KINDS[level]), Cell(str(len(some)), plain=len(some)),
         words(COMMA).join(one.number for one in some)]
        for code, levels in coverage.items() for level, some in levels.items()]
    return Table("coverage", _("Which standards serve which item"), columns, rows, stacked=True)
