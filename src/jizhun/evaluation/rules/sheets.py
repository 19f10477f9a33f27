"""Score sheets as data: sections and items, how a value earns points, what evidence is asked, what knocks out. Pure.

A value is kept as text, exact and in any language the same: "yes" or "no", a number ("0.953" is 95.3 %), "n/a" where
the item may not apply, "" where nothing was said.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from typing import Any, Final, Literal

from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused

YES, NO, NOT_APPLICABLE = "yes", "no", "n/a"
ANSWERS: Final[Mapping[str, Bilingual]] = {
    YES: Bilingual("是", "yes"), NO: Bilingual("否", "no"), NOT_APPLICABLE: Bilingual("不适用", "does not apply")}
Rule = Literal["yes_no", "steps", "linear"]
RULES: Final[Mapping[Rule, Bilingual]] = {
    "yes_no": Bilingual("是否", "yes or no"), "steps": Bilingual("分档", "in steps"),
    "linear": Bilingual("按比例", "in proportion")}
UNITS: Final[Mapping[str, Bilingual]] = {
    "": NO_WORDS, "share": Bilingual("%", "%"), "count": Bilingual("个", ""), "day": Bilingual("天", "days"),
    "hour": Bilingual("小时", "hours"), "score": Bilingual("分", "points")}
SELF, CHECK, SAMPLE, COMPUTED = "self", "check", "sample", "computed"
VOICES: Final[Mapping[str, Bilingual]] = {
    SAMPLE: Bilingual("省级抽查", "provincial sample"), COMPUTED: Bilingual("系统计算", "computed"),
    CHECK: Bilingual("市级核查", "city check"), SELF: Bilingual("县级自评", "self-assessment")}
"""Whose word there may be on an item; a sheet says in which order they count."""
LEVELS: Final[Mapping[str, int]] = {"province": 1, "prefecture": 2, "county": 3}
HUNDREDTH: Final = Decimal("0.01")
LARGEST: Final = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Step:
    """From this value on (or, where lower is better, down from it) so many points."""

    value: Decimal
    points: Decimal


@dataclass(frozen=True, slots=True)
class Item:
    """One item. ``zero`` and ``full``: the values that earn nothing and everything, for ``linear``.

    ``knock_out``: a value worse than it, or "no" where it is "yes", means not attained; "" for none. ``computes``: the
    figure that the product has for it; ``tolerance``: up to which a difference from it is none.
    """

    code: str
    name: Bilingual
    points: Decimal
    rule: Rule
    unit: str = ""
    higher: bool = True
    steps: tuple[Step, ...] = ()
    zero: Decimal = Decimal(0)
    full: Decimal = Decimal(1)
    knock_out: str = ""
    evidence: Bilingual = NO_WORDS
    evidence_needed: bool = False
    may_not_apply: bool = False
    computes: str = ""
    tolerance: Decimal = Decimal("0.005")
    source: str = ""
    mark: str = "R"


@dataclass(frozen=True, slots=True)
class Section:
    """Items that belong together."""

    code: str
    name: Bilingual
    items: tuple[Item, ...]

    @property
    def points(self) -> Decimal:
        return sum((one.points for one in self.items), Decimal(0))


@dataclass(frozen=True, slots=True)
class Sheet:
    """An edition of a score sheet for places of a level. ``pass_share``: of the points that apply, to attain.

    ``example``: our own, to be replaced by the one in force where it is used. ``order``: whose word counts.
    """

    code: str
    edition: str
    name: Bilingual
    level: str
    pass_share: Decimal
    example: bool
    order: tuple[str, ...]
    source: str
    mark: str
    sections: tuple[Section, ...]
    note: Bilingual = NO_WORDS

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for section in self.sections for item in section.items)

    @property
    def points(self) -> Decimal:
        return sum((one.points for one in self.sections), Decimal(0))

    def item(self, code: str) -> Item:
        """The item called so; Refused where there is none."""
        found = next((one for one in self.items if one.code == code), None)
        if found is None:
            raise Refused(zh=f"评分表没有“{code}”这一项。", en=f"The sheet has no item “{code}”.")
        return found


# -- values ----------------------------------------------------------------------------------------


def read_value(item: Item, typed: str) -> str:
    """What a person typed, as it is kept; "" for nothing. Shares are typed in per cent. Refused for what cannot be."""
    text = typed.strip().rstrip("%％").strip()
    if not text:
        return ""
    if text.casefold() in (NOT_APPLICABLE, "na", "不适用"):
        if item.may_not_apply:
            return NOT_APPLICABLE
        raise _wrong(item, "这一项不能选“不适用”", "it always applies")
    if item.rule == "yes_no":
        answer = {"是": YES, "否": NO}.get(text, text.casefold())
        if answer in (YES, NO):
            return answer
        raise _wrong(item, "请填“是”或“否”", "say yes or no")
    return plain(_number(item, text))


def _number(item: Item, text: str) -> Decimal:
    try:
        number = Decimal(text.replace(",", "").replace("，", ""))
    except InvalidOperation:
        raise _wrong(item, f"“{text[:40]}”不是数字", f"“{text[:40]}” is not a number") from None
    if not number.is_finite() or not 0 <= number <= LARGEST:
        raise _wrong(item, f"“{text[:40]}”超出范围", f"“{text[:40]}” is out of range")
    if item.unit != "share":
        return number
    if number > 100:
        raise _wrong(item, "不能超过 100%", "not above 100 %")
    return number / 100


def _wrong(item: Item, zh: str, en: str) -> Refused:
    return Refused(zh=f"“{item.name.zh}”：{zh}。", en=f"“{item.name.en}”: {en}.")


def plain(number: Decimal) -> str:
    """A number as it is kept: without an exponent and without needless zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def value_in_words(item: Item, value: str) -> Bilingual:
    """A kept value as a person reads it."""
    if not value:
        return Bilingual("–", "–")
    if value in ANSWERS:
        return ANSWERS[value]
    if item.unit == "share":
        cut = (Decimal(value) * 100).quantize(Decimal("0.1"), ROUND_DOWN)
        return Bilingual(f"{plain(cut)}%", f"{plain(cut)} %")
    unit = UNITS.get(item.unit, NO_WORDS)
    return Bilingual(f"{value} {unit.zh}".strip(), f"{value} {unit.en}".strip())


