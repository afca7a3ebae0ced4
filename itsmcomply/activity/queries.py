"""Reads of the activity trail: a page of it, the entries of one record, where the chain ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from itsmcomply.activity.models import ActivityEntry, ActivityHead
from itsmcomply.activity.reading import StoredEntry, TrailRow, read_entry
from itsmcomply.activity.verification import ChainReport, verify_chain

__all__ = [
    "ChainReport",
    "TrailFilter",
    "TrailHead",
    "TrailPage",
    "entries_for",
    "head_of_trail",
    "trail_page",
    "trail_words",
    "verify_chain",
]

PAGE = 50

_COLUMNS = (
    ActivityEntry.seq,
    ActivityEntry.line,
    ActivityEntry.line_hash,
    ActivityEntry.at,
    ActivityEntry.actor_name,
    ActivityEntry.action,
    ActivityEntry.record_kind,
    ActivityEntry.record_key,
    ActivityEntry.system_id,
)


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """What a page of the trail shows. Days are inclusive, in `zone`; `system_id` None: the whole installation.

    `record` is a key, or the beginning of one; `area` the part of an action before the point ("evidence").
    """

    system_id: int | None = None
    record: str = ""
    actor: str = ""
    area: str = ""
    since: date | None = None
    until: date | None = None
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class TrailPage:
    """Entries, newest first. `first` counts from 1; 0 when there are none."""

    rows: tuple[TrailRow, ...]
    total: int
    number: int

    @property
    def first(self) -> int:
        return (self.number - 1) * PAGE + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return (self.number - 1) * PAGE + len(self.rows)


@dataclass(frozen=True, slots=True)
class TrailHead:
    """Where the chain ends: number and hash of the last entry; seq 0 before the first."""

    seq: int
    line_hash: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class TrailWords:
    """What the filters offer: names of actors and areas that occur."""

    actors: tuple[str, ...]
    areas: tuple[str, ...]


def head_of_trail(session: Session) -> TrailHead:
    """Where the chain ends now. One query."""
    head = session.execute(select(ActivityHead)).scalar_one()
    return TrailHead(head.seq, head.line_hash, head.at)


def trail_page(session: Session, wanted: TrailFilter, slugs: Mapping[int, str], number: int = 1) -> TrailPage:
    """One page of the trail, newest first. `slugs`: short name by system. Two queries."""
    where = _conditions(wanted)
    total = session.execute(select(func.count()).select_from(ActivityEntry).where(*where)).scalar_one()
    number = max(1, min(number, -(-total // PAGE)))
    query = select(*_COLUMNS).where(*where).order_by(ActivityEntry.seq.desc())
    rows = session.execute(query.limit(PAGE).offset((number - 1) * PAGE)).all()
    return TrailPage(tuple(_read(row, slugs) for row in rows), total, number)


def entries_for(
    session: Session, system_id: int | None, kind: str, key: str | Sequence[str], limit: int = 20
) -> tuple[TrailRow, ...]:
    """The latest entries about one record (or several of a kind), newest first. One query."""
    keys = [key] if isinstance(key, str) else list(key)
    where = [ActivityEntry.record_kind == kind, ActivityEntry.record_key.in_(keys)]
    if system_id is not None:
        where.append(ActivityEntry.system_id == system_id)
    query = select(*_COLUMNS).where(*where).order_by(ActivityEntry.seq.desc()).limit(limit)
    return tuple(_read(row, {}) for row in session.execute(query).all())


def trail_words(session: Session, system_id: int | None) -> TrailWords:
    """Which people and areas occur in a trail, for its filters. Two queries over indexes."""
    where = [] if system_id is None else [ActivityEntry.system_id == system_id]
    actors = session.execute(select(ActivityEntry.actor_name).where(*where).distinct()).scalars()
    actions = session.execute(select(ActivityEntry.action).where(*where).distinct()).scalars()
    return TrailWords(tuple(sorted(actors)), tuple(sorted({a.split(".")[0] for a in actions})))


def _read(row: Sequence[object], slugs: Mapping[int, str]) -> TrailRow:
    *stored, system_id = row
    return read_entry(StoredEntry(*stored), slugs.get(system_id, "") if isinstance(system_id, int) else "")  # type: ignore[arg-type]  # a row of _COLUMNS


def _conditions(wanted: TrailFilter) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if wanted.system_id is not None:
        where.append(ActivityEntry.system_id == wanted.system_id)
    if wanted.record:
        where.append(func.lower(ActivityEntry.record_key).startswith(wanted.record.lower(), autoescape=True))
    if wanted.actor:
        where.append(ActivityEntry.actor_name == wanted.actor)
    if wanted.area:
        where.append(ActivityEntry.action.startswith(f"{wanted.area}.", autoescape=True))
    if wanted.since:
        where.append(ActivityEntry.at >= _midnight(wanted.since, wanted.zone))
    if wanted.until:
        where.append(ActivityEntry.at < _midnight(wanted.until + timedelta(days=1), wanted.zone))
    return where


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
