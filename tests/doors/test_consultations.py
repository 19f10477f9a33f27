"""The public's side of a draft: what is open, the clauses, saying something, and what becomes of it."""

import csv
import io
import re
from typing import Any

import pytest
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from drafting_cast import CITY, COUNTY, PROVINCE, clause, days, opened, person, take, today, written
from jizhun.drafting.actions import comments, texts
from jizhun.drafting.models import CommentRow, Consultation, Project
from jizhun.drafting.rules.text import with_body
from jizhun.kernel.bilingual import Bilingual
from jizhun.portal import consultation_form
from jizhun.portal.consultation_form import SALT
from jizhun.portal.draft_text import marked


def asked(*, closes: int = 10, public: bool = True, opens: int = -31, **more: Any) -> Consultation:
    """A round of comments on the short text."""
    project = take(take(opened(on=today() - days(60), **more), "submit", ago=60), "accept", "market-regulator", ago=60)
    written(project)
    texts.save_clause(by=person("province-editor"), project=project, clause=clause(
        "clause", "- 窗口<b>办</b>\n- 网上办", "", heading=("渠道", "Channels")))
    draft = texts.issue(by=person("province-editor"), project=project, label="comment", on=today() - days(40))
    project = take(project, "consult", ago=40)
    bodies = [CITY] if project.region == PROVINCE else []
    return comments.open_consultation(
        by=person("province-editor"), project=project, draft=draft, opens_on=today() + days(opens), bodies=bodies,
        closes_on=today() + days(closes), public=public, announced="省厅网站公告",
        asks=Bilingual("时限是否可行？", "Is the limit feasible?"))


def key_of(round_: Consultation, place: int) -> str:
    return str(round_.draft.facts()[place].key)


LIMIT, CHANNELS = 5, 6
"""Places of two clauses in the text."""


def stamp(seconds: float) -> str:
    return signing.dumps(consultation_form.time.time() - seconds, salt=SALT)


def sent(client: Client, round_: Consultation, **other: str):
    """Send the public form as a browser would, a minute after the page was made."""
    typed = {"who": "public", "kind": "te", "text": "希望当日办结。", "clause": "", "quote": "", "proposed": "",
             "name": "", "notify": "", "leave_empty": "", "stamp": stamp(float(other.pop("age", "60"))), **other}
    return client.post(f"/en/consultations/{round_.pk}/", typed)


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return str(answer.content.decode())


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def shown(comment: CommentRow) -> CommentRow:
    return comments.moderate(by=person("province-editor"), comment=comment, show=True)


# --- the list -----------------------------------------------------------------------------------------


def test_the_list_tells_what_is_open_above_and_below_a_place_and_how_long(reading: Client):
    round_ = asked(closes=10)
    for place in (PROVINCE, COUNTY):
        html = page(reading, f"/en/consultations/?region={place}")
        assert f"/en/consultations/{round_.pk}/" in html and "11 days left" in html
    assert "1 draft is open for your comments" in page(reading, f"/en/consultations/?region={PROVINCE}")


def test_an_empty_list_says_what_it_means_and_examples_never_stand_among_real_drafts(reading: Client):
    round_ = asked()
    html = page(reading, "/en/consultations/?region=CN")
    assert "No draft is open for comments here" in html and "What that means" in html
    examples = html[html.index('id="examples"'):]
    assert f"/consultations/{round_.pk}/" in examples and "fictional" in examples
    assert f"/consultations/{round_.pk}/" not in html[:html.index('id="examples"')]
    assert f"/consultations/{round_.pk}/" not in page(reading, "/en/consultations/?region=310000")


def test_a_round_that_is_over_shows_how_many_comments_it_had_and_how_many_are_answered(reading: Client):
    round_ = asked(closes=0)
    said = shown(comments.comment_as_public(consultation=round_, text="好", address="192.0.2.1"))
    comments.comment_as_public(consultation=round_, text="held back", address="192.0.2.1")
    comments.dispose(by=person("province-editor"), comments=[said], disposition="noted", answer="谢谢")
    comments.close_consultation(by=person("province-editor"), consultation=round_)
    answer = reading.get(f"/en/consultations/?region={PROVINCE}&csv=closed")
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (row["comments"], row["answered"]) == ("1", "1")


def test_what_is_asked_of_offices_only_is_not_shown_to_the_public(reading: Client, signed_in):
    round_ = asked(public=False)
    html = page(reading, f"/en/consultations/?region={PROVINCE}")
    assert str(round_.pk) not in re.findall(r"/consultations/(\d+)/", html)
    for tail in ("", "comments/", "?file=docx"):
        assert reading.get(f"/en/consultations/{round_.pk}/{tail}").status_code == 404
    assert signed_in("county").get(f"/en/consultations/{round_.pk}/").status_code == 200
    assert sent(reading, round_).status_code == 404


