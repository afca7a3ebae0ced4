"""Everything but evidence: dated entries, subjects, control mappings, and the sources that have no table yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.clauses.model import SubjectKind
from itsmcomply.controls.models import ControlMapping as MappingRow
from itsmcomply.readiness.facts import (
    ControlMapping,
    Dated,
    Improvement,
    Kpi,
    ManagementReview,
    Subject,
    SystemFacts,
)
from itsmcomply.readiness.inputs.audits import load_audits, load_programmes
from itsmcomply.readiness.inputs.findings import load_findings
from itsmcomply.readiness.inputs.planning import Planning
from itsmcomply.readiness.inputs.reviews import load_reviews
from itsmcomply.systems.models import EntryKind, SystemEntry
from itsmcomply.systems.models import Subject as SubjectRow

T = TypeVar("T")
Entries = dict[EntryKind, dict[str, list[Any]]]

PLANNED_REVIEW = "planned"  # key of the management review that so far is only a date in the settings
AUDIT_DAYS = (EntryKind.STAGE_1_ON, EntryKind.STAGE_2_ON, EntryKind.SURVEILLANCE_ON)


def load_system(session: Session, system_id: int, slug: str) -> tuple[SystemFacts, Planning]:
    """The system's own facts and what only planning reads. Four queries, six more where there are findings."""
    entries = _entries(session, system_id)
    subjects = session.execute(select(*SubjectRow.__table__.columns).where(SubjectRow.system_id == system_id)).all()
    facts = SystemFacts(
        slug=slug,
        zones=_one(entries, EntryKind.TIME_ZONE, str),
        operating_since=_one(entries, EntryKind.OPERATING_SINCE, date.fromisoformat),
        own_intervals=_keyed(entries, EntryKind.OWN_INTERVAL, int),
        owners={key: _dated(rows, _user_key) for key, rows in entries.get(EntryKind.PROCESS_OWNER, {}).items()},
        subjects=tuple(_subject(row) for row in subjects),
        declared_lists={
            SubjectKind(kind): _dated(rows, lambda _: None)
            for kind, rows in entries.get(EntryKind.LIST_DECLARED, {}).items()
        },
        scope=_one(entries, EntryKind.SCOPE_STATEMENT, str),
        stage_2_on=_one(entries, EntryKind.STAGE_2_ON, date.fromisoformat),
        certified_on=_one(entries, EntryKind.CERTIFIED_ON, date.fromisoformat),
        audit_window_reason=_one(entries, EntryKind.AUDIT_WINDOW_REASON, str),
        control_mappings=_control_mappings(session, system_id),
        findings=load_findings(session, system_id),
        audits=load_audits(session, system_id),
        audit_programmes=load_programmes(session, system_id),
        management_reviews=(*_planned_review(entries), *load_reviews(session, system_id)),
        kpis=_kpis(),
        improvements=_improvements(),
    )
    return facts, _planning(entries, subjects)


def _entries(session: Session, system_id: int) -> Entries:
    """All dated entries, ended ones too, by kind and key."""
    columns = SystemEntry.__table__.c
    query = select(
        columns.kind,
        columns.key,
        columns.value,
        columns.user_id,
        columns.from_on,
        columns.recorded_at,
        columns.ended_at,
    ).where(columns.system_id == system_id)
    found: Entries = {}
    for row in session.execute(query):
        found.setdefault(row.kind, {}).setdefault(row.key, []).append(row)
    return found


def _dated(rows: Iterable[Any], read: Callable[[Any], T]) -> tuple[Dated[T], ...]:
    return tuple(Dated(read(row), row.recorded_at, row.from_on, row.ended_at) for row in rows)


def _one(entries: Entries, kind: EntryKind, read: Callable[[str], T]) -> tuple[Dated[T], ...]:
    """Entries of a kind without key."""
    return _dated(entries.get(kind, {}).get("", ()), lambda row: read(row.value))


def _keyed(entries: Entries, kind: EntryKind, read: Callable[[str], T]) -> dict[str, tuple[Dated[T], ...]]:
    return {key: _dated(rows, lambda row: read(row.value)) for key, rows in entries.get(kind, {}).items()}


def _user_key(row: Any) -> str:
    return str(row.user_id)


def _user_id(row: Any) -> int:
    return int(row.user_id)


def _subject(row: Any) -> Subject:
    return Subject(str(row.id), row.kind, row.from_on, row.recorded_at, row.ended_on, row.ended_at)


def _control_mappings(session: Session, system_id: int) -> tuple[ControlMapping, ...]:
    rows = session.execute(
        select(MappingRow.control_id, MappingRow.requirement, MappingRow.recorded_at, MappingRow.ended_at).where(
            MappingRow.system_id == system_id
        )
    )
    return tuple(ControlMapping(str(row[0]), row[1], row[2], row[3]) for row in rows)


def _planned_review(entries: Entries) -> tuple[ManagementReview, ...]:
    """The next review as a day in the settings, for those who keep no more than that here."""
    planned = _one(entries, EntryKind.MANAGEMENT_REVIEW_ON, date.fromisoformat)
    if not planned:
        return ()
    return (ManagementReview(PLANNED_REVIEW, min(entry.recorded_at for entry in planned), planned),)


def _kpis() -> tuple[Kpi, ...]:
    """No table yet."""
    return ()


def _improvements() -> tuple[Improvement, ...]:
    """No table yet."""
    return ()


def _planning(entries: Entries, subjects: Iterable[Any]) -> Planning:
    def owners(kind: EntryKind) -> dict[str, tuple[Dated[int], ...]]:
        return {key: _dated(rows, _user_id) for key, rows in entries.get(kind, {}).items()}

    return Planning(
        process_owners=owners(EntryKind.PROCESS_OWNER),
        artefact_owners=owners(EntryKind.ARTEFACT_OWNER),
        audit_days={kind.value.removesuffix("_on"): _one(entries, kind, date.fromisoformat) for kind in AUDIT_DAYS},
        due_days=_keyed(entries, EntryKind.DUE_ON, date.fromisoformat),
        subject_names={str(row.id): row.name for row in subjects},
    )
