"""What am I entitled to: one question a page, nothing kept, an answer with its reasons, and the same for machines."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from entitled_sample import load_sample
from jizhun.entitlements.dmn.model import Text
from jizhun.entitlements.rules.answering import Worked
from jizhun.entitlements.rules.book import Cited, Result, Working
from jizhun.kernel.bilingual import Bilingual
from jizhun.portal.entitled_words import worked_words
from jizhun.provisions.actions import promised
from jizhun.provisions.rules import Cells, Quantity
from worlds import ROOT

SHANGHAI, ZHEJIANG, JIANGSU, DAY = "310000", "330000", "320000", "2026-11-23"
API = "/api/v1/entitlements"
Sent = dict[str, list[str]]


@pytest.fixture
def reader(reading: Client, tmp_path: Path) -> Client:
    """A reader, with the rules of the tests on record."""
    load_sample(tmp_path)
    return reading


# -- a browser without pictures ----------------------------------------------------------------------------


@dataclass
class Form:
    """A form as a browser sees it: where it leads, what it sends unasked, and the names of its fields."""

    action: str
    id: str
    sends: Sent = field(default_factory=dict)
    names: list[str] = field(default_factory=list)


class Forms(HTMLParser):
    """Reads the forms of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(given.get("action", ""), given.get("id", "")))
        elif tag == "input" and self.found:
            form = self.found[-1]
            form.names.append(given.get("name", ""))
            if given.get("type") == "hidden" or "checked" in given:
                form.sends.setdefault(given["name"], []).append(given["value"])


class Walk:
    """Somebody who goes through the pages in one language."""

    def __init__(self, client: Client, language: str = "en") -> None:
        self.client, self.language = client, language
        self.response: Any = None

    @property
    def html(self) -> str:
        return str(self.response.content.decode())

    @property
    def text(self) -> str:
        """What the content says, in one line."""
        main = self.html[self.html.index("<main"):self.html.index("</main>")]
        return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))).strip()

    @property
    def title(self) -> str:
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.html, re.S)
        assert found, self.html
        return unescape(re.sub(r"<[^>]+>", "", found[1])).strip()

    def form(self, having: str) -> Form:
        """The form with this id, or with a field of this name."""
        return next(one for one in Forms(self.html).found if having in (one.id, *one.names))

    def open(self, region: str, *about: str) -> "Walk":
        """Open the start page."""
        self.response = self.client.get(f"/{self.language}/entitled/", {"region": region, "on": DAY, "about": about})
        return self

    def start(self, *about: str, region: str = SHANGHAI, **typed: str) -> "Walk":
        """Open it and press Start."""
        return self.open(region, *about).send("begin", **typed)

    def send(self, having: str, **typed: str) -> "Walk":
        """Send a form with what is typed and the button that is pressed; _ stands for - in names of fields."""
        form = self.form(having)
        self.response = self.client.post(form.action, form.sends | {
            name.replace("answer_", "answer-").replace("words_", "words-"): value for name, value in typed.items()})
        return self

    def in_chinese(self, **typed: str) -> "Walk":
        """Change the language of a page with something typed into its form."""
        button = re.search(r'<button [^>]*form="typed" formaction="(/zh/[^"]*)" name="(turn)" value="(1)"', self.html)
        assert button, self.html
        form = self.form("typed")
        self.response = self.client.post(unescape(button[1]), form.sends | {button[2]: button[3]} | {
            name.replace("answer_", "answer-").replace("words_", "words-"): value for name, value in typed.items()})
        return self

    def answer(self, *texts: str) -> "Walk":
        """Answer the questions, one after the other."""
        for text in texts:
            self.send("question", answer=text)
        return self

    def skip(self) -> "Walk":
        return self.send("question", skip="1")

    def press(self, **button: str) -> "Walk":
        """Press a button that sends all that was said and nothing else."""
        return self.send("answers", **button)

    @property
    def carried(self) -> Sent:
        """What travels with the page."""
        return self.form("answers").sends

    def card(self, code: str) -> str:
        """What the card of an entitlement says."""
        end = r'(<article class="entitlement|<section|<p class="honest)'
        found = re.search(rf'<article class="entitlement \w+" id="{code}">(.*?){end}', self.html, re.S)
        assert found, self.text
        return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[1]))).strip()


