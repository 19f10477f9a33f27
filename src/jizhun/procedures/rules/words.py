"""Roles and counter documents as data: what they are called, what a role may do, what a document does to the clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused

Part = Literal["outside", "takes", "handles", "checks", "pays", "keeps"]
Clock = Literal["", "starts", "stops", "resumes", "extends", "decides", "ends"]

CASE_FIELDS: Mapping[Clock, str] = {
    "starts": "accepted_at", "stops": "suspended.start", "resumes": "suspended.end", "extends": "extended",
    "decides": "decided_at", "ends": "closed_at"}
"""What a document does to the clock -> where a case record says when that was."""


@dataclass(frozen=True, slots=True)
class Role:
    """A post. ``part``: outside the office, takes in, handles, checks what others handled, pays, keeps."""

    code: str
    name: Bilingual
    part: Part = "handles"


@dataclass(frozen=True, slots=True)
class Document:
    """A paper that is handed out or filed; ``clock`` is what it does to the time limit."""

    code: str
    name: Bilingual
    clock: Clock = ""
    note: Bilingual = NO_WORDS


def read_roles(content: Any) -> dict[str, Role]:
    """Code -> role, from roles.yaml; raises Refused."""
    return {row["code"]: Role(row["code"], _name(row), _one_of(row, "part", get_args(Part)))
            for row in _rows(content, "roles", {"code", "part", "zh", "en"})}


def read_documents(content: Any) -> dict[str, Document]:
    """Code -> document, from documents.yaml; raises Refused."""
    return {row["code"]: Document(row["code"], _name(row), _one_of(row, "clock", get_args(Clock)),
                                  Bilingual(str(row.get("note_zh") or ""), str(row.get("note_en") or "")))
            for row in _rows(content, "documents", {"code", "clock", "zh", "en", "note_zh", "note_en"})}


def read_recorded(content: Any) -> dict[str, Bilingual]:
    """Code -> name of steps that records hold and no procedure has, from recorded.yaml; raises Refused."""
    return {row["code"]: _name(row) for row in _rows(content, "steps", {"code", "zh", "en"})}


def _rows(content: Any, part: str, fields: set[str]) -> list[dict[str, Any]]:
    rows = content.get(part) if isinstance(content, Mapping) else None
    if not isinstance(rows, list) or not all(isinstance(one, Mapping) and one.get("code") for one in rows):
        raise Refused(zh=f"“{part}”应是一列，每一项有 code。",
                      en=f"“{part}” must be a list whose items have a code each.")
    for row in rows:
        odd = sorted(str(name) for name in row if name not in fields)
        if odd:
            raise Refused(zh=f"{row['code']}：没有“{odd[0]}”这一栏。",
                          en=f"{row['code']}: there is no field “{odd[0]}”.")
    codes = [str(one["code"]) for one in rows]
    twice = next((one for one in codes if codes.count(one) > 1), None)
    if twice:
        raise Refused(zh=f"代码“{twice}”用了两次。", en=f"The code “{twice}” is used twice.")
    return [{**one, "code": str(one["code"])} for one in rows]


def _name(row: Mapping[str, Any]) -> Bilingual:
    if not row.get("zh") or not row.get("en"):
        raise Refused(zh=f"{row['code']}：需要中英文名称。", en=f"{row['code']}: needs a name in Chinese and English.")
    return Bilingual(str(row["zh"]), str(row["en"]))


def _one_of(row: Mapping[str, Any], name: str, choices: tuple[Any, ...]) -> Any:
    said = row.get(name) or ""
    if said not in choices:
        raise Refused(zh=f"{row['code']}：{name} 不能是“{said}”。", en=f"{row['code']}: {name} cannot be “{said}”.")
    return said


def role_name(code: str, roles: Mapping[str, Role]) -> Bilingual:
    """What a role is called; a code that no list has stands for itself."""
    if not code:
        return Bilingual("未定岗位", "No role")
    return roles[code].name if code in roles else Bilingual(code, code)
