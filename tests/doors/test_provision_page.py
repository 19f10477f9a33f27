"""One provision with its four tabs, the list that leads to it, and ending several at once."""

import csv
import io
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from jizhun.people.models import AuditLine, Remark
from jizhun.provisions.actions import promised
from jizhun.provisions.models import Document, Provision

LIST, END = "/en/work/provisions/", "/en/work/provisions/end/"
PAPER = {"from": "2027-01-01", "document": "new", "title_zh": "关于废止有关承诺的通知（模拟）",
         "published_on": "2026-12-20", "source": "made up for this test", "mark": "SIM"}


def said(region: str = "990000", measure: str = "promised_limit", subject: str = "NB029-EX01") -> Provision:
    return Provision.objects.get(subject=subject, measure=measure, region=region, group="all")


def rows_of(response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


# -- the list ------------------------------------------------------------------------------------------


def test_the_list_is_sorted_by_the_address_and_given_away_as_it_is_seen(signed_in):
    client = signed_in("nation")
    up = rows_of(client.get(f"{LIST}?q=minimum&sort=from&column=place&column=from&csv=provisions"))
    down = rows_of(client.get(f"{LIST}?q=minimum&sort=-from&column=place&column=from&csv=provisions"))
    assert list(up[0]) == ["subject", "place", "from"] and len(up) > 50
    days = [row["from"] for row in up]
    assert days == sorted(days) and [row["from"] for row in down] == sorted(days, reverse=True)
    content = client.get(f"{LIST}?q=minimum&sort=from&xlsx=provisions").content
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert sheet[0][:3] == ["Service", "Measure", "Place"] and len(sheet) == len(up) + 1
    assert "Choose" not in sheet[0]


def test_the_list_has_pages_and_remembers_all_else(signed_in):
    client = signed_in("nation")
    first = client.get(f"{LIST}?sort=place&column=place&column=from").context["listing"]
    assert (first.first, first.last, first.before) == (1, 50, "") and first.found > 300
    assert first.after == "?sort=place&column=place&column=from&page=2"
    second = client.get(LIST + first.after).context["listing"]
    assert second.first == 51 and second.table.rows[0] != first.table.rows[0]
    for odd in ("page=0", "page=-1", "page=999999", "page=x", "sort=nosuch", "column=nosuch", "sort=choose"):
        assert client.get(f"{LIST}?{odd}").status_code == 200
    assert client.get(f"{LIST}?page=999999").context["listing"].last == first.found


def test_who_only_reviews_reads_the_list_and_chooses_nothing(signed_in):
    page = signed_in("reviewer").get(LIST).content.decode()
    assert "Supersede" not in page and 'name="choose"' not in page


# -- one provision -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "status"), [
    ("county", 200), ("province", 200), ("nation", 200), ("reviewer", 200), ("clerk", 403), ("reader", 403)])
def test_those_of_the_place_and_above_see_it(signed_in, who, status):
    assert signed_in(who).get(f"{LIST}{said('990000').pk}/").status_code == status


def test_a_provision_of_elsewhere_is_not_found(signed_in):
    elsewhere = Provision.objects.filter(region="330000").first()
    assert elsewhere is not None and signed_in("county").get(f"{LIST}{elsewhere.pk}/").status_code == 404
    assert signed_in("county").get(f"{LIST}999999/").status_code == 404


def test_now_tells_what_it_says_and_whether_it_speaks(signed_in):
    page = signed_in("province").get(f"{LIST}{said('990000').pk}/")
    text = page.content.decode()
    assert "It speaks today." in text and "lower limit" not in text
    assert dict(page.context["facts"])["Says"].endswith("3 working days")
    assert page.context["promise"].figure.text == "3"
    assert "Supersede" in text
    assert "Supersede" not in signed_in("county").get(page.request["PATH_INFO"]).content.decode()
    assert '<a href="?tab=history">History</a>' in text and 'aria-current="page">Now</a>' in text


