from __future__ import annotations

import pytest

from tests.cast import Cast
from tests.reliability.house import House, furnish


@pytest.fixture
def house(cast: Cast) -> House:
    """One of everything; see `tests.reliability.house`."""
    return furnish(cast)
