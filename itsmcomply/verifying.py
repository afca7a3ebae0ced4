"""`itsmcomply verify`: stored bytes, references, trail and heads in one go."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask import Flask
from sqlalchemy.orm import Session

from itsmcomply.activity.heads import FILE, Head, head_problems, note_head, read_heads
from itsmcomply.activity.queries import head_of_trail
from itsmcomply.activity.verification import UNREADABLE, verify_chain
from itsmcomply.activity.verified import Verified, write_verified
from itsmcomply.console import Console, pass_console, progress_bar
from itsmcomply.db import db, end_read
from itsmcomply.errors import InvalidInput
from itsmcomply.evidence.verification import verify_store
from itsmcomply.readiness.access import derivation_of
from itsmcomply.readiness.operations import wrong_days
from itsmcomply.settings import Settings
from itsmcomply.systems.queries import all_systems, today_in
from itsmcomply.web.resources import resources_of


@click.command()
@click.option(
    "--against", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A heads.log kept elsewhere."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@pass_console
def verify(console: Console, against: Path | None, as_json: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Check every stored file, every trail entry and every recorded row. Ends with 1 when something is wrong."""
    app = console.app()
    with app.app_context():
        found = _verify(app, console, db.session(), against)
        end_read()
    click.echo(json.dumps(found, indent=1) if as_json else _in_words(found))
    if found["problems"]:
        raise click.exceptions.Exit(1)


def _verify(app: Flask, console: Console, session: Session, against: Path | None) -> dict[str, Any]:
    settings: Settings = app.extensions["itsmcomply.settings"]
    with progress_bar("Files") as progress:
        store = verify_store(session, resources_of(app).store, progress)
    with progress_bar("Trail") as progress:
        chain = verify_chain(session, progress)
    heads = [*head_problems(session, _heads(settings.instance / FILE), settings.secret_key)]
    if against:
        heads += head_problems(session, _heads(against), None)
    now = console.clock.now()
    kept = list(_kept_days(app, session, now))
    problems = [str(p) for p in store.problems] + chain.problems + heads + kept
    count = len(store.problems) + chain.count + len(heads) + len(kept)
    write_verified(settings.instance, Verified(now, chain.entries, chain.head_hash, store.checked, count))
    if chain.whole and not heads:
        note_head(settings.instance, settings.secret_key, head_of_trail(session), now)
    return {
        "files": store.checked,
        "blocked": store.blocked,
        "orphans": list(store.orphans),
        "entries": chain.entries,
        "head": chain.head_hash,
        "rows": chain.rows,
        "problem_count": count,
        "problems": problems,
    }


def _kept_days(app: Flask, session: Session, now: datetime) -> Iterator[str]:
    """Days whose kept figures the engine does not derive again from the facts of that day."""
    for system in all_systems(session):
        try:
            snapshot = derivation_of(app).snapshot(session, system.id, today_in(session, system.id, now))
            for day in wrong_days(session, snapshot, system.id):
                yield f"{system.slug}: the figures kept for {day} are not what its evidence gives"
        except UNREADABLE:  # the rows that hold such values were named above
            yield f"{system.slug}: its figures cannot be derived from the facts as they are stored"


def _heads(path: Path) -> list[Head]:
    try:
        return read_heads(path) if path.exists() else []
    except ValueError as error:
        raise InvalidInput({"against": str(error)}) from error


def _in_words(found: dict[str, Any]) -> str:
    lines = [
        f"{found['files']} files checked, {found['blocked']} of them blocked.",
        f"{len(found['orphans'])} files belong to nothing.",
        f"{found['entries']} trail entries and {found['rows']} rows checked; the trail ends with {found['head']}.",
        *found["problems"],
        "Nothing is wrong." if not found["problems"] else f"{found['problem_count']} problems.",
    ]
    return "\n".join(lines)
