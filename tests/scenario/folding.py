"""The facts of audits, programmes, findings and reviews folded from the steps of a scenario, without a database.

A second way to the same facts, written from `docs/derivation.md` and not from the tables, to hold the first against.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from itsmcomply.audits.kinds import PREFIXES, AuditKind
from itsmcomply.clauses.model import Catalogue
from itsmcomply.findings.kinds import PREFIXES as FINDING_PREFIXES
from itsmcomply.findings.kinds import Grade as RaisedGrade
from itsmcomply.readiness.facts import (
    Action,
    Audit,
    AuditRow,
    Closing,
    Dated,
    Finding,
    Grade,
    ManagementReview,
)
from itsmcomply.scenario.model import InSystem, Scenario
from itsmcomply.scenario.workbench import model as steps

CONCLUDED = {
    RaisedGrade.MAJOR: "nonconformity",
    RaisedGrade.MINOR: "nonconformity",
    RaisedGrade.AREA_OF_CONCERN: "observation",
    RaisedGrade.OBSERVATION: "observation",
    RaisedGrade.OPPORTUNITY: "opportunity",
    RaisedGrade.STRENGTH: "conforms",
}


@dataclass
class Folded:
    """What the steps of one system say, by name; the product's keys follow from kind, year and order."""

    catalogue: Catalogue
    audits: dict[str, Audit] = field(default_factory=dict)
    kinds: dict[str, AuditKind] = field(default_factory=dict)
    days: dict[str, date] = field(default_factory=dict)
    rows: dict[str, dict[str, str]] = field(default_factory=dict)
    programmes: list[str] = field(default_factory=list)
    approvals: list[Dated[str]] = field(default_factory=list)
    findings: dict[str, Finding] = field(default_factory=dict)
    reviews: dict[str, ManagementReview] = field(default_factory=dict)
    held: dict[str, date] = field(default_factory=dict)
    numbers: Counter[str] = field(default_factory=Counter)

    def key(self, prefix: str, year: int) -> str:
        self.numbers[f"{prefix}-{year}"] += 1
        return f"{prefix}-{year}-{self.numbers[f'{prefix}-{year}']:02d}"

    def internal(self) -> frozenset[Audit]:
        return frozenset(
            replace(audit, rows=self._rows(name) if audit.signed_off_at else ())
            for name, audit in self.audits.items()
            if self.kinds[name] is AuditKind.INTERNAL
        )

    def _rows(self, name: str) -> tuple[AuditRow, ...]:
        known = self.catalogue.requirements
        found = {
            (known[key].clause, conclusion, known[key].process) for key, conclusion in self.rows.get(name, {}).items()
        }
        return tuple(AuditRow(conclusion, clause, process) for clause, conclusion, process in sorted(found))


def fold(scenario: Scenario, system: str, catalogue: Catalogue) -> Folded:
    folded = Folded(catalogue)
    for step in scenario.steps:
        if isinstance(step, InSystem) and step.system == system:
            match step:
                case steps.OnAudits():
                    _audit(folded, step)
                case steps.OnFindings():
                    _finding(folded, step)
                case steps.OnReviews():
                    _review(folded, step)
                case _:
                    pass
    return folded


def _audit(folded: Folded, step: steps.OnAudits) -> None:
    audits = folded.audits
    match step:
        case steps.CreateProgramme():
            folded.programmes.append(step.programme)
        case steps.ApproveProgramme():
            number = folded.programmes.index(step.programme) + 1
            folded.approvals.append(Dated(f"AP-{number:02d}", step.moment))
        case steps.PlanAudit():
            audits[step.audit] = _planned(folded, step)
            folded.kinds[step.audit] = step.plan.kind
            folded.days[step.audit] = step.plan.last_on or date.min
        case steps.ConcludeRow() if step.entry.conclusion is not None:
            folded.rows.setdefault(step.audit, {})[step.requirement] = step.entry.conclusion.value
        case steps.SignAudit():
            audits[step.audit] = replace(audits[step.audit], signed_off_at=step.moment)
        case steps.CancelAudit():
            planned = tuple(_ended(one, step.moment) for one in audits[step.audit].planned_on)
            audits[step.audit] = replace(audits[step.audit], planned_on=planned)
        case _:
            pass


