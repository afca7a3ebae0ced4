"""Set up an audit programme, change it, approve it, and plan audits from a suggested plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from itsmcomply.activity.operations import Record, record_activity
from itsmcomply.audits.content import content_digest, values
from itsmcomply.audits.models import Audit, AuditDate, AuditMember, AuditProgramme, AuditScope, ProgrammeApproval
from itsmcomply.audits.operations.closing import Report
from itsmcomply.audits.operations.desk import programme_by_key, refuse
from itsmcomply.audits.operations.planning import plan_audit
from itsmcomply.audits.operations.team import Assignment, assign
from itsmcomply.audits.rules import (
    LONGEST_PROGRAMME_YEARS,
    Plan,
    Problems,
    problems_of_days,
    problems_of_line,
    problems_of_texts,
)
from itsmcomply.db import Base
from itsmcomply.errors import Conflict, InvalidTransition, NotPermitted
from itsmcomply.evidence.filing import Filing
from itsmcomply.evidence.kinds import VersionKind
from itsmcomply.evidence.operations import Desk, Filed, file_own_document
from itsmcomply.permissions import Permission
from itsmcomply.systems.operations import touch_facts
from itsmcomply.wording import N_, say

PROGRAMME_ARTEFACT = "aud_prog"
TEXTS = ("objectives", "methods", "resources", "risks")


@dataclass(frozen=True, slots=True)
class ProgrammeData:
    """What a programme says. `from_on` and `to_on` are its first and last day."""

    name: str
    from_on: date | None
    to_on: date | None
    objectives: str = ""
    methods: str = ""
    resources: str = ""
    risks: str = ""


def problems_of_programme(data: ProgrammeData) -> Problems:
    """What is wrong with a programme, by field."""
    problems = problems_of_line("name", data.name, N_("Name it, for example by its years."))
    days = problems_of_days(data.from_on, data.to_on, most_days=366 * LONGEST_PROGRAMME_YEARS)
    problems |= {{"first_on": "from_on", "last_on": "to_on"}[name]: text for name, text in days.items()}
    problems |= problems_of_texts({name: getattr(data, name) for name in TEXTS})
    if not data.objectives.strip():
        problems.setdefault("objectives", say(N_("Say what the programme is to achieve.")))
    return problems


def create_programme(desk: Desk, data: ProgrammeData) -> AuditProgramme:
    """Set up a programme. Raises InvalidInput by field, NotPermitted."""
    desk.require(Permission.PLAN_AUDIT)
    refuse(problems_of_programme(data))
    query = select(func.max(AuditProgramme.number)).where(AuditProgramme.system_id == desk.system.id)
    programme = AuditProgramme(
        system_id=desk.system.id,
        number=(desk.session.scalar(query) or 0) + 1,
        name=data.name.strip(),
        from_on=data.from_on,
        to_on=data.to_on,
        created_at=desk.now,
        created_by=desk.actor.user_id,
        **{name: getattr(data, name).strip() for name in TEXTS},
    )
    desk.session.add(programme)
    _note(desk, programme, "programme.created", _texts(programme), [programme])
    return programme


def change_programme(desk: Desk, key: str, data: ProgrammeData, *, row_version: int) -> AuditProgramme:
    """Change what a programme says. An approval stays on record for what it approved. Raises Conflict, InvalidInput."""
    desk.require(Permission.PLAN_AUDIT)
    programme = programme_by_key(desk, key)
    refuse(problems_of_programme(data))
    before = _texts(programme)
    if programme.row_version != row_version:
        sent = {name: str(getattr(data, name)) for name in before}
        raise Conflict("audit programme", key, before, sent)
    for name in ("name", *TEXTS):
        setattr(programme, name, getattr(data, name).strip())
    if data.from_on is not None and data.to_on is not None:
        programme.from_on, programme.to_on = data.from_on, data.to_on
    programme.row_version += 1
    _note(desk, programme, "programme.changed", _texts(programme), [programme], before=before)
    return programme


def approve_programme(desk: Desk, key: str, report: Report, *, note: str = "") -> Filed:
    """Approve a programme as it stands; it is filed for review. Whoever set it up does not approve it.

    Raises Conflict when it changed since the document was written, InvalidTransition without any audit, NotPermitted.
    """
    desk.require(Permission.PLAN_AUDIT)
    programme = programme_by_key(desk, key)
    refuse(problems_of_texts({"note": note}))
    if programme.created_by == desk.actor.user_id:
        raise NotPermitted(say(N_("You set this programme up, so somebody else approves it.")))
    if not audits_of(desk.session, programme):
        raise InvalidTransition(
            "draft", "approved", say(N_("Plan at least one audit before the programme is approved."))
        )
    if programme_content(desk.session, programme) != report.content:
        raise Conflict("audit programme", key)
    old = _approvals_in_force(desk, programme)
    for one in old:
        one.ended_at, one.ended_by, one.end_reason = desk.now, desk.actor.user_id, "approved anew"
    filed = _file(desk, programme, report)
    approval = ProgrammeApproval(
        programme_id=programme.id,
        approved_at=desk.now,
        approved_by=desk.actor.user_id,
        note=note.strip(),
        content=report.content,
        version_id=filed.version.id,
    )
    desk.session.add(approval)
    after = {"content": report.content, "note": note.strip(), "evidence": filed.item.key}
    _note(desk, programme, "programme.approved", after, [approval, *old])
    return filed


@dataclass(frozen=True, slots=True)
class Draft:
    """An audit of a suggested plan that somebody wants to keep, with who audits which part."""

    plan: Plan
    team: tuple[Assignment, ...] = ()


def plan_from_drafts(desk: Desk, key: str, drafts: Sequence[Draft]) -> list[Audit]:
    """Plan every audit of a suggested plan with its team, all or none. Raises InvalidInput, NotPermitted."""
    programme = programme_by_key(desk, key)
    made = []
    for draft in drafts:
        audit = plan_audit(desk, draft.plan, programme=programme)
        for assignment in draft.team:
            assign(desk, audit.key, assignment)
        made.append(audit)
    return made


def audits_of(session: Session, programme: AuditProgramme) -> list[Audit]:
    """The audits of a programme that were not cancelled, as planned. One query."""
    query = select(Audit).where(Audit.programme_id == programme.id, Audit.cancelled_at.is_(None))
    return list(session.scalars(query.order_by(Audit.id)))


def programme_content(session: Session, programme: AuditProgramme) -> str:
    """SHA-256 of a programme as it stands: its own words, its audits, their days, scopes and teams. Four queries."""
    mine = select(Audit.id).where(Audit.programme_id == programme.id, Audit.cancelled_at.is_(None))
    audits = [
        {name: getattr(audit, name) for name in ("prefix", "year", "number", "kind", "title", "objectives", "criteria")}
        for audit in audits_of(session, programme)
    ]
    parts: dict[str, list[Base]] = {}
    for name, table in (("dates", AuditDate), ("scope", AuditScope), ("team", AuditMember)):
        columns = table.__table__.c
        query = select(table).where(columns.audit_id.in_(mine), columns.ended_at.is_(None)).order_by(columns.id)
        parts[name] = list(session.scalars(query))
    return content_digest(values(programme) | {"audits": audits}, parts)


def _approvals_in_force(desk: Desk, programme: AuditProgramme) -> list[ProgrammeApproval]:
    query = select(ProgrammeApproval).where(
        ProgrammeApproval.programme_id == programme.id, ProgrammeApproval.ended_at.is_(None)
    )
    return list(desk.session.scalars(query))


def _file(desk: Desk, programme: AuditProgramme, report: Report) -> Filed:
    filing = Filing(
        kind=VersionKind.FILE,
        title=f"Audit programme {programme.key}, {programme.name}"[:300],
        effective_on=desk.today,
        sha256=report.stored.sha256,
        file_name=report.file_name,
        note=str(say(N_("Filed when %(programme)s was approved."), programme=programme.key)),
        document_approver=desk.actor.name[:200],
        approved_on=desk.today,
    )
    return file_own_document(desk, artefact=PROGRAMME_ARTEFACT, filing=filing, stored=report.stored)


def _texts(programme: AuditProgramme) -> dict[str, str]:
    return {name: str(getattr(programme, name)) for name in ("name", "from_on", "to_on", *TEXTS)}


def _note(
    desk: Desk,
    programme: AuditProgramme,
    action: str,
    after: dict[str, str],
    rows: Sequence[Base],
    *,
    before: dict[str, str] | None = None,
) -> None:
    record = Record("audit programme", programme.key, programme.system_id)
    seq = record_activity(desk.session, desk.actor, desk.now, action, record, before=before, after=after, rows=rows)
    touch_facts(desk.system, seq)
