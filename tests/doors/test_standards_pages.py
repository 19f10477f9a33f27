"""The public pages of standards: library, one standard, systems, gaps and faults, review clock."""

import csv
import io
import zipfile
from datetime import date
from urllib.parse import quote

import pytest
from django.db import transaction
from docx import Document
from python_calamine import CalamineWorkbook

from jizhun.kernel.bilingual import Bilingual
from jizhun.people.models import User
from jizhun.people.rules import SYSTEM
from jizhun.standards.actions import answer_reports, enter, library, record_review, report
from jizhun.standards.models import ClauseRow
from jizhun.standards.rules.library import Cite, Standard

DAY = "on=2026-11-23"
LOCAL = "DB99/T 1-2024"
PAGES = ("standards/", "standards/?all=1&kind=local", "standards/GB/T%2024620-2022/", "systems/", "systems/services/",
         "systems/businesses/?form=matrix", "gaps/?region=330100", "reviews/")


def rows(response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def page_of(number: str) -> str:
    return f"/en/standards/{quote(number)}/"


@pytest.fixture
def with_text(world, db):
    """A local standard of the fictional province, whose text we hold and which cites two others."""
    title = Bilingual("失业保险金申领规范", "Claiming unemployment benefit")
    standard = Standard(LOCAL, "local", title, region="990000", published_on=date(2024, 3, 1),
                        effective_on=date(2024, 6, 1), serves=("NB029-EX01",),
                        cites=(Cite("GB/T 31596.3"), Cite("GB/T 13016-2018", normative=False)), mark="SIM",
                        source="Made up for the tests")
    clauses = [
        ClauseRow(place=0, key="refs", kind="references", number="2", body_en="GB/T 31596.3  Terms\nXY 1  Nothing"),
        ClauseRow(place=1, key="limit", kind="clause", number="3", heading_en="Time limit", heading_zh="时限",
                  body_en="Within 10 working days, see {#forms}.\n\n- online\n- at the counter"),
        ClauseRow(place=2, key="forms", kind="annex", number="A", heading_en="Forms", body_en="| Form |\n| Claim |")]
    with transaction.atomic():
        enter(by=SYSTEM, standard=standard, clauses=clauses)
    return standard


# -- every page ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_every_page_speaks_both_languages_and_leads_to_the_others(reading, path):
    for language, words in (("en", "Review clock"), ("zh", "复审时钟")):
        page = reading.get(f"/{language}/{path}")
        assert page.status_code == 200 and words in page.content.decode(), (language, path)
        assert f'href="/{language}/systems/' in page.content.decode()


def test_a_number_or_system_that_does_not_exist_is_said_in_a_sentence(reading):
    for path, sentence in (("standards/GB/T%200-1900/", "There is no “GB/T 0-1900” in the library."),
                           ("systems/nothing/", "There is no standards system “nothing”.")):
        page = reading.get(f"/en/{path}")
        assert page.status_code == 404 and sentence in page.content.decode()


# -- library -------------------------------------------------------------------------------------------


def test_the_library_speaks_for_the_place(reading):
    def held(query: str) -> set[str]:
        return {row["number"] for row in rows(reading.get(f"/en/standards/?{query}&{DAY}&csv=standards"))}

    of_china, of_jiangsu, everywhere = held("region=CN"), held("region=320000"), held("region=CN&all=1")
    assert of_china < of_jiangsu < everywhere == set(library().by_number)
    assert all(number.startswith("DB32/") for number in of_jiangsu - of_china)


@pytest.mark.parametrize(("query", "number", "other"), [
    ("q=gbt1.1", "GB/T 1.1-2020", "GB/T 24620-2022"),
    ("q=标准体系构建", "GB/T 13016-2018", "GB/T 1.1-2020"),
    ("q=consumer+issues", "GB/T 24620-2022", "GB/T 13016-2018"),
    ("status=superseded", "GB/T 1.1-2009", "GB/T 1.1-2020"),
    ("kind=national", "GB/T 1.1-2020", "LD/T 33-2015"),
    ("mark=unread", "GB/T 2260", "GB/T 1.1-2020"),
    ("item=NB029", "GB/T 31596.3-2023", "GB/T 1.1-2020"),
])
def test_each_filter_keeps_what_fits_and_leaves_out_the_rest(reading, query, number, other):
    found = {row["number"] for row in rows(reading.get(f"/en/standards/?{DAY}&{query}&csv=standards"))}
    assert number in found and other not in found


def test_a_day_in_the_past_shows_the_status_and_the_library_of_then(reading):
    then = {row["number"]: row["status"] for row in rows(reading.get("/en/standards/?on=2015-06-01&csv=standards"))}
    now = {row["number"]: row["status"] for row in rows(reading.get(f"/en/standards/?{DAY}&csv=standards"))}
    assert (then["GB/T 1.1-2009"], now["GB/T 1.1-2009"]) == ("Current", "Superseded")
    assert "GB/T 1.1-2020" in now and "GB/T 1.1-2020" not in then
    assert "GB 32100-2015" in then and "GB/T 45498.1-2025" not in then


def test_the_files_hold_what_is_seen(reading):
    query = f"{DAY}&kind=industry&sort=-number&column=title&column=status"
    seen = reading.get(f"/en/standards/?{query}")
    given = rows(reading.get(f"/en/standards/?{query}&csv=standards"))
    assert list(given[0]) == ["number", "title", "status"]
    assert [row["number"] for row in given] == sorted((row["number"] for row in given), reverse=True)
    sheet = CalamineWorkbook.from_filelike(
        io.BytesIO(reading.get(f"/en/standards/?{query}&xlsx=standards").content)).get_sheet_by_index(0).to_python()
    assert sheet[0] == ["Number", "Title", "Status"] and len(sheet) == len(given) + 1
    assert all(row["number"] in seen.content.decode() for row in given)


def test_the_page_says_how_many_were_verified_and_the_counts_add_up(reading):
    page = reading.get(f"/en/standards/?{DAY}")
    assert 0 < page.context["read"] < page.context["number"]
    assert f"Of {page.context['read']} of these {page.context['number']} the source was read" in page.content.decode()
    counts = rows(reading.get(f"/en/standards/?{DAY}&csv=counts"))
    assert sum(int(row["all"]) for row in counts[:-1]) == int(counts[-1]["all"]) == page.context["number"]


def test_an_empty_list_says_what_to_do(reading):
    page = reading.get("/en/standards/?q=zzzz").content.decode()
    assert "No standard fits" in page and "Look in every place" in page


# -- one standard --------------------------------------------------------------------------------------


def test_a_standard_says_its_state_on_the_day(reading):
    number = "GB/T 1.1-2009"
    now, then = (reading.get(f"{page_of(number)}?{on}") for on in (DAY, "on=2015-06-01"))
    assert now.context["state"].code == "superseded" and "Since 2020-10-01 replaced by" in now.content.decode()
    assert page_of("GB/T 1.1-2020") in now.content.decode()
    assert then.context["state"].code == "current"
    before = reading.get(f"{page_of('GB/T 1.1-2020')}?on=2015-06-01").content.decode()
    assert "Not yet published on this day" in before and "2020-03-31" in before


def test_an_undated_number_means_the_edition_in_force(reading):
    for on, number in ((DAY, "GB/T 1.1-2020"), ("on=2015-06-01", "GB/T 1.1-2009")):
        assert reading.get(f"{page_of('GB/T 1.1')}?{on}").context["standard"].number == number


def test_facts_carry_adoption_source_mark_and_links_to_what_it_serves(reading):
    page = reading.get(f"{page_of('GB/T 24620-2009')}?{DAY}").content.decode()
    assert "ISO/IEC GUIDE 76:2008 (identical, IDT)" in page and "source read" in page
    assert "We do not hold the text" in page and "openstd.samr.gov.cn" in page
    served = reading.get(f"{page_of('GB/T 31596.3-2023')}?{DAY}").content.decode()
    assert "/en/items/NB029/" in served
    assert "National standard, mandatory" in reading.get(page_of("GB 32100-2015")).content.decode()


def test_a_text_stands_clause_by_clause_with_anchors(reading, with_text):
    page = reading.get(f"{page_of(LOCAL)}?region=990000").content.decode()
    for piece in ('id="c-limit"', 'href="#c-limit"', "see Annex A.", "<li>online</li>", "<th scope=\"col\">Form</th>",
                  "XY 1 Nothing", "simulated"):
        assert piece in page, piece
    assert "/en/standards/GB/T%2031596.3/?region=990000" in page
    assert "holds in Sample Province, not in China" in reading.get(f"{page_of(LOCAL)}?region=CN").content.decode()


def test_reports_are_counted_by_clause_with_the_answer_and_without_names(reading, with_text):
    clerk = User.objects.get(username="county-clerk")
    said = [report(by=clerk, number=LOCAL, region="990101", text=f"The system is down at month's end{end}",
                   clause="limit") for end in (".", "!")]
    answer_reports(by=SYSTEM, reports=said, outcome="look", text="Downtime will not count.")
    page = reading.get(f"{page_of(LOCAL)}?region=990000").content.decode()
    assert "2 reports from practice" in page and page.count("Downtime will not count.") == 1
    assert "county-clerk" not in page and "down at month" not in page


def test_who_may_report_finds_a_link_at_each_clause(signed_in, with_text):
    link = "/en/work/standards/report/?number=DB99%2FT%201-2024&amp;clause=limit"
    pages = {who: signed_in(who).get(f"{page_of(LOCAL)}?region=990000").content.decode()
             for who in ("clerk", "stranger")}
    assert link in pages["clerk"] and "standards/report/" not in pages["stranger"]


def test_the_history_holds_editions_and_reviews(reading, db):
    record_review(by=SYSTEM, number="GB/T 15624-2011", verdict="keep", reason="Still in use", on=date(2024, 5, 1))
    page = reading.get(f"{page_of('GB/T 15624-2011')}?{DAY}&tab=history").content.decode()
    assert "Still in use" in page and "due on 2029-05-01" in page
    assert "Still in use" not in reading.get(f"{page_of('GB/T 15624-2011')}?on=2023-01-01&tab=history").content.decode()
    editions = rows(reading.get(f"{page_of('GB/T 24620-2022')}?{DAY}&tab=history&csv=editions"))
    assert [row["number"] for row in editions] == ["GB/T 24620-2022", "GB/T 24620-2009"]


def test_the_impact_names_what_cites_it_and_what_a_withdrawal_would_touch(reading, with_text):
    address = f"{page_of('GB/T 13016-2018')}?{DAY}&tab=impact"
    touched = {row["number"]: row["force"] for row in rows(reading.get(f"{address}&csv=touched"))}
    assert touched == {"GB/T 30226-2013": "normatively", LOCAL: "for information"}
    cited = {row["number"]: row["direction"] for row in rows(reading.get(f"{address}&csv=references"))}
    assert cited == {"GB/T 30226-2013": "cites it", LOCAL: "cites it"}
    page = reading.get(address).content.decode()
    assert 'class="chart structure wide' in page and 'class="chart structure narrow' in page
    assert f'<a href="{page_of("GB/T 30226-2013")}' in page and "/en/systems/services/" in page
    assert reading.get(f"{address}&svg=references")["Content-Type"].startswith("image/svg+xml")
    replaced = rows(reading.get(f"{page_of('GB/T 24620-2009')}?{DAY}&tab=impact&csv=touched"))
    assert replaced == []  # an undated reference means the edition in force


# -- systems -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["layered", "sequence", "matrix"])
def test_a_system_is_drawn_for_wide_and_narrow_screens_and_a_box_chooses_its_lines(reading, form):
    page = reading.get(f"/en/systems/services/?{DAY}&form={form}").content.decode()
    assert "structure wide" in page and "structure narrow" in page
    assert f"form={form}&amp;node=301#detail" in page


def test_a_chosen_node_narrows_the_detail_table(reading):
    found = rows(reading.get(f"/en/systems/services/?{DAY}&node=301&csv=detail"))
    assert found and all(row["place"].startswith("301.") for row in found)
    assert len(rows(reading.get(f"/en/systems/services/?{DAY}&node=300&csv=detail"))) > len(found)
    kinds = {row["kind"] for row in rows(reading.get(f"/en/systems/services/?{DAY}&node=300&kind=local&csv=detail"))}
    assert kinds == {"Local standard"}


def test_the_tables_of_a_system_agree(reading):
    page = reading.get(f"/en/systems/services/?{DAY}")
    count, to_make = page.context["count"], rows(reading.get(f"/en/systems/services/?{DAY}&csv=to_make"))
    assert count.should - count.have == len(to_make) > 0
    by_kind = rows(reading.get(f"/en/systems/services/?{DAY}&csv=by_kind"))
    assert (by_kind[-1]["should"], by_kind[-1]["have"]) == (str(count.should), str(count.have))
    earlier = reading.get("/en/systems/services/?on=2012-01-01").context["count"]
    assert earlier.should == count.should and earlier.have < count.have


def test_the_papers_of_a_system_open(reading):
    def paper(kind: str) -> io.BytesIO:
        response = reading.get(f"/en/systems/services/?{DAY}&paper={kind}")
        assert response["Content-Disposition"] == (
            f'attachment; filename="jizhun-system-services-2026-11-23-en.{kind}"')
        return io.BytesIO(response.content)

    assert len(CalamineWorkbook.from_filelike(paper("xlsx")).sheet_names) == 3
    assert Document(paper("docx")).tables
    names = zipfile.ZipFile(paper("zip")).namelist()
    assert "README.txt" in names and any(name.endswith(".svg") for name in names)


# -- gaps and faults -----------------------------------------------------------------------------------


def test_gaps_are_those_of_the_place_and_name_who_can_mend_them(reading):
    def found(region: str) -> list[dict[str, str]]:
        return rows(reading.get(f"/en/gaps/?region={region}&{DAY}&csv=faults"))

    nation, city = found("CN"), found("330100")
    lacking = [row for row in city if row["kind"] == "unserved" and row["mender"] == "330100"]
    assert lacking and not [row for row in nation if row["mender"] == "330100"]
    assert all("local standard" in row["sentence"] for row in lacking)
    assert not [row for row in city if row["mender"].startswith("32")]


def test_faults_are_filtered_by_kind_and_severity_and_lead_to_what_they_name(reading):
    some = rows(reading.get(f"/en/gaps/?{DAY}&kind=missing_entries&csv=faults"))
    assert some and {row["kind"] for row in some} == {"missing_entries"}
    look = rows(reading.get(f"/en/gaps/?{DAY}&severity=look&csv=faults"))
    assert look and {row["severity"] for row in look} == {"look"}
    page = reading.get(f"/en/gaps/?{DAY}").content.decode()
    for address in ("/en/systems/businesses/?on=2026-11-23&amp;node=101#detail", "/en/items/NB019/",
                    page_of("GB/T 39046-2020")):
        assert address in page, address


def test_a_matter_is_not_named_beside_its_item(reading):
    found = rows(reading.get(f"/en/gaps/?{DAY}&kind=unserved&csv=faults"))
    keys = {(row["about"], row["sentence"].split(" standard")[0]) for row in found}
    assert not [about for about, level in keys if "-" in about and (about.partition("-")[0], level) in keys]


def test_the_matrix_counts_what_the_library_lists(reading):
    page = reading.get(f"/en/gaps/?{DAY}")
    filled = [one for line in page.context["lines"] for one in line.squares if one.number]
    assert filled and all(len(rows(reading.get(one.href + "&csv=standards"))) == one.number for one in filled)
    assert len(page.context["levels"]) == 2
    assert len(reading.get(f"/en/gaps/?region=330100&{DAY}").context["levels"]) == 3


def test_a_real_place_sees_no_fault_of_a_fictional_one(reading, with_text):
    def named(region: str) -> bool:
        return LOCAL in reading.get(f"/en/gaps/?region={region}&{DAY}&csv=faults").content.decode()

    assert LOCAL not in reading.get(f"/en/standards/?{DAY}&all=1&csv=standards").content.decode()
    assert LOCAL in reading.get(f"/en/standards/?region=990000&{DAY}&csv=standards").content.decode()
    assert not named("CN")


def test_nothing_is_lacking_outside_the_scope_of_the_list(reading):
    page = reading.get(f"/en/gaps/?region=810000&{DAY}").content.decode()
    assert "do not extend to Hong Kong" in page
    found = rows(reading.get(f"/en/gaps/?region=810000&{DAY}&csv=faults"))
    assert "unserved" not in {row["kind"] for row in found}


# -- review clock --------------------------------------------------------------------------------------


def test_the_clock_shows_overdue_first_and_what_changed_above(reading):
    found = rows(reading.get(f"/en/reviews/?{DAY}&csv=reviews"))
    states = [row["state"] for row in found]
    assert states[0] == "Review overdue" and states[-1] == "Not due yet"
    overdue = [row for row in found if row["state"] == "Review overdue"]
    assert all(int(row["days"]) < 0 for row in overdue)
    changed = rows(reading.get(f"/en/reviews/?{DAY}&state=parent&csv=reviews"))
    assert changed and all(row["changed"] for row in changed)


def test_the_years_add_up_and_a_review_moves_its_standard(reading, db):
    def due() -> dict[str, str]:
        return {row["number"]: row["due"] for row in rows(reading.get(f"/en/reviews/?{DAY}&csv=reviews"))}

    years = rows(reading.get(f"/en/reviews/?{DAY}&csv=years"))
    assert sum(int(row["due"]) for row in years) == sum(bool(day) for day in due().values())
    assert due()["GB/T 15624-2011"] == "2017-04-01"
    record_review(by=SYSTEM, number="GB/T 15624-2011", verdict="keep", reason="Still in use", on=date(2024, 5, 1))
    assert due()["GB/T 15624-2011"] == "2029-05-01"


def test_numbers_are_sorted_by_size_and_the_state_can_be_chosen(reading):
    days = [int(row["days"]) for row in rows(reading.get(f"/en/reviews/?{DAY}&sort=-days&csv=reviews")) if row["days"]]
    assert days == sorted(days, reverse=True)
    fine = rows(reading.get(f"/en/reviews/?{DAY}&state=fine&csv=reviews"))
    assert fine and {row["state"] for row in fine} == {"Not due yet"}
