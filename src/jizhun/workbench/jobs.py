"""Long work that can be left and found again: each job is a folder with its papers and its progress.

Progress is kept in a file and not in the database: the worker would otherwise have to write rows while
its own transaction is open.
"""

import json
import re
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from jizhun.kernel.bilingual import Bilingual

WAITING, RUNNING, DONE, REFUSED, FAILED = "waiting", "running", "done", "refused", "failed"
TOKEN = re.compile(r"[0-9]{14}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Job:
    """A file on its way into the lake. ``share`` is 0 to 1, times in seconds; counts are set when it is done."""

    token: str
    username: str
    file: str
    mapping: str
    source: str
    region: str
    asked_at: str
    state: str = WAITING
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

    @property
    def folder(self) -> Path:
        return jobs_folder() / self.token

    @property
    def ended(self) -> bool:
        return self.state in (DONE, REFUSED, FAILED)

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
        draft = self.folder / "job.json.new"
        draft.write_text(json.dumps(asdict(self), ensure_ascii=False), encoding="utf-8")
        draft.replace(self.folder / "job.json")
        return self

    def now(self, **changes: Any) -> "Job":
        """The job with some things changed, saved."""
        return replace(self, **changes).save()


def jobs_folder() -> Path:
    return Path(settings.FILES) / "jobs"


def open_job(*, username: str, file: UploadedFile[Any], mapping: bytes, mapping_name: str, source: str,
             region: str) -> Job:
    """Keep the papers of a new job. The file's name is only shown, never used as a path."""
    token = f"{timezone.localtime():%Y%m%d%H%M%S}-{secrets.token_hex(6)}"
    (jobs_folder() / token).mkdir(parents=True, mode=0o700)
    job = Job(token, username, Path(file.name or "").name, mapping_name, source, region,
              f"{timezone.localtime():%Y-%m-%d %H:%M}")
    with input_path(job).open("wb") as kept:
        for chunk in file.chunks():
            kept.write(chunk)
    mapping_path(job).write_bytes(mapping)
    return job.save()


def input_path(job: Job) -> Path:
    """Where the file is kept: its endings tell what kind it is and how it is packed."""
    endings = "".join(one for one in Path(job.file).suffixes[-2:] if re.fullmatch(r"\.[a-z0-9]{1,8}", one.lower()))
    return job.folder / f"input{endings.lower()}"


def mapping_path(job: Job) -> Path:
    return job.folder / "mapping.yaml"


def read_job(token: str) -> Job | None:
    """The job of that token; None when there is none."""
    path = jobs_folder() / token / "job.json"
    if not TOKEN.fullmatch(token) or not path.is_file():
        return None
    kept = json.loads(path.read_text(encoding="utf-8"))
    kept["notices"] = tuple(tuple(one) for one in kept["notices"])
    return Job(**{**kept, "sentence": tuple(kept["sentence"])})


def jobs_of(username: str, limit: int = 10) -> Iterable[Job]:
    """The user's newest jobs first."""
    folder = jobs_folder()
    tokens = sorted((path.name for path in folder.iterdir()), reverse=True) if folder.is_dir() else []
    found = (job for token in tokens if (job := read_job(token)) is not None and job.username == username)
    return [job for job, _ in zip(found, range(limit), strict=False)]
