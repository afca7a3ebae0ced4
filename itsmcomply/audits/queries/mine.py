"""What waits for an auditor."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.audits.kinds import TeamRole
from itsmcomply.audits.models import Audit, AuditMember


def running_audit_of(session: Session, system_id: int, user_id: int) -> str | None:
    """The key of the running audit in which this person audits, the one begun last; None without one. One query."""
    query = (
        select(Audit)
        .join(AuditMember, AuditMember.audit_id == Audit.id)
        .where(
            Audit.system_id == system_id,
            Audit.opened_at.is_not(None),
            Audit.signed_off_at.is_(None),
            Audit.cancelled_at.is_(None),
            AuditMember.user_id == user_id,
            AuditMember.role.in_([role for role in TeamRole if role.audits]),
            AuditMember.ended_at.is_(None),
        )
        .order_by(Audit.opened_at.desc(), Audit.id.desc())
        .limit(1)
    )
    found = session.scalars(query).first()
    return found.key if found else None
