"""From one place to others: copy what it says, or apply a template with placeholders to many matters and places."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils import timezone

from jizhun.catalogue.actions import catalogue
from jizhun.guides.actions.asking import GUIDE, field_of, fields_of, layer_of
from jizhun.guides.actions.bulk import Change, Outlook, Recorded, look_many, record_many
from jizhun.guides.models import LayerVersion
from jizhun.guides.rules import Layer, Said, checked, standing
from jizhun.guides.rules.fields import Content
from jizhun.guides.rules.reading import Spot, filled_in
from jizhun.kernel.bilingual import Refused
from jizhun.people.rules import Actor
from jizhun.regions.actions import tree

SIMULATED, UNVERIFIED = "SIM", "R"


def copied(*, source: str, targets: Sequence[str], matters: Sequence[str] = (), fields: Sequence[str] = (),
           on: date | None = None, sort: str = GUIDE) -> list[Change]:
    """What the source place says itself (nothing inherited), as changes at the targets; nothing is kept.

    ``matters`` and ``fields`` empty: all. The copies are unverified: that the words are true there too, nobody has
    looked at yet; simulated ones stay so. Raises Refused where there is nothing to copy.
    """
    day = on or timezone.localdate()
    tree().place(source, day)
    for code in fields:
        field_of(sort, code)
    wanted = set(fields) or {one.code for one in fields_of(sort) if one.typed}
    said = {matter: found for matter, layer in _layers(sort, source, matters, day).items()
            if (found := {code: _as_copy(one) for code, one in layer.fields.items()
                          if code in wanted and one.content is not None})}
    if not said:
        raise Refused(zh="那里没有可以复制的本地内容。", en="There are no local words to copy there.")
    places = [code for code in dict.fromkeys(targets) if code != source]
    return [Change(matter, place, found) for place in places for matter, found in said.items()]


def _layers(sort: str, region: str, matters: Sequence[str], day: date) -> dict[str, Layer]:
    rows: dict[str, list[Layer]] = {}
    for row in LayerVersion.objects.filter(sort=sort, region=region).order_by("seq", "pk"):
        if not matters or row.matter in matters:
            rows.setdefault(row.matter, []).append(layer_of(row))
    return {matter: now for matter, found in rows.items() if (now := standing(found, day)) is not None}


def _as_copy(said: Said) -> Said:
    return Said(said.content, mark=SIMULATED if said.mark == SIMULATED else UNVERIFIED, source=said.source,
                clause=said.clause)


def copy_guides(*, by: Actor, source: str, targets: Sequence[str], matters: Sequence[str] = (),
                fields: Sequence[str] = (), on: date | None = None, sort: str = GUIDE, only_good: bool = False,
                note: str = "") -> Recorded:
    """Copy what one place says to others, as one act; refused as ``record_many`` refuses."""
    changes = copied(source=source, targets=targets, matters=matters, fields=fields, on=on, sort=sort)
    return record_many(by=by, sort=sort, changes=changes, on=on, only_good=only_good, note=note)


# -- templates -------------------------------------------------------------------------------------


def from_template(*, contents: Mapping[str, Content], matters: Sequence[str], regions: Sequence[str],
                  sort: str = GUIDE) -> list[Change]:
    """One set of contents for many matters and places, with {place_zh}, {place_en}, {code} and {tail} put in."""
    held, known = tree(), catalogue()
    typed = {code: field_of(sort, code) for code in contents}
    for matter in matters:
        known.matter(matter)
    changes: list[Change] = []
    for region in dict.fromkeys(regions):
        spot = Spot(region, held.level(region), held.known(region).name)
        filled = {code: checked(typed[code], filled_in(content, spot)) for code, content in contents.items()}
        changes += [Change(matter, region, filled) for matter in dict.fromkeys(matters)]
    return changes


def apply_template(*, by: Actor, contents: Mapping[str, Content], matters: Sequence[str], regions: Sequence[str],
                   on: date | None = None, sort: str = GUIDE, source: str = "", only_good: bool = False,
                   note: str = "", progress: Callable[[int, int], None] | None = None) -> Recorded:
    """Record a template at many places as one act; refused as ``record_many`` refuses."""
    changes = from_template(contents=contents, matters=matters, regions=regions, sort=sort)
    return record_many(by=by, sort=sort, changes=changes, on=on, source=source, only_good=only_good, note=note,
                       progress=progress)


def look_at_template(*, by: Actor, contents: Mapping[str, Content], matters: Sequence[str], regions: Sequence[str],
                     on: date | None = None, sort: str = GUIDE) -> Outlook:
    """What applying it would do; nothing is kept."""
    return look_many(by=by, sort=sort, on=on, changes=from_template(contents=contents, matters=matters,
                                                                    regions=regions, sort=sort))


def read_template(content: Any, name: str) -> dict[str, Content]:
    """A template's file: field -> {zh, en}, {items: […]} or {choice: …}; raises Refused where it is none."""
    if not isinstance(content, Mapping) or not content or not all(isinstance(one, Mapping) for one in content.values()):
        raise Refused(zh=f"{name}：应为字段与内容，如 summary: {{zh: …, en: …}}。",
                      en=f"{name}: it must hold fields and contents, like summary: {{zh: …, en: …}}.")
    found: dict[str, Content] = {}
    for code, one in content.items():
        odd = sorted(str(key) for key in one if key not in ("zh", "en", "items", "choice"))
        if odd:
            raise Refused(zh=f"{name}：“{code}”没有“{odd[0]}”这一栏。", en=f"{name}: “{code}” has no “{odd[0]}”.")
        found[str(code)] = one["items"] if "items" in one else one["choice"] if "choice" in one else dict(one)
    return found
