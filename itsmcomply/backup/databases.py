"""A database as it was at one moment, in a file, and back: SQLite by itself, PostgreSQL by its own programs."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, create_engine, inspect, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from itsmcomply.backup.rules import DATABASES, BackupRefused


def kind_of(url: str) -> str:
    """The name of the database program: sqlite or postgresql."""
    return make_url(url).get_backend_name()


@contextmanager
def snapshot(url: str, place: Path) -> Iterator[Session]:
    """Write the database to its file in `place`; inside the block the session reads exactly what the file holds.

    Nobody who writes meanwhile waits for it. Raises BackupRefused.
    """
    target = place / DATABASES[kind_of(url)]
    try:
        with _sqlite(url, target) if kind_of(url) == "sqlite" else _postgresql(url, target) as session:
            yield session
    except (sqlite3.Error, SQLAlchemyError) as error:
        reason = str(getattr(error, "orig", error)).splitlines()[0]
        raise BackupRefused(f"The database could not be copied: {reason}.") from error


@contextmanager
def _sqlite(url: str, target: Path) -> Iterator[Session]:
    connection = sqlite3.connect(make_url(url).database or "", timeout=30)
    try:
        connection.execute("VACUUM INTO ?", (str(target),))
    finally:
        connection.close()
    target.chmod(0o600)
    engine = create_engine(f"sqlite:///{target}")
    try:
        with Session(engine) as session:
            yield session
    finally:
        engine.dispose()


@contextmanager
def _postgresql(url: str, target: Path) -> Iterator[Session]:
    """A read that exports its snapshot, so that the dump and the session see the same."""
    engine = create_engine(url, isolation_level="REPEATABLE READ")
    try:
        with engine.connect() as connection:
            _require_tool("pg_dump", connection)
            shared = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
            _run(
                url,
                "pg_dump",
                "--format=custom",
                f"--snapshot={shared}",
                f"--file={target}",
                f"--dbname={_address(url)}",
            )
            target.chmod(0o600)
            _run(url, "pg_restore", "--file=/dev/null", str(target))  # reads it from end to end
            with Session(connection) as session:
                yield session
    finally:
        engine.dispose()


def require_target(url: str, database: str, instance: Path) -> None:
    """Refuse a database that cannot take in a backup of this kind, or holds something. Raises BackupRefused."""
    if kind_of(url) != database:
        wanted = "unset DATABASE_URL" if database == "sqlite" else "name an empty database in DATABASE_URL"
        raise BackupRefused(f"The backup is of {database}, the database to restore into is not: {wanted}.")
    if database == "sqlite":
        if Path(make_url(url).database or "").parent != instance:
            raise BackupRefused("A backup of SQLite is restored into the instance folder: unset DATABASE_URL.")
        return
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            _require_tool("pg_restore", connection)
            if inspect(connection).get_table_names():
                raise BackupRefused(f"The database {make_url(url).database} is not empty. Name an empty one.")
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error)).splitlines()[0]
        raise BackupRefused(f"The database {make_url(url).database} cannot be reached: {reason}") from error
    finally:
        engine.dispose()


def load_dump(url: str, dump: Path) -> None:
    """Fill an empty PostgreSQL database, all of it or nothing. Raises BackupRefused."""
    _run(
        url,
        "pg_restore",
        "--single-transaction",
        "--no-owner",
        "--no-privileges",
        f"--dbname={_address(url)}",
        str(dump),
    )


def _require_tool(tool: str, connection: Connection) -> None:
    """Refuse without the program of the server's release or a newer one: an older one misses parts silently."""
    server = int(connection.execute(text("SHOW server_version_num")).scalar_one()) // 10000
    path = shutil.which(tool)
    if path is None:
        raise BackupRefused(f"{tool} is missing. Install the client programs of PostgreSQL {server} or newer.")
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"\d+", said)
    if found is None or int(found[0]) < server:
        known = found[0] if found else "unknown"
        raise BackupRefused(
            f"{tool} is of release {known}, the server of {server}. Install the client programs of {server} or newer."
        )


def _run(url: str, tool: str, *arguments: str) -> None:
    password = make_url(url).password
    environ = {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
    try:
        done = subprocess.run([tool, *arguments], capture_output=True, text=True, check=False, env=environ)
    except OSError as error:
        raise BackupRefused(f"{tool} cannot be run: {error.strerror}.") from error
    if done.returncode:
        raise BackupRefused((done.stderr.strip() or f"{tool} failed").splitlines()[0])


def _address(url: str) -> str:
    """The address for programs of PostgreSQL, without the password: others of this machine read their arguments."""
    parts: URL = make_url(url)._replace(drivername="postgresql", password=None)
    return parts.render_as_string(hide_password=False)
