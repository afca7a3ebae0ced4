"""Roles in a management system, invitations into it, owners of processes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from itsmcomply.accounts.models import User
from itsmcomply.accounts.operations import end_sessions, invite_person
from itsmcomply.accounts.queries import user_by_email
from itsmcomply.activity.operations import Record, await_turn, record_activity
from itsmcomply.clock import Clock
from itsmcomply.errors import InvalidInput, InvalidTransition, NotPermitted
from itsmcomply.permissions import Actor, Role
from itsmcomply.systems.models import EntryKind, ManagementSystem, Membership
from itsmcomply.systems.operations.entries import FactChange, save_facts
from itsmcomply.systems.operations.rights import require_people_editor
from itsmcomply.systems.queries import today_in
from itsmcomply.systems.rules import grant_problems
from itsmcomply.wording import N_, say


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
    require_people_editor(actor, system)
    await_turn(session)
    errors = grant_problems(role, process, until_on, today_in(session, system.id, clock.now()))
    if user.disabled_at is not None:
        errors["person"] = f"The account of {user.name} is closed. An administrator can open it."
    if errors:
        raise InvalidInput(errors)
    if role_held(session, system, user, role, process) is not None:
        raise InvalidInput({"role": say(N_("%(name)s has this role already."), name=user.name)})
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


def role_held(
    session: Session, system: ManagementSystem, user: User, role: Role, process: str | None = None
) -> Membership | None:
    """The grant of exactly this role that has not been ended, though its last day may be over. One query."""
    return session.execute(
        select(Membership).where(
            Membership.system_id == system.id,
            Membership.user_id == user.id,
            Membership.role == role,
            Membership.process == (process or ""),
            Membership.ended_at.is_(None),
        )
    ).scalar_one_or_none()


def end_role(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    system: ManagementSystem,
    membership: Membership,
    reason: str,
) -> None:
    """Take a role away at once, with the reason; the person's sessions end.

    The last SMS manager keeps the role; only an administrator may end it.
    """
    require_people_editor(actor, system)
    await_turn(session)
    session.refresh(membership)
    if membership.ended_at is not None:
        raise InvalidTransition("ended", "ended", say(N_("This role has ended already.")))
    if not reason.strip():
        raise InvalidInput({"reason": say(N_("Say why the role ends."))})
    if membership.role is Role.SMS_MANAGER and not actor.is_admin and _other_managers(session, membership) == 0:
        raise NotPermitted(say(N_("This is the last SMS manager. Give the role to somebody else first.")))
    membership.ended_at, membership.ended_by, membership.end_reason = clock.now(), actor.user_id, reason.strip()
    end_sessions(session, clock, user_id=membership.user_id, because="role")
    user = session.get_one(User, membership.user_id)
    record = Record("person", user.email, system.id)
    before = {"role": membership.role, "process": membership.process}
    record_activity(
        session, actor, clock.now(), "role.ended", record, before=before, after={"reason": reason}, rows=[membership]
    )


def _other_managers(session: Session, membership: Membership) -> int:
    others = select(func.count(Membership.id.distinct())).join(User, User.id == Membership.user_id)
    query = others.where(
        Membership.system_id == membership.system_id,
        Membership.role == Role.SMS_MANAGER,
        Membership.ended_at.is_(None),
        Membership.user_id != membership.user_id,
        User.disabled_at.is_(None),
    )
    return session.execute(query).scalar_one()


def add_member(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    system: ManagementSystem,
    email: str,
    name: str,
    role: Role,
    processes: Sequence[str] = (),
    until_on: date | None = None,
) -> tuple[User, str | None]:
    """Give a role to a person, known or new; return them and, for a new one, the token of the invitation.

    A process owner gets one grant per process. A known person keeps their name. Raises InvalidInput by field.
    """
    require_people_editor(actor, system)
    await_turn(session)
    _refuse_no_process(role, processes)
    user, token = user_by_email(session, email), None
    if user is None:
        user, token = invite_person(session, actor, clock, email=email, name=name)
    for process in processes or (None,):
        grant_role(session, actor, clock, system=system, user=user, role=role, process=process, until_on=until_on)
    return user, token


def _refuse_no_process(role: Role, processes: Sequence[str]) -> None:
    if role is Role.PROCESS_OWNER and not processes:
        raise InvalidInput({"processes": say(N_("Choose the processes this person owns."))})


def save_owners(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    system: ManagementSystem,
    changes: Sequence[FactChange],
    reason: str = "",
) -> int:
    """Save owners of processes and artefacts; return how many changed. Raises as `save_facts`.

    Who becomes owner of a process gets the role of process owner for it where they lack it, because an owner files;
    who was owner before keeps the role until it is ended, because a deputy files too.
    """
    count = save_facts(session, actor, clock, system=system, changes=changes, reason=reason)
    for change in changes:
        if change.kind is EntryKind.PROCESS_OWNER and change.value != change.was and change.value:
            user = session.get_one(User, int(change.value))
            if role_held(session, system, user, Role.PROCESS_OWNER, change.key) is None:
                grant_role(session, actor, clock, system=system, user=user, role=Role.PROCESS_OWNER, process=change.key)
    return count
