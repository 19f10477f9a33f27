"""Procedures in the workbench and life events for the public: with the cast, and with what people get wrong."""

import csv
import io
import re
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from jizhun.guides.models import LayerDraft, LayerVersion
from jizhun.people.models import User
from jizhun.procedures import actions
from jizhun.procedures.rules import plain, read_steps

MATTER, COUNTY, CITY, PROVINCE = "NB029-EX01", "990101", "990100", "990000"
PAGE = f"/en/work/guides/{MATTER}/"
HERE = {"region": COUNTY, "kind": "procedure"}
SignedIn = Callable[[str], Client]


def text(response: Any) -> str:
    """The words of a page in one line."""
    html = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def unfolded(page: str) -> list[int]:
    """The places of the steps whose boxes are shown."""
    return [at for at, told in enumerate(re.findall(r'<details class="step-fold"( open)?>', page)) if told]


class Boxes(HTMLParser):
    """What a browser would send of the last form of a page that has a box of this name."""

    def __init__(self, html: str, having: str) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.open = ""
        self.feed(html)
        self.sends = next(one for one in reversed(self.forms) if having in one)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self.forms.append({})
        elif tag == "input" and name and (given.get("type") != "checkbox" or "checked" in given):
            self.forms[-1][name] = given.get("value", "")
        elif tag in ("select", "textarea") and name:
            self.open = name
            self.forms[-1][name] = ""
        elif tag == "option" and "selected" in given and self.open:
            self.forms[-1][self.open] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self.open and self.lasttag == "textarea":
            self.forms[-1][self.open] += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("select", "textarea"):
            self.open = ""


def form(client: Client, query: str = "") -> dict[str, str]:
    """The form of the table as a browser would send it."""
    response = client.get(f"{PAGE}steps/?region={COUNTY}&kind=procedure{query}")
    return Boxes(response.content.decode(), "step-0-id").sends


def steps_here(region: str = "CN") -> list[dict[str, Any]]:
    """The steps that count as plain data."""
    found = actions.procedure(matter=MATTER, region=region, on=timezone.localdate()).steps
    assert found is not None
    return plain(found)


def record(who: str, region: str, steps: list[dict[str, Any]]) -> LayerVersion:
    return actions.record(by=User.objects.get(username=who), matter=MATTER, region=region, fields={"steps": steps})


def longer(rows: list[dict[str, Any]], step: str, days: int) -> list[dict[str, Any]]:
    """The same with another limit of one step."""
    return [{**one, "limit": {"amount": days, "unit": "working_day"}} if one["id"] == step else one for one in rows]


