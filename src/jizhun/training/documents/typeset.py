"""A certificate as PDF (tagged, PDF/UA-1), by the same printing as standards, from a template of its own.

No emblem, no seal: what makes it good is the page that the code leads to.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import segno
import typst

from jizhun.drafting.documents.typeset import fonts, printed
from jizhun.kernel.bilingual import COLON, Bilingual
from jizhun.kernel.dating import day_in_words

TEMPLATE = Path(__file__).with_name("certificate.typ")
TITLE = Bilingual("培训合格证书", "Certificate of training")
SIMULATED = Bilingual("模拟数据，不具效力", "Simulated: it is worth nothing outside this demonstration")
HELD_BY = Bilingual("兹证明", "This is to certify that")
PASSED = Bilingual("考试合格，取得以下资格", "has passed the examination for")
COVERS = Bilingual("所学内容（按发证之日）", "What was learned, as of the day of issue")
MORE = Bilingual("……另有 {n} 项，见查验页", "… and {n} more, on its page")
CHECK = Bilingual("本证书是否有效，以扫码查验为准。所学规定发生实质变化后须补训，逾期失效。",
                  "Whether it still counts is told by the page that this code opens. When what was learned changes in "
                  "substance a refresher is due; without it the certificate lapses.")
CODE = Bilingual("二维码，打开 {address}", "QR code that opens {address}")
FACTS = {"number": Bilingual("证书编号", "Number"), "place": Bilingual("适用地区", "Place"),
         "issued": Bilingual("发证日期", "Issued"), "until": Bilingual("有效期至", "Valid until"),
         "mark": Bilingual("成绩", "Mark")}
LINES = 8
"""Covered sources printed at most: it is one page."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What a certificate says. ``mark`` as printed; ``covers``: kind and words of each source."""

    number: str
    name: str
    qualification: Bilingual
    place: Bilingual
    issued_on: date
    expires_on: date
    mark: str
    covers: Sequence[tuple[Bilingual, Bilingual]]
    simulated: bool = False


def as_pdf(paper: Paper, language: str, address: str) -> bytes:
    """One A4 page in one language; ``address``: the page where it is checked."""
    return printed(json.dumps(_plan(paper, "zh" if language.startswith("zh") else "en", address), ensure_ascii=False),
                   TEMPLATE)


def _plan(paper: Paper, language: str, address: str) -> dict[str, object]:
    def say(words: Bilingual) -> str:
        return words.in_language(language)

    values = {"number": paper.number, "place": say(paper.place), "issued": say(day_in_words(paper.issued_on)),
              "until": say(day_in_words(paper.expires_on)), "mark": paper.mark}
    shown, left = paper.covers[:LINES], len(paper.covers) - LINES
    return {"language": language, "sans": fonts(typst.Fonts().families())["sans"], "title": say(TITLE),
            "heading": f"{say(TITLE)} {paper.number}", "simulated": say(SIMULATED) if paper.simulated else "",
            "held": say(HELD_BY), "name": paper.name, "passed": say(PASSED), "qualification": say(paper.qualification),
            "facts": [[say(FACTS[name]), value] for name, value in values.items()], "covers": say(COVERS),
            "lines": [f"{say(kind)}{say(COLON)}{_short(say(words))}" for kind, words in shown],
            "more": say(MORE).format(n=left) if left > 0 else "", "check": say(CHECK), "address": address,
            "code": segno.make_qr(address, error="m", boost_error=False).svg_inline(scale=1, border=2, omitsize=True),
            "code-label": say(CODE).format(address=address)}


def _short(text: str, most: int = 90) -> str:
    return text if len(text) <= most else text[:most] + "…"
