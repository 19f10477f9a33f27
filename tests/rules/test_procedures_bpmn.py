"""Procedures as BPMN 2.0: out and in without loss, edited, made elsewhere; the layout and the picture."""

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.procedures.bpmn import picture, placed, read_bpmn, write_bpmn
from jizhun.procedures.bpmn.drawing import OWN_COLOURS
from jizhun.procedures.bpmn.layout import Box
from jizhun.procedures.bpmn.lettering import lines, width
from jizhun.procedures.bpmn.writing import BPMN, OURS
from jizhun.procedures.rules import Limit, Steps, Way, read_steps
from jizhun.procedures.rules.base import base_steps
from jizhun.procedures.rules.bundles import Leg, event_steps
from procedure_tables import BASE, ROLES, steps, table
from published import faults
from worlds import ROOT

XSD = "bpmn/BPMN20.xsd"
TITLE = Bilingual("失业保险金申领", "Unemployment benefit claim")
FEW = settings(max_examples=25, deadline=None)
LONGEST = read_steps(base_steps(BASE, "NB029-EX01", "grant"))


class TestThereAndBack:
    @FEW
    @given(steps(), st.sampled_from(["zh", "en"]))
    def test_loses_nothing(self, one: Steps, language: str) -> None:
        found = read_bpmn(write_bpmn(one, title=TITLE, language=language, roles=ROLES), roles=ROLES)
        assert found.steps == one
        assert (found.title, found.language, found.notes) == (TITLE, language, ())

    @pytest.mark.schemas
    @FEW
    @given(one=steps())
    def test_is_valid_by_the_published_schema(self, one: Steps) -> None:
        assert faults(XSD, write_bpmn(one, roles=ROLES)) == ""

    @pytest.mark.schemas
    @pytest.mark.parametrize("template", BASE["templates"])
    def test_every_base_procedure_goes_there_and_back(self, template: str) -> None:
        one = read_steps(base_steps({**BASE, "matters": {"X": template}}, "X"))
        content = write_bpmn(one, title=TITLE, roles=ROLES)
        assert faults(XSD, content) == "" and read_bpmn(content, roles=ROLES).steps == one

    def test_ways_taken_together_are_parted_and_meet_again(self) -> None:
        one = table({"a": {"to": ["b", "c"], "together": True}, "b": {"to": ["d", "e"]}, "c": {"to": "e"},
                     "d": {"to": "e"}, "e": {"to": "end"}})
        flows = drawn(write_bpmn(one))
        assert flows["together_a"] == ["step_b", "step_c"] and flows["join_a"] == ["step_e"]
        assert flows["step_c"] == ["join_a"]
        assert flows["choice_b"] == ["step_d", "merge_a_1"] and flows["step_d"] == ["merge_a_1"]
        assert flows["merge_a_1"] == ["join_a"]

    def test_ways_taken_together_that_may_end_apart_do_not_wait_for_each_other(self) -> None:
        one = table({"a": {"to": ["b", "c"], "together": True}, "b": {"to": ["d", "end"]}, "c": {"to": "d"},
                     "d": {"to": "end"}})
        flows = drawn(write_bpmn(one))
        assert "join_a" not in flows and flows["step_c"] == ["step_d"]

    def test_ways_taken_together_within_others_meet_inside_first(self) -> None:
        one = table({"a": {"to": ["b", "c"], "together": True}, "b": {"to": ["d", "e"], "together": True},
                     "c": {"to": "f"}, "d": {"to": "f"}, "e": {"to": "f"}, "f": {"to": "end"}})
        flows = drawn(write_bpmn(one))
        assert flows["step_d"] == flows["step_e"] == ["join_b"]
        assert flows["join_b"] == flows["step_c"] == ["join_a"] and flows["join_a"] == ["step_f"]


def drawn(content: bytes) -> dict[str, list[str]]:
    """Element -> the elements that its flows lead to."""
    found: dict[str, list[str]] = {}
    for one in ElementTree.fromstring(content).iter(f"{{{BPMN}}}sequenceFlow"):
        found.setdefault(one.get("sourceRef", ""), []).append(one.get("targetRef", ""))
    return found


