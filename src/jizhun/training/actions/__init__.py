"""Acts of training. Each module keeps one part of it; doors import from here."""

from jizhun.training.actions.bank import (
    Held,
    Swept,
    accept,
    draft_questions,
    held_question,
    held_questions,
    keep_drafts,
    question_of,
    record_question,
    record_version,
    redraft,
    retire,
    send_back,
    submit,
    sweep,
    usable,
)

__all__ = [
    "Held", "Swept", "accept", "draft_questions", "held_question", "held_questions", "keep_drafts", "question_of",
    "record_question", "record_version", "redraft", "retire", "send_back", "submit", "sweep", "usable"]
