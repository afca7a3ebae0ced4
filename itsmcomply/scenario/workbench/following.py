"""Takes the steps on findings, from raising to closing."""

from __future__ import annotations

from dataclasses import replace

from itsmcomply.audits import operations as audits
from itsmcomply.audits.operations import RaisedHere
from itsmcomply.evidence.operations import Desk
from itsmcomply.findings import operations as findings
from itsmcomply.findings.statements import NewAction
from itsmcomply.scenario.workbench.auditing import row_version
from itsmcomply.scenario.workbench.keys import Keys, user_id
from itsmcomply.scenario.workbench.model import (
    AcceptPlan,
    AddAction,
    AnswerFinding,
    CloseFinding,
    CompleteAction,
    CorrectFinding,
    EndAction,
    MoveAction,
    OnFindings,
    RaiseFinding,
    ReturnPlan,
    StateCause,
    StateExtent,
    SubmitPlan,
    VerifyEffect,
)
from itsmcomply.scenario.workbench.sampling import raise_shown


def take_on_findings(desk: Desk, step: OnFindings, keys: Keys) -> None:
    """Take one step on a finding."""
    place = (step.system, step.finding)
    match step:
        case RaiseFinding():
            keys.findings[place] = _raise(desk, step, keys)
        case CorrectFinding() | StateExtent() | StateCause() | AnswerFinding():
            _answer(desk, keys.findings[place], step, keys)
        case AddAction() | MoveAction() | CompleteAction() | EndAction():
            _act(desk, keys.findings[place], step, keys)
        case SubmitPlan() | AcceptPlan() | ReturnPlan() | VerifyEffect() | CloseFinding():
            _decide(desk, keys.findings[place], step, keys)
        case _:
            raise TypeError(f"no way to take {type(step).__name__}")


def _raise(desk: Desk, step: RaiseFinding, keys: Keys) -> str:
    owner = user_id(desk, step.owner) if step.owner else None
    audit = keys.audits[step.system, step.audit] if step.audit else ""
    versions = keys.versions(step.evidence)
    raising = replace(step.raising, owner_id=owner, audit_key=audit)
    if step.row is None:
        return findings.raise_finding(desk, replace(raising, evidence=versions)).key
    if versions:
        audits.examine(desk, audit, step.row, versions)
    here = RaisedHere(raising.grade, raising.title, raising.statement, raising.objective, owner)
    if step.shown_by is not None:
        return raise_shown(desk, step, keys, here).key
    version = row_version(desk, audit, step.row)
    return audits.raise_from_row(desk, audit, step.row, here, row_version=version).key


def _answer(desk: Desk, key: str, step: CorrectFinding | StateExtent | StateCause | AnswerFinding, keys: Keys) -> None:
    match step:
        case CorrectFinding():
            findings.record_correction(desk, key, step.correction, versions=keys.versions(step.evidence))
        case StateExtent():
            findings.state_extent(desk, key, step.extent)
        case StateCause():
            findings.state_cause(desk, key, step.cause)
        case AnswerFinding():
            findings.answer_finding(desk, key, text=step.text, versions=keys.versions(step.evidence))


def _act(desk: Desk, key: str, step: AddAction | MoveAction | CompleteAction | EndAction, keys: Keys) -> None:
    match step:
        case AddAction():
            findings.add_action(desk, key, NewAction(step.text, user_id(desk, step.owner), step.due_on))
        case MoveAction():
            findings.change_due(desk, key, step.number, due_on=step.due_on, reason=step.reason)
        case CompleteAction():
            versions = keys.versions(step.evidence)
            findings.complete_action(desk, key, step.number, note=step.note, versions=versions)
        case EndAction():
            findings.end_action(desk, key, step.number, reason=step.reason)


def _decide(
    desk: Desk, key: str, step: SubmitPlan | AcceptPlan | ReturnPlan | VerifyEffect | CloseFinding, keys: Keys
) -> None:
    match step:
        case SubmitPlan():
            findings.submit_plan(desk, key)
        case AcceptPlan():
            findings.accept_plan(desk, key, plan=step.plan, effect_days=step.effect_days, note=step.note)
        case ReturnPlan():
            findings.return_plan(desk, key, plan=step.plan, note=step.note)
        case VerifyEffect():
            versions = keys.versions(step.evidence)
            findings.verify_effect(desk, key, effective=step.effective, statement=step.statement, versions=versions)
        case CloseFinding():
            findings.close_finding(desk, key, note=step.note)
