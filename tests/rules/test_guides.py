"""Guides field by field: what counts below, what may not be written there, and what has changed above since."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizhun.guides.rules import (
    Drift,
    Field,
    Layer,
    Resolved,
    Said,
    accepted,
    checked,
    deferred,
    due,
    kept,
    merged_by_hand,
    proposal,
    read_field,
    resolve,
    side_by_side,
    standing,
)
from jizhun.kernel.bilingual import Bilingual, Refused

DAY, LATER, MUCH_LATER = date(2026, 1, 1), date(2026, 6, 1), date(2026, 12, 1)


def a_field(kind: str = "lines", policy: str = "supplement", **more: Any) -> Field:
    return read_field({"code": "f", "part": "what", "kind": kind, "policy": policy, "zh": "条件", "en": "Conditions",
                       **more})


def lines(*ids: str) -> list[dict[str, str]]:
    return [{"id": one, "zh": f"第{one}条", "en": f"Line {one}"} for one in ids]


def text(words: str) -> dict[str, str]:
    return {"zh": words, "en": words}


def layer(place: str, content: Any = None, number: int = 1, since: date = DAY, forced: tuple[str, ...] = (),
          **more: Any) -> Layer:
    return Layer(place, number, since, {"f": Said(content, since, **more)}, dict.fromkeys(forced, since))


def at(field: Field, *layers: Layer) -> Resolved:
    (found,) = resolve([field], layers)
    return found


class TestWhatCountsBelow:
    def test_a_place_that_says_nothing_has_what_is_above(self) -> None:
        found = at(a_field(), layer("CN", lines("1")), Layer("990000", 1, DAY), Layer("990100", 1, DAY))
        assert (found.content, found.places, found.state) == (lines("1"), ("CN",), "inherited")

    def test_nobody_says_anything(self) -> None:
        assert at(a_field(), Layer("CN", 1, DAY)).state == "missing"

    def test_a_supplement_adds_and_takes_nothing_away(self) -> None:
        found = at(a_field(), layer("CN", lines("1", "2")), layer("990000", lines("3"), base=lines("1", "2")))
        assert (found.content, found.state) == (lines("1", "2", "3"), "supplemented")

    def test_the_nearest_words_count_where_a_field_is_free(self) -> None:
        found = at(a_field(policy="free"), layer("CN", lines("1")), layer("990000", lines("2"), base=lines("1")),
                   layer("990100", lines("3"), base=lines("2")))
        assert (found.content, found.places, found.state) == (lines("3"), ("990100",), "own")

    def test_texts_are_supplemented_by_paragraphs(self) -> None:
        found = at(a_field("text"), layer("CN", text("one")), layer("990000", text("two"), base=text("one")))
        assert found.content == text("one\n\ntwo")

    def test_a_locked_field_cannot_be_changed_below(self) -> None:
        found = at(a_field(policy="locked"), layer("CN", lines("1")), layer("990000", lines("9"), base=lines("1")))
        assert (found.content, [one.place for one in found.refused]) == (lines("1"), ["990000"])

    def test_the_first_to_speak_may_write_even_a_locked_field(self) -> None:
        assert at(a_field(policy="locked"), Layer("CN", 1, DAY), layer("990000", lines("1"))).content == lines("1")

    def test_a_place_binds_those_below_tighter(self) -> None:
        province = layer("990000", lines("1"), policy="locked")
        found = at(a_field(policy="free"), province, layer("990100", lines("2"), base=lines("1")))
        assert (found.content, found.policy) == (lines("1"), "locked")

    def test_nobody_binds_looser_than_above(self) -> None:
        found = at(a_field(policy="locked"), layer("CN", lines("1"), policy="free"), layer("990000", lines("2")))
        assert found.content == lines("1")

    def test_the_last_begun_version_stands(self) -> None:
        versions = [Layer("CN", 1, DAY), Layer("CN", 3, LATER), Layer("CN", 2, LATER), Layer("CN", 4, MUCH_LATER)]
        found = standing(versions, LATER)
        assert found is not None and found.number == 3
        assert standing(versions, date(2025, 1, 1)) is None


class TestForcedChanges:
    def test_what_was_written_before_is_overruled(self) -> None:
        nation = layer("CN", lines("2"), number=2, since=LATER, forced=("f",))
        found = at(a_field(policy="free"), nation, layer("990000", lines("9"), since=DAY, base=lines("1")))
        assert (found.content, [one.content for one in found.overruled]) == (lines("2"), [lines("9")])

    def test_what_is_written_afterwards_counts_again(self) -> None:
        nation = layer("CN", lines("2"), number=2, since=LATER, forced=("f",))
        found = at(a_field(policy="free"), nation, layer("990000", lines("9"), since=MUCH_LATER, base=lines("2")))
        assert found.content == lines("9")


class TestDrift:
    def drift(self, policy: str = "free", own: Any = None, now: Any = None, base: Any = None) -> Drift:
        base, now, own = base or lines("1", "2"), now or lines("1", "3"), own or lines("1", "2", "4")
        found = at(a_field(policy=policy), layer("CN", now), layer("990000", own, base=base)).drift
        assert found is not None
        return found

    def test_no_drift_while_the_base_stands(self) -> None:
        assert at(a_field(), layer("CN", lines("1")), layer("990000", lines("2"), base=lines("1"))).drift is None

    def test_a_changed_base_is_seen(self) -> None:
        found = self.drift()
        assert (found.base, found.now, found.own) == (lines("1", "2"), lines("1", "3"), lines("1", "2", "4"))
        assert due(found, DAY)

    def test_drift_belongs_to_whoever_wrote_not_to_those_below(self) -> None:
        found = at(a_field(policy="free"), layer("CN", lines("3")), layer("990000", lines("9"), base=lines("1")),
                   Layer("990100", 1, DAY))
        assert found.drift is None

    @pytest.mark.parametrize("act", ["accept", "keep", "merge"])
    def test_every_way_of_acting_ends_the_drift(self, act: str) -> None:
        found, said = self.drift(), Said(lines("1", "2", "4"), DAY, lines("1", "2"))
        new = {"accept": lambda: accepted(found, said, LATER), "keep": lambda: kept(found, said, LATER, "local rule"),
               "merge": lambda: merged_by_hand(found, said, LATER, lines("1", "3", "4"))}[act]()
        told = at(a_field(policy="free"), layer("CN", lines("1", "3")), Layer("990000", 2, LATER, {"f": new}))
        assert told.drift is None
        assert told.content == {"accept": lines("1", "3"), "keep": lines("1", "2", "4"),
                                "merge": lines("1", "3", "4")}[act]

    def test_accepting_keeps_a_supplement(self) -> None:
        found = self.drift("supplement", own=lines("9"))
        assert accepted(found, Said(lines("9"), DAY, lines("1", "2")), LATER).content == lines("9")

    def test_keeping_needs_a_reason(self) -> None:
        with pytest.raises(Refused, match="Say why"):
            kept(self.drift(), Said(), LATER, " ")

    def test_putting_off_until_a_day(self) -> None:
        said = deferred(self.drift(), Said(lines("9"), DAY, lines("1")), DAY, LATER)
        found = at(a_field(policy="free"), layer("CN", lines("2")), Layer("990000", 2, DAY, {"f": said})).drift
        assert not due(found, DAY) and due(found, LATER)
        with pytest.raises(Refused, match="ahead"):
            deferred(self.drift(), said, LATER, LATER)

    def test_both_changes_are_put_together_where_they_do_not_touch(self) -> None:
        found = proposal(self.drift())
        assert (found.content, found.conflicts) == (lines("1", "3", "4"), ())

    def test_where_both_changed_one_item_it_is_named(self) -> None:
        now, own = [{"id": "1", "zh": "上", "en": "above"}], [{"id": "1", "zh": "下", "en": "here"}]
        found = proposal(self.drift(base=lines("1"), now=now, own=own))
        assert (found.content, found.conflicts) == (own, ("1",))

    def test_texts_are_put_together_by_language(self) -> None:
        drift = Drift(a_field("text", "free"), "990000", {"zh": "旧", "en": "old"}, {"zh": "新", "en": "old"},
                      {"zh": "旧", "en": "own"})
        assert proposal(drift).content == {"zh": "新", "en": "own"}

    def test_the_three_sides_item_by_item(self) -> None:
        found = side_by_side(a_field(), lines("1", "2"), lines("1", "3"), lines("1", "2", "4"))
        assert [(one.key, one.kind) for one in found] == [("1", "same"), ("3", "above"), ("2", "above"), ("4", "here")]


class TestWhatMayBeWritten:
    @pytest.mark.parametrize(("field", "content", "sentence"), [
        (a_field("text", "free"), {"fr": "x"}, "must have words"),
        (a_field(), [{"zh": "x"}], "items have an id"), (a_field(), lines("1", "1"), "uses the id “1” twice"),
        (a_field("choice", "free", options=[{"code": "a", "zh": "甲", "en": "A"}]), "b", "has no choice “b”"),
        (a_field("measure", "locked", measure="fee"), {"zh": "免费"}, "comes from the provisions or")])
    def test_what_does_not_fit_is_refused(self, field: Field, content: Any, sentence: str) -> None:
        with pytest.raises(Refused, match=sentence):
            checked(field, content)

    @pytest.mark.parametrize(("row", "sentence"), [
        ({"kind": "song"}, "not known"), ({"kind": "text", "measure": "fee"}, "named by that kind"),
        ({"kind": "choice", "policy": "supplement"}, "cannot be supplemented"),
        ({"kind": "text", "colour": 1}, "no field “colour”")])
    def test_a_wrong_field_is_refused(self, row: dict[str, Any], sentence: str) -> None:
        with pytest.raises(Refused, match=sentence):
            read_field({"code": "f", "zh": "x", "en": "x", **row})


LINES = st.lists(st.sampled_from("123456"), unique=True, min_size=1, max_size=4).map(lambda ids: lines(*ids))


@given(st.sampled_from(["free", "supplement", "locked"]), st.lists(st.one_of(st.none(), LINES), min_size=1, max_size=4))
def test_laws_of_the_way_down(policy: str, said: list[Any]) -> None:
    """Locked: everywhere as first said. Supplemented: nothing said above is missing below. Free: the last who spoke."""
    field = Field("f", "what", "lines", policy, Bilingual("x", "x"))  # type: ignore[arg-type]
    found = at(field, *(layer(str(n), content) for n, content in enumerate(said)))
    spoken = [content for content in said if content is not None]
    if policy == "locked":
        assert found.content == (spoken[0] if spoken else None)
    elif policy == "free":
        assert found.content == (spoken[-1] if spoken else None)
    else:
        ids = {item["id"] for item in found.content or ()}
        assert ids == {item["id"] for content in spoken for item in content}