# -- the start -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "says"), [
    ("en", ("What am I entitled to?", "Test benefit", "Your answers are not kept", "This is an estimate")),
    ("zh", ("我能享受什么？", "测试待遇", "您的回答不会保存", "本结果是估算"))])
def test_the_start_lists_what_there_is_and_says_that_nothing_is_kept(reader, language, says):
    walk = Walk(reader, language).open(SHANGHAI)
    assert [one for one in says if one not in walk.text] == []
    assert walk.response.status_code == 200


def test_links_to_the_start_choose_for_the_reader(reader):
    walk = Walk(reader)
    walk.response = reader.get("/en/entitled/", {"region": SHANGHAI, "event": "t_event", "about": "t_grant"})
    sends = walk.form("begin").sends
    assert sends["event"] == ["t_event"] and sends["about"] == ["t_grant"]
    walk.send("begin").press(finish="1")
    assert "Test benefit" in walk.text and "Test grant" in walk.text and "Test floor" not in walk.text


def test_nothing_chosen_is_everything(reader):
    walk = Walk(reader).start().press(finish="1")
    assert {"Test benefit", "Test grant", "Test floor"} <= set(re.findall(r"<h2>(Test \w+)</h2>", walk.html))


def test_the_start_page_and_the_item_are_linked_from_where_one_looks(reader):
    home = reader.get("/en/?region=310000").content.decode()
    assert "/en/entitled/?region=310000&amp;event=lost_job" in home and "/en/entitled/?region=310000" in home
    assert f'href="/en/entitled/?region={JIANGSU}"' in reader.get(f"/en/region/?region={JIANGSU}").content.decode()
    item = reader.get("/en/items/NB029/?region=310000").content.decode()
    assert 'name="about" value="t_benefit"' in item and "Am I entitled?" in item
    assert "Am I entitled?</button>" not in reader.get("/en/items/NB001/?region=310000").content.decode()


# -- nothing is kept -------------------------------------------------------------------------------------


def every_page(reader: Client) -> Iterator[Walk]:
    """A page of each kind that holds answers."""
    yield Walk(reader).start("t_benefit")
    yield Walk(reader).start("t_benefit").answer("-1")
    yield Walk(reader).start("t_benefit").answer("24", "true", "1")
    yield Walk(reader).start("t_benefit").answer("24").send("day", place="朝阳")
    walk = Walk(reader).start("t_benefit").answer("24")
    walk.response = reader.post("/en/entitled/", walk.carried)
    yield walk


def test_answers_are_in_no_cookie_no_session_no_address_and_nobody_keeps_the_page(reader):
    reader.get(f"/en/?region={SHANGHAI}")  # the place is remembered, as on every page
    before = {name: one.value for name, one in reader.cookies.items()}
    for walk in every_page(reader):
        assert walk.response["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in walk.response and not walk.response.cookies
        assert not re.search(r'(href|action)="[^"]*(t_months|said-|24)[^"]*\?', walk.html)
        assert walk.response.wsgi_request.get_full_path().partition("?")[2] == ""
    assert {name: one.value for name, one in reader.cookies.items()} == before
    assert reader.session.keys() == set()


def test_answers_in_an_address_are_not_read(reader):
    query = {"region": SHANGHAI, "on": DAY, "asked": "t_months", "said-t_months": "24", "about": "t_benefit"}
    answer = reader.get("/en/entitled/check/", query)
    assert answer.status_code == 302 and answer.url == f"/en/entitled/?region={SHANGHAI}&on={DAY}"
    walk = Walk(reader)
    walk.response = reader.get("/en/entitled/", query)
    assert walk.form("begin").sends == {"region": [SHANGHAI], "on": [DAY], "about": ["t_benefit"], "begin": ["1"]}


def test_forms_need_no_token_and_whoever_signed_in_sees_the_same(reader, signed_in):
    strict = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    assert strict.post("/en/entitled/check/", {"region": SHANGHAI, "on": DAY}).status_code == 200
    assert strict.cookies == {}
    official = Walk(signed_in("county")).start("t_benefit").answer("24", "true", "1")
    assert "Likely yes" in official.card("t_benefit")


# -- questions -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "question", "hint", "why", "progress"), [
    ("en", "For how many months did you pay?", "Your record shows it.", "A year is needed.",
     "Question 1, at most 2 more"),
    ("zh", "您缴了多少个月？", "看权益记录。", "缴费满一年才能领。", "第 1 题，最多还有 2 题")])
