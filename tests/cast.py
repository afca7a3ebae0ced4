"""The cast: one management system and a person for each role, made through the operations; sign-in for test clients."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from itsmcomply.accounts.models import User
from itsmcomply.accounts.operations import create_user
from itsmcomply.clock import FixedClock
from itsmcomply.db import transaction
from itsmcomply.permissions import SYSTEM_ACTOR, Actor, Grant, Role
from itsmcomply.systems.models import ManagementSystem
from itsmcomply.systems.operations import create_system, grant_role
from itsmcomply.systems.queries import grants_of

PASSWORD = "plum-orbit-canvas-thirteen"
# As cheap as Argon2id goes: thousands of sign-ins in a run check the way in, not the cost of the hash.
_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"|name="csrf_token"[^>]*value="([^"]+)"')


@dataclass
class Cast:
    """E-mail addresses by role; `process_owner` owns `incident` and `problem`; `outsider` belongs to nothing."""

    app: Flask
    clock: FixedClock
    system_id: int = 0
    slug: str = "managed-services"
    emails: dict[str, str] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)

    def actor(self, session: Session, name: str) -> Actor:
        """The actor of a role as the web would load it."""
        user = session.get_one(User, self.ids[name])
        grants: tuple[Grant, ...] = grants_of(session, user.id, self.clock.now()).grants
        return Actor(user.id, user.name, user.email, user.is_admin, grants)

    def client(self, name: str | None = None) -> FlaskClient:
        """A browser, signed in as this role; None: nobody."""
        client = self.app.test_client()
        if name is not None:
            data = {"email": self.emails[name], "password": PASSWORD, "csrf_token": csrf(client, "/sign-in")}
            answer = client.post("/sign-in", data=data)
            assert answer.status_code == 302, answer.text
        return client

    def url(self, path: str = "") -> str:
        return f"/s/{self.slug}{path}"


def csrf(client: FlaskClient, page: str) -> str:
    """The CSRF token of a page as a browser would find it."""
    found = _TOKEN.search(client.get(page, follow_redirects=True).text)
    assert found is not None, f"no CSRF token on {page}"
    return found.group(1) or found.group(2)


_PEOPLE: tuple[tuple[str, str, tuple[tuple[Role, str | None], ...]], ...] = (
    ("sms_manager", "SMS manager", ((Role.SMS_MANAGER, None),)),
    ("internal_auditor", "Internal auditor", ((Role.INTERNAL_AUDITOR, None),)),
    ("process_owner", "Service desk lead", ((Role.PROCESS_OWNER, "incident"), (Role.PROCESS_OWNER, "problem"))),
    ("other_owner", "Change manager", ((Role.PROCESS_OWNER, "change"),)),
    ("reviewer", "Quality manager", ((Role.EVIDENCE_REVIEWER, None),)),
    ("external_auditor", "External auditor", ((Role.EXTERNAL_AUDITOR, None),)),
    ("viewer", "Service director", ((Role.VIEWER, None),)),
    ("outsider", "Outsider", ()),
)


def make_cast(app: Flask, clock: FixedClock) -> Cast:
    cast = Cast(app, clock)
    with app.app_context(), transaction() as session:
        admin = create_user(
            session, SYSTEM_ACTOR, clock, email="admin@example.org", name="Administrator", is_admin=True
        )
        system = create_system(
            session, SYSTEM_ACTOR, clock, slug=cast.slug, name="Managed services", time_zone="Europe/Amsterdam"
        )
        cast.system_id = system.id
        _register(cast, "admin", admin)
        for key, name, roles in _PEOPLE:
            _add_person(session, cast, system, key, name, roles)
    return cast


def _register(cast: Cast, key: str, user: User) -> None:
    user.password_hash = _HASH
    cast.emails[key], cast.ids[key] = user.email, user.id


def _add_person(
    session: Session,
    cast: Cast,
    system: ManagementSystem,
    key: str,
    name: str,
    roles: tuple[tuple[Role, str | None], ...],
) -> None:
    email = f"{key.replace('_', '-')}@example.org"
    user = create_user(session, SYSTEM_ACTOR, cast.clock, email=email, name=name)
    _register(cast, key, user)
    for role, process in roles:
        until = date(2027, 1, 31) if role is Role.EXTERNAL_AUDITOR else None
        grant_role(
            session, SYSTEM_ACTOR, cast.clock, system=system, user=user, role=role, process=process, until_on=until
        )
