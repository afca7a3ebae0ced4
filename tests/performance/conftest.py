from __future__ import annotations

from pathlib import Path

import pytest

from tests.cast import Cast
from tests.evidence.office import make_office
from tests.performance.hall import Hall


@pytest.fixture
def hall(cast: Cast, tmp_path: Path) -> Hall:
    """Management reviews on a real database and store."""
    return Hall(make_office(cast, tmp_path / "store"))