def test_a_question_says_what_why_and_how_far_one_is(reader, language, question, hint, why, progress):
    walk = Walk(reader, language).start("t_benefit")
    assert walk.title == question
    assert hint in walk.text and why in walk.text and progress in walk.text
    assert ("Test benefit" if language == "en" else "测试待遇") in walk.text  # it matters for


def test_only_what_still_matters_is_asked(reader):
    walk = Walk(reader).start("t_benefit").answer("24")
    assert walk.title == "Did you lose the job against your will?"
    walk.answer("false")
    assert walk.title == "What you may be entitled to" and "Likely no" in walk.card("t_benefit")
    assert "Month of drawing" not in walk.text


def test_a_fact_that_is_not_known_stays_unknown_and_is_not_asked_again(reader):
    walk = Walk(reader).start("t_benefit").skip().answer("true")
    assert walk.title == "Which month of drawing is it?" and "the last one" in walk.text
    walk.answer("1")
    card = walk.card("t_benefit")
    assert "Needs more" in card and "open A full year was paid – depends on: Months paid" in card
    assert "Longest duration depends on: Months paid" in card and "Answer: Months paid" in card
    walk.press(change="t_months").answer("24")
    assert "Likely yes" in walk.card("t_benefit")


def test_back_leads_to_the_question_before_with_its_answer_and_keeps_the_rest(reader):
    walk = Walk(reader).start("t_benefit").answer("24", "true")
    assert walk.title == "Which month of drawing is it?"
    assert 'name="show" value="t_against"' in walk.html
    walk.press(show="t_against")
    assert walk.title == "Did you lose the job against your will?"
    assert re.search(r'value="true" checked', walk.html)
    assert 'name="show" value="t_months"' in walk.html
    walk.press(show="t_months")
    assert 'id="answer" name="answer" inputmode="numeric" value="24"' in walk.html
    assert 'formaction="/en/entitled/"' in walk.html  # before the first there is the start
    walk.answer("36")
    assert walk.title == "Which month of drawing is it?"
    assert walk.carried["said-t_against"] == ["true"] and walk.carried["said-t_months"] == ["36"]


def test_one_can_stop_and_go_on(reader):
    walk = Walk(reader).start("t_benefit").answer("24").press(finish="1")
    assert walk.title == "What you may be entitled to" and "Needs more" in walk.card("t_benefit")
    walk.press(change="t_against").answer("true")
    assert walk.title == "What you may be entitled to"  # still at the result
    walk.press(go_on="1")
    assert walk.title == "Which month of drawing is it?"


