"""What pages of evidence want to know from readiness, which lies above: what is wanted, where an item counts.

Readiness puts an `Outlook` into the application; without one these pages show what evidence alone knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Protocol

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class PeriodCell:
    """One square of a period strip, oldest first. `state`: covered, missing, in_review, grace or none."""

    letter: str
    name: str
    state: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Wanted:
    """An artefact that needs its owner. `state`: missing, lapsed, rejected or current (with periods not covered).

    `because` says what it holds back, in words. `due_on` is the lapse or due day, else the day set by hand, else one
    counted back from stage 1 or 2; None: no day known. `gate` names the gate it holds shut, else "".
    """

    artefact: str
    state: str
    because: str
    due_on: date | None
    gate: str = ""
    coverage: Fraction = Fraction(0)
    periods: tuple[PeriodCell, ...] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """One requirement an item counts for: its coverage with the item and without it. Bands as letters."""

    requirement: str
    role: str
    weight: Fraction
    coverage: Fraction
    band: str
    without: Fraction
    without_band: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How one process stands: maturity level with its name, coverage with its band as a letter (None: not rated)."""

    process: str
    level: int
    level_name: str
    coverage: Fraction | None
    band: str | None


class Outlook(Protocol):
    """What readiness answers for one system on one day."""

    def wanted(self, session: Session, system_id: int, artefacts: frozenset[str], today: date) -> list[Wanted]:
        """What of these artefacts is not in order, most worth first."""
        ...

    def standings(self, session: Session, system_id: int, today: date) -> Mapping[str, Standing]:
        """How each process stands, by process."""
        ...

    def blocking(self, session: Session, system_id: int, today: date) -> Mapping[str, str]:
        """The gate that each blocking artefact holds shut, by artefact."""
        ...

    def effects(self, session: Session, system_id: int, item_key: str, today: date) -> list[Effect]:
        """Where an item counts, in catalogue order."""
        ...

    def accepting(self, session: Session, system_id: int, item_key: str, version: int, today: date) -> list[str]:
        """What accepting a version would change, as finished sentences, most telling first; at most eight."""
        ...
