"""DMN: decision models in and out as XML, and at work on one person."""

from jizhun.entitlements.dmn.lowering import Lowered, lowered
from jizhun.entitlements.dmn.model import Model
from jizhun.entitlements.dmn.reading import read_model
from jizhun.entitlements.dmn.running import Runner, decide, typed
from jizhun.entitlements.dmn.writing import write_model

__all__ = ["Lowered", "Model", "Runner", "decide", "lowered", "read_model", "typed", "write_model"]
