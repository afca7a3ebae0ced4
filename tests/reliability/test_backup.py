"""F1: a backup taken while four people upload comes back whole, with everything answered "stored" before it began.

And everything that the product can hold survives the way there and back, on both databases.
"""

from __future__ import annotations

import hashlib
import random
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from itsmcomply.db import db
from itsmcomply.evidence.models import Blob
from itsmcomply.settings import Settings, database_url
from tests.backup.conftest import MANAGER, PASSWORD, SLUG, empty_database, furnished, run, run_apart
from tests.bench.client import Client
from tests.bench.server import Server, serving
from tests.postgres import PostgresServer
from tests.reliability.house import House

WRITERS = 4


def plain(url: str) -> str:
    return url.replace("postgresql+psycopg", "postgresql")


def test_one_of_everything_comes_back(
    house: House, settings: Settings, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with house.cast.app.app_context():
        db.session.remove()
        before = _dump(settings.database_url)

    made = run("backup", "--to", tmp_path / "b", instance=settings.instance, url=plain(settings.database_url))
    assert made.exit_code == 0, made.output
    with empty_database(request) as url:
        back = run("restore", tmp_path / "b", "--into", tmp_path / "back", url=plain(url))

        assert back.exit_code == 0, back.output
        assert run("verify", instance=tmp_path / "back", url=plain(url)).exit_code == 0
        assert _dump(database_url(tmp_path / "back", {"DATABASE_URL": plain(url)})) == before


def _dump(url: str) -> dict[str, str]:
    """A digest of the rows of each table but the trail, which has gone on."""
    found, engine = {}, create_engine(url)
    with engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            if not table.name.startswith("activity_"):
                rows = sorted(repr(row) for row in connection.execute(select(table)).all())
                found[table.name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    engine.dispose()
    return found


@dataclass
class Writers:
    """People who upload until they are told to stop; `acked` are digests that were answered 201."""

    server: Server
    acked: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)
    begun: threading.Barrier = field(default_factory=lambda: threading.Barrier(WRITERS + 1))

    def upload_on(self, cookie: str, token: str, seed: int) -> None:
        draw, client = random.Random(seed), Client(self.server.port, cookie)
        with closing(client.connection):
            for number in range(100_000):
                content = draw.randbytes(draw.choice((1 << 10, 1 << 16, 1 << 20)))
                client.upload(f"/s/{SLUG}/uploads?name=meanwhile.bin", content, len(content), token)
                self.acked.append(hashlib.sha256(content).hexdigest())
                if number == 0:
                    self.begun.wait(120)
                if self.stop.is_set():
                    return


@pytest.mark.slow
def test_a_backup_taken_while_four_write_comes_back_whole(
    database_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    instance, url = tmp_path / "instance", plain(database_url)
    furnished(instance, url)
    environ = {"DATABASE_URL": url, "ITSMCOMPLY_INSECURE": "true", "ITSMCOMPLY_FREE_SPACE_FLOOR_MIB": "0"}
    with serving(instance, **environ) as server:
        client, writers = Client(server.port), Writers(server)
        client.sign_in(MANAGER, PASSWORD)
        token = client.token(f"/s/{SLUG}/my-work")
        client.connection.close()
        threads = [threading.Thread(target=writers.upload_on, args=(client.cookie, token, n)) for n in range(WRITERS)]
        for thread in threads:
            thread.start()
        writers.begun.wait(120)
        before = set(writers.acked)
        made = run_apart("--instance", instance, "backup", "--to", tmp_path / "b", DATABASE_URL=url)
        writers.stop.set()
        for thread in threads:
            thread.join(120)

    assert made.returncode == 0, made.stderr
    assert len(before) >= WRITERS
    with empty_database(request) as target:
        back = run("restore", tmp_path / "b", "--into", tmp_path / "back", url=plain(target))
        assert back.exit_code == 0, back.output
        verified = run("verify", instance=tmp_path / "back", url=plain(target))
        assert verified.exit_code == 0, verified.stdout
        assert before <= _blobs(tmp_path / "back", target)


def _blobs(instance: Path, url: str) -> set[str]:
    engine = create_engine(database_url(instance, {"DATABASE_URL": url}))
    with Session(engine) as session:
        found = set(session.scalars(select(Blob.sha256)))
    engine.dispose()
    return found


@pytest.fixture
def on_postgres(postgres: PostgresServer, tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """An instance folder and the address of its database on PostgreSQL, whichever database the run is on."""
    with postgres.fresh_database() as url:
        furnished(tmp_path / "instance", plain(url))
        yield tmp_path / "instance", plain(url)


def program(folder: Path, name: str, says: str) -> None:
    """A program of another release, on a path of its own."""
    folder.mkdir()
    (folder / name).write_text(f"#!/bin/sh\necho '{says}'\n")
    (folder / name).chmod(0o755)


@pytest.mark.postgres
def test_postgres_needs_its_own_programs_of_its_release(
    on_postgres: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance, url = on_postgres
    program(tmp_path / "old", "pg_dump", "pg_dump (PostgreSQL) 9.6.24")
    refusals = {"nowhere": "pg_dump is missing", "old": "pg_dump is of release 9, the server of"}
    for folder, reason in refusals.items():
        monkeypatch.setenv("PATH", str(tmp_path / folder))
        made = run("backup", "--to", tmp_path / "b", instance=instance, url=url)

        assert made.exit_code == 2
        assert reason in made.stderr
        assert list((tmp_path / "b").glob("*/manifest-sha256.txt")) == []


@pytest.mark.postgres
def test_the_serving_user_cannot_rewrite_a_restored_trail(
    on_postgres: tuple[Path, str], postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance, url = on_postgres
    name = f"restored_{next(postgres.numbers)}"
    for statement in ("DROP ROLE IF EXISTS restoring", "CREATE ROLE restoring LOGIN", f"CREATE DATABASE {name}"):
        postgres.sql(statement)
    assert run("backup", "--to", tmp_path / "b", instance=instance, url=url).exit_code == 0
    serving_url = plain(postgres.url(name)).replace("//t@", "//restoring@")
    monkeypatch.setenv("MIGRATION_DATABASE_URL", plain(postgres.url(name)))

    back = run("restore", tmp_path / "b", "--into", tmp_path / "back", url=serving_url)

    assert back.exit_code == 0, back.output
    engine = create_engine(serving_url.replace("postgresql", "postgresql+psycopg"))
    with engine.connect() as connection, pytest.raises(ProgrammingError, match="denied"):
        connection.execute(text("DELETE FROM activity_entry"))
    engine.dispose()
    postgres.sql(f"DROP DATABASE {name} WITH (FORCE)")
    postgres.sql("DROP ROLE restoring")


@pytest.mark.postgres
def test_postgres_is_restored_into_an_empty_database_only(on_postgres: tuple[Path, str], tmp_path: Path) -> None:
    instance, url = on_postgres
    assert run("backup", "--to", tmp_path / "b", instance=instance, url=url).exit_code == 0

    for target, reason in ((url, "is not empty"), ("", "name an empty database in DATABASE_URL")):
        back = run("restore", tmp_path / "b", "--into", tmp_path / "back", url=target)

        assert back.exit_code == 2
        assert reason in back.stderr
        assert not (tmp_path / "back").exists()
