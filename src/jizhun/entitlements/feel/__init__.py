"""FEEL: the expressions of decision tables. Read once, then run on one person or written as SQL for a population."""

from jizhun.entitlements.feel.closures import compiled, compiled_tests
from jizhun.entitlements.feel.meaning import Unknown, met, value
from jizhun.entitlements.feel.reading import read, read_tests
from jizhun.entitlements.feel.values import Fault, Value

__all__ = ["Fault", "Unknown", "Value", "compiled", "compiled_tests", "met", "read", "read_tests", "value"]
