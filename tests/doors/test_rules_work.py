"""Rules of benefits at the workbench: who sees and changes them, four ways in, one page before anything is kept."""

import html
import json
import re
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from xlsxwriter import Workbook

from jizhun.entitlements.actions import entitled, record_version, rule
from jizhun.entitlements.interchange import from_xlsx, to_xlsx
from jizhun.entitlements.models import RuleVersion
from jizhun.entitlements.rules.book import Working
from jizhun.entitlements.rules.exchanging import plain_parts
from jizhun.entitlements.rules.promising import Places
from jizhun.people.models import AuditLine
from jizhun.people.rules import SYSTEM
from jizhun.provisions.models import Document

CODE = "unemployment_benefit"
LIST, PAGE = "/en/work/rules/", f"/en/work/rules/{CODE}/"
CHANGE, DRAWN, FILE = f"{PAGE}change/", f"{PAGE}drawn/", f"{PAGE}file/"
PAPER = {"from": "2027-01-01", "document": "new", "title_zh": "松甲区失业保险办法（模拟）",
         "published_on": "2026-12-01",
         "source": "made up for this test", "clause_zh": "第三条", "clause_en": "Article 3", "mark": "SIM"}
WIDER = "contribution_months >= 6 or unused_months > 0"


def base(name: str, kind: str = "conditions", region: str = "990101") -> str:
    """The row of a part as the form carries it."""
    found = rule(code=CODE, region=region, on=date(2027, 1, 1))
    assert found
    return json.dumps(next(row for row in plain_parts(found)[kind] if row["name"] == name), ensure_ascii=False)


def opened(text: str = WIDER, name: str = "paid_a_year", **more: str) -> dict[str, Any]:
    """The form with one condition open."""
    row = json.loads(base(name))
    carried = {key: value for key, value in row.items() if key not in ("zh", "en", "holds")}
    return {**PAPER, "region": "990101", "on": "2027-01-01", "part": [name], f"{name}.kind": "conditions",
            f"{name}.base": json.dumps(row), f"{name}.row": json.dumps(carried), f"{name}.zh": row["zh"],
            f"{name}.en": row["en"], f"{name}.text": text, "do": "look", **more}


def changes(client: Any) -> dict[str, str]:
    """What each version is said to have changed, by its first day."""
    shown = client.get(f"{PAGE}?tab=history&region=CN").context["versions"]
    return {str(row[1].plain): row[3].text for row in shown.rows}


def table(rows: list[tuple[str, str]], **more: Any) -> dict[str, Any]:
    """The form with the table of months open."""
    row, name = json.loads(base("new_months", "workings")), "new_months"
    cells: dict[str, Any] = {f"{name}.line": [str(number) for number in range(len(rows))]}
    for number, (when, then) in enumerate(rows):
        cells |= {f"{name}.{number}.0": when, f"{name}.{number}.then": then}
    return {**PAPER, "region": "990101", "on": "2027-01-01", "part": [name], f"{name}.kind": "workings",
            f"{name}.base": json.dumps(row), f"{name}.row": "{}", f"{name}.zh": row["zh"], f"{name}.en": row["en"],
            f"{name}.type": "number", f"{name}.input": ["contribution_months"], f"{name}.policy": "UNIQUE", **cells,
            "do": "look", **more}


SCALE = [("< 12", "0"), ("[12..60)", "12"), ("[60..120)", "18"), (">= 120", "24")]


def text_of(page: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())))


def kept() -> int:
    return RuleVersion.objects.filter(region__startswith="99").count()


def recorded(client: Any, form: dict[str, Any], **more: str) -> Any:
    """Look first, then record what was looked at."""
    looked = client.post(CHANGE, form).context
    return client.post(CHANGE, {**form, "do": "record", "seen": looked["seen"], "shown": looked["shown"], **more})


# -- who sees and changes what

@pytest.mark.parametrize(("who", "sees", "changes"), [
    ("county", 200, 200), ("province", 200, 200), ("nation", 200, 200), ("reviewer", 200, 403), ("clerk", 403, 403),
    ("elsewhere", 403, 403), ("reader", 403, 403)])
def test_the_cast_and_the_pages(signed_in, who, sees, changes):
    client, place = signed_in(who), {"region": "990101"} if who != "reviewer" else {"region": "990000"}
    for path in (LIST, f"{LIST}?tab=over-time", PAGE, f"{PAGE}?tab=history", f"{PAGE}?tab=impact",
                 f"{PAGE}?tab=discussion", f"{PAGE}rule.dmn", f"{PAGE}rule.xlsx"):
        assert client.get(path, place if "?" not in path else {}).status_code == sees, path
    for path in (CHANGE, DRAWN, FILE):
        assert client.get(path, place).status_code == changes, path
        assert client.post(path, place).status_code in ((200, 400) if changes == 200 else (403,)), path


