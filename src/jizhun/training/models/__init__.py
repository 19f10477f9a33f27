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
from jizhun.training.models.certificates import (
    Certificate,
    CertificateName,
    CertificateRenewal,
    CertificateRevocation,
    QualificationVersion,
)

__all__ = ["Certificate", "CertificateName", "CertificateRenewal", "CertificateRevocation", "QualificationVersion",
           "Question", "QuestionStep", "QuestionVersion"]
from jizhun.training.models.courses import Course, CourseStep, CourseVersion, UnitLearned
from jizhun.training.models.ledger import (
    Attendance,
    Contest,
    ContestAnswer,
    ContestEntry,
    ContestRound,
    TrainingEvent,
)

__all__ = ["Attendance", "Contest", "ContestAnswer", "ContestEntry", "ContestRound", "Course", "CourseStep",
           "CourseVersion", "Question", "QuestionStep", "QuestionVersion", "TrainingEvent", "UnitLearned"]
