"""Prepare an installation: folder, secret, schema, mark; and the refusals that keep an unsafe one from being served."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from flask import Flask
from sqlalchemy import create_engine, func, select, text

from itsmcomply.accounts.models import User
from itsmcomply.accounts.operations import issue_link
from itsmcomply.accounts.rules import LinkPurpose
from itsmcomply.activity.heads import note_head
from itsmcomply.activity.queries import head_of_trail
from itsmcomply.clock import Clock, SystemClock
from itsmcomply.db import db, end_read, transaction
from itsmcomply.errors import StartRefused
from itsmcomply.schema import upgrade
from itsmcomply.settings import Settings, create_secret, database_url, load_settings, owner_url
from itsmcomply.systems.models import InstallationMode
from itsmcomply.systems.operations import mark_installation
from itsmcomply.systems.queries import installation


def prepare(
    instance: Path,
    mode: InstallationMode | None = None,
    environ: Mapping[str, str] = os.environ,
    clock: Clock | None = None,
) -> Flask:
    """Make or update the instance and return its application. An existing mark is kept; a contradicting one refused.

    Raises StartRefused with one line when the folder cannot be written or the database not migrated.
    """
    from itsmcomply.app import create_app  # commands that need no page start without

    create_secret(instance)
    for name in ("store", "exports", "tmp"):
        (instance / name).mkdir(exist_ok=True)
    migrate(instance, environ)
    app = create_app(load_settings(instance, environ), clock)
    with app.app_context():
        try:
            _mark(app, instance, mode, clock or SystemClock())
        except StartRefused:
            db.engine.dispose()
            raise
    return app


def _mark(app: Flask, instance: Path, mode: InstallationMode | None, clock: Clock) -> None:
    found = installation(db.session())
    end_read()
    if found is not None and mode not in (None, found.mode):
        raise StartRefused(f"{instance} is marked {found.mode}, which never changes. Choose another folder.")
    if found is None:
        with transaction() as session:
            mark_installation(session, clock, mode=mode or InstallationMode.REAL)
        app.extensions["itsmcomply.mode"] = "" if mode in (None, InstallationMode.REAL) else str(mode)


def migrate(instance: Path, environ: Mapping[str, str]) -> None:
    """Migrate as the owner; on PostgreSQL then give the serving user what it needs and nothing on the trail's past."""
    serving, owner = database_url(instance, environ), owner_url(instance, environ)
    upgrade(owner)
    if owner != serving:
        _grant(owner, serving)


def _grant(owner_url: str, serving_url: str) -> None:
    engine = create_engine(owner_url)
    name = engine.dialect.identifier_preparer.quote(str(create_engine(serving_url).url.username))
    with engine.begin() as connection:
        connection.execute(text(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}"))
        connection.execute(text(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name}"))
        connection.execute(text(f"REVOKE UPDATE, DELETE, TRUNCATE ON activity_entry FROM {name}"))
    engine.dispose()


def setup_link(app: Flask, clock: Clock | None = None) -> str | None:
    """A one-time link to make the first administrator; None when somebody can sign in already."""
    settings: Settings = app.extensions["itsmcomply.settings"]
    with app.app_context(), transaction() as session:
        if session.execute(select(func.count()).select_from(User)).scalar_one():
            return None
        token = issue_link(session, clock or SystemClock(), purpose=LinkPurpose.SETUP)
    return f"{settings.base_url}/setup/{token}"


def ready_to_serve(app: Flask, environ: Mapping[str, str] = os.environ) -> None:
    """Refuse debug mode on a public address and a database user that could rewrite the trail; note the trail's head.

    Raises StartRefused.
    """
    settings: Settings = app.extensions["itsmcomply.settings"]
    if environ.get("FLASK_DEBUG", "0") not in ("", "0") and not settings.is_loopback:
        raise StartRefused("Debug mode is never served on a public address. Unset FLASK_DEBUG.")
    if settings.database_url.startswith("postgresql") and not settings.insecure:
        _refuse_trail_owner(app)
    tempfile.tempdir = str(settings.instance / "tmp")
    with app.app_context():
        note_head(settings.instance, settings.secret_key, head_of_trail(db.session()), SystemClock().now())
        end_read()


def _refuse_trail_owner(app: Flask) -> None:
    owns = "SELECT pg_catalog.pg_get_userbyid(relowner) = current_user FROM pg_class WHERE relname = 'activity_entry'"
    with app.app_context():
        is_owner = db.session().execute(text(owns)).scalar_one()
        end_read()
    if is_owner:
        raise StartRefused(
            "The database user owns the activity trail and could rewrite it. Serve with another user: "
            "MIGRATION_DATABASE_URL names the owner, DATABASE_URL the user that serves."
        )
