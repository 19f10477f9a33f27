"""Reads a mapping file and tells, with line numbers, everything that is wrong with it."""

import codecs
import re
from collections.abc import Mapping as Table
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from zoneinfo import available_timezones

import yaml

from jizhun.delivery.rules.contract import FIELDS, LARGEST, MONEY_UNITS, STEP_FIELDS, ContractField, review_fields
from jizhun.delivery.rules.mapping import (
    CHOICES,
    DEFAULTS,
    EARLIEST,
    FORMATS,
    KEEP,
    NAMED_FORMATS,
    REJECT,
    REJECT_COLUMNS,
    EventColumn,
    EventRule,
    FieldRule,
    Mapping,
    SpanRule,
    StepRule,
    listed_under,
)
from jizhun.delivery.rules.marked import Problems, Section, read
from jizhun.kernel.bilingual import Bilingual

WHOLE: Final = Bilingual("映射文件", "a mapping file")
CASE: Final = Bilingual("办件记录", "a case record")
STEP: Final = Bilingual("环节记录", "a step record")
REVIEW: Final = Bilingual("评价记录", "a rating")
PATTERN: Final = re.compile(r"(?:[^%]|%[abcdfghjmnpuwxyzABGHIMSTUVWXYZ%]|%-[djmyHIMS])*")
"""Patterns of time that the engine knows."""
ISO: Final = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)?)?")
NO_TEXTS: Final = frozenset({"rot13", "punycode", "idna", "unicode-escape", "raw-unicode-escape", "utf-7", "undefined"})
"""Ways of writing letters that no file of records is in."""
NO_DELIMITERS: Final = frozenset('"\r\n\0\x01\x04')
NO_ZONES: Final = frozenset({"localtime", "Factory", "posixrules"})
"""Listed among the time zones, but nobody's."""


def parse(text: str, file: str = "mapping.yaml") -> Mapping:
    """The mapping in ``text``; Refused with every fault and its line when something is wrong."""
    return _parsed(text, file, FIELDS, "CN", CASE)


def parse_steps(text: str, file: str = "mapping.yaml") -> Mapping:
    """The mapping of an event log; without ``within`` it lies where its source does. Refused like ``parse``."""
    return _timed(_parsed(text, file, STEP_FIELDS, "", STEP))


def parse_reviews(text: str, aspects: Table[str, Bilingual], file: str = "mapping.yaml") -> Mapping:
    """The mapping of ratings; without ``within`` it lies where its source does. Refused like ``parse``.

    ``aspects``: what may have a grade of its own, code -> name.
    """
    mapping = _parsed(text, file, review_fields(aspects), "", REVIEW)
    problems = Problems(file)
    if not {"case_key", "visit_key"} & {*mapping.fields}:
        problems.add(1, zh="`fields` 须写 `case_key` 或 `visit_key`（评的是哪一办件或哪次到场）。",
                     en="`fields` needs `case_key` or `visit_key`: which case or visit was rated.")
    if not {"case_key", "region"} & {*mapping.fields}:
        problems.add(1, zh="`fields` 须写 `region`，或由 `case_key` 得知地区。",
                     en="`fields` needs `region`, or `case_key` to learn the place from.")
    problems.raise_any()
    return mapping


def _parsed(text: str, file: str, contract: Table[str, ContractField], place: str, what: Bilingual) -> Mapping:
    top = read(text, file, WHOLE)
    problems = top.problems
    simulated = top.flag("simulated")
    within = top.text("within", place)
    mapping = Mapping(
        file=file,
        text=text,
        name=_name(top),
        fields=_fields(top, contract, what),
        format=top.choice("format", FORMATS, ""),
        encoding=_encoding(top),
        delimiter=_delimiter(top),
        sheet=top.text("sheet"),
        header=_header(top),
        missing=_missing(top),
        time_zone=_time_zone(top),
        extract_date=top.day("extract_date"),
        within=within,
        calendar=top.text("calendar", "CN" if within.isdigit() else within[:2]),
        spans=tuple(_span(one) for one in top.sections("suspended", Bilingual("中止期间", "`suspended`"))),
        steps=tuple(_step(one) for one in top.sections("steps", Bilingual("环节", "a step"))),
        ignore=_ignored(top),
        earliest=_earliest(top),
        early_close=_early_close(top),
        simulated=simulated,
        events=_events(top) if contract is FIELDS else None,
    )
    top.close()
    problems.raise_any()
    _check_ignored(mapping, problems)
    return mapping


def _name(top: Section) -> Bilingual:
    either = top.text("name")
    return Bilingual(top.text("name_zh", either), top.text("name_en", either))


