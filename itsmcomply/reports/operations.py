"""Changes of exports: ask for one, begin, finish, fail, cancel. Each that matters leaves one entry in the trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from itsmcomply.activity.operations import Record, await_turn, record_activity
from itsmcomply.clock import Clock
from itsmcomply.errors import InvalidInput, NotFound, NotPermitted
from itsmcomply.permissions import Actor, Permission
from itsmcomply.reports.models import Export
from itsmcomply.reports.rules import MOST_AT_ONCE, ExportKind, ExportState, require_transition
from itsmcomply.wording import N_, Sentence, say, stored


@dataclass(frozen=True, slots=True)
class Made:
    """A finished file: SHA-256 and bytes."""

    sha256: str
    size: int


def request_export(
    session: Session, actor: Actor, clock: Clock, *, system_id: int, kind: ExportKind, day: date, model: str
) -> Export:
    """Note that an export is wanted; its child starts after the commit. Raises InvalidInput and NotPermitted."""
    if not actor.may(Permission.EXPORT, system_id):
        raise NotPermitted(say(N_("Your role does not allow exports.")))
    await_turn(session)
    active = [ExportState.WAITING, ExportState.RUNNING]
    running = select(func.count()).where(Export.system_id == system_id, Export.state.in_(active))
    if session.execute(running).scalar_one() >= MOST_AT_ONCE:
        raise InvalidInput({"": say(N_("Two exports are being made already. Wait for one of them, or cancel it."))})
    export = Export(
        system_id=system_id,
        kind=kind,
        as_of=day,
        model=model,
        requested_by=actor.user_id,
        requested_at=clock.now(),
        state=ExportState.WAITING,
    )
    session.add(export)
    session.flush()  # the trail entry names its id
    _record(session, actor, clock, export, "requested", kind=kind, as_of=day, model=model)
    return export


def begin_export(session: Session, export_id: int, pid: int) -> None:
    """Note the process that works on it; parent and child both say so, whoever comes first."""
    export = find_export(session, export_id)
    if export.state is ExportState.WAITING:
        export.state, export.pid = ExportState.RUNNING, pid


def finish_export(session: Session, actor: Actor, clock: Clock, export_id: int, made: Made) -> None:
    """Note the file that came out. Raises InvalidTransition when it was cancelled meanwhile."""
    export = find_export(session, export_id)
    require_transition(export.state, ExportState.DONE)
    export.state, export.finished_at = ExportState.DONE, clock.now()
    export.sha256, export.size = made.sha256, made.size
    _record(session, actor, clock, export, "finished", sha256=made.sha256, size=made.size)


def fail_export(session: Session, actor: Actor, clock: Clock, export_id: int, message: Sentence) -> None:
    """Note that nothing came out, and why in one sentence. Does nothing when it ended otherwise meanwhile."""
    export = find_export(session, export_id)
    if not export.is_active:
        return
    export.state, export.finished_at, export.message = ExportState.FAILED, clock.now(), stored(message)
    _record(session, actor, clock, export, "failed", message=str(message))


def cancel_export(session: Session, actor: Actor, clock: Clock, *, system_id: int, export_id: int) -> Export:
    """Note that nobody wants it any more; the caller ends its child after the commit.

    Raises NotFound, NotPermitted, and InvalidTransition when it has ended.
    """
    export = find_export(session, export_id)
    if export.system_id != system_id:
        raise NotFound("export", f"EX-{export_id:04d}")
    if not actor.may(Permission.EXPORT, system_id):
        raise NotPermitted(say(N_("Your role does not allow exports.")))
    require_transition(export.state, ExportState.CANCELLED)
    export.state, export.finished_at = ExportState.CANCELLED, clock.now()
    _record(session, actor, clock, export, "cancelled")
    return export


def record_written(session: Session, actor: Actor, clock: Clock, *, system_id: int, written: dict[str, object]) -> None:
    """Note an export that the command line wrote to a file of its own."""
    record = Record("export", str(written["kind"]), system_id)
    record_activity(session, actor, clock.now(), "export.written", record, after=written)


def find_export(session: Session, export_id: int) -> Export:
    """The export of this number, locked for change. Raises NotFound."""
    found = session.execute(select(Export).where(Export.id == export_id).with_for_update()).scalar_one_or_none()
    if found is None:
        raise NotFound("export", f"EX-{export_id:04d}")
    return found


def _record(session: Session, actor: Actor, clock: Clock, export: Export, /, done: str, **after: object) -> None:
    record = Record("export", export.key, export.system_id)
    record_activity(session, actor, clock.now(), f"export.{done}", record, after=after, rows=[export])
