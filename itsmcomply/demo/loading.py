"""Makes a demonstration: an instance marked for good, the invented organisation in it, and a sign-in per role."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from itsmcomply.accounts.operations import set_password
from itsmcomply.accounts.queries import require_user, users
from itsmcomply.clauses.loader import load_catalogue
from itsmcomply.clock import Clock, FixedClock, SystemClock
from itsmcomply.datafiles import PACKAGE, data_dir
from itsmcomply.db import db, end_read, transaction
from itsmcomply.errors import StartRefused
from itsmcomply.installation import prepare
from itsmcomply.permissions import SYSTEM_ACTOR
from itsmcomply.scenario.filing import Tools
from itsmcomply.scenario.model import Scenario
from itsmcomply.scenario.operations import Loaded, Progress, is_loaded, load_scenario
from itsmcomply.scenario.parser import read_scenario
from itsmcomply.scenario.scribe import PaperScribe
from itsmcomply.settings import Settings
from itsmcomply.systems.models import InstallationMode
from itsmcomply.systems.queries import all_systems
from itsmcomply.web.resources import resources_of

DEMO_DIR = PACKAGE / "demo"
ROLES_SHOWN = (
    ("SMS manager", "sms.manager@northquay.example.org"),
    ("Process owner", "service.desk.manager@northquay.example.org"),
    ("Evidence reviewer", "quality.manager@northquay.example.org"),
    ("Internal auditor", "internal.auditor@northquay.example.org"),
    ("External auditor", "external.auditor@northquay.example.org"),
    ("Viewer", "managing.director@northquay.example.org"),
    ("Administrator", "administrator@northquay.example.org"),
)
"""One person per role whose sign-in is printed; everybody else gets a password by `itsmcomply user password`."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """A person of the demonstration with the password made for this loading. Shown once, stored as its hash."""

    role: str
    email: str
    password: str


def make_demonstration(
    instance: Path,
    environ: Mapping[str, str] = os.environ,
    clock: Clock | None = None,
    progress: Progress | None = None,
) -> Sequence[SignIn]:
    """Make the instance, migrate, load the organisation and return the sign-ins; made already: new passwords only.

    Raises StartRefused for a folder that holds another kind of installation.
    """
    clock = clock or SystemClock()
    catalogue = load_catalogue(data_dir("clause_catalog"))
    scenario = read_scenario(DEMO_DIR, catalogue, clock.now())
    # The mark is the first entry of the trail, so it carries the day the history begins.
    app = prepare(instance, InstallationMode.DEMONSTRATION, environ, FixedClock(scenario.steps[0].moment))
    with app.app_context():
        if not is_loaded():
            _refuse_half_loaded(instance)
            load_into(app, scenario, progress)
        made = give_passwords(clock)
        db.engine.dispose()  # whoever serves the instance opens connections of its own
        return made


def _refuse_half_loaded(instance: Path) -> None:
    begun = bool(all_systems(db.session()))
    end_read()
    if begun:
        raise StartRefused(
            f"The demonstration in {instance} was loaded only in part. Remove the folder and start again."
        )


def load_into(app: Flask, scenario: Scenario, progress: Progress | None = None) -> Loaded:
    """Load a scenario into an installation that is marked for it. Needs an application context."""
    settings: Settings = app.extensions["itsmcomply.settings"]
    held = resources_of(app)
    tools = Tools(held.store, held.catalogue, held.policy, settings.upload_limit_bytes)
    return load_scenario(scenario, FixedClock(scenario.loaded_at), tools, PaperScribe(app), progress)


def give_passwords(clock: Clock) -> list[SignIn]:
    """New passwords for one person per role, at random each time. Needs an application context."""
    known = {user.email for user in users(db.session())}
    end_read()
    made: list[SignIn] = []
    for role, email in ROLES_SHOWN:
        if email in known:
            password = secrets.token_urlsafe(12)
            with transaction() as session:
                set_password(session, SYSTEM_ACTOR, clock, user=require_user(session, email), password=password)
            made.append(SignIn(role, email, password))
    return made
