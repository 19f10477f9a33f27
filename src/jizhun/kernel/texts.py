"""What a person hands over as text: bytes to words, YAML or rows, or one sentence about what is wrong. No I/O."""

import csv
import io
import re
from collections.abc import Callable
from typing import Any, Final

import yaml

from jizhun.kernel.bilingual import Refused

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DEEPEST = 200
TOO_DEEP = "maximum nesting depth"
"""What newer C parsers say themselves of a file nested too deeply, before the first level is told."""
FORBIDDEN: Final = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold."""


def storable(text: str) -> str:
    """The text as a file can hold it: every line break is a line feed; what XML forbids is left out."""
    return FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def text_of(content: bytes, name: str) -> str:
    """The text of a file called ``name``; Refused where it is not UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Refused(zh=f"{name} 第 {line} 行不是 UTF-8 编码。", en=f"{name} line {line} is not UTF-8.") from None


def yaml_of(content: bytes, name: str) -> Any:
    """What a YAML file holds; Refused naming the line where it is not YAML."""
    return parsed(text_of(content, name), name, lambda text: yaml.load(text, Loader=LOADER))


def parsed(text: str, name: str, load: Callable[[str], Any]) -> Any:
    """What ``load`` makes of YAML; what it raises becomes Refused, with the line where that is known."""
    try:
        _shallow(text, name)
        return load(text)
    except yaml.MarkedYAMLError as error:
        if TOO_DEEP in str(error.problem):
            raise _too_deep(name) from None
        mark = error.problem_mark or error.context_mark
        raise _no_yaml(name, mark.line + 1 if mark else 1, str(error.problem)) from None
    except yaml.reader.ReaderError as error:
        odd = yaml.reader.Reader.NON_PRINTABLE.search(text)
        raise _no_yaml(name, text.count("\n", 0, odd.start() if odd else 0) + 1, str(error.reason)) from None
    except (yaml.YAMLError, ValueError) as error:
        reason = " ".join(str(error).split())[:200]
        raise Refused(zh=f"{name}：有不能识别的值（{reason}）。",
                      en=f"{name}: a value cannot be read ({reason}).") from None


def _shallow(text: str, name: str) -> None:
    """Refused where YAML is nested deeper than ``DEEPEST``: far deeper, the C parser takes the process with it.

    A level costs a column or an opening bracket, so most files are known to be shallow without being parsed.
    """
    if max(map(len, text.split("\n"))) + text.count("[") + text.count("{") <= DEEPEST:
        return
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise _too_deep(name)


def _too_deep(name: str) -> Refused:
    return Refused(zh=f"{name}：层次太深（超过 {DEEPEST} 层）。",
                   en=f"{name}: nested too deeply (over {DEEPEST} levels).")


def _no_yaml(name: str, line: int, why: str) -> Refused:
    return Refused(zh=f"{name} 第 {line} 行：不是有效的 YAML（{why}）。",
                   en=f"{name}, line {line}: not valid YAML ({why}).")


def rows_of(content: bytes, name: str) -> list[dict[str, str]]:
    """The rows of a CSV file with a header, each with ``where`` (file:line); Refused where it cannot be read."""
    if b"\0" in content:
        raise Refused(zh=f"{name} 含有空字节，不是文本文件。", en=f"{name} holds zero bytes: it is no text file.")
    reader = csv.DictReader(io.StringIO(text_of(content, name), newline=""), strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        line = reader.line_num
        raise Refused(zh=f"{name} 第 {line} 行不是有效的 CSV（{error}）。",
                      en=f"{name} line {line} is not valid CSV ({error}).") from None
    for line, row in rows:
        if None in row:
            raise Refused(zh=f"{name}:{line}：列数比表头多。", en=f"{name}:{line}: more columns than the header has.")
    return [{**{key: value or "" for key, value in row.items()}, "where": f"{name}:{line}"} for line, row in rows]
