"""Time limits in force by grade: a system's own, else the catalogue's."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.clauses.model import Catalogue
from itsmcomply.findings.kinds import Grade
from itsmcomply.findings.limits import Limits, default_limits
from itsmcomply.findings.models import FindingLimit


def limits_of(session: Session, catalogue: Catalogue, system_id: int, grade: Grade, *, by_body: bool) -> Limits:
    """The limits in force for one grade. One query."""
    return all_limits(session, catalogue, system_id)[by_body, grade]


def all_limits(session: Session, catalogue: Catalogue, system_id: int) -> dict[tuple[bool, Grade], Limits]:
    """The limits in force by (of the certification body, grade). One query."""
    found = {
        (by_body, grade): default_limits(catalogue.finding_grades, grade)
        for by_body in (False, True)
        for grade in Grade
    }
    rows = session.scalars(
        select(FindingLimit)
        .where(FindingLimit.system_id == system_id, FindingLimit.ended_at.is_(None))
        .order_by(FindingLimit.id)
    )
    for row in rows:
        found[row.by_body, row.grade] = Limits(row.plan_days, row.closure_days, row.effect_days)
    return found
