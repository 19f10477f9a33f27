"""The life of long work, of whatever kind: asked for, run by the worker, watched, stopped, forgotten, told of.

A room says what is its own in a ``Kind`` and hands over the row and the work; everything else happens here, once.
Whoever works on a row holds a lock that falls with the process: so a row whose worker died is known by its free lock.
"""

import fcntl
import logging
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.actions import tell, write_line
from jizhun.people.mail import send_or_leave
from jizhun.people.models import LongWork, User

log = logging.getLogger(__name__)
TOKEN: Final = re.compile(r"[0-9]{14}-[0-9a-f]{12}")
STALE: Final = timedelta(days=1)
"""So long may something wait: for a worker, or for whoever asked to go on with it."""
TOLD_SECONDS: Final = 0.3
"""How often running work writes down how far it is."""

Row = TypeVar("Row", bound=LongWork)
Step = Callable[[float], None]
"""Told the share that is done (0 to 1); raises Stopped where nobody wants it any more."""


def unwatched(_share: float) -> None:
    """For work that nobody watches: the command line, tests, examples."""


def part(step: Step, number: int, of: int) -> Callable[[int, int], None]:
    """What an engine tells (cases done, in all) during the ``number``-th of so many parts, as a share of the whole."""
    return lambda done, rows: step((number + done / max(rows, 1)) / of)


class Stopped(Refused):
    """Whoever asked has stopped it."""

    def __init__(self) -> None:
        super().__init__(zh="已取消。", en="Cancelled.")


@dataclass(frozen=True, slots=True)
class Kind(Generic[Row]):
    """What a room says of its long work.

    ``act``: how its lines in the trail are called (``entitlements.{}_what_if``); ``folder``: where its files lie, below
    the files; ``page``: the page of one; ``missing``, ``moving``: why one is not there, or cannot be forgotten yet.
    ``told``: what whoever asked is told, by the state in which it ended; ``name``: what it is called there; ``asked``:
    what the trail says was asked. ``idle``: states in which it waits for whoever asked; ``keeps``: whether the folder
    is its result.
    """

    model: type[Row]
    act: str
    folder: str
    page: str
    missing: Bilingual
    moving: Bilingual
    told: Mapping[str, Bilingual]
    name: Callable[[Row], Bilingual]
    asked: Callable[[Row], Mapping[str, Any]]
    idle: tuple[str, ...] = field(default=())
    keeps: bool = False

    def folder_of(self, row: Row) -> Path:
        """Where the files of one lie; only the product's user can read there."""
        return Path(settings.FILES) / self.folder / row.token

    def rows(self) -> Any:
        """All of them, as a query."""
        return self.model._default_manager.all()

    def clear(self, row: Row) -> None:
        """Remove the files of one."""
        shutil.rmtree(self.folder_of(row), ignore_errors=True)


# -- asking ----------------------------------------------------------------------------------------


def new(kind: Kind[Row], *, by: User, state: str = LongWork.WAITING, **fields: Any) -> Row:
    """A row that is not kept yet, with a token of its own."""
    token = f"{timezone.localtime():%Y%m%d%H%M%S}-{secrets.token_hex(6)}"
    return kind.model(token=token, by=by.username, state=state, **fields)


def ask(kind: Kind[Row], row: Row, *, by: User, prepare: Callable[[Row], None] | None = None) -> Row:
    """Keep a row that was checked; ``prepare`` may lay its files ready. Where anything fails nothing is kept."""
    bury(kind)
    try:
        if prepare is not None:
            prepare(row)
        with transaction.atomic():
            row.save()
            write_line(by=by, act=kind.act.format("ask"), subject=str(row), after=kind.asked(row))
    except Exception:
        kind.clear(row)
        raise
    return row


# -- running ---------------------------------------------------------------------------------------


def run(kind: Kind[Row], *, token: str, work: Callable[[Row, Step], None]) -> None:
    """Do the work of one that waits; whatever happens ends up in its row, and whoever asked is told."""
    with at_work(token) as mine:
        waiting = kind.rows().filter(token=token, state=LongWork.WAITING)
        if mine and waiting.update(state=LongWork.RUNNING):
            _run(kind, kind.rows().get(token=token), work)


def _run(kind: Kind[Row], row: Row, work: Callable[[Row, Step], None]) -> None:
    begun = time.monotonic()
    end: dict[str, Any] = {"state": LongWork.FAILED}
    try:
        work(row, _Teller(kind, row))
        end = {"state": LongWork.DONE, "share": 1.0}
    except Stopped:
        end = {"state": LongWork.CANCELLED}
    except Refused as refused:
        end = {"state": LongWork.REFUSED, "sentence_zh": refused.sentence.zh, "sentence_en": refused.sentence.en}
    except Exception:
        log.exception("%s failed", row)
        raise
    finally:
        _end(kind, row, seconds=time.monotonic() - begun, **end)


def _end(kind: Kind[Row], row: Row, **changes: Any) -> None:
    """Its last state; files that are no result go first, so that nothing is left where the process dies here."""
    if not kind.keeps or changes["state"] != LongWork.DONE:
        kind.clear(row)
    settle(row, **changes)
    _tell(kind, row)


