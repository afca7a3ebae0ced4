"""A scenario as steps in order of time: who did what, when. Frozen values; knows no database and no page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from itsmcomply.scenario.dates import Span
from itsmcomply.scenario.schema import Table


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Bytes lying in the scenario's folder; `path` is resolved and inside it."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class WrittenDocument:
    """A document made from marked-up text when it is filed; the extension of `name` says as what."""

    name: str
    title: str
    text: str
    day: date


@dataclass(frozen=True, slots=True)
class GeneratedTable:
    """A CSV of made-up rows; `seed` fixes them."""

    name: str
    table: Table
    span: Span
    index: int
    seed: str


@dataclass(frozen=True, slots=True)
class LinkContent:
    url: str
    title: str
    version: str | None
    seen_on: date


@dataclass(frozen=True, slots=True)
class StatementContent:
    text: str


@dataclass(frozen=True, slots=True)
class NilContent:
    text: str


FileContent = StoredFile | WrittenDocument | GeneratedTable
Content = FileContent | LinkContent | StatementContent | NilContent


@dataclass(frozen=True, slots=True)
class Step:
    """`actor` is an e-mail address; None is the installation itself, before anybody may sign in."""

    moment: datetime
    actor: str | None


@dataclass(frozen=True, slots=True)
class AddPerson(Step):
    email: str
    name: str
    administrator: bool


@dataclass(frozen=True, slots=True)
class AddSystem(Step):
    slug: str
    name: str
    organisation: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class InSystem(Step):
    system: str


@dataclass(frozen=True, slots=True)
class GrantRole(InSystem):
    email: str
    role: str
    processes: tuple[str, ...]
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class RecordFacts(InSystem):
    """Scope statement, operating since, certification body and planned days; None stays unrecorded."""

    scope: str
    operating_since: date | None
    certification_body: str | None
    stage_1: date | None
    stage_2: date | None
    surveillance: date | None
    management_review: date | None


@dataclass(frozen=True, slots=True)
class DeclareList(InSystem):
    """`subject_kind` is a value of `SubjectKind`."""

    subject_kind: str


@dataclass(frozen=True, slots=True)
class AddSubject(InSystem):
    """`acts_as_customer`: a customer acting as supplier, kept in the list of internal suppliers."""

    subject_kind: str
    name: str
    description: str | None
    starts_on: date
    customer_as_supplier: bool = False


@dataclass(frozen=True, slots=True)
class EndSubject(InSystem):
    subject_kind: str
    name: str
    ends_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class AssignOwner(InSystem):
    """Of a process, or of one artefact where it differs."""

    process: str | None
    artefact: str | None
    email: str
    starts_on: date


@dataclass(frozen=True, slots=True)
class EndOwner(InSystem):
    process: str
    ends_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class SetInterval(InSystem):
    artefact: str
    days: int
    starts_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class AdoptControls(InSystem):
    """`processes` None: all starter controls."""

    processes: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class AddControl(InSystem):
    ref: str
    title: str
    description: str
    process: str
    owner: str | None
    kind: str
    frequency: str
    status: str
    requirements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DocumentMark:
    """What the document says of itself."""

    version: str | None = None
    approver: str | None = None
    approved_on: date | None = None


@dataclass(frozen=True, slots=True)
class OnEvidence(InSystem):
    """A step on evidence; the others set a system up."""


@dataclass(frozen=True, slots=True)
class FileVersion(OnEvidence):
    """A version of the item `item` (a name inside this scenario). Number 1 files the item.

    `subjects` None: all. `content` None: the bytes of the version before, confirmed unchanged.
    """

    item: str
    number: int
    artefact: str
    title: str
    owner: str | None
    confidentiality: str
    content: Content | None
    effective_on: date
    period: Span | None
    valid_until: date | None
    subjects: tuple[str, ...] | None
    document: DocumentMark
    note: str | None


@dataclass(frozen=True, slots=True)
class ReviewVersion(OnEvidence):
    item: str
    number: int
    accepted: bool
    kind: str | None
    reason: str
    opened: bool


@dataclass(frozen=True, slots=True)
class AskQuestion(OnEvidence):
    item: str
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class AnswerQuestion(OnEvidence):
    """Answers the latest open question on the version."""

    item: str
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class WithdrawItem(OnEvidence):
    item: str
    reason: str


@dataclass(frozen=True, slots=True)
class LinkItem(OnEvidence):
    """`link` names the link inside this scenario. Exactly one of `requirement` and `control`."""

    link: str
    item: str
    artefact: str
    requirement: str | None
    control: str | None


@dataclass(frozen=True, slots=True)
class ReviewLink(OnEvidence):
    link: str
    accepted: bool
    kind: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a file says that readiness says of its system on the day of loading; None and absent: nothing.

    `levels` by process; `blockers` by gate: how many things hold it shut.
    """

    system: str
    status: str | None
    level: int | None
    levels: Mapping[str, int]
    blockers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Scenario:
    """`steps` in order of time; steps of one moment in the order they have to be taken."""

    title: str
    loaded_at: datetime
    steps: tuple[Step, ...]
    expects: tuple[Expectation, ...] = ()