def test_strangers_are_led_to_sign_in(signed_in):
    for path in (LIST, PAGE, CHANGE, DRAWN, FILE, f"{PAGE}rule.dmn"):
        assert signed_in("stranger").get(path).url.startswith("/en/work/sign-in/")


@pytest.mark.parametrize(("region", "sees", "changes"), [
    ("990101", 200, 200), ("990000", 200, 403), ("CN", 200, 403), ("990201", 403, 403), ("330100", 403, 403),
    ("999999", 400, 400)])
def test_a_county_editor_sees_up_the_tree_and_changes_at_home(signed_in, region, sees, changes):
    client = signed_in("county")
    assert client.get(PAGE, {"region": region}).status_code == sees
    assert client.get(CHANGE, {"region": region}).status_code == changes
    posted = recorded(client, {**opened(), "region": region}) if changes == 200 else \
        client.post(CHANGE, {**opened(), "region": region, "do": "record"})
    assert (posted.status_code == 302) == (region == "990101") and kept() == (region == "990101")
    assert "Change it here" in text_of(client.get(PAGE))
    assert "Change it here" not in text_of(client.get(PAGE, {"region": "CN"}))


def test_another_region_in_the_form_than_in_the_address_gains_nothing(signed_in):
    page = signed_in("county").post(f"{CHANGE}?region=990101", {**opened(), "region": "990000", "do": "record"})
    assert page.status_code == 403 and kept() == 0


@pytest.mark.parametrize(("path", "status", "sentence"), [
    ("/en/work/rules/nowhere/", 404, "no entitlement “nowhere”"), (f"{PAGE}?on=2026-02-30", 400, "2026-02-30"),
    (f"{PAGE}?region=999999", 400, "999999"), (f"{PAGE}rule.pdf", 404, ""),
    (f"{PAGE}?on=1990-01-01&region=CN", 200, "No rule on record"),
    (f"{CHANGE}?on=1990-01-01", 400, "no rule here on that day")])
def test_what_is_not_there_is_said(signed_in, path, status, sentence):
    page = signed_in("nation").get(path)
    assert page.status_code == status and sentence in text_of(page)


# -- the list

def test_the_list_says_what_applies_and_what_is_the_place_s_own(signed_in):
    soon = timezone.localdate() + timedelta(days=60)
    record_version(by=SYSTEM, code=CODE, row={
        "region": "990101", "from": "2026-01-01", "until": soon.isoformat(), "document": "social-insurance-law",
        "mark": "R",
        "conditions": [{"name": "paid_a_year", "holds": WIDER, "zh": "缴费满六个月", "en": "Six months paid"}]})
    page = signed_in("county").get(LIST)
    (row,) = [row for row in page.context["table"].rows if row[0].plain == CODE]
    assert [cell.text if hasattr(cell, "text") else cell for cell in row[1:6]] == [
        "China → Pine Jia District", "Six months paid", "2026-01-01", soon.isoformat(),
        (soon + timedelta(days=1)).isoformat()]
    assert row[4].small == "lapses soon" and row[6].sign == "unread" and row[6].plain == 1
    assert row[7].href == f"/en/entitled/rules/{CODE}/?region=990101"
    assert signed_in("county").get(row[7].href).status_code == 200
    assert f"{CODE},990101,1,2026-01-01" in signed_in("county").get(LIST, {"csv": "rules"}).content.decode()


def test_a_place_is_found_by_its_name(signed_in):
    client = signed_in("nation")
    assert client.get(LIST, {"place": "hangzhou"}).url.endswith("?region=330100")
    assert client.get(PAGE, {"place": "hangzhou", "tab": "history"}).url == "?tab=history&region=330100"
    assert "No place fits" in text_of(client.get(LIST, {"place": "xyzzy"}))


def test_who_loses_is_listed_over_time_with_who_must_act(signed_in):
    narrow = [{"name": "paid_a_year", "holds": "contribution_months >= 24 or unused_months > 0", "zh": "两年",
               "en": "Two years"}]
    record_version(by=SYSTEM, code=CODE, documents_paper=True, row={
        "region": "990101", "from": "2027-06-01", "document": "social-insurance-law", "mark": "R",
        "conditions": narrow})
    for path in (f"{LIST}?tab=over-time", f"{PAGE}?tab=impact&region=990101"):
        page = signed_in("county").get(path)
        (row,) = [row for row in page.context["found"].rows if row[1].plain == "990101"]
        assert row[2].text == "2027-06-01" and "is entitled under the rule above" in row[3]
        assert row[4].text == "Pine Jia District" and "to be checked first" in row[4].small
    other = signed_in("province").get(f"{LIST}?tab=over-time")
    assert [row[1].plain for row in other.context["found"].rows] == ["990101"]


