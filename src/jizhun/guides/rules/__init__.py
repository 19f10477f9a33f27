"""Guides: pure rules, without a database."""

from jizhun.guides.rules.drift import Merge, accepted, deferred, due, kept, merged_by_hand, proposal, side_by_side
from jizhun.guides.rules.fields import Field, Policy, checked, fingerprint, key_of, read_field, tighter
from jizhun.guides.rules.layers import (
    Drift,
    Layer,
    Part,
    Resolved,
    Said,
    joined,
    plain_said,
    read_said,
    resolve,
    standing,
)

__all__ = ["Drift", "Field", "Layer", "Merge", "Part", "Policy", "Resolved", "Said", "accepted", "checked", "deferred",
           "due", "fingerprint", "joined", "kept", "key_of", "merged_by_hand", "plain_said", "proposal", "read_field",
           "read_said", "resolve", "side_by_side", "standing", "tighter"]
