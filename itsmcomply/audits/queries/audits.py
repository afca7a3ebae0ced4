"""Reads of audits: the list, one audit with its checklist, one row with the evidence on file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from itsmcomply.accounts.queries import names_of
from itsmcomply.audits.kinds import AuditKind, Conclusion, ScopeKind, State, TeamRole
from itsmcomply.audits.models import (
    Audit,
    AuditDate,
    AuditMember,
    AuditRow,
    AuditScope,
    AuditSession,
    RowEvidence,
    RowThread,
)
from itsmcomply.audits.operations.closing import imports_under_way, tally_of
from itsmcomply.audits.rules import Tally
from itsmcomply.errors import NotFound
from itsmcomply.evidence.keys import item_key
from itsmcomply.evidence.kinds import Standing
from itsmcomply.evidence.models import EvidenceVersion, RegisterLine
from itsmcomply.findings.models import Finding, FindingGrade, FindingRequirement, FindingWithdrawal
from itsmcomply.findings.queries.history import standing_in_audit


@dataclass(frozen=True, slots=True)
class AuditLine:
    """An audit in a list. `rows`, `concluded`: 0 before it begins."""

    audit_id: int
    key: str
    kind: AuditKind
    title: str
    state: State
    first_on: date
    last_on: date
    lead: str
    lead_id: int | None
    clauses: tuple[str, ...]
    rows: int
    concluded: int
    programme_id: int | None
    reasons: str
    signed_on: date | None


def audit_lines(session: Session, system_id: int) -> list[AuditLine]:
    """Every audit, the latest first day on top. Six queries."""
    names = names_of(session)
    audits = session.scalars(select(Audit).where(Audit.system_id == system_id)).all()
    mine = select(Audit.id).where(Audit.system_id == system_id)
    days = {
        d.audit_id: d
        for d in session.scalars(select(AuditDate).where(AuditDate.audit_id.in_(mine)).order_by(AuditDate.id))
    }
    leads = {
        m.audit_id: m
        for m in session.scalars(
            select(AuditMember).where(
                AuditMember.audit_id.in_(mine), AuditMember.role == TeamRole.LEAD, AuditMember.ended_at.is_(None)
            )
        )
    }
    scopes: dict[int, list[str]] = defaultdict(list)
    lines = select(AuditScope.audit_id, AuditScope.key).where(
        AuditScope.audit_id.in_(mine), AuditScope.kind == ScopeKind.CLAUSE, AuditScope.ended_at.is_(None)
    )
    for audit_id, key in session.execute(lines.order_by(AuditScope.id)):
        scopes[audit_id].append(key)
    counted = select(AuditRow.audit_id, func.count(), func.count(AuditRow.conclusion)).where(
        AuditRow.audit_id.in_(mine)
    )
    counts = {row[0]: (row[1], row[2]) for row in session.execute(counted.group_by(AuditRow.audit_id))}
    found = [
        _line(a, days[a.id], leads.get(a.id), names, clauses=scopes[a.id], counts=counts.get(a.id, (0, 0)))
        for a in audits
    ]
    return sorted(found, key=lambda line: (line.first_on, line.audit_id), reverse=True)


def _line(
    audit: Audit,
    days: AuditDate,
    lead: AuditMember | None,
    names: Mapping[int, str],
    *,
    clauses: list[str],
    counts: tuple[int, int],
) -> AuditLine:
    return AuditLine(
        audit_id=audit.id,
        key=audit.key,
        kind=audit.kind,
        title=audit.title,
        state=audit.state,
        first_on=days.first_on,
        last_on=days.last_on,
        lead=_name(lead, names),
        lead_id=lead.user_id if lead else None,
        clauses=tuple(clauses),
        rows=counts[0],
        concluded=counts[1],
        programme_id=audit.programme_id,
        reasons=audit.reasons,
        signed_on=audit.signed_off_at.date() if audit.signed_off_at else None,
    )


def _name(member: AuditMember | None, names: Mapping[int, str]) -> str:
    if member is None:
        return ""
    return names.get(member.user_id, "") if member.user_id else member.name


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in the team; `part` empty: all of the scope."""

    id: int
    role: TeamRole
    user_id: int | None
    name: str
    part: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClauseRows:
    """The rows of one clause and how far they are."""

    number: str
    rows: tuple[AuditRow, ...]

    @property
    def done(self) -> int:
        return sum(row.conclusion is not None for row in self.rows)

    @property
    def not_sampled(self) -> int:
        return sum(row.conclusion is Conclusion.NOT_SAMPLED for row in self.rows)

    @property
    def findings(self) -> str:
        return ", ".join(dict.fromkeys(row.finding_key for row in self.rows if row.finding_key))


