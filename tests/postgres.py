"""A PostgreSQL server that a test run starts for itself."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

from itsmcomply.schema import upgrade


def _bindir() -> Path | None:
    if "PG_BINDIR" in os.environ:
        return Path(os.environ["PG_BINDIR"])
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parts[-2]))
    return found[-1] if found else None


EMPTY = "template_itsmcomply"
"""The migrated database without a row."""


@dataclass
class PostgresServer:
    """Databases are made from a migrated template, so that a fresh one takes tens of milliseconds."""

    base: Path
    numbers: Iterator[int] = field(default_factory=count)

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://t@/{name}?host={self.base}"

    def sql(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(f"host={self.base} user=t dbname=postgres", autocommit=True) as connection:
            connection.execute(statement)

    def prepare_template(self) -> None:
        self.sql(f"CREATE DATABASE {EMPTY}")
        upgrade(self.url(EMPTY))

    def create(self, name: str, template: str) -> None:
        """A copy of a database that nobody is connected to."""
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")

    @contextmanager
    def fresh_database(self, template: str = EMPTY) -> Iterator[str]:
        name = f"test_{next(self.numbers)}"
        self.create(name, template)
        try:
            yield self.url(name)
        finally:
            self.sql(f"DROP DATABASE {name} WITH (FORCE)")


def _unprivileged(base: Path) -> dict[str, object]:
    """The server refuses to run as root; hand its folder to `nobody` there."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("nobody")
    os.chown(base, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    bindir = _bindir()
    if bindir is None:
        pytest.skip("no PostgreSQL server programs; install the package postgresql")
    base = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))  # socket paths may have 107 bytes at most
    who = _unprivileged(base)
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(base)}
    initdb = [
        str(bindir / "initdb"),
        "-D",
        f"{base}/d",
        "-U",
        "t",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
    ]
    subprocess.run(initdb, check=True, capture_output=True, env=env, cwd=base, **who)  # type: ignore[call-overload]
    options = ["-c", "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off"]
    with (base / "log").open("wb") as log:
        process = subprocess.Popen(  # type: ignore[call-overload]
            [str(bindir / "postgres"), "-D", f"{base}/d", "-k", str(base), *options],
            env=env,
            cwd=base,
            stdout=log,
            stderr=subprocess.STDOUT,
            **who,
        )
    try:
        server = PostgresServer(base)
        _wait_until_up(server)
        server.prepare_template()
        yield server
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)
        shutil.rmtree(base, ignore_errors=True)


def _wait_until_up(server: PostgresServer) -> None:
    import psycopg

    for _ in range(200):
        try:
            server.sql("SELECT 1")
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError((server.base / "log").read_text())
