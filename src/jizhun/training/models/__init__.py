"""What is kept of training."""

from jizhun.training.models.bank import Question, QuestionStep, QuestionVersion
from jizhun.training.models.certificates import (
    Certificate,
    CertificateName,
    CertificateRenewal,
    CertificateRevocation,
    QualificationVersion,
)
from jizhun.training.models.courses import Course, CourseStep, CourseVersion, UnitLearned
from jizhun.training.models.ledger import (
    Attendance,
    Contest,
    ContestAnswer,
    ContestEntry,
    ContestRound,
    TrainingEvent,
)
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

__all__ = ["Accommodation", "Appeal", "AppealDecision", "Attendance", "Blueprint", "BlueprintVersion", "Certificate",
           "CertificateName", "CertificateRenewal", "CertificateRevocation", "Contest", "ContestAnswer",
           "ContestEntry", "ContestRound", "Course", "CourseStep", "CourseVersion", "Exam", "Experience", "Marking",
           "QualificationVersion", "Question", "QuestionStep", "QuestionVersion", "SavedAnswer", "Sitting",
           "SittingNote", "TrainingEvent", "UnitLearned"]
