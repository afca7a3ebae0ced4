"""Who may do something in a management system today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.accounts.models import User
from itsmcomply.permissions import TABLE, Permission
from itsmcomply.systems.models import Membership


@dataclass(frozen=True, slots=True)
class PersonRef:
    """A person as lists name them."""

    user_id: int
    name: str


def people_who_may(session: Session, system_id: int, today: date, permission: Permission) -> tuple[PersonRef, ...]:
    """People with an open account whose role here gives a permission, by name. One query."""
    roles = [role for role, held in TABLE.items() if permission in held]
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
    found = {row.id: PersonRef(row.id, row.name) for row in rows if row.until_on is None or row.until_on >= today}
    return tuple(found.values())