def test_a_round_is_a_secret_until_its_first_day(reading: Client):
    round_ = asked(opens=3)
    assert reading.get(f"/en/consultations/{round_.pk}/").status_code == 404


# --- the draft ----------------------------------------------------------------------------------------


def test_the_draft_stands_clause_by_clause_with_printed_numbers_anchors_and_what_is_asked(reading: Client):
    round_ = asked()
    html = page(reading, f"/en/consultations/{round_.pk}/")
    assert html.count(f'id="c-{key_of(round_, LIMIT)}"') == 1 and f'href="#c-{key_of(round_, LIMIT)}"' in html
    assert '<span class="no">5</span> Time limit</h3>' in html
    assert "The claim is settled within 2 working days" in html and "Is the limit feasible?" in html
    for words in ("HRSS department of the fictional province", "11 days left", "Pine Sample City"):
        assert words in html


def test_what_is_not_translated_stands_in_its_own_language_and_says_so(reading: Client):
    round_ = asked()
    assert '<li><span lang="zh-Hans">网上办</span></li>' in page(reading, f"/en/consultations/{round_.pk}/")
    assert "<li>网上办</li>" in page(reading, f"/zh/consultations/{round_.pk}/")


def test_the_draft_can_be_taken_away(reading: Client):
    round_ = asked()
    answer = reading.get(f"/zh/consultations/{round_.pk}/?file=docx")
    assert answer.content.startswith(b"PK") and ".docx" in answer["Content-Disposition"]
    assert reading.get(f"/zh/consultations/{round_.pk}/?file=exe").status_code == 404


def test_a_link_under_each_clause_brings_a_form_that_names_it(reading: Client):
    round_ = asked()
    key = key_of(round_, LIMIT)
    assert f'href="?clause={key}#say"' in page(reading, f"/en/consultations/{round_.pk}/")
    html = page(reading, f"/en/consultations/{round_.pk}/?clause={key}")
    assert re.search(rf'<option value="{key}" selected>5\s+Time limit</option>', html)


# --- saying something ---------------------------------------------------------------------------------


def test_a_comment_of_the_public_is_held_and_its_writer_gets_an_address(reading: Client):
    round_ = asked()
    answer = sent(reading, round_, clause=key_of(round_, LIMIT), quote="2个工作日", name="王女士")
    said = CommentRow.objects.get()
    assert answer.status_code == 302 and answer["Location"] == f"/en/comments/{said.token}/?new=1"
    assert (said.state, said.clause_number, said.quote, said.body) == ("held", "5", "2个工作日", "王女士")
    html = page(reading, answer["Location"])
    assert f"http://testserver/en/comments/{said.token}/" in html and "Somebody looks at it" in html
    for elsewhere in ("", "comments/", "comments/?csv=comments"):
        assert "希望当日办结" not in page(reading, f"/en/consultations/{round_.pk}/{elsewhere}")


def test_once_shown_it_stands_under_its_clause_with_the_words_marked_and_its_answer(reading: Client):
    round_ = asked()
    sent(reading, round_, clause=key_of(round_, LIMIT), quote="2个工作日", proposed="当日办结。")
    said = shown(CommentRow.objects.get())
    comments.dispose(by=person("province-editor"), comments=[said], disposition="partly", answer="资料齐全的当日办结。")
    html = page(reading, f"/zh/consultations/{round_.pk}/")
    section = html[html.index(f'id="c-{said.clause}"'):html.index(f'id="c-{key_of(round_, CHANNELS)}"')]
    assert "<mark>2个工作日</mark>" in section
    for words in ("希望当日办结", "当日办结。", "部分采纳", "资料齐全的当日办结。"):
        assert words in section
    table = reading.get(f"/en/consultations/{round_.pk}/comments/?csv=comments").content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(table))
    assert (row["clause"], row["comment"], row["disposition"]) == ("5", "希望当日办结。", "partly")


def test_what_is_hidden_is_told_to_its_writer_only(reading: Client):
    round_ = asked()
    sent(reading, round_, text="买发票")
    said = CommentRow.objects.get()
    comments.moderate(by=person("province-editor"), comment=said, show=False, reason="与草案无关")
    assert "与草案无关" in page(reading, f"/en/comments/{said.token}/")
    for elsewhere in ("", "comments/", "comments/?csv=comments"):
        html = page(reading, f"/en/consultations/{round_.pk}/{elsewhere}")
        assert "买发票" not in html and "与草案无关" not in html


