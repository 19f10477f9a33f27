"""Findings in the case data: looked for by rules, answered by the place, closed only by the data."""

from jizhun.evaluation.findings.answering import answer, extend, send_back
from jizhun.evaluation.findings.looking import Looked, check_look, look, patterns
from jizhun.evaluation.findings.reminding import remind
from jizhun.evaluation.findings.standing import Standing, board, history, may, one

__all__ = ["Looked", "Standing", "answer", "board", "check_look", "extend", "history", "look", "may", "one", "patterns",
           "remind", "send_back"]
