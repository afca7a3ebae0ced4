"""Findings with their grades, closings, accepted plans and actions, folded from rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from itsmcomply.findings.models import (
    ActionDue,
    CorrectiveAction,
    FindingClosing,
    FindingGrade,
    FindingPlan,
    FindingRequirement,
    FindingWithdrawal,
)
from itsmcomply.findings.models import Finding as FindingRow
from itsmcomply.readiness.facts import Action, Closing, Dated, Finding, Grade


def load_findings(session: Session, system_id: int) -> tuple[Finding, ...]:
    """All findings of a system, closed ones too. Eight queries; one when there are none.

    A withdrawn one counts until the moment of its withdrawal, so that days that have ended keep their answer.
    """
    rows = session.scalars(select(FindingRow).where(FindingRow.system_id == system_id)).all()
    if not rows:
        return ()
    mine = select(FindingRow.id).where(FindingRow.system_id == system_id)
    grades = _grouped(session, select(FindingGrade).where(FindingGrade.finding_id.in_(mine)))
    closings = _grouped(session, select(FindingClosing).where(FindingClosing.finding_id.in_(mine)))
    withdrawals = _grouped(session, select(FindingWithdrawal).where(FindingWithdrawal.finding_id.in_(mine)))
    accepted = select(FindingPlan).where(FindingPlan.finding_id.in_(mine), FindingPlan.accepted.is_(True))
    plans = _grouped(session, accepted)
    actions = _grouped(session, select(CorrectiveAction).where(CorrectiveAction.finding_id.in_(mine)))
    dues = _dues(session, mine)
    requirements = _grouped(session, select(FindingRequirement).where(FindingRequirement.finding_id.in_(mine)))
    return tuple(
        Finding(
            key=row.key,
            opened_at=row.opened_at,
            grades=tuple(
                Dated(Grade(entry.grade.value), entry.recorded_at, ended_at=entry.ended_at) for entry in grades[row.id]
            ),
            requirements=tuple(sorted(entry.requirement for entry in requirements[row.id])),
            process=row.process,
            closings=(
                *(Closing(entry.closed_at, entry.reopened_at) for entry in closings[row.id]),
                *(Closing(entry.withdrawn_at) for entry in withdrawals[row.id]),
            ),
            plans=tuple(_plan(entry) for entry in plans[row.id]),
            actions=tuple(_action(entry, dues[entry.id]) for entry in actions[row.id]),
        )
        for row in rows
    )


def _grouped(session: Session, query: Select[Any]) -> defaultdict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in session.scalars(query):
        found[row.finding_id].append(row)
    return found


def _dues(session: Session, mine: Select[Any]) -> defaultdict[int, list[ActionDue]]:
    query = select(ActionDue).join(CorrectiveAction, CorrectiveAction.id == ActionDue.action_id)
    found: defaultdict[int, list[ActionDue]] = defaultdict(list)
    for row in session.scalars(query.where(CorrectiveAction.finding_id.in_(mine)).order_by(ActionDue.id)):
        found[row.action_id].append(row)
    return found


def _plan(row: FindingPlan) -> Dated[str]:
    return Dated(f"{row.round}/{row.number}", row.decided_at or row.submitted_at, ended_at=row.ended_at)


def _action(row: CorrectiveAction, dues: Iterable[ActionDue]) -> Action:
    due: tuple[Dated[date], ...] = tuple(Dated(one.due_on, one.recorded_at, ended_at=one.ended_at) for one in dues)
    return Action(str(row.number), due, row.recorded_at, completed_at=row.completed_at, ended_at=row.ended_at)
