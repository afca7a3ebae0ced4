"""What is done to management systems: create, dated entries, subjects, people and roles."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.accounts.models import User
from itsmcomply.accounts.operations import end_sessions
from itsmcomply.activity.operations import Record, record_activity
from itsmcomply.clauses.model import SubjectKind
from itsmcomply.clock import Clock, day_in_zone
from itsmcomply.errors import InvalidInput, InvalidTransition
from itsmcomply.permissions import SYSTEM_ACTOR, Actor, Role
from itsmcomply.systems.models import (
    EntryKind,
    Installation,
    InstallationMode,
    ManagementSystem,
    Membership,
    Subject,
    SystemEntry,
)
from itsmcomply.systems.queries import entry_in_force, installation, system_by_slug, today_in
from itsmcomply.systems.rules import role_problem, slug_problem, zone_problem


def mark_installation(session: Session, clock: Clock, *, mode: InstallationMode) -> Installation:
    """Write what this installation is for, as the first entry of its trail. Never changes afterwards."""
    found = installation(session)
    if found is not None:
        return found
    made = Installation(id=1, mode=mode, created_at=clock.now())
    session.add(made)
    record = Record("installation", str(mode))
    record_activity(
        session, SYSTEM_ACTOR, clock.now(), "installation.created", record, after={"mode": mode}, rows=[made]
    )
    return made


def create_system(
    session: Session, actor: Actor, clock: Clock, *, slug: str, name: str, time_zone: str
) -> ManagementSystem:
    """Add a management system. Raises InvalidInput for a name that is taken or cannot be part of an address."""
    problems = {"slug": slug_problem(slug), "time_zone": zone_problem(time_zone)}
    if system_by_slug(session, slug) is not None:
        problems["slug"] = f"There is a management system {slug} already."
    errors = {key: text for key, text in problems.items() if text}
    if not name.strip():
        errors["name"] = "Give the management system a name."
    if errors:
        raise InvalidInput(errors)
    system = ManagementSystem(slug=slug, name=name.strip(), created_at=clock.now())
    session.add(system)
    session.flush()  # the trail entry and the first dated entry name its id
    record = Record("system", slug, system.id)
    record_activity(
        session, actor, clock.now(), "system.created", record, after={"name": name, "slug": slug}, rows=[system]
    )
    set_entry(session, actor, clock, system=system, kind=EntryKind.TIME_ZONE, value=time_zone)
    return system


def touch_facts(system: ManagementSystem, seq: int) -> None:
    """Note that facts the derivation reads changed with this trail entry."""
    system.facts_seq = seq


def set_entry(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    system: ManagementSystem,
    kind: EntryKind,
    key: str = "",
    value: str = "",
    user: User | None = None,
    from_on: date | None = None,
    reason: str = "",
) -> SystemEntry | None:
    """Put a dated entry in force from today (or `from_on`) and end the one before it. "" and None only end it.

    The same value again changes nothing and returns the entry in force.
    """
    now = clock.now()
    old = entry_in_force(session, system.id, kind, key)
    if old is not None and old.value == value and old.user_id == (user.id if user else None):
        return old
    rows: list[SystemEntry] = []
    before = {kind.value: _shown(session, old)} if old else {}
    if old is not None:
        old.ended_at, old.ended_by, old.end_reason = now, actor.user_id, reason or "replaced"
        rows.append(old)
    new = None
    if value or user is not None:
        today = day_in_zone(now, value) if kind is EntryKind.TIME_ZONE else today_in(session, system.id, now)
        new = SystemEntry(
            system_id=system.id,
            kind=kind,
            key=key,
            value=value,
            user_id=user.id if user else None,
            from_on=from_on or today,
            recorded_at=now,
            recorded_by=actor.user_id,
        )
        session.add(new)
        rows.append(new)
    record = Record("system", system.slug, system.id)
    after = {kind.value: _shown(session, new), "key": key, "reason": reason}
    seq = record_activity(session, actor, now, f"system.{kind.value}", record, before=before, after=after, rows=rows)
    touch_facts(system, seq)
    return new


def _shown(session: Session, entry: SystemEntry | None) -> str | None:
    if entry is None:
        return None
    if entry.user_id is not None:
        return session.get_one(User, entry.user_id).email
    return entry.value


def add_subject(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    system: ManagementSystem,
    kind: SubjectKind,
    name: str,
    operates: str = "",
    from_on: date,
) -> Subject:
    """Add a service, customer or other party; adding one also declares its list. Raises InvalidInput on a double."""
    clean = name.strip()
    if not clean:
        raise InvalidInput({"name": "Give it a name."})
    if _subject_named(session, system.id, kind, clean) is not None:
        raise InvalidInput({"name": f"{clean} is on this list already."})
    subject = Subject(
        system_id=system.id,
        kind=kind,
        name=clean,
        operates=operates.strip(),
        from_on=from_on,
        recorded_at=clock.now(),
        recorded_by=actor.user_id,
    )
    session.add(subject)
    record = Record(kind.value, clean[:120], system.id)
    after = {"name": clean, "operates": operates, "from": from_on}
    seq = record_activity(session, actor, clock.now(), "subject.added", record, after=after, rows=[subject])
    touch_facts(system, seq)
    declare_list(session, actor, clock, system=system, kind=kind)
    return subject


def _subject_named(session: Session, system_id: int, kind: SubjectKind, name: str) -> Subject | None:
    return session.execute(
        select(Subject).where(
            Subject.system_id == system_id, Subject.kind == kind, Subject.name == name, Subject.ended_at.is_(None)
        )
    ).scalar_one_or_none()


def end_subject(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    system: ManagementSystem,
    subject: Subject,
    ended_on: date,
    reason: str,
) -> None:
    """Take a subject off its list from a day on, with the reason; what was filed for it stays."""
    if subject.ended_at is not None:
        raise InvalidTransition("ended", "ended", "It has been taken off the list already.")
    if not reason.strip():
        raise InvalidInput({"reason": "Say why it leaves the list."})
    subject.ended_on, subject.ended_at = ended_on, clock.now()
    subject.ended_by, subject.end_reason = actor.user_id, reason.strip()
    record = Record(subject.kind.value, subject.name[:120], system.id)
    after = {"ended": ended_on, "reason": reason}
    seq = record_activity(session, actor, clock.now(), "subject.ended", record, after=after, rows=[subject])
    touch_facts(system, seq)


def declare_list(session: Session, actor: Actor, clock: Clock, *, system: ManagementSystem, kind: SubjectKind) -> None:
    """State that a list of subjects is complete as it stands, which may mean empty."""
    if entry_in_force(session, system.id, EntryKind.LIST_DECLARED, kind.value) is None:
        set_entry(session, actor, clock, system=system, kind=EntryKind.LIST_DECLARED, key=kind.value, value="declared")


def grant_role(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    system: ManagementSystem,
    user: User,
    role: Role,
    process: str | None = None,
    until_on: date | None = None,
) -> Membership:
    """Give a person a role; their sessions end, so that the next sign-in has it. Same role again: InvalidInput."""
    problem = role_problem(role, process, until_on)
    if problem:
        raise InvalidInput({"role": problem})
    held = select(Membership).where(
        Membership.system_id == system.id,
        Membership.user_id == user.id,
        Membership.role == role,
        Membership.process == (process or ""),
        Membership.ended_at.is_(None),
    )
    if session.execute(held).first() is not None:
        raise InvalidInput({"role": f"{user.name} has this role already."})
    made = Membership(
        system_id=system.id,
        user_id=user.id,
        role=role,
        process=process or "",
        until_on=until_on,
        granted_at=clock.now(),
        granted_by=actor.user_id,
    )
    session.add(made)
    end_sessions(session, clock, user_id=user.id, because="role")
    record = Record("person", user.email, system.id)
    after = {"role": role, "process": process, "until": until_on}
    record_activity(session, actor, clock.now(), "role.granted", record, after=after, rows=[made])
    return made


def end_role(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    system: ManagementSystem,
    membership: Membership,
    reason: str,
) -> None:
    """Take a role away at once, with the reason; the person's sessions end."""
    if membership.ended_at is not None:
        raise InvalidTransition("ended", "ended", "This role has ended already.")
    membership.ended_at, membership.ended_by, membership.end_reason = clock.now(), actor.user_id, reason
    end_sessions(session, clock, user_id=membership.user_id, because="role")
    user = session.get_one(User, membership.user_id)
    record = Record("person", user.email, system.id)
    before = {"role": membership.role, "process": membership.process}
    record_activity(
        session, actor, clock.now(), "role.ended", record, before=before, after={"reason": reason}, rows=[membership]
    )