def test_history_shows_what_followed_what_as_a_picture_and_a_table(signed_in):
    old, new = Provision.objects.filter(subject="NB049-EX01", measure="promised_limit", region="990000").order_by("pk")
    client = signed_in("county")
    page = client.get(f"{LIST}{new.pk}/?tab=history")
    rows = page.context["said"].rows
    assert [row[1].text.split(": ")[-1] for row in rows] == ["8 working days", "10 working days"]
    assert [row[1].href for row in rows] == ["", f"{LIST}{old.pk}/"]
    drawn = client.get(f"{LIST}{new.pk}/?tab=history&svg=values").content.decode()
    assert ">10<" in drawn and ">8<" in drawn and "<svg" in page.content.decode()
    assert "Superseded on 2025-07-01." in client.get(f"{LIST}{old.pk}/").content.decode()
    assert "It came with a load" in page.content.decode()


def test_history_tells_who_recorded_it_and_now_that_it_waits(signed_in):
    client, old = signed_in("province"), said()
    form = {"subject": old.subject, "measure": old.measure, "region": "990000", "modality": "floor", "value": "2",
            "unit": "working_day", **PAPER}
    seen = client.post("/en/work/provisions/new/", {**form, "step": "look"}).context["seen"]
    client.post("/en/work/provisions/new/", {**form, "step": "record", "seen": seen})
    newer = Provision.objects.get(document__title_zh=PAPER["title_zh"])
    acts = client.get(f"{LIST}{newer.pk}/?tab=history").context["acts"]
    assert [(line.act, line.actor) for line in acts] == [("provision.record", "province-editor")]
    assert "It does not speak yet." in client.get(f"{LIST}{newer.pk}/").content.decode()


def test_impact_counts_where_it_holds_and_who_says_otherwise(signed_in):
    """The nation's ten days for the claim hold wherever nobody does better; what is made from a wage is named."""
    client = signed_in("nation")
    page = client.get(f"{LIST}{said('990000').pk}/?tab=impact")
    rows = page.context["reached"].rows
    assert rows[0][0] == "It holds" and rows[0][2].plain == page.context["holds"] > 50
    others = [row for row in rows if row[0].endswith("says otherwise")]
    assert sum(row[2].plain for row in others) == page.context["all"] - page.context["holds"] > 0
    wage = Provision.objects.filter(measure="minimum_wage", region="990000").latest("valid_from")
    readers = client.get(f"{LIST}{wage.pk}/?tab=impact").context["readers"]
    assert any("benefit" in one.casefold() for one in readers)


def test_a_remark_is_kept_with_its_line_and_read_by_others(signed_in):
    pk = said("990000").pk
    address = f"{LIST}{pk}/?tab=discussion"
    answer = signed_in("reviewer").post(address, {"text": "  <b>Which clause?</b> "})
    assert answer.status_code == 302 and answer.url.endswith("?tab=discussion")
    text = signed_in("county").get(address).content.decode()
    assert "&lt;b&gt;Which clause?&lt;/b&gt;" in text and "reviewer" in text
    assert AuditLine.objects.get(act="people.remark").subject == f"provision:{pk}"


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
def test_an_empty_or_endless_remark_is_refused_and_not_lost(signed_in, text):
    page = signed_in("county").post(f"{LIST}{said('990000').pk}/", {"text": text})
    assert page.status_code == 400 and "Write something" in page.content.decode()
    assert text in page.content.decode() and not Remark.objects.exists()
    assert signed_in("clerk").post(f"{LIST}{said('990000').pk}/", {"text": "hello"}).status_code == 403


# -- ending several ------------------------------------------------------------------------------------


def ended(client, *chosen: Provision, **changes: str):
    form = {**PAPER, "choose": [str(one.pk) for one in chosen], **changes}
    looked = client.post(END, {**form, "step": "look"})
    return looked, client.post(END, {**form, "step": "record", "seen": looked.context["seen"]})


