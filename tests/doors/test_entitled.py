"""What am I entitled to: one question a page, and nothing is kept."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from django.test import Client

from entitled_walk import DAY, JIANGSU, SHANGHAI, Walk, ask

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
