"""What is kept of training."""

from jizhun.training.models.bank import Question, QuestionStep, QuestionVersion
from jizhun.training.models.sittings import (
    Accommodation,
    Appeal,
    AppealDecision,
    Blueprint,
    BlueprintVersion,
    Exam,
    Experience,
    Marking,
    SavedAnswer,
    Sitting,
    SittingNote,
)

__all__ = ["Accommodation", "Appeal", "AppealDecision", "Blueprint", "BlueprintVersion", "Exam", "Experience",
           "Marking", "Question", "QuestionStep", "QuestionVersion", "SavedAnswer", "Sitting", "SittingNote"]
