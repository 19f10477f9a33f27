"""``/api/v1/questions``: who sees what, what a file would bring, and what is told of what cannot be."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from jizhun.people.actions import create_user, grant
from jizhun.people.models import AuditLine
from jizhun.people.rules import SYSTEM
from jizhun.people.tokens import make_token
from jizhun.training.interchange.items import Item
from jizhun.training.interchange.qti_writing import write_qti
from jizhun.training.models import Question
from training_bank import CONTENT, question

BANK, IMPORT = "/api/v1/questions", "/api/v1/questions/import"
MOODLE = Path(__file__).parents[1] / "cases" / "exchange" / "moodle.xml"
COUNTY, NEIGHBOUR, PROVINCE = "990101", "990102", "990000"

Signed = Callable[[str], Client]


def by_token(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {make_token(by=SYSTEM, username=name, days=1)}"}


def codes(answer: Any) -> set[str]:
    return {one["code"] for one in answer.json()["questions"]}


@pytest.fixture
def three(signed_in: Signed) -> None:
    """A question of the province, one of a county, a draft of its neighbour."""
    question("single", "A-province", topic="papers")
    question("numeric", "A-county", region=COUNTY)
    question("true_false", "A-neighbour", region=NEIGHBOUR, accepted=False)


@pytest.mark.usefixtures("three")
class TestReading:
    def test_the_list_without_what_is_right(self) -> None:
        answer = Client().get(f"{BANK}?q=A-", headers=by_token("trainer"))
        assert codes(answer) == {"A-province", "A-county", "A-neighbour"} and answer["Cache-Control"] == "no-store"
        row = next(one for one in answer.json()["questions"] if one["code"] == "A-county")
        assert (row["kind"], row["state"], row["region"], row["version"]) == ("numeric", "accepted", COUNTY, 1)
        assert row["stem"]["en"] == "How many days?" and "content" not in row

    @pytest.mark.parametrize(("query", "expected"), [
        (f"region={COUNTY}", {"A-county"}), ("state=draft", {"A-neighbour"}), ("kind=single", {"A-province"}),
        ("topic=papers", {"A-province"}), ("page=9", set())])
    def test_it_is_narrowed(self, query: str, expected: set[str]) -> None:
        assert codes(Client().get(f"{BANK}?q=A-&{query}", headers=by_token("trainer"))) == expected

    def test_one_with_what_is_right_and_what_it_rests_on(self) -> None:
        found = Client().get(f"{BANK}/A-county", headers=by_token("reviewer")).json()
        assert found["content"]["right"] == "10" and found["sources"] == [] and found["changed"] == []

    @pytest.mark.parametrize("name", ["county-clerk", "county-editor", "reader"])
    def test_nobody_who_may_sit_sees_right_answers(self, name: str) -> None:
        assert Client().get(f"{BANK}/A-county").status_code == Client().get(BANK).status_code == 401
        assert Client().get(f"{BANK}/A-county", headers=by_token(name)).status_code == 403
        assert Client().get(BANK, headers=by_token(name)).status_code == 403

    def test_whoever_reviews_one_county_sees_that_county_only(self) -> None:
        made = create_user(by=SYSTEM, username="one-county", password="a long enough word", region=COUNTY)
        grant(by=SYSTEM, user=made, role="reviewer", region=COUNTY)
        head = by_token("one-county")
        assert codes(Client().get(f"{BANK}?q=A-", headers=head)) == {"A-county"}
        assert codes(Client().get(f"{BANK}?q=A-&region={NEIGHBOUR}", headers=head)) == set()
        assert Client().get(f"{BANK}/A-neighbour", headers=head).status_code == 403

    @pytest.mark.parametrize(("address", "status", "sentence"), [
        (f"{BANK}/NOSUCH", 404, "has no question"), (f"{BANK}?state=odd", 400, "There is no state"),
        (f"{BANK}?region=1", 400, "There is no region"), (f"{BANK}?page=0", 400, "whole number from 1"),
        (f"{BANK}?oops=1", 400, "no parameter")])
    def test_a_slip_is_one_sentence(self, address: str, status: int, sentence: str) -> None:
        answer = Client().get(address, headers=by_token("trainer"))
        assert answer.status_code == status and sentence in answer.json()["error"]["en"]
        assert Client().delete(BANK, headers=by_token("trainer"))["Allow"] == "GET, HEAD"


@pytest.mark.usefixtures("three")
class TestImport:
    def send(self, content: bytes, query: str = f"region={PROVINCE}", who: str = "trainer") -> Any:
        return Client().post(f"{IMPORT}?{query}", content, content_type="application/octet-stream",
                             headers=by_token(who))

    def test_a_file_is_looked_at_and_nothing_is_kept(self) -> None:
        before = Question.objects.count()
        found = self.send(MOODLE.read_bytes()).json()
        assert found["new"] and found["lost"] and found["kept"] == 0 and Question.objects.count() == before
        assert {"code", "kind", "stem"} == {*found["new"][0]} and found["lost"][0]["why"]["zh"]

    def test_keep_makes_drafts_once(self) -> None:
        package = write_qti([Item(f"B-{kind}", kind, CONTENT[kind]) for kind in ("single", "numeric")]).content
        assert self.send(package, f"region={PROVINCE}&topic=limits&keep=1").json()["kept"] == 2
        assert AuditLine.objects.latest("seq").act == "training.import"
        again = self.send(package, f"region={PROVINCE}&keep=1").json()
        assert again["kept"] == 0 and {one["code"] for one in again["there"]} == {"B-single", "B-numeric"}
        assert codes(Client().get(f"{BANK}?q=B-&state=draft", headers=by_token("trainer"))) == {"B-single", "B-numeric"}

    @pytest.mark.parametrize(("content", "query", "who", "status"), [
        (b"<quiz/>", f"region={PROVINCE}", "reviewer", 403), (b"<quiz/>", f"region={PROVINCE}", "county-clerk", 403),
        (b"no file of questions", f"region={PROVINCE}", "trainer", 400), (b"", f"region={PROVINCE}", "trainer", 400),
        (b"<quiz/>", "", "trainer", 400), (b"<quiz/>", f"region={PROVINCE}&keep=yes", "trainer", 400),
        (b" " * (5 * 1024 * 1024 + 1), f"region={PROVINCE}", "trainer", 413)])
    def test_what_cannot_be_is_refused(self, content: bytes, query: str, who: str, status: int) -> None:
        answer = self.send(content, query, who)
        assert answer.status_code == status and answer.json()["error"]["en"] and answer.json()["error"]["zh"]
