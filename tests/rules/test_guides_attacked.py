"""What may not be kept in guides, points, claims and the ledger, and what is never made a link."""

from datetime import date
from typing import Any

import pytest

from jizhun.guides.rules import Drift, Field, Layer, Said, accepted, checked, proposal, read_field, resolve
from jizhun.guides.rules.claiming import Claim, checked_claim
from jizhun.guides.rules.fields import checked_policy
from jizhun.guides.rules.layers import joined
from jizhun.guides.rules.ledger import in_list, new_change, read_change
from jizhun.guides.rules.points import new_point, read_point
from jizhun.guides.rules.reaching import dialled, opens
from jizhun.kernel.bilingual import Bilingual, Refused

DAY, LATER = date(2026, 1, 1), date(2026, 6, 1)


def a_field(kind: str = "lines", policy: str = "free", **more: Any) -> Field:
    return read_field({"code": "f", "part": "what", "kind": kind, "policy": policy, "zh": "条件", "en": "Conditions",
                       **more})


CHOICE = a_field("choice", options=[{"code": "a", "zh": "甲", "en": "A"}, {"code": "b", "zh": "乙", "en": "B"}])


class TestItems:
    @pytest.mark.parametrize(("kind", "item", "sentence"), [
        ("lines", {"url": "javascript:alert(1)"}, "must begin with http"),
        ("lines", {"url": "data:text/html,x"}, "must begin with http"),
        ("lines", {"url": "www.12333.gov.cn"}, "must begin with http"),
        ("materials", {"blank_form": "javascript:alert(1)"}, "must begin with http"),
        ("lines", {"zh": "甲" * 20_001}, "20000 characters"), ("contacts", {"phone": "1" * 20_001}, "20000 characters"),
        ("lines", {"id": "x" * 65}, "64 characters"),
        ("lines", {"days": "soon"}, "a whole number"), ("lines", {"days": "9" * 20}, "a whole number"),
        ("materials", {"copies": -1}, "a whole number"), ("lines", {"until": "tomorrow"}, "is not a date")])
    def test_what_is_wrong_is_refused_with_the_column(self, kind: str, item: dict[str, Any], sentence: str) -> None:
        with pytest.raises(Refused) as refused:
            checked(a_field(kind), [{"id": "a", "zh": "甲", **item}])
        assert sentence in refused.value.sentence.en and len(refused.value.sentence.en) < 200

    def test_what_is_right_is_kept_as_it_is_meant(self) -> None:
        item = {"id": "a", "zh": "甲" * 20_000, "days": "10", "until": date(2026, 1, 1), "url": "HTTPS://a.gov.cn"}
        (kept,) = checked(a_field(), [item])
        assert kept == {**item, "days": 10, "until": "2026-01-01"}


class TestBinding:
    def test_a_choice_takes_no_supplement(self) -> None:
        with pytest.raises(Refused, match="cannot be added to"):
            checked_policy(CHOICE, "supplement")
        assert checked_policy(a_field(), "supplement") == "supplement" and checked_policy(CHOICE, "locked") == "locked"

    def test_nobody_is_bound_by_a_policy_that_does_not_exist(self) -> None:
        with pytest.raises(Refused, match="no policy"):
            checked_policy(CHOICE, "nonsense")

    def test_of_two_choices_the_nearest_counts(self) -> None:
        assert joined(CHOICE, ["a", "b"]) == "b"


class TestAddingToWhatAPlaceAboveBinds:
    """The field itself is free; the province says that places below may only add to it."""

    def drift(self) -> Drift:
        own = Said([{"id": "own", "zh": "本地"}], DAY, [{"id": "1", "zh": "旧"}])
        layers = [Layer("CN", 1, DAY, {"f": Said([{"id": "1", "zh": "新"}], LATER, policy="supplement")}),
                  Layer("990101", 1, DAY, {"f": own})]
        (found,) = resolve([a_field()], layers)
        assert found.drift is not None and len(found.content) == 2
        return found.drift

    def test_what_was_added_stays_when_the_new_words_are_taken_over(self) -> None:
        drift = self.drift()
        assert accepted(drift, Said(drift.own, DAY, drift.base), LATER).content == [{"id": "own", "zh": "本地"}]

    def test_words_from_above_are_not_copied_into_what_is_added(self) -> None:
        merge = proposal(self.drift())
        assert merge.content == [{"id": "own", "zh": "本地"}] and merge.conflicts == ()


