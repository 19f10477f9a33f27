"""The catalogue is loaded from reviewed text, never typed in: load a folder, ask for the catalogue."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.db import models, transaction

from jizhun.catalogue.models import Area, Category, Edition, Group, Item, ItemInEdition, Matter
from jizhun.catalogue.rules import EVERYBODY, Catalogue, Entry
from jizhun.catalogue.rules import Group as GroupFact
from jizhun.catalogue.rules import Matter as MatterFact
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import FAR
from jizhun.kernel.numbering import check_code
from jizhun.people.actions import require, write_line
from jizhun.people.rules import Actor
from jizhun.regions.actions import bump, version

ROOM = "catalogue"
MARKS = ("V", "V-repo", "D", "R", "SIM")
COLUMNS = ("recipients", "content", "standard", "payer", "lead")
Plain = Mapping[str, Any]

# -- reading ---------------------------------------------------------------------------------------


@dataclass
class _Kept:
    version: str
    catalogue: Catalogue


_kept: list[_Kept] = []


def catalogue() -> Catalogue:
    """The whole catalogue, built once per version; one small query per call."""
    now = version(ROOM)
    if not _kept or _kept[0].version != now:
        _kept[:] = [_Kept(now, read_catalogue())]
    return _kept[0].catalogue


def read_catalogue() -> Catalogue:
    """The catalogue as it stands in the database now."""
    editions: dict[str, dict[str, Entry]] = {code: {} for code in Edition.objects.values_list("code", flat=True)}
    for row in ItemInEdition.objects.select_related("edition", "item", "category"):
        editions[row.edition.code][row.item.code] = _entry(row)
    matters = {row.code: MatterFact(row.code, row.item.code, row.name, row.kind, row.source, row.mark,
                                    row.example_split) for row in Matter.objects.select_related("item")}
    groups = {row.code: GroupFact(row.code, row.name, row.parent.code if row.parent else "", row.precedence)
              for row in Group.objects.select_related("parent")}
    return Catalogue(editions, {row.code: row.name for row in Item.objects.all()}, matters, groups)


def _entry(row: ItemInEdition) -> Entry:
    columns = [Bilingual(getattr(row, f"{name}_zh"), getattr(row, f"{name}_en")) for name in COLUMNS]
    return Entry(row.item.code, row.number, Bilingual(row.name_zh, row.name_en), row.category.code, *columns,
                 row.source, row.mark, row.item.in_field)


# -- loading ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows there are now of what the folder names."""

    editions: int
    items: int
    matters: int
    groups: int
    changed: bool


def load(*, by: Actor, folder: Path) -> Loaded:
    """Load ``catalogue.yaml`` of a package, or every YAML file of the folder taken together.

    Rows are added or renewed by their codes, never removed: case records refer to them. The same
    folder twice changes nothing. Raises Refused naming file and row; nothing is loaded then.
    """
    require(by=by, right="catalogue.edit", path=("CN",))
    content = _merged(folder)
    with transaction.atomic():
        before = _state()
        counts = _load(content)
        changed = _state() != before
        if changed:
            bump(ROOM)
            write_line(by=by, act="catalogue.load", subject=folder.name, after=counts)
    return Loaded(**counts, changed=changed)


def _state() -> int:
    """A number that changes with anything kept of the catalogue."""
    kinds: tuple[type[models.Model], ...] = (Edition, Area, Category, Item, ItemInEdition, Matter, Group)
    return hash(tuple(tuple(sorted(map(str, kind._default_manager.values_list()))) for kind in kinds))


def _merged(folder: Path) -> dict[str, list[dict[str, Any]]]:
    single = folder / "catalogue.yaml"
    files = [single] if single.is_file() else sorted(folder.glob("*.yaml"))
    if not files:
        raise Refused(zh=f"“{folder}”中没有目录文件。", en=f"There is no catalogue file in “{folder}”.")
    merged: dict[str, list[dict[str, Any]]] = {}
    for file in files:
        for part, rows in _rows_of(file).items():
            merged.setdefault(part, []).extend(rows)
    return merged


