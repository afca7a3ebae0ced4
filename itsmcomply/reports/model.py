"""The read model of pages, workbook and report: everything an export says, as frozen values. Knows no format or table.

Shares are exact fractions in 0..1. Days are days in the system's time zone; moments are naive local times of that zone,
because neither workbook nor report can hold a zone. Lists stand in catalogue order unless said otherwise. Words that
people wrote are exactly theirs: making them safe is the business of each exporter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple, Protocol, TypeAlias

from itsmcomply.clauses.maturity import MaturityModel
from itsmcomply.clauses.model import Catalogue
from itsmcomply.clauses.policy import Band, Policy
from itsmcomply.readiness.results import GateKey, Result, State
from itsmcomply.reports.audit_model import AuditPart

Progress: TypeAlias = Callable[[int, int], None]
"""Told (rows done, rows in all) from time to time; what it raises ends the export and leaves no file."""


def no_progress(_done: int, _total: int) -> None:
    """For callers that do not watch."""


class Mode(StrEnum):
    """What the installation is for; anything but real is printed on every page and sheet."""

    REAL = "real"
    DEMONSTRATION = "demonstration"
    TRIAL = "trial"


@dataclass(frozen=True, slots=True)
class SubjectLine:
    """A service, supplier or customer in force on the day."""

    kind: str
    name: str
    operates: str
    from_on: date


@dataclass(frozen=True, slots=True)
class About:
    """The management system as recorded on the day. Empty text and None mean: not recorded."""

    slug: str
    name: str
    organisation: str
    scope: str
    zone: str
    operating_since: date | None
    certification_body: str
    stage_1_on: date | None
    stage_2_on: date | None
    surveillance_on: date | None
    certified_on: date | None
    subjects: tuple[SubjectLine, ...] = ()
    declared: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class EvidenceRef:
    """An item that answers an expectation."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class ExpectationLine:
    """How one artefact answers a requirement. `evidence`: newest first; `more`: how many items are not named."""

    artefact: str
    name: str
    role: str
    weight: Fraction
    state: State
    coverage: Fraction
    detail: str
    evidence: tuple[EvidenceRef, ...]
    more: int


@dataclass(frozen=True, slots=True)
class RequirementRow:
    """One requirement with its reasons. `gaps`: sentences, what is missing; `capped`: "" or which grade limits it."""

    id: str
    clause: str
    process: str
    process_name: str
    text: str
    coverage: Fraction
    band: Band
    capped: str
    lines: tuple[ExpectationLine, ...]
    gaps: tuple[str, ...]
    owner: str
    controls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ArtefactRow:
    """One expected artefact. `items`: how many answer it by being filed there; `owner` "" when nobody is named."""

    key: str
    name: str
    kind: str
    basis: str
    mandated_by: str
    facet: str
    recurs: str
    counted_per: str
    process_name: str
    owner: str
    state: State
    renewal_due: bool
    coverage: Fraction
    detail: str
    lapses_on: date | None
    items: int
    used_by: tuple[str, ...]


class RegisterState(StrEnum):
    """Where a version stands on the day; `replaced` is an older version of a document that a newer one stands for."""

    CURRENT = "current"
    DUE = "due"
    COVERS = "covers"
    NOT_YET = "not_yet"
    IN_REVIEW = "in_review"
    LAPSED = "lapsed"
    REPLACED = "replaced"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class RegisterRow(NamedTuple):
    """One version of an evidence item; a named tuple, because there may be a hundred thousand of them.

    `source`: the file name exactly as uploaded, the address of a link, or the words of a statement. Restricted items
    show all this and never their bytes.
    """

    key: str
    version: int
    state: RegisterState
    title: str
    artefact: str
    process: str
    kind: str
    source: str
    sha256: str | None
    size: int | None
    effective_on: date
    period_from: date | None
    period_to: date | None
    valid_until: date | None
    lapses_on: date | None
    covers: str
    linked: str
    received_at: datetime
    uploader: str
    owner: str
    decision: str
    decided_at: datetime | None
    reviewer: str
    opened: bool | None
    remark: str
    confidentiality: str
    document_version: str
    document_approver: str


class Register(Protocol):
    """The evidence register, read while it is written. `total`: number of rows, for progress."""

    @property
    def total(self) -> int: ...

    def rows(self) -> Iterator[RegisterRow]:
        """Rows by item number, then version."""
        ...


@dataclass(frozen=True, slots=True)
class ControlRow:
    ref: str
    title: str
    description: str
    test: str
    process_name: str
    owner: str
    kind: str
    frequency: str
    status: str
    requirements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """One criterion of the maturity model for one process, in words."""

    level: int
    text: str
    needed: str
    actual: str
    met: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProcessRow:
    """One process with its level and why. `because`: one sentence; `next_steps`: what the next level still needs."""

    key: str
    name: str
    group: str
    owner: str
    level: int
    level_name: str
    index: Fraction
    coverage: Fraction | None
    band: Band | None
    shares: tuple[Fraction | None, ...]
    because: str
    next_steps: tuple[str, ...]
    criteria: tuple[CriterionLine, ...]


@dataclass(frozen=True, slots=True)
class GapRow:
    """Something missing, who has to act and what cures it. `gates`: the gates it keeps shut; strongest gaps first."""

    subject: str
    missing: str
    gates: tuple[GateKey, ...]
    requirements: tuple[str, ...]
    owner: str
    cure: str
    weight: Fraction


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """How often something was done in a month (its first day)."""

    month_on: date
    action: str
    count: int


@dataclass(frozen=True, slots=True)
class ActivitySummary:
    """The trail of this system up to the day. Head: its last entry apart from those that exports leave themselves."""

    rows: tuple[ActivityRow, ...]
    total: int
    head_seq: int
    head_hash: str
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class EvidenceCounts:
    """Versions in the register by state, and how many items they belong to."""

    items: int
    versions: int
    by_state: tuple[tuple[RegisterState, int], ...]


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything but the register rows. `result` is the engine's own; all else says it in words or stands beside it."""

    about: About
    day: date
    mode: Mode
    result: Result
    catalogue: Catalogue
    policy: Policy
    model: MaturityModel
    requirements: tuple[RequirementRow, ...]
    artefacts: tuple[ArtefactRow, ...]
    controls: tuple[ControlRow, ...]
    processes: tuple[ProcessRow, ...]
    gaps: tuple[GapRow, ...]
    audit: AuditPart
    activity: ActivitySummary
    evidence: EvidenceCounts

    @property
    def is_forecast(self) -> bool:
        return self.result.forecast is not None
