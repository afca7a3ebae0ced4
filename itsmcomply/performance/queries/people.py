"""Who may chair a management review, and who can own what it decides."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from itsmcomply.permissions import Permission
from itsmcomply.systems.queries.people import people_who_may
from itsmcomply.systems.queries.settings import people_to_choose

__all__ = ["may_chair", "people_to_choose"]


def may_chair(session: Session, system_id: int, today: date) -> list[tuple[int, str]]:
    """Ids and names of people whose role allows holding management reviews, by name. One query."""
    found = people_who_may(session, system_id, today, Permission.HOLD_MANAGEMENT_REVIEW)
    return [(person.user_id, person.name) for person in found]
