"""The same key twice: in one piece of a file, or in a piece before it. The first row stays, the others are faults.

Nearly all keys are new, so the many are let through by cheap looks (a sorted array, a table of slots) and only
the few that may have been met are compared by key.
"""

from collections.abc import Callable, Mapping, Sequence
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


class Twins:
    """Makes the table ``twins`` (rid, first_row) from ``kept``, piece after piece; ``found`` counts this piece's."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        self.found = 0
        self._slots: NDArray[np.bool_] | None = None
        con.execute("CREATE OR REPLACE TEMP TABLE seen (fingerprint UBIGINT, row BIGINT)")

    def find(self, with_rows: WithRows, staged: Staged, *, last: bool) -> None:
        """Look through the good rows of ``kept``."""
        self.con.execute("CREATE OR REPLACE TABLE twins (rid BIGINT, first_row BIGINT)")
        prints, rows = self._fingerprints(with_rows)
        self._inside(prints, with_rows)
        if self._slots is not None or not last:
            self._before(prints, rows, staged, last=last)
        self.found = self.con.execute("SELECT count(*) FROM twins").fetchall()[0][0]
        self._tell_of_bad(with_rows, staged)

    def _tell_of_bad(self, with_rows: WithRows, staged: Staged) -> None:
        """Add bad rows whose key a row before them has: that is one more reason, though they count as bad already."""
        self.con.execute("CREATE OR REPLACE TEMP TABLE doubtful AS SELECT rid, case_key FROM kept "
                         "WHERE bad AND case_key IS NOT NULL")
        if not self.con.execute("SELECT count(*) FROM doubtful").fetchall()[0][0]:
            return
        first = "(SELECT case_key, min(rid) AS first FROM kept SEMI JOIN doubtful USING (case_key) GROUP BY case_key)"
        met = f"(SELECT first AS rid, rid AS twin FROM doubtful JOIN {first} USING (case_key) WHERE first < rid)"
        self.con.execute(f"INSERT INTO twins SELECT twin, row FROM {with_rows(met)}")
        self._compare(staged, "doubtful")

    def _fingerprints(self, with_rows: WithRows) -> tuple[Fingerprints, Rows]:
        """The good rows' fingerprints and row numbers."""
        good = with_rows("(SELECT rid, hash(case_key) AS fingerprint FROM kept WHERE NOT bad)")
        found = self.con.execute(f"SELECT fingerprint, row FROM {good}").fetchnumpy()
        return np.asarray(found["fingerprint"], np.uint64), np.asarray(found["row"], np.int64)

    def _suspects(self, prints: Fingerprints) -> int:
        """The table ``suspects`` of these fingerprints, each once; gives their number."""
        if len(prints):
            self._table("CREATE OR REPLACE TEMP TABLE suspects AS", {"fingerprint": np.unique(prints)})
        return len(prints)

    def _table(self, statement: str, columns: Mapping[str, Fingerprints | Rows]) -> None:
        """A statement that takes these columns in."""
        self.con.register("arriving", pa.table(dict(columns)))
        self.con.execute(f"{statement} SELECT * FROM arriving")
        self.con.unregister("arriving")

    def _inside(self, prints: Fingerprints, with_rows: WithRows) -> None:
        """Rows whose key a row before them in this piece has."""
        met, table = np.empty(len(prints), np.bool_), np.zeros(1 << (2 * len(prints) + 1).bit_length(), np.uint64)
        loops.met_exactly(prints, table, met)
        if not self._suspects(prints[met]):
            return
        first = (
            "SELECT rid, min(rid) OVER (PARTITION BY case_key) AS first FROM kept "
            "WHERE NOT bad AND hash(case_key) IN (SELECT fingerprint FROM suspects)"
        )
        firsts = with_rows(f"(SELECT first AS rid, rid AS twin FROM ({first}) WHERE rid > first)")
        self.con.execute(f"INSERT INTO twins SELECT twin, row FROM {firsts}")

    def _before(self, prints: Fingerprints, rows: Rows, staged: Staged, *, last: bool) -> None:
        """Rows whose key a piece before has; then this piece's keys are remembered for the next."""
        if self._slots is None:
            self._slots = np.zeros(SLOTS, np.bool_)
        met = np.empty(len(prints), np.bool_)
        loops.met_before(prints, self._slots, met)
        if self._suspects(prints[met]):
            suspects = "hash(case_key) IN (SELECT fingerprint FROM suspects)"
            self._compare(staged, f"(SELECT rid, case_key FROM kept WHERE NOT bad AND {suspects})")
        if not last:
            self._table("INSERT INTO seen", {"fingerprint": prints, "row": rows})

    def _compare(self, staged: Staged, rows: str) -> None:
        """Fingerprints of ``rows`` (rid, case_key) first, then the keys themselves from the staged files."""
        met = f"SELECT rid, case_key, seen.row AS first_row FROM {rows} JOIN seen ON fingerprint = hash(case_key)"
        if not self.con.execute(f"SELECT count(*) FROM ({met})").fetchall()[0][0] or not (files := staged()):
            return
        self.con.execute(
            f"CREATE OR REPLACE TEMP TABLE earlier AS SELECT rid, min(first_row) AS first_row FROM ({met}) "
            f"SEMI JOIN read_parquet({listed(files)}) USING (case_key) GROUP BY rid"
        )
        self.con.execute("DELETE FROM twins WHERE rid IN (SELECT rid FROM earlier)")
        self.con.execute("INSERT INTO twins SELECT * FROM earlier")
