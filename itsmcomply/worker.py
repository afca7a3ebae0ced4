"""The application of a process that serves no page: one installation's database and rules, for exports.

It starts in half the time of the whole application, which imports every page and form.
"""

from __future__ import annotations

from flask import Flask

from itsmcomply.clauses.loader import load_catalogue, load_models, load_policy
from itsmcomply.datafiles import data_dir
from itsmcomply.db import db
from itsmcomply.errors import StartRefused
from itsmcomply.readiness.cache import Rules
from itsmcomply.schema import import_models, require_current
from itsmcomply.settings import Settings


def create_worker(settings: Settings) -> Flask:
    """An application context with a database. Raises StartRefused when the schema is not this program's."""
    app = Flask("itsmcomply", static_folder=None)
    app.config.update(SQLALCHEMY_DATABASE_URI=settings.database_url)
    app.extensions["itsmcomply.settings"] = settings
    import_models()
    db.init_app(app)
    with app.app_context():
        try:
            require_current(db.engine)
        except StartRefused:
            db.engine.dispose()
            raise
    return app


def load_rules() -> Rules:
    """What results are computed with, from the catalogue of this program."""
    folder = data_dir("clause_catalog")
    return Rules(load_catalogue(folder), load_policy(folder), load_models(folder))
