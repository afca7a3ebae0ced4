"""Pages of audits; the modules beside this one hold them by subject."""

from __future__ import annotations

from flask import Flask

from itsmcomply.audits import routes_audits, routes_offline, routes_programme, routes_rows
from itsmcomply.audits.blueprint import THREADS, blueprint
from itsmcomply.audits.queries.mine import running_audit_of
from itsmcomply.audits.sampling import routes as routes_samples
from itsmcomply.clauses.threads import load_threads
from itsmcomply.datafiles import data_dir
from itsmcomply.permissions import Permission
from itsmcomply.systems.queries import SystemRef
from itsmcomply.web.home import add_start
from itsmcomply.web.identity import SignedIn, reader
from itsmcomply.web.page import address
from itsmcomply.web.resources import resources_of

__all__ = ["blueprint", "routes_audits", "routes_offline", "routes_programme", "routes_rows", "routes_samples"]


def running_audit(found: SignedIn, system: SystemRef) -> str | None:
    """Whoever may conduct audits starts in the one that runs and is theirs."""
    if not found.actor.may(Permission.CONDUCT_AUDIT, system.id):
        return None
    key = running_audit_of(reader(), system.id, found.actor.user_id)
    return address("audits.audit", slug=system.slug, key=key) if key else None


def init(app: Flask) -> None:
    """Read the threads auditors follow, once, and lead auditors to their audit."""
    add_start(app, running_audit)
    folder = data_dir("clause_catalog")
    app.extensions[THREADS] = load_threads(folder, resources_of(app).catalogue)
