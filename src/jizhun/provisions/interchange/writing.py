"""Lines of provisions as parameter files in OpenFisca's manner: one YAML file a line, with a report of what is lost.

What OpenFisca has no word for (paper, clause, mark, modality, ...) stands under ``metadata: jizhun``, which it passes
over; so a file that was written here is read back as the same provisions.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import yaml

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import FAR, day_after
from jizhun.provisions.interchange.shapes import Bracket, Shape, Unfit, brackets_of, parts_of, shape_of
from jizhun.provisions.rules import Book, Line, Measure, Paper, Say
from jizhun.provisions.rules.values import Said

OWN = "jizhun"
ADDRESS = re.compile(r"https?://[^\s;；，()（）]+")
NameOf = Callable[[str], Bilingual]


@dataclass(frozen=True, slots=True)
class File:
    """One parameter: ``path`` below the folder, and the text of the file."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Loss:
    """What a reader of the files alone does not get: of a line that was ``written``, or of one that was not."""

    line: str
    why: Bilingual
    written: bool


@dataclass(frozen=True, slots=True)
class Exported:
    """The files, and everything that is lost in them."""

    files: tuple[File, ...]
    losses: tuple[Loss, ...]


@dataclass(frozen=True, slots=True)
class _Key:
    """Whose line it is."""

    subject: str
    measure: Measure
    place: str
    group: str
    slot: str

    @property
    def words(self) -> str:
        parts = (self.subject, self.measure.code, self.place, "" if self.group == "all" else self.group)
        return "/".join(filter(None, parts))

    @property
    def path(self) -> str:
        subject = "general" if self.subject == "*" else self.subject
        group = "" if self.group == "all" else f".{self.group}"
        return f"{self.measure.code}/{subject}/{self.place}{group}.yaml"


def export(book: Book, region: str, *, measure: str, subject: str | None = None, name_of: NameOf,
           subject_name: NameOf) -> Exported:
    """Every line of a measure in the region and below it. Raises Refused for a measure nobody knows."""
    if measure not in book.measures:
        raise Refused(zh=f"没有名为“{measure}”的指标。", en=f"There is no measure called “{measure}”.")
    files, losses = [], []
    for key, line in lines_in(book, region, measure, subject):
        shape = Unfit(NO_VALUE) if key.slot != "limit" else shape_of(line.points)
        if isinstance(shape, Unfit):
            losses.append(Loss(key.words, shape.why, written=False))
            continue
        names = Bilingual(*(f"{one} · {other}" for one, other in zip(
            _pair(subject_name(key.subject)), _pair(name_of(key.place)), strict=True)))
        files.append(File(key.path, text_of(_content(key, line.points, shape, names))))
        losses += [Loss(key.words, why, written=True) for why in _unsaid(line.points)]
    return Exported(tuple(files), tuple(losses))


NO_VALUE = Bilingual("是目标或对下级的要求，不是有效数值",
                     "it is a target or a duty laid on others, not a value in force")


def _pair(words: Bilingual) -> tuple[str, str]:
    return words.zh, words.en


def lines_in(book: Book, region: str, measure: str | None = None,
             subject: str | None = None) -> Iterator[tuple["_Key", Line]]:
    """Every line of the region and of places below it; of one measure or of all that there are."""
    for (about, code), by_place in sorted(book.lines.items()):
        if code in book.measures and measure in (None, code) and subject in (None, about):
            for place, slots in sorted(by_place.items()):
                for (group, slot), line in sorted(slots.items()):
                    if _lies_in(book, place, region, (say.valid_from for say in line.points)):
                        yield _Key(about, book.measures[code], place, group, slot), line


def _lies_in(book: Book, place: str, region: str, days: Iterable[date]) -> bool:
    """Whether the place lay in the region on one of these days, or does on the last day there is."""
    for day in (*days, FAR):
        try:
            if region in book.places.path(place, day):
                return True
        except Refused:
            continue
    return False


