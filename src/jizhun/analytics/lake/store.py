"""Where a table's files lie: in a folder of this machine (or one that is mounted), or in a bucket of object storage.

The log is Delta's and is written by Delta's library; this module moves data files in, lists and erases them, and lets
DuckDB read them where they are.
"""

import os
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow.fs
import pyarrow.parquet as pq

from jizhun.kernel.bilingual import Refused

BUCKET: Final = "s3://"
LOG: Final = "_delta_log"


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it lies there: ``relative`` to the table, ``size`` in bytes, ``modified`` in seconds."""

    relative: str
    size: int
    modified: float


@dataclass(frozen=True)
class Store:
    """One table's place. ``root`` is how ``system`` names it, ``address`` how DuckDB and Delta do.

    ``options`` is what Delta's library has to know to reach it.
    """

    system: Any
    root: str
    address: str
    options: Mapping[str, str] = field(default_factory=dict)

    def path_of(self, relative: str) -> str:
        """The path or address of one of the files."""
        return f"{self.address}/{relative}"

    def relative(self, path: str) -> str:
        """The same file, named from the table's place."""
        return path.removeprefix(f"{self.address}/")

    def find(self, relative: str) -> Kept | None:
        """The file of that name; None where there is none."""
        told = self.system.get_file_info(f"{self.root}/{relative}")
        return _kept(told, relative) if told.type == pyarrow.fs.FileType.File else None

    def listed(self, below: str = "") -> Iterator[Kept]:
        """Every file of the table, those of its log left out; only those in the folder ``below``, if one is named."""
        for kept in self._walked(below):
            if not kept.relative.startswith(f"{LOG}/"):
                yield kept

    def log_since(self, since: float) -> Iterator[str]:
        """The lines of the log that were written since then (seconds)."""
        for kept in self._walked(LOG):
            if kept.relative.endswith(".json") and kept.modified >= since:
                with self.system.open_input_stream(f"{self.root}/{kept.relative}") as content:
                    yield from content.readall().decode().splitlines()

    def _walked(self, below: str) -> Iterator[Kept]:
        root = f"{self.root}/{below}" if below else self.root
        selector = pyarrow.fs.FileSelector(root, allow_not_found=True, recursive=True)
        for told in self.system.get_file_info(selector):
            if told.type == pyarrow.fs.FileType.File:
                yield _kept(told, told.path.removeprefix(f"{self.root}/"))

    def take(self, staged: Path, relative: str) -> None:
        """Put a staged file there; it stays staged too, to be read after a conflict."""
        pyarrow.fs.copy_files(str(staged), f"{self.root}/{relative}", source_filesystem=pyarrow.fs.LocalFileSystem(),
                              destination_filesystem=self.system)

    def erase(self, relatives: Iterable[str]) -> None:
        """Remove files; those that are not there any more are no fault."""
        for relative in relatives:
            try:
                self.system.delete_file(f"{self.root}/{relative}")
            except FileNotFoundError:
                continue

    def columns(self, relative: str) -> frozenset[str]:
        """The columns that a file holds; read from its foot once in this process, because files never change."""
        return _columns(self, relative)

    def __hash__(self) -> int:
        return hash(self.address)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Store) and other.address == self.address


@lru_cache(maxsize=100_000)
def _columns(store: Store, relative: str) -> frozenset[str]:
    return frozenset(pq.read_schema(f"{store.root}/{relative}", filesystem=store.system).names)


def _kept(told: Any, relative: str) -> Kept:
    return Kept(relative, int(told.size or 0), (told.mtime_ns or 0) / 1e9)


# -- a folder --------------------------------------------------------------------------------------


class Folder(Store):
    """A folder: files are moved in by giving them a second name, which costs nothing."""

    def take(self, staged: Path, relative: str) -> None:
        """Put a staged file there, on disk before the commit says so."""
        target = Path(self.root) / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        _flush(staged)
        _link(staged, target)
        _flush(target.parent)

    def erase(self, relatives: Iterable[str]) -> None:
        """Remove files, and folders that are empty then."""
        for relative in relatives:
            path = Path(self.root) / relative
            path.unlink(missing_ok=True)
            for above in list(path.parents)[: relative.count("/")]:
                if not _removed(above):
                    break


