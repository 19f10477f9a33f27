"""Publications: made by one, published by another, corrected by a new edition; small cells stay hidden."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from finding_cases import MATTER, OTHER, SOURCE, Heap, hand_in, settle, taken_in
from jizhun.evaluation.models import Proposal, Publication, PublishedEdition
from jizhun.evaluation.publications import Plan, edition, known, make, newest, propose, publications, publish, put_back
from jizhun.evaluation.publications import waiting as waiting_for
from jizhun.evaluation.publications.reading import NoSuchEdition
from jizhun.evaluation.rules.publishing import Triple, changes, shown
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.actions import grant, verify_trail
from jizhun.people.models import AuditLine, Notice, User
from jizhun.people.rules import SYSTEM, Forbidden
from jizhun.regions.actions import Moved

pytestmark = pytest.mark.usefixtures("world", "db")

HEAPS = [Heap("990101", "2025-02", 60, 20), Heap("990101", "2025-03", 60, 5), Heap("990102", "2025-03", 6, 1),
         Heap("990103", "2025-03", 40, 1), Heap("990101", "2025-03", 50, 2, OTHER),
         Heap("990102", "2025-02", 30, 0, OTHER), Heap("990103", "2025-02", 24, 3, OTHER)]
WHY = Bilingual("补报一批办件。", "Cases that were missing were handed in.")


@pytest.fixture(scope="module")
def filled(world: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The cases, handed in once."""
    with django_db_blocker.unblock(), taken_in(tmp_path_factory.mktemp("lake"), HEAPS, "2025-06-30") as folder:
        yield folder


@pytest.fixture(autouse=True)
def cases(filled: Path, tmp_path: Path, settings: Any, db: None) -> Path:
    """Three counties, one of them with six cases of a matter."""
    return settle(filled, tmp_path, settings)


def user(name: str) -> User:
    return User.objects.get(username=name)


def plan(**change: Any) -> Plan:
    said: dict[str, Any] = {
        "code": "spring", "title": Bilingual("松样市春季按时率（模拟）", "Pine Sample City, spring (simulated)"),
        "region": "990100", "source": SOURCE, "first": date(2025, 1, 1), "last": date(2025, 6, 30), "down": "matter",
        "across": "county", "indices": ["on_time", "conformance"]}
    return Plan(**{**said, **change})


def made(**change: Any) -> Proposal:
    return make(by=user("statistician"), plan=plan(**change))


def out(**change: Any) -> PublishedEdition:
    one = made(**change)
    return publish(by=user("reviewer"), proposal=one.pk, seen=one.content_hash)


def told(content: Any, row: str, column: str, index: str = "on_time") -> Triple | str | None:
    one = next(one for one in shown(content, index) if (one.row[0], one.column[0]) == (row, column))
    return "hidden" if one.hidden else one.figure


def test_an_edition_says_all_that_its_figures_rest_on():
    content = out().proposal.content
    assert told(content, "", "") == (238, 270, 270) and told(content, OTHER, "990101") == (48, 50, 50)
    assert (content["as_of"], content["first"], content["last"]) == ("2025-06-30", "2025-01-01", "2025-06-30")
    assert content["simulated"] is True and content["source"]["simulated"] is True
    for one in content["indices"]:
        run = one["run"]
        assert "SELECT" in run["sql"] and run["engine"] == "duckdb" and run["engine_version"] and run["fingerprint"]
        assert one["text"]["zh"] and one["formula"] and one["better"]["en"] == "higher"
    assert content["quality"]["grade"] in "ABCD" and {one["check"] for one in content["quality"]["remarks"]} >= {
        "completeness", "silent", "steps"}
    assert "hidden" not in json.dumps(content["quality"])


