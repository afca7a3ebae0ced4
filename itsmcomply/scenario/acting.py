"""Who takes a step, with the roles held at that moment, and in which system."""

from __future__ import annotations

from sqlalchemy.orm import Session

from itsmcomply.accounts.operations import as_actor
from itsmcomply.accounts.queries import require_user
from itsmcomply.errors import NotFound
from itsmcomply.permissions import SYSTEM_ACTOR, Actor
from itsmcomply.scenario.model import InSystem, Step
from itsmcomply.systems.models import ManagementSystem
from itsmcomply.systems.queries import grants_of, system_by_slug


def acting(session: Session, step: Step) -> Actor:
    """The person of the step; the product itself where it names none. Two queries. Raises NotFound."""
    if step.actor is None:
        return SYSTEM_ACTOR
    user = require_user(session, step.actor)
    me = as_actor(user)
    return Actor(me.user_id, me.name, me.email, me.is_admin, grants_of(session, user.id, step.moment).grants)


def system_of(session: Session, step: InSystem) -> ManagementSystem:
    """The system the step is taken in. Raises NotFound."""
    system = system_by_slug(session, step.system)
    if system is None:
        raise NotFound("management system", step.system)
    return system