class TestThePage:
    def test_verdicts_findings_and_what_the_longest_way_leaves_out(self, signed_in: SignedIn) -> None:
        page = text(signed_in("county").get(PAGE, HERE))
        assert "too long The longest way, 10 working days, is longer than the promised limit, 3 working days." in page
        assert "holds The longest way, 10 working days, stays within the statutory limit" in page
        assert "Accept → Verify insurance, unemployment, job search → Review → Decide → Pay → Complete" in page
        assert "“Wait for the supplement” waits for others and is not counted." in page

    def test_picture_and_table_say_the_same_and_can_be_taken_away(self, signed_in: SignedIn) -> None:
        client = signed_in("county")
        page = client.get(PAGE, HERE).content.decode()
        assert page.count('<svg xmlns="http://www.w3.org/2000/svg" class="chart procedure"') == 1
        rows = list(csv.reader(io.StringIO(client.get(PAGE, HERE | {"csv": "steps"}).content.decode("utf-8-sig"))))
        assert len(rows) == 1 + len(steps_here())
        pay = next(row for row in rows if row[1].startswith("Pay"))
        assert "2 working days" in pay and any("moves money; high risk" in cell for cell in pay)
        picture = client.get(PAGE, HERE | {"svg": "procedure"})
        assert picture["Content-Type"].startswith("image/svg+xml") and b"<style>" in picture.content

    @pytest.mark.parametrize(("kind", "begins"), [
        ("bpmn", b"<?xml"), ("svg", b"<svg"), ("docx", b"PK"), ("pdf", b"%PDF"), ("text", b"Unemployment")])
    def test_files(self, signed_in: SignedIn, kind: str, begins: bytes) -> None:
        response = signed_in("clerk").get(f"{PAGE}procedure.{kind}", HERE)
        assert response.status_code == 200 and response.content.startswith(begins)

    def test_no_such_file(self, signed_in: SignedIn) -> None:
        assert signed_in("county").get(f"{PAGE}procedure.exe", HERE).status_code == 404

    @pytest.mark.parametrize(("who", "read", "write"), [
        ("county", 200, 200), ("province", 200, 200), ("clerk", 200, 403), ("reviewer", 200, 403),
        ("elsewhere", 403, 403), ("stranger", 302, 302)])
    def test_who_may_see_and_write(self, signed_in: SignedIn, who: str, read: int, write: int) -> None:
        client = signed_in(who)
        assert [client.get(f"{PAGE}{one}", HERE).status_code for one in ("", "procedure.bpmn")] == [read, read]
        assert [client.get(f"{PAGE}{one}/", HERE).status_code for one in ("steps", "drawn")] == [write, write]
        if write != 200:
            assert client.post(f"{PAGE}steps/", HERE | {"do": "save"}).status_code == write

    def test_the_form_of_the_field_is_the_table(self, signed_in: SignedIn) -> None:
        response = signed_in("county").get(f"{PAGE}field/steps/", HERE)
        assert response["Location"] == f"{PAGE}steps/?region={COUNTY}&kind=procedure"

    def test_a_guide_has_no_steps_to_write(self, signed_in: SignedIn) -> None:
        response = signed_in("county").get(f"{PAGE}steps/", {"region": COUNTY})
        assert response.status_code == 400 and "Steps belong to operating procedures" in text(response)


