"""Acts on the impact of changes: look, put on record what was seen, publish, tell those touched."""

from jizhun.impact.actions.coming import announce_coming
from jizhun.impact.actions.dependants import DEPENDANTS, Dependant
from jizhun.impact.actions.drifting import Reached, Touched, reached
from jizhun.impact.actions.foreseeing import Foreseen, foreseen
from jizhun.impact.actions.looking import Listing, Shown, listed, lists_of, look, mark_of_change, see, shown_to
from jizhun.impact.actions.publishing import announce, publish, refuse_moved, tell_touched

__all__ = ["DEPENDANTS", "Dependant", "Foreseen", "Listing", "Reached", "Shown", "Touched", "announce",
           "announce_coming", "foreseen", "listed", "lists_of", "look", "mark_of_change", "publish", "reached",
           "refuse_moved", "see", "shown_to", "tell_touched"]
