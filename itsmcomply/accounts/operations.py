"""What people and administrators do with accounts: create, invite, sign in and out, change passwords, disable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from itsmcomply.accounts.models import OneTimeLink, SignInFailure, User, UserSession
from itsmcomply.accounts.queries import recent_failures, require_user, user_by_email
from itsmcomply.accounts.rules import (
    LINK_LIFETIME,
    LOCK_WINDOW,
    LinkPurpose,
    hash_password,
    locked_until,
    new_token,
    normal_email,
    password_problem,
    token_hash,
)
from itsmcomply.activity.operations import Record, record_activity
from itsmcomply.clock import Clock
from itsmcomply.errors import InvalidInput, NotFound, NotPermitted
from itsmcomply.permissions import Actor


@dataclass
class SignInLocked(NotPermitted):
    """Too many failed sign-ins for this account name."""

    until: datetime | None = None


def _record(user: User) -> Record:
    return Record("person", user.email)


def create_user(session: Session, actor: Actor, clock: Clock, *, email: str, name: str, is_admin: bool = False) -> User:
    """Add a person without a password. Raises InvalidInput when the address is taken."""
    address = normal_email(email)
    if user_by_email(session, address) is not None:
        raise InvalidInput({"email": f"{address} is already a person here."})
    user = User(email=address, name=name.strip(), is_admin=is_admin, created_at=clock.now())
    session.add(user)
    after = {"name": user.name, "email": address, "administrator": is_admin}
    record_activity(session, actor, clock.now(), "person.added", _record(user), after=after, rows=[user])
    return user


def set_password(session: Session, actor: Actor, clock: Clock, *, user: User, password: str) -> None:
    """Give a person a new password and end all their sessions. Raises InvalidInput on a weak one."""
    problem = password_problem(password, user.name, user.email)
    if problem:
        raise InvalidInput({"password": problem})
    user.password_hash = hash_password(password)
    end_sessions(session, clock, user_id=user.id, because="password")
    record_activity(session, actor, clock.now(), "person.password_changed", _record(user), rows=[user])


def set_disabled(session: Session, actor: Actor, clock: Clock, *, user: User, disabled: bool) -> None:
    """Close or reopen an account. The last administrator cannot be closed."""
    if disabled and user.is_admin and _other_admins(session, user) == 0:
        raise NotPermitted("This is the last administrator. Appoint another one first.")
    user.disabled_at = clock.now() if disabled else None
    if disabled:
        end_sessions(session, clock, user_id=user.id, because="disabled")
    action = "person.disabled" if disabled else "person.enabled"
    record_activity(session, actor, clock.now(), action, _record(user), rows=[user])


def set_administrator(session: Session, actor: Actor, clock: Clock, *, user: User, is_admin: bool) -> None:
    """Appoint or dismiss an installation administrator; the last one cannot be dismissed."""
    if not is_admin and _other_admins(session, user) == 0:
        raise NotPermitted("This is the last administrator. Appoint another one first.")
    before = {"administrator": user.is_admin}
    user.is_admin = is_admin
    end_sessions(session, clock, user_id=user.id, because="role")
    after = {"administrator": is_admin}
    record_activity(
        session, actor, clock.now(), "person.administrator", _record(user), before=before, after=after, rows=[user]
    )


def _other_admins(session: Session, user: User) -> int:
    rows = session.execute(
        select(User.id).where(User.is_admin.is_(True), User.disabled_at.is_(None), User.id != user.id)
    )
    return len(rows.all())


def issue_link(session: Session, clock: Clock, *, purpose: LinkPurpose, user: User | None = None) -> str:
    """Make a one-time link and return its token, which is stored nowhere. Earlier unused ones for it die."""
    now = clock.now()
    session.execute(
        update(OneTimeLink)
        .where(
            OneTimeLink.purpose == purpose,
            OneTimeLink.user_id.is_(None) if user is None else OneTimeLink.user_id == user.id,
            OneTimeLink.used_at.is_(None),
        )
        .values(used_at=now)
    )
    token = new_token()
    session.add(
        OneTimeLink(
            token_hash=token_hash(token),
            purpose=purpose,
            user_id=user.id if user else None,
            created_at=now,
            expires_at=now + LINK_LIFETIME[purpose],
        )
    )
    return token


def find_link(session: Session, clock: Clock, *, token: str) -> OneTimeLink:
    """The link if it can still be used. Raises NotFound for unknown, used and expired ones alike."""
    link = session.execute(select(OneTimeLink).where(OneTimeLink.token_hash == token_hash(token))).scalar_one_or_none()
    if link is None or link.used_at is not None or link.expires_at <= clock.now():
        raise NotFound("link", "")
    return link


def use_link(session: Session, clock: Clock, *, token: str, password: str) -> User:
    """Set the first or a new password through an invitation or password link."""
    link = find_link(session, clock, token=token)
    user = session.get(User, link.user_id) if link.user_id else None
    if user is None or user.disabled_at is not None:
        raise NotFound("link", "")
    set_password(session, as_actor(user), clock, user=user, password=password)
    link.used_at = clock.now()
    return user


def use_setup_link(session: Session, clock: Clock, *, token: str, email: str, name: str, password: str) -> User:
    """Create the first administrator through the link printed at the first start."""
    link = find_link(session, clock, token=token)
    if link.purpose is not LinkPurpose.SETUP:
        raise NotFound("link", "")
    someone = Actor(user_id=0, name=name.strip(), email=normal_email(email))
    user = create_user(session, someone, clock, email=email, name=name, is_admin=True)
    set_password(session, as_actor(user), clock, user=user, password=password)
    link.used_at = clock.now()
    return user


def as_actor(user: User) -> Actor:
    """A person acting on their own account, outside any system."""
    return Actor(user_id=user.id, name=user.name, email=user.email, is_admin=user.is_admin)


def refuse_when_locked(session: Session, clock: Clock, *, email: str) -> None:
    """Raises SignInLocked after ten failures in fifteen minutes for this account name, known or not."""
    until = locked_until(recent_failures(session, email, clock.now()), clock.now())
    if until is not None:
        raise SignInLocked("Too many failed sign-ins for this address. Try again later.", until)


def note_failure(session: Session, clock: Clock, *, email: str, address: str) -> None:
    """Count a failed sign-in; older ones than the window are cleared on the way."""
    now = clock.now()
    session.execute(delete(SignInFailure).where(SignInFailure.at < now - LOCK_WINDOW))
    session.add(SignInFailure(email=normal_email(email)[:254], at=now, address=address[:64]))


def open_session(session: Session, clock: Clock, *, user: User, address: str, agent: str) -> str:
    """Start a session for a person whose password was checked; return its token, which is stored nowhere."""
    now, token = clock.now(), new_token()
    session.add(
        UserSession(
            token_hash=token_hash(token),
            user_id=user.id,
            created_at=now,
            last_seen_at=now,
            address=address[:64],
            agent=agent[:300],
        )
    )
    session.execute(delete(SignInFailure).where(SignInFailure.email == user.email))
    record_activity(session, as_actor(user), now, "person.signed_in", _record(user))
    return token


def close_session(session: Session, actor: Actor, clock: Clock, *, session_id: int) -> None:
    """Sign out one browser."""
    row = session.get(UserSession, session_id)
    if row is None or row.user_id != actor.user_id:
        raise NotFound("session", str(session_id))
    row.revoked_at, row.revoked_because = clock.now(), "signed out"
    record_activity(session, actor, clock.now(), "person.signed_out", Record("person", actor.email))


def touch_session(session: Session, clock: Clock, *, session_id: int) -> None:
    """Note that a session is in use; not a change the trail records."""
    session.execute(update(UserSession).where(UserSession.id == session_id).values(last_seen_at=clock.now()))


def end_sessions(session: Session, clock: Clock, *, user_id: int, because: str) -> None:
    """End every session of a person at once: after a change of password, role or status."""
    session.execute(
        update(UserSession)
        .where(UserSession.user_id == user_id, UserSession.revoked_at.is_(None))
        .values(revoked_at=clock.now(), revoked_because=because)
    )


def set_preferences(session: Session, actor: Actor, clock: Clock, *, values: dict[str, str | bool]) -> None:
    """Change what a person sees: keys `locale`, `theme`, `single_keys`, `name`."""
    user = require_user(session, actor.email)
    before = {key: getattr(user, key) for key in values}
    for key, value in values.items():
        setattr(user, key, value)
    record_activity(
        session, actor, clock.now(), "person.preferences", _record(user), before=before, after=values, rows=[user]
    )
