"""What the readers of this folder share: whose records, as known when, and the names around them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.clauses.model import Catalogue
from itsmcomply.evidence.keys import item_key
from itsmcomply.evidence.kinds import VersionState
from itsmcomply.evidence.models import EvidenceItem, EvidenceVersion
from itsmcomply.readiness.engine.days import Vantage
from itsmcomply.reports.audit_model import VersionRef
from itsmcomply.reports.model import RegisterState
from itsmcomply.reports.standing import Stands

_STATES = {
    RegisterState.IN_REVIEW: VersionState.IN_REVIEW,
    RegisterState.REJECTED: VersionState.REJECTED,
    RegisterState.WITHDRAWN: VersionState.WITHDRAWN,
}


@dataclass(frozen=True, slots=True)
class Sight:
    """One system as known at a vantage. `stands`: where every version known by then stood; `people`: names by id."""

    session: Session
    system_id: int
    catalogue: Catalogue
    now: Vantage
    people: Mapping[int, str]
    stands: Stands

    def name(self, user_id: int | None) -> str:
        return "" if user_id is None else self.people.get(user_id, "")

    def day(self, moment: datetime | None) -> date | None:
        return None if moment is None else self.now.day_of(moment)

    def version_state(self, key: str, number: int) -> VersionState | None:
        """The state of a version on the day; None for an item that the register does not hold."""
        stand = self.stands.get(key, {}).get(number)
        return None if stand is None else _STATES.get(stand[0], VersionState.ACCEPTED)

    def process_name(self, key: str | None) -> str:
        found = self.catalogue.processes.get(key or "")
        return found.name if found else key or ""

    def versions(self, wanted: Iterable[int | None]) -> dict[int, VersionRef]:
        """Item and number of versions by id. One query, none for none."""
        ids = {one for one in wanted if one is not None}
        if not ids:
            return {}
        query = (
            select(EvidenceVersion.id, EvidenceItem.number, EvidenceVersion.number, EvidenceVersion.sha256)
            .join(EvidenceItem, EvidenceItem.id == EvidenceVersion.item_id)
            .where(EvidenceVersion.id.in_(ids))
        )
        found = self.session.execute(query)
        return {row: VersionRef(item_key(item), number, sha256 or "") for row, item, number, sha256 in found}


class _Dated(Protocol):
    @property
    def ended_at(self) -> datetime | None: ...


Entry = TypeVar("Entry", bound=_Dated)


def in_force(entries: Iterable[Entry], owner: Callable[[Entry], int]) -> dict[int, list[Entry]]:
    """Entries by owner: those not ended, or all of an owner's where none is left, so that a last day stays known."""
    found: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        found[owner(entry)].append(entry)
    return defaultdict(list, {key: [e for e in kept if e.ended_at is None] or kept for key, kept in found.items()})
