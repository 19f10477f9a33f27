"""A standards system is not static: what is made fills its line, and what is to be made is planned by year."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from python_calamine import CalamineWorkbook

from drafting_cast import PROVINCE, days, opened, person, today
from jizhun.drafting.models import Project
from jizhun.drafting.rules.text import KINDS
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.models import AuditLine
from jizhun.people.rules import SYSTEM, Forbidden
from jizhun.standards import actions as standards
from jizhun.standards.models import PlanRow
from jizhun.standards.rules.framework import Line, detail_lines, statistics
from jizhun.standards.rules.library import Standard
from jizhun.standards.rules.reading import CLAUSE_KINDS

pytestmark = pytest.mark.usefixtures("world", "db")
CODE = "services"


def login_of(name: str) -> Client:
    """A browser of this demonstration login."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(person(name))
    return client


def to_make() -> list[Line]:
    framework = standards.framework_of(CODE)
    return [one for one in detail_lines(framework, standards.library(), today()) if one.to_make]


def enter(title: str, kind: str = "national", region: str = "CN", number: str = "GB/T 99901-2026",
          days_ahead: int = 30) -> None:
    standards.enter(by=SYSTEM, standard=Standard(
        number=number, kind=kind, title=Bilingual(title, "A standard"), region=region, published_on=today(),
        effective_on=today() + days(days_ahead), source="a test", mark="SIM"))


class TestFilling:
    def test_what_is_published_under_the_title_fills_its_line(self) -> None:
        line = to_make()[0]
        before = statistics(detail_lines(standards.framework_of(CODE), standards.library(), today())).total
        enter(f"《{line.title.zh}》 ", kind=line.kind, number={"industry": "LD/T 9901-2026"}.get(line.kind,
                                                                                            "GB/T 99901-2026"))
        after = statistics(detail_lines(standards.framework_of(CODE), standards.library(), today())).total
        assert (after.should, after.have) == (before.should, before.have + 1)
        assert line.system_number not in {one.system_number for one in to_make()}

    def test_neither_another_place_nor_another_title_fills_it(self) -> None:
        line = next(one for one in to_make() if one.kind == "national")
        enter(line.title.zh + "指南")
        enter(line.title.zh, kind="local", region=PROVINCE, number="DB99/T 901-2026")
        assert line.system_number in {one.system_number for one in to_make()}


class TestPlan:
    @pytest.fixture
    def line(self) -> Iterator[Line]:
        yield to_make()[0]

    def test_a_line_gets_its_year_and_loses_it(self, line: Line) -> None:
        year, by = today().year + 1, person("national-editor")
        (kept,) = standards.plan_all(by=by, code=CODE, years={line.system_number: str(year)})
        assert next(one for one in to_make() if one.system_number == line.system_number).entry.plan_year == year
        assert AuditLine.objects.filter(act="standards.plan", actor=by.username).count() == 1
        assert standards.plan_all(by=by, code=CODE, years={line.system_number: str(year)}) == []
        standards.plan_all(by=by, code=CODE, years={line.system_number: ""})
        assert to_make()[0].entry.plan_year == 0 and PlanRow.objects.count() == 2
        assert kept.year == year

    def test_yesterday_s_system_does_not_know_today_s_plan(self, line: Line) -> None:
        standards.plan_all(by=SYSTEM, code=CODE, years={line.system_number: str(today().year)})
        then = standards.framework_of(CODE, today() - days(1))
        assert all(one.plan_year == 0 for one in then.entries)

    @pytest.mark.parametrize("years, sentence", [
        ({"{line}": "1999"}, "is no year from"), ({"{line}": "２０２７"}, "is no year"),
        ({"{line}": "soon"}, "is no year"),
        ({"{line}": "2027", "0.0": "2027"}, "no line “0.0”"), ({"{line}": "9" * 5000}, "is no year")])
    def test_what_is_no_plan_changes_nothing(self, line: Line, years: dict[str, str], sentence: str) -> None:
        typed = {name.format(line=line.system_number): year for name, year in years.items()}
        with pytest.raises(Refused, match=sentence):
            standards.plan_all(by=person("national-editor"), code=CODE, years=typed)
        assert PlanRow.objects.count() == 0

    def test_a_province_does_not_plan_for_the_nation(self, line: Line) -> None:
        with pytest.raises(Forbidden):
            standards.plan_all(by=person("province-editor"), code=CODE, years={line.system_number: "2027"})
        assert login_of("province-editor").get(reverse("plan", args=[CODE])).status_code == 403


