"""Catalogue files (YAML, see docs/en/packages.md) to facts, checked as a whole."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from jizhun.catalogue.rules.facts import (
    ANNOUNCED,
    COLUMNS,
    EVERYBODY,
    KINDS,
    LAST,
    MARKS,
    NOTHING,
    Announcement,
    Area,
    Category,
    Content,
    Edition,
    Entry,
    Group,
    Item,
    Matter,
    Named,
    Told,
)
from jizhun.catalogue.rules.rows import Row, parse
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import FAR
from jizhun.kernel.numbering import check_code

NAMES = ("code", "name_zh", "name_en")
ORIGIN = ("source", "mark", "from", "clause_zh", "clause_en", "basis_zh", "basis_en", "root")
FIELDS: Mapping[str, tuple[str, ...]] = {
    "editions": (*NAMES, "number", "published_on", "valid_from", "valid_until", "based_on", "number_mark", "announced"),
    "areas": (*NAMES, "categories"),
    "items": (*NAMES, "category", "in_field", "first_edition", "last_edition", "number"),
    "names": ("edition", "item", "name_zh", "name_en"),
    "columns": ("edition", "item", *COLUMNS),
    "matters": (*NAMES, "item", "kind", "example_split", "note_zh", "note_en"),
    "groups": (*NAMES, "parent", "precedence"),
}
"""Part of a file -> the fields of its rows, besides where they come from."""

EVERYBODY_GROUP = Group(code=EVERYBODY, name=Bilingual("所有服务对象", "Everybody"), precedence=LAST, mark="D",
                        source="The top of the taxonomy, by definition")
Fact = TypeVar("Fact", bound=Named)
Parts = dict[str, list[Row]]


def read(files: Mapping[str, str], known: Content | None = None) -> Content:
    """The facts of all ``files`` (name -> text) taken together; they may refer to one another and to ``known``.

    Raises Refused naming file and line: not YAML, unknown part or field, missing or impossible value, a code given
    twice, a reference to nothing.
    """
    parsed = [parse(file, text) for file, text in files.items()]
    sources = _sources(parsed)
    parts: Parts = {name: [] for name in FIELDS}
    for content_of_file in parsed:
        for part, rows in _rows_of(content_of_file, sources).items():
            parts[part] += rows
    content, around = Content(), known or Content()
    content.editions = _each(parts["editions"], _edition)
    content.areas = _each(parts["areas"], _area)
    content.categories = _each(_categories(parts["areas"]), _category)
    content.items = _each(parts["items"], _item)
    content.entries = _entries(content, around, parts)
    content.matters = _each(parts["matters"], lambda row: _matter(row, {**around.items, **content.items}))
    content.groups = _groups(parts["groups"], around)
    _check_announced(parts["editions"], {**around.items, **content.items})
    return content


# -- rows and where they come from -----------------------------------------------------------------


def _sources(files: Iterable[Row]) -> dict[str, Row]:
    """What ``from`` may name: the sources of all files."""
    found: dict[str, Row] = {}
    for file in files:
        told = file.get("sources") or {}
        if not isinstance(told, dict):
            raise file.wrong("“sources”应为字段与值。", "“sources” must hold fields and values.")
        for key, source in told.items():
            if not isinstance(source, Row):
                raise file.wrong(f"来源“{key}”应为字段与值。", f"the source “{key}” must hold fields and values.")
            source.only(("title_zh", "title_en", "source", "mark"))
            if key in found:
                raise source.wrong(f"来源“{key}”写了两次。", f"the source “{key}” stands there twice.")
            found[key] = source
    return found


def _rows_of(content: Row, sources: Mapping[str, Row]) -> Parts:
    """The rows of each part of one file, filled with the file's own source, mark and root."""
    content.only((*FIELDS, "sources", "source", "mark", "root"))
    file_wide = {name: content[name] for name in ("source", "mark", "root") if name in content}
    found: Parts = {}
    for part in FIELDS:
        found[part] = [_originated(row, file_wide, sources) for row in content.rows(part)]
        for row in found[part]:
            row.only((*FIELDS[part], *ORIGIN))
            if part == "areas":
                row["categories"] = [_originated(one, file_wide, sources) for one in row.rows("categories")]
    return found


