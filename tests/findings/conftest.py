from __future__ import annotations

from pathlib import Path

import pytest

from tests.cast import Cast
from tests.evidence.office import make_office
from tests.findings.bench import Bench


@pytest.fixture
def bench(cast: Cast, tmp_path: Path) -> Bench:
    """The bench for findings on a real database and store."""
    return Bench(make_office(cast, tmp_path / "store"))
