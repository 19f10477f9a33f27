"""Everything that can be wrong with a row: conditions in SQL, and texts in SQL that tell of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from jizhun.analytics.cases import DAY_SECONDS, EPOCH
from jizhun.delivery.ingest.opening import quoted
from jizhun.delivery.ingest.reading import TIMES, Reader, as_column
from jizhun.delivery.rules.contract import HOWS, LARGEST, ContractField
from jizhun.delivery.rules.directory import BETWEEN
from jizhun.delivery.rules.mapping import FieldRule
from jizhun.kernel.bilingual import Bilingual

LATEST_DUE: Final = (date(2200, 1, 1) - EPOCH).days * DAY_SECONDS
LONGEST_WORD: Final = 120
"""Characters that the name of a step or role may have."""
SHOWN: Final = 60
"""Characters of a wrong value that a reason repeats."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that can be wrong: ``when`` over what was read for telling, ``zh`` and ``en`` as SQL texts.

    ``quick`` is a cheaper condition for all rows; together the quick ones hold exactly where any ``when`` does.
    """

    field: str
    when: str
    zh: str
    en: str
    quick: str


def bad_sql(reader: Reader) -> str:
    """Whether a row has any fault (true, or else false or NULL)."""
    return " OR ".join(f"({fault.quick})" for fault in faults(reader) if fault.quick)


def faults(reader: Reader) -> list[Fault]:
    """Every check, in the order in which the reasons are told."""
    fields = reader.mapping.fields
    main = next(iter(reader.keys()))
    found = [_fault(reader, fields[main], f"{main} IS NULL", "为空", "is empty", shown=False)]
    for name in reader.lookups:
        found += _lookup_faults(reader, name)
    for name in TIMES:
        if name in fields:
            check = _time_faults if fields[name].columns else _implausible
            found += check(reader, fields[name])
    for rule in fields.values():
        if rule.about.kind in ("money", "count") and rule.columns:
            found += _number_faults(reader, rule)
    if reader.mapping.spans:
        found.append(Fault("suspended", "span_zh IS NOT NULL", "span_zh", "span_en", "span_zh IS NOT NULL"))
    for rule in reader.words().values():
        found += _word_faults(reader, rule)
    return [*found, *_order_faults(reader), *_step_faults(reader), *_review_faults(reader)]


def _fault(
    reader: Reader,
    rule: FieldRule,
    when: str,
    zh: str,
    en: str,
    *,
    shown: bool = True,
    quick: str | None = None,
) -> Fault:
    """A fault whose text names the field, the column and (``shown``) the value."""
    name = f"{rule.about.name} ({' + '.join(rule.columns) or 'constant'})"
    said_zh, said_en = f"{quoted(name + '：')} || {quoted(zh)}", f"{quoted(name + ': ')} || {quoted(en)}"
    if shown and rule.columns:
        text = reader.key_sql(rule.about.name) if rule.pseudonymise else reader.value(rule)
        value = f"left(replace(coalesce({text}, ''), {quoted(BETWEEN)}, ' / '), {SHOWN})"
        said_zh = f"{quoted(name + '：“')} || {value} || {quoted('” ' + zh)}"
        said_en = f"{quoted(name + ': “')} || {value} || {quoted('” ' + en)}"
    return Fault(rule.about.name, when, said_zh, said_en, when if quick is None else quick)


def _lookup_faults(reader: Reader, name: str) -> Iterator[Fault]:
    """Absent, unknown, or (a place, a matter) not there on the day."""
    lookup = reader.lookups[name]
    if not lookup.rule.columns:
        return
    said = f"{name} ({' + '.join(lookup.rule.columns)})"
    zh, en = quoted(said + "："), quoted(said + ": ")
    nothing = f"{as_column(name)} IS NULL"
    if reader.told_elsewhere(name):
        nothing = f"{nothing} AND trim(coalesce({reader.value(lookup.rule)}, '')) <> ''"
    yield Fault(name, f"{nothing} AND {name}_zh IS NULL", f"{zh} || '为空'", f"{en} || 'is empty'", nothing)
    yield Fault(name, f"{name}_zh IS NOT NULL", f"{zh} || {name}_zh", f"{en} || {name}_en", "")
    if lookup.dated:
        gone = f"{reader.moment()} // {DAY_SECONDS} NOT BETWEEN {name}_first AND {name}_last"
        yield Fault(name, gone, f"{zh} || {name}_gone_zh", f"{en} || {name}_gone_en", gone)


def _time_faults(reader: Reader, rule: FieldRule) -> Iterator[Fault]:
    name, text, forms = rule.about.name, reader.column(rule.columns[0]), ", ".join(rule.formats)
    unread = _unread(name, text)
    if rule.about.required:
        empty = f"trim(coalesce({text}, '')) = ''"
        yield _fault(reader, rule, empty, "为空", "is empty", shown=False, quick=f"{name} IS NULL")
    quick = "" if rule.about.required else unread
    zh, en = f"不是时间（格式 {forms}）", f"is not a time (format {forms})"
    yield _fault(reader, rule, unread, zh, en, quick=quick)
    yield from _implausible(reader, rule)


def _unread(name: str, text: str) -> str:
    """A text without meaning. CASE looks at the text of the few rows only, where AND would look at all of them."""
    return f"CASE WHEN {name} IS NULL THEN trim({text}) <> '' END"


def _implausible(reader: Reader, rule: FieldRule) -> Iterator[Fault]:
    name, earliest, day = rule.about.name, reader.mapping.earliest, reader.data_day
    first = (earliest - EPOCH).days * DAY_SECONDS
    last = LATEST_DUE if name == "due_at" else reader.end_second()
    zh, en = f"早于 {earliest}，不可信", f"is before {earliest}: not plausible"
    yield _fault(reader, rule, f"{name} < {first}", zh, en, quick=f"{name} NOT BETWEEN {first} AND {last}")
    zh, en = f"晚于数据日期 {day}", f"is after the data date {day}"
    if name == "due_at":
        zh, en = "远在将来，不可信", "is too far in the future: not plausible"
    yield _fault(reader, rule, f"{name} > {last}", zh, en, quick="")
    allowed = reader.mapping.early_close
    if name == "forwarded_at":
        yield _fault(reader, rule, f"{name} < accepted_at", "早于受理时间", "is before the case was accepted")
    if name in ("decided_at", "closed_at") and allowed is not None:
        early = f"{name} + {allowed} < accepted_at"
        yield _fault(reader, rule, early, "早于受理时间", "is before the case was accepted")


def _number_faults(reader: Reader, rule: FieldRule) -> Iterator[Fault]:
    """Not a number (NaN is none), below 0, not whole, too large. In SQL, NaN is above everything."""
    name, text = rule.about.name, reader.column(rule.columns[0])
    money = rule.about.kind == "money"
    largest = LARGEST[rule.about.kind]
    unread = _unread(name, text)
    yield _fault(reader, rule, f"({unread}) OR isnan({name})", "不是数字", "is not a number", quick=unread)
    outside = f"{name} NOT BETWEEN 0 AND {largest}"
    yield _fault(reader, rule, f"{name} < 0", "小于 0", "is below 0", quick=outside)
    zh, en = ("有不足一分的零头", "has a fraction of a cent") if money else ("不是整数", "is not a whole number")
    yield _fault(reader, rule, f"{name} <= {largest} AND abs({name} - round({name})) > 0.00001", zh, en)
    large = f"{name} > {largest} AND NOT isnan({name})"
    yield _fault(reader, rule, large, "大得不可信", "is implausibly large", quick="")


def _word_faults(reader: Reader, rule: FieldRule) -> Iterator[Fault]:
    name = rule.about.name
    if rule.about.required:
        yield _fault(reader, rule, f"{name} IS NULL", "为空", "is empty", shown=False)
    odd = f"length({name}) > {LONGEST_WORD} OR regexp_matches({name}, '[[:cntrl:]]')"
    yield _fault(reader, rule, odd, "不是一个名称", "is not a name")


def _order_faults(reader: Reader) -> Iterator[Fault]:
    """Of a step's two times one has to be there, and the end is not before the start."""
    start, end = (reader.mapping.fields.get(name) for name in ("started_at", "ended_at"))
    if start and end:
        neither = "started_at IS NULL AND ended_at IS NULL"
        yield _fault(reader, start, neither, "为空，完成时间也为空", "is empty, and so is the end", shown=False)
        yield _fault(reader, end, "ended_at < started_at", "早于开始时间", "is before the start")


