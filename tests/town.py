"""A small town with two villages and one matter, as a package, and files of its cases."""

from pathlib import Path

REGIONS = """code,parent,name_zh,name_en,kind,level,root,valid_from,valid_until,source,mark
T,,镇,Town,nation,0,T,,,own,R
T1,T,东村,East,village,1,T,,,own,R
T2,T,西村,West,village,1,T,,2024-12-31,own,R
"""
CATALOGUE = """
source: own
mark: R
root: T
editions: [{code: T-1, name_zh: 镇单, name_en: Town list, valid_from: 2020-01-01}]
areas: [{code: T-A, name_zh: 领域, name_en: Area, categories: [{code: T-C, name_zh: 类, name_en: Category}]}]
items: [{code: T-I, category: T-C, name_zh: 项目, name_en: Item}]
matters: [{code: T-M, item: T-I, name_zh: 事项, name_en: Matter}]
"""
MAPPING = """
name_zh: 镇办件
name_en: Town cases
within: T
calendar: CN
extract_date: 2025-06-30
fields: {case_key: id, matter: {constant: T-M}, region: place, accepted_at: accepted, closed_at: closed}
"""


def write_package(folder: Path) -> Path:
    """The town as a package in a new folder."""
    folder.mkdir()
    (folder / "package.yaml").write_text("code: T\nname_zh: 镇\nname_en: Town\n", "utf-8")
    (folder / "regions.csv").write_text(REGIONS, "utf-8")
    (folder / "catalogue.yaml").write_text(CATALOGUE, "utf-8")
    return folder


def file(folder: Path, *rows: str, name: str = "a.csv") -> Path:
    """A CSV file of the town's cases."""
    path = folder / name
    path.write_text("\n".join(["id,place,accepted,closed", *rows]) + "\n", "utf-8")
    return path
