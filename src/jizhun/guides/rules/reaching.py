"""Telephone numbers and links: whether they are written so that they work, and which links are dead."""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from jizhun.kernel.bilingual import Bilingual

CHINA = "CN"
WIDE = str.maketrans("０１２３４５６７８９＋－（）＃　‐‑–—―", "0123456789+-()# -----")
BETWEEN = re.compile(r"[;,，、；/／|]|\s+或\s*|\s+or\s+|\n")
EXTENSION = re.compile(r"\s*(?:转|分机|ext\.?|x|#)\s*\d{1,6}$", re.IGNORECASE)
TYPED = re.compile(r"\+?[\d\s().-]+")
SHORT = re.compile(r"1(?:10|14|19|20|22)|10\d{3}|11\d{3,4}|12\d{3}|9[56]\d{3,4}")
"""Numbers that are dialled as they stand: emergencies, 12333 and its like, 95xxx and 96xxx."""
MOBILE = re.compile(r"1[3-9]\d{9}")
FREE = re.compile(r"[48]00\d{7}")
FIXED = re.compile(r"0(?:10|2\d)\d{8}|0[3-9]\d{2}\d{7,8}")
AREA_AND_SHORT = re.compile(r"0(?:10|2\d|[3-9]\d{2})(?:12\d{3}|9[56]\d{3,4})")
DASHED_EXTENSION = re.compile(r"((?:0\d{2,3}-)?\d{7,8})-\d{1,6}")
ABROAD = re.compile(r"\+[1-9]\d{6,14}")
ELSEWHERE = re.compile(r"\d{3,6}|\d{7,15}")

def dialled(text: str) -> str:
    """The first number in ``text`` as a telephone takes it; empty where there is none."""
    first = EXTENSION.sub("", BETWEEN.split(text.translate(WIDE).strip())[0].strip())
    return re.sub(r"[^\d+]", "", first) if TYPED.fullmatch(first) else ""


NO_NUMBER = Bilingual("不是电话号码", "is no telephone number")
NO_AREA = Bilingual("缺少区号", "lacks the area code")
WRONG_LENGTH = Bilingual("位数不对", "has a wrong number of digits")


def wrong_number(text: str, country: str = CHINA) -> tuple[str, Bilingual] | None:
    """The first number in ``text`` that cannot be dialled, and why; None where all can be.

    Several numbers stand with a comma, semicolon, slash or on lines of their own between them. ``country`` is the code
    of the nation whose numbers they are; +49 … may stand anywhere.
    """
    for one in BETWEEN.split(text.translate(WIDE)):
        why = _wrong(one.strip(), country) if one.strip() else None
        if why is not None:
            return one.strip(), why
    return None


def _wrong(number: str, country: str) -> Bilingual | None:
    plain = EXTENSION.sub("", number)
    if not TYPED.fullmatch(plain):
        return NO_NUMBER
    if dashed := DASHED_EXTENSION.fullmatch(plain.replace(" ", "")):
        plain = dashed[1]
    digits = re.sub(r"[^\d+]", "", plain)
    if digits.startswith("+") and not digits.startswith("+86"):
        return None if ABROAD.fullmatch(digits) else WRONG_LENGTH
    if country != CHINA:
        return None if ELSEWHERE.fullmatch(digits.lstrip("+")) else WRONG_LENGTH
    return _chinese(digits)


def _chinese(digits: str) -> Bilingual | None:
    """A number of the Chinese plan; behind +86 the area code stands without its 0."""
    abroad = digits.startswith("+86")
    national = digits[3:] if abroad else digits
    if abroad and not MOBILE.fullmatch(national) and not FREE.fullmatch(national):
        national = "0" + national.lstrip("0")
    if any(one.fullmatch(national) for one in (SHORT, MOBILE, FREE, FIXED, AREA_AND_SHORT)):
        return None
    return NO_AREA if re.fullmatch(r"[2-9]\d{6,7}", national) else WRONG_LENGTH


# -- links -----------------------------------------------------------------------------------------

LINK = re.compile(r"https?://[^\s<>\"'“”‘’《》，。；、！？（）()]+", re.IGNORECASE)
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
LOCAL = ("localhost", "local", "internal", "intranet", "lan")
MADE_UP = ("example", "test", "invalid")
"""Names that nobody can ever own: made-up places use them, and nobody looks whether they answer."""
LONGEST_LINK = 600


def wrong_link(url: str) -> Bilingual | None:
    """Why an address cannot be followed by just anybody; None where it can."""
    if re.search(r"\s", url) or len(url) > LONGEST_LINK:
        return Bilingual("含有空格或过长", "holds spaces or is too long")
    try:
        parts = urlsplit(url)
        host, _port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return Bilingual("写法不对", "is not written as an address")
    if parts.scheme not in ("http", "https"):
        return Bilingual("应以 http:// 或 https:// 开头", "must begin with http:// or https://")
    if parts.username is not None:
        return Bilingual("不能带用户名或口令", "must not hold a user name or a password")
    return _wrong_host(host)


def _wrong_host(host: str) -> Bilingual | None:
    try:
        open_to_all = ipaddress.ip_address(host).is_global
    except ValueError:
        try:
            plain = host.encode("idna").decode().lower()
        except UnicodeError:
            plain = ""
        if not HOST.fullmatch(plain) and plain != "localhost":
            return Bilingual("没有完整的域名", "has no complete name of a server")
        open_to_all = plain.rpartition(".")[2] not in LOCAL
    return None if open_to_all else Bilingual("只在内部网络可用", "works inside one network only")


def opens(url: str) -> bool:
    """Whether a click on the address leads to a page; nothing else (javascript:, data:) is ever made a link."""
    return url.lower().startswith(("http://", "https://"))


def made_up(url: str) -> bool:
    """Whether the address can belong to nobody."""
    return (urlsplit(url).hostname or "").rpartition(".")[2] in MADE_UP


def links_in(text: str) -> list[str]:
    """The addresses that stand in a text."""
    return [one.rstrip(".,;:!?") for one in LINK.findall(text)]


@dataclass(frozen=True, slots=True)
class Look:
    """One look at an address."""

    url: str
    on: date
    ok: bool
    told: str = ""


FAILURES = 3
"""So many looks on so many days must have failed, with none that succeeded since, before a link is called dead."""


@dataclass(frozen=True, slots=True)
class Dead:
    """``since``: the day of the first failed look; ``told``: what the last one was told."""

    since: date
    told: str = ""


def dead(looks: Iterable[Look]) -> Mapping[str, Dead]:
    """Addresses that failed again and again; ``looks`` in the order in which they were taken."""
    failed: dict[str, list[Look]] = {}
    for one in looks:
        if one.ok:
            failed.pop(one.url, None)
        else:
            failed.setdefault(one.url, []).append(one)
    return {url: Dead(found[0].on, found[-1].told) for url, found in failed.items()
            if len({one.on for one in found}) >= FAILURES}
