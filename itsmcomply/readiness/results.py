"""What the engine answers, as frozen values that explain themselves. Knows no table, page or language.

Shares are exact `Fraction`s in 0..1; None means that there is nothing to rate. Lists stand in catalogue order, item
keys in their own order. Reasons and blockers are data (kind and key); the edge turns them into words and addresses.
Source: `docs/derivation.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from itsmcomply.clauses.maturity import Comparison, Fact, Threshold
from itsmcomply.clauses.model import ExpectationRole, Period
from itsmcomply.clauses.policy import Band
from itsmcomply.readiness.facts import Grade


class State(StrEnum):
    """State of an expectation or artefact, worst to best by `rank`."""

    MISSING = "missing"
    REJECTED = "rejected"
    LAPSED = "lapsed"
    IN_REVIEW = "in_review"
    CURRENT = "current"

    @property
    def rank(self) -> int:
        return STATE_RANKS[self]


STATE_RANKS = {state: rank for rank, state in enumerate(State)}


class Status(StrEnum):
    """Readiness for certification, worst to best."""

    NOT_READY = "not_ready"
    STAGE_1_READY = "stage_1_ready"
    STAGE_2_READY = "stage_2_ready"

    @property
    def rank(self) -> int:
        return list(Status).index(self)


class GateKey(StrEnum):
    DOCUMENTED = "documented"
    OPERATED = "operated"
    CHECKED = "checked"


class RuleKey(StrEnum):
    """The rules of the gates, in the order of `docs/derivation.md`."""

    MANDATED_DOCUMENTS = "mandated_documents"
    SUBJECT_LISTS = "subject_lists"
    PROCESS_OWNERS = "process_owners"
    SCOPE_RECORDED = "scope_recorded"
    AUDIT_PROGRAMME = "audit_programme"
    MANAGEMENT_REVIEW_PLANNED = "management_review_planned"
    MANDATED_RECORDS = "mandated_records"
    RECURRING_RECORDS = "recurring_records"
    REQUIREMENTS_PARTLY = "requirements_partly"
    AUDITED = "audited"
    MANAGEMENT_REVIEW_HELD = "management_review_held"
    NO_MAJOR = "no_major"
    NO_AREA_OF_CONCERN = "no_area_of_concern"
    MINORS_PLANNED = "minors_planned"
    REQUIREMENTS_LARGELY = "requirements_largely"


class BlockerKind(StrEnum):
    """What a blocker's `key` names."""

    ARTEFACT = "artefact"
    SUBJECT_LIST = "subject_list"
    PROCESS = "process"
    CLAUSE = "clause"
    REQUIREMENT = "requirement"
    FINDING = "finding"
    SYSTEM = "system"


class ReasonKind(StrEnum):
    """What satisfies an unmet criterion.

    EXPECTATION: cover it in full (key "requirement/artefact"). ARTEFACT: make it current by items filed under it.
    ANY_EXPECTATION: one current item for any expectation (key: requirement). FINDING: close it. OWNER: assign one
    (key: process). AUDIT: sign off an audit with a concluded row for the process. MANAGEMENT_REVIEW: hold one.
    KPI_DEFINE: put `count` more KPIs in force. KPI_VALUE: record target and value for its last due period.
    KPI_NOT_DUE: wait for its first due period. KPI_TARGET: meet its target. KPI_TREND: be no worse than the mean
    before. IMPROVEMENT: evaluate the effect of `count` more. ACTION: complete it (key: finding/action). OTHER: a
    threshold that no single act satisfies.
    """

    EXPECTATION = "expectation"
    ANY_EXPECTATION = "any_expectation"
    ARTEFACT = "artefact"
    FINDING = "finding"
    OWNER = "owner"
    AUDIT = "audit"
    MANAGEMENT_REVIEW = "management_review"
    KPI_DEFINE = "kpi_define"
    KPI_VALUE = "kpi_value"
    KPI_NOT_DUE = "kpi_not_due"
    KPI_TARGET = "kpi_target"
    KPI_TREND = "kpi_trend"
    IMPROVEMENT = "improvement"
    ACTION = "action"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class PeriodOutcome:
    """One expected calendar period, first day, last day, the day it was due, and whether half of it is covered."""

    kind: Period
    first_on: date
    last_on: date
    due_on: date
    covered: bool


