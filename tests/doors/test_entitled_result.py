"""What one is entitled to, the answer: cards with reasons and papers, and the rules behind them."""

import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.utils import translation

from entitled_walk import API, DAY, JIANGSU, SHANGHAI, ZHEJIANG, Walk, likely
from jizhun.entitlements.dmn.model import Text
from jizhun.entitlements.rules.answering import Worked
from jizhun.entitlements.rules.book import Cited, Result, Working
from jizhun.kernel.bilingual import Bilingual
from jizhun.portal.entitled_words import worked_words
from jizhun.provisions.actions import promised
from jizhun.provisions.rules import Cells, Quantity

# -- the result ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "says"), [
    ("en", ("Likely yes", "Amount a month 2,340 yuan a month", "Longest duration 20 months", "met A full year was paid",
            "Regulation on Unemployment Insurance, Article 14 (2) not verified", "Article 14 source read",
            "values since 2026-07-01", "should have been renewed since", "Benefit amount” is of 2026-07-01",
            "Shanghai (Place of insurance)", "Nation: range",
            "paid by: unemployment insurance fund 60 %, county budget 40 %",
            "2 clauses behind this were not verified", "By the months (Shanghai): 20 months",
            "Where to go and what is promised: Unemployment benefit claim")),
    ("zh", ("很可能可以", "每月金额 每月 2,340 元", "最长期限 20 个月", "符合 缴满一年", "第十四条第二项 未核实",
            "标准自2026年7月1日起执行", "本应已更新", "上海市（参保地）",
            "资金来源：失业保险基金 60%、县级财政 40%", "按月数计算（上海）：20 个月"))])
def test_a_card_says_what_how_much_why_from_which_papers_and_where_to_go(reader, language, says):
    card = likely(reader, language).card("t_benefit").replace("： ", "：")
    assert [one for one in says if one not in card] == [], card


@pytest.mark.parametrize(("name", "value", "en", "zh"), [
    ("birth_month", 1966 * 12 + 4, "1966-05", "1966年5月"), ("earliest", 2026 * 12, "2026-01", "2026年1月"),
    ("delay_months", 5, "5 months", "5 个月"), ("minimum_year", 2026, "2026", "2026"),
    ("wage", 5000, "5,000", "5,000")])
def test_a_step_is_told_in_what_it_counts_and_never_as_a_bare_number_of_months(name, value, en, zh):
    cited = Cited("a-paper", Bilingual("", ""))
    step = Worked(Working(name, Text("1"), "number", Bilingual("", ""), cited), Decimal(value))
    handed = Result("first", Text("earliest"), "year_month", Bilingual("", ""), cited)
    for language, says in (("en", en), ("zh-hans", zh)):
        with translation.override(language):
            assert worked_words(step, [handed]) == says


def test_a_remark_on_all_parts_is_made_once(reader):
    assert likely(reader).card("t_benefit").count("A remark on all parts.") == 1
    rule = reader.get(f"/en/entitled/rules/t_benefit/?region=CN&on={DAY}").content.decode()
    assert rule.count("A remark on all parts.") == 1


def test_clauses_lead_to_their_source_and_the_page_to_the_service(reader):
    html = likely(reader).html
    assert re.search(r'<a href="https?://[^"]+" rel="noreferrer">Regulation on Unemployment Insurance, Article 14</a>',
                     html)
    assert f'href="/en/items/NB029/?region={SHANGHAI}&amp;on={DAY}#NB029-EX01"' in html
    assert f'href="/en/entitled/rules/t_benefit/?region={SHANGHAI}&amp;on={DAY}"' in html


def test_the_result_says_that_it_is_an_estimate_and_lists_the_answers_to_change(reader):
    walk = likely(reader)
    assert "This is an estimate for reference; the handling body decides." in walk.text
    assert "Months paid 130 months Change" in walk.text and "Against your will yes Change" in walk.text
    walk.press(change="t_against")
    assert walk.title == "Did you lose the job against your will?" and 'value="true" checked' in walk.html
    walk.answer("false")
    assert "Likely no" in walk.card("t_benefit")
    assert walk.carried["said-t_months"] == ["130"]