class TestPages:
    def test_the_plan_is_typed_in_and_stands_in_the_package(self) -> None:
        line, page = to_make()[0], login_of("national-editor")
        year = str(today().year + 1)
        sent = {f"year-{line.system_number}": year}
        assert page.post(reverse("plan", args=[CODE]), sent).status_code == 302
        assert f'value="{year}"' in page.get(reverse("plan", args=[CODE])).content.decode()
        assert line.title.zh in plan_sheet()

    def test_a_wrong_year_is_shown_as_it_was_typed(self) -> None:
        answer = login_of("national-editor").post(reverse("plan", args=[CODE]),
                                                  {f"year-{to_make()[0].system_number}": "next"})
        assert answer.status_code == 400 and 'value="next"' in answer.content.decode()

    def test_a_line_is_begun_with_what_it_says(self) -> None:
        line = to_make()[0]
        page = login_of("national-editor").get(reverse("project-new"), {"line": f"{CODE}:{line.system_number}"})
        assert f'value="{line.title.zh}"' in page.content.decode()
        assert login_of("national-editor").get(reverse("project-new"), {"line": "no:1"}).status_code == 200

    def test_a_normative_document_in_the_making_is_no_standard_of_the_system(self) -> None:
        Project.objects.filter(pk=opened().pk).update(kind="normative", procedure="normative", stage="20",
                                                      region="CN", simulated=False)
        assert plan_sheet() is not None

    def test_what_is_made_for_a_line_stands_there_with_its_number(self) -> None:
        line = next(one for one in to_make() if one.kind == "national")
        Project.objects.filter(pk=opened().pk).update(kind="national", procedure="national", region="CN",
                                                      title_zh=line.title.zh, simulated=False)
        other = opened()
        Project.objects.filter(pk=other.pk).update(kind="national", procedure="national", region="CN",
                                                   title_zh="与体系无关", simulated=False)
        said = plan_sheet()
        assert line.system_number in said and "与体系无关" not in said


LIBRARY = """standards:
- {number: GB/T 99902-2026, kind: national, title_zh: 试验, title_en: A try, source: a test, mark: SIM}
"""
TEXTS = """texts:
- number: GB/T 99902-2026
  clauses:
  - {key: scope, kind: scope, number: "1", body_zh: 本文件用于试验。, body_en: For a try.}
  - {key: waiting, number: "2", heading_zh: 等候, heading_en: Waiting, body_zh: 等候不超过 20 分钟。,
     body_en: 20 minutes.}
"""


class TestTexts:
    def load(self, folder: Path, texts: str, library: str = LIBRARY) -> standards.Loaded:
        (folder / "library.yaml").write_text(library, "utf-8")
        (folder / "texts.yaml").write_text(texts, "utf-8")
        return standards.load(by=SYSTEM, folder=folder, owner="a-test")

    def test_a_text_comes_with_its_package_and_clerks_report_from_its_clauses(self, tmp_path: Path) -> None:
        assert self.load(tmp_path, TEXTS).texts == 1
        assert self.load(tmp_path, TEXTS) == standards.Loaded()
        standards.report(by=person("county-clerk"), number="GB/T 99902-2026", region="990101", clause="waiting",
                         text="只有一个窗口。")
        self.load(tmp_path, TEXTS.replace('"2"', '"3"'))
        (cluster,) = standards.report_clusters(number="GB/T 99902-2026")
        assert cluster.clause == "waiting"
        page = Client().get(reverse("standard", args=["GB/T 99902-2026"])).content.decode()
        assert "等候不超过 20 分钟" in page or "20 minutes." in page

    @pytest.mark.parametrize("before, after, sentence", [
        ("key: waiting", "key: scope", "is there twice"), ("key: waiting", "key: Ü", "must look like"),
        ("number: GB/T 99902-2026", "number: GB/T 99903-2026", "no “GB/T 99903-2026” in the library"),
        ("number: GB/T 99902-2026", "number: GB/T 31597-2022", "came with"),
        ("kind: scope", "kind: poem", "poem"), ("kind: scope", "level: 9", "must be 1 to 6"),
        ("body_en: 20 minutes.", "verse: x", "verse")])
    def test_a_text_that_cannot_be_is_refused_whole(self, tmp_path: Path, before: str, after: str,
                                                    sentence: str) -> None:
        with pytest.raises(Refused, match=sentence):
            self.load(tmp_path, TEXTS.replace(before, after, 1))
        assert standards.library().find("GB/T 99902-2026") is None

    def test_its_kinds_are_those_in_which_texts_are_written(self) -> None:
        assert tuple(KINDS) == CLAUSE_KINDS


def test_the_package_holds_the_reviews_of_its_own_standards() -> None:
    framework = standards.framework_of(CODE)
    inside = next(line.standard for line in detail_lines(framework, standards.library(), today()) if line.have)
    enter("与体系无关的标准", days_ahead=0)
    for one in (inside, standards.known("GB/T 99901-2026")):
        assert one is not None
        standards.reviewed(by=SYSTEM, standard=one, verdict="keep", reason=f"{one.number} 仍适用")
    said = plan_sheet("07")
    assert inside and f"{inside.number} 仍适用" in said and "GB/T 99901-2026" not in said


def plan_sheet(part: str = "06") -> str:
    """All that a workbook of the package says; that of the yearly plan unless another is asked for."""
    with override("zh-hans"):
        answer = Client().get(reverse("system", args=[CODE]), {"paper": "zip"})
    package = zipfile.ZipFile(io.BytesIO(answer.content))
    (name,) = [one for one in package.namelist() if one.endswith(".xlsx") and one.startswith(part)]
    book = CalamineWorkbook.from_filelike(io.BytesIO(package.read(name)))
    return "\n".join(str(cell) for sheet in book.sheet_names for row in book.get_sheet_by_name(sheet).to_python()
                     for cell in row)

