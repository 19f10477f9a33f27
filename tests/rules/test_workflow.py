"""Workflows as tables."""

import pytest

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.workflow import Transition, Workflow

STATES = {
    "draft": Bilingual("草稿", "Draft"),
    "review": Bilingual("复核中", "In review"),
    "out": Bilingual("已发布", "Published"),
}
ACTS = {
    "submit": Bilingual("提交", "Submit"),
    "return": Bilingual("退回", "Return"),
    "publish": Bilingual("发布", "Publish"),
}
TABLE = (
    Transition("draft", "submit", "review", "provision.record"),
    Transition("review", "return", "draft", "provision.review"),
    Transition("review", "publish", "out", "provision.review"),
)
FLOW = Workflow(STATES, ACTS, TABLE)


def test_an_act_leads_to_the_next_state_and_says_who_may():
    assert FLOW.take("draft", "submit") == Transition("draft", "submit", "review", "provision.record")


def test_everything_begins_in_the_first_state():
    assert FLOW.first == "draft"


def test_what_is_possible_keeps_the_order_of_the_table():
    assert [one.act for one in FLOW.open_to("review")] == ["return", "publish"]
    assert FLOW.open_to("out") == ()


def test_an_impossible_act_is_refused_with_what_is_possible_in_both_languages():
    with pytest.raises(Refused) as refused:
        FLOW.take("review", "submit")
    assert refused.value.sentence.en == "“Submit” is not possible while “In review”; possible: Return, Publish."
    assert refused.value.sentence.zh == "“复核中”状态下不能“提交”；可以：退回、发布。"


def test_at_the_end_nothing_is_possible():
    with pytest.raises(Refused, match="possible: nothing"):
        FLOW.take("out", "publish")


def test_an_unknown_state_is_refused():
    with pytest.raises(Refused, match="no state “gone”"):
        FLOW.take("gone", "submit")


@pytest.mark.parametrize(
    ("extra", "why"),
    [
        (Transition("out", "publish", "archive", "x"), "unknown state 'archive'"),
        (Transition("out", "burn", "draft", "x"), "unknown act 'burn'"),
        (Transition("draft", "submit", "out", "x"), "two transitions"),
    ],
)
def test_a_table_that_cannot_be_right_is_an_error_at_once(extra, why):
    with pytest.raises(ValueError, match=why):
        Workflow(STATES, ACTS, (*TABLE, extra))


def test_a_state_that_nothing_leads_to_is_an_error():
    with pytest.raises(ValueError, match="nothing leads to the state 'out'"):
        Workflow(STATES, ACTS, TABLE[:2])
