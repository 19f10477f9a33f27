"""What a paragraph of a standard is: by its style as drafting templates name them, by its form, or by its number."""

import re
from dataclasses import dataclass
from typing import Final

from jizhun.drafting.interchange.word_paragraphs import Piece
from jizhun.drafting.rules.text import KINDS

CHINESE: Final = {sign: place for place, sign in enumerate("一二三四五六七八九", 1)}

STYLES: Final = tuple((re.compile(pattern, re.I), kind) for pattern, kind in (
    (r"^(?:toc|目录|目次|contents)|目次|^tocheading|索引|index", "skip"),
    (r"附录(?:英文)?标识|^附录标题$|^annex$", "annex"),
    (r"附录性质", "annex_nature"),
    (r"附录章标题|附录标题", "annex_title"),
    (r"附录([一二三四五])级条标题", "annex_heading"),
    (r"附录([一二三四五])级无标题", "annex_untitled"),
    (r"(?:表|图)(?:标题|题)|^caption$|题注", "caption"),
    (r"章标题", "chapter"),
    (r"([一二三四五])级条标题", "heading"),
    (r"([一二三四五])级无标题(?:条)?", "untitled"),
    (r"^clausetext$", "untitled"),
    (r"术语条|术语标题|^term(?:s)?(?:number)?$", "term"),
    (r"(?:前言|引言|参考文献)、?(?:引言|索引)?标题", "front"),
    (r"^(?:heading|标题)([1-9])$", "level"),
    (r"参考文献条目|^document$", "document"),
    (r"数字编号列项|字母编号列项|编号列项|列项（|listnumber", "letter"),
    (r"列项|[一二三]级项|listbullet", "bullet"),
    (r"示例内容", "example_more"),
    (r"示例", "example"),
    (r"^注|注[×x：:]|^note$", "note"),
    (r"文件编号|标准编号|标准号", "cover_number"),
    (r"英文名称", "cover_english"),
    (r"文件名称|标准名称|^title$|^标题$", "cover_title"),
    (r"^(?:cover|封面|其他发布|其他实施|标准称谓|发布|实施|一致程度|文献分类号)", "cover"),
    (r"^(?:aftertable|header|footer|页眉|页脚)", "skip"),
))

FIXED: Final = {"foreword": ("前言", "foreword", "preface"), "introduction": ("引言", "introduction"),
                "scope": ("范围", "scope"),
                "references": ("规范性引用文件", "normativereferences"),
                "terms": ("术语和定义", "术语与定义", "术语、定义和缩略语", "术语", "termsanddefinitions",
                          "terms,definitionsandabbreviatedterms"),
                "symbols": ("符号和缩略语", "符号", "缩略语", "符号、代号和缩略语", "symbolsandabbreviatedterms",
                            "abbreviatedterms", "symbols"),
                "bibliography": ("参考文献", "bibliography")}
NAMES: Final = {word: kind for kind, words in FIXED.items() for word in words} | {
    f"{KINDS[kind].zh}{KINDS[kind].en}".lower().replace(" ", ""): kind for kind in FIXED}
CONTENTS: Final = ("目次", "目录", "contents", "tableofcontents", "索引", "index")

ANNEX: Final = re.compile(r"^(?:附\s*录|Annex|ANNEX)(?:\s*([A-Z])(?![A-Za-z])[\s:：]*|\s*(?=[（(]|$))")
NATURE: Final = re.compile(r"[（(]\s*(规范性|资料性|normative|informative)(?:附录)?\s*[）)]\s*", re.I)
NUMBER: Final = re.compile(r"^(?:([A-Z])\.)?(\d{1,2}(?:\.\d{1,2}){0,5})(?![\d年月日.])"
                           r"(?=[\s\u2002\u3000、．]|[^\d\s%.,，)）]|$)[\s、．]*")
CONTENTS_LINE: Final = re.compile(r"(?:\.{3,}|…{1,}|·{3,}|\t)\s*[\dIVXivx]+\s*$")


@dataclass(frozen=True, slots=True)
class Role:
    """What a paragraph is, at which level, and its words without number."""

    kind: str
    text: str
    level: int = 0
    number: str = ""


