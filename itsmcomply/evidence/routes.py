"""Pages of evidence; the modules beside this one hold them by subject."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask

from itsmcomply.evidence import (
    routes_changes,
    routes_filing,
    routes_item,
    routes_register,
    routes_review,
    routes_uploads,
    routes_versions,
    routes_work,
)
from itsmcomply.evidence.blueprint import blueprint
from itsmcomply.evidence.store import LocalStore
from itsmcomply.web.resources import resources_of

__all__ = [
    "blueprint",
    "routes_changes",
    "routes_filing",
    "routes_item",
    "routes_register",
    "routes_review",
    "routes_uploads",
    "routes_versions",
    "routes_work",
]

UNFINISHED_FOR = timedelta(hours=24)


def init(app: Flask) -> None:
    """Prepare the figures of the side bar, and drop what broken uploads left behind."""
    shared = resources_of(app)
    routes_work.init_counts(app)
    if isinstance(shared.store, LocalStore):
        # Files have the time of the machine, whatever clock the application runs by.
        shared.store.clear_temporary(older_than=datetime.now(UTC) - UNFINISHED_FOR)