@dataclass(frozen=True, slots=True)
class AuditView:
    """One audit with all its parts, as rows read; nothing of it is read again while a page is made."""

    audit: Audit
    days: AuditDate
    moved: tuple[AuditDate, ...]
    clauses: tuple[str, ...]
    services: tuple[int, ...]
    sites: tuple[str, ...]
    team: tuple[Member, ...]
    timetable: tuple[AuditSession, ...]
    rows: tuple[AuditRow, ...]
    evidence: Mapping[int, tuple[RowEvidence, ...]]
    threads: Mapping[int, tuple[RowThread, ...]]
    names: Mapping[int, str]
    tally: Tally
    report: str = ""
    by_requirement: Mapping[str, AuditRow] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.audit.key

    @property
    def lead(self) -> Member | None:
        return next((one for one in self.team if one.role is TeamRole.LEAD), None)

    def by_clause(self) -> list[ClauseRows]:
        """The rows of the checklist by clause, in order."""
        found: dict[str, list[AuditRow]] = {}
        for row in self.rows:
            found.setdefault(row.clause, []).append(row)
        return [ClauseRows(number, tuple(rows)) for number, rows in found.items()]

    def row(self, requirement: str) -> AuditRow:
        """Raises NotFound."""
        found = self.by_requirement.get(requirement)
        if found is None:
            raise NotFound("row", f"{self.key} {requirement}")
        return found


def audit_view(session: Session, system_id: int, key: str) -> AuditView:
    """An audit of this system with everything in it. Twelve queries, however many rows. Raises NotFound."""
    audits = session.scalars(select(Audit).where(Audit.system_id == system_id, Audit.prefix == key[:2])).all()
    audit = next((one for one in audits if one.key == key), None)
    if audit is None:
        raise NotFound("audit", key)
    names = names_of(session)
    days = session.scalars(select(AuditDate).where(AuditDate.audit_id == audit.id).order_by(AuditDate.id)).all()
    scope = session.scalars(
        select(AuditScope).where(AuditScope.audit_id == audit.id, AuditScope.ended_at.is_(None)).order_by(AuditScope.id)
    ).all()
    team = session.scalars(
        select(AuditMember)
        .where(AuditMember.audit_id == audit.id, AuditMember.ended_at.is_(None))
        .order_by(AuditMember.id)
    ).all()
    timetable = session.scalars(
        select(AuditSession)
        .where(AuditSession.audit_id == audit.id, AuditSession.ended_at.is_(None))
        .order_by(AuditSession.on_day, AuditSession.starts)
    ).all()
    rows = session.scalars(select(AuditRow).where(AuditRow.audit_id == audit.id).order_by(AuditRow.position)).all()
    evidence = session.scalars(
        select(RowEvidence)
        .where(RowEvidence.audit_id == audit.id, RowEvidence.ended_at.is_(None))
        .order_by(RowEvidence.id)
    ).all()
    threads = session.scalars(
        select(RowThread).where(RowThread.audit_id == audit.id, RowThread.ended_at.is_(None)).order_by(RowThread.id)
    ).all()
    return AuditView(
        audit=audit,
        days=days[-1],
        moved=tuple(days[:-1]),
        clauses=tuple(line.key for line in scope if line.kind is ScopeKind.CLAUSE),
        services=tuple(int(line.key) for line in scope if line.kind is ScopeKind.SERVICE),
        sites=tuple(line.key for line in scope if line.kind is ScopeKind.SITE),
        team=tuple(_member(one, names) for one in team),
        timetable=tuple(timetable),
        rows=tuple(rows),
        evidence=_by_row(evidence),
        threads=_by_row(threads),
        names=names,
        tally=tally_of(
            {row.requirement: row.conclusion for row in rows},
            standing_in_audit(session, system_id, audit.key),
            imports_under_way(session, audit.id),
        ),
        report=_report_key(session, audit),
        by_requirement={row.requirement: row for row in rows},
    )


def _member(row: AuditMember, names: Mapping[int, str]) -> Member:
    return Member(row.id, row.role, row.user_id, _name(row, names), tuple(p for p in row.part.split(",") if p))


def _by_row(rows: Iterable[RowEvidence | RowThread]) -> dict[int, tuple]:  # type: ignore[type-arg]
    found: dict[int, list[RowEvidence | RowThread]] = defaultdict(list)
    for row in rows:
        found[row.row_id].append(row)
    return {row_id: tuple(kept) for row_id, kept in found.items()}


def _report_key(session: Session, audit: Audit) -> str:
    """The item the signed report is filed as; "" before."""
    if audit.report_version_id is None:
        return ""
    query = select(RegisterLine.number).join(EvidenceVersion, EvidenceVersion.item_id == RegisterLine.item_id)
    return item_key(session.scalar(query.where(EvidenceVersion.id == audit.report_version_id)) or 0)


