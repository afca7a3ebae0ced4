"""What operations on management reviews share: a review by its key, its parts in force, the trail entry of an act."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select

from itsmcomply.activity.operations import Record, record_activity
from itsmcomply.db import Base
from itsmcomply.errors import InvalidInput, NotFound
from itsmcomply.evidence.operations import Desk
from itsmcomply.performance.models import ManagementReview, ReviewInput
from itsmcomply.permissions import Permission
from itsmcomply.systems.operations import touch_facts
from itsmcomply.wording import Sentence

KEY = re.compile(r"MR-(\d{4})-(\d{2,6})")


def review_by_key(desk: Desk, key: str) -> ManagementReview:
    """A review of this system, for somebody who may hold reviews. Raises NotPermitted and NotFound."""
    desk.require(Permission.HOLD_MANAGEMENT_REVIEW)
    return find_review(desk, key)


def find_review(desk: Desk, key: str) -> ManagementReview:
    """A review of this system, whoever asks. Raises NotFound."""
    found = KEY.fullmatch(key)
    review = None
    if found is not None:
        query = select(ManagementReview).where(
            ManagementReview.system_id == desk.system.id,
            ManagementReview.year == int(found.group(1)),
            ManagementReview.number == int(found.group(2)),
        )
        review = desk.session.execute(query).scalar_one_or_none()
    if review is None or review.key != key:
        raise NotFound("management review", key)
    return review


def input_of(desk: Desk, review: ManagementReview, key: str) -> ReviewInput:
    """An input on the agenda of this review. Raises NotFound."""
    query = select(ReviewInput).where(ReviewInput.review_id == review.id, ReviewInput.key == key)
    found = desk.session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound("input", key)
    return found


def last_held_on(desk: Desk, review: ManagementReview) -> date | None:
    """The day of the last signed review other than this one. One query."""
    query = (
        select(ManagementReview.held_on)
        .where(
            ManagementReview.system_id == desk.system.id,
            ManagementReview.signed_at.is_not(None),
            ManagementReview.id != review.id,
        )
        .order_by(ManagementReview.held_on.desc())
        .limit(1)
    )
    return desk.session.scalar(query)


def refuse(problems: Mapping[str, Sentence]) -> None:
    """Raise InvalidInput if there is any problem."""
    if problems:
        raise InvalidInput(dict(problems))


def note(
    desk: Desk,
    review: ManagementReview,
    action: str,
    after: Mapping[str, object],
    rows: Sequence[Base],
    *,
    before: Mapping[str, object] | None = None,
) -> None:
    """Append to the trail. Days and the signature are facts of readiness; the rest moves the number along with them,
    so that what was shown before signing is known to be what is signed.
    """
    record = Record("management_review", review.key, review.system_id)
    seq = record_activity(desk.session, desk.actor, desk.now, action, record, before=before, after=after, rows=rows)
    touch_facts(desk.system, seq)
