"""What one is entitled to, for machines: the same answers as on the pages, and what is refused."""

import re

import pytest
from django.test import Client

from entitled_walk import API, DAY, JIANGSU, SHANGHAI, ZHEJIANG, ask, likely
from worlds import ROOT

FACTS = {"t_months": 130, "t_against": True, "t_drawn": 1}


def test_machines_get_what_the_page_says(reader):
    answer = ask(Client(enforce_csrf_checks=True), {"region": SHANGHAI, "on": DAY, "facts": FACTS,
                                                    "entitlements": ["t_benefit"]})
    assert answer.status_code == 200 and answer["Cache-Control"] == "no-store" and not answer.cookies
    told = answer.json()
    assert (told["region"], told["on"], told["next_question"], told["failed"]) == (SHANGHAI, DAY, None, [])
    one, = told["answers"]
    assert one["verdict"] == "likely" and one["results"][1]["value"] == 2340
    assert one["results"][1]["in_words"] == {"zh": "每月 2,340 元", "en": "2,340 yuan a month"}
    assert one["results"][1]["in_words"]["en"] in likely(reader).card("t_benefit")


def test_machines_are_told_what_to_ask_next(reader):
    told = ask(reader,
               {"region": SHANGHAI, "on": DAY, "facts": {"t_months": 130}, "entitlements": ["t_benefit"]}).json()
    assert told["next_question"]["code"] == "t_against" and told["answers"][0]["verdict"] == "open"
    assert told["next_question"]["question"] == {"zh": "您是不是非自愿失业？",
                                                 "en": "Did you lose the job against your will?"}
    amount = told["answers"][0]["results"][1]
    assert amount["value"] is None and amount["in_words"]["en"] == "It depends on what is still to be answered"


def test_machines_are_told_what_would_change_the_answer_and_which_rules_failed(reader):
    told = ask(reader, {"region": JIANGSU, "on": DAY, "facts": {"t_months": 9, "t_against": True},
                        "entitlements": ["t_benefit", "t_grant", "t_here_only"]}).json()
    assert told["answers"][0]["would_change"] == [{"fact": "t_months", "value": 12}]
    assert [one["entitlement"] for one in told["failed"]] == ["t_grant"] and told["no_rule_here"] == ["t_here_only"]


def test_numbers_keep_all_their_digits(reader):
    sent = '{"region": "310000", "facts": {"t_wage": 12345678901234567890.12}, "entitlements": ["t_grant"]}'
    assert ask(reader, sent).status_code == 200
    wrong = ask(reader, sent.replace(".12", ".125"))
    assert "at most 2 digits" in wrong.json()["error"]["en"]


def test_places_by_role_count(reader):
    told = ask(reader, {"region": SHANGHAI, "on": DAY, "places": {"employer": "330100"}, "entitlements": ["t_floor"]})
    answer, = told.json()["answers"]
    there, = ask(reader, {"region": "330100", "on": DAY, "entitlements": ["t_floor"]}).json()["answers"]
    assert answer["region"] == "330100" and answer["results"] == there["results"]


@pytest.mark.parametrize(("sent", "status", "en", "zh"), [
    ("{", 400, "What was sent is not JSON.", "内容不是 JSON。"),
    ("[]", 400, "What is sent should be an object, {…}.", "内容应是 {…} 的样子。"),
    ('{"region": "310000", "facts": {"t_months": NaN}}', 400, "What was sent is not JSON.", "内容不是 JSON。"),
    ("[" * 5000, 400, "What was sent is not JSON.", "内容不是 JSON。"),
    ('{"region": "310000", "region": "330000"}', 400, "“region” is given twice.", "“region”写了两次。"),
    ('{"region": "310000", "facts": {"t_months": 12, "t_months": 2}}', 400, "“t_months” is given twice.", "写了两次"),
    ('{"region": "\\ud800"}', 400, "What was sent holds half a character.", "内容里有残缺的字符。"),
    ('{"region": "CN", "facts": {"\\udfff": 1}}', 400, "holds half a character.", "残缺的字符"),
    ('{"region": "CN", "facts": {"t_months": 1e99999999999999999999}}', 400, "“1e99999999999999999999” is too large",
     "太大或太小"),
    ({"region": "CN", "facts": {"t_day": "0058-01-01"}}, 400, "0058-01-01 is not between 1880 and 2199.",
     "登记日期（测试）：0058-01-01 不在 1880 年到 2199 年之间。"),
    ({"region": "CN", "places": {"moon": "CN"}, "entitlements": ["t_floor"]}, 400, "There is no role", "没有“moon”"),
    ({}, 400, "“region” is missing.", "缺少“region”。"),
    ({"region": 310000}, 400, "“region” should be a text.", "“region”应是文字。"),
    ({"region": "000000"}, 400, "There is no region with the code", "没有"),
    ({"region": "CN", "on": "2026-02-30"}, 400, "“2026-02-30” is not a date", "不是有效日期"),
    ({"region": "CN", "fact": {}}, 400, "There is no field “fact”.", "没有“fact”这一栏。"),
    ({"region": "CN", "facts": [1]}, 400, "“facts” should be an object", "“facts”应是"),
    ({"region": "CN", "facts": {"x": 1}}, 400, "There is no fact “x”.", "没有名为“x”的事实。"),
    ({"region": "CN", "facts": {"t_months": 721}}, 400, "721 is not between 0 and 720", "721 不在 0 到 720 之间"),
    ({"region": "CN", "facts": {"t_months": [1]}}, 400, "Months paid: Number is wanted",
     "缴费月数（测试）：这里应是数，而不是列表“[1]”。"),
    ({"region": "CN", "places": {"moon": "CN"}}, 400, "There is no role of place “moon”", "没有“moon”这种地点"),
    ({"region": "CN", "places": {"employer": "000000"}}, 400, "There is no region with the code", "没有"),
    ({"region": "CN", "entitlements": "all"}, 400, "“entitlements” should be a list of codes.", "应是代码的一列"),
    ({"region": "CN", "entitlements": ["x"]}, 400, "There is no entitlement “x”.", "没有代码为“x”的待遇。"),
    ("x" * 70_000, 413, "More than 65536 bytes were sent.", "内容超过 65536 字节。")])
