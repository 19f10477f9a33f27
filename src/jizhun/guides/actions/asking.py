"""What a guide or procedure says: here, on a day, as known then; its versions, and what changed between two days."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache

from jizhun.catalogue.actions import catalogue
from jizhun.catalogue.rules import Matter
from jizhun.guides.actions.points import points_at
from jizhun.guides.models import FieldRow, LayerVersion, PartRow, known_by
from jizhun.guides.rules import Field, Layer, read_field, read_said, resolve, standing
from jizhun.guides.rules.guide import Difference, Guide, Shown, change_days, differences, plain_promise
from jizhun.guides.rules.layers import Resolved
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import FAR
from jizhun.provisions import actions as provisions
from jizhun.provisions.rules import Book, Question, ask
from jizhun.regions.actions import tree, version

ROOM = "guides"
GUIDE, PROCEDURE = "guide", "procedure"
SORTS: Mapping[str, Bilingual] = {GUIDE: Bilingual("办事指南", "Service guide"),
                                  PROCEDURE: Bilingual("操作规程", "Operating procedure")}


# -- fields ----------------------------------------------------------------------------------------


def fields_of(sort: str) -> tuple[Field, ...]:
    """The fields of guides or procedures, in their order. Raises Refused for another sort."""
    if sort not in SORTS:
        raise Refused(zh=f"没有“{sort}”这一类。", en=f"There is no sort “{sort}”.")
    return _fields(sort, version(ROOM + ".fields"))


@lru_cache(maxsize=8)
def _fields(sort: str, _version: str) -> tuple[Field, ...]:
    return tuple(read_field(row.fields) for row in FieldRow.objects.filter(sort=sort).order_by("place"))


def numbers_of(sort: str) -> Mapping[str, int]:
    """Field -> its number in outlines."""
    return _numbers(sort, version(ROOM + ".fields"))


@lru_cache(maxsize=8)
def _numbers(sort: str, _version: str) -> Mapping[str, int]:
    return dict(FieldRow.objects.filter(sort=sort).values_list("code", "pk"))


def field_of(sort: str, code: str) -> Field:
    """One field by its code; raises Refused where there is none."""
    found = next((one for one in fields_of(sort) if one.code == code), None)
    if found is None:
        raise Refused(zh=f"没有名为“{code}”的字段。", en=f"There is no field called “{code}”.")
    return found


def chapters() -> dict[str, Bilingual]:
    """The chapters of the page by code, in order."""
    return {row.code: row.name for row in PartRow.objects.order_by("place")}


# -- layers ----------------------------------------------------------------------------------------


def layer_of(row: LayerVersion) -> Layer:
    """A version as the rules read it."""
    return Layer(row.region, row.number, row.valid_from,
                 {code: read_said(said) for code, said in row.fields.items()},
                 dict.fromkeys(row.forced, row.valid_from))


def layers(*, sort: str, matter: str, path: Sequence[str], on: date, known_on: date | None = None) -> list[Layer]:
    """What each place on the way says on a day, in order; places that say nothing are there without words."""
    rows: dict[str, list[Layer]] = {code: [] for code in path}
    # Without an order the database goes by place; what counts last is told by day and number, not by the order read.
    for row in known_by(known_on, sort=sort, matter=matter, region__in=path, valid_from__lte=on).order_by():
        rows[row.region].append(layer_of(row))
    return [standing(found, on) or Layer(code, 0, on) for code, found in rows.items()]


def words_of(*, sort: str, matter: str, path: Sequence[str], on: date,
             known_on: date | None = None, codes: Iterable[str] = ()) -> dict[str, Resolved]:
    """The typed fields (or those named by ``codes``) as they count at the last place of ``path``."""
    wanted = set(codes)
    fields = [one for one in fields_of(sort) if one.typed and (not wanted or one.code in wanted)]
    found = resolve(fields, layers(sort=sort, matter=matter, path=path, on=on, known_on=known_on))
    return {one.field.code: one for one in found}


# -- the whole guide -------------------------------------------------------------------------------


def guide(*, matter: str, region: str, on: date, group: str = "all", sort: str = GUIDE,
          known_on: date | None = None) -> Guide:
    """The guide (or procedure) that counts there that day. Raises Refused for unknown matters, places and days."""
    known, path = catalogue().matter(matter), tree().path(region, on)
    fields, held = fields_of(sort), provisions.book(known_on=known_on) if sort == GUIDE else None
    found = resolve((one for one in fields if one.typed),
                    layers(sort=sort, matter=matter, path=path, on=on, known_on=known_on))
    words = {one.field.code: one for one in found}
    shown: list[Shown] = []
    for field in fields:
        if field.typed:
            shown.append(Shown(field, words[field.code]))
        elif field.kind == "measure":
            shown.append(_promise(field, held, Question(field.measure, matter, region, on, group)))
        else:
            shown.append(Shown(field, points=tuple(points_at(matter=matter, path=path, on=on))))
    return Guide(sort, matter, known.name, known.kind, known.item, tuple(path), on, group, tuple(shown))


def _promise(field: Field, held: Book | None, question: Question) -> Shown:
    if held is None or field.measure not in held.measures:
        return Shown(field)
    answer = ask(held, question)
    labels = _labels(held.revision)
    return Shown(field, answer=answer, value=plain_promise(answer.value, lambda code: labels.get(
        code, Bilingual(code, code))))


@lru_cache(maxsize=2)
def _labels(_revision: str) -> Mapping[str, Bilingual]:
    """Words of materials and channels; they change with the provisions."""
    return provisions.labels()


def matter_of(code: str) -> Matter:
    """The matter under this code; raises Refused naming the nearest one."""
    return catalogue().matter(code)


# -- versions --------------------------------------------------------------------------------------


def versions_of(*, sort: str, matter: str, region: str) -> list[LayerVersion]:
    """What one place has said of a matter, the newest first."""
    return list(LayerVersion.objects.filter(sort=sort, matter=matter, region=region).order_by("-number"))


def days_of_change(*, sort: str, matter: str, region: str, on: date) -> list[date]:
    """The days on which something on the way to the place began to count, words or promises, the latest first."""
    path = tree().path(region, on)
    rows = LayerVersion.objects.filter(sort=sort, matter=matter, region__in=path)
    days = set(rows.values_list("valid_from", flat=True))
    if sort == GUIDE:
        days |= _days_of_promises(matter, path)
    return change_days(days - {FAR}, on)


def _days_of_promises(matter: str, path: Sequence[str]) -> set[date]:
    book, way, found = provisions.book(), set(path), set[date]()
    measures = [one.measure for one in fields_of(GUIDE) if one.kind == "measure"]
    for subject in book.subjects.chain(matter)[:2]:
        for measure in measures:
            for place, slots in book.lines.get((subject, measure), {}).items():
                if place in way:
                    found |= {day for line in slots.values() for day in line.change_days()}
    return found


def what_changed(*, sort: str, matter: str, region: str, before: date, after: date,
                 group: str = "all") -> tuple[Difference, ...]:
    """What the guide says otherwise on a later day than on an earlier one."""
    older, newer = (guide(matter=matter, region=region, on=day, group=group, sort=sort) for day in (before, after))
    return differences(older, newer)


def newest_versions(*, sort: str, region: str) -> dict[str, str]:
    """Matter -> the day on which the place's newest version was recorded, as text."""
    rows = LayerVersion.objects.filter(sort=sort, region=region).order_by("number")
    return {matter: day.isoformat() for matter, day in rows.values_list("matter", "recorded_on")}
