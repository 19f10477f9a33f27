"""Mapping files: what they may say, and how they are told what is wrong, line by line."""

from collections.abc import Callable
from datetime import date
from string import ascii_letters
from zoneinfo import available_timezones

import duckdb
import pytest

from jizhun.delivery.rules.contract import FIELDS
from jizhun.delivery.rules.directory import BETWEEN, Entry, Found, Register, fixed, resolver
from jizhun.delivery.rules.mapping import REJECT_COLUMNS, FieldRule, Mapping, check_columns, refuse_identifiers
from jizhun.delivery.rules.parsing import NO_ZONES, PATTERN, parse
from jizhun.kernel.bilingual import Bilingual, Refused
from worlds import ROOT

LEAST = """
fields:
  case_key: id
  matter: matter
  region: region
  accepted_at: accepted
"""


def mapping(more: str = "", fields: str = "") -> Mapping:
    return parse(LEAST + fields + more, "mapping.yaml")


def hiding(key: str) -> str:
    """The least mapping with another case key."""
    return LEAST.replace("case_key: id", f"case_key: {key}")


def refusal(text: str) -> Refused:
    with pytest.raises(Refused) as caught:
        parse(text, "mapping.yaml")
    return caught.value


def test_the_least_mapping_takes_columns_by_name_and_defaults_for_the_rest() -> None:
    least = mapping()
    assert least.fields["case_key"].columns == ("id",)
    assert least.fields["accepted_at"].formats == ("iso",)
    assert (least.within, least.calendar, least.time_zone) == ("CN", "CN", "Asia/Shanghai")
    assert least.columns() == {"id": 3, "matter": 4, "region": 5, "accepted": 6}