def test_what_cannot_be_answered_is_refused_in_both_languages(reader, sent, status, en, zh):
    answer = ask(reader, sent)
    assert answer.status_code == status
    assert en in answer.json()["error"]["en"] and zh in answer.json()["error"]["zh"]
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", [API, f"{API}/t_benefit.dmn", "/api/v1/promised"])
def test_a_slip_in_an_address_is_not_answered_for_another_place(reader, path):
    for query, sentence in (("regoin=310000", "There is no parameter “regoin”."),
                            ("region=310000&region=330000", "“region” is given twice.")):
        answer = reader.get(f"{path}?{query}")
        assert answer.status_code == 400 and answer.json()["error"]["en"] == sentence


@pytest.mark.parametrize(("path", "status"), [(f"{API}?region=CN%00", 400), ("/api/v1/nothing", 404)])
def test_machines_are_answered_in_json_whatever_is_wrong(reader, path, status):
    answer = reader.get(path)
    assert answer.status_code == status and set(answer.json()["error"]) == {"zh", "en"}


def test_a_place_by_role_that_is_null_is_not_given(reader):
    sent = {"region": SHANGHAI, "on": DAY, "entitlements": ["t_floor"]}
    assert ask(reader, sent | {"places": {"employer": None}}).json() == ask(reader, sent).json()


def test_the_list_names_every_entitlement_and_fact(reader):
    told = reader.get(f"{API}?region={JIANGSU}&on={DAY}").json()
    heads = {one["code"]: one for one in told["entitlements"]}
    assert heads["t_benefit"]["facts"] == ["t_months", "t_against", "t_drawn"] and heads["t_benefit"]["in_force"]
    assert heads["t_benefit"]["payers"] == {"unemployment_fund": 60, "county": 40}
    assert not heads["t_here_only"]["in_force"] and heads["t_grant"]["error"]["en"]
    facts = {one["code"]: one for one in told["facts"]}
    assert (facts["t_months"]["low"], facts["t_months"]["high"], facts["t_wage"]["high"]) == (0, 720, None)
    assert [one["code"] for one in facts["t_kind"]["options"]] == ["light", "heavy"]


@pytest.mark.parametrize("path", [API, f"{API}/t_benefit.dmn"])
def test_other_methods_are_refused(reader, path):
    for method in ("put", "delete", "patch", *(() if path == API else ("post",))):
        answer = getattr(reader, method)(path)
        assert answer.status_code == 405 and "GET" in answer["Allow"] and answer.json()["error"]["zh"]


def test_a_rule_is_handed_out_as_dmn(reader):
    answer = reader.get(f"{API}/t_benefit.dmn?region={SHANGHAI}&on={DAY}")
    assert answer.status_code == 200 and answer["Content-Type"].startswith("application/xml")
    assert f"t_benefit-{SHANGHAI}-{DAY}.dmn" in answer["Content-Disposition"]
    text = answer.content.decode()
    assert "<definitions" in text and "min(24, 2 * floor(t_months / 12))" in text
    assert "min(24" not in reader.get(f"{API}/t_benefit.dmn?region=CN&on={DAY}").content.decode()


@pytest.mark.parametrize(("path", "status", "en"), [
    ("nothing.dmn", 404, "There is no entitlement “nothing”."),
    (f"t_here_only.dmn?region={ZHEJIANG}&on={DAY}", 404, "No rule “t_here_only” is in force in 330000"),
    ("t_benefit.dmn?region=000000", 400, "There is no region with the code"),
    ("t_benefit.dmn?on=tomorrow", 400, "“tomorrow” is not a date"),
    (f"t_grant.dmn?region={JIANGSU}", 400, "t_grant 320000")])
def test_a_rule_that_cannot_be_handed_out_is_told(reader, path, status, en):
    answer = reader.get(f"{API}/{path}")
    assert answer.status_code == status and en in answer.json()["error"]["en"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_example_of_the_docs_is_answered(reader, language):
    page = (ROOT / "docs" / language / "entitled.md").read_text("utf-8")
    sent = re.search(r"-d '(\{.*?\})'", page, re.S)
    assert sent
    told = ask(reader, sent[1]).json()
    assert [one["entitlement"] for one in told["answers"]] == ["unemployment_benefit"] and told["next_question"]