class TestTheTableAsAForm:
    def test_nothing_typed_loses_nothing(self, signed_in: SignedIn) -> None:
        client = signed_in("county")
        client.post(f"{PAGE}steps/", form(client) | {"do": "save"})
        assert LayerDraft.objects.get(region=COUNTY).fields["steps"] == steps_here()

    def test_looking_tells_and_keeps_nothing(self, signed_in: SignedIn) -> None:
        client = signed_in("county")
        page = text(client.post(f"{PAGE}steps/", form(client) | {"step-6-limit_amount": "9", "do": "look"}))
        assert "The longest way, 17 working days, is longer than the statutory limit, 10 working days." in page
        assert "“Review”: limit from 2 working days to 9 working days" in page and "7 working days longer" in page
        assert not LayerDraft.objects.exists()

    @pytest.mark.parametrize(("typed", "sentence"), [
        ({"step-1-limit_amount": "soon"}, "Step “accept”: “limit” must be a whole number"),
        ({"step-1-name_zh": "", "step-1-name_en": ""}, "Step “accept”: it has no name."),
        ({"step-1-way-0-together": "1"}, "only one way is marked as taken together"),
        ({"step-1-waits_for": "rain"}, "“waiting” cannot be “rain”"),
        ({"step-2-way-1-zh": "没有去向"}, "“” is not the id of a step")])
    def test_what_is_wrong_is_said_once_and_the_text_stays(self, signed_in: SignedIn, typed: dict[str, str],
                                                            sentence: str) -> None:
        client = signed_in("county")
        response = client.post(f"{PAGE}steps/", form(client) | typed | {"do": "save"})
        assert response.status_code == 400 and text(response).count(sentence) == 1
        kept = Boxes(response.content.decode(), "step-0-id").sends
        assert {name: kept[name] for name in typed if not name.endswith("together")} == {
            name: value for name, value in typed.items() if not name.endswith("together")}
        assert not LayerDraft.objects.exists()

    def test_steps_stand_folded_with_who_how_long_and_where_to(self, signed_in: SignedIn) -> None:
        client = signed_in("county")
        page = client.get(f"{PAGE}steps/", HERE)
        assert unfolded(page.content.decode()) == [] and len(steps_here()) > 5
        assert "Intake clerk · 1 working day · → 6. Verify insurance, unemployment, job search, 3. Say" in text(page)
        assert "waits for the citizen · → 2. Accept" in text(page)

    @pytest.mark.parametrize(("do", "open_ones"), [
        ("way 1", [1]), ("up 2", [1]), ("down 2", [3]), ("add 0", [1]), ("add", [-1]), ("remove 0", []),
        ("unfold", "all"), ("look", []), ("save", "all")])
    def test_what_a_button_was_about_is_unfolded(self, signed_in: SignedIn, do: str, open_ones: Any) -> None:
        client = signed_in("county")
        wrong = {"step-1-limit_amount": "soon"} if do == "save" else {}
        page = client.post(f"{PAGE}steps/", form(client) | wrong | {"do": do}).content.decode()
        steps = page.count('<fieldset class="step-form"')
        assert unfolded(page) == (list(range(steps)) if open_ones == "all" else [one % steps for one in open_ones])

    def test_steps_are_added_moved_and_taken_out(self, signed_in: SignedIn) -> None:
        client = signed_in("county")
        sent = form(client)

        def press(do: str, **typed: str) -> None:
            nonlocal sent
            response = client.post(f"{PAGE}steps/", sent | typed | {"do": do})
            sent = Boxes(response.content.decode(), "step-0-id").sends

        press("add 0")
        assert sent["step-1-id"] == "local-1" and sent["step-2-id"] == "accept"
        press("up 2", **{"step-1-name_en": "Ring the bell", "step-1-role": "applicant"})
        assert sent["step-1-id"] == "accept" and sent["step-2-name_en"] == "Ring the bell"
        press("way 2", **{"step-2-way-0-to": "accept", "step-2-way-0-en": "Heard"})
        press("remove 3", **{"step-2-way-1-to": "end", "step-2-way-1-en": "Not heard"})
        client.post(f"{PAGE}steps/", sent | {"do": "save"})
        kept = LayerDraft.objects.get(region=COUNTY).fields["steps"]
        assert [one["id"] for one in kept][:3] == ["apply", "accept", "local-1"] and len(kept) == len(steps_here())
        assert kept[2]["next"] == [{"to": "accept", "when": {"en": "Heard"}},
                                   {"to": "end", "when": {"en": "Not heard"}}]

    def test_two_who_write_are_told_of_each_other(self, signed_in: SignedIn) -> None:
        county, province = signed_in("county"), signed_in("province")
        mine, theirs = form(county), form(province)
        province.post(f"{PAGE}steps/", theirs | {"do": "save"})
        response = county.post(f"{PAGE}steps/", mine | {"do": "save"})
        assert response.status_code == 400 and "“province-editor” has saved the draft in the meantime" in text(response)

    def test_what_was_published_since_the_form_was_opened_is_told(self, signed_in: SignedIn) -> None:
        browser = signed_in("county")
        sent = form(browser)
        record("province-editor", COUNTY, longer(steps_here(COUNTY), "examine", 5))
        response = browser.post(f"{PAGE}steps/", sent | {"do": "save"})
        assert response.status_code == 400 and "published here in the meantime" in text(response)

    def test_from_the_form_to_the_version(self, signed_in: SignedIn) -> None:
        client = signed_in("county")
        client.post(f"{PAGE}steps/", form(client) | {"step-5-limit_amount": "1", "do": "save"})
        page = client.get(f"{PAGE}publish/", HERE)
        assert "3 working days shorter" in text(page) and "The longest way, 7 working days" in text(page)
        sent = Boxes(page.content.decode(), "revision").sends
        response = client.post(f"{PAGE}publish/", sent)
        assert response.status_code == 302
        assert steps_here(COUNTY)[5]["limit"]["amount"] == 1 and steps_here(CITY)[5]["limit"]["amount"] == 4

    def test_a_draft_that_cannot_be_read_is_never_published(self, signed_in: SignedIn) -> None:
        LayerDraft.objects.create(sort="procedure", matter=MATTER, region=COUNTY, by="county-editor", revision=1,
                                  fields={"steps": [{"id": "a", "next": [{"to": "end"}]}]}, seen=0)
        response = signed_in("county").post(f"{PAGE}publish/", HERE | {"revision": "1"})
        assert response.status_code == 400 and "Step “a”: it has no name." in text(response)
        assert not LayerVersion.objects.filter(region=COUNTY).exists()

    def test_taking_over_what_stands_above_takes_the_own_table_back(self, signed_in: SignedIn) -> None:
        record("county-editor", COUNTY, longer(steps_here(), "review", 9))
        client = signed_in("county")
        client.post(f"{PAGE}steps/", form(client) | {"do": "above"})
        client.post(f"{PAGE}publish/", Boxes(client.get(f"{PAGE}publish/", HERE).content.decode(), "revision").sends)
        assert steps_here(COUNTY) == steps_here()