# -- the form

def test_a_part_is_opened_changed_looked_at_and_recorded(signed_in):
    client = signed_in("county")
    page = client.post(CHANGE, {**PAPER, "region": "990101", "on": "2027-01-01", "do": "open paid_a_year"})
    assert 'name="paid_a_year.text"' in page.content.decode() and kept() == 0
    looked = client.post(CHANGE, opened())
    told = text_of(looked)
    assert looked.status_code == 200 and "1 part changes" in told and "Nobody was found who would lose" in told
    assert "contribution_months >= 12" in told and WIDER in told
    assert kept() == 0 and not Document.objects.filter(title_zh=PAPER["title_zh"]).exists()
    done = recorded(client, opened())
    assert done.status_code == 302
    history = text_of(client.get(done.url))
    assert "Recorded." in history and "county-editor" in history and "Pine Jia District" in history
    found = rule(code=CODE, region="990101", on=date(2027, 1, 1))
    assert found and found.conditions[0].holds == WIDER
    assert found.conditions[0].cited.clause.en == "Article 3"
    assert [line.act for line in AuditLine.objects.order_by("-seq")[:2]] == ["entitlement.record", "provision.paper"]


def test_rows_are_added_and_removed_without_a_script_and_nothing_typed_is_lost(signed_in):
    client = signed_in("county")
    page = client.post(CHANGE, table([*SCALE[:3], (">= 120 ", "2 4")], do="row+ new_months"))
    content = page.content.decode()
    assert content.count('name="new_months.line"') == 5 and 'value="2 4"' in content and page.status_code == 200
    page = client.post(CHANGE, table(SCALE, do="row- new_months 1"))
    assert page.content.decode().count('name="new_months.line"') == 3
    assert 'value="[12..60)"' not in page.content.decode()
    page = client.post(CHANGE, table(SCALE, do="column+ new_months"))
    assert page.content.decode().count('name="new_months.input"') == 2
    page = client.post(CHANGE, table(SCALE, do="text new_months"))
    assert 'name="new_months.text"' in page.content.decode()
    for name in ("title_zh", "source", "clause_en"):
        assert PAPER[name] in html.unescape(page.content.decode())


@pytest.mark.parametrize("button",
                         ["", "fly", "open", "open nowhere", "row- new_months 99", "row- new_months x", "add feelings",
                                    "undo", "drop months", "above paid_a_year", "person+", "person- 7",
                          "column- new_months 0"])
def test_a_button_that_makes_no_sense_changes_nothing(signed_in, button):
    page = signed_in("county").post(CHANGE, table(SCALE, do=button))
    assert page.status_code == 200 and page.content.decode().count('name="new_months.line"') == 4


def test_a_new_condition_and_a_dropped_one(signed_in):
    client = signed_in("county")
    page = client.post(CHANGE, {**PAPER, "region": "990101", "on": "2027-01-01", "do": "add conditions"})
    assert 'name="new-1.name"' in page.content.decode()
    form = {**PAPER, "region": "990101", "on": "2027-01-01", "part": ["new-1"], "new-1.kind": "conditions",
            "new-1.name": "six",
            "new-1.zh": "满六个月", "new-1.en": "Six months", "new-1.text": WIDER, "dropped": ["paid_a_year"],
            "do": "look"}
    told = text_of(client.post(CHANGE, form))
    assert "2 parts change" in told and "Nobody was found" in told and "dropped" in told
    assert recorded(client, form).status_code == 302
    found = rule(code=CODE, region="990101", on=date(2027, 1, 1))
    assert found and [one.name for one in found.conditions] == ["against_will", "registered", "no_pension", "six"]