PARTS = ("editions", "areas", "items", "names", "columns", "matters", "groups")


def _rows_of(file: Path) -> dict[str, list[dict[str, Any]]]:
    try:
        content = yaml.safe_load(file.read_text("utf-8"))
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise Refused(zh=f"{file.name} 不是有效的 YAML：{reason}",
                      en=f"{file.name} is not valid YAML: {reason}") from None
    if not isinstance(content, dict):
        raise Refused(zh=f"{file.name} 应为字段与值。", en=f"{file.name} must hold fields and values.")
    default = {"source": content.pop("source", ""), "mark": content.pop("mark", "R")}
    sources = content.pop("sources", {})
    for part in sorted(set(content) - set(PARTS)):
        raise Refused(zh=f"{file.name}：没有名为“{part}”的部分。", en=f"{file.name}: there is no part “{part}”.")
    return {part: [_sourced(row, default, sources, f"{file.name}, {part} {number}")
                   for number, row in enumerate(rows or (), 1)] for part, rows in content.items()}


def _sourced(row: Plain, default: Plain, sources: Plain, where: str) -> dict[str, Any]:
    """The row with its source and mark: its own, or those its ``from`` names, or the file's."""
    named = sources.get(row.get("from"), {})
    if "from" in row and not named:
        raise Refused(zh=f"{where}：没有名为“{row['from']}”的来源。", en=f"{where}: there is no source “{row['from']}”.")
    filled = {**default, **({"source": named["text"], "mark": named["mark"]} if named else {}), **row, "where": where}
    if filled["mark"] not in MARKS:
        raise Refused(zh=f"{where}：核实标记不能是“{filled['mark']}”。",
                      en=f"{where}: the mark cannot be “{filled['mark']}”.")
    return filled


def _need(row: Plain, name: str) -> Any:
    if row.get(name) in (None, ""):
        raise Refused(zh=f"{row['where']}：缺少“{name}”。", en=f"{row['where']}: “{name}” is missing.")
    return row[name]


def _found(row: Plain, name: str, known: Mapping[str, Any]) -> Any:
    code = str(_need(row, name))
    if code not in known:
        raise Refused(zh=f"{row['where']}：“{name}”中的“{code}”不存在。",
                      en=f"{row['where']}: there is no “{code}” for “{name}”.")
    return known[code]


def _load(content: Mapping[str, list[dict[str, Any]]]) -> dict[str, int]:
    editions = _load_editions(content.get("editions", []))
    _load_areas(content.get("areas", []))
    items = _load_items(content.get("items", []))
    _load_entries(content)
    matters = _load_matters(content.get("matters", []))
    return {"editions": editions, "items": items, "matters": matters, "groups": _load_groups(content.get("groups", []))}


def _named(row: Plain) -> dict[str, Any]:
    return {"code": check_code(str(_need(row, "code"))), "name_zh": _need(row, "name_zh"),
            "name_en": _need(row, "name_en")}


def _keep(model: Any, rows: Iterable[Any], key: tuple[str, ...] = ("code",)) -> int:
    """Insert or renew rows by their key, in bulk and in order; returns how many."""
    kept = list(rows)
    names = [field.name for field in model._meta.concrete_fields if not field.primary_key and field.name not in key]
    model._default_manager.bulk_create(kept, update_conflicts=True, unique_fields=list(key), update_fields=names,
                                       batch_size=500)
    return len(kept)


def _load_editions(rows: list[dict[str, Any]]) -> int:
    return _keep(Edition, (Edition(
        **_named(row), number=row.get("number") or "", published_on=row.get("published_on"),
        valid_from=row.get("valid_from"), valid_until=row.get("valid_until") or FAR, root=row.get("root") or "CN",
        notes={"counts": row.get("counts", {}), "changes": row.get("changes", []),
               "based_on": row.get("based_on", "")}, source=row["source"], mark=row["mark"]) for row in rows))


