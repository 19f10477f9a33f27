"""Refusals of the making of standards speak of places, kinds and fields by their names, never by codes."""

import re
from collections.abc import Callable

import pytest
from django.utils.translation import override

from drafting_cast import CITY, COUNTY, PROVINCE, in_comments, opened, person, round_of, take, today, written
from jizhun.drafting.actions import comments, projects, texts
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.standards.actions import report
from jizhun.workbench.projects import fields_of_proposal

pytestmark = pytest.mark.usefixtures("world", "db")
EDITOR = "province-editor"
ELSEWHERE = "370800"


def asks_a_place_outside() -> None:
    project = take(take(opened(), "submit"), "accept", "market-regulator")
    written(project)
    draft = texts.issue(by=person(EDITOR), project=project, label="comment")
    comments.open_consultation(by=person(EDITOR), project=take(project, "consult"), draft=draft, closes_on=today(),
                               bodies=[ELSEWHERE])


def passes_on_from_the_wrong_desk() -> None:
    said = comments.comment_for_body(by=person("county-editor"), consultation=round_of(in_comments()), region=COUNTY,
                                     text="做不到。")
    comments.pass_on(by=person("county-editor"), comments=[said], desk=COUNTY)


def reports_where_it_does_not_hold() -> None:
    report(by=person("county-clerk"), number="DB51/T 3044-2023", region=COUNTY, text="x")


@pytest.mark.parametrize("act, zh, en", [
    (lambda: opened(title_zh="长" * 301), "“中文名称”最多 300 字", "“Chinese title”: 300"),
    (lambda: opened(regulator_en="x" * 201), "“批准机关（英文）”最多 200 字", "“Approved by (English)”: 200"),
    (lambda: opened(kind="group"), "不用于“团体标准”", "not for “Social organization standard”"),
    (lambda: opened(kind="normative"), "不用于“行政规范性文件", "not for “Administrative normative document"),
    (lambda: opened(procedure="national"), "不适用于示例省这一级", "level of"),
    (asks_a_place_outside, "济宁市不在示例省之内", "Jining is not within"),
    (passes_on_from_the_wrong_desk, "待汇总", "does not wait at"),
    (reports_where_it_does_not_hold, "适用", "does not hold at"),
])
def test_a_refusal_names_what_it_speaks_of(act: Callable[[], None], zh: str, en: str) -> None:
    with pytest.raises(Refused) as refused:
        act()
    sentence = refused.value.sentence
    assert zh in sentence.zh and en in sentence.en
    for words in (sentence.zh, sentence.en):
        assert not re.search(r"\d{6}|[a-z]+_(zh|en)|“(group|local|normative)”", words), words


def test_the_form_calls_its_fields_as_the_refusals_do() -> None:
    for language in ("zh-hans", "en"):
        with override(language):
            for field in fields_of_proposal({}, [], {}):
                if field.name in projects.WORDS:
                    assert str(field.label) == projects.WORDS[field.name].in_language(language)


def test_a_task_is_told_in_the_language_it_was_given_in() -> None:
    project = projects.hand_to(by=person(EDITOR), project=opened(), username="county-editor",
                               task=Bilingual("请核对时限", ""))
    assert project.task.in_language("en") == "请核对时限" and project.region == PROVINCE != CITY
