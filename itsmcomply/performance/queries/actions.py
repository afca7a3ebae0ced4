"""Actions of management reviews and what became of them, on a day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.accounts.queries import names_of
from itsmcomply.performance.kinds import Step
from itsmcomply.performance.models import ManagementReview, ReviewAction, ReviewActionStep


@dataclass(frozen=True, slots=True)
class StepLine:
    step: Step
    note: str
    due_on: date | None
    on: date
    by: str


@dataclass(frozen=True, slots=True)
class ActionLine:
    """An action with the day in force and its steps, oldest first. `outcome`: done, dropped, or None while open."""

    review: str
    review_signed: bool
    number: int
    decision_id: int | None
    text: str
    owner: str
    due_on: date
    first_due_on: date
    outcome: Step | None
    steps: tuple[StepLine, ...]

    @property
    def key(self) -> str:
        return f"{self.review}/{self.number}"

    @property
    def is_open(self) -> bool:
        return self.outcome is None

    def late_days(self, today: date) -> int:
        """Days since it was due; 0 for what is done or not yet due."""
        return max(0, (today - self.due_on).days) if self.is_open else 0


def action_lines(session: Session, system_id: int) -> list[ActionLine]:
    """All actions that stand, in the order in which they were decided. Three queries; one when there are none."""
    rows = session.execute(
        select(ManagementReview, ReviewAction)
        .join(ReviewAction, ReviewAction.review_id == ManagementReview.id)
        .where(ManagementReview.system_id == system_id, ReviewAction.ended_at.is_(None))
        .order_by(ManagementReview.held_on, ReviewAction.id)
    ).all()
    if not rows:
        return []
    names = names_of(session)
    steps: dict[int, list[ReviewActionStep]] = defaultdict(list)
    ids = [action.id for _, action in rows]
    query = select(ReviewActionStep).where(ReviewActionStep.action_id.in_(ids)).order_by(ReviewActionStep.id)
    for step in session.scalars(query):
        steps[step.action_id].append(step)
    return [_line(review, action, steps[action.id], names) for review, action in rows]


def _line(
    review: ManagementReview, action: ReviewAction, steps: list[ReviewActionStep], names: dict[int, str]
) -> ActionLine:
    due_on, outcome = action.due_on, None
    for step in steps:
        if step.step is Step.NOTED:
            continue
        due_on = step.due_on or due_on
        outcome = None if step.step is Step.MOVED else step.step  # a new day opens a closed action again
    told = tuple(StepLine(s.step, s.note, s.due_on, s.recorded_at.date(), names.get(s.recorded_by, "")) for s in steps)
    return ActionLine(
        review=review.key,
        review_signed=review.signed_at is not None,
        number=action.number,
        decision_id=action.decision_id,
        text=action.text,
        owner=names.get(action.owner_id, ""),
        due_on=due_on,
        first_due_on=action.due_on,
        outcome=outcome,
        steps=told,
    )
