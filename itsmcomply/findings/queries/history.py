"""What was found before: every finding of a system as far as repetition needs it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.findings.kinds import Grade
from itsmcomply.findings.limits import Raised
from itsmcomply.findings.models import Finding, FindingGrade, FindingRequirement, FindingWithdrawal


def raised_of_system(session: Session, system_id: int) -> tuple[Raised, ...]:
    """All findings in the order of raising, closed and withdrawn ones too. Four queries."""
    mine = select(Finding.id).where(Finding.system_id == system_id)
    rows = session.scalars(select(Finding).where(Finding.system_id == system_id).order_by(Finding.id)).all()
    grades: dict[int, Grade] = {
        entry.finding_id: entry.grade
        for entry in session.scalars(
            select(FindingGrade)
            .where(FindingGrade.finding_id.in_(mine), FindingGrade.ended_at.is_(None))
            .order_by(FindingGrade.id)
        )
    }
    requirements: dict[int, set[str]] = {}
    for pair in session.scalars(select(FindingRequirement).where(FindingRequirement.finding_id.in_(mine))):
        requirements.setdefault(pair.finding_id, set()).add(pair.requirement)
    withdrawn = set(session.scalars(select(FindingWithdrawal.finding_id).where(FindingWithdrawal.finding_id.in_(mine))))
    return tuple(
        Raised(
            row.key,
            row.found_on,
            grades[row.id],
            frozenset(requirements.get(row.id, ())),
            withdrawn=row.id in withdrawn,
        )
        for row in rows
    )


def standing_in_audit(session: Session, system_id: int, audit_key: str) -> dict[str, str]:
    """By requirement, the key of the last finding of an audit that was not withdrawn. One query."""
    query = (
        select(FindingRequirement.requirement, Finding)
        .join(Finding, Finding.id == FindingRequirement.finding_id)
        .where(
            Finding.system_id == system_id,
            Finding.audit_key == audit_key,
            Finding.id.not_in(select(FindingWithdrawal.finding_id)),
        )
        .order_by(Finding.id)
    )
    return {row.requirement: row.Finding.key for row in session.execute(query)}
