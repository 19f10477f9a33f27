"""Parameter files in OpenFisca's manner as rows of provisions: our own as they were, foreign ones as far as they tell.

A row is as in the seeds, so that the same reading and the same checks follow. Every refusal names file and key.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import PurePath
from typing import Any

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import day_before
from jizhun.provisions.interchange.shapes import RESERVED, Bracket, Shape, from_brackets, from_parts, ordered
from jizhun.provisions.interchange.writing import ADDRESS, OWN
from jizhun.provisions.interchange.yaml_files import Where, content_of
from jizhun.provisions.rules import Measure
from jizhun.provisions.rules.reading import MARKS, plain_value
from jizhun.provisions.rules.values import Said

Plain = Mapping[str, Any]
FORMS = ("scale", "tiers", "words", "band")
VALUE_KEYS = frozenset({"value", "metadata", "reference", "unit"})
BRACKET_KEYS = frozenset({"threshold", "amount", "rate", "average_rate", "base", "metadata"})
POINT_KEYS = frozenset({
    "modality", "unit", "until", "document", "clause_zh", "clause_en", "enforce", "applies_to_new_from",
    "existing_until", "by", "assessment", "mark", "source", "note_zh", "note_en", "order"})
INHERITED = ("modality", "unit", "enforce")
"""What a new day in a file of ours takes over from the day before."""


@dataclass(frozen=True, slots=True)
class Given:
    """What whoever imports says beside the files; it overrules what a file says of itself ("": the file's own word)."""

    region: str = ""
    measure: str = ""
    subject: str = ""
    group: str = ""
    mark: str = "R"


@dataclass(frozen=True, slots=True)
class Read:
    """Rows in the manner of the seeds, each with the file it came from, and the papers that they name."""

    rows: tuple[tuple[str, Plain], ...]
    papers: tuple[Plain, ...]


def read_parameters(files: Sequence[tuple[str, bytes]], given: Given, measures: Mapping[str, Measure]) -> Read:
    """All files, or Refused: nothing is read by halves. Two files that speak of the same thing are refused."""
    if given.mark not in MARKS:
        raise Refused(zh=f"没有“{given.mark}”这种核实标记。", en=f"There is no mark “{given.mark}”.")
    rows: list[tuple[str, Plain]] = []
    papers: dict[str, Plain] = {}
    spoken: dict[tuple[str, ...], str] = {}
    for name, content in files:
        one = _file(content, name, given, measures)
        if one is None:
            continue
        key = (one.measure.code, one.subject, one.region, one.group)
        if key in spoken:
            raise Refused(zh=f"{spoken[key]} 和 {name} 说的是同一项（{'/'.join(key)}）。",
                          en=f"{spoken[key]} and {name} both speak of {'/'.join(key)}.")
        spoken[key] = name
        rows += [(name, row) for row in one.rows()]
        papers |= one.papers
    if not spoken:
        raise Refused(zh="没有参数文件。", en="There is no parameter file.")
    return Read(tuple(rows), tuple(papers.values()))


def _file(content: bytes, name: str, given: Given, measures: Mapping[str, Measure]) -> "_Parameter | None":
    """The parameter that a file holds; None for an index that only describes its folder."""
    whole, where = content_of(content, name), Where(name)
    if not isinstance(whole, dict):
        where.refuse("应是参数的键与值", "must hold the keys of a parameter")
    if PurePath(name).name == "index.yaml" and not whole.keys() & {"values", "brackets"}:
        return None
    metadata = where.at("metadata").mapping(whole.get("metadata"))
    own = where.at("metadata", OWN).mapping(metadata.get(OWN))
    code = given.measure or str(own.get("measure") or "")
    if code not in measures:
        where.refuse(f"没有名为“{code}”的指标" if code else "没有说是哪项指标（--measure）",
                     f"there is no measure called “{code}”" if code else "it does not say which measure (--measure)")
    region = given.region or str(own.get("region") or "")
    if not region:
        where.refuse("没有说是哪个地区（--region）", "it does not say which region (--region)")
    return _Parameter(where, whole, metadata, own, given, measures[code],
                      given.subject or str(own.get("subject") or "*"), region,
                      given.group or str(own.get("group") or "all"))


@dataclass(frozen=True, slots=True)
class _Parameter:
    """One file taken apart."""

    where: Where
    whole: Plain
    metadata: Plain
    own: Plain
    given: Given
    measure: Measure
    subject: str
    region: str
    group: str
    papers: dict[str, Plain] = field(default_factory=dict)

    def rows(self) -> Iterator[Plain]:
        """The change points, in the order of their days; the papers that they name are kept in ``papers``."""
        said = self._values()
        points = {self.where.at("metadata", OWN, "points").day(key): self._point(key, value)
                  for key, value in self.where.at("metadata", OWN, "points").mapping(self.own.get("points")).items()}
        self._own_papers()
        before: Plain = {}
        for day, value, references in said:
            point = points.get(day)
            if point is None and points and value is None and _ran_out(points, day):
                continue  # the day after a paper's last: written for readers who know of no validity
            if point is None:
                point = self._foreign(day, value, references, before)
            before = point
            point = dict(point)
            value = ordered(value, [str(name) for name in point.pop("order", ())])
            yield {"subject": self.subject, "measure": self.measure.code, "region": self.region, "group": self.group,
                   "value": plain_value(value), "from": day, **point}

    # -- what stands beside the values ---------------------------------------------------------------

    def _point(self, key: object, value: Any) -> Plain:
        where = self.where.at("metadata", OWN, "points", key)
        point = where.mapping(value)
        where.only(point, POINT_KEYS)
        if not isinstance(point.get("order", []), list):
            where.at("order").refuse("应是一列名称", "must be a list of names")
        return point

    def _own_papers(self) -> None:
        where = self.where.at("metadata", OWN, "papers")
        for code, paper in where.mapping(self.own.get("papers")).items():
            self.papers[str(code)] = {"id": str(code), "region": self.region, **where.at(code).mapping(paper)}

    def _foreign(self, day: date, value: Said, references: Sequence[Plain], before: Plain) -> Plain:
        """A day of which only value and reference are told: what is said is a floor, by the paper that is named."""
        unit = self.measure.unit if not isinstance(value, frozenset | Bilingual) else ""
        point = {"modality": "floor", "unit": unit, "mark": self.given.mark,
                 **{name: before[name] for name in INHERITED if name in before}}
        if not references:
            return {**point, "source": self.where.name}
        titles = "; ".join(str(one.get("title") or "") for one in references)
        sources = "; ".join(str(one.get("href") or one.get("title") or "") for one in references)
        code = "ref-" + hashlib.sha256(f"{titles}|{sources}".encode()).hexdigest()[:16]
        self.papers[code] = {"id": code, "title_zh": titles[:300] or sources[:300], "title_en": titles[:300],
                             "kind": "notice", "region": self.region, "source": sources, "mark": self.given.mark}
        return {**point, "document": code, "source": sources}

    # -- the values ----------------------------------------------------------------------------------

    def _values(self) -> list[tuple[date, Said, list[Plain]]]:
        form = str(self.own.get("form") or "")
        if form and form not in FORMS:
            self.where.at("metadata", OWN, "form").refuse(f"不能是“{form}”", f"cannot be “{form}”")
        self._check_unit()
        if "brackets" in self.whole:
            self.where.only(self.whole, RESERVED - {"values"})
            return list(self._scale(str(self.own.get("over") or self.metadata.get("threshold_unit") or "threshold")))
        if form in ("tiers", "words", "band"):
            return list(self._several(Shape(form, str(self.own.get("over") or ""))))  # type: ignore[arg-type]
        self.where.only(self.whole, RESERVED - {"brackets"})
        if not self.where.at("values").mapping(self.whole.get("values")):
            self.where.at("values").refuse("没有数值", "there are no values")
        series = self._series(self.whole["values"], self.where.at("values"))
        return [(day, self._said(value, self.where.at("values", day)), references)
                for day, (value, references) in sorted(series.items())]

    def _check_unit(self) -> None:
        unit = str(self.metadata.get("unit") or self.whole.get("unit") or "")
        if unit and not _fits(unit, self.measure.unit):
            self.where.at("metadata", "unit").refuse(
                f"“{unit}”不是“{self.measure.code}”的单位（{self.measure.unit}）",
                f"“{unit}” is not the unit of “{self.measure.code}” ({self.measure.unit})")

    def _series(self, values: Any, where: Where) -> dict[date, tuple[Any, list[Plain]]]:
        """Each day's value with its references; OpenFisca allows the bare value too."""
        found: dict[date, tuple[Any, list[Plain]]] = {}
        shared = [*_references(self.metadata.get("reference")), *_references(self.whole.get("reference"))]
        for key, entry in where.mapping(values).items():
            day, at = where.day(key), where.at(key)
            if day in found:
                at.refuse("同一天写了两次", "the same day stands there twice")
            if isinstance(entry, dict):
                at.only(entry, VALUE_KEYS)
                if "value" not in entry:
                    at.refuse("缺少“value”", "“value” is missing")
                beside = at.at("metadata").mapping(entry.get("metadata"))
                references = [*_references(beside.get("reference")), *_references(entry.get("reference"))]
                found[day] = entry["value"], references or shared
            else:
                found[day] = entry, shared
        return found

    def _said(self, value: Any, where: Where) -> Said:
        """A value that may stand alone: number, list of codes, words, nothing."""
        if value is None:
            return None
        if self.measure.unit == "set" and isinstance(value, list) and all(isinstance(one, str) for one in value):
            return frozenset(value)
        if self.measure.unit == "text" and isinstance(value, str):
            return Bilingual(value, value)
        return self._amount(value, where)

    def _amount(self, value: Any, where: Where) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or self.measure.unit in ("set", "text"):
            kind = {"set": Bilingual("一列代码", "a list of codes"), "text": Bilingual("文字", "a text")}.get(
                self.measure.unit, Bilingual("数", "a number"))
            where.refuse(f"“{value}”不是{kind.zh}", f"“{value}” is not {kind.en}")
        share = self.metadata.get("unit") == "/1" and self.measure.unit == "percent"
        return Decimal(value) * (100 if share else 1)

    # -- scales --------------------------------------------------------------------------------------

    def _scale(self, over: str) -> Iterator[tuple[date, Said, list[Plain]]]:
        where = self.where.at("brackets")
        if self.metadata.get("type") != "single_amount":
            self.where.at("metadata", "type").refuse(
                "只能读取 single_amount 型的分档表（每档一个数额）",
                "only scales of the type single_amount (one amount a bracket) can be read")
        listed = self.whole["brackets"]
        if not isinstance(listed, list) or not listed:
            where.refuse("应是一列分档", "must be a list of brackets")
        brackets = [self._bracket(one, where.at(n)) for n, one in enumerate(listed)]
        for day in sorted({day for thresholds, amounts in brackets for day in (*thresholds, *amounts)}):
            there = [bracket for n, one in enumerate(brackets) if (bracket := self._on(one, day, where.at(n)))]
            self._check_order(there, day)
            references = next((refs for _, amounts in brackets if day in amounts and (refs := amounts[day][1])), [])
            yield day, from_brackets(over, there), references

    def _check_order(self, brackets: Sequence[Bracket], day: date) -> None:
        for before, after in pairwise(brackets):
            if after.threshold is None or (before.threshold is not None and before.threshold >= after.threshold):
                self.where.at("brackets").refuse(
                    f"{day} 的分档没有按门槛从低到高排列（{before.threshold or 0}、{after.threshold or 0}）",
                    f"on {day} the brackets are out of order ({before.threshold or 0}, {after.threshold or 0})")

    def _bracket(self, one: Any, where: Where) -> "_Series":
        bracket = where.mapping(one)
        where.only(bracket, BRACKET_KEYS)
        for odd in ("rate", "average_rate", "base"):
            if odd in bracket:
                where.at(odd).refuse("按比例的分档表不能作为规定读取", "a scale of rates cannot be read as a provision")
        for name in ("threshold", "amount"):
            if name not in bracket:
                where.refuse(f"缺少“{name}”", f"“{name}” is missing")
        amounts = bracket["amount"]
        return (self._series(bracket["threshold"], where.at("threshold")), {
            day: (value, references, _signs(amounts, day)) for day, (value, references) in
            self._series(amounts, where.at("amount")).items()})

    def _on(self, one: "_Series", day: date, where: Where) -> Bracket | None:
        """The bracket as it stands on a day; None where it is not there."""
        thresholds, amounts = one
        at_threshold, at_amount = _latest(thresholds, day), _latest(amounts, day)
        if at_threshold is None or at_amount is None or thresholds[at_threshold][0] is None:
            return None
        threshold, (amount, _, signs) = thresholds[at_threshold][0], amounts[at_amount]
        if amount is None:
            return None
        if isinstance(threshold, bool) or not isinstance(threshold, int):
            where.at("threshold", at_threshold).refuse(f"“{threshold}”不是整数", f"“{threshold}” is not a whole number")
        value = self._amount(amount, where.at("amount", at_amount))
        return Bracket(None if signs.get("open") else threshold, None if signs.get("nothing") else value)

    # -- several series ------------------------------------------------------------------------------

    def _several(self, shape: Shape) -> Iterator[tuple[date, Said, list[Plain]]]:
        names = [name for name in self.whole if name not in RESERVED]
        series = {str(name): self._child(self.whole[name], self.where.at(name)) for name in names}
        if not series:
            self.where.refuse("没有数值", "there are no values")
        for day in sorted({day for one in series.values() for day in one}):
            parts = {}
            for name, one in series.items():
                at = _latest(one, day)
                value = None if at is None else one[at][0]
                parts[name] = None if value is None else self._amount(value, self.where.at(name, "values", at))
            references = next((refs for one in series.values() if day in one and (refs := one[day][1])), [])
            yield day, from_parts(shape, parts), references

    def _child(self, child: Any, where: Where) -> dict[date, tuple[Any, list[Plain]]]:
        content = where.mapping(child)
        where.only(content, RESERVED - {"brackets"})
        if not where.at("values").mapping(content.get("values")):
            where.at("values").refuse("没有数值", "there are no values")
        return self._series(content["values"], where.at("values"))


_Series = tuple[dict[date, tuple[Any, list[Plain]]], dict[date, tuple[Any, list[Plain], Plain]]]
"""Thresholds and amounts of one bracket, by day."""


def _latest(series: Mapping[date, Any], on: date) -> date | None:
    return max((day for day in series if day <= on), default=None)


def _signs(amounts: Any, day: date) -> Plain:
    """Our own remarks on an amount: that it stands for nothing, that its bracket has no lower end."""
    entry = amounts.get(day, amounts.get(day.isoformat())) if isinstance(amounts, dict) else None
    own = entry.get("metadata", {}) if isinstance(entry, dict) else {}
    signs = own.get(OWN) if isinstance(own, dict) else None
    return signs if isinstance(signs, dict) else {}


def _ran_out(points: Mapping[date, Plain], day: date) -> bool:
    """Whether the paper of the point before ended on the day before."""
    before = _latest(points, day)
    return before is not None and str(points[before].get("until")) == str(day_before(day))


def _references(value: Any) -> list[Plain]:
    """References as OpenFisca allows them: a text, a title with an address, or a list of these."""
    if value in (None, ""):
        return []
    if isinstance(value, list):
        return [one for part in value for one in _references(part)]
    if isinstance(value, dict):
        return [{"title": value.get("title"), "href": value.get("href")}]
    address = ADDRESS.search(str(value))
    title = " ".join(ADDRESS.sub("", str(value)).split())
    return [{"title": title or str(value), "href": address[0] if address else ""}]


def _fits(unit: str, own: str) -> bool:
    """Whether a unit as written in a file may be that of a measure; OpenFisca says only ``currency``, or ``/1``."""
    if unit in (own, ""):
        return True
    if unit.startswith("currency"):
        return own.startswith("CNY")
    return own in {"/1": ("percent",), "month": ("month",), "day": ("calendar_day", "working_day")}.get(unit, ())