def test_what_would_change_an_unlikely_answer(reader):
    walk = Walk(reader).start("t_benefit").press(show="t_against").answer("true", "9")
    card = walk.card("t_benefit")
    assert "Likely no" in card and "Not met: A full year was paid" in card
    assert "If “Months paid” were “12 months”, the answer would be likely yes." in card
    above = card.partition("The values it rests on")[0]
    assert "yuan a month" not in above and "values since" not in above and "should have been renewed" not in above


def test_who_pays_is_said_for_the_place(reader):
    for place, says in ((SHANGHAI, "paid by: city budget; what a place adds, by that place"),
                        (ZHEJIANG, "paid by: central budget; what a place adds, by that place")):
        assert says in Walk(reader).start("t_floor", region=place).card("t_floor")


def test_a_value_is_a_range_where_the_tier_is_open(reader):
    value = promised(matter="*", measure="minimum_wage", region=ZHEJIANG, on=date.fromisoformat(DAY))[0].value
    assert isinstance(value, Cells) and isinstance(value.low, Quantity) and isinstance(value.high, Quantity)
    says = f"Minimum wage {value.low.amount:,f} yuan a month to {value.high.amount:,f} yuan a month"
    assert says in Walk(reader).start("t_floor", region=ZHEJIANG).card("t_floor")


def test_likely_comes_first_then_open_then_unlikely(reader):
    walk = Walk(reader).start("t_benefit", "t_grant", "t_floor").press(show="t_months").answer("9").press(finish="1")
    verdicts = re.findall(r'<article class="entitlement (\w+)"', walk.html)
    order = ("likely", "open", "unlikely")
    assert set(verdicts) == set(order) and verdicts == sorted(verdicts, key=order.index)


def test_a_verdict_is_a_word_and_a_sign(reader):
    html = likely(reader).html
    assert re.search(r'<p class="verdict likely"><span class="glyph" aria-hidden="true">✓</span> Likely yes</p>', html)


def test_a_fault_in_a_rule_is_told_and_the_rest_is_answered(reader):
    walk = Walk(reader).start("t_grant").send("question", answer_year="2025", answer_month="1", answer_day="2")
    walk.answer("heavy", "5")
    card = walk.card("t_grant")
    assert "A result with a fault The rule could not be worked out: " in card and "Rules 1 and 2 hold at once" in card
    assert "Grant 2,000 yuan" in card and "Annex" in card


def test_a_rule_that_cannot_be_put_together_is_told_and_takes_no_other_with_it(reader):
    walk = Walk(reader).start("t_grant", "t_floor", region=JIANGSU)
    assert "The rule could not be worked out" in walk.text and "t_grant 320000" in walk.text
    assert "yuan a month" in walk.card("t_floor")


def test_what_has_no_rule_here_is_named(reader):
    walk = Walk(reader).open(ZHEJIANG)
    assert "No rule is on record for this place and day." in walk.text
    walk = walk.start("t_here_only", region=ZHEJIANG)
    assert "No rule on record here" in walk.text and "Shanghai's own test benefit" in walk.text


def test_the_other_language_shows_the_same_page_with_the_answers(reader):
    walk = Walk(reader).start("t_benefit").answer("24")
    walk.in_chinese()
    assert walk.title == "您是不是非自愿失业？" and walk.carried["said-t_months"] == ["24"]
    walk = likely(reader)
    button = re.search(r'<button [^>]*form="answers" formaction="(/zh/entitled/check/)" lang', walk.html)
    assert button
    walk.response = reader.post(button[1], walk.carried)
    assert walk.title == "您可能享受的待遇"


@pytest.mark.parametrize("typed", ["24", "two dozen"])
def test_what_is_half_typed_goes_along_into_the_other_language_and_is_not_yet_an_answer(reader, typed):
    walk = Walk(reader).start("t_benefit").in_chinese(answer=typed)
    assert walk.response.status_code == 200 and walk.title == "您缴了多少个月？"
    assert f'value="{typed}"' in walk.html and "said-t_months" not in walk.carried and "asked" not in walk.carried
    walk = Walk(reader).start("t_grant").in_chinese(answer_year="2025", answer_month="2", answer_day="")
    assert 'size="4" value="2025"' in walk.html and 'size="2" value="2"' in walk.html