def edited(change: Callable[[ElementTree.Element], None], language: str = "zh") -> Steps:
    """The table of the longest base procedure after its diagram has been changed."""
    root = ElementTree.fromstring(write_bpmn(LONGEST, title=TITLE, language=language, roles=ROLES))
    change(root)
    return read_bpmn(ElementTree.tostring(root), roles=ROLES).steps


def at(root: ElementTree.Element, id: str) -> ElementTree.Element:
    return next(one for one in root.iter() if one.get("id") == id)


class TestAnEditedDiagram:
    def test_brings_a_new_name_in_its_language_and_keeps_the_other(self) -> None:
        found = edited(lambda root: at(root, "step_review").set("name", "再次复核"))
        assert found.by_id["review"].name == Bilingual("再次复核", "Review")
        assert [one for one in found.rows if one.id != "review"] == [one for one in LONGEST.rows if one.id != "review"]
        found = edited(lambda root: at(root, "step_review").set("name", "Second look"), "en")
        assert found.by_id["review"].name == Bilingual("复核", "Second look")

    def test_brings_a_step_moved_to_another_lane(self) -> None:
        def move(root: ElementTree.Element) -> None:
            lanes = list(root.iter(f"{{{BPMN}}}lane"))
            for lane in lanes:
                for one in lane.findall(f"{{{BPMN}}}flowNodeRef"):
                    if one.text == "step_review":
                        lane.remove(one)
            approver = next(one for one in lanes if one.get("name") == "审批岗")
            ElementTree.SubElement(approver, f"{{{BPMN}}}flowNodeRef").text = "step_review"

        assert edited(move).by_id["review"].role == "approver"

    def test_brings_a_renamed_lane_as_the_role_of_that_name(self) -> None:
        def rename(to: str) -> Callable[[ElementTree.Element], None]:
            return lambda root: next(one for one in root.iter(f"{{{BPMN}}}lane")
                                     if one.get("name") == "复核岗").set("name", to)

        assert edited(rename("稽核岗")).by_id["review"].role == "supervisor"
        assert edited(rename("Auditor")).by_id["review"].role == "supervisor"
        assert edited(rename("二楼窗口")).by_id["review"].role == "二楼窗口"

    def test_brings_a_way_that_leads_elsewhere_and_what_it_says(self) -> None:
        def turn(root: ElementTree.Element) -> None:
            flow = next(one for one in root.iter(f"{{{BPMN}}}sequenceFlow")
                        if (one.get("sourceRef"), one.get("targetRef")) == ("choice_review", "step_examine"))
            flow.set("targetRef", "step_accept")
            flow.set("name", "重新受理")

        assert edited(turn).by_id["review"].next[1] == Way("accept", Bilingual("重新受理", "Wrong, sent back"))

    def test_brings_a_new_task_behind_the_one_that_leads_to_it(self) -> None:
        def put(root: ElementTree.Element) -> None:
            process = next(root.iter(f"{{{BPMN}}}process"))
            ElementTree.SubElement(process, f"{{{BPMN}}}task", {"id": "Activity_0x", "name": "实地核查"})
            flow = next(one for one in process.iter(f"{{{BPMN}}}sequenceFlow") if one.get("targetRef") == "step_review")
            flow.set("targetRef", "Activity_0x")
            ElementTree.SubElement(process, f"{{{BPMN}}}sequenceFlow", {
                "id": "Flow_0x", "sourceRef": "Activity_0x", "targetRef": "step_review"})

        found = edited(put)
        assert [one.id for one in found.rows][5:8] == ["examine", "Activity_0x", "review"]
        assert found.by_id["Activity_0x"].name == Bilingual("实地核查", "")
        assert found.by_id["examine"].next == (Way("Activity_0x"),)

    def test_gives_a_copied_task_an_id_of_its_own(self) -> None:
        def copy(root: ElementTree.Element) -> None:
            process = next(root.iter(f"{{{BPMN}}}process"))
            twin = ElementTree.fromstring(ElementTree.tostring(at(root, "step_review")))
            twin.set("id", "Activity_1y")
            process.append(twin)

        found = edited(copy)
        assert [one.id for one in found.rows if one.name.zh == "复核"] == ["review", "Activity_1y"]

    def test_brings_another_description(self) -> None:
        def describe(root: ElementTree.Element) -> None:
            at(root, "step_review").findall(f"{{{BPMN}}}documentation")[0].text = "逐项复核"

        assert edited(describe).by_id["review"].action == Bilingual("逐项复核", "Checked by another post")

    def test_brings_a_called_activity_that_became_a_task(self) -> None:
        one = event_steps([Leg("NB021-EX02", Bilingual("失业登记", "Registration")),
                           Leg("NB029-EX01", Bilingual("失业保险金申领", "Benefit"), 2, ("NB021-EX02",))])
        content = write_bpmn(one, roles=ROLES)
        assert read_bpmn(content.replace(b"matter_NB029-EX01",
                                         b"NB029-EX07")).steps.by_id["NB029-EX01"].calls == "NB029-EX07"
        turned = content.replace(b"<callActivity", b"<task").replace(b"</callActivity", b"</task")
        assert read_bpmn(turned).steps.by_id["NB029-EX01"].calls == ""