# -- one file --------------------------------------------------------------------------------------------


def _content(key: _Key, says: Sequence[Say], shape: Shape, names: Bilingual) -> dict[str, Any]:
    measure = key.measure
    own: dict[str, Any] = {"measure": measure.code, "subject": key.subject, "region": key.place, "group": key.group}
    if shape.kind != "values":
        own |= {"form": shape.kind} | ({"over": shape.over} if shape.over else {})
    own |= {"papers": _papers(says), "points": {say.valid_from: _point(say) | _order(say, says, shape)
                                                  for say in says}}
    metadata: dict[str, Any] = {"unit": measure.unit}
    if shape.kind == "scale":
        metadata |= {"type": "single_amount", "threshold_unit": shape.over, "amount_unit": measure.unit}
    content = {"description": f"{measure.name.en} ({names.en}) · {measure.name.zh}（{names.zh}）",
               "metadata": {**metadata, OWN: own}}
    return content | _BODIES[shape.kind](says, shape)


def _papers(says: Sequence[Say]) -> dict[str, Any]:
    return {say.paper.code: _paper(say.paper) for say in says if say.paper is not None}


def _paper(paper: Paper) -> dict[str, Any]:
    plain = {"title_zh": paper.title.zh, "title_en": paper.title.en, "number": paper.number, "kind": paper.kind,
             "issuer_zh": paper.issuer.zh, "issuer_en": paper.issuer.en, "published_on": paper.published_on,
             "source": paper.source, "mark": paper.mark}
    return {name: value for name, value in plain.items() if value not in ("", None)}


def _point(say: Say) -> dict[str, Any]:
    """What is said beside the value, in the manner of the seeds; defaults are left out."""
    plain = {
        "modality": say.modality, "unit": say.unit, "until": None if say.lapses_on == FAR else say.lapses_on,
        "document": say.paper.code if say.paper else None, "clause_zh": say.clause.zh, "clause_en": say.clause.en,
        "enforce": "" if say.enforce == "limit" else say.enforce, "applies_to_new_from": say.applies_to_new_from,
        "existing_until": None if say.existing_until == FAR else say.existing_until, "by": say.reach_by,
        "assessment": say.assessment, "mark": say.mark, "source": say.source, "note_zh": say.note.zh,
        "note_en": say.note.en}
    return {name: value for name, value in plain.items() if value not in ("", None)}


def _order(say: Say, says: Sequence[Say], shape: Shape) -> dict[str, Any]:
    """In which order this value names its series, where that is not the order of the file."""
    names = list(dict.fromkeys(name for one in says for name in parts_of(one.value, shape)))
    own = list(parts_of(say.value, shape))
    return {} if own == [name for name in names if name in own] else {"order": own}


def _reference(say: Say | None) -> dict[str, Any]:
    """Where a value is said, as OpenFisca writes it: titles with addresses."""
    if say is None:
        return {}
    paper = say.paper
    title = " ".join(filter(None, (*((paper.title.zh, paper.number) if paper else ()), say.clause.zh)))
    addresses = ADDRESS.findall(say.source or (paper.source if paper else ""))
    references = [{"title": title or address, "href": address} for address in addresses] or (
        [{"title": title}] if title else [])
    return {"metadata": {"reference": references}} if references else {}


def _days(says: Sequence[Say]) -> Iterator[tuple[date, Say | None]]:
    """Every day on which the value becomes another; where a paper ends and nothing follows, a day with nothing."""
    for number, say in enumerate(says):
        yield say.valid_from, say
        following = says[number + 1].valid_from if number + 1 < len(says) else FAR
        if say.lapses_on < FAR and day_after(say.lapses_on) < following:
            yield day_after(say.lapses_on), None


def _values(says: Sequence[Say], _shape: Shape) -> dict[str, Any]:
    return {"values": {day: {"value": _simple(say.value if say else None), **_reference(say)}
                       for day, say in _days(says)}}


