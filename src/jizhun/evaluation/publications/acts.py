"""Make figures for publication, look at them, publish: two persons. Nothing is withdrawn, a later edition corrects."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from jizhun.delivery.models import Source
from jizhun.drafting.actions.holders import holders
from jizhun.evaluation.actions import check_period, data_date
from jizhun.evaluation.findings.looking import COMPUTE, ROOM
from jizhun.evaluation.indices import find
from jizhun.evaluation.models import Proposal, ProposalReturn, Publication, PublishedEdition
from jizhun.evaluation.publications.content import check_place, computed
from jizhun.evaluation.publications.reading import known, last_content, newest, waiting
from jizhun.evaluation.rules.findings import checked_text
from jizhun.evaluation.rules.publishing import MOST_INDICES, checked_axes, content_hash
from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused
from jizhun.kernel.numbering import check_code
from jizhun.people.actions import allows, path_to, require, tell_all, write_line
from jizhun.people.long_work import Step, unwatched
from jizhun.people.rules import Actor, Forbidden
from jizhun.regions.actions import Moved, bump

PUBLISH = "result.publish"
REASON = Bilingual("理由", "reason")


@dataclass(frozen=True)
class Plan:
    """What is to be published: title, place, whose cases, accepted when, on which axes, which indices."""

    code: str
    title: Bilingual
    region: str
    source: str
    first: date
    last: date
    down: str
    across: str
    indices: Sequence[str]


def check_make(*, by: Actor, plan: Plan, as_of: date | None = None) -> Publication:
    """The publication that ``make`` would make, not kept yet; raises what it would raise."""
    require(by=by, right=COMPUTE, path=path_to(plan.region))
    made = Publication(
        code=check_code(plan.code), title_zh=plan.title.zh.strip(), title_en=plan.title.en.strip(), region=plan.region,
        source=plan.source, simulated=_checked(plan, as_of), first=plan.first, last=plan.last, down=plan.down,
        across=plan.across, indices=list(dict.fromkeys(plan.indices)), by=by.username)
    _check_free(made)
    return made


def make(*, by: Actor, plan: Plan, as_of: date | None = None, step: Step = unwatched) -> Proposal:
    """A new publication with its first figures, for somebody else to review. Raises Refused for what cannot be.

    ``step`` is told how far the figures are; where it stops them nothing was written.
    """
    made, at = check_make(by=by, plan=plan, as_of=as_of), _data_day(plan.source, as_of)
    content = computed(made, at, None, step)
    with transaction.atomic():
        bump(ROOM)
        _check_free(made)
        made.save(force_insert=True)
        return _proposed(by, made, content, at, NO_WORDS)


def check_propose(*, by: Actor, code: str, reason: Bilingual = NO_WORDS,
                  as_of: date | None = None) -> tuple[Publication, date]:
    """The publication and the data date of figures that can be proposed; raises what ``propose`` would raise."""
    about = known(code)
    require(by=by, right=COMPUTE, path=path_to(about.region))
    if newest(about) is not None and not (reason.zh.strip() and reason.en.strip()):
        raise Refused(zh="请用中文和英文说明更正的理由。", en="Say in Chinese and in English why it is corrected.")
    _check_none_waits(about)
    return about, _data_day(about.source, as_of)


def propose(*, by: Actor, code: str, reason: Bilingual = NO_WORDS, as_of: date | None = None,
            step: Step = unwatched) -> Proposal:
    """New figures for a publication: a correction, which says why in both languages, once an edition is out.

    ``step`` is told how far the figures are; where it stops them nothing was written.
    """
    about, at = check_propose(by=by, code=code, reason=reason, as_of=as_of)
    out = newest(about)
    content = computed(about, at, last_content(about), step)
    with transaction.atomic():
        bump(ROOM)
        if newest(about) != out:
            raise _moved()
        return _proposed(by, about, content, at, reason if out else NO_WORDS)


def publish(*, by: Actor, proposal: int, seen: str) -> PublishedEdition:
    """Publish what was made by somebody else. ``seen``: the hash of what was looked at.

    Raises Forbidden for its own maker, Refused for what was published or put back, Moved where another hash was seen.
    """
    one = _proposal(proposal)
    about = one.publication
    require(by=by, right=PUBLISH, path=path_to(about.region))
    if by.username == one.maker:
        raise Forbidden(zh="数字由您制作，须由另一人复核发布。",
                        en="You made these figures: somebody else has to review and publish them.")
    if seen != one.content_hash or content_hash(one.content, one.reason) != one.content_hash:
        raise _moved()
    with transaction.atomic():
        bump(ROOM)
        _check_waiting(one)
        before = newest(about)
        made = PublishedEdition.objects.create(
            publication=about, proposal=one, number=before.number + 1 if before else 1, content_hash=one.content_hash,
            reviewer=by.username)
        write_line(by=by, act="evaluation.publish", subject=_subject(about), reason=one.reason.en,
                   after={"edition": made.number, "hash": made.content_hash, "maker": one.maker, "as_of": one.as_of})
        _tell(about, [one.maker], Bilingual(f"第 {made.number} 版已发布", f"Edition {made.number} is out"))
    return made


def put_back(*, by: Actor, proposal: int, reason: str) -> ProposalReturn:
    """A proposal that will not be published: sent back by a reviewer, or taken back by its maker."""
    one, why = _proposal(proposal), checked_text(reason, REASON)
    path = path_to(one.publication.region)
    if by.username != one.maker and not allows(by=by, right=PUBLISH, path=path):
        require(by=by, right=PUBLISH, path=path)
    with transaction.atomic():
        bump(ROOM)
        _check_waiting(one)
        made = ProposalReturn.objects.create(proposal=one, reason=why, by=by.username)
        write_line(by=by, act="evaluation.put_back", subject=_subject(one.publication), reason=why,
                   after={"proposal": one.pk})
        if by.username != one.maker:
            _tell(one.publication, [one.maker], Bilingual(f"已退回（{why}）", f"Sent back ({why})"))
    return made


def end_waiting(*, by: Actor, source: str, why: Bilingual) -> int:
    """Put back all figures of a source that wait for review, inside the caller's act; their makers are told."""
    bump(ROOM)
    found = Proposal.objects.filter(publication__source=source, edition=None, returned=None).select_related(
        "publication")
    for one in found:
        ProposalReturn.objects.create(proposal=one, reason=f"{why.zh} {why.en}", by=by.username)
        write_line(by=by, act="evaluation.put_back", subject=_subject(one.publication), reason=why.en,
                   after={"proposal": one.pk})
        _tell(one.publication, [one.maker], Bilingual(f"已退回（{why.zh}）", f"Sent back ({why.en})"))
    return len(found)


