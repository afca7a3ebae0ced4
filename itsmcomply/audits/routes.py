"""Pages of audits; the modules beside this one hold them by subject."""

from __future__ import annotations

from flask import Flask

from itsmcomply.audits import routes_audits, routes_offline, routes_programme, routes_rows
from itsmcomply.audits.blueprint import blueprint
from itsmcomply.audits.sampling import routes as routes_samples
from itsmcomply.clauses.threads import load_threads
from itsmcomply.datafiles import data_dir
from itsmcomply.web.resources import resources_of

__all__ = ["blueprint", "routes_audits", "routes_offline", "routes_programme", "routes_rows", "routes_samples"]


def init(app: Flask) -> None:
    """Read the threads auditors follow, once."""
    folder = data_dir("clause_catalog")
    app.extensions[routes_rows.THREADS] = load_threads(folder, resources_of(app).catalogue)