def _simple(value: Said) -> Any:
    match value:
        case frozenset():
            return sorted(value)
        case Bilingual():
            return value.zh or value.en
        case _:
            return value


def _brackets(says: Sequence[Say], _shape: Shape) -> dict[str, Any]:
    """Bracket n over time; one that is not there on a day has neither threshold nor amount."""
    days = [(day, say, brackets_of(say.value) if say else []) for day, say in _days(says)]
    most = max(len(brackets) for _, _, brackets in days)
    return {"brackets": [{"threshold": {day: {"value": _threshold(brackets, n)} for day, _, brackets in days},
                          "amount": {day: _amount(say, brackets, n) for day, say, brackets in days}}
                         for n in range(most)]}


def _threshold(brackets: Sequence[Bracket], n: int) -> int | None:
    """The lowest number of the bracket; one without lower end begins at zero."""
    return None if n >= len(brackets) else brackets[n].threshold or 0


def _amount(say: Say | None, brackets: Sequence[Bracket], n: int) -> dict[str, Any]:
    """The amount, with the reference beside the first; a zero that stands for nothing says so, and no lower end too."""
    metadata = dict(_reference(say).get("metadata", {})) if n == 0 else {}
    if n >= len(brackets):
        return {"value": None, **({"metadata": metadata} if metadata else {})}
    one = brackets[n]
    signs = {name: True for name, holds in (("nothing", one.amount is None), ("open", one.threshold is None)) if holds}
    metadata |= {OWN: signs} if signs else {}
    return {"value": Decimal(0) if one.amount is None else one.amount, **({"metadata": metadata} if metadata else {})}


def _children(says: Sequence[Say], shape: Shape) -> dict[str, Any]:
    days = [(day, say, parts_of(say.value, shape) if say else {}) for day, say in _days(says)]
    names = dict.fromkeys(name for _, _, parts in days for name in parts)
    return {name: {"values": {day: {"value": parts.get(name), **_reference(say)} for day, say, parts in days}}
            for name in names}


_BODIES: Mapping[str, Callable[[Sequence[Say], Shape], dict[str, Any]]] = {
    "values": _values, "scale": _brackets, "tiers": _children, "words": _children, "band": _children}


# -- what a reader of the numbers alone does not get -----------------------------------------------------

_METADATA = (
    (lambda say: say.modality != "floor", Bilingual("规定性质（上限、统一标准等）",
                                                    "what kind of say it is (cap, uniform value, …)")),
    (lambda say: say.group != "all", Bilingual("只适用于某一群体", "that it holds for one group only")),
    (lambda say: say.enforce != "limit", Bilingual("超出时只提示", "that an excess is only flagged")),
    (lambda say: say.applies_to_new_from is not None, Bilingual("过渡期", "the transition for existing cases")),
    (lambda say: isinstance(say.value, Bilingual), Bilingual("文字的英文", "the words in English")),
)
ONLY_METADATA = Bilingual("只写入 metadata：{what}", "only as metadata: {what}")


def _unsaid(says: Sequence[Say]) -> Iterator[Bilingual]:
    for holds, what in _METADATA:
        if any(holds(say) for say in says):
            yield Bilingual(ONLY_METADATA.zh.format(what=what.zh), ONLY_METADATA.en.format(what=what.en))


# -- YAML ------------------------------------------------------------------------------------------------


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Numbers with all their digits, and nothing by reference."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _number(dumper: yaml.SafeDumper, amount: Decimal) -> yaml.ScalarNode:
    text = f"{amount:f}"
    whole = "." not in text
    return dumper.represent_scalar("tag:yaml.org,2002:int" if whole else "tag:yaml.org,2002:float", text)


_Dumper.add_representer(Decimal, _number)


def text_of(content: Mapping[str, Any]) -> str:
    """The content as YAML, keys in their order."""
    return yaml.dump(dict(content), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)


__all__ = ["OWN", "Exported", "File", "Loss", "export", "text_of"]
