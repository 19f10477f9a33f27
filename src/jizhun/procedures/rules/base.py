"""National base procedures: from the parsed data to the plain list of steps of a matter."""

from collections.abc import Mapping
from typing import Any

from jizhun.kernel.bilingual import Refused

Content = Mapping[str, Any]
"""What base.yaml holds."""
EXTRA = ("use", "from", "clause_zh", "clause_en")


def base_steps(content: Content, matter: str, kind: str = "") -> list[dict[str, Any]]:
    """The steps of a matter, as a list that ``read_steps`` takes; raises Refused where its kind has no template."""
    return [_row(content, one) for one in content["templates"][template_of(content, matter, kind)]["steps"]]


def base_clock(content: Content, matter: str, kind: str = "") -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The documents with which its limits start and end to count."""
    clock = content["templates"][template_of(content, matter, kind)].get("clock") or {}
    return tuple(clock.get("starts") or ()), tuple(clock.get("ends") or ())


def template_of(content: Content, matter: str, kind: str = "") -> str:
    """The template of a matter: its own, else that of its kind."""
    found = content["matters"].get(matter) or content["kinds"].get(kind)
    if found not in content["templates"]:
        raise Refused(zh=f"{matter}：“{kind}”类事项没有规程模板。",
                      en=f"{matter}: no template for matters of kind “{kind}”.")
    return str(found)


def _row(content: Content, row: Mapping[str, Any]) -> dict[str, Any]:
    """A step with the fields of the part that it uses, its source in words. A source said anew brings its clause."""
    part = dict(content["parts"][row["use"]]) if "use" in row else {}
    if "from" in row:
        part.pop("clause_zh", None)
        part.pop("clause_en", None)
    whole = part | dict(row)
    source = content["sources"][whole["from"]]
    zh = source["title_zh"] + str(whole.get("clause_zh") or "")
    en = ", ".join(filter(None, (source["title_en"], str(whole.get("clause_en") or ""))))
    said = {name: value for name, value in whole.items() if name not in EXTRA}
    return said | {"source": {"zh": zh, "en": en}, "mark": source["mark"]}
