"""Decide on versions and links, ask and answer questions. Nobody decides on what they brought in themselves."""

from __future__ import annotations

from sqlalchemy import select

from itsmcomply.accounts.models import User
from itsmcomply.errors import Conflict, InvalidInput, InvalidTransition, NotFound, NotPermitted
from itsmcomply.evidence.kinds import Decision, VersionState
from itsmcomply.evidence.models import (
    Blob,
    EvidenceLink,
    EvidenceVersion,
    LinkReview,
    Question,
    Review,
)
from itsmcomply.evidence.operations.desk import Desk
from itsmcomply.evidence.operations.filing import require_change, version_state
from itsmcomply.evidence.operations.register import refresh_line
from itsmcomply.evidence.rules import (
    Verdict,
    has_seen_these_bytes,
    problem_of_reviewer,
    problems_of_message,
    problems_of_verdict,
    require_transition,
)
from itsmcomply.permissions import TABLE, Permission
from itsmcomply.systems.models import Membership
from itsmcomply.wording import N_, say


def decide(desk: Desk, *, version_id: int, verdict: Verdict, opened: bool, after_review: int = 0) -> Review:
    """Accept or reject a version, bound to the bytes the reviewer saw. A second decision replaces the first.

    `after_review` is the id of the latest review the reviewer saw (0: none). Raises Conflict when the bytes or the
    reviews are others than shown, NotPermitted for the uploader, InvalidInput by field.
    """
    desk.require(Permission.REVIEW_EVIDENCE)
    item, version = desk.version(version_id)
    _refuse_own(desk, version.uploaded_by)
    if errors := problems_of_verdict(verdict):
        raise InvalidInput(dict(errors))
    _refuse_stale(desk, version, verdict, after_review)
    _refuse_blocked_acceptance(desk, version, verdict)
    require_transition(version_state(desk, version), VersionState(verdict.decision.value))
    review = Review(
        version_id=version.id,
        decision=verdict.decision,
        rejection=verdict.kind,
        reason=verdict.reason.strip(),
        sha256=version.sha256,
        bytes_opened=opened,
        decided_at=desk.now,
        reviewer_id=desk.actor.user_id,
    )
    desk.session.add(review)
    after: dict[str, object] = {"version": version.number, "sha256": version.sha256, "opened": opened}
    after |= {"reason": review.reason} if review.reason else {}
    after |= {"kind": verdict.kind} if verdict.kind else {}
    desk.note(f"evidence.{verdict.decision}", item, after, [review])
    refresh_line(desk, item)
    return review


def latest_review(desk: Desk, version_id: int) -> Review | None:
    """The review that stands, by moment and then number. One query."""
    return desk.session.execute(
        select(Review)
        .where(Review.version_id == version_id)
        .order_by(Review.decided_at.desc(), Review.id.desc())
        .limit(1)
    ).scalar_one_or_none()


def _refuse_own(desk: Desk, *brought_in_by: int) -> None:
    for uploader in brought_in_by:
        others = reviewers(desk) if uploader == desk.actor.user_id else ()
        problem = problem_of_reviewer(uploader=uploader, reviewer=desk.actor.user_id, reviewers=others)
        if problem:
            raise NotPermitted(problem)


def reviewers(desk: Desk) -> tuple[str, ...]:
    """Names of others who may review in this system, in order of name. One query."""
    roles = [role for role, permissions in TABLE.items() if Permission.REVIEW_EVIDENCE in permissions]
    names = desk.session.scalars(
        select(User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.system_id == desk.system.id,
            Membership.role.in_(roles),
            Membership.ended_at.is_(None),
            User.disabled_at.is_(None),
            User.id != desk.actor.user_id,
        )
        .order_by(User.name)
        .distinct()
    )
    return tuple(names)


