"""Fixtures of readiness tests on real rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cast import Cast
from tests.evidence.office import Office, make_office
from tests.readiness.seed import Seed


@pytest.fixture
def office(cast: Cast, tmp_path: Path) -> Office:
    return make_office(cast, tmp_path / "store")


@pytest.fixture
def seed(cast: Cast) -> Seed:
    return Seed(cast)