def elsewhere(process: str, before: str = "", name: str = "bpmn") -> bytes:
    """A file as another editor writes it."""
    return (f'<?xml version="1.0" encoding="UTF-8"?><{name}:definitions xmlns:{name}="{BPMN}" '
            'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="http://example.org/x" id="d">'
            f'{before}<{name}:process id="p" isExecutable="true">{process}</{name}:process>'
            f"</{name}:definitions>").encode()


def nodes(**kinds: str) -> str:
    """Elements: id=kind, or id="kind: name"."""
    pairs = ((id, *map(str.strip, f"{said}:".split(":")[:2])) for id, said in kinds.items())
    return "".join(f'<bpmn:{kind} id="{id}" name="{name}"/>' for id, kind, name in pairs)


def flows(*said: str) -> str:
    """Flows: "a > b" or "a > b: yes"."""
    found = (re.fullmatch(r"(\w+) > (\w+)(?:: (.*))?", one) for one in said)
    return "".join(f'<bpmn:sequenceFlow id="f{at}" sourceRef="{one[1]}" targetRef="{one[2]}" name="{one[3] or ""}"/>'
                   for at, one in enumerate(found) if one)


def ways(found: Steps) -> dict[str, list[str]]:
    """Step -> where it leads: "b", "b: yes", "+b" for one taken together."""
    return {one.id: [f"{'+' if way.together else ''}{way.to}{': ' if way.when.en else ''}{way.when.en}"
                     for way in one.next] for one in found.rows}


