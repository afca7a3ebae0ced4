"""How pages of evidence reach operations and reads: a desk inside a write transaction, and fresh register rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import cast

from flask import current_app
from flask import session as cookie

from itsmcomply.clauses.suggest import Suggester
from itsmcomply.db import transaction
from itsmcomply.errors import InvalidInput
from itsmcomply.evidence.operations import Desk, freshen_register, open_desk
from itsmcomply.evidence.outlook import Outlook
from itsmcomply.evidence.queries.item import item_view
from itsmcomply.evidence.queries.memory import is_remembered, latest_entry, remembered
from itsmcomply.evidence.queries.register import Owners, owners, register_is_fresh
from itsmcomply.evidence.queries.views import ItemView
from itsmcomply.evidence.queries.work import members
from itsmcomply.evidence.rules import may_open
from itsmcomply.permissions import Permission
from itsmcomply.web.forms import Form
from itsmcomply.web.identity import current_system, reader, require_person, writing
from itsmcomply.web.page import today
from itsmcomply.web.resources import resources

OUTLOOK = "itsmcomply.outlook"
"""Where readiness puts its `Outlook` into `app.extensions`."""
_MOST_REMEMBERED = 40


@contextmanager
def desk(permission: Permission) -> Iterator[Desk]:
    """A use case on evidence in the system of this address; committed at the end."""
    shared = resources()
    with writing(permission) as write:
        yield open_desk(
            write.session,
            write.actor,
            write.clock,
            catalogue=shared.catalogue,
            policy=shared.policy,
            system_id=current_system().id,
        )


def carried_out(form: Form, permission: Permission, step: Callable[[Desk], object]) -> bool:
    """Do what a form that came in asks for; False when it or the operation refuses, which then stands in the form."""
    if not form.validate():
        return False
    try:
        with desk(permission) as at:
            step(at)
    except InvalidInput as refused:
        form.show(refused)
        return False
    return True


def freshen() -> None:
    """Bring the register's derived rows up to today, in a short write of its own, the first time that is needed."""
    system, day, shared, session = current_system(), today(), resources(), reader()
    key = (latest_entry(session), ("fresh", system.id, day))
    if is_remembered(session, *key):
        return
    if not register_is_fresh(session, system.id, day):
        with transaction() as writing_session:
            freshen_register(writing_session, shared.catalogue, shared.policy, system.id, day)
    remembered(session, *key, lambda: True)


def owners_now() -> Owners:
    """Who owns what nobody was named for, in the system of this address."""
    session, system_id = reader(), current_system().id
    return remembered(session, latest_entry(session), ("owners", system_id), lambda: owners(session, system_id))


def members_now() -> list[tuple[int, str]]:
    """Everybody with a role in the system of this address."""
    session, system_id = reader(), current_system().id
    return remembered(session, latest_entry(session), ("members", system_id), lambda: members(session, system_id))


def outlook() -> Outlook | None:
    """What readiness can say; None in an application without it."""
    return cast("Outlook | None", current_app.extensions.get(OUTLOOK))


def blocking() -> Mapping[str, str]:
    """Gates that artefacts hold shut, by artefact; empty where readiness is not there to say."""
    found = outlook()
    return found.blocking(reader(), current_system().id, today()) if found else {}


def suggester() -> Suggester:
    return resources().suggester


def item_of(number: int) -> ItemView:
    """The item of this number in the system of this address. Raises NotFound."""
    shared = resources()
    return item_view(
        reader(), current_system().id, number, catalogue=shared.catalogue, policy=shared.policy, today=today()
    )


def may_see_bytes(item: ItemView) -> bool:
    """Whether this person may open what an item holds: bytes, address, statement."""
    actor = require_person().actor
    system_id = current_system().id
    return may_open(
        restricted=item.restricted,
        person=actor.user_id,
        trusted=actor.may(Permission.VIEW_RESTRICTED, system_id),
        uploaders={version.uploaded_by for version in item.versions},
        owner=item.owner_id,
        owns_process=item.owner_id is None and item.artefact.home_process in actor.processes(system_id),
    )


def remember_opened(sha256: str) -> None:
    """Note in the signed cookie that this browser was given these bytes; a review tells whether they were opened."""
    opened: list[str] = [mark for mark in cookie.get("opened", []) if mark != sha256[:16]]
    cookie["opened"] = [*opened, sha256[:16]][-_MOST_REMEMBERED:]


def has_opened(sha256: str | None) -> bool:
    return sha256 is not None and sha256[:16] in cookie.get("opened", [])
