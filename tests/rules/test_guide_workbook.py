"""The guides' workbook: what is read from its cells, what is marked in them, and what an edit makes of own words."""

from typing import Any

import pytest

from jizhun.guides.interchange.columns import KEY, item_columns, text_columns
from jizhun.guides.interchange.reading import Read, read_book
from jizhun.guides.interchange.writing import Marked, Row, Table, Upper, marked_workbook, workbook
from jizhun.guides.rules import read_field
from jizhun.guides.rules.edits import Edit, applied
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.spreadsheets import cell_text, read_sheets

FIELDS = [read_field({"code": code, "part": "what", "kind": kind, "policy": "free", "zh": zh, "en": en, **more})
          for code, kind, zh, en, more in (
              ("summary", "text", "说明", "Summary", {}),
              ("clock", "choice", "计时", "Clock", {"options": [{"code": "received", "zh": "收到", "en": "Received"}]}),
              ("contacts", "contacts", "咨询", "Enquiries", {}), ("deferred", "lines", "容缺", "Deferred", {}),
              ("notes", "materials", "材料", "Materials", {}))]
TEXTS = ["[matter]", "[place]", "[version]", "[summary.zh]", "[summary.en]", "[clock]"]
CONTACTS = ["[matter]", "[place]", "[version]", "[from]", "[act]", "[id]", "[zh]", "[en]", "[phone]", "[role]"]


def read(*rows: list[str], contacts: Any = (), **more: Any) -> Read:
    sheets = {"texts 文字": [TEXTS, *rows], **({"contacts 咨询": [CONTACTS, *contacts]} if contacts else {}), **more}
    return read_book(sheets, FIELDS)


def told(found: Read) -> list[tuple[str, str]]:
    return [(one.cell, one.sentence.en) for one in found.marked]


class TestReading:
    def test_a_row_becomes_edits(self) -> None:
        (asked,) = read(["M1 事项", "990101 县", "3", "说", "Say", "received 收到"]).asked
        assert (asked.matter, asked.region, asked.seen, asked.wrong) == ("M1", "990101", 3, False)
        assert asked.edits == {"summary": Edit(words={"zh": "说", "en": "Say"}), "clock": "received"}

    def test_empty_cells_and_locked_ones_ask_nothing(self) -> None:
        (asked,) = read(["M1", "990101", "", "🔒 国家", "", ""]).asked
        assert asked.edits == {} and asked.seen is None

    @pytest.mark.parametrize("word", ["撤回", "take back"])
    def test_taking_back(self, word: str) -> None:
        (asked,) = read(["M1", "990101", "", word, "", word]).asked
        assert asked.edits == {"summary": Edit(back=True), "clock": Edit(back=True)}

    def test_items_of_several_rows_are_one_edit(self) -> None:
        (asked,) = read(["M1", "990101", "1", "", "", ""], contacts=(
            ["M1", "990101", "", "", "", "desk", "台", "Desk", "12345", "enquiry 咨询"],
            ["M1", "990101", "", "国家", "", "hotline", "线", "Line", "12333", ""],
            ["M1", "990101", "", "", "撤回", "old", "", "", "", ""])).asked
        assert asked.edits["contacts"] == Edit(
            items=[{"id": "desk", "zh": "台", "en": "Desk", "phone": "12345", "role": "enquiry"}],
            gone=frozenset({"old"}))

    def test_an_item_without_an_id_has_the_same_one_each_time(self) -> None:
        row = ["M1", "990101", "", "", "", "", "台", "", "", ""]
        first, second = (read(contacts=(row,)).asked[0].edits["contacts"] for _ in range(2))
        assert first == second and first.items[0]["id"].startswith("t")  # type: ignore[union-attr]

    def test_numbers_flags_and_days(self) -> None:
        heads = ["[matter]", "[place]", "[id]", "[necessary]", "[copies]", "[form]"]
        (asked,) = read(**{"notes 材料": [heads, ["M1", "1", "a", "yes 是", "2", "copy 复印件"]]}).asked
        assert asked.edits["notes"] == Edit(items=[{"id": "a", "necessary": True, "copies": 2, "form": "copy"}])
        heads = ["[matter]", "[place]", "[id]", "[days]", "[until]"]
        found = read(**{"deferred 容缺": [heads, ["M1", "1", "a", "5 days", "2026-02-30"]]})
        assert told(found) == [("deferred 容缺!D2", "“5 days” is no whole number"),
                               ("deferred 容缺!E2", "“2026-02-30” is not a date; write it like 2026-11-24")]

    def test_every_fault_is_told_with_its_cell(self) -> None:
        found = read(["", "990101", "", "a", "", ""], ["M1", "990101", "x", "a", "", "never"],
                     ["M1", "990101", "", "b", "", ""], contacts=(
                         ["M2", "990101", "1", "", "gone", "a", "", "", "", ""],
                         ["M2", "990101", "2", "", "", "a", "", "", "", "boss"]))
        assert told(found) == [
            ("texts 文字!A2", "must be filled in"), ("texts 文字!C3", "“x” is no number of a version"),
            ("texts 文字!F3", "there is no “never”; choose received (Received)"),
            ("texts 文字!A4", "is said in row 3 already"),
            ("contacts 咨询!E2", "may only say “take back”"),
            ("contacts 咨询!C3", "differs from other rows of the same guide"),
            ("contacts 咨询!J3", "there is no “boss”; choose enquiry (enquiry), supervision (supervision), "
             "conduct (conduct), other (other)")]
        assert [one.wrong for one in found.asked] == [True, True]

    @pytest.mark.parametrize(("sheets", "sentence"), [
        ({"texts": []}, "no sheet of guides"), ({"notes": [["a", "b"]]}, "no sheet of guides"),
        ({"nothing 无": [["[matter]", "[place]"]]}, "is not known"),
        ({"texts": [["[matter]", "[place]", "[fee]"]]}, "“\\[fee\\]” of the sheet “texts” is unknown"),
        ({"texts": [["[matter]", "[place]", "[clock]", "[clock]"]]}, "stands there twice")])
    def test_what_is_no_workbook_of_ours(self, sheets: Any, sentence: str) -> None:
        with pytest.raises(Refused, match=sentence):
            read_book(sheets, FIELDS)


