"""Published figures of inequality: the reference data beside the repository, and the parts of the country."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from worlds import ROOT

FOUR_REGIONS = {
    "east": "北京 天津 河北 上海 江苏 浙江 福建 山东 广东 海南",
    "middle": "山西 安徽 江西 河南 湖北 湖南",
    "west": "内蒙古 广西 重庆 四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆",
    "north-east": "辽宁 吉林 黑龙江",
}
"""The National Bureau of Statistics' four regions."""


def shared(name: str) -> Any:
    """A file of the reference data beside the repository."""
    path = Path(os.environ.get("JIZHUN_SHARED") or ROOT.parent / "shared") / "data" / name
    if not path.is_file():
        pytest.skip(f"the reference data are not here: put {name} where JIZHUN_SHARED/data says")
    return json.loads(path.read_text("utf-8"))


def region_of(province: str) -> str:
    return next(region for region, names in FOUR_REGIONS.items()
                if any(province.startswith(name) for name in names.split()))


def first_tier() -> dict[str, float]:
    """Province -> its highest minimum wage on 2024-01-01."""
    return wages_of(shared("minimum_wage_2024-01-01.json"))


def wages_of(file: Any) -> dict[str, float]:
    return {row["region"]: max(row["monthly_tiers"]) for row in file["rows"]}
