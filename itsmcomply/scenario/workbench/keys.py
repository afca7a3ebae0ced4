"""What the desks of the workbench share: which records stand behind the names of a scenario, and how they sign."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from sqlalchemy.orm import Session

from itsmcomply.accounts.queries import require_user
from itsmcomply.audits.operations import Report
from itsmcomply.evidence.operations import Desk
from itsmcomply.performance.operations import Minutes
from itsmcomply.scenario.filing import EvidenceDesk
from itsmcomply.scenario.workbench.model import Seen
from itsmcomply.systems.models import ManagementSystem

Written = Report | Minutes


class Scribe(Protocol):
    """Writes the documents that are signed, as the pages do, and keeps their bytes. Lies above, where words are."""

    def programme(self, session: Session, system: ManagementSystem, key: str, today: date) -> Report: ...

    def audit_report(self, session: Session, system: ManagementSystem, key: str, today: date) -> Report: ...

    def minutes(self, session: Session, system: ManagementSystem, key: str, today: date) -> Minutes: ...


@dataclass
class Keys:
    """The keys that the product gave to the records of a scenario, by system and name."""

    evidence: EvidenceDesk
    programmes: dict[tuple[str, str], str] = field(default_factory=dict)
    audits: dict[tuple[str, str], str] = field(default_factory=dict)
    findings: dict[tuple[str, str], str] = field(default_factory=dict)
    reviews: dict[tuple[str, str], str] = field(default_factory=dict)

    def versions(self, seen: Iterable[Seen]) -> tuple[int, ...]:
        """The ids of these versions."""
        return tuple(self.evidence.version_id(one.item, one.number) for one in seen)


def user_id(desk: Desk, email: str) -> int:
    """Raises NotFound."""
    return require_user(desk.session, email).id