class TestMadeElsewhere:
    def test_a_straight_process_without_lanes(self) -> None:
        found = read_bpmn(elsewhere(nodes(s="startEvent", b="userTask: Review", a="task: Check", e="endEvent")
                                    + flows("s > a", "a > b", "b > e")))
        assert ways(found.steps) == {"a": ["b"], "b": ["end"]}
        assert [(one.name.en, one.role) for one in found.steps.rows] == [("Check", ""), ("Review", "")]
        assert (found.language, found.notes) == ("en", ())

    def test_lanes_are_roles_by_name_also_inside_others(self) -> None:
        lanes = ('<bpmn:laneSet id="l"><bpmn:lane id="l1" name="Intake clerk"><bpmn:flowNodeRef>a</bpmn:flowNodeRef>'
                 '</bpmn:lane><bpmn:lane id="l2" name="Office"><bpmn:flowNodeRef>b</bpmn:flowNodeRef>'
                 '<bpmn:childLaneSet id="c"><bpmn:lane id="l3" name="复核岗"><bpmn:flowNodeRef>b</bpmn:flowNodeRef>'
                 "</bpmn:lane></bpmn:childLaneSet></bpmn:lane></bpmn:laneSet>")
        content = elsewhere(lanes + nodes(a="task: Check", b="task: Review", c="task: File") + flows("a > b", "b > c"))
        assert [one.role for one in read_bpmn(content, roles=ROLES).steps.rows] == ["intake", "reviewer", ""]

    def test_gateways_become_ways_with_what_is_asked(self) -> None:
        found = read_bpmn(elsewhere(
            nodes(s="startEvent", a="task: Check", g="exclusiveGateway: Complete?", b="task: Go on",
                  m="exclusiveGateway",
                  e="endEvent") + flows("s > a", "a > g", "g > b: yes", "g > m: no", "b > m", "m > e")))
        assert ways(found.steps) == {"a": ["b: Complete? yes", "end: Complete? no"], "b": ["end"]}

    def test_parallel_gateways_become_ways_taken_together(self) -> None:
        found = read_bpmn(elsewhere(
            nodes(a="task", f="parallelGateway", b="task", c="task", j="parallelGateway", d="task", e="endEvent")
            + flows("a > f", "f > b", "f > c", "b > j", "c > j", "j > d", "d > e")))
        assert ways(found.steps) == {"a": ["+b", "+c"], "b": ["d"], "c": ["d"], "d": ["end"]}

    def test_several_flows_out_of_a_task_are_taken_together(self) -> None:
        found = read_bpmn(elsewhere(nodes(a="task", b="task", c="task") + flows("a > b", "a > c")))
        assert ways(found.steps)["a"] == ["+b", "+c"]

    def test_several_flows_with_a_default_are_a_choice(self) -> None:
        content = elsewhere('<bpmn:task id="a" default="f0"/>' + nodes(b="task", c="task") + flows("a > b",
                                                                                                   "a > c: else"))
        assert ways(read_bpmn(content).steps)["a"] == ["b", "c: else"]

    def test_a_choice_of_one_or_several_together(self) -> None:
        found = read_bpmn(elsewhere(
            nodes(a="task", g="exclusiveGateway", f="parallelGateway", b="task", c="task", d="task")
            + flows("a > g", "g > d: simple", "g > f: hard", "f > b", "f > c")))
        assert ways(found.steps)["a"] == ["d: simple", "+b: hard", "+c: hard"]

    def test_a_choice_behind_a_parallel_gateway_becomes_a_step(self) -> None:
        found = read_bpmn(elsewhere(
            nodes(a="task", f="parallelGateway", b="task", g="exclusiveGateway: Which?", c="task", d="task")
            + flows("a > f", "f > b", "f > g", "g > c: one", "g > d: other")))
        assert ways(found.steps) == {"a": ["+b", "+g"], "b": [], "g": ["c: one", "d: other"], "c": [], "d": []}
        assert found.steps.by_id["g"].name.en == "Which?"

    def test_a_choice_at_the_start_becomes_a_step(self) -> None:
        found = read_bpmn(elsewhere(nodes(s="startEvent", g="exclusiveGateway", a="task", b="task")
                                    + flows("s > g", "g > a: online", "g > b: counter")))
        assert ways(found.steps) == {"start": ["a: online", "b: counter"], "a": [], "b": []}

    def test_a_subprocess_is_laid_open(self) -> None:
        inner = ('<bpmn:subProcess id="sub">' + nodes(s2="startEvent", c="task", d="task", e2="endEvent")
                 + '<bpmn:sequenceFlow id="i1" sourceRef="s2" targetRef="c"/>'
                 '<bpmn:sequenceFlow id="i2" sourceRef="c" targetRef="d"/>'
                 '<bpmn:sequenceFlow id="i3" sourceRef="d" targetRef="e2"/></bpmn:subProcess>')
        found = read_bpmn(elsewhere(inner + nodes(a="task", b="task", e="endEvent") + flows("a > sub", "sub > b",
                                                                                            "b > e")))
        assert ways(found.steps) == {"a": ["c"], "c": ["d"], "d": ["b"], "b": ["end"]}

    def test_a_timer_on_the_edge_is_a_limit_or_a_way(self) -> None:
        timer = ('<bpmn:boundaryEvent id="{}" attachedToRef="a" name="late"><bpmn:timerEventDefinition>'
                 "<bpmn:timeDuration>{}</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>")
        content = elsewhere(nodes(a="task", b="task", c="task") + timer.format("t", "P3D") + timer.format("u", "P9D")
                            + flows("a > b", "u > c"))
        found = read_bpmn(content).steps
        assert found.by_id["a"].limit == Limit(3, "calendar_day") and ways(found)["a"] == ["b", "c: late"]

    @pytest.mark.parametrize("said, amount, unit", [("PT4H", 4, "hour"), ("PT90M", 2, "hour"), ("P1DT2H", 26, "hour"),
                                                    ("P2W", 14, "calendar_day")])
    def test_a_due_date_is_a_limit(self, said: str, amount: int, unit: Any) -> None:
        content = elsewhere(f'<bpmn:userTask id="a" camunda:dueDate="{said}" camunda:candidateGroups="复核岗"/>')
        found = read_bpmn(content, roles=ROLES).steps.by_id["a"]
        assert (found.limit, found.role) == (Limit(amount, unit), "reviewer")

    def test_an_event_in_between_waits_and_says_so(self) -> None:
        found = read_bpmn(elsewhere(nodes(a="task", w="intermediateCatchEvent: Reply") + flows("a > w")))
        assert found.steps.by_id["w"].waits_for == "other_body"
        assert [one.en
                for one in found.notes] == ["“Reply” is read as waiting for another body; see for whom it waits."]

    def test_what_is_not_taken_over_is_said(self) -> None:
        content = elsewhere('<bpmn:task id="a" name="Check"><bpmn:multiInstanceLoopCharacteristics/></bpmn:task>'
                            '<bpmn:textAnnotation id="t"/>' + nodes(g="inclusiveGateway: How?", b="task", c="task")
                            + flows("a > g", "g > b", "g > c"))
        assert [one.en for one in read_bpmn(content).notes] == [
            "1 remarks and data objects were not taken over.", "The repetition of “Check” was not taken over.",
            "The inclusive gateway “How?” is read as a choice."]

    def test_one_of_several_processes_is_chosen_by_the_name_of_its_pool(self) -> None:
        pools = ('<bpmn:collaboration id="c"><bpmn:participant id="x" name="Office" processRef="p"/>'
                 '<bpmn:participant id="y" name="Citizen" processRef="q"/></bpmn:collaboration>'
                 f'<bpmn:process id="q">{nodes(z="task: Apply")}</bpmn:process>')
        content = elsewhere(nodes(a="task: Check"), pools)
        assert refused(content) == "The file holds several processes (Citizen, Office); choose one."
        assert list(read_bpmn(content, process="Citizen").steps.by_id) == ["z"]
        assert list(read_bpmn(content, process="p").steps.by_id) == ["a"]

    def test_chinese_names_are_chinese(self) -> None:
        found = read_bpmn(elsewhere(nodes(任务="task: 受理", b="task: 复核") + flows("b > b")))
        assert found.language == "zh"
        assert [(one.id, one.name) for one in found.steps.rows] == [("step-1", Bilingual("受理", "")), (
            "b", Bilingual("复核", ""))]

    @FEW
    @given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=14),
           st.lists(st.sampled_from(["task", "exclusiveGateway", "parallelGateway", "endEvent", "inclusiveGateway"]),
                    min_size=8, max_size=8))
    def test_anything_is_read_or_refused_and_what_was_read_can_be_written(
            self, pairs: list[tuple[int, int]], kinds: list[str]) -> None:
        content = elsewhere(nodes(**{f"n{at}": kind for at, kind in enumerate(kinds)})
                            + flows(*(f"n{a} > n{b}" for a, b in pairs)))
        try:
            found = read_bpmn(content)
        except Refused as refusal:
            assert refusal.sentence.zh and refusal.sentence.en
            return
        assert read_bpmn(write_bpmn(found.steps, language="en")).steps == found.steps


