"""Numbers that carry meaning: of standards, of regions, of service items and matters."""

import re
from dataclasses import dataclass
from functools import total_ordering
from typing import NoReturn

from jizhun.kernel.bilingual import Refused

DASHES = re.compile("[‐‑‒–—―－−]+")
"""Hyphens, en and em dashes, full-width hyphen, minus: all are written for the one before the year."""

WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x2215: 0x2F}
"""Full-width letters, digits and signs to plain ones."""

PROVINCES = {
    "11": "北京", "12": "天津", "13": "河北", "14": "山西", "15": "内蒙古", "21": "辽宁", "22": "吉林",
    "23": "黑龙江", "31": "上海", "32": "江苏", "33": "浙江", "34": "安徽", "35": "福建", "36": "江西",
    "37": "山东", "41": "河南", "42": "湖北", "43": "湖南", "44": "广东", "45": "广西", "46": "海南",
    "50": "重庆", "51": "四川", "52": "贵州", "53": "云南", "54": "西藏", "61": "陕西", "62": "甘肃",
    "63": "青海", "64": "宁夏", "65": "新疆", "66": "兵团", "71": "台湾", "81": "香港", "82": "澳门",
    "99": "示例省",
}
"""First two digits of a region code. 66 is the statistical code of the Corps, 99 our fictional province."""

INDUSTRIES = ("LD", "CY", "DA", "GA", "JT", "JY", "LB", "MH", "MZ", "NY", "QX", "RB", "SB", "SF", "TY", "WH",
              "WS", "XF", "YD", "YY")
"""Codes of industry standards: LD is labour and social security, MZ civil affairs, WS health, ..."""

KINDS = {"GB": "national", **dict.fromkeys(INDUSTRIES, "industry"), "DB": "local", "T": "group",
         "Q": "enterprise"}
ISSUERS = tuple(KINDS)

STATE = f"GB|{'|'.join(INDUSTRIES)}"
REGION = r"\d{4,6}|\d{2}"
"""Digits after DB: province, city, county; Shanghai prints its districts with five (DB31117/Z)."""

NUMBER = re.compile(
    rf"(?P<prefix>{STATE}|DB(?P<region>{REGION})|(?P<owned>[TQ])/(?P<owner>[A-Z0-9]+(?:[./-][A-Z0-9]+)*?))"
    r"(?:/(?P<status>[TZ]))?"
    r"(?: (?P<number>\d+)|(?<=[A-Z])(?P<glued>\d+))(?:\.(?P<part>\d+(?:\.\d+)*))?"
    r"(?:-(?P<year>\d{4}))?", re.ASCII)

ITEM = re.compile(r"NB(\d{3})", re.ASCII)
MATTER = re.compile(r"NB(\d{3})-(EX)?(\d{2,3})", re.ASCII)
GENERIC = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
CHINESE_REGION = re.compile(r"\d{6}", re.ASCII)


@total_ordering
@dataclass(frozen=True, slots=True)
class StandardNumber:
    """The number of one standard, as ``GB/T 31596.1-2015``.

    ``issuer``: GB, an industry's code, DB, T or Q. ``region``: the digits of a local standard. ``owner``: code of the
    association (T) or enterprise (Q). ``status``: "" mandatory (or plain), "T" recommended, "Z" guidance.
    ``number`` keeps its leading zeros; ``part`` may be nested ("2" or "2.1"); ``year`` is None when not dated.
    """

    issuer: str
    number: str
    year: int | None = None
    status: str = ""
    region: str = ""
    owner: str = ""
    part: str = ""

    @property
    def kind(self) -> str:
        """national, industry, local, group or enterprise."""
        return KINDS[self.issuer]

    @property
    def prefix(self) -> str:
        """What stands before the number: ``GB/T``, ``DB5108/T``, ``T/CQTSHRA``."""
        if self.owner:
            return f"{self.issuer}/{self.owner}"
        return f"{self.issuer}{self.region}" + (f"/{self.status}" if self.status else "")

    @property
    def undated(self) -> str:
        """The number without its year: the same for all editions of a standard."""
        return f"{self.prefix} {self.number}" + (f".{self.part}" if self.part else "")

    @property
    def sort_key(self) -> tuple[int, str, str, int, tuple[int, ...], int, str, str]:
        """Kinds in the order national to enterprise, then by number as a number, part and year."""
        parts = tuple(int(one) for one in self.part.split(".")) if self.part else ()
        return (ISSUERS.index(self.issuer), self.region, self.owner, int(self.number), parts,
                self.year or 0, self.status, self.number)

    def __str__(self) -> str:
        return self.undated + (f"-{self.year}" if self.year else "")

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, StandardNumber):
            return NotImplemented
        return self.sort_key < other.sort_key


def parse_standard(text: str) -> StandardNumber:
    """The standard's number in ``text``; dashes of any kind, full-width signs and missing spaces are mended.

    Raises Refused, saying what is wrong: prefix, region, number or year.
    """
    mended = _mended(text)
    found = NUMBER.fullmatch(mended)
    if found is None:
        _refuse_standard(text, mended)
    region, year = found["region"] or "", int(found["year"]) if found["year"] else None
    if region and region[:2] not in PROVINCES:
        _refuse(text, f"“{region[:2]}”不是省级代码", f"“{region[:2]}” is no province's code")
    if year is not None and not 1949 <= year <= 2100:
        _refuse(text, f"年份 {year} 不在 1949 至 2100 之间", f"the year {year} is not between 1949 and 2100")
    return StandardNumber(
        issuer=found["owned"] or found["prefix"][:2], number=found["number"] or found["glued"], year=year,
        status=found["status"] or "", region=region, owner=found["owner"] or "", part=found["part"] or "")


