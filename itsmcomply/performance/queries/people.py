"""Who may chair a management review, and who can own what it decides."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.accounts.models import User
from itsmcomply.permissions import TABLE, Permission
from itsmcomply.systems.models import Membership
from itsmcomply.systems.queries.settings import people_to_choose

__all__ = ["may_chair", "people_to_choose"]


def may_chair(session: Session, system_id: int, today: date) -> list[tuple[int, str]]:
    """Ids and names of people whose role allows holding management reviews, by name. One query."""
    roles = [role for role, held in TABLE.items() if Permission.HOLD_MANAGEMENT_REVIEW in held]
    rows = session.execute(
        select(User.id, User.name, Membership.until_on)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.system_id == system_id,
            Membership.ended_at.is_(None),
            Membership.role.in_(roles),
            User.disabled_at.is_(None),
        )
        .order_by(User.name, User.id)
    )
    return list({row.id: row.name for row in rows if row.until_on is None or row.until_on >= today}.items())
