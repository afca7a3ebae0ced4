"""Reads about exports: the latest of a system, and one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from itsmcomply.accounts.models import User
from itsmcomply.controls.models import Control, ControlStatus
from itsmcomply.errors import NotFound
from itsmcomply.evidence.models import EvidenceVersion
from itsmcomply.reports.models import Export
from itsmcomply.reports.rules import ExportKind, ExportState, is_active
from itsmcomply.wording import restored

SHOWN = 20


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One export as its page shows it. `done` of `total` steps, both 0 before the first report."""

    id: int
    kind: ExportKind
    as_of: date
    model: str
    requested_by: str
    requested_at: datetime
    state: ExportState
    done: int
    total: int
    pid: int | None
    message: str
    finished_at: datetime | None
    sha256: str | None
    size: int | None

    @property
    def key(self) -> str:
        return f"EX-{self.id:04d}"

    @property
    def is_active(self) -> bool:
        return is_active(self.state)


def latest_exports(session: Session, system_id: int) -> tuple[ExportRow, ...]:
    """The last exports of a system, newest first. One query."""
    return tuple(
        _row(export, name)
        for export, name in session.execute(
            select(Export, User.name)
            .join(User, User.id == Export.requested_by)
            .where(Export.system_id == system_id)
            .order_by(Export.id.desc())
            .limit(SHOWN)
        )
    )


def export_of(session: Session, system_id: int, export_id: int) -> ExportRow:
    """One export of a system. One query. Raises NotFound, for another system's alike."""
    found = session.execute(
        select(Export, User.name)
        .join(User, User.id == Export.requested_by)
        .where(Export.system_id == system_id, Export.id == export_id)
    ).first()
    if found is None:
        raise NotFound("export", f"EX-{export_id:04d}")
    return _row(*found)


def _row(export: Export, name: str) -> ExportRow:
    return ExportRow(
        id=export.id,
        kind=export.kind,
        as_of=export.as_of,
        model=export.model,
        requested_by=name,
        requested_at=export.requested_at,
        state=export.state,
        done=export.done,
        total=export.total,
        pid=export.pid,
        message=restored(export.message),
        finished_at=export.finished_at,
        sha256=export.sha256,
        size=export.size,
    )


@dataclass(frozen=True, slots=True)
class Contents:
    """How much of what people recorded an export holds."""

    versions: int
    controls: int


def contents(session: Session, system_id: int, cutoff: datetime) -> Contents:
    """Versions and controls known by then. Two queries."""
    versions = select(func.count()).select_from(EvidenceVersion)
    controls = select(func.count()).select_from(Control)
    known = (EvidenceVersion.system_id == system_id) & (EvidenceVersion.received_at < cutoff)
    ours = (Control.system_id == system_id) & (Control.created_at < cutoff)
    kept = Control.status != ControlStatus.RETIRED
    return Contents(
        session.execute(versions.where(known)).scalar_one(),
        session.execute(controls.where(ours, kept)).scalar_one(),
    )
