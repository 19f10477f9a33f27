"""From the reviewable text of ``data/standards`` to standards and frameworks. Pure.

Every refusal names the standard, or the node and entry, and the field.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from jizhun.catalogue.rules.facts import MARKS
from jizhun.catalogue.rules.rows import Row
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import parse_day
from jizhun.kernel.numbering import StandardNumber, check_code, parse_region, parse_standard
from jizhun.standards.rules.framework import Entry, Framework, Node, make_framework
from jizhun.standards.rules.library import (
    DEGREES,
    INDUSTRY,
    INTERNAL,
    KINDS,
    LOCAL,
    NATIONAL,
    OBJECTS,
    Adoption,
    Cite,
    Standard,
)

Plain = Mapping[str, Any]

STANDARD_FIELDS = (
    "number", "kind", "title_zh", "title_en", "title_en_ours", "region", "published_on", "effective_on", "ended_on",
    "in_drafting", "object_class", "ics", "ccs", "adopts", "issuer_zh", "issuer_en", "custodian_zh", "custodian_en",
    "scope_zh", "scope_en", "serves", "replaces", "cites", "source", "mark", "note_zh", "note_en")
FRAMEWORK_FIELDS = ("code", "name_zh", "name_en", "region", "source", "mark", "explanation_zh", "explanation_en",
                    "nodes")
NODE_FIELDS = ("code", "parent", "name_zh", "name_en", "about_zh", "about_en", "entries")
ENTRY_FIELDS = ("number", "title_zh", "title_en", "kind", "object_class", "serves", "plan_year", "basis_zh",
                "basis_en", "mark")

ICS = re.compile(r"\d{2}(\.\d{3}(\.\d{2})?)?(; \d{2}(\.\d{3}(\.\d{2})?)?)*", re.ASCII)
CCS = re.compile(r"[A-Z]\d{2}", re.ASCII)
STATUTORY = re.compile(r"(?:GB|LD|DB\d|[TQ]/)", re.IGNORECASE)
"""How a number begins that must then be a whole one; others (ISO 9001) are kept as they are written."""

OURS = Bilingual("英文名称为本项目所译。", "The English title is our translation.")


class NamedRow(Row):
    """A row that knows what it speaks of, so that every refusal names it."""

    name = ""

    def wrong(self, zh: str, en: str) -> Refused:
        """The refusal of something in this row."""
        return Refused(zh=f"{self.name}：{zh}", en=f"{self.name}: {en}")

    def day(self, name: str) -> date | None:
        """A day, of YAML or written out; None where it is not known."""
        value = self.get(name)
        if not isinstance(value, str):
            return super().day(name)
        try:
            return parse_day(value)
        except Refused as refused:
            raise self.wrong(f"“{name}”：{refused.sentence.zh}", f"“{name}”: {refused.sentence.en}") from None

    def below(self, name: str, called: str = "") -> list["NamedRow"]:
        """The rows of a list; each is called after this one and its own ``called`` field, or its place."""
        value = self.get(name) or []
        if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
            raise self.wrong(f"“{name}”应为若干行，每行是字段与值。", f"“{name}” must be a list of fields and values.")
        return [named(one, f"{self.name}/{one.get(called) or at}") for at, one in enumerate(value, 1)]

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts, none twice."""
        value = self.get(name) or []
        if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
            raise self.wrong(f"“{name}”应为文字的列表。", f"“{name}” must be a list of texts.")
        for one in value:
            if value.count(one) > 1:
                raise self.wrong(f"“{name}”中“{one}”出现两次。", f"“{one}” is there twice in “{name}”.")
        return tuple(value)

    def shaped(self, name: str, shape: re.Pattern[str], example: str) -> str:
        """A text of a fixed shape; "" where there is none."""
        value = self.text(name, "")
        if value and not shape.fullmatch(value):
            raise self.wrong(f"“{name}”应为带引号的“{example}”的样子，不能是“{value}”。",
                             f"“{name}” must look like “{example}”, in quotes, not “{value}”.")
        return value


def named(row: Plain, name: str) -> NamedRow:
    """The row, called ``name``."""
    given = NamedRow(row)
    given.name = name
    return given


def part_of(content: object, name: str) -> list[Plain]:
    """The list called ``name``, all that a file holds; Refused where it holds anything else."""
    file = named(content if isinstance(content, Mapping) else {}, name)
    file.only((name,))
    if not file.get(name):
        raise Refused(zh=f"文件中没有“{name}”。", en=f"The file holds no “{name}”.")
    return list(file.below(name))


def _only_once(name: str, known: Iterable[str]) -> None:
    if name in known:
        raise Refused(zh=f"“{name}”出现两次。", en=f"“{name}” is there twice.")


# -- standards ---------------------------------------------------------------------------------------


def read_library(content: object) -> list[Standard]:
    """The standards of one file (``standards:`` and a row each), no number twice."""
    found: dict[str, Standard] = {}
    for row in part_of(content, "standards"):
        standard = read_standard(row)
        _only_once(standard.number, found)
        found[standard.number] = standard
    return list(found.values())


