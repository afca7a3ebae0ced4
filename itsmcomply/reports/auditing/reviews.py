"""Management reviews, what they decided, and what had become of their actions by the day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from sqlalchemy import select

from itsmcomply.hindsight import all_known
from itsmcomply.performance.kinds import Step
from itsmcomply.performance.models import (
    ManagementReview,
    ReviewAction,
    ReviewActionStep,
    ReviewAttendance,
    ReviewDate,
    ReviewDecision,
)
from itsmcomply.reports.audit_model import ActionRow, ActionState, ReviewDecisionRow, ReviewLine, VersionRef
from itsmcomply.reports.auditing.findings import action_state
from itsmcomply.reports.auditing.sight import Sight, in_force

Part = TypeVar("Part", ReviewAttendance, ReviewDecision, ReviewAction)


@dataclass(frozen=True, slots=True)
class Reviews:
    """What was read of management reviews."""

    lines: tuple[ReviewLine, ...] = ()
    decisions: tuple[ReviewDecisionRow, ...] = ()
    actions: tuple[ActionRow, ...] = ()


def read_reviews(sight: Sight) -> Reviews:
    """All reviews known on the day, by their day. Seven queries, one when there are none."""
    mine = select(ManagementReview).where(ManagementReview.system_id == sight.system_id)
    reviews = all_known(sight.session.scalars(mine.order_by(ManagementReview.id)), sight.now.cutoff)
    if not reviews:
        return Reviews()
    ids = [one.id for one in reviews]
    planned = _days(sight, ids)
    reviews = tuple(sorted(reviews, key=lambda one: (one.held_on or planned[one.id].planned_on, one.key)))
    keys = {one.id: one.key for one in reviews}
    guests, decided = _standing(sight, ReviewAttendance, ids), _standing(sight, ReviewDecision, ids)
    numbers = {row.id: row.number for row in decided}
    actions = _actions(sight, keys, _standing(sight, ReviewAction, ids), numbers)
    decisions = tuple(_decision(sight, keys, row) for row in sorted(decided, key=lambda row: ids.index(row.review_id)))
    minutes = sight.versions(one.minutes_version_id for one in reviews)
    lines = (_line(sight, one, minutes) for one in reviews)
    counted = (
        replace(
            line,
            planned_on=planned[one.id].planned_on,
            present=sum(guest.present for guest in guests if guest.review_id == one.id),
            decisions=sum(row.review == one.key for row in decisions),
            actions=sum(row.of == one.key for row in actions),
            actions_open=sum(row.of == one.key and row.state in OPEN for row in actions),
        )
        for one, line in zip(reviews, lines, strict=True)
    )
    return Reviews(tuple(counted), decisions, actions)


OPEN = frozenset({ActionState.TO_DO, ActionState.LATE})


def _days(sight: Sight, ids: Sequence[int]) -> dict[int, ReviewDate]:
    """The day planned for, by review: the one in force, or the last before it was cancelled."""
    query = select(ReviewDate).where(ReviewDate.review_id.in_(ids)).order_by(ReviewDate.id)
    known = all_known(sight.session.scalars(query), sight.now.cutoff)
    return {review: days[-1] for review, days in in_force(known, lambda day: day.review_id).items()}


def _standing(sight: Sight, table: type[Part], ids: Sequence[int]) -> list[Part]:
    """Entries in force on the day, in the order of recording."""
    query = select(table).where(table.review_id.in_(ids)).order_by(table.id)
    return [row for row in all_known(sight.session.scalars(query), sight.now.cutoff) if row.ended_at is None]


def _line(sight: Sight, review: ManagementReview, minutes: Mapping[int, VersionRef]) -> ReviewLine:
    line = ReviewLine(
        key=review.key,
        state=review.state,
        planned_on=None,
        held_on=review.held_on,
        chair=sight.name(review.chair_id),
        signed_on=sight.day(review.signed_at),
        cancel_reason=review.cancel_reason or "",
    )
    if review.signed_at is None:
        return line
    kept = minutes.get(review.minutes_version_id or 0)
    return replace(
        line,
        minutes=replace(kept, sha256=review.minutes_sha256 or "") if kept else None,
        suitable=review.suitable,
        adequate=review.adequate,
        effective=review.effective,
        statement=review.statement,
    )


def _decision(sight: Sight, keys: Mapping[int, str], row: ReviewDecision) -> ReviewDecisionRow:
    names = {one.key: one.name for one in sight.catalogue.review_inputs}
    follows = names.get(row.input_key, row.input_key)
    return ReviewDecisionRow(keys[row.review_id], row.number, row.kind, row.text, follows)


def _actions(
    sight: Sight, keys: Mapping[int, str], rows: Sequence[ReviewAction], numbers: Mapping[int, int]
) -> tuple[ActionRow, ...]:
    order = list(keys)
    steps = _steps(sight, [row.id for row in rows])
    rows = sorted(rows, key=lambda row: (order.index(row.review_id), row.number))
    return tuple(_action(sight, keys[row.review_id], row, steps.get(row.id, ()), numbers) for row in rows)


def _steps(sight: Sight, ids: Sequence[int]) -> dict[int, list[ReviewActionStep]]:
    found: dict[int, list[ReviewActionStep]] = defaultdict(list)
    if ids:
        query = select(ReviewActionStep).where(ReviewActionStep.action_id.in_(ids)).order_by(ReviewActionStep.id)
        for step in all_known(sight.session.scalars(query), sight.now.cutoff):
            found[step.action_id].append(step)
    return found


def _action(
    sight: Sight, review: str, row: ReviewAction, steps: Sequence[ReviewActionStep], numbers: Mapping[int, int]
) -> ActionRow:
    """An action with its day and outcome after the steps: a new day opens a closed one again."""
    due_on, outcome = row.due_on, None
    for step in steps:
        if step.step is not Step.NOTED:
            due_on = step.due_on or due_on
            outcome = None if step.step is Step.MOVED else step
    ended_on = sight.day(outcome.recorded_at) if outcome else None
    given_up = outcome is not None and outcome.step is Step.DROPPED
    done_on = None if given_up else ended_on
    return ActionRow(
        of=review,
        number=row.number,
        text=row.text,
        owner=sight.name(row.owner_id),
        due_on=due_on,
        done_on=done_on,
        state=action_state(due_on, done_on, given_up=given_up, on=sight.now.known_on),
        note=steps[-1].note if steps else "",
        decision=numbers.get(row.decision_id or 0),
    )
