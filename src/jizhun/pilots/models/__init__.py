"""What is kept of pilots; all that was said stays said."""

from jizhun.pilots.models.assessing import PilotAssessment, PilotInterest, PilotVerdict, SelectionScore
from jizhun.pilots.models.experience import Practice, PracticeAdoption
from jizhun.pilots.models.programmes import ComparisonChoice, PilotApplication, PilotProgramme, PilotStep
from jizhun.pilots.models.working import MonthlyReport, PilotPlan

APPEND_ONLY = ("jizhun_pilotprogramme", "jizhun_pilotapplication", "jizhun_pilotstep", "jizhun_pilotinterest",
               "jizhun_selectionscore", "jizhun_pilotplan", "jizhun_monthlyreport", "jizhun_pilotassessment",
               "jizhun_pilotverdict", "jizhun_comparisonchoice", "jizhun_practice", "jizhun_practiceadoption")
"""Tables whose rows the database itself refuses to change or delete."""

__all__ = ["APPEND_ONLY", "ComparisonChoice", "MonthlyReport", "PilotApplication", "PilotAssessment", "PilotInterest",
           "PilotPlan", "PilotProgramme", "PilotStep", "PilotVerdict", "Practice", "PracticeAdoption",
           "SelectionScore"]
