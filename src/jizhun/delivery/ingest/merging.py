"""New rows replace earlier ones of the same source by key, wherever those stand."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import duckdb

from jizhun.analytics.cases import CASES, Table
from jizhun.analytics.lake import STORED, Change, LakeFile, listed, relation
from jizhun.delivery.ingest.loading import Tally
from jizhun.delivery.ingest.opening import quoted
from jizhun.kernel.bilingual import Bilingual

if TYPE_CHECKING:
    from jizhun.delivery.ingest import Delivery


class Merge:
    """Prepares the one commit of a batch; asked again when somebody else committed in between."""

    def __init__(self, con: duckdb.DuckDBPyConnection, folder: Path, delivery: "Delivery", tally: Tally,
                 notices: Sequence[Bilingual], table: Table = CASES) -> None:
        self.con = con
        self.folder = folder
        self.delivery = delivery
        self.tally = tally
        self.notices = notices
        self.table = table
        self.replaced = 0

    def change(self, present: Sequence[LakeFile]) -> Change:
        """The new files, and in place of every present file that holds one of their keys the rest of it."""
        if not self.tally.staged:
            return Change()
        old = [file for file in present if file.source == self.delivery.source]
        touched = self._touched(old) if old else []
        rest = [self._rest(file) for file in touched]
        self.replaced = sum(file.rows for file in touched) - sum(file.rows for file in rest)
        added = [*self.tally.staged, *(file for file in rest if file.rows)]
        return Change(added, touched, {**self.delivery.note, **self._note()})

    def _note(self) -> dict[str, str]:
        """What a batch that was cut off right after the commit needs to learn what it had done."""
        return {
            "batch": str(self.delivery.batch),
            "read": str(self.tally.read),
            "good": str(self.tally.good),
            "bad": str(self.tally.bad),
            "replaced": str(self.replaced),
            "said_zh": "\n".join(one.zh for one in self.notices),
            "said_en": "\n".join(one.en for one in self.notices),
        }

    def _touched(self, old: Sequence[LakeFile]) -> list[LakeFile]:
        met = self.con.execute(
            f"SELECT DISTINCT filename FROM read_parquet({listed(old)}, filename = true) "
            f"SEMI JOIN (SELECT {self.table.key} FROM read_parquet({listed(self.tally.staged)})) "
            f"USING ({self.table.key})"
        ).fetchall()
        names = {name for (name,) in met}
        return [file for file in old if file.path in names]

    def _rest(self, file: LakeFile) -> LakeFile:
        """The rows of a file that the new ones leave alone."""
        path = self.folder / f"b{self.delivery.batch}-{file.month}-{uuid4().hex[:12]}-rest.parquet"
        columns = ", ".join(column.name for column in self.table.columns)
        rows = self.con.execute(
            f"COPY (SELECT {columns} FROM {relation([file], self.table)} "
            f"ANTI JOIN (SELECT {self.table.key} FROM read_parquet({listed(self.tally.staged)})) "
            f"USING ({self.table.key}) "
            f"ORDER BY {', '.join(self.table.sorted_by)}) TO {quoted(str(path))} ({STORED})"
        ).fetchall()[0][0]
        return LakeFile(str(path), file.source, file.month, rows)