def _timed(mapping: Mapping) -> Mapping:
    """Of two times either will do; a single one has to be there. Refused where there is none."""
    times = [name for name in ("started_at", "ended_at") if name in mapping.fields]
    if not times:
        problems = Problems(mapping.file)
        problems.add(1, zh="`fields` 须写 `started_at` 或 `ended_at`（环节的时间）。",
                     en="`fields` needs `started_at` or `ended_at`: when a step was done.")
        problems.raise_any()
    if len(times) > 1:
        return mapping
    rule = mapping.fields[times[0]]
    needed = replace(rule, about=replace(rule.about, required=True))
    return replace(mapping, fields={**mapping.fields, times[0]: needed})


def _fields(top: Section, contract: Table[str, ContractField], what: Bilingual) -> dict[str, FieldRule]:
    section = top.section("fields", Bilingual("`fields`", "`fields`"))
    if section is None:
        top.complain(None, zh="缺少 `fields`。", en="`fields` is missing.")
        return {}
    rules = {name: _field(section, known) for name, known in contract.items() if name in section}
    for name, known in contract.items():
        if known.required and name not in section:
            top.complain(
                "fields",
                zh=f"`fields` 缺少 `{name}`（{known.label.zh}）。",
                en=f"`fields` lacks `{name}` ({known.label.en.lower()}).",
            )
    section.what = what
    section.close()
    return rules


def _field(section: Section, known: ContractField) -> FieldRule:
    """``name: COLUMN`` is short for ``name: {column: COLUMN}``."""
    name = known.name
    line, node = section.lines[name], section.nodes[name]
    if isinstance(node, yaml.ScalarNode):
        return FieldRule(known, line, columns=(str(node.value),), missing=DEFAULTS.get(listed_under(name), REJECT))
    spec = Section(node, section.problems, Bilingual(f"`{name}`", f"`{name}`"))
    spec.line = line
    rule = FieldRule(
        about=known,
        line=line,
        columns=_columns(spec, name),
        constant=spec.text("constant") if "constant" in spec else None,
        join=spec.text("join", "-"),
        **_particulars(spec, known),
    )
    _check_constant(spec, rule)
    spec.close()
    return rule


def _check_constant(spec: Section, rule: FieldRule) -> None:
    """A constant is read once, here; words of a list are looked up later, where the list is at hand."""
    said, name = rule.constant, rule.about.name
    if said is None:
        return
    if rule.about.kind == "key":
        spec.complain("constant", zh=f"`{name}` 不能是同一个值：每件都有自己的编号。",
                      en=f"`{name}` cannot be the same for all: every case has a key of its own.")
    elif rule.about.kind == "time" and not any(_reads_as_time(said, form) for form in rule.formats):
        spec.complain("constant", zh=f"“{said}”不是时间（格式 {', '.join(rule.formats)}）。",
                      en=f"“{said}” is not a time (format {', '.join(rule.formats)}).")
    elif rule.about.kind in LARGEST and not _reads_as_number(said, rule):
        spec.complain("constant", zh=f"`{name}` 不能是“{said}”：应为不小于 0 的{_kind_of_number(rule).zh}。",
                      en=f"`{name}` cannot be “{said}”: it is {_kind_of_number(rule).en}, not below 0.")


def _reads_as_time(said: str, form: str) -> bool:
    try:
        if form == "iso":
            return bool(ISO.fullmatch(said) and datetime.fromisoformat(said))
        if form in NAMED_FORMATS:
            return abs(float(said)) < 1e14
        return bool(datetime.strptime(said, form.replace("%-", "%")))
    except ValueError:
        return False


def _reads_as_number(said: str, rule: FieldRule) -> bool:
    """A number that a row of the file could have there too."""
    try:
        number = Decimal(said) * (rule.cents if rule.about.kind == "money" else 1)
        return 0 <= number <= LARGEST[rule.about.kind] and number == number.to_integral_value()
    except InvalidOperation:
        return False


def _kind_of_number(rule: FieldRule) -> Bilingual:
    if rule.about.kind == "money":
        return Bilingual("金额（到分为止）", "an amount of money, whole cents")
    return Bilingual("整数", "a whole number")


def _columns(spec: Section, name: str) -> tuple[str, ...]:
    columns = spec.texts("column") + spec.texts("columns")
    if bool(columns) == ("constant" in spec):
        spec.complain(
            None,
            zh=f"`{name}` 须写 `column`（或 `columns`）或 `constant` 之一。",
            en=f"`{name}` needs either `column` (or `columns`) or `constant`.",
        )
    if len(columns) > 1 and name not in ("case_key", "review_key", "visit_key", "matter", "region"):
        spec.complain(None, zh=f"`{name}` 只能来自一列。", en=f"`{name}` can come from one column only.")
    return columns


