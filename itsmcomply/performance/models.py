"""Tables of management reviews. Once a review is signed, triggers of the database refuse every change to it and to its
parts (migration 0007); what becomes of its actions is written beside it.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from itsmcomply.accounts.models import User
from itsmcomply.db import Base, str_enum
from itsmcomply.evidence.models import EvidenceVersion
from itsmcomply.performance.kinds import Consideration, DecisionKind, Judgement, State, Step
from itsmcomply.systems.models import ManagementSystem


class ManagementReview(Base):
    """One management review (ISO/IEC 20000-1:2018 9.3). `content` is the SHA-256 of what was signed."""

    __tablename__ = "management_review"
    __table_args__ = (
        UniqueConstraint("system_id", "year", "number"),
        CheckConstraint("signed_at IS NULL OR cancelled_at IS NULL", name="signed_or_cancelled"),
        CheckConstraint("signed_at IS NULL OR held_on IS NOT NULL", name="signed_after_held"),
        CheckConstraint("cancelled_at IS NULL OR cancel_reason IS NOT NULL", name="cancelled_with_reason"),
        CheckConstraint("(signed_at IS NULL) = (content IS NULL)", name="signed_content"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    system_id: Mapped[int] = mapped_column(ForeignKey(ManagementSystem.id))
    year: Mapped[int]
    number: Mapped[int]
    chair_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    place: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    created_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    held_on: Mapped[date | None]
    held_recorded_at: Mapped[datetime | None]
    held_recorded_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    suitable: Mapped[Judgement | None] = mapped_column(str_enum(Judgement))
    adequate: Mapped[Judgement | None] = mapped_column(str_enum(Judgement))
    effective: Mapped[Judgement | None] = mapped_column(str_enum(Judgement))
    statement: Mapped[str] = mapped_column(Text, default="")
    signed_at: Mapped[datetime | None]
    signed_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    content: Mapped[str | None] = mapped_column(String(64))
    minutes_version_id: Mapped[int | None] = mapped_column(ForeignKey(EvidenceVersion.id))
    minutes_sha256: Mapped[str | None] = mapped_column(String(64))
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    cancel_reason: Mapped[str | None] = mapped_column(Text)
    row_version: Mapped[int] = mapped_column(default=1)

    @property
    def key(self) -> str:
        return f"MR-{self.year}-{self.number:02d}"

    @property
    def state(self) -> State:
        if self.signed_at is not None:
            return State.SIGNED
        if self.cancelled_at is not None:
            return State.CANCELLED
        return State.HELD if self.held_on is not None else State.PLANNED


class ReviewDate(Base):
    """The day a review is planned for: a dated entry with the reason of the change."""

    __tablename__ = "management_review_date"
    __table_args__ = (Index(None, "review_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey(ManagementReview.id))
    planned_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text, default="")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    ended_at: Mapped[datetime | None]


class ReviewInput(Base):
    """One input on the agenda. `filled`: what the product filled in, as canonical JSON, once signed; "" before."""

    __tablename__ = "management_review_input"
    __table_args__ = (UniqueConstraint("review_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey(ManagementReview.id))
    key: Mapped[str] = mapped_column(String(60))
    position: Mapped[int]
    consideration: Mapped[Consideration | None] = mapped_column(str_enum(Consideration))
    addition: Mapped[str] = mapped_column(Text, default="")
    filled: Mapped[str] = mapped_column(Text, default="")
    changed_at: Mapped[datetime | None]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    row_version: Mapped[int] = mapped_column(default=1)


class ReviewAttendance(Base):
    """Somebody invited: who, in which role, of top management or not, and whether they took part."""

    __tablename__ = "management_review_attendance"
    __table_args__ = (Index(None, "review_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey(ManagementReview.id))
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(200))
    top_management: Mapped[bool]
    present: Mapped[bool]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    ended_at: Mapped[datetime | None]


class ReviewDecision(Base):
    """What the review decided. `input_key`: the input it follows from, "" for none."""

    __tablename__ = "management_review_decision"
    __table_args__ = (UniqueConstraint("review_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey(ManagementReview.id))
    number: Mapped[int]
    kind: Mapped[DecisionKind] = mapped_column(str_enum(DecisionKind))
    text: Mapped[str] = mapped_column(Text)
    input_key: Mapped[str] = mapped_column(String(60), default="")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    ended_at: Mapped[datetime | None]


class ReviewAction(Base):
    """What somebody does by a day because of the review; it carries on until a step says done or dropped."""

    __tablename__ = "management_review_action"
    __table_args__ = (UniqueConstraint("review_id", "number"), Index(None, "owner_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey(ManagementReview.id))
    number: Mapped[int]
    decision_id: Mapped[int | None] = mapped_column(ForeignKey(ReviewDecision.id))
    text: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    due_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    ended_at: Mapped[datetime | None]


class ReviewActionStep(Base):
    """What became of an action, after the review was signed. Only ever added to."""

    __tablename__ = "management_review_step"
    __table_args__ = (
        Index(None, "action_id"),
        CheckConstraint("(step = 'moved') = (due_on IS NOT NULL)", name="moved_to_a_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey(ReviewAction.id))
    step: Mapped[Step] = mapped_column(str_enum(Step))
    due_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey(User.id))


class ReviewStepEvidence(Base):
    """A version of evidence that shows what became of an action, with the digest it had then. Only ever added to."""

    __tablename__ = "management_review_step_evidence"
    __table_args__ = (Index(None, "version_id"),)

    step_id: Mapped[int] = mapped_column(ForeignKey(ReviewActionStep.id), primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey(EvidenceVersion.id), primary_key=True)
    sha256: Mapped[str | None] = mapped_column(String(64))