def compact(text: str) -> str:
    """A heading as it is compared: without spaces, in small letters."""
    return "".join(text.split()).lower()


def styled(piece: Piece) -> Role:
    """The role by style and form; ``text`` where neither says anything."""
    name = "".join(piece.style.split()).removeprefix("标准文件_").lower()
    for pattern, kind in STYLES:
        if found := pattern.search(name):
            level = found[1] if found.groups() else ""
            return _of_style(piece, kind, CHINESE.get(level) or int(level or 0))
    if piece.outline is not None:
        return numbered_role("heading", piece.text, piece.outline + 1)
    if piece.form:
        return _of_number(piece, *piece.form)
    return Role("text", piece.text)


def _of_style(piece: Piece, kind: str, level: int) -> Role:
    if kind in ("chapter", "level"):
        return numbered_role("heading", piece.text, level or 1)
    if kind in ("heading", "untitled"):
        return numbered_role(kind, piece.text, level + 1)
    if kind in ("annex_heading", "annex_untitled", "term"):
        return numbered_role(kind, piece.text, level)
    return Role(kind, ANNEX.sub("", piece.text) if kind == "annex" else piece.text)


def _of_number(piece: Piece, form: str, pattern: str, level: int) -> Role:
    """Automatic numbers: 1.1 makes a clause, a) and signs an item of a list."""
    if form == "bullet":
        return Role("bullet", piece.text)
    if re.fullmatch(r"%\d(?:\.%\d)+", pattern):
        kind = "heading" if _short(piece.text) else "untitled"
        return Role(kind, piece.text, pattern.count("%"))
    if re.fullmatch(r"[（(]?%\d[)）]", pattern):
        return Role("letter", piece.text)
    return Role("text", piece.text)


def numbered_role(kind: str, text: str, level: int) -> Role:
    """A heading without its number; where the number is typed, it says the level."""
    if found := ANNEX.match(text):
        return Role("annex", text[found.end():], 1, found[1] or "")
    found = NUMBER.match(text)
    if found is None:
        return Role(kind, text, level)
    depth = found[2].count(".") + 1
    if kind != "term":
        kind = f"annex_{kind.removeprefix('annex_')}" if found[1] else kind
    return Role(kind, text[found.end():], depth, found[0].strip(" \t\u2002\u3000、．"))


def _short(text: str) -> bool:
    return len(text) <= 40 and not text.rstrip().endswith(("。", "；", "：", ".", ";", ":", "，"))


class PlainNumbers:
    """Roles by typed numbers alone. Only the next number counts: else a line "10 working days" would be a clause."""

    def __init__(self) -> None:
        self.last: list[int] = [0]
        self.annex = ""

    def role(self, piece: Piece) -> Role:
        """The role of a paragraph without a style."""
        text = piece.text
        if CONTENTS_LINE.search(text[-80:]):
            return Role("skip", text)
        if (found := ANNEX.match(text)) and found[1] and len(text) <= 60 and self._next_annex(found[1]):
            self.annex, self.last = found[1], [0]
            return Role("annex", text[found.end():], 1, found[1])
        found = NUMBER.match(text)
        if found is None or (found[1] or "") != self.annex or not self._follows(found[2]):
            return Role("text", text)
        rest = text[found.end():]
        depth = found[2].count(".") + 1
        if depth == 1 and not (_short(rest) and rest and not re.match(r"^\d+[)）、]", text)):
            return Role("text", text)
        self.last = [int(one) for one in found[2].split(".")]
        kind = "heading" if _short(rest) else "untitled"
        return Role(f"annex_{kind}" if self.annex else kind, rest, depth, found[0].strip())

    def _next_annex(self, letter: str) -> bool:
        return letter == chr(ord(self.annex or "@") + 1)

    def _follows(self, number: str) -> bool:
        parts = [int(one) for one in number.split(".")]
        depth = len(parts)
        if depth > len(self.last):
            return parts == [*self.last, 1]
        return parts == [*self.last[:depth - 1], self.last[depth - 1] + 1]
