"""A few simulated standards, and what was done about simulated negative ratings, by the acts that real ones take."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import yaml
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from jizhun.drafting.actions import ballots, comments, projects, publishing, texts
from jizhun.drafting.models import Consultation, Project, WorkingText
from jizhun.drafting.rules.text import Clause, plain
from jizhun.evaluation.models import NegativeRating
from jizhun.evaluation.negatives import act
from jizhun.kernel.bilingual import Bilingual
from jizhun.people.rules import Actor, System

PLACE = "990000"
BODIES = {"proposer_zh": "示例省人力资源和社会保障厅", "proposer_en": "HRSS department of the fictional province",
          "regulator_zh": "示例省市场监督管理局", "regulator_en": "Market regulator of the fictional province"}
COMMITTEE = ("committee-1", "committee-2", "committee-3")
Plain = Mapping[str, Any]


def simulated_projects(*, by: Actor) -> int:
    """Make the projects of data/simulated/standards.yaml; those that are there stay. Returns how many are new."""
    content = yaml.safe_load((settings.DATA_DIR / "simulated" / "standards.yaml").read_text("utf-8"))
    there = set(Project.objects.filter(region=PLACE).values_list("title_zh", flat=True))
    new = [row for row in content["projects"] if row["title_zh"] not in there]
    with transaction.atomic():
        for row in new:
            _made(by, row, content)
    return len(new)


def simulated_rectification(*, by: Actor) -> int:
    """Take some of the simulated negative ratings as far as data/simulated/reviews.yaml says, in turn; how many."""
    turns = yaml.safe_load((settings.DATA_DIR / "simulated" / "reviews.yaml").read_text("utf-8"))["acts"]
    waiting = NegativeRating.objects.filter(source="simulated", acts=None).order_by("rated_on", "review_key")
    pattern = [name for name in TURNS for _n in range(turns[name])]
    if NegativeRating.objects.filter(source="simulated").exclude(acts=None).exists():
        return 0
    done = 0
    for number, one in enumerate(waiting[: turns["most"]]):
        turn = pattern[number * 7 % len(pattern)] if number % 2 else "closed"
        _rectify(by, one, turn)
        done += turn != "open"
    return done


TURNS = ("open", "taken", "answered", "unreached", "appealed", "upheld", "refused", "late")
"""How far a simulated negative rating is taken; "closed" is the ordinary end."""


def _rectify(by: Actor, rating: NegativeRating, turn: str) -> None:
    """The acts of one turn, each some days after the one before."""
    if turn == "open":
        return
    day = rating.rated_on + timedelta(days=2)
    if turn in ("appealed", "upheld", "refused"):
        act(by=by, rating=rating, kind="appeal", on=day, text="示例：评价对象不是本窗口。")
        if turn == "appealed":
            return
        act(by=REVIEWING, rating=rating, kind="decide", on=day + timedelta(days=4), upheld=turn == "upheld",
            text="示例：核对取号记录。")
        day += timedelta(days=5)
    if turn == "upheld":
        act(by=by, rating=rating, kind="close", on=day)
        return
    act(by=by, rating=rating, kind="take_up", on=day, text="示例：已联系经办窗口核实。")
    if turn == "taken":
        return
    answered = day + timedelta(days=45 if turn == "late" else 6)
    act(by=by, rating=rating, kind="answer", on=answered, text="示例：增开一个窗口，并向本人说明。")
    if turn == "answered":
        return
    reached = turn != "unreached"
    act(by=by, rating=rating, kind="call_back", on=answered + timedelta(days=2), reached=reached,
        satisfied=True if reached else None)
    act(by=by, rating=rating, kind="close", on=answered + timedelta(days=3),
        text="" if reached else "示例：三次回访均未接通。")


REVIEWING = System("system-review")
"""An appeal is decided by somebody else than who filed it."""


def _made(by: Actor, row: Plain, content: Plain) -> None:
    """One project, taken as far as its row says."""
    today = timezone.localdate()
    said = {name: row[name] for name in projects.WORDS if name in row}
    project = projects.open_project(by=by, procedure=row["procedure"], region=PLACE, on=today - timedelta(days=150),
                                    serves=row["serves"], **said, **BODIES)
    project = projects.take(by=by, project=project, act="submit", on=today - timedelta(days=140))
    if row["stage"] == "10":
        return
    project = projects.take(by=by, project=project, act="accept", on=today - timedelta(days=110))
    _write(project, content["texts"][row["text"]])
    project, asked = _ask(by, project, today)
    if row["stage"] == "30":
        _comment(by, asked, content["comments"])
        return
    _finish(by, project, asked, row, today)


def _write(project: Project, rows: Sequence[Plain]) -> None:
    """The whole text at once: the keys of the example stay, so that its comments find them."""
    clauses = [Clause(row["key"], row["kind"], row.get("level", 1),
                      Bilingual(row.get("heading_zh", ""), row.get("heading_en", "")),
                      Bilingual(row["body_zh"], row["body_en"]), row.get("normative", True),
                      tuple(row.get("proposes", ()))) for row in rows]
    text = WorkingText.objects.select_for_update().get(project=project)
    text.clauses, text.version, text.saved_by = [plain(one) for one in clauses], 1, "system"
    text.save()


def _ask(by: Actor, project: Project, today: date) -> tuple[Project, Consultation]:
    """Into the stage of comments, with a round that was announced a month ago."""
    draft = texts.issue(by=by, project=project, label="comment", on=today - timedelta(days=45))
    project = projects.take(by=by, project=project, act="consult", on=today - timedelta(days=40))
    asks = Bilingual("示例：请重点看网点布局和开放时间。",
                     "Example: look above all at where the points are and when they open.")
    asked = comments.open_consultation(
        by=by, project=project, draft=draft, opens_on=today - timedelta(days=40), closes_on=today + timedelta(days=20),
        bodies=["990100", "990200", "990101", "990201"], asks=asks, announced="示例：省厅网站（模拟）")
    return project, asked


def _comment(by: Actor, asked: Consultation, rows: Sequence[Plain]) -> None:
    for row in rows:
        words = {"clause": row["clause"], "quote": row.get("quote", ""), "kind": row["type"], "text": row["text"],
                 "proposed": row.get("proposed", "")}
        if row["from"]:
            comments.comment_for_body(by=by, consultation=asked, region=row["from"], **words)
        else:
            comments.comment_as_public(consultation=asked, address="simulated", **words)


def _finish(by: Actor, project: Project, asked: Consultation, row: Plain, today: date) -> None:
    """Through review and ballot into the library."""
    comments.close_consultation(by=by, consultation=asked, reason="示例：提前结束")
    draft = texts.issue(by=by, project=project, label="review")
    project = projects.take(by=by, project=project, act="examine")
    ballot = ballots.open_ballot(
        by=by, project=project, draft=draft, rule="committee", closes_on=today + timedelta(days=7),
        question=Bilingual("是否同意报批？", "Shall the draft be sent to approval?"),
        bodies=["990000", "990100", "990200"])
    for voter in ballot.voters.all():
        ballots.vote(by=by, voter=voter, position="approve")
    ballots.close_ballot(by=by, ballot=ballot)
    texts.issue(by=by, project=project, label="approval")
    project = projects.take(by=by, project=project, act="approve")
    project = publishing.set_number(by=by, project=project, number=f"{row['number']}-{today.year}", effective_on=today)
    project = publishing.see_impact(by=by, project=project, seen=publishing.impact(project).fingerprint)
    publishing.publish(by=by, project=project)
