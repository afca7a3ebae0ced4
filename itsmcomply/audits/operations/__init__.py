"""What people do with audits. Every function takes an evidence `Desk` (open transaction, actor, instant, system)."""

from itsmcomply.audits.operations.closing import Report, content_of, sign_off, state_result, still_open
from itsmcomply.audits.operations.conducting import (
    RaisedHere,
    begin_audit,
    drop_thread,
    examine,
    follow_thread,
    raise_from_row,
    save_row,
    unexamine,
)
from itsmcomply.audits.operations.planning import add_slot, cancel_audit, change_plan, end_slot, plan_audit
from itsmcomply.audits.operations.programme import (
    Draft,
    ProgrammeData,
    approve_programme,
    change_programme,
    create_programme,
    plan_from_drafts,
    programme_content,
)
from itsmcomply.audits.operations.team import (
    Assignment,
    assign,
    end_competence,
    reasons_against,
    record_competence,
    release,
)

__all__ = [
    "Assignment",
    "Draft",
    "ProgrammeData",
    "RaisedHere",
    "Report",
    "add_slot",
    "approve_programme",
    "assign",
    "begin_audit",
    "cancel_audit",
    "change_plan",
    "change_programme",
    "content_of",
    "create_programme",
    "drop_thread",
    "end_competence",
    "end_slot",
    "examine",
    "follow_thread",
    "plan_audit",
    "plan_from_drafts",
    "programme_content",
    "raise_from_row",
    "reasons_against",
    "record_competence",
    "release",
    "save_row",
    "sign_off",
    "state_result",
    "still_open",
    "unexamine",
]