def refused(content: bytes) -> str:
    with pytest.raises(Refused) as found:
        read_bpmn(content)
    assert found.value.sentence.zh
    return found.value.sentence.en


class TestRefused:
    def test_what_is_no_bpmn(self) -> None:
        assert refused(b"not xml").startswith("The file is not XML")
        assert refused(b"<definitions/>") == "This is not a BPMN 2.0 file."
        assert refused(b"<a>" * 200) == "Elements are nested more than 120 deep."
        assert refused(b" " * 5_000_001) == "The file is larger than 5 MB."

    def test_entities(self) -> None:
        bomb = b'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
        assert refused(elsewhere(nodes(a="task")).replace(b"?>", b"?>" + bomb,
                                                          1)) == "The file has a DOCTYPE and is not read."

    def test_elements_that_cannot_be_turned_into_steps_by_their_id(self) -> None:
        assert refused(elsewhere(nodes(a="task", g="complexGateway"))) == (
            "Element “g” (complexGateway) cannot be turned into a table of steps.")
        assert refused(elsewhere('<bpmn:subProcess id="x" triggeredByEvent="true"/>')) == (
            "Element “x” (subProcess) cannot be turned into a table of steps.")
        assert refused(elsewhere(nodes(a="task") + flows("a > b"))) == "Flow “f0” is joined to “b”, which is not there."
        assert refused(elsewhere(nodes(a="task") + nodes(a="task"))) == "The id “a” of a task is missing or used twice."
        assert refused(elsewhere(nodes(a="task", g="exclusiveGateway", h="exclusiveGateway")
                                 + flows("a > g", "g > h", "h > g"))) == (
            "The branches behind element “g” cannot be turned into a table of steps.")
        assert refused(elsewhere(nodes(s="startEvent"))) == "The process holds no tasks."
        assert refused(elsewhere(nodes(a="task", x="exclusiveGateway", f="parallelGateway", g="parallelGateway",
                                       b="task",
                                       c="task") + flows("a > x", "x > f", "x > g", "f > b", "f > c", "g > b",
                                                         "g > c"))) \
            == "Several groups of parallel branches follow element “a”; put a task between."


