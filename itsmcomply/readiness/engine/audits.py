"""Audits and management reviews as far as they count on a day, planned ones included for a day to come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from itsmcomply.clauses.policy import GateRules
from itsmcomply.readiness.engine.days import Vantage, value_in_force
from itsmcomply.readiness.facts import Audit, ManagementReview, SystemFacts


@dataclass(frozen=True, slots=True)
class AuditOnDay:
    """An audit that is signed off, or assumed to be: the day, and what it holds a counting row for."""

    key: str
    on: date
    clauses: frozenset[str]
    processes: frozenset[str]


def audits_on(
    audits: Iterable[Audit], rules: GateRules, now: Vantage, renewed_from: date | None
) -> tuple[AuditOnDay, ...]:
    """Audits signed off by the day; with `renewed_from` also those planned after it and by the day."""
    found = (_signed_off(audit, rules, now) or _planned(audit, now, renewed_from) for audit in audits)
    return tuple(audit for audit in found if audit is not None)


def _signed_off(audit: Audit, rules: GateRules, now: Vantage) -> AuditOnDay | None:
    if audit.signed_off_at is None or not now.knows(audit.signed_off_at):
        return None
    rows = [row for row in audit.rows if row.conclusion not in rules.rows_not_counted]
    return AuditOnDay(
        audit.key,
        now.day_of(audit.signed_off_at),
        frozenset(row.clause for row in rows if row.clause is not None),
        frozenset(row.process for row in rows if row.process is not None),
    )


def _planned(audit: Audit, now: Vantage, renewed_from: date | None) -> AuditOnDay | None:
    planned_on = value_in_force(audit.planned_on, now)
    if renewed_from is None or planned_on is None or not renewed_from < planned_on <= now.day:
        return None
    return AuditOnDay(audit.key, planned_on, frozenset(audit.planned_clauses), frozenset(audit.planned_processes))


def within(audits: Iterable[AuditOnDay], system: SystemFacts, rules: GateRules, now: Vantage) -> Sequence[AuditOnDay]:
    """Those of the audit window: longer after certification where the reason for it is recorded."""
    certified_on = value_in_force(system.certified_on, now)
    certified = certified_on is not None and certified_on <= now.day
    longer = certified and value_in_force(system.audit_window_reason, now) is not None
    window = rules.audit_window_certified_days if longer else rules.audit_window_days
    return [audit for audit in audits if (now.day - audit.on).days <= window]


def reviews_held(reviews: Iterable[ManagementReview], now: Vantage, renewed_from: date | None) -> list[date]:
    """Days on which management reviews were held by the day, or are assumed to be because planned."""
    return [held for review in reviews if (held := _held_on(review, now, renewed_from)) is not None]


def _held_on(review: ManagementReview, now: Vantage, renewed_from: date | None) -> date | None:
    if review.held_on is not None and now.knows(review.held_recorded_at):
        return review.held_on if review.held_on <= now.day else None
    planned_on = value_in_force(review.planned_on, now)
    if renewed_from is None or planned_on is None or not renewed_from < planned_on <= now.day:
        return None
    return planned_on


def reviews_planned(reviews: Iterable[ManagementReview], now: Vantage) -> Iterator[date]:
    """Days on or after the day for which management reviews are planned."""
    for review in reviews:
        planned_on = value_in_force(review.planned_on, now)
        if planned_on is not None and planned_on >= now.day:
            yield planned_on


def days_ago(days: Iterable[date], now: Vantage) -> int | None:
    """Whole days since the latest; None if there is none."""
    latest = max(days, default=None)
    return None if latest is None else (now.day - latest).days