# -- inside ----------------------------------------------------------------------------------------


def _checked(plan: Plan, as_of: date | None) -> bool:
    """Whether it is simulated; raises Refused for a plan that cannot be."""
    checked_axes(plan.down, plan.across)
    check_period(plan.first, plan.last)
    for title in (plan.title.zh, plan.title.en):
        checked_text(title, Bilingual("中文和英文名称", "title in Chinese and in English"))
    if not 1 <= len(set(plan.indices)) <= MOST_INDICES:
        raise Refused(zh=f"请选择 1 到 {MOST_INDICES} 个指标。", en=f"Choose 1 to {MOST_INDICES} indices.")
    if sums := [code for code in plan.indices if find(code).sums]:
        raise Refused(zh=f"只发布比例；“{sums[0]}”不是办件的比例。",
                      en=f"Only shares are published: “{sums[0]}” is no share of cases.")
    at = _data_day(plan.source, as_of)
    source = Source.objects.get(code=plan.source)
    check_place(plan.region, source, at)
    return source.simulated


def _data_day(source: str, as_of: date | None) -> date:
    newest_day = data_date(source)
    if as_of and as_of > newest_day:
        raise Refused(zh=f"数据只到 {newest_day}，数据日期不能是 {as_of}。",
                      en=f"The data reach to {newest_day} only: the data date cannot be {as_of}.")
    return as_of or newest_day


def _proposed(by: Actor, about: Publication, content: dict[str, object], as_of: date, reason: Bilingual) -> Proposal:
    _check_none_waits(about)
    said = Bilingual(reason.zh.strip(), reason.en.strip())
    made = Proposal.objects.create(publication=about, content=content, content_hash=content_hash(content, said),
                                   reason_zh=said.zh, reason_en=said.en, as_of=as_of, maker=by.username)
    write_line(by=by, act="evaluation.propose", subject=_subject(about), reason=said.en,
               after={"proposal": made.pk, "hash": made.content_hash, "as_of": as_of})
    reviewers = [name for name in _reviewers(path_to(about.region)) if name != by.username]
    _tell(about, reviewers, Bilingual("请复核待发布的数字", "Please review figures that are to be published"))
    return made


def _check_free(made: Publication) -> None:
    if Publication.objects.filter(code=made.code).exists():
        raise Refused(zh=f"代码“{made.code}”已被使用。", en=f"The code “{made.code}” is taken.")


def _check_none_waits(about: Publication) -> None:
    if waiting(about) is not None:
        raise Refused(zh="已有一份数字在等待复核，请先处理。",
                      en="Figures of this publication are waiting for review already: see to them first.")


def _reviewers(path: Sequence[str]) -> list[str]:
    return next((found for place in reversed(path) if (found := holders({PUBLISH}, place))), [])


def _proposal(pk: int) -> Proposal:
    found = Proposal.objects.select_related("publication").filter(pk=pk).first()
    if found is None:
        raise Refused(zh=f"没有编号为 {pk} 的待发布数字。", en=f"There are no figures number {pk} to be published.")
    return found


def _check_waiting(one: Proposal) -> None:
    if waiting(one.publication) != one:
        raise Refused(zh="这份数字已经发布或退回。", en="These figures were published or sent back already.")


def _moved() -> Moved:
    return Moved(zh="在此期间数字已有变化，请重新查看。", en="The figures have changed in the meantime: look again.")


def _subject(about: Publication) -> str:
    return f"publication:{about.code}"


def _tell(about: Publication, usernames: Iterable[str], what: Bilingual) -> None:
    text = Bilingual(f"{about.title.zh}：{what.zh}", f"{about.title.en}: {what.en}")
    tell_all(notices=[(username, text) for username in usernames],
             about=_subject(about), href=f"work/publications/{about.code}/")
