"""Reads about management systems: which exist, who belongs to them, which dated entries are in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.clock import day_in_zone
from itsmcomply.permissions import Grant, Role
from itsmcomply.systems.models import EntryKind, Installation, ManagementSystem, Membership, SystemEntry

DEFAULT_ZONE = "UTC"


@dataclass(frozen=True, slots=True)
class SystemRef:
    """A management system as guards and navigation know it. `zone` is the IANA zone in force now."""

    id: int
    slug: str
    name: str
    zone: str


@dataclass(frozen=True, slots=True)
class PersonGrants:
    """What a person may do where, at one moment."""

    grants: tuple[Grant, ...]
    systems: tuple[SystemRef, ...]


def zones(session: Session, system_ids: list[int] | None = None) -> dict[int, str]:
    """The time zone in force by system. One query."""
    query = select(SystemEntry.system_id, SystemEntry.value).where(
        SystemEntry.kind == EntryKind.TIME_ZONE, SystemEntry.ended_at.is_(None)
    )
    if system_ids is not None:
        query = query.where(SystemEntry.system_id.in_(system_ids))
    return dict(session.execute(query.order_by(SystemEntry.id)).all())


def grants_of(session: Session, user_id: int, now: datetime) -> PersonGrants:
    """Roles of a person that hold at `now`, and the systems they lead to, by name. Two queries.

    A grant holds until the end of `until_on` in the system's time zone.
    """
    rows = session.execute(
        select(
            Membership.system_id,
            Membership.role,
            Membership.process,
            Membership.until_on,
            ManagementSystem.slug,
            ManagementSystem.name,
        )
        .join(ManagementSystem, ManagementSystem.id == Membership.system_id)
        .where(Membership.user_id == user_id, Membership.ended_at.is_(None))
        .order_by(ManagementSystem.name, Membership.id)
    ).all()
    if not rows:
        return PersonGrants((), ())
    zone_of = zones(session, sorted({row.system_id for row in rows}))
    grants, systems = [], {}
    for row in rows:
        zone = zone_of.get(row.system_id, DEFAULT_ZONE)
        if row.until_on is not None and row.until_on < day_in_zone(now, zone):
            continue
        grants.append(Grant(row.system_id, row.role, row.process or None, row.until_on))
        systems[row.system_id] = SystemRef(row.system_id, row.slug, row.name, zone)
    return PersonGrants(tuple(grants), tuple(systems.values()))


def installation(session: Session) -> Installation | None:
    """The mark of this installation; None before `init`."""
    return session.get(Installation, 1)


def system_by_slug(session: Session, slug: str) -> ManagementSystem | None:
    return session.execute(select(ManagementSystem).where(ManagementSystem.slug == slug)).scalar_one_or_none()


def all_systems(session: Session) -> list[ManagementSystem]:
    """Every system by slug. One query."""
    return list(session.execute(select(ManagementSystem).order_by(ManagementSystem.slug)).scalars())


def entry_in_force(session: Session, system_id: int, kind: EntryKind, key: str = "") -> SystemEntry | None:
    """The entry that holds now: the latest not ended. One query."""
    return session.execute(
        select(SystemEntry)
        .where(
            SystemEntry.system_id == system_id,
            SystemEntry.kind == kind,
            SystemEntry.key == key,
            SystemEntry.ended_at.is_(None),
        )
        .order_by(SystemEntry.id.desc())
        .limit(1)
    ).scalar_one_or_none()


def facts_in_force(session: Session, system_id: int) -> dict[tuple[EntryKind, str], str]:
    """The value that holds now of every dated entry, by kind and key; owners as user ids in text. One query."""
    rows = session.execute(
        select(SystemEntry.kind, SystemEntry.key, SystemEntry.value, SystemEntry.user_id)
        .where(SystemEntry.system_id == system_id, SystemEntry.ended_at.is_(None))
        .order_by(SystemEntry.id)
    )
    return {(kind, key): value if user_id is None else str(user_id) for kind, key, value, user_id in rows}


def today_in(session: Session, system_id: int, now: datetime) -> date:
    """Today in the system's time zone. One query."""
    return day_in_zone(now, zones(session, [system_id]).get(system_id, DEFAULT_ZONE))


@dataclass(frozen=True, slots=True)
class KeyDays:
    """Days of the certification cycle as recorded now."""

    stage_1: date | None = None
    stage_2: date | None = None
    surveillance: date | None = None
    management_review: date | None = None

    @property
    def next_audit(self) -> date | None:
        """The first recorded audit date; callers compare it with today."""
        return self.stage_1 or self.stage_2 or self.surveillance


_KEY_DAYS = {
    EntryKind.STAGE_1_ON: "stage_1",
    EntryKind.STAGE_2_ON: "stage_2",
    EntryKind.SURVEILLANCE_ON: "surveillance",
    EntryKind.MANAGEMENT_REVIEW_ON: "management_review",
}


def key_days(session: Session, system_id: int) -> KeyDays:
    """The days of the certification cycle in force now. One query."""
    rows = session.execute(
        select(SystemEntry.kind, SystemEntry.value)
        .where(
            SystemEntry.system_id == system_id,
            SystemEntry.kind.in_(list(_KEY_DAYS)),
            SystemEntry.ended_at.is_(None),
        )
        .order_by(SystemEntry.id)
    )
    return KeyDays(**{_KEY_DAYS[kind]: date.fromisoformat(value) for kind, value in rows if value})


@dataclass(frozen=True, slots=True)
class RoleElsewhere:
    """A role of one person in one system, for administrators. `process` is "" except for process owners."""

    system: str
    slug: str
    role: Role
    process: str
    until_on: date | None


def roles_everywhere(session: Session, user_id: int, now: datetime) -> list[RoleElsewhere]:
    """Every role a person holds at `now`, by name of the system. Two queries."""
    found = grants_of(session, user_id, now)
    systems = {system.id: system for system in found.systems}
    return [
        RoleElsewhere(systems[g.system_id].name, systems[g.system_id].slug, g.role, g.process or "", g.until)
        for g in found.grants
    ]
