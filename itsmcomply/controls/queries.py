"""Reads about controls: the list, one control with its mapping, the matrix, what has no control."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from itsmcomply.accounts.queries import names_of
from itsmcomply.clauses.model import Catalogue
from itsmcomply.controls.models import Control, ControlKind, ControlMapping, ControlStatus
from itsmcomply.errors import NotFound

LIVE = (ControlStatus.PLANNED, ControlStatus.OPERATING)


@dataclass(frozen=True, slots=True)
class ControlFilter:
    """What a list of controls shows; "" for all. `status` "" leaves retired ones out."""

    text: str = ""
    process: str = ""
    kind: str = ""
    status: str = ""
    unmapped: bool = False

    def matches(self, row: ControlRow) -> bool:
        wanted = self.status == row.status if self.status else row.status in LIVE
        return (
            wanted
            and self.process in ("", row.process)
            and self.kind in ("", row.kind)
            and (not self.unmapped or row.mapped == 0)
            and self.text.lower() in f"{row.ref} {row.title}".lower()
        )


@dataclass(frozen=True, slots=True)
class ControlRow:
    """A control in a list. `mapped`: to how many requirements."""

    ref: str
    title: str
    process: str
    kind: ControlKind
    frequency: str
    status: ControlStatus
    owner: str
    mapped: int


@dataclass(frozen=True, slots=True)
class ControlList:
    """Controls that match, by process in catalogue order, then reference, out of `total`."""

    rows: tuple[ControlRow, ...]
    total: int
    uncontrolled: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MappingRow:
    """A requirement a control meets, since when and who said so; ended ones with when and why."""

    requirement: str
    recorded_at: datetime
    recorded_by: str
    ended_at: datetime | None
    ended_by: str
    end_reason: str


@dataclass(frozen=True, slots=True)
class ControlPage:
    """One control. `alone`: mapped requirements no other control meets."""

    id: int
    ref: str
    title: str
    description: str
    test: str
    process: str
    owner_id: int | None
    owner: str
    kind: ControlKind
    frequency: str
    status: ControlStatus
    starter: bool
    created_at: datetime
    row_version: int
    mapped: tuple[MappingRow, ...]
    ended: tuple[MappingRow, ...]
    alone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MatrixRow:
    ref: str
    title: str
    process: str
    mapped: frozenset[str]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Controls down, requirements across. `totals`: how many live controls of the whole system meet each."""

    rows: tuple[MatrixRow, ...]
    columns: tuple[str, ...]
    totals: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class StarterRow:
    """Starter controls of one process and how many of their references are in use."""

    process: str
    total: int
    taken: int


def control_list(session: Session, catalogue: Catalogue, system_id: int, wanted: ControlFilter) -> ControlList:
    """The controls that match a filter. Four queries."""
    names, counts = names_of(session), _mapping_counts(session, system_id)
    found = session.execute(select(Control).where(Control.system_id == system_id)).scalars()
    order = {key: at for at, key in enumerate(catalogue.processes)}
    rows = sorted((_row(c, names, counts) for c in found), key=lambda r: (order.get(r.process, len(order)), r.ref))
    met = _totals(session, system_id)
    return ControlList(
        tuple(row for row in rows if wanted.matches(row)),
        sum(1 for row in rows if row.status in LIVE),
        tuple(key for key in catalogue.requirements if not met.get(key)),
    )


def _row(control: Control, names: Mapping[int, str], counts: Mapping[int, int]) -> ControlRow:
    return ControlRow(
        ref=control.ref,
        title=control.title,
        process=control.process,
        kind=control.kind,
        frequency=control.frequency,
        status=control.status,
        owner=names.get(control.owner_id or 0, ""),
        mapped=counts.get(control.id, 0),
    )


def _mapping_counts(session: Session, system_id: int) -> dict[int, int]:
    rows = session.execute(
        select(ControlMapping.control_id, func.count())
        .where(ControlMapping.system_id == system_id, ControlMapping.ended_at.is_(None))
        .group_by(ControlMapping.control_id)
    )
    return dict(rows.all())


def _totals(session: Session, system_id: int) -> dict[str, int]:
    """How many live controls meet each requirement. One query."""
    rows = session.execute(
        select(ControlMapping.requirement, func.count())
        .join(Control, Control.id == ControlMapping.control_id)
        .where(ControlMapping.system_id == system_id, ControlMapping.ended_at.is_(None), Control.status.in_(LIVE))
        .group_by(ControlMapping.requirement)
    )
    return dict(rows.all())


