"""Rules on record out to files, and what is brought back in to what a place has to say: for every door alike."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from jizhun.entitlements.actions import entitlements, rule
from jizhun.entitlements.dmn import write_model
from jizhun.entitlements.interchange.columns import VERSION, VERSION_FIELDS
from jizhun.entitlements.interchange.reading import Brought, Wrong, from_xlsx, ordered
from jizhun.entitlements.interchange.writing import Offered, to_xlsx
from jizhun.entitlements.rules import Rule
from jizhun.entitlements.rules.book import Cited
from jizhun.entitlements.rules.exchanging import (
    Parts,
    changed_parts,
    file_parts,
    is_empty,
    labelled,
    plain_parts,
    version_row,
)
from jizhun.entitlements.rules.proofreading import At, mistakes
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.provisions.actions import measures
from jizhun.provisions.models import Document
from jizhun.regions.actions import tree


@dataclass(frozen=True)
class Ground:
    """What a change starts from: the rule at a place on a day, and the one above it (None at the top).

    ``broken`` says why what is on record there cannot be put together; ``here`` is then the rule above.
    """

    code: str
    region: str
    on: date
    here: Rule
    above: Rule | None
    broken: Bilingual | None = None

    @property
    def now(self) -> Parts:
        return plain_parts(self.here)

    @property
    def inherited(self) -> Parts:
        return plain_parts(self.above) if self.above else {}


def ground_of(*, code: str, region: str, on: date) -> Ground:
    """Where a change begins. Raises Refused where there is no rule at all."""
    path = tree().path(region, on)
    above = rule(code=code, region=path[-2], on=on) if len(path) > 1 else None
    broken = None
    try:
        here = rule(code=code, region=region, on=on)
    except Refused as refused:
        here, broken = above, refused.sentence
    if here is None:
        raise Refused(zh="这里在这一天没有规则，也没有可以改的上级规则。",
                      en="There is no rule here on that day, and none above that could be changed.")
    return Ground(code, region, on, here, above, broken)


def version_said(ground: Ground, parts: Parts, *, first: str, until: str, cited: Cited,
                 cohort: tuple[str, str] = ("", "")) -> dict[str, Any]:
    """What the place has to say so that the rule there is ``parts``, as a row in the manner of the seeds.

    Raises Refused where that is nothing.
    """
    said = changed_parts(parts, ground.here, ground.above, ground.region)
    if is_empty(said):
        raise Refused(zh="还没有改动：这里说的与现在一样。", en="Nothing is changed yet: the rule would be as it is.")
    return version_row(said, region=ground.region, first=first, until=until, cited=cited, cohort=cohort)


# -- out


def as_dmn(found: Rule, language: str) -> bytes:
    """The rule as a decision model whose labels are in one language."""
    return write_model(labelled(found, language))


def as_workbook(found: Rule, region: str, on: date) -> bytes:
    """The rule as the workbook in which it can be changed, with what may be chosen at the place."""
    rows = Document.objects.filter(region__in=tree().path(region, on)).order_by("code")
    offered = Offered([(row.code, Bilingual(row.title_zh, row.title_en)) for row in rows],
                      [(code, one.name) for code, one in measures().items()], list(entitlements().facts.values()))
    return to_xlsx(plain_parts(found), {"entitlement": found.head.code, "region": region, "from": on.isoformat()},
                   offered)


# -- in


@dataclass(frozen=True)
class Taken:
    """What a file says: the whole rule, and what it says of day and paper; ``wrong`` lists its mistakes by cell."""

    parts: Parts
    version: Mapping[str, str] = field(default_factory=dict)
    wrong: Sequence[Wrong] = ()


def taken_from(ground: Ground, content: bytes, name: str) -> Taken:
    """A DMN file or a workbook, by its name. Raises Refused where it is neither, or says what no rule can hold."""
    if not name.lower().endswith(".xlsx"):
        return Taken(file_parts(content, ground.here, entitlements().facts))
    brought = from_xlsx(content)
    return Taken(brought.parts, brought.version, wrong_in(brought, ground.code, ground.region))


def wrong_in(brought: Brought, code: str, region: str) -> list[Wrong]:
    """Everything that is wrong in a workbook, for a rule and a place."""
    found = list(brought.wrong)
    if not found:  # cells that could not be read make further mistakes that are none
        found += [brought.at(one.at, one.sentence) for one in mistakes(brought.parts, entitlements().facts)]
    return ordered([*found, *_other_rule(brought, code, region), *_unknown_papers(brought)])


def _other_rule(brought: Brought, code: str, region: str) -> Iterator[Wrong]:
    for key, wanted in (("entitlement", code), ("region", region)):
        said = brought.version.get(key, wanted)
        if said != wanted:
            yield Wrong(VERSION, _version_cell(key), Bilingual(
                f"这里是“{wanted}”，文件里是“{said}”。", f"This is “{wanted}”, and the file says “{said}”."))


def _version_cell(key: str) -> str:
    return f"B{1 + list(VERSION_FIELDS).index(key)}"


def _unknown_papers(brought: Brought) -> Iterable[Wrong]:
    known = {"", *Document.objects.values_list("code", flat=True)}

    def sentence(document: str) -> Bilingual:
        return Bilingual(f"没有代码为“{document}”的文件。", f"There is no paper “{document}”.")

    if brought.version.get("document", "") not in known:
        yield Wrong(VERSION, _version_cell("document"), sentence(brought.version["document"]))
    for rows in brought.parts.values():
        for row in rows:
            if row.get("document", "") not in known:
                yield brought.at(At(row["name"], "document"), sentence(row["document"]))
            for place, line in enumerate((row.get("table") or {}).get("rows") or ()):
                if line.get("document", "") not in known:
                    yield brought.at(At(row["name"], "then", place), sentence(line["document"]))
