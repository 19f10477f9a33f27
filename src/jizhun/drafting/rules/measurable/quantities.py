"""Numbers with a unit in a sentence, in Chinese and English: days, money, months, shares, visits, papers. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

Number = int | Decimal
MOST, LEAST, PLAIN = "most", "least", ""

UNITS: Final = {
    "个工作日": "working_day", "工作日": "working_day", "working": "working_day", "business": "working_day",
    "自然日": "calendar_day", "个自然日": "calendar_day", "日历日": "calendar_day", "日历天": "calendar_day",
    "个日历日": "calendar_day", "天": "calendar_day", "日": "calendar_day", "calendar": "calendar_day",
    "day": "calendar_day", "小时": "hour", "个小时": "hour", "hour": "hour", "分钟": "minute", "minute": "minute",
    "个月": "month", "month": "month", "年": "year", "year": "year",
}
PERIODS: Final = {"月": "/month", "month": "/month", "年": "/year", "year": "/year", "小时": "/hour", "hour": "/hour"}

# Runs that may be as long as the text are possessive (*+), and have one way to be read: else a search may never end.
PERIOD: Final = re.compile(r"(?:[每均]|[/／]\s*+(?:人\s*+[·•.]?\s*+每?)?|\b(?:an?|per|each|every)\s++)\s*+"
                           r"(月|年|小时|month|year|hour)")

ARABIC: Final = r"(?<!\d)(?:\d{1,3}(?:,\d{3}){1,5}|\d{1,12})(?:\.\d{1,6})?"
ZH_NUMBER: Final = ARABIC + r"|(?<![零〇一二两三四五六七八九十百千])[零〇一二两三四五六七八九十百千]{1,12}"
EN_ONES: Final = {word: place for place, word in enumerate((
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"))}
EN_TENS: Final = {word: 10 * place for place, word in enumerate((
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), 2)}
EN_NUMBER: Final = (ARABIC + r"|\b(?:(?:" + "|".join(EN_TENS) + r")(?:-(?:"
                    + "|".join(EN_ONES) + r"))?|" + "|".join(sorted(EN_ONES, key=len, reverse=True)) + r")\b")

ZH_MOST: Final = r"不得?超过|不得?多于|不得?高于|不得?长于|不大于|至多|最多|最长|最高|最迟|上限"
ZH_LEAST: Final = r"不得?少于|不得?低于|不得?短于|不小于|至少|最少|最低(?!工资|生活)|最短|下限"
ZH_SIDE: Final = (rf"(?:(?:(?P<most>{ZH_MOST})|(?P<least>{ZH_LEAST}))"
                  r"(?:为|是|标准|可?达到?|每人|每月|每年|人民币|应|当地|：|:|\s|在)*+)?")
ZH_AFTER: Final = r"(?:(?P<within>之内|以内|内|以下|以前|之前)|(?P<over>及?以上))?"
EN_MOST: Final = (r"within|at (?:the )?most|(?:no|not) (?:more|later|longer|higher) than|(?:not|never) exceed(?:ing)?|"
                  r"up to|(?:a )?maximum (?:of|is)|at the latest")
EN_LEAST: Final = r"at least|(?:no|not) (?:less|fewer|lower|shorter) than|not (?:be )?below|(?:a )?minimum (?:of|is)"
EN_SIDE: Final = rf"(?:\b(?:(?P<most>{EN_MOST})|(?P<least>{EN_LEAST}))\s+(?:a total of\s+)?)?"
EN_AFTER: Final = r"(?:\s+(?:(?P<within>or (?:less|fewer)|at most)|(?P<over>or more|at least)))?"


def _spanned(number: str, between: str) -> str:
    return rf"(?P<low>{number})(?:\s*(?:{between})\s*(?P<high>{number}))?"


ZH_SPAN: Final = _spanned(ZH_NUMBER, "[～~—–-]+|至|到")
EN_SPAN: Final = _spanned(EN_NUMBER, "to|[-–~]")
ZH_TIME: Final = r"(?P<unit>个?工作日|个?自然日|个?日历日|日历天|天|日|个?小时|分钟|个月|年)"
EN_TIME: Final = r"[\s-]*(?P<unit>(?:working|business|calendar)[\s-]+days?|days?|hours?|minutes?|months?|years?)\b"
ZH_PER: Final = r"(?P<per>\s*+(?:[/／]|每)\s*+(?:人\s*+[·•.]?\s*+)?(?:每\s*+)?(?:月|年|小时))?"
EN_PER: Final = (r"(?P<per>\s*+(?:per|an?|each|every|/)\s*+(?:person\s*+(?:per|a|each|every)\s*+)?"
                 r"(?:month|year|hour)\b)?")

PATTERNS: Final[dict[str, tuple[tuple[str, re.Pattern[str]], ...]]] = {
    "zh": (
        ("visits", re.compile(rf"(?P<most>最多|至多|只|仅|不超过)[需须用要]*(?:跑|到现场|到场|上门|去)\s*"
                              rf"(?P<low>{ZH_NUMBER})\s*[次趟]")),
        ("visits", re.compile(rf"(?:现场|跑动|跑腿|到场)次数?[^，。；]{{0,4}}?{ZH_SIDE}(?P<low>{ZH_NUMBER})\s*[次趟]")),
        ("visits", re.compile(r"(?P<none>零跑动|零跑腿|零次跑|一次[都也]?不用?跑|不用跑|不见面(?:办理|审批)|"
                              r"(?:无[需须]|不必|不用)再?(?:到|去|来|前往)[^，。；]{0,4}(?:现场|窗口|大厅))")),
        ("papers", re.compile(rf"{ZH_SIDE}{ZH_SPAN}\s*[份件项种](?:申请|证明|申报)?材料")),
        ("papers", re.compile(rf"材料(?:数量)?[^，。；\d]{{0,4}}?{ZH_SIDE}{ZH_SPAN}\s*[份件项种]")),
        ("papers", re.compile(r"(?P<none>(?:无需|不需要?|免于?)提交(?:任何)?(?:申请|证明)?材料)")),
        ("at_once", re.compile(r"(?P<none>(?:当场|当日|当天|即时)(?:即可|予以|应)?"
                               r"(?:办结|办理完毕|办理|办好|办完|完成|领取|出具|可取)|(?:立即|即刻)办结|即办即结|立等可取)")),
        ("fee", re.compile(r"(?P<none>免费|不(?:得|应)?(?:收取?|向[^，。；]{1,8}收取)(?:任何)?(?:其他)?(?:费用?)?"
                           r"(?![^，。；]{0,4}材料)|免收[^，。；]{0,8}费|零收费)")),
        ("money", re.compile(rf"(?:(?:每人)?每[月年]|每小时|月人?均|每人)?{ZH_SIDE}(?:(?:每人)?每[月年]|每小时|每人)?"
                             rf"(?:补贴|补助|为|发放|增加|给予|是){{0,4}}\s{{0,3}}{ZH_SPAN}(?P<scale>万|亿)?元{ZH_PER}{ZH_AFTER}")),
        ("share", re.compile(rf"(?:(?P<most>{ZH_MOST})|(?P<least>{ZH_LEAST}))[^，。；\d]{{0,16}}?的{ZH_SPAN}\s*[%％]")),
        ("share", re.compile(rf"{ZH_SIDE}{ZH_SPAN}\s*[%％]{ZH_AFTER}")),
        ("share", re.compile(rf"{ZH_SIDE}百分之(?P<low>{ZH_NUMBER}){ZH_AFTER}")),
        ("time", re.compile(rf"{ZH_SIDE}{ZH_SPAN}\s*{ZH_TIME}{ZH_AFTER}")),
    ),
    "en": (
        ("visits", re.compile(rf"{EN_SIDE}(?P<low>{EN_NUMBER})\s+(?:visits?|trips?)\b", re.I)),
        ("visits", re.compile(r"(?P<none>\b(?:no|without (?:a|any)) (?:visits?|trips?)\b|"
                              r"\bneed not (?:come|go|appear)\b)", re.I)),
        ("papers", re.compile(rf"{EN_SIDE}{EN_SPAN}\s+(?:application |supporting )?"
                              r"(?:documents?|materials|papers)\b", re.I)),
        ("papers", re.compile(r"(?P<none>\bno (?:application |supporting )?(?:documents|materials|papers)\b)", re.I)),
        ("at_once", re.compile(r"(?P<none>\bon the spot\b|\b(?:on )?the same (?:working )?day\b)", re.I)),
        ("fee", re.compile(r"(?P<none>\bfree of charge\b|\bno (?:fees?|charge)\b|\bwithout (?:charge|fee)\b|"
                           r"\bshall not charge\b)", re.I)),
        ("money", re.compile(rf"{EN_SIDE}(?:CNY|RMB|[¥￥])\s?{EN_SPAN}{EN_PER}{EN_AFTER}", re.I)),
        ("money", re.compile(rf"{EN_SIDE}{EN_SPAN}\s+(?:yuan|CNY|RMB){EN_PER}{EN_AFTER}", re.I)),
        ("share", re.compile(rf"{EN_SIDE}{EN_SPAN}\s*(?:%|per ?cent\b){EN_AFTER}", re.I)),
        ("time", re.compile(rf"{EN_SIDE}{EN_SPAN}{EN_TIME}{EN_AFTER}", re.I)),
    ),
}

NO_START: Final = re.compile(r"[第.\d×xX/年月号版]$|[-—–]$|GB/?T? ?$")
"""What stands before a number that is a day of the calendar, an ordinal, a clause or part of a longer number."""
FORMER: Final = (re.compile(r"[由从](?:原来的|原)?\s*$"),
                 re.compile(r"[^，。；\d]{0,6}(?:压缩|缩短|减少|降低|提高|提升|调整|增加|延长)?[至到为]"))
"""What stands before and after a number that no longer holds: 由20个工作日压缩至5个工作日."""
CONDITION: Final = re.compile(r"(?:(?<!不)(?<!不得)超过|逾期|满|不足|每[周月年]|[当次]月|全年|连续|累计|每隔?|近)\s*$|"
                              r"\b(?:more than|over|every|after|exceeds?|the last|the first|aged?)\s+$", re.I)
"""What makes a number a condition or a rhythm and no promise: 逾期超过15日未补正的."""
LONGEST_YEARS: Final = 60
NEAR: Final = 40
"""So many characters before a number can say that it is none."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number found: what it counts (``about``), its unit, and whether it is the most, the least or neither."""

    about: str
    start: int
    end: int
    low: Number
    high: Number | None
    unit: str
    side: str


