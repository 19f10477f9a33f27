"""Score sheets and questionnaires on record: loaded from files, an edition never changed."""

import hashlib
import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import transaction

from jizhun.evaluation.models import SheetEdition
from jizhun.evaluation.rules.questionnaires import Questionnaire, read_questionnaire
from jizhun.evaluation.rules.sheets import Sheet, read_sheet, unknown_figures
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.texts import yaml_of
from jizhun.people.actions import require, write_line
from jizhun.people.rules import Actor

SHEET, QUESTIONNAIRE = SheetEdition.SHEET, SheetEdition.QUESTIONNAIRE
FOLDERS = {SHEET: "sheets", QUESTIONNAIRE: "questionnaires"}
NATION = ("CN",)
Known = Callable[[], set[str]]


def load(*, by: Actor, folder: Path, owner: str, figures: set[str]) -> dict[str, int]:
    """Sheets and questionnaires of a folder; what is there already stays. Returns how many editions are new.

    ``figures``: codes of what the product computes. Raises Refused naming the file for one that cannot be read, or an
    edition that was on record with another content: a change is a new edition.
    """
    require(by=by, right="catalogue.edit", path=NATION)
    with transaction.atomic():
        new = {kind: sum(_keep(by, kind, file, owner, figures) for file in sorted((folder / name).glob("*.yaml")))
               for kind, name in FOLDERS.items()}
        if any(new.values()):
            write_line(by=by, act="evaluation.load", subject=folder.name, after=new)
    return new


def _keep(by: Actor, kind: str, file: Path, owner: str, figures: set[str]) -> bool:
    row = yaml_of(file.read_bytes(), file.name)
    if not isinstance(row, dict):
        raise Refused(zh=f"{file.name}：应为字段与值。", en=f"{file.name}: it must hold fields and values.")
    row = json.loads(json.dumps(row, default=str))
    made: Sheet | Questionnaire = read_sheet(row, file.name) if kind == SHEET else read_questionnaire(row, file.name)
    if isinstance(made, Sheet) and (lost := unknown_figures(made, figures)):
        raise Refused(zh=f"{file.name}：系统不计算“{lost[0]}”；可用：{'、'.join(sorted(figures))}。",
                      en=f"{file.name}: nobody computes “{lost[0]}”; there are: {', '.join(sorted(figures))}.")
    digest = hashlib.sha256(json.dumps(row, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    held = SheetEdition.objects.filter(kind=kind, code=made.code, edition=made.edition).first()
    if held is not None and held.hash != digest:
        raise Refused(zh=f"{file.name}：{made.code} {made.edition} 版已入库且内容不同；修改请另立新版。",
                      en=f"{file.name}: {made.code}, edition {made.edition}, is on record with another content: "
                         "a change is a new edition.")
    if held is None:
        SheetEdition.objects.create(kind=kind, code=made.code, edition=made.edition, content=row, hash=digest,
                                    owner=owner, by=by.username)
    return held is None


def editions(kind: str) -> list[SheetEdition]:
    """Every edition of a kind, by code, the newest edition first."""
    rows = SheetEdition.objects.filter(kind=kind)
    return sorted(sorted(rows, key=lambda one: one.edition, reverse=True), key=lambda one: one.code)


def edition_of(kind: str, pk: object) -> SheetEdition:
    """The edition with this key; Refused where there is none."""
    text = str(pk)
    number = int(text) if text.isdecimal() and len(text) < 15 else 0
    found = SheetEdition.objects.filter(kind=kind, pk=number).first()
    if found is None:
        raise Refused(zh="请选择一个版本。", en="Choose an edition.")
    return found


def sheet_of(edition: SheetEdition) -> Sheet:
    """The sheet of an edition."""
    return _sheet(edition.hash, edition.pk)


@lru_cache(maxsize=64)
def _sheet(_digest: str, pk: int) -> Sheet:
    row = SheetEdition.objects.get(pk=pk)
    return read_sheet(row.content, f"{row.code} {row.edition}")


def questionnaire_of(edition: SheetEdition) -> Questionnaire:
    """The questionnaire of an edition."""
    return _questionnaire(edition.hash, edition.pk)


@lru_cache(maxsize=64)
def _questionnaire(_digest: str, pk: int) -> Questionnaire:
    row = SheetEdition.objects.get(pk=pk)
    return read_questionnaire(row.content, f"{row.code} {row.edition}")


def name_of(edition: SheetEdition) -> Bilingual:
    """What an edition is called."""
    content: dict[str, Any] = edition.content
    return Bilingual(f"{content['name_zh']} {edition.edition}", f"{content['name_en']} {edition.edition}")
