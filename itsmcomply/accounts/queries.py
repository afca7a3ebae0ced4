"""Reads about people: who a session token belongs to, users, failed sign-ins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.accounts.models import SignInFailure, User, UserSession
from itsmcomply.accounts.rules import LOCK_WINDOW, Theme, browser_name, normal_email
from itsmcomply.errors import NotFound

MAX_ID = 2**31
"""Numbers from here on are in no integer column; PostgreSQL refuses to compare with them."""


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
    created_at: datetime | None = None

    @property
    def state(self) -> PersonState:
        if self.disabled_at is not None:
            return PersonState.DISABLED
        return PersonState.ACTIVE if self.arrived else PersonState.INVITED


class PersonState(StrEnum):
    """Whether a person can sign in: yes, not yet, no longer."""

    ACTIVE = "active"
    INVITED = "invited"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """What the list of people shows. `state` is a PersonState, "administrator" or "" for all."""

    text: str = ""
    state: str = ""

    def matches(self, row: UserRow) -> bool:
        if self.text and self.text.lower() not in f"{row.name} {row.email}".lower():
            return False
        if self.state == "administrator":
            return row.is_admin
        return not self.state or row.state == self.state


@dataclass(frozen=True, slots=True)
class PeopleList:
    """People that match a filter, by name, out of all there are."""

    rows: tuple[UserRow, ...]
    total: int


@dataclass(frozen=True, slots=True)
class BrowserRow:
    """A browser signed in as a person. `program` as far as it says what it is."""

    id: int
    program: str
    address: str
    since: datetime
    last_seen_at: datetime


def session_by_token_hash(session: Session, token_hash: str) -> SessionRow | None:
    """The session and its person, unless revoked or the person disabled. One query."""
    row = session.execute(
        select(
            UserSession.id.label("session_id"),
            UserSession.user_id,
            User.name,
            User.email,
            User.is_admin,
            User.locale,
            User.theme,
            User.single_keys,
            UserSession.created_at,
            UserSession.last_seen_at,
        )
        .join(User, User.id == UserSession.user_id)
        .where(UserSession.token_hash == token_hash, UserSession.revoked_at.is_(None), User.disabled_at.is_(None))
    ).first()
    return None if row is None else SessionRow(**row._mapping)  # noqa: SLF001 - public, despite its name


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
    return [_user_row(u) for u in session.execute(select(User).order_by(User.name, User.id)).scalars()]


def _user_row(u: User) -> UserRow:
    return UserRow(u.id, u.email, u.name, u.is_admin, u.password_hash is not None, u.disabled_at, u.created_at)


def people(session: Session, wanted: PeopleFilter) -> PeopleList:
    """The people an administrator looks for. One query; an installation has hundreds, not thousands."""
    everybody = users(session)
    return PeopleList(tuple(row for row in everybody if wanted.matches(row)), len(everybody))


def require_user_id(session: Session, user_id: int) -> User:
    """The person with this number. Raises NotFound."""
    user = session.get(User, user_id) if user_id < MAX_ID else None
    if user is None:
        raise NotFound("person", str(user_id))
    return user


def person_row(session: Session, user_id: int) -> UserRow:
    """One person as in the list. Raises NotFound."""
    return _user_row(require_user_id(session, user_id))


def browsers_of(
    session: Session, user_id: int, *, now: datetime, idle: timedelta, longest: timedelta
) -> list[BrowserRow]:
    """Browsers in which a person is signed in at `now`, last used first. One query."""
    rows = session.execute(
        select(UserSession)
        .where(
            UserSession.user_id == user_id,
            UserSession.revoked_at.is_(None),
            UserSession.last_seen_at > now - idle,
            UserSession.created_at > now - longest,
        )
        .order_by(UserSession.last_seen_at.desc(), UserSession.id.desc())
    ).scalars()
    return [BrowserRow(r.id, browser_name(r.agent), r.address, r.created_at, r.last_seen_at) for r in rows]


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
