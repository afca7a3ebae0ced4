"""The closed lists of evidence: what a version holds, how confidential it is, what a review says. Pure."""

from __future__ import annotations

from enum import StrEnum


class Confidentiality(StrEnum):
    """Restricted: members see that it exists; only uploader, owner, reviewers and SMS manager see the bytes."""

    INTERNAL = "internal"
    RESTRICTED = "restricted"


class VersionKind(StrEnum):
    """What a version holds. Nil states that an event has not occurred in a past period."""

    FILE = "file"
    LINK = "link"
    STATEMENT = "statement"
    NIL = "nil"


class Decision(StrEnum):
    """What a review says. The latest one by a day stands on that day."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


class RejectionKind(StrEnum):
    """Why a version does not serve."""

    NOT_SHOWN = "not_shown"
    NOT_APPROVED = "not_approved"
    WRONG_PERIOD = "wrong_period"
    WRONG_ARTEFACT = "wrong_artefact"
    UNREADABLE = "unreadable"


class VersionState(StrEnum):
    """Where a version stands, whatever the day. Lapsing is a matter of days and no state of its own."""

    IN_REVIEW = "in_review"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Standing(StrEnum):
    """Where an item stands as a whole, apart from lapsing: its best version decides."""

    COUNTING = "counting"
    IN_REVIEW = "in_review"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
