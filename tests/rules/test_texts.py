"""Files that people hand over as text: read, or answered by one sentence that names the place."""

import pytest

from jizhun.kernel.bilingual import Refused
from jizhun.kernel.texts import rows_of, text_of, yaml_of


def test_rows_know_where_they_stand() -> None:
    rows = rows_of("﻿code,name\nA,甲\nB,\"乙\n乙\"\nC\n".encode(), "places.csv")
    assert [(row["code"], row["name"], row["where"]) for row in rows] == [
        ("A", "甲", "places.csv:2"), ("B", "乙\n乙", "places.csv:4"), ("C", "", "places.csv:5")]


@pytest.mark.parametrize(("content", "sentence"), [
    ("code,name\nA,甲\n".encode("gb18030"), "places.csv line 2 is not UTF-8"),
    ("code,name\nA,甲\n".encode("utf-16"), "zero bytes"),
    (b"code,name\nA,\0\n", "zero bytes"),
    (b"code,name\nA,B,C\n", "places.csv:2: more columns"),
    (b'code,name\nA,"B\n', "not valid CSV"),
])
def test_what_is_no_table_is_refused(content: bytes, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        rows_of(content, "places.csv")
    assert sentence in refused.value.sentence.en and "places.csv" in refused.value.sentence.zh


@pytest.mark.parametrize(("content", "sentence"), [
    (b"a: [1\n b: }", "package.yaml, line 2: not valid YAML"),
    (bytes(range(128, 256)), "line 1 is not UTF-8"),
    (b"day: 2024-02-30", "a value cannot be read"),
    (b"a: 1\nb: \0", "line 2: not valid YAML"), (b"[" * 100_000, "nested too deeply"),
    (b"- " * 100_000, "nested too deeply"),
])
def test_what_is_no_yaml_is_refused(content: bytes, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        yaml_of(content, "package.yaml")
    assert sentence in refused.value.sentence.en and "package.yaml" in refused.value.sentence.zh


def test_the_mark_at_the_head_of_a_file_is_no_text() -> None:
    assert text_of("﻿甲".encode(), "a") == "甲"
