"""Reads about people: who a session token belongs to, users, failed sign-ins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.accounts.models import SignInFailure, User, UserSession
from itsmcomply.accounts.rules import LOCK_WINDOW, Theme, normal_email
from itsmcomply.errors import NotFound


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A live or dead session with its person, as the identity check needs it."""

    session_id: int
    user_id: int
    name: str
    email: str
    is_admin: bool
    locale: str
    theme: Theme
    single_keys: bool
    created_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class UserRow:
    """A person in the list of people. `arrived` is False until the invitation was used."""

    id: int
    email: str
    name: str
    is_admin: bool
    arrived: bool
    disabled_at: datetime | None


def session_by_token_hash(session: Session, token_hash: str) -> SessionRow | None:
    """The session and its person, unless revoked or the person disabled. One query."""
    row = session.execute(
        select(UserSession, User)
        .join(User, User.id == UserSession.user_id)
        .where(UserSession.token_hash == token_hash, UserSession.revoked_at.is_(None), User.disabled_at.is_(None))
    ).first()
    if row is None:
        return None
    found, user = row
    return SessionRow(
        session_id=found.id,
        user_id=user.id,
        name=user.name,
        email=user.email,
        is_admin=user.is_admin,
        locale=user.locale,
        theme=user.theme,
        single_keys=user.single_keys,
        created_at=found.created_at,
        last_seen_at=found.last_seen_at,
    )


def user_by_email(session: Session, email: str) -> User | None:
    return session.execute(select(User).where(User.email == normal_email(email))).scalar_one_or_none()


def require_user(session: Session, email: str) -> User:
    """The person with this address. Raises NotFound."""
    user = user_by_email(session, email)
    if user is None:
        raise NotFound("person", email)
    return user


def users(session: Session) -> list[UserRow]:
    """All people by name. One query."""
    rows = session.execute(select(User).order_by(User.name, User.id)).scalars()
    return [UserRow(u.id, u.email, u.name, u.is_admin, u.password_hash is not None, u.disabled_at) for u in rows]


def names_of(session: Session) -> dict[int, str]:
    """Name of every person by id. One query; there are tens of people, not thousands."""
    return {user_id: name for user_id, name in session.execute(select(User.id, User.name))}  # noqa: C416


def recent_failures(session: Session, email: str, now: datetime) -> list[datetime]:
    """Moments of failed sign-ins for an account name inside the lock window. One query."""
    return list(
        session.execute(
            select(SignInFailure.at).where(
                SignInFailure.email == normal_email(email), SignInFailure.at > now - LOCK_WINDOW
            )
        ).scalars()
    )
