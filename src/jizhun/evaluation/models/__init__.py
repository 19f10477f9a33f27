"""What is kept of evaluations: runs, findings, publications, reports, ratings, attainment and what others saw."""

from jizhun.evaluation.models.attainment import (
    Assessed,
    CaseReview,
    Computation,
    ConductAct,
    ConductPoint,
    ConductRecord,
    Draw,
    Judgement,
    ReviewedCase,
    Round,
    RoundResults,
    SheetEdition,
    Survey,
    SurveyFile,
    SurveyReturn,
)
from jizhun.evaluation.models.errands import Errand
from jizhun.evaluation.models.findings import Finding, FindingStep, Remeasurement
from jizhun.evaluation.models.publications import Proposal, ProposalReturn, Publication, PublishedEdition
from jizhun.evaluation.models.ratings import NegativeRating, RatingAct, RatingClock
from jizhun.evaluation.models.reports import Report
from jizhun.evaluation.models.runs import Run

__all__ = ["Assessed", "CaseReview", "Computation", "ConductAct", "ConductPoint", "ConductRecord", "Draw", "Errand",
           "Finding", "FindingStep", "Judgement", "NegativeRating", "Proposal", "ProposalReturn", "Publication",
           "PublishedEdition", "RatingAct", "RatingClock", "Remeasurement", "Report", "ReviewedCase", "Round",
           "RoundResults", "Run", "SheetEdition", "Survey", "SurveyFile", "SurveyReturn"]