def require_control(session: Session, system_id: int, ref: str) -> Control:
    """The control with this reference, in any case. Raises NotFound."""
    found = session.execute(
        select(Control).where(Control.system_id == system_id, Control.ref == ref.upper()[:60])
    ).scalar_one_or_none()
    if found is None:
        raise NotFound("control", ref)
    return found


def control_page(session: Session, system_id: int, ref: str) -> ControlPage:
    """One control with its mapping, past mappings too. Raises NotFound. Four queries."""
    control, names = require_control(session, system_id, ref), names_of(session)
    mappings = session.execute(
        select(ControlMapping).where(ControlMapping.control_id == control.id).order_by(ControlMapping.id)
    ).scalars()
    rows = [_mapping_row(m, names) for m in mappings]
    mapped = tuple(r for r in rows if r.ended_at is None)
    totals = _totals(session, system_id)
    return ControlPage(
        id=control.id,
        ref=control.ref,
        title=control.title,
        description=control.description,
        test=control.test,
        process=control.process,
        owner_id=control.owner_id,
        owner=names.get(control.owner_id or 0, ""),
        kind=control.kind,
        frequency=control.frequency,
        status=control.status,
        starter=control.starter,
        created_at=control.created_at,
        row_version=control.row_version,
        mapped=mapped,
        ended=tuple(reversed([r for r in rows if r.ended_at is not None])),
        alone=tuple(r.requirement for r in mapped if totals.get(r.requirement) == 1),
    )


def _mapping_row(mapping: ControlMapping, names: Mapping[int, str]) -> MappingRow:
    return MappingRow(
        requirement=mapping.requirement,
        recorded_at=mapping.recorded_at,
        recorded_by=names.get(mapping.recorded_by, ""),
        ended_at=mapping.ended_at,
        ended_by=names.get(mapping.ended_by or 0, ""),
        end_reason=mapping.end_reason or "",
    )


def matrix(session: Session, catalogue: Catalogue, system_id: int, processes: Collection[str]) -> Matrix:
    """Controls of some processes, and others mapped to their requirements, against these. Three queries."""
    columns = tuple(key for key, requirement in catalogue.requirements.items() if requirement.process in processes)
    mapped = _live_mappings(session, system_id)
    controls = session.execute(
        select(Control.id, Control.ref, Control.title, Control.process)
        .where(Control.system_id == system_id, Control.status.in_(LIVE))
        .order_by(Control.ref)
    ).all()
    order = {key: at for at, key in enumerate(catalogue.processes)}
    rows = [MatrixRow(ref, title, process, mapped.get(i, frozenset())) for i, ref, title, process in controls]
    shown = [row for row in rows if row.process in processes or not row.mapped.isdisjoint(columns)]
    shown.sort(key=lambda row: (row.process not in processes, order.get(row.process, len(order)), row.ref))
    return Matrix(tuple(shown), columns, _totals(session, system_id))


def requirement_total(session: Session, system_id: int, requirement: str) -> int:
    """How many live controls meet a requirement. One query."""
    return _totals(session, system_id).get(requirement, 0)


def _live_mappings(session: Session, system_id: int) -> dict[int, frozenset[str]]:
    rows = session.execute(
        select(ControlMapping.control_id, ControlMapping.requirement).where(
            ControlMapping.system_id == system_id, ControlMapping.ended_at.is_(None)
        )
    )
    found: dict[int, set[str]] = {}
    for control_id, requirement in rows:
        found.setdefault(control_id, set()).add(requirement)
    return {control_id: frozenset(keys) for control_id, keys in found.items()}


def starter_rows(session: Session, catalogue: Catalogue, system_id: int) -> list[StarterRow]:
    """Starter controls by process and how many are taken over already. One query."""
    taken = set(session.execute(select(Control.ref).where(Control.system_id == system_id)).scalars())
    rows = []
    for process in catalogue.processes:
        refs = [control.ref for control in catalogue.controls.values() if control.process == process]
        if refs:
            rows.append(StarterRow(process, len(refs), sum(ref in taken for ref in refs)))
    return rows
