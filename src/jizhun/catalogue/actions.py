"""The catalogue is loaded from reviewed text, never typed in: load a folder, ask for the catalogue."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.db import models, transaction

from jizhun.catalogue import rules
from jizhun.catalogue.models import Area, Category, Edition, Group, Item, ItemInEdition, Matter
from jizhun.catalogue.rules import Catalogue, Content
from jizhun.catalogue.rules.reading import read
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.texts import text_of
from jizhun.people.actions import require, write_line
from jizhun.people.rules import Actor
from jizhun.regions.actions import bump, claim, differing, keep, version

ROOM = "catalogue"
NATION = ("CN",)
"""Where somebody who loads whole lists must hold the right."""

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
        _kept[:] = [_Kept(now, Catalogue(read_content()))]
    return _kept[0].catalogue


def read_content() -> Content:
    """All facts as they stand in the database now."""
    content = Content(
        editions={row.code: _edition(row) for row in Edition.objects.order_by("valid_from", "code")},
        areas={row.code: rules.Area(**_named(row)) for row in Area.objects.order_by("order", "code")},
        categories={row.code: rules.Category(**_named(row), area=row.area.code) for row
                    in Category.objects.select_related("area").order_by("area__order", "order", "code")},
        items={row.code: rules.Item(**_named(row), root=row.root, in_field=row.in_field)
               for row in Item.objects.order_by("code")},
        matters={row.code: _matter(row) for row in Matter.objects.select_related("item").order_by("code")},
        groups={row.code: rules.Group(**_named(row), parent=row.parent, precedence=row.precedence)
                for row in Group.objects.order_by("precedence", "code")})
    content.entries = {code: {} for code in content.editions}
    for row in ItemInEdition.objects.select_related("edition", "item", "category").order_by("number"):
        content.entries[row.edition.code][row.item.code] = _entry(row, content.editions[row.edition.code])
    return content


def _origin(row: Any) -> dict[str, Any]:
    return {"source": row.source, "basis": row.basis, "mark": row.mark}


def _named(row: Any) -> dict[str, Any]:
    return {"code": row.code, "name": row.name, **_origin(row)}


def _edition(row: Edition) -> rules.Edition:
    announced = tuple(rules.Announcement(**{**one, "items": tuple(one["items"]), "basis": Bilingual(**one["basis"])})
                      for one in row.announced)
    return rules.Edition(
        **_named(row), number=row.number, published_on=row.published_on, valid_from=row.valid_from,
        valid_until=row.valid_until, root=row.root, based_on=row.based_on, number_mark=row.number_mark,
        announced=announced)


def _entry(row: ItemInEdition, edition: rules.Edition) -> rules.Entry:
    columns = {name: rules.Told(**{**said, "basis": Bilingual(**said["basis"])})
               for name, said in row.columns.items()}
    return rules.Entry(item=row.item.code, number=row.number, name=Bilingual(row.name_zh, row.name_en),
                       category=row.category.code, number_mark=edition.number_mark, in_field=row.item.in_field,
                       **_origin(row), columns=columns)


def _matter(row: Matter) -> rules.Matter:
    return rules.Matter(**_named(row), item=row.item.code, kind=row.kind, example=row.example_split,
                        note=Bilingual(row.note_zh, row.note_en))


# -- loading ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows the folder names, and how many rows of all kinds that added, changed or removed."""

    editions: int
    items: int
    matters: int
    groups: int
    changed: int


def load(*, by: Actor, folder: Path, owner: str) -> Loaded:
    """Load ``catalogue.yaml`` of a package, or every YAML file of the folder taken together, for the list ``owner``.

    Rows are added or renewed by their codes, never removed: case records refer to them. Only what an edition of the
    folder no longer says of an item goes. The same folder twice changes nothing. Raises Refused naming file and
    line; nothing is loaded then.
    """
    require(by=by, right="catalogue.edit", path=NATION)
    files = {file.name: text_of(file.read_bytes(), file.name) for file in _files(folder)}
    with transaction.atomic():
        content = read(files, known=read_content())
        loaded = Loaded(len(content.editions), len(content.items), len(content.matters), len(content.groups),
                        _keep_all(content, owner))
        if loaded.changed:
            bump(ROOM)
            write_line(by=by, act="catalogue.load", subject=folder.name, after=asdict(loaded))
    return loaded


