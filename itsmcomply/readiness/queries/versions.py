"""Finds the row of a version that facts know by item and number."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.errors import NotFound
from itsmcomply.evidence.keys import item_key
from itsmcomply.evidence.models import EvidenceItem, EvidenceVersion


def version_id_of(session: Session, system_id: int, number: int, version: int) -> int:
    """The id of a version of an item of this system. One query. Raises NotFound."""
    found = session.execute(
        select(EvidenceVersion.id)
        .join(EvidenceItem, EvidenceItem.id == EvidenceVersion.item_id)
        .where(EvidenceItem.system_id == system_id, EvidenceItem.number == number, EvidenceVersion.number == version)
    ).scalar()
    if found is None:
        raise NotFound("evidence version", f"{item_key(number)} version {version}")
    return found
