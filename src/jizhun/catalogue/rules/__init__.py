"""The catalogue as facts and what follows from them. No Django, no files, no clock."""

from jizhun.catalogue.rules.catalogue import Catalogue
from jizhun.catalogue.rules.difference import SHOWN, Change
from jizhun.catalogue.rules.facts import (
    ANNOUNCED,
    COLUMNS,
    EVERYBODY,
    GENERAL,
    KINDS,
    MARKS,
    VERIFIED_MARKS,
    Announcement,
    Area,
    Category,
    Content,
    Edition,
    Entry,
    Group,
    Item,
    Matter,
    Told,
)

__all__ = ["ANNOUNCED", "COLUMNS", "EVERYBODY", "GENERAL", "KINDS", "MARKS", "SHOWN", "VERIFIED_MARKS", "Announcement",
           "Area", "Catalogue", "Category", "Change", "Content", "Edition", "Entry", "Group", "Item", "Matter", "Told"]
