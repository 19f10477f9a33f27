"""Acts on guides (and, for the room above, on procedures): ask, write, bring into step, claim, load."""

from jizhun.guides.actions.asking import (
    GUIDE,
    PROCEDURE,
    SORTS,
    chapters,
    days_of_change,
    field_of,
    fields_of,
    guide,
    layers,
    matter_of,
    newest_versions,
    versions_of,
    what_changed,
    words_of,
)
from jizhun.guides.actions.boards import board_of, boards_of, out_of_step, places_on
from jizhun.guides.actions.bringing import export_guides, look_at_workbook, take_in, with_faults
from jizhun.guides.actions.bulk import Change, look_many, record_many
from jizhun.guides.actions.checking import dead_links, findings_of, findings_within
from jizhun.guides.actions.copying import apply_template, copy_guides
from jizhun.guides.actions.drifting import accept, drift_of, keep, merge, put_off
from jizhun.guides.actions.keeping import (
    NOTICE_DAYS,
    Foreseen,
    draft_of,
    drop_draft,
    foreseen,
    newest,
    record,
    review,
    save_draft,
    unreviewed,
)
from jizhun.guides.actions.links import check_links
from jizhun.guides.actions.listing import (
    claim_matters,
    claim_of,
    claims_on,
    ledger,
    listed,
    not_the_same,
    record_change,
    touched_guides,
)
from jizhun.guides.actions.loading import Loaded, load, load_files
from jizhun.guides.actions.points import not_open, point, points_at, record_point

__all__ = [
    "GUIDE", "NOTICE_DAYS", "PROCEDURE", "SORTS", "Change", "Foreseen", "Loaded", "accept", "apply_template",
    "board_of", "boards_of", "chapters", "check_links", "claim_matters", "claim_of", "claims_on", "copy_guides",
    "days_of_change", "dead_links", "draft_of", "drift_of", "drop_draft", "export_guides", "field_of", "fields_of",
    "findings_of", "findings_within", "foreseen", "guide", "keep", "layers", "ledger", "listed", "load", "load_files",
    "look_at_workbook", "look_many", "matter_of", "merge", "newest", "newest_versions", "not_open", "not_the_same",
    "out_of_step",
    "places_on", "point", "points_at", "put_off", "record", "record_change", "record_many", "record_point", "review",
    "save_draft", "take_in", "touched_guides", "unreviewed", "versions_of", "what_changed", "with_faults", "words_of"]
