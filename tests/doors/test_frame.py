"""Place, day and language are in the address; what cannot be shown is said in a sentence."""

import pytest
from django.test import Client
from django.utils import timezone, translation

from jizhun.frame.surround import broken


def text(response) -> str:
    return response.content.decode()


def test_the_bare_address_leads_to_the_language_of_the_browser(db):
    for header, start in (("zh-CN,zh;q=0.9", "/zh/"), ("en-GB", "/en/"), ("fr", "/zh/")):
        assert Client(headers={"accept-language": header}).get("/").url == start


def test_the_address_decides_the_language_and_not_the_browser(reading):
    assert 'lang="zh-Hans"' in text(reading.get("/zh/"))
    assert "基本公共服务" in text(reading.get("/zh/"))
    assert 'lang="en"' in text(reading.get("/en/"))


def test_the_other_language_is_the_same_page(reading):
    page = text(reading.get("/en/items/NB029/?region=330100&on=2026-11-23"))
    assert 'href="/zh/items/NB029/?region=330100&amp;on=2026-11-23"' in page


@pytest.mark.parametrize(("typed", "region"), [
    ("hangzhou", "330100"), ("杭州市", "330100"), ("330100", "330100"), ("杭州市 330100", "330100")])
def test_a_typed_place_becomes_a_code_in_the_address(reading, typed, region):
    response = reading.get("/en/items/NB029/", {"place": typed, "on": "2026-11-23", "group": "all"})
    assert response.status_code == 302
    assert f"region={region}" in response.url
    assert "on=2026-11-23" in response.url
    assert "group=all" in response.url
    assert "place=" not in response.url


def test_an_ambiguous_place_is_asked_back(reading):
    page = text(reading.get("/zh/", {"place": "朝阳"}))
    assert "您指的是哪个地区" in page
    assert "region=110105" in page
    assert "region=211300" in page


def test_an_unknown_place_is_told(reading):
    response = reading.get("/en/", {"place": "Atlantis"})
    assert response.status_code == 404
    assert "No place is called “Atlantis”" in text(response)


def test_links_stay_in_the_place_and_on_the_day(reading):
    page = text(reading.get("/en/services/?region=330100&on=2025-01-06"))
    assert "/en/items/NB029/?region=330100&amp;on=2025-01-06" in page


def test_the_place_chosen_last_is_remembered_and_put_into_the_address(reading):
    reading.get("/en/?region=330100")
    assert reading.get("/en/editions/").url == "?region=330100"
    assert reading.get("/en/editions/?region=CN").status_code == 200
    assert reading.get("/en/editions/").status_code == 200


@pytest.mark.parametrize(("address", "status", "sentence"), [
    ("/en/?on=2026-02-30", 400, "“2026-02-30” is not a date"),
    ("/zh/?on=2026-02-30", 400, "不是有效日期"),
    ("/en/?region=000000", 400, "There is no region with the code"),
    ("/en/?region=371200&on=2026-11-23", 400, "370116"),
    ("/en/items/NB999/", 404, "There is no service item with the code “NB999”"),
    ("/zh/items/NB999/", 404, "没有编码为“NB999”的服务项目"),
    ("/en/items/NB029/?group=nobody", 400, "There is no group “nobody”"),
    ("/en/nowhere/", 404, "There is no such page"),
    ("/zh/nowhere/", 404, "没有这个页面"),
])
def test_what_cannot_be_shown_is_a_page_with_a_sentence(reading, address, status, sentence):
    response = reading.get(address)
    assert response.status_code == status
    assert sentence in text(response)
    assert "Traceback" not in text(response)


@pytest.mark.parametrize(("language", "sentence"), [("en", "Something went wrong"), ("zh-hans", "系统出现故障")])
def test_the_fault_page_needs_no_database(rf, language, sentence):
    with translation.override(language):
        response = broken(rf.get("/en/"))
    assert response.status_code == 500
    assert sentence in response.content.decode()


def test_looks_are_kept_for_the_reader_and_lead_back(reading):
    response = reading.post("/en/display/", {"theme": "contrast", "text": "large", "back": "/en/editions/"})
    assert response.url == "/en/editions/"
    page = text(reading.get("/en/editions/"))
    assert 'data-theme="contrast"' in page
    assert 'data-text="large"' in page


def test_looks_never_lead_to_another_site(reading):
    assert reading.post("/en/display/", {"back": "https://example.org/"}).url == "/"
    assert reading.post("/en/display/", {"theme": "<script>"}).cookies == {}


def test_suggestions_name_where_a_place_lies(reading):
    found = reading.get("/en/places/", {"q": "xihu"}).json()["places"]
    assert {"value": "Xihu District 330106", "label": "People's Republic of China › Zhejiang › Hangzhou"} in found


def test_a_printed_page_carries_its_address_with_place_and_day(reading):
    """So that the sheet opens what was printed, whenever it is scanned; no picture of an endless address."""
    page = reading.get("/zh/items/NB029/?region=310000").content.decode()
    foot = page[page.index('class="only-print"'):]
    today = timezone.localdate().isoformat()
    assert f"/zh/items/NB029/?region=310000&amp;on={today}" in foot and "<svg" in foot
    endless = reading.get("/en/", {"region": "CN", "more": "y" * 400}).content.decode()
    assert "<svg" not in endless[endless.index("only-print"):]
