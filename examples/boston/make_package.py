"""Writes regions.csv and catalogue.yaml of this package from the city's own case log.

    python examples/boston/make_package.py boston311_2015_h1.csv.gz

What the log calls TYPE becomes a matter, REASON an item, SUBJECT a category, neighborhood a place. Names are the
city's own; nothing is translated or tidied, so a matter's name is exactly what the log says.
"""

import csv
import gzip
import re
import sys
from collections import Counter
from pathlib import Path

ROOT = "US-BOS"
HERE = Path(__file__).resolve().parent
SOURCE = "City of Boston, 311 service requests, log of the first half of 2015 as extracted on 2016-01-13"
PLACES = "code,parent,name_zh,name_en,kind,level,root,valid_from,valid_until,source,mark"


def slug(name: str) -> str:
    """A code from a name: lower case, hyphens, nothing else."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:48]


def quoted(text: str) -> str:
    """A YAML string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def most_common(rows: list[dict[str, str]], key: str, value: str) -> dict[str, str]:
    """For each ``key`` the ``value`` that most rows give it."""
    counted = Counter((row[key], row[value]) for row in rows)
    found: dict[str, str] = {}
    for (one, other), _ in sorted(counted.items(), key=lambda entry: (-entry[1], entry[0])):
        found.setdefault(one, other)
    return dict(sorted(found.items()))


def places(rows: list[dict[str, str]]) -> str:
    """regions.csv: the city, its neighbourhoods, and two places for what the log does not say."""
    lines = [PLACES, f'{ROOT},,波士顿市,City of Boston,city,0,{ROOT},,,"{SOURCE}",V-repo']
    for name in sorted({row["neighborhood"] for row in rows} - {""}):
        lines.append(f'{ROOT}-{slug(name)},{ROOT},"{name}","{name}",neighborhood,1,{ROOT},,,"{SOURCE}",V-repo')
    for code, zh, en in (("OTHER", "其他街区", "Other neighborhood"), ("UNKNOWN", "地点不明", "Place not recorded")):
        lines.append(f'{ROOT}-{code},{ROOT},{zh},{en},unknown,1,{ROOT},,,"not in the log; for rows without a place",R')
    return "\n".join(lines) + "\n"


def catalogue(rows: list[dict[str, str]]) -> str:
    """catalogue.yaml: one edition, SUBJECT > REASON > TYPE, and a matter for types that the log does not have yet."""
    subjects, reasons = most_common(rows, "REASON", "SUBJECT"), most_common(rows, "TYPE", "REASON")
    lines = [
        f"# Written by make_package.py from: {SOURCE}.",
        "# No Chinese names yet: name_zh repeats the city's own name, which is what the log says.",
        f"source: {quoted(SOURCE)}",
        "mark: V-repo",
        f"root: {ROOT}",
        "editions:",
        f"  - {{code: {ROOT}-2015, name_zh: 波士顿市311服务请求类型（2015年上半年）, "
        "name_en: Boston 311 request types as of early 2015, published_on: 2015-01-01, valid_from: 2015-01-01}",
        "areas:",
        f"  - code: {ROOT}-311",
        "    name_zh: 311非紧急市政服务",
        "    name_en: Non-emergency city services (311)",
        "    categories:",
    ]
    for name in [*sorted(set(subjects.values())), "Other"]:
        lines.append(f"      - {{code: {ROOT}-S-{slug(name)}, {_names(name)}}}")
    lines.append("items:")
    for name, subject in [*subjects.items(), ("Other", "Other")]:
        lines.append(f"  - {{code: {ROOT}-R-{slug(name)}, category: {ROOT}-S-{slug(subject)}, {_names(name)}}}")
    lines.append("matters:")
    for name, reason in reasons.items():
        lines.append(f"  - {{code: {ROOT}-T-{slug(name)}, item: {ROOT}-R-{slug(reason)}, example_split: false, "
                     f"{_names(name)}}}")
    lines.append(f"  - {{code: {ROOT}-OTHER, item: {ROOT}-R-other, name_zh: 其他请求, name_en: Other request, "
                 "note_zh: 名录中没有的类型归于此, note_en: Types that this list does not have count here, mark: R}")
    return "\n".join(lines) + "\n"


def _names(name: str) -> str:
    return f"name_zh: {quoted(name)}, name_en: {quoted(name)}"


def main(log: str) -> None:
    """Read the log, write both files."""
    with gzip.open(log, "rt", encoding="utf-8-sig", newline="") as text:
        rows = list(csv.DictReader(text))
    (HERE / "regions.csv").write_text(places(rows), "utf-8")
    (HERE / "catalogue.yaml").write_text(catalogue(rows), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
