"""Corrective actions: add, give more time, end, complete."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from itsmcomply.errors import InvalidInput, InvalidTransition
from itsmcomply.evidence.operations import Desk
from itsmcomply.findings.kinds import EvidenceUse
from itsmcomply.findings.models import ActionDue, CorrectiveAction
from itsmcomply.findings.operations.opening import end_plan, open_finding, refuse, require_answering
from itsmcomply.findings.operations.proof import new_bindings
from itsmcomply.findings.rules import Act, State, state_of
from itsmcomply.findings.statements import NewAction, problem_of_due, problems_of_action, problems_of_reason
from itsmcomply.wording import N_, say


def add_action(desk: Desk, key: str, action: NewAction) -> CorrectiveAction:
    """Add what removes the cause (10.1.1 c). A plan that was submitted or accepted is to be submitted anew."""
    matter = open_finding(desk, key)
    matter.require(Act.ADD_ACTION)
    refuse(problems_of_action(action, desk.today))
    require_answering(desk, action.owner_id, "owner")
    numbers = [file.row.number for file in matter.dossier.actions]
    row = CorrectiveAction(
        finding_id=matter.finding.id,
        round=matter.finding.round,
        number=max(numbers, default=0) + 1,
        text=action.text.strip(),
        owner_id=action.owner_id,
        recorded_at=desk.now,
        recorded_by=desk.actor.user_id,
    )
    desk.session.add(row)
    desk.session.flush()  # its due day names its id
    due = _due(desk, row, action.due_on or desk.today)
    desk.session.add(due)
    ended = end_plan(matter, f"action {row.number} was added")
    after: dict[str, object] = {"action": row.number, "text": row.text, "owner": row.owner_id, "due_on": due.due_on}
    matter.note("finding.action_added", after, [row, due, *ended])
    return row


def _due(desk: Desk, row: CorrectiveAction, due_on: date, reason: str = "") -> ActionDue:
    return ActionDue(
        action_id=row.id, due_on=due_on, reason=reason, recorded_at=desk.now, recorded_by=desk.actor.user_id
    )


def change_due(desk: Desk, key: str, number: int, *, due_on: date | None, reason: str) -> ActionDue:
    """Move the due day of an action with the reason. Once the plan is accepted only an auditor grants more time."""
    matter = open_finding(desk, key)
    file, facts = matter.action(number)
    granted = state_of(matter.case) is State.PLANNED
    matter.require(Act.GRANT_TIME if granted else Act.MOVE_DUE, facts)
    _refuse_completed(file.row)
    problems = problems_of_reason(reason)
    if problem := problem_of_due(due_on, desk.today):
        problems["due_on"] = problem
    refuse(problems)
    old = [due for due in file.dues if due.ended_at is None]
    for due in old:
        due.ended_at = desk.now
    new = _due(desk, file.row, due_on or desk.today, reason.strip())
    desk.session.add(new)
    ended = [] if granted else end_plan(matter, f"action {number} was given another day")
    after: dict[str, object] = {"action": number, "due_on": new.due_on, "reason": new.reason}
    matter.note("finding.due_changed", after, [*old, new, *ended], before={"due_on": old[-1].due_on if old else None})
    return new


def end_action(desk: Desk, key: str, number: int, *, reason: str) -> CorrectiveAction:
    """Give an action up, with the reason; a plan that was submitted or accepted is to be submitted anew."""
    matter = open_finding(desk, key)
    file, _ = matter.action(number)
    matter.require(Act.END_ACTION)
    _refuse_completed(file.row)
    refuse(problems_of_reason(reason))
    row = file.row
    row.ended_at, row.ended_by, row.end_reason = desk.now, desk.actor.user_id, reason.strip()
    ended = end_plan(matter, f"action {number} was given up")
    matter.note("finding.action_ended", {"action": number, "reason": row.end_reason}, [row, *ended])
    return row


def complete_action(
    desk: Desk, key: str, number: int, *, note: str = "", versions: Iterable[int] = ()
) -> CorrectiveAction:
    """Say that an action is done, with evidence bound now or before. Raises InvalidInput (`evidence`) without any."""
    matter = open_finding(desk, key)
    file, facts = matter.action(number)
    matter.require(Act.COMPLETE_ACTION, facts)
    _refuse_completed(file.row)
    row = file.row
    bound = new_bindings(desk, matter.finding, EvidenceUse.ACTION, versions, action_id=row.id)
    if not bound and not facts.proven:
        raise InvalidInput({"evidence": say(N_("Attach what shows that the action was done."))})
    row.completed_at, row.completed_by, row.completed_note = desk.now, desk.actor.user_id, note.strip()
    desk.session.add_all(bound)
    after: dict[str, object] = {"action": number, "note": row.completed_note, "evidence": len(bound)}
    matter.note("finding.action_completed", after, [row, *bound])
    return row


def _refuse_completed(row: CorrectiveAction) -> None:
    if row.completed_at is not None:
        text = N_("Action %(number)s was completed; it no longer changes.")
        raise InvalidTransition("completed", "changed", say(text, number=row.number))
