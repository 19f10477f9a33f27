"""What a place does when what stands above has changed: accept, keep, merge by hand, or put it off."""

from collections.abc import Callable
from datetime import date

from django.utils import timezone

from jizhun.guides.actions.asking import words_of
from jizhun.guides.actions.keeping import Check, record
from jizhun.guides.models import LayerVersion
from jizhun.guides.rules import Drift, Said, accepted, checked, deferred, kept, merged_by_hand
from jizhun.guides.rules.fields import Content
from jizhun.guides.rules.layers import Resolved
from jizhun.kernel.bilingual import Refused
from jizhun.people.actions import path_to
from jizhun.people.rules import Actor


def drift_of(*, sort: str, matter: str, region: str, field: str, on: date | None = None) -> tuple[Resolved, Drift,
                                                                                                  Said]:
    """A field that is out of step, with the place's own words; raises Refused where it is not (any more)."""
    day = on or timezone.localdate()
    words = words_of(sort=sort, matter=matter, path=path_to(region, day), on=day, codes=(field,)).get(field)
    if words is None or words.drift is None:
        raise Refused(zh="这一字段与上级一致，无需处理。",
                      en="This field is in step with what stands above: nothing to do.")
    return words, words.drift, next(part.said for part in words.parts if part.place == region)


def accept(*, by: Actor, sort: str, matter: str, region: str, field: str, note: str = "") -> LayerVersion:
    """What stands above counts again; a supplement stays, now on the new base."""
    return _act(by, sort, matter, region, field, note, accepted)


def keep(*, by: Actor, sort: str, matter: str, region: str, field: str, reason: str) -> LayerVersion:
    """The local words stay, with the reason."""
    return _act(by, sort, matter, region, field, reason, lambda drift, said, day: kept(drift, said, day, reason))


def merge(*, by: Actor, sort: str, matter: str, region: str, field: str, content: Content, note: str = "",
          check: Check = checked) -> LayerVersion:
    """New words, written with both sides in view."""
    def merged(drift: Drift, said: Said, day: date) -> Said:
        return merged_by_hand(drift, said, day, check(drift.field, content))
    return _act(by, sort, matter, region, field, note, merged, check)


def put_off(*, by: Actor, sort: str, matter: str, region: str, field: str, until: date,
            note: str = "") -> LayerVersion:
    """Nobody need look at it before a day."""
    return _act(by, sort, matter, region, field, note, lambda drift, said, day: deferred(drift, said, day, until))


Way = Callable[[Drift, Said, date], Said]


def _act(by: Actor, sort: str, matter: str, region: str, field: str, note: str, way: Way,
         check: Check = checked) -> LayerVersion:
    _, drift, said = drift_of(sort=sort, matter=matter, region=region, field=field)
    new = way(drift, said, timezone.localdate())
    return record(by=by, sort=sort, matter=matter, region=region, fields={field: new}, note=note, check=check)
