"""A YAML file that somebody hands over: numbers with all digits, no key twice, refusals that name file and key."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NoReturn

import yaml

from jizhun.kernel.bilingual import Refused
from jizhun.kernel.dating import parse_day
from jizhun.kernel.texts import LOADER, parsed, text_of


class Loader(LOADER):  # type: ignore[misc, valid-type]
    """Plain YAML, but a number keeps every digit, and a key that stands twice is a fault."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys: set[str] = set()
        for key, _ in node.value:
            if key.value in keys and isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key “{key.value}” stands there twice", key.start_mark)
            keys.add(str(key.value))
        return dict(super().construct_mapping(node, deep))


def _exact(loader: Loader, node: yaml.ScalarNode) -> Decimal | str:
    text = str(loader.construct_scalar(node))
    try:
        number = Decimal(text.replace("_", ""))
    except ArithmeticError:
        return text
    return number if number.is_finite() else text


def _day(loader: Loader, node: yaml.ScalarNode) -> object:
    """A day; the text where there is no such day, so that whoever reads it can say where it stands."""
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError:
        return loader.construct_scalar(node)


Loader.add_constructor("tag:yaml.org,2002:float", _exact)
Loader.add_constructor("tag:yaml.org,2002:timestamp", _day)


def content_of(content: bytes, name: str) -> Any:
    """What the file holds; Refused with the line where it is no YAML."""
    return parsed(text_of(content, name), name, lambda text: yaml.load(text, Loader=Loader))


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a file, for refusals."""

    name: str
    keys: tuple[object, ...] = ()

    def at(self, *keys: object) -> "Where":
        """A place below this one."""
        return replace(self, keys=(*self.keys, *keys))

    def refuse(self, zh: str, en: str) -> NoReturn:
        """One sentence that begins with file and key."""
        key = ".".join(map(str, self.keys))
        raise Refused(zh=f"{self.name}{f'，{key}' if key else ''}：{zh}。",
                      en=f"{self.name}{f', {key}' if key else ''}: {en}.")

    def mapping(self, value: Any) -> dict[Any, Any]:
        """Keys and values; {} for nothing at all."""
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.refuse("应是键与值", "must hold keys and values")
        return value

    def only(self, value: Mapping[Any, Any], known: frozenset[str]) -> None:
        """Refuse a key that nobody reads."""
        for key in value:
            if key not in known:
                self.at(key).refuse("没有这个键", "there is no such key")

    def day(self, key: object) -> date:
        """A key that must be a day."""
        if isinstance(key, datetime) or not isinstance(key, date | str):
            self.at(key).refuse(*NO_DAY)
        try:
            return key if isinstance(key, date) else parse_day(key)
        except Refused:
            self.at(key).refuse(*NO_DAY)


NO_DAY = ("不是日期，请写成 2026-11-24 的样子", "is not a date; write it like 2026-11-24")