# -- layout and picture


class TestTheLayout:
    @FEW
    @given(steps())
    def test_puts_nothing_on_anything_else_and_all_in_its_lane(self, one: Steps) -> None:
        sheet = placed(one, "zh", ROLES)
        boxes = list(sheet.shapes.values())
        assert not any(overlap(a, b) for at, a in enumerate(boxes) for b in boxes[at + 1:])
        for node in sheet.diagram.nodes:
            lane, box = sheet.lanes[node.lane][1], sheet.shapes[node.id]
            assert lane.x <= box.x and box.x + box.width <= lane.x + lane.width
            assert lane.y <= box.y and box.bottom <= lane.bottom <= sheet.height

    @FEW
    @given(steps())
    def test_draws_every_way_at_right_angles_from_node_to_node(self, one: Steps) -> None:
        sheet = placed(one, "en", ROLES)
        for link in sheet.diagram.links:
            points = sheet.ways[link.id]
            assert all(abs(a[0] - b[0]) < 0.01 or abs(a[1] - b[1]) < 0.01 for a, b in pairwise(points))
            for point, node in ((points[0], link.source), (points[-1], link.target)):
                box = sheet.shapes[node]
                assert box.x - 0.1 <= point[0] <= box.x + box.width + 0.1
                assert box.y - 0.1 <= point[1] <= box.bottom + 0.1

    @FEW
    @given(steps())
    def test_no_two_ways_that_have_nothing_in_common_share_a_line_between_the_rows(self, one: Steps) -> None:
        sheet = placed(one, "zh", ROLES)
        runs = [(link, a, b) for link in sheet.diagram.links
                for a, b in pairwise(sheet.ways[link.id]) if a[1] == b[1] and a[0] != b[0]]
        for at, (link, a, b) in enumerate(runs):
            for other, c, d in runs[at + 1:]:
                if link.source != other.source and link.target != other.target and abs(a[1] - c[1]) < 1:
                    assert max(min(a[0], b[0]), min(c[0], d[0])) >= min(max(a[0], b[0]), max(c[0], d[0]))

    @pytest.mark.parametrize("template", BASE["templates"])
    def test_no_two_ways_of_a_base_procedure_share_a_line_downwards(self, template: str) -> None:
        sheet = placed(read_steps(base_steps({**BASE, "matters": {"X": template}}, "X")), "zh", ROLES)
        runs = [(link, a[0], min(a[1], b[1]), max(a[1], b[1])) for link in sheet.diagram.links
                for a, b in pairwise(sheet.ways[link.id]) if abs(a[0] - b[0]) < 0.01 and a[1] != b[1]]
        for at, (link, x, top, bottom) in enumerate(runs):
            for other, x2, top2, bottom2 in runs[at + 1:]:
                if link.source != other.source and link.target != other.target and abs(x - x2) < 1:
                    assert max(top, top2) >= min(bottom, bottom2), (link.source, other.source)

    def test_flows_downwards_except_where_it_goes_back(self) -> None:
        sheet = placed(LONGEST, "zh", ROLES)
        for link in sheet.diagram.links:
            above, below = sheet.shapes[link.source].middle[1], sheet.shapes[link.target].middle[1]
            assert (below < above) == link.back

    def test_stays_as_narrow_as_a_page_for_seven_posts(self) -> None:
        assert placed(LONGEST, "zh", ROLES).width <= 730


