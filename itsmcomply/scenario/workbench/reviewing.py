"""Takes the steps on management reviews."""

from __future__ import annotations

from itsmcomply.evidence.operations import Desk
from itsmcomply.performance import operations as reviews
from itsmcomply.performance.operations import Minutes
from itsmcomply.performance.operations.desk import input_of, review_by_key
from itsmcomply.performance.rules import NewAction
from itsmcomply.scenario.workbench.keys import Keys, Written, user_id
from itsmcomply.scenario.workbench.model import (
    CancelReview,
    Decide,
    DecideAction,
    FollowAction,
    InviteGuest,
    MoveReview,
    OnReviews,
    PlanReview,
    RecordHeld,
    SaveInput,
    SignReview,
    StateReview,
)


def take_on_reviews(desk: Desk, step: OnReviews, keys: Keys, written: Written | None) -> None:
    """Take one step; `written` are the minutes that a signature is put to."""
    place = (step.system, step.review)
    match step:
        case PlanReview():
            chair = user_id(desk, step.chair)
            planned = reviews.plan_review(desk, planned_on=step.planned_on, chair_id=chair, place=step.place)
            keys.reviews[place] = planned.key
        case MoveReview() | CancelReview() | InviteGuest() | RecordHeld():
            _prepare(desk, keys.reviews[place], step)
        case SaveInput() | StateReview():
            _state(desk, keys.reviews[place], step)
        case Decide() | DecideAction() | FollowAction():
            _decide(desk, keys.reviews[place], step)
        case SignReview():
            keys.evidence.hold(step.item, reviews.sign_review(desk, keys.reviews[place], _minutes(written)))
        case _:
            raise TypeError(f"no way to take {type(step).__name__}")


def _prepare(desk: Desk, key: str, step: MoveReview | CancelReview | InviteGuest | RecordHeld) -> None:
    match step:
        case MoveReview():
            version = review_by_key(desk, key).row_version
            reviews.move_review(desk, key, planned_on=step.planned_on, reason=step.reason, row_version=version)
        case CancelReview():
            reviews.cancel_review(desk, key, reason=step.reason)
        case InviteGuest():
            reviews.add_guest(desk, key, step.guest)
        case RecordHeld():
            reviews.record_held(desk, key, held_on=step.held_on)


def _state(desk: Desk, key: str, step: SaveInput | StateReview) -> None:
    review = review_by_key(desk, key)
    match step:
        case SaveInput():
            version = input_of(desk, review, step.input).row_version
            reviews.save_input(desk, key, step.input, step.entry, row_version=version)
        case StateReview():
            reviews.state_result(desk, key, step.statement, row_version=review.row_version)


def _decide(desk: Desk, key: str, step: Decide | DecideAction | FollowAction) -> None:
    match step:
        case Decide():
            reviews.add_decision(desk, key, step.decision)
        case DecideAction():
            owner = user_id(desk, step.owner)
            reviews.add_action(desk, key, NewAction(step.text, owner, step.due_on, step.decision))
        case FollowAction():
            reviews.follow_action(desk, key, step.number, step.step)


def _minutes(written: Written | None) -> Minutes:
    if not isinstance(written, Minutes):
        raise TypeError("the minutes of this signature were not written")
    return written
