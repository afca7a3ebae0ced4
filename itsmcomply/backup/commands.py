"""`itsmcomply backup` and `itsmcomply restore`."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path

import click
from flask import Flask
from sqlalchemy.orm import Session

from itsmcomply.activity.heads import note_head
from itsmcomply.activity.queries import head_of_trail
from itsmcomply.app import create_app
from itsmcomply.backup.archive import Whole, open_backup
from itsmcomply.backup.operations import (
    OLD_HEADS,
    Source,
    disk_errors,
    make_backup,
    new_instance,
    record_backup,
    record_restore,
    refuse_new_problems,
    unpack,
)
from itsmcomply.console import Console, pass_console, progress_bar
from itsmcomply.db import db, end_read, transaction
from itsmcomply.evidence.store import size_in_words
from itsmcomply.evidence.verification import StoreReport
from itsmcomply.installation import migrate
from itsmcomply.settings import Settings, create_secret, load_settings, owner_url
from itsmcomply.verifying import Found, heads_in, look_through, verify_installation


@click.command()
@click.option(
    "--to", "folder", required=True, metavar="DIR", type=click.Path(path_type=Path), help="Folder of backups."
)
@click.option("--with-secrets", is_flag=True, help="Copy the secret of the installation too.")
@pass_console
def backup(console: Console, folder: Path, with_secrets: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Copy database, stored files, heads and settings, also while it serves; only new files are copied again.

    Prints the SHA-256 of the manifest. Ends with 1 when something in the installation was wrong already.
    """
    app = console.app()
    source = Source(console.instance, owner_url(console.instance, console.environ), with_secrets)
    with app.app_context():
        now = console.clock.now()
        with progress_bar("Files") as progress:
            made = make_backup(source, folder.resolve(), now, partial(_look, app, now), progress)
        _note(app, console, made.backup)
    click.echo(f"{made.backup.digest}  {made.backup.folder}")
    facts = made.backup.facts
    click.echo(f"{facts.files} files, {made.copied} of them new, {size_in_words(facts.size)}; schema {facts.schema}.")
    _tell(facts.problems, facts.problem_count)


def _look(app: Flask, now: datetime, session: Session, files: StoreReport, heads: Path) -> Found:
    settings: Settings = app.extensions["itsmcomply.settings"]
    return look_through(app, session, store=files, heads=heads_in(heads), secret=settings.secret_key, now=now)


def _note(app: Flask, console: Console, made: Whole) -> None:
    settings: Settings = app.extensions["itsmcomply.settings"]
    with transaction() as session:
        record_backup(session, console.clock, made)
    note_head(settings.instance, settings.secret_key, head_of_trail(db.session()), console.clock.now())
    end_read()


def _tell(problems: tuple[str, ...], count: int) -> None:
    for problem in problems:
        click.echo(problem)
    if count:
        click.echo(f"Problems that were there when it was made: {count}.")
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--into", "target", required=True, metavar="INSTANCE", type=click.Path(path_type=Path), help="New folder."
)
@pass_console
def restore(console: Console, folder: Path, target: Path) -> None:
    """Restore a backup, or the newest of a folder of them, into a new instance folder, and verify it there first.

    On PostgreSQL DATABASE_URL names an empty database. Ends with 1 when something was wrong when it was made.
    """
    with disk_errors(folder):
        found, target = open_backup(folder.resolve()), target.resolve()
    with new_instance(target) as place:
        with progress_bar("Files") as progress:
            unpack(found, place, owner_url(place, console.environ), progress)
        create_secret(place)
        migrate(place, console.environ)
        _verify(console, place, found)
    click.echo(f"{target} is as it was on {found.facts.moment}.")
    if (target / OLD_HEADS).exists():
        click.echo(f"It has a new secret. Heads of the trail sealed with the old one are in {OLD_HEADS}.")
    _tell(found.facts.problems, found.facts.problem_count)


def _verify(console: Console, place: Path, backup: Whole) -> None:
    app = create_app(load_settings(place, console.environ), console.clock)
    old = place / OLD_HEADS
    with app.app_context():
        try:
            found = verify_installation(app, db.session(), console.clock.now(), old if old.exists() else None)
            end_read()
            refuse_new_problems(backup, found)
            with transaction() as session:
                record_restore(session, console.clock, backup)
        finally:
            db.session.remove()
            db.engine.dispose()
