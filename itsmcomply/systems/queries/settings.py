"""Reads for the settings pages: dated entries with their past, the four lists, people and their roles, systems."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from itsmcomply.accounts.models import User
from itsmcomply.accounts.queries import names_of
from itsmcomply.clauses.model import SubjectKind
from itsmcomply.clock import day_in_zone
from itsmcomply.errors import NotFound
from itsmcomply.permissions import Role
from itsmcomply.systems.models import EntryKind, ManagementSystem, Membership, Subject, SystemEntry
from itsmcomply.systems.queries.basics import DEFAULT_ZONE, SystemRef, zones

MAX_ID = 2**31


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One dated entry. `value` is what a form sends (user id, ISO day); `text` is what people read (name, value)."""

    kind: EntryKind
    key: str
    value: str
    text: str
    from_on: date
    recorded_at: datetime
    recorded_by: str
    ended_at: datetime | None
    ended_by: str
    end_reason: str

    def holds_on(self, day: date, zone: str) -> bool:
        """Whether it is in force on a day: recorded by then, begun, not ended by then."""
        if day_in_zone(self.recorded_at, zone) > day or self.from_on > day:
            return False
        return self.ended_at is None or day_in_zone(self.ended_at, zone) > day


@dataclass(frozen=True, slots=True)
class Facts:
    """Dated entries of a system, oldest first, and which of them hold on one day."""

    rows: tuple[EntryRow, ...]
    in_force: Mapping[tuple[EntryKind, str], EntryRow]

    def value(self, kind: EntryKind, key: str = "") -> str:
        """What a form shows; "" where nothing holds."""
        row = self.in_force.get((kind, key))
        return row.value if row else ""

    def text(self, kind: EntryKind, key: str = "") -> str:
        row = self.in_force.get((kind, key))
        return row.text if row else ""

    def values(self) -> dict[tuple[EntryKind, str], str]:
        return {place: row.value for place, row in self.in_force.items()}

    def keyed(self, kind: EntryKind) -> list[EntryRow]:
        """The entries of a kind with keys that hold, in the order they were recorded."""
        return [row for (found, _), row in self.in_force.items() if found is kind]

    def past(self, kinds: Collection[EntryKind], limit: int = 60) -> list[EntryRow]:
        """Entries of these kinds, newest first, also those in force."""
        return [row for row in reversed(self.rows) if row.kind in kinds][:limit]


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """A service, customer or other party on its list."""

    id: int
    kind: SubjectKind
    name: str
    operates: str
    from_on: date
    recorded_at: datetime
    recorded_by: str
    ended_on: date | None
    ended_by: str
    end_reason: str


@dataclass(frozen=True, slots=True)
class SubjectList:
    """One of the four lists. `declared`: somebody said it is complete as it stands."""

    kind: SubjectKind
    declared: EntryRow | None
    rows: tuple[SubjectRow, ...]
    ended: tuple[SubjectRow, ...]


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A role of a person. `over`: its last day has passed."""

    id: int
    role: Role
    process: str
    until_on: date | None
    granted_at: datetime
    granted_by: str
    over: bool
    ended_at: datetime | None
    end_reason: str


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A person of a system with the roles they hold."""

    user_id: int
    name: str
    email: str
    arrived: bool
    disabled: bool
    grants: tuple[GrantRow, ...]


@dataclass(frozen=True, slots=True)
class Members:
    """People with a role now, by name, and grants that have ended, newest first, with the name of their person."""

    people: tuple[MemberRow, ...]
    past: tuple[tuple[str, GrantRow], ...]


@dataclass(frozen=True, slots=True)
class SystemRow:
    """A management system in the list of the installation."""

    id: int
    slug: str
    name: str
    zone: str
    created_at: datetime
    members: int


def facts(session: Session, system: SystemRef, day: date | None = None) -> Facts:
    """All dated entries of a system and those in force on a day; None: as a change would find them. Two queries."""
    names = names_of(session)
    entries = session.execute(
        select(SystemEntry).where(SystemEntry.system_id == system.id).order_by(SystemEntry.id)
    ).scalars()
    rows = tuple(_entry_row(entry, names) for entry in entries)
    holding = [r for r in rows if (r.ended_at is None if day is None else r.holds_on(day, system.zone))]
    return Facts(rows, {(r.kind, r.key): r for r in holding})


def _entry_row(entry: SystemEntry, names: Mapping[int, str]) -> EntryRow:
    person = "" if entry.user_id is None else names.get(entry.user_id, "")
    return EntryRow(
        kind=entry.kind,
        key=entry.key,
        value=entry.value if entry.user_id is None else str(entry.user_id),
        text=person or entry.value,
        from_on=entry.from_on,
        recorded_at=entry.recorded_at,
        recorded_by=names.get(entry.recorded_by, ""),
        ended_at=entry.ended_at,
        ended_by=names.get(entry.ended_by or 0, ""),
        end_reason=entry.end_reason or "",
    )


def subject_lists(session: Session, system: SystemRef, found: Facts, day: date) -> list[SubjectList]:
    """The four lists as they stood on a day, in the order of `SubjectKind`. Two queries."""
    names = names_of(session)
    rows = session.execute(select(Subject).where(Subject.system_id == system.id).order_by(Subject.name, Subject.id))
    known = [s for s in rows.scalars() if day_in_zone(s.recorded_at, system.zone) <= day]
    return [_subject_list(kind, [s for s in known if s.kind is kind], found, names, day) for kind in SubjectKind]


