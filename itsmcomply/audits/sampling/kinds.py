"""The closed lists of sampling, and the attributes tested where nobody says otherwise. Pure."""

from __future__ import annotations

from enum import StrEnum

from itsmcomply.audits.tickets.model import Kind
from itsmcomply.wording import N_


class ImportState(StrEnum):
    """Where the import of an export stands."""

    READING = "reading"
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class Answer(StrEnum):
    """What a test of one attribute came to. "No" is an error. "Untested" is an answer that was taken back."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "not_applicable"
    UNTESTED = "untested"


ATTRIBUTES: dict[Kind, tuple[str, ...]] = {
    Kind.INCIDENT: (
        N_("Recorded and classified"),
        N_("Priority follows from impact and urgency"),
        N_("Escalated when it had to be"),
        N_("Resolution recorded"),
        N_("Closed as the procedure says"),
    ),
    Kind.PROBLEM: (
        N_("Recorded and given a priority"),
        N_("Related incidents linked"),
        N_("Cause found or accepted as unknown"),
        N_("Known error or workaround recorded"),
        N_("Effect of the solution reviewed"),
    ),
    Kind.CHANGE: (
        N_("Classified as the policy says"),
        N_("Assessed for risk and impact"),
        N_("Approved before it was deployed"),
        N_("Tested where that is possible"),
        N_("Way back planned and tried"),
        N_("Reviewed for effectiveness"),
    ),
    Kind.REQUEST: (
        N_("Recorded and classified"),
        N_("Approved where that is asked for"),
        N_("Fulfilled within the target"),
        N_("Closed with the requester's agreement"),
    ),
}
