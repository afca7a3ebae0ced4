"""Mark the installation and add management systems."""

from __future__ import annotations

from sqlalchemy.orm import Session

from itsmcomply.activity.operations import Record, await_turn, record_activity
from itsmcomply.clock import Clock
from itsmcomply.errors import InvalidInput, NotPermitted
from itsmcomply.permissions import SYSTEM_ACTOR, Actor, Permission
from itsmcomply.systems.models import EntryKind, Installation, InstallationMode, ManagementSystem
from itsmcomply.systems.operations.entries import put_entry
from itsmcomply.systems.queries import installation, system_by_slug
from itsmcomply.systems.rules import NAME_MAX, slug_problem, zone_problem
from itsmcomply.wording import N_, say


def mark_installation(session: Session, clock: Clock, *, mode: InstallationMode) -> Installation:
    """Write what this installation is for, as the first entry of its trail. Never changes afterwards."""
    found = installation(session)
    if found is not None:
        return found
    made = Installation(id=1, mode=mode, created_at=clock.now())
    session.add(made)
    record = Record("installation", str(mode))
    record_activity(
        session, SYSTEM_ACTOR, clock.now(), "installation.created", record, after={"mode": mode}, rows=[made]
    )
    return made


def create_system(
    session: Session, actor: Actor, clock: Clock, *, slug: str, name: str, time_zone: str
) -> ManagementSystem:
    """Add a management system. Raises InvalidInput for a name that is taken or cannot be part of an address."""
    if not actor.may(Permission.ADMINISTER):
        raise NotPermitted(say(N_("Only an administrator of the installation adds management systems.")))
    await_turn(session)
    problems = {"slug": slug_problem(slug), "time_zone": zone_problem(time_zone)}
    if system_by_slug(session, slug) is not None:
        problems["slug"] = f"There is a management system {slug} already."
    errors = {key: text for key, text in problems.items() if text}
    if not name.strip():
        errors["name"] = "Give the management system a name."
    if len(name.strip()) > NAME_MAX:
        errors["name"] = f"The name may have at most {NAME_MAX} characters."
    if errors:
        raise InvalidInput(errors)
    system = ManagementSystem(slug=slug, name=name.strip(), created_at=clock.now())
    session.add(system)
    session.flush()  # the trail entry and the first dated entry name its id
    record = Record("system", slug, system.id)
    record_activity(
        session, actor, clock.now(), "system.created", record, after={"name": name, "slug": slug}, rows=[system]
    )
    put_entry(session, actor, clock, system=system, kind=EntryKind.TIME_ZONE, value=time_zone)
    return system