def _originated(row: Row, file_wide: Mapping[str, Any], sources: Mapping[str, Row]) -> Row:
    """The row with source, basis and mark: its own, those of the source that it is ``from``, or the file's."""
    named: dict[str, Any] = {}
    if "from" in row:
        source = sources[row.one_of("from", sources)]
        named = {"source": source.text("source"), "mark": source.text("mark", "R"), **_basis(row, source)}
    filled = row.under({**file_wide, **named})
    filled.one_of("mark", MARKS)
    filled.text("source")
    for name in COLUMNS:
        if isinstance(row.get(name), Row):
            filled[name] = _originated(row[name], {**file_wide, **named, **_own(row)}, sources)
    return filled


def _own(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in ("source", "mark") if name in row}


def _basis(row: Row, source: Row) -> dict[str, str]:
    """The paper and the clause: 《失业保险条例》第十条 / Regulation on Unemployment Insurance, article 10."""
    clause_en = row.text("clause_en", "")
    return {"basis_zh": source.text("title_zh", "") + row.text("clause_zh", ""),
            "basis_en": source.text("title_en", "") + (f", {clause_en}" if clause_en else "")}


def _origin(row: Row) -> dict[str, Any]:
    return {"source": row.text("source"), "basis": row.words("basis"), "mark": row.text("mark")}


def _named(row: Row) -> dict[str, Any]:
    code = row.text("code")
    try:
        check_code(code)
    except Refused as refused:
        raise row.wrong(refused.sentence.zh, refused.sentence.en) from None
    return {"code": code, "name": row.words("name", required=True), **_origin(row)}


def _each(rows: Iterable[Row], fact_of: Callable[[Row], Fact]) -> dict[str, Fact]:
    found: dict[str, Fact] = {}
    for row in rows:
        fact = fact_of(row)
        if fact.code in found:
            raise row.wrong(f"代码“{fact.code}”重复。", f"the code “{fact.code}” stands there twice.")
        found[fact.code] = fact
    return found


# -- one row, one fact -----------------------------------------------------------------------------


def _edition(row: Row) -> Edition:
    published, first, last = row.day("published_on"), row.day("valid_from"), row.day("valid_until") or FAR
    if first and last < first:
        raise row.wrong("最后一天早于第一天。", "the last day is before the first.")
    return Edition(
        **_named(row), number=row.text("number", ""), published_on=published, valid_from=first, valid_until=last,
        root=row.text("root", "CN"), based_on=row.text("based_on", ""),
        number_mark=row.one_of("number_mark", MARKS, row.text("mark")),
        announced=tuple(_announcement(one, row) for one in row.rows("announced")))


def _announcement(row: Row, edition: Row) -> Announcement:
    row.only(("kind", "count", "items", "source", "mark"))
    items = tuple(map(str, row.get("items") or ()))
    count = row.whole("count", len(items))
    if count < len(items):
        raise row.wrong(f"只有 {count} 项，却列出了 {len(items)} 项。", f"{count} items, but {len(items)} named.")
    return Announcement(kind=row.one_of("kind", ANNOUNCED), count=count, items=items,
                        source=row.text("source", edition.text("source")),
                        mark=row.one_of("mark", MARKS, edition.text("mark")))


def _check_announced(editions: Iterable[Row], items: Mapping[str, Item]) -> None:
    for row in (one for edition in editions for one in edition.rows("announced")):
        for code in map(str, row.get("items") or ()):
            if code not in items:
                raise row.wrong(f"没有项目“{code}”。", f"there is no item “{code}”.")


def _area(row: Row) -> Area:
    return Area(**_named(row))


def _categories(areas: Iterable[Row]) -> list[Row]:
    return [one.under({"area": area["code"]}) for area in areas for one in area.rows("categories")]


def _category(row: Row) -> Category:
    row.only((*NAMES, *ORIGIN, "area"))
    return Category(**_named(row), area=row.text("area"))


def _item(row: Row) -> Item:
    return Item(**_named(row), root=row.text("root", "CN"), in_field=row.flag("in_field", False))


def _matter(row: Row, items: Mapping[str, Item]) -> Matter:
    """A matter; its item may be left out where the code begins with it and a hyphen."""
    named = _named(row)
    item = row.one_of("item", items, None if "item" in row else _item_in(named["code"], items))
    return Matter(**named, item=item, kind=row.one_of("kind", KINDS, ""), example=row.flag("example_split", True),
                  note=row.words("note"))


def _item_in(code: str, items: Mapping[str, Item]) -> str | None:
    before = code.rpartition("-")[0]
    return before if before in items else None


