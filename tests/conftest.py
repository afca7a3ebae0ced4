"""Shared fixtures: real databases made by the migrations, a real store, a fixed clock, and the cast of roles.

`ITSMCOMPLY_TEST_DATABASE` = sqlite (default) or postgres chooses the database of the whole run.
`ITSMCOMPLY_REQUIRE=all` turns every skip into a failure.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import BytecodeCache, FileSystemBytecodeCache

from itsmcomply.app import create_app
from itsmcomply.clock import FixedClock
from itsmcomply.db import db
from itsmcomply.schema import upgrade
from itsmcomply.settings import Settings, create_secret, load_settings
from tests.cast import Cast, make_cast
from tests.chromium import browser
from tests.postgres import EMPTY, PostgresServer, running_postgres
from tests.remembered import remembered_addresses

__all__ = ["browser"]

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ON_POSTGRES = os.environ.get("ITSMCOMPLY_TEST_DATABASE", "sqlite") == "postgres"


@dataclass(frozen=True)
class Template:
    """A database to copy, by its path or its name, and the cast in it."""

    name: str
    cast: Cast


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """With ITSMCOMPLY_REQUIRE=all a skipped test is a failed one: nothing is left out unnoticed."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.skipped and os.environ.get("ITSMCOMPLY_REQUIRE") == "all" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"required, but skipped: {report.longrepr}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A run on PostgreSQL repeats the tests that use a database, not the others."""
    if not ON_POSTGRES:
        return
    chosen = [
        i for i in items if "database_url" in getattr(i, "fixturenames", ()) and not i.get_closest_marker("browser")
    ]
    config.hook.pytest_deselected(items=[i for i in items if i not in chosen])
    items[:] = chosen


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server of our own for this run; skips with the reason where there are no server programs."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database, migrated once; tests copy the file."""
    path = tmp_path_factory.mktemp("template") / "empty.sqlite3"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def sqlite_cast(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The same with the cast in it."""
    path = sqlite_template.with_name("cast.sqlite3")
    shutil.copyfile(sqlite_template, path)
    return Template(str(path), _filled(f"sqlite:///{path}", tmp_path_factory.mktemp("cast")))


@pytest.fixture(scope="session")
def postgres_cast(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Template:
    postgres.create("template_cast", EMPTY)
    return Template("template_cast", _filled(postgres.url("template_cast"), tmp_path_factory.mktemp("cast")))


def _filled(url: str, instance: Path) -> Cast:
    """The cast in this database, as if it had been made for the test that copies it."""
    create_secret(instance)
    clock = FixedClock(NOON)
    app = create_app(load_settings(instance, {"DATABASE_URL": url, "ITSMCOMPLY_BASE_URL": "http://localhost"}), clock)
    cast = make_cast(app, clock)
    with app.app_context():
        db.engine.dispose()
    return cast


def _cast_template(request: pytest.FixtureRequest) -> Template:
    found: Template = request.getfixturevalue("postgres_cast" if ON_POSTGRES else "sqlite_cast")
    return found


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database of its own for one test: empty, or with the cast for a test that asks for it."""
    filled = _cast_template(request).name if "cast" in request.fixturenames else None
    if ON_POSTGRES:
        server: PostgresServer = request.getfixturevalue("postgres")
        with server.fresh_database(filled or EMPTY) as url:
            yield url
        return
    path = tmp_path / "test.sqlite3"
    shutil.copyfile(filled or request.getfixturevalue("sqlite_template"), path)
    yield f"sqlite:///{path}"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    instance = tmp_path / "instance"
    create_secret(instance)
    return load_settings(instance, {"DATABASE_URL": database_url, "ITSMCOMPLY_BASE_URL": "http://localhost"})


@pytest.fixture(scope="session", autouse=True)
def addresses() -> Iterator[None]:
    with remembered_addresses():
        yield


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> BytecodeCache:
    """Templates compiled once a process, not once a test."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(settings: Settings, clock: FixedClock, compiled_templates: BytecodeCache) -> Iterator[Flask]:
    app = create_app(settings, clock)
    app.jinja_env.bytecode_cache = compiled_templates
    app.config.update(TESTING=True, RATELIMIT_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def cast(app: Flask, clock: FixedClock, request: pytest.FixtureRequest) -> Cast:
    """One system "Managed services" with a person per role; see `tests.cast`. `database_url` holds them already."""
    made = _cast_template(request).cast
    return replace(made, app=app, clock=clock, emails=dict(made.emails), ids=dict(made.ids))
