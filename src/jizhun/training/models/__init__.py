"""What is kept of training."""

from jizhun.training.models.bank import Question, QuestionStep, QuestionVersion

__all__ = ["Question", "QuestionStep", "QuestionVersion"]
