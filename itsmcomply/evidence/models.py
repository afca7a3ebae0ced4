"""Tables of evidence: blobs, items, versions, reviews, links, questions, uploads not yet filed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from itsmcomply.accounts.models import User
from itsmcomply.controls.models import Control
from itsmcomply.db import Base, str_enum
from itsmcomply.evidence.keys import item_key
from itsmcomply.evidence.kinds import Confidentiality, Decision, RejectionKind, Standing, VersionKind
from itsmcomply.systems.models import ManagementSystem, Subject


class Blob(Base):
    """Bytes held in the store, once per content. A tombstone (`blocked_at`) keeps the row and refuses the bytes."""

    __tablename__ = "blob"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    detected_type: Mapped[str] = mapped_column(String(120))
    stored_at: Mapped[datetime]
    blocked_at: Mapped[datetime | None]
    blocked_by: Mapped[int | None]
    blocked_reason: Mapped[str | None] = mapped_column(Text)


class EvidenceItem(Base):
    """One piece of evidence filed under one artefact for good; refiling makes a new item.

    `touched_seq` is the trail number of the last change that may alter what the item answers.
    """

    __tablename__ = "evidence_item"
    __table_args__ = (
        UniqueConstraint("system_id", "number"),
        Index(None, "system_id", "artefact"),
        Index(None, "system_id", "touched_seq"),
        Index(None, "system_id", "owner_id"),
    )
    __undigested__ = frozenset({"touched_seq"})

    id: Mapped[int] = mapped_column(primary_key=True)
    system_id: Mapped[int] = mapped_column(ForeignKey(ManagementSystem.id))
    number: Mapped[int]
    artefact: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(300))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    confidentiality: Mapped[Confidentiality] = mapped_column(str_enum(Confidentiality))
    created_at: Mapped[datetime]
    created_by: Mapped[int]
    refiled_from_id: Mapped[int | None] = mapped_column(ForeignKey("evidence_item.id"))
    touched_seq: Mapped[int] = mapped_column(default=0)
    row_version: Mapped[int] = mapped_column(default=1)

    @property
    def key(self) -> str:
        return item_key(self.number)


class EvidenceVersion(Base):
    """One version of an item; what it says never changes, only withdrawal is added."""

    __tablename__ = "evidence_version"
    __table_args__ = (
        UniqueConstraint("item_id", "number"),
        Index(None, "system_id"),
        Index(None, "sha256"),
        CheckConstraint("period_to IS NULL OR period_from <= period_to", name="period_in_order"),
        CheckConstraint("kind <> 'file' OR (sha256 IS NOT NULL AND file_name IS NOT NULL)", name="file_has_bytes"),
        CheckConstraint("kind <> 'link' OR url IS NOT NULL", name="link_has_url"),
        CheckConstraint("withdrawn_at IS NULL OR withdrawn_reason IS NOT NULL", name="withdrawn_with_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    system_id: Mapped[int] = mapped_column(ForeignKey(ManagementSystem.id))
    item_id: Mapped[int] = mapped_column(ForeignKey(EvidenceItem.id))
    number: Mapped[int]
    kind: Mapped[VersionKind] = mapped_column(str_enum(VersionKind))
    sha256: Mapped[str | None] = mapped_column(ForeignKey(Blob.sha256))
    file_name: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    url_version: Mapped[str | None] = mapped_column(Text)
    seen_on: Mapped[date | None]
    statement: Mapped[str | None] = mapped_column(Text)
    effective_on: Mapped[date]
    period_from: Mapped[date | None]
    period_to: Mapped[date | None]
    valid_until: Mapped[date | None]
    covers_all_subjects: Mapped[bool] = mapped_column(default=True)
    note: Mapped[str] = mapped_column(Text, default="")
    document_version: Mapped[str] = mapped_column(String(60), default="")
    document_approver: Mapped[str] = mapped_column(String(200), default="")
    document_approved_on: Mapped[date | None]
    received_at: Mapped[datetime]
    uploaded_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    confirms_version: Mapped[int | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)


class VersionSubject(Base):
    """A version covers this subject (where the artefact has `per` and the version does not cover all)."""

    __tablename__ = "version_subject"

    version_id: Mapped[int] = mapped_column(ForeignKey(EvidenceVersion.id), primary_key=True)
    subject_id: Mapped[int] = mapped_column(ForeignKey(Subject.id), primary_key=True)


class Review(Base):
    """A decision on a version, bound to the bytes seen. The latest one stands; none is ever changed."""

    __tablename__ = "review"
    __table_args__ = (
        Index(None, "version_id", "decided_at"),
        Index(None, "reviewer_id", "decided_at"),
        CheckConstraint(
            "decision <> 'rejected' OR (rejection IS NOT NULL AND reason <> '')", name="rejected_with_reason"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey(EvidenceVersion.id))
    decision: Mapped[Decision] = mapped_column(str_enum(Decision))
    rejection: Mapped[RejectionKind | None] = mapped_column(str_enum(RejectionKind))
    reason: Mapped[str] = mapped_column(Text, default="")
    sha256: Mapped[str | None] = mapped_column(String(64))
    bytes_opened: Mapped[bool] = mapped_column(default=False)
    decided_at: Mapped[datetime]
    reviewer_id: Mapped[int] = mapped_column(ForeignKey(User.id))


class EvidenceLink(Base):
    """An item offered as alternative evidence for a requirement or through a control, standing for one artefact."""

    __tablename__ = "evidence_link"
    __table_args__ = (
        Index(None, "system_id"),
        Index(None, "item_id"),
        CheckConstraint("(requirement IS NULL) <> (control_id IS NULL)", name="one_target"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    system_id: Mapped[int] = mapped_column(ForeignKey(ManagementSystem.id))
    item_id: Mapped[int] = mapped_column(ForeignKey(EvidenceItem.id))
    requirement: Mapped[str | None] = mapped_column(String(30))
    control_id: Mapped[int | None] = mapped_column(ForeignKey(Control.id))
    artefact: Mapped[str] = mapped_column(String(60))
    linked_at: Mapped[datetime]
    linked_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None]
    end_reason: Mapped[str | None] = mapped_column(Text)


class LinkReview(Base):
    """A decision on a link; the latest one stands."""

    __tablename__ = "link_review"
    __table_args__ = (Index(None, "link_id", "decided_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    link_id: Mapped[int] = mapped_column(ForeignKey(EvidenceLink.id))
    decision: Mapped[Decision] = mapped_column(str_enum(Decision))
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime]
    reviewer_id: Mapped[int] = mapped_column(ForeignKey(User.id))


class Question(Base):
    """A reviewer's question about a version, asked without deciding."""

    __tablename__ = "question"
    __table_args__ = (
        Index(None, "version_id"),
        Index(
            "ix_question_open",
            "version_id",
            sqlite_where=sql("answer IS NULL"),
            postgresql_where=sql("answer IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey(EvidenceVersion.id))
    text: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    asked_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None]


class Upload(Base):
    """Bytes received and durable but not yet filed: what the page "File evidence" works on."""

    __tablename__ = "upload"
    __table_args__ = (Index(None, "system_id", "uploaded_by"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    system_id: Mapped[int] = mapped_column(ForeignKey(ManagementSystem.id))
    uploaded_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    sha256: Mapped[str] = mapped_column(ForeignKey(Blob.sha256))
    file_name: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime]
    filed_at: Mapped[datetime | None]


# What the state of a line depends on, inside the indexes, so that filters by state read no rows they do not show.
_LAPSING = ("current_until", "pending_since", "restands_on")


class RegisterLine(Base):
    """The register's row of an item, derived from the other tables so that lists of 50,000 items stay fast.

    Rebuilt after every change of its item and by `freshen_register` where only time or an interval moved; holds nothing
    of its own. `standing` is where the item stands apart from lapsing; with `counting` the version `shown` counts until
    `current_until` (None: until replaced). `pending_since`: when the oldest undecided version arrived. `restands_on`:
    first later day on which an accepted version takes effect and the row must be derived anew. `latest_rejected`: the
    newest version was rejected and not withdrawn, so the owner has work.
    """

    __tablename__ = "register_line"
    __table_args__ = (
        Index(None, "system_id", "number"),
        Index(None, "system_id", "title", "number"),
        Index("ix_register_line_artefact", "system_id", "artefact", "number", "standing", *_LAPSING),
        Index(None, "system_id", "effective_on", "number"),
        Index(None, "system_id", "received_at", "number"),
        Index(None, "system_id", "owner_id", "number"),
        Index("ix_register_line_standing", "system_id", "standing", *_LAPSING, "number"),
        Index(None, "system_id", "pending_since"),
        Index(None, "system_id", "restands_on"),
        Index("ix_register_line_rejected", "system_id", "latest_rejected", "owner_id", "artefact"),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey(EvidenceItem.id), primary_key=True)
    system_id: Mapped[int] = mapped_column(ForeignKey(ManagementSystem.id))
    number: Mapped[int]
    artefact: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(300))
    owner_id: Mapped[int | None]
    confidentiality: Mapped[Confidentiality] = mapped_column(str_enum(Confidentiality))
    standing: Mapped[Standing] = mapped_column(str_enum(Standing))
    shown: Mapped[int]
    latest: Mapped[int]
    kind: Mapped[VersionKind] = mapped_column(str_enum(VersionKind))
    file_name: Mapped[str | None] = mapped_column(Text)
    effective_on: Mapped[date]
    period_from: Mapped[date | None]
    current_until: Mapped[date | None]
    pending_since: Mapped[datetime | None]
    received_at: Mapped[datetime]
    uploaded_by: Mapped[int]
    restands_on: Mapped[date | None]
    latest_rejected: Mapped[bool]
    search_text: Mapped[str] = mapped_column(Text)


class RegisterState(Base):
    """For which day and which own intervals the register lines of a system were derived."""

    __tablename__ = "register_state"

    system_id: Mapped[int] = mapped_column(ForeignKey(ManagementSystem.id), primary_key=True)
    derived_on: Mapped[date]
    intervals: Mapped[str] = mapped_column(Text, default="{}")
