"""What an evidence item is to the pages that show it: frozen values, nothing to load."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from itsmcomply.clauses.model import Artefact
from itsmcomply.errors import NotFound
from itsmcomply.evidence.keys import item_key
from itsmcomply.evidence.kinds import Confidentiality, Decision, RejectionKind, VersionKind, VersionState
from itsmcomply.evidence.standing import ItemStanding


@dataclass(frozen=True, slots=True)
class ReviewView:
    id: int
    decision: Decision
    rejection: RejectionKind | None
    reason: str
    opened: bool
    decided_at: datetime
    reviewer: str

    @property
    def accepted(self) -> bool:
        return self.decision is Decision.ACCEPTED


@dataclass(frozen=True, slots=True)
class QuestionView:
    id: int
    text: str
    asked_at: datetime
    asked_by: str
    answer: str | None
    answered_at: datetime | None
    answered_by: str


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version as pages show it. `last_day`: the last day it is current, None: until replaced. `in_force`: today."""

    id: int
    number: int
    kind: VersionKind
    state: VersionState
    counts: bool
    in_force: bool
    sha256: str | None
    size: int
    detected_type: str
    blocked_at: datetime | None
    blocked_reason: str
    file_name: str | None
    url: str | None
    statement: str | None
    seen_on: date | None
    effective_on: date
    period_from: date | None
    valid_until: date | None
    last_day: date | None
    renewal_due_on: date | None
    subjects: tuple[str, ...]
    covers_all_subjects: bool
    note: str
    document_version: str
    document_approver: str
    document_approved_on: date | None
    received_at: datetime
    uploaded_by: int
    uploader: str
    confirms_version: int | None
    withdrawn_at: datetime | None
    withdrawn_by: str
    withdrawn_reason: str
    reviews: tuple[ReviewView, ...]
    questions: tuple[QuestionView, ...]

    @property
    def latest_review(self) -> ReviewView | None:
        return self.reviews[-1] if self.reviews else None


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link of an item. `target`: the requirement's id or the control's reference."""

    id: int
    target: str
    is_control: bool
    artefact: str
    linked_at: datetime
    linked_by: int
    linker: str
    decision: Decision | None
    reason: str


@dataclass(frozen=True, slots=True)
class SameBytes:
    """Another version in this system that holds the same bytes."""

    number: int
    version: int
    title: str
    artefact: str

    @property
    def key(self) -> str:
        return item_key(self.number)


@dataclass(frozen=True, slots=True)
class ActivityView:
    seq: int
    at: datetime
    actor: str
    action: str


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item with its versions, newest first. `freshness_days` None: good until replaced."""

    id: int
    number: int
    artefact: Artefact
    title: str
    owner_id: int | None
    owner: str
    confidentiality: Confidentiality
    row_version: int
    refiled_from: str
    created_by: int
    freshness_days: int | None
    standing: ItemStanding
    versions: tuple[VersionView, ...]
    links: tuple[LinkView, ...]
    same_bytes: tuple[SameBytes, ...]
    activity: tuple[ActivityView, ...]

    @property
    def key(self) -> str:
        return item_key(self.number)

    @property
    def restricted(self) -> bool:
        return self.confidentiality is Confidentiality.RESTRICTED

    def version(self, number: int) -> VersionView:
        """The version of this number. Raises NotFound."""
        for version in self.versions:
            if version.number == number:
                return version
        raise NotFound("evidence version", f"{self.key} version {number}")

    @property
    def counting(self) -> VersionView | None:
        """The newest version that counts today."""
        return next((version for version in self.versions if version.counts), None)

    @property
    def waiting(self) -> VersionView | None:
        """The newest version without a decision."""
        return next((version for version in self.versions if version.state is VersionState.IN_REVIEW), None)