def read_standard(row: Plain) -> Standard:
    """One standard from one row; Refused naming its number and the field that cannot be."""
    given = named(row, str(row.get("number") or row.get("title_zh") or "?"))
    given.only(STANDARD_FIELDS)
    kind = given.one_of("kind", KINDS)
    number = _number(given, kind)
    published, effective, ended = _days(given)
    mark, source = _origin(given)
    return Standard(
        number=number, kind=kind, title=given.words("title", required=True), region=_region(given, number),
        published_on=published, effective_on=effective, ended_on=ended,
        in_drafting=given.flag("in_drafting", False), object_class=given.one_of("object_class", OBJECTS, "service"),
        ics=given.shaped("ics", ICS, "03.080.99"), ccs=given.shaped("ccs", CCS, "A12"), adopts=_adopts(given),
        issuer=given.words("issuer"), custodian=given.words("custodian"), scope=given.words("scope"),
        serves=_serves(given), replaces=_replaces(given, number), cites=_cites(given, number),
        source=source, mark=mark, note=_note(given))


def _parsed(number: str) -> StandardNumber | None:
    try:
        return parse_standard(number)
    except Refused:
        return None


def _number(given: NamedRow, kind: str) -> str:
    """The number as the kernel writes it; an in-house standard or a draft may have one of its own form."""
    written = given.text("number")
    parsed = _parsed(written)
    if parsed is None:
        if kind == INTERNAL or given.flag("in_drafting", False):
            return written
        return str(_statutory(given, "number", written))
    if (told := kind_of(parsed)) != kind:
        raise given.wrong(f"编号“{parsed.prefix}”是{KINDS[told].zh}的，“kind”不能是“{kind}”。",
                          f"“{parsed.prefix}” begins the number of another kind ({told}); “kind” cannot be “{kind}”.")
    return str(parsed)


def _statutory(given: NamedRow, name: str, number: str) -> StandardNumber:
    try:
        return parse_standard(number)
    except Refused as refused:
        raise given.wrong(f"“{name}”：{refused.sentence.zh}", f"“{name}”: {refused.sentence.en}") from None


def _region(given: NamedRow, number: str) -> str:
    """Where it holds; the digits after DB say it for a local standard, the prefix for a national or industry one."""
    region, parsed = given.text("region", "CN"), _parsed(number)
    try:
        parse_region(region)
    except Refused as refused:
        raise given.wrong(refused.sentence.zh, refused.sentence.en) from None
    if parsed and parsed.kind in (NATIONAL, INDUSTRY, LOCAL) and region != (should := place_of(parsed)):
        raise given.wrong(f"编号“{parsed.prefix}”的地区是 {should}，“region”不能是“{region}”。",
                          f"“{parsed.prefix}” holds in {should}; “region” cannot be “{region}”.")
    return region


def kind_of(number: StandardNumber) -> str:
    """The kind of standard that a number speaks of: ``Q/`` is an organisation's own."""
    return INTERNAL if number.kind == "enterprise" else number.kind


def place_of(number: StandardNumber) -> str:
    """The code of the place that a number speaks of: DB51 is 510000, DB31117 is 310117, all others CN."""
    digits = number.region
    if len(digits) == 5:
        return f"{digits[:2]}0{digits[2:]}"
    return digits.ljust(6, "0") if digits else "CN"


def _days(given: NamedRow) -> tuple[date | None, date | None, date | None]:
    """Published, in force and ended, in that order in time."""
    names = ("published_on", "effective_on", "ended_on")
    days = [given.day(name) for name in names]
    known = [(name, day) for name, day in zip(names, days, strict=True) if day]
    for (earlier, first), (later, second) in pairwise(known):
        if second < first:
            raise given.wrong(f"“{later}”（{second}）早于“{earlier}”（{first}）。",
                              f"“{later}” ({second}) is before “{earlier}” ({first}).")
    return days[0], days[1], days[2]


def _origin(given: NamedRow) -> tuple[str, str]:
    """Mark and source; only what is recalled may stand without a source."""
    mark, source = given.one_of("mark", MARKS), given.text("source", "")
    if mark != "R" and not source:
        raise given.wrong(f"“mark”为 {mark} 的，须写明“source”。", f"what is marked {mark} must name its “source”.")
    return mark, source


def _note(given: NamedRow) -> Bilingual:
    note = given.words("note")
    if not given.flag("title_en_ours", False):
        return note
    return Bilingual(note.zh + OURS.zh, f"{note.en} {OURS.en}".strip())


def _serves(given: NamedRow) -> tuple[str, ...]:
    codes = given.texts("serves")
    for code in codes:
        try:
            check_code(code)
        except Refused as refused:
            raise given.wrong(f"“serves”：{refused.sentence.zh}", f"“serves”: {refused.sentence.en}") from None
    return codes


# -- what standards say of one another -----------------------------------------------------------------


def _reference(given: NamedRow, name: str, number: str, own: str) -> str:
    """Another standard's number; a statutory one is mended, and refused where it is none."""
    other = str(_statutory(given, name, number)) if STATUTORY.match(number) else number
    if other == own:
        raise given.wrong(f"“{name}”不能是该标准自己。", f"“{name}” cannot be the standard itself.")
    return other


