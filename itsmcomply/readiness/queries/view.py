"""The frame of all readiness reads: one system, one day, one maturity model, and the names of the people in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.accounts.models import User
from itsmcomply.clauses.maturity import MaturityModel
from itsmcomply.clauses.model import Artefact, Catalogue
from itsmcomply.clauses.policy import Policy
from itsmcomply.readiness.cache import Snapshot
from itsmcomply.readiness.engine.days import Vantage
from itsmcomply.readiness.inputs.planning import AuditDay, Planning
from itsmcomply.readiness.results import Result


@dataclass(frozen=True, slots=True)
class View:
    """What a page about `day` starts from. `names`: user id to name, of everybody who owns something."""

    snapshot: Snapshot
    day: date
    now: Vantage
    model: MaturityModel
    result: Result
    names: Mapping[int, str]

    @property
    def catalogue(self) -> Catalogue:
        return self.snapshot.rules.catalogue

    @property
    def policy(self) -> Policy:
        return self.snapshot.rules.policy

    @property
    def planning(self) -> Planning:
        return self.snapshot.planning

    @property
    def today(self) -> date:
        return self.snapshot.today

    @property
    def next_audit(self) -> AuditDay | None:
        """The first recorded audit day on or after the day shown."""
        return self.planning.next_audit(self.now)

    def process_owner(self, process: str) -> str:
        """The owner's name; "" where nobody is appointed."""
        return self._name(self.planning.process_owner(process, self.now))

    def artefact_owner(self, artefact: Artefact) -> str:
        return self._name(self.planning.artefact_owner(artefact.key, artefact.home_process, self.now))

    def _name(self, user: int | None) -> str:
        return "" if user is None else self.names.get(user, "")


def open_view(session: Session, snapshot: Snapshot, day: date, model: str | None = None) -> View:
    """The view of a day. One query. Raises NotFound for an unknown model, InvalidInput for a day out of range."""
    return View(
        snapshot=snapshot,
        day=day,
        now=snapshot.vantage(day),
        model=snapshot.rules.model(model),
        result=snapshot.result(day, model),
        names=_names(session, _owner_ids(snapshot.planning)),
    )


def _owner_ids(planning: Planning) -> set[int]:
    entries = (*planning.process_owners.values(), *planning.artefact_owners.values())
    return {entry.value for found in entries for entry in found}


def _names(session: Session, ids: Iterable[int]) -> dict[int, str]:
    return {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(sorted(ids))))}
