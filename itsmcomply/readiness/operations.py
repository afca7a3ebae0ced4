"""Keeps figures of ended days, and checks kept ones against the engine."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.readiness.cache import Snapshot
from itsmcomply.readiness.models import ReadinessDay
from itsmcomply.readiness.queries.trend import day_row, rules_digest
from itsmcomply.readiness.results import Result


def keep_days(session: Session, system_id: int, results: Iterable[Result]) -> None:
    """Store the figures of ended days; those that another process stored meanwhile stay. Needs a write transaction.

    Derived from facts that the trail holds already, so it is no entry of the trail itself.
    """
    for result in results:
        row = day_row(system_id, result)
        if session.get(ReadinessDay, (system_id, row.day, row.rules)) is None:
            session.add(row)


def wrong_days(session: Session, snapshot: Snapshot, system_id: int) -> list[date]:
    """Kept days whose figures the engine does not derive again, by the rules in force. One query."""
    model = snapshot.rules.model(None)
    rules = rules_digest(snapshot.result(snapshot.today, model.key))
    rows = session.scalars(
        select(ReadinessDay)
        .where(ReadinessDay.system_id == system_id, ReadinessDay.rules == rules)
        .order_by(ReadinessDay.day)
    ).all()
    return [row.day for row in rows if not _agrees(row, snapshot.result(row.day, model.key))]


def _agrees(row: ReadinessDay, result: Result) -> bool:
    again = day_row(row.system_id, result)
    columns = ("status", "coverage", "index", "level")
    return all(getattr(row, name) == getattr(again, name) for name in columns)
