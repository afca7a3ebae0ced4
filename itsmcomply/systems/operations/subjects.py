"""The four lists that artefacts marked `per` are counted against: services, customers, other parties."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.activity.operations import Record, await_turn, record_activity
from itsmcomply.clauses.model import SubjectKind
from itsmcomply.clock import Clock
from itsmcomply.errors import InvalidInput, InvalidTransition
from itsmcomply.permissions import Actor
from itsmcomply.systems.models import EntryKind, ManagementSystem, Subject
from itsmcomply.systems.operations.entries import set_entry, touch_facts
from itsmcomply.systems.operations.rights import require_editor
from itsmcomply.systems.queries import entry_in_force
from itsmcomply.systems.rules import SUBJECT_NAME_MAX
from itsmcomply.wording import N_, say


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
    require_editor(actor, system)
    await_turn(session)
    clean = name.strip()
    if not clean:
        raise InvalidInput({"name": say(N_("Give it a name."))})
    if len(clean) > SUBJECT_NAME_MAX:
        text = N_("The name may have at most %(most)s characters.")
        raise InvalidInput({"name": say(text, most=SUBJECT_NAME_MAX)})
    if _subject_named(session, system.id, kind, clean) is not None:
        raise InvalidInput({"name": say(N_("%(name)s is on this list already."), name=clean)})
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
    require_editor(actor, system)
    await_turn(session)
    session.refresh(subject)
    if subject.ended_at is not None:
        raise InvalidTransition("ended", "ended", say(N_("It has been taken off the list already.")))
    if not reason.strip():
        raise InvalidInput({"reason": say(N_("Say why it leaves the list."))})
    if ended_on < subject.from_on:
        raise InvalidInput({"ended_on": say(N_("It cannot leave the list before its first day there."))})
    subject.ended_on, subject.ended_at = ended_on, clock.now()
    subject.ended_by, subject.end_reason = actor.user_id, reason.strip()
    record = Record(subject.kind.value, subject.name[:120], system.id)
    after = {"ended": ended_on, "reason": reason}
    seq = record_activity(session, actor, clock.now(), "subject.ended", record, after=after, rows=[subject])
    touch_facts(system, seq)


def declare_list(session: Session, actor: Actor, clock: Clock, *, system: ManagementSystem, kind: SubjectKind) -> None:
    """State that a list of subjects is complete as it stands, which may mean empty."""
    require_editor(actor, system)
    if entry_in_force(session, system.id, EntryKind.LIST_DECLARED, kind.value) is None:
        set_entry(session, actor, clock, system=system, kind=EntryKind.LIST_DECLARED, key=kind.value, value="declared")


def reopen_list(session: Session, actor: Actor, clock: Clock, *, system: ManagementSystem, kind: SubjectKind) -> None:
    """Take back that a list is complete; until it is declared again nothing asked for each of it is covered."""
    set_entry(session, actor, clock, system=system, kind=EntryKind.LIST_DECLARED, key=kind.value, reason="reopened")
