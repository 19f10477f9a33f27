"""Surveys of outside assessors: opened, returns taken in from CSV or XLSX (all or nothing), results."""

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from jizhun.evaluation.models import SheetEdition, Survey, SurveyFile, SurveyReturn
from jizhun.evaluation.reviewing import JUDGE
from jizhun.evaluation.rules import SMALLEST_PUBLISHED
from jizhun.evaluation.rules.questionnaires import PLACE, Fault, Questionnaire, Result, Return, read_returns, result
from jizhun.evaluation.sheets import questionnaire_of
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.spreadsheets import cell_text, read_sheets
from jizhun.kernel.texts import text_of
from jizhun.kernel.workbooks import finished, new_book
from jizhun.people.actions import path_to, require, write_line
from jizhun.people.rules import Actor
from jizhun.regions.actions import bump, tree

MOST_BYTES = 10 * 1024 * 1024
MOST_RETURNS = 100_000
LONGEST_NAME = 200


def open_survey(*, by: Actor, questionnaire: SheetEdition, region: str, who: str, first: date, last: date,
                invited: int) -> Survey:
    """A survey within a place: who asked, from when to when, how many were invited."""
    require(by=by, right=JUDGE, path=path_to(region))
    questionnaire_of(questionnaire)
    if not who.strip() or len(who) > LONGEST_NAME:
        raise Refused(zh="请填写由谁开展调查。", en="Say who asks.")
    if last < first:
        raise Refused(zh=f"结束日期 {last} 早于开始日期 {first}。",
                      en=f"The last day {last} is before the first {first}.")
    if not 1 <= invited <= 10_000_000:
        raise Refused(zh="发放数应为 1 至 10000000。", en="Between 1 and 10,000,000 people are invited.")
    with transaction.atomic():
        made = Survey.objects.create(
            questionnaire=questionnaire, region=region, who=who.strip(), first=first, last=last, invited=invited,
            simulated=tree().known(region).simulated, by=by.username)
        write_line(by=by, act="evaluation.open_survey", subject=str(made),
                   after={"questionnaire": str(questionnaire), "region": region, "invited": invited, "who": who})
    return made


def survey_of(pk: int) -> Survey:
    """The survey with this number; Refused where there is none."""
    found = Survey.objects.select_related("questionnaire").filter(pk=pk).first()
    if found is None:
        raise Refused(zh=f"没有编号为 {pk} 的调查。", en=f"There is no survey {pk}.")
    return found


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file: how many returns were taken in, or which cells are wrong; ``again``: it was in before."""

    returns: int
    faults: tuple[Fault, ...] = ()
    again: bool = False


def take_returns(*, by: Actor, survey: Survey, content: bytes, name: str) -> Taken:
    """Take in a file of returns: all of it, or nothing where a cell is wrong. The same file twice is one."""
    require(by=by, right=JUDGE, path=path_to(survey.region))
    if len(content) > MOST_BYTES:
        raise Refused(zh="文件超过 10 MB。", en="The file is larger than 10 MB.")
    asked, digest = questionnaire_of(survey.questionnaire), hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        bump(f"evaluation.{survey}")
        if SurveyFile.objects.filter(survey=survey, hash=digest).exists():
            return Taken(0, again=True)
        there = frozenset(SurveyReturn.objects.filter(survey=survey).values_list("number", flat=True))
        places = frozenset(tree().within(survey.region, survey.last))
        read = read_returns(_rows(content, name), asked, places, there)
        if read.faults:
            return Taken(0, read.faults)
        _check_number(survey, len(there) + len(read.returns))
        _keep(survey, name, digest, read.returns, by)
    return Taken(len(read.returns))


def _check_number(survey: Survey, number: int) -> None:
    if number > MOST_RETURNS:
        raise Refused(zh=f"答卷超过 {MOST_RETURNS} 份。", en=f"There are more than {MOST_RETURNS:,} returns.")
    if number > survey.invited:
        raise Refused(zh=f"答卷 {number} 份，多于发放数 {survey.invited}。",
                      en=f"{number:,} returns are more than the {survey.invited:,} who were invited.")


def _keep(survey: Survey, name: str, digest: str, returns: Sequence[Return], by: Actor) -> None:
    file = SurveyFile.objects.create(survey=survey, name=name[-255:], hash=digest, rows=len(returns), by=by.username)
    SurveyReturn.objects.bulk_create([SurveyReturn(survey=survey, file=file, number=one.number, place=one.place,
                                                   answers=dict(one.answers)) for one in returns], batch_size=1_000)
    write_line(by=by, act="evaluation.take_returns", subject=str(survey),
               after={"file": name, "hash": digest, "returns": len(returns)})


def _rows(content: bytes, name: str) -> list[list[str]]:
    """The first sheet of a workbook, or a CSV file, as texts."""
    if content.startswith(b"PK"):
        sheets = read_sheets(content, name, visible=True)
        return [[cell_text(cell) for cell in row] for row in sheets[0].rows] if sheets else []
    try:
        return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text_of(content, name), newline=""))]
    except csv.Error as error:
        raise Refused(zh=f"{name} 不是有效的 CSV（{error}）。", en=f"{name} is not valid CSV ({error}).") from None


def blank_form(asked: Questionnaire, language: str) -> bytes:
    """A workbook to fill in: the head that is read back, and a sheet that says what may be answered."""
    book = new_book()
    sheet = book.add_worksheet("returns")
    sheet.write_row(0, 0, ["no", PLACE, *(one.code for one in asked.questions)])
    told = book.add_worksheet("answers")
    for down, one in enumerate(asked.questions):
        answers = "; ".join(f"{code} = {words.in_language(language)}" for code, words in one.answers.items())
        told.write_row(down, 0, [one.code, one.words.in_language(language), answers])
    sheet.freeze_panes(1, 0)
    told.autofit()
    return finished(book)


@dataclass(frozen=True)
class Results:
    """What a survey says as a whole, and place by place (those with fewer than ten returns are left out of a real
    survey: they might tell about a person); ``hidden`` counts them."""

    survey: Survey
    asked: Questionnaire
    whole: Result
    places: tuple[tuple[str, Result], ...]
    hidden: int


def results(survey: Survey) -> Results:
    """Over all returns. People were invited in the whole place, so only the whole has a response rate."""
    asked = questionnaire_of(survey.questionnaire)
    by_place: dict[str, list[Return]] = {}
    for row in SurveyReturn.objects.filter(survey=survey).order_by("pk"):
        by_place.setdefault(row.place, []).append(Return(row.number, row.place, row.answers))
    every = [one for returns in by_place.values() for one in returns]
    shown = {place: own for place, own in by_place.items() if survey.simulated or len(own) >= SMALLEST_PUBLISHED}
    return Results(survey, asked, result(asked, every, survey.invited),
                   tuple((place, result(asked, own, len(own))) for place, own in sorted(shown.items())),
                   len(by_place) - len(shown))
