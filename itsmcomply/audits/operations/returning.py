"""Take in a checklist that was filled in offline: keep what it says, show what it would change, apply it whole."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.activity.rules import canonical
from itsmcomply.audits.models import Audit, AuditReturn, AuditRow, RowEvidence
from itsmcomply.audits.offline.changes import Change, DryRun, StoredRow, dry_run
from itsmcomply.audits.offline.reading import ReturnedRow, ReturnedSheet
from itsmcomply.audits.offline.sheet import WORDS, as_cell
from itsmcomply.audits.operations.conducting import RaisedHere, entry_of, raise_from_row, write_entry
from itsmcomply.audits.operations.desk import audit_by_key, note, team_of
from itsmcomply.audits.operations.team import refusal
from itsmcomply.audits.queries.interests import interests_of
from itsmcomply.audits.rules import Act, Ground, require
from itsmcomply.errors import Conflict, InvalidInput, InvalidTransition, NotFound
from itsmcomply.evidence.operations import Desk
from itsmcomply.findings.queries.history import standing_in_audit
from itsmcomply.permissions import Permission
from itsmcomply.wording import N_, say


def keep_return(desk: Desk, key: str, sheet: ReturnedSheet, *, file_name: str, sha256: str) -> AuditReturn:
    """Keep what a returned workbook says, before anything is applied. Raises InvalidInput for another audit's."""
    desk.require(Permission.CONDUCT_AUDIT)
    audit = audit_by_key(desk, key)
    require(Act.CONCLUDE, audit.state)
    if sheet.audit != key:
        text = N_("It is the checklist of %(other)s. Send it back on the page of that audit.")
        raise InvalidInput({"file": say(text, other=sheet.audit[:40] or "?")})
    if not sheet.rows:
        raise InvalidInput({"file": say(N_("It holds no rows."))})
    kept = AuditReturn(
        audit_id=audit.id,
        file_name=file_name[:300],
        sha256=sha256,
        content=canonical({"rows": [asdict(row) for row in sheet.rows]}),
        received_at=desk.now,
        received_by=desk.actor.user_id,
    )
    desk.session.add(kept)
    note(desk, audit, "audit.sheet_returned", {"file": kept.file_name, "sha256": sha256}, [kept])
    return kept


def apply_return(desk: Desk, key: str, return_id: int) -> int:
    """Apply a kept return whole, and say how many rows it changed. Raises Conflict, InvalidInput, InvalidTransition.

    Checked again against what is stored now; with one row refused nothing is applied.
    """
    desk.require(Permission.CONDUCT_AUDIT)
    audit = audit_by_key(desk, key)
    require(Act.CONCLUDE, audit.state)
    kept = return_of(desk.session, audit, return_id)
    if kept.applied_at is not None:
        raise InvalidTransition("applied", "applied", say(N_("This workbook has been applied already.")))
    found = run_of(desk, audit, kept)
    if any(refusal.clash for refusal in found.refusals):
        raise Conflict("checklist", key)
    if found.refusals:
        raise InvalidInput({"file": say(N_("Some rows have to be put right first. Nothing was applied."))})
    rows = {row.requirement: row for row in rows_of(desk.session, audit)}
    for change in found.changes:
        _apply(desk, audit, rows[change.row.requirement], change)
    kept.applied_at, kept.applied_by = desk.now, desk.actor.user_id
    after = {"return": kept.id, "rows": [change.row.requirement for change in found.changes]}
    note(desk, audit, "audit.sheet_applied", after, [kept, *(rows[c.row.requirement] for c in found.changes)])
    return len(found.changes)


def run_of(desk: Desk, audit: Audit, kept: AuditReturn) -> DryRun:
    """What a kept return would change now."""
    team = team_of(desk, audit)
    who = interests_of(desk.session, desk.system.id, [desk.actor.user_id])[desk.actor.user_id]

    def against(requirement: str) -> str:
        return refusal(desk.catalogue, audit, requirement, team=team, who=who)

    stored = stored_rows(desk.session, audit)
    return dry_run(returned_rows(kept), stored, desk.catalogue.requirements, against)


def returned_rows(kept: AuditReturn) -> tuple[ReturnedRow, ...]:
    return tuple(ReturnedRow(**row) for row in json.loads(kept.content)["rows"])


def return_of(session: Session, audit: Audit, return_id: int) -> AuditReturn:
    """A return of this audit. Raises NotFound."""
    found = session.get(AuditReturn, return_id)
    if found is None or found.audit_id != audit.id:
        raise NotFound("returned workbook", str(return_id))
    return found


def rows_of(session: Session, audit: Audit) -> list[AuditRow]:
    """The rows of the checklist in order. One query."""
    return list(session.scalars(select(AuditRow).where(AuditRow.audit_id == audit.id).order_by(AuditRow.position)))


def stored_rows(session: Session, audit: Audit) -> dict[str, StoredRow]:
    """Every row as a sheet would hold it. Three queries."""
    standing = standing_in_audit(session, audit.system_id, audit.key)
    bound = select(RowEvidence.row_id).where(RowEvidence.audit_id == audit.id, RowEvidence.ended_at.is_(None))
    examined = Counter(session.scalars(bound))
    return {
        row.requirement: StoredRow(
            sheet_values(row), row.row_version, entry_of(row), Ground(_rests_on(row, standing), examined[row.id])
        )
        for row in rows_of(session, audit)
    }


def _rests_on(row: AuditRow, standing: Mapping[str, str]) -> str:
    return standing.get(row.requirement, "") if row.finding_key else ""


def sheet_values(row: AuditRow) -> dict[str, str]:
    """The filled cells of a row. A finding keeps its grade, so the cell of the grade is empty when taken along."""
    return {
        "conclusion": WORDS[row.conclusion] if row.conclusion else "",
        "grade": "",
        **{name: as_cell(name, getattr(row, name)) for name in ("statement", "answer", "interviewed", "note")},
    }


def _apply(desk: Desk, audit: Audit, row: AuditRow, change: Change) -> None:
    """Write a row; a nonconformity without a finding raises one, from its own words."""
    if change.grade is None:
        write_entry(desk, row, change.entry)
        return
    title = change.entry.statement.splitlines()[0][:200]
    raised = RaisedHere(change.grade, title, change.entry.statement, change.entry.answer)
    raise_from_row(desk, audit.key, row.requirement, raised, row_version=row.row_version)
    write_entry(desk, row, change.entry)