@dataclass(frozen=True, slots=True)
class SubjectOutcome:
    """State for one subject (`subject` None where the artefact has no `per`).

    `coverage` None: left out, because no period is expected of this subject yet. `periods`: expected, oldest first.
    `renewal_due_on`: first day of the grace of what is current; None if without limit or already replaced.
    """

    subject: str | None
    state: State
    coverage: Fraction | None
    periods: tuple[PeriodOutcome, ...]
    lapses_on: date | None
    renewal_due_on: date | None
    renewal_due: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a set of answering items shows for an artefact on a day.

    `answers`: keys of all answering items known on the day and not withdrawn. `pending`, `rejected_newer`: an
    undecided or rejected version stands beside what counts (or nothing counts). `future`: one is accepted but not yet
    in force. `any_current`: at least one item is current by itself. `list_declared`: False only where the artefact
    has `per` and its list is not declared. `subjects`: one entry (subject None) without `per` or with a list declared
    empty; none when the list is undeclared. `lapses_on`: first day no longer current if nothing more arrives; None if
    not current or without limit.
    """

    state: State
    coverage: Fraction
    lapses_on: date | None
    renewal_due: bool
    renewal_due_on: date | None
    answers: tuple[str, ...]
    subjects: tuple[SubjectOutcome, ...]
    pending: bool
    rejected_newer: bool
    future: bool
    any_current: bool
    list_declared: bool
    list_empty: bool

    @property
    def missing_periods(self) -> tuple[tuple[str | None, PeriodOutcome], ...]:
        """Expected periods not covered, with their subject, oldest first within each subject."""
        return tuple((s.subject, p) for s in self.subjects for p in s.periods if not p.covered)


@dataclass(frozen=True, slots=True)
class ArtefactResult:
    """The artefact by items filed under it (links do not count); what the gates use."""

    key: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class ExpectationResult:
    requirement: str
    artefact: str
    role: ExpectationRole
    weight: Fraction
    outcome: Outcome

    @property
    def state(self) -> State:
        return self.outcome.state

    @property
    def coverage(self) -> Fraction:
        return self.outcome.coverage


@dataclass(frozen=True, slots=True)
class RequirementResult:
    """`cap`: grade of the open nonconformities that limit it, `capped_by` their keys; `uncapped`: coverage without.

    `any_item_meets`: the standard asks no document here, so one current item meets it in full.
    """

    id: str
    clause: str
    process: str
    coverage: Fraction
    uncapped: Fraction
    band: Band
    cap: Grade | None
    capped_by: tuple[str, ...]
    any_item_meets: bool
    expectations: tuple[ExpectationResult, ...]


@dataclass(frozen=True, slots=True)
class ClauseResult:
    """Mean over the requirements of the clause and its descendants; None where there are none."""

    number: str
    coverage: Fraction | None
    band: Band | None


FactValue: TypeAlias = bool | int | Fraction | Band | None


@dataclass(frozen=True, slots=True)
class ProcessFacts:
    """The facts of a process. `substituted`: facet facts that took the process's coverage, having no expectation."""

    values: dict[Fact, FactValue]
    substituted: frozenset[Fact]

    def __getitem__(self, fact: Fact) -> FactValue:
        return self.values[fact]


