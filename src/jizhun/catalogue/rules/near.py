"""The refusal of a code that does not exist, with the one that was probably meant."""

from collections.abc import Iterable
from difflib import SequenceMatcher

from jizhun.kernel.bilingual import Bilingual, Refused

ITEM = Bilingual("服务项目", "item")
SUBJECT = Bilingual("服务事项或项目", "matter or item")
EDITION = Bilingual("版本", "edition")
GROUP = Bilingual("服务对象群体", "group")


def nearest(code: str, known: Iterable[str]) -> str:
    """The known code most like ``code``: other case, then the same characters in another order; "" if none is near."""
    wanted = code.casefold()
    scored = sorted(((_likeness(wanted, one.casefold()), one) for one in known), key=lambda pair: (-pair[0], pair[1]))
    return scored[0][1] if scored and scored[0][0] >= 0.7 else ""


def _likeness(wanted: str, known: str) -> float:
    ratio = SequenceMatcher(None, wanted, known, autojunk=False).ratio()
    # Digits or letters that changed places are the commonest slip, and score no better than any other.
    return ratio + 0.1 if ratio >= 0.7 and sorted(wanted) == sorted(known) else ratio


def unknown(code: str, known: Iterable[str], what: Bilingual) -> Refused:
    """“There is no item “NB092”; did you mean NB029?”"""
    near = nearest(code, known)
    zh, en = (f"；是不是 {near}？", f"; did you mean {near}?") if near else ("。", ".")
    return Refused(zh=f"没有代码为“{code}”的{what.zh}{zh}", en=f"There is no {what.en} “{code}”{en}")
