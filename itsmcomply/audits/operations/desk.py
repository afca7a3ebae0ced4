"""What operations on audits share: an audit by its key, its days and scope in force, the trail entry of an act."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select

from itsmcomply.activity.operations import Record, record_activity
from itsmcomply.audits.kinds import ScopeKind, TeamRole
from itsmcomply.audits.models import Audit, AuditDate, AuditMember, AuditProgramme, AuditRow, AuditScope, RowEvidence
from itsmcomply.clauses.model import Catalogue, Requirement
from itsmcomply.db import Base
from itsmcomply.errors import InvalidInput, NotFound
from itsmcomply.evidence.models import EvidenceItem, EvidenceVersion
from itsmcomply.evidence.operations import Desk
from itsmcomply.systems.operations import touch_facts
from itsmcomply.wording import Sentence

_KEY = re.compile(r"([A-Z][A-Z0-9])-(\d{4})-(\d{2,6})")
_PROGRAMME_KEY = re.compile(r"AP-(\d{2,6})")


def audit_by_key(desk: Desk, key: str) -> Audit:
    """An audit of this system. Raises NotFound."""
    found = _KEY.fullmatch(key)
    if found is None:
        raise NotFound("audit", key)
    prefix, year, number = found.groups()
    audit = desk.session.execute(
        select(Audit).where(
            Audit.system_id == desk.system.id,
            Audit.prefix == prefix,
            Audit.year == int(year),
            Audit.number == int(number),
        )
    ).scalar_one_or_none()
    if audit is None or audit.key != key:
        raise NotFound("audit", key)
    return audit


def programme_by_key(desk: Desk, key: str) -> AuditProgramme:
    """A programme of this system. Raises NotFound."""
    found = _PROGRAMME_KEY.fullmatch(key)
    programme = None
    if found is not None:
        query = select(AuditProgramme).where(
            AuditProgramme.system_id == desk.system.id, AuditProgramme.number == int(found.group(1))
        )
        programme = desk.session.execute(query).scalar_one_or_none()
    if programme is None or programme.key != key:
        raise NotFound("audit programme", key)
    return programme


def days_of(desk: Desk, audit: Audit) -> AuditDate:
    """The days in force: the latest entry not ended. One query."""
    return desk.session.execute(
        select(AuditDate)
        .where(AuditDate.audit_id == audit.id, AuditDate.ended_at.is_(None))
        .order_by(AuditDate.id.desc())
        .limit(1)
    ).scalar_one()


def scope_of(desk: Desk, audit: Audit) -> list[AuditScope]:
    """The lines of scope in force, as entered. One query."""
    query = select(AuditScope).where(AuditScope.audit_id == audit.id, AuditScope.ended_at.is_(None))
    return list(desk.session.scalars(query.order_by(AuditScope.id)))


def clauses_of(lines: Iterable[AuditScope]) -> tuple[str, ...]:
    return tuple(line.key for line in lines if line.kind is ScopeKind.CLAUSE)


def team_of(desk: Desk, audit: Audit) -> list[AuditMember]:
    """The team in force, in the order of assignment. One query."""
    query = select(AuditMember).where(AuditMember.audit_id == audit.id, AuditMember.ended_at.is_(None))
    return list(desk.session.scalars(query.order_by(AuditMember.id)))


def lead_of(team: Iterable[AuditMember]) -> AuditMember | None:
    return next((member for member in team if member.role is TeamRole.LEAD), None)


def requirements_of(catalogue: Catalogue, clauses: Iterable[str]) -> tuple[Requirement, ...]:
    """The requirements of these clauses in catalogue order."""
    wanted = set(clauses)
    return tuple(one for one in catalogue.requirements.values() if one.clause in wanted)


def refuse(problems: Mapping[str, Sentence]) -> None:
    """Raise InvalidInput if there is any problem."""
    if problems:
        raise InvalidInput(dict(problems))


def note(
    desk: Desk,
    audit: Audit,
    action: str,
    after: Mapping[str, object],
    rows: Sequence[Base],
    *,
    before: Mapping[str, object] | None = None,
    facts: bool = False,
) -> int:
    """Append to the trail. `facts`: readiness reads what changed (days, scope, sign-off)."""
    record = Record("audit", audit.key, audit.system_id)
    seq = record_activity(desk.session, desk.actor, desk.now, action, record, before=before, after=after, rows=rows)
    if facts:
        touch_facts(desk.system, seq)
    return seq


def examination(desk: Desk, row: AuditRow, version: EvidenceVersion, item: EvidenceItem) -> RowEvidence:
    """That a row rests on exactly these bytes, with the names they had; not added to the session yet."""
    return RowEvidence(
        audit_id=row.audit_id,
        row_id=row.id,
        version_id=version.id,
        sha256=version.sha256,
        item_key=item.key,
        version_number=version.number,
        title=item.title,
        artefact=item.artefact,
        examined_at=desk.now,
        examined_by=desk.actor.user_id,
    )
