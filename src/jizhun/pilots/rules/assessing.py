"""Assessing a pilot: who may not, several assessors' sheets as one result, and the verdict. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from jizhun.evaluation.rules.attainment import Standing, standing
from jizhun.evaluation.rules.sheets import SAMPLE, Sheet
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.pilots.rules.programmes import Days

MID, FINAL = "mid", "final"
STAGES: Final[Mapping[str, Bilingual]] = {
    MID: Bilingual("中期评估", "mid-term assessment"), FINAL: Bilingual("终期评估", "final assessment")}
GO_ON, IMPROVE, STOP = "go_on", "improve", "stop"
PASSED, REMARKS, FAILED = "passed", "remarks", "failed"
VERDICTS: Final[Mapping[str, Mapping[str, Bilingual]]] = {
    MID: {GO_ON: Bilingual("继续", "goes on"), IMPROVE: Bilingual("整改后继续", "goes on, to be improved"),
          STOP: Bilingual("停止试点", "is stopped")},
    FINAL: {PASSED: Bilingual("通过", "passed"), REMARKS: Bilingual("整改后通过", "passed, to be improved"),
            FAILED: Bilingual("未通过", "not passed")}}
GOOD: Final = {MID: GO_ON, FINAL: PASSED}


# -- conflict of interest --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bonds:
    """What ties somebody to a pilot place: ``roles`` the paths to the places of their roles and of their unit,
    ``took_part`` whether they applied, planned or reported for it, ``declared`` what they declared themselves."""

    roles: Sequence[Sequence[str]]
    took_part: bool = False
    declared: str = ""


def conflict(bonds: Bonds, path: Sequence[str], organiser: str) -> Bilingual | None:
    """Why somebody cannot judge the pilot at the end of ``path`` (nation first); None where nothing speaks against it.

    The places below the organiser down to the pilot answer for it, and so do those within it.
    """
    place = path[-1]
    answering = set(path[path.index(organiser) + 1:]) if organiser in path else {place}
    if bonds.declared:
        return Bilingual("您已声明与该地区有利益关系。", "You have declared an interest in this place.")
    if bonds.took_part:
        return Bilingual("您参加了该地区的申报或实施。", "You took part in its application or its work.")
    if any(place in role or role[-1] in answering for role in bonds.roles if role):
        return Bilingual("您在该地区或其上级单位任职，不能评估本地区、本单位。",
                         "You hold a role at this place or at one that answers for it: nobody assesses their own.")
    return None


def check_free(found: Bilingual | None) -> None:
    """Raises Refused with the reason."""
    if found is not None:
        raise Refused(zh=found.zh, en=found.en)


def check_stage(stage: str, days: Days, on: date) -> None:
    """Raises Refused for an unknown stage, or one whose day has not come."""
    if stage not in STAGES:
        raise Refused(zh="请选择中期或终期评估。", en="Choose the mid-term or the final assessment.")
    begins = days.mid if stage == MID else days.final
    if begins is None or on < begins:
        day = f"{begins}" if begins else "–"
        raise Refused(zh=f"{STAGES[stage].zh}自 {day} 开始。", en=f"The {STAGES[stage].en} begins on {day}.")


# -- several sheets as one -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sheeted:
    """One assessor's sheet: points by the sheet's own rules, and what the assessor advises."""

    by: str
    standing: Standing
    advice: str
    opinion: str


@dataclass(frozen=True, slots=True)
class Together:
    """All sheets of a stage: ``share`` the mean of the assessors' shares of points, ``apart`` how far they lie apart,
    ``knocked`` the items that at least half of them found wanting, ``advised`` the verdict that most advise."""

    sheets: tuple[Sheeted, ...]
    share: float
    apart: float
    knocked: tuple[str, ...]
    attained: bool
    advised: str


def sheeted(sheet: Sheet, by: str, values: Mapping[str, str], advice: str, opinion: str) -> Sheeted:
    """One assessor's values as a standing."""
    return Sheeted(by, standing(sheet, {SAMPLE: values}), advice, opinion)


def together(sheet: Sheet, sheets: Iterable[Sheeted]) -> Together | None:
    """None before anybody has handed in a sheet."""
    held = tuple(sheets)
    if not held:
        return None
    shares = [float(one.standing.share) for one in held]
    knocked = tuple(item.code for item in sheet.items
                    if 2 * sum(item.code in one.standing.knocked for one in held) >= len(held))
    mean = sum(shares) / len(shares)
    advices = [one.advice for one in held]
    return Together(held, mean, max(shares) - min(shares), knocked,
                    Decimal(str(round(mean, 9))) >= sheet.pass_share and not knocked,
                    max(dict.fromkeys(advices), key=advices.count))


def check_verdict(stage: str, verdict: str, found: Together | None, least: int, reason: str) -> None:
    """Raises Refused: unknown, too few assessors, or other than the sheets say without a reason."""
    if verdict not in VERDICTS.get(stage, {}):
        raise Refused(zh="请选择结论。", en="Choose a verdict.")
    number = len(found.sheets) if found else 0
    if found is None or number < least:
        raise Refused(zh=f"已有 {number} 名评估员交表，至少要有 {least} 名。",
                      en=f"{number} assessors have handed in their sheets; {least} are needed.")
    if (verdict == GOOD[stage]) != found.attained and not reason.strip():
        raise Refused(zh="结论与评分结果不同，请写明理由。",
                      en="The verdict differs from what the sheets say: say why.")