def test_a_value_and_a_result_of_the_place_s_own(signed_in):
    """The county adds what the minimum wage makes of it, read by a measure that the rule above does not ask."""
    client = signed_in("county")
    form = {**PAPER, "region": "990101", "on": "2027-01-01", "part": ["new-1", "new-2"], "new-1.kind": "measures",
            "new-1.name": "floor_wage", "new-1.measure": "minimum_wage", "new-1.subject": "*", "new-2.kind": "results",
            "new-2.name": "extra", "new-2.zh": "补贴", "new-2.en": "Extra", "new-2.unit": "CNY/month",
            "new-2.bound": "raise", "new-2.text": "round half up(floor_wage / 10, 2)", "do": "look"}
    assert "2 parts change" in text_of(client.post(CHANGE, form))
    assert recorded(client, form).status_code == 302
    found = rule(code=CODE, region="990101", on=date(2027, 1, 1))
    assert found and found.said_by["extra"] == found.said_by["floor_wage"] == "990101"
    page = client.post(CHANGE,
                       {**PAPER, "from": "2028-01-01", "region": "990101", "on": "2028-01-01", "do": "drop extra"})
    assert 'name="dropped" value="extra"' in page.content.decode()
    wrong = client.post(CHANGE, {**form, "new-1.given": "by month"})
    assert wrong.status_code == 400 and "dimension = fact or value" in text_of(wrong)


def test_a_file_of_a_rule_that_is_not_in_force_is_said(signed_in):
    page = signed_in("county").get(f"{PAGE}rule.xlsx", {"region": "990101", "on": "1990-01-01"})
    assert page.status_code == 404 and f"No rule “{CODE}” is in force in 990101 on 1990-01-01." in text_of(page)


def test_more_fields_than_are_read_are_refused_in_a_sentence(signed_in):
    page = signed_in("county").post(CHANGE, {**opened(), **{f"x{number}": "1" for number in range(20_000)}})
    assert page.status_code == 400 and "So many fields were sent that they were not read" in text_of(page)


def test_a_table_as_large_as_may_be_is_read(signed_in):
    lines = [(f"[{12 * number}..{12 * number + 12})", "12") for number in range(500)]
    page = signed_in("county").post(CHANGE, table(lines, **{
        "new_months.input": ["contribution_months"] * 9,
        **{f"new_months.{number}.{column}": "-" for number in range(500) for column in range(1, 9)}}))
    assert page.status_code in (200, 400) and page.content.decode().count('name="new_months.line"') == 500


def test_a_long_table_fits_into_the_form(signed_in):
    rows = [("< 12", "0"), *((f"[{12 + n}..{13 + n})", "12") for n in range(298)), (">= 310", "24")]
    page = signed_in("county").post(CHANGE, table(rows, do="row+ new_months"))
    assert page.status_code == 200 and page.content.decode().count('name="new_months.line"') == 301


SKILLS = "/en/work/rules/skills_subsidy/change/"


def skills(**more: str) -> dict[str, Any]:
    """The form of a benefit that has a day for new cases, with one condition open."""
    found = rule(code="skills_subsidy", region="990101", on=date(2027, 1, 1))
    assert found
    row = next(one for one in plain_parts(found)["conditions"] if one["name"] == "paid")
    return {**PAPER, "region": "990101", "on": "2027-01-01", "part": ["paid"], "paid.kind": "conditions",
            "paid.base": json.dumps(row), "paid.row": "{}", "paid.zh": row["zh"], "paid.en": row["en"],
            "paid.text": "contribution_months >= 1", "do": "look", **more}


def test_a_version_may_be_for_new_cases_and_the_others_keep_the_one_before(signed_in):
    client = signed_in("county")
    assert 'name="new_from"' in client.get(SKILLS, {"region": "990101"}).content.decode()
    form = skills(new_from="2027-03-01", existing_until="2027-12-31")
    looked = client.post(SKILLS, form)
    assert "It counts only for whoever has “Day of the certificate” on or after 2027-03-01; the others keep the " \
        "version before until 2027-12-31." in text_of(looked)
    assert 'value="2027-03-01"' in looked.content.decode() and 'value="2027-12-31"' in looked.content.decode()
    sent = {**form, "do": "record", "seen": looked.context["seen"], "shown": looked.context["shown"]}
    assert client.post(SKILLS, sent).status_code == 302

    def verdict(certificate: str | None, on: str) -> tuple[str, tuple[str, ...]]:
        facts = {"contribution_months": 6, "enterprise_employee": True, "same_certificate_subsidy": False,
                 "skill_level": "senior", "skills_claims": 0, "urgent_trade": False, "certificate_day": certificate}
        one, = entitled(facts=facts, places=Places("990101"), on=date.fromisoformat(on), codes=["skills_subsidy"])
        return one.verdict, one.missing

    assert verdict("2027-03-01", "2027-04-01") == ("likely", ())
    assert verdict("2027-02-28", "2027-04-01") == ("unlikely", ())
    assert verdict("2027-02-28", "2028-01-01") == ("likely", ())
    assert verdict(None, "2027-04-01") == ("open", ("certificate_day",))


