"""What may happen to a version of evidence, and who may decide on it (`derivation.md` 1). Pure: values in, sentences
out.

Sentences say what happened, what is unchanged and what to do; an empty result means that nothing stands in the way.
"""

from __future__ import annotations

from dataclasses import dataclass

from itsmcomply.errors import InvalidTransition
from itsmcomply.evidence.kinds import Decision, RejectionKind, VersionState
from itsmcomply.evidence.names import problem_of_text
from itsmcomply.wording import N_, Sentence, say

LONGEST_REASON = 2000


# A second decision may change the first; a withdrawal is final, because others may have relied on it since.
TRANSITIONS: dict[VersionState, frozenset[VersionState]] = {
    VersionState.IN_REVIEW: frozenset({VersionState.ACCEPTED, VersionState.REJECTED, VersionState.WITHDRAWN}),
    VersionState.ACCEPTED: frozenset({VersionState.REJECTED, VersionState.WITHDRAWN}),
    VersionState.REJECTED: frozenset({VersionState.ACCEPTED, VersionState.WITHDRAWN}),
    VersionState.WITHDRAWN: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """A reviewer's decision as it reached us. `seen_sha256` names the bytes shown when the decision was made."""

    decision: Decision
    kind: RejectionKind | None
    reason: str
    seen_sha256: str | None


def state_of(*, latest: Decision | None, withdrawn: bool) -> VersionState:
    """The state of a version from its latest review and its withdrawal."""
    if withdrawn:
        return VersionState.WITHDRAWN
    match latest:
        case None:
            return VersionState.IN_REVIEW
        case Decision.ACCEPTED:
            return VersionState.ACCEPTED
        case Decision.REJECTED:
            return VersionState.REJECTED


def require_transition(current: VersionState, wanted: VersionState) -> None:
    """Refuse a change of state that the table does not hold. Raises InvalidTransition."""
    if wanted not in TRANSITIONS[current]:
        raise InvalidTransition(current, wanted, _refused_transition(current, wanted))


def _refused_transition(current: VersionState, wanted: VersionState) -> Sentence:
    if current is VersionState.WITHDRAWN:
        return say(N_("This version was withdrawn; its record no longer changes. File a new version instead."))
    if current is wanted:
        return say(N_("This version has already been %(state)s. Nothing was changed."), state=wanted)
    return say(N_("A version cannot go back into review. File a new version instead."))


def problem_of_reviewer(*, uploader: int, reviewer: int, reviewers: tuple[str, ...] = ()) -> Sentence | None:
    """Why this person cannot decide on a version, or None. Nobody reviews what they uploaded, whatever their roles.

    `reviewers` are the names of those who can, for the sentence.
    """
    if uploader != reviewer:
        return None
    if not reviewers:
        text = N_("You uploaded this version, so someone else reviews it. Invite a reviewer; nobody else is one yet.")
        return say(text)
    return say(
        N_("You uploaded this version, so someone else reviews it. Reviewers: %(reviewers)s."),
        reviewers=", ".join(reviewers),
    )


def problems_of_verdict(verdict: Verdict) -> dict[str, Sentence]:
    """What is wrong with a decision, by field. A rejection names its kind and tells the owner what to do."""
    errors: dict[str, Sentence] = {}
    if verdict.decision is Decision.REJECTED:
        if verdict.kind is None:
            errors["kind"] = say(N_("Choose what is wrong with it."))
        if not verdict.reason.strip():
            errors["reason"] = say(N_("Write one sentence that tells the owner what to do."))
    elif verdict.kind is not None:
        errors["kind"] = say(N_("An accepted version has no kind of rejection. Choose one of the two."))
    errors.update(_problem_of_reason(verdict.reason))
    return errors


def has_seen_these_bytes(verdict: Verdict, sha256: str | None) -> bool:
    """Whether the decision was made on the bytes the version holds; False means that the page is out of date."""
    return verdict.seen_sha256 == sha256


def problems_of_withdrawal(reason: str) -> dict[str, Sentence]:
    """What is wrong with the reason of a withdrawal or a block, by field. Both need one."""
    if not reason.strip():
        return {"reason": say(N_("Give the reason; it stays on record with the version."))}
    return _problem_of_reason(reason)


def problems_of_message(text: str) -> dict[str, Sentence]:
    """What is wrong with a question or an answer, by field."""
    if not text.strip():
        return {"text": say(N_("Write the question or answer first. Nothing was sent."))}
    problem = _problem_of_reason(text).get("reason")
    return {"text": problem} if problem else {}


def _problem_of_reason(reason: str) -> dict[str, Sentence]:
    if len(reason) > LONGEST_REASON:
        text = N_("Keep it under %(limit)s characters; the file holds the details.")
        return {"reason": say(text, limit=LONGEST_REASON)}
    problem = problem_of_text(reason, lines=True)
    return {"reason": problem} if problem else {}


def may_open(
    *, restricted: bool, person: int, trusted: bool, uploaders: set[int], owner: int | None, owns_process: bool
) -> bool:
    """Whether a member may open what an item holds. Restricted ones: uploaders, owner, reviewers and SMS manager only.

    `trusted`: reviewer or SMS manager. `owns_process`: owner of the home process where the item names no owner.
    """
    return not restricted or trusted or person in uploaders or person == owner or owns_process
