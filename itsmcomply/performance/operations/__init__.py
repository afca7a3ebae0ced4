"""What people do with management reviews. Every function takes an evidence `Desk`."""

from itsmcomply.performance.operations.planning import (
    add_guest,
    cancel_review,
    change_presence,
    move_review,
    plan_review,
    record_held,
    remove_guest,
)
from itsmcomply.performance.operations.reviewing import (
    add_action,
    add_decision,
    end_action,
    end_decision,
    follow_action,
    save_input,
    state_result,
)
from itsmcomply.performance.operations.signing import Minutes, sign_review

__all__ = [
    "Minutes",
    "add_action",
    "add_decision",
    "add_guest",
    "cancel_review",
    "change_presence",
    "end_action",
    "end_decision",
    "follow_action",
    "move_review",
    "plan_review",
    "record_held",
    "remove_guest",
    "save_input",
    "sign_review",
    "state_result",
]