class _Teller:
    """Writes how far it is, not more often than anybody looks; and stops the work when that is asked."""

    def __init__(self, kind: Kind[Any], row: LongWork) -> None:
        self.rows, self.last = kind.rows().filter(pk=row.pk), 0.0

    def __call__(self, share: float) -> None:
        if time.monotonic() - self.last < TOLD_SECONDS:
            return
        self.last = time.monotonic()
        if not self.rows.filter(to_stop=False).update(share=share):
            raise Stopped


def settle(row: LongWork, **changes: Any) -> None:
    """Change the row in hand and at rest, and nothing that somebody else may have changed meanwhile."""
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=list(changes))


def _tell(kind: Kind[Row], row: Row) -> None:
    """A notice to whoever asked, by mail too where that is set up; nothing to whoever cancelled."""
    if row.state not in kind.told:
        return
    words, called = kind.told[row.state], kind.name(row)
    why = row.told if row.state == LongWork.REFUSED else Bilingual("", "")
    what = Bilingual(f"{called.zh}（{why.zh}）" if why.zh else called.zh, f"{called.en} ({why.en})" if why.en else
                     called.en)
    notice = tell(text=Bilingual(words.zh.format(what=what.zh), words.en.format(what=what.en)), about=str(row),
                  href=kind.page.format(token=row.token), username=row.by)
    if notice is not None:
        send_or_leave(notice)


# -- stopping and forgetting -----------------------------------------------------------------------


def cancel(kind: Kind[Row], *, by: User, token: str) -> Row:
    """Stop what one asked for: at once where nothing runs yet, else as soon as the worker looks."""
    with transaction.atomic():
        found = locked(kind, by=by, token=token)
        if found.state in (LongWork.WAITING, *kind.idle):
            found.state = LongWork.CANCELLED
            kind.clear(found)
        elif not found.moving or found.to_stop:
            return found
        found.to_stop = True
        found.save(update_fields=["state", "to_stop"])
        write_line(by=by, act=kind.act.format("cancel"), subject=str(found))
    return found


def stop_all(rows: Any) -> None:
    """Stop those of ``rows`` that are on their way, whoever asked: what they are about is gone."""
    rows.filter(state=LongWork.WAITING).update(state=LongWork.CANCELLED, to_stop=True)
    rows.filter(state=LongWork.RUNNING).update(to_stop=True)


def forget(kind: Kind[Row], *, by: User, token: str) -> None:
    """Remove what one asked for with its result; raises Refused while it is still on its way."""
    with transaction.atomic():
        found = locked(kind, by=by, token=token)
        if found.moving:
            raise Refused(zh=kind.moving.zh, en=kind.moving.en)
        kind.clear(found)
        write_line(by=by, act=kind.act.format("forget"), subject=str(found),
                   before=kind.asked(found))
        found.delete()


def own(kind: Kind[Row], *, by: User, token: str) -> Row | None:
    """What this user asked for under this token; None where there is none."""
    found = looked_at(kind, token)
    return found if found is not None and found.by == by.username else None


def looked_at(kind: Kind[Row], token: str) -> Row | None:
    """The one with this token, whoever asked for it, as it really stands: failed where its worker died."""
    found: Row | None = kind.rows().filter(token=token).first() if TOKEN.fullmatch(token) else None
    if found is not None and _is_dead(found):
        _bury(kind, found)
        found.refresh_from_db()
    return found


def locked(kind: Kind[Row], *, by: User, token: str) -> Row:
    """One's own, for a change inside the caller's transaction; raises Refused where there is none."""
    found: Row | None = kind.rows().select_for_update().filter(token=token, by=by.username).first()
    if found is None:
        raise Refused(zh=kind.missing.zh, en=kind.missing.en)
    return found


# -- what died -------------------------------------------------------------------------------------


def bury(kind: Kind[Row]) -> None:
    """Say of what a worker that died left lying that it failed, and let go what nobody came back to."""
    for row in kind.rows().filter(state__in=(LongWork.WAITING, LongWork.RUNNING, *kind.idle)):
        if row.state == LongWork.RUNNING:
            if _is_dead(row):
                _bury(kind, row)
        elif row.asked_at < timezone.now() - STALE:
            _bury(kind, row, LongWork.CANCELLED if row.state in kind.idle else LongWork.FAILED)


def _is_dead(row: LongWork) -> bool:
    """Whether it is said to run while nobody works on it."""
    if row.state != LongWork.RUNNING:
        return False
    with at_work(row.token) as free:
        return free


def _bury(kind: Kind[Row], row: Row, state: str = LongWork.FAILED) -> None:
    if kind.rows().filter(pk=row.pk, state=row.state).update(state=state):
        _end(kind, row, state=state)


@contextmanager
def at_work(token: str) -> Iterator[bool]:
    """Whether nobody else works on it; held for as long as this process does. The mark goes with whoever held it."""
    folder = Path(settings.FILES) / "at-work"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / token
    with path.open("w") as mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        try:
            yield True
        finally:
            path.unlink(missing_ok=True)


__all__ = ["STALE", "TOKEN", "Kind", "Step", "Stopped", "ask", "at_work", "bury", "cancel", "forget", "locked",
           "looked_at", "new", "own", "part", "run", "settle", "stop_all", "unwatched"]
