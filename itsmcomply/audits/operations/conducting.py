"""Conduct an audit: begin it, write into its checklist, examine evidence, follow threads, raise findings."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select

from itsmcomply.audits.kinds import AuditKind, Conclusion
from itsmcomply.audits.models import Audit, AuditRow, RowEvidence, RowThread
from itsmcomply.audits.operations.desk import (
    audit_by_key,
    clauses_of,
    days_of,
    examination,
    lead_of,
    note,
    refuse,
    requirements_of,
    scope_of,
    team_of,
)
from itsmcomply.audits.operations.team import refusal_of_team, require_impartial
from itsmcomply.audits.rules import Act, Entry, Ground, problems_of_entry, problems_of_line, problems_of_texts, require
from itsmcomply.errors import Conflict, InvalidInput, InvalidTransition, NotFound, NotPermitted
from itsmcomply.evidence.models import EvidenceItem, EvidenceVersion
from itsmcomply.evidence.operations import Desk
from itsmcomply.findings.kinds import Grade, Source
from itsmcomply.findings.models import Finding
from itsmcomply.findings.operations import raise_finding
from itsmcomply.findings.queries.history import standing_in_audit
from itsmcomply.findings.statements import Raising
from itsmcomply.permissions import Permission
from itsmcomply.wording import N_, say

ROW_TEXTS = ("statement", "answer", "note", "interviewed", "questions")

CONCLUSION_OF: dict[Grade, Conclusion] = {
    Grade.MAJOR: Conclusion.NONCONFORMITY,
    Grade.MINOR: Conclusion.NONCONFORMITY,
    Grade.AREA_OF_CONCERN: Conclusion.OBSERVATION,
    Grade.OBSERVATION: Conclusion.OBSERVATION,
    Grade.OPPORTUNITY: Conclusion.OPPORTUNITY,
    Grade.STRENGTH: Conclusion.CONFORMS,
}
"""What a row is concluded as when a finding of this grade is raised from it."""

SOURCES: dict[AuditKind, Source] = {
    AuditKind.INTERNAL: Source.INTERNAL_AUDIT,
    AuditKind.SUPPLIER: Source.SUPPLIER,
}


@dataclass(frozen=True, slots=True)
class RaisedHere:
    """A finding as an auditor states it on a row; what was examined there is its objective evidence."""

    grade: Grade
    title: str
    statement: str
    objective: str = ""
    owner_id: int | None = None


def begin_audit(desk: Desk, key: str, *, opening_people: str = "", opening_notes: str = "") -> Audit:
    """Open an audit and make its checklist: one row for each requirement of its scope. Raises InvalidTransition.

    An audit by the certification body gets rows too, for those who want to note what was asked.
    """
    desk.require(Permission.CONDUCT_AUDIT)
    audit = audit_by_key(desk, key)
    require(Act.BEGIN, audit.state)
    team = team_of(desk, audit)
    if lead_of(team) is None:
        raise InvalidTransition(audit.state.value, "running", say(N_("Assign a lead auditor before it begins.")))
    if audit.kind.is_own and (reason := refusal_of_team(team, desk.actor.user_id)):
        raise NotPermitted(reason)
    refuse(problems_of_texts({"opening_people": opening_people, "opening_notes": opening_notes}))
    wanted = requirements_of(desk.catalogue, clauses_of(scope_of(desk, audit)))
    rows = [
        AuditRow(audit_id=audit.id, requirement=one.id, clause=one.clause, process=one.process, position=place)
        for place, one in enumerate(wanted, 1)
    ]
    desk.session.add_all(rows)
    audit.opened_at, audit.opened_by = desk.now, desk.actor.user_id
    audit.opening_people, audit.opening_notes = opening_people.strip(), opening_notes.strip()
    audit.row_version += 1
    after = {"rows": len(rows), "people": audit.opening_people}
    note(desk, audit, "audit.begun", after, [audit, *rows])
    return audit


def save_row(desk: Desk, key: str, requirement: str, entry: Entry, *, row_version: int) -> AuditRow:
    """Write into a row. The same again changes nothing. Raises Conflict, InvalidInput by field, NotPermitted.

    Saving over somebody else's newer change is refused, unless what is stored is what was sent.
    """
    audit, row = _open_row(desk, key, requirement)
    before, after = stored_entry(row), sent_entry(entry)
    if before == after:
        return row
    if row.row_version != row_version:
        raise Conflict("audit row", f"{key} {requirement}", before, after)
    found = problems_of_entry(entry, desk.catalogue.requirements[requirement], _ground(desk, audit, row))
    refuse(found)
    write_entry(desk, row, entry)
    changed = {name for name in after if after[name] != before[name]}
    shown = {"requirement": requirement} | {name: after[name] for name in sorted(changed)}
    old = {name: before[name] for name in sorted(changed)}
    note(desk, audit, "audit.row_saved", shown, [row], before=old)
    return row


def write_entry(desk: Desk, row: AuditRow, entry: Entry) -> None:
    """Put an entry into a row; the caller has checked it and records it."""
    for name in ROW_TEXTS:
        setattr(row, name, getattr(entry, name).strip())
    row.points = "\n".join(entry.points)
    if entry.conclusion is not row.conclusion:
        row.conclusion = entry.conclusion
        row.concluded_at = desk.now if entry.conclusion else None
        row.concluded_by = desk.actor.user_id if entry.conclusion else None
    row.changed_at, row.changed_by = desk.now, desk.actor.user_id
    row.row_version += 1


def examine(desk: Desk, key: str, requirement: str, version_ids: Collection[int]) -> list[RowEvidence]:
    """Note that exactly these versions were examined, with the digests of their bytes. Once is enough for each.

    Raises NotFound for a version of another system, NotPermitted for a version the auditor uploaded.
    """
    audit, row = _open_row(desk, key, requirement)
    have = {one.version_id for one in evidence_of(desk, row)}
    made = [_bound(desk, audit, row, one) for one in dict.fromkeys(version_ids) if one not in have]
    if made:
        desk.session.add_all(made)
        row.row_version += 1
        after = {"requirement": requirement, "evidence": [f"{m.item_key}/{m.version_number}" for m in made]}
        note(desk, audit, "audit.examined", after, [row, *made])
    return made


def unexamine(desk: Desk, key: str, requirement: str, binding_ids: Collection[int]) -> None:
    """Take back that versions were examined. Raises NotFound, InvalidInput while the conclusion rests on them alone."""
    audit, row = _open_row(desk, key, requirement)
    bound = {one.id: one for one in evidence_of(desk, row)}
    for wanted in binding_ids:
        if wanted not in bound:
            raise NotFound("examined evidence", str(wanted))
    ended = [bound[one] for one in dict.fromkeys(binding_ids)]
    ground = Ground(_standing(desk, audit, row), len(bound) - len(ended))
    refuse(problems_of_entry(entry_of(row), desk.catalogue.requirements[requirement], ground))
    if not ended:
        return
    for one in ended:
        one.ended_at = desk.now
    row.row_version += 1
    after = {"requirement": requirement, "evidence": [f"{one.item_key}/{one.version_number}" for one in ended]}
    note(desk, audit, "audit.unexamined", after, [row, *ended])


def follow_thread(
    desk: Desk, key: str, requirement: str, *, thread: str, steps: str, holds: bool, remark: str = ""
) -> RowThread:
    """Record a thread followed from a row, record by record (one a line). Raises InvalidInput, NotPermitted."""
    audit, row = _open_row(desk, key, requirement)
    problems = problems_of_texts({"steps": steps, "remark": remark})
    lines = [line.strip() for line in steps.splitlines() if line.strip()]
    if len(lines) < 2:
        problems["steps"] = say(N_("Name at least two records, one on each line, in the order you followed them."))
    if not holds and not remark.strip():
        problems["remark"] = say(N_("Say where the link is missing."))
    refuse(problems | problems_of_line("thread", thread, N_("Choose the thread."), 10))
    made = RowThread(
        audit_id=audit.id,
        row_id=row.id,
        thread=thread,
        steps="\n".join(lines),
        holds=holds,
        note=remark.strip(),
        recorded_at=desk.now,
        recorded_by=desk.actor.user_id,
    )
    desk.session.add(made)
    after = {"requirement": requirement, "thread": thread, "steps": lines, "holds": holds, "note": made.note}
    note(desk, audit, "audit.thread_followed", after, [made])
    return made


def drop_thread(desk: Desk, key: str, requirement: str, thread_id: int) -> None:
    """Take back a followed thread. Raises NotFound."""
    audit, row = _open_row(desk, key, requirement)
    found = desk.session.get(RowThread, thread_id)
    if found is None or found.row_id != row.id or found.ended_at is not None:
        raise NotFound("thread", str(thread_id))
    found.ended_at = desk.now
    note(desk, audit, "audit.thread_dropped", {"requirement": requirement, "thread": found.thread}, [found])


def raise_from_row(desk: Desk, key: str, requirement: str, raised: RaisedHere, *, row_version: int) -> Finding:
    """Raise a finding from a row and conclude the row by its grade. Raises InvalidInput by field, Conflict.

    What was examined for the row is bound to the finding as objective evidence, the same versions.
    """
    audit, row = _open_row(desk, key, requirement)
    if row.row_version != row_version:
        raise Conflict("audit row", f"{key} {requirement}", stored_entry(row), {"statement": raised.statement})
    of_body = not audit.kind.is_own
    if raised.grade is Grade.AREA_OF_CONCERN and audit.kind is not AuditKind.STAGE_1:
        raise InvalidInput({"grade": say(N_("An area of concern belongs to stage 1. Choose another grade."))})
    wanted = desk.catalogue.requirements[requirement]
    days = days_of(desk, audit)
    finding = raise_finding(
        desk,
        Raising(
            grade=raised.grade,
            title=raised.title,
            statement=raised.statement,
            requirements=(requirement,),
            criterion=f"ISO/IEC 20000-1:2018 {wanted.clause}",
            objective=raised.objective,
            process=wanted.process,
            source=Source.CERTIFICATION_BODY if of_body else SOURCES[audit.kind],
            source_ref=audit.title,
            audit_key=audit.key,
            owner_id=raised.owner_id,
            found_on=min(days.last_on, desk.today),
            evidence=tuple(one.version_id for one in evidence_of(desk, row)),
        ),
    )
    row.finding_key = finding.key
    row.conclusion, row.concluded_at, row.concluded_by = CONCLUSION_OF[raised.grade], desk.now, desk.actor.user_id
    row.statement = row.statement or raised.statement.strip()
    row.changed_at, row.changed_by = desk.now, desk.actor.user_id
    row.row_version += 1
    after = {"requirement": requirement, "finding": finding.key, "conclusion": row.conclusion}
    note(desk, audit, "audit.finding_raised", after, [row])
    return finding


def stored_entry(row: AuditRow) -> dict[str, str]:
    """What a row holds, by field, as text."""
    return {name: getattr(row, name) for name in ROW_TEXTS} | {
        "points": row.points,
        "conclusion": row.conclusion.value if row.conclusion else "",
    }


def sent_entry(entry: Entry) -> dict[str, str]:
    """What an entry would leave in a row, by field, as text."""
    return {name: getattr(entry, name).strip() for name in ROW_TEXTS} | {
        "points": "\n".join(entry.points),
        "conclusion": entry.conclusion.value if entry.conclusion else "",
    }


def entry_of(row: AuditRow) -> Entry:
    return Entry(
        conclusion=row.conclusion,
        points=tuple(point for point in row.points.split("\n") if point),
        **{name: getattr(row, name) for name in ROW_TEXTS},
    )


def evidence_of(desk: Desk, row: AuditRow) -> list[RowEvidence]:
    """What was examined for a row, in order. One query."""
    query = select(RowEvidence).where(RowEvidence.row_id == row.id, RowEvidence.ended_at.is_(None))
    return list(desk.session.scalars(query.order_by(RowEvidence.id)))


def _open_row(desk: Desk, key: str, requirement: str) -> tuple[Audit, AuditRow]:
    """A row that this person may write into now. Raises NotFound, InvalidTransition, NotPermitted."""
    desk.require(Permission.CONDUCT_AUDIT)
    audit = audit_by_key(desk, key)
    require(Act.CONCLUDE, audit.state)
    row = desk.session.execute(
        select(AuditRow).where(AuditRow.audit_id == audit.id, AuditRow.requirement == requirement)
    ).scalar_one_or_none()
    if row is None or requirement not in desk.catalogue.requirements:
        raise NotFound("row", f"{key} {requirement}")
    require_impartial(desk, audit, requirement)
    return audit, row


def _ground(desk: Desk, audit: Audit, row: AuditRow) -> Ground:
    query = select(func.count()).where(RowEvidence.row_id == row.id, RowEvidence.ended_at.is_(None))
    return Ground(_standing(desk, audit, row), desk.session.scalar(query) or 0)


def _standing(desk: Desk, audit: Audit, row: AuditRow) -> str:
    """The finding a row rests on, "" once it was withdrawn. One query where one was raised."""
    if not row.finding_key:
        return ""
    return standing_in_audit(desk.session, desk.system.id, audit.key).get(row.requirement, "")


def _bound(desk: Desk, audit: Audit, row: AuditRow, version_id: int) -> RowEvidence:
    version = desk.session.get(EvidenceVersion, version_id)
    if version is None or version.system_id != desk.system.id:
        raise NotFound("evidence version", str(version_id))
    item = desk.session.get_one(EvidenceItem, version.item_id)
    if version.uploaded_by == desk.actor.user_id and audit.kind.is_own:
        text = N_("You uploaded version %(number)s of %(item)s, so somebody else examines it.")
        raise NotPermitted(say(text, number=version.number, item=item.key))
    return examination(desk, row, version, item)