def _particulars(spec: Section, known: ContractField) -> dict[str, Any]:
    """What only some kinds of field may say."""
    if known.kind == "key":
        return {"pseudonymise": _pseudonymise(spec)}
    if known.kind == "time":
        return _time_particulars(spec, known.name)
    if known.kind == "money":
        return {"cents": MONEY_UNITS[spec.choice("unit", tuple(MONEY_UNITS), "yuan")]}
    if known.kind in ("count", "text"):
        return {}
    if known.kind in ("word", "codes"):
        return {"values": spec.pairs("values")}
    default = DEFAULTS.get(listed_under(known.name), REJECT)
    said: dict[str, Any] = {
        "values": spec.pairs("values"),
        "other": spec.text("other", REJECT),
        "missing": spec.text("missing", default),
    }
    if known.kind == "code":
        return {**said, "by": spec.choice("by", ("code", "name"), "code")}
    _check_choices(spec, known.name, (*said["values"].values(), said["other"], said["missing"]))
    return said


def _check_choices(spec: Section, name: str, targets: tuple[str, ...]) -> None:
    allowed = CHOICES[listed_under(name)]
    for target in dict.fromkeys(targets):
        if target not in allowed and target != REJECT:
            spec.complain(
                "values",
                zh=f"`{name}` 没有“{target}”这一值，可用：{', '.join(allowed)}。",
                en=f"`{name}` has no value “{target}”; use one of {', '.join(allowed)}.",
            )


def _time_particulars(spec: Section, name: str) -> dict[str, Any]:
    said: dict[str, Any] = {"formats": _time_formats(spec)}
    if name == "due_at":
        said["binds"] = spec.choice("role", ("promise", "note"), "note") == "promise"
        said["end_of_day"] = spec.choice("whole_day", ("end", "start"), "end") == "end"
    return said


def _time_formats(spec: Section) -> tuple[str, ...]:
    formats = spec.texts("format") + spec.texts("formats") or ("iso",)
    for one in formats:
        if one not in NAMED_FORMATS and ("%" not in one or not PATTERN.fullmatch(one)):
            spec.complain(
                "formats" if "formats" in spec else "format",
                zh=f"时间格式“{one}”不可用：用 {', '.join(NAMED_FORMATS)}，或像 %Y-%m-%d %H:%M:%S 的写法。",
                en=f"“{one}” is not a time format: use {', '.join(NAMED_FORMATS)} "
                "or a pattern such as %Y-%m-%d %H:%M:%S.",
            )
    return formats


def _pseudonymise(spec: Section) -> bool:
    """Written at all it means what it says: nothing written there switches it off without a word."""
    node = spec.nodes.get("pseudonymise")
    spec.node("pseudonymise")
    if isinstance(node, yaml.MappingNode):
        inner = Section(node, spec.problems, Bilingual("`pseudonymise`", "`pseudonymise`"))
        chosen = inner.text("how")
        inner.close()
    else:
        chosen = spec.text("pseudonymise")
    if node is not None and chosen != "keyed_hash":
        spec.complain("pseudonymise", zh=f"`pseudonymise` 不能是“{chosen}”，只能是 keyed_hash。",
                      en=f"`pseudonymise` cannot be “{chosen}”; it can only be keyed_hash.")
    return chosen == "keyed_hash"


def _span(spec: Section) -> SpanRule:
    rule = SpanRule(
        line=spec.line,
        start=spec.text("start"),
        end=spec.text("end"),
        column=spec.text("column"),
        formats=_time_formats(spec),
        last_day=spec.choice("end_is", ("resumed", "last_day"), "resumed") == "last_day",
    )
    if bool(rule.column) == bool(rule.start and rule.end):
        spec.complain(
            None,
            zh="`suspended` 须写 `start` 和 `end` 两列，或一个 `column`。",
            en="`suspended` needs the columns `start` and `end`, or one `column`.",
        )
    spec.close()
    return rule


def _step(spec: Section) -> StepRule:
    rule = StepRule(spec.text("name"), spec.line, spec.text("start"), spec.text("end"), _time_formats(spec))
    if not rule.name or not rule.start:
        spec.complain(None, zh="环节须写 `name` 和 `start`。", en="a step needs `name` and `start`.")
    spec.close()
    return rule


def _events(top: Section) -> EventRule | None:
    """``events``: the file has a row an event, and cases are put together first."""
    spec = top.section("events", Bilingual("`events`", "`events`"))
    if spec is None:
        return None
    inner = spec.section("columns", Bilingual("`columns`", "`columns`"))
    rule = EventRule(top.lines["events"], spec.text("case"), spec.text("step"),
                     tuple(_event_column(inner, name) for name in inner.nodes) if inner else ())
    if not (rule.case and rule.step and rule.made):
        top.complain("events", zh="`events` 须写 `case`、`step` 两列和 `columns`。",
                     en="`events` needs the columns `case` and `step`, and `columns`.")
    if rule.case in {one.name for one in rule.made}:
        top.complain("events", zh=f"`{rule.case}` 已是办件列的名称。",
                     en=f"`{rule.case}` is the case's own column already.")
    spec.close()
    return rule


