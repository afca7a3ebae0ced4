"""Who may change a management system, checked by every operation whatever path it is called on."""

from __future__ import annotations

from itsmcomply.errors import NotPermitted
from itsmcomply.permissions import SYSTEM_ACTOR, Actor, Permission
from itsmcomply.systems.models import ManagementSystem
from itsmcomply.wording import N_, say


def require_editor(actor: Actor, system: ManagementSystem) -> None:
    """Raise NotPermitted unless the actor may change the facts of this system; the product itself may at the start."""
    if actor != SYSTEM_ACTOR and not actor.may(Permission.EDIT_SYSTEM, system.id):
        raise NotPermitted(say(N_("Only an SMS manager changes the facts of a management system.")))


def require_people_editor(actor: Actor, system: ManagementSystem) -> None:
    """Raise NotPermitted unless the actor may give and take roles here: SMS managers and administrators."""
    if not (actor.may(Permission.EDIT_PEOPLE, system.id) or actor.may(Permission.ADMINISTER)):
        raise NotPermitted(say(N_("Only an SMS manager or an administrator gives and takes roles.")))
