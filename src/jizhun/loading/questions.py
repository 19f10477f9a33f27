"""A few dozen questions for the fictional province, drafted and reviewed by the acts that real ones take."""

from collections.abc import Mapping
from typing import Any

import yaml
from django.conf import settings
from django.db import transaction

from jizhun.people.models import User
from jizhun.training.actions import accept, draft_questions, keep_drafts, submit

FILE = ("training", "questions", "simulated.yaml")


def simulated_questions() -> int:
    """Draft what data/training/questions/simulated.yaml names; what is there stays. Returns how many are new; none
    where the logins that do it are not there."""
    content = yaml.safe_load(settings.DATA_DIR.joinpath(*FILE).read_text("utf-8"))
    trainer, reviewer = (User.objects.filter(username=content[name]).first() for name in ("trainer", "reviewer"))
    if trainer is None or reviewer is None:
        return 0
    with transaction.atomic():
        return sum(_drafted(row, trainer, reviewer) for row in content["drafts"])


def _drafted(row: Mapping[str, Any], trainer: User, reviewer: User) -> int:
    made = draft_questions(by=trainer, region=row["region"], matters=row["matters"], seed=row["seed"],
                           most=row["most"])
    new = keep_drafts(by=trainer, made=made)
    for at, question in enumerate(new):
        submit(by=trainer, question=question)
        if at < row["accepted"]:
            accept(by=reviewer, question=question)
    return len(new)