def test_everything_a_mapping_may_say() -> None:
    whole = mapping(
        fields="""\
  group: {column: g, values: {青年: youth-unemployed}, other: all}
  channel: {column: c, values: {窗口: counter}, other: other}
  closed_at: {column: closed, formats: ["%Y/%m/%d", iso]}
  due_at: {column: due, role: promise, whole_day: start}
  fee: {column: fee, unit: fen}
  visits: v
  rating: {column: r, values: {满意: 5}}
""",
        more="""
name: 测试
format: xlsx
sheet: 办件
encoding: gb18030
delimiter: tab
missing: ["-", 无]
extract_date: 2025-06-30
earliest: 2020-01-01
closed_before_accepted: 60
simulated: true
suspended:
  - {start: s1, end: e1, end_is: last_day}
  - {column: spans}
steps:
  - {name: 受理, start: a, end: b}
ignore: [姓名]
""",
    )
    assert whole.fields["due_at"].binds and not whole.fields["due_at"].end_of_day
    assert whole.fields["fee"].cents == 1
    assert whole.delimiter == "\t" and whole.missing == ("-", "无")
    assert (whole.extract_date, whole.earliest) == (date(2025, 6, 30), date(2020, 1, 1))
    assert whole.early_close == 60 and whole.simulated
    assert [span.last_day for span in whole.spans] == [True, False]
    assert whole.steps[0].name == "受理" and whole.ignore == {**dict.fromkeys(REJECT_COLUMNS, 0), "姓名": 30}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (LEAST.replace("accepted_at:", "acceptd_at:"), "line 6: `acceptd_at` does not belong in a case record; "
         "did you mean `accepted_at`?"),
        (LEAST.replace("accepted_at:", "acceptd_at:"), "line 2: `fields` lacks `accepted_at`"),
        (LEAST + "time_zoen: UTC\n", "line 7: `time_zoen` does not belong in a mapping file; did you mean"),
        (LEAST + "time_zone: Mars/Base\n", "line 7: there is no time zone “Mars/Base”"),
        (LEAST + "format: xls\n", "line 7: `format` cannot be “xls”; use one of csv, tsv, jsonl, parquet, xlsx"),
        (LEAST + "extract_date: 2025-02-30\n", "line 7: “2025-02-30” is not a date"),
        (LEAST + "encoding: utf-99\n", "line 7: there is no encoding “utf-99”"),
        (LEAST + "earliest: 1950-01-01\n", "line 7: `earliest` cannot be before 2000-01-01"),
        (LEAST + "closed_before_accepted: maybe\n", "line 7: `closed_before_accepted` is reject, keep or a number"),
        (LEAST + "  fee: {column: fee, unit: baht}\n", "line 7: `unit` cannot be “baht”"),
        (LEAST + "  closed_at: {column: c, format: YYYY-MM-DD}\n", "line 7: “YYYY-MM-DD” is not a time format"),
        (LEAST + "  channel: {column: c, values: {a: pigeon}}\n", "line 7: `channel` has no value “pigeon”"),
        (LEAST + "  group: {by: code}\n", "line 7: `group` needs either `column` (or `columns`) or `constant`"),
        (LEAST + "  due_at: {column: d, role: law}\n", "line 7: `role` cannot be “law”; use one of promise, note"),
        (LEAST + "  visits: {columns: [a, b]}\n", "line 7: `visits` can come from one column only"),
        (LEAST + "  matter: m\n", "line 7: `matter` is given twice"),
        (LEAST + "suspended: {start: a}\n", "needs the columns `start` and `end`"),
        (LEAST + "steps: {start: a}\n", "a step needs `name` and `start`"),
        (LEAST + "ignore: [id]\n", "line 7: the column `id` is used and also listed under `ignore`"),
        (LEAST.replace("case_key: id", "case_key: {column: id, pseudonymise: rot13}"), "line 3: `pseudonymise` cannot"),
        *((hiding(f"{{column: id, pseudonymise: {said}}}"), "line 3: `pseudonymise` cannot be")
          for said in ("{}", "''", "~", "{how: }", "[a]")),
        (hiding("{column: region, pseudonymise: keyed_hash}"),
         "line 5: the column `region` is pseudonymised and cannot be used for anything else"),
        (hiding("{columns: [id, accepted], pseudonymise: keyed_hash}"),
         "line 6: the column `accepted` is pseudonymised"),
        (hiding("{column: id, pseudonymise: keyed_hash}") + "suspended: {column: id}\n",
         "line 7: the column `id` is pseudonymised"),
        (LEAST + "encoding: punycode\n", "line 7: there is no encoding “punycode”"),
        (LEAST + "encoding: rot13\n", "line 7: there is no encoding “rot13”"),
        (LEAST + "missing: ['\"']\n", "line 7: the words of `missing` cannot hold a quotation mark"),
        (LEAST + "  channel: {column: c, values: {a: {b: c}}}\n", "line 7: `values` must list “from: to” lines"),
        (LEAST + "? [a, b]\n: c\n", "line 7: a key must be one word"),
        (LEAST + "  closed_at: {constant: 1e300, format: epoch}\n", "line 7: “1e300” is not a time"),
        (LEAST + "fields2: [unclosed\n", "line 8: not valid YAML"),
        (LEAST + "encoding: base64\n", "line 7: there is no encoding “base64”"),
        (LEAST + "encoding: undefined\n", "line 7: there is no encoding “undefined”"),
        (LEAST + "time_zone: America\n", "line 7: there is no time zone “America”"),
        (LEAST + "time_zone: localtime\n", "line 7: there is no time zone “localtime”"),
        (LEAST + "delimiter: '\"'\n", "line 7: the delimiter must be one character that can stand"),
        (LEAST + "header: [a, a]\n", "line 7: `header` must list at least two column names, each once"),
        (LEAST + "header: [a]\n", "line 7: `header` must list at least two column names"),
        (LEAST + "  closed_at: {column: c, format: '%d/%Q/%Y'}\n", "line 7: “%d/%Q/%Y” is not a time format"),
        (LEAST + "  closed_at: {column: c, format: '%Y-%m-%'}\n", "line 7: “%Y-%m-%” is not a time format"),
        (LEAST.replace("case_key: id", "case_key: {constant: '1'}"), "line 3: `case_key` cannot be the same for all"),
        (LEAST + "  fee: {constant: free}\n", "line 7: `fee` cannot be “free”: it is an amount of money, whole cents"),
        (LEAST + "  fee: {constant: '-1'}\n", "line 7: `fee` cannot be “-1”"),
        (LEAST + "  fee: {constant: '0.001'}\n", "line 7: `fee` cannot be “0.001”"),
        (LEAST + "  fee: {constant: nan}\n", "line 7: `fee` cannot be “nan”"),
        (LEAST + "  visits: {constant: '1.5'}\n", "line 7: `visits` cannot be “1.5”: it is a whole number"),
        (LEAST + "  visits: {constant: '1e99'}\n", "line 7: `visits` cannot be “1e99”"),
        (LEAST + "  closed_at: {constant: soon}\n", "line 7: “soon” is not a time (format iso)"),
        (LEAST + "  closed_at: {constant: 2025-W01-1}\n", "line 7: “2025-W01-1” is not a time"),
        (LEAST + "  closed_at: {constant: 2025-02-30}\n", "line 7: “2025-02-30” is not a time"),
        (LEAST + "  closed_at: {constant: inf, format: epoch}\n", "line 7: “inf” is not a time"),
        ("", "the file is empty"),
        ("- a\n", "a mapping file must be written as “key: value” lines"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, says: str) -> None:
    told = refusal(text)
    assert says in told.sentence.en
    assert told.sentence.zh.count("第 ") == told.sentence.en.count("line ")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_documented_example_is_a_mapping(language: str) -> None:
    text = (ROOT / "docs" / language / "mapping.md").read_text("utf-8")
    example = text.split("```yaml\n")[1].split("```")[0].replace("…", "number")
    assert set(parse(example).fields) == set(FIELDS), "every field of the contract is shown"
    assert all(f"`{name}`" in text for name in FIELDS)


