"""Many provisions from a file: which are new, what they would do, and taking them in. The same file twice is one."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.utils import timezone

from jizhun.catalogue.actions import catalogue
from jizhun.catalogue.rules import GENERAL
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.actions import path_to, require
from jizhun.people.rules import Actor
from jizhun.provisions.actions import (
    Plain,
    Told,
    book,
    check_codes,
    foreseen_all,
    measures,
    provision_row,
    record_all,
    tell,
)
from jizhun.provisions.interchange.sheet import PAPERS, PROVISIONS, cells_of, paper_cells
from jizhun.provisions.interchange.sheet_reading import Asked, Sheets, mark_row, read_sheets
from jizhun.provisions.interchange.workbook import Filled
from jizhun.provisions.interchange.writing import lines_in
from jizhun.provisions.models import Document, Provision
from jizhun.provisions.rules import Measure, Paper, Say
from jizhun.provisions.rules.effect import Effect
from jizhun.provisions.rules.reading import read_paper, read_say
from jizhun.provisions.rules.telling import unit_in_words
from jizhun.provisions.rules.values import DAY_UNITS
from jizhun.regions.actions import tree

RIGHT = "provision.record"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Line:
    """A row in the manner of the seeds, and where it stands: file, cell."""

    where: str
    row: Plain


@dataclass(frozen=True, slots=True)
class Looked:
    """One line as it was understood; ``is_new`` is false where exactly this is on record already."""

    line: Line
    say: Say
    is_new: bool


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a file would bring: every line, the papers that are new, and the state of the room it was seen at."""

    looked: tuple[Looked, ...]
    papers: tuple[Plain, ...]
    seen: str

    @property
    def new(self) -> list[Looked]:
        """The lines that would be recorded."""
        return [one for one in self.looked if one.is_new]

    @property
    def rows(self) -> list[Plain]:
        """The new rows."""
        return [one.line.row for one in self.new]

    @property
    def needed_papers(self) -> list[Plain]:
        """The new papers that new lines name."""
        named = {str(row.get("document")) for row in self.rows}
        return [paper for paper in self.papers if str(paper["id"]) in named]


def look(*, lines: Sequence[Line], papers: Sequence[Plain] = ()) -> Outlook:
    """What taking them in would record; nothing is kept. Raises Refused with the place of the first fault."""
    there = {document.code: document for document in Document.objects.all()}
    new_papers = [paper for paper in papers if _is_new(paper, there)]
    facts = {code: document.fact() for code, document in there.items()}
    facts |= {str(paper["id"]): read_paper(paper) for paper in new_papers}
    says = list(_read(lines, facts))
    known = measures()
    for line, say in zip(lines, says, strict=True):
        _at(line, lambda say=say: check_codes(say, known))  # type: ignore[misc]
    prints = _prints(says, there)
    recorded = set(Provision.objects.filter(fingerprint__in=prints).values_list("fingerprint", flat=True))
    _refuse_twice(lines, prints)
    return Outlook(tuple(Looked(line, say, one not in recorded) for line, say, one in
                         zip(lines, says, prints, strict=True)), tuple(new_papers), book().revision)


def _is_new(paper: Plain, there: Mapping[str, Document]) -> bool:
    """Whether it is not on record; Refused where its code is, for another paper."""
    held = there.get(str(paper["id"]))
    if held is not None and held.title_zh != paper.get("title_zh"):
        raise Refused(zh=f"代码“{held.code}”在库中是另一份文件：{held.title_zh}。",
                      en=f"“{held.code}” is another paper on record: {held.title_zh}.")
    return held is None


def _read(lines: Iterable[Line], papers: Mapping[str, Paper]) -> Iterable[Say]:
    today = timezone.localdate()
    for number, line in enumerate(lines):
        yield _at(line, lambda line=line, number=number: read_say(  # type: ignore[misc]
            line.row, papers, recorded_on=today, order=number))


def _at(line: Line, act: Callable[[], T]) -> T:
    try:
        return act()
    except Refused as refused:
        raise Refused(zh=f"{line.where}：{refused.sentence.zh}", en=f"{line.where}: {refused.sentence.en}") from None


def _prints(says: Sequence[Say], there: Mapping[str, Document]) -> list[str]:
    """The fingerprint that each would have on record."""
    documents = [there.get(say.paper.code) or Document(code=say.paper.code) if say.paper else None for say in says]
    return [provision_row(say, document, 0).fingerprint for say, document in zip(says, documents, strict=True)]


def _refuse_twice(lines: Sequence[Line], prints: Sequence[str]) -> None:
    first: dict[str, Line] = {}
    for line, one in zip(lines, prints, strict=True):
        if one in first:
            raise Refused(zh=f"{line.where}：与 {first[one].where} 相同。",
                          en=f"{line.where}: the same as {first[one].where}.")
        first[one] = line


def effects(outlook: Outlook) -> list[Effect]:
    """What the new lines together would change, line by line."""
    return foreseen_all(rows=outlook.rows, papers=outlook.needed_papers)


