"""The only place that wires the application together."""

from __future__ import annotations

from importlib import import_module

from flask import Flask
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined

from itsmcomply.clock import Clock, SystemClock
from itsmcomply.datafiles import PACKAGE, data_dir
from itsmcomply.db import db, end_read
from itsmcomply.errors import StartRefused
from itsmcomply.schema import import_models, require_current
from itsmcomply.settings import Settings
from itsmcomply.systems.queries import installation
from itsmcomply.web.errors import init_errors
from itsmcomply.web.filters import register_filters
from itsmcomply.web.guards import init_guards, refuse_silent_routes
from itsmcomply.web.home import init_home
from itsmcomply.web.identity import init_identity, language
from itsmcomply.web.limits import limiter
from itsmcomply.web.page import init_pages, installation_mode
from itsmcomply.web.resources import init_resources
from itsmcomply.web.security import init_security
from itsmcomply.web.translations import KeptBabel

FEATURES = (
    "accounts",
    "systems",
    "controls",
    "evidence",
    "findings",
    "audits",
    "performance",
    "readiness",
    "reports",
    "activity",
)
"""Features with a `routes.py` that offers `blueprint`, and `init(app)` where it has more to wire."""


def create_app(settings: Settings, clock: Clock | None = None) -> Flask:
    """Build the application for one installation. Raises StartRefused when it cannot be served safely."""
    app = Flask("itsmcomply", template_folder=str(data_dir("templates")), static_folder=str(PACKAGE / "static"))
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.config.update(SQLALCHEMY_DATABASE_URI=settings.database_url, BABEL_DEFAULT_LOCALE="en_GB")
    app.extensions["itsmcomply.settings"] = settings
    app.extensions["itsmcomply.clock"] = clock or SystemClock()
    init_resources(app, settings)
    init_security(app, settings)
    import_models()
    db.init_app(app)
    KeptBabel(app, locale_selector=language)
    CSRFProtect(app)
    limiter.init_app(app)
    init_identity(app)
    init_guards(app)
    init_errors(app)
    register_filters(app)
    init_pages(app)
    init_home(app)
    _register_features(app)
    refuse_silent_routes(app)
    with app.app_context():
        try:
            require_current(db.engine)
        except StartRefused:
            db.engine.dispose()
            raise
        found = installation(db.session())
        app.extensions["itsmcomply.mode"] = installation_mode(found.mode if found else None)
        end_read()
    return app


def _register_features(app: Flask) -> None:
    for feature in FEATURES:
        module = import_module(f"itsmcomply.{feature}.routes")
        app.register_blueprint(module.blueprint)
        if hasattr(module, "init"):
            module.init(app)
