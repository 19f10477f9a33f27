"""The same key twice: in one piece of a file, or in a piece before it. The first row stays, the others are faults.

Nearly all keys are new, so the many are let through by cheap looks (a sorted array, a table of slots) and only
the few that may have been met are compared by key.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jizhun.analytics.lake import LakeFile, listed
from jizhun.delivery.ingest import loops

SLOTS: Final = 2**26
"""Slots that say whether any fingerprint fell into them: 64 MiB, touched only by files of several pieces."""

Fingerprints = NDArray[np.uint64]
Rows = NDArray[np.int64]
Staged = Callable[[], Sequence[LakeFile]]
"""The files of the pieces before; whoever asks waits until they are written."""
WithRows = Callable[[str], str]
"""A relation with rid -> the same with ``row``, the row number as a spreadsheet shows it."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Rows by the fingerprints of their keys, row numbers and places in the piece (rid)."""

    prints: Fingerprints
    rows: Rows
    rids: Rows

    @classmethod
    def of(cls, table: pa.Table) -> "Keys":
        """Of a table with case_key, row and rid."""
        rows, rids = (np.asarray(table.column(name).to_numpy(), np.int64) for name in ("row", "rid"))
        return cls(fingerprints(table.column("case_key")), rows, rids)

    def and_(self, other: "Keys") -> "Keys":
        """These and others."""
        return Keys(np.concatenate([self.prints, other.prints]), np.concatenate([self.rows, other.rows]),
                    np.concatenate([self.rids, other.rids]))

    def which(self, chosen: NDArray[np.bool_]) -> "Keys":
        """Some of them."""
        return Keys(self.prints[chosen], self.rows[chosen], self.rids[chosen])


def fingerprints(texts: pa.ChunkedArray) -> Fingerprints:
    """A number for each text; read as they stand in memory, because to hand them over costs more than to read them."""
    found = np.empty(len(texts), np.uint64)
    done = 0
    for chunk in texts.cast(pa.string()).chunks:
        _, bounds, text = chunk.buffers()
        if len(chunk):
            places = np.frombuffer(bounds, np.int32)[chunk.offset : chunk.offset + len(chunk) + 1]
            loops.fingerprints(np.frombuffer(text or b"\0", np.uint8), places, found[done : done + len(chunk)])
        done += len(chunk)
    return found


class Twins:
    """Makes the table ``twins`` (rid, first_row) from ``kept``, piece after piece; ``found`` counts this piece's."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        self.found = 0
        self._slots: NDArray[np.bool_] | None = None
        self._seen: list[pa.RecordBatch] = []

    def find(self, with_rows: WithRows, staged: Staged, *, last: bool, plain: pa.Table = None,
             first_row: int = 0) -> None:
        """Look through the good rows of ``kept``: those of ``plain`` (of which rid 0 has that row) and others."""
        self.con.execute("CREATE OR REPLACE TABLE twins (rid BIGINT, first_row BIGINT)")
        keys = self._keys(with_rows, "kept WHERE NOT bad" if plain is None else "doubted WHERE NOT bad")
        if plain is not None:
            rids = plain.column("rid").to_numpy()
            keys = Keys(fingerprints(plain.column("case_key")), rids + first_row, rids).and_(keys)
        self._inside(keys, with_rows)
        if self._slots is not None or not last:
            self._before(keys, staged, last=last)
        self._tell_of_bad(with_rows, staged, "kept" if plain is None else "doubted")
        self.found = self.con.execute("SELECT count(*) FROM twins").fetchall()[0][0]

    def _keys(self, with_rows: WithRows, which: str) -> Keys:
        wanted = with_rows(f"(SELECT rid, case_key FROM {which})")
        return Keys.of(self.con.sql(f"SELECT case_key, row, rid FROM {wanted}").to_arrow_table())

    def _tell_of_bad(self, with_rows: WithRows, staged: Staged, among: str) -> None:
        """Add bad rows whose key a row before them has: that is one more reason, though they count as bad already."""
        bad = self._keys(with_rows, f"{among} WHERE bad AND case_key IS NOT NULL")
        if not len(bad.prints):
            return
        self._suspect(bad)
        doubtful = "(SELECT rid, case_key FROM kept SEMI JOIN suspects USING (rid))"
        first = f"(SELECT case_key, min(rid) AS first FROM kept SEMI JOIN {doubtful} USING (case_key) GROUP BY 1)"
        met = f"(SELECT first AS rid, rid AS twin FROM {doubtful} JOIN {first} USING (case_key) WHERE first < rid)"
        self.con.execute(f"INSERT INTO twins SELECT twin, row FROM {with_rows(met)}")
        self._compare(staged)

    def _suspect(self, keys: Keys) -> None:
        """The table ``suspects`` (rid, fingerprint) of rows to be looked at closely."""
        self.con.register("arriving", pa.table({"rid": keys.rids, "fingerprint": keys.prints}))
        self.con.execute("CREATE OR REPLACE TEMP TABLE suspects AS SELECT * FROM arriving")
        self.con.unregister("arriving")

    def _inside(self, keys: Keys, with_rows: WithRows) -> None:
        """Rows whose key a row before them in this piece has."""
        size = len(keys.prints)
        met, table = np.empty(size, np.bool_), np.zeros(1 << (2 * size + 1).bit_length(), np.uint64)
        loops.met_exactly(keys.prints, table, met)
        if not met.any():
            return
        self._suspect(keys.which(np.isin(keys.prints, keys.prints[met])))
        first = "SELECT rid, min(rid) OVER (PARTITION BY case_key) AS first FROM kept SEMI JOIN suspects USING (rid)"
        firsts = with_rows(f"(SELECT first AS rid, rid AS twin FROM ({first}) WHERE rid > first)")
        self.con.execute(f"INSERT INTO twins SELECT twin, row FROM {firsts}")

    def _before(self, keys: Keys, staged: Staged, *, last: bool) -> None:
        """Rows whose key a piece before has; then this piece's keys are remembered for the next."""
        if self._slots is None:
            self._slots = np.zeros(SLOTS, np.bool_)
        met = np.empty(len(keys.prints), np.bool_)
        loops.met_before(keys.prints, self._slots, met)
        if met.any():
            self._suspect(keys.which(met))
            self._compare(staged)
        if not last:
            self._seen.append(pa.record_batch({"fingerprint": keys.prints, "row": keys.rows}))

    def _compare(self, staged: Staged) -> None:
        """Fingerprints of ``suspects`` first, then the keys themselves from the staged files."""
        if not self._seen:
            return
        self.con.register("seen", pa.Table.from_batches(self._seen))
        self.con.execute("CREATE OR REPLACE TEMP TABLE met AS SELECT rid, seen.row AS first_row FROM seen "
                         "JOIN suspects USING (fingerprint)")
        self.con.unregister("seen")
        if not self.con.execute("SELECT count(*) FROM met").fetchall()[0][0] or not (files := staged()):
            return
        self.con.execute(
            "CREATE OR REPLACE TEMP TABLE earlier AS SELECT rid, min(first_row) AS first_row FROM met "
            "JOIN (SELECT rid, case_key FROM kept) USING (rid) "
            f"SEMI JOIN read_parquet({listed(files)}) USING (case_key) GROUP BY rid"
        )
        self.con.execute("DELETE FROM twins WHERE rid IN (SELECT rid FROM earlier)")
        self.con.execute("INSERT INTO twins SELECT * FROM earlier")
