"""Say which requirements a control meets, and take that back."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from itsmcomply.activity.operations import await_turn, record_activity
from itsmcomply.clauses.model import Catalogue
from itsmcomply.clock import Clock
from itsmcomply.controls.models import Control
from itsmcomply.controls.operations.parts import (
    authorise,
    end_mappings,
    in_order,
    new_mappings,
    open_mappings,
    record_of,
    refuse,
    refuse_retired,
    unknown_problem,
)
from itsmcomply.permissions import Actor
from itsmcomply.systems.models import ManagementSystem
from itsmcomply.systems.operations import touch_facts


def map_control(
    session: Session,
    actor: Actor,
    clock: Clock,
    catalogue: Catalogue,
    *,
    system: ManagementSystem,
    control: Control,
    requirement: str,
) -> None:
    """Say that a control meets (part of) a requirement. Said already: nothing changes."""
    current = mapped_requirements(session, control)
    set_mappings(session, actor, clock, catalogue, system=system, control=control, requirements=current | {requirement})


def unmap_control(
    session: Session,
    actor: Actor,
    clock: Clock,
    catalogue: Catalogue,
    *,
    system: ManagementSystem,
    control: Control,
    requirement: str,
    reason: str = "",
) -> None:
    """End the mapping of a control to a requirement. Not mapped: nothing changes."""
    current = mapped_requirements(session, control)
    set_mappings(
        session,
        actor,
        clock,
        catalogue,
        system=system,
        control=control,
        requirements=current - {requirement},
        reason=reason,
    )


def set_mappings(
    session: Session,
    actor: Actor,
    clock: Clock,
    catalogue: Catalogue,
    *,
    system: ManagementSystem,
    control: Control,
    requirements: Iterable[str],
    among: Iterable[str] | None = None,
    reason: str = "",
) -> None:
    """Map a control to exactly these requirements; mappings outside `among` (None: all) are left as they are.

    One entry in the trail for all that changed, none when nothing did.
    """
    authorise(actor, system)
    await_turn(session)
    session.refresh(control)
    refuse_retired(control)
    wanted = frozenset(requirements)
    refuse({"requirements": unknown_problem(catalogue, wanted)})
    field = None if among is None else frozenset(among)
    open_now = open_mappings(session, control)
    held = {m.requirement for m in open_now}
    ended = [m for m in open_now if m.requirement not in wanted and (field is None or m.requirement in field)]
    added = new_mappings(control, actor, clock.now(), in_order(catalogue, wanted - held))
    if not added and not ended:
        return
    end_mappings(ended, actor, clock.now(), reason or "unmapped")
    session.add_all(added)
    seq = record_activity(
        session,
        actor,
        clock.now(),
        "control.mapped" if added else "control.unmapped",
        record_of(control),
        before={"mapped": [m.requirement for m in ended]},
        after={"mapped": [m.requirement for m in added], "reason": reason},
        rows=[*ended, *added],
    )
    touch_facts(system, seq)


def mapped_requirements(session: Session, control: Control) -> frozenset[str]:
    """The requirements a control is mapped to now. One query."""
    return frozenset(m.requirement for m in open_mappings(session, control))
