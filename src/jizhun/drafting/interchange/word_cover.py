"""What a cover says, as far as it can be told: numbers of the classifications, number and title."""

import re
from typing import Final

from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.numbering import INDUSTRIES

ICS: Final = re.compile(r"ICS\s*[:：]?\s*(\d{2}(?:\.\d{2,3}){0,2})")
CCS: Final = re.compile(r"(?:CCS|中国标准文献分类号)\s*[:：]?\s*([A-Z]\s?\d{2})")
NUMBER: Final = re.compile(rf"(?:(?:GB|{'|'.join(INDUSTRIES)})(?:/[TZ])?|DB\s?[\dX]{{2,6}}(?:/[TZ])?|[TQ]/[A-Z0-9]+)"
                           r"\s?[\dX]+(?:\.\d+)*\s?[-—–]+\s?(?:\d{4}|X{4})")
NO_TITLE: Final = re.compile(r"^(?:中华人民共和国)?\S*(?:国家|行业|地方|团体|企业)标准$|发布|实施|代替|备案|征求意见|"
                             r"送审稿|报批稿|工作稿|。|^[（(]|^\d{4}|XXXX|^ICS|^CCS|示例|^[A-Z]{1,3}\d*$|前\s*言")
NO_ENGLISH: Final = re.compile(r"^(?:ICS|CCS|GB|DB|Issued|Effective|Replaces|Draft|Example)|standard of|standards?$|"
                               r"not a real", re.I)


class Cover:
    """Gathers the lines of a cover; a style that names its part is believed, else the form of the line."""

    def __init__(self) -> None:
        self.number = self.ics = self.ccs = ""
        self.styled: dict[str, str] = {}
        self.lines: list[str] = []

    def add(self, text: str, kind: str) -> None:
        """One more line of the cover."""
        text = " ".join(text.split())
        if kind in ("cover_title", "cover_english") and text:
            self.styled.setdefault(kind, text)
        if found := ICS.search(text):
            self.ics = self.ics or found[1]
        if found := CCS.search(text):
            self.ccs = self.ccs or "".join(found[1].split())
        if (found := NUMBER.search(text)) and not text.startswith(("代替", "Replaces")):
            self.number = self.number or re.sub(r"\s?[-—–]+\s?", "-", found[0])
        if text:
            self.lines.append(text)

    def title(self, chinese: bool) -> Bilingual:
        """The title in both languages, as far as it was found."""
        styled = self.styled.get("cover_title", "")
        zh = (styled if _is_chinese(styled) else "") or next(filter(_may_be_chinese, self.lines), "")
        en = self.styled.get("cover_english", "") or (styled if styled and not _is_chinese(styled) else "")
        return Bilingual(zh, en or next(filter(_may_be_english, self.lines), ""))

    @property
    def sentences(self) -> int:
        """Lines that are text and no part of a cover."""
        return sum("。" in line or (line.endswith(".") and len(line) > 40) for line in self.lines)

    @property
    def titles(self) -> tuple[str, ...]:
        """Both titles, to know them again."""
        found = self.title(True)
        return tuple(one for one in (found.zh, found.en, self.styled.get("cover_title", "")) if one)


def _is_chinese(text: str) -> bool:
    return re.search(r"[\u4e00-\u9fff]", text) is not None


def _may_be_chinese(text: str) -> bool:
    plain = re.sub(r"\s", "", text)
    return _is_chinese(text) and len(plain) >= 4 and not NO_TITLE.search(plain) and not NUMBER.search(text)


def _may_be_english(text: str) -> bool:
    return not _is_chinese(text) and len(re.findall(r"[A-Za-z]{2,}", text)) >= 2 and not NO_ENGLISH.search(text)
