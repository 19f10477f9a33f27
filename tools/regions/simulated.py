"""Write the places of the fictional province.

    python tools/regions/simulated.py data/simulated/regions.csv

Prefectures are plants, counties a plant and a heavenly stem: no real place is named so. The last prefecture
has no counties, as some real ones have none.
"""

import csv
import sys
from collections.abc import Iterator

PLANTS = (("松", "Pine", "song"), ("柏", "Cypress", "bai"), ("竹", "Bamboo", "zhu"), ("梅", "Plum", "mei"),
          ("兰", "Orchid", "lan"), ("菊", "Chrysanthemum", "ju"), ("荷", "Lotus", "he"),
          ("柳", "Willow", "liu"),
          ("枫", "Maple", "feng"), ("桐", "Paulownia", "tong"), ("樟", "Camphor", "zhang"))
STEMS = (("甲", "Jia"), ("乙", "Yi"), ("丙", "Bing"), ("丁", "Ding"), ("戊", "Wu"), ("己", "Ji"),
         ("庚", "Geng"), ("辛", "Xin"), ("壬", "Ren"))
KINDS = (("区", " District", "district", "qu"),) * 3 + (("市", "", "county_city", "shi"),) + (
    ("县", " County", "county", "xian"),) * 5
COLUMNS = ("code", "parent", "name_zh", "name_en", "kind", "level", "root", "in_scope", "simulated",
           "valid_from", "valid_until", "exact", "former_zh", "pinyin", "source", "mark")


def rows() -> Iterator[tuple[object, ...]]:
    yield row("990000", "CN", "示例省", "Sample Province", "province", 1, "shilisheng")
    for number, (zh, en, sound) in enumerate(PLANTS, 1):
        code = f"99{number:02}00"
        yield row(code, "990000", f"{zh}样市", f"{en} Sample City", "prefecture_city", 2, f"{sound}yangshi")
        if number == len(PLANTS):
            continue
        for index, (named, of_kind) in enumerate(zip(STEMS, KINDS, strict=True), 1):
            (stem, stem_en), (ending, word, kind, tail) = named, of_kind
            # GB/T 2260 numbers districts from 01, counties from 21, cities from 81.
            last = index if kind == "district" else 80 + index if kind == "county_city" else 20 + index
            yield row(f"99{number:02}{last:02}", code, f"{zh}{stem}{ending}", f"{en} {stem_en}{word}",
                      kind, 3, f"{sound}{stem_en.lower()}{tail}")


def row(code: str, parent: str, zh: str, en: str, kind: str, level: int, pinyin: str) -> tuple[object, ...]:
    return (code, parent, zh, en, kind, level, "CN", 1, 1, "", "", 1, "", pinyin, "fictional", "SIM")


if __name__ == "__main__":
    with open(sys.argv[1], "w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows())
