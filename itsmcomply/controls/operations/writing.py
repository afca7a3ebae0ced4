"""Write, edit and retire a control."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.accounts.models import User
from itsmcomply.activity.operations import await_turn, record_activity
from itsmcomply.clauses.model import Catalogue
from itsmcomply.clock import Clock
from itsmcomply.controls.models import Control, ControlStatus
from itsmcomply.controls.operations.parts import (
    ControlDetails,
    authorise,
    columns,
    end_mappings,
    in_order,
    new_mappings,
    open_mappings,
    record_of,
    refuse,
    refuse_retired,
    unknown_problem,
)
from itsmcomply.controls.rules import (
    frequency_problem,
    normal_ref,
    process_problem,
    ref_problem,
    title_problem,
)
from itsmcomply.errors import Conflict, InvalidInput
from itsmcomply.permissions import Actor
from itsmcomply.systems.models import ManagementSystem
from itsmcomply.systems.operations import touch_facts
from itsmcomply.wording import N_, say


def create_control(
    session: Session,
    actor: Actor,
    clock: Clock,
    catalogue: Catalogue,
    *,
    system: ManagementSystem,
    ref: str,
    details: ControlDetails,
    requirements: Iterable[str] = (),
) -> Control:
    """Write a new control and map it. Raises InvalidInput per field; a reference is never used twice in a system."""
    authorise(actor, system)
    await_turn(session)
    clean, wanted = normal_ref(ref), frozenset(requirements)
    problems = _problems(session, catalogue, details)
    problems["ref"] = ref_problem(clean) or _taken(session, system, clean)
    problems["requirements"] = unknown_problem(catalogue, wanted)
    refuse(problems)
    control = Control(system_id=system.id, ref=clean, created_at=clock.now(), **columns(details))
    session.add(control)
    session.flush()  # the mappings name its id
    mappings = new_mappings(control, actor, clock.now(), in_order(catalogue, wanted))
    session.add_all(mappings)
    after = _shown(session, control) | {"requirements": [m.requirement for m in mappings]}
    seq = record_activity(
        session, actor, clock.now(), "control.created", record_of(control), after=after, rows=[control, *mappings]
    )
    if mappings:
        touch_facts(system, seq)
    return control


def edit_control(
    session: Session,
    actor: Actor,
    clock: Clock,
    catalogue: Catalogue,
    *,
    system: ManagementSystem,
    control: Control,
    details: ControlDetails,
    row_version: int,
) -> Control:
    """Change what is written about a control. Raises Conflict when somebody saved since `row_version` was read.

    Saving what stands there already changes nothing.
    """
    authorise(actor, system)
    await_turn(session)
    session.refresh(control)
    refuse_retired(control)
    if control.row_version != row_version:
        raise _conflict(control, details)
    refuse(_problems(session, catalogue, details))
    before = _shown(session, control)
    for name, value in columns(details).items():
        setattr(control, name, value)
    after = _shown(session, control)
    if after == before:
        return control
    control.row_version += 1
    changed = {name for name in after if after[name] != before[name]}
    record_activity(
        session,
        actor,
        clock.now(),
        "control.edited",
        record_of(control),
        before={n: before[n] for n in changed},
        after={n: after[n] for n in changed},
        rows=[control],
    )
    return control


def retire_control(
    session: Session, actor: Actor, clock: Clock, *, system: ManagementSystem, control: Control, reason: str
) -> None:
    """Take a control out of use for good; its mappings end with it, its record and reference stay."""
    authorise(actor, system)
    await_turn(session)
    session.refresh(control)
    refuse_retired(control)
    if not reason.strip():
        raise InvalidInput({"reason": say(N_("Say why the control is retired."))})
    before = {"status": control.status}
    control.status = ControlStatus.RETIRED
    control.row_version += 1
    ended = open_mappings(session, control)
    end_mappings(ended, actor, clock.now(), "control retired")
    after = {"status": control.status, "reason": reason.strip(), "unmapped": [m.requirement for m in ended]}
    seq = record_activity(
        session,
        actor,
        clock.now(),
        "control.retired",
        record_of(control),
        before=before,
        after=after,
        rows=[control, *ended],
    )
    touch_facts(system, seq)


def _problems(session: Session, catalogue: Catalogue, details: ControlDetails) -> dict[str, str | None]:
    owner = None if details.owner_id is None else session.get(User, details.owner_id)
    lost = details.owner_id is not None and (owner is None or owner.disabled_at is not None)
    return {
        "title": title_problem(details.title),
        "process": process_problem(catalogue, details.process),
        "frequency": frequency_problem(details.frequency),
        "owner_id": "Choose a person who can sign in." if lost else None,
        "status": "Retire a control with its own button." if details.status is ControlStatus.RETIRED else None,
    }


def _taken(session: Session, system: ManagementSystem, ref: str) -> str | None:
    found = session.execute(select(Control.id).where(Control.system_id == system.id, Control.ref == ref)).first()
    return f"{ref} is taken; a reference is never used twice." if found else None


def _shown(session: Session, control: Control) -> dict[str, object]:
    owner = session.get(User, control.owner_id) if control.owner_id is not None else None
    return {
        "title": control.title,
        "description": control.description,
        "test": control.test,
        "process": control.process,
        "owner": owner.email if owner else None,
        "kind": control.kind.value,
        "frequency": control.frequency,
        "status": control.status.value,
    }


def _conflict(control: Control, details: ControlDetails) -> Conflict:
    """Both values of each field that differs, as a form would send them."""
    theirs = {name: _text(getattr(control, name)) for name in asdict(details)}
    yours = {name: _text(value) for name, value in columns(details).items()}
    differ = [name for name in yours if theirs[name] != yours[name]]
    return Conflict("control", control.ref, {n: theirs[n] for n in differ}, {n: yours[n] for n in differ})


def _text(value: object) -> str:
    return "" if value is None else str(value)