NASTY = '<script>alert("x")</script><img src=x onerror=alert(1)>'


def test_no_text_of_a_reader_becomes_part_of_the_page(reading: Client):
    round_ = asked()
    sent(reading, round_, clause=key_of(round_, CHANNELS), text=NASTY, name=NASTY, proposed=NASTY,
         quote="窗口<b>办</b>")
    said = shown(CommentRow.objects.get())
    comments.dispose(by=person("province-editor"), comments=[said], disposition="noted", answer=NASTY)
    for address in (f"consultations/{round_.pk}/", f"consultations/{round_.pk}/comments/", f"comments/{said.token}/"):
        html = page(reading, f"/en/{address}")
        assert "<script>alert" not in html and "<img" not in html and "<b>" not in html
        assert "&lt;script&gt;" in html
    assert "<mark>窗口&lt;b&gt;办&lt;/b&gt;</mark>" in page(reading, f"/zh/consultations/{round_.pk}/")
    again = sent(reading, round_, text=NASTY, notify="x")
    assert "<script>alert" not in again.content.decode()


def test_no_text_of_a_reader_becomes_a_formula_in_a_spreadsheet(reading: Client):
    round_ = asked()
    sent(reading, round_, text="=HYPERLINK(1)")
    shown(CommentRow.objects.get())
    table = reading.get(f"/en/consultations/{round_.pk}/comments/?csv=comments").content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(table))
    assert row["comment"] == "'=HYPERLINK(1)"


@pytest.mark.parametrize(("other", "name", "sentence"), [
    ({"text": " "}, "text", "Write your comment."),
    ({"text": "长" * 6001}, "text", "Too long: 6,000"),
    ({"notify": "nobody"}, "notify", "reads like name@example.org"),
    ({"name": "x" * 201}, "name", "Too long: 200"),
    ({"clause": "nowhere"}, "clause", "Choose a clause"),
    ({"kind": "xx"}, "kind", "Choose the kind"),
    ({"leave_empty": "http://spam"}, "text", "people do not see"),
    ({"age": "1"}, "text", "quicker than a person types"),
    ({"age": "46800"}, "text", "open for too long"),
    ({"stamp": "made up"}, "text", "open for too long"),
])
def test_wrong_input_is_named_beside_its_field_and_keeps_every_word(reading: Client, other, name, sentence):
    round_ = asked()
    answer = sent(reading, round_, **{"proposed": "原有的建议", "quote": "2个工作日", **other})
    html = answer.content.decode()
    assert answer.status_code == 400 and not CommentRow.objects.exists()
    summary = html[html.index('class="error-summary"'):html.index("</div>", html.index('class="error-summary"'))]
    assert sentence in summary and f'href="#public-{name}"' in summary and f'id="public-{name}"' in html
    assert "原有的建议" in html and 'value="2个工作日"' in html and other.get("text", "希望当日办结。").strip() in html


def test_an_expired_form_can_be_sent_again_as_it_came_back(reading: Client):
    round_ = asked()
    html = sent(reading, round_, age="46800").content.decode()
    fresh = re.search(r'name="stamp" value="([^"]+)"', html)
    assert fresh and consultation_form._age(fresh[1]) is not None
    assert sent(reading, round_, age="5").status_code == 302


def test_who_sends_very_much_is_stopped_with_429_and_loses_nothing(reading: Client):
    round_ = asked()
    for _ in range(comments.AN_HOUR):
        assert sent(reading, round_).status_code == 302
    answer = sent(reading, round_, text="还有一条")
    assert answer.status_code == 429 and "Too many comments" in answer.content.decode()
    assert "还有一条" in answer.content.decode()
    forged = sent(Client(headers={"x-forwarded-for": "203.0.113.9", "accept-language": "en"}), round_)
    assert forged.status_code == 429


def test_behind_our_own_proxy_the_last_hop_counts(reading: Client, settings):
    settings.HTTPS = True
    round_ = asked()
    for number in range(comments.AN_HOUR):
        far = Client(headers={"x-forwarded-for": f"198.51.100.{number}, 203.0.113.9"})
        assert sent(far, round_).status_code == 302
    assert sent(Client(headers={"x-forwarded-for": "1.1.1.1, 203.0.113.9"}), round_).status_code == 429
    assert sent(Client(headers={"x-forwarded-for": "1.1.1.1, 203.0.113.10"}), round_).status_code == 302