@dataclass(frozen=True, slots=True)
class Reason:
    kind: ReasonKind
    key: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """A criterion that applies to the process. Satisfying all `reasons` of a level (and those below) reaches it."""

    level: int
    fact: Fact
    op: Comparison
    threshold: Threshold
    actual: FactValue
    met: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class ProcessResult:
    """`index`: level + share of the next level's criteria that are met (level 5: 5)."""

    key: str
    level: int
    index: Fraction
    coverage: Fraction | None
    band: Band | None
    facts: ProcessFacts
    criteria: tuple[CriterionResult, ...]

    def reasons_for(self, level: int) -> tuple[Reason, ...]:
        """Everything that stands between the process and `level`, each once, in order."""
        found = (r for c in self.criteria if c.level <= level and not c.met for r in c.reasons)
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Blocker:
    """`reason`: a state ("missing"), or a word of the rule ("no_owner", "not_audited", "below_band", "no_plan" ...)."""

    kind: BlockerKind
    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class RuleResult:
    key: RuleKey
    passed: bool
    met: int
    total: int
    blockers: tuple[Blocker, ...]


@dataclass(frozen=True, slots=True)
class GateResult:
    key: GateKey
    passed: bool
    rules: tuple[RuleResult, ...]


class RenewalKind(StrEnum):
    """RENEW: a document or record to renew. PERIOD: a routine record falling due. FOR_GOOD: ends on a fixed day."""

    RENEW = "renew"
    PERIOD = "period"
    FOR_GOOD = "for_good"


@dataclass(frozen=True, slots=True)
class Renewal:
    """What is current today and will not be on the day to come unless renewed; `lapses_on` is the first day without.

    `requirement` where only linked items answer, `subjects` where the artefact has `per`.
    """

    kind: RenewalKind
    artefact: str
    lapses_on: date
    requirement: str | None
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Forecast:
    """For a day to come: the second verdict with its gates, and what has to be renewed, earliest first."""

    status: Status
    gates: tuple[GateResult, ...]
    renewals: tuple[Renewal, ...]
    first_on: date | None
    renew_count: int
    period_count: int
    for_good_count: int


class HintKind(StrEnum):
    """Assurance hints: stand beside results, never in them."""

    ACCEPTED_UNOPENED = "accepted_unopened"
    SAME_BYTES = "same_bytes"
    NOT_HELD = "not_held"
    NIL_STATEMENT = "nil_statement"
    REVIEWER_CLOSE = "reviewer_close"


@dataclass(frozen=True, slots=True)
class Hint:
    """`items`: keys of the items under `artefact` whose counting versions give the hint."""

    kind: HintKind
    artefact: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A data file a result was computed with."""

    key: str
    version: str
    digest: str


@dataclass(frozen=True, slots=True)
class Result:
    """The whole answer for one system and day.

    `level`: the lowest of the processes; `index`: the mean of theirs; `level_counts`: how many processes stand on level
    1..5. `forecast`: only for a day after `today`; else `status_if_renewed` equals `status`.
    """

    system: str
    as_of: date
    today: date
    catalogue: Named
    policy: Named
    model: Named
    status: Status
    status_if_renewed: Status
    coverage: Fraction | None
    band: Band | None
    level: int
    index: Fraction
    level_counts: tuple[int, ...]
    gates: tuple[GateResult, ...]
    processes: dict[str, ProcessResult]
    clauses: dict[str, ClauseResult]
    requirements: dict[str, RequirementResult]
    artefacts: dict[str, ArtefactResult]
    hints: tuple[Hint, ...]
    forecast: Forecast | None

    def gate(self, key: GateKey) -> GateResult:
        return next(gate for gate in self.gates if gate.key is key)


@dataclass(frozen=True, slots=True)
class Change:
    """A coverage before and after; either may be None where there is nothing to rate."""

    key: str
    before: Fraction | None
    after: Fraction | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What would change on the day: only what differs, in catalogue order. `before`, `after`: the whole results."""

    requirements: tuple[Change, ...]
    processes: tuple[Change, ...]
    levels: tuple[tuple[str, int, int], ...]
    artefacts: tuple[tuple[str, State, State], ...]
    before: Result
    after: Result
