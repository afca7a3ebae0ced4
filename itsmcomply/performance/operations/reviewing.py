"""What is written down in a review: its inputs, decisions, actions and statement; and later what became of actions."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import func, select

from itsmcomply.errors import Conflict, NotFound
from itsmcomply.evidence.operations import Desk
from itsmcomply.findings.operations.proof import version_that_stands
from itsmcomply.performance.kinds import Consideration, Step
from itsmcomply.performance.models import (
    ManagementReview,
    ReviewAction,
    ReviewActionStep,
    ReviewDecision,
    ReviewInput,
    ReviewStepEvidence,
)
from itsmcomply.performance.operations.desk import find_review, input_of, note, refuse, review_by_key
from itsmcomply.performance.queries.people import people_to_choose
from itsmcomply.performance.rules import (
    Act,
    Entry,
    NewAction,
    NewDecision,
    NewStep,
    Statement,
    problems_of_action,
    problems_of_decision,
    problems_of_entry,
    problems_of_statement,
    problems_of_step,
    require,
    require_follower,
)
from itsmcomply.permissions import Permission
from itsmcomply.wording import N_, say

Numbered = TypeVar("Numbered", ReviewDecision, ReviewAction)


def save_input(desk: Desk, key: str, input_key: str, entry: Entry, *, row_version: int) -> ReviewInput:
    """Keep what was added to an input and whether it was considered, which only a review that was held can say.

    Raises InvalidInput, InvalidTransition, NotFound; Conflict with both values when somebody else saved first.
    """
    review = review_by_key(desk, key)
    row = input_of(desk, review, input_key)
    require(Act.PREPARE, review.state)
    if entry.consideration is not row.consideration:
        require(Act.CONSIDER, review.state)
    refuse(problems_of_entry(entry))
    before, after = _shown(row.addition, row.consideration), _shown(entry.addition.strip(), entry.consideration)
    if before == after:
        return row
    if row.row_version != row_version:
        raise Conflict("input", input_key, before, after)
    row.addition, row.consideration = entry.addition.strip(), entry.consideration
    row.changed_at, row.changed_by = desk.now, desk.actor.user_id
    row.row_version += 1
    note(desk, review, "management_review.input", {"input": input_key, **after}, [row], before=before)
    return row


def _shown(addition: str, consideration: Consideration | None) -> dict[str, str]:
    return {"addition": addition, "consideration": consideration.value if consideration else ""}


def add_decision(desk: Desk, key: str, decision: NewDecision) -> ReviewDecision:
    """Record a decision. Raises InvalidInput, InvalidTransition."""
    review = review_by_key(desk, key)
    require(Act.DECIDE, review.state)
    inputs = desk.session.scalars(select(ReviewInput.key).where(ReviewInput.review_id == review.id))
    refuse(problems_of_decision(decision, inputs))
    row = ReviewDecision(
        review_id=review.id,
        number=_next_number(desk, review, ReviewDecision),
        kind=decision.kind,
        text=decision.text.strip(),
        input_key=decision.input_key,
        recorded_at=desk.now,
        recorded_by=desk.actor.user_id,
    )
    desk.session.add(row)
    after = {"number": row.number, "kind": row.kind.value, "text": row.text}
    note(desk, review, "management_review.decided", after, [row])
    return row


def end_decision(desk: Desk, key: str, number: int) -> None:
    """Take a decision back before the review is signed. Raises NotFound, InvalidTransition."""
    review = review_by_key(desk, key)
    require(Act.DECIDE, review.state)
    row = _numbered(desk, review, ReviewDecision, number)
    row.ended_at = desk.now
    note(desk, review, "management_review.decision_ended", {"number": number}, [row], before={"text": row.text})


def add_action(desk: Desk, key: str, action: NewAction) -> ReviewAction:
    """Record what somebody will do by a day. Raises InvalidInput, InvalidTransition, NotFound."""
    review = review_by_key(desk, key)
    require(Act.DECIDE, review.state)
    problems = problems_of_action(action, review.held_on)
    if action.owner_id is not None and action.owner_id not in dict(people_to_choose(desk.session, desk.system.id)):
        problems["owner"] = say(N_("Choose somebody with a role in this management system."))
    refuse(problems)
    decision = _numbered(desk, review, ReviewDecision, action.decision) if action.decision is not None else None
    row = ReviewAction(
        review_id=review.id,
        number=_next_number(desk, review, ReviewAction),
        decision_id=decision.id if decision else None,
        text=action.text.strip(),
        owner_id=action.owner_id,
        due_on=action.due_on,
        recorded_at=desk.now,
        recorded_by=desk.actor.user_id,
    )
    desk.session.add(row)
    after = {"number": row.number, "text": row.text, "owner": row.owner_id, "due_on": row.due_on.isoformat()}
    note(desk, review, "management_review.action_added", after, [row])
    return row


def end_action(desk: Desk, key: str, number: int) -> None:
    """Take an action back before the review is signed. Raises NotFound, InvalidTransition."""
    review = review_by_key(desk, key)
    require(Act.DECIDE, review.state)
    row = _numbered(desk, review, ReviewAction, number)
    row.ended_at = desk.now
    note(desk, review, "management_review.action_ended", {"number": number}, [row], before={"text": row.text})


def follow_action(desk: Desk, key: str, number: int, step: NewStep) -> ReviewActionStep:
    """Write down what became of an action of a signed review, its owner or whoever may hold reviews.

    Raises InvalidInput, InvalidTransition, NotFound, NotPermitted.
    """
    review = find_review(desk, key)
    action = _numbered(desk, review, ReviewAction, number)
    holds = desk.actor.may(Permission.HOLD_MANAGEMENT_REVIEW, desk.system.id)
    require_follower(step.step, holds_reviews=holds, owns_action=action.owner_id == desk.actor.user_id)
    require(Act.FOLLOW, review.state)
    refuse(problems_of_step(step, desk.today))
    shown = [version_that_stands(desk, version) for version in dict.fromkeys(step.versions)]
    row = ReviewActionStep(
        action_id=action.id,
        step=step.step,
        due_on=step.due_on if step.step is Step.MOVED else None,
        note=step.note.strip(),
        recorded_at=desk.now,
        recorded_by=desk.actor.user_id,
    )
    desk.session.add(row)
    desk.session.flush()  # its evidence names its id
    bound = [ReviewStepEvidence(step_id=row.id, version_id=one.id, sha256=one.sha256) for one in shown]
    desk.session.add_all(bound)
    after: dict[str, object] = {"action": number, "step": row.step.value, "note": row.note}
    after |= {"due_on": row.due_on.isoformat()} if row.due_on else {}
    after |= {"evidence": [{"version": one.version_id, "sha256": one.sha256} for one in bound]} if bound else {}
    note(desk, review, "management_review.action_followed", after, [row, *bound])
    return row


def state_result(desk: Desk, key: str, statement: Statement, *, row_version: int) -> ManagementReview:
    """Answer on suitability, adequacy and effectiveness. Raises InvalidInput, InvalidTransition, Conflict."""
    review = review_by_key(desk, key)
    require(Act.STATE, review.state)
    refuse(problems_of_statement(statement))
    current = Statement(review.suitable, review.adequate, review.effective, review.statement)
    before, after = _statement_shown(current), _statement_shown(statement)
    if before == after:
        return review
    if review.row_version != row_version:
        raise Conflict("management review", key, before, after)
    review.suitable, review.adequate = statement.suitable, statement.adequate
    review.effective, review.statement = statement.effective, statement.text.strip()
    review.row_version += 1
    note(desk, review, "management_review.stated", after, [review], before=before)
    return review


def _statement_shown(statement: Statement) -> dict[str, str]:
    answers = {name: getattr(statement, name) for name in ("suitable", "adequate", "effective")}
    return {name: answer.value if answer else "" for name, answer in answers.items()} | {"text": statement.text.strip()}


def _next_number(desk: Desk, review: ManagementReview, table: type[Numbered]) -> int:
    """Numbers are never used twice, so those taken back count."""
    return (desk.session.scalar(select(func.max(table.number)).where(table.review_id == review.id)) or 0) + 1


def _numbered(desk: Desk, review: ManagementReview, table: type[Numbered], number: int) -> Numbered:
    query = select(table).where(table.review_id == review.id, table.number == number, table.ended_at.is_(None))
    found: Numbered | None = desk.session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound(table.__tablename__.rpartition("_")[2], str(number))
    return found
