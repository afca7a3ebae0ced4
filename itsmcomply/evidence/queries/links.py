"""Reads for links: controls by their reference."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.controls.models import Control


def control_by_ref(session: Session, system_id: int, reference: str) -> int | None:
    """The id of the control with this reference in a system; None for no such control. One query."""
    return session.scalar(select(Control.id).where(Control.system_id == system_id, Control.ref == reference))


def control_choices(session: Session, system_id: int) -> list[tuple[str, str]]:
    """Reference and title of every control, by reference. One query."""
    rows = session.execute(
        select(Control.ref, Control.title).where(Control.system_id == system_id).order_by(Control.ref)
    )
    return [(row.ref, row.title) for row in rows]
