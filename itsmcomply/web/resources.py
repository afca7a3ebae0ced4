"""What every request shares and never changes: catalogue, policy, maturity models, evidence store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

from itsmcomply.clauses.loader import load_catalogue, load_models, load_policy
from itsmcomply.clauses.maturity import MaturityModel
from itsmcomply.clauses.model import Catalogue
from itsmcomply.clauses.policy import Policy
from itsmcomply.datafiles import data_dir
from itsmcomply.evidence.store import LocalStore, Store
from itsmcomply.settings import Settings

_KEY = "itsmcomply.resources"


@dataclass(frozen=True, slots=True)
class Resources:
    """Loaded once when the application is made. `models` by key."""

    catalogue: Catalogue
    policy: Policy
    models: Mapping[str, MaturityModel]
    store: Store


def init_resources(app: Flask, settings: Settings) -> None:
    folder = data_dir("clause_catalog")
    store = LocalStore(settings.store_dir, free_space_floor=settings.free_space_floor_mib * 1024 * 1024)
    made = Resources(load_catalogue(folder), load_policy(folder), load_models(folder), store)
    app.extensions[_KEY] = made
    app.extensions["itsmcomply.catalogue"] = made.catalogue


def resources_of(app: Flask) -> Resources:
    """The resources of an application: for commands and tests."""
    return cast("Resources", app.extensions[_KEY])


def resources() -> Resources:
    """The resources of the application that serves this request."""
    return cast("Resources", current_app.extensions[_KEY])
