"""What the desks of the workbench share: which records stand behind the names of a scenario, and how they sign."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from sqlalchemy.orm import Session

from itsmcomply.accounts.queries import require_user
from itsmcomply.audits.operations import Report
from itsmcomply.evidence.operations import Desk
from itsmcomply.evidence.store import Stored
from itsmcomply.performance.operations import Minutes
from itsmcomply.scenario.filing import EvidenceDesk
from itsmcomply.scenario.workbench.model import ReadExport, Seen
from itsmcomply.systems.models import ManagementSystem


@dataclass(frozen=True, slots=True)
class Paper:
    """The working paper of a sample as it stood at `row_version`."""

    stored: Stored
    name: str
    row_version: int


@dataclass(frozen=True, slots=True)
class Imported:
    """The records and the bytes of an export, kept."""

    records: Stored
    export: Stored


Written = Report | Minutes | Paper | Imported


class Scribe(Protocol):
    """Writes the documents that are signed, as the pages do, and keeps their bytes. Lies above, where words are."""

    def programme(self, session: Session, system: ManagementSystem, key: str, today: date) -> Report: ...

    def audit_report(self, session: Session, system: ManagementSystem, key: str, today: date) -> Report: ...

    def minutes(self, session: Session, system: ManagementSystem, key: str, today: date) -> Minutes: ...

    def working_paper(
        self, session: Session, system: ManagementSystem, key: str, sample: int, made_at: datetime
    ) -> Paper: ...


@dataclass
class Keys:
    """The keys that the product gave to the records of a scenario, by system and name."""

    evidence: EvidenceDesk
    programmes: dict[tuple[str, str], str] = field(default_factory=dict)
    audits: dict[tuple[str, str], str] = field(default_factory=dict)
    findings: dict[tuple[str, str], str] = field(default_factory=dict)
    reviews: dict[tuple[str, str], str] = field(default_factory=dict)
    populations: dict[tuple[str, str], int] = field(default_factory=dict)
    samples: dict[tuple[str, str], int] = field(default_factory=dict)
    exports: dict[tuple[str, str], ReadExport] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    """Working papers and exports that the product filed."""

    def versions(self, seen: Iterable[Seen]) -> tuple[int, ...]:
        """The ids of these versions."""
        return tuple(self.evidence.version_id(one.item, one.number) for one in seen)


def user_id(desk: Desk, email: str) -> int:
    """Raises NotFound."""
    return require_user(desk.session, email).id
