"""What the operations on controls share: details, permission, mapping rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.activity.operations import Record
from itsmcomply.clauses.model import Catalogue
from itsmcomply.controls.models import Control, ControlKind, ControlMapping, ControlStatus
from itsmcomply.controls.rules import (
    unknown_requirements,
)
from itsmcomply.errors import InvalidInput, InvalidTransition, NotPermitted
from itsmcomply.permissions import Actor, Permission
from itsmcomply.systems.models import ManagementSystem
from itsmcomply.wording import N_, say


@dataclass(frozen=True, slots=True)
class ControlDetails:
    """What a person writes about a control. `status` is planned or operating; retiring is an act of its own."""

    title: str
    process: str
    kind: ControlKind
    frequency: str
    description: str = ""
    test: str = ""
    owner_id: int | None = None
    status: ControlStatus = ControlStatus.OPERATING


def authorise(actor: Actor, system: ManagementSystem) -> None:
    if not actor.may(Permission.EDIT_CONTROLS, system.id):
        raise NotPermitted(say(N_("Only an SMS manager changes controls.")))


def record_of(control: Control) -> Record:
    return Record("control", control.ref, control.system_id)


def columns(details: ControlDetails) -> dict[str, object]:
    values = asdict(details)
    for name in ("title", "description", "test"):
        values[name] = values[name].strip()
    return values


def in_order(catalogue: Catalogue, requirements: frozenset[str]) -> list[str]:
    return [key for key in catalogue.requirements if key in requirements]


def new_mappings(control: Control, actor: Actor, now: datetime, requirements: Iterable[str]) -> list[ControlMapping]:
    return [
        ControlMapping(
            system_id=control.system_id,
            control_id=control.id,
            requirement=requirement,
            recorded_at=now,
            recorded_by=actor.user_id,
        )
        for requirement in requirements
    ]


def open_mappings(session: Session, control: Control) -> list[ControlMapping]:
    query = select(ControlMapping).where(ControlMapping.control_id == control.id, ControlMapping.ended_at.is_(None))
    return list(session.execute(query.order_by(ControlMapping.id)).scalars())


def end_mappings(mappings: Iterable[ControlMapping], actor: Actor, now: datetime, reason: str) -> None:
    for mapping in mappings:
        mapping.ended_at, mapping.ended_by, mapping.end_reason = now, actor.user_id, reason


def refuse_retired(control: Control) -> None:
    if control.status is ControlStatus.RETIRED:
        raise InvalidTransition("retired", "changed", say(N_("This control is retired; its record no longer changes.")))


def unknown_problem(catalogue: Catalogue, requirements: frozenset[str]) -> str | None:
    unknown = unknown_requirements(catalogue, requirements)
    return f"There is no requirement {unknown[0]}." if unknown else None


def refuse(problems: Mapping[str, str | None]) -> None:
    errors = {name: text for name, text in problems.items() if text}
    if errors:
        raise InvalidInput(errors)