def folder(path: Path) -> Folder:
    """The place of a table in a folder of this machine."""
    return Folder(pyarrow.fs.LocalFileSystem(), str(path), str(path))


def _removed(path: Path) -> bool:
    try:
        path.rmdir()
    except OSError:
        return False
    return True


def _flush(path: Path) -> None:
    """A power cut must not leave a commit that names an empty file, or one whose name is not there."""
    held = os.open(path, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)


def _link(path: Path, target: Path) -> None:
    """A second name for the same file; a copy where the file system knows no such thing."""
    try:
        target.hardlink_to(path)
    except OSError:
        beside = target.with_name(f".{target.name}.{time.monotonic_ns()}")
        shutil.copy2(path, beside)
        _flush(beside)
        beside.replace(target)


# -- a bucket --------------------------------------------------------------------------------------


def bucket(address: str, *, endpoint: str = "", region: str = "") -> Store:
    """The place of a table in object storage that speaks S3; keys come from the usual AWS_* variables.

    Raises Refused for another kind of address, or without the package that lets DuckDB read from there.
    """
    if not address.startswith(BUCKET) or not address.removeprefix(BUCKET).strip("/"):
        raise Refused(zh=f"JIZHUN_LAKE 应为文件夹，或 s3://桶/前缀，现为“{address}”。",
                      en=f"JIZHUN_LAKE must be a folder, or s3://bucket/prefix, not “{address}”.")
    _reader(endpoint, region)
    root = address.removeprefix(BUCKET).rstrip("/")
    options = {"region": region or "us-east-1", "conditional_put": "etag"}
    if endpoint:
        options |= {"endpoint_url": endpoint, "allow_http": str(endpoint.startswith("http://")).lower()}
    return Store(_s3(endpoint, region), root, BUCKET + root, options)


@lru_cache(maxsize=4)
def _s3(endpoint: str, region: str) -> Any:
    scheme, _, host = endpoint.rpartition("://")
    told = {"endpoint_override": host, "scheme": scheme or "https"} if endpoint else {}
    return pyarrow.fs.S3FileSystem(region=region or "us-east-1", **told)


_READERS: Final[list[Any]] = []
"""What lets DuckDB read from object storage, once any has been opened in this process."""


@lru_cache(maxsize=4)
def _reader(endpoint: str, region: str) -> None:
    try:
        from fsspec.implementations.arrow import ArrowFSWrapper
    except ImportError:
        raise Refused(zh="读写对象存储需要 fsspec：请安装 jizhun[bucket]。",
                      en="Object storage needs fsspec: install jizhun[bucket].") from None
    wrapper: Any = type("Bucket", (ArrowFSWrapper,), {"protocol": ("s3",)})  # DuckDB asks by the address's beginning
    _READERS[:] = [wrapper(_s3(endpoint, region), skip_instance_cache=True)]


def connect() -> duckdb.DuckDBPyConnection:
    """A database in memory that can read wherever this process keeps its lake."""
    con = duckdb.connect()
    for one in _READERS:
        con.register_filesystem(one)
    return con


def parquet(path: str) -> pq.ParquetFile:
    """A file of the lake, opened wherever it lies."""
    if path.startswith(BUCKET):
        return pq.ParquetFile(path.removeprefix(BUCKET), filesystem=_READERS[0].fs)
    return pq.ParquetFile(path)


def unreachable(error: Exception) -> Refused:
    """The refusal where the storage does not answer, or not as it should; in its own words."""
    reason = " ".join(str(error).split())[:300]
    return Refused(zh=f"办件存储无法访问：{reason}", en=f"The storage of cases cannot be reached: {reason}")


__all__ = ["Folder", "Kept", "Store", "bucket", "connect", "folder", "parquet", "unreachable"]
