"""What people do with evidence. Every function takes a `Desk` (an open transaction with actor, instant and system)."""

from itsmcomply.evidence.operations.blocking import block_blob
from itsmcomply.evidence.operations.desk import Desk, open_desk
from itsmcomply.evidence.operations.filing import (
    Filed,
    add_version,
    change_item,
    confirm_unchanged,
    file_evidence,
    refile,
    withdraw_version,
)
from itsmcomply.evidence.operations.linking import end_link, link_to_control, link_to_requirement
from itsmcomply.evidence.operations.made_here import file_own_document
from itsmcomply.evidence.operations.receiving import Received, receive_bytes, waiting_upload
from itsmcomply.evidence.operations.register import freshen_register, rebuild_register
from itsmcomply.evidence.operations.reviewing import answer_question, ask_question, decide, decide_link

__all__ = [
    "Desk",
    "Filed",
    "Received",
    "add_version",
    "answer_question",
    "ask_question",
    "block_blob",
    "change_item",
    "confirm_unchanged",
    "decide",
    "decide_link",
    "end_link",
    "file_evidence",
    "file_own_document",
    "freshen_register",
    "link_to_control",
    "link_to_requirement",
    "open_desk",
    "rebuild_register",
    "receive_bytes",
    "refile",
    "waiting_upload",
    "withdraw_version",
]
