"""Tables of people: users, their sessions, one-time links, failed sign-ins."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from itsmcomply.accounts.rules import LinkPurpose, Theme
from itsmcomply.db import Base, str_enum


class User(Base):
    """A person who may sign in. `email` is stored in lower case; no password means invited and not yet arrived."""

    __tablename__ = "app_user"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str | None] = mapped_column(String(300))
    is_admin: Mapped[bool] = mapped_column(default=False)
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    locale: Mapped[str] = mapped_column(String(10), default="en_GB")
    theme: Mapped[Theme] = mapped_column(str_enum(Theme), default=Theme.AUTO)
    single_keys: Mapped[bool] = mapped_column(default=True)
    row_version: Mapped[int] = mapped_column(default=1)


class UserSession(Base):
    """A signed-in browser. Only the SHA-256 of its token is stored; a revoked row never becomes valid again."""

    __tablename__ = "user_session"
    __table_args__ = (Index(None, "user_id", "revoked_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_because: Mapped[str | None] = mapped_column(String(60))
    address: Mapped[str] = mapped_column(String(64), default="")
    agent: Mapped[str] = mapped_column(String(300), default="")


class OneTimeLink(Base):
    """A link that works once and for a while. Only the SHA-256 of its token is stored."""

    __tablename__ = "one_time_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[LinkPurpose] = mapped_column(str_enum(LinkPurpose))
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInFailure(Base):
    """A failed sign-in, counted per account name whether or not such an account exists."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index(None, "email", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    at: Mapped[datetime]
    address: Mapped[str] = mapped_column(String(64))
