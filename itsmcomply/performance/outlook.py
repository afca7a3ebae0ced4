"""What a management review wants to know from readiness, and who writes its documents; both lie above.

They put a `Standing` and a `Writer` into the application; without them a review says that there is nothing to show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from itsmcomply.performance.papers import Papers

STANDING = "itsmcomply.review_standing"
WRITER = "itsmcomply.review_writer"


@dataclass(frozen=True, slots=True)
class GateState:
    """A gate in English words; `blockers`: how many things hold it shut."""

    name: str
    passed: bool
    blockers: int


@dataclass(frozen=True, slots=True)
class DayStanding:
    """Where the system stood on a day. `status` in English words; `coverage` 0 to 1, None: nothing to rate."""

    day: date
    status: str
    coverage: Fraction | None
    level: int
    gates: tuple[GateState, ...]


class Standing(Protocol):
    def on_days(self, session: Session, system_id: int, days: Sequence[date], today: date) -> list[DayStanding]:
        """The standing on each of these days, none of which lies ahead."""
        ...


class Writer(Protocol):
    def write(self, papers: Papers, path: Path) -> None:
        """Write the input pack or the minutes as a Word file. The same papers give the same bytes."""
        ...
