"""Long work that can be left and found again: each job is a folder with its papers and its progress.

Progress is kept in a file and not in the database: the worker would otherwise have to write rows while
its own transaction is open.
"""

import fcntl
import json
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from jizhun.delivery.ingest.sample import Sample
from jizhun.delivery.models import Batch
from jizhun.kernel.bilingual import Bilingual

LOOKED_AT, WAITING, RUNNING = "looked_at", "waiting", "running"
DONE, REFUSED, FAILED, CANCELLED = "done", "refused", "failed", "cancelled"
STATES = {
    LOOKED_AT: Bilingual("待确认", "to be confirmed"), WAITING: Bilingual("排队中", "waiting"),
    RUNNING: Bilingual("处理中", "running"), DONE: Bilingual("已完成", "done"),
    REFUSED: Bilingual("被退回", "refused"), FAILED: Bilingual("出错", "failed"),
    CANCELLED: Bilingual("已取消", "cancelled"),
}
TOKEN = re.compile(r"[0-9]{14}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class OneFile:
    """One of the files of a job that has several: its state is one of a job's, counts are set when it is done."""

    name: str
    state: str = WAITING
    share: float = 0.0
    good: int = 0
    bad: int = 0
    repeated: bool = False
    rejects: str = ""
    zh: str = ""
    en: str = ""

    @property
    def ended(self) -> bool:
        """Whether it is settled what became of it: going on leaves it alone."""
        return self.state in (DONE, REFUSED)


@dataclass(frozen=True, slots=True)
class Job:
    """A file on its way into the lake, or several. ``share`` is 0 to 1, times in seconds; counts are set at the end."""

    token: str
    username: str
    file: str
    mapping: str
    source: str
    region: str
    asked_at: str
    kind: str = Batch.CASES
    state: str = LOOKED_AT
    rows: int = 0
    share: float = 0.0
    rows_per_second: float = 0.0
    seconds_left: float | None = None
    read: int = 0
    good: int = 0
    bad: int = 0
    replaced: int = 0
    seconds: float = 0.0
    batch: int | None = None
    repeated: bool = False
    rejects: str = ""
    sentence: tuple[str, str] = ("", "")
    notices: tuple[tuple[str, str], ...] = field(default_factory=tuple)
    files: tuple[OneFile, ...] = ()
    """Where there are several, each of them."""

    @property
    def may_go_on(self) -> bool:
        """Several of which some are not settled: cancelled half way, the others can still be taken."""
        return self.state == CANCELLED and any(path.is_file() for path in paths_of(self)) and not all(
            one.ended for one in self.files)

    @property
    def folder(self) -> Path:
        return jobs_folder() / self.token

    @property
    def moving(self) -> bool:
        """Whether it will go on without anybody's doing."""
        return self.state in (WAITING, RUNNING) and not self.left

    @property
    def left(self) -> bool:
        """Whether the worker died over it: it can begin anew."""
        if self.state != RUNNING:
            return False
        try:
            with (self.folder / AT_WORK).open("r+") as mark:
                fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except FileNotFoundError:
            return True
        except BlockingIOError:
            return False
        return True

    @property
    def state_words(self) -> Bilingual:
        return STATES[self.state]

    @property
    def percent(self) -> int:
        return int(self.share * 100)

    @property
    def told(self) -> Bilingual:
        """Why it was refused."""
        return Bilingual(*self.sentence)

    @property
    def noticed(self) -> list[Bilingual]:
        """What somebody should know although nothing was refused."""
        return [Bilingual(*one) for one in self.notices]

    def save(self) -> "Job":
        """Write the state so that a reader always finds a whole file; gives itself back."""
        draft = self.folder / f"job.json.{secrets.token_hex(4)}"
        draft.write_text(json.dumps(asdict(self), ensure_ascii=False), encoding="utf-8")
        draft.replace(self.folder / "job.json")
        return self

    def now(self, **changes: Any) -> "Job":
        """The job with some things changed, saved; a new state is noted in its log."""
        if changes.get("state", self.state) != self.state:
            self.note(STATES[changes["state"]])
            (self.folder / SAMPLE).unlink(missing_ok=True)  # rows in clear: only for whoever still has to decide
        return replace(self, **changes).save()

    def note(self, said: Bilingual) -> None:
        """Add a line to the log, with the time."""
        line = json.dumps([f"{timezone.localtime():%Y-%m-%d %H:%M:%S}", said.zh, said.en], ensure_ascii=False)
        with (self.folder / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(line + "\n")

    @property
    def log(self) -> list[tuple[str, Bilingual]]:
        """Time and what happened, the oldest first."""
        path = self.folder / "log.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        return [(at, Bilingual(zh, en)) for at, zh, en in map(json.loads, lines)]

    # A mark of its own: the worker writes the job at the same time, and neither may undo what the other said.

    def ask_to_stop(self) -> None:
        """Leave word for the worker that nobody wants this any more."""
        (self.folder / "stop").touch()

    def no_longer_to_be_stopped(self) -> None:
        """Somebody wants it after all."""
        (self.folder / "stop").unlink(missing_ok=True)

    @property
    def to_be_stopped(self) -> bool:
        return (self.folder / "stop").exists()


def jobs_folder() -> Path:
    return Path(settings.FILES) / "jobs"


def open_job(*, username: str, files: Sequence[UploadedFile[Any]], mapping: bytes, mapping_name: str, source: str,
             region: str, kind: str = Batch.CASES) -> Job:
    """Keep the papers of a new job. A file's name is only shown, never used as a path."""
    token = f"{timezone.localtime():%Y%m%d%H%M%S}-{secrets.token_hex(6)}"
    (jobs_folder() / token).mkdir(parents=True, mode=0o700)
    names = [Path(file.name or "").name for file in files]
    several = len(names) > 1
    job = Job(token, username, f"{names[0]} + {len(names) - 1}" if several else names[0], mapping_name, source, region,
              f"{timezone.localtime():%Y-%m-%d %H:%M}", kind, files=tuple(map(OneFile, names)) if several else ())
    for path, file in zip(paths_of(job), files, strict=True):
        path.parent.mkdir(parents=True)
        with path.open("wb") as kept:
            for chunk in file.chunks():
                kept.write(chunk)
    mapping_path(job).write_bytes(mapping)
    job.note(Bilingual(f"收到文件 {job.file}", f"received the file {job.file}"))
    return job.save()


def discard(job: Job) -> None:
    """Take a job's papers away again, as if they had never been handed in."""
    shutil.rmtree(job.folder, ignore_errors=True)


INPUT, LONGEST_NAME = "input", 100


def input_path(job: Job) -> Path:
    """Where the (first) file is kept: under a harmless form of its name, which tells its kind and how it is packed."""
    return paths_of(job)[0]


def paths_of(job: Job) -> list[Path]:
    """Where each of the files is kept; of several, each in a folder of its own, as two may have one name."""
    if not job.files:
        return [job.folder / INPUT / _harmless(job.file)]
    return [job.folder / INPUT / f"{number:03}" / _harmless(one.name) for number, one in enumerate(job.files)]


def _harmless(name: str) -> str:
    return re.sub(r"[^\w.-]", "_", name)[-LONGEST_NAME:].lstrip("._") or "file"


def forget_input(job: Job, *, ended: bool = False) -> None:
    """Remove the files that were handed in; of several perhaps only those of which it is settled what became."""
    files = job.files or (None,)
    for path, one in zip(paths_of(job), files, strict=True):
        if not ended or one is None or one.ended:
            path.unlink(missing_ok=True)


def mapping_path(job: Job) -> Path:
    return job.folder / "mapping.yaml"


def read_job(token: str) -> Job | None:
    """The job of that token; None when there is none."""
    path = jobs_folder() / token / "job.json"
    if not TOKEN.fullmatch(token) or not path.is_file():
        return None
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        kept["notices"] = tuple(tuple(one) for one in kept["notices"])
        kept["files"] = tuple(OneFile(**one) for one in kept.get("files", ()))
        return Job(**{**kept, "sentence": tuple(kept["sentence"])})
    except (ValueError, TypeError, KeyError):  # a damaged job harms no other
        return None


@contextmanager
def held(job: Job) -> Iterator[Job | None]:
    """The job as it stands, for one act at a time: two clicks at once come one after the other."""
    with (job.folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield read_job(job.token)


AT_WORK = "at_work"


@contextmanager
def worked_on(job: Job) -> Iterator[None]:
    """As long as somebody works on the job; the lock falls with the process that holds it."""
    with (job.folder / AT_WORK).open("w") as mark:
        fcntl.flock(mark, fcntl.LOCK_EX)
        yield


def jobs_of(username: str, limit: int = 10) -> Iterable[Job]:
    """The user's newest jobs first."""
    folder = jobs_folder()
    tokens = sorted((path.name for path in folder.iterdir()), reverse=True) if folder.is_dir() else []
    found = (job for token in tokens if (job := read_job(token)) is not None and job.username == username)
    return [job for job, _ in zip(found, range(limit), strict=False)]


def keep_sample(job: Job, found: Sample) -> None:
    """Keep the first rows beside the job's papers, as they were when they were looked at."""
    rows = [[one.row, {name: [value.meaning.zh, value.meaning.en, value.text] for name, value in one.values.items()},
             one.reasons.zh, one.reasons.en] for one in found.rows]
    fields = [[one.name, one.label.zh, one.label.en, one.kind] for one in found.fields]
    kept = {"fields": fields, "rows": rows, "read": found.read, "bad": found.bad}
    (job.folder / SAMPLE).write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")


SAMPLE = "sample.json"


def read_sample(job: Job) -> dict[str, Any] | None:
    """What was kept, or None.

    ``fields`` ([name, zh, en, kind]), ``rows`` ([number, {field: [zh, en, text]}, reasons zh, en]), ``read``, ``bad``.
    """
    path = job.folder / SAMPLE
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
