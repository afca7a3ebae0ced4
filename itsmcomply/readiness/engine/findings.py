"""Findings on a day: which are open, how they are graded, what they limit, and which actions are overdue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from itsmcomply.clauses.model import Catalogue
from itsmcomply.readiness.engine.days import Vantage, in_force, value_in_force
from itsmcomply.readiness.facts import Action, Finding, Grade


@dataclass(frozen=True, slots=True)
class FindingOnDay:
    """A finding known on the day. `processes`: those of its requirements, or the one it names if it has none.

    `overdue`: keys of its overdue actions ("finding/action").
    """

    key: str
    grade: Grade
    is_open: bool
    requirements: tuple[str, ...]
    processes: tuple[str, ...]
    has_plan: bool
    overdue: tuple[str, ...]


def findings_on(findings: Iterable[Finding], catalogue: Catalogue, now: Vantage) -> tuple[FindingOnDay, ...]:
    """Findings known and graded on the day, by key."""
    found = (_on_day(finding, catalogue, now) for finding in findings if now.knows(finding.opened_at))
    return tuple(sorted((f for f in found if f is not None), key=lambda f: (len(f.key), f.key)))


def _on_day(finding: Finding, catalogue: Catalogue, now: Vantage) -> FindingOnDay | None:
    grade = value_in_force(finding.grades, now)
    if grade is None:
        return None
    overdue = (f"{finding.key}/{action.key}" for action in finding.actions if _is_overdue(action, now))
    return FindingOnDay(
        key=finding.key,
        grade=grade,
        is_open=not any(now.knows(c.closed_at) and not now.knows(c.reopened_at) for c in finding.closings),
        requirements=finding.requirements,
        processes=_processes(finding, catalogue),
        has_plan=in_force(finding.plans, now) is not None,
        overdue=tuple(sorted(overdue)),
    )


def _processes(finding: Finding, catalogue: Catalogue) -> tuple[str, ...]:
    known = [catalogue.requirements[r].process for r in finding.requirements if r in catalogue.requirements]
    if known:
        return tuple(dict.fromkeys(known))
    return () if finding.process is None else (finding.process,)


def _is_overdue(action: Action, now: Vantage) -> bool:
    due_on = value_in_force(action.due, now)
    known = now.knows(action.recorded_at) and not now.knows(action.ended_at)
    return known and due_on is not None and due_on < now.day and not now.knows(action.completed_at)


def open_of(findings: Iterable[FindingOnDay], grade: Grade) -> tuple[FindingOnDay, ...]:
    return tuple(finding for finding in findings if finding.is_open and finding.grade is grade)
