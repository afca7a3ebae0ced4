"""Plan a review, move it, cancel it, invite people, record the day it was held."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from itsmcomply.db import Base
from itsmcomply.errors import Conflict, InvalidInput, NotFound
from itsmcomply.evidence.operations import Desk
from itsmcomply.performance.models import ManagementReview, ReviewAttendance, ReviewDate, ReviewInput
from itsmcomply.performance.operations.desk import last_held_on, note, refuse, review_by_key
from itsmcomply.performance.queries.people import may_chair
from itsmcomply.performance.rules import (
    Act,
    Guest,
    problems_of_guest,
    problems_of_held,
    problems_of_line,
    problems_of_plan,
    problems_of_text,
    require,
)
from itsmcomply.permissions import Permission
from itsmcomply.wording import N_, say


def plan_review(desk: Desk, *, planned_on: date | None, chair_id: int | None, place: str = "") -> ManagementReview:
    """Plan a review with the whole agenda of the catalogue. Numbered by the year of its day. Raises InvalidInput."""
    desk.require(Permission.HOLD_MANAGEMENT_REVIEW)
    problems = problems_of_plan(planned_on, desk.today) | problems_of_line("place", place)
    if chair_id is None or chair_id not in dict(may_chair(desk.session, desk.system.id, desk.today)):
        problems["chair"] = say(N_("Choose who chairs it: somebody whose role allows holding management reviews."))
    refuse(problems)
    if planned_on is None or chair_id is None:
        raise InvalidInput  # never reached: both were refused above, which the type checker cannot see
    review = ManagementReview(
        system_id=desk.system.id,
        year=planned_on.year,
        number=_next_number(desk, planned_on.year),
        chair_id=chair_id,
        place=place.strip(),
        created_at=desk.now,
        created_by=desk.actor.user_id,
    )
    desk.session.add(review)
    desk.session.flush()  # days and inputs refer to its id
    rows: list[Base] = [review, _new_date(desk, review, planned_on, "")]
    for position, key in enumerate(one.key for one in desk.catalogue.review_inputs):
        row = ReviewInput(review_id=review.id, key=key, position=position)
        desk.session.add(row)
        rows.append(row)
    note(desk, review, "management_review.planned", {"planned_on": planned_on.isoformat(), "chair": chair_id}, rows)
    return review


def _next_number(desk: Desk, year: int) -> int:
    query = select(func.max(ManagementReview.number)).where(
        ManagementReview.system_id == desk.system.id, ManagementReview.year == year
    )
    return (desk.session.scalar(query) or 0) + 1


def _new_date(desk: Desk, review: ManagementReview, day: date, reason: str) -> ReviewDate:
    row = ReviewDate(
        review_id=review.id, planned_on=day, reason=reason, recorded_at=desk.now, recorded_by=desk.actor.user_id
    )
    desk.session.add(row)
    return row


def move_review(desk: Desk, key: str, *, planned_on: date | None, reason: str, row_version: int) -> None:
    """Plan it for another day, with the reason. Raises InvalidInput, InvalidTransition, Conflict."""
    review = review_by_key(desk, key)
    require(Act.CHANGE_PLAN, review.state)
    empty = N_("Say why the day changes.")
    refuse(problems_of_plan(planned_on, desk.today) | problems_of_text("reason", reason, empty))
    current = _date_in_force(desk, review)
    if planned_on is None or planned_on == current.planned_on:
        return
    if review.row_version != row_version:
        theirs, yours = current.planned_on.isoformat(), planned_on.isoformat()
        raise Conflict("management review", key, {"planned_on": theirs}, {"planned_on": yours})
    current.ended_at = desk.now
    row = _new_date(desk, review, planned_on, reason.strip())
    review.row_version += 1
    before, after = {"planned_on": current.planned_on.isoformat()}, {"planned_on": planned_on.isoformat()}
    after["reason"] = reason.strip()
    note(desk, review, "management_review.moved", after, [review, current, row], before=before)


def _date_in_force(desk: Desk, review: ManagementReview) -> ReviewDate:
    query = select(ReviewDate).where(ReviewDate.review_id == review.id, ReviewDate.ended_at.is_(None))
    return desk.session.execute(query.order_by(ReviewDate.id.desc()).limit(1)).scalar_one()


def cancel_review(desk: Desk, key: str, *, reason: str) -> None:
    """Give up a planned review. Raises InvalidInput without a reason, InvalidTransition once it was held."""
    review = review_by_key(desk, key)
    require(Act.CANCEL, review.state)
    refuse(problems_of_text("reason", reason, N_("Say why it does not take place.")))
    current = _date_in_force(desk, review)
    current.ended_at = desk.now
    review.cancelled_at, review.cancelled_by = desk.now, desk.actor.user_id
    review.cancel_reason = reason.strip()
    review.row_version += 1
    note(desk, review, "management_review.cancelled", {"reason": reason.strip()}, [review, current])


def record_held(desk: Desk, key: str, *, held_on: date | None) -> None:
    """Record, or correct, the day on which it was held. Raises InvalidInput, InvalidTransition."""
    review = review_by_key(desk, key)
    require(Act.HOLD, review.state)
    refuse(problems_of_held(held_on, desk.today, last_held_on(desk, review)))
    if held_on is None or held_on == review.held_on:
        return
    before = {"held_on": review.held_on.isoformat()} if review.held_on else None
    review.held_on, review.held_recorded_at = held_on, desk.now
    review.held_recorded_by = desk.actor.user_id
    review.row_version += 1
    note(desk, review, "management_review.held", {"held_on": held_on.isoformat()}, [review], before=before)


def add_guest(desk: Desk, key: str, guest: Guest) -> ReviewAttendance:
    """Put somebody on the list of attendance. Raises InvalidInput, InvalidTransition."""
    review = review_by_key(desk, key)
    require(Act.INVITE, review.state)
    refuse(problems_of_guest(guest))
    row = ReviewAttendance(
        review_id=review.id,
        name=guest.name.strip(),
        role=guest.role.strip(),
        top_management=guest.top_management,
        present=guest.present,
        recorded_at=desk.now,
        recorded_by=desk.actor.user_id,
    )
    desk.session.add(row)
    after = {"name": row.name, "role": row.role, "present": row.present, "top_management": row.top_management}
    note(desk, review, "management_review.attendance", after, [row])
    return row


def change_presence(desk: Desk, key: str, guest_id: int) -> None:
    """Somebody expected was absent, or the reverse: the entry ends and a new one stands. Raises NotFound."""
    review, old = _guest(desk, key, guest_id)
    add_guest(desk, key, Guest(old.name, old.role, old.top_management, not old.present))
    _end(desk, review, old)


def remove_guest(desk: Desk, key: str, guest_id: int) -> None:
    """Take somebody off the list. Raises NotFound, InvalidTransition."""
    review, row = _guest(desk, key, guest_id)
    _end(desk, review, row)


def _guest(desk: Desk, key: str, guest_id: int) -> tuple[ManagementReview, ReviewAttendance]:
    review = review_by_key(desk, key)
    require(Act.INVITE, review.state)
    row = desk.session.get(ReviewAttendance, guest_id)
    if row is None or row.review_id != review.id or row.ended_at is not None:
        raise NotFound("attendance", str(guest_id))
    return review, row


def _end(desk: Desk, review: ManagementReview, row: ReviewAttendance) -> None:
    row.ended_at = desk.now
    note(desk, review, "management_review.attendance_ended", {"name": row.name, "role": row.role}, [row])