def _subject_list(
    kind: SubjectKind, subjects: Sequence[Subject], found: Facts, names: Mapping[int, str], day: date
) -> SubjectList:
    rows = [_subject_row(s, names) for s in subjects]
    on_it = tuple(r for r in rows if r.ended_on is None or r.ended_on > day)
    ended = tuple(r for r in rows if r.ended_on is not None and r.ended_on <= day)
    return SubjectList(kind, found.in_force.get((EntryKind.LIST_DECLARED, kind.value)), on_it, ended)


def _subject_row(subject: Subject, names: Mapping[int, str]) -> SubjectRow:
    return SubjectRow(
        id=subject.id,
        kind=subject.kind,
        name=subject.name,
        operates=subject.operates,
        from_on=subject.from_on,
        recorded_at=subject.recorded_at,
        recorded_by=names.get(subject.recorded_by, ""),
        ended_on=subject.ended_on,
        ended_by=names.get(subject.ended_by or 0, ""),
        end_reason=subject.end_reason or "",
    )


def require_system_id(session: Session, system_id: int) -> ManagementSystem:
    """The management system with this number. Raises NotFound."""
    found = session.get(ManagementSystem, system_id) if system_id < MAX_ID else None
    if found is None:
        raise NotFound("management system", str(system_id))
    return found


def system_ref(session: Session, system_id: int) -> SystemRef:
    """A system as pages know it. Raises NotFound. Two queries."""
    found = require_system_id(session, system_id)
    return SystemRef(found.id, found.slug, found.name, zones(session, [found.id]).get(found.id, DEFAULT_ZONE))


def require_subject(session: Session, system_id: int, subject_id: int) -> Subject:
    """A subject of this system. Raises NotFound, also for one of another system."""
    found = session.get(Subject, subject_id) if subject_id < MAX_ID else None
    if found is None or found.system_id != system_id:
        raise NotFound("service or party", str(subject_id))
    return found


def require_membership(session: Session, system_id: int, membership_id: int) -> Membership:
    """A grant of a role in this system. Raises NotFound, also for one of another system."""
    found = session.get(Membership, membership_id) if membership_id < MAX_ID else None
    if found is None or found.system_id != system_id:
        raise NotFound("role", str(membership_id))
    return found


def members(session: Session, system: SystemRef, day: date) -> Members:
    """Everybody with a role in a system. Two queries."""
    names = names_of(session)
    rows = session.execute(
        select(Membership, User)
        .join(User, User.id == Membership.user_id)
        .where(Membership.system_id == system.id)
        .order_by(User.name, User.id, Membership.role, Membership.process)
    ).all()
    people: dict[int, list[GrantRow]] = {}
    users: dict[int, User] = {}
    past: list[tuple[str, GrantRow]] = []
    for membership, user in rows:
        grant = _grant_row(membership, names, day)
        users[user.id] = user
        if grant.ended_at is None:
            people.setdefault(user.id, []).append(grant)
        else:
            past.append((user.name, grant))
    past.sort(key=lambda pair: pair[1].ended_at or pair[1].granted_at, reverse=True)
    return Members(tuple(_member_row(users[i], grants) for i, grants in people.items()), tuple(past[:60]))


def _member_row(user: User, grants: Iterable[GrantRow]) -> MemberRow:
    arrived, closed = user.password_hash is not None, user.disabled_at is not None
    return MemberRow(user.id, user.name, user.email, arrived, closed, tuple(grants))


def _grant_row(membership: Membership, names: Mapping[int, str], day: date) -> GrantRow:
    return GrantRow(
        id=membership.id,
        role=membership.role,
        process=membership.process,
        until_on=membership.until_on,
        granted_at=membership.granted_at,
        granted_by=names.get(membership.granted_by, ""),
        over=membership.until_on is not None and membership.until_on < day,
        ended_at=membership.ended_at,
        end_reason=membership.end_reason or "",
    )


def people_to_choose(session: Session, system_id: int) -> list[tuple[int, str]]:
    """Who can be named as an owner: people with a role here whose account is open, by name. One query."""
    rows = session.execute(
        select(User.id, User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.system_id == system_id, Membership.ended_at.is_(None), User.disabled_at.is_(None))
        .distinct()
        .order_by(User.name, User.id)
    )
    return [(user_id, name) for user_id, name in rows]


def system_rows(session: Session) -> list[SystemRow]:
    """Every management system by name, with how many people belong to it. Three queries."""
    zone_of = zones(session)
    counts = dict(
        session.execute(
            select(Membership.system_id, func.count(Membership.user_id.distinct()))
            .where(Membership.ended_at.is_(None))
            .group_by(Membership.system_id)
        ).all()
    )
    found = session.execute(select(ManagementSystem).order_by(ManagementSystem.name)).scalars()
    return [
        SystemRow(s.id, s.slug, s.name, zone_of.get(s.id, DEFAULT_ZONE), s.created_at, counts.get(s.id, 0))
        for s in found
    ]
