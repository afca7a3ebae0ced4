"""Base class, column types and `transaction()`, the only place that commits."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, DateTime, Dialect, Engine, Enum, MetaData, event
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.types import TypeDecorator

from itsmcomply.errors import IntegrityFailure

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment. Refuses naive values; SQLite returns naive ones, which are UTC by construction."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def str_enum(kind: type[StrEnum]) -> Enum:
    """A column type that stores the values of a StrEnum as text, the same on both databases."""
    return Enum(kind, native_enum=False, length=40, values_callable=lambda e: [m.value for m in e])


class Base(DeclarativeBase):
    """Base of all tables. `__undigested__` names columns that the row digest of the trail leaves out."""

    registry = registry(metadata=MetaData(naming_convention=NAMING), type_annotation_map={datetime: UtcDateTime})
    __undigested__: frozenset[str] = frozenset()


db = SQLAlchemy(model_class=Base, disable_autonaming=True, session_options={"expire_on_commit": False})

_writing: ContextVar[bool] = ContextVar("writing", default=False)
_open_transaction: ContextVar[bool] = ContextVar("open_transaction", default=False)

_SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=15000",
    "recursive_triggers=ON",  # without it INSERT OR REPLACE slips past the trail's delete trigger
    "trusted_schema=OFF",
)


@event.listens_for(Engine, "connect")
def _prepare_connection(connection: Any, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None  # BEGIN is emitted below, so that writers can say IMMEDIATE
        for pragma in _SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """Open reads as reads: a page that writes by accident fails at once instead of locking others."""
    if connection.dialect.name != "sqlite":
        return
    writing = _writing.get()
    connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writing else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


@contextmanager
def transaction() -> Iterator[Session]:
    """Open one write transaction and commit it at the end; on any error nothing of it remains.

    A read snapshot that is still open ends first (its objects stay readable but detached), because SQLite cannot
    turn a snapshot that is out of date into a writer. Needs an application context. Does not nest.
    """
    if _open_transaction.get():
        raise RuntimeError("transaction() does not nest: one use case, one transaction")
    session = db.session()
    session.close()
    writing, opened = _writing.set(True), _open_transaction.set(True)
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        _writing.reset(writing)
        _open_transaction.reset(opened)
        session.close()


def end_read() -> None:
    """End the read snapshot of this request or command, before a body is read or a password hashed."""
    db.session().close()


@contextmanager
def write_connection(engine: Engine, *, foreign_keys: bool = True) -> Iterator[Connection]:
    """A connection whose transactions are writes, for migrations and bulk loading outside a request.

    With `foreign_keys=False` SQLite checks them once at the end instead and raises IntegrityFailure on a dangling row.
    """
    token = _writing.set(True)
    try:
        with engine.connect() as connection:
            raw = connection.connection.driver_connection
            relaxed = raw if not foreign_keys and isinstance(raw, sqlite3.Connection) else None
            if relaxed:
                relaxed.execute("PRAGMA foreign_keys=OFF")
            yield connection
            if relaxed:
                _check_foreign_keys(relaxed)
    finally:
        _writing.reset(token)


def _check_foreign_keys(raw: sqlite3.Connection) -> None:
    dangling = raw.execute("PRAGMA foreign_key_check").fetchall()
    if dangling:
        raise IntegrityFailure("database", f"rows without their parent: {dangling[:5]}")
    raw.execute("PRAGMA foreign_keys=ON")
