"""Programmes, audits, the rows of signed ones, and how internal audits cover clauses and processes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from sqlalchemy import Select, select

from itsmcomply.audits.coverage import Place, Touch, places
from itsmcomply.audits.kinds import AuditKind, Conclusion, ScopeKind, State, TeamRole
from itsmcomply.audits.models import (
    Audit,
    AuditDate,
    AuditMember,
    AuditProgramme,
    AuditRow,
    AuditScope,
    ProgrammeApproval,
    RowEvidence,
)
from itsmcomply.hindsight import all_known
from itsmcomply.reports.audit_model import AuditLine, AuditTally, CheckRow, ProgrammeRow, VersionRef
from itsmcomply.reports.auditing.samples import Samples, read_samples
from itsmcomply.reports.auditing.sight import Sight, in_force

Part = TypeVar("Part", AuditDate, AuditScope, AuditMember)


@dataclass(frozen=True, slots=True)
class Audits:
    """What was read of audits."""

    programmes: tuple[ProgrammeRow, ...]
    lines: tuple[AuditLine, ...]
    checks: tuple[CheckRow, ...]
    samples: Samples
    clauses: tuple[Place, ...]
    processes: tuple[Place, ...]


def read_audits(sight: Sight, findings: Mapping[str, tuple[str, ...]]) -> Audits:
    """All audits known on the day; `findings`: keys by audit. At most fourteen queries, two when there are none."""
    programmes = all_known(sight.session.scalars(_of_system(AuditProgramme, sight)), sight.now.cutoff)
    audits = all_known(sight.session.scalars(_of_system(Audit, sight)), sight.now.cutoff)
    rows = _rows(sight, [one.id for one in audits if one.signed_off_at is not None])
    named = {one.id: one.key for one in programmes}
    lines = [
        replace(line, findings=findings.get(line.key, ()), programme=named.get(audit.programme_id or 0, ""))
        for audit, line in zip(audits, _lines(sight, audits, rows), strict=True)
    ]
    ordered = tuple(sorted(lines, key=lambda line: (line.first_on, line.key)))
    checks = _checks(sight, {one.id: one.key for one in audits}, rows)
    clauses, processes = _coverage(sight, ordered, checks)
    samples = read_samples(sight, audits, checks)
    return Audits(_programmes(sight, programmes, audits), ordered, checks, samples, clauses, processes)


Owned = TypeVar("Owned", AuditProgramme, Audit)


def _of_system(table: type[Owned], sight: Sight) -> Select[Owned]:
    return select(table).where(table.system_id == sight.system_id).order_by(table.id)


def _programmes(
    sight: Sight, programmes: Sequence[AuditProgramme], audits: Sequence[Audit]
) -> tuple[ProgrammeRow, ...]:
    if not programmes:
        return ()
    ids = [one.id for one in programmes]
    query = select(ProgrammeApproval).where(ProgrammeApproval.programme_id.in_(ids)).order_by(ProgrammeApproval.id)
    approvals = all_known(sight.session.scalars(query), sight.now.cutoff)
    standing = {one.programme_id: one for one in approvals if one.ended_at is None}
    return tuple(
        ProgrammeRow(
            key=one.key,
            name=one.name,
            from_on=one.from_on,
            to_on=one.to_on,
            objectives=one.objectives,
            audits=tuple(audit.key for audit in audits if audit.programme_id == one.id),
            approved_on=sight.day(standing[one.id].approved_at) if one.id in standing else None,
            approved_by=sight.name(standing[one.id].approved_by) if one.id in standing else "",
        )
        for one in programmes
    )


def _rows(sight: Sight, signed: Sequence[int]) -> dict[int, list[AuditRow]]:
    """Concluded rows of signed audits, which nothing can change any more, by audit."""
    found: dict[int, list[AuditRow]] = defaultdict(list)
    if signed:
        query = select(AuditRow).where(AuditRow.audit_id.in_(signed), AuditRow.conclusion.is_not(None))
        for row in sight.session.scalars(query.order_by(AuditRow.audit_id, AuditRow.position)):
            found[row.audit_id].append(row)
    return found


def _lines(sight: Sight, audits: Sequence[Audit], rows: Mapping[int, Sequence[AuditRow]]) -> list[AuditLine]:
    if not audits:
        return []
    ids = [one.id for one in audits]
    days, scopes, teams = _parts(sight, AuditDate, ids), _parts(sight, AuditScope, ids), _parts(sight, AuditMember, ids)
    reports = sight.versions(one.report_version_id for one in audits)
    made = []
    for one in audits:
        line = _line(sight, one, days[one.id][-1], scopes[one.id], teams[one.id])
        made.append(_signed(sight, line, one, rows.get(one.id, ()), reports) if one.signed_off_at else line)
    return made


def _parts(sight: Sight, table: type[Part], ids: Sequence[int]) -> dict[int, list[Part]]:
    """Dated entries by audit: those in force on the day, or the last ones of an audit where all were ended."""
    query = select(table).where(table.audit_id.in_(ids)).order_by(table.id)
    return in_force(all_known(sight.session.scalars(query), sight.now.cutoff), lambda entry: entry.audit_id)


def _line(
    sight: Sight, audit: Audit, days: AuditDate, scope: Iterable[AuditScope], team: Sequence[AuditMember]
) -> AuditLine:
    names = {one.id: sight.name(one.user_id) or one.name for one in team}
    return AuditLine(
        key=audit.key,
        programme="",
        kind=audit.kind,
        title=audit.title,
        state=audit.state,
        first_on=days.first_on,
        last_on=days.last_on,
        lead=next((names[one.id] for one in team if one.role is TeamRole.LEAD), ""),
        team=tuple(names[one.id] for one in team if one.role is not TeamRole.LEAD),
        clauses=tuple(one.key for one in scope if one.kind is ScopeKind.CLAUSE),
        findings=(),
        signed_on=None,
        signed_by="",
        report=None,
        cancel_reason=audit.cancel_reason or "",
    )


def _signed(
    sight: Sight, line: AuditLine, audit: Audit, rows: Sequence[AuditRow], reports: Mapping[int, VersionRef]
) -> AuditLine:
    """The line with what the audit came to, which counts from the signature on."""
    counts = Counter(row.conclusion for row in rows)
    audited = sum(number for conclusion, number in counts.items() if conclusion is not None and conclusion.counts)
    report = reports.get(audit.report_version_id or 0)
    return replace(
        line,
        signed_on=sight.day(audit.signed_off_at),
        signed_by=sight.name(audit.signed_off_by),
        report=replace(report, sha256=audit.report_sha256 or "") if report else None,
        tally=AuditTally(len(rows), audited, counts[Conclusion.NOT_SAMPLED], counts[Conclusion.NOT_TRIGGERED]),
        conformity=audit.conformity,
        effectiveness=audit.effectiveness,
        conclusion=audit.conclusion,
        uncovered=audit.uncovered,
    )


def _checks(sight: Sight, keys: Mapping[int, str], rows: Mapping[int, Sequence[AuditRow]]) -> tuple[CheckRow, ...]:
    if not rows:
        return ()
    query = select(RowEvidence).where(RowEvidence.audit_id.in_(rows), RowEvidence.ended_at.is_(None))
    examined: dict[int, list[VersionRef]] = defaultdict(list)
    for one in sight.session.scalars(query.order_by(RowEvidence.id)):
        examined[one.row_id].append(VersionRef(one.item_key, one.version_number, one.sha256 or ""))
    return tuple(
        CheckRow(
            audit=keys[audit_id],
            requirement=row.requirement,
            clause=row.clause,
            process_name=sight.process_name(row.process),
            conclusion=row.conclusion,
            statement="\n".join(text for text in (row.statement, row.answer) if text),
            interviewed=row.interviewed,
            evidence=tuple(examined[row.id]),
            finding=row.finding_key,
        )
        for audit_id, concluded in rows.items()
        for row in concluded
        if row.conclusion is not None
    )


def _coverage(
    sight: Sight, lines: Sequence[AuditLine], checks: Iterable[CheckRow]
) -> tuple[tuple[Place, ...], tuple[Place, ...]]:
    """How internal audits cover each clause with requirements, and each process, in catalogue order."""
    catalogue = sight.catalogue
    labels = {clause.number: clause.label for clause in catalogue.clauses.values() if clause.auditable}
    process_of = {number: catalogue.clauses[number].process for number in labels}
    names = {process.key: process.name for process in catalogue.processes.values()}
    touches = [one for one in _touches(lines, checks) if one.clause in labels]
    on = sight.now.known_on
    return tuple(places(labels, touches, on)), tuple(places(names, touches, on, group=process_of))


def _touches(lines: Iterable[AuditLine], checks: Iterable[CheckRow]) -> list[Touch]:
    counted: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for check in checks:
        counted[check.audit][check.clause].append(check.conclusion.counts)
    found = []
    for line in lines:
        if line.kind is not AuditKind.INTERNAL or line.state is State.CANCELLED:
            continue
        if line.signed_on is None:
            found += [Touch(line.key, clause, line.last_on, None) for clause in line.clauses]
        else:
            found += [Touch(line.key, c, line.signed_on, sum(rows), len(rows)) for c, rows in counted[line.key].items()]
    return found