def _mended(text: str) -> str:
    plain = DASHES.sub("-", text.translate(WIDE)).upper()
    plain = re.sub(r"\s*([-/.])\s*", r"\1", " ".join(plain.split()))
    # "GB/T31596" and "DB51/T3044" are written as often as with the space; "DB 51/T" is one prefix.
    plain = re.sub(rf"^DB (?=(?:{REGION})/[TZ])", "DB", plain)
    return re.sub(rf"^((?:{STATE})(?:/[TZ])?|DB(?:{REGION})/[TZ])(?=\d)", r"\1 ", plain)


def _refuse_standard(text: str, mended: str) -> NoReturn:
    if not re.match(rf"(?:{STATE}|DB)(?![A-Z])|[TQ]/", mended):
        _refuse(text, "应以 GB、LD 等行业代号、DB、T/ 或 Q/ 开头",
                "it must begin with GB, an industry's code such as LD, DB, T/ or Q/")
    if re.match(rf"DB(?!(?:{REGION})(?:/|\s|$))", mended):
        _refuse(text, "DB 后应为 2、4 或 6 位地区代码", "DB must be followed by a region code of 2, 4 or 6 digits")
    if re.search(r"-(?!\d{4}$)[^-]*$", mended):
        _refuse(text, "年份应为四位数字", "the year must have four digits")
    _refuse(text, "应写成“GB/T 31596.1-2015”的样子", "write it like “GB/T 31596.1-2015”")


def _refuse(text: str, zh: str, en: str) -> NoReturn:
    raise Refused(zh=f"“{text}”不是标准编号：{zh}。", en=f"“{text}” is not a standard's number: {en}.")


def parse_region(code: str) -> str:
    """A region code as it stands: ``CN``, six digits of GB/T 2260, or another country's own code.

    Raises Refused when six digits begin with no province's code, or when the text is no code at all.
    """
    if CHINESE_REGION.fullmatch(code) and code[:2] not in PROVINCES:
        raise Refused(zh=f"“{code}”不是行政区划代码：没有代码为 {code[:2]} 的省级地区。",
                      en=f"“{code}” is not a region code: no province has the code {code[:2]}.")
    if GENERIC.fullmatch(code) is None:
        raise Refused(zh=f"“{code}”不是地区代码，请写成 320100 或 US-BOS 的样子。",
                      en=f"“{code}” is not a region code; write it like 320100 or US-BOS.")
    return code


def region_level(code: str) -> int:
    """What six digits of GB/T 2260 say by themselves: 1 province, 2 prefecture, 3 county.

    Municipalities, and cities without counties, are told apart only by the tree of places.
    """
    if not CHINESE_REGION.fullmatch(parse_region(code)):
        raise Refused(zh=f"“{code}”不是六位行政区划代码。", en=f"“{code}” is not a region code of six digits.")
    if code.endswith("0000"):
        return 1
    return 2 if code.endswith("00") else 3


@dataclass(frozen=True, slots=True, order=True)
class ItemCode:
    """A service item of the national list: ``NB029`` is number 29 of the 2021 edition."""

    number: int

    def __str__(self) -> str:
        return f"NB{self.number:03}"


@dataclass(frozen=True, slots=True, order=True)
class MatterCode:
    """A service matter: ``NB029-EX01`` is the first of our own example split (示例拆分) of item 29."""

    item: ItemCode
    number: int
    example: bool = True

    def __str__(self) -> str:
        return f"{self.item}-{'EX' if self.example else ''}{self.number:02}"


def parse_item(code: str) -> ItemCode:
    """A code of the national list; raises Refused for anything else."""
    found = ITEM.fullmatch(code)
    if found is None or not int(found[1]):
        raise Refused(zh=f"“{code}”不是服务项目代码，请写成 NB029 的样子。",
                      en=f"“{code}” is not a service item's code; write it like NB029.")
    return ItemCode(int(found[1]))


def parse_matter(code: str) -> MatterCode:
    """A matter's code under the national list; raises Refused for anything else."""
    found = MATTER.fullmatch(code)
    if found is None or not int(found[1]) or not int(found[3]):
        raise Refused(zh=f"“{code}”不是服务事项代码，请写成 NB029-EX01 的样子。",
                      en=f"“{code}” is not a service matter's code; write it like NB029-EX01.")
    return MatterCode(ItemCode(int(found[1])), int(found[3]), found[2] is not None)


def check_code(code: str) -> str:
    """A code that a package of its own may use for items, matters or groups; raises Refused otherwise."""
    if GENERIC.fullmatch(code) is None:
        raise Refused(
            zh=f"“{code}”不能用作代码：以字母或数字开头，只含字母、数字、点、下划线和连字符，最多 64 个字符。",
            en=f"“{code}” cannot be a code: begin with a letter or digit and use only letters, digits, dots, "
               "underscores and hyphens, at most 64 characters.")
    return code