class TestEdits:
    OWN = [{"id": "a", "zh": "甲", "en": "A"}, {"id": "b", "zh": "乙"}]

    @pytest.mark.parametrize(("edit", "own", "after"), [
        (Edit(words={"en": "Say"}), {"zh": "说", "en": "Old"}, {"zh": "说", "en": "Say"}),
        (Edit(words={"zh": "说"}), None, {"zh": "说", "en": ""}), (Edit(back=True), {"zh": "说"}, None),
        (Edit(items=[{"id": "b", "en": "B"}]), OWN, [OWN[0], {"id": "b", "zh": "乙", "en": "B"}]),
        (Edit(items=[{"id": "c", "zh": "丙"}]), OWN, [*OWN, {"id": "c", "zh": "丙"}]),
        (Edit(items=[{"id": "b"}, {"id": "a"}]), OWN, [OWN[1], OWN[0]]),
        (Edit(gone=frozenset({"a"})), OWN, [OWN[1]]), (Edit(gone=frozenset({"a", "b"})), OWN, None)])
    def test_what_is_not_said_stays(self, edit: Edit, own: Any, after: Any) -> None:
        assert applied(edit, own) == after
        assert applied(edit, after) == after  # the same file twice changes nothing


class TestWriting:
    def table(self) -> Table:
        return Table("texts 文字", text_columns(FIELDS), [
            Row({"matter": "M1", "place": "990101", "version": "2", "summary.zh": "=1+1", "clock": "received 收到"},
                {"summary.en": "国家"}, {"summary.zh": "上级"})])

    def test_texts_stay_texts_and_come_back(self) -> None:
        content = workbook([self.table()], [Upper("M1", "m", "CN", "c", "summary", "s", "p", "中", "en")], "zh")
        sheets = {one.name: [[cell_text(cell) for cell in row] for row in one.rows] for one in read_sheets(content)}
        assert [*sheets] == ["texts 文字", "above 上级内容", "help 填写说明"]
        (asked,) = read_book(sheets, FIELDS).asked
        assert asked.edits == {"summary": Edit(words={"zh": "=1+1"}), "clock": "received"}

    def test_every_column_says_its_key(self) -> None:
        for one in (*text_columns(FIELDS), *item_columns(FIELDS[2])):
            found = KEY.search(one.head)
            assert found is not None and found[1] == one.key

    def test_faults_stand_in_their_cells(self) -> None:
        marked = [Marked("texts", 2, "place", "texts!B2", Bilingual("没有", "there is none"))]
        content = marked_workbook({"texts": [["[matter]", "[place]"], ["M1", "x"]]}, marked, "en")
        faults, texts = read_sheets(content)
        assert faults.rows[1] == ["texts!B2", "没有", "there is none"] and texts.rows[1] == ["M1", "x"]