# -- points ----------------------------------------------------------------------------------------


def points(item: Item, value: str) -> Decimal:
    """The points that a kept value earns; nothing said earns nothing. Cut to hundredths, so that all means all."""
    if value in ("", NO, NOT_APPLICABLE):
        return Decimal(0)
    if item.rule == "yes_no":
        return item.points
    number = Decimal(value)
    if item.rule == "steps":
        return next((one.points for one in item.steps if not _worse(item, number, one.value)), Decimal(0))
    part = (number - item.zero) / (item.full - item.zero)
    return (min(max(part, Decimal(0)), Decimal(1)) * item.points).quantize(HUNDREDTH, ROUND_DOWN)


def knocked(item: Item, value: str) -> bool:
    """Whether the value alone means not attained; what was not said of a knock-out item does so too."""
    if not item.knock_out or value == NOT_APPLICABLE:
        return False
    if not value or item.rule == "yes_no":
        return value != YES
    return _worse(item, Decimal(value), Decimal(item.knock_out))


def _worse(item: Item, number: Decimal, bound: Decimal) -> bool:
    return number < bound if item.higher else number > bound


# -- reading ---------------------------------------------------------------------------------------

Row = Mapping[str, Any]


def read_sheet(row: Row, file: str) -> Sheet:
    """A sheet as its file says it; Refused naming file and item for what cannot be."""
    where = f"{file}"
    try:
        sheet = Sheet(str(row["code"]), str(row["edition"]), _words(row), str(row["level"]),
                      _decimal(row["pass_share"]), bool(row.get("example", False)),
                      tuple(row.get("order") or VOICES), str(row["source"]), str(row["mark"]),
                      tuple(_section(one, where) for one in row["sections"]),
                      Bilingual(str(row.get("note_zh", "")), str(row.get("note_en", ""))))
    except KeyError as error:
        raise _bad(where, f"缺少 {error.args[0]}", f"{error.args[0]} is missing") from None
    except (TypeError, AttributeError, InvalidOperation):
        raise _bad(where, "结构不对", "it is not made like a sheet") from None
    _check(sheet, where)
    return sheet


