from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError

from itsmcomply.db import db
from itsmcomply.errors import StartRefused
from itsmcomply.installation import prepare, ready_to_serve
from itsmcomply.systems.models import InstallationMode
from tests.postgres import PostgresServer

Prepare = Callable[[Path, InstallationMode | None, dict[str, str]], Flask]


@pytest.fixture
def prepared() -> Iterator[Prepare]:
    """`prepare`, with the connections of every application it made closed at the end."""
    made: list[Flask] = []

    def make(instance: Path, mode: InstallationMode | None, environ: dict[str, str]) -> Flask:
        made.append(prepare(instance, mode, environ))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()


def test_the_mark_is_the_first_entry_of_the_trail(tmp_path: Path, database_url: str, prepared: Prepare) -> None:
    prepared(tmp_path / "i", InstallationMode.TRIAL, {"DATABASE_URL": database_url})

    engine = create_engine(database_url)
    with engine.connect() as connection:
        first = connection.execute(text("SELECT action, record_key FROM activity_entry WHERE seq = 1")).one()
    engine.dispose()
    assert tuple(first) == ("installation.created", "trial")


def test_a_marked_installation_says_so_on_every_page(tmp_path: Path, database_url: str, prepared: Prepare) -> None:
    app = prepared(tmp_path / "i", InstallationMode.DEMONSTRATION, {"DATABASE_URL": database_url})

    assert "Demonstration organisation" in app.test_client().get("/sign-in").text


def test_an_unmarked_instance_is_a_real_one(tmp_path: Path, database_url: str, prepared: Prepare) -> None:
    app = prepared(tmp_path / "i", None, {"DATABASE_URL": database_url})

    assert "emonstration" not in app.test_client().get("/sign-in").text
    with pytest.raises(StartRefused, match="marked real"):
        prepared(tmp_path / "i", InstallationMode.DEMONSTRATION, {"DATABASE_URL": database_url})


@pytest.fixture
def two_users(postgres: PostgresServer, tmp_path: Path) -> dict[str, str]:
    """An owner that migrates and a user that serves, on a database of their own."""
    postgres.sql("DROP DATABASE IF EXISTS two_users WITH (FORCE)")
    postgres.sql("DROP ROLE IF EXISTS serving")
    postgres.sql("CREATE ROLE serving LOGIN")
    postgres.sql("CREATE DATABASE two_users")
    owner = postgres.url("two_users")
    return {"MIGRATION_DATABASE_URL": owner, "DATABASE_URL": owner.replace("//t@", "//serving@")}


@pytest.mark.postgres
def test_the_serving_user_writes_the_trail_and_cannot_rewrite_it(
    two_users: dict[str, str], tmp_path: Path, prepared: Prepare
) -> None:
    app = prepared(tmp_path / "i", None, two_users)
    ready_to_serve(app, {})

    engine = create_engine(two_users["DATABASE_URL"])
    for statement in (
        "UPDATE activity_entry SET actor_name = 'x'",
        "DELETE FROM activity_entry",
        "TRUNCATE activity_entry",
        "DROP TRIGGER activity_entry_append_only ON activity_entry",
        "ALTER TABLE activity_entry DISABLE TRIGGER ALL",
    ):
        with engine.connect() as connection, pytest.raises(ProgrammingError, match=r"denied|must be owner"):
            connection.execute(text(statement))
    engine.dispose()


@pytest.mark.postgres
def test_an_owner_of_the_trail_is_not_served(two_users: dict[str, str], tmp_path: Path, prepared: Prepare) -> None:
    app = prepared(tmp_path / "i", None, {"DATABASE_URL": two_users["MIGRATION_DATABASE_URL"]})

    with pytest.raises(StartRefused, match="could rewrite it"):
        ready_to_serve(app, {})