def test_a_round_that_is_over_takes_nothing_and_gives_the_words_back(reading: Client):
    round_ = asked(closes=0)
    comments.close_consultation(by=person("province-editor"), consultation=round_)
    assert 'id="say"' not in page(reading, f"/en/consultations/{round_.pk}/")
    answer = sent(reading, round_, text="来晚了的话")
    assert answer.status_code == 400 and "来晚了的话" in answer.content.decode()
    assert "does not take comments" in answer.content.decode() and not CommentRow.objects.exists()


def test_no_comment_is_taken_from_another_site(reading: Client):
    round_ = asked()
    strict = Client(enforce_csrf_checks=True)
    assert sent(strict, round_).status_code == 403


# --- for a body ---------------------------------------------------------------------------------------


def for_body(client: Client, round_: Consultation, region: str):
    return client.post(f"/en/consultations/{round_.pk}/", {
        "who": "body", "region": region, "kind": "te", "clause": key_of(round_, LIMIT), "text": "两天做不到。"})


def test_an_official_within_the_place_comments_for_the_body(signed_in):
    round_ = asked()
    county = signed_in("county")
    html = page(county, f"/en/consultations/{round_.pk}/")
    assert "Comment for your office" in html and f'<option value="{COUNTY}"' in html
    answer = for_body(county, round_, COUNTY)
    said = CommentRow.objects.get()
    assert answer["Location"] == f"/en/comments/{said.token}/?new=1"
    assert (said.region, said.desk, said.by, said.state) == (COUNTY, CITY, "county-editor", "shown")
    assert "waits at Pine Sample City" in text_of(page(county, f"/en/comments/{said.token}/"))
    assert "两天做不到" not in page(county, f"/en/consultations/{round_.pk}/")  # it has not arrived


def test_an_official_elsewhere_cannot(signed_in):
    round_ = asked(region=CITY)
    elsewhere = signed_in("elsewhere")
    assert "Comment for your office" not in page(elsewhere, f"/en/consultations/{round_.pk}/")
    for region, status in (("990201", 400), (COUNTY, 403)):
        answer = for_body(elsewhere, round_, region)
        assert answer.status_code == status and "两天做不到。" in answer.content.decode()
    assert not CommentRow.objects.exists()


@pytest.mark.parametrize("who", ["nation", "reviewer", "stranger"])
def test_who_has_no_place_within_or_no_right_has_the_public_form_only(signed_in, who: str):
    round_ = asked()
    html = page(signed_in(who), f"/en/consultations/{round_.pk}/")
    assert "Comment for your office" not in html and 'value="public"' in html
    assert for_body(signed_in("reviewer"), round_, PROVINCE).status_code == 403
    assert for_body(signed_in("stranger"), round_, COUNTY).status_code == 403
    assert not CommentRow.objects.exists()


# --- one comment --------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["nothing", "x" * 200, "%3Cscript%3E"])
def test_an_unknown_address_is_not_found(reading: Client, token: str):
    assert reading.get(f"/en/comments/{token}/").status_code == 404


def test_a_county_reads_through_whom_it_speaks_and_what_became_of_it(reading: Client):
    round_ = asked()
    said = comments.comment_for_body(by=person("county-editor"), consultation=round_, region=COUNTY, text="太短",
                                     clause=key_of(round_, LIMIT))
    together = comments.consolidate(by=person("city-standards"), comments=[said], desk=CITY, text="建议五天。")
    comments.dispose(by=person("province-editor"), comments=[together], disposition="accepted", answer="改为五天。")
    html = text_of(page(reading, f"/en/comments/{said.token}/"))
    assert f"speaks for it in comment {together.key}" in html and "建议五天。" in html
    assert "Accepted : 改为五天。" in html


def later(project: Project) -> None:
    texts.issue(by=person("province-editor"), project=project, label="review")


def standing(reading: Client, said: CommentRow) -> str:
    html = text_of(page(reading, f"/en/comments/{said.token}/"))
    return html[html.index("Where it stands"):]