def faults(some: Sequence[Effect]) -> list[Told]:
    """What would not fit once they are recorded, each thing once."""
    told = {(one.kind, one.place, one.say): one for effect in some for one in (*effect.new_findings, *effect.below)}
    return [tell(one) for one in told.values()]


def take_in(*, by: Actor, outlook: Outlook, documents_paper: bool = False, seen: str | None = None) -> list[Provision]:
    """Record the new lines with their papers: all or none; [] where nothing is new.

    ``documents_paper``: keep also what the standard above forbids, because the papers really say so. ``seen``: raises
    Moved where anything was recorded since the outlook was seen.
    """
    for region in dict.fromkeys(one.say.place for one in outlook.looked):
        require(by=by, right=RIGHT, path=path_to(region))
    if not outlook.rows:
        return []
    return record_all(by=by, rows=outlook.rows, papers=outlook.needed_papers, documents_paper=documents_paper,
                      seen=seen)


# -- workbooks -------------------------------------------------------------------------------------------


def read_workbook(typed: Mapping[str, Sequence[Sequence[str]]]) -> Sheets:
    """What a filled-in workbook says (sheet -> rows of cells), with every fault marked in its cell."""
    held, groups = catalogue(), catalogue().wider
    there = {document.code: document for document in Document.objects.all()}
    known = measures()
    found = read_sheets(typed, Asked(
        {"subjects": lambda code: code == GENERAL or code in held.items or code in held.matters,
         "regions": lambda code: code in tree(), "groups": lambda code: code == "all" or code in groups,
         "units": lambda code: True}, known, frozenset(there)))
    return _checked(_checked_papers(found, there), there, known)


def _checked_papers(sheets: Sheets, there: Mapping[str, Document]) -> Sheets:
    for line in sheets.papers:
        try:
            _is_new({**line.row, "id": line.row.get("id")}, there)
        except Refused as refused:
            sheets = mark_row(sheets, line.number, refused.sentence, "title_zh", sheet=PAPERS.zh)
    return sheets


def _checked(sheets: Sheets, there: Mapping[str, Document], known: Mapping[str, Measure]) -> Sheets:
    """Rows that are whole cell by cell, read as provisions; what does not fit as a whole is marked at the value."""
    bad = {one.row for one in sheets.marked if one.sheet == PROVISIONS.zh}
    facts = {code: document.fact() for code, document in there.items()} | {
        str(one["id"]): read_paper(one) for one in papers_of(sheets) if one.get("id") and one.get("title_zh")}
    first: dict[str, int] = {}
    for line in sheets.lines:
        if line.number in bad:
            continue
        try:
            say = read_say(line.row, facts, recorded_on=timezone.localdate())
            check_codes(say, known)
        except Refused as refused:
            sheets = mark_row(sheets, line.number, refused.sentence)
            continue
        (print_,) = _prints([say], there)
        if print_ in first:
            same = Bilingual(f"与第 {first[print_]} 行相同", f"the same as row {first[print_]}")
            sheets = mark_row(sheets, line.number, same)
        first.setdefault(print_, line.number)
    return sheets


def papers_of(sheets: Sheets) -> list[Plain]:
    """The papers of a workbook; one whose place is not said belongs to the place that first names it."""
    places: dict[str, object] = {}
    for line in sheets.lines:
        places.setdefault(str(line.row.get("document")), line.row.get("region"))
    return [{"region": places.get(str(line.row.get("id")), ""), **line.row} for line in sheets.papers]


def outlook_of(sheets: Sheets) -> Outlook:
    """What a workbook without faults would bring."""
    return look(lines=[Line(f"{PROVISIONS.zh}!{line.number}", line.row) for line in sheets.lines],
                papers=papers_of(sheets))


def filled(*, region: str, measure: str | None = None, subject: str | None = None) -> Filled:
    """Every provision on record in the region and below it, and the papers that they name."""
    says = [say for key, line in lines_in(book(), region, measure, subject) for say in line.points]
    papers = {say.paper.code: say.paper for say in says if say.paper is not None}
    return Filled([cells_of(say) for say in says], [paper_cells(papers[code]) for code in sorted(papers)])


def choices(*, region: str = "") -> dict[str, list[tuple[str, str]]]:
    """What the cells of a workbook for that region ("": for all places) offer: codes with their Chinese names."""
    held, places, known = catalogue(), tree(), measures()
    subjects = [(GENERAL, held.name_of(GENERAL).zh), *((code, name.zh) for code, name in held.items.items()),
                *((code, one.name.zh) for code, one in held.matters.items())]
    today = timezone.localdate()
    inside = places.within(region, today) if region else places.existing(today)
    units = dict.fromkeys([*(one.unit for one in known.values()), *DAY_UNITS])
    return {
        "subjects": sorted(subjects), "measures": [(code, one.name.zh) for code, one in known.items()],
        "regions": [(code, places.known(code).name.zh) for code in inside],
        "groups": [("all", "所有人"), *((code, one.name.zh) for code, one in held.wider.items() if code != "all")],
        "units": [(unit, unit_in_words(unit).zh) for unit in units]}
