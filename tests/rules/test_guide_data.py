"""The shipped guides: every field sourced and of its kind, in both languages; the fictional ones told from the real."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from jizhun.guides.rules.claiming import SAYS
from jizhun.guides.rules.fields import Field, checked, read_field
from jizhun.guides.rules.ledger import read_change
from jizhun.guides.rules.points import read_point
from jizhun.kernel.bilingual import Refused
from worlds import ROOT, Row, read_yaml

DATA = ROOT / "data"
GUIDES, SIMULATED = DATA / "guides", DATA / "simulated"
FOLDERS = {"national": GUIDES / "national", "places": GUIDES / "places"}
MARKS = ("V", "V-repo", "D", "R")
TODAY = date(2026, 11, 27)
NOBODYS = re.compile(r"0600-55[3-9](\d{4}|\{tail\})")
"""Numbers of the fictional province: no dialling code 0600 is assigned."""
PHONE = re.compile(r"12333|0\d{2,3}-(\d{7,8}|12333)")
PLANTED = {
    "locked": ("990427", "NB029-EX01", "conditions"), "phone": ("990328", "NB050-EX01", "contacts"),
    "translation": ("990203", "NB049-EX01", "delivery"), "language": ("990528", "NB024-EX03", "summary"),
    "material": ("990629", "NB029-EX01", "material_notes"), "basis": ("990625", "NB050-EX01", "basis"),
    "link": ("990729", "NB021-EX02", "online")}
"""Faults put into the fictional province on purpose: kind -> county, matter, field."""
LONG = 80
"""Chinese characters without a full stop that nobody reads aloud in one breath."""


@dataclass(frozen=True)
class Entry:
    """One field that a row says; ``matters`` are those that the row chooses."""

    file: str
    row: Row
    matters: tuple[str, ...]
    field: str
    said: Row

    @property
    def place(self) -> str:
        return str(self.row.get("region") or f"under {self.row['regions']}")

    @property
    def items(self) -> list[Row]:
        return list(self.said.get("items") or ())

    @property
    def texts(self) -> list[Row]:
        """Everything here that a person reads."""
        return self.items if "items" in self.said else [self.said] if "choice" not in self.said else []

    @property
    def told(self) -> str:
        return f"{self.file}: {self.place} {self.matters[:2]} {self.field}"


@cache
def fields() -> dict[str, Field]:
    return {row["code"]: read_field(row) for row in read_yaml(GUIDES / "fields.yaml")["guide"]}


@cache
def matters() -> dict[str, Row]:
    return {row["code"]: row for row in read_yaml(DATA / "catalogue" / "matters.yaml")["matters"]}


@cache
def sources() -> dict[str, Row]:
    return dict(read_yaml(DATA / "catalogue" / "sources.yaml")["sources"])


@cache
def papers() -> dict[str, Row]:
    files = [*(DATA / "provisions").glob("*.yaml"), *(SIMULATED / "provisions").glob("*.yaml")]
    return {row["id"]: row for file in files for row in read_yaml(file).get("documents") or ()}


@cache
def fictional(level: int) -> dict[str, str]:
    """Code -> the place above it, of the fictional province's places of one level."""
    with (SIMULATED / "regions.csv").open(encoding="utf-8") as file:
        return {row["code"]: row["parent"] for row in csv.DictReader(file) if row["level"] == str(level)}


def chosen(row: Row) -> tuple[str, ...]:
    by = [name for name in ("matters", "items", "kinds", "all") if row.get(name)]
    assert len(by) == 1, row
    held = {"matters": lambda one: one["code"], "items": lambda one: one["code"][:5], "kinds": lambda one: one["kind"]}
    wanted = row[by[0]]
    assert by[0] == "all" or set(wanted) <= {held[by[0]](one) for one in matters().values()}, wanted
    return tuple(code for code, one in matters().items() if code not in (row.get("except") or ())
                 and (by[0] == "all" or held[by[0]](one) in wanted))


def files_of(kind: str) -> list[Path]:
    return [SIMULATED / "guides.yaml"] if kind == "simulated" else sorted(FOLDERS[kind].glob("*.yaml"))


@cache
def entries(kind: str) -> list[Entry]:
    """Every field that the files of one kind say: national, places or simulated."""
    return [Entry(file.name, row, chosen(row), field, said) for file in files_of(kind)
            for row in read_yaml(file)["guides"] for field, said in row["fields"].items()]


def everything() -> Iterator[Entry]:
    return (one for kind in (*FOLDERS, "simulated") for one in entries(kind))


def real() -> Iterator[Entry]:
    return (one for kind in FOLDERS for one in entries(kind))


def content(said: Row) -> Any:
    return said["items"] if "items" in said else said.get("choice") or {one: said[one] for one in ("zh", "en")
                                                                        if one in said}