def quantities(text: str, language: str) -> list[Quantity]:
    """Every quantity in a sentence, in its order; what lies inside another one is left out."""
    found: list[Quantity] = []
    taken = bytearray(len(text))
    for about, pattern in PATTERNS[language]:
        for match in pattern.finditer(text):
            if taken.find(1, *match.span()) >= 0:
                continue
            for one in _read(about, match, text):
                found.append(one)
                taken[one.start:one.end] = b"\1" * (one.end - one.start)
    return sorted(found, key=lambda one: one.start)


def _read(about: str, match: re.Match[str], text: str) -> Iterator[Quantity]:
    groups = match.groupdict()
    unit = _unit(about, match)
    if groups.get("none"):
        yield Quantity(about, match.start(), match.end(), 0, None, unit, MOST if about != "fee" else PLAIN)
        return
    before = text[max(match.start() - NEAR, 0):match.start()]
    side = MOST if groups.get("most") else LEAST if groups.get("least") else PLAIN
    side = side or (MOST if groups.get("within") else LEAST if groups.get("over") else PLAIN)
    if about in ("time", "share", "money") and (NO_START.search(before) or (
            not (groups.get("most") or groups.get("least")) and CONDITION.search(before))):
        return
    if FORMER[0].search(before) and FORMER[1].match(text, match.end()):
        return
    low, high = _number(groups["low"]), _number(groups["high"]) if groups.get("high") else None
    scale = {"万": 10_000, "亿": 100_000_000}.get(groups.get("scale") or "", 1)
    low, high = low * scale, high * scale if high is not None else None
    if not (unit == "year" and low > LONGEST_YEARS):
        high = None if high is None else _plain(high)
        yield Quantity(about, match.start(), match.end(), _plain(low), high, unit, side)


