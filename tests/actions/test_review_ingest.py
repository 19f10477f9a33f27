"""Ratings from a file into the lake: what is told by the case, what is wrong with a row, and what is never kept."""

import csv
from datetime import date
from pathlib import Path

import pytest

from jizhun.analytics.rating.reviews import numbers_of
from jizhun.delivery.ingest.reading import Reader
from jizhun.delivery.rules.parsing import parse_reviews
from jizhun.kernel.bilingual import Refused
from ratings import ASPECTS, DIRECTORY, MAPPING, duckdb_counts, rated, stored, take_cases

TEXT = """
fields: {review_key: id, case_key: case, visit_key: visit, region: place, channel: channel, rated_at: at, grade: grade,
         text: words}
extract_date: 2025-12-31
"""
TEXT_HEAD = "id,case,visit,place,channel,at,grade,words"


def rejects(folder: Path) -> list[dict[str, str]]:
    with (folder / "rejects.csv").open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def test_the_case_tells_matter_place_group_and_channel_where_the_file_does_not(tmp_path: Path) -> None:
    (tmp_path / "cases.csv").write_text("id,matter,place,group,channel,accepted,closed,outcome\n"
                                        "k1,M2,R2,old,online,2025-01-03,2025-01-08,granted\n", "utf-8")
    take_cases(tmp_path, tmp_path / "cases.csv")
    found = rated(tmp_path, "r1,k1,2025-02-01 10:00:00,4", "r2,none,2025-02-01 10:00:00,4",
                  mapping="fields: {review_key: id, case_key: case, rated_at: at, grade: grade}\n"
                          "extract_date: 2025-12-31", head="id,case,at,grade")
    assert (found.good, found.bad) == (1, 1)
    assert stored(tmp_path, "matter, region, grp, channel, subject, grade, how") == [(2, 2, 2, 1, "ck1", 4, 1)]
    assert rejects(tmp_path)[0]["reasons_en"] == ("this case has not been handed in, nor is it said where it was "
                                                  "handled")


def test_what_the_case_tells_may_be_left_empty_and_a_visit_needs_no_matter(tmp_path: Path) -> None:
    found = rated(tmp_path, "r1,,v1,,R1,,counter,2025-02-01,4,,,,,", "r2,,v2,,,,counter,2025-02-01,4,,,,,")
    assert (found.good, found.bad) == (1, 1) and stored(tmp_path, "matter, grp") == [(0, 1)]
    assert rejects(tmp_path)[0]["fields"] == "region"


def test_a_visit_is_rated_once_on_site_and_a_matter_online(tmp_path: Path) -> None:
    rated(tmp_path, "r1,k1,v1,M1,R1,,counter,2025-02-01,4,,,,,", "r2,k1,v1,M1,R1,,online,2025-02-01,4,,,,,",
          "r3,,v1,M1,R1,,phone,2025-02-01,4,,,,,")
    assert [row[0] for row in stored(tmp_path, "subject")] == ["vv1", "ck1", "vv1"]


@pytest.mark.parametrize(("row", "reason"), [
    ("r1,,,M1,R1,,online,2025-02-01,4,,,,,", "nothing is named that was rated"),
    ("r1,k1,,M9,R1,,online,2025-02-01,4,,,,,", "no matter “M9”"),
    ("r1,k1,,M1,R1,,online,2025-02-01,,,,,,", "grade (grade): is empty"),
    ("r1,k1,,M1,R1,,online,2025-02-01,6,,,,,", "no grade “6”"),
    ("r1,k1,,M1,R1,,online,2025-02-01,2,default,,,,", "cannot be the grade of default praise"),
    ("r1,k1,,M1,R1,,online,2026-02-01,4,,,,,", "is after the data date"),
    ("r1,k1,,M1,R1,,online,yesterday,4,,,,,", "is not a time"),
    ("r1,k1,,M1,R1,,online,2025-02-01,4,,efficiency;weather,,,", "no reason “weather”"),
    (",k1,,M1,R1,,online,2025-02-01,4,,,,,", "review_key (id): is empty"),
    ("r1,k1,,M1,R1,,online,2025-02-01,4,,,,7,", "no efficiency “7”")])
def test_what_is_wrong_with_a_row_is_said_in_one_sentence(tmp_path: Path, row: str, reason: str) -> None:
    found = rated(tmp_path, row, "good,k1,,M1,R1,,online,2025-02-01,4,,,,,")
    assert (found.good, found.bad) == (1, 1)
    (told,) = rejects(tmp_path)
    assert reason in told["reasons_en"] and told["reasons_zh"], told


