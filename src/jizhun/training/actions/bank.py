"""The question bank: write, draft out of the data, hand in, accept by a second person, return, retire, redraft.

Nothing here suspends a question: ``rules.banking`` tells on every day whether its sources still say what was learned.
"""

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import day_in_words
from jizhun.people.actions import path_to, require, tell, write_line
from jizhun.people.models import Notice
from jizhun.people.rules import SYSTEM, Actor, canonical
from jizhun.regions.actions import tree
from jizhun.training.actions.facts import facts_of
from jizhun.training.actions.sources_asked import asked
from jizhun.training.models import Question, QuestionStep, QuestionVersion
from jizhun.training.rules.banking import (
    ACCEPT,
    RETIRE,
    RETIRED,
    RETURN,
    SUBMIT,
    SUSPENDED,
    Standing,
    Version,
    check_step,
    standing,
)
from jizhun.training.rules.drafting import TOPICS, Draft, drafts, spread
from jizhun.training.rules.questions import TYPES, check
from jizhun.training.rules.sources import KINDS, PROMISE, Source, read_source

WRITE, REVIEW, TEACH = "training.write", "training.review", "training.teach"
MOST_DRAFTS: Final = 500
LONGEST_REASON: Final = 1_000
AHEAD_DAYS: Final = 30
"""So long before a change that is on record the authors of what rests on it are told."""
RULE_MATCHING: Final = "promise.matching"


# -- drafting --------------------------------------------------------------------------------------


def draft_questions(*, by: Actor, region: str, matters: Sequence[str], kinds: Sequence[str] = tuple(TYPES),
                    seed: str = "1", on: date | None = None, most: int = 50, standards: Sequence[str] = ()
                    ) -> list[Draft]:
    """Drafts out of what is on record at the place on ``on`` (today if none is given); nothing is kept.

    Raises Refused for a type, matter, place or standard that does not exist, Forbidden without the right there.
    """
    require(by=by, right=WRITE, path=path_to(region))
    odd = next((kind for kind in kinds if kind not in TYPES), None)
    if odd is not None:
        raise Refused(zh=f"没有“{odd}”这种题型。", en=f"There is no type of question “{odd}”.")
    if not 1 <= most <= MOST_DRAFTS:
        raise Refused(zh=f"一次可起草 1 至 {MOST_DRAFTS} 题。", en=f"Draft 1 to {MOST_DRAFTS} questions at a time.")
    facts = facts_of(region=region, matters=matters, seed=seed, on=on or timezone.localdate(), standards=standards)
    return spread(drafts(facts, kinds, seed), most)


def keep_drafts(*, by: Actor, made: Iterable[Draft]) -> list[Question]:
    """Keep drafts as questions; those that the bank holds already are passed over. Returns the new ones."""
    new = []
    with transaction.atomic():
        for draft in made:
            require(by=by, right=WRITE, path=path_to(draft.region))
            question, is_new = Question.objects.get_or_create(code=code_of(draft), defaults={
                "region": draft.region, "matter": draft.matter, "topic": draft.topic, "simulated": draft.simulated,
                "by": by.username})
            if is_new:
                _add_version(by, question, draft.kind, draft.content, draft.sources, draft.rule, draft.seed)
                new.append(question)
    return new


def code_of(draft: Draft) -> str:
    """The code of a draft in the bank: the same draft has the same code."""
    return "D-" + hashlib.sha256(f"{draft.region}|{draft.key}".encode()).hexdigest()[:12]


def redraft(*, by: Actor, question: Question, on: date | None = None) -> QuestionVersion:
    """Make a drafted question anew out of what its sources say on ``on``, and hand it in for review.

    Raises Refused where a person wrote it, where nothing has changed, or where the data no longer make it.
    """
    day = on or timezone.localdate()
    with transaction.atomic():
        held = _locked(question)
        newest = held.versions.all()[0]
        if not newest.drafted_by:
            raise Refused(zh="这道题是人工编写的，请在编辑页修改。",
                          en="A person wrote this question: change it in the editor.")
        require(by=by, right=WRITE, path=path_to(held.region))
        made = _drafted_again(held, newest, day)
        if _learned(made.sources) == _learned(newest.rests_on):
            raise Refused(zh="数据没有变化，无需重新起草。",
                          en="Nothing has changed in the data: there is nothing to redraft.")
        version = _add_version(by, held, made.kind, made.content, made.sources, made.rule, made.seed)
        return _step(by, held, version, SUBMIT).version