@pytest.mark.parametrize(("fact", "typed", "en", "zh"), [
    ("t_months", "abc", "Months paid: enter a whole number from 0 to 720.",
     "缴费月数（测试）：请填整数，0 到 720 之间。"),
    ("t_months", "721", "Months paid: enter a whole number from 0 to 720.",
     "缴费月数（测试）：请填整数，0 到 720 之间。"),
    ("t_months", "1.5", "Months paid: enter a whole number from 0 to 720.",
     "缴费月数（测试）：请填整数，0 到 720 之间。"),
    ("t_months", "", "Months paid: enter a whole number from 0 to 720, or press “I do not know”.",
     "缴费月数（测试）：请填整数，0 到 720 之间，或按“我不知道”。"),
    ("t_wage", "12.345", "Monthly wage: enter a number of at least 0, with at most 2 digits after the point.",
     "月工资（测试）：请填数字，不小于 0，最多 2 位小数。"),
    ("t_against", "", "Against your will: choose yes or no, or press “I do not know”.",
     "非本人意愿（测试）：请选“是”或“否”，或按“我不知道”。"),
    ("t_against", "perhaps", "Against your will: choose yes or no.", "非本人意愿（测试）：请选“是”或“否”。"),
    ("t_kind", "heavier", "Kind of work: choose one of the answers.", "工作类型（测试）：请选择其中一项。"),
])
def test_an_answer_that_does_not_fit_is_told_on_top_and_what_was_typed_stays(reader, fact, typed, en, zh):
    for language, sentence in (("en", en), ("zh", zh)):
        walk = Walk(reader, language).start("t_benefit", "t_grant").press(show=fact)
        anchor = re.search(r'<input[^>]* id="(answer[^"]*)"[^>]*name="answer"', walk.html) or \
            re.search(r'<input id="(answer)"', walk.html)
        walk.answer(typed)
        assert walk.response.status_code == 400
        assert 'class="error-summary" role="alert"' in walk.html
        assert anchor and f'<a href="#{anchor[1]}">{sentence}</a>' in unescape(walk.html)
        assert walk.text.count(sentence) == 2  # on top, and beside the field
        if fact in ("t_months", "t_wage"):
            assert f'value="{typed}"' in walk.html and "aria-invalid" in walk.html


def test_a_day_is_asked_in_three_parts_and_kept_as_typed_when_it_is_none(reader):
    walk = Walk(reader).start("t_grant")
    assert walk.title == "On which day did you register?"
    walk.send("question", answer_year="2025", answer_month="2", answer_day="30")
    assert walk.response.status_code == 400 and "Day of registration: enter a day that there is" in walk.text
    assert 'name="answer-month" inputmode="numeric" size="2" value="2"' in walk.html
    assert '<a href="#answer-year">' in walk.html
    walk.send("question", answer_year="2025", answer_month="", answer_day="")
    assert walk.response.status_code == 400 and 'size="4" value="2025"' in walk.html
    walk.send("question", answer_year="25", answer_month="2", answer_day="3")
    assert walk.response.status_code == 400 and "the year with four digits" in walk.text
    walk.send("question", answer_year="２０２５", answer_month="2", answer_day="3")
    assert walk.title == "What kind of work do you do?"
    assert "2025-02-03" in walk.press(finish="1").text


@pytest.mark.parametrize("typed", ["1,234.50", "１２３４.５", " 1234.5 "])
def test_numbers_are_understood_as_people_type_them(reader, typed):
    walk = Walk(reader).start("t_grant").press(show="t_wage").answer(typed).press(finish="1")
    assert "1,234.5 yuan a month" in walk.text


@pytest.mark.parametrize("typed",
                         ["1e999999999", "-1e999999999", "9" * 400, "NaN", "Infinity", "1_000", "0x10", "٣", "=1+1"])
def test_odd_numbers_are_answered_with_a_sentence_or_a_result(reader, typed):
    for fact in ("t_wage", "t_months"):
        walk = Walk(reader).start("t_grant", "t_benefit").press(show=fact).answer(typed)
        assert walk.response.status_code in (200, 400)
        assert ask(reader, {"region": "CN", "facts": {fact: typed}}).status_code in (200, 400)
    assert ask(reader, f'{{"region": "CN", "facts": {{"t_wage": {typed}}}}}').status_code in (200, 400)


