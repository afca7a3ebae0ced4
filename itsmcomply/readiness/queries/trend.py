"""Coverage and maturity month by month: figures of ended days, asked of the engine once and kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.readiness.cache import SETTLED_AFTER, Snapshot
from itsmcomply.readiness.models import ReadinessDay
from itsmcomply.readiness.results import Result

MONTHS = 18


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """Figures of a day; `index` is the mean over processes, 1 to 5."""

    day: date
    coverage: Fraction | None
    index: Fraction
    level: int


@dataclass(frozen=True, slots=True)
class Trend:
    """Month ends, oldest first, then the day shown. `missing`: ended month ends that nobody has derived yet."""

    points: tuple[TrendPoint, ...]
    missing: tuple[date, ...]


def rules_digest(result: Result) -> str:
    """One digest for catalogue, policy and model together."""
    named = (result.catalogue.digest, result.policy.digest, result.model.digest)
    return hashlib.sha256("\n".join(named).encode()).hexdigest()


def trend(session: Session, system_id: int, result: Result, begun_on: date) -> Trend:
    """The months before the day of `result`, at most 18, from the first one that ended after `begun_on`. One query."""
    wanted = month_ends(begun_on, result.as_of)
    kept = {point.day: point for point in _kept(session, system_id, rules_digest(result), wanted)}
    points = [kept[day] for day in wanted if day in kept]
    settled = min(result.as_of, result.today) - SETTLED_AFTER
    missing = tuple(day for day in wanted if day not in kept and day <= settled)
    return Trend((*points, point_of(result)), missing)


def month_ends(begun_on: date, until: date) -> tuple[date, ...]:
    """Last days of months after `begun_on` and before `until`, the latest 18, oldest first."""
    found: list[date] = []
    day = until.replace(day=1) - timedelta(days=1)
    while day >= begun_on and len(found) < MONTHS:
        found.append(day)
        day = day.replace(day=1) - timedelta(days=1)
    return tuple(reversed(found))


def _kept(session: Session, system_id: int, rules: str, days: Iterable[date]) -> list[TrendPoint]:
    rows = session.execute(
        select(ReadinessDay.day, ReadinessDay.coverage, ReadinessDay.index, ReadinessDay.level).where(
            ReadinessDay.system_id == system_id, ReadinessDay.rules == rules, ReadinessDay.day.in_(list(days))
        )
    )
    return [
        TrendPoint(day, None if coverage is None else Fraction(coverage), Fraction(index), level)
        for day, coverage, index, level in rows
    ]


def point_of(result: Result) -> TrendPoint:
    return TrendPoint(result.as_of, result.coverage, result.index, result.level)


def day_row(system_id: int, result: Result) -> ReadinessDay:
    """The row that keeps a result's figures."""
    return ReadinessDay(
        system_id=system_id,
        day=result.as_of,
        rules=rules_digest(result),
        status=result.status.value,
        coverage=None if result.coverage is None else str(result.coverage),
        index=str(result.index),
        level=result.level,
    )


def begun_on(snapshot: Snapshot) -> date:
    """The day the system was made, which recorded its first time zone."""
    now = snapshot.vantage(snapshot.today)
    made = min((entry.recorded_at for entry in snapshot.loaded.facts.system.zones), default=None)
    return snapshot.today if made is None else now.day_of(made)
