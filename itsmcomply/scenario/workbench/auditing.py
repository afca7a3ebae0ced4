"""Takes the steps on auditors, programmes and audits."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from itsmcomply.audits import operations as audits
from itsmcomply.audits.kinds import Competence
from itsmcomply.audits.models import AuditRow
from itsmcomply.audits.operations import Assignment, ProgrammeData, Report
from itsmcomply.audits.operations.desk import audit_by_key, programme_by_key
from itsmcomply.errors import NotFound
from itsmcomply.evidence.operations import Desk
from itsmcomply.scenario.setup import subject_named
from itsmcomply.scenario.workbench.keys import Keys, Written, user_id
from itsmcomply.scenario.workbench.model import (
    AddSlot,
    ApproveProgramme,
    AssignMember,
    BeginAudit,
    CancelAudit,
    ConcludeRow,
    CreateProgramme,
    OnAudits,
    PlanAudit,
    RecordCompetence,
    SignAudit,
    StateResult,
)


def take_on_audits(desk: Desk, step: OnAudits, keys: Keys, written: Written | None) -> None:
    """Take one step; `written` is the document that a signature is put to."""
    match step:
        case RecordCompetence():
            _competence(desk, step, keys)
        case CreateProgramme() | ApproveProgramme():
            _programme(desk, step, keys, written)
        case PlanAudit() | AssignMember() | AddSlot():
            _planning(desk, step, keys)
        case BeginAudit() | ConcludeRow():
            _conducting(desk, step, keys)
        case StateResult() | SignAudit() | CancelAudit():
            _ending(desk, step, keys, written)
        case _:
            raise TypeError(f"no way to take {type(step).__name__}")


def _competence(desk: Desk, step: RecordCompetence, keys: Keys) -> None:
    audits.record_competence(
        desk,
        user_id=user_id(desk, step.email),
        subject=Competence(step.subject),
        text=step.text,
        item_key=keys.evidence.item_key(desk, step.shown_by.item),
        valid_until=step.valid_until,
    )


def _programme(desk: Desk, step: CreateProgramme | ApproveProgramme, keys: Keys, written: Written | None) -> None:
    place = (step.system, step.programme)
    if isinstance(step, CreateProgramme):
        names = ("name", "from_on", "to_on", "objectives", "methods", "resources", "risks")
        data = ProgrammeData(**{name: getattr(step, name) for name in names})
        keys.programmes[place] = audits.create_programme(desk, data).key
        return
    filed = audits.approve_programme(desk, keys.programmes[place], _report(written), note=step.note)
    keys.evidence.hold(step.item, filed)


def _planning(desk: Desk, step: PlanAudit | AssignMember | AddSlot, keys: Keys) -> None:
    place = (step.system, step.audit)
    match step:
        case PlanAudit():
            programme = programme_by_key(desk, keys.programmes[step.system, step.programme]) if step.programme else None
            services = tuple(subject_named(desk.session, desk.system, name).id for name in step.services)
            planned = audits.plan_audit(desk, replace(step.plan, services=services), programme=programme)
            keys.audits[place] = planned.key
        case AssignMember():
            who = user_id(desk, step.email) if step.email else None
            member = Assignment(step.role, who, step.name, step.part, leave_out=step.leave_out)
            audits.assign(desk, keys.audits[place], member)
        case AddSlot():
            audits.add_slot(desk, keys.audits[place], step.slot)


def _conducting(desk: Desk, step: BeginAudit | ConcludeRow, keys: Keys) -> None:
    key = keys.audits[step.system, step.audit]
    if isinstance(step, BeginAudit):
        audits.begin_audit(desk, key, opening_people=step.people, opening_notes=step.notes)
        return
    if step.examined:
        audits.examine(desk, key, step.requirement, keys.versions(step.examined))
    version = row_version(desk, key, step.requirement)
    audits.save_row(desk, key, step.requirement, step.entry, row_version=version)


def _ending(desk: Desk, step: StateResult | SignAudit | CancelAudit, keys: Keys, written: Written | None) -> None:
    key = keys.audits[step.system, step.audit]
    match step:
        case StateResult():
            audits.state_result(desk, key, step.result, row_version=audit_by_key(desk, key).row_version)
        case SignAudit():
            filed = audits.sign_off(desk, key, _report(written))
            if filed is not None:
                keys.evidence.hold(step.item, filed)
        case CancelAudit():
            audits.cancel_audit(desk, key, reason=step.reason)


def row_version(desk: Desk, key: str, requirement: str) -> int:
    """The number of a row's last change, as its page knows it. Raises NotFound."""
    audit = audit_by_key(desk, key)
    wanted = select(AuditRow.row_version).where(AuditRow.audit_id == audit.id, AuditRow.requirement == requirement)
    found = desk.session.scalar(wanted)
    if found is None:
        raise NotFound("row", f"{key} {requirement}")
    return found


def _report(written: Written | None) -> Report:
    if not isinstance(written, Report):
        raise TypeError("the document of this signature was not written")
    return written
