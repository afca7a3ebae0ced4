"""What every request shares and never changes: catalogue, policy, maturity models, evidence store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

from flask import Flask, current_app

from itsmcomply.clauses.loader import load_catalogue, load_models, load_policy
from itsmcomply.clauses.maturity import MaturityModel
from itsmcomply.clauses.model import Catalogue
from itsmcomply.clauses.policy import Policy
from itsmcomply.clauses.search import CatalogueIndex, build_index
from itsmcomply.clauses.suggest import Suggester
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
    suggester: Suggester
    index: CatalogueIndex
    store: Store


@cache
def _read_only(folder: Path) -> tuple[Catalogue, Policy, Mapping[str, MaturityModel], Suggester, CatalogueIndex]:
    """What the catalogue's files give; read once in a process, since nothing changes them while it runs."""
    catalogue = load_catalogue(folder)
    suggester, index = Suggester(catalogue.artefacts), build_index(catalogue)
    return catalogue, load_policy(folder), load_models(folder), suggester, index


def init_resources(app: Flask, settings: Settings) -> None:
    store = LocalStore(settings.store_dir, free_space_floor=settings.free_space_floor_mib * 1024 * 1024)
    app.extensions[_KEY] = Resources(*_read_only(data_dir("clause_catalog")), store)


def resources_of(app: Flask) -> Resources:
    """The resources of an application: for commands and tests."""
    return cast("Resources", app.extensions[_KEY])


def resources() -> Resources:
    """The resources of the application that serves this request."""
    return cast("Resources", current_app.extensions[_KEY])