def source_of(said: Row) -> tuple[str, str]:
    held = sources()[said["from"]] if "from" in said else said
    return str(held.get("source") or ""), str(held.get("mark") or "")


def planted(entry: Entry) -> set[str]:
    return {kind for kind, (place, matter, field) in PLANTED.items()
            if (entry.place, entry.field) == (place, field) and entry.matters == (matter,)}


# -- what is there --------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["summary", "basis", "groups"])
def test_every_matter_has_a_national_base_guide(field: str) -> None:
    written = {matter for one in entries("national") if one.field == field for matter in one.matters}
    assert set(matters()) - written == set()


def test_national_guides_speak_of_the_nation_and_real_ones_of_real_places() -> None:
    assert {one.place for one in entries("national")} == {"CN"}
    with (DATA / "regions" / "regions.csv").open(encoding="utf-8") as file:
        known = {row["code"] for row in csv.DictReader(file)}
    assert {one.place for one in entries("places")} <= known


def test_every_field_exists_and_its_content_is_of_its_kind() -> None:
    for one in everything():
        forms = {"items", "choice"} & set(one.said) or {"zh"}
        assert len(forms) == 1 and not ({"zh", "en"} & set(one.said) and forms != {"zh"}), one.told
        assert checked(fields()[one.field], content(one.said)) is not None, one.told


def test_no_field_is_said_twice_of_one_matter_on_one_day() -> None:
    said = Counter((matter, str(one.row.get("region") or one.row["regions"]), str(one.row["from"]), one.field)
                   for one in everything() for matter in one.matters)
    assert [key for key, count in said.items() if count > 1] == []


# -- how far it may be trusted ---------------------------------------------------------------------


def test_every_field_and_every_item_of_its_own_source_bears_a_mark() -> None:
    for one in real():
        source, mark = source_of(one.said)
        assert source and mark in MARKS, one.told
        for item in one.items:
            assert ("source" in item) == ("mark" in item) and item.get("mark", "V") in MARKS, (one.told, item["id"])


def test_every_line_of_the_basis_names_its_own_source() -> None:
    for one in real():
        assert one.field != "basis" or all(item["source"] and item["mark"] in MARKS for item in one.items), one.told


def test_nothing_is_claimed_for_days_to_come() -> None:
    assert [one.told for one in real() if one.row["from"] > TODAY] == []


def test_a_national_basis_is_a_paper_of_the_nation() -> None:
    named = {item["document"] for one in entries("national") for item in one.items if "document" in item}
    assert {code for code in named if str(papers()[code]["region"]) != "CN"} == set()


def test_documents_are_on_record() -> None:
    for one in everything():
        assert {item["document"] for item in one.items if "document" in item} <= set(papers()), one.told


@pytest.mark.parametrize("field", ["summary", "steps"])
def test_limits_and_amounts_are_left_to_the_provisions(field: str) -> None:
    """Days that bound the office are asked of the engine; those that bind the citizen may be told."""
    words = [text["zh"] for one in entries("national") if one.field == field for text in one.texts]
    assert [text for text in words if re.search(r"自收到申请.*工作日|\d+元|\d+倍", text)] == []


# -- words -----------------------------------------------------------------------------------------


def untranslated(one: Entry) -> bool:
    return any(not (text.get("zh") and text.get("en")) for text in one.texts) or any(
        bool(text.get(f"{name}_zh")) != bool(text.get(f"{name}_en"))
        for text in (one.said, *one.items) for name in ("clause", "where", "held_by", "hours"))


def test_every_text_is_in_both_languages_but_the_planted_one() -> None:
    faulty = [one for one in everything() if untranslated(one)]
    assert [planted(one) for one in faulty] == [{"translation"}], [one.told for one in faulty]


def test_only_the_planted_text_is_hard_to_read_aloud() -> None:
    hard = [one for one in everything()
            if one.field == "summary" and max(map(len, re.split("[。；：]", one.said["zh"]))) > LONG]
    assert [planted(one) for one in hard] == [{"language"}], [one.told for one in hard]


def test_recipients_and_materials_are_on_record() -> None:
    groups = {row["code"] for row in read_yaml(DATA / "catalogue" / "groups.yaml")["groups"]}
    labels = set(read_yaml(DATA / "provisions" / "labels.yaml"))
    for one in everything():
        ids = {item["id"] for item in one.items}
        assert one.field != "groups" or ids <= groups, one.told
        assert one.field != "material_notes" or ids <= labels, one.told
        assert {item["material"] for item in one.items if "material" in item} <= labels, one.told
        assert {item["channel"] for item in one.items if "channel" in item} <= labels, one.told


# -- telephones and addresses ----------------------------------------------------------------------


def phones(found: Iterator[Entry]) -> list[tuple[Entry, str]]:
    return [(one, str(item["phone"])) for one in found for item in one.items if "phone" in item]


