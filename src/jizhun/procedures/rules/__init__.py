"""Procedures: pure rules, without a database."""

from jizhun.procedures.rules.checking import Checked, Finding, Verdict, check
from jizhun.procedures.rules.steps import END, Limit, Risk, Step, Steps, Way, plain, read_steps
from jizhun.procedures.rules.timing import Time, time_of
from jizhun.procedures.rules.words import Document, Role, read_documents, read_recorded, read_roles, role_name

__all__ = ["END", "Checked", "Document", "Finding", "Limit", "Risk", "Role", "Step", "Steps", "Time", "Verdict", "Way",
           "check", "plain", "read_documents", "read_recorded", "read_roles", "read_steps", "role_name", "time_of"]
