"""What a guide is made of: fields as data, each with its kind, and how far places below may change it.

A field is *locked* (as above says, everywhere), *supplemented* (places below add to it and take nothing away) or *free*
(the nearest place's own words). A place may bind those below it tighter, never looser. Fields of the kind ``measure``
hold no words at all: their value comes from the as-of engine.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused

Kind = Literal["text", "lines", "steps", "materials", "contacts", "places", "choice", "measure"]
Policy = Literal["free", "supplement", "locked"]
Content = Any
"""Plain data by kind: ``text`` {zh, en}; ``choice`` a code; every other kind a list of items, each with its ``id``."""

KINDS: tuple[Kind, ...] = ("text", "lines", "steps", "materials", "contacts", "places", "choice", "measure")
POLICIES: tuple[Policy, ...] = ("free", "supplement", "locked")
"""From the loosest to the tightest."""
LISTS = ("lines", "steps", "materials", "contacts", "places")
FIELDS = frozenset({"code", "part", "kind", "policy", "required", "zh", "en", "help_zh", "help_en", "measure",
                    "options"})


@dataclass(frozen=True, slots=True)
class Field:
    """``part`` is the chapter it belongs to; ``measure`` names what a field of that kind shows."""

    code: str
    part: str
    kind: Kind
    policy: Policy
    name: Bilingual
    required: bool = False
    help: Bilingual = NO_WORDS
    measure: str = ""
    options: tuple[tuple[str, Bilingual], ...] = ()

    @property
    def is_list(self) -> bool:
        return self.kind in LISTS


def read_field(row: Mapping[str, Any]) -> Field:
    """A field from one row of fields.yaml; raises Refused naming what is wrong."""
    code = str(row.get("code") or "?")
    odd = sorted(str(name) for name in row if name not in FIELDS)
    if odd:
        raise Refused(zh=f"{code}：没有“{odd[0]}”这一栏。", en=f"{code}: there is no field “{odd[0]}”.")
    kind, policy = str(row.get("kind") or ""), str(row.get("policy") or "free")
    if kind not in KINDS or policy not in POLICIES:
        raise Refused(zh=f"{code}：类型或权限不认识。", en=f"{code}: the kind or the policy is not known.")
    if (kind == "measure") != bool(row.get("measure")):
        raise Refused(zh=f"{code}：只有指标类要写明指标。",
                      en=f"{code}: a measure is named by that kind, and by no other.")
    if policy == "supplement" and kind not in (*LISTS, "text"):
        raise Refused(zh=f"{code}：这一类不能补充。", en=f"{code}: this kind cannot be supplemented.")
    return Field(code, str(row.get("part") or ""), kind, policy,
                 Bilingual(str(row.get("zh") or ""), str(row.get("en") or "")),
                 bool(row.get("required")), Bilingual(str(row.get("help_zh") or ""), str(row.get("help_en") or "")),
                 str(row.get("measure") or ""),
                 tuple((str(one["code"]), Bilingual(str(one["zh"]), str(one["en"]))) for one in row.get("options")
                       or ()))


def tighter(one: Policy, other: Policy) -> Policy:
    return POLICIES[max(POLICIES.index(one), POLICIES.index(other))]


def checked(field: Field, content: Content) -> Content:
    """Content that fits the kind of its field; raises Refused with the field and what is wrong.

    Items of a list must have an ``id`` of their own: by it they are told apart when the list above changes.
    """
    if content is None:
        return None
    if field.kind == "measure":
        raise _wrong(field, "的值来自规定，不能填写", "comes from the provisions and is not typed")
    if field.kind == "choice":
        if content not in (code for code, _ in field.options):
            raise _wrong(field, f"没有“{content}”这个选项", f"has no choice “{content}”")
        return content
    if field.kind == "text":
        return _bilingual(field, content)
    return _items(field, content)


def _wrong(field: Field, zh: str, en: str) -> Refused:
    return Refused(zh=f"“{field.name.zh}”{zh}。", en=f"“{field.name.en}” {en}.")


def _bilingual(field: Field, content: Content) -> Content:
    fits = isinstance(content, Mapping) and set(content) <= {"zh",
                                                             "en"} and all(isinstance(one, str)
                                                                           for one in content.values())
    if not fits or not any(one.strip() for one in content.values()):
        raise _wrong(field, "应有中文或英文文字", "must have words in Chinese or English")
    return {"zh": content.get("zh", "").strip(), "en": content.get("en", "").strip()}


def _items(field: Field, content: Content) -> Content:
    if not isinstance(content, list) or not all(isinstance(one, Mapping) and one.get("id") for one in content):
        raise _wrong(field, "应是一列，每一项有自己的 id", "must be a list whose items have an id each")
    ids = [str(one["id"]) for one in content]
    twice = next((one for one in ids if ids.count(one) > 1), None)
    if twice is not None:
        raise _wrong(field, f"的 id“{twice}”用了两次", f"uses the id “{twice}” twice")
    return [dict(one) for one in content]


def fingerprint(content: Content) -> str:
    """What content is told apart by; the same for the same content however it was written down."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]
