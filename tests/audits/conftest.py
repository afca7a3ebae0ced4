"""Fixtures of the audit tests."""

from __future__ import annotations

import pytest

from tests.audits.shop import Shop
from tests.cast import Cast


@pytest.fixture
def shop(cast: Cast) -> Shop:
    return Shop(cast)
