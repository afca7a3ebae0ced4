"""An audit of every clause for the bench: begun, and each of its rows concluded, with a version examined."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.audits.kinds import AuditKind, Conclusion, Method, TeamRole
from itsmcomply.audits.models import Audit, AuditRow, RowEvidence
from itsmcomply.audits.operations import Assignment, assign, begin_audit, plan_audit
from itsmcomply.audits.rules import Plan
from itsmcomply.clock import SystemClock
from itsmcomply.evidence.models import EvidenceVersion
from itsmcomply.evidence.operations import Desk, open_desk
from itsmcomply.permissions import Actor, Grant, Role
from itsmcomply.systems.models import ManagementSystem
from itsmcomply.web.resources import resources_of

AUDIT = f"IA-{datetime.now(UTC).year}-01"
CONCLUSIONS = (Conclusion.CONFORMS, Conclusion.CONFORMS, Conclusion.OBSERVATION, Conclusion.NOT_SAMPLED)


def add_audit(app: Flask, session: Session, system: ManagementSystem, person: int) -> None:
    """Plan it, begin it and fill in its checklist; its lead auditor comes from outside."""
    found = resources_of(app)
    roles = (Grant(system.id, Role.INTERNAL_AUDITOR), Grant(system.id, Role.SMS_MANAGER))
    actor = Actor(person, "Role 29", "person-29@example.org", is_admin=False, grants=roles)
    desk = open_desk(session, actor, SystemClock(), catalogue=found.catalogue, policy=found.policy, system_id=system.id)
    audit = plan_audit(desk, _plan(desk))
    session.flush()  # the audit is found by its key below
    assign(desk, audit.key, Assignment(TeamRole.LEAD, name="Auditor of another organisation"))
    assign(desk, audit.key, Assignment(TeamRole.AUDITOR, person))
    session.flush()  # it begins once it has a lead auditor, by one of its auditors
    begin_audit(desk, audit.key)
    session.flush()  # its rows are filled in by their ids
    _conclude(desk, audit)


def _plan(desk: Desk) -> Plan:
    return Plan(
        kind=AuditKind.INTERNAL,
        title="Everything",
        objectives="Find out whether the system conforms and works.",
        criteria="ISO/IEC 20000-1:2018",
        method=Method.ON_SITE,
        first_on=desk.today,
        last_on=desk.today + timedelta(days=10),
        clauses=tuple(c.number for c in desk.catalogue.clauses.values() if c.auditable),
    )


def _conclude(desk: Desk, audit: Audit) -> None:
    rows = desk.session.scalars(select(AuditRow).where(AuditRow.audit_id == audit.id)).all()
    versions = desk.session.scalars(select(EvidenceVersion).order_by(EvidenceVersion.id).limit(len(rows))).all()
    for number, row in enumerate(rows):
        row.conclusion = CONCLUSIONS[number % len(CONCLUSIONS)]
        row.statement = row.answer = f"Records of the year followed from end to end, row {number}."
        row.concluded_at = row.changed_at = desk.now
        row.concluded_by = row.changed_by = desk.actor.user_id
    for row, version in zip(rows, versions, strict=False):
        desk.session.add(
            RowEvidence(
                audit_id=audit.id,
                row_id=row.id,
                version_id=version.id,
                version_number=version.number,
                item_key=f"EV-{version.item_id:04d}",
                title="Records",
                artefact="inc_rec",
                sha256=version.sha256,
                examined_at=desk.now,
                examined_by=desk.actor.user_id,
            )
        )