def test_all_faults_are_told_at_once_in_the_order_of_the_lines() -> None:
    told = refusal(LEAST + "  rating: {colum: r}\ntime_zone: Nowhere\nfrmat: csv\n").sentence.en
    lines = [int(line.split("line ")[1].split(":")[0]) for line in told.splitlines()]
    assert lines == sorted(lines) and set(lines) == {7, 8, 9}


def test_a_column_that_the_file_lacks_is_named_with_the_line_and_the_nearest() -> None:
    with pytest.raises(Refused) as caught:
        check_columns(mapping(), ("id", "matter", "regoin", "accepted"))
    assert str(caught.value) == ("mapping.yaml line 5: the file has no column `region`; did you mean `regoin`? "
                                 "It has: id, matter, regoin, accepted.")


def test_identifiers_are_refused_unless_ignored_or_pseudonymised() -> None:
    looks = {"id": Bilingual("居民身份号码", "a resident identity number"), "phone": Bilingual("手机号码", "a mobile")}
    with pytest.raises(Refused) as caught:
        refuse_identifiers(mapping(), looks)
    assert "line 3: the column `id` looks like a resident identity number" in str(caught.value)
    assert "the column `phone`" in str(caught.value)
    hashed = parse(LEAST.replace("case_key: id", "case_key: {column: id, pseudonymise: {how: keyed_hash}}")
                   + "ignore: [phone]\n")
    refuse_identifiers(hashed, looks)
    assert hashed.pseudonymised() == {"id"}


def test_the_data_day_given_beside_the_mapping_makes_another_reading() -> None:
    assert mapping().digest() == mapping().digest()
    assert len({mapping().digest(), mapping().digest(date(2025, 1, 1)), mapping("\nname: x").digest()}) == 3


# -- look-ups --------------------------------------------------------------------------------------

PLACES = Register(
    [
        Entry(1, "320000", Bilingual("江苏省", "Jiangsu")),
        Entry(2, "320106", Bilingual("鼓楼区", "Gulou"), above=("CN", "320000", "320100")),
        Entry(3, "320100", Bilingual("南京市", "Nanjing"), above=("CN", "320000")),
        Entry(4, "350102", Bilingual("鼓楼区", "Gulou"), above=("CN", "350000", "350100")),
    ],
    Bilingual("地区", "Region"),
)


def region(spec: str) -> Callable[[str], Found]:
    return resolver(_rule(spec), PLACES)


def _rule(spec: str) -> FieldRule:
    return parse(LEAST.replace("region: region", f"region: {spec}")).fields["region"]


