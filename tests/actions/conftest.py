"""What several tests of acts use."""

from pathlib import Path

import pytest

from ingest_desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A lake of one's own."""
    return Desk(tmp_path)
