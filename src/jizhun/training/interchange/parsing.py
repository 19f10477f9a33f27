"""XML as it arrives: no document type, no entities, of bounded size; nothing outside the file is read."""

from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element as Xml

from jizhun.kernel.bilingual import Refused

LARGEST, MOST_ELEMENTS, DEEPEST, MOST_TEXT = 20_000_000, 500_000, 100, 15_000_000
LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"


class _Builder(ElementTree.TreeBuilder):
    """Builds the elements of a file that declares no entities, holds not too many of them and none too deep."""

    def __init__(self) -> None:
        super().__init__()
        self.count = self.depth = self.text = 0

    def doctype(self, *_: object) -> None:
        raise Refused(zh="文件有 DOCTYPE 声明，不予读取。", en="The file has a DOCTYPE and is not read.")

    def start(self, tag: str, attrs: dict[str, str]) -> Xml:
        self.count, self.depth = self.count + 1, self.depth + 1
        if self.count > MOST_ELEMENTS:
            raise Refused(zh=f"文件超过 {MOST_ELEMENTS} 个元素。",
                          en=f"The file has more than {MOST_ELEMENTS} elements.")
        if self.depth > DEEPEST:
            raise Refused(zh=f"元素套了超过 {DEEPEST} 层。", en=f"Elements are nested more than {DEEPEST} deep.")
        return super().start(tag, attrs)

    def data(self, data: str) -> None:
        self.text += len(data)
        if self.text > MOST_TEXT:
            raise Refused(zh=f"文件中的文字超过 {MOST_TEXT} 个字符。",
                          en=f"The file has more than {MOST_TEXT} characters of text.")
        super().data(data)

    def end(self, tag: str) -> Xml:
        self.depth -= 1
        return super().end(tag)


def parse(content: bytes, name: str = "") -> Xml:
    """The root element; raises Refused in one sentence, with the file's ``name`` where it has one."""
    where_zh, where_en = (f"“{name}”：", f"“{name}”: ") if name else ("", "")
    if len(content) > LARGEST:
        size = LARGEST // 1_000_000
        raise Refused(zh=f"{where_zh}文件超过 {size} MB。", en=f"{where_en}The file is larger than {size} MB.")
    try:
        return ElementTree.fromstring(content, ElementTree.XMLParser(target=_Builder()))
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise Refused(zh=f"{where_zh}文件不是 XML（{error}）。",
                      en=f"{where_en}The file is not XML ({error}).") from None


def local(element: Xml) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def children(element: Xml, *names: str) -> Iterator[Xml]:
    return (one for one in element if local(one) in names)


def child(element: Xml, *names: str) -> Xml | None:
    return next(children(element, *names), None)


def within(element: Xml, *names: str) -> Iterator[Xml]:
    """Every element of these names, however deep, in the order of the file."""
    return (one for one in element.iter() if local(one) in names)