@pytest.mark.parametrize(
    ("spec", "value", "number"),
    [
        ("{column: r}", "320106", 2),
        ("{column: r}", " 320106 ", 2),
        ("{column: r, by: name}", "南京市", 3),
        ("{column: r, by: name}", "  nanjing ", 3),
        ("{columns: [a, b], by: name}", f"南京市{BETWEEN}鼓楼区", 2),
        ("{column: r, values: {南京鼓楼: '320106'}}", "南京鼓楼", 2),
        ("{column: r, other: '320000'}", "???", 1),
    ],
)
def test_values_are_looked_up_by_code_by_name_by_list_or_as_other(spec: str, value: str, number: int) -> None:
    entry = region(spec)(value).entry
    assert entry is not None and entry.number == number


def test_a_name_of_several_places_is_not_guessed() -> None:
    found = region("{column: r, by: name}")("鼓楼区")
    assert found.entry is None and "2 entries" in str(found.reason)


def test_an_unknown_value_is_told_with_the_nearest() -> None:
    found = region("{column: r, by: name}")("南京")
    assert found.reason == Bilingual("没有地区“南京”（最接近的是“南京市”）", "no region “南京” (nearest: “南京市”)")


def test_a_target_that_does_not_exist_is_refused_with_the_mapping_s_line() -> None:
    with pytest.raises(Refused, match="mapping line 5: there is no region with the code “X”"):
        region("{column: r, other: X}")


@pytest.mark.parametrize("ask", [
    lambda matters: resolver(_matter("{column: m}"), matters)("M"),
    lambda matters: resolver(_matter("{column: m, other: M}"), matters),
    lambda matters: fixed(_matter("{constant: M}"), matters)], ids=("value", "other", "constant"))
def test_a_number_for_which_the_lake_has_no_room_is_refused(ask: Callable[[Register], object]) -> None:
    last, beyond = (Register([Entry(number, "M", Bilingual("事", "M"))], Bilingual("事项", "Matter"))
                    for number in (32_767, 32_768))
    ask(last)
    with pytest.raises(Refused, match="The matter “M” has the number 32768 in the database; the lake of cases holds"):
        ask(beyond)


def _matter(spec: str) -> FieldRule:
    return parse(LEAST.replace("matter: matter", f"matter: {spec}")).fields["matter"]


def test_absent_values_are_a_fault_or_what_the_mapping_says() -> None:
    assert fixed(_rule("{column: r}"), PLACES) is None
    assert fixed(_rule("{column: r, missing: '320000'}"), PLACES) == PLACES.by_code["320000"]
    assert fixed(_rule("{constant: '320106'}"), PLACES) == PLACES.by_code["320106"]


def test_what_a_mapping_may_say_of_time_is_what_the_engine_knows() -> None:
    """Every pattern that is let through can be run; so can every time zone, and what is refused cannot be."""
    for letter in ascii_letters:
        for sign in ("", "-"):
            form = f"%{sign}{letter}"
            assert bool(PATTERN.fullmatch(form)) == _runs(f"try_strptime('x', '{form}')"), form
    zones = available_timezones() - NO_ZONES
    assert len(zones) > 400
    assert [zone for zone in sorted(zones) if not _runs(f"timezone('{zone}', TIMESTAMPTZ '2025-01-01 00:00+00')")] == []


def _runs(expression: str) -> bool:
    try:
        duckdb.execute(f"SELECT {expression}").fetchall()
    except duckdb.Error:
        return False
    return True


@pytest.mark.parametrize(
    "said",
    [
        "fee: {constant: '12.50'}",
        "visits: {constant: '0'}",
        "fee: {constant: 3, unit: fen}",
        "closed_at: {constant: 2025-02-28 08:30}",
        "closed_at: {constant: 3/1/2025, format: '%-d/%-m/%Y'}",
        "decided_at: {constant: '45000.5', format: excel}",
    ],
)
def test_a_constant_that_makes_sense_is_taken(said: str) -> None:
    assert mapping(f"  {said}\n").fields[said.split(":")[0]].constant is not None
