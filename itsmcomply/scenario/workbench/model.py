"""Steps of the workbench: what is stated, in the words of the features, with people by address and records by name.

`audit`, `finding`, `programme` and `review` name entries of the scenario; the product numbers the records itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from itsmcomply.audits.kinds import TeamRole
from itsmcomply.audits.rules import Entry, Plan, Result, Slot
from itsmcomply.audits.sampling.drawing import Drawing
from itsmcomply.audits.sampling.kinds import Answer
from itsmcomply.findings.statements import Cause, Correction, Extent, Raising
from itsmcomply.performance.rules import Entry as InputEntry
from itsmcomply.performance.rules import Guest, NewDecision, NewStep, Statement
from itsmcomply.scenario.model import InSystem


@dataclass(frozen=True, slots=True)
class Seen:
    """A version filed in this scenario."""

    item: str
    number: int


@dataclass(frozen=True, slots=True)
class OnAudits(InSystem):
    """A step on auditors, programmes and audits."""


@dataclass(frozen=True, slots=True)
class RecordCompetence(OnAudits):
    email: str
    subject: str
    text: str
    shown_by: Seen
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class CreateProgramme(OnAudits):
    programme: str
    name: str
    from_on: date
    to_on: date
    objectives: str
    methods: str
    resources: str
    risks: str


@dataclass(frozen=True, slots=True)
class ApproveProgramme(OnAudits):
    """Its document is filed as `item`."""

    programme: str
    note: str
    item: str


@dataclass(frozen=True, slots=True)
class PlanAudit(OnAudits):
    """`services` by name; those of the plan stay empty."""

    audit: str
    programme: str | None
    plan: Plan
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AssignMember(OnAudits):
    audit: str
    role: TeamRole
    email: str | None
    name: str
    part: tuple[str, ...]
    leave_out: bool


@dataclass(frozen=True, slots=True)
class AddSlot(OnAudits):
    audit: str
    slot: Slot


@dataclass(frozen=True, slots=True)
class BeginAudit(OnAudits):
    audit: str
    people: str
    notes: str


@dataclass(frozen=True, slots=True)
class ConcludeRow(OnAudits):
    """Evidence is marked as examined first, then the entry is saved."""

    audit: str
    requirement: str
    entry: Entry
    examined: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class StateResult(OnAudits):
    audit: str
    result: Result


@dataclass(frozen=True, slots=True)
class SignAudit(OnAudits):
    """Its report is filed as `item`; that of a certification body is not."""

    audit: str
    item: str


@dataclass(frozen=True, slots=True)
class CancelAudit(OnAudits):
    audit: str
    reason: str


@dataclass(frozen=True, slots=True)
class OnSampling(OnAudits):
    """A step on what an audit samples: populations, samples, exceptions and threads."""

    audit: str


@dataclass(frozen=True, slots=True)
class ReadExport:
    """An export as it was read: its bytes, its records packed, and the summary of `tickets.plain`."""

    name: str
    export: bytes
    records: bytes
    summary: Mapping[str, object]
    mapping: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ImportPopulation(OnSampling):
    population: str
    read: ReadExport


@dataclass(frozen=True, slots=True)
class DrawSample(OnSampling):
    """`attributes` empty: those usual for the kind of record."""

    population: str
    sample: str
    wanted: Drawing
    attributes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TestRecord(OnSampling):
    sample: str
    position: int
    answers: Mapping[int, Answer]
    remark: str


@dataclass(frozen=True, slots=True)
class FilePaper(OnSampling):
    """The working paper is filed as `item`; the rows named rest on it."""

    sample: str
    item: str
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exceptional:
    """An exception between records: the population, the numbers it names and what about them."""

    population: str
    numbers: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Sampled:
    """A record of a sample, by its place."""

    sample: str
    position: int


@dataclass(frozen=True, slots=True)
class ExamineException(OnSampling):
    requirement: str
    exception: Exceptional


@dataclass(frozen=True, slots=True)
class FollowThread(OnSampling):
    requirement: str
    thread: str
    lines: tuple[str, ...]
    holds: bool
    remark: str


@dataclass(frozen=True, slots=True)
class OnFindings(InSystem):
    """A step on findings and what follows from them."""

    finding: str


@dataclass(frozen=True, slots=True)
class RaiseFinding(OnFindings):
    """With `row`: from that row of `audit`, where `evidence` is marked as examined first. Else on its own.

    `owner` None: the owner of the process. `shown_by`: the exception or the tested record it is raised from.
    """

    audit: str | None
    row: str | None
    raising: Raising
    owner: str | None
    evidence: tuple[Seen, ...]
    shown_by: Exceptional | Sampled | None = None


@dataclass(frozen=True, slots=True)
class CorrectFinding(OnFindings):
    correction: Correction
    evidence: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class StateExtent(OnFindings):
    extent: Extent


@dataclass(frozen=True, slots=True)
class StateCause(OnFindings):
    cause: Cause


@dataclass(frozen=True, slots=True)
class AddAction(OnFindings):
    number: int
    text: str
    owner: str
    due_on: date


@dataclass(frozen=True, slots=True)
class MoveAction(OnFindings):
    number: int
    due_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class CompleteAction(OnFindings):
    number: int
    note: str
    evidence: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class EndAction(OnFindings):
    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class SubmitPlan(OnFindings):
    plan: int


@dataclass(frozen=True, slots=True)
class AcceptPlan(OnFindings):
    plan: int
    effect_days: int | None
    note: str


@dataclass(frozen=True, slots=True)
class ReturnPlan(OnFindings):
    plan: int
    note: str


@dataclass(frozen=True, slots=True)
class AnswerFinding(OnFindings):
    text: str
    evidence: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class VerifyEffect(OnFindings):
    effective: bool
    statement: str
    evidence: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class CloseFinding(OnFindings):
    note: str


@dataclass(frozen=True, slots=True)
class OnReviews(InSystem):
    """A step on management reviews."""

    review: str


@dataclass(frozen=True, slots=True)
class PlanReview(OnReviews):
    planned_on: date
    chair: str
    place: str


@dataclass(frozen=True, slots=True)
class MoveReview(OnReviews):
    planned_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class CancelReview(OnReviews):
    reason: str


@dataclass(frozen=True, slots=True)
class InviteGuest(OnReviews):
    guest: Guest


@dataclass(frozen=True, slots=True)
class RecordHeld(OnReviews):
    held_on: date


@dataclass(frozen=True, slots=True)
class SaveInput(OnReviews):
    input: str
    entry: InputEntry


@dataclass(frozen=True, slots=True)
class Decide(OnReviews):
    decision: NewDecision


@dataclass(frozen=True, slots=True)
class DecideAction(OnReviews):
    """`decision` is the number of the decision it carries out."""

    text: str
    owner: str
    due_on: date
    decision: int


@dataclass(frozen=True, slots=True)
class FollowAction(OnReviews):
    number: int
    step: NewStep


@dataclass(frozen=True, slots=True)
class StateReview(OnReviews):
    statement: Statement


@dataclass(frozen=True, slots=True)
class SignReview(OnReviews):
    """The minutes are filed as `item`."""

    item: str


OnWorkbench = OnAudits | OnFindings | OnReviews
Prepared = ApproveProgramme | SignAudit | SignReview | FilePaper | ImportPopulation
"""Steps whose bytes are kept before their transaction opens: most write a document from what was stored by then."""
