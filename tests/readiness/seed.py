"""A small management system filled through the operations, for tests of readiness on real rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from itsmcomply.accounts.models import User
from itsmcomply.clauses.model import SubjectKind
from itsmcomply.db import db, end_read, transaction
from itsmcomply.readiness.access import derivation_of
from itsmcomply.readiness.cache import Derivation, Snapshot
from itsmcomply.systems.models import EntryKind, ManagementSystem
from itsmcomply.systems.operations import add_subject, set_entry
from tests.cast import Cast

TODAY = date(2026, 11, 24)


@dataclass
class Seed:
    """Short ways to change the system of the cast as its SMS manager, and to read it."""

    cast: Cast

    @contextmanager
    def writing(self) -> Iterator[tuple[Session, ManagementSystem]]:
        with self.cast.app.app_context(), transaction() as session:
            yield session, session.get_one(ManagementSystem, self.cast.system_id)

    def entry(self, kind: EntryKind, value: str = "", *, key: str = "", owner: str = "") -> None:
        """Put a dated entry in force today."""
        with self.writing() as (session, system):
            actor = self.cast.actor(session, "sms_manager")
            user = session.get_one(User, self.cast.ids[owner]) if owner else None
            set_entry(session, actor, self.cast.clock, system=system, kind=kind, key=key, value=value, user=user)

    def subject(self, kind: SubjectKind, name: str, from_on: date = date(2025, 1, 1)) -> str:
        """Add a subject and return the key that facts use."""
        with self.writing() as (session, system):
            actor = self.cast.actor(session, "sms_manager")
            made = add_subject(session, actor, self.cast.clock, system=system, kind=kind, name=name, from_on=from_on)
            session.flush()  # its id is what the test needs
            return str(made.id)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with self.cast.app.app_context():
            yield db.session()
            end_read()

    def snapshot(self, derivation: Derivation | None = None, today: date = TODAY) -> Snapshot:
        with self.reading() as session:
            found = derivation or derivation_of(self.cast.app)
            return found.snapshot(session, self.cast.system_id, today)


@contextmanager
def counted_queries(app: Flask) -> Iterator[list[str]]:
    """The statements that reach the database inside the block, without transaction control."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN")):
            found.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)