def _event_column(inner: Section, name: str) -> EventColumn:
    made = inner.section(name, Bilingual(f"`{name}`", f"`{name}`"))
    if made is None:
        inner.complain(name, zh=f"`{name}` 须写 `column`。", en=f"`{name}` needs a `column`.")
        return EventColumn(name, inner.line, "")
    found = EventColumn(name, inner.lines[name], made.text("column"), made.texts("of"),
                        "last" if made.choice("take", ("first", "last"), "first") == "last" else "first")
    if not found.column:
        made.complain(None, zh=f"`{name}` 须写 `column`。", en=f"`{name}` needs a `column`.")
    made.close()
    return found


def _encoding(top: Section) -> str:
    encoding = top.text("encoding")
    if encoding not in ("", "auto") and not _is_text_encoding(encoding):
        top.complain(
            "encoding",
            zh=f"没有“{encoding}”这种编码，常用 utf-8、gb18030。",
            en=f"there is no encoding “{encoding}”; utf-8 and gb18030 are the usual ones.",
        )
    return "" if encoding == "auto" else encoding


def _is_text_encoding(name: str) -> bool:
    """Whether Python knows it, and knows it as letters: base64 is an encoding too."""
    try:
        return codecs.lookup(name).name not in NO_TEXTS and isinstance(
            codecs.getincrementaldecoder(name)().decode(b""), str)
    except (LookupError, UnicodeError, ValueError, TypeError):
        return False


def _delimiter(top: Section) -> str:
    delimiter = {"tab": "\t", "auto": ""}.get(top.text("delimiter"), top.text("delimiter"))
    if len(delimiter) > 1 or delimiter in NO_DELIMITERS:
        top.complain("delimiter", zh="分隔符只能是一个字符，且不能是引号或换行。",
                     en="the delimiter must be one character that can stand between values, no quotation mark.")
    return delimiter


def _time_zone(top: Section) -> str:
    zone = top.text("time_zone", "Asia/Shanghai")
    if zone not in available_timezones() - NO_ZONES:
        top.complain(
            "time_zone",
            zh=f"没有时区“{zone}”，应写成 Asia/Shanghai 的样子。",
            en=f"there is no time zone “{zone}”; write it like Asia/Shanghai.",
        )
    return zone


def _header(top: Section) -> tuple[str, ...]:
    names = top.texts("header")
    if len(names) == 1 or len(set(names)) < len(names):
        top.complain("header", zh="`header` 应列出至少两个互不相同的列名。",
                     en="`header` must list at least two column names, each once.")
    return names


def _missing(top: Section) -> tuple[str, ...]:
    words = top.texts("missing")
    if any('"' in word for word in words):
        top.complain("missing", zh="`missing` 中的词不能含引号。",
                     en="the words of `missing` cannot hold a quotation mark.")
    return words


def _ignored(top: Section) -> dict[str, int]:
    line = top.lines.get("ignore", top.line)
    return {**dict.fromkeys(REJECT_COLUMNS, 0), **dict.fromkeys(top.texts("ignore"), line)}


def _earliest(top: Section) -> date:
    day = top.day("earliest") or EARLIEST
    if day < EARLIEST:
        top.complain("earliest", zh=f"不能早于 {EARLIEST}。", en=f"`earliest` cannot be before {EARLIEST}.")
    return max(day, EARLIEST)


def _early_close(top: Section) -> int | None:
    """``closed_before_accepted: reject | keep | SECONDS``: how far clocks of two systems may disagree."""
    said = top.text("closed_before_accepted", REJECT)
    if said == KEEP:
        return None
    if said == REJECT or said.isdecimal():
        return 0 if said == REJECT else int(said)
    top.complain(
        "closed_before_accepted",
        zh="应为 reject、keep 或允许的秒数。",
        en="`closed_before_accepted` is reject, keep or a number of seconds.",
    )
    return 0


def _check_ignored(mapping: Mapping, problems: Problems) -> None:
    """A column cannot be both read and left alone, nor both hidden and shown."""
    for column, line in mapping.shown().items():
        if column in mapping.pseudonymised():
            problems.add(
                line,
                zh=f"列 `{column}` 已作假名处理，不能另作他用。",
                en=f"the column `{column}` is pseudonymised and cannot be used for anything else.",
            )
    for column in (mapping.ignore.keys() - REJECT_COLUMNS) & mapping.columns().keys():
        problems.add(
            mapping.ignore[column],
            zh=f"列 `{column}` 既被使用又在 `ignore` 中。",
            en=f"the column `{column}` is used and also listed under `ignore`.",
        )
    problems.raise_any()