def _planned(folded: Folded, step: steps.PlanAudit) -> Audit:
    plan = step.plan
    assert plan.first_on is not None
    assert plan.last_on is not None
    processes = dict.fromkeys(folded.catalogue.clauses[clause].process or "" for clause in plan.clauses)
    key = folded.key(PREFIXES[plan.kind], plan.first_on.year)
    return Audit(key, step.moment, (Dated(plan.last_on, step.moment),), plan.clauses, tuple(processes))


def _ended(one: Dated[date], at: datetime) -> Dated[date]:
    return one if one.ended_at else replace(one, ended_at=at)


def _finding(folded: Folded, step: steps.OnFindings) -> None:
    if isinstance(step, steps.RaiseFinding):
        folded.findings[step.finding] = _raised(folded, step)
        return
    found = folded.findings[step.finding]
    match step:
        case steps.AcceptPlan():
            found = replace(found, plans=(*found.plans, Dated(f"1/{step.plan}", step.moment)))
        case steps.CloseFinding():
            found = replace(found, closings=(*found.closings, Closing(step.moment)))
        case steps.AddAction():
            action = Action(str(step.number), (Dated(step.due_on, step.moment),), step.moment)
            found = replace(found, actions=(*found.actions, action))
        case steps.MoveAction() | steps.CompleteAction() | steps.EndAction():
            acted = tuple(_acted(one, step) if one.key == str(step.number) else one for one in found.actions)
            found = replace(found, actions=acted)
        case _:
            pass
    folded.findings[step.finding] = found


def _acted(action: Action, step: steps.MoveAction | steps.CompleteAction | steps.EndAction) -> Action:
    match step:
        case steps.MoveAction():
            due = (*(_ended(one, step.moment) for one in action.due), Dated(step.due_on, step.moment))
            return replace(action, due=due)
        case steps.CompleteAction():
            return replace(action, completed_at=step.moment)
        case steps.EndAction():
            return replace(action, ended_at=step.moment)


def _raised(folded: Folded, step: steps.RaiseFinding) -> Finding:
    raising = step.raising
    requirements, process, day = raising.requirements, raising.process, raising.found_on or step.moment.date()
    if step.row is not None and step.audit is not None:
        folded.rows.setdefault(step.audit, {})[step.row] = CONCLUDED[raising.grade]
        requirements, process = (step.row,), folded.catalogue.requirements[step.row].process
        day = min(folded.days[step.audit], step.moment.date())
    key = folded.key(FINDING_PREFIXES[raising.grade], day.year)
    grade = Dated(Grade(raising.grade.value), step.moment)
    return Finding(key, step.moment, (grade,), tuple(sorted(requirements)), process)


def _review(folded: Folded, step: steps.OnReviews) -> None:
    if isinstance(step, steps.PlanReview):
        key = folded.key("MR", step.planned_on.year)
        folded.reviews[step.review] = ManagementReview(key, step.moment, (Dated(step.planned_on, step.moment),))
        return
    found = folded.reviews[step.review]
    match step:
        case steps.MoveReview():
            ended = tuple(_ended(one, step.moment) for one in found.planned_on)
            found = replace(found, planned_on=(*ended, Dated(step.planned_on, step.moment)))
        case steps.CancelReview():
            found = replace(found, planned_on=tuple(_ended(one, step.moment) for one in found.planned_on))
        case steps.RecordHeld():
            folded.held[step.review] = step.held_on
        case steps.SignReview():
            found = replace(found, held_on=folded.held[step.review], held_recorded_at=step.moment)
        case _:
            pass
    folded.reviews[step.review] = found


def by_key(found: Iterable[Audit | Finding | ManagementReview]) -> Mapping[str, object]:
    """Facts by key; the order of entries inside them says nothing."""
    return {one.key: _unordered(one) for one in found}


def _unordered(one: Audit | Finding | ManagementReview) -> object:
    match one:
        case Audit():
            rows = sorted((row.clause or "", row.conclusion, row.process or "") for row in one.rows)
            return (
                one.recorded_at,
                one.planned_on,
                sorted(one.planned_clauses),
                sorted(one.planned_processes),
                rows,
                one.signed_off_at,
            )
        case Finding():
            return replace(one, actions=tuple(sorted(one.actions, key=lambda action: action.key)))
        case ManagementReview():
            return one
