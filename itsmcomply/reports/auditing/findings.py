"""Findings and corrective actions as they stood on the day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from itsmcomply.findings.dossiers import ActionFile, Bound, Dossier, load_dossiers
from itsmcomply.findings.hindsight import dossier_as_known
from itsmcomply.findings.limits import Raised, age, delays, earlier_alike
from itsmcomply.findings.queries.lines import raised_of
from itsmcomply.findings.rules import gate_sentence, is_open, missing, state_of
from itsmcomply.language import tell
from itsmcomply.reports.audit_model import ActionRow, ActionState, FindingRow, VersionRef
from itsmcomply.reports.auditing.sight import Sight


def read_findings(sight: Sight) -> tuple[tuple[FindingRow, ...], tuple[ActionRow, ...]]:
    """Findings in the order of raising, and their corrective actions. 19 queries, one when there are none."""
    found = load_dossiers(sight.session, sight.catalogue, sight.system_id)
    made = (dossier_as_known(dossier, sight.now.cutoff, sight.version_state) for dossier in found)
    known = [dossier for dossier in made if dossier is not None]
    raised = [raised_of(dossier) for dossier in known]
    findings = tuple(_finding(sight, dossier, raised) for dossier in known)
    return findings, tuple(_action(sight, dossier, action) for dossier in known for action in dossier.actions)


def _finding(sight: Sight, dossier: Dossier, raised: Iterable[Raised]) -> FindingRow:
    finding, case, grade = dossier.finding, dossier.case, dossier.grade
    on = sight.now.known_on
    late = delays(case, on)
    plan, verification = dossier.plan, dossier.verifications[-1] if dossier.verifications else None
    accepted = plan is not None and plan.accepted and plan.ended_at is None
    return FindingRow(
        key=finding.key,
        grade=grade.grade,
        state=state_of(case),
        is_open=is_open(case),
        title=finding.title,
        statement=finding.statement,
        requirements=dossier.requirements,
        process_name=sight.process_name(_process(sight, dossier)),
        source=finding.source,
        audit=finding.audit_key,
        reference=finding.source_ref,
        owner=sight.name(finding.owner_id),
        found_on=finding.found_on,
        plan_due_on=case.plan_due_on,
        closure_due_on=case.closure_due_on,
        closed_on=case.closed_on,
        age=age(case, on),
        late_days=late[0].days if late else 0,
        evidence=_refs(dossier.evidence),
        correction=dossier.corrections[-1].text if dossier.corrections else "",
        root_cause=_root_cause(dossier),
        plan_accepted_on=sight.day(plan.decided_at) if plan and accepted else None,
        effective=verification.effective if verification else None,
        verified_on=sight.day(verification.verified_at) if verification else None,
        verified_by=sight.name(verification.verified_by) if verification else "",
        waits_for=tuple(tell(gate_sentence(gate, case, on)) for gate in missing(case)),
        repeats=tuple(one.key for one in earlier_alike(raised_of(dossier), raised)),
    )


def _process(sight: Sight, dossier: Dossier) -> str | None:
    """The process it names, else that of its first requirement."""
    known = [sight.catalogue.requirements[key] for key in dossier.requirements]
    return dossier.finding.process or (known[0].process if known else None)


def _root_cause(dossier: Dossier) -> str:
    mine = [cause.row.root_cause for cause in dossier.causes if cause.row.round == dossier.finding.round]
    return mine[-1] if mine else ""


def _refs(bound: Sequence[Bound]) -> tuple[VersionRef, ...]:
    """Versions that are bound to a finding, each once, in the order of binding."""
    refs = (VersionRef(b.item_key, b.version, b.row.sha256 or "") for b in bound if b.row.ended_at is None)
    return tuple(dict.fromkeys(refs))


def _action(sight: Sight, dossier: Dossier, action: ActionFile) -> ActionRow:
    row = action.row
    done_on = sight.day(row.completed_at)
    return ActionRow(
        of=dossier.finding.key,
        number=row.number,
        text=row.text,
        owner=sight.name(row.owner_id),
        due_on=action.due_on,
        done_on=done_on,
        state=action_state(action.due_on, done_on, given_up=row.ended_at is not None, on=sight.now.known_on),
        note=(row.end_reason or "") if row.ended_at else (row.completed_note if done_on else ""),
        evidence=_refs(action.evidence),
    )


def action_state(due_on: date | None, done_on: date | None, *, given_up: bool, on: date) -> ActionState:
    """Late from the day after its due day on, until it is done or given up."""
    if given_up:
        return ActionState.GIVEN_UP
    if done_on is not None:
        return ActionState.DONE
    return ActionState.LATE if due_on is not None and due_on < on else ActionState.TO_DO