def test_small_cells_are_hidden_in_every_index_with_others_beside_them():
    content = out().proposal.content
    for index in ("on_time", "conformance"):
        assert told(content, MATTER, "990102", index) == "hidden"
        hidden = [(one.row[0], one.column[0]) for one in shown(content, index) if one.hidden]
        assert len(hidden) >= 4 and sum(row == MATTER for row, _ in hidden) >= 2
    assert content["hidden"] == len(hidden) and "primary" not in json.dumps(content)
    assert "[5, 6, 6]" not in json.dumps(content)


@pytest.mark.parametrize(("who", "allowed"), [
    ("statistician", True), ("province-editor", True), ("county-editor", False), ("county-clerk", False),
    ("reviewer", False), ("reader", False), ("national-editor", True)])
def test_only_who_may_compute_there_makes_figures(who, allowed):
    if allowed:
        assert make(by=user(who), plan=plan()).maker == who
    else:
        with pytest.raises(Forbidden):
            make(by=user(who), plan=plan())
    assert Publication.objects.exists() is allowed


@pytest.mark.parametrize("who", ["statistician", "province-editor", "county-editor", "county-clerk", "reader"])
def test_only_who_may_publish_publishes(who):
    one = made()
    with pytest.raises(Forbidden):
        publish(by=user(who), proposal=one.pk, seen=one.content_hash)
    assert newest(one.publication) is None and publications() == []


def test_nobody_publishes_what_they_made_themselves_whatever_their_rights():
    one = make(by=user("national-editor"), plan=plan())
    with pytest.raises(Forbidden, match="somebody else has to"):
        publish(by=user("national-editor"), proposal=one.pk, seen=one.content_hash)
    both = make(by=SYSTEM, plan=plan(code="other"))
    with pytest.raises(Forbidden, match="somebody else has to"):
        publish(by=SYSTEM, proposal=both.pk, seen=both.content_hash)
    grant(by=SYSTEM, user=user("statistician"), role="reviewer", region="990000")
    mine = made(code="mine")
    with pytest.raises(Forbidden, match="somebody else has to"):
        publish(by=user("statistician"), proposal=mine.pk, seen=mine.content_hash)


def test_what_was_not_looked_at_is_not_published():
    one = made()
    with pytest.raises(Moved):
        publish(by=user("reviewer"), proposal=one.pk, seen="0" * 64)
    publish(by=user("reviewer"), proposal=one.pk, seen=one.content_hash)
    with pytest.raises(Refused, match="published or sent back already"):
        publish(by=user("reviewer"), proposal=one.pk, seen=one.content_hash)


def test_a_correction_says_why_and_the_old_edition_stays(cases: Path):
    first = out()
    hand_in(cases, [Heap("990103", "2025-04", 40, 30)], "2025-07-31")
    with pytest.raises(Refused, match="in Chinese and in English"):
        propose(by=user("statistician"), code="spring", reason=Bilingual("补报。", ""))
    again = propose(by=user("statistician"), code="spring", reason=WHY)
    second = publish(by=user("reviewer"), proposal=again.pk, seen=again.content_hash)
    assert (second.number, second.proposal.reason) == (2, WHY)
    assert edition("spring") == second and edition("spring", 1) == first
    assert edition("spring", 1).proposal.content == first.proposal.content
    said = [one.en for one in changes(first.proposal.content, second.proposal.content)]
    assert said[0] == "The data date is 2025-07-31; it was 2025-06-30."
    assert any(one.startswith("Total, On-time share: 88.14 % (238 of 270) → 80.00 % (248 of 310)") for one in said)
    assert [one.edition for one in publications()] == [second]


def test_what_an_edition_hid_a_correction_does_not_give_away(cases: Path):
    """In the second edition the small cell has grown, its partners are as they were: to show them would tell it."""
    first = out().proposal.content
    hand_in(cases, [Heap("990102", "2025-04", 40)], "2025-07-31")
    again = propose(by=user("statistician"), code="spring", reason=WHY).content
    before = {(one.row[0], one.column[0]) for one in shown(first, "on_time") if one.hidden}
    after = {(one.row[0], one.column[0]) for one in shown(again, "on_time") if one.hidden}
    partners = {pair for pair in before if "990102" not in pair and "" not in pair}
    assert partners and partners <= after


