"""Who made a comment, as pages name them."""

from django.utils.translation import gettext as _

from jizhun.drafting.models import CommentRow
from jizhun.frame.tags import words
from jizhun.regions.rules import Tree


def who_says(row: CommentRow, held: Tree) -> tuple[str, str]:
    """Who made a comment, in words, and for which place; a body without a name of its own is named by its place."""
    if not row.region:
        return row.body or _("a member of the public"), ""
    place = held.known(row.region).name
    return (words(place), "") if row.body in ("", place.zh) else (row.body, words(place))