def _files(folder: Path) -> list[Path]:
    single = folder / "catalogue.yaml"
    files = [single] if single.is_file() else sorted(file for file in folder.glob("*.yaml") if file.is_file())
    if not files:
        raise Refused(zh=f"“{folder}”中没有目录文件。", en=f"There is no catalogue file in “{folder}”.")
    return files


def _keep_all(content: Content, owner: str) -> int:
    """Write what differs; returns how many rows that were. Rows come after those that they refer to."""
    changed = _keep(owner, Edition, (_edition_row(one) for one in content.editions.values()))
    changed += _keep(owner, Area, (Area(**_columns(one), order=n) for n, one in enumerate(content.areas.values(), 1)))
    areas = _keys(Area)
    changed += _keep(owner, Category, (Category(**_columns(one), area_id=areas[one.area], order=n)
                                       for n, one in enumerate(content.categories.values(), 1)))
    changed += _keep(owner, Item, (Item(**_columns(one), root=one.root, in_field=one.in_field)
                                   for one in content.items.values()))
    changed += _keep_entries(content, owner)
    items = _keys(Item)
    changed += _keep(owner, Matter, (Matter(**_columns(one), item_id=items[one.item], kind=one.kind,
                                            example_split=one.example, note_zh=one.note.zh, note_en=one.note.en)
                                     for one in content.matters.values()))
    return changed + _keep(owner, Group, (Group(**_columns(one), parent=one.parent, precedence=one.precedence)
                                          for one in content.groups.values()))


def _keep(owner: str, model: type[models.Model], rows: Iterable[Any]) -> int:
    """Insert or renew the rows that differ from what is kept, which must be the owner's own; returns how many."""
    changed = differing(model, rows, ("code",))
    claim(model.__name__.lower(), (row.code for row in changed), owner)
    return len(keep(model, changed, ("code",)))


def _keep_entries(content: Content, owner: str) -> int:
    """What each edition lists; an edition that has changed must be the owner's own."""
    editions, items, categories = _keys(Edition), _keys(Item), _keys(Category)
    rows = [ItemInEdition(edition_id=editions[edition], item_id=items[one.item], number=one.number,
                          category_id=categories[one.category], name_zh=one.name.zh, name_en=one.name.en,
                          columns={name: asdict(told) for name, told in one.columns.items()},
                          **_origin_columns(one))
            for edition, entries in content.entries.items() for one in entries.values()]
    named = {(row.edition_id, row.item_id) for row in rows}
    kept = ItemInEdition.objects.filter(edition__code__in=content.entries)
    stale = {pk: edition for pk, edition, item in kept.values_list("pk", "edition_id", "item_id")
             if (edition, item) not in named}
    changed, codes = differing(ItemInEdition, rows, ENTRY), {pk: code for code, pk in editions.items()}
    claim("edition", {codes[pk] for pk in (*stale.values(), *(row.edition_id for row in changed))}, owner)
    ItemInEdition.objects.filter(pk__in=stale).delete()
    return len(stale) + len(keep(ItemInEdition, changed, ENTRY))


ENTRY = ("edition_id", "item_id")


def _keys(model: Any) -> dict[str, int]:
    return dict(model.objects.values_list("code", "pk"))


def _origin_columns(one: Any) -> dict[str, str]:
    return {"source": one.source, "basis_zh": one.basis.zh, "basis_en": one.basis.en, "mark": one.mark}


def _columns(one: Any) -> dict[str, str]:
    return {"code": one.code, "name_zh": one.name.zh, "name_en": one.name.en, **_origin_columns(one)}


def _edition_row(one: rules.Edition) -> Edition:
    return Edition(
        **_columns(one), number=one.number, published_on=one.published_on, valid_from=one.valid_from,
        valid_until=one.valid_until, root=one.root, based_on=one.based_on, number_mark=one.number_mark,
        announced=[{**asdict(said), "items": list(said.items)} for said in one.announced])