class TestPoints:
    ROW = {"code": "99-a", "region": "990101", "name_zh": "甲", "source": "test", "mark": "R"}

    @pytest.mark.parametrize("code", ["a/b", "..", "new", "😀", "a b", "<b>", "x" * 65, "a?b", "a#b", "新"])
    def test_a_code_that_an_address_cannot_bear_is_refused(self, code: str) -> None:
        with pytest.raises(Refused, match="a code is made of letters"):
            new_point({**self.ROW, "code": code})

    @pytest.mark.parametrize(("more", "sentence"), [
        ({"queue": {"kind": "ticket", "url": "javascript:alert(1)"}}, "must begin with http"),
        ({"name_zh": "甲" * 2_001}, "“name_zh” may have 2000 characters"),
        ({"queue": {"url": "https://a.gov.cn/" + "x" * 2_000}}, "2000 characters"),
        ({"hours": {"mon": ["22:00-02:00"]}}, "does not begin before it ends")])
    def test_what_is_wrong_is_refused(self, more: dict[str, Any], sentence: str) -> None:
        with pytest.raises(Refused, match=sentence):
            new_point({**self.ROW, **more})

    def test_what_is_on_record_is_read_but_never_made_a_link(self) -> None:
        point = read_point({**self.ROW, "code": "a/b", "queue": {"kind": "ticket", "url": "data:text/html,x"}})
        assert point.queue == "ticket" and not point.queue_url

    def test_a_night_is_two_spans(self) -> None:
        point = new_point({**self.ROW, "hours": {"mon": ["22:00-24:00"], "tue": ["00:00-02:00"]}})
        assert [str(span) for span in (*point.hours[0], *point.hours[1])] == ["22:00–24:00", "00:00–02:00"]


class TestTheLedger:
    ROW = {"id": "1", "kind": "cancelled", "matter": "A", "region": "990000", "from": "2026-01-01", "zh": "甲",
           "source": "test", "mark": "R"}

    @pytest.mark.parametrize(("more", "sentence"), [
        ({"id": "x" * 101}, "“id” is too long"), ({"zh": "甲" * 2_001}, "“zh” is too long"),
        ({"kind": "merged", "others": ["A"]}, "cannot go into itself")])
    def test_what_is_wrong_is_refused(self, more: dict[str, Any], sentence: str) -> None:
        with pytest.raises(Refused, match=sentence):
            new_change({**self.ROW, **more}, ["A"])

    def test_of_two_lines_of_a_day_the_one_recorded_later_counts(self) -> None:
        cancelled = read_change({**self.ROW, "id": "2026-9"}, ["A"])
        again = read_change({**self.ROW, "id": "2026-10", "kind": "added"}, ["A"])
        path = ("CN", "990000")
        assert in_list("A", path, LATER, [cancelled, again]) and not in_list("A", path, LATER, [again, cancelled])


def test_a_reason_is_a_sentence_and_no_book() -> None:
    with pytest.raises(Refused, match="2000 characters"):
        checked_claim(Claim("A", "990101", "not_offered", DAY, reason=Bilingual("甲" * 2_001, "")), ["A"])


@pytest.mark.parametrize(("text", "number"), [
    ("0571-87654321", "057187654321"), ("0571-87654321、0571-87654322", "057187654321"), ("+86 571 8765", "+865718765"),
    ("０５７１－８７６５４３２１转８０１", "057187654321"), ("call me", ""), ("12333", "12333"), ("", "")])
def test_the_first_number_is_dialled(text: str, number: str) -> None:
    assert dialled(text) == number


@pytest.mark.parametrize(("url", "may"), [
    ("https://a.gov.cn", True), ("HTTP://a.gov.cn", True), ("javascript:alert(1)", False), (" https://a.gov.cn", False),
    ("data:text/html,x", False), ("//a.gov.cn", False), ("", False)])
def test_only_pages_are_opened(url: str, may: bool) -> None:
    assert opens(url) is may
