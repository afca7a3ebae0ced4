"""What waits for a reviewer: versions without a decision, what blocks a gate first, then the oldest; and links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from itsmcomply.accounts.models import User
from itsmcomply.clauses.model import Catalogue
from itsmcomply.controls.models import Control
from itsmcomply.evidence.models import (
    EvidenceItem,
    EvidenceLink,
    EvidenceVersion,
    LinkReview,
    RegisterLine,
    Review,
)

MOST_WAITING = 1000


@dataclass(frozen=True, slots=True)
class Waiting:
    """A version without a decision. `blocks` names the gate its artefact holds shut, else ""."""

    version_id: int
    item_number: int
    version: int
    artefact: str
    title: str
    uploaded_by: int
    uploader: str
    received_at: datetime
    mandated: bool
    blocks: str

    @property
    def key(self) -> str:
        return f"EV-{self.item_number:04d}"


@dataclass(frozen=True, slots=True)
class WaitingLink:
    """A link without a decision."""

    id: int
    item_number: int
    title: str
    target: str
    artefact: str
    linker: str
    linked_by: int
    linked_at: datetime

    @property
    def key(self) -> str:
        return f"EV-{self.item_number:04d}"


def waiting_versions(
    session: Session, catalogue: Catalogue, system_id: int, *, reviewer_id: int, blocking: Mapping[str, str]
) -> list[Waiting]:
    """Versions that this person may decide on, in the order to take them: blockers of a gate, mandated, oldest first.

    `blocking` gives the gate that an artefact holds shut. At most 1,000. One query.
    """
    rows = session.execute(
        select(
            EvidenceVersion.id,
            RegisterLine.number,
            EvidenceVersion.number,
            RegisterLine.artefact,
            RegisterLine.title,
            EvidenceVersion.uploaded_by,
            User.name,
            EvidenceVersion.received_at,
        )
        .join(RegisterLine, RegisterLine.item_id == EvidenceVersion.item_id)
        .join(User, User.id == EvidenceVersion.uploaded_by)
        .outerjoin(Review, Review.version_id == EvidenceVersion.id)
        .where(
            RegisterLine.system_id == system_id,
            RegisterLine.pending_since.is_not(None),
            EvidenceVersion.withdrawn_at.is_(None),
            EvidenceVersion.uploaded_by != reviewer_id,
            Review.id.is_(None),
        )
        .order_by(EvidenceVersion.received_at, EvidenceVersion.id)
        .limit(MOST_WAITING)
    ).all()
    artefacts = catalogue.artefacts
    found = [
        Waiting(
            *row,
            mandated=row.artefact in artefacts and artefacts[row.artefact].mandated,
            blocks=blocking.get(row.artefact, ""),
        )
        for row in rows
    ]
    return sorted(found, key=lambda waiting: (not waiting.blocks, not waiting.mandated))


def waiting_count(session: Session, system_id: int, *, reviewer_id: int) -> int:
    """How many versions this person may decide on. One query."""
    return (
        session.scalar(
            select(func.count())
            .select_from(EvidenceVersion)
            .join(RegisterLine, RegisterLine.item_id == EvidenceVersion.item_id)
            .outerjoin(Review, Review.version_id == EvidenceVersion.id)
            .where(
                RegisterLine.system_id == system_id,
                RegisterLine.pending_since.is_not(None),
                EvidenceVersion.withdrawn_at.is_(None),
                EvidenceVersion.uploaded_by != reviewer_id,
                Review.id.is_(None),
            )
        )
        or 0
    )


def waiting_links(session: Session, system_id: int, *, reviewer_id: int) -> list[WaitingLink]:
    """Links without a decision that somebody else made, oldest first; at most 200. One query."""
    rows = session.execute(
        select(
            EvidenceLink.id,
            EvidenceItem.number,
            EvidenceItem.title,
            EvidenceLink.requirement,
            Control.ref,
            EvidenceLink.artefact,
            User.name,
            EvidenceLink.linked_by,
            EvidenceLink.linked_at,
        )
        .join(EvidenceItem, EvidenceItem.id == EvidenceLink.item_id)
        .join(User, User.id == EvidenceLink.linked_by)
        .outerjoin(Control, Control.id == EvidenceLink.control_id)
        .outerjoin(LinkReview, LinkReview.link_id == EvidenceLink.id)
        .where(
            EvidenceLink.system_id == system_id,
            EvidenceLink.ended_at.is_(None),
            EvidenceLink.linked_by != reviewer_id,
            EvidenceItem.created_by != reviewer_id,
            LinkReview.id.is_(None),
        )
        .order_by(EvidenceLink.linked_at, EvidenceLink.id)
        .limit(200)
    )
    return [
        WaitingLink(id_, number, title, requirement or ref or "", artefact, linker, by, at)
        for id_, number, title, requirement, ref, artefact, linker, by, at in rows
    ]


def item_number_of(session: Session, system_id: int, version_id: int) -> tuple[int, int] | None:
    """Number of the item and of the version behind a version id of this system. One query."""
    row = session.execute(
        select(EvidenceItem.number, EvidenceVersion.number)
        .join(EvidenceVersion, EvidenceVersion.item_id == EvidenceItem.id)
        .where(EvidenceVersion.id == version_id, EvidenceItem.system_id == system_id)
    ).first()
    return None if row is None else (row[0], row[1])


def decided_since(session: Session, system_id: int, *, reviewer_id: int, since: datetime) -> int:
    """How many decisions this person made since a moment. One query."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Review)
            .join(EvidenceVersion, EvidenceVersion.id == Review.version_id)
            .where(
                EvidenceVersion.system_id == system_id, Review.reviewer_id == reviewer_id, Review.decided_at >= since
            )
        )
        or 0
    )
