"""The shape of a scenario file, as pydantic models. Words and defaults are described in `docs/scenario.md`.

Checks that need other parts of the file, the catalogue or the calendar are the parser's.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from itsmcomply.scenario.parts import Days, Email, Id, Line, Part, Reviews, Slug, Text, When, Word
from itsmcomply.scenario.workbench.schema import Workbench

Role = Literal["sms_manager", "internal_auditor", "process_owner", "evidence_reviewer", "external_auditor", "viewer"]
Confidentiality = Literal["internal", "restricted"]
SubjectList = Literal["services", "external_suppliers", "internal_suppliers", "customers"]


class Person(Part):
    email: Email
    name: Line
    administrator: bool = False
    since: When = "month-18"


class RoleGrant(Part):
    person: Email
    role: Role
    processes: list[Word] = []
    since: When | None = None
    until: When | None = None


class CycleDates(Part):
    """Planned days of the certification cycle."""

    stage_1: When | None = None
    stage_2: When | None = None
    surveillance: When | None = None
    management_review: When | None = None


class Subject(Part):
    """A service or a customer."""

    name: Line
    description: Line | None = None
    since: When
    until: When | None = None
    reason: Line | None = None


class Party(Subject):
    kind: Literal["external_supplier", "internal_supplier", "customer_as_supplier"]
    operates: Line


class OwnerSpell(Part):
    person: Email
    since: When
    until: When | None = None
    reason: Line | None = None


class OwnInterval(Part):
    days: Annotated[int, Field(ge=1, le=1096)]
    since: When
    reason: Line


class OwnControl(Part):
    ref: Word
    title: Line
    description: Text
    process: Word
    owner: Email | None = None
    kind: Literal["preventive", "detective", "corrective"]
    frequency: Line
    status: Literal["planned", "operating", "retired"] = "operating"
    requirements: list[Word]
    on: When | None = None


class Controls(Part):
    adopt: Literal["all"] | list[Word] = []
    adopted_on: When = "month-17"
    by: Email | None = None
    own: list[OwnControl] = []


class Table(Part):
    """Rows made up from column recipes; the same load day gives the same rows."""

    rows: Annotated[str, StringConstraints(pattern=r"^\d{1,4}(\.\.\d{1,4})?$")] | None = None
    each: list[str] = []
    columns: dict[str, Column]


class Lookup(Part):
    """The value that follows from other columns of the row, joined by a blank: `high low: P3`."""

    of: Annotated[list[Line], Field(min_length=1)]
    values: dict[str, str]


class Column(Part):
    """Exactly one recipe per column; `start`, `per_period` and `hours` refine it."""

    sequence: Line | None = None
    start: int = 1
    per_period: Annotated[int, Field(ge=0, le=100_000)] = 0
    moment: bool = False
    after: Line | None = None
    hours: Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)?\.\.\d+(\.\d+)?$")] | None = None
    choice: list[str] | dict[str, int] | None = None
    integer: Annotated[str, StringConstraints(pattern=r"^-?\d+\.\.-?\d+$")] | None = None
    decimal: Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)?\.\.\d+(\.\d+)?$")] | None = None
    each: bool = False
    text: str | None = None
    lookup: Lookup | None = None


class Link(Part):
    """A document kept elsewhere."""

    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$", max_length=2000)]
    title: Line
    version: Line | None = None
    seen: When


class Content(Part):
    """Exactly one of `file`, `text`, `table`, `link`, `statement`, `nil`; `name` goes with text and table."""

    file: Line | None = None
    name: Line | None = None
    text: Text | None = None
    table: Table | None = None
    link: Link | None = None
    statement: Text | None = None
    nil: Text | None = None


class DocumentMark(Part):
    """What the document says of itself, apart from our review."""

    version: Line | None = None
    approver: Line | None = None
    approved: When | None = None


class Answer(Part):
    by: Email
    on: When
    text: Text


class Question(Part):
    by: Email
    on: When
    text: Text
    answer: Answer | None = None


class Version(Part):
    content: Content | None = None
    on: When
    by: Email | None = None
    effective: When | None = None
    period: When | None = None
    valid_until: When | None = None
    subjects: Literal["all"] | list[Line] = "all"
    document: DocumentMark | None = None
    note: Line | None = None
    reviews: Reviews = []
    questions: list[Question] = []


class Withdrawal(Part):
    on: When
    by: Email | None = None
    reason: Line


class LinkTo(Part):
    """This item also stands for an expectation, or for a control, as alternative evidence."""

    requirement: Word | None = None
    control: Word | None = None
    artefact: Word
    on: When
    by: Email | None = None
    reviews: Reviews = []


class Item(Part):
    """`id` is needed only where another entry refers to this item rather than to its artefact."""

    id: Id | None = None
    artefact: Word
    title: Line
    owner: Email | None = None
    by: Email | None = None
    confidentiality: Confidentiality = "internal"
    versions: Annotated[list[Version], Field(min_length=1)]
    withdrawn: Withdrawal | None = None
    links: list[LinkTo] = []


class Again(Part):
    """The next version after a rejected one."""

    after: Days = 4
    content: Content | None = None
    reviews: Reviews = "accepted"


class Deviation(Part):
    """How one period of a series (and one subject, where `each` is used) differs from the rest."""

    period: When
    subject: Line | None = None
    missing: bool = False
    uploaded_after: Days | None = None
    by: Email | None = None
    content: Content | None = None
    reviews: Reviews | None = None
    questions: list[Question] = []
    again: Again | None = None


class Series(Part):
    """The same record every month or quarter."""

    artefact: Word
    title: Line
    every: Literal["month", "quarter"]
    first: When = Field(alias="from")
    last: When = Field(alias="to")
    uploaded_after: Days = 6
    at_start: bool = False
    owner: Email | None = None
    by: Email | None = None
    confidentiality: Confidentiality = "internal"
    content: Content
    each: list[Line] = []
    subjects: Literal["all"] | list[Line] = "all"
    reviews: Reviews = "accepted"
    exceptions: list[Deviation] = Field(default=[], alias="except")


class Defaults(Part):
    """Used where an entry names nobody. The first reviewer who did not upload decides."""

    reviewers: Annotated[list[Email], Field(min_length=1)]
    manager: Email
    auditor: Email | None = None


class Expected(Part):
    """What readiness should say on the day of loading. Parts left out are not compared."""

    status: Literal["not_ready", "stage_1_ready", "stage_2_ready"] | None = None
    level: Annotated[int, Field(ge=1, le=5)] | None = None
    levels: dict[Word, Annotated[int, Field(ge=1, le=5)]] = {}
    gates: dict[Literal["documented", "operated", "checked"], Annotated[int, Field(ge=0)]] = {}


class System(Workbench):
    slug: Slug
    name: Line
    organisation: Line
    created: When = "month-18"
    scope: Text
    operating_since: When | None = None
    time_zone: Line
    certification_body: Line | None = None
    dates: CycleDates = CycleDates()
    defaults: Defaults
    roles: list[RoleGrant] = []
    services: list[Subject] = []
    customers: list[Subject] = []
    parties: list[Party] = []
    declared: list[SubjectList] = []
    owners: dict[Word, Email | list[OwnerSpell]] = {}
    artefact_owners: dict[Word, Email] = {}
    intervals: dict[Word, OwnInterval] = {}
    controls: Controls = Controls()
    expects: Expected = Expected()
    evidence: list[Item] = []
    series: list[Series] = []


class ScenarioFile(Part):
    scenario: Literal["1"]
    title: Line
    people: Annotated[list[Person], Field(min_length=1)]
    systems: Annotated[list[System], Field(min_length=1)]
    include: Annotated[list[Line], Field(max_length=50)] = []


class IncludedFile(Workbench):
    """A further file for one of the systems."""

    system: Slug
    evidence: list[Item] = []
    series: list[Series] = []


Table.model_rebuild()
