"""Sign a review: freeze its agenda with what filled it, and file its minutes as evidence for review by someone else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from itsmcomply.audits.content import content_digest, values
from itsmcomply.db import Base
from itsmcomply.errors import Conflict, InvalidInput, NotPermitted
from itsmcomply.evidence.filing import Filing
from itsmcomply.evidence.kinds import VersionKind
from itsmcomply.evidence.operations import Desk, Filed, file_own_document
from itsmcomply.evidence.store import Stored
from itsmcomply.performance.models import (
    ManagementReview,
    ReviewAction,
    ReviewAttendance,
    ReviewDate,
    ReviewDecision,
    ReviewInput,
)
from itsmcomply.performance.operations.desk import note, review_by_key
from itsmcomply.performance.queries.reviews import hindrances_of
from itsmcomply.performance.rules import Act, require
from itsmcomply.wording import N_, Sentence, say

MINUTES_ARTEFACT = "mr_min"
PARTS: tuple[tuple[str, type[Base]], ...] = (
    ("dates", ReviewDate),
    ("inputs", ReviewInput),
    ("attendance", ReviewAttendance),
    ("decisions", ReviewDecision),
    ("actions", ReviewAction),
)
_SIGNING = {"signed_at", "signed_by", "content", "minutes_version_id", "minutes_sha256", "row_version"}


@dataclass(frozen=True, slots=True)
class Minutes:
    """The finished minutes: bytes the store holds, what filled each input as text, and the facts both came from."""

    stored: Stored
    file_name: str
    filled: Mapping[str, str]
    seq: int


def sign_review(desk: Desk, key: str, minutes: Minutes) -> Filed:
    """Sign a review for good. Only its chair signs; the minutes are filed in the chair's name.

    Raises InvalidInput with all that is still open, Conflict when any fact changed since the minutes were written,
    NotPermitted for anybody but the chair.
    """
    review = review_by_key(desk, key)
    require(Act.SIGN, review.state)
    if review.chair_id != desk.actor.user_id:
        raise NotPermitted(say(N_("Only the person who chaired the review signs it.")))
    if desk.system.facts_seq != minutes.seq:
        raise Conflict("management review", key)
    inputs = _rows(desk, review, ReviewInput)
    if open_points := _still_open(desk, review, inputs):
        raise InvalidInput({"": Sentence(" ".join(open_points), {})})
    for row in inputs:
        row.filled = minutes.filled[row.key]
    desk.session.flush()  # the inputs have to be kept before the signature, which freezes them
    content = _content(desk, review)
    filed = _file(desk, review, minutes)
    review.signed_at, review.signed_by, review.content = desk.now, desk.actor.user_id, content
    review.minutes_version_id, review.minutes_sha256 = filed.version.id, minutes.stored.sha256
    review.row_version += 1
    after = {"content": content, "minutes": minutes.stored.sha256, "evidence": filed.item.key}
    note(desk, review, "management_review.signed", after, [review, *inputs])
    return filed


def _rows(desk: Desk, review: ManagementReview, table: type[ReviewInput]) -> list[ReviewInput]:
    return list(desk.session.scalars(select(table).where(table.review_id == review.id).order_by(table.position)))


def _still_open(desk: Desk, review: ManagementReview, inputs: list[ReviewInput]) -> tuple[Sentence, ...]:
    guests = select(ReviewAttendance).where(
        ReviewAttendance.review_id == review.id, ReviewAttendance.ended_at.is_(None)
    )
    decided = select(ReviewDecision).where(ReviewDecision.review_id == review.id, ReviewDecision.ended_at.is_(None))
    return hindrances_of(review, inputs, list(desk.session.scalars(guests)), list(desk.session.scalars(decided)))


def _content(desk: Desk, review: ManagementReview) -> str:
    """SHA-256 of everything the review holds, apart from the signature itself. Five queries."""
    parts = {}
    for name, table in PARTS:
        columns = table.__table__.c
        query = select(table).where(columns.review_id == review.id).order_by(columns.id)
        parts[name] = list(desk.session.scalars(query))
    head = {name: value for name, value in values(review).items() if name not in _SIGNING}
    return content_digest(head, parts)


def _file(desk: Desk, review: ManagementReview, minutes: Minutes) -> Filed:
    filing = Filing(
        kind=VersionKind.FILE,
        title=f"Minutes of management review {review.key}",
        effective_on=review.held_on,
        period_from=review.held_on,
        period_to=review.held_on,
        sha256=minutes.stored.sha256,
        file_name=minutes.file_name,
        note=str(say(N_("Filed when the chair signed %(review)s."), review=review.key)),
        document_approver=desk.actor.name[:200],
        approved_on=desk.today,
    )
    return file_own_document(desk, artefact=MINUTES_ARTEFACT, filing=filing, stored=minutes.stored)