def _learned(sources: Sequence[Source]) -> set[tuple[str, tuple[str, ...], str]]:
    """What was learned of which source, whenever that was."""
    return {(one.kind, one.key, one.fingerprint) for one in sources}


def _drafted_again(question: Question, version: QuestionVersion, day: date) -> Draft:
    first = version.rests_on[0]
    matters = [one.key[0] for one in version.rests_on] if version.drafted_by == RULE_MATCHING else [question.matter]
    standards = [first.key[0]] if version.drafted_by.startswith("clause.") else []
    facts = facts_of(region=question.region, matters=[one for one in matters if one], seed=version.seed, on=day,
                     standards=standards)
    for draft in drafts(facts, [version.kind], version.seed):
        if draft.rule == version.drafted_by and code_of(draft) == question.code:
            return draft
    raise Refused(zh="现有数据已不能起草这道题，请修改或停用。",
                  en="The data no longer make this question: change it by hand, or retire it.")


# -- writing ---------------------------------------------------------------------------------------


def record_question(*, by: Actor, region: str, kind: str, content: Any, matter: str = "", topic: str = "other",
                    sources: Sequence[Source] = (), code: str = "", simulated: bool | None = None) -> Question:
    """A new question written by a person, or brought in; its first version is a draft."""
    require(by=by, right=WRITE, path=path_to(region))
    check(kind, content)
    _check_topic(topic)
    with transaction.atomic():
        if code and Question.objects.filter(code=code).exists():
            raise Refused(zh=f"题库里已有编号为“{code}”的题。", en=f"The bank has a question “{code}” already.")
        made = Question.objects.create(
            code=code or f"Q-{secrets.token_hex(6)}", region=region, matter=matter, topic=topic, by=by.username,
            simulated=tree().known(region).simulated if simulated is None else simulated)
        _add_version(by, made, kind, content, sources)
    return made


def record_version(*, by: Actor, question: Question, kind: str, content: Any, sources: Sequence[Source] = ()
                   ) -> QuestionVersion:
    """A new version of a question, as a draft; the one in use stays in use until this one is accepted."""
    require(by=by, right=WRITE, path=path_to(question.region))
    check(kind, content)
    with transaction.atomic():
        held = _locked(question)
        newest = held.versions.all()[0]
        if _last(newest) is not None and _last(newest).act == RETIRE:  # type: ignore[union-attr]
            raise Refused(zh="这道题已停用。", en="This question has been retired.")
        if (newest.kind, newest.content, newest.sources) == (kind, content, [one.plain() for one in sources]):
            raise Refused(zh="没有改动。", en="Nothing was changed.")
        return _add_version(by, held, kind, content, sources)


def _check_topic(topic: str) -> None:
    if topic not in TOPICS:
        raise Refused(zh=f"没有“{topic}”这个主题。", en=f"There is no topic “{topic}”; there are {', '.join(TOPICS)}.")


def _add_version(by: Actor, question: Question, kind: str, content: Any, sources: Sequence[Source],
                 drafted_by: str = "", seed: str = "") -> QuestionVersion:
    number = question.versions.count() + 1
    version = QuestionVersion.objects.create(
        question=question, number=number, kind=kind, content=content, sources=[one.plain() for one in sources],
        drafted_by=drafted_by, seed=seed[:64], by=by.username)
    write_line(by=by, act="training.question", subject=f"question:{question.code}",
               after={"version": number, "kind": kind, "drafted_by": drafted_by,
                      "hash": hashlib.sha256(canonical(content).encode()).hexdigest()})
    return version


# -- review ----------------------------------------------------------------------------------------