def test_the_public_page_says_for_whom_a_version_is(signed_in):
    page = signed_in("county").get("/en/entitled/rules/skills_subsidy/", {"on": "2026-11-23"})
    assert "for whoever has “Day of the certificate” on or after 2025-01-01; the others keep the version before" in \
        text_of(page)


@pytest.mark.parametrize(("more", "field", "sentence"), [
    ({"new_from": "2027-02-30"}, "new_from", "“2027-02-30” is not a date"),
    ({"existing_until": "2027-12-31"}, "parts", "needs the day that new cases begin"),
    ({"new_from": "2027-03-01", "existing_until": "2026-12-31"}, "parts", "before the first day")])
def test_days_of_new_cases_that_do_not_fit_are_said(signed_in, more, field, sentence):
    page = signed_in("county").post(SKILLS, skills(**more))
    assert page.status_code == 400 and sentence in page.context["wrong"][field]


def test_a_benefit_without_a_day_of_its_own_has_no_new_cases(signed_in):
    client = signed_in("county")
    assert 'name="new_from"' not in client.get(CHANGE, {"region": "990101"}).content.decode()
    page = client.post(CHANGE, opened(new_from="2027-03-01"))
    assert page.status_code == 400 and "has no day (anchor) that tells new cases" in page.context["wrong"]["parts"]


def test_what_is_the_place_s_own_can_be_as_above_again(signed_in):
    client = signed_in("county")
    assert recorded(client, opened()).status_code == 302
    form = {**PAPER, "from": "2028-01-01", "region": "990101", "on": "2028-01-01"}
    assert "would be said again" in text_of(client.post(CHANGE, {**form, "do": "look"}))
    page = client.post(CHANGE, {**form, "do": "above paid_a_year"})
    assert "contribution_months &gt;= 12" in page.content.decode()


@pytest.mark.parametrize(("form", "field", "sentence"), [
    (lambda: opened("contribution_months >"), "paid_a_year.text", "column 22"),
    (lambda: opened("shoe_size > 40"), "paid_a_year.text", "“shoe_size”"),
    (lambda: opened(""), "paid_a_year.text", "An expression is wanted"),
    (lambda: opened("contribution_months"), "paid_a_year.text", "this is neither"),
    (lambda: opened("unused_months > 0 or contribution_months"), "paid_a_year.text", "column 22"),
    (lambda: opened('left_against_will and "yes"'), "paid_a_year.text", "this is neither"),
    (lambda: opened("contribution_months + 1"), "paid_a_year.text", "this is neither"),
    (lambda: opened(**{"paid_a_year.en": ""}), "paid_a_year.en", "in English"),
    (lambda: table([("< 12", "0"), ("[12..", "12")]), "new_months.1.0", "expression, column"),
    (lambda: table([("< 12", "0"), (">= 12", "nowhere")]), "new_months.1.then", "“nowhere”"),
    (lambda: table([]), "new_months.input.0", "at least one row"),
    (lambda: table(SCALE, **{"new_months.input": "2027-01-01"}), "new_months.input.0", "subtraction"),
    (lambda: opened(**{"from": "2027-02-30"}), "from", "2027-02-30"),
    (lambda: opened(until="2026-01-01"), "parts", "before the first"),
    (lambda: {**opened(), "part": []}, "parts", "Nothing is changed yet"),
])
def test_each_mistake_stands_beside_its_field_and_in_the_summary(signed_in, form, field, sentence):
    page = signed_in("county").post(CHANGE, form())
    content = html.unescape(page.content.decode())
    assert page.status_code == 400 and kept() == 0
    (told,) = re.findall(rf'<a href="#{re.escape(field)}">([^<]*)</a>', content)
    assert sentence in told
    assert f'id="{field}"' in content and PAPER["title_zh"] in content


def test_a_part_and_a_row_may_name_their_own_clause_of_the_paper(signed_in):
    client = signed_in("county")
    assert recorded(client, opened(**{"paid_a_year.clause_en": "Article 77"})).status_code == 302
    found = rule(code=CODE, region="990101", on=date(2027, 1, 1))
    assert found and found.conditions[0].cited.clause.en == "Article 77"
    assert found.conditions[0].cited.document == Document.objects.get(title_zh=PAPER["title_zh"]).code
    rows = [("< 12", "0"), ("[12..60)", "12"), ("[60..120)", "17"), (">= 120", "24")]
    form = table(rows, **{"new_months.2.clause_zh": "第八条", "from": "2028-01-01", "title_zh": "另一份（模拟）",
                            "published_on": "2027-11-01"})
    assert recorded(client, form, documents_paper="1").status_code == 302
    found = rule(code=CODE, region="990101", on=date(2028, 1, 1))
    months = found.part("new_months") if found else None
    assert isinstance(months, Working) and {at: one.clause.zh for at, one in months.per_row.items()} == {2: "第八条"}
    assert months.cited.clause.zh == PAPER["clause_zh"]
    assert found and found.conditions[0].cited.clause.en == "Article 77"