def test_sent_back_is_not_published_and_other_figures_may_follow():
    one = made()
    with pytest.raises(Refused, match="waiting for review already"):
        propose(by=user("statistician"), code="spring")
    with pytest.raises(Forbidden):
        put_back(by=user("province-editor"), proposal=one.pk, reason="No.")
    with pytest.raises(Refused, match="Fill in: reason"):
        put_back(by=user("reviewer"), proposal=one.pk, reason="")
    put_back(by=user("reviewer"), proposal=one.pk, reason="The title is wrong.")
    with pytest.raises(Refused, match="published or sent back already"):
        publish(by=user("reviewer"), proposal=one.pk, seen=one.content_hash)
    assert waiting_for(known("spring")) is None and publications() == []
    second = propose(by=user("statistician"), code="spring")
    put_back(by=user("statistician"), proposal=second.pk, reason="Taken back.")
    third = propose(by=user("statistician"), code="spring")
    assert publish(by=user("reviewer"), proposal=third.pk, seen=third.content_hash).number == 1


def test_both_are_told():
    one = made()
    assert set(Notice.objects.filter(about="publication:spring").values_list("username", flat=True)) == {"reviewer"}
    publish(by=user("reviewer"), proposal=one.pk, seen=one.content_hash)
    assert Notice.objects.filter(username="statistician", text_en__endswith="Edition 1 is out").exists()
    acts = AuditLine.objects.filter(subject="publication:spring").values_list("act", flat=True).order_by("seq")
    assert list(acts) == ["evaluation.propose", "evaluation.publish"] and verify_trail() is None


@pytest.mark.parametrize(("change", "words"), [
    ({"code": "no good"}, "cannot be a code"), ({"title": Bilingual("只有中文", "")}, "Fill in"),
    ({"region": "CN"}, "fictional places only"), ({"region": "330100"}, "fictional places only"),
    ({"indices": []}, "1 to 6"), ({"indices": ["happiness"]}, "no index"), ({"down": "channel"}, "Rows may be"),
    ({"indices": ["lateness.promised_limit"]}, "no share of cases"),
    ({"last": date(2024, 1, 1)}, "before the first"),
    ({"first": date(2020, 1, 1), "last": date(2020, 2, 1)}, "no cases"),
    ({"source": "nobody"}, "no cases of a source")])
def test_a_plan_that_cannot_be_is_refused_by_one_sentence(change, words):
    with pytest.raises(Refused, match=words):
        make(by=SYSTEM, plan=plan(**change))
    assert not Publication.objects.exists()


def test_a_code_is_taken_once_and_a_day_beyond_the_data_is_refused():
    made()
    with pytest.raises(Refused, match="is taken"):
        made()
    with pytest.raises(Refused, match="reach to 2025-06-30"):
        make(by=SYSTEM, plan=plan(code="later"), as_of=date(2025, 7, 1))
    with pytest.raises(NoSuchEdition):
        edition("spring")
    with pytest.raises(NoSuchEdition):
        known("autumn")


@pytest.mark.parametrize(("table", "column"), [
    ("publishededition", "reviewer"), ("publication", "title_zh"), ("proposal", "maker"), ("proposalreturn", "reason")])
def test_nothing_published_can_be_changed_or_removed(table, column):
    out()
    put_back(by=SYSTEM, proposal=propose(by=user("statistician"), code="spring", reason=WHY).pk, reason="No.")
    for said in (f"UPDATE jizhun_{table} SET {column} = 'other'", f"DELETE FROM jizhun_{table}"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(said)


def test_one_dimension_is_enough():
    content = out(code="places", down="county", across="").proposal.content
    assert [one.row[0] for one in shown(content, "on_time")] == ["990101", "990102", "990103", ""]
    assert told(content, "990101", "") == (143, 170, 170)
