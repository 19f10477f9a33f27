"""A simulated evaluation of the fictional province, through the acts that real ones take; every word is derived from a
hash, so that the same day gives the same province."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from jizhun.evaluation import attainment, conduct, reviewing, surveys
from jizhun.evaluation.actions import sources
from jizhun.evaluation.attainment import Board, Word
from jizhun.evaluation.models import CaseReview, ConductRecord, Round, Survey
from jizhun.evaluation.rules.agreement import BROKEN, CANNOT_TELL, KEPT, SYSTEM_SAYS
from jizhun.evaluation.rules.attainment import Stages
from jizhun.evaluation.rules.questionnaires import Question, Questionnaire
from jizhun.evaluation.rules.sampling import rank
from jizhun.evaluation.rules.sheets import CHECK, COMPUTED, NO, SAMPLE, SELF, YES, Item
from jizhun.evaluation.sheets import QUESTIONNAIRE, SHEET, editions, questionnaire_of, sheet_of
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.texts import yaml_of
from jizhun.people.rules import Actor, System
from jizhun.regions.actions import tree

PLACE, SOURCE = "990000", "simulated"
COUNTY, CITY, PROVINCE, ASSESSOR = (System(f"simulated-{name}") for name in ("county", "city", "province", "assessor"))
Row = Mapping[str, Any]


def simulated_evaluation(*, by: Actor) -> int:
    """Make what data/simulated/evaluation.yaml says; what is there stays. Returns how many things are new."""
    file = settings.DATA_DIR / "simulated" / "evaluation.yaml"
    content, today = yaml_of(file.read_bytes(), file.name), timezone.localdate()
    with transaction.atomic():
        made = [*_rounds(content["rounds"], by, today), *_records(content["conduct"], today),
                *_review(content["review"], by), *_survey(content["survey"], today)]
    return len(made)


def chance(*words: object) -> float:
    """A number from 0 to 1 that is always the same for the same words."""
    return int(rank("simulated", "/".join(map(str, words)))[:8], 16) / 16**8


# -- attainment ------------------------------------------------------------------------------------


def _rounds(rows: Sequence[Row], by: Actor, today: date) -> Iterator[Round]:
    there = set(Round.objects.filter(region=PLACE).values_list("name_zh", flat=True))
    sheet = next(one for one in editions(SHEET) if sheet_of(one).level == "county")
    for row in rows:
        if row["name_zh"] not in there:
            days = [today - timedelta(days=row[name]) for name in ("opened", "self", "check", "sample")]
            held = attainment.open_round(
                by=by, sheet=sheet, region=PLACE, name=Bilingual(row["name_zh"], row["name_en"]), first=row["first"],
                last=row["last"], source=SOURCE if SOURCE in sources() else "", stages=Stages(*days))
            attainment.compute(by=by, round=held, on=held.opens)
            _answered(held, row["published"])
            if row["published"]:
                _checked(held)
                attainment.publish(by=by, round=held, on=held.sample_until + timedelta(days=1))
            yield held


def _answered(held: Round, everybody: bool) -> None:
    board = attainment.board(held)
    for place in board.places:
        if everybody or chance(held.pk, place, "answers") < 0.3:
            words = {item.code: Word(_own(board, place, item), reason="模拟自评", evidence=_paper(item))
                     for item in board.sheet.items}
            attainment.say(by=COUNTY, round=held, place=place, voice=SELF, words=words,
                           on=held.opens + timedelta(days=5))


def _paper(item: Item) -> list[dict[str, str]]:
    return [{"url": "https://example.org/simulated"}] if item.evidence_needed else []


def _own(board: Board, place: str, item: Item) -> str:
    """What a county says of itself: what is computed, or likely; a fifth of them say more than is so."""
    luck, boast = chance(place, item.code), chance(place, "boast") < 0.2
    if item.rule == "yes_no":
        return NO if luck < 0.05 and not boast else YES
    said = board.values(place)[COMPUTED].get(item.code, "")
    share = float(said) if said else 0.88 + 0.12 * luck if item.higher else 0.03 * luck
    better = share + (0.03 if item.higher else -0.02) if boast else share
    return f"{min(max(better, 0), 1) * 100:.1f}"


def _checked(held: Round) -> None:
    """The city agrees with nearly all of it; the province draws 12 counties, and finds something missing in some."""
    for place in attainment.board(held).places:
        attainment.say(by=CITY, round=held, place=place, voice=CHECK, on=held.self_until + timedelta(days=10),
                       words=dict(_check_words(held, place, CHECK, 0.04)))
    attainment.draw_sample(by=PROVINCE, round=held, wanted=12, seed="sim-2025", on=held.self_until + timedelta(days=1))
    for place in attainment.board(held).drawn:
        attainment.say(by=PROVINCE, round=held, place=place, voice=SAMPLE, on=held.check_until + timedelta(days=5),
                       words=dict(_check_words(held, place, SAMPLE, 0.1)))


def _check_words(held: Round, place: str, voice: str, doubts: float) -> Iterator[tuple[str, Word]]:
    board = attainment.board(held, [place])
    own = board.values(place).get(SELF, {})
    for item in board.sheet.items:
        if item.computes or item.code not in own:
            continue  # what is computed speaks for itself
        if item.rule == "yes_no" and own[item.code] == YES and chance(place, item.code, voice) < doubts:
            yield item.code, Word(NO, False, "现场未见（模拟）")
        else:
            yield item.code, Word(agrees=True)


# -- conduct ---------------------------------------------------------------------------------------


def _records(rows: Sequence[Row], today: date) -> Iterator[ConductRecord]:
    if ConductRecord.objects.filter(region__in=tree().within(PLACE, today)).exists():
        return
    for row in rows:
        points = [(one["text"], today - timedelta(days=one["due"])) for one in row["points"]]
        made = conduct.record_conduct(
            by=PROVINCE, kind=row["kind"], region=row["region"], matter=row["matter"], who=row["who_zh"],
            on=today - timedelta(days=row["ago"]), where=row["where_zh"], points=points,
            text=f"{row['text_zh']}（模拟）",
            seen=[conduct.Observed(one["measure"], one["typed"]) for one in row["seen"]])
        for point, said in zip(made.points.order_by("number"), row["points"], strict=True):
            for one in said.get("acts", ()):
                due = today - timedelta(days=one["due"]) if "due" in one else None
                conduct.act_on(by=COUNTY if one["act"] == "answer" else PROVINCE, point=point, act=one["act"],
                               text=one["text"], on=today - timedelta(days=one["ago"]), due=due)
        yield made


# -- outside assessment ----------------------------------------------------------------------------


def _review(row: Row, by: Actor) -> Iterator[CaseReview]:
    """Assessors agree with the system but for one case in ten or so."""
    if SOURCE not in sources() or CaseReview.objects.filter(region=PLACE).exists():
        return
    try:
        made = reviewing.draw_cases(by=by, region=PLACE, source=SOURCE, first=row["first"], last=row["last"],
                                    wanted=row["wanted"], seed=row["seed"])
    except Refused:  # a province with hardly any cases
        return
    for case in made.drawn.all()[: row["judged"]]:
        luck, said = chance(case.case_key, "judged"), SYSTEM_SAYS[case.verdict]
        other = KEPT if said == BROKEN else BROKEN
        word = CANNOT_TELL if luck > 0.96 else other if luck < 0.08 else said
        reviewing.judge_case(by=ASSESSOR, case=case, verdict=word)
    yield made


def _survey(row: Row, today: date) -> Iterator[Survey]:
    if Survey.objects.filter(region=PLACE).exists():
        return
    edition = editions(QUESTIONNAIRE)[0]
    made = surveys.open_survey(by=ASSESSOR, questionnaire=edition, region=PLACE, who=row["who_zh"],
                               first=today - timedelta(days=row["ago_first"]), invited=row["invited"],
                               last=today - timedelta(days=row["ago_last"]))
    file = _returns(questionnaire_of(edition), row["invited"], today)
    surveys.take_returns(by=ASSESSOR, survey=made, content=file, name="simulated-returns.csv")
    yield made


def _returns(asked: Questionnaire, invited: int, today: date) -> bytes:
    """Two of three come back; seven of ten are very satisfied."""
    held = tree()
    counties = [code for code in held.within(PLACE, today) if held.level(code) == 3]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["no", "place", *(one.code for one in asked.questions)])
    for number in range(1, invited + 1):
        if chance(number, "returns") < 0.66:
            place = counties[int(chance(number, "place") * len(counties))]
            writer.writerow([number, place, *(_answer(one, number, place) for one in asked.questions)])
    return text.getvalue().encode()


def _answer(question: Question, number: int, place: str) -> str:
    luck = chance(number, question.code) - 0.1 * chance(place, "slow")
    if question.kind == "text":
        return "排队时间有点长（模拟）" if luck > 0.97 else ""
    if question.kind in ("grade", "agree"):
        return str(5 if luck > 0.25 else 4 if luck > 0.08 else 3 if luck > 0.02 else 2 if luck > -0.02 else 1)
    options = [*question.answers]
    return options[min(int(max(luck, 0) * len(options)), len(options) - 1)] if question.kind == "choice" else (
        YES if luck < 0.06 else NO)
