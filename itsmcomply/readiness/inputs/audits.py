"""Internal audits with their days and rows, and approvals of audit programmes, folded from rows.

Only internal audits count (`derivation.md` 5); rows count once the audit is signed off; they may change until then.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from itsmcomply.audits.kinds import AuditKind, ScopeKind
from itsmcomply.audits.models import Audit as AuditTable
from itsmcomply.audits.models import AuditDate, AuditProgramme, AuditScope, ProgrammeApproval
from itsmcomply.audits.models import AuditRow as RowTable
from itsmcomply.readiness.facts import Audit, AuditRow, Dated


def load_audits(session: Session, system_id: int) -> tuple[Audit, ...]:
    """All internal audits of a system, planned and signed off. Four queries; one when there are none."""
    internal = (AuditTable.system_id == system_id, AuditTable.kind == AuditKind.INTERNAL)
    found = session.scalars(select(AuditTable).where(*internal).order_by(AuditTable.id)).all()
    if not found:
        return ()
    ids = select(AuditTable.id).where(*internal)
    days: dict[int, list[Dated[date]]] = defaultdict(list)
    for day in session.scalars(select(AuditDate).where(AuditDate.audit_id.in_(ids)).order_by(AuditDate.id)):
        days[day.audit_id].append(Dated(day.last_on, day.recorded_at, ended_at=day.ended_at))
    scopes = _scopes(session, ids)
    rows = _rows(session, system_id)
    return tuple(
        Audit(
            key=audit.key,
            recorded_at=audit.created_at,
            planned_on=tuple(days[audit.id]),
            planned_clauses=tuple(clause for clause, _ in scopes[audit.id]),
            planned_processes=tuple(dict.fromkeys(process for _, process in scopes[audit.id])),
            signed_off_at=audit.signed_off_at,
            rows=tuple(rows[audit.id]),
        )
        for audit in found
    )


def load_programmes(session: Session, system_id: int) -> tuple[Dated[str], ...]:
    """Every approval of an audit programme; the value is the programme's key. One query."""
    query = (
        select(ProgrammeApproval, AuditProgramme)
        .join(AuditProgramme, AuditProgramme.id == ProgrammeApproval.programme_id)
        .where(AuditProgramme.system_id == system_id)
        .order_by(ProgrammeApproval.id)
    )
    return tuple(Dated(p.key, a.approved_at, ended_at=a.ended_at) for a, p in session.execute(query))


def _scopes(session: Session, ids: Select[int]) -> dict[int, list[tuple[str, str]]]:
    """Clause and its process, by audit."""
    query = select(AuditScope.audit_id, AuditScope.key, AuditScope.process).where(
        AuditScope.audit_id.in_(ids),
        AuditScope.kind == ScopeKind.CLAUSE,
        AuditScope.ended_at.is_(None),
    )
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for audit_id, clause, process in session.execute(query.order_by(AuditScope.id)):
        found[audit_id].append((clause, process))
    return found


def _rows(session: Session, system_id: int) -> dict[int, list[AuditRow]]:
    """Concluded rows of signed audits; several rows of one clause with one conclusion are the same to the engine."""
    query = (
        select(RowTable.audit_id, RowTable.conclusion, RowTable.clause, RowTable.process)
        .join(AuditTable, AuditTable.id == RowTable.audit_id)
        .where(
            AuditTable.system_id == system_id, AuditTable.signed_off_at.is_not(None), RowTable.conclusion.is_not(None)
        )
        .distinct()
        .order_by(RowTable.audit_id, RowTable.clause, RowTable.conclusion)
    )
    found: dict[int, list[AuditRow]] = defaultdict(list)
    for audit_id, conclusion, clause, process in session.execute(query):
        if conclusion is not None:
            found[audit_id].append(AuditRow(conclusion.value, clause, process))
    return found