def overlap(one: Box, other: Box) -> bool:
    return (one.x < other.x + other.width and other.x < one.x + one.width
            and one.y < other.bottom and other.y < one.bottom)


class TestLettering:
    @given(st.text(st.sampled_from("申请受理，。（）《》ab cdW“”…"), max_size=60), st.integers(40, 200))
    def test_no_line_is_wider_than_the_room_but_for_a_mark_at_its_end(self, text: str, room: int) -> None:
        found = lines(text, 12, room, 50)
        assert "".join("".join(found).split()) == "".join(text.split())
        assert all(width(one, 12) <= room + 36 for one in found)

    def test_lines_are_about_even(self) -> None:
        assert lines("一次性告知补正", 12.5, 80) == ["一次性告", "知补正"]
        assert lines("申请（预约）", 12.5, 70) == ["申请（预", "约）"]
        assert lines("Investigate (at least two)", 12.5, 80) == ["Investigate", "(at least", "two)"]

    def test_what_does_not_fit_is_cut_and_marked(self) -> None:
        assert lines("审核" * 20, 12, 60, 2) == ["审核审核审", "核审核审…"]


class TestThePicture:
    @FEW
    @given(steps(), st.sampled_from(["zh", "en"]))
    def test_is_well_formed_whatever_it_says(self, one: Steps, language: str) -> None:
        root = ElementTree.fromstring(picture(one, title=TITLE, language=language, roles=ROLES))
        assert root.get("aria-label") == TITLE.in_language(language)

    def test_shows_names_roles_limits_and_conditions(self) -> None:
        text = "".join(ElementTree.fromstring(picture(LONGEST, title=TITLE, roles=ROLES)).itertext())
        for words in ("受理", "复核岗", "4工作日", "材料不齐", "¥", "等待补正材料"):
            assert words in text

    def test_shows_marks(self) -> None:
        found = picture(LONGEST, title=TITLE, marks={"review": "moved", "pay": "added"}, language="en")
        assert ">moved<" in found and ">added<" in found and 'class="task moved"' in found

    def test_shows_a_way_that_leads_nowhere(self) -> None:
        assert "“gone”?" in picture(table({"a": {"to": "gone"}}), title=TITLE)

    def test_has_its_colours_on_the_page_and_in_the_file(self) -> None:
        drawing = picture(LONGEST, title=TITLE, marks={"review": "moved", "pay": "added"})
        used = set(" ".join(re.findall(r'class="([^"]+)"', drawing)).split()) - {"chart", "procedure"}
        page = (ROOT / "src" / "jizhun" / "static" / "jizhun" / "procedure.css").read_text("utf-8")
        for name in used:
            assert re.search(rf"\.{name}\b", OWN_COLOURS) and re.search(rf"\.procedure[^{{]*\.{name}\b", page), name

    def test_does_not_say_more_than_it_is_told(self) -> None:
        assert OURS not in picture(LONGEST, title=TITLE)
