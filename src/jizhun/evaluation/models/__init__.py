"""What is kept of evaluations: runs, findings, publications, ratings."""

from jizhun.evaluation.models.findings import Finding, FindingStep, Remeasurement
from jizhun.evaluation.models.publications import Proposal, ProposalReturn, Publication, PublishedEdition
from jizhun.evaluation.models.ratings import NegativeRating, RatingAct, RatingClock
from jizhun.evaluation.models.runs import Run

__all__ = ["Finding", "FindingStep", "NegativeRating", "Proposal", "ProposalReturn", "Publication", "PublishedEdition",
           "RatingAct", "RatingClock", "Remeasurement", "Run"]
