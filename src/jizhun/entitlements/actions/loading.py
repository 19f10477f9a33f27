"""Loading facts and rules from files in the manner of the seeds."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from jizhun.catalogue.actions import NATION
from jizhun.entitlements.actions.asking import ROOM
from jizhun.entitlements.models import EntitlementRow, FactRow, RuleVersion
from jizhun.entitlements.rules import read_all, spelled_out
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.texts import yaml_of
from jizhun.people.actions import require, write_line
from jizhun.people.rules import Actor
from jizhun.provisions import actions as provisions
from jizhun.provisions.models import Document
from jizhun.regions.actions import bump, claim, differing, keep, tree

FACTS_FILE, SHARED_FILE = "facts.yaml", "shared.yaml"


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many facts, entitlements and versions came new."""

    facts: int
    entitlements: int
    versions: int


def load(*, by: Actor, folder: Path, owner: str, recorded_on: date | None = None) -> Loaded:
    """Load every file of ``folder`` for the list ``owner``; versions already on record are passed over.

    Raises Refused naming the file, entitlement and part; nothing is loaded then.
    """
    require(by=by, right="provision.record", path=NATION)
    facts, rows = _read_folder(folder)
    with transaction.atomic():
        read_all([*_kept_facts(facts), *facts], rows)
        check_known(rows)
        loaded = Loaded(_load_facts(facts, owner), _load_heads(rows, owner),
                        _load_versions(rows, recorded_on or timezone.localdate()))
        if any((loaded.facts, loaded.entitlements, loaded.versions)):
            bump(ROOM)
            write_line(by=by, act="entitlements.load", subject=folder.name,
                       after={"facts": loaded.facts, "entitlements": loaded.entitlements, "versions": loaded.versions})
    return loaded


def _read_folder(folder: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The facts and entitlements of a folder; workings that several entitlements share are written into each."""
    facts: list[dict[str, Any]] = []
    shared: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    kinds = {FACTS_FILE: facts, SHARED_FILE: shared}
    for path in sorted(folder.glob("*.yaml")):
        content = yaml_of(path.read_bytes(), path.name)
        if not isinstance(content, list) or not all(isinstance(one, dict) for one in content):
            raise Refused(zh=f"{path.name} 应是一列。", en=f"{path.name} must be a list.")
        kinds.get(path.name, rows).extend(content)
    return facts, spelled_out(rows, shared)


def _kept_facts(new: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Facts that other lists brought: a package's rules may ask them too."""
    codes = {str(one.get("code")) for one in new}
    return [row.fields for row in FactRow.objects.order_by("place") if row.code not in codes]


def check_known(rows: Iterable[Mapping[str, Any]], more_papers: Iterable[str] = ()) -> None:
    """Refuse places, papers and measures that are not on record."""
    papers = {*Document.objects.values_list("code", flat=True), *more_papers}
    measures = provisions.measures()
    for row in rows:
        for version in row.get("versions") or ():
            where = f"{row.get('code')} {version.get('region')}"
            tree().known(str(version.get("region")))
            for document in _papers_in(version):
                if document not in papers:
                    raise Refused(zh=f"{where}：没有代码为“{document}”的文件。",
                                  en=f"{where}: there is no paper “{document}”.")
            for measure in version.get("measures") or ():
                if measure.get("measure") not in measures:
                    raise Refused(zh=f"{where}：没有名为“{measure.get('measure')}”的指标。",
                                  en=f"{where}: there is no measure called “{measure.get('measure')}”.")


def _papers_in(part: Any) -> Iterable[str]:
    if isinstance(part, Mapping):
        if part.get("document"):
            yield str(part["document"])
        for value in part.values():
            yield from _papers_in(value)
    elif isinstance(part, list):
        for value in part:
            yield from _papers_in(value)


def as_plain(value: Any) -> Any:
    """A row as JSON holds it: days as text."""
    return json.loads(json.dumps(value, default=str))


def _load_facts(facts: Sequence[Mapping[str, Any]], owner: str) -> int:
    rows = [FactRow(code=str(one["code"]), place=place, fields=as_plain(one)) for place, one in enumerate(facts)]
    changed = differing(FactRow, rows, ("code",))
    claim("fact", (row.code for row in changed), owner)
    return len(keep(FactRow, changed, ("code",)))


def _load_heads(rows: Sequence[Mapping[str, Any]], owner: str) -> int:
    heads = [EntitlementRow(code=str(one["code"]), place=place,
                            fields=as_plain({name: value for name, value in one.items() if name != "versions"}))
             for place, one in enumerate(rows)]
    changed = differing(EntitlementRow, heads, ("code",))
    claim("entitlement", (row.code for row in changed), owner)
    return len(keep(EntitlementRow, changed, ("code",)))


def _load_versions(rows: Iterable[Mapping[str, Any]], recorded_on: date) -> int:
    """Insert the versions that are not on record yet; what was said stays said."""
    there = set(RuleVersion.objects.values_list("fingerprint", flat=True))
    new: dict[str, RuleVersion] = {}
    for row in rows:
        for said in row.get("versions") or ():
            one = version_row(str(row["code"]), as_plain(said), recorded_on)
            if one.fingerprint not in there:
                new.setdefault(one.fingerprint, one)
    seq = bump(ROOM) if new else 0
    for place, one in enumerate(new.values()):
        one.seq = seq * 100_000 + place
    RuleVersion.objects.bulk_create(new.values(), batch_size=200)
    return len(new)


def version_row(code: str, said: dict[str, Any], recorded_on: date) -> RuleVersion:
    text = json.dumps([code, said], sort_keys=True, ensure_ascii=False)
    return RuleVersion(entitlement=code, region=str(said["region"]), valid_from=date.fromisoformat(said["from"]),
                       valid_until=date.fromisoformat(said.get("until") or "9999-12-31"), fields=said,
                       recorded_on=recorded_on, fingerprint=hashlib.sha256(text.encode()).hexdigest())
