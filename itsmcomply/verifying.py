"""`itsmcomply verify`: stored bytes, references, trail and heads in one go."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask import Flask
from sqlalchemy.orm import Session

from itsmcomply.activity.heads import FILE, Head, head_problems, note_head, read_heads
from itsmcomply.activity.queries import head_of_trail
from itsmcomply.activity.verification import UNREADABLE, ChainReport, verify_chain
from itsmcomply.activity.verified import Verified, write_verified
from itsmcomply.console import Console, pass_console, progress_bar
from itsmcomply.db import db, end_read
from itsmcomply.errors import InvalidInput
from itsmcomply.evidence.verification import StoreReport, verify_store
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
        found = _as_data(verify_installation(app, db.session(), console.clock.now(), against))
        end_read()
    click.echo(json.dumps(found, indent=1) if as_json else _in_words(found))
    if found["problems"]:
        raise click.exceptions.Exit(1)


@dataclass(frozen=True, slots=True)
class Found:
    """What looking through an installation, or a copy of one, found. `heads` and `kept`: problems of either."""

    store: StoreReport
    chain: ChainReport
    heads: tuple[str, ...]
    kept: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.store.problems) + self.chain.count + len(self.heads) + len(self.kept)

    @property
    def problems(self) -> list[str]:
        """Sentences; of the trail the first hundred."""
        return [*map(str, self.store.problems), *self.chain.problems, *self.heads, *self.kept]


def look_through(
    app: Flask, session: Session, *, store: StoreReport, heads: Iterable[Head], secret: str | None, now: datetime
) -> Found:
    """Check the trail, every recorded row, the heads and the kept figures of the database behind `session`."""
    with progress_bar("Trail") as progress:
        chain = verify_chain(session, progress)
    return Found(store, chain, tuple(head_problems(session, heads, secret)), tuple(_kept_days(app, session, now)))


def verify_installation(app: Flask, session: Session, now: datetime, against: Path | None = None) -> Found:
    """Look through everything of an installation, its files too, and keep a note of it in its folder."""
    settings: Settings = app.extensions["itsmcomply.settings"]
    with progress_bar("Files") as progress:
        store = verify_store(session, resources_of(app).store, progress)
    heads = heads_in(settings.instance / FILE)
    found = look_through(app, session, store=store, heads=heads, secret=settings.secret_key, now=now)
    if against:
        found = replace(found, heads=(*found.heads, *head_problems(session, heads_in(against), None)))
    chain = found.chain
    write_verified(settings.instance, Verified(now, chain.entries, chain.head_hash, store.checked, found.count))
    if chain.whole and not found.heads:
        note_head(settings.instance, settings.secret_key, head_of_trail(session), now)
    return found


def _as_data(found: Found) -> dict[str, Any]:
    return {
        "files": found.store.checked,
        "blocked": found.store.blocked,
        "orphans": list(found.store.orphans),
        "entries": found.chain.entries,
        "head": found.chain.head_hash,
        "rows": found.chain.rows,
        "problem_count": found.count,
        "problems": found.problems,
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


def heads_in(path: Path) -> list[Head]:
    """The heads noted in a file; none where there is no file. Raises InvalidInput."""
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