def _replaces(given: NamedRow, own: str) -> tuple[str, ...]:
    return tuple(_reference(given, "replaces", number, own) for number in given.texts("replaces"))


def _cites(given: NamedRow, own: str) -> tuple[Cite, ...]:
    found = []
    for row in given.below("cites", "number"):
        row.only(("number", "normative", "clause"))
        found.append(Cite(_reference(row, "cites", row.text("number"), own), row.flag("normative", True),
                          row.text("clause", "")))
    return tuple(found)


def _adopts(given: NamedRow) -> tuple[Adoption, ...]:
    found = []
    for row in given.below("adopts", "number"):
        row.only(("number", "degree"))
        found.append(Adoption(row.text("number"), row.one_of("degree", DEGREES)))
    return tuple(found)


# -- frameworks ----------------------------------------------------------------------------------------


def read_frameworks(content: object) -> list[Framework]:
    """The frameworks of one file (``frameworks:``), no code twice; each is checked by ``make_framework``."""
    found: dict[str, Framework] = {}
    for row in part_of(content, "frameworks"):
        framework = read_framework(row)
        _only_once(framework.code, found)
        found[framework.code] = framework
    return list(found.values())


def read_framework(row: Plain) -> Framework:
    """One framework with its nodes and their entries, in the order of the file."""
    given = named(row, str(row.get("code") or "?"))
    given.only(FRAMEWORK_FIELDS)
    (mark, source), nodes = _origin(given), given.below("nodes", "code")
    return make_framework(
        given.text("code"), given.words("name", required=True), [_node(one) for one in nodes],
        [entry for one in nodes for entry in _entries(one)], given.words("explanation"),
        _region(given, ""), source, mark)


def _node(given: NamedRow) -> Node:
    given.only(NODE_FIELDS)
    return Node(given.text("code"), given.text("parent", ""), given.words("name", required=True),
                given.words("about"))


def _entries(node: NamedRow) -> list[Entry]:
    return [_entry(row, node.text("code")) for row in node.below("entries")]


def _entry(given: NamedRow, node: str) -> Entry:
    """A line that should be there: a number, or the title of what is to be made. R unless it says otherwise."""
    given.only(ENTRY_FIELDS)
    number, title = given.text("number", ""), given.words("title", required=not given.get("number"))
    if number:
        number = _reference(given, "number", number, "")
    parsed = _parsed(number)
    return Entry(
        node=node, number=number, title=title,
        kind=given.one_of("kind", KINDS, kind_of(parsed) if parsed else NATIONAL),
        object_class=given.one_of("object_class", OBJECTS, "service"), serves=_serves(given),
        plan_year=_year(given), basis=given.words("basis"), mark=given.one_of("mark", MARKS, "R"))


def _year(given: NamedRow) -> int:
    year = given.whole("plan_year", 0)
    if year and not 1949 <= year <= 2100:
        raise given.wrong(f"“plan_year”应为 0 或 1949 至 2100 之间的年份，不能是 {year}。",
                          f"“plan_year” must be 0 or a year between 1949 and 2100, not {year}.")
    return year


# -- texts ---------------------------------------------------------------------------------------------

TEXT_FIELDS = frozenset({"number", "clauses"})
CLAUSE_FIELDS = frozenset({"key", "kind", "level", "number", "heading_zh", "heading_en", "body_zh", "body_en"})
CLAUSE_KINDS = ("foreword", "introduction", "scope", "references", "terms", "term", "symbols", "clause", "annex",
                "annex_clause", "bibliography")
KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
LEVELS_DEEP = 6


@dataclass(frozen=True, slots=True)
class TextClause:
    """A clause as a file brings it: ``key`` names it for good, ``number`` is as printed, ``level`` 1 to 6."""

    key: str
    kind: str
    level: int
    number: str
    heading: Bilingual
    body: Bilingual


def read_text(row: Plain) -> tuple[str, list[TextClause]]:
    """The number of a standard and the clauses of its text, in their order. Refused for a key that is there twice."""
    given = named(row, str(row.get("number") or "?"))
    given.only(TEXT_FIELDS)
    number = _reference(given, "number", given.text("number"), "")
    clauses = [_clause(one) for one in given.below("clauses", "key")]
    if not clauses:
        raise given.wrong("没有条款。", "there are no clauses.")
    for key in (one.key for one in clauses):
        if [one.key for one in clauses].count(key) > 1:
            raise given.wrong(f"条款“{key}”出现两次。", f"the clause “{key}” is there twice.")
    return number, clauses


def _clause(given: NamedRow) -> TextClause:
    given.only(CLAUSE_FIELDS)
    level = given.get("level", 1)
    if not isinstance(level, int) or not 1 <= level <= LEVELS_DEEP:
        raise given.wrong(f"“level”应为 1 至 {LEVELS_DEEP}。", f"“level” must be 1 to {LEVELS_DEEP}.")
    return TextClause(given.shaped("key", KEY, "waiting-time"), given.one_of("kind", CLAUSE_KINDS, "clause"), level,
                      given.text("number", ""), given.words("heading"), given.words("body"))