def submit(*, by: Actor, question: Question) -> QuestionStep:
    """Hand in the newest version for review."""
    return _done(by, question, SUBMIT, WRITE)


def accept(*, by: Actor, question: Question) -> QuestionStep:
    """Take the newest version into use; never by whoever wrote it or handed it in."""
    return _done(by, question, ACCEPT, REVIEW)


def send_back(*, by: Actor, question: Question, reason: str) -> QuestionStep:
    """Return the newest version to its author with the reason; the author is told."""
    with transaction.atomic():
        step = _done(by, question, RETURN, REVIEW, _reason(reason))
        tell(username=step.version.by, about=f"question:{question.code}", href=address_of(question),
             text=Bilingual(f"题目 {question.code} 被退回：{step.reason}",
                            f"Question {question.code} was returned: {step.reason}"))
    return step


def retire(*, by: Actor, question: Question, reason: str) -> QuestionStep:
    """Take a question out of use for good."""
    return _done(by, question, RETIRE, WRITE, _reason(reason))


def _reason(text: str) -> str:
    said = text.strip()
    if not said or len(said) > LONGEST_REASON:
        raise Refused(zh=f"请写明理由，最多 {LONGEST_REASON} 字。",
                      en=f"Give a reason, {LONGEST_REASON} characters at most.")
    return said


def _done(by: Actor, question: Question, act: str, right: str, reason: str = "") -> QuestionStep:
    require(by=by, right=right, path=path_to(question.region))
    with transaction.atomic():
        held = _locked(question)
        return _step(by, held, held.versions.all()[0], act, reason)


def _step(by: Actor, question: Question, version: QuestionVersion, act: str, reason: str = "") -> QuestionStep:
    check_step(_fact(version, list(version.steps.values_list("act", "by"))), act, by.username)
    step = QuestionStep.objects.create(version=version, act=act, reason=reason, by=by.username)
    write_line(by=by, act=f"training.{act}", subject=f"question:{question.code}", after={"version": version.number},
               reason=reason)
    return step


def _locked(question: Question) -> Question:
    """The question for this act alone: two acts on it at once come one after the other."""
    return Question.objects.select_for_update().get(pk=question.pk)


def _last(version: QuestionVersion) -> QuestionStep | None:
    return version.steps.last()


def address_of(question: Question) -> str:
    """Where the workbench shows it, without the language."""
    return f"work/training/questions/{question.code}/"


# -- asking ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Held:
    """A question of the bank with where it stands; ``version`` is the one that is asked, else the newest."""

    question: Question
    version: QuestionVersion
    standing: Standing


def question_of(code: str) -> Question:
    """A question by its code; raises Refused where there is none."""
    found = Question.objects.filter(code=code).first()
    if found is None:
        raise Refused(zh=f"题库里没有编号为“{code}”的题。", en=f"The bank has no question “{code}”.")
    return found


def held_question(question: Question, *, on: date | None = None) -> Held:
    """One question and where it stands on ``on``."""
    return held_questions(Question.objects.filter(pk=question.pk), on=on)[0]


def held_questions(questions: Any = None, *, on: date | None = None, content: bool = True) -> list[Held]:
    """Where questions (all, or those of a query) stand on ``on``, in one pass: three queries and each source once.

    Without ``content`` what is asked stays in the database: see ``with_content``.
    """
    day, known = on or timezone.localdate(), asked()
    rows = list(Question.objects.all() if questions is None else questions)
    of_question = _versions_of(rows, content)
    found = []
    for question in rows:
        versions = of_question[question.pk]
        stands = standing([fact for fact, _ in versions], known.ask, known.days_of, day)
        number = (stands.used or stands.waiting or versions[-1][0]).number
        found.append(Held(question, versions[number - 1][1], stands))
    return found


def with_content(held: Sequence[Held]) -> list[Held]:
    """The same with what is asked, for a page of a list."""
    versions = QuestionVersion.objects.in_bulk([one.version.pk for one in held])
    return [Held(one.question, versions[one.version.pk], one.standing) for one in held]