def test_where_a_comment_stands_once_the_draft_has_moved_on(reading: Client):
    round_ = asked()
    editor, project = person("province-editor"), round_.project
    limit, channels = (round_.draft.facts()[place] for place in (LIMIT, CHANNELS))
    quoted, plain, list_, gone, whole = (comments.comment_as_public(
        consultation=round_, text="x", address="192.0.2.1", clause=key, quote=quote) for key, quote in (
            (limit.key, "2个工作日"), (limit.key, ""), (channels.key, "窗口<b>办</b> 网上办"), (key_of(round_, 4), ""),
            ("", "")))
    assert "clause 5 Time limit, whose words stand there still" in standing(reading, quoted)
    assert "clause 6 Channels, whose words stand there still" in standing(reading, list_)  # across two lines of a list
    assert "about the whole draft" in standing(reading, whole)
    texts.move_clause(by=editor, project=project, key=limit.key, before=key_of(round_, 4))
    later(project)
    assert "words stand there still. Its number is 4 now." in standing(reading, quoted)
    texts.save_clause(by=editor, project=project, seen=texts.fingerprint(limit),
                      clause=with_body(limit, "应在3日内办结。", "应在3日内办结。"))
    basic = round_.draft.facts()[4]
    texts.remove_clause(by=editor, project=project, key=basic.key, seen=texts.fingerprint(basic))
    later(project)
    assert "words of clause 5 Time limit that are no longer there" in standing(reading, quoted)
    assert "clause 5 Time limit, which reads differently now" in standing(reading, plain)
    assert "clause 4 General requirements, which is no longer in the draft" in standing(reading, gone)


def test_quotes_are_marked_across_lines_and_blanks_and_never_where_they_are_not():
    assert marked(["经办 机构", "应公开"], ["机构应"]) == [[(3, 5)], [(0, 1)]]
    assert marked(["ab cd"], ["b c", "cd", "zz", ""]) == [[(1, 5)]]
    assert marked(["abab"], ["ab"]) == [[(0, 2)]]
    assert marked([], ["x"]) == []


# --- the table ----------------------------------------------------------------------------------------


def test_the_table_counts_by_disposition_pages_and_narrows(reading: Client):
    round_ = asked()
    editor = person("county-editor")
    some = [comments.comment_for_body(by=editor, consultation=round_, region=COUNTY, text=f"意见 {n}",
                                      clause=key_of(round_, LIMIT) if n % 2 else "") for n in range(6)]
    comments.pass_on(by=person("city-standards"), comments=some, desk=CITY)
    for n, disposition in enumerate(("accepted", "partly", "rejected")):
        comments.dispose(by=person("province-editor"), comments=[some[n]], disposition=disposition, answer="因为")
    address = f"/en/consultations/{round_.pk}/comments/"
    html = page(reading, address)
    assert "2 of 3 answered comments changed the draft" in html and "<svg" in html
    counts = list(csv.DictReader(io.StringIO(reading.get(f"{address}?csv=counts").content.decode("utf-8-sig"))))
    assert {row["disposition"]: row["comments"] for row in counts} == {
        "accepted": "1", "partly": "1", "rejected": "1", "noted": "0", "open": "3", "In all": "6"}
    assert reading.get(f"{address}?disposition=open").context["listing"].found == 3
    assert reading.get(f"{address}?clause={key_of(round_, LIMIT)}").context["listing"].found == 3
    assert reading.get(f"{address}?clause=-").context["listing"].found == 3
    table = csv.DictReader(io.StringIO(reading.get(f"{address}?csv=comments").content.decode("utf-8-sig")))
    assert [row["clause"] for row in table] == ["", "", "", "5", "5", "5"]  # in the order of the draft
    assert reading.get(f"{address}?xlsx=comments").content.startswith(b"PK")


def test_the_pages_ask_the_database_as_often_for_many_comments_as_for_few(reading: Client):
    round_ = asked()
    addresses = (f"/en/consultations/{round_.pk}/comments/", f"/en/consultations/{round_.pk}/")

    def queries(number: int) -> list[int]:
        some = [comments.comment_for_body(by=person("county-editor"), consultation=round_, region=COUNTY, text="x")
                for _ in range(number)]
        comments.pass_on(by=person("city-standards"), comments=some, desk=CITY)
        found = []
        for address in addresses:
            page(reading, address)
            with CaptureQueriesContext(connection) as asked_for:
                page(reading, address)
            found.append(len(asked_for))
        return found

    assert queries(2) == queries(9)


# --- how fast -----------------------------------------------------------------------------------------


def test_simulated_projects_are_named_so_and_stand_apart(reading: Client):
    asked()
    html = page(reading, f"/en/speed/?region={PROVINCE}")
    assert "Simulated projects" in html and "Projects on record" not in html and "(n = 1)" in html
    assert reading.get("/en/speed/?region=CN").context["parts"][0].simulated
    assert "No project is on record here" in page(reading, "/en/speed/?region=310000")
    answer = reading.get(f"/en/speed/?region={PROVINCE}&by=region&csv=by-region-simulated")
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (row["region"], row["projects"], row["n"]) == ("Sample Province", "1", "0")
