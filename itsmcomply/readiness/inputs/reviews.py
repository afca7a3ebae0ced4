"""Management reviews as facts: planned by their dated entries, held once they are signed."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.performance.models import ManagementReview as ReviewRow
from itsmcomply.performance.models import ReviewDate
from itsmcomply.readiness.facts import Dated, ManagementReview


def load_reviews(session: Session, system_id: int) -> tuple[ManagementReview, ...]:
    """All reviews. A review counts as held from its signature on: until then nothing shows that it took place.

    Two queries; one when there are none.
    """
    query = select(
        ReviewRow.id, ReviewRow.year, ReviewRow.number, ReviewRow.created_at, ReviewRow.held_on, ReviewRow.signed_at
    ).where(ReviewRow.system_id == system_id)
    rows = session.execute(query.order_by(ReviewRow.id)).all()
    if not rows:
        return ()
    planned: dict[int, list[Dated[date]]] = defaultdict(list)
    dates = select(ReviewDate.review_id, ReviewDate.planned_on, ReviewDate.recorded_at, ReviewDate.ended_at).where(
        ReviewDate.review_id.in_([row.id for row in rows])
    )
    for day in session.execute(dates.order_by(ReviewDate.id)):
        planned[day.review_id].append(Dated(day.planned_on, day.recorded_at, ended_at=day.ended_at))
    return tuple(
        ManagementReview(
            key=f"MR-{row.year}-{row.number:02d}",
            recorded_at=row.created_at,
            planned_on=tuple(planned[row.id]),
            held_on=row.held_on if row.signed_at else None,
            held_recorded_at=row.signed_at,
        )
        for row in rows
    )
