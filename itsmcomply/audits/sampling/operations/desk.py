"""What operations on populations and samples share: who may work on what, and reads by number."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select

from itsmcomply.audits.models import Audit, AuditRow, RowEvidence
from itsmcomply.audits.operations.desk import audit_by_key, examination, team_of
from itsmcomply.audits.operations.team import refusal_of_team, require_impartial
from itsmcomply.audits.rules import Act, require
from itsmcomply.audits.sampling.models import AuditPopulation, AuditSample, SampleRow
from itsmcomply.errors import InvalidInput, NotFound, NotPermitted
from itsmcomply.evidence.models import EvidenceItem, EvidenceVersion
from itsmcomply.evidence.operations import Desk
from itsmcomply.permissions import Permission
from itsmcomply.wording import N_, say


def open_audit(desk: Desk, key: str) -> Audit:
    """An audit this person may work in now: one of its auditors. Raises NotFound, NotPermitted, InvalidTransition."""
    desk.require(Permission.CONDUCT_AUDIT)
    audit = audit_by_key(desk, key)
    require(Act.CONCLUDE, audit.state)
    if reason := refusal_of_team(team_of(desk, audit), desk.actor.user_id):
        raise NotPermitted(reason)
    return audit


def open_sample(desk: Desk, key: str, number: int) -> tuple[Audit, AuditSample]:
    """A sample this person may work on now: impartial for each row it is drawn for, as who concludes them has to be."""
    audit = open_audit(desk, key)
    sample = sample_by_number(desk, audit, number)
    for row in rows_of(desk, sample):
        require_impartial(desk, audit, row.requirement)
    return audit, sample


def open_row(desk: Desk, audit: Audit, requirement: str) -> AuditRow:
    """A row of this audit that this person may conclude. Raises InvalidInput, NotPermitted."""
    query = select(AuditRow).where(AuditRow.audit_id == audit.id, AuditRow.requirement == requirement)
    row = desk.session.execute(query).scalar_one_or_none()
    if row is None or requirement not in desk.catalogue.requirements:
        raise InvalidInput({"requirement": say(N_("Choose a row of this audit's checklist."))})
    require_impartial(desk, audit, requirement)
    return row


def rows_of(desk: Desk, sample: AuditSample) -> list[AuditRow]:
    """The rows a sample is drawn for, in order. One query."""
    query = select(AuditRow).join(SampleRow, SampleRow.row_id == AuditRow.id).where(SampleRow.sample_id == sample.id)
    return list(desk.session.scalars(query.order_by(AuditRow.position)))


def link_row(desk: Desk, sample: AuditSample, row: AuditRow) -> list[SampleRow]:
    """Note that a sample is drawn for a row; empty when that is noted already."""
    if row.id in {one.id for one in rows_of(desk, sample)}:
        return []
    made = SampleRow(
        audit_id=sample.audit_id,
        sample_id=sample.id,
        row_id=row.id,
        linked_at=desk.now,
        linked_by=desk.actor.user_id,
    )
    desk.session.add(made)
    return [made]


def bind(desk: Desk, row: AuditRow, version_id: int) -> list[RowEvidence]:
    """Let a row rest on exactly this version; empty when it does already.

    Only for what the audit itself brought in: exports and papers show records of others, so they may be examined by
    the auditor who filed them.
    """
    query = select(RowEvidence.id).where(
        RowEvidence.row_id == row.id, RowEvidence.version_id == version_id, RowEvidence.ended_at.is_(None)
    )
    if desk.session.scalar(query):
        return []
    version = desk.session.get_one(EvidenceVersion, version_id)
    item = desk.session.get_one(EvidenceItem, version.item_id)
    made = examination(desk, row, version, item)
    desk.session.add(made)
    row.row_version += 1
    return [made]


def told(bound: Iterable[RowEvidence]) -> list[str]:
    """Bound versions as the trail names them."""
    return [f"{one.item_key}/{one.version_number}" for one in bound]


def population_by_number(desk: Desk, audit: Audit, number: int) -> AuditPopulation:
    """A population of this audit. Raises NotFound."""
    query = select(AuditPopulation).where(AuditPopulation.audit_id == audit.id, AuditPopulation.number == number)
    found = desk.session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound("population", f"POP-{number:02d}")
    return found


def sample_by_number(desk: Desk, audit: Audit, number: int) -> AuditSample:
    """A sample of this audit. Raises NotFound."""
    query = select(AuditSample).where(AuditSample.audit_id == audit.id, AuditSample.number == number)
    found = desk.session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound("sample", f"SMP-{number:02d}")
    return found


def next_number(desk: Desk, table: type[AuditPopulation | AuditSample], audit: Audit) -> int:
    taken = desk.session.scalar(select(func.max(table.number)).where(table.audit_id == audit.id))
    return (taken or 0) + 1
