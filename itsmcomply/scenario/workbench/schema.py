"""The shape of the workbench sections, as pydantic models. Words and defaults are described in `docs/scenario.md`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from itsmcomply.scenario.parts import Days, Email, Id, Line, Part, Ref, Reviews, Text, When, Word
from itsmcomply.scenario.workbench.sampling_schema import FromException, FromRecord, Population, Thread

Clock = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Judgement = Literal["yes", "partly", "no"]
Extent = Literal["met", "partly", "not_met"]
Conclusion = Literal["conforms", "observation", "opportunity", "not_sampled", "not_triggered"]
"""A nonconformity is concluded by the finding raised from the row."""


class Competence(Part):
    """What an auditor knows, and what shows it."""

    person: Email
    subject: Literal["auditing", "standard", "itsm", "services"]
    shows: Line
    evidence: Ref
    on: When
    by: Email | None = None
    valid_until: When | None = None


class Approval(Part):
    on: When
    by: Email | None = None
    note: Text | None = None
    reviews: Reviews = []


class Programme(Part):
    id: Id
    name: Line
    on: When
    by: Email | None = None
    first: When = Field(alias="from")
    last: When = Field(alias="to")
    objectives: Text
    methods: Text | None = None
    resources: Text | None = None
    risks: Text | None = None
    approved: Approval | None = None


class Member(Part):
    """Somebody with an account, or named only. Without `clauses` the whole scope is theirs."""

    person: Email | None = None
    name: Line | None = None
    role: Literal["lead", "auditor", "expert", "observer"]
    clauses: list[Word] = []
    leave_out: bool = False


class Slot(Part):
    """`day` counts the working days of the audit from 1."""

    day: Annotated[int, Field(ge=1, le=60)]
    starts: Clock
    ends: Clock
    topic: Line
    clauses: list[Word] = []
    auditee: Line | None = None
    auditor: Line | None = None
    place: Line | None = None


class Opening(Part):
    on: When = "first 09:00"
    by: Email | None = None
    people: Text | None = None
    notes: Text | None = None


class Rest(Part):
    """What is concluded about rows that have no entry of their own."""

    conclusion: Conclusion
    statement: Text | None = None
    answer: Text | None = None
    note: Text | None = None
    interviewed: Text | None = None
    points: Literal["all"] | list[Line] = []
    examined: Literal["expected"] | list[Ref] = []
    on: When | None = None
    by: Email | None = None


class Row(Rest):
    """`rows`: requirements, or clauses for all of their requirements that stand in no other entry by name."""

    rows: Annotated[list[Word], Field(min_length=1)]


class Outcome(Part):
    on: When = "last 15:00"
    by: Email | None = None
    conformity: Extent
    effectiveness: Extent
    conclusion: Text
    good_practice: Text | None = None
    obstacles: Text | None = None
    uncovered: Text | None = None
    differences: Text | None = None
    follow_up: Text | None = None
    distribution: Text
    people: Text | None = None
    notes: Text | None = None


class Signing(Part):
    on: When
    by: Email | None = None
    reviews: Reviews = []


class Giving(Part):
    """Something given up, with the reason."""

    on: When
    by: Email | None = None
    reason: Line


class Audit(Part):
    """From a first day on, for a number of working days or `to` a last day."""

    id: Id
    kind: Literal["internal", "supplier", "stage_1", "stage_2", "surveillance", "recertification"]
    title: Line
    programme: Id | None = None
    planned: When
    by: Email | None = None
    first: When = Field(alias="from")
    last: When | None = Field(default=None, alias="to")
    days: Annotated[int, Field(ge=1, le=40)] | None = None
    objectives: Text = "Find out whether the processes meet the requirements and are effective."
    criteria: Text = "ISO/IEC 20000-1:2018 and the organisation's own requirements"
    method: Literal["on_site", "remote", "mixed"] = "mixed"
    remote: Text | None = None
    client: Line | None = None
    reasons: Text | None = None
    clauses: list[Word] = []
    processes: list[Word] = []
    services: list[Line] = []
    sites: list[Line] = []
    team: list[Member] = []
    timetable: list[Slot] = []
    opening: Opening | None = None
    populations: list[Population] = []
    threads: list[Thread] = []
    rows: list[Row] = []
    rest: Rest | None = None
    result: Outcome | None = None
    signed: Signing | None = None
    cancelled: Giving | None = None


class Correction(Part):
    on: When
    by: Email | None = None
    text: Text
    done: When | None = None
    done_by: Line
    evidence: list[Ref] = []


class Spread(Part):
    """Whether the same exists elsewhere."""

    on: When
    by: Email | None = None
    elsewhere: bool
    looked: Text
    result: Text


class Cause(Part):
    """Either a chain of whys, or causes by category."""

    on: When
    by: Email | None = None
    whys: list[Text] = []
    causes: dict[Literal["people", "process", "tools", "information", "suppliers", "management"], list[Text]] = {}
    root: Text
    explains: Text


class Moved(Part):
    on: When
    by: Email | None = None
    due: When
    reason: Line


class Completion(Part):
    on: When
    by: Email | None = None
    note: Text | None = None
    evidence: Annotated[list[Ref], Field(min_length=1)]


class Action(Part):
    on: When
    by: Email | None = None
    text: Text
    owner: Email
    due: When
    moved: list[Moved] = []
    completed: Completion | None = None
    ended: Giving | None = None


class Acceptance(Part):
    on: When
    by: Email | None = None
    effect_days: Days | None = None
    note: Text | None = None


class Return(Part):
    on: When
    by: Email | None = None
    note: Text


class Plan(Part):
    """One submission of the plan: accepted, returned, or waiting."""

    on: When
    by: Email | None = None
    accepted: Acceptance | None = None
    returned: Return | None = None


class Answer(Part):
    on: When
    by: Email | None = None
    text: Text
    evidence: list[Ref] = []


class Verification(Part):
    on: When
    by: Email | None = None
    effective: bool = True
    statement: Text
    evidence: Annotated[list[Ref], Field(min_length=1)]


class Closing(Part):
    on: When
    by: Email | None = None
    note: Text | None = None


class Finding(Part):
    """From a row of an audit (`audit` and `row`), or on its own; then `audit` only names where it was found.

    A row may show it by an `exception` between records, or by a `sampled` record that failed.
    """

    id: Id
    on: When
    by: Email | None = None
    audit: Id | None = None
    row: Word | None = None
    grade: Literal["major", "minor", "area_of_concern", "observation", "opportunity_for_improvement", "strength"]
    title: Line
    statement: Text
    objective: Text | None = None
    criterion: Text | None = None
    requirements: list[Word] = []
    process: Word | None = None
    source: Literal["internal_audit", "certification_body", "supplier", "own"] | None = None
    source_ref: Line | None = None
    found: When | None = None
    owner: Email | None = None
    evidence: list[Ref] = []
    exception: FromException | None = None
    sampled: FromRecord | None = None
    correction: Correction | None = None
    extent: Spread | None = None
    cause: Cause | None = None
    actions: list[Action] = []
    plans: list[Plan] = []
    answer: Answer | None = None
    verified: Verification | None = None
    closed: Closing | None = None


class Guest(Part):
    name: Line
    role: Line
    top_management: bool = False
    present: bool = True


class Held(Part):
    """`day`: when it was held; it is recorded at `on`."""

    on: When = "held"
    day: When


class InputEntry(Part):
    """`considered` left out: something is added, and whether it was considered stays open."""

    on: When | None = None
    text: Text | None = None
    considered: bool | None = None


class FollowUp(Part):
    on: When
    step: Literal["done", "moved", "dropped", "noted"]
    note: Text
    due: When | None = None


class ReviewAction(Part):
    text: Text
    owner: Email
    due: When
    steps: list[FollowUp] = []


class ReviewDecision(Part):
    kind: Literal["improvement", "change", "resources", "no_change"]
    text: Text
    input: Word | None = None
    actions: list[ReviewAction] = []


class Statement(Part):
    suitable: Judgement
    adequate: Judgement
    effective: Judgement
    text: Text


class ReviewMove(Part):
    on: When
    day: When
    reason: Line


class ReviewSigning(Part):
    """Signed by the chair."""

    on: When
    reviews: Reviews = []


class ManagementReview(Part):
    id: Id
    planned: When
    day: When
    by: Email | None = None
    chair: Email | None = None
    place: Line | None = None
    moved: list[ReviewMove] = []
    people: list[Guest] = []
    held: Held | None = None
    inputs: dict[Word, InputEntry] = {}
    others: Literal["considered"] | None = None
    decisions: list[ReviewDecision] = []
    statement: Statement | None = None
    signed: ReviewSigning | None = None
    cancelled: Giving | None = None


class Workbench(Part):
    """The sections a system, or an included file, may hold beside its evidence."""

    auditors: list[Competence] = []
    programmes: list[Programme] = []
    audits: list[Audit] = []
    findings: list[Finding] = []
    management_reviews: list[ManagementReview] = []