def _section(row: Row, where: str) -> Section:
    return Section(str(row["code"]), _words(row), tuple(_item(one, f"{where} {one['code']}") for one in row["items"]))


def _item(row: Row, where: str) -> Item:
    steps = tuple(Step(_decimal(value), _decimal(earned)) for value, earned in row.get("steps", ()))
    knock = row.get("knock_out", "")
    item = Item(
        str(row["code"]), _words(row), _decimal(row["points"]), row["rule"], str(row.get("unit", "")),
        row.get("better", "higher") == "higher", steps, _decimal(row.get("zero", 0)), _decimal(row.get("full", 1)),
        YES if knock is True else "" if knock in ("", False, None) else plain(_decimal(knock)),
        Bilingual(str(row.get("evidence_zh", "")), str(row.get("evidence_en", ""))),
        bool(row.get("evidence_needed", False)), bool(row.get("may_not_apply", False)), str(row.get("computes", "")),
        _decimal(row.get("tolerance", "0.005")), str(row.get("source", "")), str(row.get("mark", "R")))
    _check_item(item, where)
    return item


def _words(row: Row) -> Bilingual:
    return Bilingual(str(row["name_zh"]), str(row["name_en"]))


def _decimal(value: Any) -> Decimal:
    return Decimal(str(value))


def _check_item(item: Item, where: str) -> None:
    if item.rule not in RULES or item.unit not in UNITS:
        raise _bad(where, "评分方式或单位不认识", "nobody knows this rule or unit")
    if item.points < 0 or any(not 0 <= one.points <= item.points for one in item.steps):
        raise _bad(where, "分值不能为负，分档不能超过满分", "points lie between nothing and those of the item")
    if item.rule == "steps" and not _in_order(item):
        raise _bad(where, "分档应从最好到最差", "steps go from the best to the worst")
    if item.rule == "linear" and (item.zero == item.full or (item.full > item.zero) != item.higher):
        raise _bad(where, "零分值和满分值不合方向", "the values that earn nothing and all do not fit the direction")
    if (item.knock_out == YES) != (item.rule == "yes_no") and item.knock_out:
        raise _bad(where, "否决值不合评分方式", "the knock-out value does not fit the rule")


def _in_order(item: Item) -> bool:
    values = [one.value for one in item.steps]
    return bool(values) and values == sorted(set(values), reverse=item.higher)


def _check(sheet: Sheet, where: str) -> None:
    codes = [item.code for item in sheet.items]
    if not codes or len(set(codes)) != len(codes):
        raise _bad(where, "没有评分项，或编码重复", "there are no items, or one code stands twice")
    if sheet.level not in LEVELS or not 0 < sheet.pass_share <= 1 or not sheet.points:
        raise _bad(where, "层级、达标线或总分不对", "level, pass mark or points cannot be")
    if set(sheet.order) != set(VOICES) or len(sheet.order) != len(VOICES):
        raise _bad(where, f"order 应为 {'、'.join(VOICES)} 各一次", f"order must name each of {', '.join(VOICES)} once")


def _bad(where: str, zh: str, en: str) -> Refused:
    return Refused(zh=f"{where}：{zh}。", en=f"{where}: {en}.")


def unknown_figures(sheet: Sheet, known: Iterable[str]) -> Sequence[str]:
    """Figures that items name and that nobody computes."""
    return sorted({one.computes for one in sheet.items if one.computes} - set(known))
