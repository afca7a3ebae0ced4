"""Fixtures of the export tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cast import Cast
from tests.evidence.office import Office, make_office


@pytest.fixture
def office(cast: Cast, tmp_path: Path) -> Office:
    return make_office(cast, tmp_path / "store")
