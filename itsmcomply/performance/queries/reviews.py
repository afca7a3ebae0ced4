"""Management reviews for the list and for the page of one, and for its documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from itsmcomply.accounts.queries import names_of
from itsmcomply.clauses.model import Catalogue
from itsmcomply.errors import NotFound
from itsmcomply.evidence.models import EvidenceItem, EvidenceVersion
from itsmcomply.performance.filled import Filled, from_text
from itsmcomply.performance.kinds import State
from itsmcomply.performance.models import (
    ManagementReview,
    ReviewAttendance,
    ReviewDate,
    ReviewDecision,
    ReviewInput,
)
from itsmcomply.performance.outlook import DayStanding
from itsmcomply.performance.queries.actions import ActionLine, action_lines
from itsmcomply.performance.queries.filling import Period, fill, load_ground, period_since
from itsmcomply.performance.rules import Standing, hindrances
from itsmcomply.systems.models import ManagementSystem
from itsmcomply.wording import Sentence

Row = TypeVar("Row", ReviewDecision, ReviewAttendance)
StandingOf = Callable[[Sequence[date]], list[DayStanding]]
"""Where the system stood on some days, none ahead."""


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A review in a list. `planned_on`: the day in force, or the last one before it was cancelled."""

    key: str
    state: State
    planned_on: date
    held_on: date | None
    signed_on: date | None
    chair: str
    decisions: int
    present: int
    minutes: str
    cancel_reason: str


def review_lines(session: Session, system_id: int) -> list[ReviewLine]:
    """Every review, the latest day on top. Six queries; one when there are none."""
    reviews = session.scalars(select(ManagementReview).where(ManagementReview.system_id == system_id)).all()
    if not reviews:
        return []
    ids = [review.id for review in reviews]
    names = names_of(session)
    dates = select(ReviewDate).where(ReviewDate.review_id.in_(ids)).order_by(ReviewDate.id)
    days = {row.review_id: row.planned_on for row in session.scalars(dates)}
    decided = list(session.scalars(_standing(ReviewDecision, ids)))
    guests = list(session.scalars(_standing(ReviewAttendance, ids)))
    minutes = _minutes(session, reviews)
    found = [
        ReviewLine(
            key=one.key,
            state=one.state,
            planned_on=days[one.id],
            held_on=one.held_on,
            signed_on=one.signed_at.date() if one.signed_at else None,
            chair=names.get(one.chair_id, ""),
            decisions=sum(1 for row in decided if row.review_id == one.id),
            present=sum(1 for row in guests if row.review_id == one.id and row.present),
            minutes=minutes.get(one.id, ""),
            cancel_reason=one.cancel_reason or "",
        )
        for one in reviews
    ]
    return sorted(found, key=lambda line: (line.held_on or line.planned_on, line.key), reverse=True)


def _standing(table: type[Row], ids: list[int]) -> Select[Row]:
    """Rows of these reviews that were not ended, in the order of recording."""
    return select(table).where(table.review_id.in_(ids), table.ended_at.is_(None)).order_by(table.id)


def _minutes(session: Session, reviews: Sequence[ManagementReview]) -> dict[int, str]:
    """The evidence item the minutes are filed as, by review."""
    versions = {one.minutes_version_id: one.id for one in reviews if one.minutes_version_id is not None}
    query = (
        select(EvidenceVersion.id, EvidenceItem)
        .join(EvidenceItem, EvidenceItem.id == EvidenceVersion.item_id)
        .where(EvidenceVersion.id.in_(versions))
    )
    return {versions[version]: item.key for version, item in session.execute(query)} if versions else {}


