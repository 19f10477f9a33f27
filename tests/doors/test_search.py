"""One and two Chinese characters, pinyin, English and codes all find the service."""

import pytest

from jizhun.kernel.bilingual import Bilingual
from jizhun.portal.search import Entry, Index

SERVICES = Index([
    Entry("item", "NB021", Bilingual("就业登记与失业登记", "Registration of employment and unemployment")),
    Entry("item", "NB029", Bilingual("失业保险", "Unemployment insurance"),
          Bilingual("参保失业人员", "Insured unemployed")),
    Entry("matter", "NB029-EX01", Bilingual("失业保险金申领", "Claiming unemployment benefit"), belongs_to="NB029"),
    Entry("item", "NB049", Bilingual("职工基本养老保险", "Basic pension insurance for employees")),
    Entry("item", "NB059", Bilingual("法律援助", "Legal aid")),
])


def codes(query: str) -> list[str]:
    return [entry.code for entry in SERVICES.find(query)]


@pytest.mark.parametrize(("query", "expected"), [
    ("法", ["NB059"]),
    ("养老", ["NB049"]),
    ("失业", ["NB029", "NB029-EX01", "NB021"]),
    ("失业保险", ["NB029", "NB029-EX01"]),
    ("失业金", ["NB029-EX01"]),
    ("失业保险待遇", ["NB029", "NB029-EX01"]),
    ("falv", ["NB059"]),
    ("flyz", ["NB059"]),
    ("yanglao", ["NB049"]),
    ("UNEMPLOYMENT benefit", ["NB029-EX01"]),
    ("nb029", ["NB029", "NB029-EX01"]),
    ("保险 养老", ["NB049"]),
    ("参保", ["NB029"]),
    ("登山", []),
    ("   ", []),
    ("。？", []),
])
def test_what_is_found_and_in_which_order(query, expected):
    assert codes(query) == expected


@pytest.mark.parametrize(("words", "code"), [
    ("生孩子", "NB004"), ("下岗", "NB029"), ("退休", "NB049"), ("看病报销", "NB043"), ("房子", "NB051"),
    ("吃低保", "NB054"), ("欠薪", "NB028"), ("lost job", "NB029"), ("retirement", "NB050"), ("dibao", "NB054"),
    ("maternity leave", "NB004")])
def test_citizens_own_words_find_the_service(reading, words, code):
    page = reading.get("/zh/", {"q": words}).content.decode()
    assert f"/zh/items/{code}/" in page
    assert "此地在当日没有有效的服务清单" not in page  # finding something is not having no list
