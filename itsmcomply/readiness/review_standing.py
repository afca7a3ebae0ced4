"""What readiness tells a management review, which lies below it; see `performance.outlook`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from itsmcomply.performance.outlook import DayStanding, GateState
from itsmcomply.readiness.cache import Derivation
from itsmcomply.readiness.results import Result
from itsmcomply.readiness.words import GATES, STATUSES


@dataclass(frozen=True, slots=True)
class ReadinessStanding:
    """Implements `performance.outlook.Standing` from the kept derivation; one query where nothing changed."""

    derivation: Derivation

    def on_days(self, session: Session, system_id: int, days: Sequence[date], today: date) -> list[DayStanding]:
        snapshot = self.derivation.snapshot(session, system_id, today)
        return [_standing(snapshot.result(day)) for day in days]


def _standing(result: Result) -> DayStanding:
    gates = tuple(
        GateState(GATES[gate.key][0], gate.passed, sum(len(rule.blockers) for rule in gate.rules))
        for gate in result.gates
    )
    return DayStanding(result.as_of, STATUSES[result.status], result.coverage, result.level, gates)
