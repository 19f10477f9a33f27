"""What a person hands over as text: bytes to words, YAML or rows, or one sentence about what is wrong. No I/O."""

import csv
import io
from typing import Any

import yaml

from jizhun.kernel.bilingual import Refused

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def text_of(content: bytes, name: str) -> str:
    """The text of a file called ``name``; Refused where it is not UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Refused(zh=f"{name} 第 {line} 行不是 UTF-8 编码。", en=f"{name} line {line} is not UTF-8.") from None


def yaml_of(content: bytes, name: str) -> Any:
    """What a YAML file holds; Refused naming the line where it is not YAML."""
    try:
        return yaml.load(text_of(content, name), Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise Refused(zh=f"{name} 第 {line} 行不是有效的 YAML（{error.problem}）。",
                      en=f"{name} line {line} is not valid YAML ({error.problem}).") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())[:200]
        raise Refused(zh=f"{name} 不是有效的 YAML：{reason}", en=f"{name} is not valid YAML: {reason}") from None


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
