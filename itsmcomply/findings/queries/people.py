"""Who may act on findings, and who may decide on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.accounts.models import User
from itsmcomply.permissions import TABLE, Permission, Role
from itsmcomply.systems.models import EntryKind, Membership, SystemEntry


@dataclass(frozen=True, slots=True)
class PersonRef:
    """A person as lists name them."""

    user_id: int
    name: str


def people_who_answer(session: Session, system_id: int, today: date) -> tuple[PersonRef, ...]:
    """Who may own findings and actions, by name. One query."""
    return _holders(session, system_id, today, Permission.ACT_ON_FINDING)


def people_who_decide(session: Session, system_id: int, today: date) -> tuple[PersonRef, ...]:
    """Who may accept plans and verify, by name. One query."""
    return _holders(session, system_id, today, Permission.RAISE_FINDING)


def _holders(session: Session, system_id: int, today: date, permission: Permission) -> tuple[PersonRef, ...]:
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


def process_owners(session: Session, system_id: int) -> dict[str, int]:
    """The user id of the owner of each process: as recorded, else whoever holds the role for it. Two queries."""
    held = session.execute(
        select(Membership.process, Membership.user_id)
        .where(
            Membership.system_id == system_id,
            Membership.role == Role.PROCESS_OWNER,
            Membership.ended_at.is_(None),
        )
        .order_by(Membership.id.desc())
    )
    found = {process: user_id for process, user_id in held}  # noqa: C416
    recorded = session.execute(
        select(SystemEntry.key, SystemEntry.user_id)
        .where(
            SystemEntry.system_id == system_id,
            SystemEntry.kind == EntryKind.PROCESS_OWNER,
            SystemEntry.ended_at.is_(None),
        )
        .order_by(SystemEntry.id)
    )
    return found | {process: user_id for process, user_id in recorded if user_id is not None}