def test_rules_that_were_taken_away_in_between_harm_nobody(reader):
    walk = Walk(reader).start("t_benefit")
    data = walk.form("question").sends | {"asked": ["gone", "t_months"], "said-gone": "1", "said-t_months": "9",
                                          "about": ["t_benefit", "gone"], "at-nowhere": "1", "question": "gone"}
    walk.response = reader.post("/en/entitled/check/", data)
    assert "Likely no" in walk.card("t_benefit")


# -- places ----------------------------------------------------------------------------------------------


def test_the_place_can_be_changed_on_any_page_and_the_answers_stay(reader):
    walk = Walk(reader).start("t_benefit").answer("24").send("day", place="杭州市", day=DAY, show="t_against")
    assert walk.title == "Did you lose the job against your will?" and walk.carried["region"] == ["330100"]
    assert walk.carried["said-t_months"] == ["24"]
    assert "place" not in reader.cookies or reader.cookies["place"].value == SHANGHAI


def test_a_place_that_is_not_certain_is_asked_for_and_nothing_is_lost(reader):
    walk = Walk(reader).start("t_benefit").answer("24").send("day", place="朝阳")
    assert walk.title == "Which place do you mean?" and 'name="go" value="110105"' in walk.html
    walk.send("region", go="110105")
    assert walk.carried["region"] == ["110105"] and walk.carried["said-t_months"] == ["24"]
    walk.send("day", place="Atlantis")
    assert "No place is called “Atlantis”" in walk.title and walk.response.status_code == 400
    walk.send("region")  # back
    assert walk.carried["region"] == ["110105"] and walk.carried["said-t_months"] == ["24"]
    walk.send("day", day="2026-02-30")
    assert "“2026-02-30” is not a date" in walk.text and walk.carried["said-t_months"] == ["24"]


def test_another_place_counts_for_what_is_paid_elsewhere(reader):
    walk = Walk(reader).start("t_floor", region=SHANGHAI, words_employer="杭州市 330100")
    card = walk.card("t_floor")
    assert "Hangzhou (Place of the employer)" in card and "2,490 yuan a month" in card
    assert walk.carried["at-employer"] == ["330100"] and walk.carried["region"] == [SHANGHAI]


def test_a_place_by_its_role_that_is_not_certain_is_asked_back_with_all_that_was_typed(reader):
    walk = Walk(reader).start("t_benefit", words_employer="朝阳", words_usual_residence="Atlantis")
    assert walk.response.status_code == 400 and walk.title == "What am I entitled to?"
    assert '<a href="#words-employer">Place of the employer: choose which “朝阳” you mean.</a>' in walk.html
    assert '<option value="110105">' in walk.html and 'value="Atlantis"' in walk.html
    assert walk.form("begin").sends["about"] == ["t_benefit"]
    walk.send("begin", words_employer="110105", words_usual_residence="")
    assert walk.carried["at-employer"] == ["110105"] and "at-usual_residence" not in walk.carried


@pytest.mark.parametrize("wrong", [{"region": "000000"}, {"on": "2026-02-30"}, {"at-employer": "999"}])
def test_a_made_up_place_or_day_is_refused_in_a_sentence(reader, wrong):
    answer = reader.post("/en/entitled/check/", {"region": SHANGHAI, "on": DAY, "about": "t_floor", **wrong})
    assert answer.status_code == 400 and "That cannot be shown" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"


# -- the result ------------------------------------------------------------------------------------------


def likely(reader: Client, language: str = "en") -> Walk:
    return Walk(reader, language).start("t_benefit").answer("130", "true", "1")


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


# -- for machines ----------------------------------------------------------------------------------------


def ask(client: Client, content: Any) -> Any:
    text = content if isinstance(content, str) else json.dumps(content)
    return client.post(API, text, content_type="application/json")


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
