"""Who is entitled to what: pure rules, without a database."""

from jizhun.entitlements.rules.answering import Answer, Promised, answer, next_fact, typed_facts
from jizhun.entitlements.rules.assembling import Rule, rule_for, standing, together
from jizhun.entitlements.rules.book import Entitlements, Fact, Head, Version
from jizhun.entitlements.rules.changing import Change, changes
from jizhun.entitlements.rules.reading import read_all, spelled_out

__all__ = ["Answer", "Change", "Entitlements", "Fact", "Head", "Promised", "Rule", "Version", "answer", "changes",
           "next_fact", "read_all", "rule_for", "spelled_out", "standing", "together", "typed_facts"]
