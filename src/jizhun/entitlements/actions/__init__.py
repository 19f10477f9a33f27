"""Acts on entitlements: load rules, answer who is entitled to what, record what a place says, suppose what is not."""

from jizhun.entitlements.actions.asking import (
    ROOM,
    Failed,
    entitled,
    entitled_apart,
    entitlements,
    paper_title,
    revision,
    rule,
)
from jizhun.entitlements.actions.loading import Loaded, load
from jizhun.entitlements.actions.owing import Person, owing, rises
from jizhun.entitlements.actions.recording import Compared, compared, foreseen_version, found_over_time, record_version
from jizhun.entitlements.actions.supposing import what_if

__all__ = ["ROOM", "Compared", "Failed", "Loaded", "Person", "compared", "entitled", "entitled_apart", "entitlements",
           "foreseen_version", "found_over_time", "load", "owing", "paper_title", "record_version", "revision", "rises",
           "rule", "what_if"]
