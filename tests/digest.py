"""One digest over everything the database holds, to show that a refused request left nothing behind."""

from __future__ import annotations

import hashlib

from flask import Flask
from sqlalchemy import select

from itsmcomply.db import Base, db, end_read

DERIVED = frozenset({"user_session", "register_line", "register_state", "readiness_day", "sign_in_failure"})
"""Tables that hold no facts of their own, or that note mere use."""


def database_digest(app: Flask) -> str:
    """SHA-256 over all rows of all tables of facts, in a fixed order."""
    found = hashlib.sha256()
    with app.app_context():
        session = db.session()
        for table in Base.metadata.sorted_tables:
            if table.name not in DERIVED:
                rows = sorted(map(repr, session.execute(select(table)).all()))
                found.update("\n".join([table.name, *rows]).encode(errors="backslashreplace"))
        end_read()
    return found.hexdigest()
