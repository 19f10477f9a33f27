"""Guides in bulk: a workbook of many matters x places written, read and recorded, and all of them checked.

``python -m benchmarks.guides_bulk [MATTERS] [PLACES]`` makes a home of its own and prints seconds (60 x 300).
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from io import StringIO
from typing import Any

import django
from django.core.management import call_command

CONTENTS: dict[str, Any] = {
    "summary": {"zh": "在{place_zh}办。", "en": "Done in {place_en}."},
    "body": {"zh": "{place_zh}经办机构", "en": "The agency of {place_en}"},
    "delivery": {"zh": "在{place_zh}窗口领取，也可以邮寄。", "en": "At the counter in {place_en}, or by post."},
    "full_notice": {"zh": "一次告诉您要带什么。", "en": "You are told at once what to bring."},
    "system": {"zh": "示例系统", "en": "A sample system"}, "level": "county", "appointment": "possible",
    "case_kind": "committed", "steps": [
        {"id": f"step-{n}", "zh": f"第{n}步，到{{place_zh}}窗口。", "en": f"Step {n}: the counter in {{place_en}}."}
        for n in range(1, 5)],
    "contacts": [{"id": "desk", "zh": "{place_zh}咨询台", "en": "Desk of {place_en}", "phone": "12345",
                  "role": "enquiry"}],
    "complaints": [{"id": "desk", "zh": "{place_zh}投诉", "en": "Complaints in {place_en}", "phone": "12345",
                    "role": "supervision"}],
    "result": [{"id": "paper", "zh": "决定书", "en": "A decision"}],
    "questions": [{"id": f"q{n}", "zh": "去哪里？到{place_zh}。", "en": "Where? In {place_en}."} for n in (1, 2, 3)]}
"""What every place says of every matter: 13 fields, 10 items."""


def main(matters: int, places: int) -> None:
    with tempfile.TemporaryDirectory(prefix="jizhun-benchmark-") as home:
        os.environ |= {"JIZHUN_HOME": home, "DJANGO_SETTINGS_MODULE": "jizhun.settings"}
        django.setup()
        call_command("init", stdout=StringIO())
        call_command("load", "national", stdout=StringIO())
        measure(matters, places)


def timed(name: str, act: Callable[[], Any]) -> Any:
    start = time.perf_counter()
    found = act()
    print(f"{name:<44} {time.perf_counter() - start:7.1f} s", flush=True)
    return found


def measure(matters: int, places: int) -> None:
    from django.utils import timezone

    from jizhun.catalogue.actions import catalogue
    from jizhun.guides.actions.bringing import export_guides, look_at_workbook, take_in
    from jizhun.guides.actions.checking import findings_within
    from jizhun.people.rules import SYSTEM
    from jizhun.regions.actions import tree

    today, held = timezone.localdate(), tree()
    codes = list(catalogue().matters)[:matters]
    regions = [code for code in held.existing(today) if held.level(code) == 3 and held.in_scope(code)][:places]
    print(f"{len(codes)} matters x {len(regions)} places = {len(codes) * len(regions):,} guides")
    content = timed("a workbook filled in by somebody, written", lambda: filled(codes, regions))
    print(f"{'':<44} {len(content) / 2**20:7.1f} MB")
    brought = timed("dry run: read, checked, faults by cell", lambda: look_at_workbook(by=SYSTEM, content=content))
    made = timed("recorded", lambda: take_in(by=SYSTEM, brought=brought))
    print(f"{'':<44} {made:,} versions, {len(brought.marked)} faults")
    again = timed("the same file once more", lambda: look_at_workbook(by=SYSTEM, content=content))
    print(f"{'':<44} {again.outlook.counts}")
    timed("exported", lambda: export_guides(regions=regions, matters=codes))
    for name in ("checked", "checked again"):
        found = timed(name, lambda: findings_within(regions=regions, on=today, matters=codes))
    print(f"{'':<44} {sum(map(len, found.values())):,} findings")


def filled(codes: list[str], regions: list[str]) -> bytes:
    """The workbook as a province would hand it in."""
    from jizhun.guides.actions import GUIDE, fields_of
    from jizhun.guides.interchange.columns import MATTER, PLACE, Column, item_columns, sheet_of, text_columns
    from jizhun.guides.interchange.writing import Row, Table, workbook
    from jizhun.guides.rules.reading import Spot, filled_in
    from jizhun.regions.actions import tree

    held = tree()
    spots = [Spot(code, held.level(code), held.known(code).name) for code in regions]
    said = {spot.code: filled_in(CONTENTS, spot) for spot in spots}
    fields = [one for one in fields_of(GUIDE) if one.code in CONTENTS]

    def cells(columns: tuple[Column, ...], matter: str, place: str, item: Any = None) -> Row:
        found = {MATTER: matter, PLACE: place}
        for column in columns:
            content = said[place].get(column.field) if item is None else item
            value = content.get(column.part) if isinstance(content, dict) else content
            if column.part or column.field:
                found[column.key] = str(value or "")
        return Row({**found, "id": item["id"]} if item else found)

    keys = [(matter, place) for place in regions for matter in codes]
    tables = [Table("texts", text_columns(fields), [cells(text_columns(fields), *key) for key in keys])]
    for one in fields:
        if one.is_list:
            columns = item_columns(one)
            tables.append(Table(sheet_of(one.code, one.name), columns, [
                cells(columns, matter, place, item) for matter, place in keys for item in said[place][one.code]]))
    return workbook(tables, [], "zh")


if __name__ == "__main__":
    main(*(int(one) for one in (sys.argv[1:] + ["60", "300"][len(sys.argv) - 1:])[:2]))
