"""``/api/v1/guides``, claims and points: what is answered, who may write, and what is told of what cannot be."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from jizhun.guides import actions
from jizhun.guides.models import LayerVersion
from jizhun.people.models import AuditLine, User
from jizhun.people.rules import SYSTEM
from jizhun.people.tokens import make_token
from jizhun.regions.actions import tree

MATTER, COUNTY, NEIGHBOUR, PROVINCE = "NB026-EX02", "990101", "990102", "990000"
LOCAL = {"zh": "本地", "en": "Local words"}
GUIDE, GUIDES, CLAIMS, POINTS = f"/api/v1/guides/{MATTER}", "/api/v1/guides", "/api/v1/claims", "/api/v1/points"

Signed = Callable[[str], Client]


def put(client: Client, url: str, content: Any, **headers: str) -> Any:
    return client.put(url, json.dumps(content), content_type="application/json", headers=headers)


def write(client: Client, region: str = COUNTY, fields: Any = None, **more: Any) -> Any:
    headers = more.pop("headers", {})
    return put(client, f"{GUIDE}?region={region}", {"fields": fields or {"quota": LOCAL}, **more}, **headers)


class TestReading:
    def test_a_guide_with_its_sources_parts_and_findings(self, signed_in: Signed) -> None:
        answer = signed_in("stranger").get("/api/v1/guides/NB029-EX01?region=330102&on=2026-11-24")
        found = answer.json()
        assert answer.status_code == 200 and answer["ETag"] == f'"{found["seal"]}"' and found["version"] == 0
        summary = found["fields"]["summary"]
        assert summary["from"][0]["region"] == "CN" and summary["mark"] == "V" and summary["from"][0]["source"]
        who = next(one for one in found["parts"] if one["code"] == "who")
        assert who["name"]["en"] == "Who it is for" and {"groups", "conditions"} <= {*who["fields"]}
        assert {"kind": "missing", "severity": "error", "field": "promised_limit", "item": "", "region": "330102",
                "quote": ""}.items() <= next(one for one in found["findings"]
                                             if one["field"] == "promised_limit").items()

    def test_the_list_says_how_complete_each_is(self, signed_in: Signed) -> None:
        actions.record(by=SYSTEM, sort="guide", matter=MATTER, region=COUNTY, fields={"quota": LOCAL})
        found = signed_in("stranger").get(f"{GUIDES}?region={COUNTY}").json()["guides"]
        one = next(row for row in found if row["matter"] == MATTER)
        assert one["filled"] + len(one["missing"]) == one["required"] and one["written_here"] is True
        alone = actions.guide(matter=MATTER, region=COUNTY, on=timezone.localdate())
        assert set(one["missing"]) == {field.code for field in alone.missing}

    @pytest.mark.parametrize(("url", "status", "sentence"), [
        ("/api/v1/guides/NB999-EX01", 404, "no matter"), (f"{GUIDE}?region=123456", 400, "123456"),
        (f"{GUIDE}?on=today", 400, "not a date"), (f"{GUIDE}?place=CN", 400, "no parameter “place”"),
        (f"{GUIDES}?region=123456", 400, "123456"), (f"{CLAIMS}?x=1", 400, "no parameter"),
        (f"{POINTS}?near=a,b", 400, "longitude,latitude"), (f"{POINTS}?near=200,10", 400, "longitude,latitude"),
        (f"{POINTS}?limit=0", 400, "must be 1 to"), (f"{POINTS}?matter=NB999-EX01", 400, "NB999-EX01")])
    def test_what_cannot_be_answered(self, signed_in: Signed, url: str, status: int, sentence: str) -> None:
        answer = signed_in("stranger").get(url)
        assert answer.status_code == status and sentence in answer.json()["error"]["en"]

    @pytest.mark.parametrize("url", [GUIDE, GUIDES, CLAIMS, POINTS])
    def test_other_methods(self, signed_in: Signed, url: str) -> None:
        answer = signed_in("nation").delete(url)
        assert answer.status_code == 405 and "GET" in answer["Allow"]


class TestWriting:
    @pytest.mark.parametrize(("who", "region", "status"), [
        ("county", COUNTY, 200), ("county", NEIGHBOUR, 403), ("province", COUNTY, 200), ("nation", "330100", 200),
        ("province", "330100", 403), ("clerk", COUNTY, 403), ("elsewhere", COUNTY, 403), ("reviewer", COUNTY, 403),
        ("reader", COUNTY, 403), ("stranger", COUNTY, 401)])
    def test_who_may(self, signed_in: Signed, who: str, region: str, status: int) -> None:
        answer = write(signed_in(who), region)
        assert answer.status_code == status
        assert LayerVersion.objects.filter(matter=MATTER, region=region).exists() is (status == 200)
        if status == 401:
            assert answer["WWW-Authenticate"] == "Bearer"

    def test_it_is_an_upsert(self, signed_in: Signed) -> None:
        client = signed_in("county")
        first = write(client, source="https://example.org/paper", note="because").json()
        assert (first["recorded"], first["version"], first["outcomes"]) == (1, 1, {"quota": "new"})
        again = write(client, source="https://example.org/paper").json()
        assert (again["recorded"], again["version"], again["outcomes"]) == (0, 1, {"quota": "same"})
        assert again["seal"] == first["seal"]
        gone = put(client, f"{GUIDE}?region={COUNTY}", {"fields": {"quota": None}}).json()
        assert gone["outcomes"] == {"quota": "taken_back"}

    def test_a_locked_field(self, signed_in: Signed) -> None:
        actions.record(by=SYSTEM, sort="guide", matter=MATTER, region=PROVINCE, fields={"quota": LOCAL},
                       policies={"quota": "locked"})
        answer = write(signed_in("county"))
        assert answer.status_code == 409 and "locked by Sample Province" in answer.json()["error"]["en"]

    def test_if_match(self, signed_in: Signed) -> None:
        client = signed_in("county")
        seal = client.get(f"{GUIDE}?region={COUNTY}")["ETag"]
        assert write(client, headers={"If-Match": seal}).status_code == 200
        late = write(client, fields={"quota": {"zh": "新", "en": "New"}}, headers={"If-Match": seal})
        assert late.status_code == 412 and "changed in the meantime" in late.json()["error"]["en"]
        assert write(client, fields={"quota": {"zh": "新"}}, headers={"If-Match": '"0"'}).status_code == 412
        assert write(client, fields={"quota": {"zh": "新"}}, headers={"If-Match": '"1"'}).status_code == 200

    @pytest.mark.parametrize(("content", "sentence"), [
        ({}, "“fields” is missing"), ({"fields": {}}, "“fields” is missing"), ({"fields": []}, "“fields” is missing"),
        ({"fields": {"quota": LOCAL}, "force": 1}, "no field “force”"), ({"fields": {"fee": LOCAL}}, "comes from"),
        ({"fields": {"quota": "text"}}, "must have words"), ({"fields": {"nothing": LOCAL}}, "no field called"),
        ({"fields": {"quota": LOCAL}, "mark": "X"}, "no mark"), ({"fields": {"quota": LOCAL}, "from": 5}, "a text"),
        ([], "should be an object")])
    def test_what_cannot_be_written(self, signed_in: Signed, content: Any, sentence: str) -> None:
        answer = put(signed_in("county"), f"{GUIDE}?region={COUNTY}", content)
        assert answer.status_code == 400 and sentence in answer.json()["error"]["en"]
        assert put(signed_in("county"), GUIDE, {"fields": {"quota": LOCAL}}).status_code == 400

    def test_a_browser_needs_the_token_of_a_page(self, signed_in: Signed) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(User.objects.get(username="county-editor"))
        assert write(client).status_code == 403
        client.get("/en/sign-in/")
        token = client.cookies["csrftoken"].value if "csrftoken" in client.cookies else ""
        assert token and write(client, headers={"X-CSRFToken": token}).status_code == 200


class TestTokens:
    def bearer(self, username: str = "county-editor", days: int = 1) -> dict[str, str]:
        return {"Authorization": f"Bearer {make_token(by=SYSTEM, username=username, days=days)}"}

    def test_another_system_writes_as_a_login(self, signed_in: Signed) -> None:
        client = Client(enforce_csrf_checks=True)
        assert write(client, headers=self.bearer()).status_code == 200
        assert write(client, NEIGHBOUR, headers=self.bearer()).status_code == 403
        line = AuditLine.objects.filter(act="guides.record_many_guide").order_by("-seq").first()
        assert line is not None and line.actor == "county-editor"

    def test_one_that_is_not_good(self, signed_in: Signed) -> None:
        client, good = signed_in("stranger"), self.bearer()
        user = User.objects.get(username="county-editor")
        for bad in ("Bearer x", "Basic eDp5", good["Authorization"] + "x"):
            assert write(client, headers={"Authorization": bad}).status_code == 401
        user.set_password("another one 2026")
        user.save()
        assert write(client, headers=good).status_code == 401
        newer = self.bearer()
        User.objects.filter(pk=user.pk).update(is_active=False)
        assert write(client, headers=newer).status_code == 401

    def test_it_runs_out(self, signed_in: Signed, monkeypatch: pytest.MonkeyPatch) -> None:
        held, later = self.bearer(days=2), timezone.localdate() + timedelta(3)
        monkeypatch.setattr(timezone, "localdate", lambda *_: later)
        assert write(signed_in("stranger"), headers=held).status_code == 401


class TestClaims:
    def test_silence_is_unknown(self, signed_in: Signed) -> None:
        found = signed_in("stranger").get(f"{CLAIMS}?region={COUNTY}").json()["claims"]
        assert next(one for one in found if one["matter"] == MATTER)["says"] == "unknown"

    def test_who_may_and_what_is_kept(self, signed_in: Signed) -> None:
        content = {"region": COUNTY, "claims": [{"matter": MATTER, "says": "not_offered", "reason_zh": "不办"}]}
        assert put(signed_in("clerk"), CLAIMS, content).status_code == 403
        assert put(signed_in("stranger"), CLAIMS, content).status_code == 401
        assert put(signed_in("county"), CLAIMS, content).json() == {"recorded": 1}
        assert put(signed_in("county"), CLAIMS, content).json() == {"recorded": 0}
        found = signed_in("stranger").get(f"{CLAIMS}?region={COUNTY}").json()["claims"]
        assert next(one for one in found if one["matter"] == MATTER)["reason"]["zh"] == "不办"

    @pytest.mark.parametrize(("claims", "sentence"), [
        (None, "region and claims"), ([{"matter": MATTER, "says": "maybe"}], "cannot say"),
        ([{"matter": MATTER, "says": "not_offered"}], "Say why"), ([{"matter": "X", "says": "offered"}], "no matter"),
        ([{"matter": MATTER, "says": "offered", "by": "me"}], "“by” is not known"),
        ([{"matter": MATTER, "says": "offered", "own": {"colour": "red"}}], "“own” is not known")])
    def test_what_cannot_be_claimed(self, signed_in: Signed, claims: Any, sentence: str) -> None:
        answer = put(signed_in("county"), CLAIMS, {"region": COUNTY, "claims": claims})
        assert answer.status_code == 400 and sentence in answer.json()["error"]["en"]


class TestPoints:
    def test_the_nearest_first(self, signed_in: Signed) -> None:
        row = {"kind": "hall", "name_zh": "大厅", "mark": "SIM", "source": "test", "lat": 30.0, "telephone": "12345"}
        for code, lon in (("far", 121.0), ("near", 120.1), ("nearest", 120.0)):
            actions.record_point(by=SYSTEM, row={**row, "code": code, "region": COUNTY, "lon": lon})
        assert COUNTY in tree()
        found = signed_in("stranger").get(f"{POINTS}?near=120.0,30.0&region={COUNTY}&limit=2").json()
        assert [one["code"] for one in found["points"]] == ["nearest", "near"] and found["count"] == 3
        assert found["points"][0]["km"] == 0 and 9 < found["points"][1]["km"] < 10.5
