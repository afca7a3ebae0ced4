"""The derivation of the application that serves this request, for routes of every feature."""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app

from itsmcomply.readiness.cache import Derivation, Rules, Snapshot
from itsmcomply.web.identity import current_system, reader
from itsmcomply.web.page import today
from itsmcomply.web.resources import resources_of

_KEY = "itsmcomply.derivation"


def init_derivation(app: Flask) -> None:
    found = resources_of(app)
    app.extensions[_KEY] = Derivation(Rules(found.catalogue, found.policy, found.models))


def derivation_of(app: Flask) -> Derivation:
    """The derivation of an application: for commands and tests."""
    return cast("Derivation", app.extensions[_KEY])


def snapshot() -> Snapshot:
    """The current system as it is now. One query if nothing changed."""
    return derivation_of(current_app).snapshot(reader(), current_system().id, today())
