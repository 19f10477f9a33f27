"""Adjusting the list: the yearly check against new editions, proposals with their assessments, decisions by another."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction
from django.utils import timezone

from jizhun.catalogue.actions import catalogue
from jizhun.catalogue.rules.difference import Change
from jizhun.evaluation.evidence import Piece
from jizhun.guides.models import LayerVersion
from jizhun.impact.models import ImpactList
from jizhun.impact.rules.kinds import EDITION
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.texts import storable
from jizhun.people.actions import path_to, require, write_line
from jizhun.people.rules import Actor, Forbidden
from jizhun.planning.actions.plans import EDIT, REPORT
from jizhun.planning.models import Adjustment, AdjustmentStep
from jizhun.planning.rules.adjusting import (
    ACCEPTED,
    ASSESSMENTS,
    DECIDED,
    FAILED,
    KINDS,
    PASSED,
    REJECTED,
    Checked,
    Step,
    is_decided,
    lacking,
    yearly,
)
from jizhun.provisions.models import Provision
from jizhun.regions.actions import tree
from jizhun.standards.actions import library

LONGEST: Final = 4000
OF_CHANGE: Final = {"added": "add", "removed": "remove", "level_raised": "raise", "recipients_widened": "widen"}
"""What an edition's change is as a proposal; every other one puts the wording right."""


# -- asking ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Dependants:
    """What hangs on an item: how many matters, provisions, guides and procedures with words of their own, standards."""

    matters: int
    provisions: int
    guides: int
    standards: int

    @property
    def digest(self) -> str:
        """By which a decision tells that these were seen as they are."""
        return hashlib.sha256(repr((self.matters, self.provisions, self.guides, self.standards)).encode()).hexdigest()


def hangs_on(item: str, region: str) -> Dependants:
    """What an adjustment of an item would touch at a place and below it."""
    places = set(tree().within(region, timezone.localdate()))
    matters = [one.code for one in catalogue().matters_of(item)] if item in catalogue().content.items else []
    subjects = {item, *matters}
    words = LayerVersion.objects.filter(matter__in=matters).values_list("sort", "matter", "region").distinct()
    said = Provision.objects.filter(subject__in=subjects).values_list("region", flat=True)
    serving = [one for one in library().by_number.values() if subjects & {*one.serves}]
    return Dependants(len(matters), sum(one in places for one in said),
                      sum(place in places for _sort, _matter, place in words), len(serving))


def steps_of(one: Adjustment) -> list[Step]:
    """What was done to a proposal."""
    return [Step(row.act, row.verdict, row.on) for row in one.steps.all()]


def adjustment_of(pk: int) -> Adjustment:
    """The proposal of that number; Refused where there is none."""
    found = Adjustment.objects.filter(pk=pk).first()
    if found is None:
        raise Refused(zh="没有这条调整建议。", en="There is no such proposal.")
    return found


def adjustments(regions: Collection[str]) -> list[Adjustment]:
    """Proposals of some places, the newest first."""
    return list(Adjustment.objects.filter(region__in=regions).prefetch_related("steps"))


def edition_changes(on: date, root: str = "CN") -> tuple[str, tuple[Change, ...]]:
    """The newest edition in force and what it changed against the one before; ("", ()) where there are not two."""
    begun = [one for one in catalogue().in_order if one.root == root and one.valid_from and one.valid_from <= on]
    if len(begun) < 2:
        return "", ()
    return begun[-1].code, catalogue().difference(begun[-2].code, begun[-1].code)


def edition_before(edition: str) -> str:
    """The edition that an edition is based on; "" where there is none."""
    held = catalogue().content.editions
    return held[edition].based_on or "" if edition in held else ""


def impact_of(edition: str) -> ImpactList | None:
    """The newest list of what the edition's changes touch, as somebody looked at it; None where nobody did."""
    return ImpactList.objects.filter(kind=EDITION, said__newer=edition).first()


def kind_of(change: Change) -> str:
    """What a change of an edition is as a proposal."""
    return OF_CHANGE.get(change.kind, "reword")


def check_of(region: str, on: date | None = None) -> Checked:
    """The yearly check of a place's list: when it is due, and which changes of the newest edition are not taken up."""
    day, root = on or timezone.localdate(), path_to(region)[0]
    edition, changes = edition_changes(day, root)
    held = catalogue()
    mine = [(change.item, kind_of(change)) for change in changes
            if change.item in held.content.items and held.content.items[change.item].in_field
            and kind_of(change) != "reword"]
    rows = Adjustment.objects.filter(region=region)
    last = rows.filter(at__date__lte=day).order_by("-at").values_list("at", flat=True).first()
    since = next((one.valid_from for one in held.in_order if one.code == edition and one.valid_from), day)
    return yearly(last=timezone.localdate(last) if last else None, since=since, on=day,
                  changes=list(dict.fromkeys(mine)), taken_up=set(rows.values_list("item", "kind")))