def test_nothing_is_recorded_without_day_paper_and_source(signed_in):
    page = signed_in("county").post(CHANGE, {**opened(), "from": "", "title_zh": "", "source": "", "do": "record"})
    told = text_of(page)
    assert page.status_code == 400 and kept() == 0
    assert "Say from which day" in told and "Say the paper's title" in told and "Say where the paper" in told


def test_what_it_would_do_is_shown_before_the_paper_is_described(signed_in):
    page = signed_in("county").post(CHANGE, {**opened(), "title_zh": "", "source": "", "from": ""})
    assert page.status_code == 200 and "1 part changes" in text_of(page)
    assert "Before it can be recorded: Say from which day" in text_of(page)


def test_who_would_lose_is_told_refused_and_recorded_only_as_the_paper_s_word(signed_in):
    client = signed_in("county")
    form = opened("contribution_months >= 24 or unused_months > 0")
    looked = client.post(CHANGE, form)
    assert "Who would lose" in text_of(looked) and "is entitled under the rule above" in text_of(looked)
    refused = recorded(client, form)
    assert refused.status_code == 400 and kept() == 0
    assert len(re.findall('<a href="#documents_paper">', refused.content.decode())) == 1
    assert recorded(client, form, documents_paper="1").status_code == 302 and kept() == 1


def test_more_than_is_allowed_stands_apart_and_so_does_who_has_more_now(signed_in):
    client = signed_in("county")
    told = text_of(client.post(CHANGE, table([("< 12", "0"), (">= 12", "24")])))
    assert "Above what is allowed" in told and "24 months here" in told
    assert recorded(client, opened()).status_code == 302
    told = text_of(client.post(CHANGE, {**opened("contribution_months >= 9 or unused_months > 0"), "from": "2028-01-01",
                                        "paid_a_year.base": base("paid_a_year")}))
    assert "Who has more there now" in told and "No longer entitled" in told


def test_a_lapse_and_places_below_are_told(signed_in):
    record_version(by=SYSTEM, code=CODE, row={
        "region": "990101", "from": "2026-01-01", "document": "social-insurance-law", "mark": "R",
        "conditions": [{"name": "paid_a_year", "holds": "contribution_months >= 9 or unused_months > 0", "zh": "九个月",
                        "en": "Nine months"}]})
    form = {**opened(), "region": "990000", "until": "2028-12-31"}
    told = text_of(signed_in("province").post(CHANGE, form))
    assert "Places below that would fall behind" in told and "Pine Jia District, from 2027-01-01 on" in told
    assert "It lapses after 2028-12-31; then only the rule above counts." in told


def test_what_was_seen_must_still_be_so(signed_in):
    client = signed_in("county")
    looked = client.post(CHANGE, opened()).context
    other = {**opened("contribution_months >= 9 or unused_months > 0"), "region": "990000", "title_zh": "省级（模拟）"}
    assert recorded(signed_in("province"), other).status_code == 302
    again = client.post(CHANGE, opened(do="record", seen=looked["seen"], shown=looked["shown"]))
    assert "recorded in the meantime" in text_of(again) and RuleVersion.objects.filter(region="990101").count() == 0


def test_only_what_was_looked_at_is_recorded(signed_in):
    client = signed_in("county")
    looked = client.post(CHANGE, opened()).context
    for more in ({}, {"shown": looked["shown"], "clause_en": "Article 4"},
                 {"shown": looked["shown"], "paid_a_year.text": "contribution_months >= 3 or unused_months > 0"}):
        page = client.post(CHANGE, {**opened(), "do": "record", "seen": looked["seen"], **more})
        assert page.status_code == 200 and "not what was looked at last" in text_of(page) and kept() == 0
    assert "1 part changes" in text_of(page)


