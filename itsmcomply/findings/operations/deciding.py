"""What the auditor decides: the plan, effect, closing, reopening, withdrawal. Never by somebody who acted on it."""

from __future__ import annotations

from collections.abc import Iterable

from itsmcomply.db import Base
from itsmcomply.errors import Conflict, InvalidInput
from itsmcomply.evidence.operations import Desk
from itsmcomply.findings.kinds import EvidenceUse, Source
from itsmcomply.findings.limits import limit_problem
from itsmcomply.findings.models import FindingClosing, FindingPlan, FindingVerification, FindingWithdrawal
from itsmcomply.findings.operations.opening import Matter, end_plan, open_finding, refuse
from itsmcomply.findings.operations.proof import new_bindings
from itsmcomply.findings.queries.limits import limits_of
from itsmcomply.findings.rules import Act
from itsmcomply.findings.statements import problems_of_reason, problems_of_text
from itsmcomply.wording import N_, say


def submit_plan(desk: Desk, key: str) -> FindingPlan:
    """Hand correction, extent, cause and actions to the auditor. Raises InvalidTransition with what is missing."""
    matter = open_finding(desk, key)
    matter.require(Act.SUBMIT_PLAN)
    row = FindingPlan(
        finding_id=matter.finding.id,
        round=matter.finding.round,
        number=max((plan.number for plan in matter.dossier.plans), default=0) + 1,
        submitted_at=desk.now,
        submitted_by=desk.actor.user_id,
    )
    desk.session.add(row)
    actions = [action.number for action in matter.case.actions if action.completed_on is None]
    matter.note("finding.plan_submitted", {"plan": row.number, "actions": actions}, [row])
    return row


def accept_plan(desk: Desk, key: str, *, plan: int, effect_days: int | None = None, note: str = "") -> FindingPlan:
    """Accept the plan of this number as submitted. `effect_days` None: as the limits of the system say.

    Raises Conflict when the plan was changed or decided since it was read, NotPermitted for whoever acted on it.
    """
    matter = open_finding(desk, key)
    matter.require(Act.ACCEPT_PLAN)
    row = _decidable(matter, plan)
    days = _default_effect_days(matter) if effect_days is None else effect_days
    if problem := limit_problem(days, least=1):
        refuse({"effect_days": problem})
    row.accepted, row.decided_at, row.decided_by = True, desk.now, desk.actor.user_id
    row.effect_days, row.note = days, note.strip()
    matter.note("finding.plan_accepted", {"plan": row.number, "effect_days": days, "note": row.note}, [row])
    return row


def return_plan(desk: Desk, key: str, *, plan: int, note: str) -> FindingPlan:
    """Give a plan back with what has to be put right; one that was accepted before counts no longer."""
    matter = open_finding(desk, key)
    matter.require(Act.RETURN_PLAN)
    row = _decidable(matter, plan)
    refuse(problems_of_text(note, "note", N_("Say what has to be put right.")))
    rows: list[Base] = [row]
    if row.accepted:
        end_plan(matter, note.strip())
    else:
        row.accepted, row.decided_at, row.decided_by, row.note = False, desk.now, desk.actor.user_id, note.strip()
    matter.note("finding.plan_returned", {"plan": row.number, "note": note.strip()}, rows)
    return row


def _decidable(matter: Matter, number: int) -> FindingPlan:
    row = matter.dossier.plan
    if row is None or row.number != number:
        theirs = {"plan": str(row.number) if row else ""}
        raise Conflict("finding", matter.finding.key, theirs, {"plan": str(number)})
    return row


def _default_effect_days(matter: Matter) -> int:
    by_body = matter.finding.source is Source.CERTIFICATION_BODY
    desk = matter.desk
    return limits_of(desk.session, desk.catalogue, desk.system.id, matter.case.grade, by_body=by_body).effect_days


def verify_effect(
    desk: Desk, key: str, *, effective: bool | None, statement: str, versions: Iterable[int]
) -> FindingVerification:
    """Record whether the cause is gone (10.1.1 d), with evidence. Not effective begins the next round.

    Raises NotPermitted for whoever owns or completed an action, InvalidTransition before the day it may be verified.
    """
    matter = open_finding(desk, key)
    matter.require(Act.VERIFY)
    problems = problems_of_text(statement, "statement", N_("Say what you looked at and what you saw."))
    if effective is None:
        problems["effective"] = say(N_("Say whether the actions removed the cause."))
    bound = new_bindings(desk, matter.finding, EvidenceUse.EFFECTIVENESS, versions)
    if not bound:
        problems["evidence"] = say(N_("Attach the evidence you looked at."))
    refuse(problems)
    row = FindingVerification(
        finding_id=matter.finding.id,
        round=matter.finding.round,
        effective=bool(effective),
        statement=statement.strip(),
        verified_at=desk.now,
        verified_by=desk.actor.user_id,
    )
    desk.session.add(row)
    desk.session.flush()  # its evidence names its id
    for binding in bound:
        binding.verification_id = row.id
    desk.session.add_all(bound)
    rows: list[Base] = [row, *bound]
    if not effective:
        rows += _next_round(matter, "the actions were not effective")
    after: dict[str, object] = {"effective": row.effective, "statement": row.statement, "evidence": len(bound)}
    matter.note("finding.verified" if effective else "finding.not_effective", after, rows)
    return row


def _next_round(matter: Matter, reason: str) -> list[Base]:
    """Begin the next attempt: extent, cause, actions, plan and verification are due again."""
    ended = end_plan(matter, reason)
    matter.finding.round += 1
    matter.finding.row_version += 1
    return [matter.finding, *ended]


def close_finding(desk: Desk, key: str, *, note: str = "") -> FindingClosing:
    """Close a finding whose gates all hold. Raises InvalidTransition with what is missing, NotPermitted."""
    matter = open_finding(desk, key)
    matter.require(Act.CLOSE)
    row = FindingClosing(
        finding_id=matter.finding.id, closed_at=desk.now, closed_by=desk.actor.user_id, note=note.strip()
    )
    desk.session.add(row)
    matter.note("finding.closed", {"note": row.note}, [row])
    return row


def reopen_finding(desk: Desk, key: str, *, reason: str) -> FindingClosing:
    """Open a closed finding again, because it came back; a new round begins. Raises InvalidInput without a reason."""
    matter = open_finding(desk, key)
    matter.require(Act.REOPEN)
    refuse(problems_of_reason(reason))
    if not matter.dossier.closings:
        raise InvalidInput({"": say(N_("This finding was never closed."))})
    row = matter.dossier.closings[-1]
    row.reopened_at, row.reopened_by, row.reopen_reason = desk.now, desk.actor.user_id, reason.strip()
    matter.note("finding.reopened", {"reason": row.reopen_reason}, [row, *_next_round(matter, "reopened")])
    return row


def withdraw_finding(desk: Desk, key: str, *, reason: str) -> FindingWithdrawal:
    """Take a finding back that was raised in error, with the reason; it stays in the register.

    Raises InvalidTransition once anything was stated about it, NotPermitted for whoever answers for it.
    """
    matter = open_finding(desk, key)
    matter.require(Act.WITHDRAW)
    refuse(problems_of_reason(reason))
    row = FindingWithdrawal(
        finding_id=matter.finding.id,
        reason=reason.strip(),
        withdrawn_at=desk.now,
        withdrawn_by=desk.actor.user_id,
    )
    desk.session.add(row)
    matter.note("finding.withdrawn", {"reason": row.reason}, [row])
    return row