def _review_faults(reader: Reader) -> Iterator[Fault]:
    """A rating names what was rated; praise that nobody gave has no other grade."""
    fields = reader.mapping.fields
    if "grade" not in fields:
        return
    named = [name for name in ("case_key", "visit_key") if name in fields]
    nothing = " AND ".join(f"{name} IS NULL" for name in named)
    yield _fault(reader, fields[named[0]], nothing, "为空，也没有到场编号：不知评的是什么",
                 "is empty, and so is the visit: nothing is named that was rated", shown=False)
    how, default = ("how" if "how" in fields else "1"), HOWS["default"]
    yield _fault(reader, fields["grade"], f"grade = 0 AND {how} <> {default}", "为空", "is empty", shown=False)
    yield _fault(reader, fields["grade"], f"grade < 5 AND grade > 0 AND {how} = {default}",
                 "与“默认好评”不符", "cannot be the grade of default praise")


def _step_faults(reader: Reader) -> Iterator[Fault]:
    for step in reader.mapping.steps:
        for column in filter(None, (step.start, step.end)):
            text = reader.column(column)
            field = ContractField("steps", "time", Bilingual("环节", "Steps"), "steps")
            when = f"{text} IS NOT NULL AND ({reader.seconds(text, step.formats)}) IS NULL"
            yield _fault(reader, FieldRule(field, step.line, (column,)), when, "不是时间", "is not a time")