def test_numbers_of_real_places_can_be_dialled() -> None:
    assert [number for _, number in phones(real()) if not PHONE.fullmatch(number)] == []
    assert {number for one, number in phones(real()) if one.place == "CN"} == {"12333"}


def test_numbers_of_the_fictional_province_are_nobodys() -> None:
    wrong = [one for one, number in phones(iter(entries("simulated"))) if not NOBODYS.fullmatch(number)]
    assert [planted(one) for one in wrong] == [{"phone"}], [one.told for one in wrong]
    assert all(number.startswith("0600-") for _, number in phones(iter(entries("simulated"))))


def test_addresses_of_the_fictional_province_lead_nowhere() -> None:
    text = "".join((SIMULATED / f"{name}.yaml").read_text("utf-8") for name in ("guides", "points"))
    assert set(re.findall(r"https?://([^/\"]+)", text)) == {f"{name}.sample-province.example"
                                                            for name in ("portal", "app", "gone", "queue")}


# -- the fictional province ------------------------------------------------------------------------


def test_whatever_is_simulated_says_so() -> None:
    for one in entries("simulated"):
        assert source_of(one.said) == ("simulated", "SIM"), one.told
        assert str(one.row.get("region") or one.row["regions"]["under"]).startswith("99"), one.told
    for name in ("points", "adoptions", "ledger"):
        (rows,) = read_yaml(SIMULATED / f"{name}.yaml").values()
        assert {(row["source"], row["mark"]) for row in rows} == {("simulated", "SIM")}


def test_every_county_has_its_own_contacts_and_body() -> None:
    everywhere = [one for one in entries("simulated") if (one.row.get("regions") or {}).get("level") == 3]
    written = {field: {matter for one in everywhere if one.field == field for matter in one.matters}
               for field in ("contacts", "complaints", "body")}
    assert written["contacts"] == written["complaints"] == set(matters())
    above = {"NB030-EX02", "NB030-EX03", "NB030-EX04", "NB030-EX05", "NB030-EX06"}
    assert {code for code in matters() if code[:5] not in ("NB017", "NB018", "NB026")} - above == written["body"]


def test_with_the_province_only_what_is_locked_or_promised_is_missing() -> None:
    needed = [one.code for one in fields().values() if one.required and one.typed and one.policy != "locked"]
    for field in needed:
        written = {matter for kind in ("national", "simulated") for one in entries(kind)
                   if one.field == field and not planted(one) for matter in one.matters}
        assert set(matters()) - written == set(), field


def test_every_planted_fault_is_there() -> None:
    found = {kind: one for one in entries("simulated") for kind in planted(one)}
    assert set(found) == set(PLANTED)
    assert fields()[found["locked"].field].policy == "locked"
    (line,) = found["basis"].items
    assert line["until"] == papers()[line["document"]]["valid_until"] < TODAY
    (rule,) = [row for row in read_yaml(SIMULATED / "provisions" / "sample-province.yaml")["provisions"]
               if (row["subject"], row["measure"]) == ("NB029-EX01", "materials")]
    assert not {item["id"] for item in found["material"].items} & set(rule["value"]["set"])
    assert "gone." in found["link"].items[0]["url"]


def test_only_planted_places_write_what_is_locked() -> None:
    locked = [one for kind in ("places", "simulated") for one in entries(kind)
              if fields()[one.field].policy == "locked"]
    assert [planted(one) for one in locked] == [{"locked"}], [one.told for one in locked]


# -- service points --------------------------------------------------------------------------------


def points() -> list[Row]:
    return list(read_yaml(SIMULATED / "points.yaml")["points"])


def plain_point(row: Row, code: str) -> dict[str, Any]:
    """The row at one place, as it is spelled out when loaded."""
    grid = row.get("grid") or {}
    plain = {key: value for key, value in row.items() if key not in ("regions", "grid", "from")}
    coordinates = {"lon": grid["lon0"], "lat": grid["lat0"]} if grid else {}
    return {"region": code, **plain, **coordinates, "code": str(row["code"]).replace("{code}", code)}


def test_points_can_be_read_and_have_both_languages() -> None:
    for row in points():
        point = read_point(plain_point(row, str(row.get("region", "990101"))))
        assert point.name.zh and point.name.en and bool(point.address.zh) == bool(point.address.en), point.code
        assert bool(point.remark.zh) == bool(point.remark.en) and set(point.matters) <= set(matters()), point.code
        assert "模拟" in point.name.zh and "simulated" in point.name.en, point.code
        assert not point.telephone or NOBODYS.fullmatch(point.telephone), point.code


