"""YAML that remembers where each word stands, so that a complaint can name the line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches

import yaml

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import parse_day
from jizhun.kernel.texts import parsed


@dataclass
class Problems:
    """Everything that is wrong with one file, gathered so that it is told at once."""

    file: str
    found: list[tuple[int, Bilingual]] = field(default_factory=list)

    def add(self, line: int, *, zh: str, en: str) -> None:
        """Note a fault on a line (1 is the first)."""
        self.found.append(
            (line, Bilingual(f"{self.file} 第 {line} 行：{zh}", f"{self.file} line {line}: {en}"))
        )

    def raise_any(self) -> None:
        """Refuse with every fault, in the order of the lines; nothing when there is none."""
        if self.found:
            told = [sentence for _, sentence in sorted(self.found, key=lambda one: one[0])]
            raise Refused(zh="\n".join(one.zh for one in told), en="\n".join(one.en for one in told))


class Section:
    """A YAML mapping whose keys are asked for one by one; what nobody asked for is a fault at the end."""

    def __init__(self, node: yaml.Node, problems: Problems, what: Bilingual) -> None:
        self.line = node.start_mark.line + 1
        self.problems = problems
        self.what = what
        self.nodes: dict[str, yaml.Node] = {}
        self.lines: dict[str, int] = {}
        self.asked: list[str] = []
        if not isinstance(node, yaml.MappingNode):
            self.complain(
                None, zh=f"{what.zh}应写成“键: 值”。", en=f"{what.en} must be written as “key: value” lines."
            )
            return
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                self._keep(str(key.value), key.start_mark.line + 1, value)
            else:
                self.problems.add(key.start_mark.line + 1, zh="键应是一个词。", en="a key must be one word.")

    def _keep(self, name: str, line: int, value: yaml.Node) -> None:
        if name in self.nodes:
            self.problems.add(line, zh=f"`{name}` 写了两次。", en=f"`{name}` is given twice.")
        self.nodes[name], self.lines[name] = value, line

    def complain(self, key: str | None, *, zh: str, en: str) -> None:
        """Note a fault at a key, or at the section itself."""
        self.problems.add(self.lines.get(key or "", self.line), zh=zh, en=en)

    def node(self, key: str) -> yaml.Node | None:
        """The value under ``key`` as YAML has it; an empty value counts as absent."""
        self.asked.append(key)
        node = self.nodes.get(key)
        return None if node is None or _is_empty(node) else node

    def __contains__(self, key: str) -> bool:
        return self.node(key) is not None

    def text(self, key: str, default: str = "") -> str:
        """One word or sentence."""
        node = self.node(key)
        if node is None:
            return default
        if not isinstance(node, yaml.ScalarNode):
            self.complain(key, zh=f"`{key}` 应是一个值。", en=f"`{key}` must be a single value.")
            return default
        return str(node.value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of words; a single word is a list of one."""
        node = self.node(key)
        if node is None:
            return ()
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        if not all(isinstance(one, yaml.ScalarNode) for one in nodes):
            self.complain(key, zh=f"`{key}` 应是一个值或一列值。", en=f"`{key}` must be a value or a list.")
            return ()
        return tuple(str(one.value) for one in nodes)

    def choice(self, key: str, allowed: Sequence[str], default: str) -> str:
        """One of a closed list of words."""
        value = self.text(key, default)
        if value in allowed or value == default:
            return value
        listed = ", ".join(allowed)
        self.complain(
            key,
            zh=f"`{key}` 不能是“{value}”，可用：{listed}{_meant_zh(value, allowed)}",
            en=f"`{key}` cannot be “{value}”; use one of {listed}{_meant_en(value, allowed)}",
        )
        return default

    def flag(self, key: str) -> bool:
        """true or false; absent is false."""
        return self.choice(key, ("true", "false"), "false") == "true"

    def day(self, key: str) -> date | None:
        """A day written YYYY-MM-DD."""
        text = self.text(key)
        if not text:
            return None
        try:
            return parse_day(text)
        except Refused as refused:
            self.complain(key, zh=refused.sentence.zh, en=refused.sentence.en)
            return None

    def pairs(self, key: str) -> Mapping[str, str]:
        """A table of words: from -> to."""
        node = self.node(key)
        if node is None:
            return {}
        if not isinstance(node, yaml.MappingNode):
            self.complain(key, zh=f"`{key}` 应写成“原值: 新值”。", en=f"`{key}` must list “from: to” lines.")
            return {}
        if not all(isinstance(one, yaml.ScalarNode) for pair in node.value for one in pair):
            self.complain(key, zh=f"`{key}` 应写成“原值: 新值”。", en=f"`{key}` must list “from: to” lines.")
            return {}
        return {str(old.value): str(new.value) for old, new in node.value}

    def section(self, key: str, what: Bilingual) -> "Section | None":
        """The mapping under ``key``."""
        node = self.node(key)
        return None if node is None else Section(node, self.problems, what)

    def sections(self, key: str, what: Bilingual) -> "list[Section]":
        """A list of mappings under ``key``; a single mapping is a list of one."""
        node = self.node(key)
        if node is None:
            return []
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        return [Section(one, self.problems, what) for one in nodes]

    def close(self) -> None:
        """Complain about every key that nobody asked for, with the nearest one that exists."""
        for key in self.nodes:
            if key not in self.asked:
                self.complain(
                    key,
                    zh=f"`{key}` 不是{self.what.zh}的内容{_meant_zh(key, self.asked)}",
                    en=f"`{key}` does not belong in {self.what.en}{_meant_en(key, self.asked)}",
                )


def read(text: str, file: str, what: Bilingual) -> Section:
    """The whole file as a Section; Refused with the line when it is not YAML at all."""
    node = parsed(text, file, lambda whole: yaml.compose(whole, Loader=yaml.SafeLoader))
    if node is None:
        raise Refused(zh=f"{file}：文件是空的。", en=f"{file}: the file is empty.")
    return Section(node, Problems(file), what)


def _is_empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null")


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The known word that looks most like ``word``, if any does."""
    found = get_close_matches(word, list(dict.fromkeys(known)), n=1, cutoff=0.6)
    return found[0] if found else None


def _meant_zh(word: str, known: Sequence[str]) -> str:
    meant = nearest(word, known)
    return f"；是否指 `{meant}`？" if meant else "。"


def _meant_en(word: str, known: Sequence[str]) -> str:
    meant = nearest(word, known)
    return f"; did you mean `{meant}`?" if meant else "."
