"""What waits for a reviewer: versions without a decision, what blocks a gate first, then the oldest; and links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from itsmcomply.accounts.models import User
from itsmcomply.clauses.model import Catalogue
from itsmcomply.controls.models import Control
from itsmcomply.evidence.keys import item_key
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
        return item_key(self.item_number)


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
        return item_key(self.item_number)


def waiting_versions(
    session: Session, catalogue: Catalogue, system_id: int, *, reviewer_id: int, blocking: Mapping[str, str]
) -> list[int]:
    """Ids of versions that this person may decide on, in the order to take them: blockers of a gate, mandated, oldest.

    `blocking` gives the gate that an artefact holds shut. At most 1,000. One query.
    """
    oldest = (
        select(EvidenceVersion.id, RegisterLine.artefact, EvidenceVersion.received_at)
        .select_from(RegisterLine)
        .join(EvidenceVersion, EvidenceVersion.item_id == RegisterLine.item_id)
        .outerjoin(Review, Review.version_id == EvidenceVersion.id)
        .where(*_undecided(system_id, reviewer_id))
        .order_by(RegisterLine.pending_since)  # an index is in this order, so that only the oldest are read
        .limit(MOST_WAITING)
        .subquery()
    )
    rows = session.execute(select(oldest.c.id, oldest.c.artefact).order_by(oldest.c.received_at, oldest.c.id)).all()
    mandated = {key for key, artefact in catalogue.artefacts.items() if artefact.mandated}
    ranked = sorted(rows, key=lambda row: (row.artefact not in blocking, row.artefact not in mandated))
    return [row.id for row in ranked]


def waiting_lines(
    session: Session, catalogue: Catalogue, versions: Sequence[int], blocking: Mapping[str, str]
) -> list[Waiting]:
    """These versions as the queue lists them, in their order. One query."""
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
        .where(EvidenceVersion.id.in_(versions))
    )
    artefacts = catalogue.artefacts
    found = {
        row.id: Waiting(
            *row,
            mandated=row.artefact in artefacts and artefacts[row.artefact].mandated,
            blocks=blocking.get(row.artefact, ""),
        )
        for row in rows
    }
    return [found[version] for version in versions if version in found]


def _undecided(system_id: int, reviewer_id: int) -> tuple[ColumnElement[bool], ...]:
    """What makes a version wait for this person; for queries that join lines, versions and reviews."""
    return (
        RegisterLine.system_id == system_id,
        RegisterLine.pending_since.is_not(None),
        EvidenceVersion.withdrawn_at.is_(None),
        EvidenceVersion.uploaded_by != reviewer_id,
        Review.id.is_(None),
    )


def waiting_count(session: Session, system_id: int, *, reviewer_id: int) -> int:
    """How many versions this person may decide on. One query."""
    return (
        session.scalar(
            select(func.count())
            .select_from(EvidenceVersion)
            .join(RegisterLine, RegisterLine.item_id == EvidenceVersion.item_id)
            .outerjoin(Review, Review.version_id == EvidenceVersion.id)
            .where(*_undecided(system_id, reviewer_id))
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
