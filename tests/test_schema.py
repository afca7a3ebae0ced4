from __future__ import annotations

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from itsmcomply import schema
from itsmcomply.datafiles import data_dir
from itsmcomply.db import write_connection
from itsmcomply.errors import StartRefused


def test_migrations_have_a_single_head() -> None:
    assert ScriptDirectory(str(data_dir("migrations"))).get_heads() == [schema.head_revision()]


def test_models_and_migrated_database_agree(database_url: str) -> None:
    engine = create_engine(database_url)

    found = schema.differences(engine)

    engine.dispose()
    assert found == []


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    schema.upgrade(database_url)

    engine = create_engine(database_url)
    assert schema.current_revision(engine) == schema.head_revision()
    engine.dispose()


def test_an_empty_database_is_not_served(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'empty.sqlite3'}")

    with pytest.raises(StartRefused, match="empty"):
        schema.require_current(engine)
    engine.dispose()


def test_a_database_of_a_newer_release_is_not_served(database_url: str) -> None:
    engine = create_engine(database_url)
    with write_connection(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.commit()

    with pytest.raises(StartRefused, match="9999"):
        schema.require_current(engine)
    engine.dispose()


def test_an_unreadable_database_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "broken.sqlite3"
    path.write_bytes(b"this is no database, whatever its name says" * 100)

    with pytest.raises(StartRefused, match="could not be migrated") as refused:
        schema.upgrade(f"sqlite:///{path}")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("statement", ["UPDATE activity_entry SET actor_name = 'x'", "DELETE FROM activity_entry"])
def test_the_trail_refuses_to_be_rewritten(database_url: str, statement: str) -> None:
    engine = create_engine(database_url)
    insert = (
        "INSERT INTO activity_entry (seq, line, line_hash, at, actor_id, actor_name, action, record_kind, record_key) "
        "VALUES (1, '{}', 'h', '2026-01-01 00:00:00', 0, 'a', 'b', 'c', 'd')"
    )
    with write_connection(engine) as connection:
        connection.execute(text(insert))
        connection.commit()
        with pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text(statement))
        connection.rollback()
    engine.dispose()