def _groups(rows: list[Row], around: Content) -> dict[str, Group]:
    """The groups, everybody included; a group speaks before the wider one that holds it."""
    groups = _each(rows, lambda row: Group(
        **_named(row), precedence=row.whole("precedence", 100),
        parent="" if row["code"] == EVERYBODY else row.text("parent", EVERYBODY)))
    groups = {EVERYBODY: EVERYBODY_GROUP, **groups} if EVERYBODY not in around.groups else groups
    everyone = {**around.groups, **groups}
    for row in rows:
        group = groups[row.text("code")]
        if group.code == EVERYBODY and group != EVERYBODY_GROUP:
            raise row.wrong(f"“{EVERYBODY}”是所有服务对象，各清单不能改写。",
                            f"“{EVERYBODY}” is everybody, whatever the list: no list says it anew.")
        if group.parent and group.parent not in everyone:
            row.one_of("parent", everyone)
        if group.parent and group.precedence >= everyone[group.parent].precedence:
            raise row.wrong(f"“{group.code}”的优先次序须小于其上级“{group.parent}”。",
                            f"the precedence of “{group.code}” must be lower than that of “{group.parent}” around it.")
    return groups


# -- what each edition says of each item -------------------------------------------------------------


def _entries(content: Content, around: Content, parts: Parts) -> dict[str, dict[str, Entry]]:
    """Every item in every edition from its first to its last; what an edition does not say stands as before it."""
    editions = list(content.editions.values())
    codes = [edition.code for edition in editions]
    renamed = _by_item(parts["names"], content.items, codes)
    columns = _by_item(parts["columns"], content.items, codes)
    found: dict[str, dict[str, Entry]] = {}
    for place, edition in enumerate(editions):
        rows = [row for row in parts["items"] if _lives(row, codes, place)]
        found[edition.code] = {
            row.text("code"): _entry(row, number, content, around, codes[:place + 1], renamed, columns)
            for number, row in _numbered(rows)}
    return found


def _by_item(rows: list[Row], items: Mapping[str, Item], editions: list[str]) -> dict[tuple[str, str], Row]:
    """(item, edition) -> row; the first edition where the row names none."""
    found: dict[tuple[str, str], Row] = {}
    for row in rows:
        key = (row.one_of("item", items), row.one_of("edition", editions, editions[0] if editions else None))
        if key in found:
            raise row.wrong(f"{key[0]} 在 {key[1]} 版中写了两次。", f"{key[0]} stands there twice for {key[1]}.")
        found[key] = row
    return found


def _lives(row: Row, editions: list[str], place: int) -> bool:
    first = row.one_of("first_edition", editions, editions[0])
    last = row.one_of("last_edition", editions, editions[-1])
    return editions.index(first) <= place <= editions.index(last)


def _numbered(rows: list[Row]) -> Iterable[tuple[int, Row]]:
    """Rows with their numbers: in the order of the file, but one with a ``number`` is put in at that place."""
    order = [row for row in rows if "number" not in row]
    for row in sorted((row for row in rows if "number" in row), key=lambda row: row.whole("number", 1)):
        order.insert(row.whole("number", 1) - 1, row)
    return enumerate(order, 1)


def _entry(row: Row, number: int, content: Content, around: Content, editions: list[str],
           renamed: Mapping[tuple[str, str], Row], columns: Mapping[tuple[str, str], Row]) -> Entry:
    """The entry in the last of ``editions``, with what earlier ones say of it where it says nothing itself."""
    code, now = row.text("code"), editions[-1]
    name = next((renamed[code, one] for one in reversed(editions) if (code, one) in renamed), row)
    return Entry(
        item=code, number=number, name=name.words("name", required=True),
        category=row.one_of("category", {**around.categories, **content.categories}),
        number_mark=content.editions[now].number_mark, in_field=content.items[code].in_field, **_origin(name),
        columns=_columns([(one, columns[code, one]) for one in reversed(editions) if (code, one) in columns], now))


def _columns(rows: list[tuple[str, Row]], now: str) -> dict[str, Told]:
    told = {column: _told(column, rows, now) for column in COLUMNS}
    return {column: words for column, words in told.items() if words is not NOTHING}


def _told(column: str, rows: Iterable[tuple[str, Row]], now: str) -> Told:
    """The newest words for the column; marked as carried over where they stand in an earlier edition."""
    for edition, row in rows:
        words = row.get(column)
        if isinstance(words, Row):
            words.only(("zh", "en", *ORIGIN))
            told = Told(words.text("zh"), words.text("en"), **_origin(words))
            return told if edition == now else replace(told, carried_from=edition)
        if words is not None:
            raise row.wrong(f"“{column}”应写成 {{zh: …, en: …}}。", f"“{column}” must be written {{zh: …, en: …}}.")
    return NOTHING