def _unit(about: str, match: re.Match[str]) -> str:
    if about == "money":
        period = PERIOD.search(match[0].lower())
        return "CNY" + (PERIODS[period[1]] if period else "")
    if about == "time":
        word = match["unit"].lower()
        first = re.split(r"[\s-]", word)[0]
        return UNITS.get(first) or UNITS[first.removesuffix("s")]
    return {"visits": "times", "papers": "piece", "at_once": "working_day", "fee": "CNY", "share": "percent"}[about]


def _plain(number: Number) -> Number:
    return int(number) if number == int(number) else number


def _number(text: str) -> Number:
    plain = text.replace(",", "").lower()
    if plain[0].isascii() and plain[0].isdigit():
        return Decimal(plain)
    return english_number(plain) if plain[0].isascii() else chinese_number(plain)


def english_number(word: str) -> int:
    """forty-five -> 45."""
    return sum(EN_TENS.get(part, EN_ONES.get(part, 0)) for part in word.split("-"))


def chinese_number(text: str) -> int:
    """二十 -> 20, 一百六十三 -> 163, 两 -> 2; digits in a row (一二三) are read one by one."""
    digits = {sign: place for place, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
    if not set(text) & set("十百千"):
        return int("".join(str(digits[sign]) for sign in text))
    total, last = 0, 0
    for sign in text:
        if sign in digits:
            last = digits[sign]
        else:
            total, last = total + (last or 1) * {"十": 10, "百": 100, "千": 1000}[sign], 0
    return total + last