def test_every_county_has_a_hall_and_two_points_nearer_to_home() -> None:
    kinds = Counter(row["kind"] for row in points() if row.get("regions") == {"under": "990000", "level": 3})
    assert kinds["hall"] >= 1 and kinds["township"] + kinds["village"] >= 2


def test_no_point_lies_on_land() -> None:
    """All in the open Pacific, even the last of a row of ten and the last line."""
    for row in points():
        lines = 1 if "regions" not in row else -(-len(fictional(row["regions"]["level"])) // 10)
        grid = row.get("grid") or {"lon0": row.get("lon", 160), "lat0": row.get("lat", 28), "step": 0}
        lon, lat = grid["lon0"] + 9 * grid["step"], grid["lat0"] + (lines - 1) * grid["step"]
        assert 159.9 <= grid["lon0"] <= lon <= 161 and 28 <= grid["lat0"] <= lat <= 29.1, row["code"]


def test_codes_of_points_are_unique_but_for_one_that_moved_and_one_that_closed() -> None:
    codes = Counter(one["code"] for row in points() for one in (
        [plain_point(row, code) for code in fictional(row["regions"]["level"])] if "regions" in row else [row]))
    assert {code for code, count in codes.items() if count > 1} == {"990102-hall", "990803-village-1"}


# -- claims, ledger, life events -------------------------------------------------------------------


def claims() -> list[Row]:
    return list(read_yaml(SIMULATED / "adoptions.yaml")["adoptions"])


def places_of(row: Row) -> set[str]:
    if "region" in row:
        return {str(row["region"])}
    level, under = row["regions"]["level"], row["regions"]["under"]
    return {code for code, above in fictional(level).items() if under in (above, "990000")}


def test_claims_say_what_can_be_said_and_why() -> None:
    assert {row["says"] for row in claims()} == set(SAYS)
    for row in claims():
        assert chosen(row) and places_of(row), row
        assert row["says"] != "not_offered" or (row["reason_zh"] and row["reason_en"]), row
        assert (row["says"] == "under_another") == ("other" in row), row
        assert row.get("other") is None or (row["other"] in matters() and row["other"] not in chosen(row)), row


def test_some_places_say_nothing() -> None:
    """Which is not a yes: two items in one city, and one county on almost everything."""
    said = {(place, matter) for row in claims() for place in places_of(row) for matter in chosen(row)}
    assert ("990801", "NB065-EX01") not in said and ("990801", "NB029-EX01") in said
    assert {matter for matter in matters() if ("991029", matter) in said} == {
        f"NB030-EX{n:02}" for n in (2, 3, 4, 5, 6)}


def test_planted_names_kinds_and_codes_differ_from_the_national_list() -> None:
    differing = [(row, name) for row in claims() for name in ("name_zh", "kind", "code") if name in row]
    assert Counter(name for _, name in differing) == {"name_zh": 3, "kind": 2, "code": 1}
    for row, name in differing:
        (matter,) = chosen(row)
        assert row[name] != matters()[matter][name], row


@pytest.mark.parametrize("file", [GUIDES / "ledger.yaml", SIMULATED / "ledger.yaml"], ids=["real", "simulated"])
def test_lines_of_the_ledger_hold_together(file: Path) -> None:
    rows = read_yaml(file)["changes"]
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        change = read_change(row, matters())
        assert change.words.zh and change.words.en and bool(change.clause.zh) == bool(change.clause.en), change.code
        assert not change.document or change.document in papers(), change.code
        assert (change.mark == "SIM") == (change.region != "CN"), change.code


def test_the_real_ledger_takes_no_matter_off_the_list() -> None:
    assert {row["kind"] for row in read_yaml(GUIDES / "ledger.yaml")["changes"]} == {"added", "changed"}


def test_life_events_put_what_is_needed_first() -> None:
    rows = read_yaml(GUIDES / "bundles.yaml")["bundles"]
    assert [row["code"] for row in rows] == ["retirement", "hiring", "first_job", "lost_job"]
    for row in rows:
        order: Mapping[str, int] = {leg["matter"]: leg["order"] for leg in row["legs"]}
        assert len(order) == len(row["legs"]) and set(order) <= set(matters()), row["code"]
        assert row["source"] and row["mark"] == "R" and row["name_zh"] and row["name_en"], row["code"]
        for leg in row["legs"]:
            assert leg["zh"] and leg["en"] and bool(leg.get("if_zh")) == bool(leg.get("if_en")), leg
            assert all(order[other] < leg["order"] for other in leg.get("needs") or ()), leg


def test_a_fault_would_be_seen() -> None:
    """The reader of fields refuses what these tests rely on it to refuse."""
    with pytest.raises(Refused):
        checked(fields()["contacts"], [{"id": "a", "zh": "甲", "en": "A", "fax": "1"}])
    with pytest.raises(Refused):
        checked(fields()["promised_limit"], {"zh": "三天", "en": "three days"})
