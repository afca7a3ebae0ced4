"""Who may act on findings, and who may decide on them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.permissions import Permission, Role
from itsmcomply.systems.models import EntryKind, Membership, SystemEntry
from itsmcomply.systems.queries.people import PersonRef, people_who_may


def people_who_answer(session: Session, system_id: int, today: date) -> tuple[PersonRef, ...]:
    """Who may own findings and actions, by name. One query."""
    return people_who_may(session, system_id, today, Permission.ACT_ON_FINDING)


def people_who_decide(session: Session, system_id: int, today: date) -> tuple[PersonRef, ...]:
    """Who may accept plans and verify, by name. One query."""
    return people_who_may(session, system_id, today, Permission.RAISE_FINDING)


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