class TestTheDiagram:
    def xml(self, client: Client) -> str:
        return Boxes(client.get(f"{PAGE}drawn/", HERE).content.decode(), "xml").sends["xml"]

    def test_saved_as_it_came_nothing_is_lost(self, signed_in: SignedIn) -> None:
        client = signed_in("county")
        client.post(f"{PAGE}drawn/", HERE | {"xml": self.xml(client), "do": "save"})
        assert LayerDraft.objects.get(region=COUNTY).fields["steps"] == steps_here()

    def test_only_this_page_lets_styles_be_written(self, signed_in: SignedIn) -> None:
        client = signed_in("county")
        assert "style-src 'self' 'unsafe-inline'" in client.get(f"{PAGE}drawn/", HERE)["Content-Security-Policy"]
        for one in (PAGE, f"{PAGE}steps/"):
            assert "unsafe-inline" not in client.get(one, HERE)["Content-Security-Policy"]

    @pytest.mark.parametrize(("xml", "sentence"), [
        ("<a/>", "BPMN"), ("no xml at all", "XML"),
        ('<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p"><startEvent id="s"/>'
         '<sequenceFlow id="f" sourceRef="s" targetRef="nowhere"/></process></definitions>', "nowhere")])
    def test_what_cannot_be_read_is_said_in_one_sentence(self, signed_in: SignedIn, xml: str, sentence: str) -> None:
        response = signed_in("county").post(f"{PAGE}drawn/", HERE | {"xml": xml, "do": "save"})
        assert response.status_code == 400 and sentence in text(response) and not LayerDraft.objects.exists()
        assert Boxes(response.content.decode(), "xml").sends["xml"] == xml

    def test_a_file_made_elsewhere(self, signed_in: SignedIn) -> None:
        client = signed_in("county")
        xml = ('<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p"><startEvent id="s"/>'
               '<task id="t" name="Look"/><endEvent id="e"/><sequenceFlow id="f" sourceRef="s" targetRef="t"/>'
               '<sequenceFlow id="g" sourceRef="t" targetRef="e"/></process></definitions>')
        sent = HERE | {"do": "file", "file": io.BytesIO(xml.encode())}
        assert client.post(f"{PAGE}drawn/", sent).status_code == 302
        kept = read_steps(LayerDraft.objects.get(region=COUNTY).fields["steps"])
        assert [one.name.in_language("en") for one in kept.rows] == ["Look"]

    def test_no_file(self, signed_in: SignedIn) -> None:
        response = signed_in("county").post(f"{PAGE}drawn/", HERE | {"do": "file"})
        assert response.status_code == 400 and "Choose a file that is not empty." in text(response)


