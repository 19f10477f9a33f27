"""What if at the workbench and on the command line: asked in a form, read as a page, laid side by side, taken away."""

import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from python_calamine import load_workbook

from jizhun import cli
from jizhun.entitlements.actions import keeping
from jizhun.entitlements.models import WhatIf
from jizhun.people.long_work import at_work
from jizhun.workbench.tasks import run_what_if

FORM = "/en/work/what-if/new/residents_pension/"
LIST = "/en/work/what-if/"
TYPED = {"regions": ["990101"], "from": "2026-12", "months": "12", "measure_1": "basic", "place_1": "CN",
         "modality_1": "floor", "value_1": "183", "population": "sample_province", "rows": "4000"}
COLUMNS = {"region": "where", "weight": "n", "fact-birth_date": "born", "fact-draws_pension": "draws",
           "fact-resident_years": "years", "fact-resident_account": "account"}


@pytest.fixture(autouse=True)
def own_home(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.FILES = tmp_path / "files"
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    yield


def people(count: int = 40, region: str = "990101") -> SimpleUploadedFile:
    rows = [f"{region},1,1950-01-01,否,15,1390"] * count
    return SimpleUploadedFile("名单.csv", "\n".join(["where,n,born,draws,years,account", *rows]).encode())


def asked(client: Client, **changes: Any) -> str:
    """Ask, and let the worker run it; gives the address of the run."""
    response = client.post(FORM, {**TYPED, **changes})
    assert response.status_code == 302, response.context["wrong"]
    address = str(response.url)
    run_what_if.func(address.split("/")[-2])
    return address


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


# -- who may what


@pytest.mark.parametrize("path", ["", "new/", "new/residents_pension/", "compare/", "20260101000000-000000000000/"])
def test_strangers_are_asked_to_sign_in(signed_in: Callable[[str], Client], path: str) -> None:
    assert signed_in("stranger").get(f"{LIST}{path}").url == f"/en/work/sign-in/?next={LIST}{path}"


@pytest.mark.parametrize(("who", "region", "status"), [
    ("clerk", "990101", 302), ("county", "990101", 302), ("province", "990101", 302), ("nation", "990101", 302),
    ("reviewer", "990101", 302), ("elsewhere", "990101", 403), ("reader", "990201", 403), ("clerk", "990100", 403),
    ("clerk", "CN", 403), ("province", "CN", 403)])
def test_one_asks_within_ones_own_place(signed_in: Callable[[str], Client], who: str, region: str, status: int) -> None:
    response = signed_in(who).post(FORM, {**TYPED, "regions": [region]})
    assert response.status_code == status
    assert WhatIf.objects.exists() == (status == 302)


def test_a_run_is_found_by_whoever_asked_for_it_only(signed_in: Callable[[str], Client]) -> None:
    address = asked(signed_in("clerk"))
    assert signed_in("clerk").get(address).status_code == 200
    for who in ("nation", "elsewhere"):
        assert signed_in(who).get(address).status_code == 404
        assert signed_in(who).get(f"{address}workbook.xlsx").status_code == 404
        for act in ("stop", "forget"):
            assert signed_in(who).post(f"{address}{act}/").status_code == 404
    assert address not in text_of(signed_in("nation").get(LIST))


@pytest.mark.parametrize("act", ["stop", "forget"])
def test_a_link_neither_stops_nor_removes(signed_in: Callable[[str], Client], act: str) -> None:
    clerk = signed_in("clerk")
    assert clerk.get(f"{asked(clerk)}{act}/").status_code == 405


@pytest.mark.parametrize("token", ["..", "x", "20260101000000-00000000000g"])
def test_a_token_that_is_none_finds_nothing(signed_in: Callable[[str], Client], token: str) -> None:
    assert signed_in("clerk").get(f"{LIST}{token}/").status_code == 404


# -- the form


def test_only_what_comes_to_money_is_offered(signed_in: Callable[[str], Client]) -> None:
    page = text_of(signed_in("clerk").get(f"{LIST}new/"))
    assert "Unemployment benefit" in page and "retirement age" not in page and "arbitration" not in page
    assert signed_in("clerk").get(f"{LIST}new/retirement_age/").status_code == 404
    assert signed_in("clerk").get(f"{LIST}new/nothing/").status_code == 404


def test_the_form_starts_where_one_is_at_home(signed_in: Callable[[str], Client]) -> None:
    context = signed_in("clerk").get(FORM).context
    assert context["regions"].chosen == ["990101"]
    people = next(one for one in context["people"] if one.name == "population")
    assert people.value == "sample_province", "the one in which somebody lives there"
    nation = signed_in("nation").get(FORM).context
    assert next(one for one in nation["people"] if one.name == "population").value == "residents_60"
    codes = [code for code, _label in nation["regions"].choices]
    assert codes[0] == "CN" and "310000" in codes and "710000" not in codes


@pytest.mark.parametrize(("changes", "field", "sentence"), [
    ({"regions": []}, "regions", "Choose at least one region."), ({"others": "123456"}, "others", "123456"),
    ({"months": "0"}, "months", "from 1 to 36"), ({"months": "37"}, "months", "from 1 to 36"),
    ({"months": "many"}, "months", "from 1 to 36"), ({"rows": "5000000"}, "rows", "from 1 to 1,000,000"),
    ({"from": "soon"}, "from", "“soon” is not a month"), ({"value_1": "much"}, "value_1", "Amount: enter a number"),
    ({"value_1": "-5"}, "value_1", "enter a number"), ({"value_1": ""}, "value_1", "Say what is supposed"),
    ({"value_1": "1e999999999"}, "value_1", "enter a number"),
    ({"place_1": "nowhere"}, "place_1", "nowhere"), ({"population": "file"}, "file", "Choose a file"),
    ({"part_1": "of_age"}, "expression_1", "Say how it should read"), ({"part_1": "of_age", "expression_1": "1 +"},
                                                                 "expression_1", "of_age, column"),
    ({"part_1": "of_age", "expression_1": "nobody > 1"}, "expression_1", "nobody"),
    ({"part_1": "total", "drop_1": "1"}, "expression_1", "total"),
    ({"population": "nothing"}, "population", "no population"),
    ({"population": "residents_60"}, "population", "has nobody in these regions")])
def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(
        signed_in: Callable[[str], Client], changes: dict[str, Any], field: str, sentence: str) -> None:
    typed = {**TYPED, "name": "My <own> name", **changes}
    response = signed_in("clerk").post(FORM, typed)
    assert response.status_code == 400 and list(response.context["wrong"]) == [field]
    assert sentence in response.context["wrong"][field] and not WhatIf.objects.exists()
    page = text_of(response)
    assert "My &lt;own&gt; name" in page and f'href="#{field}"' in page and f'id="{field}"' in page
    assert changes.get("expression_1", "").replace(">", "&gt;") in page


def test_a_widened_circle_reaches_more(signed_in: Callable[[str], Client]) -> None:
    """Nothing but a change of the rule: from fifty-five on."""
    province = signed_in("province")
    address = asked(province, regions=["990000"], value_1="", part_1="of_age",
                    expression_1='years and months duration(birth_date, today).years >= 55')
    page = province.get(address)
    report = page.context["report"]
    assert report.total.entitled_after > report.total.entitled_before and report.total.lose == 0
    assert "“Aged 60” read as years and months duration" in text_of(page)


def test_another_run_starts_from_the_last_one(signed_in: Callable[[str], Client]) -> None:
    clerk = signed_in("clerk")
    token = asked(clerk, name="First", part_1="paid_enough", drop_1="1").split("/")[-2]
    page = text_of(clerk.get(f"{FORM}?like={token}"))
    assert 'value="First"' in page and 'value="183"' in page and 'name="drop_1" value="1" checked' in page
    assert 'value="First"' not in text_of(signed_in("nation").get(f"{FORM}?like={token}"))


# -- on its way


def test_progress_is_asked_for_in_pieces_until_there_is_a_result(signed_in: Callable[[str], Client]) -> None:
    clerk = signed_in("clerk")
    address = clerk.post(FORM, TYPED).url
    piece = clerk.get(address, headers={"hx-request": "true"})
    assert "<html" not in piece.content.decode() and 'hx-trigger="every 1s"' in piece.content.decode()
    page = clerk.get(address).content.decode()
    assert '<noscript><meta http-equiv="refresh"' in page and "find it again" in page
    WhatIf.objects.update(state=WhatIf.RUNNING, share=0.42)
    with at_work(WhatIf.objects.get().token):
        assert 'value="42"' in clerk.get(address).content.decode()
    WhatIf.objects.update(state=WhatIf.WAITING)
    run_what_if.func(address.split("/")[-2])
    assert clerk.get(address, headers={"hx-request": "true"}).headers["HX-Refresh"] == "true"


def test_it_can_be_left_and_found_again_and_stopped(signed_in: Callable[[str], Client]) -> None:
    clerk = signed_in("clerk")
    address = clerk.post(FORM, TYPED).url
    assert address in text_of(clerk.get(LIST)) and "waiting" in text_of(clerk.get(LIST))
    assert clerk.post(f"{address}stop/").url == address
    assert "Cancelled." in text_of(clerk.get(address))


def test_what_could_not_be_counted_is_told_in_a_sentence(signed_in: Callable[[str], Client]) -> None:
    clerk = signed_in("clerk")
    response = clerk.post(FORM, {**TYPED, "population": "file", "file": people(region="990201")})
    clerk.post(response.url, COLUMNS)
    run_what_if.func(response.url.split("/")[-2])
    assert "The population has nobody in these regions." in text_of(clerk.get(response.url))


# -- a file of one's own


def test_the_columns_of_a_file_are_matched_by_hand_and_guessed(signed_in: Callable[[str], Client]) -> None:
    clerk = signed_in("clerk")
    address = clerk.post(FORM, {**TYPED, "population": "file", "file": people()}).url
    page = clerk.get(address)
    assert page.status_code == 200 and {one.name for one in page.context["fields"]} >= set(COLUMNS)
    wrong = clerk.post(address, {**COLUMNS, "region": ""})
    assert wrong.status_code == 400 and "Choose the column that holds the region." in text_of(wrong)
    assert '<option value="born" selected>' in text_of(wrong), "what was chosen is not lost"
    assert clerk.post(address, COLUMNS).url == address
    run_what_if.func(address.split("/")[-2])
    done = clerk.get(address)
    assert done.context["report"].total.difference == 40 * 12 * 20_00
    page = text_of(done)
    assert "40 persons get more" in page and "名单.csv" in page and "sign simulated" not in page


def test_columns_called_like_facts_are_found(signed_in: Callable[[str], Client]) -> None:
    file = SimpleUploadedFile("a.csv", "地区,birth_date,领取年限,权重\n990101,1950-01-01,15,1\n".encode())
    clerk = signed_in("clerk")
    fields = {one.name: one.value for one in
              clerk.get(clerk.post(FORM, {**TYPED, "population": "file", "file": file}).url).context["fields"]}
    assert (fields["region"], fields["weight"], fields["fact-birth_date"]) == ("地区", "权重", "birth_date")
    assert fields["fact-draws_pension"] == ""


@pytest.mark.parametrize("name", ["people.xlsx", "people", "people.parquet"])
def test_a_file_that_is_none_of_ours_is_refused_at_the_form(signed_in: Callable[[str], Client], name: str) -> None:
    response = signed_in("clerk").post(FORM,
                                       {**TYPED, "population": "file", "file": SimpleUploadedFile(name, b"a,b\n1,2")})
    assert response.status_code == 400 and list(response.context["wrong"]) == ["file"]


# -- what was found


def test_the_title_is_the_finding(signed_in: Callable[[str], Client]) -> None:
    clerk = signed_in("clerk")
    address = asked(clerk)
    page = clerk.get(address)
    title = text_of(page).partition("<h1>")[2].partition("</h1>")[0]
    assert re.fullmatch("Minimum basic pension .* in China at least 183 yuan a month: .* more a year; .* more", title)
    told = text_of(page)
    assert "sign population simulated" in told and "Simulated population" in told and "1.96 standard errors" in told
    assert "WITH step_1 AS" in told and "stands still" in told
    assert "made up" in told, "what was only assumed is told"
    chinese = text_of(clerk.get(address.replace("/en/", "/zh/")))
    assert re.search(r"<h1>全国.*不低于 183 元/月：一年多支出 .*人多得</h1>", chinese) and "模拟人口" in chinese


def test_its_tables_and_pictures_can_be_taken_away(signed_in: Callable[[str], Client]) -> None:
    province = signed_in("province")
    address = asked(province, regions=["990000"])
    regions = province.get(f"{address}?csv=regions").content.decode("utf-8-sig").splitlines()
    assert regions[0] == "region,persons,gain,lose,before,after,difference" and len(regions) > 20
    ordered = province.get(f"{address}?sort=-difference").context["listing"]
    amounts = [row[-1].plain for row in ordered.whole.rows]
    assert amounts == sorted(amounts, reverse=True)
    for name in ("totals", "months", "payers", "inequality"):
        assert province.get(f"{address}?csv={name}")["Content-Disposition"].endswith(f'jizhun-{name}.csv"')
    assert "<svg" in province.get(f"{address}?svg=by-region").content.decode()


@pytest.mark.parametrize(("language", "names"), [
    ("en", ["summary", "regions", "months", "payers", "scenario", "SQL"]),
    ("zh", ["摘要", "地区", "月份", "付款方", "情景", "语句"])])
def test_everything_is_in_one_workbook(signed_in: Callable[[str], Client], language: str, names: list[str]) -> None:
    clerk = signed_in("clerk")
    address = asked(clerk, name="=1+1").replace("/en/", f"/{language}/")
    content = clerk.get(f"{address}workbook.xlsx").content
    book = load_workbook(io.BytesIO(content))
    assert book.sheet_names == names
    sheets = [book.get_sheet_by_name(name).to_python() for name in names]
    report = clerk.get(address).context["report"]
    assert sheets[0][1][0].startswith("=1+1"), "a name is a text and no formula"
    cost = next(row for row in sheets[0] if row[0] in ("cost (yuan)", "支出（元）"))
    assert cost[1:4] == [report.total.before / 100, report.total.after / 100, report.total.difference / 100]
    assert len(sheets[1]) == len(report.regions) + 1 and len(sheets[2]) == 13
    assert sum(row[3] for row in sheets[3][1:]) == pytest.approx(report.total.difference / 100)
    assert any(row[0] == "entitlement" and row[1] == "residents_pension" for row in sheets[4])
    assert "".join(row[2] for row in sheets[5][1:]) == "".join(report.sql)


def test_small_figures_are_neither_on_the_page_nor_in_the_files(signed_in: Callable[[str], Client]) -> None:
    clerk = signed_in("clerk")
    address = clerk.post(FORM, {**TYPED, "population": "file", "file": people(7)}).url
    clerk.post(address, COLUMNS)
    run_what_if.func(address.split("/")[-2])
    page = clerk.get(address)
    assert "Fewer than 10 persons are concerned" in text_of(page) and page.context["report"].months == ()
    book = load_workbook(io.BytesIO(clerk.get(f"{address}workbook.xlsx").content))
    cells = [cell for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row]
    assert 7 not in cells and 7.0 not in cells and 7 * 12 * 20 not in cells


def test_an_old_result_says_so(signed_in: Callable[[str], Client]) -> None:
    clerk = signed_in("clerk")
    address = asked(clerk)
    assert "it may come out otherwise" not in text_of(clerk.get(address))
    WhatIf.objects.update(revisions=["0-", "0-"])
    assert "it may come out otherwise" in text_of(clerk.get(address))


def test_a_run_is_removed_by_whoever_asked(signed_in: Callable[[str], Client]) -> None:
    clerk = signed_in("clerk")
    address = asked(clerk)
    assert clerk.post(f"{address}forget/").url == LIST
    assert clerk.get(address).status_code == 404 and "Nothing asked yet" in text_of(clerk.get(LIST))


# -- side by side


def test_two_runs_are_laid_side_by_side(signed_in: Callable[[str], Client]) -> None:
    clerk = signed_in("clerk")
    tokens = [asked(clerk, value_1=value).split("/")[-2] for value in ("183", "203")]
    assert all(f'value="{token}"' in text_of(clerk.get(LIST)) for token in tokens)
    page = clerk.get(f"{LIST}compare/", {"choose": tokens})
    differences = [cell.plain for cell in page.context["figures"].rows[0][1:]]
    assert differences[1] == pytest.approx(2 * differences[0], rel=0.01)
    assert "not asked of the same people" not in text_of(page) and "at least 203 yuan" in text_of(page)
    csv = clerk.get(f"{LIST}compare/", {"choose": tokens, "csv": "figures"}).content.decode("utf-8-sig")
    assert csv.startswith("figure,A,B\r\n")
    other = asked(clerk, months="6").split("/")[-2]
    assert "not asked of the same people" in text_of(clerk.get(f"{LIST}compare/", {"choose": [tokens[0], other]}))


@pytest.mark.parametrize("count", [0, 1, 5])
def test_one_or_five_are_not_compared(signed_in: Callable[[str], Client], count: int) -> None:
    clerk = signed_in("clerk")
    token = asked(clerk).split("/")[-2]
    if count == 5:
        for number in range(4):
            WhatIf.objects.create(**{field.name: getattr(WhatIf.objects.get(token=token), field.name)
                                     for field in WhatIf._meta.fields if field.name not in ("id", "token")},
                                  token=f"2026010100000{number}-00000000000{number}")
    chosen = list(WhatIf.objects.values_list("token", flat=True)) if count == 5 else [token] * count
    response = clerk.get(f"{LIST}compare/", {"choose": chosen})
    assert response.url == f"{LIST}?wrong=1" and "two to four runs" in text_of(clerk.get(response.url))


def test_what_somebody_else_asked_is_not_compared(signed_in: Callable[[str], Client]) -> None:
    tokens = [asked(signed_in(who)).split("/")[-2] for who in ("clerk", "province")]
    assert signed_in("clerk").get(f"{LIST}compare/", {"choose": tokens}).status_code == 302


# -- the command line

SCENARIO: dict[str, Any] = {"entitlement": "residents_pension", "regions": ["990101"], "from": "2026-12", "months": 12,
                            "provisions": [{"subject": "NB050", "measure": "basic_pension", "region": "CN",
                                            "modality": "floor", "value": 183, "unit": "CNY/month"}]}


@pytest.fixture
def folder(world: None, db: None, tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "scenario.yaml").write_text(yaml.safe_dump(SCENARIO), "utf-8")
    (tmp_path / "people.csv").write_bytes(people().read())
    (tmp_path / "mapping.yaml").write_text(yaml.safe_dump({"region": "where", "weight": "n", "facts": {
        name.removeprefix("fact-"): column for name, column in COLUMNS.items() if name.startswith("fact-")}}), "utf-8")
    with translation.override("en"):
        yield tmp_path


def run(*words: object) -> int:
    return cli.main([str(word) for word in words])


def test_a_scenario_is_run_over_a_file(folder: Path, capsys: Any) -> None:
    assert run("what-if", folder / "scenario.yaml", "--population", folder / "people.csv", "--mapping",
               folder / "mapping.yaml", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["total"]["gain"] == 40 and said["total"]["after"] - said["total"]["before"] == 40 * 12 * 20_00
    assert said["finding"]["en"].endswith("9,600 yuan more a year; 40 persons get more")
    assert said["population"]["rows"] == 40 and not said["population"]["synthetic"]


def test_a_scenario_is_run_over_a_shipped_population(folder: Path, capsys: Any) -> None:
    assert run("what-if", folder / "scenario.yaml", "--population", "sample_province", "--rows", 5000) == 0
    said = capsys.readouterr().out
    assert "Simulated population" in said and "Pine Jia District: +" in said and "central budget" in said


def test_a_workbook_is_written(folder: Path) -> None:
    assert run("what-if", folder / "scenario.yaml", "--population", "sample_province", "--rows", 5000, "--xlsx",
               folder / "out.xlsx") == 0
    assert len(load_workbook(str(folder / "out.xlsx")).sheet_names) == 6


def test_a_population_is_made_and_can_be_read_again(folder: Path, capsys: Any) -> None:
    assert run("population", "sample_province", "--rows", 2000, "--out", folder / "made.parquet") == 0
    capsys.readouterr()
    assert run("what-if", folder / "scenario.yaml", "--population", folder / "made.parquet", "--mapping",
               folder / "made.yaml", "--json") == 0
    total = json.loads(capsys.readouterr().out)["total"]["persons"]
    assert total == keeping.population("sample_province").regions["990101"]
    assert run("population") == 0
    assert "residents_60" in capsys.readouterr().out


@pytest.mark.parametrize(("words", "sentence"), [
    (("what-if", "nowhere.yaml", "--population", "sample_province"), "cannot be read"),
    (("what-if", "{folder}/scenario.yaml", "--population", "nowhere"), "neither a file nor a population"),
    (("what-if", "{folder}/scenario.yaml", "--population", "{folder}/people.csv"), "Say with --mapping"),
    (("what-if", "{folder}/people.csv", "--population", "sample_province"), "set of fields"),
    (("what-if", "{folder}/mapping.yaml", "--population", "sample_province"), "no field"),
    (("what-if", "{folder}/scenario.yaml", "--population", "{folder}/people.csv", "--mapping", "{folder}/people.csv"),
     "should hold fields"),
    (("what-if", "{folder}/scenario.yaml", "--population", "sample_province", "--xlsx", "{folder}/no/out.xlsx"),
     "cannot be written"),
    (("population", "sample_province"), "Say with --out"),
    (("population", "nobody", "--out", "{folder}/a.parquet"), "no population"),
    (("population", "sample_province", "--out", "{folder}/no/a.parquet"), "cannot be written")])
def test_bad_input_is_one_sentence_and_exit_code_2(folder: Path, capsys: Any, words: tuple[str, ...],
                                                   sentence: str) -> None:
    assert run(*(word.format(folder=folder) for word in words)) == 2
    said = capsys.readouterr()
    assert sentence in said.err and said.err.count("\n") == 1 and "Traceback" not in said.err