def test_several_are_ended_by_one_paper_after_its_effect_was_seen(signed_in):
    client = signed_in("province")
    ones = list(Provision.objects.filter(region="990000", measure="promised_limit")[:2])
    page = client.get(END + "?" + "&".join(f"choose={one.pk}" for one in ones))
    assert len(page.context["chosen_table"].rows) == 2
    looked, kept = ended(client, *ones)
    assert looked.context["places"] > 50 and looked.context["change_table"].rows
    assert kept.status_code == 302
    new = Provision.objects.filter(document=Document.objects.get(title_zh=PAPER["title_zh"]))
    assert {(one.subject, one.region, one.value) for one in new} == {(one.subject, "990000", None) for one in ones}
    for one in ones:
        answers = promised(matter=one.subject, region="990000", on=date(2027, 2, 1), measure="promised_limit")
        assert answers == [] or all(step.place != "990000" or step.value is None for step in answers[0].path)


def test_all_are_ended_or_none(signed_in):
    """One of them is the nation's: the whole act is refused, by the form and by what the form would send."""
    mine, other = said(), Provision.objects.filter(region="CN")[0]
    before = Provision.objects.count()
    client = signed_in("province")
    assert client.get(f"{END}?choose={mine.pk}&choose={other.pk}").status_code == 403
    assert client.post(END, {**PAPER, "choose": [mine.pk, other.pk], "step": "record", "seen": "x"}).status_code == 403
    assert Provision.objects.count() == before


def test_what_is_ended_together_is_foreseen_together(signed_in):
    """The city's own promise falls back on the province's only where that stays: both ended, nothing is left."""
    client = signed_in("province")
    city = Provision.objects.get(subject="NB050-EX01", measure="promised_limit", region="990200")
    alone = client.post(END, {**PAPER, "choose": [city.pk], "step": "look"}).context["change_table"].rows
    both = client.post(END, {**PAPER, "choose": [city.pk, said(subject="NB050-EX01").pk], "step": "look"})
    of_city = [row for row in both.context["change_table"].rows if "Cypress Sample City" in row[4].text]
    assert alone[0][3] == "7 working days" and {row[3] for row in of_city} == {"nothing"}


def test_one_line_ends_once_and_nothing_ends_before_it_began(signed_in):
    client = signed_in("province")
    both = list(Provision.objects.filter(subject="NB049-EX01", measure="promised_limit", region="990000"))
    assert ended(client, *both)[1].status_code == 302
    assert Provision.objects.filter(document__title_zh=PAPER["title_zh"]).count() == 1
    early = client.post(END, {**PAPER, "choose": both[0].pk, "from": "2020-01-01", "step": "look"})
    assert early.status_code == 400 and "nothing can end before it began" in early.context["wrong"]["from"]
    foreign = client.post(END, {**PAPER, "choose": both[0].pk, "document": "basic-pension-guangdong", "step": "look"})
    assert foreign.status_code == 400 and "document" in foreign.context["wrong"]
    many = "&".join(f"choose={n}" for n in range(1, 120))
    assert client.get(f"{END}?{many}").status_code == 400


def test_what_is_missing_or_was_overtaken_is_said(signed_in):
    client, one = signed_in("province"), said()
    wrong = client.post(END, {**PAPER, "choose": one.pk, "from": "", "title_zh": "", "step": "look"})
    assert wrong.status_code == 400 and set(wrong.context["wrong"]) == {"from", "title_zh"}
    page = client.post(END, {**PAPER, "choose": one.pk, "step": "record", "seen": "0-old"})
    assert page.status_code == 200 and page.context["moved"]
    assert "Nothing is chosen" in client.get(END).content.decode()
    assert "Nothing is chosen" in client.get(f"{END}?choose=x&choose=-1&choose=99999999999999999999").content.decode()
