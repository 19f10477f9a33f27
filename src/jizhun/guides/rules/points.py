"""Service points: where one goes, when it is open, who can get in; nearest first."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from jizhun.guides.rules.reaching import dialled, opens
from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAYS = (Bilingual("周一", "Monday"), Bilingual("周二", "Tuesday"), Bilingual("周三", "Wednesday"),
        Bilingual("周四", "Thursday"), Bilingual("周五", "Friday"), Bilingual("周六", "Saturday"),
        Bilingual("周日", "Sunday"))
KINDS: Mapping[str, Bilingual] = {
    "hall": Bilingual("政务服务大厅", "Service hall"),
    "township": Bilingual("乡镇（街道）便民服务中心", "Township service centre"),
    "village": Bilingual("村（社区）便民服务站", "Village service station"),
    "bank": Bilingual("银行网点", "Bank branch"),
    "self_service": Bilingual("自助服务点", "Self-service point")}
ACCESS: Mapping[str, Bilingual] = {
    "step_free": Bilingual("无台阶出入", "Step-free entrance"), "lift": Bilingual("电梯", "Lift"),
    "hearing_loop": Bilingual("助听回路", "Hearing loop"), "sign_language": Bilingual("手语服务", "Sign language"),
    "wheelchair_toilet": Bilingual("无障碍卫生间", "Accessible toilet"),
    "parking": Bilingual("无障碍停车位", "Accessible parking"),
    "low_counter": Bilingual("低位服务台", "Low counter"), "braille": Bilingual("盲文资料", "Papers in Braille")}
QUEUES: Mapping[str, Bilingual] = {"ticket": Bilingual("现场取号", "Take a number on site"),
                                   "appointment": Bilingual("可预约", "Appointments"),
                                   "none": Bilingual("无需取号", "No queue numbers")}
LANGUAGES: Mapping[str, Bilingual] = {
    "zh": Bilingual("中文", "Chinese"), "en": Bilingual("英语", "English"), "ug": Bilingual("维吾尔语", "Uyghur"),
    "bo": Bilingual("藏语", "Tibetan"), "mn": Bilingual("蒙古语", "Mongolian"), "ko": Bilingual("朝鲜语", "Korean"),
    "kk": Bilingual("哈萨克语", "Kazakh"), "ii": Bilingual("彝语", "Yi"), "za": Bilingual("壮语", "Zhuang")}
KEYS = frozenset({"code", "region", "kind", "name_zh", "name_en", "address_zh", "address_en", "lon", "lat", "telephone",
                  "hours", "hours_zh", "hours_en", "access", "languages", "queue", "matters", "from", "closed",
                  "source", "mark"})
SPAN = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$")
EARTH_KM = 6371.0
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
RESERVED = "new"
"""Stands in addresses for a point that has no code yet."""
LONGEST = 2_000
"""Characters of one text."""


@dataclass(frozen=True, slots=True)
class Span:
    """From and until in minutes of the day; ``until`` is the first minute after it."""

    start: int
    until: int

    def __str__(self) -> str:
        return f"{self.start // 60:02}:{self.start % 60:02}–{self.until // 60:02}:{self.until % 60:02}"


@dataclass(frozen=True, slots=True)
class Point:
    """``hours`` by weekday (0 Monday); ``matters`` empty: all; ``place`` is longitude and latitude in degrees."""

    code: str
    region: str
    kind: str
    name: Bilingual
    address: Bilingual
    place: tuple[float, float] | None
    telephone: str = ""
    hours: tuple[tuple[Span, ...], ...] = ((),) * 7
    remark: Bilingual = NO_WORDS
    access: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    queue: str = ""
    queue_url: str = ""
    matters: tuple[str, ...] = ()
    source: str = ""
    mark: str = "R"

    @property
    def dial(self) -> str:
        """The number as a telephone takes it."""
        return dialled(self.telephone)

    def serves(self, matter: str) -> bool:
        return not self.matters or matter in self.matters

    def plain(self) -> dict[str, Any]:
        """What a reader is told, as plain data with an id."""
        return {"id": self.code, "zh": self.name.zh, "en": self.name.en, "address_zh": self.address.zh,
                "address_en": self.address.en, "telephone": self.telephone, "hours_zh": self.remark.zh,
                "hours_en": self.remark.en, "hours": [[str(span) for span in day] for day in self.hours]}

    def open_at(self, when: datetime, free: bool = False) -> bool:
        """Whether it is open; ``free``: whether that day is declared free."""
        minute = when.hour * 60 + when.minute
        return not free and any(span.start <= minute < span.until for span in self.hours[when.weekday()])


def read_point(row: Mapping[str, Any]) -> Point:
    """A service point from its row; raises Refused naming the point, the field and what is wrong."""
    code = str(row.get("code") or "?")
    odd = sorted(str(name) for name in row if name not in KEYS)
    if odd:
        raise _wrong(code, f"没有“{odd[0]}”这一栏", f"there is no field “{odd[0]}”")
    for name in ("code", "region", "name_zh", "mark", "source"):
        if not row.get(name):
            raise _wrong(code, f"缺少“{name}”", f"“{name}” is missing")
    queue = row.get("queue") or {}
    address = str(queue.get("url") or "")
    matters = row.get("matters") or ()
    return Point(
        code, str(row["region"]), _one_of(code, "kind", str(row.get("kind") or "hall"), KINDS),
        Bilingual(str(row["name_zh"]), str(row.get("name_en") or "")),
        Bilingual(str(row.get("address_zh") or ""), str(row.get("address_en") or "")), _place(code, row),
        str(row.get("telephone") or ""), _hours(code, row.get("hours") or {}),
        Bilingual(str(row.get("hours_zh") or ""), str(row.get("hours_en") or "")),
        tuple(_one_of(code, "access", str(one), ACCESS) for one in row.get("access") or ()),
        tuple(str(one) for one in row.get("languages") or ()),
        _one_of(code, "queue", str(queue.get("kind") or ""), {**QUEUES, "": NO_WORDS}),
        address if opens(address) else "",
        () if matters == "all" else tuple(str(one) for one in matters), str(row["source"]), str(row["mark"]))


def new_point(row: Mapping[str, Any]) -> Point:
    """A service point that is to be kept; raises Refused also for what addresses and links cannot bear."""
    point = read_point(row)
    if not CODE.fullmatch(point.code) or point.code == RESERVED:
        raise _wrong(point.code[:64], f"代码只能用字母、数字、点、横线和下划线，最多 64 字，且不能是“{RESERVED}”",
                     f"a code is made of letters, digits, dots, hyphens and underscores, 64 at most, and is not "
                     f"“{RESERVED}”")
    url = str((row.get("queue") or {}).get("url") or "")
    if url and not opens(url):
        raise _wrong(point.code, "网址应以 http:// 或 https:// 开头", "the link must begin with http:// or https://")
    long = next((name for name, value in row.items() if isinstance(value, str) and len(value) > LONGEST), None)
    if long is not None or len(url) > LONGEST:
        raise _wrong(point.code, f"“{long or 'queue'}”最多 {LONGEST} 字",
                     f"“{long or 'queue'}” may have {LONGEST} characters at most")
    return point


def _wrong(code: str, zh: str, en: str) -> Refused:
    return Refused(zh=f"服务网点“{code}”：{zh}。", en=f"Service point “{code}”: {en}.")


def _one_of(code: str, name: str, value: str, known: Mapping[str, Bilingual]) -> str:
    if value not in known:
        raise _wrong(code, f"“{name}”没有“{value}”这一种", f"“{name}” knows no “{value}”")
    return value


def _place(code: str, row: Mapping[str, Any]) -> tuple[float, float] | None:
    if row.get("lon") is None and row.get("lat") is None:
        return None
    try:
        lon, lat = float(row["lon"]), float(row["lat"])
    except (KeyError, TypeError, ValueError):
        raise _wrong(code, "经纬度应为两个数", "longitude and latitude must be two numbers") from None
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise _wrong(code, "经纬度超出范围", "longitude or latitude is out of range")
    return lon, lat


def _hours(code: str, hours: Any) -> tuple[tuple[Span, ...], ...]:
    odd = sorted(str(day) for day in hours if day not in WEEK) if isinstance(hours, Mapping) else ["?"]
    if odd:
        raise _wrong(code, f"营业时间里没有“{odd[0]}”这一天", f"the hours know no day “{odd[0]}”")
    return tuple(tuple(_span(code, str(one)) for one in hours.get(day) or ()) for day in WEEK)


def _span(code: str, text: str) -> Span:
    found = SPAN.match(text)
    if not found:
        raise _wrong(code, f"“{text}”应写作 09:00-12:00", f"“{text}” must be written like 09:00-12:00")
    a, b, c, d = map(int, found.groups())
    if (start := a * 60 + b) >= (until := c * 60 + d) or until > 24 * 60:
        raise _wrong(code, f"“{text}”的开始不早于结束", f"“{text}” does not begin before it ends")
    return Span(start, until)


def distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Kilometres between two places given as longitude and latitude, on a sphere (haversine)."""
    (lon1, lat1), (lon2, lat2) = ((math.radians(a), math.radians(b)) for a, b in (one, other))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def nearest(points: Iterable[Point], here: tuple[float, float] | None) -> list[tuple[Point, float | None]]:
    """Points with their distance in kilometres, nearest first; those without a place, and all without ``here``, in
    their own order at the end."""
    told = [(one, distance(here, one.place) if here and one.place else None) for one in points]
    return sorted(told, key=lambda pair: math.inf if pair[1] is None else pair[1])


def week(hours: tuple[tuple[Span, ...], ...]) -> list[tuple[int, int, str]]:
    """Opening hours with equal neighbouring days put together: (first day, last day, spans), closed days left out."""
    found: list[tuple[int, int, str]] = []
    for day, spans in enumerate(hours):
        text = ", ".join(map(str, spans))
        if text and found and found[-1][1] == day - 1 and found[-1][2] == text:
            found[-1] = (found[-1][0], day, text)
        elif text:
            found.append((day, day, text))
    return found


def standing_points(versions: Iterable[tuple[date, Mapping[str, Any]]], on: date) -> Point | None:
    """The point as it is on a day; None before it opened and after it closed. ``versions`` in the order recorded."""
    begun = sorted(((day, n, row) for n, (day, row) in enumerate(versions) if day <= on), key=lambda one: one[:2])
    return None if not begun or begun[-1][2].get("closed") else read_point(begun[-1][2])