@dataclass(frozen=True, slots=True)
class InputView:
    """One input of the agenda, filled. `row` holds what people wrote."""

    number: int
    key: str
    name: str
    ask: str
    requirement: str
    row: ReviewInput
    filled: Filled
    changed_by: str

    @property
    def is_answered(self) -> bool:
        return self.row.consideration is not None


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision with the actions that carry it out. `follows`: name of the input, "" for none."""

    row: ReviewDecision
    follows: str
    actions: tuple[ActionLine, ...]


@dataclass(frozen=True, slots=True)
class ReviewView:
    """All there is about one review. `seq`: trail number of the facts it was read from. `dates`: oldest first."""

    review: ManagementReview
    state: State
    planned_on: date
    dates: tuple[ReviewDate, ...]
    chair: str
    signed_by: str
    minutes: str
    period: Period
    inputs: tuple[InputView, ...]
    guests: tuple[ReviewAttendance, ...]
    decisions: tuple[DecisionView, ...]
    loose: tuple[ActionLine, ...]
    hindrances: tuple[Sentence, ...]
    seq: int

    @property
    def answered(self) -> int:
        return sum(1 for one in self.inputs if one.is_answered)

    @property
    def actions(self) -> tuple[ActionLine, ...]:
        return tuple(action for one in self.decisions for action in one.actions) + self.loose


def find_review(session: Session, system_id: int, key: str) -> ManagementReview:
    """A review by its key. One query. Raises NotFound."""
    query = select(ManagementReview).where(ManagementReview.system_id == system_id)
    found = next((review for review in session.scalars(query) if review.key == key), None)
    if found is None:
        raise NotFound("management review", key)
    return found


def review_view(
    session: Session, catalogue: Catalogue, system_id: int, key: str, *, today: date, standing: StandingOf
) -> ReviewView:
    """A review as it stands: signed ones from what was kept, others filled from today's data. Raises NotFound.

    About 45 queries however much there is, and those of `standing`; a dozen for a signed one.
    """
    seq, created_at = session.execute(
        select(ManagementSystem.facts_seq, ManagementSystem.created_at).where(ManagementSystem.id == system_id)
    ).one()
    review = find_review(session, system_id, key)
    names = names_of(session)
    dates = list(session.scalars(select(ReviewDate).where(ReviewDate.review_id == review.id).order_by(ReviewDate.id)))
    period = period_since(_held_before(session, review), min(review.held_on or today, today))
    marks = [day for day in period.marks() if day >= created_at.date()]  # nothing was on record before
    inputs = _inputs(session, catalogue, review, period, names, today=today, standing=lambda: standing(marks))
    guests = tuple(session.scalars(_standing(ReviewAttendance, [review.id])))
    decided = list(session.scalars(_standing(ReviewDecision, [review.id])))
    actions = [line for line in action_lines(session, system_id) if line.review == key]
    titles = {one.key: one.name for one in inputs}
    decisions = tuple(
        DecisionView(row, titles.get(row.input_key, ""), tuple(a for a in actions if a.decision_id == row.id))
        for row in decided
    )
    standing_decisions = {row.id for row in decided}
    return ReviewView(
        review=review,
        state=review.state,
        planned_on=dates[-1].planned_on,
        dates=tuple(dates),
        chair=names.get(review.chair_id, ""),
        signed_by=names.get(review.signed_by or 0, ""),
        minutes=_minutes(session, [review]).get(review.id, ""),
        period=period,
        inputs=inputs,
        guests=guests,
        decisions=decisions,
        loose=tuple(a for a in actions if a.decision_id not in standing_decisions),
        hindrances=hindrances_of(review, [one.row for one in inputs], guests, decided),
        seq=seq,
    )


def hindrances_of(
    review: ManagementReview,
    inputs: Sequence[ReviewInput],
    guests: Sequence[ReviewAttendance],
    decided: Sequence[ReviewDecision],
) -> tuple[Sentence, ...]:
    """What stands in the way of the signature, from rows in force."""
    answers = (review.suitable, review.adequate, review.effective)
    return hindrances(
        Standing(
            inputs=len(inputs),
            open_inputs=sum(1 for row in inputs if row.consideration is None),
            top_management=sum(1 for guest in guests if guest.top_management and guest.present),
            decisions=len(decided),
            stated=all(answers) and bool(review.statement.strip()),
        )
    )


def _held_before(session: Session, review: ManagementReview) -> date | None:
    """The day of the signed review before this one."""
    query = select(ManagementReview.held_on).where(
        ManagementReview.system_id == review.system_id,
        ManagementReview.signed_at.is_not(None),
        ManagementReview.id != review.id,
    )
    days = [day for day in session.scalars(query) if day and (review.held_on is None or day < review.held_on)]
    return max(days, default=None)


def _inputs(
    session: Session,
    catalogue: Catalogue,
    review: ManagementReview,
    period: Period,
    names: dict[int, str],
    *,
    today: date,
    standing: Callable[[], list[DayStanding]],
) -> tuple[InputView, ...]:
    query = select(ReviewInput).where(ReviewInput.review_id == review.id).order_by(ReviewInput.position)
    rows = list(session.scalars(query))
    known = {one.key: one for one in catalogue.review_inputs}
    if review.state is State.SIGNED:
        filled = {row.key: from_text(row.filled) for row in rows}
    else:
        ground = load_ground(
            session,
            catalogue,
            review.system_id,
            period=period,
            today=today,
            before=review.key,
            standing=standing(),
        )
        filled = {row.key: fill(ground, known[row.key], catalogue) for row in rows if row.key in known}
    return tuple(
        InputView(
            number=place,
            key=row.key,
            name=known[row.key].name if row.key in known else row.key,
            ask=known[row.key].ask if row.key in known else "",
            requirement=known[row.key].requirement if row.key in known else "",
            row=row,
            filled=filled.get(row.key, Filled()),
            changed_by=names.get(row.changed_by or 0, ""),
        )
        for place, row in enumerate(rows, 1)
    )


def next_review(lines: Sequence[ReviewLine]) -> ReviewLine | None:
    """The one to prepare: held but not signed, else the first one planned."""
    waiting = [line for line in lines if line.state in {State.HELD, State.PLANNED}]
    return min(waiting, key=lambda line: (line.state is State.PLANNED, line.planned_on), default=None)
