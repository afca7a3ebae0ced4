"""Where random tests begin."""

from __future__ import annotations

import os
import random


def seed() -> int:
    """SEED where it is set; else a new one in the deep run, and the same in every other: only a change breaks those."""
    if chosen := os.environ.get("SEED"):
        return int(chosen)
    return random.randrange(10**6) if os.environ.get("ITSMCOMPLY_DEEP") else 20_000
