"""The part of the read model about audits, findings and management reviews. Frozen values; knows no format or table.

Everything is as known on the day of the pack: what was recorded later is not in, what was done later is still open.
Words that people wrote are as they are now. Keys (IA-2026-01, NC-2026-03, MR-2026-01, EV-0042) lead from row to row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from itsmcomply.audits.coverage import Place
from itsmcomply.audits.kinds import AuditKind, Conclusion, Extent
from itsmcomply.audits.kinds import State as AuditState
from itsmcomply.audits.sampling.drawing import Method
from itsmcomply.audits.tickets.model import Kind
from itsmcomply.findings.kinds import Grade, Source
from itsmcomply.findings.rules import State as FindingState
from itsmcomply.performance.kinds import DecisionKind, Judgement
from itsmcomply.performance.kinds import State as ReviewState


@dataclass(frozen=True, slots=True)
class VersionRef:
    """An exact version of an item of evidence, with the digest of its bytes as it was bound or signed ("": none)."""

    key: str
    version: int
    sha256: str = ""

    def __str__(self) -> str:
        return f"{self.key} v{self.version}"


@dataclass(frozen=True, slots=True)
class ProgrammeRow:
    """An audit programme. `approved_on` None: no approval in force on the day."""

    key: str
    name: str
    from_on: date
    to_on: date
    objectives: str
    audits: tuple[str, ...]
    approved_on: date | None
    approved_by: str


@dataclass(frozen=True, slots=True)
class AuditTally:
    """Requirements in the checklist: all, audited, not sampled, not triggered; the rest is open."""

    rows: int = 0
    audited: int = 0
    not_sampled: int = 0
    not_triggered: int = 0


@dataclass(frozen=True, slots=True)
class AuditLine:
    """An audit. Results (`conformity` to `uncovered`, `tally`) only once it is signed; `report`: what was signed."""

    key: str
    programme: str
    kind: AuditKind
    title: str
    state: AuditState
    first_on: date
    last_on: date
    lead: str
    team: tuple[str, ...]
    clauses: tuple[str, ...]
    findings: tuple[str, ...]
    signed_on: date | None
    signed_by: str
    report: VersionRef | None
    cancel_reason: str
    tally: AuditTally = AuditTally()
    conformity: Extent | None = None
    effectiveness: Extent | None = None
    conclusion: str = ""
    uncovered: str = ""


@dataclass(frozen=True, slots=True)
class CheckRow:
    """A requirement as a signed audit concluded on it. Working notes of the auditor are never in."""

    audit: str
    requirement: str
    clause: str
    process_name: str
    conclusion: Conclusion
    statement: str
    interviewed: str
    evidence: tuple[VersionRef, ...]
    finding: str


@dataclass(frozen=True, slots=True)
class AttributeRow:
    """What testing one attribute came to over a sample."""

    text: str
    tested: int
    errors: int


@dataclass(frozen=True, slots=True)
class SampleRow:
    """A sample and how it was drawn. Results (`attributes` to `paper`) only once its audit is signed.

    `rate` and `upper`, the bound at `confidence`, are shares; None where nothing was tested. `kind` None: all records.
    """

    audit: str
    key: str
    title: str
    requirements: tuple[str, ...]
    population: str
    file_name: str
    sha256: str
    records: int
    kind: Kind | None
    method: Method
    by: str
    size: int
    seed: str
    algorithm: str
    confidence: int
    drawn_on: date
    drawn_by: str
    signed: bool = False
    attributes: tuple[AttributeRow, ...] = ()
    tested: int = 0
    errors: int = 0
    rate: Fraction | None = None
    upper: Fraction | None = None
    paper: VersionRef | None = None
    findings: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Audit and sample together, which name it in the whole system."""
        return f"{self.audit} {self.key}"


@dataclass(frozen=True, slots=True)
class TestedRow:
    """A record of a sample in a signed audit: the attributes by what testing them came to."""

    sample: str
    number: str
    stratum: str
    opened_on: str
    group: str
    met: tuple[str, ...]
    failed: tuple[str, ...]
    not_applicable: tuple[str, ...]
    note: str

    @property
    def is_tested(self) -> bool:
        return bool(self.met or self.failed or self.not_applicable)


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding as it stood. `waits_for`: what the next step still needs; `late_days` 0: nothing is overdue."""

    key: str
    grade: Grade
    state: FindingState
    is_open: bool
    title: str
    statement: str
    requirements: tuple[str, ...]
    process_name: str
    source: Source
    audit: str
    reference: str
    owner: str
    found_on: date
    plan_due_on: date | None
    closure_due_on: date | None
    closed_on: date | None
    age: int
    late_days: int
    evidence: tuple[VersionRef, ...]
    correction: str
    root_cause: str
    plan_accepted_on: date | None
    effective: bool | None
    verified_on: date | None
    verified_by: str
    waits_for: tuple[str, ...]
    repeats: tuple[str, ...]


class ActionState(StrEnum):
    TO_DO = "to_do"
    LATE = "late"
    DONE = "done"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class ActionRow:
    """A corrective action, or an action of a management review. `of`: key of the finding or review."""

    of: str
    number: int
    text: str
    owner: str
    due_on: date | None
    done_on: date | None
    state: ActionState
    note: str = ""
    evidence: tuple[VersionRef, ...] = ()
    decision: int | None = None


@dataclass(frozen=True, slots=True)
class ReviewDecisionRow:
    review: str
    number: int
    kind: DecisionKind
    text: str
    follows: str


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A management review. Judgements and statement only once it is signed; `minutes`: what was signed."""

    key: str
    state: ReviewState
    planned_on: date | None
    held_on: date | None
    chair: str
    signed_on: date | None
    cancel_reason: str
    present: int = 0
    decisions: int = 0
    actions: int = 0
    actions_open: int = 0
    minutes: VersionRef | None = None
    suitable: Judgement | None = None
    adequate: Judgement | None = None
    effective: Judgement | None = None
    statement: str = ""


@dataclass(frozen=True, slots=True)
class AuditPart:
    """Audits, findings, actions and reviews, in the order of their days and keys.

    `clauses`, `processes`: how internal audits cover each of them, in catalogue order.
    """

    programmes: tuple[ProgrammeRow, ...] = ()
    audits: tuple[AuditLine, ...] = ()
    clauses: tuple[Place, ...] = ()
    processes: tuple[Place, ...] = ()
    checks: tuple[CheckRow, ...] = ()
    samples: tuple[SampleRow, ...] = ()
    tested: tuple[TestedRow, ...] = ()
    findings: tuple[FindingRow, ...] = ()
    actions: tuple[ActionRow, ...] = ()
    reviews: tuple[ReviewLine, ...] = ()
    decisions: tuple[ReviewDecisionRow, ...] = ()
    review_actions: tuple[ActionRow, ...] = ()

    @property
    def signed(self) -> tuple[AuditLine, ...]:
        """Audits whose results are in."""
        return tuple(one for one in self.audits if one.state is AuditState.SIGNED_OFF)
