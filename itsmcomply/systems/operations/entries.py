"""Dated entries of a system: facts that are put in force and ended, never overwritten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from itsmcomply.accounts.models import User
from itsmcomply.activity.operations import Record, await_turn, record_activity
from itsmcomply.clock import Clock, day_in_zone
from itsmcomply.errors import Conflict, InvalidInput
from itsmcomply.permissions import Actor
from itsmcomply.systems.models import EntryKind, ManagementSystem, SystemEntry
from itsmcomply.systems.operations.rights import require_editor
from itsmcomply.systems.queries import entry_in_force, facts_in_force, today_in
from itsmcomply.systems.rules import USER_KINDS, entry_problem, field_name


@dataclass(frozen=True, slots=True)
class FactChange:
    """A field as a person sends it: what it showed and what it holds now. Owners are user ids as text, "" is none."""

    kind: EntryKind
    was: str
    value: str
    key: str = ""

    @property
    def field(self) -> str:
        return field_name(self.kind, self.key)


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

    The same value again changes nothing and returns the entry in force. Raises InvalidInput for a value its kind
    cannot hold; the key of the error is `rules.field_name`.
    """
    require_editor(actor, system)
    await_turn(session)
    clean = value.strip()
    problem = entry_problem(kind, clean, has_user=user is not None)
    if problem:
        raise InvalidInput({field_name(kind, key): problem})
    return put_entry(
        session,
        actor,
        clock,
        system=system,
        kind=kind,
        key=key,
        value=clean,
        user=user,
        from_on=from_on,
        reason=reason.strip(),
    )


def put_entry(
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
    """The row work of `set_entry`, without asking who may or whether the value is sound."""
    now = clock.now()
    old = entry_in_force(session, system.id, kind, key)
    if old is None and not value and user is None:
        return None
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


def save_facts(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    system: ManagementSystem,
    changes: Sequence[FactChange],
    reason: str = "",
) -> int:
    """Save the fields a person changed on a page; return how many. Fields left as shown stay whatever others did.

    Raises InvalidInput by field, and Conflict where somebody else changed the same field to something else meanwhile.
    """
    require_editor(actor, system)
    await_turn(session)
    wanted = [c for c in changes if c.value != c.was]
    stored = facts_in_force(session, system.id)
    now = {c.field: stored.get((c.kind, c.key), "") for c in wanted}
    clashes = [c for c in wanted if now[c.field] not in (c.was, c.value)]
    if clashes:
        theirs, yours = {c.field: now[c.field] for c in clashes}, {c.field: c.value for c in clashes}
        raise Conflict("settings", system.slug, theirs, yours)
    _refuse_unsound(session, wanted)
    fresh = [c for c in wanted if now[c.field] != c.value]
    for change in fresh:
        _save(session, actor, clock, system=system, change=change, reason=reason)
    return len(fresh)


def _refuse_unsound(session: Session, changes: Sequence[FactChange]) -> None:
    errors: dict[str, str] = {}
    for change in changes:
        about_person = change.kind in USER_KINDS
        problem = (
            _person_problem(session, change.value)
            if about_person
            else entry_problem(change.kind, change.value, has_user=False)
        )
        if problem:
            errors[change.field] = problem
    if errors:
        raise InvalidInput(errors)


def _person_problem(session: Session, value: str) -> str | None:
    if not value:
        return None
    user = session.get(User, int(value)) if value.isdecimal() and len(value) < 10 else None
    return None if user and user.disabled_at is None else "Choose a person who can sign in."


def _save(
    session: Session, actor: Actor, clock: Clock, *, system: ManagementSystem, change: FactChange, reason: str
) -> None:
    about_person = change.kind in USER_KINDS
    user = session.get_one(User, int(change.value)) if about_person and change.value else None
    value = "" if about_person else change.value
    put_entry(
        session,
        actor,
        clock,
        system=system,
        kind=change.kind,
        key=change.key,
        value=value,
        user=user,
        reason=reason,
    )
