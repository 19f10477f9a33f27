"""Words in HTML, in one language or several: spans and tags for several languages become Chinese and English.

Understood are ``{mlang zh_cn}…{mlang}``, ``<span lang="zh_cn" class="multilang">…</span>`` and ``<span
xml:lang="zh">…</span>``. Text outside of them belongs to every language. Markup is dropped; pictures are a loss.
"""

import html
import re
from html.parser import HTMLParser
from typing import Final

from jizhun.kernel.texts import storable
from jizhun.training.interchange.items import Losing

MLANG: Final = re.compile(r"\{\s*mlang\s*([^}]*)\}", re.I)
BLOCKS: Final = frozenset({"p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "pre",
                           "blockquote"})
MEDIA: Final = {"img": ("图片", "picture"), "video": ("视频", "video"), "audio": ("音频", "sound"),
                "iframe": ("嵌入网页", "embedded page"), "object": ("嵌入内容", "embedded object"),
                "svg": ("图形", "drawing"), "math": ("公式", "formula")}
SILENT: Final = frozenset({"script", "style", "head", "template"})
CHINESE: Final = re.compile(r"[\u3400-\u9fff]")
Words = dict[str, str]


def language_of(tag: str) -> str:
    """``zh``, ``en``, or ``""`` for whatever language that is neither."""
    short = tag.strip().lower().replace("_", "-").partition("-")[0]
    return short if short in ("zh", "en") else ""


class _Text(HTMLParser):
    """Runs of text with the language that each is in: ``zh``, ``en``, ``all``, ``other`` or ``""``."""

    def __init__(self, losing: Losing) -> None:
        super().__init__(convert_charrefs=True)
        self.losing, self.runs = losing, list[tuple[str, str]]()
        self.spans, self.mlang, self.silent = list[str](), "all", 0

    @property
    def language(self) -> str:
        return next((one for one in reversed(self.spans) if one != "all"), self.mlang)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in SILENT
        if tag in BLOCKS:
            self.runs.append((self.language, "\n"))
        if tag in MEDIA:
            zh, en = MEDIA[tag]
            self.losing.lose(f"没有带入{zh}。", f"A {en} was not taken over.")
        if tag == "span":
            held = {name: value or "" for name, value in attrs}
            named = held.get("lang") or held.get("xml:lang") or ""
            self.spans.append(language_of(named) if named else "all")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in SILENT and self.silent > 0
        if tag in BLOCKS:
            self.runs.append((self.language, "\n"))
        if tag == "span" and self.spans:
            self.spans.pop()

    def handle_data(self, data: str) -> None:
        if self.silent:
            return
        at = 0
        for found in MLANG.finditer(data):
            self.runs.append((self.language, data[at:found.start()]))
            named = found.group(1).strip()
            self.mlang = {"": "all", "other": "other"}.get(named.lower(), language_of(named))
            at = found.end()
        self.runs.append((self.language, data[at:]))


def words_of(text: str, losing: Losing, *, markup: bool = True) -> Words:
    """Chinese and English out of HTML (or, without ``markup``, of plain text with ``{mlang}``).

    Words in one language only stand for both; another language is a loss.
    """
    reader = _Text(losing)
    if markup:
        reader.feed(text)
        reader.close()
    else:
        reader.handle_data(text)
    if any(language == "" and run.strip() for language, run in reader.runs):
        losing.lose("除中文和英文外的语言没有带入。", "Languages other than Chinese and English were not taken over.")
    return _both(reader.runs)


def _both(runs: list[tuple[str, str]]) -> Words:
    """Each language's own runs and those of all; ``other`` stands for the languages that have none."""
    told = {language for language, run in runs if run.strip()}
    found = {}
    for language in ("zh", "en"):
        own = language if language in told else "other"
        found[language] = _squeezed("".join(run for one, run in runs if one in (own, "all")))
    missing = [language for language in ("zh", "en") if not {language, "other"} & told]
    if len(missing) == 1:
        found[missing[0]] = found["en" if missing[0] == "zh" else "zh"]
    return found


def _squeezed(text: str) -> str:
    """Blanks as a reader sees them: lines stay, what is around them goes."""
    lines = (re.sub(r"[ \t\r\f\v\u00a0]+", " ", line).strip() for line in storable(text).split("\n"))
    return "\n".join(line for line in lines if line)


def html_of(words: Words) -> str:
    """HTML that both kinds of programs understand: one text, or a span for each language."""
    zh, en = (html.escape(words[one], quote=False).replace("\n", "<br>") for one in ("zh", "en"))
    if zh == en:
        return zh
    return f'<span lang="zh_cn" class="multilang">{zh}</span><span lang="en" class="multilang">{en}</span>'


def by_letters(texts: list[str]) -> Words:
    """Two texts as Chinese and English, by their letters; one stands for both."""
    if len(texts) == 1:
        return {"zh": texts[0], "en": texts[0]}
    first, second = texts[:2]
    return {"zh": second, "en": first} if CHINESE.search(second) and not CHINESE.search(first) else {
        "zh": first, "en": second}