def _refuse_stale(desk: Desk, version: EvidenceVersion, verdict: Verdict, after_review: int) -> None:
    item = desk.item(version.item_id)
    if not has_seen_these_bytes(verdict, version.sha256):
        theirs = {"sha256": version.sha256 or ""}
        raise Conflict(
            "evidence", f"{item.key} version {version.number}", theirs, {"sha256": verdict.seen_sha256 or ""}
        )
    latest = latest_review(desk, version.id)
    if latest is not None and latest.id != after_review:
        theirs = {"decision": latest.decision.value, "reason": latest.reason}
        yours = {"decision": verdict.decision.value, "reason": verdict.reason}
        raise Conflict("evidence", f"{item.key} version {version.number}", theirs, yours)


def _refuse_blocked_acceptance(desk: Desk, version: EvidenceVersion, verdict: Verdict) -> None:
    blob = desk.session.get(Blob, version.sha256) if version.sha256 else None
    if verdict.decision is Decision.ACCEPTED and blob is not None and blob.blocked_at is not None:
        reason = say(N_("The bytes of this version are blocked, so it cannot be accepted. Reject or withdraw it."))
        raise InvalidTransition("blocked", "accepted", reason)


def ask_question(desk: Desk, *, version_id: int, text: str) -> Question:
    """Ask about a version without deciding. Raises InvalidInput."""
    desk.require(Permission.REVIEW_EVIDENCE)
    item, version = desk.version(version_id)
    if errors := problems_of_message(text):
        raise InvalidInput(dict(errors))
    question = Question(version_id=version.id, text=text.strip(), asked_at=desk.now, asked_by=desk.actor.user_id)
    desk.session.add(question)
    desk.note("evidence.question_asked", item, {"version": version.number, "question": question.text}, [question])
    return question


def answer_question(desk: Desk, *, question_id: int, text: str) -> Question:
    """Answer a reviewer's question, once. Raises InvalidInput, InvalidTransition, NotPermitted."""
    question = desk.session.get(Question, question_id)
    if question is None:
        raise NotFound("question", str(question_id))
    item, version = desk.version(question.version_id)
    require_change(desk, item, version)
    if errors := problems_of_message(text):
        raise InvalidInput(dict(errors))
    if question.answer is not None:
        reason = say(N_("This question has been answered already. Your text was not sent."))
        raise InvalidTransition("answered", "answered", reason)
    question.answer, question.answered_at, question.answered_by = text.strip(), desk.now, desk.actor.user_id
    desk.note("evidence.question_answered", item, {"version": version.number, "answer": question.answer}, [question])
    return question


def decide_link(desk: Desk, *, link_id: int, decision: Decision, reason: str = "") -> LinkReview:
    """Accept or reject that an item stands for an artefact elsewhere. Neither linker nor uploader decides."""
    desk.require(Permission.REVIEW_EVIDENCE)
    link = find_link(desk, link_id)
    item = desk.item(link.item_id)
    uploaders = desk.session.scalars(select(EvidenceVersion.uploaded_by).where(EvidenceVersion.item_id == item.id))
    _refuse_own(desk, link.linked_by, *uploaders)
    if link.ended_at is not None:
        raise InvalidTransition("ended", decision, say(N_("This link was ended; its record no longer changes.")))
    if decision is Decision.REJECTED and not reason.strip():
        raise InvalidInput({"reason": say(N_("Write one sentence that tells the owner what to do."))})
    review = LinkReview(
        link_id=link.id,
        decision=decision,
        reason=reason.strip(),
        decided_at=desk.now,
        reviewer_id=desk.actor.user_id,
    )
    desk.session.add(review)
    after: dict[str, object] = {"link": link_target(link), "artefact": link.artefact, "reason": review.reason}
    desk.note(f"evidence.link_{decision}", item, after, [review])
    return review


def find_link(desk: Desk, link_id: int) -> EvidenceLink:
    """A link of this system. Raises NotFound."""
    link = desk.session.get(EvidenceLink, link_id)
    if link is None or link.system_id != desk.system.id:
        raise NotFound("link", str(link_id))
    return link


def link_target(link: EvidenceLink) -> str:
    return link.requirement if link.requirement is not None else f"control {link.control_id}"
