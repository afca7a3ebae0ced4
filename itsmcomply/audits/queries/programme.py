"""Reads for the programme page: programmes with their approvals, what raises priority, what auditors are able to do."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.accounts.queries import names_of
from itsmcomply.audits.coverage import Signals, Touch
from itsmcomply.audits.kinds import SHOWS_NOTHING, AuditKind, Competence, State
from itsmcomply.audits.models import AuditorCompetence, AuditProgramme, ProgrammeApproval
from itsmcomply.audits.queries.audits import AuditLine, covered_clauses
from itsmcomply.clauses.model import Catalogue, Facet
from itsmcomply.controls.models import Control
from itsmcomply.errors import NotFound
from itsmcomply.evidence.keys import item_key
from itsmcomply.evidence.models import EvidenceItem, EvidenceVersion, RegisterLine
from itsmcomply.findings.models import Finding, FindingRequirement, FindingWithdrawal
from itsmcomply.systems.models import EntryKind, SystemEntry

LOOK_BACK = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved what when; `item`: the evidence it is filed as; `ended_at` set: replaced by a later one."""

    at: datetime
    by: str
    note: str
    content: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class ProgrammeView:
    """A programme with its approvals, newest first."""

    row: AuditProgramme
    created_by: str
    approvals: tuple[Approval, ...]

    @property
    def approved(self) -> Approval | None:
        return next((one for one in self.approvals if one.ended_at is None), None)


def programmes(session: Session, system_id: int) -> list[ProgrammeView]:
    """Every programme, the newest first. Three queries."""
    names = names_of(session)
    mine = select(AuditProgramme.id).where(AuditProgramme.system_id == system_id)
    approvals: dict[int, list[Approval]] = {}
    query = select(ProgrammeApproval).where(ProgrammeApproval.programme_id.in_(mine))
    for row in session.scalars(query.order_by(ProgrammeApproval.id.desc())):
        made = Approval(row.approved_at, names.get(row.approved_by, ""), row.note, row.content, row.ended_at)
        approvals.setdefault(row.programme_id, []).append(made)
    rows = session.scalars(
        select(AuditProgramme).where(AuditProgramme.system_id == system_id).order_by(AuditProgramme.number.desc())
    )
    return [ProgrammeView(row, names.get(row.created_by, ""), tuple(approvals.get(row.id, ()))) for row in rows]


def programme_view(session: Session, system_id: int, key: str) -> ProgrammeView:
    """One programme by its key. Three queries. Raises NotFound."""
    found = next((one for one in programmes(session, system_id) if one.row.key == key), None)
    if found is None:
        raise NotFound("audit programme", key)
    return found


def touches(session: Session, system_id: int, lines: list[AuditLine]) -> list[Touch]:
    """What internal audits hold of which clause: counted rows once signed off, else only planned. One query."""
    internal = {one.audit_id: one for one in lines if one.kind is AuditKind.INTERNAL}
    done = {(one.audit_id, one.clause): one for one in covered_clauses(session, system_id)}
    found = []
    for line in internal.values():
        if line.state is State.CANCELLED:
            continue
        for clause in line.clauses:
            row = done.get((line.audit_id, clause))
            if line.signed_on is None:
                found.append(Touch(line.key, clause, line.last_on, None, row.rows if row else 0))
            elif row is not None:
                found.append(Touch(line.key, clause, line.signed_on, row.counted, row.rows))
    return found


def signals(
    session: Session, system_id: int, catalogue: Catalogue, today: date, ages: dict[str, int | None]
) -> dict[str, Signals]:
    """By process, what changed and was found in the last twelve months; `ages`: days since audited. Four queries."""
    since = today - LOOK_BACK
    changes = _changes(session, system_id, catalogue, since)
    major: Counter[str] = Counter()
    other: Counter[str] = Counter()
    query = (
        select(Finding.id, Finding.prefix, FindingRequirement.requirement)
        .join(FindingRequirement, FindingRequirement.finding_id == Finding.id)
        .where(Finding.system_id == system_id, Finding.found_on >= since)
        .where(Finding.id.not_in(select(FindingWithdrawal.finding_id)))
    )
    seen = {
        (id_, prefix, catalogue.requirements[key].process)
        for id_, prefix, key in session.execute(query)
        if key in catalogue.requirements
    }
    for _, prefix, process in seen:
        (major if prefix == "NC" else other)[process] += 1
    return {
        process: Signals(changes[process], other[process], major[process], ages.get(process))
        for process in catalogue.processes
    }


def _changes(session: Session, system_id: int, catalogue: Catalogue, since: date) -> Counter[str]:
    """New documents in force, new owners, new controls, by process."""
    found: Counter[str] = Counter()
    versions = (
        select(EvidenceItem.artefact)
        .join(EvidenceVersion, EvidenceVersion.item_id == EvidenceItem.id)
        .where(EvidenceItem.system_id == system_id, EvidenceVersion.effective_on >= since, EvidenceVersion.number > 1)
    )
    for artefact in session.scalars(versions):
        known = catalogue.artefacts.get(artefact)
        if known is not None and known.facet is Facet.DOCUMENTED:
            found[known.home_process] += 1
    owners = select(SystemEntry.key).where(
        SystemEntry.system_id == system_id, SystemEntry.kind == EntryKind.PROCESS_OWNER, SystemEntry.from_on >= since
    )
    found.update(session.scalars(owners))
    controls = select(Control.process, Control.created_at).where(Control.system_id == system_id)
    found.update(process for process, at in session.execute(controls) if at.date() >= since)
    return found


@dataclass(frozen=True, slots=True)
class CompetenceRow:
    """What an auditor knows, with the evidence that shows it. `valid` on the day asked for, and its evidence stands."""

    id: int
    name: str
    subject: Competence
    text: str
    item_number: int
    item: str
    valid_until: date | None
    valid: bool


def competences(session: Session, system_id: int, today: date) -> list[CompetenceRow]:
    """Records of competence in force, by person and subject. Two queries."""
    names = names_of(session)
    query = (
        select(AuditorCompetence, EvidenceItem.number, RegisterLine.standing)
        .join(EvidenceItem, EvidenceItem.id == AuditorCompetence.item_id)
        .outerjoin(RegisterLine, RegisterLine.item_id == EvidenceItem.id)
        .where(AuditorCompetence.system_id == system_id, AuditorCompetence.ended_at.is_(None))
    )
    found = [
        CompetenceRow(
            row.id,
            names.get(row.user_id, ""),
            row.subject,
            row.text,
            number,
            item_key(number),
            row.valid_until,
            (row.valid_until is None or row.valid_until >= today) and standing not in SHOWS_NOTHING,
        )
        for row, number, standing in session.execute(query)
    ]
    return sorted(found, key=lambda one: (one.name, one.subject, one.id))