LATEST = 36  # of one artefact: three years of months; the register has them all


@dataclass(frozen=True, slots=True)
class OnFile:
    """Evidence on file for a row: the version that stands, of an item under an expected artefact."""

    number: int
    key: str
    title: str
    artefact: str
    state: str
    version: int
    version_id: int
    sha256: str | None
    effective_on: date
    uploaded_by: int


def evidence_on_file(
    session: Session, system_id: int, artefacts: Iterable[str], today: date, *, latest: int = LATEST
) -> list[OnFile]:
    """The latest items under each of these artefacts that are not withdrawn, newest first. One query."""
    wanted = list(artefacts)
    newest = (RegisterLine.effective_on.desc(), RegisterLine.number.desc())
    place = func.row_number().over(partition_by=RegisterLine.artefact, order_by=newest).label("place")
    ranked = (
        select(RegisterLine.item_id, place)
        .where(
            RegisterLine.system_id == system_id,
            RegisterLine.artefact.in_(wanted),
            RegisterLine.standing != Standing.WITHDRAWN,
        )
        .subquery()
    )
    query = (
        select(RegisterLine, EvidenceVersion)
        .join(ranked, ranked.c.item_id == RegisterLine.item_id)
        .join(
            EvidenceVersion,
            (EvidenceVersion.item_id == RegisterLine.item_id) & (EvidenceVersion.number == RegisterLine.shown),
        )
        .where(ranked.c.place <= latest)
        .order_by(*newest)
    )
    found = [_on_file(line, version, today) for line, version in session.execute(query)]
    return sorted(found, key=lambda one: wanted.index(one.artefact))


def _on_file(line: RegisterLine, version: EvidenceVersion, today: date) -> OnFile:
    state = line.standing.value
    if line.standing is Standing.COUNTING:
        state = "current" if line.current_until is None or line.current_until >= today else "lapsed"
    return OnFile(
        number=line.number,
        key=item_key(line.number),
        title=line.title,
        artefact=line.artefact,
        state=state,
        version=line.shown,
        version_id=version.id,
        sha256=version.sha256,
        effective_on=line.effective_on,
        uploaded_by=version.uploaded_by,
    )


@dataclass(frozen=True, slots=True)
class Covered:
    """What one audit has of one clause: requirements concluded so that they count, of those in its checklist."""

    audit_id: int
    clause: str
    counted: int
    rows: int


def covered_clauses(session: Session, system_id: int) -> list[Covered]:
    """Per audit and clause, how many rows count as audited. One query."""
    query = (
        select(AuditRow.audit_id, AuditRow.clause, AuditRow.conclusion, func.count())
        .join(Audit, Audit.id == AuditRow.audit_id)
        .where(Audit.system_id == system_id)
        .group_by(AuditRow.audit_id, AuditRow.clause, AuditRow.conclusion)
    )
    found: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
    for audit_id, clause, conclusion, number in session.execute(query):
        tally = found[(audit_id, clause)]
        tally[1] += number
        if isinstance(conclusion, Conclusion) and conclusion.counts:
            tally[0] += number
    return [Covered(audit, clause, counted, rows) for (audit, clause), (counted, rows) in found.items()]


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding raised in an audit, as its report tells it. One that was withdrawn is no part of the report."""

    key: str
    grade: str
    title: str
    statement: str
    objective: str
    requirements: tuple[str, ...]
    withdrawn: bool


def findings_of(session: Session, system_id: int, audit_key: str) -> list[FindingLine]:
    """Findings raised in an audit, as they stand, in the order raised. Two queries."""
    mine = (Finding.system_id == system_id, Finding.audit_key == audit_key)
    requirements: dict[int, list[str]] = defaultdict(list)
    pairs = (
        select(FindingRequirement.finding_id, FindingRequirement.requirement)
        .join(Finding, Finding.id == FindingRequirement.finding_id)
        .where(*mine)
        .order_by(FindingRequirement.requirement)
    )
    for finding_id, requirement in session.execute(pairs):
        requirements[finding_id].append(requirement)
    query = (
        select(Finding, FindingGrade.grade, FindingWithdrawal.finding_id)
        .join(FindingGrade, FindingGrade.finding_id == Finding.id)
        .outerjoin(FindingWithdrawal, FindingWithdrawal.finding_id == Finding.id)
        .where(*mine, FindingGrade.ended_at.is_(None))
        .order_by(Finding.id)
    )
    return [
        FindingLine(f.key, grade.value, f.title, f.statement, f.objective, tuple(requirements[f.id]), gone is not None)
        for f, grade, gone in session.execute(query)
    ]
