"""Many guides at once: rights and locks as one by one, all or none, one line and one notice; workbooks in and out."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from jizhun.guides import actions
from jizhun.guides.actions.bringing import Brought, export_guides, look_at_workbook, take_in, with_faults
from jizhun.guides.actions.bulk import Change, look_many, record_many
from jizhun.guides.actions.copying import apply_template, copy_guides, read_template
from jizhun.guides.actions.keeping import Locked
from jizhun.guides.models import LayerDraft, LayerVersion
from jizhun.guides.rules.edits import Edit
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.spreadsheets import cell_text, read_sheets
from jizhun.kernel.workbooks import finished, new_book
from jizhun.people.models import AuditLine, Notice, User
from jizhun.people.rules import Forbidden
from jizhun.regions.actions import Moved

pytestmark = pytest.mark.usefixtures("world", "db")
MATTER, OTHER = "NB026-EX02", "NB026-EX03"
COUNTY, NEIGHBOUR, CITY, PROVINCE = "990101", "990102", "990100", "990000"
LOCAL, NEWER = {"zh": "本地", "en": "Local words"}, {"zh": "新文", "en": "Newer words"}


def user(name: str) -> User:
    return User.objects.get(username=name)


def many(who: str, *changes: Change, **more: Any) -> Any:
    return record_many(by=user(who), sort="guide", changes=changes, **more)


def one(region: str, content: Any, field: str = "quota", matter: str = MATTER, **more: Any) -> Change:
    return Change(matter, region, {field: content}, **more)


def says(region: str, field: str = "quota", matter: str = MATTER) -> Any:
    return actions.guide(matter=matter, region=region, on=timezone.localdate()).content(field)


class TestRecording:
    @pytest.mark.parametrize(("who", "region", "may"), [
        ("county-editor", COUNTY, True), ("county-editor", NEIGHBOUR, False), ("province-editor", COUNTY, True),
        ("province-editor", "330100", False), ("national-editor", "330100", True), ("county-clerk", COUNTY, False),
        ("county-clerk-elsewhere", COUNTY, False), ("reviewer", COUNTY, False), ("reader", COUNTY, False)])
    def test_only_editors_of_the_place_or_above(self, who: str, region: str, may: bool) -> None:
        if may:
            assert many(who, one(region, LOCAL)).versions == 1 and says(region) == LOCAL
        else:
            with pytest.raises(Forbidden):
                many(who, one(region, LOCAL))

    def test_all_or_none(self) -> None:
        changes = (one(COUNTY, LOCAL), one(NEIGHBOUR, LOCAL))
        with pytest.raises(Forbidden, match=f"{MATTER}/{NEIGHBOUR}"):
            many("county-editor", *changes)
        assert says(COUNTY) is None
        assert many("county-editor", *changes, only_good=True).versions == 1
        assert (says(COUNTY), says(NEIGHBOUR)) == (LOCAL, None)

    def test_it_is_one_act_on_the_trail(self) -> None:
        before = AuditLine.objects.count()
        many("province-editor", *(one(region, LOCAL) for region in (COUNTY, NEIGHBOUR, CITY)), note="because")
        (line,) = AuditLine.objects.order_by("-seq")[:AuditLine.objects.count() - before]
        assert (line.act, line.reason) == ("guides.record_many_guide", "because") and NEIGHBOUR in line.after
        assert len(set(LayerVersion.objects.filter(matter=MATTER, by="province-editor").values_list("seq"))) == 1

    def test_the_same_twice_changes_nothing(self) -> None:
        assert many("county-editor", one(COUNTY, LOCAL)).versions == 1
        lines = AuditLine.objects.count()
        again = many("county-editor", one(COUNTY, LOCAL))
        assert again.versions == 0 and again.outlook.counts["same"] == 1 and AuditLine.objects.count() == lines

    def test_what_is_locked_is_refused_with_who_locked_it(self) -> None:
        actions.record(by=user("province-editor"), sort="guide", matter=MATTER, region=PROVINCE,
                       fields={"quota": NEWER}, policies={"quota": "locked"})
        with pytest.raises(Locked, match="locked by Sample Province"):
            many("county-editor", one(COUNTY, LOCAL))
        found = look_many(by=user("county-editor"), sort="guide", changes=[one(COUNTY, LOCAL)])
        assert [*found.looked[0].refused] == ["quota"] and found.good == []

    def test_a_newer_version_is_told(self) -> None:
        many("county-editor", one(COUNTY, LOCAL, seen=0))
        with pytest.raises(Moved, match="Version 1 has been published here since"):
            many("county-editor", one(COUNTY, NEWER, seen=0))
        assert many("county-editor", one(COUNTY, NEWER, seen=1)).versions == 1

    def test_places_above_in_the_same_file_stand_first(self) -> None:
        many("province-editor", one(COUNTY, LOCAL), one(PROVINCE, NEWER))
        found = actions.guide(matter=MATTER, region=COUNTY, on=timezone.localdate()).of("quota")
        assert found and found.words and found.words.drift is None and found.words.base == NEWER

    def test_whoever_comes_out_of_step_is_told_once(self) -> None:
        for matter in (MATTER, OTHER):
            many("county-editor", one(COUNTY, LOCAL, matter=matter))
        many("province-editor", one(PROVINCE, NEWER), one(PROVINCE, NEWER, matter=OTHER))
        (notice,) = Notice.objects.filter(username="county-editor", about="guide:many")
        assert "2 matter(s) in 1 place(s)" in notice.text_en
        assert actions.out_of_step(sort="guide", on=timezone.localdate(), within={COUNTY}, matters=[MATTER]) == {
            (MATTER, COUNTY): ("quota",)}

    def test_who_was_out_of_step_before_is_not_told_again(self) -> None:
        many("county-editor", one(COUNTY, LOCAL))
        many("province-editor", one(PROVINCE, NEWER))
        many("province-editor", one(PROVINCE, NEWER, "system"))
        assert Notice.objects.filter(username="county-editor", about="guide:many").count() == 1

    def test_it_is_as_one_by_one(self) -> None:
        """The same words recorded alone and among many make the same version."""
        for change in (one(COUNTY, LOCAL), one(COUNTY, NEWER), one(COUNTY, None)):
            actions.record(by=user("county-editor"), sort="guide", matter=MATTER, region=COUNTY, fields=change.fields)
            many("county-editor", Change(OTHER, COUNTY, change.fields))
        alone, among = ([(row.number, row.fields, bytes(row.outline), row.valid_from) for row in
                         LayerVersion.objects.filter(matter=matter, region=COUNTY, by="county-editor").order_by("pk")]
                        for matter in (MATTER, OTHER))
        assert len(alone) == 3 and alone == among

    def test_words_overruled_from_above_can_be_said_again(self) -> None:
        many("county-editor", one(COUNTY, LOCAL))
        day = timezone.localdate() + timedelta(10)
        actions.record(by=user("province-editor"), sort="guide", matter=MATTER, region=PROVINCE,
                       fields={"quota": NEWER}, forced=["quota"], on=day)
        assert many("county-editor", one(COUNTY, LOCAL), on=day).versions == 1
        assert actions.guide(matter=MATTER, region=COUNTY, on=day).content("quota") == LOCAL

    def test_drafts_are_left_alone(self) -> None:
        actions.save_draft(by=user("county-editor"), sort="guide", matter=MATTER, region=COUNTY,
                           fields={"quota": NEWER})
        many("province-editor", one(COUNTY, LOCAL))
        assert LayerDraft.objects.filter(matter=MATTER, region=COUNTY).exists()

    @pytest.mark.parametrize(("change", "sentence"), [
        (Change("NB999-EX01", COUNTY, {"quota": LOCAL}), "NB999-EX01"),
        (Change(MATTER, "123456", {"quota": LOCAL}), "123456"), (one(COUNTY, LOCAL, "nothing"), "no field called"),
        (one(COUNTY, LOCAL, "fee"), "comes from the provisions"), (one(COUNTY, "moon", "level"), "has no choice"),
        (one(COUNTY, Edit(items=[{"id": "a", "fax": "1"}]), "contacts"), "no column “fax”")])
    def test_what_does_not_fit_is_refused(self, change: Change, sentence: str) -> None:
        with pytest.raises(Refused, match=sentence):
            many("national-editor", change)

    def test_the_same_guide_twice_is_refused(self) -> None:
        with pytest.raises(Refused, match="said twice"):
            many("county-editor", one(COUNTY, LOCAL), one(COUNTY, NEWER))


class TestCopies:
    def test_own_words_go_to_other_places_unverified(self) -> None:
        actions.record(by=user("province-editor"), sort="guide", matter=MATTER, region=COUNTY, fields={"quota": LOCAL},
                       mark="V", source="paper 7")
        done = copy_guides(by=user("province-editor"), source=COUNTY, targets=[NEIGHBOUR, COUNTY], matters=[MATTER],
                           fields=["quota"])
        found = actions.guide(matter=MATTER, region=NEIGHBOUR, on=timezone.localdate()).of("quota")
        assert done.versions == 1 and found and (found.content, found.mark) == (LOCAL, "R")
        assert found.parts[-1].said.source == "paper 7"

    def test_nothing_to_copy(self) -> None:
        with pytest.raises(Refused, match="no local words"):
            copy_guides(by=user("province-editor"), source=COUNTY, targets=[NEIGHBOUR], matters=[MATTER],
                        fields=["quota"])

    def test_a_template_names_the_place(self) -> None:
        contents = read_template({"quota": {"zh": "{place_zh}", "en": "{place_en} {code} {tail}"}}, "t.yaml")
        done = apply_template(by=user("province-editor"), contents=contents, matters=[MATTER, OTHER],
                              regions=[COUNTY, NEIGHBOUR])
        assert done.versions == 4 and says(NEIGHBOUR, matter=OTHER)["en"].endswith("990102 0102")
        with pytest.raises(Forbidden):
            apply_template(by=user("county-editor"), contents=contents, matters=[MATTER], regions=[NEIGHBOUR])

    @pytest.mark.parametrize("content", [None, [], {"quota": "x"}, {"quota": {"fr": "x"}}])
    def test_what_is_no_template(self, content: Any) -> None:
        with pytest.raises(Refused, match=r"t\.yaml"):
            read_template(content, "t.yaml")


# -- workbooks -------------------------------------------------------------------------------------


def exported(*regions: str, fields: Sequence[str] = ()) -> bytes:
    return export_guides(regions=regions, matters=[MATTER], fields=fields)


def grid(content: bytes) -> dict[str, list[list[str]]]:
    return {sheet.name: [[cell_text(cell) for cell in row] for row in sheet.rows] for sheet in read_sheets(content)}


def filled(content: bytes, *cells: tuple[str, int, str, str]) -> bytes:
    """The workbook with other texts in some cells: sheet, row (as people count), key of the column, text."""
    sheets, book = grid(content), new_book()
    for name, row, key, text in cells:
        rows = sheets[name]
        at = next(n for n, head in enumerate(rows[0]) if head.endswith(f"[{key}]"))
        while len(rows) < row:
            rows.append([""] * len(rows[0]))
        rows[row - 1][at] = text
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for down, texts in enumerate(rows):
            for at, text in enumerate(texts):
                sheet.write_string(down, at, text)
    return finished(book)


def look(who: str, content: bytes) -> Brought:
    return look_at_workbook(by=user(who), content=content, name="guides.xlsx")


TEXTS, CONTACTS = "texts 文字和选项", "contacts 咨询方式"


class TestWorkbooks:
    def test_what_goes_out_comes_back_and_changes_nothing(self) -> None:
        many("county-editor", Change(MATTER, COUNTY, {
            "quota": LOCAL, "level": "county", "delivery": {"zh": "=1+1", "en": "-"},
            "contacts": [{"id": "a", "zh": "台", "en": "Desk", "phone": "0990-1234567", "role": "enquiry"}],
            "material_notes": [{"id": "id_card", "zh": "证", "en": "Card", "necessary": True, "copies": 2,
                                "form": "copy"}],
            "deferred": [{"id": "d", "zh": "补", "en": "Later", "days": 5, "until": "2027-01-31"}]}))
        found = look("county-editor", exported(COUNTY))
        assert found.marked == () and set(found.outlook.looked[0].outcomes.values()) == {"same"}
        assert take_in(by=user("county-editor"), brought=found) == 0

    def test_a_clerk_fills_it_in_and_the_same_file_twice_is_one(self) -> None:
        content = filled(exported(COUNTY, fields=["quota", "contacts"]), (TEXTS, 2, "quota.zh", "每年50人"),
                         *((CONTACTS, 9, key, text) for key, text in (
                             ("matter", MATTER), ("place", COUNTY), ("id", "desk"), ("zh", "咨询台"), ("en", "Desk"),
                             ("phone", "0990-7654321"))))
        found = look("county-editor", content)
        assert found.marked == () and found.outlook.looked[0].outcomes == {"quota": "new", "contacts": "new"}
        assert says(COUNTY) is None  # nothing is kept by looking
        assert take_in(by=user("county-editor"), brought=found) == 1
        assert says(COUNTY) == {"zh": "每年50人", "en": ""}
        assert [row["id"] for row in says(COUNTY, "contacts")][-1] == "desk"
        again = look("county-editor", content)
        assert {one.refused[""].__class__ for one in again.outlook.refused} == {Moved}  # its version is an old one
        fresh = filled(content, (TEXTS, 2, "version", ""), *((name, row, "version", "") for name in (CONTACTS,)
                                                             for row in range(2, 10)))
        assert look("county-editor", fresh).outlook.counts["same"] == 2

    def test_locked_cells_say_who_locked_them_and_are_refused_when_overwritten(self) -> None:
        actions.record(by=user("province-editor"), sort="guide", matter=MATTER, region=PROVINCE,
                       fields={"quota": NEWER}, policies={"quota": "locked"})
        content = exported(COUNTY, fields=["quota"])
        assert any(cell == "🔒 示例省" for cell in grid(content)[TEXTS][1])
        assert look("county-editor", content).marked == ()
        (fault,) = look("county-editor", filled(content, (TEXTS, 2, "quota.en", "mine"))).marked
        assert fault.cell == f"{TEXTS}!G2" and "locked by Sample Province" in fault.sentence.en

    def test_everything_wrong_is_told_by_cell_and_nothing_is_recorded(self) -> None:
        content = filled(exported(COUNTY, NEIGHBOUR, fields=["quota", "level"]), (TEXTS, 2, "level", "moon"),
                         (TEXTS, 3, "quota.zh", "好"))
        found = look("county-editor", content)
        assert [(one.cell, one.sentence.en[:24]) for one in found.marked] == [
            (f"{TEXTS}!H2", "there is no “moon”; choos"[:24]), (f"{TEXTS}!C3", "You have no right at 990102 to"[:24])]
        with pytest.raises(Refused, match="2 fault"):
            take_in(by=user("county-editor"), brought=found)
        assert says(NEIGHBOUR) is None
        marked = grid(with_faults(found, "en"))
        assert [row[0] for row in marked["faults 错误"][1:]] == [one.cell for one in found.marked]
        by_province = look("province-editor", content)
        assert by_province.bad == 1 and take_in(by=user("province-editor"), brought=by_province, only_good=True) == 1
        assert says(NEIGHBOUR) == {"zh": "好", "en": ""}

    def test_a_newer_version_is_told_at_its_row(self) -> None:
        content = filled(exported(COUNTY, fields=["quota"]), (TEXTS, 2, "quota.zh", "好"))
        many("county-editor", one(COUNTY, LOCAL))
        (fault,) = look("county-editor", content).marked
        assert fault.cell == f"{TEXTS}!E2" and "published here since" in fault.sentence.en

    def test_taking_back(self) -> None:
        many("county-editor", Change(MATTER, COUNTY, {"quota": LOCAL, "questions": [
            {"id": "a", "zh": "甲", "en": "A"}, {"id": "b", "zh": "乙", "en": "B"}]}))
        rows = exported(COUNTY, fields=["quota", "questions"])
        name = next(sheet for sheet in grid(rows) if sheet.startswith("questions"))
        at = next(n for n, row in enumerate(grid(rows)[name], 1) if "甲" in row)
        found = look("county-editor", filled(rows, (TEXTS, 2, "quota.zh", "撤回"), (TEXTS, 2, "quota.en", ""),
                                             (name, at, "act", "撤回")))
        assert found.outlook.looked[0].outcomes == {"quota": "taken_back", "questions": "changed"}
        take_in(by=user("county-editor"), brought=found)
        assert says(COUNTY) is None and "a" not in [row["id"] for row in says(COUNTY, "questions")]

    def test_unknown_codes_and_too_many(self) -> None:
        for bad in ({"matters": ["NB999-EX01"]}, {"fields": ["nothing"]}, {"regions": ["123456"]}):
            with pytest.raises(Refused):
                export_guides(**{"regions": [COUNTY], **bad})  # type: ignore[arg-type]
        with pytest.raises(Refused, match="20,000 guides at most"):
            export_guides(regions=[COUNTY] * 200)

    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0 old", b"matter,place\n1,2\n",
                                         b"<html>"])
    def test_hostile_files_are_refused_in_one_sentence(self, content: bytes) -> None:
        with pytest.raises(Refused, match=r"guides\.xlsx"):
            look("county-editor", content)

    def test_formulas_control_characters_and_stray_cells(self) -> None:
        book = new_book(strings_to_formulas=False)
        sheet = book.add_worksheet("texts")
        for at, text in enumerate(("[matter]", "[place]", "[quota.zh]")):
            sheet.write_string(0, at, text)
        for at, text in enumerate((MATTER, COUNTY, "=cmd|'/c calc'!A1\x07")):
            sheet.write_string(1, at, text)
        plain = finished(book)
        found = look("county-editor", plain)
        take_in(by=user("county-editor"), brought=found)
        assert says(COUNTY) == {"zh": "=cmd|'/c calc'!A1", "en": ""}
        assert look("county-editor", exported(COUNTY)).outlook.counts["changed"] == 0
        far = new_book()
        far.add_worksheet("texts").write_string(1_000_000, 16_000, "x")
        with pytest.raises(Refused, match="stray cells"):
            look("county-editor", finished(far))
