"""Named sets of places, such as pilot regions: loaded from ``sets.yaml``, asked for by what they hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import BEGINNING, FAR
from jizhun.kernel.numbering import check_code
from jizhun.kernel.texts import yaml_of
from jizhun.regions.models import RegionSet, RegionSetMember

FILE = "sets.yaml"
FIELDS = frozenset({"code", "kind", "name", "from", "until", "source", "mark", "members"})


@dataclass(frozen=True, slots=True)
class PlaceSet:
    """A set with the codes of all that were ever its members."""

    code: str
    kind: str
    name: Bilingual
    valid_from: date
    valid_until: date
    source: str
    mark: str
    members: frozenset[str]

    def holds(self, path: tuple[str, ...]) -> bool:
        """Whether a place, or one above it, is a member."""
        return bool(self.members & {*path})


def place_sets(kind: str = "") -> tuple[PlaceSet, ...]:
    """All sets (of one kind), the newest first."""
    members: dict[int, set[str]] = {}
    for held, code in RegionSetMember.objects.values_list("set_id", "region__code"):
        members.setdefault(held, set()).add(code)
    rows = RegionSet.objects.filter(kind=kind) if kind else RegionSet.objects.all()
    return tuple(PlaceSet(one.code, one.kind, Bilingual(one.name_zh, one.name_en), one.valid_from, one.valid_until,
                          one.source, one.mark, frozenset(members.get(one.pk, ()))) for one in rows)


# -- loading ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Changed:
    """Rows that a file of sets changed and removed."""

    changed: int
    removed: int


def load(file: Path, own: Mapping[str, int], marks: tuple[str, ...]) -> Changed:
    """The sets of the folder whose regions are ``own`` (code -> key), inside the caller's transaction.

    A set holds places of its own folder only; what the file no longer names goes. Raises Refused naming the set.
    """
    rows = _rows(file)
    changed = sum([_kept(one, own, marks) for one in rows])
    ours = RegionSet.objects.filter(members__region__in=own.values()).exclude(code__in=[one["code"] for one in rows])
    gone = {*ours.values_list("pk", flat=True)}
    RegionSet.objects.filter(pk__in=gone).delete()
    return Changed(changed, len(gone))


def _rows(file: Path) -> list[dict[str, Any]]:
    if not file.is_file():
        return []
    content = yaml_of(file.read_bytes(), file.name)
    rows = content.get("sets") if isinstance(content, dict) else None
    if not isinstance(rows, list) or not all(isinstance(one, dict) and one.get("code") for one in rows):
        raise Refused(zh=f"{file.name}：应有“sets”，其中每组都有 code。",
                      en=f"{file.name}: there must be “sets”, each with a code.")
    codes = [str(one["code"]) for one in rows]
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        raise Refused(zh=f"{file.name}：“{twice[0]}”重复。", en=f"{file.name}: “{twice[0]}” stands there twice.")
    return [{**one, "code": check_code(str(one["code"]))} for one in rows]


def _kept(said: dict[str, Any], own: Mapping[str, int], marks: tuple[str, ...]) -> int:
    """Keep one set with its members; gives how many rows that changed."""
    code, members = said["code"], _members(said, own)
    told = {"kind": _word(said, "kind"), **_name(said), **_days(said, said), "source": _word(said, "source"),
            "mark": _mark(said, marks)}
    held, made = RegionSet.objects.get_or_create(code=code, defaults=told)
    if not made and {*held.members.values_list("region_id", flat=True)} - {*own.values()}:
        raise _wrong(code, "已由另一份名单载入", "came with another list")
    changed = made or any(getattr(held, name) != value for name, value in told.items())
    RegionSet.objects.filter(pk=held.pk).update(**told)
    before = {*held.members.values_list("region_id", "valid_from", "valid_until")}
    if before != members:
        held.members.all().delete()
        RegionSetMember.objects.bulk_create(RegionSetMember(
            set=held, region_id=region, valid_from=first, valid_until=last) for region, first, last in members)
    return int(changed) + len(before ^ members)


def _members(said: dict[str, Any], own: Mapping[str, int]) -> set[tuple[int, date, date]]:
    listed = said.get("members")
    if not isinstance(listed, list) or not listed:
        raise _wrong(said["code"], "没有成员", "it has no members")
    found = set()
    for one in listed:
        told = one if isinstance(one, dict) else {"code": one}
        code = str(told.get("code", ""))
        if code not in own:
            raise _wrong(said["code"], f"{code} 不在本文件夹的 regions.csv 中",
                         f"{code} is not in this folder's regions.csv")
        days = _days(said, told)
        found.add((own[code], days["valid_from"], days["valid_until"]))
    return found


def _name(said: dict[str, Any]) -> dict[str, str]:
    name = said.get("name")
    if not isinstance(name, dict) or not name.get("zh") or not name.get("en"):
        raise _wrong(said["code"], "名称应有中文和英文", "its name must be in Chinese and in English")
    return {"name_zh": str(name["zh"]), "name_en": str(name["en"])}


def _days(said: dict[str, Any], told: dict[str, Any]) -> dict[str, date]:
    if odd := sorted(map(str, told.keys() - FIELDS)):
        raise _wrong(said["code"], f"没有名为“{odd[0]}”的字段", f"there is no field “{odd[0]}”")
    first, last = told.get("from", BEGINNING), told.get("until", FAR)
    if not all(isinstance(one, date) and not isinstance(one, datetime) for one in (first, last)) or last < first:
        raise _wrong(said["code"], "起止日期应写成 2021-10-01，且先后有序",
                     "its days must read like 2021-10-01, the first before the last")
    return {"valid_from": first, "valid_until": last}


def _word(said: dict[str, Any], name: str) -> str:
    if not str(said.get(name) or "").strip():
        raise _wrong(said["code"], f"缺少“{name}”", f"“{name}” is missing")
    return str(said[name]).strip()


def _mark(said: dict[str, Any], marks: tuple[str, ...]) -> str:
    found = _word(said, "mark")
    if found not in marks:
        raise _wrong(said["code"], f"“mark”只能是 {', '.join(marks)}", f"“mark” must be one of {', '.join(marks)}")
    return found


def _wrong(code: str, zh: str, en: str) -> Refused:
    return Refused(zh=f"{FILE}：“{code}”：{zh}。", en=f"{FILE}: “{code}”: {en}.")


__all__ = ["PlaceSet", "place_sets"]
