"""Places where a test may end the process, to prove that no step of an upload can lose or fake evidence.

Silent in normal operation: without `ITSMCOMPLY_FAILPOINT` in the environment `reach` returns at once. The names f1 to
f12 follow the order of the write protocol (`docs/evidence.md`, "How bytes are stored").
"""

from __future__ import annotations

import os
import signal
from collections import Counter

_reached: Counter[str] = Counter()


def reach(step: str) -> None:
    """Kill this process when `ITSMCOMPLY_FAILPOINT` names `step`, as "f4" or, for the third time there, "f4:3"."""
    wanted = os.environ.get("ITSMCOMPLY_FAILPOINT")
    if wanted is None:
        return
    name, _, turn = wanted.partition(":")
    if name != step:
        return
    _reached[step] += 1
    if _reached[step] >= int(turn or 1):
        os.kill(os.getpid(), signal.SIGKILL)
