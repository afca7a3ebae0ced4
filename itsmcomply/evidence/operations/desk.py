"""What every operation on evidence starts from: who acts, when, in which system, by which catalogue and policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.activity.operations import Record, await_turn, record_activity
from itsmcomply.clauses.model import Artefact, Catalogue
from itsmcomply.clauses.policy import Policy
from itsmcomply.clock import Clock, day_in_zone
from itsmcomply.db import Base
from itsmcomply.errors import NotFound, NotPermitted
from itsmcomply.evidence.models import EvidenceItem, EvidenceVersion
from itsmcomply.permissions import Actor, Permission
from itsmcomply.systems.models import ManagementSystem
from itsmcomply.systems.operations import touch_facts
from itsmcomply.systems.queries import DEFAULT_ZONE, zones
from itsmcomply.wording import N_, say


@dataclass(frozen=True, slots=True)
class Desk:
    """One use case on evidence: an open write transaction, one instant, one management system."""

    session: Session
    actor: Actor
    now: datetime
    today: date
    system: ManagementSystem
    catalogue: Catalogue
    policy: Policy

    def require(self, permission: Permission) -> None:
        """Raise NotPermitted unless the person holds the permission in this system."""
        if not self.actor.may(permission, self.system.id):
            raise NotPermitted(say(N_("Your role in this management system does not allow this.")))

    def artefact(self, key: str) -> Artefact:
        """The artefact of this key. Raises NotFound."""
        found = self.catalogue.artefacts.get(key)
        if found is None:
            raise NotFound("artefact", key)
        return found

    def item(self, item_id: int) -> EvidenceItem:
        """An item of this system. Raises NotFound alike for none and for one of another system."""
        found = self.session.get(EvidenceItem, item_id)
        if found is None or found.system_id != self.system.id:
            raise NotFound("evidence", str(item_id))
        return found

    def version(self, version_id: int) -> tuple[EvidenceItem, EvidenceVersion]:
        """A version of this system with its item. Raises NotFound."""
        found = self.session.get(EvidenceVersion, version_id)
        if found is None or found.system_id != self.system.id:
            raise NotFound("evidence version", str(version_id))
        return self.item(found.item_id), found

    def note(
        self, action: str, item: EvidenceItem, after: dict[str, object], rows: Sequence[Base], before: object = None
    ) -> None:
        """Record what happened to an item, and mark the item as changed at that entry of the trail."""
        shown = before if isinstance(before, dict) else None
        record = Record("evidence", item.key, item.system_id)
        seq = record_activity(self.session, self.actor, self.now, action, record, before=shown, after=after, rows=rows)
        item.touched_seq = seq
        touch_facts(self.system, seq)


def open_desk(
    session: Session, actor: Actor, clock: Clock, *, catalogue: Catalogue, policy: Policy, system_id: int
) -> Desk:
    """Start a use case: wait for the turn to write, then read the system. Two queries. Raises NotFound."""
    await_turn(session)
    system = session.execute(select(ManagementSystem).where(ManagementSystem.id == system_id)).scalar_one_or_none()
    if system is None:
        raise NotFound("management system", str(system_id))
    now = clock.now()
    zone = zones(session, [system_id]).get(system_id, DEFAULT_ZONE)
    return Desk(session, actor, now, day_in_zone(now, zone), system, catalogue, policy)
