"""What evidence asks of one person: rejected and not replaced, lapsing soon, with a reviewer, questions, uploads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from itsmcomply.accounts.models import User
from itsmcomply.evidence.keys import item_key
from itsmcomply.evidence.kinds import Decision, RejectionKind, Standing, VersionKind
from itsmcomply.evidence.models import (
    Blob,
    EvidenceItem,
    EvidenceVersion,
    Question,
    RegisterLine,
    Review,
    Upload,
)
from itsmcomply.evidence.operations.receiving import token_hash, upload_named
from itsmcomply.evidence.queries.register import Owners
from itsmcomply.systems.models import Membership

MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class Mine:
    """What counts as one person's: their items, and items without an owner under artefacts they answer for."""

    user_id: int
    artefacts: frozenset[str]

    def covers(self) -> ColumnElement[bool]:
        unowned = and_(RegisterLine.owner_id.is_(None), RegisterLine.artefact.in_(sorted(self.artefacts)))
        return or_(RegisterLine.owner_id == self.user_id, unowned)


@dataclass(frozen=True, slots=True)
class RejectedWork:
    """A rejected latest version with the reviewer's sentence."""

    item_id: int
    number: int
    artefact: str
    title: str
    version: int
    file_name: str | None
    kind: VersionKind
    rejection: RejectionKind | None
    reason: str
    reviewer: str
    decided_at: datetime
    effective_on: date
    period_from: date | None

    @property
    def key(self) -> str:
        return item_key(self.number)


@dataclass(frozen=True, slots=True)
class LapsingWork:
    """An item that still counts and stops on `lapses_on` unless it is renewed."""

    item_id: int
    number: int
    artefact: str
    title: str
    shown: int
    file_name: str | None
    kind: VersionKind
    lapses_on: date
    pending: bool

    @property
    def key(self) -> str:
        return item_key(self.number)


@dataclass(frozen=True, slots=True)
class WaitingWork:
    """A version of one's own that a reviewer has not decided on."""

    number: int
    artefact: str
    title: str
    latest: int
    since: datetime

    @property
    def key(self) -> str:
        return item_key(self.number)


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    id: int
    number: int
    title: str
    version: int
    text: str
    asked_by: str
    asked_at: datetime

    @property
    def key(self) -> str:
        return item_key(self.number)


def artefacts_of(owners: Owners, user_id: int, processes: frozenset[str], homes: dict[str, str]) -> frozenset[str]:
    """Artefacts a person answers for: named for it, or owner of its home process with nobody else named.

    `homes` gives the home process by artefact; `processes` are those the person holds the role of process owner for.
    """
    return frozenset(
        key
        for key, home in homes.items()
        if owners.artefacts.get(key) == user_id
        or (key not in owners.artefacts and (owners.processes.get(home) == user_id or home in processes))
    )


def rejected_work(session: Session, system_id: int, mine: Mine) -> list[RejectedWork]:
    """Items whose latest version was rejected and not withdrawn, last decided first. One query."""
    earlier = aliased(Review)
    newest = (
        select(func.max(earlier.id))
        .where(earlier.version_id == EvidenceVersion.id)
        .correlate(EvidenceVersion)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            RegisterLine.item_id,
            RegisterLine.number,
            RegisterLine.artefact,
            RegisterLine.title,
            EvidenceVersion.number,
            EvidenceVersion.file_name,
            EvidenceVersion.kind,
            Review.rejection,
            Review.reason,
            User.name,
            Review.decided_at,
            EvidenceVersion.effective_on,
            EvidenceVersion.period_from,
        )
        .join(
            EvidenceVersion,
            and_(EvidenceVersion.item_id == RegisterLine.item_id, EvidenceVersion.number == RegisterLine.latest),
        )
        .join(Review, Review.id == newest)
        .join(User, User.id == Review.reviewer_id)
        .where(
            RegisterLine.system_id == system_id,
            RegisterLine.latest_rejected.is_(True),
            mine.covers(),
            Review.decision == Decision.REJECTED,
            EvidenceVersion.withdrawn_at.is_(None),
        )
        .order_by(Review.decided_at.desc())
        .limit(MOST_LISTED)
    )
    return [RejectedWork(*values) for values in cast("list[Any]", rows.all())]


def lapsing_work(
    session: Session, system_id: int, mine: Mine, *, per_subject: frozenset[str], today: date, days: int
) -> list[LapsingWork]:
    """Items that count today and lapse within `days`, first to lapse first. Two queries.

    Left out are items beside which another of the same artefact counts longer, except where the artefact is kept for
    each subject (`per_subject`): there every one is needed.
    """
    counting = (RegisterLine.system_id == system_id, RegisterLine.standing == Standing.COUNTING)
    rows = session.execute(
        select(
            RegisterLine.item_id,
            RegisterLine.number,
            RegisterLine.artefact,
            RegisterLine.title,
            RegisterLine.shown,
            RegisterLine.file_name,
            RegisterLine.kind,
            RegisterLine.current_until,
            RegisterLine.pending_since,
        )
        .where(
            *counting,
            mine.covers(),
            RegisterLine.current_until >= today,
            RegisterLine.current_until < today + timedelta(days=days),
        )
        .order_by(RegisterLine.current_until, RegisterLine.number)
        .limit(MOST_LISTED)
    ).all()
    longest = _longest(session, counting, {row.artefact for row in rows} - per_subject)
    return [
        LapsingWork(
            row.item_id,
            row.number,
            row.artefact,
            row.title,
            row.shown,
            row.file_name,
            row.kind,
            row.current_until + timedelta(days=1),
            row.pending_since is not None,
        )
        for row in rows
        if row.current_until is not None and row.current_until >= longest.get(row.artefact, row.current_until)
    ]


