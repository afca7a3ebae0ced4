"""Whoever changes, adds or deletes a row behind the product's back is told of by `verify`, whichever table it is in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import Column, Connection, String, Table, cast, delete, insert, select, text, update
from sqlalchemy import Enum as EnumType
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from itsmcomply.activity.verification import UNRECORDED, verify_chain
from itsmcomply.db import Base, UtcDateTime, db, write_connection
from tests.reliability.house import House

LEFT_OUT = {m.local_table: m.class_.__undigested__ for m in Base.registry.mappers if isinstance(m.local_table, Table)}
TABLES = sorted((t for t in LEFT_OUT if t.name not in UNRECORDED), key=lambda table: table.name)


def columns(table: Table) -> list[Column[Any]]:
    """The columns that a digest covers, but those of the key: another key is another row."""
    return [c for c in table.columns if not c.primary_key and c.name not in LEFT_OUT[table]]


@contextmanager
def unguarded(house: House) -> Iterator[Connection]:
    """A transaction in which neither triggers nor references hold; nothing of it stays."""
    with house.cast.app.app_context(), write_connection(db.engine, foreign_keys=False) as connection:
        if connection.dialect.name == "sqlite":
            for name in connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield connection
        connection.rollback()


def problems(connection: Connection) -> set[str]:
    with Session(connection) as session:
        return set(verify_chain(session).problems)


def first_row(connection: Connection, table: Table) -> tuple[str, list[Any]]:
    """The first row of a table: its key as `verify` writes it, and the condition that finds it."""
    keys = list(table.primary_key.columns)
    row = connection.execute(select(*keys).order_by(*keys)).first()
    assert row is not None, f"the house holds no {table.name}"
    return f"{table.name} {'/'.join(map(str, row))}", [key == part for key, part in zip(keys, row, strict=True)]


def another(column: Column[Any], value: object) -> object:
    """A value of the column that is not this one."""
    match value if value is not None else new(column):
        case bool() as known:
            return not known
        case int() as known:
            return known + 1
        case datetime() | date() as known:
            return known + timedelta(days=1)
        case Enum() as known:
            return next(one for one in type(known) if one is not known)
        case known:
            return next(iter(column.type.python_type)) if isinstance(column.type, EnumType) else f"{known}x"


def new(column: Column[Any]) -> object:
    """What a column is given that holds nothing."""
    if isinstance(column.type, UtcDateTime):
        return datetime(2026, 1, 1, tzinfo=UTC)
    return {int: 1, bool: True, date: date(2026, 1, 1)}.get(column.type.python_type, "")


def tampered(connection: Connection, table: Table, column: Column[Any], value: object) -> str:
    """Change one value of the first row; the key of the row, or "" where the database itself refuses the value."""
    key, this = first_row(connection, table)
    try:
        with connection.begin_nested():
            connection.execute(update(table).where(*this).values({column: value}))
    except DBAPIError:
        return ""
    return key


def test_a_change_of_any_value_is_told_with_its_row(house: House) -> None:
    changed = 0
    for place in range(max(len(columns(table)) for table in TABLES)):
        with unguarded(house) as connection:
            wanted = set()
            for table in (one for one in TABLES if place < len(columns(one))):
                column = columns(table)[place]
                _, this = first_row(connection, table)
                value = another(column, connection.execute(select(column).where(*this)).scalar())
                wanted.add(tampered(connection, table, column, value))
            found = problems(connection)
        wanted.discard("")
        changed += len(wanted)
        assert {problem.split(":")[0] for problem in found} == wanted

    assert changed > 300


def test_rows_added_or_deleted_are_told(house: House) -> None:
    added, gone = set(), set()
    with unguarded(house) as connection:
        for table in TABLES:
            key, this = first_row(connection, table)
            gone.add(f"{key}: gone")
            connection.execute(delete(table).where(*this))
        found = problems(connection)
    assert {problem.split(",")[0] for problem in found} == gone

    with unguarded(house) as connection:
        for table in TABLES:
            row = dict(connection.execute(select(table)).mappings().first() or {})
            for key_column in table.primary_key.columns:
                row[key_column.name] = another_key(row[key_column.name])
            try:
                with connection.begin_nested():
                    connection.execute(insert(table).values(row))
            except DBAPIError:  # a second row of this kind is refused by the database
                continue
            key = "/".join(str(row[c.name]) for c in table.primary_key.columns)
            added.add(f"{table.name} {key}: no entry tells of it")
        found = problems(connection)
    assert found == added
    assert len(added) > 10


def another_key(value: object) -> object:
    return value + 10**6 if isinstance(value, int) else f"{value}"[::-1]


def test_a_value_that_no_column_of_its_kind_holds_is_told_and_stops_nothing(house: House) -> None:
    wanted = set()
    with unguarded(house) as connection:
        for table in TABLES:
            if kinds := [c for c in columns(table) if isinstance(c.type, EnumType)]:
                wanted.add(tampered(connection, table, kinds[0], cast("nonsense", String)))
        found = problems(connection)

    wanted.discard("")
    assert {problem.split(":")[0] for problem in found} == wanted
    assert len(wanted) > 10

    if db_is_sqlite(house):
        with unguarded(house) as connection:
            connection.execute(text("UPDATE finding SET opened_at = 'yesterday' WHERE id = 1"))
            connection.execute(text("UPDATE audit SET title = CAST(X'FF' AS TEXT) WHERE id = 1"))
            found = problems(connection)
        assert found == {f"{name} 1: holds a value that cannot be read" for name in ("audit", "finding")}


def db_is_sqlite(house: House) -> bool:
    """SQLite stores what it is given, whatever the type of the column."""
    with house.cast.app.app_context():
        return db.engine.dialect.name == "sqlite"
