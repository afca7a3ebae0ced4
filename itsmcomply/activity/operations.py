"""Append to the activity trail, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from itsmcomply.activity.models import ActivityEntry, ActivityHead
from itsmcomply.activity.rules import canonical, sha256_text
from itsmcomply.db import Base
from itsmcomply.permissions import Actor

APP = "itsmcomply/1"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a change came in: peer address and request id for the web, the command name for the shell."""

    address: str = ""
    request_id: str = ""


NOWHERE = Origin()
origin: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)
"""Set at the edge, once per request or command; the trail notes it, no rule reads it."""


@dataclass(frozen=True, slots=True)
class Record:
    """What an entry is about: kind and readable key ("evidence", "EV-0142")."""

    kind: str
    key: str
    system_id: int | None = None


def _identity(row: Base) -> object:
    """The primary key of a flushed row; the values joined by "/" where it has several."""
    parts = inspect(row).identity or ()
    return parts[0] if len(parts) == 1 else "/".join(str(p) for p in parts)


def row_digest(row: Base) -> str:
    """SHA-256 over table name and all stored columns of a row, except those it declares undigested."""
    columns = inspect(type(row)).columns
    values = {c.key: getattr(row, c.key) for c in columns if c.key not in row.__undigested__}
    return sha256_text(canonical({"table": row.__tablename__, "row": values}))


def await_turn(session: Session) -> None:
    """Wait until no other writer is at work, before anything is read that a change depends on (numbers, latest review).

    One locking select on PostgreSQL; SQLite has let in one writer alone already.
    """
    session.execute(select(ActivityHead.id).where(ActivityHead.id == 1).with_for_update())


def record_activity(
    session: Session,
    actor: Actor,
    at: datetime,
    action: str,
    record: Record,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    rows: Sequence[Base] = (),
) -> int:
    """Append one entry and return its number. `rows` are the rows changed; their digests go into the entry.

    Costs one select (locking on PostgreSQL), one insert, one update. Time in the trail never goes back: an earlier
    clock is noted with the moment of the entry before it and `clock_behind`.
    """
    session.flush()  # ids and defaults must exist before rows are digested
    head = session.execute(select(ActivityHead).where(ActivityHead.id == 1).with_for_update()).scalar_one()
    behind = head.at is not None and at < head.at
    moment = head.at if behind and head.at is not None else at
    source = origin.get()
    content: dict[str, object] = {
        "seq": head.seq + 1,
        "prev": head.line_hash,
        "at": moment,
        "actor": {"id": actor.user_id, "name": actor.name, "email": actor.email},
        "roles": sorted(actor.roles(record.system_id)) if record.system_id is not None else [],
        "origin": {"address": source.address, "request": source.request_id},
        "action": action,
        "record": {"kind": record.kind, "key": record.key, "system": record.system_id},
        "before": dict(before or {}),
        "after": dict(after or {}),
        "rows": [{"table": r.__tablename__, "id": _identity(r), "digest": row_digest(r)} for r in rows],
        "app": APP,
    }
    if behind:
        content["clock_behind"] = at
    line = canonical(content)
    entry = ActivityEntry(
        seq=head.seq + 1,
        line=line,
        line_hash=sha256_text(line),
        at=moment,
        system_id=record.system_id,
        actor_id=actor.user_id,
        actor_name=actor.name,
        action=action,
        record_kind=record.kind,
        record_key=record.key,
    )
    session.add(entry)
    head.seq, head.line_hash, head.at = entry.seq, entry.line_hash, moment
    session.flush()  # the triggers and unique numbers must speak inside the caller's operation
    return entry.seq
