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
from jizhun.guides.actions.points import point, points_at, record_point

__all__ = [
    "GUIDE", "NOTICE_DAYS", "PROCEDURE", "SORTS", "Foreseen", "Loaded", "accept", "board_of", "boards_of", "chapters",
    "claim_matters", "claim_of", "claims_on", "days_of_change", "draft_of", "drift_of", "drop_draft", "field_of",
    "fields_of", "foreseen", "guide", "keep", "layers", "ledger", "listed", "load", "load_files", "matter_of", "merge",
    "newest", "newest_versions",
    "not_the_same", "out_of_step", "places_on", "point", "points_at", "put_off", "record", "record_change",
    "record_point", "review", "save_draft", "touched_guides", "unreviewed", "versions_of", "what_changed", "words_of"]