def test_persons_are_held_against_all_three(signed_in):
    client = signed_in("county")
    person = {"fact.contribution_months": "8", "fact.unused_months": "0", "fact.left_against_will": "true",
              "fact.registered_seeking": "true", "fact.draws_pension": "false", "fact.birth_date": "1990-05-01"}
    page = client.post(CHANGE, {**opened(), **person, "do": "person+"})
    carried = re.findall(r'name="person" value="([^"]*)"', page.content.decode())
    assert len(carried) == 1 and 'value="8"' not in page.content.decode()
    looked = client.post(CHANGE, {**opened(), "person": [html.unescape(carried[0])]})
    (row,) = looked.context["effect"].persons.rows
    assert [cell.text for cell in row[1:]] == ["Likely no", "Likely no", "Likely yes"]
    wrong = client.post(CHANGE, {**opened(), "fact.contribution_months": "-1"})
    assert wrong.status_code == 400 and "is not between 0 and" in text_of(wrong)


@pytest.mark.parametrize("more", [{"person": ["[1", "7", "{}"]}, {"paid_a_year.base": "{{"}, {"paid_a_year.row": "[]"},
                                  {"part": ["paid_a_year", "ghost"], "ghost.kind": "ghosts"}, {"dropped": ["nowhere"]},
                                  {"paid_a_year.kind": "measures"}, {"paid_a_year.base": '{"name": {"a": 1}}'},
                                  {"paid_a_year.row": '{"table": 5, "options": 7, "mark": [], "document": {}}'},
                                  {"paid_a_year.kind": "results", "paid_a_year.policy": "U", "paid_a_year.line": ["0"],
                                   "paid_a_year.row": '{"options": [3]}', "paid_a_year.0.row": "[]"}])
def test_a_form_that_was_tampered_with_breaks_nothing(signed_in, more):
    assert signed_in("county").post(CHANGE, {**opened(), **more}).status_code in (200, 400)
    assert kept() == 0


# -- drawn

def dmn(client: Any, region: str = "990101") -> str:
    return client.get(f"{PAGE}rule.dmn", {"region": region, "on": "2027-01-01"}).content.decode()


def test_what_was_drawn_leads_to_the_form_with_what_it_would_do(signed_in):
    client = signed_in("county")
    xml = dmn(client).replace("contribution_months &gt;= 12", "contribution_months &gt;= 6")
    page = client.post(DRAWN, {"region": "990101", "on": "2027-01-01", "xml": xml})
    assert page.status_code == 200 and "1 part changes" in text_of(page)
    assert 'name="paid_a_year.text"' in page.content.decode()


@pytest.mark.parametrize(("change", "sentence"), [
    (lambda xml: "<nonsense/>", "not a DMN file"), (lambda xml: "", "not XML"), (lambda xml: xml[:500], "not XML"),
    (lambda xml: re.sub("paid_a_year and ", "paid_a_year or ", xml), "joined by “and”")])
def test_a_drawing_that_cannot_be_used_is_told_and_stays_in_the_editor(signed_in, change, sentence):
    client = signed_in("county")
    xml = change(dmn(client))
    page = client.post(DRAWN, {"region": "990101", "on": "2027-01-01", "xml": xml})
    assert page.status_code == 400 and sentence in text_of(page)
    assert xml in html.unescape(page.content.decode())


def test_only_the_editor_s_page_lets_styles_be_written_into_it(signed_in):
    client = signed_in("county")
    policies = {path: client.get(path)["Content-Security-Policy"] for path in (DRAWN, CHANGE, PAGE, LIST, FILE)}
    assert "style-src 'self' 'unsafe-inline'" in policies.pop(DRAWN)
    posted = client.post(DRAWN, {"xml": dmn(client)})
    assert all("unsafe" not in one for one in (*policies.values(), posted["Content-Security-Policy"]))
    assert "script-src" not in client.get(DRAWN)["Content-Security-Policy"]  # scripts stay ours


def test_the_form_is_offered_before_the_editor(signed_in):
    content = signed_in("county").get(DRAWN).content.decode()
    assert content.index("the tables as a form") < content.index('id="editor"')
    assert "dmn-modeler" not in signed_in("county").get(PAGE).content.decode()


# -- files

def upload(client: Any, content: bytes, name: str, **more: str) -> Any:
    return client.post(FILE,
                       {"region": "990101", "on": "2027-01-01", "file": SimpleUploadedFile(name, content), **more})


def workbook(client: Any, change: Any = None, **version: str) -> bytes:
    """The template, changed and written anew."""
    brought = from_xlsx(client.get(f"{PAGE}rule.xlsx", {"region": "990101", "on": "2027-01-01"}).content)
    parts = {kind: [dict(row) for row in rows] for kind, rows in brought.parts.items()}
    if change:
        change(parts)
    from jizhun.entitlements.interchange import Offered

    return to_xlsx(parts, {**brought.version, **version}, Offered())


