"""Procedures: the table of steps, its checks, its differences, the base that ships."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jizhun.delivery.rules.contract import FIELDS as CASE_CONTRACT
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.procedures.rules import END, Limit, Steps, check, plain, read_documents, read_roles, read_steps
from jizhun.procedures.rules.base import base_clock, base_steps, template_of
from jizhun.procedures.rules.differing import Differences, differences
from jizhun.procedures.rules.flow import flow_of
from jizhun.procedures.rules.steps import FIELDS, NAMES
from jizhun.procedures.rules.timing import compared, fits, time_of
from jizhun.procedures.rules.words import CASE_FIELDS
from procedure_tables import BASE, DOCUMENTS, ROLES, limit, steps, table
from worlds import CASES, PROVISIONS, ROOT, read_yaml

CHECKS = read_yaml(CASES / "procedures" / "checks.yaml")["cases"]
DIFFERENCES = read_yaml(CASES / "procedures" / "differences.yaml")["cases"]
MATTERS = {one["code"]: one["kind"] for one in read_yaml(ROOT / "data" / "catalogue" / "matters.yaml")["matters"]}
A_STEP: dict[str, Any] = {"id": "a", "name": {"zh": "受理", "en": "Accept"}, "next": [{"to": "end"}]}


def refusal(*rows: Any) -> Bilingual:
    with pytest.raises(Refused) as refused:
        read_steps(list(rows))
    return refused.value.sentence


class TestTheTable:
    @settings(max_examples=40)
    @given(steps())
    def test_is_the_same_after_being_written_and_read(self, one: Steps) -> None:
        assert read_steps(plain(one)) == one

    def test_leaves_out_what_is_empty(self) -> None:
        assert plain(read_steps([A_STEP | {"limit": {"amount": 0, "unit": "hour"}, "money": False, "role": ""}])) == [
            A_STEP | {"limit": {"amount": 0, "unit": "hour"}}]

    def test_trims_words_and_line_ends(self) -> None:
        one = read_steps([A_STEP | {"action": {"zh": " 一\r\n二 "}}]).rows[0]
        assert one.action == Bilingual("一\n二", "")

    def test_may_lead_to_a_step_that_is_not_there(self) -> None:
        assert read_steps([A_STEP | {"next": [{"to": "gone"}]}]).rows[0].next[0].to == "gone"

    def test_every_field_has_a_name_in_both_languages(self) -> None:
        assert set(NAMES) == FIELDS and all(one.zh and one.en for one in NAMES.values())

    @pytest.mark.parametrize("row, said", [
        ("words", "Step 1 must be a set of fields."),
        ({"name": {"zh": "x"}}, "Step 1: “” is no id; use letters, digits, _ . - and not “end”."),
        (A_STEP | {"id": "end"}, "Step 1: “end” is no id; use letters, digits, _ . - and not “end”."),
        (A_STEP | {"id": "受理"}, "Step 1: “受理” is no id; use letters, digits, _ . - and not “end”."),
        (A_STEP | {"colour": 1}, "Step “a”: there is no field “colour”."),
        (A_STEP | {"name": {}}, "Step “a”: it has no name."),
        (A_STEP | {"name": "受理"}, "Step “a”: “name” must be words in zh and en."),
        (A_STEP | {"name": {"zh": 5}}, "Step “a”: “name” must be text."),
        (A_STEP | {"action": {"zh": "a\x00b"}}, "Step “a”: “action” holds a character that cannot be used."),
        (A_STEP | {"action": {"zh": "长" * 2001}}, "Step “a”: “action” has more than 2000 characters."),
        (A_STEP | {"role": "a\nb"}, "Step “a”: “role” must stand on one line."),
        (A_STEP | {"waits_for": "rain"},
         "Step “a”: “waiting” cannot be “rain” (known: citizen, public_notice, appraisal, other_body)."),
        (A_STEP | {"mark": "X"}, "Step “a”: “mark” cannot be “X” (known: V, V-repo, D, R, SIM)."),
        (A_STEP | {"money": "yes"}, "Step “a”: “money” must be true or false."),
        (A_STEP | {"money": 1}, "Step “a”: “money” must be true or false."),
        (A_STEP | {"input": "form"}, "Step “a”: “input” must be a list."),
        (A_STEP | {"input": ["form", "form"]}, "Step “a”: “input” holds an empty item or one twice."),
        (A_STEP | {"limit": 5}, "Step “a”: “limit” must say amount and unit."),
        (A_STEP | {"limit": {"amount": -1}}, "Step “a”: “limit” must be a whole number from 0 to 3650."),
        (A_STEP | {"limit": {"amount": True}}, "Step “a”: “limit” must be a whole number from 0 to 3650."),
        (A_STEP | {"limit": {"amount": 1, "unit": "month"}},
         "Step “a”: the unit of a limit cannot be “month” (known: working_day, calendar_day, hour)."),
        (A_STEP | {"risk": {"zh": "x"}}, "Step “a”: “risk” must say its level (low, medium, high)."),
        (A_STEP | {"next": "end"}, "Step “a”: “ways on” must be a list of at most 30."),
        (A_STEP | {"next": ["end"]}, "Step “a”: each way on must say “to” (and may say “when” and “together”)."),
        (A_STEP | {"next": [{"to": "b c"}]}, "Step “a”: “b c” is not the id of a step."),
        (A_STEP | {"next": [{"to": "b", "together": True}, {"to": "c"}]},
         "Step “a”: only one way is marked as taken together."),
        (A_STEP | {"next": [{"to": "b", "together": True}, {"to": "c"}, {"to": "d", "together": True}]},
         "Step “a”: ways taken together must stand next to each other."),
        (A_STEP | {"calls": "NB1", "waits_for": "citizen"}, "Step “a”: it cannot both call a matter and wait."),
    ])
    def test_says_in_one_sentence_what_is_wrong(self, row: Any, said: str) -> None:
        found = refusal(row)
        assert (found.en, bool(found.zh)) == (said, True)

    def test_of_something_else_is_refused(self) -> None:
        for content in ("steps", 5, None, {"a": 1}):
            with pytest.raises(Refused):
                read_steps(content)
        assert refusal(A_STEP, A_STEP).en == "The id “a” is used twice."
        assert refusal(*[A_STEP] * 501).en == "There are more than 500 steps."


class TestTheFlow:
    @settings(max_examples=40)
    @given(steps())
    def test_has_each_reached_step_once_after_all_that_lead_to_it(self, one: Steps) -> None:
        flow = flow_of(one)
        place = {step: at for at, step in enumerate(flow.order)}
        assert len(place) == len(flow.order) and set(place) == flow.reached()
        for step in flow.order:
            assert all(place[step] < place[after] for after in flow.ahead(step))

    @settings(max_examples=40)
    @given(steps())
    def test_calls_a_way_a_loop_only_where_it_closes_a_circle(self, one: Steps) -> None:
        flow = flow_of(one)
        for here, back in flow.loops:
            assert back == here or here in flow_of(Steps((one.by_id[back], *(
                each for each in one.rows if each.id != back)))).reached()

    def test_of_a_long_procedure_is_found_without_falling_deep(self) -> None:
        rows = {f"s{n}": {"limit": "1 working_day", "to": [f"s{n + 1}", f"s{max(n - 1, 0)}"] if n < 499 else "end"}
                for n in range(500)}
        assert check(table(rows)).time.working_days == 500


class TestChecks:
    @pytest.mark.parametrize("case", CHECKS, ids=[one["name"] for one in CHECKS])
    def test_find_what_is_there(self, case: Mapping[str, Any]) -> None:
        found = check(table(case["steps"]), promised=limit(case.get("promised")),
                      statutory=limit(case.get("statutory")),
                      materials=case.get("materials"), roles=ROLES, documents=DOCUMENTS,
                      starts=case.get("starts", ()), ends=case.get("ends", ()))
        assert [found.time.working_days, found.time.calendar_days] == case["takes"]
        assert sorted(one.kind for one in found.findings if one.severity != "note") == sorted(case.get("findings", []))
        sentences = [*(one.sentence for one in found.findings), *(one.sentence for one in found.verdicts)]
        assert all(one.zh and one.en for one in sentences)
        for key, value in (("verdicts", [one.state for one in found.verdicts]), ("path", list(found.time.either.path)),
                           ("waits", list(found.time.waits)), ("loops", [list(one) for one in found.time.loops])):
            assert value == case.get(key, value)

    def test_name_the_steps(self) -> None:
        found = check(table({"a": {"role": "", "to": "b"}, "b": {"role": "", "to": "end"}})).findings[0]
        assert (found.severity, found.steps, found.sentence) == (
            "error", ("a", "b"), Bilingual("“a”、“b”没有岗位。", "“a”, “b” have no role."))

    def test_say_what_the_longest_way_leaves_out(self) -> None:
        found = check(table({"a": {"limit": "1 working_day", "to": ["w", "b"]},
                             "w": {"waits_for": "citizen", "to": "a"},
                             "b": {"to": "end"}}))
        assert [(one.kind, one.steps) for one in found.findings] == [
            ("waits", ("w",)), ("loop", ("w", "a")), ("no-limit", ("b",))]
        assert found.sound

    def test_say_when_no_step_starts_the_clock(self) -> None:
        found = check(table({"a": {"to": "end"}}), starts=["acceptance"], documents=DOCUMENTS)
        assert [one.kind for one in found.findings] == ["no-start"]

    def test_of_no_steps_find_that_there_are_none(self) -> None:
        found = check(Steps())
        assert [one.kind for one in found.findings] == ["empty"] and not found.sound

    @settings(max_examples=40)
    @given(steps(lost=False))
    def test_never_take_longer_than_all_steps_together_and_never_less_than_the_first(self, one: Steps) -> None:
        time = time_of(flow_of(one))
        every = [step.limit for step in one.rows if step.limit and not step.waits_for]
        assert time.calendar_days <= sum(each.amount for each in every if each.unit == "calendar_day")
        assert len(set(time.either.path)) == len(time.either.path)
        assert time.working.hours >= time.either.hours and time.calendar_days >= time.either.calendar_days

    @settings(max_examples=40)
    @given(steps(lost=False), st.integers(0, 60))
    def test_a_longer_limit_never_fits_worse(self, one: Steps, days: int) -> None:
        time, better = time_of(flow_of(one)), {"over": 0, "depends": 1, "within": 2}
        for unit in ("working_day", "calendar_day"):
            short, long = fits(time, Limit(days, unit)), fits(time, Limit(days + 1, unit))  # type: ignore[arg-type]
            assert better[short] <= better[long]

    def test_promise_and_law_in_other_days_are_not_held_against_each_other_unless_it_is_certain(self) -> None:
        assert compared(Limit(60, "calendar_day"), Limit(60)) == "within"
        assert compared(Limit(61, "calendar_day"), Limit(60)) == "depends"
        assert compared(Limit(60), Limit(60, "calendar_day")) == "depends"
        assert compared(Limit(61), Limit(60, "calendar_day")) == "over"


class TestDifferences:
    @pytest.mark.parametrize("case", DIFFERENCES, ids=[one["name"] for one in DIFFERENCES])
    def test_are_told_in_sentences(self, case: Mapping[str, Any]) -> None:
        found = differences(table(case["before"]), table(case["after"]), roles=ROLES, documents=DOCUMENTS)
        assert [one.sentence.en for one in found.changes] == case["said"]
        assert [one.sentence.zh for one in found.changes] == case.get("zh", [one.sentence.zh for one in found.changes])
        assert found.marks == case["marks"]

    @settings(max_examples=40)
    @given(steps())
    def test_of_a_table_with_itself_are_none(self, one: Steps) -> None:
        assert differences(one, one) == Differences((), {})

    @settings(max_examples=40)
    @given(steps(), steps())
    def test_mark_every_step_that_came_or_went(self, one: Steps, other: Steps) -> None:
        marks = differences(one, other).marks
        assert {step for step, mark in marks.items() if mark == "added"} == set(other.by_id) - set(one.by_id)
        assert {step for step, mark in marks.items() if mark == "removed"} == set(one.by_id) - set(other.by_id)
        assert set(marks) <= {*one.by_id, *other.by_id}


class TestWords:
    def test_documents_speak_of_the_clock_as_case_records_do(self) -> None:
        spans = {"suspended.start", "suspended.end"}
        assert set(CASE_FIELDS.values()) - spans <= set(CASE_CONTRACT)
        assert {one.clock for one in DOCUMENTS.values() if one.clock} == set(CASE_FIELDS)

    @pytest.mark.parametrize("row, said", [
        ({"zh": "x", "en": "x"}, "“roles” must be a list whose items have a code each."),
        ({"code": "a", "zh": "x", "en": "x", "part": "boss"}, "a: part cannot be “boss”."),
        ({"code": "a", "zh": "x", "part": "pays"}, "a: needs a name in Chinese and English."),
        ({"code": "a", "zh": "x", "en": "x", "part": "pays", "age": 5}, "a: there is no field “age”.")])
    def test_wrong_roles_are_refused(self, row: Any, said: str) -> None:
        with pytest.raises(Refused) as refused:
            read_roles({"roles": [row]})
        assert refused.value.sentence.en == said

    def test_a_code_stands_once(self) -> None:
        row = {"code": "a", "zh": "x", "en": "x", "clock": ""}
        with pytest.raises(Refused):
            read_documents({"documents": [row, row]})


def statutory() -> dict[str, Limit]:
    """Matter -> the national statutory limit on record; of a table the longest."""
    found: dict[str, Limit] = {}
    for path in sorted(PROVISIONS.glob("*.yaml")):
        for row in read_yaml(path).get("provisions") or ():
            if row["measure"] == "statutory_limit" and str(row["region"]) == "CN":
                value = row["value"]
                days = value if isinstance(value, int) else max(one["value"] for one in value["table"]["rows"])
                found[str(row["subject"])] = Limit(days, row["unit"])
    return found


class TestTheBase:
    def test_every_matter_has_a_procedure_without_faults(self) -> None:
        faults = {}
        for matter, kind in MATTERS.items():
            starts, ends = base_clock(BASE, matter, kind)
            found = check(read_steps(base_steps(BASE, matter, kind)), roles=ROLES, documents=DOCUMENTS, starts=starts,
                          ends=ends)
            faults[matter] = [one.sentence.en for one in found.findings if one.severity != "note"]
        assert len(faults) == len(MATTERS) >= 60
        assert {matter: one for matter, one in faults.items() if one} == {}

    def test_no_steps_take_longer_than_the_law_allows(self) -> None:
        limits, seen = statutory(), []
        for matter, kind in MATTERS.items():
            starts, ends = base_clock(BASE, matter, kind)
            found = check(read_steps(base_steps(BASE, matter, kind)), statutory=limits.get(matter), starts=starts,
                          ends=ends)
            assert found.verdicts[1].state in ("within", "unknown"), matter
            seen += [matter] if found.verdicts[1].state == "within" else []
        assert {"NB030-EX01", "NB030-EX02", "NB028-EX01", "NB028-EX02", "NB028-EX04", "NB029-EX01", "NB049-EX01",
                "NB050-EX01"} <= set(seen)

    def test_every_step_says_where_it_is_from(self) -> None:
        for matter, kind in MATTERS.items():
            for one in read_steps(base_steps(BASE, matter, kind)).rows:
                assert one.mark and one.source.zh and one.source.en, (matter, one.id)
                assert (one.mark == "R") == ("非官方" in one.source.zh), (matter, one.id)
                assert one.name.zh and one.name.en and one.role in ROLES and all(
                    way.when.zh and way.when.en for way in one.next if len(one.next) > 1 and not way.together)

    def test_a_source_said_anew_does_not_keep_the_old_clause(self) -> None:
        rows = {one["id"]: one for one in base_steps(BASE, "NB023-EX01", "grant")}
        assert rows["examine"]["source"] == {"zh": "本项目归纳的通常做法，非官方规定",
                                             "en": "working pattern of this project, not official"}
        rows = {one["id"]: one for one in base_steps(BASE, "NB029-EX06", "grant")}
        assert rows["examine"]["source"]["zh"] == "《社会保险经办条例》第三十八条"

    def test_only_matters_of_the_list_have_a_procedure_of_their_own(self) -> None:
        assert set(BASE["matters"]) <= set(MATTERS)
        assert set(BASE["matters"].values()) | set(BASE["kinds"].values()) == set(BASE["templates"])

    def test_what_is_not_there_is_refused(self) -> None:
        with pytest.raises(Refused):
            template_of(BASE, "NB999-EX01", "unheard-of")
        assert template_of(BASE, "NB999-EX01", "") == "public_service"
        assert END not in {one["id"] for one in base_steps(BASE, "NB029-EX01", "grant")}