# -- acts ------------------------------------------------------------------------------------------


def propose(*, by: Actor, region: str, item: str, kind: str, text: Bilingual, beyond: bool,
            edition: str = "") -> Adjustment:
    """Propose to adjust the list at a place. ``beyond``: it goes beyond the national scope."""
    require(by=by, right=REPORT, path=path_to(region))
    if kind not in KINDS:
        raise Refused(zh=f"没有“{kind}”这种调整。", en=f"There is no adjustment of the kind “{kind}”.")
    if kind != "add" and item not in catalogue().content.items:
        raise Refused(zh=f"没有编码为“{item}”的服务项目。", en=f"There is no service item “{item}”.")
    if not item.strip() or len(item) > 64:
        raise Refused(zh="请填写项目编码。", en="Give the item's code.")
    words = _words(text.zh or text.en)
    with transaction.atomic():
        made = Adjustment.objects.create(
            region=region, item=item.strip(), kind=kind, beyond=beyond, text_zh=text.zh.strip() or words,
            text_en=text.en.strip(), edition=edition[:64], by=by.username, simulated=tree().known(region).simulated)
        write_line(by=by, act="planning.propose", subject=f"adjustment:{made.pk}",
                   after={"region": region, "item": item, "kind": kind, "beyond": beyond})
    return made


def _words(text: str) -> str:
    kept = storable(text.strip())
    if not kept or len(kept) > LONGEST:
        raise Refused(zh="请写明内容（最多 4000 字）。", en="Say what is meant, in 4000 characters at most.")
    return kept


def assess(*, by: Actor, adjustment: Adjustment, act: str, passed: bool, text: str,
           evidence: Sequence[Piece]) -> AdjustmentStep:
    """Put an assessment on file: fiscal capacity or risk, with the paper that shows it."""
    require(by=by, right=REPORT, path=path_to(adjustment.region))
    _check_open(adjustment)
    if act not in ASSESSMENTS:
        raise Refused(zh="只有财政承受能力评估和风险评估两种。",
                      en="There are two assessments: fiscal capacity, and risk.")
    if not any("hash" in piece for piece in evidence):
        raise Refused(zh="评估必须附文件。", en="An assessment needs its paper as a file.")
    return _step(by, adjustment, act, PASSED if passed else FAILED, text, evidence)


def decide(*, by: Actor, adjustment: Adjustment, accept: bool, reason: str, seen: str) -> AdjustmentStep:
    """Accept a proposal or not; never by whoever made it. ``seen``: the digest of what hangs on it, as it was shown.

    Refused where an assessment that is needed has not been passed, or where what hangs on it has changed since.
    """
    require(by=by, right=EDIT, path=path_to(adjustment.region))
    if by.username == adjustment.by:
        raise Forbidden(zh="提出建议的人不能自己决定。", en="Whoever made a proposal does not decide it.")
    _check_open(adjustment)
    missing = lacking(adjustment.kind, adjustment.beyond, steps_of(adjustment)) if accept else ()
    if missing:
        names = [ASSESSMENTS[act] for act in missing]
        raise Refused(zh=f"还缺：{'、'.join(one.zh for one in names)}。",
                      en=f"Still lacking: {', '.join(one.en.lower() for one in names)}.")
    if accept and adjustment.edition and impact_of(adjustment.edition) is None:
        raise Refused(zh=f"还没有人看过“{adjustment.edition}”版清单变化的影响，请先看影响。",
                      en=f"Nobody has looked at the impact of the edition “{adjustment.edition}” yet: look first.")
    if seen != hangs_on(adjustment.item, adjustment.region).digest:
        raise Refused(zh="受影响的内容已有变化，请重新查看影响。",
                      en="What hangs on it has changed since: look at it again.")
    return _step(by, adjustment, DECIDED, ACCEPTED if accept else REJECTED, reason, (), seen)


def _check_open(adjustment: Adjustment) -> None:
    if is_decided(steps_of(adjustment)):
        raise Refused(zh="这条建议已经决定。", en="This proposal has been decided already.")


def _step(by: Actor, adjustment: Adjustment, act: str, verdict: str, text: str, evidence: Sequence[Piece],
          seen: str = "") -> AdjustmentStep:
    words = _words(text)
    with transaction.atomic():
        made = AdjustmentStep.objects.create(adjustment=adjustment, act=act, verdict=verdict, text=words, seen=seen,
                                             evidence=list(evidence), on=timezone.localdate(), by=by.username)
        write_line(by=by, act=f"planning.{act}", subject=f"adjustment:{adjustment.pk}", reason=words,
                   after={"verdict": verdict, "evidence": [piece.get("hash") for piece in evidence]})
    return made
