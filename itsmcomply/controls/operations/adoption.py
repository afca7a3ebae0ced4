"""Take over the starter controls of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.activity.operations import Record, await_turn, record_activity
from itsmcomply.clauses.model import Catalogue, StarterControl
from itsmcomply.clock import Clock
from itsmcomply.controls.models import Control, ControlKind
from itsmcomply.controls.operations.parts import (
    ControlDetails,
    authorise,
    columns,
    new_mappings,
)
from itsmcomply.db import Base
from itsmcomply.errors import InvalidInput
from itsmcomply.permissions import Actor
from itsmcomply.systems.models import EntryKind, ManagementSystem, SystemEntry
from itsmcomply.systems.operations import touch_facts
from itsmcomply.wording import N_, say


@dataclass(frozen=True, slots=True)
class Adoption:
    """Which starter controls an adoption added, and which it left because the reference was taken."""

    added: tuple[str, ...]
    skipped: tuple[str, ...]


def adopt_starter_controls(
    session: Session,
    actor: Actor,
    clock: Clock,
    catalogue: Catalogue,
    *,
    system: ManagementSystem,
    processes: Iterable[str] | None = None,
) -> Adoption:
    """Take over the starter controls with their mappings, all or those of some processes, owned by the process owner.

    References that exist in the system, retired ones too, are left alone, so a second time adds nothing. One entry in
    the trail per process.
    """
    authorise(actor, system)
    await_turn(session)
    wanted = set(catalogue.processes) if processes is None else set(processes)
    unknown = sorted(wanted - catalogue.processes.keys())
    if unknown:
        raise InvalidInput({"processes": say(N_("There is no process %(process)s."), process=unknown[0])})
    starters = [s for s in catalogue.controls.values() if s.process in wanted]
    taken = set(session.execute(select(Control.ref).where(Control.system_id == system.id)).scalars())
    owners = _process_owners(session, system)
    fresh = [s for s in starters if s.ref not in taken]
    for process in dict.fromkeys(s.process for s in fresh):
        chosen = [s for s in fresh if s.process == process]
        _adopt_process(session, actor, clock, system=system, starters=chosen, owner_id=owners.get(process))
    return Adoption(tuple(s.ref for s in fresh), tuple(s.ref for s in starters if s.ref in taken))


def _adopt_process(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    system: ManagementSystem,
    starters: Sequence[StarterControl],
    owner_id: int | None,
) -> None:
    controls = [_from_starter(starter, system.id, owner_id, clock.now()) for starter in starters]
    session.add_all(controls)
    session.flush()  # the mappings name their ids
    mappings = [
        mapping
        for control, starter in zip(controls, starters, strict=True)
        for mapping in new_mappings(control, actor, clock.now(), starter.requirements)
    ]
    session.add_all(mappings)
    record = Record("controls", starters[0].process, system.id)
    after = {"adopted": [c.ref for c in controls], "mappings": len(mappings)}
    rows: list[Base] = [*controls, *mappings]
    seq = record_activity(session, actor, clock.now(), "controls.adopted", record, after=after, rows=rows)
    touch_facts(system, seq)


def _from_starter(starter: StarterControl, system_id: int, owner_id: int | None, now: datetime) -> Control:
    details = ControlDetails(
        title=starter.title,
        process=starter.process,
        kind=ControlKind(starter.kind),
        frequency=starter.frequency,
        description=starter.description,
        test=starter.test,
        owner_id=owner_id,
    )
    return Control(system_id=system_id, ref=starter.ref, created_at=now, starter=True, **columns(details))


def _process_owners(session: Session, system: ManagementSystem) -> dict[str, int]:
    rows = session.execute(
        select(SystemEntry.key, SystemEntry.user_id).where(
            SystemEntry.system_id == system.id,
            SystemEntry.kind == EntryKind.PROCESS_OWNER,
            SystemEntry.ended_at.is_(None),
        )
    )
    return {process: user_id for process, user_id in rows if user_id is not None}
