"""F1: what docs/backup.md says is enough to bring an installation back, and a copy with something missing is told."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy.engine import make_url

from itsmcomply.cli import main
from itsmcomply.db import db
from itsmcomply.settings import Settings
from tests.postgres import PostgresServer
from tests.reliability.house import House


def back_up(url: str, instance: Path, folder: Path) -> None:
    """The steps of docs/backup.md: the database first, then the files that it names."""
    folder.mkdir()
    if url.startswith("sqlite"):
        with sqlite3.connect(make_url(url).database or "") as connection:
            connection.execute("VACUUM INTO ?", (str(folder / "itsmcomply.sqlite3"),))
        connection.close()
    else:
        subprocess.run(["pg_dump", "-Fc", "-f", folder / "itsmcomply.dump", plain(url)], check=True)
    for name in ("store", "secret"):
        source = instance / name
        (shutil.copytree if source.is_dir() else shutil.copy2)(source, folder / name)
    if (instance / "heads.log").exists():
        shutil.copy2(instance / "heads.log", folder)


def plain(url: str) -> str:
    return url.replace("postgresql+psycopg", "postgresql")


def verified(instance: Path, url: str) -> list[str]:
    environ = {"ITSMCOMPLY_INSTANCE": str(instance), "DATABASE_URL": url}
    found = CliRunner().invoke(main, ["verify", "--json"], env=environ)
    assert found.stdout, found.stderr
    return list(json.loads(found.stdout)["problems"])


def test_a_backup_taken_while_it_serves_comes_back_whole(
    house: House, settings: Settings, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with house.cast.app.app_context():
        db.session.remove()
    back_up(settings.database_url, settings.instance, tmp_path / "backup")

    restored = tmp_path / "restored"
    shutil.copytree(tmp_path / "backup", restored)
    if settings.database_url.startswith("sqlite"):
        url = f"sqlite:///{restored / 'itsmcomply.sqlite3'}"
        assert verified(restored, url) == []
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        with server.fresh_database() as url:
            restore = ["pg_restore", "--clean", "--if-exists", "--no-owner", "-d", plain(url)]
            subprocess.run([*restore, restored / "itsmcomply.dump"], check=True, env={**os.environ})
            assert verified(restored, url) == []

            _lose_a_file(restored)
            assert any("missing" in problem for problem in verified(restored, url))
        return

    _lose_a_file(restored)
    assert any("missing" in problem for problem in verified(restored, url))


def _lose_a_file(instance: Path) -> None:
    next(path for path in sorted((instance / "store").rglob("*")) if path.is_file() and len(path.name) == 64).unlink()
