"""A small installation with two stored files, and a backup of it, made once; each test has copies of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from itsmcomply.accounts.operations import create_user, set_password
from itsmcomply.cli import main
from itsmcomply.clock import SystemClock
from itsmcomply.db import db, transaction
from itsmcomply.installation import prepare
from itsmcomply.permissions import SYSTEM_ACTOR, Role
from itsmcomply.systems.operations import create_system, grant_role
from tests.conftest import ON_POSTGRES
from tests.postgres import PostgresServer

MANAGER, PASSWORD, SLUG = "manager@example.org", "walnut-harbour-ninety-lanterns", "managed-services"


def furnished(instance: Path, url: str = "") -> None:
    """An installation with one person who may file, all of it by operations, so that it verifies clean."""
    environ, clock = ({"DATABASE_URL": url} if url else {}), SystemClock()
    app = prepare(instance, None, environ)
    with app.app_context():
        with transaction() as session:
            user = create_user(session, SYSTEM_ACTOR, clock, email=MANAGER, name="SMS manager")
            set_password(session, SYSTEM_ACTOR, clock, user=user, password=PASSWORD)
            system = create_system(
                session, SYSTEM_ACTOR, clock, slug=SLUG, name="Managed services", time_zone="Europe/Amsterdam"
            )
            grant_role(session, SYSTEM_ACTOR, clock, system=system, user=user, role=Role.SMS_MANAGER)
        db.engine.dispose()


def run(*arguments: str | Path, instance: Path | None = None, url: str = "") -> Result:
    """A command in this process; `url` empty: the SQLite file in the instance folder."""
    environ = {"DATABASE_URL": url or None, "ITSMCOMPLY_INSTANCE": str(instance) if instance else None}
    return CliRunner().invoke(main, [str(argument) for argument in arguments], env=environ)


def run_apart(*arguments: str | Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, which a failpoint may end."""
    command = [sys.executable, "-m", "itsmcomply", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "DATABASE_URL": "", **environ}
    )


def newest(folder: Path) -> Path:
    """The newest backup in a folder of them."""
    return max(path for path in folder.iterdir() if path.name.endswith("Z"))


@contextmanager
def empty_database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address to restore into: an empty PostgreSQL database where the run is on one, else that of the folder."""
    if not ON_POSTGRES:
        yield ""
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = f"restored_{next(server.numbers)}"
    server.sql(f"CREATE DATABASE {name}")
    try:
        yield server.url(name)
    finally:
        server.sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`instance` and `backups` side by side, on SQLite."""
    folder = tmp_path_factory.mktemp("backup")
    furnished(folder / "instance")
    for name in ("Scope statement.txt", "Incident procedure.txt"):
        (folder / name).write_text(name * 10)
        how = ("--system", SLUG, "--as", MANAGER, "--artefact", "scope")
        assert run("evidence", "add", folder / name, *how, instance=folder / "instance").exit_code == 0
    (folder / "instance" / "settings.toml").write_text("threads = 4\n")
    assert run("verify", instance=folder / "instance").exit_code == 0
    made = run("backup", "--to", folder / "backups", "--with-secrets", instance=folder / "instance")
    assert made.exit_code == 0, made.output
    return folder


@pytest.fixture
def instance(made_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made_once / "instance", tmp_path / "instance"))


@pytest.fixture
def backups(made_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made_once / "backups", tmp_path / "backups"))