def test_every_reason_of_a_row_is_told_and_a_second_row_of_one_key_is_rejected(tmp_path: Path) -> None:
    rated(tmp_path, "r1,k1,,M1,R1,,online,2025-02-01,4,,,,,", "r1,k1,,M1,R1,,online,2025-02-02,1,,,,,",
          "r2,,,M9,R1,,moon,2025-02-02,,,,,,")
    twin, many = rejects(tmp_path)
    assert twin["reasons_en"] == "review_key: the same key as in row 2"
    assert all(one in many["reasons_en"] for one in ("M9", "moon", "nothing is named", "is empty"))
    assert [row[0] for row in stored(tmp_path, "grade")] == [4]


def test_what_is_handed_in_again_replaces_the_earlier_one(tmp_path: Path) -> None:
    rated(tmp_path, "r1,k1,,M1,R1,,online,2025-02-01,1,,,,,", "r2,k2,,M1,R1,,online,2025-02-01,5,,,,,")
    again = rated(tmp_path, "r1,k1,,M1,R1,,online,2025-03-01,4,,,,,")
    assert again.replaced == 1
    assert stored(tmp_path, "review_key, grade, month") == [("r1", 4, 202503), ("r2", 5, 202502)]


def test_default_praise_stands_apart_however_it_is_told(tmp_path: Path) -> None:
    rated(tmp_path, "r1,k1,,M1,R1,,online,2025-02-01,default,,,,,", "r2,k2,,M1,R1,,online,2025-02-01,5,default,,,,",
          "r3,k3,,M1,R1,,online,2025-02-01,,default,,,,")
    assert stored(tmp_path, "grade, how") == [(9, 3)] * 3
    assert duckdb_counts(tmp_path, []).by["place"] == {(1, 9, 3, 0): 3}


# -- what people wrote -----------------------------------------------------------------------------


def test_a_text_is_looked_at_and_kept_nowhere(tmp_path: Path) -> None:
    """Neither in the lake nor in the reject file; of good ratings the words say nothing."""
    words = ("排队两小时，工作人员态度差，我叫张三", "系统打不开", "办得很快，一点不慢", "WAITED twice")
    rows = [f"r{n},k{n},,R1,online,2025-02-0{n + 1},{grade},{text}" for n, (grade, text) in
            enumerate(zip((1, 2, 5, 1), words, strict=True))]
    rated(tmp_path, *rows, "r9,k9,,R9,online,2025-02-01,1,我的身份证号是110101199003072316", mapping=TEXT,
          head=TEXT_HEAD)
    found = stored(tmp_path, "reasons, has_text")
    assert [(numbers_of(mask), has) for mask, has in found] == [((0, 1), 1), ((5,), 1), ((), 1), ((0, 4), 1)]
    everything = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()
                          and file.name != "ratings.csv")
    assert "张三".encode() not in everything and b"110101199003072316" not in everything
    assert rejects(tmp_path)[0]["words"] == "[文字不留存 / text not kept]"


def test_an_identity_number_as_a_key_is_refused_and_as_a_hash_is_not(tmp_path: Path) -> None:
    row = "r1,k1,110101199003072316,R1,counter,2025-02-01,1,"
    with pytest.raises(Refused, match="resident identity number"):
        rated(tmp_path, row, mapping=TEXT, head=TEXT_HEAD)
    hidden = TEXT.replace("visit_key: visit", "visit_key: {column: visit, pseudonymise: keyed_hash}")
    rated(tmp_path, row, mapping=hidden, head=TEXT_HEAD)
    ((visit, subject),) = stored(tmp_path, "visit_key, subject")
    assert len(visit) == 32 and subject == f"v{visit}"


def test_a_mapping_that_names_nothing_to_rate_is_refused() -> None:
    for text, wrong in ((MAPPING.replace("  case_key: case\n  visit_key: visit\n", ""), "`case_key` or `visit_key`"),
                        (MAPPING.replace("  case_key: case\n", "").replace("  region: place\n", ""), "`region`"),
                        (MAPPING.replace("aspect_platform", "aspect_weather"), "aspect_weather")):
        with pytest.raises(Refused, match=wrong):
            parse_reviews(text, ASPECTS)
    with pytest.raises(Refused, match="no reason “weather”"):
        text = MAPPING.replace("reasons: reasons", "reasons: {column: reasons, values: {rain: weather}}")
        Reader(parse_reviews(text, ASPECTS), DIRECTORY, ("id",), date(2025, 1, 1))
