"""Rows of a YAML file that know where they stand, so that every refusal names file and line."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import yaml

from jizhun.catalogue.rules.near import nearest
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.texts import parsed


class Row(dict[str, Any]):
    """A mapping with its file and line."""

    file = ""
    line = 0

    def wrong(self, zh: str, en: str) -> Refused:
        """The refusal of something in this row."""
        return Refused(zh=f"{self.file} 第 {self.line} 行：{zh}", en=f"{self.file}, line {self.line}: {en}")

    def under(self, defaults: Mapping[str, Any]) -> "Row":
        """The row with what it does not say itself taken from ``defaults``."""
        merged = Row({**defaults, **self})
        merged.file, merged.line = self.file, self.line
        return merged

    # -- fields ----------------------------------------------------------------------------------

    def text(self, name: str, default: str | None = None) -> str:
        """A text, without spaces around it; refused where it is missing and there is no default."""
        value = self.get(name)
        if value is None or value == "":
            if default is None:
                raise self.wrong(f"缺少“{name}”。", f"“{name}” is missing.")
            return default
        if isinstance(value, (list, dict)):
            raise self.wrong(f"“{name}”应为文字。", f"“{name}” must be a text.")
        return str(value).strip()

    def words(self, name: str, required: bool = False) -> Bilingual:
        """``name_zh`` and ``name_en``."""
        default = None if required else ""
        return Bilingual(self.text(f"{name}_zh", default), self.text(f"{name}_en", default))

    def whole(self, name: str, default: int) -> int:
        """A whole number from 0 on."""
        value = self.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.wrong(f"“{name}”应为非负整数，不能是“{value}”。",
                             f"“{name}” must be a whole number from 0 on, not “{value}”.")
        return value

    def flag(self, name: str, default: bool) -> bool:
        """true or false."""
        value = self.get(name, default)
        if not isinstance(value, bool):
            raise self.wrong(f"“{name}”应为 true 或 false，不能是“{value}”。",
                             f"“{name}” must be true or false, not “{value}”.")
        return value

    def day(self, name: str) -> date | None:
        """A day; None where there is none."""
        value = self.get(name)
        if value is None or (isinstance(value, date) and type(value) is date):
            return value
        raise self.wrong(f"“{name}”应为 2026-11-24 这样的日期，不能是“{value}”。",
                         f"“{name}” must be a date like 2026-11-24, not “{value}”.")

    def one_of(self, name: str, allowed: Iterable[str], default: str | None = None) -> str:
        """A text of a closed list."""
        value, known = self.text(name, default), list(allowed)
        if value not in known and value != default:
            near = nearest(value, known)
            zh, en = (f"；是不是 {near}？", f"; did you mean {near}?") if near else ("。", ".")
            raise self.wrong(f"“{name}”不能是“{value}”{zh}", f"“{name}” cannot be “{value}”{en}")
        return value

    def rows(self, name: str) -> list["Row"]:
        """A list of mappings."""
        value = self.get(name) or []
        if not isinstance(value, list) or not all(isinstance(one, Row) for one in value):
            raise self.wrong(f"“{name}”应为若干行，每行是字段与值。", f"“{name}” must be a list of fields and values.")
        return value

    def only(self, allowed: Iterable[str]) -> None:
        """Refuse a field that nobody reads: most often a slip of the pen."""
        known = set(allowed)
        for name in self:
            if name not in known:
                near = nearest(str(name), known)
                zh, en = (f"；是不是 {near}？", f"; did you mean {near}?") if near else ("。", ".")
                raise self.wrong(f"没有名为“{name}”的字段{zh}", f"there is no field “{name}”{en}")


class _Loader(yaml.SafeLoader):
    file = ""


def _row(loader: _Loader, node: yaml.MappingNode) -> Row:
    row = Row()
    row.file, row.line = loader.file, node.start_mark.line + 1
    loader.flatten_mapping(node)
    for key_node, value_node in node.value:
        key = str(loader.construct_object(key_node, deep=True))  # type: ignore[no-untyped-call]
        if key in row:
            raise row.wrong(f"“{key}”写了两次。", f"“{key}” stands there twice.")
        row[key] = loader.construct_object(value_node, deep=True)  # type: ignore[no-untyped-call]
    return row


_Loader.add_constructor("tag:yaml.org,2002:map", _row)


def _rows_of(file: str, text: str) -> Any:
    loader = _Loader(text)
    loader.file = file
    return loader.get_single_data()


def parse(file: str, text: str) -> Row:
    """The file's content as rows; Refused with the line when it is no YAML or holds no fields."""
    content = parsed(text, file, lambda text: _rows_of(file, text))
    if not isinstance(content, Row):
        raise Refused(zh=f"{file} 应为字段与值。", en=f"{file} must hold fields and values.")
    return content
