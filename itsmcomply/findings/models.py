"""Tables of findings. What people state is appended and never changed; where a finding stands is derived from it.

`round` counts the attempts: actions that proved not effective, and a reopening, begin the next one, in which extent,
cause, actions, plan and verification are due again.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from itsmcomply.accounts.models import User
from itsmcomply.db import Base, str_enum
from itsmcomply.evidence.models import EvidenceVersion
from itsmcomply.findings.kinds import CauseCategory, CauseMethod, EvidenceUse, Grade, Source
from itsmcomply.systems.models import ManagementSystem


class Finding(Base):
    """What an audit or a person found. Time limits count from `found_on` (the last day of the audit).

    `audit_key` names the audit it came from where the product holds that audit; `source_ref` is free text.
    """

    __tablename__ = "finding"
    __table_args__ = (
        UniqueConstraint("system_id", "prefix", "year", "number"),
        Index(None, "system_id", "opened_at"),
        Index(None, "audit_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    system_id: Mapped[int] = mapped_column(ForeignKey(ManagementSystem.id))
    prefix: Mapped[str] = mapped_column(String(2))
    year: Mapped[int]
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    statement: Mapped[str] = mapped_column(Text)
    criterion: Mapped[str] = mapped_column(Text, default="")
    objective: Mapped[str] = mapped_column(Text, default="")
    process: Mapped[str | None] = mapped_column(String(60))
    source: Mapped[Source] = mapped_column(str_enum(Source))
    source_ref: Mapped[str] = mapped_column(String(300), default="")
    audit_key: Mapped[str] = mapped_column(String(40), default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    found_on: Mapped[date]
    opened_at: Mapped[datetime]
    opened_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    round: Mapped[int] = mapped_column(default=1)
    row_version: Mapped[int] = mapped_column(default=1)

    @property
    def key(self) -> str:
        return f"{self.prefix}-{self.year}-{self.number:02d}"


class FindingRequirement(Base):
    """A finding is raised against this requirement."""

    __tablename__ = "finding_requirement"
    __table_args__ = (Index(None, "requirement"),)

    finding_id: Mapped[int] = mapped_column(ForeignKey(Finding.id), primary_key=True)
    requirement: Mapped[str] = mapped_column(String(30), primary_key=True)


class FindingGrade(Base):
    """Grade and time limits: a dated entry with its reason. Of those not ended the latest is in force."""

    __tablename__ = "finding_grade"
    __table_args__ = (Index(None, "finding_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey(Finding.id))
    grade: Mapped[Grade] = mapped_column(str_enum(Grade))
    plan_due_on: Mapped[date | None]
    closure_due_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    ended_at: Mapped[datetime | None]


class FindingCorrection(Base):
    """What was done to contain and correct it: fixes the case, not the cause. The latest one counts."""

    __tablename__ = "finding_correction"
    __table_args__ = (Index(None, "finding_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey(Finding.id))
    text: Mapped[str] = mapped_column(Text)
    done_on: Mapped[date]
    done_by: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey(User.id))


class FindingExtent(Base):
    """Whether the same exists elsewhere, and how that was looked for. The latest of its round counts."""

    __tablename__ = "finding_extent"
    __table_args__ = (Index(None, "finding_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey(Finding.id))
    round: Mapped[int]
    elsewhere: Mapped[bool]
    looked: Mapped[str] = mapped_column(Text)
    result: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey(User.id))


class FindingCause(Base):
    """A cause analysis. `explains` says how the root cause led to what was found. The latest of its round counts."""

    __tablename__ = "finding_cause"
    __table_args__ = (Index(None, "finding_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey(Finding.id))
    round: Mapped[int]
    method: Mapped[CauseMethod] = mapped_column(str_enum(CauseMethod))
    root_cause: Mapped[str] = mapped_column(Text)
    explains: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey(User.id))


class FindingCauseLine(Base):
    """One why of a chain, or one cause in its category, in the order written (`position` from 1)."""

    __tablename__ = "finding_cause_line"

    cause_id: Mapped[int] = mapped_column(ForeignKey(FindingCause.id), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    category: Mapped[CauseCategory] = mapped_column(str_enum(CauseCategory))
    text: Mapped[str] = mapped_column(Text)


class CorrectiveAction(Base):
    """What removes the cause. Completed with evidence, or ended with a reason; never both."""

    __tablename__ = "corrective_action"
    __table_args__ = (
        UniqueConstraint("finding_id", "number"),
        Index(None, "owner_id"),
        CheckConstraint("completed_at IS NULL OR ended_at IS NULL", name="completed_or_ended"),
        CheckConstraint("ended_at IS NULL OR end_reason IS NOT NULL", name="ended_with_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey(Finding.id))
    round: Mapped[int]
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    completed_at: Mapped[datetime | None]
    completed_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    completed_note: Mapped[str] = mapped_column(Text, default="")
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    end_reason: Mapped[str | None] = mapped_column(Text)


class ActionDue(Base):
    """The due day of a corrective action: a dated entry with the reason of the change."""

    __tablename__ = "action_due"
    __table_args__ = (Index(None, "action_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey(CorrectiveAction.id))
    due_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text, default="")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    ended_at: Mapped[datetime | None]


class FindingPlan(Base):
    """A corrective action plan as submitted, and what the auditor decided. An accepted one counts until it is ended.

    `effect_days`: so many days after the last completed action its effect may be verified.
    """

    __tablename__ = "finding_plan"
    __table_args__ = (
        UniqueConstraint("finding_id", "number"),
        CheckConstraint("(decided_at IS NULL) = (accepted IS NULL)", name="decided"),
        CheckConstraint("decided_by IS NULL OR decided_by <> submitted_by", name="decided_by_another"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey(Finding.id))
    round: Mapped[int]
    number: Mapped[int]
    submitted_at: Mapped[datetime]
    submitted_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    accepted: Mapped[bool | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    note: Mapped[str] = mapped_column(Text, default="")
    effect_days: Mapped[int | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(Text)


class FindingVerification(Base):
    """Somebody looked whether the cause is gone. Not effective ends the round."""

    __tablename__ = "finding_verification"
    __table_args__ = (Index(None, "finding_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey(Finding.id))
    round: Mapped[int]
    effective: Mapped[bool]
    statement: Mapped[str] = mapped_column(Text)
    verified_at: Mapped[datetime]
    verified_by: Mapped[int] = mapped_column(ForeignKey(User.id))


class FindingAnswer(Base):
    """What is done about a finding that is no nonconformity, or why nothing is. The latest of its round counts."""

    __tablename__ = "finding_answer"
    __table_args__ = (Index(None, "finding_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey(Finding.id))
    round: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey(User.id))


class FindingClosing(Base):
    """A finding was closed, and perhaps opened again."""

    __tablename__ = "finding_closing"
    __table_args__ = (
        Index(None, "finding_id"),
        CheckConstraint("reopened_at IS NULL OR reopen_reason IS NOT NULL", name="reopened_with_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey(Finding.id))
    closed_at: Mapped[datetime]
    closed_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    note: Mapped[str] = mapped_column(Text, default="")
    reopened_at: Mapped[datetime | None]
    reopened_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    reopen_reason: Mapped[str | None] = mapped_column(Text)


class FindingWithdrawal(Base):
    """A finding that should not have been raised. It keeps its number and its place in the register."""

    __tablename__ = "finding_withdrawal"

    finding_id: Mapped[int] = mapped_column(ForeignKey(Finding.id), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    withdrawn_at: Mapped[datetime]
    withdrawn_by: Mapped[int] = mapped_column(ForeignKey(User.id))


class FindingEvidence(Base):
    """A version of evidence that shows something about a finding, with the digest of its bytes as it was bound."""

    __tablename__ = "finding_evidence"
    __table_args__ = (
        Index(None, "finding_id"),
        Index(None, "version_id"),
        CheckConstraint("ended_at IS NULL OR end_reason IS NOT NULL", name="ended_with_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey(Finding.id))
    use: Mapped[EvidenceUse] = mapped_column(str_enum(EvidenceUse))
    action_id: Mapped[int | None] = mapped_column(ForeignKey(CorrectiveAction.id))
    verification_id: Mapped[int | None] = mapped_column(ForeignKey(FindingVerification.id))
    version_id: Mapped[int] = mapped_column(ForeignKey(EvidenceVersion.id))
    sha256: Mapped[str | None] = mapped_column(String(64))
    round: Mapped[int]
    note: Mapped[str] = mapped_column(Text, default="")
    bound_at: Mapped[datetime]
    bound_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    end_reason: Mapped[str | None] = mapped_column(Text)


class FindingLimit(Base):
    """Days a system allows by grade, in place of the catalogue's: a dated entry. None: no limit.

    `by_body`: for findings of the certification body.
    """

    __tablename__ = "finding_limit"
    __table_args__ = (Index(None, "system_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    system_id: Mapped[int] = mapped_column(ForeignKey(ManagementSystem.id))
    grade: Mapped[Grade] = mapped_column(str_enum(Grade))
    by_body: Mapped[bool]
    plan_days: Mapped[int | None]
    closure_days: Mapped[int | None]
    effect_days: Mapped[int]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    ended_at: Mapped[datetime | None]