class TestDifferences:
    @pytest.fixture(autouse=True)
    def other(self, world: None, db: None) -> None:
        rows = longer(steps_here(), "review", 4)
        place = next(at for at, one in enumerate(rows) if one["id"] == "rate")
        record("county-editor", COUNTY, [one for at, one in enumerate(rows) if at != place])

    def test_from_the_place_above_in_sentences_and_on_the_picture(self, signed_in: SignedIn) -> None:
        client = signed_in("county")
        page = client.get(PAGE, HERE | {"tab": "impact"})
        assert "What is different from Pine Sample City" in text(page)
        assert "“Review”: limit from 2 working days to 4 working days" in text(page)
        assert "“Rate the service” removed" in text(page) and "2 working days longer" in text(page)
        assert 'class="task changed"' in client.get(PAGE, HERE | {"tab": "impact", "svg": "here"}).content.decode()

    def test_from_an_earlier_day(self, signed_in: SignedIn) -> None:
        page = text(signed_in("county").get(PAGE, HERE | {"tab": "history"}))
        assert "“Rate the service” removed" in page

    @pytest.mark.parametrize(("who", "other", "status", "sentence"), [
        ("province", "990102", 200, "What is different from"), ("county", "990102", 403, ""),
        ("county", "CN", 200, "What is different from China"), ("county", "nowhere", 200, "nowhere")])
    def test_another_place_within_sight(self, signed_in: SignedIn, who: str, other: str, status: int,
                                        sentence: str) -> None:
        response = signed_in(who).get(PAGE, HERE | {"tab": "impact", "side": "place", "other": other})
        assert response.status_code == status and sentence in text(response)

    def test_a_day_that_is_none(self, signed_in: SignedIn) -> None:
        response = signed_in("county").get(PAGE, HERE | {"tab": "impact", "side": "day", "before": "2026-02-30"})
        assert response.status_code == 200 and "That could not be compared" in text(response)

    def test_out_of_step_both_are_put_together_in_the_table(self, signed_in: SignedIn) -> None:
        record("national-editor", "CN", longer(steps_here(), "decide", 3))
        client = signed_in("county")
        page = text(client.get(f"{PAGE}step/steps/", HERE))
        assert "Decide: Post: Approver; Time limit: 3 working days" in page and "changed above" in page
        assert "The two changes do not touch" in page and "11 steps are the same on all sides" in page
        sent = form(client, "&from=merge")
        client.post(f"{PAGE}steps/", sent | {"do": "save"})
        client.post(f"{PAGE}publish/", Boxes(client.get(f"{PAGE}publish/", HERE).content.decode(), "revision").sends)
        kept = {one["id"]: one for one in steps_here(COUNTY)}
        assert kept["decide"]["limit"]["amount"] == 3 and kept["review"]["limit"]["amount"] == 4
        assert "rate" not in kept and client.get(f"{PAGE}step/steps/", HERE).status_code == 400


class TestLifeEvents:
    def test_each_leg_with_what_is_promised_here(self, reading: Client) -> None:
        page = reading.get("/en/bundles/retirement/?region=990101&on=2026-11-27")
        said = text(page)
        assert "Claim the employees' pension 8 working days promised here" in said
        assert "Only for: Insured elsewhere before" in said
        assert "If every part takes as long as is promised here: 24 working days." in said
        assert 'href="/en/guides/NB049-EX01/?region=990101' in page.content.decode()

    def test_what_nobody_promises_is_not_summed_up(self, reading: Client) -> None:
        said = text(reading.get("/en/bundles/lost_job/?region=CN"))
        assert "How long all of it takes cannot be told here" in said and "No time limit on record here" in said

    def test_every_material_once(self, reading: Client) -> None:
        response = reading.get("/en/bundles/lost_job/?region=990101&csv=materials")
        rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))[1:]
        assert len({row[0] for row in rows}) == len(rows) > 1

    def test_one_that_is_not_there(self, reading: Client) -> None:
        assert reading.get("/en/bundles/moonshot/").status_code == 404

    @pytest.mark.parametrize("address", ["/en/", "/en/bundles/", "/en/guides/NB049-EX01/"])
    def test_it_is_found_from(self, reading: Client, address: str) -> None:
        assert "/en/bundles/retirement/" in reading.get(address).content.decode()

    def test_a_matter_of_none_is_part_of_none(self, reading: Client) -> None:
        assert "Part of:" not in text(reading.get("/en/guides/NB026-EX02/"))