def test_a_dmn_file_made_elsewhere_leads_to_the_form(signed_in):
    client = signed_in("county")
    xml = dmn(client).replace("contribution_months &gt;= 12", "contribution_months &gt;= 6")
    page = upload(client, xml.encode(), "rule.dmn")
    assert page.status_code == 200 and "1 part changes" in text_of(page)


def test_a_workbook_leads_to_the_form_with_its_paper(signed_in):
    client = signed_in("county")

    def wider(parts: Any) -> None:
        parts["conditions"][0]["holds"] = WIDER
    page = upload(client, workbook(client, wider, document="social-insurance-law", mark="V", clause_en="Article 9"),
                  "r.xlsx")
    content = page.content.decode()
    assert page.status_code == 200 and "1 part changes" in text_of(page)
    assert '<option value="social-insurance-law" selected>' in content and 'value="Article 9"' in content


def test_an_unchanged_file_says_that_nothing_is_changed(signed_in):
    client = signed_in("county")
    for content, name in ((dmn(client).encode(), "a.dmn"), (workbook(client), "a.xlsx")):
        page = upload(client, content, name)
        assert page.status_code == 400 and "Nothing is changed yet" in text_of(page)


def test_what_is_wrong_in_a_workbook_is_listed_by_cell(signed_in):
    client = signed_in("county")

    def spoilt(parts: Any) -> None:
        parts["conditions"][0]["holds"] = "contribution_months >"
        parts["conditions"][1]["document"] = "nowhere"
        rows = next(row for row in parts["workings"] if row["name"] == "new_months")["table"]["rows"]
        rows[1]["then"] = "twelve"
        rows[2] |= {"document": "nowhere", "mark": "V"}
    page = upload(client, workbook(client, spoilt, region="330100"), "r.xlsx")
    assert page.status_code == 400 and "Mend these cells" in text_of(page)
    assert [tuple(row[:2]) for row in page.context["cells"].rows] == [
        ("new_months", "B5"), ("new_months", "B6"), ("rule 规则", "E3"), ("rule 规则", "L4"), ("version 版本", "B2")]


@pytest.mark.parametrize(("content", "name", "sentence"), [
    (b"", "a.dmn", "Choose a file"), (b"\x00\xff\xfe", "a.dmn", "not XML"), (b"<a/>", "a.xml", "not a DMN file"),
    (b"PK\x03\x04", "a.xlsx", "damaged"), (b"a,b", "a.xlsx", "not an XLSX file"), (b"%PDF-1.7", "a.pdf", "not XML")])
def test_a_wrong_file_is_refused_in_a_sentence(signed_in, content, name, sentence):
    page = upload(signed_in("county"), content, name)
    assert page.status_code == 400 and sentence in text_of(page)


def test_another_program_s_workbook_is_refused(signed_in):
    made = BytesIO()
    with Workbook(made, {"in_memory": True}) as book:
        book.add_worksheet("Sheet1").write(0, 0, "x")
    page = upload(signed_in("county"), made.getvalue(), "b.xlsx")
    assert page.status_code == 400 and "download the template first" in text_of(page)


def test_no_file_at_all_is_said(signed_in):
    page = signed_in("county").post(FILE, {"region": "990101"})
    assert page.status_code == 400 and "Choose a file" in text_of(page)


# -- discussion

def test_a_remark_is_kept_about_the_rule(signed_in):
    client = signed_in("county")
    assert client.post(f"{PAGE}?region=990101", {"text": "Is the clause right?"}).status_code == 302
    assert "Is the clause right?" in text_of(client.get(f"{PAGE}?tab=discussion"))
    assert client.post(f"{PAGE}?region=990101", {"text": " "}).status_code == 400


def test_the_history_says_what_each_version_changed(signed_in):
    said = changes(signed_in("nation"))
    assert said["2011-07-01"] == "nothing but papers and clauses"
    assert said["2025-01-01"].startswith("Months of delay") and "Longest duration" not in said["2025-01-01"]
    assert "Longest duration" in said["1999-01-22"]  # the first says all of it


def test_the_effect_names_papers_and_marks_as_people_do(signed_in):
    page = signed_in("county").post(CHANGE, opened()).content.decode()
    before = re.search(r'data-label="Before">(.*?)</td>', page, re.DOTALL)
    assert before and "Social Insurance Law (as amended in 2018) Article 45 (1), Article 46 (source read)" in before[1]
    assert "social-insurance-law" not in before[1]
