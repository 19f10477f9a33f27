"""Guides: pure rules, without a database."""

from jizhun.guides.rules.drift import Merge, accepted, deferred, due, kept, merged_by_hand, proposal, side_by_side
from jizhun.guides.rules.fields import Field, checked, fingerprint, read_field, tighter
from jizhun.guides.rules.layers import Drift, Layer, Resolved, Said, joined, resolve, standing

__all__ = ["Drift", "Field", "Layer", "Merge", "Resolved", "Said", "accepted", "checked", "deferred", "due",
           "fingerprint",
           "joined", "kept", "merged_by_hand", "proposal", "read_field", "resolve", "side_by_side", "standing",
           "tighter"]