def _versions_of(questions: Sequence[Question], content: bool) -> dict[int, list[tuple[Version, QuestionVersion]]]:
    """Every version of the questions, the first one first. Few are asked for by number, many by reading all."""
    chosen: dict[str, Any] = {"question__in": [one.pk for one in questions]} if len(questions) <= 500 else {}
    steps: dict[int, list[tuple[str, str]]] = defaultdict(list)
    rows = QuestionStep.objects.filter(**{f"version__{name}": value for name, value in chosen.items()})
    for version, act, by in rows.values_list("version", "act", "by"):
        steps[version].append((act, by))
    found: dict[int, list[tuple[Version, QuestionVersion]]] = defaultdict(list)
    versions = QuestionVersion.objects.filter(**chosen).order_by("question", "number")
    for row in versions if content else versions.defer("content"):
        found[row.question_id].append((_fact(row, steps[row.pk]), row))
    return found


def _fact(version: QuestionVersion, steps: Sequence[tuple[str, str]]) -> Version:
    handed_in = next((by for act, by in reversed(steps) if act == SUBMIT), "")
    return Version(version.number, version.by, steps[-1][0] if steps else "", handed_in, tuple(version.rests_on))


def usable(*, region: str, on: date | None = None, topics: Collection[str] = (), content: bool = True) -> list[Held]:
    """The questions that may be asked at a place on ``on``: its own and those of the places above it."""
    path = tree().path(region, on or timezone.localdate())
    chosen = Question.objects.filter(region__in=path)
    if topics:
        chosen = chosen.filter(topic__in=topics)
    return [one for one in held_questions(chosen, on=on, content=content) if one.standing.usable]


# -- what is left to people ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Swept:
    """How many questions are suspended, how many will be, and how many notices were left."""

    suspended: int
    coming: int
    notices: int


def sweep(*, by: Actor = SYSTEM, on: date | None = None) -> Swept:
    """Tell authors of questions that are suspended, or will be within ``AHEAD_DAYS``; nobody is told twice."""
    require(by=by, right=REVIEW, path=("CN",))
    day = on or timezone.localdate()
    held = held_questions(on=day, content=False)
    gone = [one for one in held if one.standing.state == SUSPENDED]
    coming = [one for one in held if one.standing.usable and one.standing.ends_on
              and (one.standing.ends_on - day).days <= AHEAD_DAYS]
    with transaction.atomic():
        left = sum(_told(one, one.standing.since, "suspended") for one in gone)
        left += sum(_told(one, one.standing.ends_on, "coming") for one in coming)
    return Swept(len(gone), len(coming), left)


def _told(held: Held, day: date | None, what: str) -> bool:
    code = held.question.code
    about = f"question:{code}/{held.version.number}/{what}/{day}"
    if day is None or Notice.objects.filter(about=about).exists():
        return False
    since = day_in_words(day)
    text = {"suspended": Bilingual(f"题目 {code} 自{since.zh}起暂停使用：依据的内容已经改变，请重新起草或修改。",
                                   f"Question {code} is suspended from {since.en} on: what it rests on has changed. "
                                   "Redraft it, or change it."),
            "coming": Bilingual(f"题目 {code} 将于{since.zh}暂停使用：依据的内容届时改变。",
                                f"Question {code} will be suspended on {since.en}: what it rests on changes that day.")
            }[what]
    return tell(username=held.version.by, about=about, href=address_of(held.question), text=text) is not None


def sources_from(rows: Any) -> list[Source]:
    """Sources as JSON holds them; raises Refused for anything else."""
    if not isinstance(rows, list):
        raise Refused(zh="来源应是一列。", en="Sources must be a list.")
    return [read_source(row) for row in rows]


__all__ = ["KINDS", "MOST_DRAFTS", "PROMISE", "RETIRED", "REVIEW", "TEACH", "WRITE", "Held", "Swept", "accept",
           "address_of", "code_of", "draft_questions", "held_question", "held_questions", "keep_drafts",
           "question_of", "record_question", "record_version", "redraft", "retire", "send_back", "sources_from",
           "submit", "sweep", "usable", "with_content"]
