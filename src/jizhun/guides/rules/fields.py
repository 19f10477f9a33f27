"""What a guide is made of: fields as data, each with its kind, and how far places below may change it.

A field is *locked* (as above says, everywhere), *supplemented* (places below add to it and take nothing away) or *free*
(the nearest place's own words). A place may bind those below it tighter, never looser. Fields of the kinds ``measure``
and ``points`` hold no words at all: what they show comes from the as-of engine and from the service points on record.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from jizhun.guides.rules.reaching import opens
from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused
from jizhun.kernel.dating import parse_day

Kind = Literal["text", "lines", "steps", "materials", "contacts", "procedure", "choice", "measure", "points"]
Policy = Literal["free", "supplement", "locked"]
Content = Any
"""Plain data by kind: ``text`` {zh, en}; ``choice`` a code; every other kind a list of items, each with its ``id``."""

POLICIES: tuple[Policy, ...] = ("free", "supplement", "locked")
"""From the loosest to the tightest."""
WORDS = frozenset({"id", "zh", "en"})
CITED = frozenset({"clause_zh", "clause_en", "document", "source", "mark", "url"})
ITEM_KEYS: Mapping[str, frozenset[str] | None] = {
    "lines": WORDS | CITED | {"material", "days", "until"},
    "steps": WORDS | CITED | {"channel"},
    "materials": WORDS | CITED | {"where_zh", "where_en", "form", "copies", "necessary", "held_by_zh", "held_by_en",
                                  "blank_form"},
    "contacts": WORDS | CITED | {"role", "phone", "hours_zh", "hours_en"},
    "procedure": None,
}
"""What an item of each kind of list may say; None: whoever owns the kind knows."""
LISTS = tuple(ITEM_KEYS)
NEVER_TYPED = ("measure", "points")
KINDS = ("text", "choice", *LISTS, *NEVER_TYPED)
FORMS = ("original", "copy", "original_and_copy", "electronic")
ROLES = ("enquiry", "supervision", "conduct", "other")
ONE_OF: Mapping[str, tuple[str, ...]] = {"form": FORMS, "role": ROLES}
FIELDS = frozenset({"code", "part", "kind", "policy", "required", "zh", "en", "help_zh", "help_en", "measure",
                    "options"})
NUMBERS, DAYS, LINKS = ("days", "copies"), ("until",), ("url", "blank_form")
"""Columns that hold a whole number, a day, or an address that a reader opens with one click."""
LONGEST = 20_000
"""Characters of one text, and items of one list."""
LONGEST_ID = 64


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

    @property
    def typed(self) -> bool:
        """Whether anybody writes it."""
        return self.kind not in NEVER_TYPED


def read_field(row: Mapping[str, Any]) -> Field:
    """A field from one row of fields.yaml; raises Refused naming what is wrong."""
    code = str(row.get("code") or "?")
    odd = sorted(str(name) for name in row if name not in FIELDS)
    if odd:
        raise Refused(zh=f"{code}：没有“{odd[0]}”这一栏。", en=f"{code}: there is no field “{odd[0]}”.")
    kind = str(row.get("kind") or "")
    policy = str(row.get("policy") or ("locked" if kind in NEVER_TYPED else "free"))
    if kind not in KINDS or policy not in POLICIES:
        raise Refused(zh=f"{code}：类型或权限不认识。", en=f"{code}: the kind or the policy is not known.")
    if (kind == "measure") != bool(row.get("measure")):
        raise Refused(zh=f"{code}：只有指标类要写明指标。",
                      en=f"{code}: a measure is named by that kind, and by no other.")
    if policy == "supplement" and not supplementable(kind):
        raise Refused(zh=f"{code}：这一类不能补充。", en=f"{code}: this kind cannot be supplemented.")
    return Field(code, str(row.get("part") or ""), kind, policy,  # type: ignore[arg-type]
                 _words(row), bool(row.get("required")),
                 Bilingual(str(row.get("help_zh") or ""), str(row.get("help_en") or "")), str(row.get("measure") or ""),
                 tuple((str(one["code"]), _words(one)) for one in row.get("options") or ()))


def _words(row: Mapping[str, Any]) -> Bilingual:
    return Bilingual(str(row.get("zh") or ""), str(row.get("en") or ""))


def checked_policy(field: Field, policy: str) -> Policy:
    """The policy if the field can have it; raises Refused for another: a choice, for one, takes no supplement."""
    if policy not in POLICIES:
        raise Refused(zh=f"没有“{policy}”这种权限。", en=f"There is no policy “{policy}”.")
    if policy == "supplement" and not supplementable(field.kind):
        raise _wrong(field, "不能补充，只能整体改写", "cannot be added to, only written anew")
    return policy


def supplementable(kind: str) -> bool:
    """Whether words of two places can stand side by side."""
    return kind == "text" or kind in LISTS


def tighter(one: Policy, other: Policy) -> Policy:
    return POLICIES[max(POLICIES.index(one), POLICIES.index(other))]


# -- what may be written ---------------------------------------------------------------------------


def checked(field: Field, content: Content) -> Content:
    """Content that fits the kind of its field; raises Refused with the field and what is wrong.

    Items of a list must have an ``id`` of their own: by it they are told apart when the list above changes.
    """
    if content is None or content == [] or content == "":
        return None
    if not field.typed:
        raise _wrong(field, "的值来自规定或服务网点，不能填写",
                     "comes from the provisions or the service points and is not typed")
    if field.kind == "choice":
        if content not in (code for code, _ in field.options):
            raise _wrong(field, f"没有“{content}”这个选项", f"has no choice “{content}”")
        return content
    return _bilingual(field, content) if field.kind == "text" else _items(field, content)


def _wrong(field: Field, zh: str, en: str) -> Refused:
    return Refused(zh=f"“{field.name.zh}”{zh}。", en=f"“{field.name.en}” {en}.")


def _bilingual(field: Field, content: Content) -> Content:
    fits = isinstance(content, Mapping) and set(content) <= {"zh", "en"} and all(
        isinstance(one, str) for one in content.values())
    if not fits:
        raise _wrong(field, "应有中文或英文文字", "must have words in Chinese or English")
    words = {one: content.get(one, "").strip() for one in ("zh", "en")}
    if max(map(len, words.values())) > LONGEST:
        raise _wrong(field, f"最多 {LONGEST} 字", f"may have {LONGEST} characters at most")
    return words if any(words.values()) else None


def _items(field: Field, content: Content) -> Content:
    if not isinstance(content, list) or not all(isinstance(one, Mapping) and one.get("id") for one in content):
        raise _wrong(field, "应是一列，每一项有自己的 id", "must be a list whose items have an id each")
    if len(content) > LONGEST:
        raise _wrong(field, f"最多 {LONGEST} 项", f"may have {LONGEST} items at most")
    ids = [str(one["id"]) for one in content]
    twice = next((one for one in ids if ids.count(one) > 1), None) if len(set(ids)) < len(ids) else None
    if twice is not None:
        raise _wrong(field, f"的 id“{twice}”用了两次", f"uses the id “{twice}” twice")
    return [_item(field, one) for one in content]


def _item(field: Field, item: Mapping[str, Any]) -> dict[str, Any]:
    allowed = ITEM_KEYS[field.kind]
    odd = sorted(str(key) for key in item if allowed is not None and key not in allowed)
    if odd:
        raise _wrong(field, f"的“{item['id']}”没有“{odd[0]}”这一栏", f"has no column “{odd[0]}” (item “{item['id']}”)")
    for key, words in ONE_OF.items():
        if allowed is not None and item.get(key) and item[key] not in words:
            raise _wrong(field, f"的“{item['id']}”：“{key}”只能是 {'、'.join(words)}",
                         f"(item “{item['id']}”): “{key}” must be one of {', '.join(words)}")
    plain = {key: _plain(value) for key, value in item.items() if value not in (None, "")} | {"id": str(item["id"])}
    return plain if allowed is None else {key: _value(field, plain["id"], key, value) for key, value in plain.items()}


def _value(field: Field, id_: str, key: str, value: Any) -> Any:
    """One column of an item as it is kept."""
    shown, most = id_[:LONGEST_ID], LONGEST_ID if key == "id" else LONGEST
    if isinstance(value, str) and len(value) > most:
        raise _wrong(field, f"的“{shown}”：“{key}”最多 {most} 字",
                     f"(item “{shown}”): “{key}” may have {most} characters at most")
    if key in LINKS and not opens(str(value)):
        raise _wrong(field, f"的“{shown}”：“{key}”应以 http:// 或 https:// 开头",
                     f"(item “{shown}”): “{key}” must begin with http:// or https://")
    if key in NUMBERS:
        return _number(field, shown, key, str(value))
    return parse_day(value).isoformat() if key in DAYS else value


def _number(field: Field, shown: str, key: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 7):
        raise _wrong(field, f"的“{shown}”：“{key}”应是整数", f"(item “{shown}”): “{key}” must be a whole number")
    return int(text)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value.strip() if isinstance(value, str) else value


# -- what content is told apart by -----------------------------------------------------------------

WORD = 1 << 64
STEP = 0x9E3779B97F4A7C15


def fingerprint(content: Content) -> str:
    """What content is told apart by; the same for the same content however it was written down."""
    return _digest(content).hex()[:16]


def key_of(content: Content) -> int:
    """The same as a signed 64-bit number, for columns; 0 for nothing."""
    return 0 if content is None else int.from_bytes(_digest(content)[:8], "big", signed=True) or 1


def _digest(content: Content) -> bytes:
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).digest()


def on_top(above: int, own: int) -> int:
    """The key of a supplement put on what stands above; the same sum that columns do with wrapping int64."""
    return _signed(above * STEP + own)


def _signed(number: int) -> int:
    number %= WORD
    return number - WORD if number >= WORD // 2 else number


def parts_of(rows: Iterable[Mapping[str, Any]]) -> dict[str, Bilingual]:
    """Chapters by code, in their order."""
    return {str(row["code"]): _words(row) for row in rows}
