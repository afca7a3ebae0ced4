"""Actions of management reviews and what became of them, on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.accounts.queries import names_of
from itsmcomply.evidence.models import EvidenceItem, EvidenceVersion
from itsmcomply.performance.kinds import Step
from itsmcomply.performance.models import ManagementReview, ReviewAction, ReviewActionStep, ReviewStepEvidence


@dataclass(frozen=True, slots=True)
class StepLine:
    """`evidence`: what shows it, as (number of the item, number of the version)."""

    step: Step
    note: str
    due_on: date | None
    on: date
    by: str
    evidence: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class ActionLine:
    """An action with the day in force and its steps, oldest first. `outcome`: done, dropped, or None while open."""

    review: str
    review_signed: bool
    number: int
    decision_id: int | None
    text: str
    owner_id: int
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
    """All actions that stand, in the order in which they were decided. Four queries; one when there are none."""
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
    shown = _evidence(session, ids)
    return [_line(review, action, steps[action.id], names, shown) for review, action in rows]


def _evidence(session: Session, action_ids: list[int]) -> dict[int, list[tuple[int, int]]]:
    """Evidence by step, as (number of the item, number of the version)."""
    query = (
        select(ReviewStepEvidence.step_id, EvidenceItem.number, EvidenceVersion.number.label("version"))
        .join(ReviewActionStep, ReviewActionStep.id == ReviewStepEvidence.step_id)
        .join(EvidenceVersion, EvidenceVersion.id == ReviewStepEvidence.version_id)
        .join(EvidenceItem, EvidenceItem.id == EvidenceVersion.item_id)
        .where(ReviewActionStep.action_id.in_(action_ids))
        .order_by(EvidenceItem.number, EvidenceVersion.number)
    )
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for row in session.execute(query):
        found[row.step_id].append((row.number, row.version))
    return found


def _line(
    review: ManagementReview,
    action: ReviewAction,
    steps: list[ReviewActionStep],
    names: dict[int, str],
    evidence: Mapping[int, list[tuple[int, int]]],
) -> ActionLine:
    due_on, outcome = _stands(action, steps)
    told = tuple(
        StepLine(
            s.step,
            s.note,
            s.due_on,
            s.recorded_at.date(),
            names.get(s.recorded_by, ""),
            tuple(evidence.get(s.id, ())),
        )
        for s in steps
    )
    return ActionLine(
        review=review.key,
        review_signed=review.signed_at is not None,
        number=action.number,
        decision_id=action.decision_id,
        text=action.text,
        owner_id=action.owner_id,
        owner=names.get(action.owner_id, ""),
        due_on=due_on,
        first_due_on=action.due_on,
        outcome=outcome,
        steps=told,
    )


def _stands(action: ReviewAction, steps: Iterable[ReviewActionStep]) -> tuple[date, Step | None]:
    """The day in force and the outcome after these steps, oldest first; a new day opens a closed action again."""
    due_on, outcome = action.due_on, None
    for step in steps:
        if step.step is not Step.NOTED:
            due_on, outcome = step.due_on or due_on, None if step.step is Step.MOVED else step.step
    return due_on, outcome


@dataclass(frozen=True, slots=True)
class OwnAction:
    """An open action of one person, from a signed review."""

    review: str
    number: int
    text: str
    due_on: date


def own_open_actions(session: Session, system_id: int, user_id: int) -> tuple[OwnAction, ...]:
    """What a person still has to do because of signed reviews, the first due on top. One query."""
    rows = session.execute(
        select(ManagementReview, ReviewAction, ReviewActionStep)
        .join(ReviewAction, ReviewAction.review_id == ManagementReview.id)
        .outerjoin(ReviewActionStep, ReviewActionStep.action_id == ReviewAction.id)
        .where(
            ManagementReview.system_id == system_id,
            ManagementReview.signed_at.is_not(None),
            ReviewAction.owner_id == user_id,
            ReviewAction.ended_at.is_(None),
        )
        .order_by(ReviewAction.id, ReviewActionStep.id)
    )
    actions: dict[ReviewAction, tuple[str, list[ReviewActionStep]]] = {}
    for review, action, step in rows:
        steps = actions.setdefault(action, (review.key, []))[1]
        if step is not None:
            steps.append(step)
    found = []
    for action, (key, steps) in actions.items():
        due_on, outcome = _stands(action, steps)
        if outcome is None:
            found.append(OwnAction(key, action.number, action.text, due_on))
    return tuple(sorted(found, key=lambda one: (one.due_on, one.review, one.number)))