def _load_areas(rows: list[dict[str, Any]]) -> None:
    _keep(Area, (Area(**_named(row), order=number) for number, row in enumerate(rows, 1)))
    areas = {area.code: area for area in Area.objects.all()}
    below = [({**category, "where": row["where"]}, areas[str(row["code"])]) for row in rows
             for category in row.get("categories", ())]
    _keep(Category, (Category(**_named(row), area=area, order=number)
                     for number, (row, area) in enumerate(below, 1)))


def _load_items(rows: list[dict[str, Any]]) -> int:
    return _keep(Item, (Item(**_named(row), root=row.get("root") or "CN", in_field=bool(row.get("in_field")))
                        for row in rows))


def _load_matters(rows: list[dict[str, Any]]) -> int:
    items = {item.code: item for item in Item.objects.all()}
    return _keep(Matter, (Matter(
        **_named(row), item=_found({"item": str(row["code"]).split("-EX")[0], **row}, "item", items),
        kind=row.get("kind") or "", example_split=bool(row.get("example_split", True)), source=row["source"],
        mark=row["mark"]) for row in rows))


def _load_groups(rows: list[dict[str, Any]]) -> int:
    """Wider groups stand before narrower ones in the file."""
    if not Group.objects.filter(code=EVERYBODY).exists() and EVERYBODY not in {row.get("code") for row in rows}:
        rows = [{"code": EVERYBODY, "name_zh": "所有服务对象", "name_en": "All recipients", "precedence": 999,
                 "source": "", "mark": "D", "where": "groups"}, *rows]
    for row in rows:
        parent = None if not row.get("parent") else _found(row, "parent", {g.code: g for g in Group.objects.all()})
        _keep(Group, [Group(**_named(row), parent=parent, precedence=row.get("precedence", 100),
                            source=row["source"], mark=row["mark"])])
    return len(rows)


# -- entries: what each edition says of each item ------------------------------------------------------


def _load_entries(content: Mapping[str, list[dict[str, Any]]]) -> None:
    """Every item in every edition from its first on; later editions repeat the one they are based on."""
    editions = content.get("editions", [])
    if not editions or not content.get("items"):
        return
    items, categories = ({row.code: row for row in kind.objects.all()} for kind in (Item, Category))
    first = str(editions[0]["code"])
    for edition in editions:
        rows = [row for row in content["items"] if str(row.get("first_edition", first)) <= str(edition["code"])]
        kept = Edition.objects.get(code=str(edition["code"]))
        _keep(ItemInEdition, (_entry_row(kept, number, row, content, items, categories)
                              for number, row in _numbered(rows)), ("edition", "item"))


def _numbered(rows: list[dict[str, Any]]) -> Iterable[tuple[int, dict[str, Any]]]:
    """Rows with their numbers: in order, but one with a ``number`` of its own is put in at that place."""
    placed = [row for row in rows if "number" in row]
    order = [row for row in rows if "number" not in row]
    for row in sorted(placed, key=lambda row: int(row["number"])):
        order.insert(int(row["number"]) - 1, row)
    return enumerate(order, 1)


def _entry_row(edition: Edition, number: int, row: Plain, content: Mapping[str, list[dict[str, Any]]],
               items: Mapping[str, Item], categories: Mapping[str, Category]) -> ItemInEdition:
    code = str(row["code"])
    renamed = next((n for n in content.get("names", []) if n["item"] == code and
                    str(n["edition"]) <= edition.code), row)
    columns = next((c for c in content.get("columns", []) if c["item"] == code), {})
    texts = {f"{name}_{language}": columns.get(f"{name}_{language}", "") for name in COLUMNS
             for language in ("zh", "en")}
    return ItemInEdition(edition=edition, item=items[code], category=_found(row, "category", categories),
                         number=number, name_zh=renamed["name_zh"], name_en=renamed["name_en"], **texts,
                         source=renamed["source"], mark=renamed["mark"])
