"""A small audit department for tests: a desk per role, an audit of some clauses, a checklist filled in."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from itsmcomply.audits.kinds import AuditKind, Conclusion, Extent, Method, TeamRole
from itsmcomply.audits.models import AuditRow
from itsmcomply.audits.operations import (
    Assignment,
    Report,
    assign,
    begin_audit,
    content_of,
    plan_audit,
    save_row,
    sign_off,
    state_result,
)
from itsmcomply.audits.operations.desk import audit_by_key
from itsmcomply.audits.rules import Entry, Plan, Result
from itsmcomply.db import transaction
from itsmcomply.evidence.filing import Filing
from itsmcomply.evidence.kinds import VersionKind
from itsmcomply.evidence.operations import Desk, Filed, file_evidence, open_desk, receive_bytes
from itsmcomply.web.resources import resources_of
from tests.cast import Cast

DAY = date(2026, 11, 24)
RESULT = Result(
    conformity=Extent.MET,
    effectiveness=Extent.MET,
    conclusion="The processes audited meet the criteria and reach their results.",
    uncovered="Rows not sampled follow in the next audit.",
    distribution="SMS manager, process owners",
)


@dataclass(frozen=True)
class Shop:
    cast: Cast

    @contextmanager
    def desk(self, who: str) -> Iterator[Desk]:
        """A committed use case of this role. Never nest, never call a client inside."""
        found = resources_of(self.cast.app)
        with self.cast.app.app_context(), transaction() as session:
            actor = self.cast.actor(session, who)
            yield open_desk(
                session,
                actor,
                self.cast.clock,
                catalogue=found.catalogue,
                policy=found.policy,
                system_id=self.cast.system_id,
            )

    def later(self, **step: float) -> datetime:
        self.cast.clock.advance(timedelta(**step))
        return self.cast.clock.now()

    def plan(self, *clauses: str, kind: AuditKind = AuditKind.INTERNAL, who: str = "sms_manager") -> str:
        with self.desk(who) as desk:
            return plan_audit(desk, plan_of(*clauses, kind=kind)).key

    def running(self, *clauses: str, lead: str = "internal_auditor") -> str:
        """An audit that has begun, led by the internal auditor."""
        key = self.plan(*clauses)
        with self.desk("sms_manager") as desk:
            assign(desk, key, Assignment(TeamRole.LEAD, self.cast.ids[lead]))
        with self.desk(lead) as desk:
            begin_audit(desk, key)
        return key

    def conclude(self, key: str, conclusion: Conclusion = Conclusion.CONFORMS, who: str = "internal_auditor") -> None:
        """Conclude every open row alike."""
        with self.desk(who) as desk:
            audit = audit_by_key(desk, key)
            for row in desk.session.scalars(select(AuditRow).where(AuditRow.audit_id == audit.id)).all():
                if row.conclusion is None:
                    entry = Entry(conclusion, answer="Seen in the records.", statement="Seen.")
                    save_row(desk, key, row.requirement, entry, row_version=row.row_version)

    def signed(self, *clauses: str, result: Result = RESULT) -> str:
        """An audit closed by its lead auditor, every row conforming."""
        key = self.running(*clauses)
        self.conclude(key)
        self.close(key, result)
        return key

    def close(self, key: str, result: Result = RESULT, who: str = "internal_auditor") -> None:
        with self.desk(who) as desk:
            state_result(desk, key, result, row_version=audit_by_key(desk, key).row_version)
        with self.desk(who) as desk:
            sign_off(desk, key, self.report(desk, key))

    def report(self, desk: Desk, key: str) -> Report:
        store = resources_of(self.cast.app).store
        stored = store.put(io.BytesIO(f"report of {key}".encode()), limit=1000, name="report.docx")
        return Report(stored, f"{key}.docx", content_of(desk.session, audit_by_key(desk, key)))

    def file(self, who: str, artefact: str, text: str = "content") -> Filed:
        """Evidence filed under an artefact, effective today."""
        store = resources_of(self.cast.app).store
        stored = store.put(io.BytesIO(text.encode()), limit=10_000, name="x.txt")
        with self.desk(who) as desk:
            received = receive_bytes(desk, stored=stored, file_name="x.txt", detected_type="text/plain")
            recurs = desk.catalogue.artefacts[artefact].every is not None
            since = desk.today - timedelta(days=20) if recurs else None
            filing = Filing(VersionKind.FILE, artefact, desk.today, period_from=since)
            return file_evidence(desk, artefact=artefact, filing=filing, upload=received.upload)


def plan_of(*clauses: str, kind: AuditKind = AuditKind.INTERNAL, title: str = "Resolution and fulfilment") -> Plan:
    return Plan(
        kind=kind,
        title=title,
        objectives="Find out whether the processes meet the standard and work.",
        criteria="ISO/IEC 20000-1:2018 and our own procedures",
        method=Method.ON_SITE,
        first_on=DAY,
        last_on=DAY + timedelta(days=1),
        clauses=clauses,
    )