def test_what_is_chosen_on_the_start_page_goes_along_into_the_other_language(reader):
    walk = Walk(reader).open(SHANGHAI).in_chinese(about="t_grant", words_employer="杭", event="t_event")
    assert walk.title == "我能享受什么？" and walk.response.status_code == 200
    assert walk.html.count(" checked") == 2 and 'value="杭"' in walk.html and "error-summary" not in walk.html
    wrong = Walk(reader).start("t_grant", words_employer="zzzz").in_chinese(words_employer="330100")
    assert wrong.response.status_code == 200 and "330100" in wrong.html and "您缴了多少个月？" not in wrong.text


def test_enter_in_a_field_goes_on_and_does_not_change_the_language(reader):
    """The first button of a form in the order of the page is the one that Enter presses."""
    for walk in (Walk(reader).open(SHANGHAI), Walk(reader).start("t_benefit")):
        first = re.search(r'<button [^>]*form="typed"[^>]*>', walk.html)
        assert first and "name=" not in first[0] and "formaction" not in first[0] and 'aria-hidden="true"' in first[0]


def test_printed_it_carries_the_address_of_the_start(reader):
    html = likely(reader).html
    assert f"http://testserver/en/entitled/?region={SHANGHAI}&amp;on={DAY}" in html and "<svg" in html
    assert "data-print" in html and "csv=" not in html


# -- the rules -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "says"), [
    ("en", ("Test benefit", "“Months paid” ≥ 12", "t_months >= 12", "“Months paid” / 12", "Benefit amount", "Shanghai",
            "places may not go beyond it", "unemployment insurance fund 60 %", "counts here", "source read",
            "second-hand, not verified", "What one is asked", "0–720 months")),
    ("zh", ("测试待遇", "“缴费月数（测试）” ≥ 12", "上海市", "地方不得超过", "在此适用", "要问的问题"))])
def test_a_rule_is_shown_part_by_part_with_who_says_so(reader, language, says):
    walk = Walk(reader, language)
    walk.response = reader.get(f"/{language}/entitled/rules/t_benefit/?region={SHANGHAI}&on={DAY}")
    assert [one for one in says if one not in walk.text] == []
    assert f'{API}/t_benefit.dmn?region={SHANGHAI}&amp;on={DAY}' in walk.html


def test_a_decision_table_is_a_table_with_a_row_a_rule(reader):
    walk = Walk(reader)
    walk.response = reader.get(f"/en/entitled/rules/t_benefit/?region=CN&on={DAY}&csv=table-by_months")
    rows = walk.html.splitlines()
    paper = "Regulation on Unemployment Insurance"
    assert rows[1:] == [f"< 60,12,{paper}", f"[60..120),18,{paper}", f">= 120,24,{paper}"]
    walk.response = reader.get(f"/en/entitled/rules/t_benefit/?region=CN&on={DAY}")
    assert "under 60 12" in walk.text and "60 to under 120 18" in walk.text and "120 or more 24" in walk.text
    walk.response = reader.get(f"/en/entitled/rules/t_grant/?region=CN&on={DAY}")
    assert "Light work under 5,000.5 1000" in walk.text and "Heavy work any 2000" in walk.text
    assert "“Day of registration” < date(" in walk.text


def test_the_list_of_rules_says_where_there_is_none_and_which_is_broken(reader):
    walk = Walk(reader)
    walk.response = reader.get(f"/en/entitled/rules/?region={JIANGSU}&on={DAY}")
    assert "Test grant The rule could not be worked out" in walk.text
    assert "Shanghai's own test benefit no rule on record here" in walk.text
    assert "Test benefit last word: China" in walk.text


@pytest.mark.parametrize(("path", "status", "says"), [
    (f"t_grant/?region={JIANGSU}", 200, "t_grant 320000"),
    (f"t_here_only/?region={ZHEJIANG}", 200, "No rule on record here"),
    ("nothing/", 404, "There is no entitlement “nothing”.")])
def test_a_rule_that_cannot_be_shown_is_told(reader, path, status, says):
    answer = reader.get(f"/en/entitled/rules/{path}")
    assert answer.status_code == status and says in unescape(answer.content.decode())
