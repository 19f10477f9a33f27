"""Lines of the lists of documents: number, two spaces, title."""

import re
from typing import Final

from jizhun.drafting.rules.checks.citing import BOILERPLATE, CITED, NONE_CITED
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.numbering import parse_standard

PARTS: Final = r"(\s*[（(]\s*(?:所有部分|all parts)\s*[）)])?"
STANDARD: Final = re.compile(rf"({CITED.pattern}){PARTS}[,，]?\s*", re.I)
FOREIGN: Final = re.compile(r"((?:ISO|IEC|ITU|IEEE|EN|ISO/IEC)(?:/[A-Z]+)*\s?[\d.-]+(?:[:：]\d{4})?)[,，]?\s+")
COUNTED: Final = re.compile(r"^[\[［【]\d+[\]］】]\s*")


def no_document(text: str) -> bool:
    """Whether a line only introduces the list; the program prints that itself."""
    sentence = text.endswith(("。", ".")) and not any(sign in text for sign in "《[［")
    return BOILERPLATE.match(text) is not None or (
        sentence and not (NONE_CITED.search(text) or CITED.search(text) or FOREIGN.search(text)))


def document_line(text: str) -> str:
    """GB/T 1.1—2020　标准化工作导则 -> ``GB/T 1.1-2020  标准化工作导则``; what has no number stays whole."""
    plain = COUNTED.sub("", " ".join(text.split()))
    found = STANDARD.match(plain) or FOREIGN.match(plain)
    if found is None:
        return plain
    parts = (found[2] or "").strip() if found.re is STANDARD else ""
    return f"{_number(found[1])}{parts}  {plain[found.end():]}".strip()


def _number(text: str) -> str:
    try:
        return str(parse_standard(text))
    except Refused:
        return text.strip()
