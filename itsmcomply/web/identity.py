"""Who is asking: the session cookie, the person and roles behind it, and write transactions that check both again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from flask import Flask, current_app, g, has_request_context
from flask import session as cookie
from flask_login import LoginManager, UserMixin, current_user
from sqlalchemy.orm import Session

from itsmcomply.accounts.operations import touch_session
from itsmcomply.accounts.queries import SessionRow, session_by_token_hash
from itsmcomply.accounts.rules import Theme, session_is_alive, token_hash
from itsmcomply.clock import Clock
from itsmcomply.db import db, end_read, transaction
from itsmcomply.errors import NotFound, NotPermitted
from itsmcomply.permissions import Actor, Permission
from itsmcomply.settings import Settings
from itsmcomply.systems.queries import SystemRef, grants_of
from itsmcomply.wording import N_, say

TOUCH_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SignedIn(UserMixin):
    """The person behind this request, loaded before the view; plain values, so that rendering asks no database."""

    token: str
    row: SessionRow
    actor: Actor
    systems: tuple[SystemRef, ...]

    def get_id(self) -> str:
        """What Flask-Login keeps in the signed cookie: the opaque session token."""
        return self.token

    @property
    def theme(self) -> Theme:
        return self.row.theme

    def system(self, slug: str) -> SystemRef:
        """The system of this name. Raises NotFound alike for none and for one they do not belong to."""
        for system in self.systems:
            if system.slug == slug:
                return system
        raise NotFound("management system", slug)


@dataclass(frozen=True, slots=True)
class Write:
    """An open write transaction with who acts and when."""

    session: Session
    actor: Actor
    clock: Clock


def settings() -> Settings:
    return cast("Settings", current_app.extensions["itsmcomply.settings"])


def clock() -> Clock:
    return cast("Clock", current_app.extensions["itsmcomply.clock"])


def person() -> SignedIn | None:
    """The signed-in person of this request, if any."""
    return cast("SignedIn", current_user._get_current_object()) if current_user.is_authenticated else None  # noqa: SLF001


def language() -> str | None:
    """The language this person chose; None, which means the installation's own, for nobody and outside requests."""
    found = person() if has_request_context() else None
    return found.row.locale if found else None


def require_person() -> SignedIn:
    """The signed-in person. Raises NotPermitted; guarded views never meet that."""
    found = person()
    if found is None:
        raise NotPermitted(say(N_("Sign in first.")))
    return found


def current_system() -> SystemRef:
    """The management system this address is about; set by the guard."""
    return cast("SystemRef", g.system)


def load_person(session: Session, token: str) -> SignedIn | None:
    """The person behind a token if its session is alive now. Three queries at the most."""
    now, config = clock().now(), settings()
    row = session_by_token_hash(session, token_hash(token))
    if row is None:
        return None
    idle, longest = timedelta(minutes=config.session_idle_minutes), timedelta(hours=config.session_hours)
    if not session_is_alive(row.created_at, row.last_seen_at, now, idle=idle, longest=longest):
        return None
    found = grants_of(session, row.user_id, now)
    actor = Actor(row.user_id, row.name, row.email, row.is_admin, found.grants)
    return SignedIn(token=token, row=row, actor=actor, systems=found.systems)


@contextmanager
def writing(permission: Permission | None = None) -> Iterator[Write]:
    """A write transaction in which session and permission are checked once more before anything changes.

    Opened after the body was read and bytes are durable, so it lasts milliseconds. `permission` None: the person's
    own account only. Raises NotPermitted when session or right ended meanwhile.
    """
    token = require_person().token
    system: SystemRef | None = g.get("system")
    with transaction() as session:
        found = load_person(session, token)
        if found is None:
            raise NotPermitted(say(N_("Your session has ended. Sign in again; what you typed is still on the page.")))
        if permission is not None and not found.actor.may(permission, system.id if system else None):
            raise NotPermitted(say(N_("Your role no longer allows this.")))
        yield Write(session, found.actor, clock())


def remember_use() -> None:
    """Move the idle limit on, at most once a minute, in a short write of its own."""
    found = person()
    if found is None or clock().now() - found.row.last_seen_at < TOUCH_AFTER:
        return
    with transaction() as session:
        touch_session(session, clock(), session_id=found.row.session_id)


def reader() -> Session:
    """The read session of this request."""
    return db.session()


def init_identity(app: Flask) -> None:
    """Wire Flask-Login to our sessions table; its own session protection would sign out roaming laptops."""
    manager = LoginManager(app)
    manager.session_protection = None
    manager.login_view = "accounts.sign_in"

    @manager.user_loader
    def _load(token: str) -> SignedIn | None:
        found = load_person(reader(), token)
        end_read()
        return found


def forget_cookie() -> None:
    """Empty the cookie, so that a new sign-in starts with nothing of the old one."""
    cookie.clear()
