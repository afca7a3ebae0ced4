"""Steps of the workbench: what is stated, in the words of the features, with people by address and records by name.

`audit`, `finding`, `programme` and `review` name entries of the scenario; the product numbers the records itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from itsmcomply.audits.kinds import TeamRole
from itsmcomply.audits.rules import Entry, Plan, Result, Slot
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
class OnFindings(InSystem):
    """A step on findings and what follows from them."""

    finding: str


@dataclass(frozen=True, slots=True)
class RaiseFinding(OnFindings):
    """With `row`: from that row of `audit`, where `evidence` is marked as examined first. Else on its own.

    `owner` None: the owner of the process.
    """

    audit: str | None
    row: str | None
    raising: Raising
    owner: str | None
    evidence: tuple[Seen, ...]


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
Signed = ApproveProgramme | SignAudit | SignReview
"""Steps that sign a document, which is written from what was stored before them."""