def _longest(session: Session, counting: tuple[ColumnElement[bool], ...], artefacts: set[str]) -> dict[str, date]:
    """The last day on which anything filed under an artefact is current; the end of time where nothing lapses."""
    found = session.execute(
        select(
            RegisterLine.artefact,
            func.max(RegisterLine.current_until),
            func.count() - func.count(RegisterLine.current_until),
        )
        .where(*counting, RegisterLine.artefact.in_(sorted(artefacts)))
        .group_by(RegisterLine.artefact)
    )
    return {artefact: date.max if lasting or last is None else last for artefact, last, lasting in found}


def waiting_work(session: Session, system_id: int, mine: Mine) -> list[WaitingWork]:
    """Items of one's own, or uploaded by oneself, with a version in review; longest waiting first. One query."""
    rows = session.execute(
        select(
            RegisterLine.number,
            RegisterLine.artefact,
            RegisterLine.title,
            RegisterLine.latest,
            RegisterLine.pending_since,
        )
        .where(
            RegisterLine.system_id == system_id,
            RegisterLine.pending_since.is_not(None),
            or_(mine.covers(), RegisterLine.uploaded_by == mine.user_id),
        )
        .order_by(RegisterLine.pending_since)
        .limit(MOST_LISTED)
    )
    return [
        WaitingWork(row.number, row.artefact, row.title, row.latest, row.pending_since)
        for row in rows
        if row.pending_since is not None
    ]


def open_questions(session: Session, system_id: int, mine: Mine) -> list[OpenQuestion]:
    """Questions of reviewers that wait for an answer, oldest first. Two queries, the second only if any is open."""
    # Of all systems, because a database would rather read every version of one system than the few open questions.
    everywhere = session.execute(
        select(
            Question.id,
            EvidenceVersion.item_id,
            EvidenceVersion.number,
            EvidenceVersion.uploaded_by,
            Question.text,
            User.name,
            Question.asked_at,
            EvidenceVersion.system_id,
        )
        .join(EvidenceVersion, EvidenceVersion.id == Question.version_id)
        .join(User, User.id == Question.asked_by)
        .where(Question.answer.is_(None))
        .order_by(Question.id)
    )
    asked = [row for row in everywhere if row.system_id == system_id][:MOST_LISTED]
    if not asked:
        return []
    items = {row.item_id for row in asked}
    rows = session.execute(
        select(RegisterLine.item_id, RegisterLine.number, RegisterLine.title, mine.covers().label("mine")).where(
            RegisterLine.item_id.in_(items)
        )
    )
    lines = {row.item_id: row for row in rows}
    return [
        OpenQuestion(id_, lines[item].number, lines[item].title, version, text, asker, at)
        for id_, item, version, uploader, text, asker, at, _system in asked
        if item in lines and (lines[item].mine or uploader == mine.user_id)
    ]


def unfiled_uploads(session: Session, system_id: int, user_id: int) -> list[tuple[Upload, Blob]]:
    """Bytes this person sent and has not filed, newest first; at most 50. One query."""
    rows = session.execute(
        select(Upload, Blob)
        .join(Blob, Blob.sha256 == Upload.sha256)
        .where(
            Upload.system_id == system_id,
            Upload.uploaded_by == user_id,
            Upload.filed_at.is_(None),
            Blob.blocked_at.is_(None),
        )
        .order_by(Upload.id.desc())
        .limit(50)
    ).all()
    return [(upload, blob) for upload, blob in rows]


def uploads_by_token(
    session: Session, system_id: int, user_id: int, tokens: Sequence[str]
) -> dict[str, tuple[Upload, Blob]]:
    """Unfiled uploads of this person by the tokens that name them. One query."""
    rows = session.execute(
        select(Upload, Blob)
        .join(Blob, Blob.sha256 == Upload.sha256)
        .where(
            or_(false(), *(upload_named(token) for token in tokens)),
            Upload.system_id == system_id,
            Upload.uploaded_by == user_id,
            Upload.filed_at.is_(None),
        )
    ).all()
    found = {name: (upload, blob) for upload, blob in rows for name in (upload.token_hash, f"id:{upload.id}")}
    named = {token: found.get(token, found.get(token_hash(token))) for token in tokens}
    return {token: pair for token, pair in named.items() if pair is not None}


def members(session: Session, system_id: int) -> list[tuple[int, str]]:
    """Ids and names of everybody with a role in the system, by name. One query."""
    rows = session.execute(
        select(User.id, User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.system_id == system_id, Membership.ended_at.is_(None), User.disabled_at.is_(None))
        .order_by(User.name, User.id)
        .distinct()
    )
    return [(row.id, row.name) for row in rows]


def decided_lately(session: Session, system_id: int, user_id: int) -> list[tuple[int, str, int, Decision, datetime]]:
    """The last five decisions on what this person uploaded, among the last 500 made: number, title, version, decision,
    moment. One query.
    """
    recent = select(Review.id).order_by(Review.id.desc()).limit(500).scalar_subquery()
    rows = session.execute(
        select(EvidenceItem.number, EvidenceItem.title, EvidenceVersion.number, Review.decision, Review.decided_at)
        .join(EvidenceVersion, EvidenceVersion.id == Review.version_id)
        .join(EvidenceItem, EvidenceItem.id == EvidenceVersion.item_id)
        .where(Review.id.in_(recent), EvidenceItem.system_id == system_id, EvidenceVersion.uploaded_by == user_id)
        .order_by(Review.id.desc())
        .limit(5)
        .select_from(Review)
    )
    return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]
