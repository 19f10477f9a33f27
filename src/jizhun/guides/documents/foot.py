"""What stands at the foot of every product: its address with place and day, and a code that leads to what changed."""

from io import BytesIO
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import segno

from jizhun.guides.documents.outline import DOT, Reading, joined
from jizhun.guides.documents.reading import filled
from jizhun.guides.rules.guide import Guide
from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.dating import day_in_words

SINCE_PRINTED = Bilingual("打印之后有没有变化，扫码就知道。", "What has changed since this was printed? Scan the code.")
MORE = Bilingual("……其余扫码查看", "… scan the code for the rest")
CODE = Bilingual("二维码，打开 {address}", "QR code that opens {address}")
HOLDS = Bilingual("以上为{place}{day}的内容", "As it stands in {place} on {day}")
SEAL = Bilingual("内容编号 {seal}", "Content no. {seal}")
EXAMPLE = Bilingual("示例拆分，非官方编码", "our own example split, no official code")


def page_address(site: str, language: str, reading: Reading) -> str:
    """The address of the guide's page for its place, day and group; ``site`` without a slash at its end."""
    guide = reading.guide
    query = {"region": guide.region, "on": guide.on.isoformat()} | (
        {"group": guide.group} if guide.group != "all" else {})
    return f"{site}/{language}/guides/{guide.matter}/?{urlencode(query)}"


def since_printed(address: str, guide: Guide) -> str:
    """The address as the code carries it: its page of the day on which it is scanned, which tells what has changed
    since the day and the content that were printed."""
    parts = urlsplit(address)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True)
             if name not in ("on", "printed", "seen")]
    query += [("printed", guide.on.isoformat()), ("seen", guide.seal)]
    return urlunsplit(parts._replace(query=urlencode(query)))


def holds(reading: Reading) -> Bilingual:
    """Place, day, code of the matter, and the number that stands for what it says."""
    guide = reading.guide
    code = joined((Bilingual(guide.matter, guide.matter), *((EXAMPLE,) if reading.example else ())), "，", ", ")
    seal = filled(SEAL, seal=Bilingual(guide.seal, guide.seal))
    return joined((filled(HOLDS, place=reading.place, day=day_in_words(guide.on)), code, seal), DOT, DOT)


def code_svg(address: str) -> str:
    """The QR code as SVG, one unit a module."""
    return _code(address).svg_inline(scale=1, border=2, omitsize=True)


def code_png(address: str) -> bytes:
    """The QR code as PNG, for Word."""
    made = BytesIO()
    _code(address).save(made, kind="png", scale=8, border=2)
    return made.getvalue()


def _code(address: str) -> segno.QRCode:
    return segno.make_qr(address, error="m", boost_error=False)


def code_label(address: str) -> Bilingual:
    """What is told of the code to whoever cannot see it."""
    return filled(CODE, address=Bilingual(address, address))
