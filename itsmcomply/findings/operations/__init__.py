"""What people do with findings. Every function takes an evidence `Desk` (open transaction, actor, instant, system)."""

from itsmcomply.findings.operations.actions import add_action, change_due, complete_action, end_action
from itsmcomply.findings.operations.answering import answer_finding, record_correction, state_cause, state_extent
from itsmcomply.findings.operations.deciding import (
    accept_plan,
    close_finding,
    reopen_finding,
    return_plan,
    submit_plan,
    verify_effect,
    withdraw_finding,
)
from itsmcomply.findings.operations.proof import bind_evidence, unbind_evidence
from itsmcomply.findings.operations.raising import change_grade, edit_finding, raise_finding
from itsmcomply.findings.operations.setting import set_limits

__all__ = [
    "accept_plan",
    "add_action",
    "answer_finding",
    "bind_evidence",
    "change_due",
    "change_grade",
    "close_finding",
    "complete_action",
    "edit_finding",
    "end_action",
    "raise_finding",
    "record_correction",
    "reopen_finding",
    "return_plan",
    "set_limits",
    "state_cause",
    "state_extent",
    "submit_plan",
    "unbind_evidence",
    "verify_effect",
    "withdraw_finding",
]
